//! Pair loss of the mapping (Eqs. 3 and 4): the overlap users' two vectors should meet under X.

use super::{Graph, Loss};
use crate::engine::{PairBatch, PairTerm};

/// The loss of [`PairTerm`] on a batch.
pub(super) fn loss(graph: &Graph, term: &PairTerm, batch: &PairBatch) -> Loss {
    let from = graph.finish(&term.from, graph.rows(&term.from, &batch.from), Some(&batch.from_features));
    let to = graph.finish(&term.to, graph.rows(&term.to, &batch.to), Some(&batch.to_features));
    Loss { data: (from - to).square().sum_dim(1).mean(), penalty: None }
}
