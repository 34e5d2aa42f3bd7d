//! A draw that is kept: what predictions need of a chain's state after one sweep, and what the draws together say of a
//! rating. A prediction is a mean over draws, not the prediction of a mean: vectors turn from draw to draw.

use std::borrow::Cow;

use super::levels::Levels;
use super::normal::cdf;
use super::prior::Prior;
use crate::data::{ItemId, UserId};
use crate::recommender::Known;

/// The kind of spread of a user who is drawn: none.
pub(super) const DRAWN: u8 = 0;
/// That of a user of whom nothing is known in any domain.
pub(super) const UNKNOWN: u8 = 1;
/// That of a user who is expected from the first domain; those of the others follow.
const EXPECTED: u8 = 2;

/// How many kinds of spread there are with so many domains.
pub(super) fn kinds(domains: usize) -> usize {
    usize::from(EXPECTED) + domains
}

/// The domain that a kind of spread says somebody is expected from.
pub(super) fn source(kind: u8) -> Option<usize> {
    kind.checked_sub(EXPECTED).map(usize::from)
}

/// The kind of spread of a user who is expected from a domain.
pub(super) fn expected_from(domain: usize) -> u8 {
    EXPECTED + domain as u8
}

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
    pub(super) fn through(&self, other: &[f32]) -> f32 {
        let rows = self.vector.chunks_exact(other.len());
        let square = |(row, &x): (&[f32], &f32)| x * row.iter().zip(other).map(|(c, y)| c * y).sum::<f32>();
        self.bias + rows.zip(other).map(square).sum::<f32>()
    }

    /// The trace of the product of two covariances: what two points that were not drawn add.
    pub(super) fn with(&self, other: &Self) -> f32 {
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
    /// Spreads of users by kind: [`DRAWN`], [`UNKNOWN`], and [`expected_from`] each domain.
    pub(super) spreads: Vec<Spread>,
    /// Spread of items without ratings.
    pub(super) unseen_items: Spread,
    /// By domain, what is expected here of somebody whom that domain alone knows; `None` where no links lead from it.
    pub(super) entries: Vec<Option<Entry>>,
    /// Bias and vector that are expected of somebody of whom nothing is known, `[1 + k]`; empty in a file from before.
    pub(super) prior_mean: Vec<f32>,
    /// The same of each user by their features, `[users, 1 + k]`; empty without a table of people.
    pub(super) prior_means: Vec<f32>,
}

/// What is expected in a domain of somebody who is known in another: the mean there, moved by their deviation here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// What becomes of a bias.
    pub(super) bias: f32,
    /// What becomes of a vector, `[k, k]`.
    pub(super) map: Vec<f32>,
    /// The mean vector where they are known.
    pub(super) from_mean: Vec<f32>,
    /// The mean vector where they are expected.
    pub(super) to_mean: Vec<f32>,
}

/// The mean of 1/γ under its prior, Gamma(4, 4): how unsteadily somebody rates of whom nothing was seen.
pub(super) const USUAL_NOISE: f32 = 4.0 / 3.0;

/// A person as a draw has them.
struct Side<'a> {
    bias: f32,
    vector: Cow<'a, [f32]>,
    noise: f32,
    /// `None` of whoever was drawn.
    spread: Option<&'a Spread>,
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

impl Draw {
    /// All its numbers in pieces, always in the same order: draws of one chain differ in nothing else.
    pub(super) fn slices_mut(&mut self) -> Vec<&mut [f32]> {
        let mut slices: Vec<&mut [f32]> = Vec::new();
        for domain in &mut self.domains {
            let DomainDraw { cutpoints, noise, user_biases, user_vectors, item_biases, item_vectors, .. } =
                domain;
            for numbers in [cutpoints, noise, user_biases, user_vectors, item_biases, item_vectors] {
                slices.push(numbers);
            }
            for Spread { bias, vector } in domain.spreads.iter_mut().chain([&mut domain.unseen_items]) {
                slices.push(std::slice::from_mut(bias));
                slices.push(vector);
            }
            slices.push(&mut domain.prior_mean);
            slices.push(&mut domain.prior_means);
            for Entry { bias, map, from_mean, to_mean } in domain.entries.iter_mut().flatten() {
                slices.push(std::slice::from_mut(bias));
                for numbers in [map, from_mean, to_mean] {
                    slices.push(numbers);
                }
            }
        }
        slices.extend(self.links.iter_mut().map(|link| &mut link.map[..]));
        slices
    }
}

