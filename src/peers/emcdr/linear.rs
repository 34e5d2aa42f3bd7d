//! The linear map of EMCDR, f(u) = M u (section 3.2.1 of the paper), in closed form.

use nalgebra::DMatrix;

/// Factor of ‖M‖² in the loss, relative to the mean square of the vectors: enough to have one answer where there are fewer
/// pairs than dimensions, too little to count otherwise.
const RIDGE: f64 = 1e-3;

/// M, `[k, k]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear(DMatrix<f64>);

impl Linear {
    /// M = 0: everybody becomes the mean.
    pub(super) fn zero(k: usize) -> Self {
        Self(DMatrix::zeros(k, k))
    }

    pub(super) fn k(&self) -> usize {
        self.0.nrows()
    }

    /// M = B Aᵀ (A Aᵀ + λ I)⁻¹ with the pairs' vectors as the columns of A and B, which minimises
    /// Σ ‖M a − b‖² + λ ‖M‖². `from` and `to` are `[n, k]`; without pairs M = 0.
    pub(super) fn fitted(k: usize, from: &[f32], to: &[f32]) -> Self {
        let columns = |values: &[f32]| {
            DMatrix::from_iterator(k, values.len() / k.max(1), values.iter().map(|&x| f64::from(x)))
        };
        let (a, b) = (columns(from), columns(to));
        let own = &a * a.transpose();
        let penalty = RIDGE * own.trace() / k.max(1) as f64;
        let both = &a * b.transpose();
        let inverse = (own + DMatrix::identity(k, k) * penalty).cholesky();
        Self(inverse.map_or_else(|| DMatrix::zeros(k, k), |inverse| inverse.solve(&both).transpose()))
    }

    /// M `from`, `[k]`.
    pub(super) fn apply(&self, from: &[f32]) -> Vec<f32> {
        let row =
            |row: usize| (0..self.k()).map(|c| self.0[(row, c)] * f64::from(from[c])).sum::<f64>() as f32;
        (0..self.k()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    #[test]
    fn a_linear_map_comes_back_from_pairs_with_noise() {
        let k = 6;
        let mut rng = Generator::new(1, "linear map");
        let m = rng.normals(k * k, 0.6);
        let apply = |u: &[f32]| -> Vec<f32> {
            m.chunks(k).map(|row| row.iter().zip(u).map(|(m, u)| m * u).sum()).collect()
        };
        let from = rng.normals(400 * k, 0.5);
        let to: Vec<f32> = from.chunks(k).flat_map(&apply).map(|x| x + 0.02 * rng.normal()).collect();
        let map = Linear::fitted(k, &from, &to);
        let new = rng.normals(k, 0.5);
        for (mapped, expected) in map.apply(&new).iter().zip(apply(&new)) {
            assert!((mapped - expected).abs() < 0.02, "{mapped} {expected}");
        }
    }

    #[test]
    fn two_pairs_by_hand_and_none_at_all() {
        // Along the first axis everything doubles, along the second it turns round.
        let map = Linear::fitted(2, &[1.0, 0.0, 0.0, 1.0], &[2.0, 0.0, 0.0, -1.0]);
        for (x, expected) in map.apply(&[3.0, 4.0]).iter().zip([6.0, -4.0]) {
            assert!((x * 1.001 - expected).abs() < 1e-3, "{x} {expected}");
        }
        assert_eq!(Linear::fitted(2, &[], &[]), Linear::zero(2));
        // One pair says nothing of the other direction, in which everybody is then the mean.
        let map = Linear::fitted(2, &[1.0, 0.0], &[2.0, 0.0]);
        assert_eq!(map.apply(&[0.0, 1.0]), [0.0, 0.0]);
    }
}
