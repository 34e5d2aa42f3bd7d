//! The trained model: draws of a chain that were kept. A prediction is the mean of the expected ratings over them.

use std::sync::Arc;

use super::chain::LinkState;
use super::draw::{Asked, Draw};
use super::levels::Levels;
use crate::recommender::Recommender;

/// What stays the same over the draws of a chain.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) k: usize,
    /// By domain.
    pub(super) levels: Vec<Levels>,
    /// By domain and user, which of the draws' spreads is theirs.
    pub(super) spreads: Vec<Vec<u8>>,
    /// By domain and item, whether it has ratings.
    pub(super) seen: Vec<Vec<bool>>,
}

/// Bayesian dual metric learning, trained.
#[derive(Clone, Debug)]
pub struct Bayes {
    pub(super) shape: Arc<Shape>,
    pub(super) draws: Vec<Arc<Draw>>,
    /// By sweep and link.
    pub(super) trace: Arc<Vec<Vec<LinkState>>>,
}

impl Bayes {
    /// Draws that predictions are means over.
    pub fn draws(&self) -> usize {
        self.draws.len()
    }

    /// The links after each sweep so far, by sweep and branch of the tree.
    pub fn trace(&self) -> &[Vec<LinkState>] {
        &self.trace
    }

    /// The levels of a domain's ratings on the unit scale, ascending; at most twenty, each the mean of its ratings.
    pub fn levels(&self, domain: usize) -> &[f32] {
        &self.shape.levels[domain].values
    }

    /// The chance of each level for (user, item) rows of a domain, `[n, levels]`.
    pub fn distribution(&self, domain: usize, users: &[u32], items: &[u32]) -> Vec<f32> {
        let levels = self.shape.levels[domain].len();
        let mut above = vec![0.0; users.len() * (levels - 1)];
        let asked = self.asked(domain);
        self.draws.iter().for_each(|draw| asked.add_chances(draw, users, items, &mut above));
        let share = 1.0 / self.draws.len().max(1) as f32;
        let mut chances = Vec::with_capacity(users.len() * levels);
        for row in 0..users.len() {
            let above = &above[row * (levels - 1)..][..levels - 1];
            let chance = |level: usize| match level {
                0 => 1.0,
                level => above[level - 1] * share,
            };
            chances.extend((0..levels).map(|j| {
                let next = if j + 1 < levels { chance(j + 1) } else { 0.0 };
                (chance(j) - next).max(0.0)
            }));
        }
        chances
    }

    fn asked(&self, domain: usize) -> Asked<'_> {
        let Shape { k, levels, spreads, seen } = &*self.shape;
        Asked { k: *k, domain, spreads: &spreads[domain], seen: &seen[domain], levels: &levels[domain] }
    }
}

impl Recommender for Bayes {
    fn predict(&self, domain: usize, users: &[u32], items: &[u32]) -> Vec<f32> {
        if self.draws.is_empty() {
            return vec![0.5; users.len()];
        }
        let mut sums = vec![0.0; users.len()];
        let asked = self.asked(domain);
        self.draws.iter().for_each(|draw| asked.add_expected(draw, users, items, &mut sums));
        let share = 1.0 / self.draws.len() as f32;
        sums.iter_mut().for_each(|sum| *sum = (*sum * share).clamp(0.0, 1.0));
        sums
    }
}
