//! Neural attention. The paper cites DAN (Zhu et al. 2019), a network for news with an encoder of texts. Chosen is its
//! attention over what a person has read, for items that are vectors already: of the latest items that they have rated,
//! by time where the file has times (`history`), each counts by its weight for the item in question, and their sum stands beside both vectors in front of
//! the dense layers. The encoder of texts and the recurrent part are left out.
//!
//! a_j = softmax_j(vᵀ tanh(W₁ᵀ W_i + W₂ᵀ W_ij + b)), ũ = Σ a_j W_ij; ũ = 0 of a person without any.

#[cfg(feature = "reference")]
use burn::tensor::{Tensor, activation::softmax};

use super::add_product;
#[cfg(feature = "reference")]
use crate::engine::Pairs;

/// Takes a weight from a place without an item.
#[cfg(feature = "reference")]
const NOTHING: f32 = 1e4;

/// Rows and columns of its parameters: W₁ and W₂, `[k, k]`, b, `[1, k]`, and v, `[k, 1]`.
pub(super) fn shapes(k: usize) -> Vec<[usize; 2]> {
    vec![[k, k], [k, k], [1, k], [k, 1]]
}

/// ũ of pairs, `[n, k]`.
#[cfg(feature = "reference")]
pub(super) fn on_graph(parameters: &[Tensor<2>], pairs: &Pairs) -> Tensor<2> {
    let [n, length, k] = pairs.past.dims();
    let query = pairs.items.clone().matmul(parameters[0].clone()) + parameters[2].clone();
    let keys = pairs.past.clone().reshape([n * length, k]).matmul(parameters[1].clone());
    let both = (keys.reshape([n, length, k]) + query.reshape([n, 1, k])).tanh();
    let scores = both.reshape([n * length, k]).matmul(parameters[3].clone()).reshape([n, length]);
    let missing = pairs.is_past.clone().sub_scalar(1.0).mul_scalar(NOTHING);
    let weights = softmax(scores + missing, 1) * pairs.is_past.clone();
    (pairs.past.clone() * weights.reshape([n, length, 1])).sum_dim(1).reshape([n, k])
}

/// W₂ᵀ W_ij of one person's items, `[n, k]` to `[n, k]`.
pub(super) fn keys(k: usize, parameters: &[Vec<f32>], items: &[f32]) -> Vec<f32> {
    let mut keys = vec![0.0; items.len()];
    for (item, key) in items.chunks_exact(k).zip(keys.chunks_exact_mut(k)) {
        add_product(item, &parameters[1], key);
    }
    keys
}

/// ũ of one pair, in plain loops; `past` and `keys`: `[n, k]`.
pub(super) fn on_host(parameters: &[Vec<f32>], item: &[f32], past: &[f32], keys: &[f32]) -> Vec<f32> {
    let k = item.len();
    let mut query = parameters[2].clone();
    add_product(item, &parameters[0], &mut query);
    let score = |key: &[f32]| {
        key.iter()
            .zip(&query)
            .zip(&parameters[3])
            .map(|((key, query), v)| v * (key + query).tanh())
            .sum::<f32>()
    };
    let scores: Vec<f32> = keys.chunks_exact(k).map(score).collect();
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
    let sum: f32 = weights.iter().sum();
    let mut attended = vec![0.0; k];
    for (item, weight) in past.chunks_exact(k).zip(&weights) {
        attended.iter_mut().zip(item).for_each(|(x, y)| *x += weight / sum * y);
    }
    attended
}
