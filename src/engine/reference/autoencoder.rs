//! Reconstruction loss of the autoencoders (Eq. 2), for the training graph and for the encoders that train without one.

use burn::tensor::{Tensor, activation};

use super::{Entries, Graph, Loss, indices, matrix};
use crate::data::{Field, FieldKind};
use crate::engine::{AutoencoderTerm, Reconstruction, SparseRows};

/// The loss of [`AutoencoderTerm`] on the chosen rows.
pub(super) fn loss(graph: &Graph, term: &AutoencoderTerm, chosen: &[u32]) -> Loss {
    let mut x = graph.bag(term.input.weights, &term.rows, chosen) + graph.leaf(term.input.bias);
    for &layer in &term.encoder {
        x = graph.dense(layer, activation::relu(x));
    }
    for &layer in &term.decoder {
        x = activation::relu(graph.dense(layer, x));
    }
    let output = (graph.leaf(term.output.weights), graph.leaf(term.output.bias));
    let data = reconstruction(&term.reconstruction, &term.rows, chosen, x, output);
    Loss { data, penalty: None }
}

/// How far the decoder's last hidden layer is from giving the chosen rows back.
///
/// # Shapes
/// `hidden`: `[chosen, h]`; `output`: weights `[columns, h]` and bias `[columns, 1]` → `[1]`.
pub(crate) fn reconstruction(
    how: &Reconstruction,
    rows: &SparseRows,
    chosen: &[u32],
    hidden: Tensor<2>,
    output: (Tensor<2>, Tensor<2>),
) -> Tensor<1> {
    let entries = Entries::of(rows, chosen);
    match how {
        Reconstruction::Observed => observed(entries, hidden, output),
        Reconstruction::Fields(all) => fields(all, entries, hidden, output),
    }
}

/// Squared error on the entries that are there, their mean.
fn observed(entries: Entries, hidden: Tensor<2>, (weights, bias): (Tensor<2>, Tensor<2>)) -> Tensor<1> {
    let device = hidden.device();
    let rows = indices(entries.rows.into_iter(), &device);
    let columns = indices(entries.columns.into_iter(), &device);
    let weights = weights.select(0, columns.clone());
    let output = (hidden.select(0, rows) * weights).sum_dim(1) + bias.select(0, columns);
    let n = entries.values.len();
    (output - matrix(entries.values, n, 1, &device)).square().mean()
}

/// All columns, each field by its kind: the sum over fields of the mean over rows.
fn fields(
    fields: &[Field],
    entries: Entries,
    hidden: Tensor<2>,
    (weights, bias): (Tensor<2>, Tensor<2>),
) -> Tensor<1> {
    let device = hidden.device();
    let (rows, width) = (hidden.dims()[0], weights.dims()[0]);
    let mut dense = vec![0.0; rows * width];
    for ((&row, &column), &value) in entries.rows.iter().zip(&entries.columns).zip(&entries.values) {
        dense[row as usize * width + column as usize] = value;
    }
    let target = matrix(dense, rows, width, &device);
    let output = hidden.matmul(weights.transpose()) + bias.transpose();
    let mut loss = Tensor::zeros([1], &device);
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
