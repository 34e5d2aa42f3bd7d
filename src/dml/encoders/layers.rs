//! The layers that all encoders share: a weighted bag of the row's entries, hidden layers with ReLU, a code; and the mirrored
//! way back. They begin as those of the plain autoencoder do.

use burn::tensor::{Tensor, activation::relu};

use crate::engine::SparseRows;
use crate::recommender::autodiff::{Leaves, Parameters, Weights};
use crate::rng::Generator;

/// A dense layer by the numbers of its weights `[inputs, outputs]` and its bias `[1, outputs]`.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    weights: Weights,
    bias: Weights,
}

impl Layer {
    /// Uniform weights and bias, bounded by 1/√inputs.
    pub(super) fn new(
        parameters: &mut Parameters,
        inputs: usize,
        outputs: usize,
        rng: &mut Generator,
    ) -> Self {
        let bound = 1.0 / (inputs.max(1) as f32).sqrt();
        Self {
            weights: parameters.add("a layer", outputs, rng.uniforms(inputs * outputs, bound), 0.0),
            bias: parameters.add("a layer's bias", outputs, rng.uniforms(outputs, bound), 0.0),
        }
    }

    /// The numbers of its parameters.
    pub(super) fn parameters(self) -> [Weights; 2] {
        [self.weights, self.bias]
    }

    /// x · weights + bias.
    pub(super) fn apply(self, leaves: &Leaves, x: Tensor<2>) -> Tensor<2> {
        x.matmul(leaves.of(self.weights)) + leaves.of(self.bias)
    }
}

/// Encoder and decoder of one side.
pub(super) struct Layers {
    input: Layer,
    encoder: Vec<Layer>,
    decoder: Vec<Layer>,
    /// Weights `[columns, hidden]` and bias `[columns, 1]`.
    output: Layer,
    /// The encoder's last parameter.
    encoder_end: Weights,
}

impl Layers {
    /// Untrained, for rows of so many columns, of which a typical row has `typical`. The encoder gives `code_width` numbers,
    /// the decoder takes `dimension` of them.
    pub(super) fn new(
        parameters: &mut Parameters,
        [columns, typical]: [usize; 2],
        hidden: &[usize],
        [code_width, dimension]: [usize; 2],
        rng: &mut Generator,
    ) -> Self {
        let bound = 1.0 / (typical.max(1) as f32).sqrt();
        let first = hidden.first().copied().unwrap_or(dimension);
        let input = Layer {
            weights: parameters.add("the input", first, rng.uniforms(columns * first, bound), 0.0),
            bias: parameters.add("the input's bias", first, rng.uniforms(first, bound), 0.0),
        };
        let mut widths = [hidden, &[code_width]].concat();
        let mut dense = |w: &[usize]| w.windows(2).map(|w| Layer::new(parameters, w[0], w[1], rng)).collect();
        let encoder: Vec<Layer> = dense(&widths);
        let encoder_end = encoder.last().map_or(input.bias, |layer| layer.bias);
        widths.pop();
        widths.push(dimension);
        widths.reverse();
        let decoder = dense(&widths);
        let bound = 1.0 / (first as f32).sqrt();
        let output = Layer {
            weights: parameters.add("the output", first, rng.uniforms(columns * first, bound), 0.0),
            bias: parameters.add("the output's bias", 1, vec![0.0; columns], 0.0),
        };
        Self { input, encoder, decoder, output, encoder_end }
    }

    /// What the encoder makes of rows, `[chosen, code width]`.
    pub(super) fn encode(&self, leaves: &Leaves, rows: &SparseRows, chosen: &[u32]) -> Tensor<2> {
        let mut x = leaves.bags(self.input.weights, rows, chosen) + leaves.of(self.input.bias);
        for layer in &self.encoder {
            x = layer.apply(leaves, relu(x));
        }
        x
    }

    /// The decoder's last hidden layer for codes `[n, k]`.
    pub(super) fn decode(&self, leaves: &Leaves, codes: Tensor<2>) -> Tensor<2> {
        self.decoder.iter().fold(codes, |x, layer| relu(layer.apply(leaves, x)))
    }

    /// Weights and bias of the output.
    pub(super) fn output(&self, leaves: &Leaves) -> (Tensor<2>, Tensor<2>) {
        (leaves.of(self.output.weights), leaves.of(self.output.bias))
    }

    /// Whether a parameter is the encoder's.
    pub(super) fn is_encoders(&self, parameter: Weights) -> bool {
        parameter <= self.encoder_end
    }
}
