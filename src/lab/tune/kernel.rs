//! How alike two points are: the Matérn kernel with ν = 5/2 and a length scale a parameter (Rasmussen and Williams, *Gaussian
//! Processes for Machine Learning*, 2006, Eqs. 4.17 and 5.1).

/// Logarithms of what the kernel and the noise are set by.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hyper {
    /// Of the length scales, one a parameter, in the unit cube.
    pub lengths: Vec<f64>,
    /// Of the variance of the function.
    pub variance: f64,
    /// Of the variance of the noise.
    pub noise: f64,
}

impl Hyper {
    /// All in a row: length scales, variance, noise.
    pub fn from_row(row: &[f64]) -> Self {
        let (lengths, rest) = row.split_at(row.len().saturating_sub(2));
        Self {
            lengths: lengths.into(),
            variance: rest.first().copied().unwrap_or(0.0),
            noise: rest.get(1).copied().unwrap_or(0.0),
        }
    }

    /// The weights of squared distances: 1 / ℓ².
    pub fn weights(&self) -> Vec<f64> {
        self.lengths.iter().map(|length| libm::exp(-2.0 * length)).collect()
    }
}

/// k(r) / σ² = (1 + √5 r + 5 r² / 3) e^(−√5 r), of r².
pub(super) fn matern(squared: f64) -> f64 {
    let r = libm::sqrt(5.0 * squared);
    (1.0 + r + r * r / 3.0) * libm::exp(-r)
}

/// The factor f of the derivative: ∂k / ∂ ln ℓ = σ² f (Δ / ℓ)², of r².
pub(super) fn slope(squared: f64) -> f64 {
    let r = libm::sqrt(5.0 * squared);
    5.0 / 3.0 * (1.0 + r) * libm::exp(-r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        assert_eq!(matern(0.0), 1.0);
        // r = 1: (1 + √5 + 5/3) e^(−√5).
        assert!((matern(1.0) - 0.523_994_108_831_820_3).abs() < 1e-12);
    }

    #[test]
    fn the_slope_is_that_of_differences() {
        // r² = d² e^(−2 l), at d = 0.7, l = −0.3.
        let (d, l, h) = (0.7_f64, -0.3_f64, 1e-5);
        let at = |l: f64| matern(d * d * (-2.0 * l).exp());
        let squared = d * d * (-2.0 * l).exp();
        assert!(((at(l + h) - at(l - h)) / (2.0 * h) - slope(squared) * squared).abs() < 1e-9);
    }
}
