//! A Gaussian process that has seen some points: its mean and variance elsewhere (Rasmussen and Williams, 2006, Eqs. 2.25
//! and 2.26).

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::kernel::{Hyper, matern};
use super::space::Space;

/// Added to the diagonal, as a share of the variance, so that rounding does not make it indefinite.
pub(super) const JITTER: f64 = 1e-9;

/// Points in the unit cube and the values there, of mean 0 and variance 1.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub points: Vec<Vec<f64>>,
    pub values: Vec<f64>,
}

/// A process given what it has seen.
#[derive(Clone, Debug)]
pub(super) struct Process<'s> {
    space: &'s Space,
    points: Vec<Vec<f64>>,
    weights: Vec<f64>,
    variance: f64,
    cholesky: Cholesky<f64, Dyn>,
    /// K⁻¹ y.
    alpha: DVector<f64>,
}

impl<'s> Process<'s> {
    /// The process of these numbers; `None` where the kernel is not definite.
    pub fn new(space: &'s Space, hyper: &Hyper, seen: &Seen) -> Option<Self> {
        let weights = hyper.weights();
        let variance = libm::exp(hyper.variance);
        let n = seen.points.len();
        let squared = |i: usize, j: usize| squared(space, &weights, &seen.points[i], &seen.points[j]);
        let mut k =
            DMatrix::from_fn(n, n, |i, j| if i >= j { variance * matern(squared(i, j)) } else { 0.0 });
        let noise = libm::exp(hyper.noise) + variance * JITTER;
        (0..n).for_each(|i| k[(i, i)] += noise);
        // Only the lower triangle is read.
        let cholesky = Cholesky::new(k)?;
        let alpha = cholesky.solve(&DVector::from_column_slice(&seen.values));
        Some(Self { space, points: seen.points.clone(), weights, variance, cholesky, alpha })
    }

    /// ln p(y) of what was seen: −½ yᵀ K⁻¹ y − ½ ln |K| − n/2 ln 2π (Eq. 2.30).
    pub fn log_likelihood(&self, values: &[f64]) -> f64 {
        let fit: f64 = self.alpha.iter().zip(values).map(|(a, y)| a * y).sum();
        let determinant: f64 = self.cholesky.l_dirty().diagonal().iter().map(|d| libm::log(*d)).sum();
        -0.5 * fit - determinant - 0.5 * values.len() as f64 * libm::log(2.0 * std::f64::consts::PI)
    }

    /// K⁻¹ y and K⁻¹.
    pub fn solved(&self) -> (&DVector<f64>, DMatrix<f64>) {
        (&self.alpha, self.cholesky.inverse())
    }

    /// The kernel between a point and all that was seen.
    pub fn kernel(&self, point: &[f64]) -> DVector<f64> {
        let of = |seen: &Vec<f64>| self.variance * matern(squared(self.space, &self.weights, point, seen));
        DVector::from_iterator(self.points.len(), self.points.iter().map(of))
    }

    /// The kernel between two points.
    pub fn between(&self, one: &[f64], other: &[f64]) -> f64 {
        self.variance * matern(squared(self.space, &self.weights, one, other))
    }

    /// The mean of a mean of function values, whose kernel with what was seen is this.
    pub fn mean_of(&self, kernel: &DVector<f64>) -> f64 {
        kernel.dot(&self.alpha)
    }

    /// The variance of the same, which was `prior` before anything was seen.
    pub fn variance_of(&self, kernel: &DVector<f64>, prior: f64) -> f64 {
        let mut half = kernel.clone();
        if self.cholesky.l_dirty().solve_lower_triangular_mut(&mut half) {
            (prior - half.norm_squared()).max(0.0)
        } else {
            prior
        }
    }

    /// The mean at a point.
    pub fn mean(&self, point: &[f64]) -> f64 {
        self.mean_of(&self.kernel(point))
    }

