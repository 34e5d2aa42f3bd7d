//! The priors of people and items, one of each a domain: a mean and a precision for each number of a vector, learnt from
//! all who have ratings there. Biases have mean 0. Salakhutdinov and Mnih, Bayesian Probabilistic Matrix Factorization
//! (ICML 2008), with diagonal precisions.

use super::small::Point;
use crate::rng::Generator;

/// N(mean, precision⁻¹), numbers independent of each other.
#[derive(Clone, Debug)]
pub(super) struct Prior<const K: usize> {
    pub(super) mean: Point<K>,
    pub(super) precision: Point<K>,
}

impl<const K: usize> Prior<K> {
    /// N(0, 1).
    pub(super) const START: Self =
        Self { mean: Point::ZERO, precision: Point { bias: 1.0, vector: [1.0; K] } };

    /// Draws precisions Λ and means m of `points`. A priori Λ ~ Gamma(½, rate ½) and, for vectors, m ~ N(0, 1/Λ). Λ comes
    /// first with m summed out, Gamma((1 + n)/2, rate (1 + Σx² − (Σx)²/(n + 1))/2), then m ~ N(Σx/(n + 1), 1/((n + 1)Λ)).
    pub(super) fn draw<'p>(&mut self, points: impl Iterator<Item = &'p Point<K>>, chance: &mut Generator) {
        let (mut n, mut bias_square) = (0.0_f64, 0.0_f64);
        let (mut sums, mut squares) = ([0.0_f64; K], [0.0_f64; K]);
        for point in points {
            n += 1.0;
            bias_square += f64::from(point.bias).powi(2);
            for i in 0..K {
                let x = f64::from(point.vector[i]);
                sums[i] += x;
                squares[i] += x * x;
            }
        }
        let mut precision =
            |square: f64| chance.gamma(f64::midpoint(1.0, n)) / f64::midpoint(1.0, square.max(0.0));
        self.precision.bias = precision(bias_square) as f32;
        let precisions: [f64; K] =
            std::array::from_fn(|i| precision(squares[i] - sums[i] * sums[i] / (n + 1.0)));
        for i in 0..K {
            self.precision.vector[i] = precisions[i] as f32;
            let spread = ((n + 1.0) * precisions[i]).sqrt().recip();
            self.mean.vector[i] = (sums[i] / (n + 1.0) + spread * f64::from(chance.normal())) as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_precisions_of_many_points_are_found() {
        let mut chance = Generator::new(7, "points of a prior");
        let points: Vec<Point<4>> = (0..20_000)
            .map(|_| Point {
                bias: 0.5 * chance.normal(),
                vector: [0.2, 0.4, 1.0, 2.0].map(|s| 0.7 + s * chance.normal()),
            })
            .collect();
        let mut prior = Prior::START;
        for _ in 0..3 {
            prior.draw(points.iter(), &mut chance);
        }
        assert!((prior.precision.bias * 0.25 - 1.0).abs() < 0.05 && prior.mean.bias == 0.0);
        for (i, deviation) in [0.2_f32, 0.4, 1.0, 2.0].into_iter().enumerate() {
            assert!((prior.mean.vector[i] - 0.7).abs() < 0.05, "{:?}", prior.mean);
            assert!(
                (prior.precision.vector[i] * deviation * deviation - 1.0).abs() < 0.05,
                "{:?}",
                prior.precision
            );
        }
    }

    #[test]
    fn of_nobody_the_prior_of_the_prior_is_left() {
        // Precisions are Gamma(½, ½), mean 1.
        let mut chance = Generator::new(8, "nobody");
        let mut sum = 0.0;
        for _ in 0..20_000 {
            let mut prior = Prior::<4>::START;
            prior.draw(std::iter::empty(), &mut chance);
            sum += prior.precision.vector[0];
        }
        assert!((sum / 20_000.0 - 1.0).abs() < 0.05, "{sum}");
    }
}
