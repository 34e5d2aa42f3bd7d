//! The picture of the map: one plane for the users of all domains, and for each domain the turn from u to X u (X of
//! Eq. 3, or the maps along a walk of links) as one motion, the shortest path from I to X among the rotations. After the
//! mapping step; the page draws it.

#[cfg(test)]
mod tests;
mod turn;

use nalgebra::{DMatrix, DVector};
use serde::Serialize;

use crate::dml::mapping::{Mapping, Orthogonalisation, apply, mean_row, outer_sum, symmetric_eigen};
use crate::error::{Error, Result};
use turn::Turn;

/// One plane of the turn: at time t coordinates i and j turn by t · `angle`,
/// (xᵢ, xⱼ) ← (cos · xᵢ − sin · xⱼ, sin · xᵢ + cos · xⱼ).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Plane {
    /// First coordinate.
    pub i: usize,
    /// Second coordinate.
    pub j: usize,
    /// Whole angle in radians, in (0, π].
    pub angle: f32,
}

/// A domain's users as they enter the picture.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'u> {
    /// Their vectors, `[users, k]`, row-major; there may be none.
    pub users: &'u [f32],
    /// X from their space to the one that is shown; `None` for those of that space, who stand still.
    pub mapping: Option<&'u Mapping>,
}

/// One domain's users in the coordinates of their turn. User n stands at `projection` · R(t) · `points[n]`, where R(t) turns
/// each of `planes`; t = 0 is P · u, before the map, t = 1 is P · X u, after it, P being the picture's `axes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    /// Coordinates of a user. k + 1 for a cloud that turns: it needs the one more dimension where X is a reflection, as no
    /// rotation in k dimensions leads from I to it. 2 for one that stands still.
    pub width: usize,
    /// P in these coordinates, `[2, width]`, row-major.
    pub projection: Vec<f32>,
    /// The planes of the turn, on disjoint coordinates; none where X = I and where nothing turns.
    pub planes: Vec<Plane>,
    /// The users, `[users, width]`, row-major.
    pub points: Vec<f32>,
    /// From vectors to these coordinates, `[width, k]`.
    frame: DMatrix<f64>,
}

/// All clouds in one plane. Nothing is centred: X turns about the origin of the embedding space, so the origin of the
/// picture is that origin.
#[derive(Clone, Debug, PartialEq)]
pub struct MapProjection {
    /// By domain.
    pub clouds: Vec<Cloud>,
    /// Share of the variance of all clouds, each where its map puts it, that the picture shows, 0 to 1; 0 where there is
    /// none.
    pub explained: f32,
    /// P, `[2, k]`, row-major, orthonormal rows (the second is zero where k = 1): what the next picture is to
    /// be aligned to.
    pub axes: Vec<f32>,
}

impl MapProjection {
    /// Finds the plane of largest variance of all clouds together, each where its map puts it and weighing the same
    /// however many users it has, and the turn from I to each X.
    ///
    /// `align_to`, the `axes` of the picture before, turns (or mirrors) this one *within its plane* to be as
    /// near to it as can be, so that it does not spin or flip while training; without it, or where its length
    /// does not fit, the largest component of each axis is positive. An X that is not quite orthogonal is
    /// replaced by the nearest that is.
    ///
    /// # Shapes
    /// `align_to`: `[2, k]`, row-major.
    ///
    /// # Errors
    /// Shapes that do not fit, or an embedding that is not finite.
    pub fn new(k: usize, clouds: &[Placed], align_to: Option<&[f32]>) -> Result<Self> {
        check(k, clouds)?;
        let maps: Vec<Option<Mapping>> = (clouds.iter())
            .map(|cloud| Some(cloud.mapping?.orthogonalised(Orthogonalisation::Polar)))
            .collect();
        let placed: Vec<(&[f32], Option<&DMatrix<f64>>)> = (clouds.iter().zip(&maps))
            .map(|(cloud, map)| (cloud.users, map.as_ref().map(Mapping::b_from_a)))
            .collect();
        let (mut axes, explained) = principal_axes(&covariance(k, &placed));
        if let Some(before) = align_to.filter(|before| before.len() == 2 * k) {
            axes = aligned(&axes, &DMatrix::from_row_iterator(2, k, before.iter().map(|&x| f64::from(x))));
        }
        Ok(Self {
            clouds: placed.iter().map(|&(users, x)| Cloud::new(k, users, x, &axes)).collect(),
            explained: explained as f32,
            axes: row_major(&axes),
        })
    }
}

impl Cloud {
    /// Users whom `x` turns, or who stand still, on axes `[2, k]`.
    fn new(k: usize, users: &[f32], x: Option<&DMatrix<f64>>, axes: &DMatrix<f64>) -> Self {
        let Some(x) = x else {
            let points = map_rows(axes, users);
            let projection = vec![1.0, 0.0, 0.0, 1.0];
            return Self { width: 2, projection, planes: Vec::new(), points, frame: axes.clone() };
        };
        let turn = Turn::to(x);
        let frame = turn.basis.rows(0, k).transpose();
        Self {
            width: k + 1,
            projection: row_major(&(axes * turn.basis.rows(0, k))),
            planes: turn.planes,
            points: map_rows(&frame, users),
            frame,
        }
    }

