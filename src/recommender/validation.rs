//! How far a model is off on the rows that decide when a training ends.

use super::Recommender;
use crate::error::Result;
use crate::metrics;
use crate::split::Rows;

/// RMSE on validation rows, on the unit scale; `None` where there are none.
pub(crate) struct ValidationErrors {
    /// By domain.
    pub(crate) domains: Vec<Option<f64>>,
    /// Over all rows of all domains.
    pub(crate) all: Option<f64>,
}

/// The errors of a model on validation rows, by domain.
///
/// # Errors
/// When a prediction is not finite.
pub(crate) fn validation_errors(model: &dyn Recommender, validation: &[Rows]) -> Result<ValidationErrors> {
    let mut domains = Vec::with_capacity(validation.len());
    let (mut squares, mut count) = (0.0, 0);
    for (d, rows) in validation.iter().enumerate() {
        let rmse = match rows.is_empty() {
            true => None,
            false => Some(metrics::rmse(&model.predict(d, &rows.users, &rows.items), &rows.targets)?),
        };
        squares += rmse.unwrap_or(0.0).powi(2) * rows.len() as f64;
        count += rows.len();
        domains.push(rmse);
    }
    Ok(ValidationErrors { domains, all: (count > 0).then(|| (squares / count as f64).sqrt()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};

    /// The number of the domain for everything.
    #[derive(Debug)]
    struct Numbers;

    impl Recommender for Numbers {
        fn predict(&self, domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
            vec![domain as f32; users.len()]
        }
    }

    #[test]
    fn the_error_of_all_rows_weighs_domains_by_their_rows() {
        let rows = |targets: &[f32]| Rows {
            users: vec![UserId(0); targets.len()],
            items: vec![ItemId(0); targets.len()],
            targets: targets.to_vec(),
        };
        // Errors 1; none; 2, 2 and 2.
        let errors = validation_errors(&Numbers, &[rows(&[1.0]), rows(&[]), rows(&[0.0, 0.0, 0.0])]).unwrap();
        assert_eq!(errors.domains, [Some(1.0), None, Some(2.0)]);
        assert_eq!(errors.all, Some((13.0_f64 / 4.0).sqrt()));
        assert_eq!(validation_errors(&Numbers, &[rows(&[])]).unwrap().all, None);
    }
}
