//! Towers of dense layers.

use burn::tensor::{Tensor, activation::relu};

use super::{Leaves, Parameters, Weights};
use crate::rng::Generator;

/// Dense layers with ReLU between them and nothing after the last: weights `[inputs, outputs]` and bias `[1, outputs]`
/// of each.
#[derive(Clone, Debug)]
pub(crate) struct Tower {
    pub(crate) layers: Vec<(Weights, Weights)>,
}

impl Tower {
    /// A tower of the given widths, from the input's to the output's. Weights from U(−√(6 / inputs), √(6 / inputs)) keep
    /// the size of what goes through ReLUs (He et al. 2015), biases are 0; `weight_decay` is the weights'.
    pub(crate) fn new(
        parameters: &mut Parameters,
        name: &'static str,
        widths: &[usize],
        weight_decay: f32,
        chance: &mut Generator,
    ) -> Self {
        let mut layer = |pair: &[usize]| {
            let bound = (6.0 / pair[0].max(1) as f32).sqrt();
            let values = chance.uniforms(pair[0] * pair[1], bound);
            let weights = parameters.add(name, pair[1], values, weight_decay);
            (weights, parameters.add(name, pair[1], vec![0.0; pair[1]], 0.0))
        };
        Self { layers: widths.windows(2).map(&mut layer).collect() }
    }

    /// `[n, inputs]` to `[n, outputs]`.
    pub(crate) fn apply(&self, leaves: &Leaves, x: Tensor<2>) -> Tensor<2> {
        (0..self.layers.len()).fold(x, |x, layer| {
            let x = self.dense(leaves, layer, x);
            if layer + 1 < self.layers.len() { relu(x) } else { x }
        })
    }

    /// The layers after the first, given what the first is to make of the input before its ReLU.
    pub(crate) fn apply_after_first(&self, leaves: &Leaves, first: Tensor<2>) -> Tensor<2> {
        (1..self.layers.len()).fold(first, |x, layer| self.dense(leaves, layer, relu(x)))
    }

    /// One layer without its ReLU.
    pub(crate) fn dense(&self, leaves: &Leaves, layer: usize, x: Tensor<2>) -> Tensor<2> {
        let (weights, bias) = self.layers[layer];
        x.matmul(leaves.of(weights)) + leaves.of(bias)
    }
}
