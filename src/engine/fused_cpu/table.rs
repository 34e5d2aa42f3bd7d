//! A parameter that steps name rows of: embeddings, and the first and last layer of an autoencoder over ratings. A row's
//! value and moments lie side by side; gradients exist for the named rows only.

use pulp::Simd;

use super::aligned::{Aligned, padded, zeros};
use super::isa::vectorised;
use crate::engine::adam::{Rule, Rules};
use crate::engine::idle::Idle;
use crate::engine::{Adam, Param, ParamState, UpdatedRows};
use crate::error::Result;

/// The row has no gradient in this step.
const NONE: u32 = u32::MAX;

/// Rows of `[value | m | v]`, each of `width`; of values alone where nothing is trained.
pub(super) struct Table {
    columns: usize,
    /// Padded columns.
    pub(super) width: usize,
    stride: usize,
    data: Aligned,
    /// Gradient of each row of the table, by number in `gradients`.
    slots: Vec<u32>,
    /// The rows with a gradient, in the order of their naming.
    named: Vec<u32>,
    gradients: Aligned,
    /// Where all rows are updated: the last step that each row has been through, and what it does from there.
    idle: Option<(Vec<u32>, Idle)>,
    pub(super) trainable: bool,
    weight_decay: f32,
    steps: u32,
    is_active: bool,
}

impl Table {
    /// A table with its first values; `is_scalar` for one of single numbers rather than vectors.
    pub(super) fn new(param: &Param, is_scalar: bool, adam: &Adam) -> Self {
        // One number a row (the output biases of an autoencoder) has nobody beside it that would need whole vectors.
        let width = if param.columns == 1 && is_scalar { 1 } else { padded(param.columns) };
        let stride = if param.trainable { 3 * width } else { width };
        let mut table = Self {
            columns: param.columns,
            width,
            stride,
            data: zeros(param.rows * stride),
            slots: vec![NONE; if param.trainable { param.rows } else { 0 }],
            named: Vec::new(),
            gradients: zeros(0),
            idle: (param.trainable && adam.rows == UpdatedRows::All)
                .then(|| (vec![0; param.rows], Idle::new(*adam, param.weight_decay))),
            trainable: param.trainable,
            weight_decay: param.weight_decay,
            steps: 0,
            is_active: false,
        };
        table.set(&param.values);
        table
    }

    /// The values as they are outside, `[rows, columns]`.
    pub(super) fn get(&self) -> Vec<f32> {
        let mut row_now = vec![0.0; self.stride];
        let mut values = Vec::with_capacity(self.data.len() / self.stride.max(1) * self.columns);
        for (row, data) in self.data.chunks_exact(self.stride.max(1)).enumerate() {
            row_now.copy_from_slice(data);
            if let Some((last, idle)) = &self.idle {
                catch_up(idle, last[row], self.steps, &mut row_now);
            }
            values.extend_from_slice(&row_now[..self.columns]);
        }
        values
    }

    /// Values and moments of all rows, as of the last step that each has been through.
    pub(super) fn state(&self) -> ParamState {
        let part = |n: usize| -> Vec<f32> {
            let rows = self.data.chunks_exact(self.stride.max(1));
            rows.flat_map(|row| &row[n * self.width..][..self.columns]).copied().collect()
        };
        ParamState {
            values: part(0),
            moments: if self.trainable { [part(1), part(2)] } else { Default::default() },
            last: self.idle.as_ref().map_or_else(Vec::new, |(last, _)| last.clone()),
            steps: self.steps,
        }
    }

    /// Goes to where a table of the same shape was.
    ///
    /// # Errors
    /// When it was of another shape.
    pub(super) fn restore(&mut self, state: ParamState) -> Result<()> {
        let (columns, width) = (self.columns, self.width);
        let rows = self.data.len() / self.stride.max(1);
        state.check([rows, columns], self.trainable, self.idle.is_some())?;
        let ParamState { values, moments, last: through, steps } = state;
        for (n, numbers) in [&values, &moments[0], &moments[1]].into_iter().enumerate() {
            let rows = self.data.chunks_exact_mut(self.stride.max(1));
            for (row, new) in rows.zip(numbers.chunks_exact(columns.max(1))) {
                row[n * width..][..columns].copy_from_slice(new);
            }
        }
        self.steps = steps;
        if let Some((last, idle)) = &mut self.idle {
            *last = through;
            idle.prepare(steps);
        }
        Ok(())
    }

    /// Values, first and second moments of all rows, as they lie there.
    #[cfg(test)]
    pub(super) fn parts(&self) -> [Vec<f32>; 3] {
        let part = |n: usize| self.data.chunks(self.width).skip(n).step_by(3).flatten().copied().collect();
        [part(0), part(1), part(2)]
    }

    /// Replaces the values.
    pub(super) fn set(&mut self, values: &[f32]) {
        let (columns, steps) = (self.columns, self.steps);
        if let Some((last, idle)) = &mut self.idle {
            for (data, last) in self.data.chunks_exact_mut(self.stride).zip(last) {
                catch_up(idle, std::mem::replace(last, steps), steps, data);
            }
        }
        let rows = self.data.chunks_exact_mut(self.stride.max(1));
        for (row, new) in rows.zip(values.chunks_exact(columns.max(1))) {
            row[..columns].copy_from_slice(new);
        }
    }

