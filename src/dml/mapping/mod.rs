//! The orthogonal map X between the user spaces of two domains: Eqs. 3 and 4 of the paper, and lines 7–11 of
//! Algorithm 1. Embeddings come in, X goes to the dual step, to predictions for people known in one domain
//! only, and to the turning picture ([`crate::projection`]).

mod adam;
mod orthogonal;
mod saved;
#[cfg(test)]
mod tests;

use nalgebra::{DMatrix, DVector};

pub use adam::MappingAdam;
use orthogonal::{gram_schmidt, polar};
pub(crate) use orthogonal::{outer_sum, symmetric_eigen};

use crate::error::{Error, Result};
use crate::rng::Generator;
pub use crate::settings::Orthogonalisation;

/// The map X, `b_from_a`, between two user spaces of k dimensions; Xᵀ is `a_from_b`.
///
/// Users are rows, so a mapped batch is W_A · Xᵀ. X is orthogonal after every constructor but
/// [`Mapping::from_rows`], and after every step. Steps move X within the rotations or within the reflections:
/// with a small learning rate the sign of det X never changes, so a start with the wrong sign stays wrong.
/// [`Mapping::procrustes`] finds the right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    b_from_a: DMatrix<f64>,
}

impl Mapping {
    /// X = I in `k` dimensions.
    pub fn identity(k: usize) -> Self {
        Self { b_from_a: DMatrix::identity(k, k) }
    }

    /// A uniformly random orthogonal X: QR of a normal matrix, with the signs that make diag(R) > 0.
    pub fn random(k: usize, generator: &mut Generator) -> Self {
        let normal = DMatrix::from_fn(k, k, |_, _| f64::from(generator.normal()));
        Self { b_from_a: gram_schmidt(normal) }
    }

    /// X from its rows. It is kept as it is, orthogonal or not.
    ///
    /// # Shapes
    /// `rows`: `[k, k]`, row-major.
    ///
    /// # Errors
    /// Another number of entries than k · k, or an entry that is not finite.
    pub fn from_rows(k: usize, rows: &[f64]) -> Result<Self> {
        if k.checked_mul(k) != Some(rows.len()) {
            return Err(Error::data(
                format!("The map between the domains has {} numbers instead of {k} x {k}", rows.len()),
                "Use a model that was saved with this embedding size",
            ));
        }
        if !rows.iter().all(|x| x.is_finite()) {
            return Err(not_finite("The map between the domains"));
        }
        Ok(Self { b_from_a: DMatrix::from_row_slice(k, k, rows) })
    }

    /// The orthogonal X that minimises Eq. 3 (and with it Eq. 4) in closed form, orthogonal Procrustes:
    /// X = U Vᵀ with U S Vᵀ the singular value decomposition of Σ b aᵀ.
    ///
    /// Where the pairs leave X open (fewer than k of them, duplicates, dependent rows) it is the one of all
    /// minimisers that is nearest to the identity; without any pair it is the identity.
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person; n may be 0.
    ///
    /// # Errors
    /// Shapes that do not fit, or an embedding that is not finite.
    pub fn procrustes(k: usize, wa: &[f32], wb: &[f32]) -> Result<Self> {
        check_pairs(k, wa, wb)?;
        Ok(Self { b_from_a: polar(&outer_sum(k, wb, wa)) })
    }

    /// Dimensions of either space.
    pub fn k(&self) -> usize {
        self.b_from_a.nrows()
    }

    /// X, `[k, k]`: takes a user of A (a column) to B.
    pub fn b_from_a(&self) -> &DMatrix<f64> {
        &self.b_from_a
    }

