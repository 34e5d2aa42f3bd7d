//! Rating loss of the recommendation networks (paper, Algorithm 1 lines 4 to 6 and 13 to 15), with what stands in front of
//! their dense layers and with adversarial training, where a head has them.

use burn::tensor::{Tensor, activation::relu};

use super::{Graph, Loss};
use crate::engine::{Adversarial, Pairs, RatingRows, RatingTerm, Tower, dropout};

/// Keeps quotients by a length finite.
const TINY: f32 = 1e-12;

/// The loss of [`RatingTerm`], number `number` of the graph, on the chosen ratings.
pub(super) fn loss(graph: &Graph, number: usize, term: &RatingTerm, chosen: &[u32], key: u32) -> Loss {
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
    let (past, is_past) = past(graph, number, term, chosen);
    let pairs = Pairs { users: u, items: v, past, is_past };
    let residuals: Vec<f32> = chosen.iter().map(|&row| data.ratings[row as usize].residual).collect();
    let given = given(data, chosen);
    let square_error = |graph: &Graph, pairs: &Pairs| {
        let error = forward(graph, term.head, pairs, given.clone(), key) - graph.given(residuals.clone(), 1);
        error.square().mean()
    };
    let data_loss = square_error(graph, &pairs);

    let mut penalties = Vec::new();
    if term.row_l2 > 0.0 {
        let shares = |shares: &[f32], rows: &[u32]| {
            graph.given(rows.iter().map(|&row| shares[row as usize]).collect(), 1)
        };
        let squares = user_rows.square().sum_dim(1) * shares(&data.user_shares, &users)
            + item_rows.square().sum_dim(1) * shares(&data.item_shares, &items);
        penalties.push(squares.mean().mul_scalar(term.row_l2));
    }
    if let Some(adversarial) = graph.table.networks.get(&term.head).and_then(|network| network.adversarial) {
        let moved = moved(graph, &pairs, adversarial, &square_error);
        penalties.push(square_error(graph, &moved).mul_scalar(adversarial.weight));
    }
    for Tower { weights, penalty, .. } in [&term.user.tower, &term.item.tower].into_iter().flatten() {
        if *penalty > 0.0 {
            penalties.push(graph.leaf(*weights).square().sum().mul_scalar(*penalty));
        }
    }
    Loss { data: data_loss, penalty: penalties.into_iter().reduce(|a, b| a + b) }
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

/// What the users of the chosen ratings have rated besides, as vectors and where there are some; of no length where no
/// network asks for it.
fn past(graph: &Graph, number: usize, term: &RatingTerm, chosen: &[u32]) -> (Tensor<3>, Tensor<2>) {
    let k = graph.table.params[term.item.table].columns;
    let Some(histories) = graph.table.histories.get(&number) else {
        return (
            Tensor::zeros([chosen.len(), 1, k], &graph.device()),
            Tensor::zeros([chosen.len(), 1], &graph.device()),
        );
    };
    let length = histories.length;
    let (mut items, mut there) = (Vec::new(), Vec::new());
    for &row in chosen {
        let history = histories.get(row as usize);
        let filling = length - history.len();
        items.extend(history.iter().copied().chain(std::iter::repeat_n(0, filling)));
        there.extend(std::iter::repeat_n(1.0, history.len()).chain(std::iter::repeat_n(0.0, filling)));
    }
    let vectors = graph.finish(&term.item, graph.rows(&term.item, &items), &items);
    let vectors = vectors * graph.given(there.clone(), 1);
    (vectors.reshape([chosen.len(), length, k]), graph.given(there, length))
}

/// The pairs with both vectors moved against the network: by a share of their own length, up the gradient of the loss. What
/// they are moved by is a constant of the step, as in adversarial personalised ranking.
fn moved(
    graph: &Graph,
    pairs: &Pairs,
    adversarial: Adversarial,
    loss: &impl Fn(&Graph, &Pairs) -> Tensor<1>,
) -> Pairs {
    // A graph of its own, in which nothing but the two vectors has a gradient.
    let constants: Vec<Tensor<2>> = graph.leaves.iter().map(|leaf| leaf.clone().inner().autodiff()).collect();
    let apart = Graph { table: graph.table, leaves: &constants };
    let leaf = |x: &Tensor<2>| x.clone().inner().autodiff().require_grad();
    let (users, items) = (leaf(&pairs.users), leaf(&pairs.items));
    let there = Pairs {
        users: users.clone(),
        items: items.clone(),
        past: pairs.past.clone().inner().autodiff(),
        is_past: pairs.is_past.clone(),
    };
    let mut gradients = loss(&apart, &there).backward();
    let mut step = |leaf: &Tensor<2>| {
        let lengths = |x: Tensor<2>| x.square().sum_dim(1).sqrt();
        let gradient = leaf.grad_remove(&mut gradients).unwrap_or_else(|| leaf.clone().inner().zeros_like());
        let share = lengths(leaf.clone().inner()) / lengths(gradient.clone()).add_scalar(TINY);
        (gradient * share).mul_scalar(adversarial.reach).autodiff()
    };
    let (to_users, to_items) = (step(&users), step(&items));
    Pairs {
        users: pairs.users.clone() + to_users,
        items: pairs.items.clone() + to_items,
        past: pairs.past.clone(),
        is_past: pairs.is_past.clone(),
    }
}

/// RS of pairs: `[n, 1]`.
fn forward(graph: &Graph, head: usize, pairs: &Pairs, given: Vec<f32>, key: u32) -> Tensor<2> {
    let front = graph.table.networks.get(&head).and_then(|network| network.front.as_ref());
    let mut inputs = match front {
        Some(front) => front.inputs(graph.leaves, pairs),
        None => vec![pairs.users.clone(), pairs.items.clone()],
    };
    let head = &graph.table.heads[head];
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
    if head.dot { x + (pairs.users.clone() * pairs.items.clone()).sum_dim(1) } else { x }
}
