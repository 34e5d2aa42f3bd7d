//! The training graph of the network.

use dual_metric::engine::{Adam, Gather, Head, RatingTerm, Term, TrainingGraph, UpdatedRows};
use dual_metric::rng::Generator;

use super::Data;

/// Width of the embeddings.
const DIMENSION: usize = 16;
/// Widths of the MLP's layers.
const WIDTHS: [usize; 4] = [2 * DIMENSION, 32, 16, 1];
/// Spread of the embeddings' first values.
const SPREAD: f32 = 0.1;
const LEARNING_RATE: f32 = 1e-3;

/// The network on its first weights. Parameters in this order: users, items, then weights `[inputs, outputs]` and bias
/// of each layer.
pub fn table(data: &Data, rule: UpdatedRows, seed: u64) -> TrainingGraph {
    let mut rng = Generator::new(seed, "benchmark weights");
    let mut table = TrainingGraph::new(Adam { rows: rule, ..Adam::new(LEARNING_RATE) });
    let [user, item] = [data.size.users, data.size.items].map(|rows| {
        let table = table.param(rows, DIMENSION, rng.normals(rows * DIMENSION, SPREAD));
        Gather { table, tower: None, through: None, detach: false }
    });
    let layers = WIDTHS.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
    table.heads.push(Head { layers, dot: false, given: 0, dropout: 0.0 });
    table.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.0, rows: data.rows.clone() }));
    table
}