    /// Mean and standard deviation of the function, without noise, at a point.
    pub fn at(&self, point: &[f64]) -> (f64, f64) {
        let kernel = self.kernel(point);
        (self.mean_of(&kernel), libm::sqrt(self.variance_of(&kernel, self.variance)))
    }
}

/// r² = Σ (Δ / ℓ)².
pub(super) fn squared(space: &Space, weights: &[f64], one: &[f64], other: &[f64]) -> f64 {
    let parts = space.parameters().iter().zip(weights).zip(one.iter().zip(other));
    parts.map(|((parameter, weight), (a, b))| weight * parameter.distance(*a, *b)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::space::Parameter;
    use super::*;

    fn line() -> Space {
        Space::new(vec![Parameter::number("x", 0.0, 1.0, false)]).unwrap()
    }

    /// K = [[a, b], [b, a]] has the inverse [[a, −b], [−b, a]] / (a² − b²).
    #[test]
    fn mean_and_variance_after_two_points_by_hand() {
        let space = line();
        let hyper = Hyper { lengths: vec![(0.5_f64).ln()], variance: (2.0_f64).ln(), noise: (0.1_f64).ln() };
        let seen = Seen { points: vec![vec![0.2], vec![0.6]], values: vec![1.0, -0.5] };
        let process = Process::new(&space, &hyper, &seen).unwrap();
        let k = |distance: f64| {
            let r = 5.0_f64.sqrt() * distance / 0.5;
            2.0 * (1.0 + r + r * r / 3.0) * (-r).exp()
        };
        let (a, b) = (2.0 + 0.1 + 2.0 * JITTER, k(0.4));
        let d = a * a - b * b;
        let (c1, c2) = (k(0.1), k(0.3));
        let mean = (c1 * (a * 1.0 - b * -0.5) + c2 * (a * -0.5 - b * 1.0)) / d;
        let variance = 2.0 - (c1 * (a * c1 - b * c2) + c2 * (a * c2 - b * c1)) / d;
        let (m, s) = process.at(&[0.3]);
        assert!((m - mean).abs() < 1e-12 && (s * s - variance).abs() < 1e-12, "{m} {s}");
        let fit = (a * (1.0 + 0.25) - 2.0 * b * -0.5) / d;
        let likelihood = -0.5 * fit - 0.5 * d.ln() - (2.0 * std::f64::consts::PI).ln();
        assert!((process.log_likelihood(&seen.values) - likelihood).abs() < 1e-12);
    }

    #[test]
    fn it_passes_through_what_it_saw_without_noise_and_knows_nothing_far_away() {
        let space = line();
        let hyper = Hyper { lengths: vec![(0.01_f64).ln()], variance: 0.0, noise: (1e-10_f64).ln() };
        let seen = Seen { points: vec![vec![0.1], vec![0.2]], values: vec![1.5, -1.0] };
        let process = Process::new(&space, &hyper, &seen).unwrap();
        let (mean, deviation) = process.at(&[0.2]);
        assert!((mean + 1.0).abs() < 1e-6 && deviation < 1e-3);
        let (mean, deviation) = process.at(&[1.0]);
        assert!(mean.abs() < 1e-9 && (deviation - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_name_says_nothing_of_another_but_by_the_kernel_of_one_step() {
        let space = Space::new(vec![Parameter::choice("c", &["a", "b", "c"])]).unwrap();
        let hyper = Hyper { lengths: vec![0.0], variance: 0.0, noise: (1e-10_f64).ln() };
        let seen = Seen { points: vec![space.snapped(&[0.0])], values: vec![1.0] };
        let process = Process::new(&space, &hyper, &seen).unwrap();
        let [b, c] = [0.5, 0.9].map(|unit| process.mean(&space.snapped(&[unit])));
        assert_eq!(b, c, "all names are as far");
        assert!((b - matern(1.0)).abs() < 1e-6);
    }
}
