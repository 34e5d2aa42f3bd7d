//! One side of a term on a tile: the vectors of named rows, with tower and map, and their gradients on the way back.

use std::sync::Arc;

use pulp::Simd;

use super::aligned::{Aligned, zeros};
use super::isa::vectorised;
use super::loops::{add_scaled, copy, for_width};
use super::matrix::Matrix;
use super::network::TILE;
use super::product::{Finish, Product, ROWS, Start, multiply};
use super::table::Table;
use crate::engine::SparseRows;

/// A named row that stands for the same row with its learnt vector withheld: zeros, and no gradient.
pub(super) const WITHHELD: u32 = 1 << 31;

/// The parameters of an engine, by kind.
pub(super) struct Params {
    pub(super) tables: Vec<Table>,
    pub(super) matrices: Vec<Matrix>,
}

/// A gather of the training graph with the numbers of its parameters inside.
pub(super) struct Side {
    pub(super) table: usize,
    /// Weights, features and penalty.
    pub(super) tower: Option<(usize, Arc<SparseRows>, f32)>,
    /// The map, and whether rows are multiplied with X rather than Xᵀ.
    pub(super) through: Option<(usize, bool)>,
    pub(super) detach: bool,
    /// Vectors before the map, and gradients by them, `[TILE, k]`.
    vectors: Aligned,
    gradients: Aligned,
    k: usize,
}

/// A weight of ‖row‖² in the loss: `factor · shares[row]`.
#[derive(Clone, Copy)]
pub(super) struct Penalty<'a> {
    pub(super) factor: f32,
    pub(super) shares: &'a [f32],
}

impl Side {
    pub(super) fn new(
        table: usize,
        tower: Option<(usize, Arc<SparseRows>, f32)>,
        through: Option<(usize, bool)>,
        detach: bool,
        k: usize,
    ) -> Self {
        let tile = || zeros(TILE * k);
        Self { table, tower, through, detach, vectors: tile(), gradients: tile(), k }
    }

    /// Marks what this side trains, once in a share: whether gradients of its vectors are wanted.
    pub(super) fn activate(&self, params: &mut Params) -> bool {
        if self.detach {
            return false;
        }
        let table = params.tables[self.table].activate();
        let map = self.through.is_some_and(|(map, _)| params.matrices[map].activate());
        let tower = self.tower.as_ref().is_some_and(|(tower, ..)| params.matrices[*tower].activate());
        table || map || tower
    }

    /// Adds the tower's penalty, which is part of a rating loss whatever happens to the vectors; `weight` is the share's.
    pub(super) fn penalise<S: Simd>(&self, simd: S, params: &mut Params, weight: f32) {
        let Some((tower, _, penalty)) = &self.tower else { return };
        let tower = &mut params.matrices[*tower];
        if *penalty > 0.0 && tower.activate() {
            let Matrix { values, gradient, .. } = tower;
            add_scaled::<0>(simd, gradient, values, 2.0 * weight * penalty);
        }
    }

    /// Puts the vectors of the named rows into `to`, every `to_row` numbers one.
    pub(super) fn gather<S: Simd>(
        &mut self,
        simd: S,
        params: &mut Params,
        named: &[u32],
        to: &mut [f32],
        to_row: usize,
    ) {
        params.tables[self.table].touch(named);
        params.tables[self.table].catch_up(simd, named.iter().copied().filter(|row| row & WITHHELD == 0));
        let params = &*params;
        let (k, table) = (self.k, &params.tables[self.table]);
        let tower =
            self.tower.as_ref().map(|(weights, features, _)| (&params.matrices[*weights], &**features));
        let (raw, raw_row) = match self.through {
            Some(_) => (&mut self.vectors[..], k),
            None => (&mut *to, to_row),
        };
        vectorised!(simd, for_width!(k, vectors(simd, table, tower, named, raw, raw_row, k)));
        if let Some((map, transposed)) = self.through {
            let map = &params.matrices[map];
            map_rows(simd, map, transposed, named.len(), (&self.vectors, k), (to, to_row));
        }
    }

