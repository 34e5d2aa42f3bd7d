//! The turn from I to X as one motion: rotations in planes, all at once. Between the map and the picture.

use nalgebra::{DMatrix, DVector};

use super::Plane;
use crate::dml::mapping::symmetric_eigen;

/// Angles this near to 0 or π count as 0 or π; drawing in `f32` can't show the difference.
const STILL: f64 = 1e-8;

/// The shortest path from I to diag(X, det X) among the rotations of k + 1 dimensions.
pub(super) struct Turn {
    /// Orthogonal, `[k1, k1]`; its columns are the coordinates that the planes name.
    pub(super) basis: DMatrix<f64>,
    pub(super) planes: Vec<Plane>,
}

impl Turn {
    /// The real Schur form of R = diag(X, det X): for an orthogonal matrix, planes that turn, directions that
    /// flip, directions that stay.
    ///
    /// With S + K = R the symmetric and the skew part, any eigenvector v of S spans with K v a plane that R
    /// turns into itself, as R v = c v + K v and K² = S² − I. So the planes come one by one from the
    /// eigenvectors of S, which are safe to find where angles are equal or nearly so. Eigenvectors with K v =
    /// 0 stay (c = 1) or flip (c = −1); det R = 1, so the flips pair up to half turns.
    pub(super) fn to(x: &DMatrix<f64>) -> Self {
        let (k, k1) = (x.nrows(), x.nrows() + 1);
        let mut r = DMatrix::zeros(k1, k1);
        r.view_mut((0, 0), (k, k)).copy_from(x);
        r[(k, k)] = if x.determinant() < 0.0 { -1.0 } else { 1.0 };
        let skew = (&r - r.transpose()) * 0.5;
        let (cosines, eigenvectors) = symmetric_eigen(&((&r + r.transpose()) * 0.5));

        // Angles near a right one first: their planes are the most exactly known.
        let mut order: Vec<usize> = (0..k1).collect();
        order.sort_by(|&i, &j| cosines[i].abs().total_cmp(&cosines[j].abs()));
        let mut basis = Basis::new(eigenvectors.select_columns(&order));
        let (mut planes, mut flips, mut stays) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(v) = basis.next_direction() {
            let pushed = basis.outside(&(&skew * &v));
            let sine = pushed.norm();
            let cosine = v.dot(&(&r * &v));
            if sine > STILL {
                let w = basis.outside(&(pushed / sine)).normalize();
                basis.take(&w);
                planes.push((v, w, sine.atan2(cosine)));
            } else if cosine < 0.0 {
                flips.push(v);
            } else {
                stays.push(v);
            }
        }
        let mut flips = flips.into_iter();
        while let Some(v) = flips.next() {
            match flips.next() {
                Some(w) => planes.push((v, w, std::f64::consts::PI)),
                None => stays.push(v),
            }
        }

        let mut columns = Vec::with_capacity(k1);
        let mut named = Vec::with_capacity(planes.len());
        for (v, w, angle) in planes {
            named.push(Plane { i: columns.len(), j: columns.len() + 1, angle: angle as f32 });
            columns.extend([v, w]);
        }
        columns.extend(stays);
        Self { basis: DMatrix::from_columns(&columns), planes: named }
    }
}

/// An orthonormal basis that grows out of candidates that span the space.
struct Basis {
    /// What each candidate has outside the basis so far, as columns `[k1, candidates]`.
    rest: DMatrix<f64>,
    found: DMatrix<f64>,
    size: usize,
}

impl Basis {
    fn new(candidates: DMatrix<f64>) -> Self {
        let found = DMatrix::zeros(candidates.nrows(), candidates.nrows());
        Self { rest: candidates, found, size: 0 }
    }

    /// The first candidate with enough left outside the basis, made a unit vector `[k1]` and taken; `None`
    /// where the basis is complete.
    fn next_direction(&mut self) -> Option<DVector<f64>> {
        let k1 = self.found.nrows();
        // The squared remainders sum up to the dimensions that are missing, so one of them has its share.
        let enough = 0.5 * (k1 - self.size) as f64 / k1 as f64;
        let candidate =
            self.rest.column_iter().find(|c| enough > 0.0 && c.norm_squared() >= enough)?.into_owned();
        // Once more, as shrinking lets the rounding grow.
        let v = self.outside(&candidate.normalize()).normalize();
        self.take(&v);
        Some(v)
    }

    /// What a vector `[k1]` has outside the basis.
    fn outside(&self, vector: &DVector<f64>) -> DVector<f64> {
        let found = self.found.columns(0, self.size);
        vector - found * (found.transpose() * vector)
    }

    /// Adds a unit vector `[k1]` that is orthogonal to the basis.
    fn take(&mut self, v: &DVector<f64>) {
        if self.size < self.found.ncols() {
            self.found.set_column(self.size, v);
            self.size += 1;
            let shadow = v.transpose() * &self.rest;
            self.rest -= v * shadow;
        }
    }
}
