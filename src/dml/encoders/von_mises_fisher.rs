//! The von Mises–Fisher distribution on the unit sphere in m dimensions, exp(κ ⟨μ, x⟩) up to its constant: its divergence from
//! the uniform one, and draws that have derivatives by μ and κ (Davidson et al. 2018; Ulrich 1984, Wood 1994).
//!
//! A draw's first coordinate is found by rejection, of which the graph knows nothing: numbers that were accepted are
//! constants, and w is computed from them and κ again. The derivative of what is accepted is left out, as in the authors'
//! program.

use burn::tensor::Tensor;

use super::bessel::{Number, log_and_ratio};
use crate::engine::reference::matrix;
use crate::rng::Generator;

/// Draws that one number may be rejected; far more than it ever is, three in ten being the worst.
const TRIES: usize = 1000;

/// KL(vMF(μ, κ) ‖ uniform): κ A + (m/2 − 1) ln κ − (m/2) ln 2π − ln I_{m/2−1}(κ) + ln 2 + (m/2) ln π − ln Γ(m/2), with
/// A = I_{m/2}(κ)/I_{m/2−1}(κ).
pub(super) fn divergence<N: Number>(dimensions: usize, kappa: &N) -> N {
    let half = dimensions as f64 / 2.0;
    let (log, ratio) = log_and_ratio(half - 1.0, kappa);
    let constant = 2.0_f64.ln() - half * 2.0_f64.ln() - libm::lgamma(half);
    (kappa.clone() * ratio + kappa.clone().ln().times(half - 1.0) - log).plus(constant)
}

/// What a draw is made of before μ and κ: the accepted number of the first coordinate, and where the rest points.
pub(super) struct Noise {
    /// e ~ Beta((m − 1)/2, (m − 1)/2), accepted.
    first: f32,
    /// A unit vector of m − 1 dimensions.
    rest: Vec<f32>,
}

/// b(κ), in a form that does not cancel for large κ.
fn b<N: Number>(dimensions: usize, kappa: &N) -> N {
    let m = dimensions as f64 - 1.0;
    let root = ((kappa.clone() * kappa.clone()).times(4.0).plus(m * m)).sqrt();
    (kappa.clone().times(2.0) + root).recip().times(m)
}

/// w = (1 − (1 + b) e) / (1 − (1 − b) e).
fn first_coordinate<N: Number>(dimensions: usize, kappa: &N, e: &N) -> N {
    let b = b(dimensions, kappa);
    let one_less = |factor: N| (factor * e.clone()).times(-1.0).plus(1.0);
    one_less(b.clone().plus(1.0)) / one_less(b.times(-1.0).plus(1.0))
}

/// The noise of one draw with concentration κ.
pub(super) fn noise(dimensions: usize, kappa: f64, chance: &mut Generator) -> Noise {
    let m = dimensions as f64 - 1.0;
    let b = b(dimensions, &kappa);
    let a = (m + 2.0 * kappa + (4.0 * kappa * kappa + m * m).sqrt()) / 4.0;
    let d = 4.0 * a * b / (1.0 + b) - m * m.ln();
    // A beta with two equal parameters is a share of two sums of m − 1 squared normals.
    let squares =
        |chance: &mut Generator| (1..dimensions).map(|_| f64::from(chance.normal()).powi(2)).sum::<f64>();
    let mut first = 0.5;
    for _ in 0..TRIES {
        let (x, y) = (squares(chance), squares(chance));
        let e = x / (x + y);
        let t = 2.0 * a * b / (1.0 - (1.0 - b) * e);
        if m * t.ln() - t + d >= f64::from(1.0 - chance.unit()).ln() {
            first = e;
            break;
        }
    }
    let mut rest = chance.normals(dimensions - 1, 1.0);
    let norm = rest.iter().map(|x| x * x).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    rest.iter_mut().for_each(|x| *x /= norm);
    Noise { first: first as f32, rest }
}

