//! What features say of a bias before the first rating: a ridge regression of residual means on the encoded
//! features (docs/method.md, recipe R, 6).

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::data::Features;

/// Ridge factor λ.
const RIDGE: f64 = 3.0;

/// The normal equations of one side's features, factored once: their weights depend on counts alone.
pub(super) struct Ridge<'a> {
    features: &'a Features,
    factored: Option<Cholesky<f64, Dyn>>,
}

/// Weight of a row with n ratings.
fn weight(n: u32) -> f64 {
    2.0 * f64::from(n) / (f64::from(n) + 2.0)
}

impl<'a> Ridge<'a> {
    /// Factors Σ w x xᵀ + λ I over the rows that have ratings.
    pub(super) fn new(features: &'a Features, counts: &[u32]) -> Self {
        let width = features.width();
        let mut normal = DMatrix::<f64>::identity(width, width) * RIDGE;
        for (row, &n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let (columns, values) = features.row(row as u32);
            for (&i, &x) in columns.iter().zip(values) {
                for (&j, &y) in columns.iter().zip(values) {
                    normal[(i as usize, j as usize)] += weight(n) * f64::from(x) * f64::from(y);
                }
            }
        }
        Self { features, factored: Cholesky::new(normal) }
    }

    /// The prior of every row from sums of residuals: x · β with β fitted on the residual means.
    pub(super) fn fit(&self, sums: &[f32], counts: &[u32]) -> Vec<f32> {
        let mut right = DVector::<f64>::zeros(self.features.width());
        for (row, (&sum, &n)) in sums.iter().zip(counts).enumerate().filter(|(_, (_, n))| **n > 0) {
            let (columns, values) = self.features.row(row as u32);
            let residual = weight(n) * f64::from(sum) / f64::from(n);
            for (&i, &x) in columns.iter().zip(values) {
                right[i as usize] += residual * f64::from(x);
            }
        }
        let Some(factored) = &self.factored else { return vec![0.0; sums.len()] };
        let beta = factored.solve(&right);
        (0..sums.len() as u32)
            .map(|row| {
                let (columns, values) = self.features.row(row);
                columns.iter().zip(values).map(|(&i, &x)| beta[i as usize] * f64::from(x)).sum::<f64>() as f32
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Ridge;
    use crate::data::{Features, Field, FieldKind};

    #[test]
    fn one_column_gives_the_closed_form_of_ridge_regression() {
        // Rows x = 1, 2 with n = 2, 6 ratings and residual sums 1, 3: w = 1, 1.5; residual means 0.5, 0.5.
        // β = Σ w x y / (Σ w x² + 3) = (0.5 + 1.5) / (1 + 6 + 3) = 0.2. The third row has no rating and x = 5.
        let features = Features {
            fields: vec![Field { name: "x".into(), kind: FieldKind::Numeric, start: 0, width: 1 }],
            row_starts: vec![0, 1, 2, 3],
            columns: vec![0, 0, 0],
            values: vec![1.0, 2.0, 5.0],
            titles: vec![],
        };
        let counts = [2, 6, 0];
        let priors = Ridge::new(&features, &counts).fit(&[1.0, 3.0, 0.0], &counts);
        for (prior, expected) in priors.iter().zip([0.2, 0.4, 1.0]) {
            assert!((prior - expected).abs() < 1e-6, "{priors:?}");
        }
    }
}
