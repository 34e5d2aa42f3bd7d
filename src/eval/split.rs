//! Which ratings are trained on, which decide when to stop, which are tested, and which people are made cold.
//! Training code is given a [`Training`](super::Training), which has no way to a test row.

use std::sync::{Arc, OnceLock};

use super::Rows;
use crate::config::ValidConfig;
use crate::data::World;
use crate::error::{Error, Result};
use crate::model::bias::Biases;
use crate::rng::Generator;

/// What a run may know of an overlap user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairRole {
    /// Not linked: two strangers, or left out with all their ratings where the settings say so.
    Unlinked,
    /// Linked, with ratings in both domains: X is learnt from it.
    Linked,
    /// Treated as two strangers while training; X is measured on it afterwards.
    HeldOut,
    /// Linked, but all ratings in the link's first domain are withheld.
    ColdA,
    /// Linked, but all ratings in the link's second domain are withheld.
    ColdB,
}

/// What a rating is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Train,
    Validation,
    Test,
}

/// Biases by domain, without and with features, once they are asked for.
type FittedBiases = Arc<Vec<[OnceLock<Arc<Biases>>; 2]>>;

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
    /// Biases that were fitted on the training rows, by domain: without and with features. Every split with the same
    /// rows shares them.
    pub(super) biases: FittedBiases,
}

impl Split {
    /// Splits every domain's ratings at random and gives every overlap user a role.
    ///
    /// With `cold`, a `cold_fraction` of the linked users of each link lose all ratings of the first domain, and
    /// as many others those of the second; they keep their link. The other rows are split alike in both cases, so
    /// that runs can be compared.
    ///
    /// # Errors
    /// When a domain has too few ratings to train on and to test.
    pub fn new(world: &World, config: &ValidConfig, cold: bool) -> Result<Self> {
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
        let roles: Vec<Vec<PairRole>> =
            world.links.iter().map(|link| roles(link.overlap_users.len(), config, false)).collect();
        let discarded = match config.discard_unlinked {
            true => discarded(world, &roles),
            false => vec![Vec::new(); world.domains.len()],
        };
        let split = Self {
            parts: Arc::new(parts),
            cold: Arc::new(vec![Vec::new(); world.domains.len()]),
            discarded: Arc::new(discarded),
            roles,
            biases: no_biases(world.domains.len()),
        };
        if config.discard_unlinked {
            split.check_what_is_left(world)?;
        }
        Ok(if cold { split.with_cold(world, config) } else { split })
    }

    /// The same split with some people cold, as [`Split::new`] makes them.
    pub fn with_cold(&self, world: &World, config: &ValidConfig) -> Self {
        let roles: Vec<Vec<PairRole>> =
            world.links.iter().map(|link| roles(link.overlap_users.len(), config, true)).collect();
        let mut cold: Vec<Vec<bool>> = world.domains.iter().map(|d| vec![false; d.users.len()]).collect();
        for (link, roles) in world.links.iter().zip(&roles) {
            for (&(a, b), role) in link.overlap_users.iter().zip(roles) {
                match role {
                    PairRole::ColdA => cold[link.a][a as usize] = true,
                    PairRole::ColdB => cold[link.b][b as usize] = true,
                    _ => {}
                }
            }
        }
        let biases = no_biases(world.domains.len());
        Self { cold: Arc::new(cold), roles, biases, ..self.clone() }
    }

    /// The same rows with no overlap user linked: what there is to learn without the other domain.
    pub fn without_transfer(&self) -> Self {
        let roles = self.roles.iter().map(|link| vec![PairRole::Unlinked; link.len()]).collect();
        Self { roles, ..self.clone() }
    }

    /// The rows of a part of a domain, in the order of the ratings: neighbouring rows share a user, and the order
    /// has no other meaning.
    pub(super) fn rows(&self, world: &World, domain: usize, part: Part) -> Rows {
        let parts = &self.parts[domain];
        let count = parts.iter().filter(|&&own| own == part).count();
        Rows::gather(&world.domains[domain], count, |user, position| {
            parts[position] == part && !self.is_cold(domain, user) && !self.is_discarded(domain, user)
        })
    }

