//! Ratings with a planted low-rank structure, biases and noise, as many as asked for, on tables of any size.

use std::sync::Arc;

use dual_metric::baselines::bias::{Biases, Shrinkage};
use dual_metric::data::{ItemId, UserId};
use dual_metric::engine::{RatingRow, RatingRows};
use dual_metric::rng::Generator;
use dual_metric::split::Rows;

use super::SEED;

/// Dimension of the planted tastes.
const TASTES: usize = 6;
/// Spread on the unit scale of what taste, person, item and chance add to a rating.
const TASTE: f32 = 0.16;
const PERSON: f32 = 0.08;
const ITEM: f32 = 0.1;
const NOISE: f32 = 0.12;
/// Where ratings lie without all that, and the steps they are rounded to: five stars.
const MIDDLE: f32 = 0.6;
const STARS: f32 = 4.0;

/// How many people, items and ratings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows of the user table.
    pub users: usize,
    /// Rows of the item table.
    pub items: usize,
    /// Ratings, held-out ones included.
    pub ratings: usize,
}

/// The ratings of a size; equal sizes give equal ratings, everywhere.
pub struct Data {
    /// The size.
    pub size: Size,
    /// Training ratings first, then the held-out tenth. What is learnt is the rating less the mean.
    pub rows: Arc<RatingRows>,
    /// Number of training ratings.
    pub training: usize,
    /// The training ratings in the order of the batches, which every epoch keeps.
    pub order: Vec<u32>,
}

impl Data {
    /// Draws the ratings.
    pub fn new(size: Size) -> Self {
        let Size { users, items, ratings } = size;
        let mut chance = Generator::new(SEED, "benchmark ratings");
        let tastes = chance.normals(users * TASTES, 1.0);
        let factors = chance.normals(items * TASTES, TASTE / (TASTES as f32).sqrt());
        let people = chance.normals(users, PERSON);
        let biases = chance.normals(items, ITEM);
        let mut rows = RatingRows { ratings: Vec::with_capacity(ratings), ..RatingRows::default() };
        for _ in 0..ratings {
            let (user, item) = (skewed(users, &mut chance), skewed(items, &mut chance));
            let taste = &tastes[user * TASTES..][..TASTES];
            let factor = &factors[item * TASTES..][..TASTES];
            let pull: f32 = taste.iter().zip(factor).map(|(t, f)| t * f).sum();
            let expected = MIDDLE + people[user] + biases[item] + pull;
            let rating = (expected + NOISE * chance.normal()).clamp(0.0, 1.0);
            let residual = (rating * STARS).round() / STARS;
            rows.ratings.push(RatingRow { user: user as u32, item: item as u32, residual });
        }
        let training = ratings - ratings / 10;
        let sum: f64 = rows.ratings[..training].iter().map(|r| f64::from(r.residual)).sum();
        let mean = (sum / training.max(1) as f64) as f32;
        rows.ratings.iter_mut().for_each(|r| r.residual -= mean);
        let mut order: Vec<u32> = (0..training as u32).collect();
        Generator::new(SEED, "benchmark order").shuffle(&mut order);
        Self { size, rows: Arc::new(rows), training, order }
    }

    /// RMSE of the bias model, fitted on the training ratings, on the held-out ones.
    pub fn bias_rmse(&self) -> f64 {
        let training = || self.rows.ratings[..self.training].iter();
        let rows = Rows {
            users: training().map(|r| UserId(r.user)).collect(),
            items: training().map(|r| ItemId(r.item)).collect(),
            targets: training().map(|r| r.residual).collect(),
        };
        let Size { users, items, .. } = self.size;
        let biases = Biases::baseline(&rows, users, items, Shrinkage::default());
        // Without `predict`, which keeps to a scale from 0 to 1: these ratings have had their mean taken off.
        self.held_out_rmse(|user, item| biases.mean + biases.users[user] + biases.items[item])
    }

    /// RMSE on the held-out ratings of a prediction of the rating less the mean, for a user and an item.
    pub fn held_out_rmse(&self, mut predict: impl FnMut(usize, usize) -> f32) -> f64 {
        let held_out = &self.rows.ratings[self.training..];
        let error = |r: &RatingRow| predict(r.user as usize, r.item as usize) - r.residual;
        let squares: f64 = held_out.iter().map(error).map(|error| f64::from(error).powi(2)).sum();
        (squares / held_out.len().max(1) as f64).sqrt()
    }
}

/// One of `n`, low numbers more often: some people rate a lot and some items are rated a lot.
fn skewed(n: usize, chance: &mut Generator) -> usize {
    let unit = chance.unit();
    ((unit * unit * n as f32) as usize).min(n - 1)
}
