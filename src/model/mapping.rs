//! The orthogonal map X between the user spaces of two domains: Eqs. 3 and 4 of the paper, and lines 7–11 of
//! Algorithm 1. Embeddings come in, X goes to the dual step, to predictions for people known in one domain
//! only, and to the turning picture ([`crate::projection`]).

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::rng::Generator;

/// Singular values below this share of the largest count as zero: far above the rounding of sums of products
/// of `f32`, far below anything that data say.
const RANK_TOLERANCE: f64 = 1e-12;

/// How a matrix is made orthogonal again after a step ("Orthogonalize X", line 10 of Algorithm 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orthogonalisation {
    /// Gram–Schmidt on the columns from left to right, that is the Q of QR with diag(R) > 0; the paper's
    /// word.
    ///
    /// Followed by this, the plain gradient step of Eqs. 3 + 4 does *not* rest at their minimum unless the
    /// pairs fit exactly: what is left over (the residuals' covariance) points out of the orthogonal
    /// matrices, and Gram–Schmidt, which favours the first columns, turns it into a rotation. The smaller the
    /// learning rate, the slower, but the resting point stays the same.
    GramSchmidt,
    /// The nearest orthogonal matrix, U Vᵀ of the singular value decomposition; rests at the minimum.
    Polar,
}

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

/// Adam for X: the moments of its k x k entries, kept between steps.
///
/// The gradient is first freed of its part that points out of the orthogonal matrices, G − X (Xᵀ G + Gᵀ X) /
/// 2. The plain step leaves that part to the orthogonalisation, but it does not vanish at the minimum, and
/// Adam, which scales every entry to the same size, would turn it into a wandering X.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingAdam {
    first: Vec<f64>,
    second: Vec<f64>,
    steps: usize,
}

impl MappingAdam {
    const BETA_1: f64 = 0.9;
    const BETA_2: f64 = 0.999;
    const EPSILON: f64 = 1e-8;