    /// Has the named rows go through the steps that did not name them, where all rows are updated.
    pub(super) fn catch_up<S: Simd>(&mut self, simd: S, named: impl Iterator<Item = u32>) {
        let Some((last, idle)) = &mut self.idle else { return };
        let (steps, stride) = (self.steps, self.stride);
        vectorised!(simd, {
            for row in named {
                let row = row as usize;
                if last[row] < steps {
                    catch_up(idle, last[row], steps, &mut self.data[row * stride..][..stride]);
                    last[row] = steps;
                }
            }
        });
    }

    /// Has the cache bring the named rows, values and moments, many at a time: whoever works on a row would wait for it
    /// alone.
    #[inline(always)]
    pub(super) fn touch(&self, named: &[u32]) {
        let mut bits = 0;
        for &row in named {
            let row = row & !super::gather::WITHHELD;
            let data = &self.data[row as usize * self.stride..][..self.stride];
            bits ^= data[0].to_bits() ^ data[self.stride / 3].to_bits() ^ data[self.stride / 3 * 2].to_bits();
        }
        std::hint::black_box(bits);
    }

    /// The value of a row, `[width]`.
    #[inline(always)]
    pub(super) fn row(&self, row: u32) -> &[f32] {
        &self.data[row as usize * self.stride..][..self.width]
    }

    /// The gradient of a row in this step, to be added to. Only for tables that are trained.
    #[inline(always)]
    pub(super) fn gradient(&mut self, row: u32) -> &mut [f32] {
        let (is_new, gradient, _) = self.gradient_and_value(row);
        if is_new {
            // Not `fill`, which is a call in wasm.
            gradient.iter_mut().for_each(|g| *g = 0.0);
        }
        gradient
    }

    /// Whether the row has no gradient yet in this step; where the gradient is (or, if it is new, has to be put); and
    /// [`Table::row`].
    #[inline(always)]
    pub(super) fn gradient_and_value(&mut self, row: u32) -> (bool, &mut [f32], &[f32]) {
        let (mut slot, width) = (self.slots[row as usize] as usize, self.width);
        let is_new = slot == NONE as usize;
        if is_new {
            slot = self.named.len();
            self.slots[row as usize] = slot as u32;
            self.named.push(row);
            let end = (slot + 1) * width;
            if end > self.gradients.len() {
                self.gradients.resize(2 * end, 0.0);
            }
        }
        let value = &self.data[row as usize * self.stride..][..width];
        (is_new, &mut self.gradients[slot * width..][..width], value)
    }

    /// This step has a gradient of it, if it is trained at all: whether it is.
    #[inline(always)]
    pub(super) fn activate(&mut self) -> bool {
        self.is_active |= self.trainable;
        self.trainable
    }

    /// Takes this step's gradient, `[rows, columns]`, and rests; `None` where there is none.
    pub(super) fn take_gradient(&mut self) -> Option<Vec<f32>> {
        let active = std::mem::take(&mut self.is_active);
        let mut all = vec![0.0; self.slots.len() * self.columns];
        for (slot, &row) in self.named.iter().enumerate() {
            let gradient = &self.gradients[slot * self.width..][..self.columns];
            all[row as usize * self.columns..][..self.columns].copy_from_slice(gradient);
            self.slots[row as usize] = NONE;
        }
        self.named.clear();
        active.then_some(all)
    }

    /// One step of the optimiser, if there is a gradient.
    pub(super) fn step<S: Simd>(&mut self, simd: S, rules: &mut Rules) {
        if !self.is_active {
            return;
        }
        self.is_active = false;
        self.steps += 1;
        if let Some((last, idle)) = &mut self.idle {
            idle.prepare(self.steps);
            self.named.iter().for_each(|&row| last[row as usize] = self.steps);
        }
        let rule = rules.of(self.weight_decay, self.steps);
        vectorised!(
            simd,
            match self.width {
                8 => self.apply::<8>(&rule),
                16 => self.apply::<16>(&rule),
                32 => self.apply::<32>(&rule),
                64 => self.apply::<64>(&rule),
                _ => self.apply::<0>(&rule),
            }
        );
        for &row in &self.named {
            self.slots[row as usize] = NONE;
        }
        self.named.clear();
    }

    /// The rule on the named rows, for a width that the compiler knows, or any (`W` = 0).
    #[inline(always)]
    fn apply<const W: usize>(&mut self, rule: &Rule) {
        let width = if W == 0 { self.width } else { W };
        for (&row, g) in self.named.iter().zip(self.gradients.chunks_exact(width)) {
            apply_to_row::<W>(rule, &mut self.data[row as usize * 3 * width..], g);
        }
    }
}

/// The steps after `last` up to and with `now` on one row, `[value | m | v]`.
#[inline(always)]
fn catch_up(idle: &Idle, last: u32, now: u32, data: &mut [f32]) {
    let (value, rest) = data.split_at_mut(data.len() / 3);
    let (m, v) = rest.split_at_mut(value.len());
    idle.catch_up(last, now, value, m, v);
}

/// The rule on one row, `[value | m | v]`. (A function and not a closure: closures are compiled without the vector
/// instructions of whoever calls them.)
#[inline(always)]
fn apply_to_row<const W: usize>(rule: &Rule, data: &mut [f32], g: &[f32]) {
    let width = if W == 0 { g.len() } else { W };
    let (value, rest) = data.split_at_mut(width);
    let (m, rest) = rest.split_at_mut(width);
    let v = &mut rest[..width];
    rule.apply_all(value, m, v, &g[..width]);
}
