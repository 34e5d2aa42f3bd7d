//! Reconstruction loss of the autoencoders (Eq. 2).

use burn::tensor::{Tensor, activation};

use super::{Graph, Loss};
use crate::data::FieldKind;
use crate::engine::{AutoencoderBatch, AutoencoderTerm, Reconstruction};

/// The loss of [`AutoencoderTerm`] on a batch.
pub(super) fn loss(graph: &Graph, term: &AutoencoderTerm, batch: &AutoencoderBatch) -> Loss {
    let mut x = graph.bag(term.input.weights, batch.rows, &batch.entries) + graph.leaf(term.input.bias);
    for &layer in &term.encoder {
        x = graph.dense(layer, activation::relu(x));
    }
    for &layer in &term.decoder {
        x = activation::relu(graph.dense(layer, x));
    }
    let data = match &term.reconstruction {
        Reconstruction::Observed => observed(graph, term, batch, x),
        Reconstruction::Fields(_) => fields(graph, term, batch, x),
    };
    Loss { data, penalty: None }
}

/// Squared error on the entries that are there; `hidden` is `[rows, h]`.
fn observed(graph: &Graph, term: &AutoencoderTerm, batch: &AutoencoderBatch, hidden: Tensor<2>) -> Tensor<1> {
    let rows = graph.indices(&batch.entries.rows);
    let columns = graph.indices(&batch.entries.columns);
    let weights = graph.leaf(term.output.weights).select(0, columns.clone());
    let output =
        (hidden.select(0, rows) * weights).sum_dim(1) + graph.leaf(term.output.bias).select(0, columns);
    (output - graph.given(&batch.entries.values, 1)).square().mean()
}

/// All columns, each field by its kind: the sum over fields of the mean over rows.
fn fields(graph: &Graph, term: &AutoencoderTerm, batch: &AutoencoderBatch, hidden: Tensor<2>) -> Tensor<1> {
    let Reconstruction::Fields(fields) = &term.reconstruction else {
        return Tensor::zeros([1], &graph.device());
    };
    let width = graph.table.params[term.output.weights].rows;
    let mut dense = vec![0.0; batch.rows * width];
    for ((&row, &column), &value) in
        batch.entries.rows.iter().zip(&batch.entries.columns).zip(&batch.entries.values)
    {
        dense[row as usize * width + column as usize] = value;
    }
    let target = graph.given(&dense, width);
    let output =
        hidden.matmul(graph.leaf(term.output.weights).transpose()) + graph.leaf(term.output.bias).transpose();
    let mut loss = Tensor::zeros([1], &graph.device());
    for field in fields {
        let columns = field.start..field.start + field.width;
        let y = output.clone().slice([0..batch.rows, columns.clone()]);
        let t = target.clone().slice([0..batch.rows, columns]);
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
