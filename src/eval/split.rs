//! Which ratings are trained on, which decide when to stop, which are tested, and which people are made cold.
//! Training code is given a [`Training`], which has no way to a test row.

use std::{collections::HashSet, sync::Arc};

use crate::config::ValidConfig;
use crate::data::{Features, Scale, World};
use crate::error::{Error, Result};
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

/// Positions of one domain's ratings by use.
#[derive(Clone, Debug, Default)]
struct DomainSplit {
    train: Vec<u32>,
    validation: Vec<u32>,
    test: Vec<u32>,
    cold: Vec<u32>,
}

/// A split of a world by one seed.
#[derive(Clone, Debug)]
pub struct Split {
    domains: Vec<DomainSplit>,
    roles: Vec<Vec<PairRole>>,
}

/// Rows of ratings as columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// User numbers.
    pub users: Vec<u32>,
    /// Item numbers.
    pub items: Vec<u32>,
    /// Ratings on the unit scale.
    pub targets: Vec<f32>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }
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
        let mut domains = Vec::new();
        for domain in &world.domains {
            let mut positions: Vec<u32> = (0..domain.ratings.len() as u32).collect();
            rng.shuffle(&mut positions);
            let tested = (positions.len() as f32 * config.test_fraction).round() as usize;
            let rest = positions.split_off(tested);
            let validated = (rest.len() as f32 * config.validation_fraction).round() as usize;
            let (validation, train) = rest.split_at(validated);
            let mut split = DomainSplit {
                train: train.to_vec(),
                validation: validation.to_vec(),
                test: positions,
                cold: Vec::new(),
            };
            // File order within each part: neighbouring rows share a user, and the order has no meaning.
            for part in [&mut split.train, &mut split.validation, &mut split.test] {
                part.sort_unstable();
            }
            if split.test.is_empty() || split.train.len() < 10 {
                return Err(Error::data(
                    format!(
                        "{} has {} ratings, too few to train on and to test",
                        domain.name,
                        domain.ratings.len()
                    ),
                    "Load a file with more ratings",
                ));
            }
            domains.push(split);
        }
        let roles = world.links.iter().map(|link| roles(link.overlap_users.len(), config, cold)).collect();
        let mut split = Self { domains, roles };
        if cold {
            split.withhold(world);
        }
        Ok(split)
    }

    /// The same rows with no overlap user linked: what there is to learn without the other domain.
    pub fn without_transfer(&self) -> Self {
        let roles = self.roles.iter().map(|link| vec![PairRole::Unlinked; link.len()]).collect();
        Self { domains: self.domains.clone(), roles }
    }

    /// Takes the cold users' ratings out of training and validation.
    fn withhold(&mut self, world: &World) {
        let mut cold: Vec<HashSet<u32>> = vec![HashSet::new(); world.domains.len()];
        for (link, roles) in world.links.iter().zip(&self.roles) {
            for (&(a, b), role) in link.overlap_users.iter().zip(roles) {
                match role {
                    PairRole::ColdA => cold[link.a].insert(a),
                    PairRole::ColdB => cold[link.b].insert(b),
                    _ => false,
                };
            }
        }
        for ((split, cold), domain) in self.domains.iter_mut().zip(&cold).zip(&world.domains) {
            let is_cold = |position: &u32| cold.contains(&domain.ratings.at(*position).user);
            split.cold = (0..domain.ratings.len() as u32).filter(is_cold).collect();
            for part in [&mut split.train, &mut split.validation, &mut split.test] {
                part.retain(|position| !is_cold(position));
            }
        }
    }

    /// Test rows of a domain.
    pub fn test(&self, world: &World, domain: usize) -> Rows {
        rows(world, domain, &self.domains[domain].test)
    }

    /// All ratings of the users that were made cold in a domain.
    pub fn cold(&self, world: &World, domain: usize) -> Rows {
        rows(world, domain, &self.domains[domain].cold)
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

fn rows(world: &World, domain: usize, positions: &[u32]) -> Rows {
    let domain = &world.domains[domain];
    let mut rows = Rows::default();
    for &position in positions {
        let rating = domain.ratings.at(position);
        rows.users.push(rating.user);
        rows.items.push(rating.item);
        rows.targets.push(domain.scale.to_unit(rating.value));
    }
    rows
}

/// What a model may see while it trains: training and validation rows, features, and the links it is allowed.
#[derive(Clone, Debug)]
pub struct Training {
    world: Arc<World>,
    split: Arc<Split>,
}

/// A pair of overlap users as a model sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedPair {
    /// User of the link's first domain.
    pub a: u32,
    /// User of the link's second domain.
    pub b: u32,
    /// Whether both have training rows, so that X can be learnt from the pair.
    pub warm: bool,
}

impl Training {
    /// The training side of a split.
    pub fn new(world: Arc<World>, split: Arc<Split>) -> Self {
        Self { world, split }
    }

    /// Number of domains.
    pub fn domains(&self) -> usize {
        self.world.domains.len()
    }

    /// Number of users of a domain, trained on or not.
    pub fn users(&self, domain: usize) -> usize {
        self.world.domains[domain].users.len()
    }

    /// Number of items of a domain, trained on or not.
    pub fn items(&self, domain: usize) -> usize {
        self.world.domains[domain].items.len()
    }

    /// Rating scale of a domain.
    pub fn scale(&self, domain: usize) -> Scale {
        self.world.domains[domain].scale
    }

    /// Features of a domain's users.
    pub fn user_features(&self, domain: usize) -> Option<&Features> {
        self.world.domains[domain].user_features.as_ref().filter(|f| f.width() > 0)
    }

    /// Features of a domain's items.
    pub fn item_features(&self, domain: usize) -> Option<&Features> {
        self.world.domains[domain].item_features.as_ref().filter(|f| f.width() > 0)
    }

    /// Training rows of a domain.
    pub fn rows(&self, domain: usize) -> Rows {
        rows(&self.world, domain, &self.split.domains[domain].train)
    }

    /// Validation rows of a domain.
    pub fn validation(&self, domain: usize) -> Rows {
        rows(&self.world, domain, &self.split.domains[domain].validation)
    }

    /// The links as (first domain, second domain).
    pub fn links(&self) -> Vec<(usize, usize)> {
        self.world.links.iter().map(|link| (link.a, link.b)).collect()
    }

    /// The overlap users that the model may know of.
    pub fn linked_pairs(&self, link: usize) -> Vec<LinkedPair> {
        let pairs = self.world.links[link].overlap_users.iter().zip(&self.split.roles[link]);
        pairs
            .filter_map(|(&(a, b), role)| match role {
                PairRole::Linked => Some(LinkedPair { a, b, warm: true }),
                PairRole::ColdA | PairRole::ColdB => Some(LinkedPair { a, b, warm: false }),
                PairRole::Unlinked | PairRole::HeldOut => None,
            })
            .collect()
    }
}
