//! The fused step of the CPU against burn's automatic differentiation: gradients of single steps and a hundred steps of
//! training, in the make-up of every preset, with fresh random inputs for every size.

use crate::tables;
use dual_metric::engine::{
    Chunk, Device, Engine, FusedCpu, ReferenceEngine, TrainingGraph, UpdatedRows, UpdatedRows::Touched,
};
use dual_metric::rng::Generator;
use tables::{Sizes, autoencoder, codes, linked, net, steps, trained_maps};

const BATCHES: [usize; 5] = [1, 63, 64, 65, 1000];

/// Largest difference, relative to the largest number of the reference.
fn difference(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    let largest = other.iter().fold(1e-6_f32, |m, x| m.max(x.abs()));
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / largest
}

/// Length of the difference, relative to the reference's.
fn distance(one: &[f32], other: &[f32]) -> f32 {
    let length = |values: &mut dyn Iterator<Item = f32>| values.map(|x| x * x).sum::<f32>().sqrt();
    length(&mut one.iter().zip(other).map(|(a, b)| a - b)) / length(&mut other.iter().copied())
}

fn both(table: &TrainingGraph) -> (FusedCpu, ReferenceEngine) {
    let tables = || vec![table.clone()];
    (FusedCpu::new(tables()), ReferenceEngine::new(tables(), &Device::cpu_reference()))
}

/// Gradients of one step agree to 1e-4.
fn check_gradients(table: &TrainingGraph, chunk: &Chunk, what: &str) {
    let (mut fused, mut reference) = both(table);
    let fused = pollster::block_on(fused.gradients(0, chunk)).unwrap();
    let reference = pollster::block_on(reference.gradients(0, chunk)).unwrap();
    for (id, (fused, reference)) in fused.iter().zip(&reference).enumerate() {
        let Some(reference) = reference else {
            assert!(fused.is_none(), "{what}: parameter {id} has a gradient and should have none");
            continue;
        };
        let fused = fused.as_ref().unwrap_or_else(|| panic!("{what}: parameter {id} has no gradient"));
        let difference = difference(fused, reference);
        assert!(difference < 1e-4, "{what}: parameter {id} differs by {difference}");
    }
}

/// Losses agree to 1e-3 over the steps of a chunk, and weights at its end as far as `tolerance`: rounding that puts one
/// unit on the other side of its kink makes a different step from there, and Adam a whole one of it.
fn check_training(table: &TrainingGraph, chunk: &Chunk, tolerance: f32, what: &str) {
    let (mut fused, mut reference) = both(table);
    for engine in [&mut fused as &mut dyn Engine, &mut reference] {
        engine.run(std::slice::from_ref(chunk)).unwrap();
        assert_eq!(engine.steps(0), chunk.len(), "{what}");
    }
    for id in 0..table.params.len() {
        let one = pollster::block_on(fused.weights(0, id)).unwrap();
        let other = pollster::block_on(reference.weights(0, id)).unwrap();
        let distance = distance(&one, &other);
        assert!(distance < tolerance, "{what}: parameter {id} differs by {distance}");
        let trained = difference_from_start(&other, &table.params[id].values);
        assert!(trained || !table.params[id].trainable, "{what}: parameter {id} was not trained");
    }
    let losses = pollster::block_on(fused.losses()).unwrap();
    let expected = pollster::block_on(reference.losses()).unwrap();
    for (loss, expected) in losses[0].iter().zip(&expected[0]) {
        let (Some(loss), Some(expected)) = (loss, expected) else { panic!("{what}: a term had no rows") };
        assert!((loss - expected).abs() < 1e-3 * expected, "{what}: {loss} {expected}");
    }
}

fn difference_from_start(values: &[f32], start: &[f32]) -> bool {
    values.iter().zip(start).any(|(a, b)| a != b)
}

fn sizes(k: usize) -> Sizes {
    Sizes { users: 50, items: 37, ratings: 400, k }
}

