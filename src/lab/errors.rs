//! Squared errors of several predictors on the same test rows, summed by person: what intervals are drawn from. A
//! person's ratings stand or fall together, so people are the unit of every draw, not ratings.

use serde::Serialize;

use crate::rng::Generator;
use crate::split::Rows;

/// Draws of a bootstrap.
pub const DRAWS: usize = 1000;

/// More people than this are drawn in so many random groups of one size, which changes nothing but the time.
const MOST_UNITS: usize = 5000;

/// Who predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The global mean μ.
    Mean,
    /// μ + b_u + b_i of the domain alone; for people without ratings μ + b_i.
    Bias,
    /// μ + ρ · (bias in the other domain) + b_i, without a network.
    CrossedBias,
    /// Trained without the other domain.
    Alone,
    /// Trained with the biases of the other domain and no vectors.
    Biases,
    /// Trained with links that join nobody with themselves.
    Shuffled,
    /// The same with other links, as wrong, and another seed: what chance alone changes.
    ShuffledAgain,
    /// The method.
    Linked,
}

impl Source {
    const ALL: [Self; 8] = [
        Self::Mean,
        Self::Bias,
        Self::CrossedBias,
        Self::Alone,
        Self::Biases,
        Self::Shuffled,
        Self::ShuffledAgain,
        Self::Linked,
    ];
}

/// The squared errors of a group of people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonErrors {
    /// Test rows of each person who has any.
    counts: Vec<f64>,
    /// By [`Source`], each person's sum of squared errors; empty where it did not predict.
    sums: [Vec<f64>; Source::ALL.len()],
}

impl PersonErrors {
    /// The people of test rows, which come sorted by user; nobody has predicted yet.
    pub fn new(rows: &Rows) -> Self {
        let counts = rows.users.chunk_by(|u, v| u == v).map(|own| own.len() as f64).collect();
        Self { counts, ..Self::default() }
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.counts.len()
    }

    /// Number of test rows.
    pub fn ratings(&self) -> usize {
        self.counts.iter().sum::<f64>() as usize
    }

    /// Takes down the predictions of a source for the rows that the group was made of.
    pub fn record(&mut self, source: Source, predictions: &[f32], rows: &Rows) {
        let mut sums = Vec::with_capacity(self.counts.len());
        let mut start = 0;
        for own in rows.users.chunk_by(|u, v| u == v) {
            let end = start + own.len();
            let errors = predictions[start..end].iter().zip(&rows.targets[start..end]);
            sums.push(errors.map(|(p, t)| (f64::from(*p) - f64::from(*t)).powi(2)).sum());
            start = end;
        }
        self.sums[source as usize] = sums;
    }

    /// RMSE of a source over all rows; `None` without rows or predictions.
    pub fn rmse(&self, source: Source) -> Option<f64> {
        let sums = &self.sums[source as usize];
        let ratings: f64 = self.counts.iter().sum();
        (!sums.is_empty()).then(|| (sums.iter().sum::<f64>() / ratings).sqrt())
    }

    /// RMSE of every source in each draw of people with replacement, the same people for all of them.
    pub fn draw(&self, rng: &mut Generator) -> Draws {
        let units = self.units(rng);
        let mut rmse = vec![[f64::NAN; Source::ALL.len()]; if units.is_empty() { 0 } else { DRAWS }];
        for draw in &mut rmse {
            let mut total = Unit::default();
            for _ in 0..units.len() {
                total.add(&units[rng.below(units.len())]);
            }
            for source in Source::ALL.map(|source| source as usize) {
                if !self.sums[source].is_empty() {
                    draw[source] = (total.sums[source] / total.count).sqrt();
                }
            }
        }
        Draws { rmse }
    }

    /// What is drawn: people, or groups of them.
    fn units(&self, rng: &mut Generator) -> Vec<Unit> {
        let mut order: Vec<usize> = (0..self.people()).collect();
        if order.len() > MOST_UNITS {
            rng.shuffle(&mut order);
        }
        let size = order.len().div_ceil(MOST_UNITS).max(1);
        let unit = |people: &[usize]| {
            let mut unit = Unit::default();
            for &person in people {
                let sums = std::array::from_fn(|s| self.sums[s].get(person).copied().unwrap_or(0.0));
                unit.add(&Unit { count: self.counts[person], sums });
            }
            unit
        };
        order.chunks(size).map(unit).collect()
    }
}

/// Test rows and squared errors of a person or some people.
#[derive(Clone, Copy, Default)]
struct Unit {
    count: f64,
    sums: [f64; Source::ALL.len()],
}

impl Unit {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, other)| *sum += other);
    }
}

/// RMSE by draw and source; not a number where a source did not predict.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    rmse: Vec<[f64; Source::ALL.len()]>,
}

impl Draws {
    /// ln(RMSE of one source / RMSE of another) in a draw; `None` where one of them did not predict.
    pub fn log_ratio(&self, draw: usize, of: Source, to: Source) -> Option<f64> {
        let rmse = self.rmse.get(draw)?;
        let ratio = (rmse[of as usize] / rmse[to as usize]).ln();
        ratio.is_finite().then_some(ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(people: &[usize]) -> Rows {
        let mut rows = Rows::default();
        for (user, &n) in people.iter().enumerate() {
            rows.users.extend(std::iter::repeat_n(user as u32 * 3, n));
            rows.items.extend(0..n as u32);
            rows.targets.extend(std::iter::repeat_n(0.5, n));
        }
        rows
    }

    #[test]
    fn the_rmse_is_that_of_all_rows_and_not_the_mean_over_people() {
        // Person 0 has one row with an error of 0.4, person 3 three rows with 0.2: √((0.16 + 3 · 0.04) / 4).
        let rows = rows(&[1, 3]);
        let mut errors = PersonErrors::new(&rows);
        errors.record(Source::Linked, &[0.9, 0.7, 0.3, 0.7], &rows);
        assert_eq!((errors.people(), errors.ratings()), (2, 4));
        assert!((errors.rmse(Source::Linked).unwrap() - 0.07_f64.sqrt()).abs() < 1e-7);
        assert_eq!(errors.rmse(Source::Alone), None);
    }

    #[test]
    fn draws_scatter_as_the_theory_of_the_mean_says() {
        // Squared errors of 2,000 people with one row each are 1 or 0 by a coin: the mean has a deviation of
        // √(1/4 / 2,000), and ln RMSE half of that over the mean ½. Groups of people must scatter alike.
        for people in [2000, 20_000] {
            let rows = rows(&vec![1; people]);
            let mut rng = Generator::new(1, "coin");
            let predictions: Vec<f32> =
                (0..people).map(|_| if rng.unit() < 0.5 { 1.5 } else { 0.5 }).collect();
            let mut errors = PersonErrors::new(&rows);
            errors.record(Source::Linked, &predictions, &rows);
            errors.record(Source::Mean, &vec![1.5; people], &rows);
            let draws = errors.draw(&mut Generator::new(1, "draws"));
            let logs: Vec<f64> =
                (0..DRAWS).map(|n| draws.log_ratio(n, Source::Linked, Source::Mean).unwrap()).collect();
            let mean = logs.iter().sum::<f64>() / DRAWS as f64;
            let deviation = (logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / DRAWS as f64).sqrt();
            let expected = (0.25 / people as f64).sqrt() / 0.5 / 2.0;
            assert!((deviation / expected - 1.0).abs() < 0.1, "{deviation} {expected}");
            assert!(draws.log_ratio(0, Source::Linked, Source::Alone).is_none());
        }
    }
}
