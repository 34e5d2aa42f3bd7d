//! Reconstruction loss of the autoencoders (Eq. 2).

use burn::tensor::{Tensor, activation};

use super::{Entries, Graph, Loss};
use crate::data::{Field, FieldKind};
use crate::engine::{AutoencoderTerm, Reconstruction};

/// The loss of [`AutoencoderTerm`] on the chosen rows.
pub(super) fn loss(graph: &Graph, term: &AutoencoderTerm, chosen: &[u32]) -> Loss {
    let mut x = graph.bag(term.input.weights, &term.rows, chosen) + graph.leaf(term.input.bias);
    for &layer in &term.encoder {
        x = graph.dense(layer, activation::relu(x));
    }
    for &layer in &term.decoder {
        x = activation::relu(graph.dense(layer, x));
    }
    let entries = Entries::of(&term.rows, chosen);
    let data = match &term.reconstruction {
        Reconstruction::Observed => observed(graph, term, entries, x),
        Reconstruction::Fields(all) => fields(graph, term, all, entries, chosen.len(), x),
    };
    Loss { data, penalty: None }
}

/// Squared error on the entries that are there; `hidden` is `[rows, h]`.
fn observed(graph: &Graph, term: &AutoencoderTerm, entries: Entries, hidden: Tensor<2>) -> Tensor<1> {
    let rows = graph.indices(entries.rows.into_iter());
    let columns = graph.indices(entries.columns.into_iter());
    let weights = graph.leaf(term.output.weights).select(0, columns.clone());
    let output =
        (hidden.select(0, rows) * weights).sum_dim(1) + graph.leaf(term.output.bias).select(0, columns);
    (output - graph.given(entries.values, 1)).square().mean()
}

/// All columns, each field by its kind: the sum over fields of the mean over rows.
fn fields(
    graph: &Graph,
    term: &AutoencoderTerm,
    fields: &[Field],
    entries: Entries,
    rows: usize,
    hidden: Tensor<2>,
) -> Tensor<1> {
    let width = graph.table.params[term.output.weights].rows;
    let mut dense = vec![0.0; rows * width];
    for ((&row, &column), &value) in entries.rows.iter().zip(&entries.columns).zip(&entries.values) {
        dense[row as usize * width + column as usize] = value;
    }
    let target = graph.given(dense, width);
    let output =
        hidden.matmul(graph.leaf(term.output.weights).transpose()) + graph.leaf(term.output.bias).transpose();
    let mut loss = Tensor::zeros([1], &graph.device());
    for field in fields {
        let columns = field.start..field.start + field.width;
        let y = output.clone().slice([0..rows, columns.clone()]);
        let t = target.clone().slice([0..rows, columns]);
        let rows = match field.kind {
            FieldKind::Numeric => (y - t).square().sum_dim(1),
            // A row without a category (missing value) has an all-zero target and adds nothing.
            FieldKind::OneHot => (activation::log_softmax(y, 1) * t).sum_dim(1).neg(),
            // −t ln σ(y) − (1 − t) ln(1 − σ(y)) = ln(1 + eʸ) − t y
            FieldKind::MultiHot => (activation::softplus(y.clone(), 1.0) - t * y).sum_dim(1),
        };
        loss = loss + rows.mean();
    }
    loss
}
