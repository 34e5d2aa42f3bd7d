//! Squared errors of several predictors on the same test rows, summed by person: what intervals are drawn from. A
//! person's ratings stand or fall together, so people are the unit of every draw, not ratings. Predictors are numbered:
//! those of a study by [`Source`], those of a contest by its list of models.

use serde::{Deserialize, Serialize};

use crate::data::UserId;
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::StateWriter;
use crate::rng::Generator;
use crate::split::Rows;

/// Draws of a bootstrap.
pub const DRAWS: usize = 1000;

/// More people than this are drawn in so many random groups of one size, which changes nothing but the time.
const MOST_UNITS: usize = 5000;

/// Who predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

impl From<Source> for usize {
    fn from(source: Source) -> Self {
        source as Self
    }
}

/// How many rows each person has, whose rows stand together.
pub(super) fn counts(rows: &Rows) -> Vec<f64> {
    rows.users.chunk_by(|u, v| u == v).map(|own| own.len() as f64).collect()
}

/// The sum of squared errors of each of them.
pub(super) fn squared(predictions: &[f32], rows: &Rows) -> Vec<f64> {
    let mut start = 0;
    let sum = |own: &[UserId]| {
        let errors = predictions[start..].iter().zip(&rows.targets[start..]).take(own.len());
        start += own.len();
        errors.map(|(p, t)| (f64::from(*p) - f64::from(*t)).powi(2)).sum()
    };
    rows.users.chunk_by(|u, v| u == v).map(sum).collect()
}

/// The squared errors of a group of people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonErrors {
    /// Test rows of each person who has any.
    counts: Vec<f64>,
    /// By predictor, each person's sum of squared errors; empty where it did not predict.
    sums: Vec<Vec<f64>>,
}

impl PersonErrors {
    /// The people of test rows, which come sorted by user; nobody has predicted yet.
    pub fn new(rows: &Rows) -> Self {
        Self { counts: counts(rows), sums: vec![Vec::new(); Source::ALL.len()] }
    }

    /// People whose sums are worked out already: by person how many terms they are sums of, and by predictor and person
    /// the sums. Any quantity that is a mean will do in place of squared errors.
    pub(super) fn of_sums(counts: Vec<f64>, sums: Vec<Vec<f64>>) -> Self {
        Self { counts, sums }
    }

    /// Writes it down as a part of a state.
    pub(super) fn write(&self, state: &mut StateWriter) {
        state.doubles("counts", &self.counts);
        let lengths: Vec<u32> = self.sums.iter().map(|sums| sums.len() as u32).collect();
        state.whole("predicted", &lengths);
        state.doubles("sums", &self.sums.concat());
    }

    /// What [`PersonErrors::write`] wrote.
    ///
    /// # Errors
    /// When it is not there, or its numbers are none of so many people.
    pub(super) fn read(parts: &mut Parts) -> Checked<Self> {
        let length = |parts: &Parts, name: &str| parts.length(name, 1, 0, usize::MAX);
        let people = length(parts, "counts")?;
        let counts = parts.doubles("counts", &[people])?;
        let predictors = parts.length("predicted", 1, 0, Source::ALL.len())?;
        let lengths = parts.counts("predicted", &[predictors])?;
        let all = length(parts, "sums")?;
        let all = parts.doubles("sums", &[all])?;
        let mut rest = &all[..];
        let mut sums = Vec::with_capacity(predictors);
        for own in lengths {
            let own = rest.split_off(..own as usize).filter(|own| [0, people].contains(&own.len()));
            sums.push(own.ok_or("sums of errors are not of as many people as there are")?.to_vec());
        }
        Ok(Self { counts, sums })
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.counts.len()
    }

    /// How many predictors there are, those included that have not predicted.
    pub(super) fn predictors(&self) -> usize {
        self.sums.len()
    }

    /// Number of test rows.
    pub fn ratings(&self) -> usize {
        self.counts.iter().sum::<f64>() as usize
    }

    /// Takes down the predictions of a source for the rows that the group was made of.
    pub fn record(&mut self, source: Source, predictions: &[f32], rows: &Rows) {
        let sums = squared(predictions, rows);
        let place = usize::from(source);
        if self.sums.len() <= place {
            self.sums.resize(place + 1, Vec::new());
        }
        self.sums[place] = sums;
    }

    /// RMSE of a source over all rows; `None` without rows or predictions.
    pub fn rmse(&self, source: impl Into<usize>) -> Option<f64> {
        let sums = self.sums.get(source.into())?;
        let ratings: f64 = self.counts.iter().sum();
        (!sums.is_empty()).then(|| (sums.iter().sum::<f64>() / ratings).sqrt())
    }

    /// RMSE of every predictor in each of so many draws of people with replacement, the same people for all of them.
    pub fn draw(&self, draws: usize, rng: &mut Generator) -> Draws {
        let units = self.units(rng);
        let predictors = self.sums.len();
        let mut rmse = Vec::with_capacity(draws * predictors);
        let mut total = vec![0.0; 1 + predictors];
        for _ in 0..if units.is_empty() { 0 } else { draws } {
            total.fill(0.0);
            for _ in 0..units.len() {
                add(&mut total, &units[rng.below(units.len())]);
            }
            rmse.extend(
                total[1..]
                    .iter()
                    .zip(&self.sums)
                    .map(|(sum, own)| if own.is_empty() { f64::NAN } else { (sum / total[0]).sqrt() }),
            );
        }
        Draws { rmse, predictors }
    }

    /// What is drawn: the number of terms and the predictors' sums of people, or of groups of them.
    fn units(&self, rng: &mut Generator) -> Vec<Vec<f64>> {
        let mut order: Vec<usize> = (0..self.people()).collect();
        if order.len() > MOST_UNITS {
            rng.shuffle(&mut order);
        }
        let size = order.len().div_ceil(MOST_UNITS).max(1);
        let unit = |people: &[usize]| {
            let mut unit = vec![0.0; 1 + self.sums.len()];
            for &person in people {
                unit[0] += self.counts[person];
                for (sum, own) in unit[1..].iter_mut().zip(&self.sums) {
                    *sum += own.get(person).copied().unwrap_or(0.0);
                }
            }
            unit
        };
        order.chunks(size).map(unit).collect()
    }
}

fn add(total: &mut [f64], unit: &[f64]) {
    total.iter_mut().zip(unit).for_each(|(sum, other)| *sum += other);
}

/// RMSE by draw and predictor; not a number where one did not predict.
#[derive(Clone, Debug, Default)]
pub struct Draws {
    rmse: Vec<f64>,
    predictors: usize,
}

impl Draws {
    /// ln(RMSE of one predictor / RMSE of another) in a draw; `None` where one of them did not predict.
    pub fn log_ratio(&self, draw: usize, of: impl Into<usize>, to: impl Into<usize>) -> Option<f64> {
        let rmse = self.rmse.get(draw * self.predictors..(draw + 1) * self.predictors)?;
        let ratio = (rmse.get(of.into())? / rmse.get(to.into())?).ln();
        ratio.is_finite().then_some(ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};

    fn rows(people: &[usize]) -> Rows {
        let mut rows = Rows::default();
        for (user, &n) in people.iter().enumerate() {
            rows.users.extend(std::iter::repeat_n(UserId(user as u32 * 3), n));
            rows.items.extend(ItemId::first(n));
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
            let draws = errors.draw(DRAWS, &mut Generator::new(1, "draws"));
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