    /// This map and then `next`, whose first space is this one's second: X_jl = X_kl X_jk (paper 4.3).
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self { b_from_a: &next.b_from_a * &self.b_from_a }
    }

    /// The map the other way round, by Xᵀ.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self { b_from_a: self.a_from_b() }
    }

    /// Xᵀ, `[k, k]`: takes a user of B (a column) to A.
    pub fn a_from_b(&self) -> DMatrix<f64> {
        self.b_from_a.transpose()
    }

    /// X, `[k, k]` row-major, for the network and for files.
    pub fn as_rows(&self) -> Vec<f32> {
        self.a_from_b().iter().map(|&x| x as f32).collect()
    }

    /// Users of A in the space of B: W_A · Xᵀ.
    ///
    /// # Shapes
    /// `wa`: `[n, k]`, row-major (one user is n = 1) → `[n, k]`. An incomplete last row is left out.
    pub fn to_b(&self, wa: &[f32]) -> Vec<f32> {
        map_rows(&self.b_from_a, wa)
    }

    /// Users of B in the space of A: W_B · X.
    ///
    /// # Shapes
    /// `wb`: `[n, k]`, row-major (one user is n = 1) → `[n, k]`. An incomplete last row is left out.
    pub fn to_a(&self, wb: &[f32]) -> Vec<f32> {
        map_rows(&self.a_from_b(), wb)
    }

    /// Σ‖X a − b‖² + Σ‖Xᵀ b − a‖² over the pairs: Eqs. 3 + 4. The halves are equal where X is orthogonal, and
    /// are both computed because it need not be. Not finite where an embedding is not; callers check.
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person.
    pub fn mapping_loss(&self, wa: &[f32], wb: &[f32]) -> f64 {
        squared_distances(&self.b_from_a, wa, wb) + squared_distances(&self.a_from_b(), wb, wa)
    }

    /// The gradient of [`Mapping::mapping_loss`] by X, with Σ over the pairs:
    /// 2 X Σ a aᵀ + 2 (Σ b bᵀ) X − 4 Σ b aᵀ.
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person → `[k, k]`.
    pub fn gradient(&self, wa: &[f32], wb: &[f32]) -> DMatrix<f64> {
        let (x, k) = (&self.b_from_a, self.k());
        (x * outer_sum(k, wa, wa) + outer_sum(k, wb, wb) * x - outer_sum(k, wb, wa) * 2.0) * 2.0
    }

    /// One pass of lines 7–11 of Algorithm 1 over all pairs at once: a plain gradient step on the *mean* of
    /// the pairs' losses, then the orthogonalisation. Returns the mean loss per pair before the step (both
    /// halves). Without pairs nothing happens. With embeddings in the unit ball any learning rate below 0.5
    /// is stable.
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person.
    ///
    /// # Errors
    /// Shapes that do not fit, or a number that is not finite; X is then as before.
    pub fn gradient_step(
        &mut self,
        wa: &[f32],
        wb: &[f32],
        learning_rate: f32,
        orthogonalisation: Orthogonalisation,
    ) -> Result<f64> {
        let n = check_pairs(self.k(), wa, wb)?;
        if n == 0 {
            return Ok(0.0);
        }
        let moved = &self.b_from_a - self.gradient(wa, wb) * (f64::from(learning_rate) / n as f64);
        self.finish_step(moved, wa, wb, 0, learning_rate, orthogonalisation)
    }

    /// Replaces X by `moved`, made orthogonal, and gives the mean loss of the X before.
    fn finish_step(
        &mut self,
        moved: DMatrix<f64>,
        wa: &[f32],
        wb: &[f32],
        steps: usize,
        learning_rate: f32,
        orthogonalisation: Orthogonalisation,
    ) -> Result<f64> {
        let loss = self.mapping_loss(wa, wb) / (wa.len() / self.k()) as f64;
        if !loss.is_finite() || !moved.iter().all(|x| x.is_finite()) {
            return Err(Error::NotFinite { what: "The loss of the map".into(), steps, learning_rate });
        }
        *self = Self { b_from_a: moved }.orthogonalised(orthogonalisation);
        Ok(loss)
    }

    /// X made orthogonal. X must be finite, which every public way of making one assures.
    pub fn orthogonalised(&self, orthogonalisation: Orthogonalisation) -> Self {
        let b_from_a = match orthogonalisation {
            Orthogonalisation::GramSchmidt => gram_schmidt(self.b_from_a.clone()),
            Orthogonalisation::Polar => polar(&self.b_from_a),
        };
        Self { b_from_a }
    }

    /// ‖X Xᵀ − I‖ (Frobenius): 0 where X is orthogonal.
    pub fn orthogonality_error(&self) -> f64 {
        let k = self.k();
        (&self.b_from_a * self.b_from_a.transpose() - DMatrix::identity(k, k)).norm()
    }

    /// How well X places people it was not learnt from: Σ‖X a − b‖² / Σ‖b̄ − b‖² over held-out pairs. 0 is
    /// perfect, 1 no better than guessing the mean embedding b̄ for everybody. b̄ must not come from the
    /// pairs themselves, which a real guess would not know: take the mean of the *trained* pairs' b or of all
    /// users of B ([`mean_embedding`]). `None` without pairs, where all b equal b̄, or where a number is not
    /// finite.
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person; `mean_b`: `[k]`.
    pub fn alignment(&self, wa: &[f32], wb: &[f32], mean_b: &[f32]) -> Option<f64> {
        let k = self.k();
        let n = check_pairs(k, wa, wb).ok()?;
        if n == 0 || mean_b.len() != k {
            return None;
        }
        let spread: f64 = wb.chunks_exact(k).map(|b| squared_distance(mean_b, b)).sum();
        let ratio = squared_distances(&self.b_from_a, wa, wb) / spread;
        (spread > 0.0 && ratio.is_finite()).then_some(ratio)
    }
}
/// The mean of the rows; zeros where there is none.
///
/// # Shapes
/// `rows`: `[n, k]`, row-major → `[k]`.
pub fn mean_embedding(k: usize, rows: &[f32]) -> Vec<f32> {
    mean_row(k, rows).iter().map(|&x| x as f32).collect()
}

