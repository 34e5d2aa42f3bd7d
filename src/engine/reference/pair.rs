//! Pair loss of the mapping (Eqs. 3 and 4): the overlap users' two vectors should meet under X.

use super::{Graph, Loss};
use crate::engine::PairTerm;

/// The loss of [`PairTerm`] on the pairs of the chosen numbers.
pub(super) fn loss(graph: &Graph, term: &PairTerm, chosen: &[u32]) -> Loss {
    let (from, to): (Vec<u32>, Vec<u32>) = chosen.iter().map(|&pair| term.pairs[pair as usize]).unzip();
    let a = graph.finish(&term.from, graph.rows(&term.from, &from), &from);
    let b = graph.finish(&term.to, graph.rows(&term.to, &to), &to);
    Loss { data: (a - b).square().sum_dim(1).mean(), penalty: None }
}
