//! An autoencoder share (Eq. 2): sparse rows through a weighted bag, the layers, and back out to the entries that are
//! there, or to all columns by the kind of their field.

use std::sync::Arc;

use pulp::Simd;

use super::aligned::{Aligned, padded, zeros};
use super::gather::Params;
use super::isa::vectorised;
use super::layer::{Inputs, Layer};
use super::loops::{add_rows, add_scaled, behind_relu, copy, dot, for_width, relu};
use super::network::TILE;
use super::product::{Finish, Product, ROWS, Start, multiply};
use crate::data::{Field, FieldKind};
use crate::engine::SparseRows;

/// Where reconstructions come from.
pub(super) enum Output {
    /// Tables of weights and biases by column: only the entries that are there.
    Observed { weights: usize, bias: usize },
    /// Matrices of weights `[columns, hidden]` and biases: all columns.
    Fields { weights: usize, bias: usize, fields: Vec<Field>, columns: usize },
}

/// An autoencoder term with the numbers of its parameters inside, and its tile.
pub(super) struct Autoencoder {
    /// Table of the first layer's weights by column, and matrix of its bias.
    input: (usize, usize),
    /// From the first hidden layer on, and whether ReLU follows: not on the codes.
    layers: Vec<(Layer, bool)>,
    output: Output,
    rows: Arc<SparseRows>,
    /// Outputs of the first layer and of each further one, `[TILE, width]`, and the gradients by them.
    stages: Vec<Aligned>,
    gradients: Vec<Aligned>,
    /// Of the first stage.
    width: usize,
    /// All columns of a tile, what they should be and what they are; where all are reconstructed.
    targets: Aligned,
    columns: Aligned,
}

impl Autoencoder {
    pub(super) fn new(
        input: (usize, usize),
        layers: Vec<(Layer, bool)>,
        output: Output,
        rows: Arc<SparseRows>,
        width: usize,
    ) -> Self {
        let widths = || std::iter::once(width).chain(layers.iter().map(|(layer, _)| layer.outputs));
        let stages = || widths().map(|width| zeros(TILE * width)).collect();
        let dense = || match output {
            Output::Observed { .. } => zeros(0),
            Output::Fields { columns, .. } => zeros(TILE * padded(columns)),
        };
        let (targets, columns) = (dense(), dense());
        Self { input, stages: stages(), gradients: stages(), layers, output, rows, width, targets, columns }
    }

    /// Adds a share's gradients to the parameters'. Returns its mean loss times the number of its rows.
    pub(super) fn run<S: Simd>(&mut self, simd: S, params: &mut Params, chosen: &[u32], weight: f32) -> f64 {
        let entries: usize = chosen.iter().map(|&row| self.rows.row(row as usize).0.len()).sum();
        // Observed: the mean over the entries; fields: the mean over the rows.
        let parts = match self.output {
            Output::Observed { .. } => entries,
            Output::Fields { .. } => chosen.len(),
        };
        let factor = weight / parts.max(1) as f32;
        params.tables[self.input.0].activate();
        params.matrices[self.input.1].activate();
        let mut sum = 0.0;
        for tile in chosen.chunks(TILE) {
            self.catch_up(simd, params, tile);
            self.forward(simd, params, tile);
            sum += match &self.output {
                Output::Observed { weights, bias } => {
                    let (weights, bias) = (*weights, *bias);
                    self.observed(simd, params, tile, factor, (weights, bias))
                }
                Output::Fields { .. } => self.fields(simd, params, tile, factor),
            };
            self.backward(simd, params, tile);
        }
        sum / parts.max(1) as f64 * chosen.len() as f64
    }

    /// Has the rows of the tables that the tile's entries name go through the steps that did not name them.
    fn catch_up<S: Simd>(&self, simd: S, params: &mut Params, tile: &[u32]) {
        let named = || tile.iter().flat_map(|&row| self.rows.row(row as usize).0).copied();
        params.tables[self.input.0].catch_up(simd, named());
        if let Output::Observed { weights, bias } = self.output {
            params.tables[weights].catch_up(simd, named());
            params.tables[bias].catch_up(simd, named());
        }
    }

