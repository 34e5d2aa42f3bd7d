//! How near the two ends of held-out pairs come under the map of their link, under maps that know nothing, and under the
//! maps of other links one after the other (paper 4.3).

use serde::{Deserialize, Serialize};

use crate::data::{Link, UserId, World};
use crate::dml::mapping::{Mapping, mean_embedding};
use crate::dml::{Dml, gather_pairs};
use crate::rng::Generator;
use crate::split::{PairRole, Split};

/// Random orthogonal matrices that a map is compared with.
const RANDOM_MAPS: usize = 10;

/// Alignment of held-out overlap pairs, Σ‖X u_A − u_B‖² / Σ‖ū_B − u_B‖²; predicting the mean embedding gives 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Alignment {
    /// Held-out pairs with training ratings in both domains.
    pub pairs: usize,
    /// Under X.
    pub mapped: f64,
    /// Under the identity.
    pub identity: f64,
    /// Under random orthogonal matrices, the mean of ten.
    pub random: f64,
}

/// A link and its map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LinkReport {
    /// The domain that X maps from, and that which it maps to, by number.
    pub domains: [usize; 2],
    /// People in both.
    pub overlap_users: usize,
    /// Those that the map was learnt from.
    pub linked_users: usize,
    /// `None` without held-out pairs.
    pub alignment: Option<Alignment>,
    /// The same pairs under two maps by way of a third domain.
    pub detours: Vec<Detour>,
}

/// A way around.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Detour {
    /// The domain in between, by number.
    pub by: usize,
    /// The alignment under the maps there and on.
    pub mapped: f64,
}

/// What there is to say of each link in the first repeat's main model.
pub(super) fn reports(world: &World, split: &Split, model: &Dml, seed: u64) -> Vec<LinkReport> {
    let report = |number: usize| {
        let link = &world.links[number];
        let pairs = HeldOut::new(world, split, model, number);
        let between = (0..world.domains.len()).filter(|by| ![link.a, link.b].contains(by));
        let detour = |by: usize| {
            let mapped = pairs.under(&model.map_along(&[link.a, by, link.b])?)?;
            Some(Detour { by, mapped })
        };
        LinkReport {
            domains: [link.a, link.b],
            overlap_users: link.overlap_users.len(),
            linked_users: split.roles(number).iter().filter(|role| **role == PairRole::Linked).count(),
            alignment: model.links.get(number).and_then(|link| pairs.alignment(&link.mapping, seed)),
            detours: between.filter_map(detour).collect(),
        }
    };
    (0..world.links.len()).map(report).collect()
}

/// The pairs of two domains whose link is hidden, as (user of `from`, user of `to`), of people whom the model knows in both.
pub(super) fn held_out_of(
    world: &World,
    split: &Split,
    from: usize,
    to: usize,
    is_known: impl Fn(usize, UserId) -> bool,
) -> Vec<(UserId, UserId)> {
    let between = |link: &Link| (link.a, link.b) == (from, to) || (link.a, link.b) == (to, from);
    let Some(number) = world.links.iter().position(between) else { return Vec::new() };
    let turned = world.links[number].a != from;
    let pairs = split.held_out(world, number).into_iter();
    let pairs = pairs.map(|(a, b)| if turned { (b, a) } else { (a, b) });
    pairs.filter(|&(a, b)| is_known(from, a) && is_known(to, b)).collect()
}

/// The vectors of the held-out pairs of a link, and the mean vector of its second domain.
struct HeldOut {
    pairs: usize,
    of_a: Vec<f32>,
    of_b: Vec<f32>,
    mean: Vec<f32>,
    dimension: usize,
}

impl HeldOut {
    fn new(world: &World, split: &Split, model: &Dml, number: usize) -> Self {
        let link = &world.links[number];
        let rated = |&(a, b): &(UserId, UserId)| model.rated(link.a, a) && model.rated(link.b, b);
        let pairs: Vec<(UserId, UserId)> = split.held_out(world, number).into_iter().filter(rated).collect();
        let [a, b] = [link.a, link.b].map(|d| &model.domains[d].user_embeddings);
        let (of_a, of_b) = gather_pairs(model.dimension, a, b, &pairs);
        Self {
            pairs: pairs.len(),
            of_a,
            of_b,
            mean: mean_embedding(model.dimension, b),
            dimension: model.dimension,
        }
    }

    fn under(&self, mapping: &Mapping) -> Option<f64> {
        mapping.alignment(&self.of_a, &self.of_b, &self.mean)
    }

    fn alignment(&self, mapping: &Mapping, seed: u64) -> Option<Alignment> {
        let mut rng = Generator::new(seed, "random maps");
        let random: Vec<f64> =
            (0..RANDOM_MAPS).filter_map(|_| self.under(&Mapping::random(self.dimension, &mut rng))).collect();
        Some(Alignment {
            pairs: self.pairs,
            mapped: self.under(mapping)?,
            identity: self.under(&Mapping::identity(self.dimension))?,
            random: random.iter().sum::<f64>() / random.len().max(1) as f64,
        })
    }
}