/// Draws from vMF(μ, κ), one a row: [w; √(1 − w²) v] turned from the first axis to μ by a reflection.
///
/// # Shapes
/// `mu`: `[n, m]`, unit rows; `kappa`: `[n, 1]`; `noise`: n → `[n, m]`.
pub(super) fn draws(mu: &Tensor<2>, kappa: &Tensor<2>, noise: &[Noise]) -> Tensor<2> {
    let [n, dimensions] = mu.dims();
    let device = mu.device();
    let e = matrix(noise.iter().map(|noise| noise.first).collect(), n, 1, &device);
    let rest = noise.iter().flat_map(|noise| noise.rest.iter().copied()).collect();
    let w = first_coordinate(dimensions, kappa, &e);
    // Not quite zero, where a root has no derivative.
    let length = (w.clone() * w.clone()).neg().add_scalar(1.0).clamp_min(1e-7).sqrt();
    let x = Tensor::cat(vec![w, matrix(rest, n, dimensions - 1, &device) * length], 1);
    let mut axis = vec![0.0; n * dimensions];
    axis.iter_mut().step_by(dimensions).for_each(|x| *x = 1.0);
    let normal = matrix(axis, n, dimensions, &device) - mu.clone();
    let square = (normal.clone() * normal.clone()).sum_dim(1).clamp_min(1e-12);
    let along = (x.clone() * normal.clone()).sum_dim(1) / square;
    x - normal * along.mul_scalar(2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dml::encoders::gaussian::tests::difference_quotient;

    /// dKL/dκ = κ (1 − A² − (m − 1) A/κ).
    fn derivative(dimensions: usize, kappa: f64) -> f64 {
        let (_, a) = log_and_ratio(dimensions as f64 / 2.0 - 1.0, &kappa);
        kappa * (1.0 - a * a - (dimensions as f64 - 1.0) * a / kappa)
    }

    /// Checked by Monte Carlo against the definition, once and for all.
    const VALUES: [(usize, [f64; 3]); 3] = [
        (16, [0.031_088, 2.144_743, 15.071_319]),
        (8, [0.061_355, 2.539_519, 9.753_985]),
        (3, [0.151_596, 1.995_732, 4.298_317]),
    ];

    #[test]
    fn the_divergence_has_the_known_values() {
        for (dimensions, values) in VALUES {
            for (kappa, expected) in [1.0, 10.0, 100.0].into_iter().zip(values) {
                let value = divergence(dimensions, &kappa);
                assert!((value - expected).abs() < 2e-6, "m {dimensions}, κ {kappa}: {value} {expected}");
            }
        }
    }

    #[test]
    fn the_divergence_on_the_graph_is_the_same_and_so_is_its_derivative() {
        let device = burn::tensor::Device::flex();
        for (dimensions, values) in VALUES {
            for (kappa, expected) in [1.0, 10.0, 100.0].into_iter().zip(values) {
                let leaf = matrix(vec![kappa], 1, 1, &device).autodiff().require_grad();
                let value = divergence(dimensions, &leaf);
                let number = value.clone().inner().into_data().try_into_vec::<f32>().unwrap()[0];
                // Single precision: the logarithms that are subtracted grow with κ.
                let rounding = 2e-5 * (1.0 + f64::from(kappa) / 10.0);
                assert!((f64::from(number) - expected).abs() < rounding, "{number} {expected}");
                let mut gradients = value.sum().backward();
                let gradient = leaf.grad_remove(&mut gradients).unwrap();
                let gradient = f64::from(gradient.into_data().try_into_vec::<f32>().unwrap()[0]);
                let truth = derivative(dimensions, f64::from(kappa));
                assert!((gradient - truth).abs() < 1e-3 * truth.abs() + 1e-5, "{gradient} {truth}");
                let kappa = f64::from(kappa);
                let quotient = (divergence(dimensions, &(kappa + 1e-4))
                    - divergence(dimensions, &(kappa - 1e-4)))
                    / 2e-4;
                assert!((quotient - truth).abs() < 1e-4 * truth.abs() + 1e-7, "{quotient} {truth}");
            }
        }
    }

    /// Draws around one direction, in double precision by the same formulas, and on the graph.
    fn sample(mu: &[f32], kappa: f32, n: usize) -> Vec<f32> {
        let mut chance = Generator::new(1, "draws");
        let m = mu.len();
        let noise: Vec<Noise> = (0..n).map(|_| noise(m, f64::from(kappa), &mut chance)).collect();
        let device = burn::tensor::Device::flex();
        let mu = matrix(mu.repeat(n), n, m, &device);
        draws(&mu, &matrix(vec![kappa; n], n, 1, &device), &noise).into_data().try_into_vec().unwrap()
    }

    #[test]
    fn draws_are_unit_vectors_with_the_moments_of_the_distribution() {
        let n = 20_000;
        for (m, kappa) in [(2, 1.5), (3, 1.0), (8, 10.0), (16, 1.0), (16, 40.0), (16, 500.0)] {
            let mut mu = vec![0.1; m];
            mu[m - 1] = 0.7;
            let norm = mu.iter().map(|x| x * x).sum::<f32>().sqrt();
            mu.iter_mut().for_each(|x| *x /= norm);
            let draws = sample(&mu, kappa, n);
            assert!(draws.chunks(m).all(|z| (z.iter().map(|x| x * x).sum::<f32>() - 1.0).abs() < 1e-4));
            let along: Vec<f64> =
                (draws.chunks(m)).map(|z| z.iter().zip(&mu).map(|(z, m)| f64::from(z * m)).sum()).collect();
            let mean = along.iter().sum::<f64>() / n as f64;
            let square = along.iter().map(|x| x * x).sum::<f64>() / n as f64;
            // E⟨μ, z⟩ = A; E⟨μ, z⟩² = 1 − (m − 1) A/κ.
            let (_, a) = log_and_ratio(m as f64 / 2.0 - 1.0, &f64::from(kappa));
            let expected = 1.0 - (m as f64 - 1.0) * a / f64::from(kappa);
            let error = 4.0 * (expected - a * a).sqrt() / (n as f64).sqrt();
            assert!((mean - a).abs() < error + 1e-6, "m {m}, κ {kappa}: {mean} {a}");
            assert!((square - expected).abs() < 4.0 / (n as f64).sqrt(), "m {m}: {square} {expected}");
            // Across μ the draws lean nowhere.
            let across = draws.chunks(m).map(|z| f64::from(z[0] * mu[m - 1] - z[m - 1] * mu[0])).sum::<f64>();
            assert!((across / n as f64).abs() < 4.0 / (n as f64).sqrt());
        }
    }

    #[test]
    fn the_gradient_of_draws_is_that_of_difference_quotients() {
        let mut chance = Generator::new(3, "draws");
        let m = 5;
        let noise: Vec<Noise> = (0..3).map(|_| noise(m, 4.0, &mut chance)).collect();
        // Directions that are normalised within, and κ beside them.
        let values = [chance.normals(3 * m, 1.0), vec![4.0, 4.5, 3.5]].concat();
        difference_quotient(&values, |leaf| {
            let mu = leaf.clone().slice([0..1, 0..3 * m]).reshape([3, m]);
            let kappa = leaf.slice([0..1, 3 * m..3 * m + 3]).reshape([3, 1]);
            let mu = mu.clone() / (mu.clone() * mu).sum_dim(1).sqrt();
            let weights = matrix((0..3 * m).map(|n| (n as f32).sin()).collect(), 3, m, &kappa.device());
            (draws(&mu, &kappa, &noise) * weights).sum()
        });
    }
}
