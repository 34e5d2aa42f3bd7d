//! Which ratings and which people a split gives to whom.

use std::sync::Arc;

use super::*;
use crate::data::{Domain, Ratings, sample};
use crate::settings::Config;
use crate::split::Training;

fn cold_split() -> (World, Split) {
    let world = sample(3).world;
    let config = Config::robust().check().unwrap();
    let split = Split::new(&world, &config).unwrap().with_cold(&world, &config);
    (world, split)
}

#[test]
fn shuffled_links_join_as_many_of_each_role_and_nobody_with_themselves() {
    let (world, split) = cold_split();
    let shuffled = split.with_shuffled_links(&world, &mut Generator::new(1, "shuffle"));
    let (true_pairs, pairs): (Vec<_>, Vec<_>) =
        (split.pairs(&world, 0).collect(), shuffled.pairs(&world, 0).collect());
    let people = |pairs: &[(UserId, UserId, PairRole)], role: PairRole| {
        let mut people: Vec<UserId> = pairs.iter().filter(|p| p.2 == role).map(|p| p.1).collect();
        people.sort_unstable();
        people
    };
    for role in [PairRole::Linked, PairRole::ColdA, PairRole::ColdB] {
        assert!(people(&pairs, role).len() > 10);
        assert_eq!(people(&pairs, role), people(&true_pairs, role), "{role:?}");
    }
    for (pair, own) in pairs.iter().zip(&true_pairs) {
        assert_eq!((pair.0, pair.2), (own.0, own.2));
        assert_eq!(pair.1 == own.1, own.2 == PairRole::HeldOut, "{pair:?}");
    }
    let other = split.with_shuffled_links(&world, &mut Generator::new(2, "shuffle"));
    assert!(other.pairs(&world, 0).zip(pairs).any(|(x, y)| x.1 != y.1));
}

#[test]
fn what_may_not_cross_is_not_linked_but_the_same_people_simulate_newcomers() {
    let (world, split) = cold_split();
    let world = Arc::new(world);
    let training = |crossing| Training::new(world.clone(), Arc::new(split.with_crossing(crossing)));
    let linked = training(Crossing::All).linked_pairs(0);
    assert!(linked.len() > 100);
    assert_eq!(training(Crossing::Biases).linked_pairs(0), linked);
    assert_eq!(training(Crossing::Nothing).linked_pairs(0), []);
    for crossing in [Crossing::All, Crossing::Biases, Crossing::Nothing] {
        assert_eq!(training(crossing).overlap_pairs(0), linked);
        assert_eq!(training(crossing).rows(0), training(Crossing::All).rows(0));
    }
}

#[test]
fn validation_rows_can_be_trained_on_or_left_alone() {
    let (world, split) = cold_split();
    let training = Training::new(Arc::new(world), Arc::new(split));
    let (with, without) = (training.with_validation_rows(), training.without_validation_rows());
    for d in 0..2 {
        let (rows, validation) = (training.rows(d).len(), training.validation(d).len());
        assert!(validation > 100);
        assert_eq!((with.rows(d).len(), with.validation(d).len()), (rows + validation, 0));
        assert_eq!((without.rows(d), without.validation(d).len()), (training.rows(d), 0));
    }
    assert_eq!(with.linked_pairs(0), training.linked_pairs(0));
}