    /// Adds the gradients by the vectors, every `from_row` numbers one, to those of table, tower and map.
    pub(super) fn scatter<S: Simd>(
        &mut self,
        simd: S,
        params: &mut Params,
        named: &[u32],
        from: &[f32],
        from_row: usize,
        penalty: Option<Penalty>,
    ) {
        let k = self.k;
        let Some((map, transposed)) = self.through else {
            self.scatter_rows(simd, params, named, from, from_row, penalty);
            return;
        };
        if params.matrices[map].trainable {
            // u = X w: ∂/∂X = g wᵀ; the other way round where rows go through Xᵀ.
            let gradient = &mut params.matrices[map].gradient;
            let (a, a_step, w, w_row) = match transposed {
                false => (from, from_row, &self.vectors[..], k),
                true => (&self.vectors[..], k, from, from_row),
            };
            multiply(
                simd,
                Product {
                    a,
                    a_row: 1,
                    a_step,
                    w,
                    w_row,
                    y: gradient,
                    y_row: k,
                    rows: k,
                    depth: named.len(),
                    outputs: k,
                    start: Start::Y,
                    finish: Finish::Plain,
                },
            );
        }
        let mut gradients = std::mem::replace(&mut self.gradients, zeros(0));
        let map = &params.matrices[map];
        map_rows(simd, map, !transposed, named.len(), (from, from_row), (&mut gradients, k));
        self.scatter_rows(simd, params, named, &gradients, k, penalty);
        self.gradients = gradients;
    }

    fn scatter_rows<S: Simd>(
        &self,
        simd: S,
        params: &mut Params,
        named: &[u32],
        from: &[f32],
        from_row: usize,
        penalty: Option<Penalty>,
    ) {
        let k = self.k;
        let Params { tables, matrices } = params;
        let table = &mut tables[self.table];
        vectorised!(simd, {
            if table.trainable {
                for_width!(k, add_rows(simd, table, named, from, from_row, k, penalty));
            }
            if let Some((weights, features, _)) = &self.tower
                && matrices[*weights].trainable
            {
                let stride = matrices[*weights].stride;
                let gradient = &mut matrices[*weights].gradient;
                for (&row, g) in named.iter().zip(from.chunks(from_row)) {
                    let (columns, values) = features.row((row & !WITHHELD) as usize);
                    for (&column, &value) in columns.iter().zip(values) {
                        let to = &mut gradient[column as usize * stride..][..k];
                        for_width!(k, add_scaled(simd, to, &g[..k], value));
                    }
                }
            }
        });
    }
}

/// Rows through a map: w X as it is, else w Xᵀ. Both slices come with the distance between two rows.
fn map_rows<S: Simd>(
    simd: S,
    map: &Matrix,
    as_it_is: bool,
    rows: usize,
    (from, from_row): (&[f32], usize),
    (to, to_row): (&mut [f32], usize),
) {
    let k = map.stride;
    let weights = match &map.transposed {
        Some(transposed) if !as_it_is => transposed,
        _ => &map.values,
    };
    multiply(
        simd,
        Product {
            a: from,
            a_row: from_row,
            a_step: 1,
            w: weights,
            w_row: k,
            y: to,
            y_row: to_row,
            rows: rows.next_multiple_of(ROWS),
            depth: k,
            outputs: k,
            start: Start::Zero,
            finish: Finish::Plain,
        },
    );
}

/// Table rows and towers.
#[inline(always)]
fn vectors<const W: usize>(
    simd: impl Simd,
    table: &Table,
    tower: Option<(&Matrix, &SparseRows)>,
    named: &[u32],
    to: &mut [f32],
    to_row: usize,
    k: usize,
) {
    let k = if W == 0 { k } else { W };
    for (&row, to) in named.iter().zip(to.chunks_mut(to_row)) {
        let to = &mut to[..k];
        match row & WITHHELD {
            0 => copy::<W>(simd, to, table.row(row)),
            _ => to.fill(0.0),
        }
        if let Some((weights, features)) = tower {
            let (columns, values) = features.row((row & !WITHHELD) as usize);
            for (&column, &value) in columns.iter().zip(values) {
                add_scaled::<W>(simd, to, &weights.values[column as usize * weights.stride..][..k], value);
            }
        }
    }
}

/// Gradients of table rows, and of what they cost.
#[inline(always)]
fn add_rows<const W: usize>(
    simd: impl Simd,
    table: &mut Table,
    named: &[u32],
    from: &[f32],
    from_row: usize,
    k: usize,
    penalty: Option<Penalty>,
) {
    let k = if W == 0 { k } else { W };
    for (&row, from) in named.iter().zip(from.chunks(from_row)) {
        if row & WITHHELD != 0 {
            continue;
        }
        let (is_new, gradient, value) = table.gradient_and_value(row);
        let from = &from[..k];
        match is_new {
            true => copy::<W>(simd, gradient, from),
            false => add_scaled::<W>(simd, gradient, from, 1.0),
        }
        if let Some(Penalty { factor, shares }) = penalty {
            add_scaled::<W>(simd, gradient, value, factor * shares[row as usize]);
        }
    }
}
