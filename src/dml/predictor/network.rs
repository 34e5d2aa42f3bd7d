//! The recommendation network RS over many items of one user: what the first layer makes of the user is worked out
//! once for the user, what it makes of the item once for the item, and only their sum once for the pair.

use super::panels::{Panels, dot, relu};
use crate::dml::network::RecommendationNetwork;

/// Pairs that go through the layers together; their activations stay in the first-level cache.
const TILE: usize = 64;

/// RS with its first layer cut in two.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// First layer on what is the user's, with the bias.
    user: Panels,
    /// First layer on what is the item's.
    item: Panels,
    /// Layers between the first and the last.
    middle: Vec<Panels>,
    /// Weights and bias of the last layer's one output; `None` where the first layer is the last.
    last: Option<(Vec<f32>, f32)>,
}

/// Activations of a tile.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    values: Vec<f32>,
    next: Vec<f32>,
}

impl Network {
    /// `user_inputs` and `item_inputs` are the network's inputs by whose they are. `None` for a network without
    /// layers.
    pub(super) fn new(
        rs: &RecommendationNetwork,
        user_inputs: &[usize],
        item_inputs: &[usize],
    ) -> Option<Self> {
        let (first, rest) = rs.layers.split_first()?;
        let user = Panels::new(first, user_inputs, user_inputs.len(), true);
        let item = Panels::new(first, item_inputs, item_inputs.len(), false);
        let mut middle: Vec<Panels> = Vec::new();
        let mut width = (user.width(), first.bias.len());
        let Some((last, between)) = rest.split_last() else {
            return Some(Self { user, item, middle, last: None });
        };
        for layer in between {
            let rows: Vec<usize> = (0..width.1).collect();
            let panels = Panels::new(layer, &rows, width.0, true);
            width = (panels.width(), layer.bias.len());
            middle.push(panels);
        }
        let mut weights: Vec<f32> = last.weights.iter().step_by(last.bias.len().max(1)).copied().collect();
        weights.resize(width.0, 0.0);
        let bias = last.bias.first().copied().unwrap_or(0.0);
        Some(Self { user, item, middle, last: Some((weights, bias)) })
    }

    /// Width of a half.
    pub(super) fn width(&self) -> usize {
        self.user.width()
    }

    /// What the first layer makes of users.
    ///
    /// # Shapes
    /// `inputs`: `[n, user inputs]` → `halves`: `[n, width]`.
    pub(super) fn user_halves(&self, inputs: &[f32], halves: &mut Vec<f32>) {
        self.user.apply(inputs, halves);
    }

    /// What the first layer makes of items.
    ///
    /// # Shapes
    /// `inputs`: `[n, item inputs]` → `halves`: `[n, width]`.
    pub(super) fn item_halves(&self, inputs: &[f32], halves: &mut Vec<f32>) {
        self.item.apply(inputs, halves);
    }

    /// RS without ⟨u, v⟩ for one user and the items whose halves lie at `starts`; `put` is given the number of the
    /// item among them and its output.
    ///
    /// # Shapes
    /// `user`: `[width]`; `halves`: `[_, width]`; `starts`: `[n]`, in rows of `halves`.
    pub(super) fn outputs(
        &self,
        user: &[f32],
        halves: &[f32],
        starts: &[u32],
        scratch: &mut Scratch,
        mut put: impl FnMut(usize, f32),
    ) {
        let width = self.width();
        let Scratch { values, next } = scratch;
        for (tile, starts) in starts.chunks(TILE).enumerate() {
            values.clear();
            for &start in starts {
                let half = &halves[start as usize * width..][..width];
                values.extend(user.iter().zip(half).map(|(x, y)| x + y));
            }
            let mut stride = width;
            if let Some((weights, bias)) = &self.last {
                relu(values);
                for layer in &self.middle {
                    layer.apply(values, next);
                    relu(next);
                    std::mem::swap(values, next);
                    stride = layer.width();
                }
                for (n, x) in values.chunks_exact(stride).enumerate() {
                    put(tile * TILE + n, dot(x, weights) + bias);
                }
            } else {
                values.chunks_exact(stride).enumerate().for_each(|(n, x)| put(tile * TILE + n, x[0]));
            }
        }
    }
}
