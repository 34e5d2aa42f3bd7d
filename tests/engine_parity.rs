#![cfg(not(target_arch = "wasm32"))]
//! The fused step of the CPU against burn's automatic differentiation: gradients of single steps and a hundred steps of
//! training, in the make-up of every preset, with fresh random inputs for every size.

mod layer_tables;

use dual_metric::engine::{Chunk, Device, Engine, FusedCpu, LayerTable, ReferenceEngine, UpdatedRows};
use dual_metric::rng::Generator;
use layer_tables::{MakeUp, autoencoder, dual, net, shares};

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

fn both(table: &LayerTable) -> (FusedCpu, ReferenceEngine) {
    let tables = || vec![table.clone()];
    (FusedCpu::new(tables()), ReferenceEngine::new(tables(), &Device::cpu_reference()))
}

/// Gradients of one step agree to 1e-4.
fn check_gradients(table: &LayerTable, chunk: &Chunk, what: &str) {
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
fn check_training(table: &LayerTable, chunk: &Chunk, tolerance: f32, what: &str) {
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

#[test]
fn gradients_of_the_presets_in_all_batch_sizes() {
    for make_up in [MakeUp::Robust, MakeUp::RobustWithFeatures, MakeUp::Paper, MakeUp::Everything] {
        for (seed, batch) in BATCHES.into_iter().enumerate() {
            let mut rng = Generator::new(seed as u64, "parity");
            let table = dual(make_up, 16, &mut rng);
            let chunk = shares(&table, batch, 1, &mut rng);
            check_gradients(&table, &chunk, &format!("{make_up:?}, batch {batch}"));
        }
    }
}

#[test]
fn gradients_in_all_dimensions() {
    for k in [1, 4, 15, 16, 17, 32, 64, 256] {
        let mut rng = Generator::new(k as u64, "parity");
        let table = dual(MakeUp::Everything, k, &mut rng);
        let chunk = shares(&table, 70, 1, &mut rng);
        check_gradients(&table, &chunk, &format!("k = {k}"));
    }
}

#[test]
fn gradients_of_networks_of_all_shapes() {
    for (seed, widths) in [&[7][..], &[32, 16], &[64, 33, 8], &[40, 40, 5, 1]].into_iter().enumerate() {
        let mut rng = Generator::new(seed as u64, "parity");
        let table = net(30, 20, 16, widths, 0.3, &mut rng);
        let chunk = shares(&table, 70, 1, &mut rng);
        check_gradients(&table, &chunk, &format!("{widths:?}"));
    }
}

#[test]
fn gradients_of_autoencoders() {
    for with_fields in [false, true] {
        for (seed, batch) in BATCHES.into_iter().enumerate() {
            let mut rng = Generator::new(seed as u64, "parity");
            let table = autoencoder(with_fields, &[32, 16], &mut rng);
            let chunk = shares(&table, batch, 1, &mut rng);
            check_gradients(&table, &chunk, &format!("fields {with_fields}, batch {batch}"));
        }
    }
}

#[test]
fn one_user_and_one_item_who_come_in_every_row() {
    let mut rng = Generator::new(1, "parity");
    let table = net(1, 1, 16, &[32, 16], 0.0, &mut rng);
    check_gradients(&table, &shares(&table, 65, 1, &mut rng), "one user, one item");
}

#[test]
fn a_hundred_steps_of_every_preset_by_both_rules() {
    for rows in [UpdatedRows::Touched, UpdatedRows::All] {
        for make_up in [MakeUp::Robust, MakeUp::RobustWithFeatures, MakeUp::Paper, MakeUp::Everything] {
            for batch in [1, 65] {
                let mut rng = Generator::new(batch as u64, "parity");
                let mut table = dual(make_up, 16, &mut rng);
                table.adam.rows = rows;
                for (steps, tolerance) in [(10, 1e-4), (100, 1e-2)] {
                    let chunk = shares(&table, batch, steps, &mut rng);
                    let what = format!("{make_up:?}, {rows:?}, batch {batch}, {steps} steps");
                    check_training(&table, &chunk, tolerance, &what);
                }
            }
        }
        for with_fields in [false, true] {
            let mut rng = Generator::new(3, "parity");
            let mut table = autoencoder(with_fields, &[32, 16], &mut rng);
            table.adam.rows = rows;
            for (steps, tolerance) in [(10, 1e-4), (100, 1e-2)] {
                let chunk = shares(&table, 64, steps, &mut rng);
                let what = format!("autoencoder, fields {with_fields}, {rows:?}, {steps} steps");
                check_training(&table, &chunk, tolerance, &what);
            }
        }
    }
}

#[test]
fn replicas_know_nothing_of_each_other() {
    let mut rng = Generator::new(5, "parity");
    let tables: Vec<LayerTable> = (0..3).map(|_| dual(MakeUp::Robust, 16, &mut rng)).collect();
    let chunks: Vec<Chunk> = tables.iter().map(|table| shares(table, 64, 5, &mut rng)).collect();
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