    fn is_discarded(&self, domain: usize, user: u32) -> bool {
        self.discarded[domain].get(user as usize).is_some_and(|&discarded| discarded)
    }

    /// # Errors
    /// When a domain has too few ratings left after some people were discarded.
    fn check_what_is_left(&self, world: &World) -> Result<()> {
        for (d, domain) in world.domains.iter().enumerate() {
            let (test, train) = (self.test(world, d).len(), self.rows(world, d, Part::Train).len());
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

    fn is_cold(&self, domain: usize, user: u32) -> bool {
        self.cold[domain].get(user as usize).is_some_and(|&cold| cold)
    }

    /// Test rows of a domain.
    pub fn test(&self, world: &World, domain: usize) -> Rows {
        self.rows(world, domain, Part::Test)
    }

    /// All ratings of the users that were made cold in a domain.
    pub fn cold(&self, world: &World, domain: usize) -> Rows {
        let ratings = &world.domains[domain].ratings;
        let cold = |user: &u32| self.is_cold(domain, *user);
        let count = (0..ratings.users() as u32).filter(cold).map(|user| ratings.of_user(user).len()).sum();
        Rows::gather(&world.domains[domain], count, |user, _| self.is_cold(domain, user))
    }

    /// The overlap users of a link that were held out, as (user of a, user of b).
    pub fn held_out(&self, world: &World, link: usize) -> Vec<(u32, u32)> {
        let pairs = world.links[link].overlap_users.iter().zip(&self.roles[link]);
        pairs.filter(|(_, role)| **role == PairRole::HeldOut).map(|(&pair, _)| pair).collect()
    }

    /// Role of each overlap user of a link; none for a link that is not there.
    pub fn roles(&self, link: usize) -> &[PairRole] {
        self.roles.get(link).map_or(&[], Vec::as_slice)
    }
}

fn no_biases(domains: usize) -> FittedBiases {
    Arc::new((0..domains).map(|_| Default::default()).collect())
}

/// By domain and user, who is in both ends of a link without being linked or held out in any.
fn discarded(world: &World, roles: &[Vec<PairRole>]) -> Vec<Vec<bool>> {
    let nobody = || world.domains.iter().map(|domain| vec![false; domain.users.len()]).collect::<Vec<_>>();
    let (mut unused, mut used) = (nobody(), nobody());
    for (link, roles) in world.links.iter().zip(roles) {
        for (&(a, b), role) in link.overlap_users.iter().zip(roles) {
            let people = if *role == PairRole::Unlinked { &mut unused } else { &mut used };
            people[link.a][a as usize] = true;
            people[link.b][b as usize] = true;
        }
    }
    for (unused, used) in unused.iter_mut().flatten().zip(used.iter().flatten()) {
        *unused &= !used;
    }
    unused
}

/// Roles of `n` overlap users: first the held-out share, then the linked ones up to the setting, then the cold.
fn roles(n: usize, config: &ValidConfig, cold: bool) -> Vec<PairRole> {
    let mut order: Vec<usize> = (0..n).collect();
    Generator::new(config.seed, "overlap users").shuffle(&mut order);
    let held_out = (n as f32 * config.held_out_overlap).round() as usize;
    let linked = (n - held_out).min(config.overlap_users.unwrap_or(n));
    let chilled = if cold { (linked as f32 * config.cold_fraction).round() as usize } else { 0 };
    let mut roles = vec![PairRole::Unlinked; n];
    for (rank, &pair) in order.iter().enumerate() {
        roles[pair] = match rank {
            r if r < held_out => PairRole::HeldOut,
            r if r < held_out + chilled => PairRole::ColdA,
            r if r < held_out + 2 * chilled => PairRole::ColdB,
            r if r < held_out + linked => PairRole::Linked,
            _ => PairRole::Unlinked,
        };
    }
    roles
}
