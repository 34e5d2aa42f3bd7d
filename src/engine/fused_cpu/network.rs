//! A head on a tile of rows: forward, and backward into the gradients of its layers and its inputs. The tile's inputs,
//! hidden units and their gradients live here.

use pulp::Simd;

use super::aligned::{Aligned, padded, zeros};
use super::isa::vectorised;
use super::layer::{Inputs, Layer};
use super::loops::{
    Dropout, add_scaled, add_weighted, dot, for_width, relu_and_drop, scale, scale_behind_relu,
};
use super::matrix::Matrix;
use super::product::Finish;
use crate::engine::dropout;

/// Rows that go through a network together: what they take up has to stay in the cache.
pub(super) const TILE: usize = 64;

/// A head with its tile.
pub(super) struct Network {
    /// Padded dimension: the user's vector takes up `inputs[..k]` of a row, the item's the next k.
    pub(super) k: usize,
    /// All layers but the last.
    hidden: Vec<Layer>,
    /// The last, with one output.
    last: Layer,
    dot: bool,
    dropout: f32,
    /// Inputs of each layer, `[TILE, inputs]`, and the gradients by them.
    pub(super) inputs: Vec<Aligned>,
    pub(super) input_gradients: Vec<Aligned>,
    /// What comes out, and the gradient by it.
    pub(super) outputs: Aligned,
    pub(super) output_gradients: Aligned,
}

/// Which input gradients are asked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) user: bool,
    pub(super) item: bool,
}

impl Network {
    /// A head with these layers; `k` is the padded dimension.
    pub(super) fn new(k: usize, layers: &[Layer], dot: bool, dropout: f32) -> Option<Self> {
        let (&last, hidden) = layers.split_last()?;
        let tile = |layer: &Layer| zeros(TILE * layer.inputs);
        Some(Self {
            k,
            hidden: hidden.to_vec(),
            last,
            dot,
            dropout,
            inputs: layers.iter().map(tile).collect(),
            input_gradients: layers.iter().map(tile).collect(),
            outputs: zeros(TILE),
            output_gradients: zeros(TILE),
        })
    }

    /// Width of a row of inputs.
    #[inline(always)]
    pub(super) fn row(&self) -> usize {
        self.hidden.first().unwrap_or(&self.last).inputs
    }

    /// Inputs of `rows` rows to outputs. The first row is number `first_row` of its share; dropout goes by `key`.
    pub(super) fn forward<S: Simd>(
        &mut self,
        simd: S,
        matrices: &[Matrix],
        rows: usize,
        first_row: usize,
        key: u32,
    ) {
        let mut first_slot = 0;
        for (l, layer) in self.hidden.iter().enumerate() {
            let (before, after) = self.inputs.split_at_mut(l + 1);
            let drops = self.dropout > 0.0;
            layer.forward(simd, matrices, &before[l], &mut after[0], rows, !drops);
            let tile = &mut after[0][..rows * layer.outputs];
            let drop = Dropout { rate: self.dropout, key, first_slot, first_row, width: layer.units };
            if drops {
                vectorised!(
                    simd,
                    match layer.units == layer.outputs {
                        true => for_width!(layer.outputs, relu_and_drop(tile, layer.outputs, drop)),
                        false => relu_and_drop::<0>(tile, layer.outputs, drop),
                    }
                );
            }
            first_slot += dropout::slots(layer.units);
        }
        let width = self.last.inputs;
        let inputs = &self.inputs[self.hidden.len()][..rows * width];
        let weights = &matrices[self.last.weights].values;
        let bias = matrices[self.last.bias].values[0];
        let (k, row) = (self.k, self.row());
        let pairs = &self.inputs[0][..rows * row];
        let outputs = &mut self.outputs[..rows];
        let with_dot = self.dot;
        vectorised!(simd, {
            for (y, x) in outputs.iter_mut().zip(inputs.chunks_exact(width)) {
                *y = bias + for_width!(width, dot(simd, x, weights));
            }
            if with_dot {
                for (y, x) in outputs.iter_mut().zip(pairs.chunks_exact(row)) {
                    *y += for_width!(k, dot(simd, &x[..k], &x[k..2 * k]));
                }
            }
        });
    }

