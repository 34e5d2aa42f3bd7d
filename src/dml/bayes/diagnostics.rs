//! Whether chains have run long enough: R̂ and the effective number of draws of a figure, over the halves of all chains.
//! Vehtari and others, Rank-Normalization, Folding, and Localization: An Improved R̂ (Bayesian Analysis 2021), without the
//! ranks; autocorrelations are summed as far as Geyer's initial monotone sequence (Practical Markov Chain Monte Carlo, 1992).

use serde::{Deserialize, Serialize};

/// Draws in half a chain below which nothing is said of it.
const ENOUGH: usize = 8;

/// A figure of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Figure {
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub deviation: f64,
    /// R̂: near 1 where the halves of all chains agree; above 1.1 they do not. `None` of too few draws.
    pub r_hat: Option<f64>,
    /// How many independent draws the draws are worth.
    pub effective_draws: Option<f64>,
}

impl Figure {
    /// The figure of the chains' values, each chain without its burn-in; `None` of nothing.
    pub fn of(chains: &[Vec<f64>]) -> Option<Self> {
        let all: Vec<f64> = chains.iter().flatten().copied().collect();
        let mean = mean(&all)?;
        let deviation = variance(&all, mean).sqrt();
        let halves = halves(chains);
        let measured = mixing(&halves);
        Some(Self {
            mean,
            deviation,
            r_hat: measured.as_ref().map(Mixing::r_hat),
            effective_draws: measured.map(|mixing| mixing.effective_draws(&halves)),
        })
    }
}

/// Both halves of each chain, all of one length; the middle draw of an odd chain is left out.
fn halves(chains: &[Vec<f64>]) -> Vec<&[f64]> {
    let length = chains.iter().map(|chain| chain.len() / 2).min().unwrap_or(0);
    chains.iter().flat_map(|chain| [&chain[..length], &chain[chain.len() - length..]]).collect()
}

/// Variance within chains and over all of them.
struct Mixing {
    within: f64,
    total: f64,
}

fn mixing(halves: &[&[f64]]) -> Option<Mixing> {
    let n = halves.first()?.len();
    if n < ENOUGH {
        return None;
    }
    let means: Vec<f64> = halves.iter().filter_map(|half| mean(half)).collect();
    let variances: Vec<f64> = halves.iter().zip(&means).map(|(half, &mean)| variance(half, mean)).collect();
    let within = mean(&variances)?;
    let between = variance(&means, mean(&means)?);
    let n = n as f64;
    (within > 0.0).then_some(Mixing { within, total: (n - 1.0) / n * within + between })
}

impl Mixing {
    fn r_hat(&self) -> f64 {
        (self.total / self.within).sqrt()
    }

    fn effective_draws(&self, halves: &[&[f64]]) -> f64 {
        let n = halves[0].len();
        let count = (halves.len() * n) as f64;
        let correlation = |lag: usize| {
            let covariances: f64 = halves.iter().map(|half| autocovariance(half, lag)).sum();
            1.0 - (self.within - covariances / halves.len() as f64) / self.total
        };
        let (mut sum, mut last) = (0.0, f64::INFINITY);
        for lag in (0..n - 1).step_by(2) {
            let pair = correlation(lag) + correlation(lag + 1);
            if pair <= 0.0 {
                break;
            }
            last = pair.min(last);
            sum += last;
        }
        // At best draws are as good as independent ones; more is claimed by chance alone.
        count / (2.0 * sum - 1.0).max(1.0)
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn variance(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
    squares / (values.len().max(2) - 1) as f64
}

fn autocovariance(values: &[f64], lag: usize) -> f64 {
    let mean = mean(values).unwrap_or(0.0);
    let products: f64 = values.iter().zip(&values[lag..]).map(|(x, y)| (x - mean) * (y - mean)).sum();
    products / (values.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    /// x_t = φ x_{t−1} + noise, around a level.
    fn autoregressive(n: usize, phi: f64, level: f64, chance: &mut Generator) -> Vec<f64> {
        let mut x = 0.0;
        (0..n)
            .map(|_| {
                x = phi * x + (1.0 - phi * phi).sqrt() * f64::from(chance.normal());
                level + x
            })
            .collect()
    }

    #[test]
    fn independent_draws_count_each_and_agree() {
        let mut chance = Generator::new(1, "independent draws");
        let chains: Vec<Vec<f64>> = (0..4).map(|_| autoregressive(1000, 0.0, 3.0, &mut chance)).collect();
        let figure = Figure::of(&chains).unwrap();
        assert!((figure.mean - 3.0).abs() < 0.06 && (figure.deviation - 1.0).abs() < 0.05);
        assert!((figure.r_hat.unwrap() - 1.0).abs() < 0.01);
        assert!((3400.0..=4000.0).contains(&figure.effective_draws.unwrap()), "{figure:?}");
    }

    #[test]
    fn draws_that_hang_together_count_less() {
        // An autoregression's draws are worth n (1 − φ)/(1 + φ): a nineteenth at φ = 0.9.
        let mut chance = Generator::new(2, "autoregression");
        let chains: Vec<Vec<f64>> = (0..4).map(|_| autoregressive(4000, 0.9, 0.0, &mut chance)).collect();
        let effective = Figure::of(&chains).unwrap().effective_draws.unwrap();
        let expected = 16_000.0 / 19.0;
        assert!((effective / expected - 1.0).abs() < 0.25, "{effective} {expected}");
    }

    #[test]
    fn chains_in_different_places_are_told() {
        let mut chance = Generator::new(3, "two places");
        let chains = [0.0, 2.0].map(|level| autoregressive(500, 0.5, level, &mut chance));
        assert!(Figure::of(&chains).unwrap().r_hat.unwrap() > 1.2);
        // One chain that drifts disagrees with itself.
        let drift: Vec<f64> = (0..500).map(|n| f64::from(n) * 0.01 + f64::from(chance.normal())).collect();
        assert!(Figure::of(&[drift]).unwrap().r_hat.unwrap() > 1.2);
    }

    #[test]
    fn of_few_draws_nothing_is_said() {
        assert_eq!(Figure::of(&[]), None);
        let figure = Figure::of(&[vec![1.0, 2.0, 3.0]]).unwrap();
        assert_eq!((figure.mean, figure.r_hat, figure.effective_draws), (2.0, None, None));
        // Nor of a figure that never moves.
        assert_eq!(Figure::of(&[vec![0.5; 100]]).unwrap().r_hat, None);
    }
}