/// In the make-up of both presets, with maps that are trained, and autoencoders over ratings and over features.
fn all_make_ups(k: usize, updated: UpdatedRows, seed: u64) -> Vec<(&'static str, TrainingGraph)> {
    let mut all = vec![
        ("as the default preset", linked(sizes(k), updated, seed)),
        ("as the paper preset", codes(sizes(k), seed)),
        ("a trained map", trained_maps(sizes(k), false, seed)),
        ("a trained map, transposed", trained_maps(sizes(k), true, seed)),
        ("autoencoder over ratings", autoencoder(false, &[32, k], updated, seed)),
        ("autoencoder over features", autoencoder(true, &[32, k], updated, seed)),
    ];
    all.iter_mut().for_each(|(_, table)| table.adam.rows = updated);
    all
}

fn chunk(table: &TrainingGraph, batch: usize, n: usize, seed: u64) -> Chunk {
    steps(table, n, batch, &mut Generator::new(seed, "chunk"))
}

#[test]
fn gradients_are_those_of_the_reference_in_all_batch_sizes() {
    for (seed, batch) in (0..).zip(BATCHES) {
        for (name, table) in all_make_ups(16, Touched, seed) {
            check_gradients(&table, &chunk(&table, batch, 1, seed), &format!("{name}, batch {batch}"));
        }
    }
}

#[test]
fn gradients_are_those_of_the_reference_in_all_dimensions() {
    for k in [1, 4, 15, 16, 17, 32, 64, 256] {
        for (name, table) in all_make_ups(k, Touched, k as u64) {
            check_gradients(&table, &chunk(&table, 70, 1, 1), &format!("{name}, k = {k}"));
        }
    }
}

#[test]
fn gradients_are_those_of_the_reference_for_networks_of_all_shapes() {
    for hidden in [&[][..], &[7], &[32, 16], &[64, 33, 8], &[40, 40, 5, 1]] {
        let mut table = net(sizes(16), hidden, Touched, 1);
        table.heads[0].dropout = 0.3;
        check_gradients(&table, &chunk(&table, 70, 1, 1), &format!("{hidden:?}"));
    }
}

#[test]
fn gradients_are_those_of_the_reference_for_autoencoders_of_all_shapes() {
    for with_fields in [false, true] {
        // The first of them has no layer between its first, which makes the codes, and its last.
        for hidden in [&[6][..], &[32, 16], &[7, 5, 3]] {
            let table = autoencoder(with_fields, hidden, Touched, 9);
            check_gradients(&table, &chunk(&table, 70, 1, 1), &format!("{hidden:?}, fields: {with_fields}"));
        }
    }
}

#[test]
fn one_user_and_one_item_who_come_in_every_row() {
    let table = net(Sizes { users: 1, items: 1, ..sizes(16) }, &[32, 16], Touched, 1);
    check_gradients(&table, &chunk(&table, 65, 1, 1), "one user, one item");
}

#[test]
fn a_hundred_steps_end_where_the_reference_ends() {
    for updated in [Touched, UpdatedRows::All] {
        for batch in [1, 65] {
            for (name, table) in all_make_ups(16, updated, 7) {
                for (n, tolerance) in [(10, 1e-4), (100, 1e-2)] {
                    let what = format!("{name}, {updated:?}, batch {batch}, {n} steps");
                    check_training(&table, &chunk(&table, batch, n, 8), tolerance, &what);
                }
            }
        }
    }
}

#[test]
fn replicas_know_nothing_of_each_other() {
    let tables: Vec<TrainingGraph> = (0..3).map(|seed| linked(sizes(8), Touched, seed)).collect();
    let chunks: Vec<Chunk> = (0..).zip(&tables).map(|(seed, table)| chunk(table, 64, 5, seed)).collect();
    let mut together = FusedCpu::new(tables.clone());
    together.run(&chunks).unwrap();
    for (r, (table, chunk)) in tables.iter().zip(&chunks).enumerate() {
        let mut alone = FusedCpu::new(vec![table.clone()]);
        alone.run(std::slice::from_ref(chunk)).unwrap();
        for id in 0..table.params.len() {
            let one = pollster::block_on(together.weights(r, id)).unwrap();
            assert_eq!(one, pollster::block_on(alone.weights(0, id)).unwrap());
        }
    }
}
