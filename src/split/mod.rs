//! Which ratings are trained on, which decide when to stop, which are tested, and which people are made cold.
//! Training code is given a [`Training`], which has no way to a test row. Nothing here knows a model.

mod fewer;
mod folds;
mod joined;
mod memo;
mod roles;
mod rows;
mod scales;
#[cfg(test)]
mod tests;
mod training;

use std::sync::Arc;

pub use fewer::MOST_HISTORY;
pub use folds::Fold;
pub use joined::JoinedPeople;
use memo::Memo;
use roles::{discarded, roles, shuffled_partners};
pub use rows::Rows;
use scales::UnitScale;
pub use training::{LinkedPair, Training};

use crate::data::{Scale, UserId, World};
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::settings::ValidConfig;

/// What a run may know of an overlap user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairRole {
    /// Not linked: two people, or left out with all their ratings where the settings say so.
    Unlinked,
    /// Linked, with ratings in both domains: X is learnt from it.
    Linked,
    /// Treated as two people while training; X is measured on it afterwards.
    HeldOut,
    /// Linked, but all ratings in the link's first domain are withheld.
    ColdA,
    /// Linked, but all ratings in the link's second domain are withheld.
    ColdB,
}

/// What a run may use of the domain at the other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// Nothing: the control of every claim.
    Nothing,
    /// The person's bias there and no vector: one number a person.
    Biases,
    /// Biases and vectors, the method.
    All,
}

/// What a rating is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Train,
    Validation,
    Test,
    /// Nothing: the same rating stands in the other domain, where it is tested.
    LeftOut,
}

/// A split of a world by one seed. Its parts take a byte a rating, and the splits that are made of it share them.
#[derive(Clone, Debug)]
pub struct Split {
    /// Part of each rating by domain and position.
    parts: Arc<Vec<Vec<Part>>>,
    /// Whether a user lost all ratings, by domain and user; empty where nobody did.
    cold: Arc<Vec<Vec<bool>>>,
    /// Whether a user is left out of everything, by domain and user; empty where nobody is.
    discarded: Arc<Vec<Vec<bool>>>,
    roles: Vec<Vec<PairRole>>,
    /// By link, whom each overlap user of the first domain is taken for in the second; empty for themselves.
    partners: Vec<Vec<UserId>>,
    crossing: Crossing,
    /// What each domain's ratings are made numbers in [0, 1] by.
    scales: Vec<UnitScale>,
    /// What was worked out from the training rows; every split with the same rows shares it.
    memo: Memo,
}

impl Split {
    /// Splits every domain's ratings at random and gives every overlap user a role.
    ///
    /// Of a rating that stands in both domains, neither is trained on where the other is tested.
    ///
    /// # Errors
    /// When a domain has too few ratings to train on and to test.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    ///
    /// use dual_metric::data::sample;
    /// use dual_metric::settings::Config;
    /// use dual_metric::split::{Split, Training};
    ///
    /// let world = Arc::new(sample(1).world);
    /// let config = Config { test_fraction: 0.25, ..Config::paper() }.check()?;
    /// let split = Arc::new(Split::new(&world, &config)?);
    /// let tested = split.test(&world, 0).len();
    /// // What a model is given has no way to these rows.
    /// let training = Training::new(world.clone(), split);
    /// assert_eq!(training.rows(0).len() + tested, world.domains[0].ratings.len());
    /// # Ok::<(), dual_metric::error::Error>(())
    /// ```
    pub fn new(world: &World, config: &ValidConfig) -> Result<Self> {
        let mut rng = Generator::new(config.seed, "split");
        let mut parts = Vec::new();
        for domain in &world.domains {
            let mut order: Vec<u32> = (0..domain.ratings.len() as u32).collect();
            rng.shuffle(&mut order);
            let tested = (order.len() as f32 * config.test_fraction).round() as usize;
            let (test, rest) = order.split_at(tested);
            let fraction = if config.uses_validation() { config.validation_fraction } else { 0.0 };
            let validated = (rest.len() as f32 * fraction).round() as usize;
            let (validation, train) = rest.split_at(validated);
            if test.is_empty() || train.len() < 10 {
                return Err(Error::data(
                    format!(
                        "{} has {} ratings, too few to train on and to test",
                        domain.name,
                        domain.ratings.len()
                    ),
                    "Load a file with more ratings",
                ));
            }
            let mut own = vec![Part::Train; order.len()];
            test.iter().for_each(|&position| own[position as usize] = Part::Test);
            validation.iter().for_each(|&position| own[position as usize] = Part::Validation);
            parts.push(own);
        }
        let split = Self::of_parts(world, config, parts)?;
        if config.discard_unlinked {
            split.check_what_is_left(world)?;
        }
        Ok(split)
    }

