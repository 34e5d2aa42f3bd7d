//! Mean absolute error.

use super::check::mean_error;
use crate::error::Result;

/// Mean absolute error, Σ|r̂ − r| / n; the paper's.
///
/// # Errors
/// As [`scores`](super::scores()).
pub fn mae(predictions: &[f32], truths: &[f32]) -> Result<f64> {
    mean_error(predictions, truths, f64::abs)
}

#[cfg(test)]
mod tests {
    use super::mae;

    #[test]
    fn by_hand() {
        // Errors 0.5, −1 and 0.
        assert!((mae(&[0.5, 0.0, 0.25], &[0.0, 1.0, 0.25]).unwrap() - 0.5).abs() < 1e-7);
    }
}
