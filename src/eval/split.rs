//! Which ratings are trained on, which decide when to stop, which are tested, and which people are made cold.
//! Training code is given a [`Training`](super::Training), which has no way to a test row.

use std::sync::{Arc, OnceLock};

use super::Rows;
use super::scales::UnitScale;
use crate::config::ValidConfig;
use crate::data::{Scale, World};
use crate::error::{Error, Result};
use crate::model::bias::Biases;
use crate::rng::Generator;

/// What a run may know of an overlap user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairRole {
    /// Not linked: two strangers.
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
    roles: Vec<Vec<PairRole>>,
    /// What each domain's ratings are made numbers in [0, 1] by.
    scales: Vec<UnitScale>,
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
            let validated = (rest.len() as f32 * config.validation_fraction).round() as usize;
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
        let scales = (world.domains.iter().zip(&parts))
            .map(|(domain, parts)| UnitScale::new(domain, |_, position| parts[position] == Part::Train))
            .collect();
        let roles = world.links.iter().map(|link| roles(link.overlap_users.len(), config, false)).collect();
        let split = Self {
            parts: Arc::new(parts),
            cold: Arc::new(vec![Vec::new(); world.domains.len()]),
            roles,
            scales,
            biases: no_biases(world.domains.len()),
        };
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
        let scales = (world.domains.iter().zip(self.parts.iter().zip(&cold)))
            .map(|(domain, (parts, cold))| {
                let is_trained_on =
                    |user: u32, position: usize| parts[position] == Part::Train && !cold[user as usize];
                UnitScale::new(domain, is_trained_on)
            })
            .collect();
        let biases = no_biases(world.domains.len());
        Self { parts: self.parts.clone(), cold: Arc::new(cold), roles, scales, biases }
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
        Rows::gather(&world.domains[domain].ratings, self.scale(domain), count, |user, position| {
            parts[position] == part && !self.is_cold(domain, user)
        })
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