impl DomainDraw {
    /// A user of the domain.
    #[inline(always)]
    fn user(&self, k: usize, user: usize, spread: u8) -> Side<'_> {
        Side {
            bias: self.user_biases[user],
            vector: Cow::Borrowed(&self.user_vectors[user * k..][..k]),
            noise: self.noise[user],
            spread: (spread != DRAWN).then(|| &self.spreads[usize::from(spread)]),
        }
    }

    /// Somebody whom another domain knows, as a user with this bias and vector there.
    fn guest(&self, from: usize, bias: f32, vector: &[f32]) -> Option<Side<'_>> {
        let entry = self.entries.get(from)?.as_ref()?;
        let deviation: Vec<f32> = vector.iter().zip(&entry.from_mean).map(|(x, mean)| x - mean).collect();
        let rows = entry.map.chunks_exact(vector.len()).zip(&entry.to_mean);
        let expected =
            rows.map(|(row, mean)| mean + row.iter().zip(&deviation).map(|(x, y)| x * y).sum::<f32>());
        Some(Side {
            bias: entry.bias * bias,
            vector: expected.collect(),
            noise: USUAL_NOISE,
            spread: Some(&self.spreads[usize::from(expected_from(from))]),
        })
    }

    /// Score and deviation of a person's rating of an item: f and s, s² = 1/γ + what is not known of either.
    #[inline(always)]
    fn score(&self, person: &Side, item: usize, is_seen: bool) -> (f32, f32) {
        let u = &*person.vector;
        let v = &self.item_vectors[item * u.len()..][..u.len()];
        let f = person.bias + self.item_biases[item] + u.iter().zip(v).map(|(x, y)| x * y).sum::<f32>();
        let mut variance = person.noise;
        if let Some(spread) = person.spread {
            variance += spread.through(v);
        }
        if !is_seen {
            variance += self.unseen_items.through(u);
            if let Some(spread) = person.spread {
                variance += spread.with(&self.unseen_items);
            }
        }
        // Covariances of a file may be none, and rounding may leave less than nothing.
        if person.spread.is_some() || !is_seen {
            variance = variance.max(person.noise);
        }
        (f, variance.sqrt())
    }

    /// Adds the chance of each level or more, from the second up, to a row of `sums`, `[n, levels − 1]`.
    #[inline(always)]
    pub(super) fn add_chances(&self, (f, s): (f32, f32), row: usize, sums: &mut [f32]) {
        let steps = self.cutpoints.len();
        for (sum, cutpoint) in sums[row * steps..][..steps].iter_mut().zip(&self.cutpoints) {
            *sum += cdf((f - cutpoint) / s);
        }
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
        for (row, (&user, &item)) in users.iter().zip(items).enumerate() {
            domain.add_chances(self.score(domain, user, item), row, sums);
        }
    }

    /// Adds the same for somebody whom another domain knows; false where no links lead from it.
    pub(super) fn add_chances_of_guest(
        &self,
        draw: &Draw,
        known: Known,
        items: &[ItemId],
        sums: &mut [f32],
    ) -> bool {
        let (domain, there) = (&draw.domains[self.domain], &draw.domains[known.domain]);
        let user = known.user.index();
        let vector = &there.user_vectors[user * self.k..][..self.k];
        let Some(guest) = domain.guest(known.domain, there.user_biases[user], vector) else { return false };
        for (row, item) in items.iter().enumerate() {
            domain.add_chances(domain.score(&guest, item.index(), self.seen[item.index()]), row, sums);
        }
        true
    }

    #[inline(always)]
    fn score(&self, domain: &DomainDraw, user: UserId, item: ItemId) -> (f32, f32) {
        let (user, item) = (user.index(), item.index());
        domain.score(&domain.user(self.k, user, self.spreads[user]), item, self.seen[item])
    }
}
