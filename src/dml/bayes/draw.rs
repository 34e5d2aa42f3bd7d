//! A draw that is kept: what predictions need of a chain's state after one sweep, and what the draws together say of a
//! rating. A prediction is a mean over draws, not the prediction of a mean: vectors turn from draw to draw.

use super::levels::Levels;
use super::normal::cdf;
use super::prior::Prior;
use crate::data::{ItemId, UserId};

/// How far a point that was not drawn may lie from what is expected: its variance, bias and vector apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) bias: f32,
    /// `[k, k]`; empty for none.
    pub(super) vector: Vec<f32>,
}

impl Spread {
    /// That of a drawn point.
    pub(super) fn none(k: usize) -> Self {
        Self { bias: 0.0, vector: vec![0.0; k * k] }
    }

    /// That of a point of which nothing is known.
    pub(super) fn of_prior<const K: usize>(prior: &Prior<K>) -> Self {
        let mut vector = vec![0.0; K * K];
        (0..K).for_each(|i| vector[i * K + i] = 1.0 / prior.precision.vector[i]);
        Self { bias: 1.0 / prior.precision.bias, vector }
    }

    /// The variance that it gives a score with this vector on the other side: σ² + vᵀCv.
    #[inline(always)]
    fn through(&self, other: &[f32]) -> f32 {
        let rows = self.vector.chunks_exact(other.len());
        let square = |(row, &x): (&[f32], &f32)| x * row.iter().zip(other).map(|(c, y)| c * y).sum::<f32>();
        self.bias + rows.zip(other).map(square).sum::<f32>()
    }

    /// The trace of the product of two covariances: what two points that were not drawn add.
    fn with(&self, other: &Self) -> f32 {
        self.vector.iter().zip(&other.vector).map(|(x, y)| x * y).sum()
    }
}

/// One domain of a draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DomainDraw {
    /// c₁ …, one fewer than levels.
    pub(super) cutpoints: Vec<f32>,
    /// 1/γ_u of each user.
    pub(super) noise: Vec<f32>,
    pub(super) user_biases: Vec<f32>,
    /// `[users, k]`.
    pub(super) user_vectors: Vec<f32>,
    pub(super) item_biases: Vec<f32>,
    /// `[items, k]`.
    pub(super) item_vectors: Vec<f32>,
    /// Spreads of users who were not drawn, by kind; the first is none.
    pub(super) spreads: Vec<Spread>,
    /// Spread of items without ratings.
    pub(super) unseen_items: Spread,
}

/// One link of a draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinkDraw {
    /// The upper domain.
    pub(super) from: usize,
    /// The lower domain.
    pub(super) to: usize,
    /// X, `[k, k]`; empty where biases alone cross.
    pub(super) map: Vec<f32>,
}

/// A draw.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draw {
    pub(super) domains: Vec<DomainDraw>,
    /// By branch of the tree of domains.
    pub(super) links: Vec<LinkDraw>,
}

impl DomainDraw {
    /// Score and deviation of a rating by a user of an item: f and s, s² = 1/γ + what is not known of either.
    #[inline(always)]
    fn score(&self, k: usize, user: usize, spread: u8, item: usize, is_seen: bool) -> (f32, f32) {
        let (u, v) = (&self.user_vectors[user * k..][..k], &self.item_vectors[item * k..][..k]);
        let f = self.user_biases[user]
            + self.item_biases[item]
            + u.iter().zip(v).map(|(x, y)| x * y).sum::<f32>();
        let mut variance = self.noise[user];
        let user_spread = &self.spreads[usize::from(spread)];
        if spread > 0 {
            variance += user_spread.through(v);
        }
        if !is_seen {
            variance += self.unseen_items.through(u);
            if spread > 0 {
                variance += user_spread.with(&self.unseen_items);
            }
        }
        (f, variance.sqrt())
    }
}

/// Which rows are asked for: of one domain, what kind of spread its users have, and which of its items have ratings.
pub(super) struct Asked<'a> {
    pub(super) k: usize,
    pub(super) domain: usize,
    pub(super) spreads: &'a [u8],
    pub(super) seen: &'a [bool],
    pub(super) levels: &'a Levels,
}

impl Asked<'_> {
    /// Adds each row's expected rating under a draw to `sums`, `[n]`.
    pub(super) fn add_expected(&self, draw: &Draw, users: &[UserId], items: &[ItemId], sums: &mut [f32]) {
        let domain = &draw.domains[self.domain];
        for ((&user, &item), sum) in users.iter().zip(items).zip(sums) {
            let (f, s) = self.score(domain, user, item);
            let inverse = 1.0 / s;
            *sum += self.levels.expected(|j| cdf((f - domain.cutpoints[j - 1]) * inverse));
        }
    }

    /// Adds the chance of each level or more under a draw to `sums`, `[n, levels − 1]`, from the second level up.
    pub(super) fn add_chances(&self, draw: &Draw, users: &[UserId], items: &[ItemId], sums: &mut [f32]) {
        let domain = &draw.domains[self.domain];
        let steps = domain.cutpoints.len();
        for (row, (&user, &item)) in users.iter().zip(items).enumerate() {
            let (f, s) = self.score(domain, user, item);
            for (sum, cutpoint) in sums[row * steps..][..steps].iter_mut().zip(&domain.cutpoints) {
                *sum += cdf((f - cutpoint) / s);
            }
        }
    }

    fn score(&self, domain: &DomainDraw, user: UserId, item: ItemId) -> (f32, f32) {
        let (user, item) = (user.index(), item.index());
        domain.score(self.k, user, self.spreads[user], item, self.seen[item])
    }
}
