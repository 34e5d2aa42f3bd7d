//! The priors of people and items, one of each a domain: a mean and a precision for each number of a vector, learnt from
//! all who have ratings there. Biases have mean 0; features, where there are some, move the means of both. Salakhutdinov and Mnih, Bayesian Probabilistic Matrix Factorization
//! (ICML 2008), with diagonal precisions.

use pulp::Simd;

use super::lanes::Lanes;
use super::regression::Regression;
use super::small::Point;
use crate::data::Features;
use crate::rng::Generator;

/// N(mean, precision⁻¹), numbers independent of each other.
#[derive(Clone, Debug)]
pub(super) struct Prior<const K: usize> {
    /// The mean of whoever has no features, and of all others together.
    pub(super) mean: Point<K>,
    pub(super) precision: Point<K>,
    /// Where there are features, what they add to it.
    pub(super) regression: Option<Box<Regression<K>>>,
}

impl<const K: usize> Prior<K> {
    /// N(0, 1).
    pub(super) const START: Self = Self::of(Point::ZERO, Point { bias: 1.0, vector: [1.0; K] });

    /// N(mean, precision⁻¹) for everybody.
    pub(super) const fn of(mean: Point<K>, precision: Point<K>) -> Self {
        Self { mean, precision, regression: None }
    }

    /// N(0, 1), whose means will follow the features.
    pub(super) fn start(features: Option<&Features>) -> Self {
        Self { regression: features.map(|features| Box::new(Regression::new(features))), ..Self::START }
    }

    /// The mean of a row of the table of people or items.
    #[inline(always)]
    pub(super) fn mean_of(&self, row: usize) -> &Point<K> {
        self.regression.as_ref().and_then(|regression| regression.mean(row)).unwrap_or(&self.mean)
    }

    /// Whether all rows have the same mean.
    pub(super) fn is_common(&self) -> bool {
        self.regression.is_none()
    }

    /// The means of the rows of `count` lanes.
    #[inline(always)]
    pub(super) fn means_of<S: Simd>(
        &self,
        simd: S,
        count: usize,
        row: impl Fn(usize) -> usize,
    ) -> Point<K, Lanes<S>> {
        match self.is_common() {
            true => self.mean.splat(simd),
            false => Point::side_by_side(simd, count, |lane| self.mean_of(row(lane))),
        }
    }

    /// The prior of points whose vectors are `times` as long.
    pub(super) fn rescale(&mut self, times: f32) {
        self.mean.vector.iter_mut().for_each(|x| *x *= times);
        self.precision.vector.iter_mut().for_each(|x| *x /= times * times);
        if let Some(regression) = &mut self.regression {
            regression.rescale(times);
        }
    }

    /// Draws precisions Λ and means m of points, given with their rows. A priori Λ ~ Gamma(½, rate ½) and, for vectors,
    /// m ~ N(0, 1/Λ). Λ comes first with m summed out, Gamma((1 + n)/2, rate (1 + Σx² − (Σx)²/(n + 1))/2), then
    /// m ~ N(Σx/(n + 1), 1/((n + 1)Λ)). With features both are [`Regression::draw`]'s.
    pub(super) fn draw<'p>(
        &mut self,
        points: impl Iterator<Item = (usize, &'p Point<K>)>,
        chance: &mut Generator,
    ) {
        if let Some(regression) = &mut self.regression {
            (self.precision, self.mean) = regression.draw(&points.collect::<Vec<_>>(), chance);
            return;
        }
        let (mut n, mut bias_square) = (0.0_f64, 0.0_f64);
        let (mut sums, mut squares) = ([0.0_f64; K], [0.0_f64; K]);
        for (_, point) in points {
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
            prior.draw(points.iter().enumerate(), &mut chance);
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
