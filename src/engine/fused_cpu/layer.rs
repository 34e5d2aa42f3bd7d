//! A dense layer on a tile of rows: out, and back to its weights and its inputs.

use pulp::Simd;

use super::isa::vectorised;
use super::loops::{add_rows, for_width};
use super::matrix::Matrix;
use super::product::{Finish, Product, ROWS, Start, multiply};

/// Numbers of a layer's matrices, its widths inside, and its real width.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    pub(super) weights: usize,
    pub(super) bias: usize,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) units: usize,
}

/// The inputs `from..to` of a layer, and what they come out of.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) behind: Finish<'a>,
}

impl Layer {
    /// y = x · weights + bias for `rows` rows, `[rows, inputs]` to `[rows, outputs]`; with ReLU behind it, if asked for.
    pub(super) fn forward<S: Simd>(
        &self,
        simd: S,
        matrices: &[Matrix],
        x: &[f32],
        y: &mut [f32],
        rows: usize,
        with_relu: bool,
    ) {
        let weights = &matrices[self.weights];
        multiply(
            simd,
            Product {
                a: x,
                a_row: self.inputs,
                a_step: 1,
                w: &weights.values,
                w_row: weights.stride,
                y,
                y_row: self.outputs,
                rows: rows.next_multiple_of(ROWS),
                depth: self.inputs,
                outputs: self.outputs,
                start: Start::Bias(&matrices[self.bias].values),
                finish: if with_relu { Finish::Relu } else { Finish::Plain },
            },
        );
    }

    /// Adds xᵀ · g to the gradient of the weights, `[rows, inputs]` and `[rows, outputs]`.
    pub(super) fn add_weight_gradient<S: Simd>(
        &self,
        simd: S,
        matrices: &mut [Matrix],
        x: &[f32],
        g: &[f32],
        rows: usize,
    ) {
        let weights = &mut matrices[self.weights];
        if !weights.activate() {
            return;
        }
        multiply(
            simd,
            Product {
                a: x,
                a_row: 1,
                a_step: self.inputs,
                w: g,
                w_row: self.outputs,
                y: &mut weights.gradient,
                y_row: weights.stride,
                rows: self.inputs,
                depth: rows,
                outputs: self.outputs,
                start: Start::Y,
                finish: Finish::Plain,
            },
        );
    }

    /// Adds Σ g over the rows to the gradient of the bias.
    pub(super) fn add_bias_gradient<S: Simd>(
        &self,
        simd: S,
        matrices: &mut [Matrix],
        g: &[f32],
        rows: usize,
    ) {
        let bias = &mut matrices[self.bias];
        if !bias.activate() {
            return;
        }
        let (width, gradient) = (self.outputs, &mut bias.gradient[..]);
        vectorised!(simd, for_width!(width, add_rows(simd, &g[..rows * width], width, gradient)));
    }

    /// The gradient by some of the inputs, g · weightsᵀ, into `x_gradient`, `[rows, inputs]`.
    pub(super) fn input_gradient<S: Simd>(
        &self,
        simd: S,
        matrices: &[Matrix],
        g: &[f32],
        x_gradient: &mut [f32],
        rows: usize,
        Inputs { from, to, behind }: Inputs<'_>,
    ) {
        let weights = &matrices[self.weights];
        let Some(transposed) = &weights.transposed else { return };
        multiply(
            simd,
            Product {
                a: g,
                a_row: self.outputs,
                a_step: 1,
                w: &transposed[from..],
                w_row: weights.inner_rows,
                y: &mut x_gradient[from..],
                y_row: self.inputs,
                rows: rows.next_multiple_of(ROWS),
                depth: self.outputs,
                outputs: to - from,
                start: Start::Zero,
                finish: behind,
            },
        );
    }
}