    /// The split whose ratings have these parts, by domain and position.
    ///
    /// # Errors
    /// When too few ratings are left to train on once those that stand in both domains are left out.
    fn of_parts(world: &World, config: &ValidConfig, mut parts: Vec<Vec<Part>>) -> Result<Self> {
        leave_out(&mut parts, world, |_, _| false);
        for (own, domain) in parts.iter().zip(&world.domains) {
            if own.iter().filter(|&&part| part == Part::Train).count() < 10 {
                return Err(Error::data(
                    format!("too few ratings of {} stand in that file alone to train on", domain.name),
                    "Load the files of two different domains",
                ));
            }
        }
        let scales = (world.domains.iter().zip(&parts))
            .map(|(domain, parts)| UnitScale::new(domain, |_, position| parts[position] == Part::Train))
            .collect();
        let roles = roles(world, config, false);
        let discarded = match config.discard_unlinked {
            true => discarded(world, &roles),
            false => vec![Vec::new(); world.domains.len()],
        };
        Ok(Self {
            parts: Arc::new(parts),
            cold: Arc::new(vec![Vec::new(); world.domains.len()]),
            discarded: Arc::new(discarded),
            roles,
            partners: vec![Vec::new(); world.links.len()],
            crossing: Crossing::All,
            scales,
            memo: Memo::default(),
        })
    }

    /// The same split with some people cold: a `cold_fraction` of the linked users of each link lose all ratings of the
    /// first domain, and as many others those of the second; they keep their link. The other rows stay as they are, so
    /// that runs can be compared.
    pub fn with_cold(&self, world: &World, config: &ValidConfig) -> Self {
        let roles = roles(world, config, true);
        let mut cold: Vec<Vec<bool>> = world.domains.iter().map(|d| vec![false; d.users.len()]).collect();
        for (link, roles) in world.links.iter().zip(&roles) {
            for (&(a, b), role) in link.overlap_users.iter().zip(roles) {
                match role {
                    PairRole::ColdA => cold[link.a][a.index()] = true,
                    PairRole::ColdB => cold[link.b][b.index()] = true,
                    _ => {}
                }
            }
        }
        let mut parts = self.parts.clone();
        if world.links.iter().any(|link| !link.same_rows.positions.is_empty()) {
            let own: &mut Vec<_> = Arc::make_mut(&mut parts);
            leave_out(own, world, |domain, user| cold[domain][user.index()]);
        }
        let scales = (world.domains.iter().zip(parts.iter().zip(&cold)))
            .map(|(domain, (parts, cold))| {
                let is_trained_on =
                    |user: UserId, position: usize| parts[position] == Part::Train && !cold[user.index()];
                UnitScale::new(domain, is_trained_on)
            })
            .collect();
        Self { parts, cold: Arc::new(cold), roles, scales, memo: Memo::default(), ..self.clone() }
    }

    /// The same rows and roles, with less that may cross.
    pub fn with_crossing(&self, crossing: Crossing) -> Self {
        Self { crossing, ..self.clone() }
    }

    /// The placebo: the same rows, and as many links, of which none joins a person with themselves. Whoever is linked
    /// changes places with others of the same role, so that nobody without ratings is joined with nobody.
    pub fn with_shuffled_links(&self, world: &World, rng: &mut Generator) -> Self {
        let partners = (world.links.iter().zip(&self.roles))
            .map(|(link, roles)| shuffled_partners(&link.overlap_users, roles, rng))
            .collect();
        Self { partners, ..self.clone() }
    }

    /// The same split with its validation rows trained on as well, or with nothing done with them.
    fn with_validation_as(&self, part: Part) -> Self {
        let other = |own: &Part| if *own == Part::Validation { part } else { *own };
        let parts = self.parts.iter().map(|own| own.iter().map(other).collect()).collect();
        Self { parts: Arc::new(parts), memo: Memo::default(), ..self.clone() }
    }

