//! Dense layers of networks, as they are saved: weights `[inputs, outputs]` and biases `[outputs]`, in their order.

use super::{Checked, LARGEST_WEIGHT, Parts, Saved};
use crate::settings::{MAX_HIDDEN_LAYERS, MAX_WIDTH};

/// Weights, row-major by input, and biases of a layer.
pub type Layer = (Vec<f32>, Vec<f32>);

impl Saved {
    /// Adds the layers of a network.
    pub fn put_layers<'l>(&mut self, name: &str, layers: impl Iterator<Item = (&'l [f32], &'l [f32])>) {
        for (n, (weights, biases)) in layers.enumerate() {
            let outputs = biases.len();
            self.put_rows(format!("{name}.{n}.weights"), outputs, weights.to_vec());
            self.put_list(format!("{name}.{n}.biases"), biases.to_vec());
        }
    }
}

impl Parts<'_> {
    /// The layers of a network of so many inputs and one output: at most five, of at most 1,024 units.
    ///
    /// # Errors
    /// When they do not fit one another, or a weight is no number up to [`LARGEST_WEIGHT`].
    pub fn layers(&mut self, name: &str, inputs: usize) -> Checked<Vec<Layer>> {
        let mut layers = Vec::new();
        let mut width = inputs;
        while self.has(&format!("{name}.{}.weights", layers.len())) {
            let n = layers.len();
            if n > MAX_HIDDEN_LAYERS {
                return Err(format!("{name} has more than {} layers", MAX_HIDDEN_LAYERS + 1));
            }
            let outputs = self.length(&format!("{name}.{n}.biases"), 1, 0, MAX_WIDTH)?;
            if outputs == 0 {
                return Err(format!("layer {n} of {name} has no unit"));
            }
            let weights = self.numbers(&format!("{name}.{n}.weights"), &[width, outputs], LARGEST_WEIGHT)?;
            let biases = self.numbers(&format!("{name}.{n}.biases"), &[outputs], LARGEST_WEIGHT)?;
            layers.push((weights, biases));
            width = outputs;
        }
        match (layers.len(), width) {
            (0, _) => Err(format!("{name} has no layer")),
            (_, 1) => Ok(layers),
            _ => Err(format!("{name} has {width} outputs instead of one")),
        }
    }
}
