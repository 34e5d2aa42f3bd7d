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

/// P(z > x) of a standard normal z.
fn normal_tail(x: f64) -> f64 {
    libm::erfc(x * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

#[cfg(test)]
mod tests {
    use super::{Stars, normal_tail};
    use crate::rng::Generator;

    const STARS: Stars = Stars { lo: 1.0, hi: 5.0, step: 0.5 };

    #[test]
    fn the_tail_is_that_of_the_tables() {
        let table = [
            (0.0, 0.5),
            (1.0, 0.158_655_254),
            (1.96, 0.024_997_895),
            (-1.0, 0.841_344_746),
            (6.0, 9.866e-10),
        ];
        for (x, p) in table {
            assert!((normal_tail(x) - p).abs() < 1e-9 * (1.0 - x).abs().max(1.0), "{x}");
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