    /// Where the users stand after the map, in the plane, `[users, 2]`, row-major.
    pub fn after(&self) -> Vec<f32> {
        let mut axes = self.projection.clone();
        let (x_axis, y_axis) = axes.split_at_mut(self.width);
        for &Plane { i, j, angle } in &self.planes {
            let (sine, cosine) = angle.sin_cos();
            for axis in [&mut *x_axis, &mut *y_axis] {
                (axis[i], axis[j]) = (cosine * axis[i] + sine * axis[j], cosine * axis[j] - sine * axis[i]);
            }
        }
        let along = |axis: &[f32], point: &[f32]| axis.iter().zip(point).map(|(x, y)| x * y).sum::<f32>();
        (self.points.chunks_exact(self.width))
            .flat_map(|point| [along(x_axis, point), along(y_axis, point)])
            .collect()
    }

    /// Further vectors of the domain in the coordinates of its users, `[n, k]` to `[n, width]`, row-major.
    pub fn coordinates(&self, vectors: &[f32]) -> Vec<f32> {
        map_rows(&self.frame, vectors)
    }
}

fn check(k: usize, clouds: &[Placed]) -> Result<()> {
    for &Placed { users, mapping } in clouds {
        let width = mapping.map_or(k, Mapping::k);
        if k == 0 || width != k || !users.len().is_multiple_of(k) {
            return Err(Error::data(
                format!(
                    "The map has {width} dimensions; users have {} numbers, not rows of {k} each",
                    users.len()
                ),
                "Give all domains the same embedding size",
            ));
        }
        if !users.iter().all(|x| x.is_finite()) {
            return Err(Error::data(
                "The embedding of a user is not a finite number",
                "Lower the learning rate and train again",
            ));
        }
    }
    Ok(())
}

/// The covariance `[k, k]` of all clouds, each where its X puts it, about their common centre; each weighs the same (an
/// empty one nothing).
fn covariance(k: usize, placed: &[(&[f32], Option<&DMatrix<f64>>)]) -> DMatrix<f64> {
    let mut moment = DMatrix::zeros(k, k);
    let mut centre = DVector::zeros(k);
    let clouds = placed.iter().filter(|(users, _)| !users.is_empty()).count();
    for &(users, x) in placed.iter().filter(|(users, _)| !users.is_empty()) {
        let own = outer_sum(k, users, users) / (clouds * (users.len() / k)) as f64;
        let mean = mean_row(k, users) / clouds as f64;
        // X is orthogonal, so the moments of {X u} are those of {u}, turned; no need to turn every user.
        match x {
            Some(x) => {
                moment += x * own * x.transpose();
                centre += x * mean;
            }
            None => {
                moment += own;
                centre += mean;
            }
        }
    }
    let covariance = &moment - &centre * centre.transpose();
    // Where all users stand in one place only rounding is left, which has no direction.
    if covariance.trace() > 1e-12 * moment.trace() { covariance } else { DMatrix::zeros(k, k) }
}

/// The two axes of largest variance as rows `[2, k]`, largest component positive, and their share of the
/// variance.
fn principal_axes(covariance: &DMatrix<f64>) -> (DMatrix<f64>, f64) {
    let k = covariance.nrows();
    let (variances, vectors) = symmetric_eigen(covariance);
    let mut axes = DMatrix::zeros(2, k);
    for (mut axis, vector) in axes.row_iter_mut().zip(vectors.column_iter()) {
        let largest = vector.iter().fold(0.0, |best: f64, &x| if x.abs() > best.abs() { x } else { best });
        axis.tr_copy_from(&(vector * largest.signum()));
    }
    let all = covariance.trace();
    let shown: f64 = variances.iter().take(2).sum();
    (axes, if all > 0.0 { (shown / all).clamp(0.0, 1.0) } else { 0.0 })
}

/// The same plane with its two axes turned or mirrored to be nearest to `before`, both `[2, k]`.
fn aligned(axes: &DMatrix<f64>, before: &DMatrix<f64>) -> DMatrix<f64> {
    // Orthogonal Procrustes in two dimensions: the orthogonal matrix nearest to before · axesᵀ.
    let m = before * axes.transpose();
    let rotation = (m[(0, 0)] + m[(1, 1)], m[(1, 0)] - m[(0, 1)]);
    let mirror = (m[(0, 0)] - m[(1, 1)], m[(1, 0)] + m[(0, 1)]);
    let is_rotation = rotation.0.hypot(rotation.1) >= mirror.0.hypot(mirror.1);
    let (cosine, sine) = if is_rotation { rotation } else { mirror };
    let length = cosine.hypot(sine);
    if length == 0.0 || !length.is_finite() {
        return axes.clone();
    }
    let (cosine, sine) = (cosine / length, sine / length);
    let (right, below) = if is_rotation { (-sine, cosine) } else { (sine, -cosine) };
    DMatrix::from_row_slice(2, 2, &[cosine, right, sine, below]) * axes
}

/// `matrix` · row for every row of `rows`, row-major.
fn map_rows(matrix: &DMatrix<f64>, rows: &[f32]) -> Vec<f32> {
    let (to, from) = matrix.shape();
    let mut out = Vec::with_capacity(rows.len() / from.max(1) * to);
    let mut mapped = vec![0.0; to];
    for row in rows.chunks_exact(from.max(1)) {
        apply(matrix, row, &mut mapped);
        out.extend(mapped.iter().map(|&x| x as f32));
    }
    out
}

fn row_major(matrix: &DMatrix<f64>) -> Vec<f32> {
    matrix.transpose().iter().map(|&x| x as f32).collect()
}
