//! The recommendation network RS on the host: the same forward pass as the engine's head, in plain loops, so that
//! one prediction costs a microsecond and needs no device.

use crate::recommender::saved::{Checked, Parts, Saved};

/// One dense layer's numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct DenseLayer {
    /// `[inputs, outputs]`, row-major.
    pub weights: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// RS(u, v, given) without dropout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecommendationNetwork {
    /// Layers; ReLU after each but the last.
    pub layers: Vec<DenseLayer>,
    /// Whether ⟨u, v⟩ is added.
    pub dot: bool,
}

impl RecommendationNetwork {
    /// Adds the layers.
    pub(crate) fn save(&self, name: &str, saved: &mut Saved) {
        saved.put_layers(name, self.layers.iter().map(|layer| (&layer.weights[..], &layer.bias[..])));
    }

    /// A network of so many inputs, to which ⟨u, v⟩ is not added.
    pub(crate) fn load(parts: &mut Parts, name: &str, inputs: usize) -> Checked<Self> {
        let layers = parts.layers(name, inputs)?;
        let layers = layers.into_iter().map(|(weights, bias)| DenseLayer { weights, bias });
        Ok(Self { layers: layers.collect(), dot: false })
    }

    /// The output for a user vector `[k]`, an item vector `[k]` and given inputs.
    pub fn forward(&self, user: &[f32], item: &[f32], given: &[f32]) -> f32 {
        self.dense([user, item, given].concat()) + self.product(user, item)
    }

    /// ⟨u, v⟩, where it is added.
    pub(super) fn product(&self, user: &[f32], item: &[f32]) -> f32 {
        if self.dot { user.iter().zip(item).map(|(u, v)| u * v).sum() } else { 0.0 }
    }

    /// What the dense layers make of their inputs.
    pub(super) fn dense(&self, inputs: Vec<f32>) -> f32 {
        let mut x = inputs;
        for (i, layer) in self.layers.iter().enumerate() {
            let mut y = layer.bias.clone();
            let outputs = y.len();
            for (&input, weights) in x.iter().zip(layer.weights.chunks_exact(outputs)) {
                for (y, w) in y.iter_mut().zip(weights) {
                    *y += input * w;
                }
            }
            if i + 1 < self.layers.len() {
                y.iter_mut().for_each(|y| *y = y.max(0.0));
            }
            x = y;
        }
        x.first().copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{DenseLayer, RecommendationNetwork};

    #[test]
    fn a_network_of_two_layers_by_hand() {
        // x = [1, 2, 3]; hidden = relu([1 + 2 + 3 − 1, −5]) = [5, 0]; out = 2 · 5 + 9 · 0 + 0.5; dot = 1 · 2.
        let network = RecommendationNetwork {
            layers: vec![
                DenseLayer { weights: vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0], bias: vec![-1.0, -5.0] },
                DenseLayer { weights: vec![2.0, 9.0], bias: vec![0.5] },
            ],
            dot: true,
        };
        assert_eq!(network.forward(&[1.0], &[2.0], &[3.0]), 12.5);
    }
}