    /// Rows to the last hidden layer.
    fn forward<S: Simd>(&mut self, simd: S, params: &Params, tile: &[u32]) {
        let (table, bias) = (&params.tables[self.input.0], &params.matrices[self.input.1].values);
        let (width, data) = (self.width, &self.rows);
        let first = &mut self.stages[0][..tile.len() * width];
        vectorised!(simd, {
            for (&row, to) in tile.iter().zip(first.chunks_exact_mut(width)) {
                for_width!(width, copy(simd, to, bias));
                let (columns, values) = data.row(row as usize);
                for (&column, &value) in columns.iter().zip(values) {
                    for_width!(width, add_scaled(simd, to, table.row(column), value));
                }
            }
            // Without another layer, the first one makes the codes.
            if !self.layers.is_empty() {
                relu(first);
            }
        });
        for (l, (layer, with_relu)) in self.layers.iter().enumerate() {
            let (before, after) = self.stages.split_at_mut(l + 1);
            layer.forward(simd, &params.matrices, &before[l], &mut after[0], tile.len(), *with_relu);
        }
    }

    /// Squared errors on the entries; leaves the gradient by the last hidden layer.
    fn observed<S: Simd>(
        &mut self,
        simd: S,
        params: &mut Params,
        tile: &[u32],
        factor: f32,
        (weights, bias): (usize, usize),
    ) -> f64 {
        let last = self.layers.len();
        let width = self.layers.last().map_or(self.width, |(layer, _)| layer.outputs);
        let hidden = &self.stages[last];
        let gradients = &mut self.gradients[last][..tile.len() * width];
        let Ok([weights, bias]) = params.tables.get_disjoint_mut([weights, bias]) else { return 0.0 };
        let (trains_weights, trains_bias) = (weights.activate(), bias.activate());
        let data = &self.rows;
        vectorised!(simd, {
            let mut sum = 0.0;
            let rows = hidden.chunks_exact(width).zip(gradients.chunks_exact_mut(width));
            for (&row, (hidden, gradient)) in tile.iter().zip(rows) {
                gradient.fill(0.0);
                let (columns, values) = data.row(row as usize);
                for (&column, &value) in columns.iter().zip(values) {
                    let y = bias.row(column)[0] + for_width!(width, dot(simd, hidden, weights.row(column)));
                    let error = y - value;
                    sum += f64::from(error * error);
                    let g = 2.0 * factor * error;
                    for_width!(width, add_scaled(simd, gradient, weights.row(column), g));
                    if trains_weights {
                        for_width!(width, add_scaled(simd, weights.gradient(column), hidden, g));
                    }
                    if trains_bias {
                        bias.gradient(column)[0] += g;
                    }
                }
            }
            sum
        })
    }

    /// All columns, each field by its kind; leaves the gradient by the last hidden layer.
    fn fields<S: Simd>(&mut self, simd: S, params: &mut Params, tile: &[u32], factor: f32) -> f64 {
        let Output::Fields { weights, bias, fields, columns } = &self.output else { return 0.0 };
        let (rows, padded) = (tile.len(), padded(*columns));
        self.targets[..rows * padded].fill(0.0);
        for (&row, targets) in tile.iter().zip(self.targets.chunks_exact_mut(padded)) {
            let (columns, values) = self.rows.row(row as usize);
            columns.iter().zip(values).for_each(|(&column, &value)| targets[column as usize] = value);
        }
        let last = self.layers.len();
        let width = self.layers.last().map_or(self.width, |(layer, _)| layer.outputs);
        let hidden = &self.stages[last][..];
        let even_rows = rows.next_multiple_of(ROWS);
        let matrix = &params.matrices[*weights];
        let Some(transposed) = &matrix.transposed else { return 0.0 };
        multiply(
            simd,
            Product {
                a: hidden,
                a_row: width,
                a_step: 1,
                w: transposed,
                w_row: matrix.inner_rows,
                y: &mut self.columns,
                y_row: padded,
                rows: even_rows,
                depth: width,
                outputs: padded,
                start: Start::Bias(&params.matrices[*bias].values),
                finish: Finish::Plain,
            },
        );
        let mut sum = 0.0;
        let tiles = self.columns.chunks_exact_mut(padded).zip(self.targets.chunks_exact(padded));
        for (y, t) in tiles.take(rows) {
            for field in fields {
                let range = field.start..field.start + field.width;
                sum += f64::from(compare(field.kind, &mut y[range.clone()], &t[range], factor));
            }
            // Padding is compared with nothing.
            y[*columns..].fill(0.0);
        }
        multiply(
            simd,
            Product {
                a: &self.columns,
                a_row: padded,
                a_step: 1,
                w: &matrix.values,
                w_row: matrix.stride,
                y: &mut self.gradients[last],
                y_row: width,
                rows: even_rows,
                depth: *columns,
                outputs: width,
                start: Start::Zero,
                finish: Finish::Plain,
            },
        );
        let matrix = &mut params.matrices[*weights];
        if matrix.activate() {
            let stride = matrix.stride;
            multiply(
                simd,
                Product {
                    a: &self.columns,
                    a_row: 1,
                    a_step: padded,
                    w: hidden,
                    w_row: width,
                    y: &mut matrix.gradient,
                    y_row: stride,
                    rows: padded,
                    depth: rows,
                    outputs: width,
                    start: Start::Y,
                    finish: Finish::Plain,
                },
            );
        }
        let bias = &mut params.matrices[*bias];
        if bias.activate() {
            let (columns, gradient) = (&self.columns[..rows * padded], &mut bias.gradient[..]);
            vectorised!(simd, add_rows::<0>(simd, columns, padded, gradient));
        }
        sum
    }