/// [`mean_embedding`] in double precision.
pub(crate) fn mean_row(k: usize, rows: &[f32]) -> DVector<f64> {
    let mut sum = DVector::zeros(k);
    let mut n = 0_usize;
    for row in rows.chunks_exact(k.max(1)) {
        sum.iter_mut().zip(row).for_each(|(s, &x)| *s += f64::from(x));
        n += 1;
    }
    sum / n.max(1) as f64
}

/// The number of pairs, where `wa` and `wb` are both `[n, k]` and finite.
fn check_pairs(k: usize, wa: &[f32], wb: &[f32]) -> Result<usize> {
    if k == 0 || wa.len() != wb.len() || !wa.len().is_multiple_of(k) {
        return Err(Error::data(
            format!(
                "The people in both domains have {} and {} numbers, not rows of {k} each",
                wa.len(),
                wb.len()
            ),
            "Give both domains the same embedding size",
        ));
    }
    if !wa.iter().chain(wb).all(|x| x.is_finite()) {
        return Err(not_finite("The embedding of a person in both domains"));
    }
    Ok(wa.len() / k)
}

fn not_finite(what: &str) -> Error {
    Error::data(format!("{what} is not a finite number"), "Lower the learning rate and train again")
}

/// `matrix` · row for every row of `rows` `[n, k]`, in double precision inside.
fn map_rows(matrix: &DMatrix<f64>, rows: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(rows.len());
    let mut mapped = vec![0.0; matrix.nrows()];
    for row in rows.chunks_exact(matrix.ncols().max(1)) {
        apply(matrix, row, &mut mapped);
        out.extend(mapped.iter().map(|&x| x as f32));
    }
    out
}

/// `out` = `matrix` · `row`, column by column, which is how the matrix lies in memory.
pub(crate) fn apply(matrix: &DMatrix<f64>, row: &[f32], out: &mut [f64]) {
    out.fill(0.0);
    for (column, &x) in matrix.as_slice().chunks_exact(matrix.nrows().max(1)).zip(row) {
        out.iter_mut().zip(column).for_each(|(o, m)| *o += m * f64::from(x));
    }
}

/// Σ‖`matrix` · from − to‖² over paired rows.
fn squared_distances(matrix: &DMatrix<f64>, from: &[f32], to: &[f32]) -> f64 {
    let k = matrix.ncols().max(1);
    let mut mapped = vec![0.0; matrix.nrows()];
    let mut sum = 0.0;
    for (from, to) in from.chunks_exact(k).zip(to.chunks_exact(k)) {
        apply(matrix, from, &mut mapped);
        sum += mapped.iter().zip(to).map(|(m, &t)| (m - f64::from(t)).powi(2)).sum::<f64>();
    }
    sum
}

fn squared_distance(x: &[f32], y: &[f32]) -> f64 {
    x.iter().zip(y).map(|(&x, &y)| (f64::from(x) - f64::from(y)).powi(2)).sum()
}
