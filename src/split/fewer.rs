//! Splits with less in them: fewer people in both who are linked (paper 6.2), or newcomers who have rated a little. What is
//! left out is nested, so that figures of more and of less are of the same people.

use std::sync::Arc;

use super::{PairRole, Part, Split, discarded, leave_out};
use crate::data::{PersonId, UserId, World};
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::settings::ValidConfig;
use crate::split::memo::Memo;

/// Ratings of each newcomer that are never tested in [`Split::with_histories`], so that the same rows are tested however
/// many of these are trained on.
pub const MOST_HISTORY: usize = 8;

impl Split {
    /// The same split with no more than so many linked people who have ratings in every domain they are in, drawn by the
    /// seed of `config`; more of them hold the fewer. Cold-start users keep their link and do not count. The others stay
    /// as those of two people.
    pub fn with_linked(&self, world: &World, config: &ValidConfig, most: usize) -> Self {
        let people = &world.people;
        let mut is_warm = vec![false; people.len()];
        for (link, roles) in world.links.iter().zip(&self.roles) {
            for (&(a, _), role) in link.overlap_users.iter().zip(roles) {
                is_warm[people.person(link.a, a).0 as usize] |= *role == PairRole::Linked;
            }
        }
        // Who is cold in one domain is a newcomer everywhere.
        for (d, domain) in world.domains.iter().enumerate() {
            for user in domain.users.all().filter(|&user| self.is_cold(d, user)) {
                is_warm[people.person(d, user).0 as usize] = false;
            }
        }
        let mut order: Vec<PersonId> = people.all().filter(|person| is_warm[person.0 as usize]).collect();
        Generator::new(config.seed, "linked people").shuffle(&mut order);
        let mut is_dropped = vec![false; people.len()];
        order.iter().skip(most).for_each(|person| is_dropped[person.0 as usize] = true);
        let mut roles = self.roles.clone();
        for (link, roles) in world.links.iter().zip(&mut roles) {
            for (&(a, _), role) in link.overlap_users.iter().zip(roles) {
                if is_dropped[people.person(link.a, a).0 as usize] {
                    *role = PairRole::Unlinked;
                }
            }
        }
        Self { roles, memo: Memo::default(), ..self.clone() }
    }

    /// The same split without the ratings, trained and tested, of people in both whose link is not used, in all domains that
    /// they share (paper 6.2).
    ///
    /// # Errors
    /// When a domain has too few ratings left to train on and to test.
    pub fn without_unlinked(&self, world: &World) -> Result<Self> {
        let discarded = Arc::new(discarded(world, &self.roles));
        let split = Self { discarded, memo: Memo::default(), ..self.clone() };
        split.check_what_is_left(world)?;
        Ok(split)
    }