    /// From the gradient by the last hidden layer back to the first layer's weights.
    fn backward<S: Simd>(&mut self, simd: S, params: &mut Params, tile: &[u32]) {
        let rows = tile.len();
        for (l, (layer, with_relu)) in self.layers.iter().enumerate().rev() {
            let (before, after) = self.gradients.split_at_mut(l + 1);
            let gradients = &mut after[0];
            if *with_relu {
                let n = rows * layer.outputs;
                let (gradients, outputs) = (&mut gradients[..n], &self.stages[l + 1][..n]);
                vectorised!(simd, mask(gradients, outputs));
            }
            layer.add_bias_gradient(simd, &mut params.matrices, gradients, rows);
            layer.add_weight_gradient(simd, &mut params.matrices, &self.stages[l], gradients, rows);
            let all = Inputs { from: 0, to: layer.inputs, behind: Finish::Plain };
            layer.input_gradient(simd, &params.matrices, gradients, &mut before[l], rows, all);
        }
        let width = self.width;
        let n = rows * width;
        let (gradients, outputs) = (&mut self.gradients[0][..n], &self.stages[0][..n]);
        let (table, bias) = (&mut params.tables[self.input.0], &mut params.matrices[self.input.1]);
        let data = &self.rows;
        vectorised!(simd, {
            if !self.layers.is_empty() {
                mask(gradients, outputs);
            }
            if bias.trainable {
                for_width!(width, add_rows(simd, gradients, width, &mut bias.gradient));
            }
            if table.trainable {
                for (&row, gradient) in tile.iter().zip(gradients.chunks_exact(width)) {
                    let (columns, values) = data.row(row as usize);
                    for (&column, &value) in columns.iter().zip(values) {
                        for_width!(width, add_scaled(simd, table.gradient(column), gradient, value));
                    }
                }
            }
        });
    }
}

/// Gradients behind ReLU, in place.
#[inline(always)]
fn mask(gradients: &mut [f32], outputs: &[f32]) {
    for (g, &y) in gradients.iter_mut().zip(outputs) {
        *g = behind_relu(*g, y, 1.0);
    }
}

/// The loss of one field of one row. `y` becomes the gradient by it, times `factor`.
fn compare(kind: FieldKind, y: &mut [f32], t: &[f32], factor: f32) -> f32 {
    match kind {
        FieldKind::Numeric => (y.iter_mut().zip(t))
            .map(|(y, t)| {
                let error = *y - t;
                *y = 2.0 * factor * error;
                error * error
            })
            .sum(),
        FieldKind::OneHot => {
            let largest = y.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = y.iter().map(|y| (y - largest).exp()).sum();
            let log_sum = largest + sum.ln();
            // A row without a category (missing value) has an all-zero target and adds nothing.
            let present: f32 = t.iter().sum();
            (y.iter_mut().zip(t))
                .map(|(y, t)| {
                    let loss = -t * (*y - log_sum);
                    *y = factor * (present * (*y - log_sum).exp() - t);
                    loss
                })
                .sum()
        }
        FieldKind::MultiHot => (y.iter_mut().zip(t))
            .map(|(y, t)| {
                // ln(1 + eʸ) without overflow.
                let softplus = y.max(0.0) + (-y.abs()).exp().ln_1p();
                let loss = softplus - t * *y;
                *y = factor * (1.0 / (1.0 + (-*y).exp()) - t);
                loss
            })
            .sum(),
    }
}
