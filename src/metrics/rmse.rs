//! Root mean squared error.

use super::check::mean_error;
use crate::error::Result;

/// Root mean squared error, √(Σ(r̂ − r)² / n); the paper's.
///
/// # Errors
/// As [`scores`](super::scores()).
///
/// # Examples
/// ```
/// use dual_metric::metrics::rmse;
///
/// // Errors 0.5 and -0.5.
/// assert_eq!(rmse(&[1.0, 0.0], &[0.5, 0.5])?, 0.5);
/// assert!(rmse(&[f32::NAN], &[0.5]).is_err());
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn rmse(predictions: &[f32], truths: &[f32]) -> Result<f64> {
    Ok(mean_error(predictions, truths, |error| error * error)?.sqrt())
}

#[cfg(test)]
mod tests {
    use super::rmse;

    #[test]
    fn by_hand() {
        // Errors 0.5, −1 and 0.
        let (predictions, truths) = ([0.5, 0.0, 0.25], [0.0, 1.0, 0.25]);
        assert!((rmse(&predictions, &truths).unwrap() - (1.25_f64 / 3.0).sqrt()).abs() < 1e-7);
        assert_eq!(rmse(&truths, &truths).unwrap(), 0.0);
    }
}
