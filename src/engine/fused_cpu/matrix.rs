//! A parameter that every step uses whole: a layer's weights or bias, the map X, a tower.

use pulp::Simd;

use super::aligned::{Aligned, padded, zeros};
use super::isa::vectorised;
use super::transpose::transpose;
use crate::engine::adam::Rules;
use crate::engine::{Param, ParamState};
use crate::error::Result;

/// Values, moments and gradient, `[inner rows, stride]` each. The rows of a first layer's weights lie so that they fit
/// the padded inputs.
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    /// Inner row of each outer row.
    places: Vec<usize>,
    pub(super) stride: usize,
    pub(super) inner_rows: usize,
    pub(super) values: Aligned,
    moments: [Aligned; 2],
    pub(super) gradient: Aligned,
    /// `[stride, inner rows]`, where somebody multiplies with it.
    pub(super) transposed: Option<Aligned>,
    pub(super) trainable: bool,
    weight_decay: f32,
    steps: u32,
    /// Whether this step has a gradient of it.
    is_active: bool,
}

/// How a matrix lies inside.
#[derive(Default)]
pub(super) struct Shape {
    /// Inner rows, where they are not the outer ones.
    pub(super) places: Option<Vec<usize>>,
    /// One row without padding: a bias.
    pub(super) is_row: bool,
    /// One column without padding: a layer with one output.
    pub(super) is_column: bool,
    /// Somebody multiplies with it both ways.
    pub(super) with_transposed: bool,
}

impl Matrix {
    /// A parameter with its first values.
    pub(super) fn new(param: &Param, shape: Shape) -> Self {
        let places = shape.places.unwrap_or_else(|| (0..param.rows).collect());
        let rows = places.last().map_or(0, |last| last + 1);
        let inner_rows = if shape.is_row { 1 } else { padded(rows) };
        let stride = if shape.is_column { 1 } else { padded(param.columns) };
        let whole = || zeros(inner_rows * stride);
        let no_moments = || if param.trainable { whole() } else { zeros(0) };
        let mut matrix = Self {
            rows: param.rows,
            columns: param.columns,
            places,
            stride,
            inner_rows,
            values: whole(),
            moments: [no_moments(), no_moments()],
            gradient: no_moments(),
            transposed: shape.with_transposed.then(whole),
            trainable: param.trainable,
            weight_decay: param.weight_decay,
            steps: 0,
            is_active: false,
        };
        matrix.set(&param.values);
        matrix
    }

    /// The values as they are outside, `[rows, columns]`.
    pub(super) fn get(&self) -> Vec<f32> {
        self.unpacked(&self.values)
    }

    /// Values and moments.
    pub(super) fn state(&self) -> ParamState {
        let moments = || [self.unpacked(&self.moments[0]), self.unpacked(&self.moments[1])];
        ParamState {
            values: self.get(),
            moments: if self.trainable { moments() } else { Default::default() },
            last: Vec::new(),
            steps: self.steps,
        }
    }

    /// Goes to where a matrix of the same shape was.
    ///
    /// # Errors
    /// When it was of another shape.
    pub(super) fn restore(&mut self, state: &ParamState) -> Result<()> {
        state.check([self.rows, self.columns], self.trainable, false)?;
        self.set(&state.values);
        for (moments, new) in self.moments.iter_mut().zip(&state.moments) {
            for (row, &place) in new.chunks_exact(self.columns.max(1)).zip(&self.places) {
                moments[place * self.stride..][..self.columns].copy_from_slice(row);
            }
        }
        self.steps = state.steps;
        Ok(())
    }

    /// Values, first and second moments, as they lie there.
    #[cfg(test)]
    pub(super) fn parts(&self) -> [Vec<f32>; 3] {
        [&self.values, &self.moments[0], &self.moments[1]].map(|numbers| numbers.to_vec())
    }

    /// Replaces the values.
    pub(super) fn set(&mut self, values: &[f32]) {
        for (row, &place) in values.chunks_exact(self.columns.max(1)).zip(&self.places) {
            self.values[place * self.stride..][..self.columns].copy_from_slice(row);
        }
        self.transpose();
    }

    /// Takes this step's gradient, `[rows, columns]`, and rests; `None` where there is none.
    pub(super) fn take_gradient(&mut self) -> Option<Vec<f32>> {
        let gradient = self.is_active.then(|| self.unpacked(&self.gradient));
        self.gradient.fill(0.0);
        self.is_active = false;
        gradient
    }

    /// This step has a gradient of it, if it is trained at all: whether it is.
    #[inline(always)]
    pub(super) fn activate(&mut self) -> bool {
        self.is_active |= self.trainable;
        self.trainable
    }

    /// One step of the optimiser, if there is a gradient.
    pub(super) fn step<S: Simd>(&mut self, simd: S, rules: &mut Rules) {
        if !self.is_active {
            return;
        }
        self.is_active = false;
        self.steps += 1;
        let rule = rules.of(self.weight_decay, self.steps);
        let [m, v] = &mut self.moments;
        let (values, m, v, g) = (&mut *self.values, &mut **m, &mut **v, &mut *self.gradient);
        vectorised!(simd, rule.apply_and_clear(values, m, v, g));
        self.transpose();
    }

    fn transpose(&mut self) {
        if let Some(transposed) = &mut self.transposed {
            transpose(&self.values, self.stride, transposed);
        }
    }

    fn unpacked(&self, inner: &[f32]) -> Vec<f32> {
        let mut values = Vec::with_capacity(self.rows * self.columns);
        for &place in &self.places {
            values.extend_from_slice(&inner[place * self.stride..][..self.columns]);
        }
        values
    }
}
