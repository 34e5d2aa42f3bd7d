//! The modified Bessel function of the first kind I_ν as its logarithm, in operations that a graph has derivatives of, so
//! that the hyperspherical encoder trains on WebGPU too: Debye's uniform expansion (DLMF 10.41.3) with three terms, at an
//! order where they are enough, and from there down by the recurrence I_{μ−1} = I_{μ+1} + (2μ/x) I_μ.

use std::ops::{Add, Div, Mul, Sub};

use burn::tensor::Tensor;

/// From this order on three terms of the expansion are enough for single precision: 3e-7.
const ENOUGH: f64 = 16.0;

/// What is calculated with: numbers in double precision, or tensors of them.
pub(super) trait Number:
    Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn plus(self, x: f64) -> Self;
    fn times(self, x: f64) -> Self;
    fn ln(self) -> Self;
    fn exp(self) -> Self;
    fn sqrt(self) -> Self;
    fn recip(self) -> Self;
}

impl Number for f64 {
    fn plus(self, x: f64) -> Self {
        self + x
    }

    fn times(self, x: f64) -> Self {
        self * x
    }

    fn ln(self) -> Self {
        self.ln()
    }

    fn exp(self) -> Self {
        self.exp()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn recip(self) -> Self {
        self.recip()
    }
}

impl Number for Tensor<2> {
    fn plus(self, x: f64) -> Self {
        self.add_scalar(x)
    }

    fn times(self, x: f64) -> Self {
        self.mul_scalar(x)
    }

    fn ln(self) -> Self {
        self.log()
    }

    fn exp(self) -> Self {
        Tensor::exp(self)
    }

    fn sqrt(self) -> Self {
        Tensor::sqrt(self)
    }

    fn recip(self) -> Self {
        Tensor::recip(self)
    }
}

/// ln I_ν(x) and I_{ν+1}(x)/I_ν(x) for ν ≥ −½ and x > 0.
pub(super) fn log_and_ratio<N: Number>(order: f64, x: &N) -> (N, N) {
    let steps = (ENOUGH - order).ceil().max(0.0) as usize;
    let mut order = order + steps as f64;
    let mut log = debye(order, x);
    let mut ratio = (debye(order + 1.0, x) - log.clone()).exp();
    for _ in 0..steps {
        // I_{μ−1}/I_μ = I_{μ+1}/I_μ + 2μ/x.
        let inverse = ratio + x.clone().recip().times(2.0 * order);
        log = log + inverse.clone().ln();
        ratio = inverse.recip();
        order -= 1.0;
    }
    (log, ratio)
}

/// ν η − ½ ln(2πν) − ¼ ln(1 + z²) + ln(1 + u₁/ν + u₂/ν² + u₃/ν³) with z = x/ν, η = s + ln(z/(1 + s)), s = √(1 + z²).
fn debye<N: Number>(order: f64, x: &N) -> N {
    let z = x.clone().times(1.0 / order);
    let square = (z.clone() * z.clone()).plus(1.0);
    let s = square.clone().sqrt();
    let eta = s.clone() + (z / s.clone().plus(1.0)).ln();
    let t = s.recip();
    let t2 = t.clone() * t.clone();
    // Horner's scheme in t².
    let polynomial = |coefficients: &[f64]| {
        let mut sum = t2.clone().times(0.0);
        for &coefficient in coefficients.iter().rev() {
            sum = (sum * t2.clone()).plus(coefficient);
        }
        sum
    };
    let u1 = polynomial(&[3.0, -5.0]) * t.clone();
    let u2 = polynomial(&[81.0, -462.0, 385.0]) * t2.clone();
    let u3 = polynomial(&[30375.0, -369_603.0, 765_765.0, -425_425.0]) * t.clone() * t2.clone();
    let series = u1.times(1.0 / (24.0 * order))
        + u2.times(1.0 / (1152.0 * order.powi(2)))
        + u3.times(1.0 / (414_720.0 * order.powi(3)));
    let constant = -0.5 * (2.0 * std::f64::consts::PI * order).ln();
    eta.times(order).plus(constant) - square.ln().times(0.25) + series.plus(1.0).ln()
}

#[cfg(test)]
pub(super) mod tests {
    use super::log_and_ratio;

    /// ln I_ν(x) by its power series, Σ (x/2)^(ν+2j) / (j! Γ(ν+j+1)), whose terms are all positive.
    pub(in super::super) fn series(order: f64, x: f64) -> f64 {
        let first = order * (x / 2.0).ln() - libm::lgamma(order + 1.0);
        // Logarithms of the terms, so that none is too large.
        let (mut log, mut logs) = (first, vec![first]);
        for j in 1..4000 {
            let j = f64::from(j);
            log += 2.0 * (x / 2.0).ln() - j.ln() - (order + j).ln();
            logs.push(log);
        }
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        largest + logs.iter().map(|log| (log - largest).exp()).sum::<f64>().ln()
    }

    #[test]
    fn it_is_the_power_series_for_every_order_and_argument() {
        for dimensions in [2, 3, 4, 8, 16, 32, 64, 256] {
            let order = f64::from(dimensions) / 2.0 - 1.0;
            for x in [1e-3, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 500.0, 1000.0] {
                let (log, ratio) = log_and_ratio(order, &x);
                let expected = series(order, x);
                assert!((log - expected).abs() < 1e-6, "order {order}, {x}: {log} {expected}");
                let expected = (series(order + 1.0, x) - expected).exp();
                assert!((ratio / expected - 1.0).abs() < 1e-6, "order {order}, {x}: {ratio} {expected}");
            }
        }
    }

    #[test]
    fn the_order_of_a_half_is_a_hyperbolic_sine() {
        // I_{1/2}(x) = √(2/(πx)) sinh x, and I_{3/2}/I_{1/2} = coth x − 1/x.
        for x in [0.5_f64, 2.0, 20.0] {
            let (log, ratio) = log_and_ratio(0.5, &x);
            let expected = (2.0 / (std::f64::consts::PI * x)).sqrt() * x.sinh();
            assert!((log - expected.ln()).abs() < 1e-7);
            assert!((ratio - (1.0 / x.tanh() - 1.0 / x)).abs() < 1e-7);
        }
    }
}
