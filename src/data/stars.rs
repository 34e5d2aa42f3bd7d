//! Ratings in steps on a scale, and the best that can be predicted of them: the floor of the generated sample.

/// A scale of steps, such as half stars from 1 to 5.
pub(super) struct Stars {
    pub lo: f64,
    pub hi: f64,
    pub step: f64,
}

impl Stars {
    /// The step nearest to `x`.
    pub fn nearest(&self, x: f64) -> f64 {
        ((x / self.step).round() * self.step).clamp(self.lo, self.hi)
    }

    /// The mean of [`Stars::nearest`] of `expected` plus normal chance of deviation `noise`. No prediction of
    /// such a rating has a smaller squared error.
    pub fn mean(&self, expected: f64, noise: f64) -> f64 {
        let steps = ((self.hi - self.lo) / self.step).round() as usize;
        // The mean is the lowest step plus, for each higher one, a step times the chance to reach it.
        let reach = |number: usize| {
            let edge = self.lo + (number as f64 - 0.5) * self.step;
            normal_tail((edge - expected) / noise)
        };
        self.lo + self.step * (1..=steps).map(reach).sum::<f64>()
    }
}

/// P(z > x) of a standard normal z, to 1e-7 (Abramowitz and Stegun 26.2.17).
fn normal_tail(x: f64) -> f64 {
    const C: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let polynomial = C.iter().rev().fold(0.0, |sum, c| (sum + c) * t);
    let tail = (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt() * polynomial;
    if x >= 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::{Stars, normal_tail};
    use crate::rng::Generator;

    const STARS: Stars = Stars { lo: 1.0, hi: 5.0, step: 0.5 };

    #[test]
    fn the_tail_is_that_of_the_tables() {
        for (x, p) in [(0.0, 0.5), (1.0, 0.158_655_25), (1.96, 0.024_997_9), (-1.0, 0.841_344_75), (9.0, 0.0)]
        {
            assert!((normal_tail(x) - p).abs() < 1e-7, "{x}");
        }
    }

    #[test]
    fn the_mean_is_the_mean_of_draws() {
        let mut chance = Generator::new(1, "draws");
        for expected in [-1.0, 1.2, 3.3, 4.9, 7.0] {
            let draws = (0..40_000).map(|_| STARS.nearest(expected + 0.3 * f64::from(chance.normal())));
            let mean = draws.sum::<f64>() / 40_000.0;
            assert!((mean - STARS.mean(expected, 0.3)).abs() < 0.01, "{expected}: {mean}");
        }
    }
}
