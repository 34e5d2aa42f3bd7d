//! RNN. The paper cites GRU4Rec (Hidasi et al. 2015), which ranks the next item of a session. Chosen is its gated recurrent
//! unit with k units over the vectors of the latest items that the person has rated, by time where the file has times and in
//! its order otherwise (`history`). The last state stands beside both vectors in front of the dense layers; the loss is that
//! of ratings and not of ranks. What the ratings of these items were is not said to it.
//!
//! z = σ(x W_z + h U_z + b_z), r = σ(x W_r + h U_r + b_r), c = tanh(x W_c + r ∘ (h U_c) + b_c), h ← (1 − z) ∘ h + z ∘ c.

#[cfg(feature = "reference")]
use burn::tensor::{Tensor, activation::sigmoid};

use super::add_product;
#[cfg(feature = "reference")]
use crate::engine::Pairs;

/// Rows and columns of its parameters: W and U, `[k, 3k]`, and b, `[1, 3k]`, each of z, r and c in turn.
pub(super) fn shapes(k: usize) -> Vec<[usize; 2]> {
    [k, k, 1].map(|rows| [rows, 3 * k]).into()
}

/// The state after each person's past, `[n, k]`; zeros for nobody's.
#[cfg(feature = "reference")]
pub(super) fn on_graph(parameters: &[Tensor<2>], pairs: &Pairs) -> Tensor<2> {
    let [n, length, k] = pairs.past.dims();
    let part = |x: &Tensor<2>, number: usize| x.clone().slice([0..n, number * k..(number + 1) * k]);
    let mut h = Tensor::zeros([n, k], &pairs.past.device());
    for step in 0..length {
        let x = pairs.past.clone().slice([0..n, step..step + 1, 0..k]).reshape([n, k]);
        let is_there = pairs.is_past.clone().slice([0..n, step..step + 1]);
        let of_input = x.matmul(parameters[0].clone()) + parameters[2].clone();
        let of_state = h.clone().matmul(parameters[1].clone());
        let z = sigmoid(part(&of_input, 0) + part(&of_state, 0));
        let r = sigmoid(part(&of_input, 1) + part(&of_state, 1));
        let c = (part(&of_input, 2) + r * part(&of_state, 2)).tanh();
        h = h.clone() + z * (c - h) * is_there;
    }
    h
}

/// The state after one person's past, in plain loops; `items`: `[n, k]`.
pub(super) fn state(k: usize, parameters: &[Vec<f32>], items: &[f32]) -> Vec<f32> {
    let logistic = |x: f32| 1.0 / (1.0 + (-x).exp());
    let mut h = vec![0.0; k];
    for x in items.chunks_exact(k) {
        let (mut of_input, mut of_state) = (parameters[2].clone(), vec![0.0; 3 * k]);
        add_product(x, &parameters[0], &mut of_input);
        add_product(&h, &parameters[1], &mut of_state);
        for (unit, h) in h.iter_mut().enumerate() {
            let z = logistic(of_input[unit] + of_state[unit]);
            let r = logistic(of_input[k + unit] + of_state[k + unit]);
            let c = (of_input[2 * k + unit] + r * of_state[2 * k + unit]).tanh();
            *h += z * (c - *h);
        }
    }
    h
}
