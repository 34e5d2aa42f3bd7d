//! Matrices made orthogonal and symmetric matrices taken apart: what the mapping (Eqs. 3 and 4) and its picture are
//! computed with. The singular values are our own because the library's lose low-rank matrices, and few overlap users
//! always give such.

use nalgebra::{DMatrix, DVector};

/// Singular values below this share of the largest count as zero: far above the rounding of sums of products
/// of `f32`, far below anything that data say.
const RANK_TOLERANCE: f64 = 1e-12;

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
pub(super) fn gram_schmidt(matrix: DMatrix<f64>) -> DMatrix<f64> {
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
pub(super) fn polar(matrix: &DMatrix<f64>) -> DMatrix<f64> {
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
pub(super) fn complement(basis: DMatrix<f64>) -> DMatrix<f64> {
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
/// permutations. Tests hold that against every new version of it.
pub(super) fn orthogonal_columns(matrix: &DMatrix<f64>) -> (DMatrix<f64>, DMatrix<f64>) {
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