    /// The same split with some more people cold: a `share` of the linked pairs of each link loses all ratings of its first
    /// domain, and as many others those of the second. Scales stay. Also the rows that were taken from them, by domain; test
    /// rows are not among them.
    fn with_simulated_newcomers(&self, world: &World, share: f32, rng: &mut Generator) -> (Self, Vec<Rows>) {
        let nobody =
            || world.domains.iter().map(|domain| vec![false; domain.users.len()]).collect::<Vec<_>>();
        let (mut hidden, mut taken) = (nobody(), nobody());
        for (number, link) in world.links.iter().enumerate() {
            let warm = |pair: &(UserId, UserId, PairRole)| pair.2 == PairRole::Linked;
            let mut pairs: Vec<_> = self.pairs(world, number).filter(warm).collect();
            rng.shuffle(&mut pairs);
            let each = (pairs.len() as f32 * share).round() as usize;
            let mut left = [each, each];
            for (a, b, _) in pairs {
                // Whoever is hidden in one place is to be known in all others.
                if taken[link.a][a.index()] || taken[link.b][b.index()] {
                    continue;
                }
                let Some(side) = left.iter().position(|&n| n > 0) else { break };
                left[side] -= 1;
                (taken[link.a][a.index()], taken[link.b][b.index()]) = (true, true);
                let (domain, user) = if side == 0 { (link.a, a) } else { (link.b, b) };
                hidden[domain][user.index()] = true;
            }
        }
        let rows = (world.domains.iter().enumerate())
            .map(|(d, domain)| {
                let is_taken = |user: UserId, position: usize| {
                    let is_seen = matches!(self.parts[d][position], Part::Train | Part::Validation);
                    is_seen
                        && hidden[d][user.index()]
                        && !self.is_cold(d, user)
                        && !self.is_discarded(d, user)
                };
                Rows::gather(&domain.ratings, self.scale(d), 0, is_taken)
            })
            .collect();
        let roles = (0..world.links.len())
            .map(|number| {
                let link = &world.links[number];
                let role = |(a, b, role): (UserId, UserId, PairRole)| match role {
                    PairRole::Linked if hidden[link.a][a.index()] => PairRole::ColdA,
                    PairRole::Linked if hidden[link.b][b.index()] => PairRole::ColdB,
                    role => role,
                };
                self.pairs(world, number).map(role).collect()
            })
            .collect();
        let mut parts = self.parts.clone();
        if world.links.iter().any(|link| !link.same_rows.positions.is_empty()) {
            let own: &mut Vec<_> = Arc::make_mut(&mut parts);
            leave_out(own, world, |domain, user: UserId| hidden[domain][user.index()]);
        }
        for (hidden, cold) in hidden.iter_mut().zip(self.cold.iter()) {
            hidden.iter_mut().zip(cold).for_each(|(hidden, cold)| *hidden |= cold);
        }
        let split = Self { parts, cold: Arc::new(hidden), roles, memo: Memo::default(), ..self.clone() };
        (split, rows)
    }

    /// Everything that there is: all ratings are trained on and everybody in both is linked. For the model that is
    /// kept after the measurement; there is nothing left to measure it on.
    pub fn everything(world: &World) -> Self {
        let all = |n: usize| vec![Part::Train; n];
        Self {
            parts: Arc::new(world.domains.iter().map(|domain| all(domain.ratings.len())).collect()),
            cold: Arc::new(vec![Vec::new(); world.domains.len()]),
            discarded: Arc::new(vec![Vec::new(); world.domains.len()]),
            roles: world.links.iter().map(|link| vec![PairRole::Linked; link.overlap_users.len()]).collect(),
            partners: vec![Vec::new(); world.links.len()],
            crossing: Crossing::All,
            scales: world.domains.iter().map(|domain| UnitScale::new(domain, |_, _| true)).collect(),
            memo: Memo::default(),
        }
    }

    /// What may cross between domains.
    pub fn crossing(&self) -> Crossing {
        self.crossing
    }