    /// Gradients by the outputs to gradients of the layers and by the inputs that are wanted.
    pub(super) fn backward<S: Simd>(
        &mut self,
        simd: S,
        matrices: &mut [Matrix],
        rows: usize,
        wanted: Wanted,
    ) {
        let scale = if self.dropout > 0.0 { Dropout::scale(self.dropout) } else { 1.0 };
        self.backward_last(simd, matrices, rows, scale);
        for l in (0..self.hidden.len()).rev() {
            let layer = self.hidden[l];
            let (before, after) = self.input_gradients.split_at_mut(l + 1);
            let gradients = &after[0][..];
            layer.add_bias_gradient(simd, matrices, gradients, rows);
            layer.add_weight_gradient(simd, matrices, &self.inputs[l], gradients, rows);
            // Of the first layer's inputs, the given ones have no gradient that anybody wants.
            let (from, to, behind) = match (l, wanted) {
                (0, Wanted { user: true, item: true }) => (0, 2 * self.k, Finish::Plain),
                (0, Wanted { user: true, item: false }) => (0, self.k, Finish::Plain),
                (0, Wanted { user: false, item: true }) => (self.k, 2 * self.k, Finish::Plain),
                (0, _) => continue,
                _ => (0, layer.inputs, Finish::BehindRelu { outputs: &self.inputs[l], scale }),
            };
            let inputs = Inputs { from, to, behind };
            layer.input_gradient(simd, matrices, gradients, &mut before[l], rows, inputs);
        }
        if self.dot {
            let (k, row) = (self.k, self.row());
            let inputs = &self.inputs[0][..rows * row];
            let gradients = &mut self.input_gradients[0][..rows * row];
            let by_output = &self.output_gradients[..rows];
            vectorised!(simd, {
                for ((g, x), &y) in
                    gradients.chunks_exact_mut(row).zip(inputs.chunks_exact(row)).zip(by_output)
                {
                    let (user, item) = g[..2 * k].split_at_mut(k);
                    if wanted.user {
                        for_width!(k, add_scaled(simd, user, &x[k..2 * k], y));
                    }
                    if wanted.item {
                        for_width!(k, add_scaled(simd, item, &x[..k], y));
                    }
                }
            });
        }
    }

    /// The last layer: gradients of its weights and bias, and by its inputs, behind ReLU and dropout (a unit that is not
    /// dropped is `kept` times itself) where there is a layer before it.
    fn backward_last<S: Simd>(&mut self, simd: S, matrices: &mut [Matrix], rows: usize, kept: f32) {
        let Layer { weights, bias, inputs: width, .. } = self.last;
        let l = self.hidden.len();
        let by_output = &self.output_gradients[..rows];
        let inputs = &self.inputs[l][..rows * width];
        let gradients = &mut self.input_gradients[l][..rows * width];
        if matrices[bias].activate() {
            matrices[bias].gradient[0] += by_output.iter().sum::<f32>();
        }
        let trains = matrices[weights].activate();
        let Matrix { values, gradient, .. } = &mut matrices[weights];
        vectorised!(simd, {
            if trains {
                let rows = inputs.chunks_exact(width).zip(by_output.iter().copied());
                for_width!(width, add_weighted(simd, rows.clone(), gradient));
            }
            let rows = gradients.chunks_exact_mut(width).zip(inputs.chunks_exact(width)).zip(by_output);
            for ((to, outputs), &y) in rows {
                match l {
                    0 => for_width!(width, scale(simd, to, values, y)),
                    _ => for_width!(width, scale_behind_relu(simd, to, values, kept * y, outputs)),
                }
            }
        });
    }
}

/// Inner places of the inputs of a first layer: the user's vector, the item's, the given numbers, each from a whole
/// vector on.
pub(super) fn input_places(k: usize, given: usize) -> Vec<usize> {
    let inner = padded(k);
    let part = |start: usize, n: usize| start..start + n;
    part(0, k).chain(part(inner, k)).chain(part(2 * inner, given)).collect()
}