#[test]
fn simulated_newcomers_lose_what_may_be_seen_of_one_domain_and_keep_their_link() {
    let (world, split) = cold_split();
    let world = Arc::new(world);
    let shuffled = split.with_shuffled_links(&world, &mut Generator::new(1, "shuffle"));
    for split in [split, shuffled] {
        let tested: Vec<Rows> = (0..2).map(|d| split.test(&world, d)).collect();
        let training = Training::new(world.clone(), Arc::new(split));
        let (inner, rows) = training.with_simulated_newcomers(0.1, &mut Generator::new(2, "newcomers"));
        let warm = |training: &Training| training.linked_pairs(0).iter().filter(|pair| pair.warm).count();
        let each = (warm(&training) as f32 * 0.1).round() as usize;
        assert_eq!(warm(&inner), warm(&training) - 2 * each);
        assert_eq!(inner.linked_pairs(0).len(), training.linked_pairs(0).len());
        for d in 0..2 {
            let mut people = rows[d].users.clone();
            people.dedup();
            assert_eq!(people.len(), each);
            let inside = [inner.rows(d), inner.validation(d)];
            assert!(inside.iter().all(|rows| rows.users.iter().all(|user| !people.contains(user))));
            let seen = |training: &Training| training.rows(d).len() + training.validation(d).len();
            assert_eq!(seen(&inner) + rows[d].len(), seen(&training));
            let places = |rows: &Rows| -> std::collections::HashSet<(UserId, crate::data::ItemId)> {
                rows.users.iter().copied().zip(rows.items.iter().copied()).collect()
            };
            assert!(places(&rows[d]).is_disjoint(&places(&tested[d])));
        }
    }
}

#[test]
fn everything_is_all_ratings_and_all_links() {
    let (world, _) = cold_split();
    let split = Arc::new(Split::everything(&world));
    let world = Arc::new(world);
    let training = Training::new(world.clone(), split.clone());
    for (d, domain) in world.domains.iter().enumerate() {
        assert_eq!(training.rows(d).len(), domain.ratings.len());
        assert!(training.validation(d).is_empty() && split.test(&world, d).is_empty());
    }
    assert_eq!(training.linked_pairs(0).len(), world.links[0].overlap_users.len());
}

/// The sample's first domain and, as the second, its ratings up to an item, the others changed.
fn half_the_same() -> World {
    let first = sample(1).world.domains.swap_remove(0);
    let rows: Vec<_> = (first.ratings.iter())
        .map(|mut rating| {
            rating.value = if rating.item.0 % 2 == 0 { rating.value } else { 3.25 };
            rating
        })
        .collect();
    let ratings = Ratings::new(first.users.len(), first.items.len(), &rows).into();
    let second = Domain { name: "second".into(), ratings, ..first.clone() };
    World::new(vec![first, second])
}

#[test]
fn of_the_same_rating_in_both_domains_neither_is_trained_on_where_the_other_is_tested() {
    let world = half_the_same();
    let config = Config::robust().check().unwrap();
    let split = Split::new(&world, &config).unwrap();
    let same = &world.links[0].same_rows.positions;
    assert!(world.same_rows_share() > 0.4, "{}", world.same_rows_share());
    for split in [&split, &split.with_cold(&world, &config)] {
        let mut left_out = [0, 0];
        for &(p, q) in same {
            let places = [(0, p), (1, q)].map(|(domain, position)| {
                let user = world.domains[domain].ratings.at(position).user;
                let part = split.parts[domain][position as usize];
                left_out[domain] += usize::from(part == Part::LeftOut);
                let is_tested = part == Part::Test || split.is_cold(domain, user);
                let is_trained = !split.is_cold(domain, user) && part == Part::Train;
                (is_tested, is_trained, is_trained || (!is_tested && part == Part::Validation))
            });
            for [(is_tested, ..), (_, _, is_seen)] in [places, [places[1], places[0]]] {
                assert!(!(is_tested && is_seen));
            }
            let validated = |place: (bool, bool, bool)| place.2 && !place.1;
            assert!(!(validated(places[0]) && places[1].1 || validated(places[1]) && places[0].1));
        }
        // A fifth is tested, and four fifths of the counterparts are not.
        assert!(left_out.iter().all(|&n| n * 8 > same.len()), "{left_out:?} of {}", same.len());
    }
    // Test rows stay, and are those of a world that shares nothing.
    let alone = World::new(world.domains[..1].to_vec());
    assert_eq!(split.test(&world, 0), Split::new(&alone, &config).unwrap().test(&alone, 0));
}

#[test]
fn nothing_is_left_out_of_domains_that_share_no_rating() {
    let world = sample(1).world;
    let config = Config::robust().check().unwrap();
    let split = Split::new(&world, &config).unwrap().with_cold(&world, &config);
    assert_eq!(world.same_rows_share(), 0.0);
    assert!(split.parts.iter().flatten().all(|&part| part != Part::LeftOut));
}
