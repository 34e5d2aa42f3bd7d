//! By how much one error is smaller than another, with an interval. One definition of noise for everything that is
//! claimed: which people happened to be tested, and what chance changes in a training.

use serde::Serialize;

use super::errors::{DRAWS, Draws, PersonErrors, Source};
use crate::rng::Generator;

/// Fewer people than this get figures and no claim.
pub const ENOUGH_PEOPLE: usize = 30;
/// Fewer test ratings than this get figures and no claim.
pub const ENOUGH_RATINGS: usize = 200;

/// The change from one RMSE to another as a share of the first, with a 95 % interval. Negative: less error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The change itself.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Change {
    /// Whether the error is smaller beyond noise.
    pub fn is_less(&self) -> bool {
        self.high < 0.0
    }

    /// Whether the error is larger beyond noise.
    pub fn is_more(&self) -> bool {
        self.low > 0.0
    }
}

/// One group of people over all repeats of a measurement.
pub struct Sample<'e> {
    repeats: Vec<&'e PersonErrors>,
    draws: Vec<Draws>,
    /// By draw: which repeats are drawn, and how far chance has moved each of two trainings, in deviations.
    picks: Vec<Vec<(usize, f64)>>,
    /// What chance changes in ln RMSE from one training to another on the same rows, as a standard deviation.
    noise: f64,
}

impl<'e> Sample<'e> {
    /// Draws people, and repeats where there are several. `noise` is the standard deviation of ln RMSE between two
    /// trainings that differ by chance alone.
    pub fn new(repeats: Vec<&'e PersonErrors>, noise: f64, seed: u64) -> Self {
        let mut rng = Generator::new(seed, "bootstrap");
        let draws = repeats.iter().map(|errors| errors.draw(&mut rng)).collect();
        let n = repeats.len();
        let picks = (0..DRAWS)
            .map(|_| {
                (0..n).map(|own| (if n > 1 { rng.below(n) } else { own }, f64::from(rng.normal()))).collect()
            })
            .collect();
        Self { repeats, draws, picks, noise }
    }

    /// Whether the group is large enough for a claim.
    pub fn is_enough(&self) -> bool {
        let mean = |of: fn(&PersonErrors) -> usize| {
            self.repeats.iter().map(|errors| of(errors)).sum::<usize>() / self.repeats.len().max(1)
        };
        mean(PersonErrors::people) >= ENOUGH_PEOPLE && mean(PersonErrors::ratings) >= ENOUGH_RATINGS
    }

    /// Mean RMSE of a source over the repeats; `None` while one of them lacks it.
    pub fn rmse(&self, source: Source) -> Option<f64> {
        let all: Option<Vec<f64>> = self.repeats.iter().map(|errors| errors.rmse(source)).collect();
        let all = all.filter(|all| !all.is_empty())?;
        Some(all.iter().sum::<f64>() / all.len() as f64)
    }

    /// The change of the error from source `from` to source `to`. `None` while one of them is missing.
    pub fn change(&self, from: Source, to: Source) -> Option<Change> {
        let logs: Option<Vec<f64>> = (self.repeats.iter())
            .map(|errors| Some((errors.rmse(to)? / errors.rmse(from)?).ln()).filter(|log| log.is_finite()))
            .collect();
        let logs = logs.filter(|logs| !logs.is_empty())?;
        let value = logs.iter().sum::<f64>() / logs.len() as f64;
        // A baseline is not trained by chance: with it only one of the two has any.
        let trained = [from, to].iter().filter(|source| is_trained(**source)).count();
        let noise = self.noise * (trained as f64 / 2.0).sqrt();
        let mut drawn = Vec::with_capacity(DRAWS);
        for (n, picks) in self.picks.iter().enumerate() {
            let mut sum = 0.0;
            for (place, &(repeat, z)) in picks.iter().enumerate() {
                // A repeat that is drawn twice has other people the second time.
                let draw = (n + place * DRAWS / picks.len()) % DRAWS;
                sum += self.draws[repeat].log_ratio(draw, to, from)? + noise * z;
            }
            drawn.push(sum / picks.len() as f64);
        }
        drawn.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| drawn[((DRAWS - 1) as f64 * share).round() as usize];
        Some(Change { value: value.exp_m1(), low: quantile(0.025).exp_m1(), high: quantile(0.975).exp_m1() })
    }
}

fn is_trained(source: Source) -> bool {
    !matches!(source, Source::Mean | Source::Bias | Source::CrossedBias)
}
