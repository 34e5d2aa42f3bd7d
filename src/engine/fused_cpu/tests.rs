//! What a long training leaves behind: no denormal number (see [`tiny`](crate::engine::tiny)).

use std::sync::Arc;

use super::matrix::Matrix;
use super::table::Table;
use super::*;
use crate::engine::{Adam, Gather, Head, RatingRow, RatingRows, RatingTerm, Term, UpdatedRows, tiny};
use crate::rng::Generator;

const USERS: usize = 24;
const ITEMS: usize = 24;
/// Rows of either table that are named in the first steps only.
const IDLE: usize = 8;
const RATINGS: usize = 200;

/// A network in which half of the hidden units are dead, so that nothing but decay moves their weights. The user table
/// decays too; nothing but momentum moves rows that are no longer named.
fn table(updated: UpdatedRows, rng: &mut Generator) -> TrainingGraph {
    let mut table = TrainingGraph::new(Adam { rows: updated, ..Adam::new(1e-2) });
    let (k, hidden) = (3, 8);
    let [user, item] = [USERS, ITEMS].map(|rows| {
        let table = table.param(rows, k, rng.normals(rows * k, 0.3));
        Gather { table, tower: None, through: None, detach: false }
    });
    table.params[user.table].weight_decay = 0.1;
    let layers: Vec<_> = [[2 * k, hidden], [hidden, 1]].map(|[from, to]| table.dense(from, to, rng)).to_vec();
    for layer in &layers {
        table.params[layer.weights].weight_decay = 1e-4;
    }
    table.params[layers[0].bias].values[..hidden / 2].fill(-100.0);
    table.heads.push(Head { layers, dot: true, given: 0, dropout: 0.0 });
    // The first half of the ratings name any row, the second half no idle one.
    let number = |n: usize, of: usize, rng: &mut Generator| {
        if n < RATINGS / 2 { rng.below(of) as u32 } else { (IDLE + rng.below(of - IDLE)) as u32 }
    };
    let [users, items] =
        [USERS, ITEMS].map(|of| (0..RATINGS).map(|n| number(n, of, rng)).collect::<Vec<u32>>());
    let ratings = RatingRow::from_columns(&users, &items, &rng.uniforms(RATINGS, 0.5));
    let rows = Arc::new(RatingRows { ratings, ..RatingRows::default() });
    table.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.0, rows }));
    table
}

/// Values, first and second moments of every parameter after so many steps.
fn trained(updated: UpdatedRows, steps: usize) -> Vec<[Vec<f32>; 3]> {
    let mut rng = Generator::new(1, "denormal");
    let mut engine = FusedCpu::new(vec![table(updated, &mut rng)]);
    let mut chunk = Chunk::default();
    for step in 0..steps {
        let first = if step < 50 { 0 } else { RATINGS / 2 };
        chunk.push(0, 1.0, 0, (0..4).map(|_| (first + rng.below(RATINGS / 2)) as u32));
        chunk.end_step();
        if chunk.len() == 50 {
            engine.run(std::slice::from_ref(&chunk)).unwrap();
            chunk.clear();
        }
    }
    for id in 0..2 {
        // Has idle rows go through all steps, in place.
        let values = pollster::block_on(engine.weights(0, id)).unwrap();
        engine.set_weights(0, id, &values);
    }
    let params = &engine.replicas[0].plan.params;
    params.tables.iter().map(Table::parts).chain(params.matrices.iter().map(Matrix::parts)).collect()
}

#[test]
fn a_long_training_with_decay_dead_units_and_idle_rows_leaves_no_denormal_number() {
    let bounds =
        [("weights", tiny::WEIGHT), ("first moments", tiny::MOMENT), ("second moments", tiny::SQUARE)];
    // When moments that only fade are about to be denormal: the first of idle rows, of dead units, and the second of both.
    for steps in [900, 5_000, 80_050] {
        for updated in [UpdatedRows::Touched, UpdatedRows::All] {
            for (param, parts) in trained(updated, steps).iter().enumerate() {
                for (numbers, (what, bound)) in parts.iter().zip(bounds) {
                    let what = format!("{what} of parameter {param} after {steps} steps, {updated:?}");
                    let denormal = numbers.iter().filter(|x| x.is_subnormal()).count();
                    assert_eq!(denormal, 0, "of {} {what}", numbers.len());
                    assert!(
                        numbers.iter().all(|x| *x == 0.0 || (x.is_finite() && x.abs() >= bound)),
                        "{what}"
                    );
                }
                assert!(parts[0].iter().any(|w| *w != 0.0), "parameter {param} is gone");
            }
        }
    }
}
