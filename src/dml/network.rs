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

    /// The same, and its slope by the user vector, `[k]`.
    pub(super) fn forward_with_slope(&self, user: &[f32], item: &[f32], given: &[f32]) -> (f32, Vec<f32>) {
        let mut inputs = vec![[user, item, given].concat()];
        for (i, layer) in self.layers.iter().enumerate() {
            let outputs = layer.bias.len();
            let mut y = layer.bias.clone();
            for (&input, weights) in inputs[i].iter().zip(layer.weights.chunks_exact(outputs)) {
                y.iter_mut().zip(weights).for_each(|(y, w)| *y += input * w);
            }
            if i + 1 < self.layers.len() {
                y.iter_mut().for_each(|y| *y = y.max(0.0));
            }
            inputs.push(y);
        }
        let mut slope = match self.layers.is_empty() {
            true => vec![0.0; user.len()],
            false => vec![1.0],
        };
        for (i, layer) in self.layers.iter().enumerate().rev() {
            let outputs = layer.bias.len();
            let through = |weights: &[f32]| weights.iter().zip(&slope).map(|(w, s)| w * s).sum::<f32>();
            let before: Vec<f32> = layer.weights.chunks_exact(outputs).map(through).collect();
            // A unit that is off passes nothing back; the inputs of the first layer are no units.
            let is_on = |(x, input): (f32, &f32)| if i == 0 || *input > 0.0 { x } else { 0.0 };
            slope = before.into_iter().zip(&inputs[i]).map(is_on).collect();
        }
        slope.truncate(user.len());
        let output = match self.layers.len() {
            0 => 0.0,
            n => inputs[n].first().copied().unwrap_or(0.0),
        };
        if self.dot {
            slope.iter_mut().zip(item).for_each(|(slope, v)| *slope += v);
        }
        (output + self.product(user, item), slope)
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
        // The unit that is on passes back 2 · 1, the product 2.
        assert_eq!(network.forward_with_slope(&[1.0], &[2.0], &[3.0]), (12.5, vec![4.0]));
    }

    #[test]
    fn the_slope_is_that_of_small_differences() {
        let mut chance = crate::rng::Generator::new(3, "slope");
        let mut layer = |inputs: usize, outputs: usize| DenseLayer {
            weights: chance.normals(inputs * outputs, 0.5),
            bias: chance.normals(outputs, 0.5),
        };
        let network =
            RecommendationNetwork { layers: vec![layer(9, 6), layer(6, 4), layer(4, 1)], dot: true };
        let numbers = chance.normals(9, 1.0);
        let (user, rest) = numbers.split_at(4);
        let (item, given) = rest.split_at(4);
        let (output, slope) = network.forward_with_slope(user, item, given);
        assert!((output - network.forward(user, item, given)).abs() < 1e-5);
        for i in 0..4 {
            let moved = |by: f32| {
                let mut user = user.to_vec();
                user[i] += by;
                network.forward(&user, item, given)
            };
            assert!(((moved(1e-2) - moved(-1e-2)) / 2e-2 - slope[i]).abs() < 1e-2, "{i}");
        }
    }
}
