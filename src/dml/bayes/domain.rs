//! The state of one domain in a chain: scores and latent ratings by row, points of people and items, their priors.

use pulp::{Simd, WithSimd};

use super::chance::Chance;
use super::lanes::{Lanes, Number};
use super::levels::Levels;
use super::prefetch::{AHEAD, prefetch};
use super::prior::Prior;
use super::rows::Observed;
use super::small::{Point, columns};
use crate::engine::Isa;

/// Deviation of vectors before the first sweep.
const START: f32 = 0.1;

/// One domain. Scores f = b_u + b_i + ⟨u, v⟩ have no mean term: the cutpoints take it.
#[derive(Clone, Debug)]
pub(super) struct Domain<const K: usize> {
    pub(super) observed: Observed,
    pub(super) levels: Levels,
    /// −∞, c₁, …, ∞: level j lies between places j and j + 1.
    pub(super) cutpoints: Vec<f32>,
    /// f of each row.
    pub(super) scores: Vec<f32>,
    /// z of each row.
    pub(super) latent: Vec<f32>,
    /// (b_u, u) by row of the table of people; users first, then those who stand between two domains.
    pub(super) people: Vec<Point<K>>,
    /// γ_u by user, the precision of their ratings.
    pub(super) noise: Vec<f32>,
    /// (b_i, v_i).
    pub(super) items: Vec<Point<K>>,
    pub(super) people_prior: Prior<K>,
    pub(super) items_prior: Prior<K>,
}

impl<const K: usize> Domain<K> {
    /// The state before the first sweep: small vectors, no biases, cutpoints where a standard normal would have them.
    pub(super) fn new(
        observed: Observed,
        levels: Levels,
        people: usize,
        people_prior: Prior<K>,
        items_prior: Prior<K>,
        chance: &mut Chance,
    ) -> Self {
        let users = observed.user_starts.len() - 1;
        let items = observed.item_starts.len() - 1;
        let mut points = |n: usize| -> Vec<Point<K>> {
            let mut drawn = vec![0.0; n * K];
            chance.normals(&mut drawn);
            let (rows, _) = drawn.as_chunks::<K>();
            rows.iter().map(|row| Point { bias: 0.0, vector: row.map(|x| START * x) }).collect()
        };
        let (people, items) = (points(people), points(items));
        let mut new = Self {
            cutpoints: super::cutpoints::starting(&levels),
            scores: vec![0.0; observed.len()],
            latent: vec![0.0; observed.len()],
            observed,
            levels,
            people,
            noise: vec![1.0; users],
            items,
            people_prior,
            items_prior,
        };
        new.score();
        new
    }

    /// f of all rows from the points as they stand.
    pub(super) fn score(&mut self) {
        Isa::detect().run(Score(self));
    }

    /// f of a user's rows; returns Σ(z − f)².
    #[inline(always)]
    pub(super) fn score_user<S: Simd>(&mut self, simd: S, user: usize) -> f64 {
        let person = &self.people[user];
        let rows = self.observed.of_user(user);
        let mut square = 0.0_f64;
        for (((&item, score), &latent), row) in (self.observed.items[rows.clone()].iter())
            .zip(&mut self.scores[rows.clone()])
            .zip(&self.latent[rows.clone()])
            .zip(rows)
        {
            if let Some(&item) = self.observed.items.get(row + AHEAD) {
                prefetch(&self.items, item as usize);
            }
            let item = &self.items[item as usize];
            let mut products = Lanes::splat(simd, 0.0);
            for block in 0..K.div_ceil(S::F32_LANES) {
                products = columns(simd, &person.vector, block)
                    .times_plus(columns(simd, &item.vector, block), products);
            }
            *score = person.bias + item.bias + products.sum();
            square += f64::from((latent - *score) * (latent - *score));
        }
        square
    }
}

/// All scores.
struct Score<'a, const K: usize>(&'a mut Domain<K>);

impl<const K: usize> WithSimd for Score<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        (0..self.0.noise.len()).for_each(|user| {
            self.0.score_user(simd, user);
        });
    }
}
