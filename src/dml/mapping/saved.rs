//! X as it is saved: `[k, k]` in double precision, row by row; it takes a user of the first domain to the second.

use super::Mapping;
use crate::recommender::saved::{Checked, Parts, Saved};

impl Mapping {
    /// Adds X.
    pub(crate) fn save(&self, name: &str, saved: &mut Saved) {
        let k = self.k();
        saved.put(name, &[k, k], self.a_from_b().as_slice().to_vec());
    }

    /// X of k dimensions.
    ///
    /// # Errors
    /// When ‖X Xᵀ − I‖ (Frobenius) is more than `tolerance`, or there is none.
    pub(crate) fn load(parts: &mut Parts, name: &str, k: usize, tolerance: f64) -> Checked<Self> {
        let rows = parts.doubles(name, &[k, k])?;
        let mapping = Self::from_rows(k, &rows).map_err(|error| error.to_string())?;
        let error = mapping.orthogonality_error();
        // An error that is no number is not at most anything.
        match error <= tolerance {
            true => Ok(mapping),
            false => Err(format!("{name} is not orthogonal: X Xᵀ is off the identity by {error:.1e}")),
        }
    }
}