    /// A split that was made with cold-start users, in which each of them has up to so many training ratings in the domain
    /// that they lost, at most [`MOST_HISTORY`], drawn by the seed of `config`; more hold the fewer. Tested are all their
    /// ratings beyond [`MOST_HISTORY`] and nobody else's: the same rows whatever `history` is.
    ///
    /// # Errors
    /// When a domain has nothing left to test.
    pub fn with_histories(&self, world: &World, config: &ValidConfig, history: usize) -> Result<Self> {
        let mut parts: Vec<Vec<Part>> = self.parts.to_vec();
        let mut rng = Generator::new(config.seed, "histories");
        for (d, domain) in world.domains.iter().enumerate() {
            let own = &mut parts[d];
            own.iter_mut().filter(|part| **part == Part::Test).for_each(|part| *part = Part::LeftOut);
            for user in domain.users.all().filter(|&user| self.is_cold(d, user)) {
                let mut positions: Vec<u32> = domain.ratings.of_user(user).collect();
                rng.shuffle(&mut positions);
                for (n, position) in positions.into_iter().enumerate() {
                    own[position as usize] = match n {
                        _ if n < history.min(MOST_HISTORY) => Part::Train,
                        _ if n < MOST_HISTORY => Part::LeftOut,
                        _ => Part::Test,
                    };
                }
            }
        }
        leave_out(&mut parts, world, |_, _: UserId| false);
        // With ratings of their own they are linked like anybody.
        let role = |role: &PairRole| match role {
            PairRole::ColdA | PairRole::ColdB if history > 0 => PairRole::Linked,
            role => *role,
        };
        let roles = self.roles.iter().map(|own| own.iter().map(role).collect()).collect();
        let cold = Arc::new(vec![Vec::new(); world.domains.len()]);
        let split = Self { parts: Arc::new(parts), cold, roles, memo: Memo::default(), ..self.clone() };
        match (0..world.domains.len()).find(|&d| split.count(world, d, Part::Test) == 0) {
            Some(d) => Err(Error::data(
                format!(
                    "no newcomer of {} has more than {MOST_HISTORY} ratings, so that none is left to test",
                    world.domains[d].name
                ),
                "Use files in which people of both have rated more",
            )),
            None => Ok(split),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::data::{Domain, ItemId, Number, Rating, Vocabulary, sample};
    use crate::settings::Config;
    use crate::split::{Fold, Training};

    fn ids<N: Number>(ids: impl Iterator<Item = String>) -> Vocabulary<N> {
        let mut all = Vocabulary::default();
        for id in ids {
            let _ = all.intern(&id);
        }
        all
    }

    /// Books are rated by people 0 to 5, films by 2 to 7, each twenty items: 2 to 5 are in both.
    fn eight_people() -> World {
        let domain = |name: &str, people: std::ops::Range<u32>| {
            let n = people.len() as u32;
            let rows: Vec<Rating> = (0..n)
                .flat_map(|user| {
                    (0..20).map(move |item| Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: 1.0 + ((user + item) % 5) as f32,
                    })
                })
                .collect();
            let users = ids(people.map(|person| format!("p{person}")));
            Domain::of_stars(name, users, ids((0..20).map(|item| format!("{name}{item}"))), &rows)
        };
        World::new(vec![domain("books", 0..6), domain("films", 2..8)])
    }

    fn people_in(training: &Training, domain: usize) -> BTreeSet<u32> {
        training.rows(domain).users.iter().map(|user| user.0).collect()
    }

    #[test]
    fn of_four_people_in_both_one_is_linked_and_the_others_are_kept_or_discarded() {
        let world = Arc::new(eight_people());
        let config = Config { held_out_overlap: 0.0, ..Config::robust() }.check().unwrap();
        let all = Split::of_fold(&world, &config, Fold { number: 0, of: 2, seed: 1 }, 0.0).unwrap();
        let training = |split: &Split| Training::new(world.clone(), Arc::new(split.clone()));
        assert_eq!(training(&all).linked_pairs(0).len(), 4);
        let kept = all.with_linked(&world, &config, 1);
        assert_eq!(training(&kept).linked_pairs(0).len(), 1);
        for d in 0..2 {
            assert_eq!(people_in(&training(&kept), d), (0..6).collect());
            assert_eq!(kept.test(&world, d), all.test(&world, d));
        }
        let discarded = all.with_linked(&world, &config, 1).without_unlinked(&world).unwrap();
        let linked = training(&discarded).linked_pairs(0);
        assert_eq!(linked, training(&kept).linked_pairs(0));
        // Users 2 to 5 of the books and 0 to 3 of the films are in both; one of them is left.
        assert_eq!(people_in(&training(&discarded), 0), BTreeSet::from([0, 1, linked[0].a.0]));
        assert_eq!(people_in(&training(&discarded), 1), BTreeSet::from([4, 5, linked[0].b.0]));
        let tested: BTreeSet<u32> = discarded.test(&world, 0).users.iter().map(|user| user.0).collect();
        assert!(tested.is_subset(&BTreeSet::from([0, 1, linked[0].a.0])));
        let nobody = all.with_linked(&world, &config, 0).without_unlinked(&world).unwrap();
        assert_eq!(people_in(&training(&nobody), 0), BTreeSet::from([0, 1]));
        assert_eq!(training(&nobody).linked_pairs(0).len(), 0);
    }

    #[test]
    fn more_linked_people_hold_the_fewer_and_newcomers_stay_the_same() {
        let world = Arc::new(sample(1).world);
        let config = Config { held_out_overlap: 0.0, ..Config::robust() }.check().unwrap();
        let split = Split::of_fold(&world, &config, Fold { number: 0, of: 5, seed: 1 }, 0.1)
            .unwrap()
            .with_cold(&world, &config);
        // 450 people are in both; a fifth of them is new in each domain.
        let all = |split: &Split, warm: bool| -> BTreeSet<(u32, u32)> {
            let pairs = Training::new(world.clone(), Arc::new(split.clone())).linked_pairs(0);
            pairs.iter().filter(|pair| pair.warm == warm).map(|pair| (pair.a.0, pair.b.0)).collect()
        };
        assert_eq!((all(&split, true).len(), all(&split, false).len()), (270, 180));
        let mut fewer = BTreeSet::new();
        for n in [0, 1, 8, 64, 1000] {
            let own = split.with_linked(&world, &config, n);
            let linked = all(&own, true);
            assert!(linked.len() == n.min(270) && fewer.is_subset(&linked));
            assert_eq!(all(&own, false), all(&split, false));
            assert!((0..2).all(|d| own.cold(&world, d) == split.cold(&world, d)));
            fewer = linked;
        }
        // Discarded are the ratings of the 262 who are not used, and of nobody who is new.
        let discarded = split.with_linked(&world, &config, 8).without_unlinked(&world).unwrap();
        assert!((0..2).all(|d| discarded.cold(&world, d) == split.cold(&world, d)));
        let trained =
            |split: &Split| people_in(&Training::new(world.clone(), Arc::new(split.clone())), 0).len();
        assert!((trained(&split) - trained(&discarded)).abs_diff(262) < 5);
    }

    #[test]
    fn newcomers_keep_so_many_ratings_and_are_tested_on_the_same_rows() {
        let world = Arc::new(sample(1).world);
        let config = Config { held_out_overlap: 0.0, ..Config::robust() }.check().unwrap();
        let cold = Split::of_fold(&world, &config, Fold { number: 0, of: 5, seed: 1 }, 0.0)
            .unwrap()
            .with_cold(&world, &config);
        let of = |history| cold.with_histories(&world, &config, history).unwrap();
        for d in 0..2 {
            let newcomers: Vec<UserId> =
                world.domains[d].users.all().filter(|&user| cold.is_cold(d, user)).collect();
            assert_eq!(newcomers.len(), 90);
            let ratings = &world.domains[d].ratings;
            let tested: usize =
                newcomers.iter().map(|&user| ratings.of_user(user).len().saturating_sub(MOST_HISTORY)).sum();
            for history in [0, 1, 4, 8, 9] {
                let split = of(history);
                assert_eq!(split.test(&world, d), of(0).test(&world, d));
                assert_eq!(split.test(&world, d).len(), tested);
                let rows = Training::new(world.clone(), Arc::new(split)).rows(d);
                for &user in &newcomers {
                    let own = rows.users.iter().filter(|&&other| other == user).count();
                    assert_eq!(own, history.min(MOST_HISTORY).min(ratings.of_user(user).len()));
                }
            }
        }
        let pairs = |history| Training::new(world.clone(), Arc::new(of(history))).linked_pairs(0);
        assert_eq!(pairs(0).iter().filter(|pair| !pair.warm).count(), 180);
        assert!(pairs(2).iter().all(|pair| pair.warm) && pairs(2).len() == 450);
    }
}