    /// The overlap users of a link as (user of a, whom they are taken for in b, role).
    pub(crate) fn pairs<'s>(
        &'s self,
        world: &'s World,
        link: usize,
    ) -> impl Iterator<Item = (UserId, UserId, PairRole)> + 's {
        let partners = &self.partners[link];
        let pairs = world.links[link].overlap_users.iter().zip(&self.roles[link]);
        pairs.enumerate().map(|(n, (&(a, b), &role))| (a, partners.get(n).copied().unwrap_or(b), role))
    }

    /// The rows of a part of a domain, in the order of the ratings: neighbouring rows share a user, and the order
    /// has no other meaning.
    fn rows(&self, world: &World, domain: usize, part: Part) -> Rows {
        let (parts, count) = (&self.parts[domain], self.count(world, domain, part));
        Rows::gather(&world.domains[domain].ratings, self.scale(domain), count, |user, position| {
            parts[position] == part && self.is_there(domain, user)
        })
    }

    /// How many rows a part of a domain has.
    fn count(&self, world: &World, domain: usize, part: Part) -> usize {
        let (ratings, parts) = (&world.domains[domain].ratings, &self.parts[domain]);
        let there = UserId::first(ratings.users()).filter(|&user| self.is_there(domain, user));
        let own = |user| {
            let positions = ratings.of_user(user);
            parts[positions.start as usize..positions.end as usize].iter().filter(|&&own| own == part).count()
        };
        there.map(own).sum()
    }

    /// Whether somebody's ratings of a domain are in any part.
    fn is_there(&self, domain: usize, user: UserId) -> bool {
        !self.is_cold(domain, user) && !self.is_discarded(domain, user)
    }

    fn is_discarded(&self, domain: usize, user: UserId) -> bool {
        self.discarded[domain].get(user.index()).is_some_and(|&discarded| discarded)
    }

    /// # Errors
    /// When a domain has too few ratings left after some people were discarded.
    fn check_what_is_left(&self, world: &World) -> Result<()> {
        for (d, domain) in world.domains.iter().enumerate() {
            let (test, train) = (self.count(world, d, Part::Test), self.count(world, d, Part::Train));
            if test == 0 || train < 10 {
                return Err(Error::data(
                    format!(
                        "{} has {} ratings left without the people whose link is not used, too few to train on \
                         and to test",
                        domain.name,
                        test + train
                    ),
                    "Use more people in both, or keep the others (discard_unlinked = false)",
                ));
            }
        }
        Ok(())
    }

    fn is_cold(&self, domain: usize, user: UserId) -> bool {
        self.cold[domain].get(user.index()).is_some_and(|&cold| cold)
    }

    /// Test rows of a domain.
    pub fn test(&self, world: &World, domain: usize) -> Rows {
        self.rows(world, domain, Part::Test)
    }

    /// All ratings of the users that were made cold in a domain.
    pub fn cold(&self, world: &World, domain: usize) -> Rows {
        let ratings = &world.domains[domain].ratings;
        let cold = |user: &UserId| self.is_cold(domain, *user);
        let count = UserId::first(ratings.users()).filter(cold).map(|user| ratings.of_user(user).len()).sum();
        Rows::gather(ratings, self.scale(domain), count, |user, _| self.is_cold(domain, user))
    }

    /// What a domain's ratings are made numbers in [0, 1] by: its declared or usual scale, else the range of the
    /// training rows.
    pub fn scale(&self, domain: usize) -> Scale {
        self.scales[domain].scale
    }

    /// How many of a domain's ratings lie beyond that scale and count as its ends; 0 where it was declared or is usual.
    pub fn clipped(&self, domain: usize) -> usize {
        self.scales[domain].clipped
    }

    /// The overlap users of a link that were held out, as (user of a, user of b).
    pub fn held_out(&self, world: &World, link: usize) -> Vec<(UserId, UserId)> {
        let pairs = world.links[link].overlap_users.iter().zip(&self.roles[link]);
        pairs.filter(|(_, role)| **role == PairRole::HeldOut).map(|(&pair, _)| pair).collect()
    }

    /// Role of each overlap user of a link; none for a link that is not there.
    pub fn roles(&self, link: usize) -> &[PairRole] {
        self.roles.get(link).map_or(&[], Vec::as_slice)
    }
}

/// Leaves ratings out whose counterpart in the other domain is held back more than they are: a test row's, all rows' of
/// a person who `is_cold`, and out of the training a validation row's.
fn leave_out(parts: &mut [Vec<Part>], world: &World, is_cold: impl Fn(usize, UserId) -> bool) {
    for link in &world.links {
        for &(p, q) in &link.same_rows.positions {
            let held_back = |domain: usize, position: u32| {
                let user = world.domains[domain].ratings.at(position).user;
                match parts[domain][position as usize] {
                    _ if is_cold(domain, user) => Some(2),
                    Part::LeftOut => None,
                    Part::Test => Some(2),
                    Part::Validation => Some(1),
                    Part::Train => Some(0),
                }
            };
            match (held_back(link.a, p), held_back(link.b, q)) {
                (Some(x), Some(y)) if x < y => parts[link.a][p as usize] = Part::LeftOut,
                (Some(x), Some(y)) if x > y => parts[link.b][q as usize] = Part::LeftOut,
                _ => {}
            }
        }
    }
}
