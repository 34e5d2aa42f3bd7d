//! Rating loss of the recommendation networks (paper, Algorithm 1 lines 4 to 6 and 13 to 15).

use burn::tensor::{Tensor, activation::relu};

use super::{Graph, Loss};
use crate::engine::{Head, RatingBatch, RatingTerm, Tower};

/// The loss of [`RatingTerm`] on a batch.
pub(super) fn loss(graph: &Graph, term: &RatingTerm, batch: &RatingBatch) -> Loss {
    let user_rows = graph.rows(&term.user, &batch.users);
    let item_rows = graph.rows(&term.item, &batch.items);
    let item_rows = match batch.item_kept.is_empty() {
        true => item_rows,
        false => item_rows * graph.given(&batch.item_kept, 1),
    };
    let users = graph.finish(&term.user, user_rows.clone(), Some(&batch.user_features));
    let items = graph.finish(&term.item, item_rows.clone(), Some(&batch.item_features));
    let head = &graph.table.heads[term.head];
    let error = forward(graph, head, users, items, batch) + graph.given(&batch.offsets, 1)
        - graph.given(&batch.targets, 1);
    let mut penalties = Vec::new();
    if term.row_l2 > 0.0 {
        let squares = user_rows.square().sum_dim(1) * graph.given(&batch.user_shares, 1)
            + item_rows.square().sum_dim(1) * graph.given(&batch.item_shares, 1);
        penalties.push(squares.mean().mul_scalar(term.row_l2));
    }
    for Tower { weights, penalty } in [term.user.tower, term.item.tower].into_iter().flatten() {
        if penalty > 0.0 {
            penalties.push(graph.leaf(weights).square().sum().mul_scalar(penalty));
        }
    }
    Loss { data: error.square().mean(), penalty: penalties.into_iter().reduce(|a, b| a + b) }
}

/// RS(u, v): `[n, k]` and `[n, k]` to `[n, 1]`.
fn forward(graph: &Graph, head: &Head, users: Tensor<2>, items: Tensor<2>, batch: &RatingBatch) -> Tensor<2> {
    let mut inputs = vec![users.clone(), items.clone()];
    if head.given > 0 {
        inputs.push(graph.given(&batch.given, head.given));
    }
    let mut x = Tensor::cat(inputs, 1);
    for (i, &layer) in head.layers.iter().enumerate() {
        x = graph.dense(layer, x);
        if i + 1 < head.layers.len() {
            x = relu(x);
            if let Some(factors) = batch.dropout.get(i) {
                let width = x.dims()[1];
                x = x * graph.given(factors, width);
            }
        }
    }
    if head.dot { x + (users * items).sum_dim(1) } else { x }
}
