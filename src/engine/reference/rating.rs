//! Rating loss of the recommendation networks (paper, Algorithm 1 lines 4 to 6 and 13 to 15).

use burn::tensor::{Tensor, activation::relu};

use super::{Graph, Loss};
use crate::engine::{Head, RatingRows, RatingTerm, Tower, dropout};

/// The loss of [`RatingTerm`] on the chosen ratings.
pub(super) fn loss(graph: &Graph, term: &RatingTerm, chosen: &[u32], key: u32) -> Loss {
    let data = &*term.rows;
    let users: Vec<u32> = chosen.iter().map(|&row| data.ratings[row as usize].user).collect();
    let numbers: Vec<u32> = chosen.iter().map(|&row| data.ratings[row as usize].item).collect();
    let table_rows = graph.table.params[term.item.table].rows as u32;
    let items: Vec<u32> = numbers.iter().map(|&item| item % table_rows).collect();
    let kept: Vec<f32> = numbers.iter().map(|&item| if item < table_rows { 1.0 } else { 0.0 }).collect();

    let user_rows = graph.rows(&term.user, &users);
    let item_rows = graph.rows(&term.item, &items);
    let item_rows = match kept.contains(&0.0) {
        true => item_rows * graph.given(kept, 1),
        false => item_rows,
    };
    let u = graph.finish(&term.user, user_rows.clone(), &users);
    let v = graph.finish(&term.item, item_rows.clone(), &items);
    let given = given(data, chosen);
    let head = &graph.table.heads[term.head];
    let residuals = chosen.iter().map(|&row| data.ratings[row as usize].residual).collect();
    let error = forward(graph, head, u, v, given, key) - graph.given(residuals, 1);

    let mut penalties = Vec::new();
    if term.row_l2 > 0.0 {
        let shares = |shares: &[f32], rows: &[u32]| {
            graph.given(rows.iter().map(|&row| shares[row as usize]).collect(), 1)
        };
        let squares = user_rows.square().sum_dim(1) * shares(&data.user_shares, &users)
            + item_rows.square().sum_dim(1) * shares(&data.item_shares, &items);
        penalties.push(squares.mean().mul_scalar(term.row_l2));
    }
    for Tower { weights, penalty, .. } in [&term.user.tower, &term.item.tower].into_iter().flatten() {
        if *penalty > 0.0 {
            penalties.push(graph.leaf(*weights).square().sum().mul_scalar(*penalty));
        }
    }
    Loss { data: error.square().mean(), penalty: penalties.into_iter().reduce(|a, b| a + b) }
}

/// The given inputs of the chosen ratings, `[n, given]`.
fn given(data: &RatingRows, chosen: &[u32]) -> Vec<f32> {
    let mut given = Vec::with_capacity(chosen.len() * data.given());
    for &row in chosen {
        let row = row as usize;
        given.extend_from_slice(data.own.row(row));
        given.extend_from_slice(data.user_given.row(data.ratings[row].user as usize));
        given.extend_from_slice(data.item_given.row(data.ratings[row].item as usize));
    }
    given
}

/// RS(u, v): `[n, k]` and `[n, k]` to `[n, 1]`.
fn forward(
    graph: &Graph,
    head: &Head,
    users: Tensor<2>,
    items: Tensor<2>,
    given: Vec<f32>,
    key: u32,
) -> Tensor<2> {
    let mut inputs = vec![users.clone(), items.clone()];
    if head.given > 0 {
        inputs.push(graph.given(given, head.given));
    }
    let mut x = Tensor::cat(inputs, 1);
    let mut first_slot = 0;
    for (i, &layer) in head.layers.iter().enumerate() {
        x = graph.dense(layer, x);
        if i + 1 < head.layers.len() {
            x = relu(x);
            if head.dropout > 0.0 {
                let [rows, width] = x.dims();
                let factor =
                    |n: usize| dropout::factor(head.dropout, key, first_slot, width, n % width, n / width);
                x = x * graph.given((0..rows * width).map(factor).collect(), width);
                first_slot += dropout::slots(width);
            }
        }
    }
    if head.dot { x + (users * items).sum_dim(1) } else { x }
}