    /// No step made yet; the size comes with the first one.
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Mapping::gradient_step`], with Adam (β₁ 0.9, β₂ 0.999, ε 1e-8). Returns the mean loss per pair
    /// before the step (both halves).
    ///
    /// # Shapes
    /// `wa`, `wb`: `[n, k]`, row-major, row i of both the same person.
    ///
    /// # Errors
    /// Shapes that do not fit, or a number that is not finite; X is then as before.
    pub fn step(
        &mut self,
        mapping: &mut Mapping,
        wa: &[f32],
        wb: &[f32],
        learning_rate: f32,
        orthogonalisation: Orthogonalisation,
    ) -> Result<f64> {
        let n = check_pairs(mapping.k(), wa, wb)?;
        if n == 0 {
            return Ok(0.0);
        }
        let x = &mapping.b_from_a;
        let gradient = mapping.gradient(wa, wb) / n as f64;
        let inward = x.transpose() * &gradient;
        let tangent = &gradient - x * (&inward + inward.transpose()) * 0.5;

        if self.first.len() != tangent.len() {
            *self = Self { first: vec![0.0; tangent.len()], second: vec![0.0; tangent.len()], steps: 0 };
        }
        self.steps += 1;
        let correction = |beta: f64| 1.0 - beta.powf(self.steps as f64);
        let (correction_1, correction_2) = (correction(Self::BETA_1), correction(Self::BETA_2));
        let mut moved = x.clone();
        for (((x, g), first), second) in
            moved.iter_mut().zip(&tangent).zip(&mut self.first).zip(&mut self.second)
        {
            *first += (1.0 - Self::BETA_1) * (g - *first);
            *second += (1.0 - Self::BETA_2) * (g * g - *second);
            let scale = (*second / correction_2).sqrt() + Self::EPSILON;
            *x -= f64::from(learning_rate) * (*first / correction_1) / scale;
        }
        mapping.finish_step(moved, wa, wb, self.steps, learning_rate, orthogonalisation)
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

/// Σ left · rightᵀ over paired rows `[n, k]` → `[k, k]`.
pub(crate) fn outer_sum(k: usize, left: &[f32], right: &[f32]) -> DMatrix<f64> {
    let mut sum = DMatrix::zeros(k, k);
    for (left, right) in left.chunks_exact(k.max(1)).zip(right.chunks_exact(k.max(1))) {
        for (column, &r) in sum.as_mut_slice().chunks_exact_mut(k.max(1)).zip(right) {
            column.iter_mut().zip(left).for_each(|(s, &l)| *s += f64::from(l) * f64::from(r));
        }
    }
    sum
}

/// Q of QR with diag(R) > 0.
fn gram_schmidt(matrix: DMatrix<f64>) -> DMatrix<f64> {
    let (mut q, r) = matrix.qr().unpack();
    for (mut column, &pivot) in q.column_iter_mut().zip(&r.diagonal()) {
        if pivot < 0.0 {
            column.neg_mut();
        }
    }
    q
}

/// The orthogonal matrix nearest to a finite square one, U Vᵀ. Where the matrix is silent (singular values of
/// zero), the completion that is nearest to the identity.
fn polar(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let k = matrix.nrows();
    let (scaled, v) = orthogonal_columns(matrix);
    let lengths: Vec<f64> = scaled.column_iter().map(|c| c.norm()).collect();
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let (heard, silent): (Vec<usize>, Vec<usize>) =
        (0..k).partition(|&i| lengths[i] > longest * RANK_TOLERANCE);
    if heard.is_empty() {
        return DMatrix::identity(k, k);
    }
    let mut u_heard = scaled.select_columns(&heard);
    for (mut column, &i) in u_heard.column_iter_mut().zip(&heard) {
        column /= lengths[i];
    }
    let mut nearest = &u_heard * v.select_columns(&heard).transpose();
    if !silent.is_empty() {
        // U₀ Z V₀ᵀ is nearest to the identity where Z is nearest to U₀ᵀ V₀, the same task in fewer
        // dimensions.
        let u_silent = complement(u_heard);
        let v_silent = v.select_columns(&silent);
        let z = polar(&(u_silent.transpose() * &v_silent));
        nearest += u_silent * z * v_silent.transpose();
    }
    nearest
}

/// An orthonormal basis of what the orthonormal columns of `basis` `[k, r]` leave: `[k, k − r]`.
fn complement(basis: DMatrix<f64>) -> DMatrix<f64> {
    let k = basis.nrows();
    // What each unit vector has outside the basis so far; the longest remainder is always long enough.
    let mut rest: DMatrix<f64> = DMatrix::identity(k, k) - &basis * basis.transpose();
    let mut found: Vec<DVector<f64>> = Vec::with_capacity(k - basis.ncols());
    while found.len() < k - basis.ncols() {
        let longest = (0..k).fold(0, |best, i| {
            if rest.column(i).norm_squared() > rest.column(best).norm_squared() { i } else { best }
        });
        let mut next: DVector<f64> = rest.column(longest).normalize();
        // A second pass removes what rounding left of the basis.
        next -= &basis * (basis.transpose() * &next);
        for other in &found {
            next -= other * other.dot(&next);
        }
        next.normalize_mut();
        let shadow = next.transpose() * &rest;
        rest -= &next * shadow;
        found.push(next);
    }
    DMatrix::from_columns(&found)
}

/// (M V, V) with V orthogonal and the columns of M V orthogonal to each other: the singular value
/// decomposition by one-sided Jacobi rotations (Hestenes), where the columns' lengths are the singular
/// values.
///
/// Not nalgebra's own: that gives wrong vectors for some matrices of low rank, which few pairs always make
/// (off by 40 % for a 19 x 19 matrix of rank 1), and its general Schur form does not end for some
/// permutations.
pub(crate) fn orthogonal_columns(matrix: &DMatrix<f64>) -> (DMatrix<f64>, DMatrix<f64>) {
    const MOST_SWEEPS: usize = 60;
    let k = matrix.ncols();
    let mut v = DMatrix::identity(k, k);
    let largest = matrix.amax();
    if largest == 0.0 {
        return (matrix.clone(), v);
    }
    let mut m = matrix / largest;
    // Columns this short are rounding; turning them would go on for ever.
    let negligible = (m.norm() * 1e-15).powi(2);
    for _ in 0..MOST_SWEEPS {
        let mut turned = false;
        for i in 0..k {
            for j in i + 1..k {
                let (ii, jj) = (m.column(i).norm_squared(), m.column(j).norm_squared());
                let ij = m.column(i).dot(&m.column(j));
                if ii <= negligible || jj <= negligible || ij.abs() <= 1e-15 * (ii * jj).sqrt() {
                    continue;
                }
                turned = true;
                let zeta = (jj - ii) / (2.0 * ij);
                let tangent = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = cosine * tangent;
                turn_columns(&mut m, i, j, cosine, sine);
                turn_columns(&mut v, i, j, cosine, sine);
            }
        }
        if !turned {
            break;
        }
    }
    (m * largest, v)
}

/// (mᵢ, mⱼ) ← (c mᵢ − s mⱼ, s mᵢ + c mⱼ).
fn turn_columns(m: &mut DMatrix<f64>, i: usize, j: usize, cosine: f64, sine: f64) {
    let rows = m.nrows();
    let (left, right) = m.as_mut_slice().split_at_mut(j * rows);
    let columns = left[i * rows..(i + 1) * rows].iter_mut().zip(&mut right[..rows]);
    columns.for_each(|(x, y)| (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y));
}

/// Eigenvalues, largest first, and the eigenvectors as columns in the same order, of a finite symmetric
/// matrix.
pub(crate) fn symmetric_eigen(matrix: &DMatrix<f64>) -> (Vec<f64>, DMatrix<f64>) {
    let k = matrix.nrows();
    // With all eigenvalues pushed above zero, singular values and vectors are the eigenvalues and
    // eigenvectors.
    let push = 2.0 * matrix.norm();
    let (scaled, v) = orthogonal_columns(&(matrix + DMatrix::identity(k, k) * push));
    let values: Vec<f64> = scaled.column_iter().map(|c| c.norm() - push).collect();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    (order.iter().map(|&i| values[i]).collect(), v.select_columns(&order))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator(purpose: &str) -> Generator {
        Generator::new(7, purpose)
    }

    fn eye(k: usize) -> DMatrix<f64> {
        DMatrix::identity(k, k)
    }

    fn largest_difference(x: &[f32], y: &[f32]) -> f32 {
        assert_eq!(x.len(), y.len());
        x.iter().zip(y).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
    }

    /// People of A with one standard deviation per dimension, and X* a + noise in B.
    fn planted(
        x: &Mapping,
        n: usize,
        spread: impl Fn(usize) -> f32,
        noise: impl Fn(usize) -> f32,
        generator: &mut Generator,
    ) -> (Vec<f32>, Vec<f32>) {
        let k = x.k();
        let wa: Vec<f32> = (0..n * k).map(|i| generator.normal() * spread(i % k)).collect();
        let mut wb = x.to_b(&wa);
        wb.iter_mut().enumerate().for_each(|(i, b)| *b += generator.normal() * noise(i % k));
        (wa, wb)
    }

    /// A rotation (det 1) to plant, so that steps from I can reach it.
    fn random_rotation(k: usize, generator: &mut Generator) -> Mapping {
        loop {
            let x = Mapping::random(k, generator);
            if x.b_from_a.determinant() > 0.0 {
                return x;
            }
        }
    }

    /// How far the Procrustes X can be from the planted X*. With M = Σ b aᵀ = X* A + N, where A = Σ a aᵀ and
    /// N = Σ (b − X* a) aᵀ, X and X* are the polar factors of M and X* A, so (R.-C. Li, 1995)
    /// ‖X − X*‖ ≤ 2 ‖N‖ / (σ(A) + σ(M)), σ being the smallest singular values.
    fn procrustes_bound(planted: &Mapping, wa: &[f32], wb: &[f32]) -> f64 {
        let k = planted.k();
        let aa = outer_sum(k, wa, wa);
        let ba = outer_sum(k, wb, wa);
        let smallest = |m: &DMatrix<f64>| {
            orthogonal_columns(m).0.column_iter().map(|c| c.norm()).fold(f64::INFINITY, f64::min)
        };
        let noise = (&ba - planted.b_from_a() * &aa).norm();
        2.0 * noise / (smallest(&aa) + smallest(&ba)) + 1e-12
    }

    /// How far the resting point of plain steps with Gram–Schmidt can be from the Procrustes X. It rests
    /// where Xᵀ G, G the gradient, has nothing below the diagonal (then I − η Xᵀ G is its own R). With E the
    /// sum of (Xᵀ b − a)(Xᵀ b − a)ᵀ and C = Xᵀ M that says low(E) = low(C − Cᵀ). To first order X = X₀(I + Ω)
    /// with ‖ΩH + HΩ‖ = ‖C − Cᵀ‖, H = X₀ᵀ M, hence ‖X − X₀‖ ≤ √2 ‖low(E)‖ / (2 σ(H)) ≤ ‖E‖ / (2 σ(M)).
    fn gram_schmidt_bound(x: &Mapping, wa: &[f32], wb: &[f32]) -> f64 {
        let k = x.k();
        let back: Vec<f32> = x.to_a(wb).iter().zip(wa).map(|(b, a)| b - a).collect();
        let smallest = orthogonal_columns(&outer_sum(k, wb, wa))
            .0
            .column_iter()
            .map(|c| c.norm())
            .fold(f64::MAX, f64::min);
        outer_sum(k, &back, &back).norm() / (2.0 * smallest)
    }

    fn converged(start: Mapping, wa: &[f32], wb: &[f32], rate: f32, how: Orthogonalisation) -> Mapping {
        let mut x = start;
        for _ in 0..3_000 {
            let before = x.clone();
            x.gradient_step(wa, wb, rate, how).unwrap();
            assert!(x.orthogonality_error() < 1e-10, "{}", x.orthogonality_error());
            if (&x.b_from_a - before.b_from_a).norm() < 1e-13 {
                break;
            }
        }
        x
    }

    #[test]
    fn the_map_takes_rows_to_x_times_them_and_its_transpose_takes_them_back() {
        // A quarter turn: (1, 0) to (0, 1).
        let x = Mapping::from_rows(2, &[0.0, -1.0, 1.0, 0.0]).unwrap();
        assert_eq!(x.to_b(&[1.0, 0.0, 0.0, 2.0]), [0.0, 1.0, -2.0, 0.0]);
        assert_eq!(x.to_a(&[0.0, 1.0]), [1.0, 0.0]);
        assert_eq!(x.as_rows(), [0.0, -1.0, 1.0, 0.0]);
        assert_eq!(x.a_from_b(), DMatrix::from_row_slice(2, 2, &[0.0, 1.0, -1.0, 0.0]));
        assert_eq!(x.to_b(&[]), Vec::<f32>::new());

        let mut generator = generator("there and back");
        let x = Mapping::random(16, &mut generator);
        let wa = generator.normals(5 * 16, 1.0);
        assert!(largest_difference(&x.to_a(&x.to_b(&wa)), &wa) < 1e-6);
        let one_by_one: Vec<f32> = wa.chunks(16).flat_map(|a| x.to_b(a)).collect();
        assert_eq!(x.to_b(&wa), one_by_one);
    }

    #[test]
    fn random_maps_are_orthogonal_seeded_and_of_both_determinants() {
        let mut generator = generator("random");
        let signs: Vec<bool> = (0..40)
            .map(|i| {
                let x = Mapping::random(1 + i % 20, &mut generator);
                assert!(x.orthogonality_error() < 1e-13);
                x.b_from_a.determinant() > 0.0
            })
            .collect();
        assert!(signs.contains(&true) && signs.contains(&false));
        let draw = || Mapping::random(8, &mut Generator::new(3, "map"));
        assert_eq!(draw(), draw());
    }

    #[test]
    fn loss_and_gradient_by_hand() {
        // X = 2 (not orthogonal), a = 3, b = 5: (2·3 − 5)² + (2·5 − 3)² = 1 + 49;
        // its derivative 2(6 − 5)·3 + 2(10 − 3)·5 = 6 + 70.
        let x = Mapping::from_rows(1, &[2.0]).unwrap();
        assert_eq!(x.mapping_loss(&[3.0], &[5.0]), 50.0);
        assert_eq!(x.gradient(&[3.0], &[5.0])[(0, 0)], 76.0);
        assert_eq!(x.orthogonality_error(), 3.0);
    }

    #[test]
    fn the_halves_of_the_loss_are_equal_where_x_is_orthogonal() {
        let mut generator = generator("halves");
        let x = Mapping::random(6, &mut generator);
        let (wa, wb) = (generator.normals(60, 1.0), generator.normals(60, 1.0));
        let forth = squared_distances(x.b_from_a(), &wa, &wb);
        assert!((x.mapping_loss(&wa, &wb) / forth - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        let mut generator = generator("gradient");
        let k = 5;
        let entries: Vec<f64> = generator.normals(k * k, 1.0).into_iter().map(f64::from).collect();
        let (wa, wb) = (generator.normals(7 * k, 1.0), generator.normals(7 * k, 1.0));
        let gradient = Mapping::from_rows(k, &entries).unwrap().gradient(&wa, &wb);
        for i in 0..k * k {
            let loss = |by: f64| {
                let mut moved = entries.clone();
                moved[i] += by;
                Mapping::from_rows(k, &moved).unwrap().mapping_loss(&wa, &wb)
            };
            // The loss is quadratic, so central differences are exact but for rounding.
            let difference = (loss(1e-3) - loss(-1e-3)) / 2e-3;
            let closed = gradient[(i / k, i % k)];
            assert!((difference - closed).abs() < 1e-7 * (1.0 + closed.abs()), "{difference} {closed}");
        }
    }

    #[test]
    fn procrustes_beats_a_thousand_random_maps() {
        let mut generator = generator("thousand");
        let (k, n) = (4, 12);
        let (wa, wb) = (generator.normals(n * k, 1.0), generator.normals(n * k, 1.0));
        let best = Mapping::procrustes(k, &wa, &wb).unwrap().mapping_loss(&wa, &wb);
        for _ in 0..1_000 {
            assert!(best <= Mapping::random(k, &mut generator).mapping_loss(&wa, &wb));
        }
    }

    #[test]
    fn a_planted_map_comes_back_within_the_noise() {
        let mut generator = generator("planted");
        for (k, n, noise) in [(2, 30, 0.05), (16, 200, 0.02), (16, 200, 0.2), (33, 300, 0.05)] {
            let truth = random_rotation(k, &mut generator);
            let spread = |i: usize| 1.0 / (k as f32).sqrt() * (1.0 + i as f32 / k as f32);
            let uneven = |i: usize| noise / (k as f32).sqrt() * (1.0 + i as f32 / k as f32);
            let (wa, wb) = planted(&truth, n, spread, uneven, &mut generator);
            let bound = procrustes_bound(&truth, &wa, &wb);
            assert!(bound < 1.0, "the bound {bound} says something");
            let distance = |x: &Mapping, y: &Mapping| (&x.b_from_a - &y.b_from_a).norm();

            let oracle = Mapping::procrustes(k, &wa, &wb).unwrap();
            assert!(oracle.orthogonality_error() < 1e-12);
            assert!(distance(&oracle, &truth) <= bound, "{} {bound}", distance(&oracle, &truth));

            // The steps: polar rests at the oracle, Gram–Schmidt as near to it as derived above (first order,
            // so a tenth is added), and its loss is within 1 % where the noise is.
            let (start, rate) = (Mapping::identity(k), k as f32 / 32.0);
            let polar = converged(start.clone(), &wa, &wb, rate, Orthogonalisation::Polar);
            assert!(distance(&polar, &oracle) < 1e-8, "k {k} noise {noise}: {}", distance(&polar, &oracle));
            let by_the_letter = converged(start, &wa, &wb, rate, Orthogonalisation::GramSchmidt);
            let off = gram_schmidt_bound(&by_the_letter, &wa, &wb) * 1.1;
            assert!(distance(&by_the_letter, &oracle) <= off, "{} {off}", distance(&by_the_letter, &oracle));
            assert!(distance(&by_the_letter, &truth) <= bound + off);
            let excess = by_the_letter.mapping_loss(&wa, &wb) / oracle.mapping_loss(&wa, &wb) - 1.0;
            assert!((-1e-12..0.01).contains(&excess), "{excess}");
        }
    }

    #[test]
    fn gram_schmidt_by_the_letter_misses_the_minimum_of_noisy_pairs_and_polar_does_not() {
        // One axis far noisier than the others, as in real pairs.
        let mut generator = generator("bias");
        let k = 8;
        let truth = random_rotation(k, &mut generator);
        let (wa, wb) = planted(&truth, 300, |_| 0.2, |i| if i == 0 { 1.0 } else { 0.05 }, &mut generator);
        let best = Mapping::procrustes(k, &wa, &wb).unwrap();
        let lowest = best.mapping_loss(&wa, &wb);
        let loss = |how, rate| converged(best.clone(), &wa, &wb, rate, how).mapping_loss(&wa, &wb) / lowest;
        assert!((loss(Orthogonalisation::Polar, 0.05) - 1.0).abs() < 1e-9);
        let (fast, slow) =
            (loss(Orthogonalisation::GramSchmidt, 0.05), loss(Orthogonalisation::GramSchmidt, 0.02));
        assert!(fast > 1.01, "{fast}");
        assert!((fast / slow - 1.0).abs() < 0.01, "a smaller learning rate does not help: {fast} {slow}");
    }

    #[test]
    fn small_steps_from_the_identity_never_reach_a_reflection() {
        let mut generator = generator("reflection");
        let mut rows = eye(4);
        rows[(0, 0)] = -1.0;
        let truth = Mapping { b_from_a: rows };
        let (wa, wb) = planted(&truth, 50, |_| 0.5, |_| 0.0, &mut generator);
        let stuck = converged(Mapping::identity(4), &wa, &wb, 0.05, Orthogonalisation::GramSchmidt);
        assert!(stuck.b_from_a.determinant() > 0.0 && stuck.mapping_loss(&wa, &wb) > 1.0);
        assert!(Mapping::procrustes(4, &wa, &wb).unwrap().mapping_loss(&wa, &wb) < 1e-9);
    }

    #[test]
    fn adam_comes_to_the_minimum_with_either_orthogonalisation() {
        let mut generator = generator("adam");
        let k = 8;
        let truth = random_rotation(k, &mut generator);
        let (wa, wb) = planted(&truth, 100, |_| 0.3, |i| 0.02 * (i + 1) as f32, &mut generator);
        let lowest = Mapping::procrustes(k, &wa, &wb).unwrap().mapping_loss(&wa, &wb);
        for how in [Orthogonalisation::GramSchmidt, Orthogonalisation::Polar] {
            let (mut x, mut adam) = (Mapping::identity(k), MappingAdam::new());
            let mut losses = Vec::new();
            for step in 0..1_500 {
                let rate = if step < 1_000 { 0.02 } else { 0.001 };
                losses.push(adam.step(&mut x, &wa, &wb, rate, how).unwrap());
                assert!(x.orthogonality_error() < 1e-10);
            }
            assert!((losses[0] - Mapping::identity(k).mapping_loss(&wa, &wb) / 100.0).abs() < 1e-9);
            let excess = x.mapping_loss(&wa, &wb) / lowest - 1.0;
            assert!(excess < 1e-4, "{how:?} {excess}");
        }
    }

    #[test]
    fn k_minus_one_exact_pairs_fix_x_up_to_a_reflection_and_k_pairs_fix_it() {
        let mut generator = generator("pairs");
        for k in [2, 3, 8, 16] {
            let truth = Mapping::random(k, &mut generator);
            // Rows of a random orthogonal matrix: independent, and none the shadow of the others.
            let wa = Mapping::random(k, &mut generator).as_rows();
            let wb = truth.to_b(&wa);

            let all = Mapping::procrustes(k, &wa, &wb).unwrap();
            assert!((&all.b_from_a - &truth.b_from_a).norm() < 1e-5);

            let (wa_fewer, wb_fewer) = (&wa[..(k - 1) * k], &wb[..(k - 1) * k]);
            let fewer = Mapping::procrustes(k, wa_fewer, wb_fewer).unwrap();
            assert!(fewer.mapping_loss(wa_fewer, wb_fewer) < 1e-9);
            // X*ᵀ X keeps what the pairs span and either keeps or flips the one direction left, a's last row.
            let last = DVector::from_iterator(k, wa[(k - 1) * k..].iter().map(|&x| f64::from(x)));
            let flip = eye(k) - &last * last.transpose() * 2.0;
            let rest = truth.a_from_b() * &fewer.b_from_a;
            let distance = (&rest - eye(k)).norm().min((&rest - flip).norm());
            assert!(distance < 1e-5, "k {k}: {distance}");
        }
    }

    #[test]
    fn where_pairs_leave_x_open_it_is_nearest_to_the_identity() {
        assert_eq!(Mapping::procrustes(3, &[], &[]).unwrap(), Mapping::identity(3));
        assert_eq!(Mapping::procrustes(2, &[0.0; 6], &[0.0; 6]).unwrap(), Mapping::identity(2));
        // One pair, e₁ to e₂, in three dimensions: the quarter turn that leaves e₃ alone, or its mirror
        // image, and no other; both have the same trace.
        let x = Mapping::procrustes(3, &[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0]).unwrap();
        assert_eq!(x.to_b(&[1.0, 0.0, 0.0]), [0.0, 1.0, 0.0]);
        assert!((x.b_from_a.trace() - 1.0).abs() < 1e-12);
        // Against other maps that fit two pairs as well, made by turning what is left of A: the largest trace
        // is the smallest distance from the identity.
        let mut generator = generator("open");
        let (k, truth) = (6, Mapping::random(6, &mut generator));
        let wa = generator.normals(2 * k, 1.0);
        let wb = truth.to_b(&wa);
        let x = Mapping::procrustes(k, &wa, &wb).unwrap();
        let spanned = DMatrix::from_fn(k, 2, |i, j| f64::from(wa[j * k + i])).qr().q();
        let left = complement(spanned.clone());
        for _ in 0..1_000 {
            let turn = Mapping::random(k - 2, &mut generator);
            let inner = &spanned * spanned.transpose() + &left * turn.b_from_a() * left.transpose();
            let other = Mapping { b_from_a: x.b_from_a() * inner };
            assert!((other.mapping_loss(&wa, &wb) - x.mapping_loss(&wa, &wb)).abs() < 1e-9);
            assert!(other.b_from_a.trace() <= x.b_from_a.trace());
        }
        // A pair that stays: everything stays.
        let x = Mapping::procrustes(3, &[0.0, 0.5, 0.5], &[0.0, 0.5, 0.5]).unwrap();
        assert!((x.b_from_a - eye(3)).norm() < 1e-12);
    }

    #[test]
    fn few_duplicate_and_dependent_pairs_give_an_orthogonal_x_that_fits_them() {
        let mut generator = generator("rank");
        for trial in 0..400 {
            let k = 2 + trial % 31;
            let n = 1 + trial % k;
            let truth = Mapping::random(k, &mut generator);
            let mut wa: Vec<f32> = generator.normals(n * k, 1.0);
            // Coarse numbers make exact dependence, the second copy duplicates.
            wa.iter_mut().for_each(|x| *x = x.round());
            wa.extend(wa.clone());
            let wb = truth.to_b(&wa);
            let x = Mapping::procrustes(k, &wa, &wb).unwrap();
            assert!(x.orthogonality_error() < 1e-10, "k {k} n {n}: {}", x.orthogonality_error());
            let error = x.mapping_loss(&wa, &wb);
            assert!(error < 1e-6 * (n * k) as f64, "k {k} n {n}: {error}");
            assert_eq!(x, Mapping::procrustes(k, &wa, &wb).unwrap());
        }
    }

    #[test]
    fn the_decomposition_is_right_for_any_rank_and_size_of_numbers() {
        let mut generator = generator("jacobi");
        for trial in 0..300 {
            let k = 1 + trial % 24;
            let r = trial / 24 % (k + 1);
            let size = [1.0, 1e-30, 1e30][trial % 3];
            let a = DMatrix::from_fn(k, r, |_, _| f64::from(generator.normal()));
            let b = DMatrix::from_fn(r, k, |_, _| f64::from(generator.normal()));
            let m = a * b * size;
            let (scaled, v) = orthogonal_columns(&m);
            assert!((v.transpose() * &v - eye(k)).norm() < 1e-12);
            assert!((&scaled * v.transpose() - &m).norm() <= 1e-13 * m.norm());
            let gram = scaled.transpose() * &scaled / m.norm_squared().max(1e-200);
            assert!((&gram - DMatrix::from_diagonal(&gram.diagonal())).amax() < 1e-13);

            let symmetric = &m + m.transpose();
            let (values, vectors) = symmetric_eigen(&symmetric);
            let back =
                &vectors * DMatrix::from_diagonal(&DVector::from_vec(values.clone())) * vectors.transpose();
            assert!((back - &symmetric).norm() <= 1e-13 * k as f64 * symmetric.norm());
            assert!(values.is_sorted_by(|x, y| x >= y));
        }
    }

    #[test]
    fn polar_is_the_nearest_orthogonal_matrix_and_gram_schmidt_keeps_the_first_column() {
        let mut generator = generator("nearest");
        let entries: Vec<f64> = generator.normals(16, 1.0).into_iter().map(f64::from).collect();
        let m = Mapping::from_rows(4, &entries).unwrap();
        let polar = m.orthogonalised(Orthogonalisation::Polar);
        let distance = |x: &Mapping| (&x.b_from_a - &m.b_from_a).norm();
        for _ in 0..1_000 {
            assert!(distance(&polar) <= distance(&Mapping::random(4, &mut generator)));
        }
        let q = m.orthogonalised(Orthogonalisation::GramSchmidt);
        assert!(q.orthogonality_error() < 1e-13 && polar.orthogonality_error() < 1e-13);
        let r = q.b_from_a.transpose() * &m.b_from_a;
        assert!((0..4).all(|i| r[(i, i)] > 0.0 && (0..i).all(|j| r[(i, j)].abs() < 1e-12)));
        // What is orthogonal already stays.
        for how in [Orthogonalisation::GramSchmidt, Orthogonalisation::Polar] {
            assert!((polar.orthogonalised(how).b_from_a - &polar.b_from_a).norm() < 1e-13);
            // And even nothing becomes orthogonal.
            let nothing = Mapping::from_rows(3, &[0.0; 9]).unwrap();
            assert!(nothing.orthogonalised(how).orthogonality_error() < 1e-13);
        }
    }

    #[test]
    fn alignment_is_zero_for_the_planted_map_and_one_for_the_mean() {
        let mut generator = generator("alignment");
        let (k, n) = (6, 4_000);
        let truth = Mapping::random(k, &mut generator);
        let (wa, mut wb) = planted(&truth, n, |_| 0.4, |_| 0.0, &mut generator);
        let mean = mean_embedding(k, &wb);
        assert!(truth.alignment(&wa, &wb, &mean).unwrap() < 1e-10);
        // Guessing zero is guessing the mean of these centred users.
        let nothing = Mapping::from_rows(k, &[0.0; 36]).unwrap();
        assert!((nothing.alignment(&wa, &wb, &mean).unwrap() - 1.0).abs() < 1e-2);
        // Unrelated users: any orthogonal map doubles the error.
        wb = generator.normals(n * k, 0.4);
        assert!((truth.alignment(&wa, &wb, &mean).unwrap() - 2.0).abs() < 0.1);

        // By hand: a = 1, b = 2, mean 4, X = 1: (1 − 2)² / (4 − 2)².
        assert_eq!(Mapping::identity(1).alignment(&[1.0], &[2.0], &[4.0]), Some(0.25));
        assert_eq!(Mapping::identity(1).alignment(&[], &[], &[4.0]), None);
        assert_eq!(Mapping::identity(1).alignment(&[1.0], &[4.0], &[4.0]), None);
        assert_eq!(Mapping::identity(1).alignment(&[1.0], &[4.0], &[]), None);
        assert_eq!(Mapping::identity(1).alignment(&[f32::NAN], &[4.0], &[4.0]), None);
        assert_eq!(mean_embedding(2, &[1.0, 2.0, 3.0, 6.0]), [2.0, 4.0]);
        assert_eq!(mean_embedding(2, &[]), [0.0, 0.0]);
    }

    #[test]
    fn what_is_not_finite_or_does_not_fit_is_an_error_and_leaves_x_alone() {
        let both = [Orthogonalisation::GramSchmidt, Orthogonalisation::Polar];
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(Mapping::procrustes(2, &[1.0, bad], &[1.0, 0.0]).is_err());
            assert!(Mapping::from_rows(1, &[f64::from(bad)]).is_err());
            for how in both {
                let mut x = Mapping::identity(2);
                assert!(x.gradient_step(&[1.0, 0.0], &[bad, 0.0], 0.1, how).is_err());
                assert!(matches!(
                    x.gradient_step(&[1.0, 0.0], &[0.0, 1.0], bad, how),
                    Err(Error::NotFinite { .. })
                ));
                assert!(MappingAdam::new().step(&mut x, &[1.0, 0.0], &[0.0, 1.0], bad, how).is_err());
                assert_eq!(x, Mapping::identity(2));
            }
        }
        assert!(Mapping::procrustes(2, &[1.0, 0.0], &[1.0]).is_err());
        assert!(Mapping::procrustes(2, &[1.0], &[1.0]).is_err());
        assert!(Mapping::procrustes(0, &[], &[]).is_err());
        assert!(Mapping::from_rows(2, &[1.0, 0.0, 0.0]).is_err());
        for how in both {
            let mut x = Mapping::identity(2);
            assert_eq!(x.gradient_step(&[], &[], 0.1, how).unwrap(), 0.0);
            assert_eq!(MappingAdam::new().step(&mut x, &[], &[], 0.1, how).unwrap(), 0.0);
            assert_eq!(x, Mapping::identity(2));
        }
        // As large as f32 goes.
        let huge = Mapping::procrustes(2, &[f32::MAX, 0.0], &[0.0, f32::MAX]).unwrap();
        assert!(huge.orthogonality_error() < 1e-12);
    }
}
