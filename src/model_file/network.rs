//! The recommendation network in a model file: layers whose shapes fit one another.

use serde::{Deserialize, Serialize};

use super::file::{Checked, sized};
use super::numbers::{Bounded, LayerNumber};
use crate::dml::network::{DenseLayer, RecommendationNetwork};
use crate::settings::{MAX_HIDDEN_LAYERS, MAX_WIDTH};

/// A [`RecommendationNetwork`] as it is written.
#[derive(Serialize, Deserialize)]
pub(super) struct NetworkFile {
    layers: Vec<LayerFile>,
    dot: bool,
}

/// [`DenseLayer`].
#[derive(Serialize, Deserialize)]
struct LayerFile {
    weights: Vec<LayerNumber>,
    bias: Vec<LayerNumber>,
}

impl NetworkFile {
    /// # Errors
    /// When a number is out of the range that can be read back.
    pub(super) fn new(network: &RecommendationNetwork) -> Checked<Self> {
        let layer = |layer: &DenseLayer| {
            Ok(LayerFile { weights: Bounded::list(&layer.weights)?, bias: Bounded::list(&layer.bias)? })
        };
        Ok(Self { layers: network.layers.iter().map(layer).collect::<Checked<_>>()?, dot: network.dot })
    }

    /// A network of so many inputs and one output.
    pub(super) fn network(self, inputs: usize) -> Checked<RecommendationNetwork> {
        if !(1..=MAX_HIDDEN_LAYERS + 1).contains(&self.layers.len()) {
            return Err(format!("the recommender has {} layers instead of 1 to 5", self.layers.len()));
        }
        let mut width = inputs;
        let mut layers = Vec::new();
        for (number, LayerFile { weights, bias }) in self.layers.into_iter().enumerate() {
            let outputs = bias.len();
            if !(1..=MAX_WIDTH).contains(&outputs) {
                return Err(format!(
                    "layer {number} of the recommender has {outputs} units instead of 1 to 1,024"
                ));
            }
            let weights = sized(&format!("layer {number} of the recommender"), weights, width, outputs)?;
            layers.push(DenseLayer { weights, bias: Bounded::plain(bias) });
            width = outputs;
        }
        if width == 1 {
            Ok(RecommendationNetwork { layers, dot: self.dot })
        } else {
            Err(format!("the recommender has {width} outputs instead of one"))
        }
    }
}
