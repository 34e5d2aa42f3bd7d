//! What every metric refuses, and the mean that two of them are.

use crate::error::{Error, Result};

/// The mean over the rows of `of(prediction − truth)`.
pub(super) fn mean_error(predictions: &[f32], truths: &[f32], of: impl Fn(f64) -> f64) -> Result<f64> {
    check(predictions, truths)?;
    let errors = predictions.iter().zip(truths).map(|(&p, &t)| of(f64::from(p) - f64::from(t)));
    Ok(errors.sum::<f64>() / predictions.len() as f64)
}

/// Refuses no rows, columns of different lengths, and numbers that are not finite.
pub(super) fn check(predictions: &[f32], truths: &[f32]) -> Result<()> {
    if predictions.len() != truths.len() {
        return Err(Error::data(
            format!("There are {} predictions for {} test ratings", predictions.len(), truths.len()),
            "Predict every test rating once",
        ));
    }
    if truths.is_empty() {
        return Err(Error::data("There are no ratings to test on", "Set more ratings aside for testing"));
    }
    if let Some(row) = predictions.iter().position(|p| !p.is_finite()) {
        return Err(Error::data(
            format!("Prediction {} of {} is not a finite number", row + 1, predictions.len()),
            "Lower the learning rate and train again",
        ));
    }
    if let Some(row) = truths.iter().position(|t| !t.is_finite()) {
        return Err(Error::data(
            format!("Test rating {} of {} is not a finite number", row + 1, truths.len()),
            "Check the scale of the ratings",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::data::UserId;
    use crate::metrics::{mae, paper_recall_at_k, precision_at_k, rmse, scores};

    #[test]
    fn nothing_misfits_and_not_a_number_are_errors() {
        assert!(scores(&[], &[], &[], 0.75).is_err());
        assert!(rmse(&[], &[]).is_err() && mae(&[], &[]).is_err());
        assert!(rmse(&[0.1], &[0.1, 0.2]).is_err());
        assert!(scores(&[UserId(0)], &[0.1, 0.2], &[0.1, 0.2], 0.75).is_err());
        assert!(precision_at_k(&[UserId(0)], &[0.1], &[0.1], 0, 0.75).is_err());
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = scores(&[0, 0].map(UserId), &[0.1, bad], &[0.1, 0.2], 0.75).unwrap_err().to_string();
            assert!(error.starts_with("Prediction 2 of 2 is not a finite number"), "{error}");
            assert!(rmse(&[bad], &[0.1]).is_err() && mae(&[0.1], &[bad]).is_err());
            assert!(paper_recall_at_k(&[UserId(0)], &[bad], &[0.1], 5).is_err());
        }
    }
}
