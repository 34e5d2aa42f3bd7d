//! The fused steps held against the reference engine: here that of WebGPU, in the browser and on this machine's card
//! (gradients, a hundred steps, replicas, buffers), in [`cpu`] that of the browser's CPU.

#[cfg(target_arch = "wasm32")]
mod cpu;

use dual_metric::engine::{
    Chunk, Device, Engine, FusedCpu, FusedGpu, ReferenceEngine, TrainingGraph, UpdatedRows,
    UpdatedRows::Touched,
};
use dual_metric::rng::Generator;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use crate::tables::{Sizes, autoencoder, codes, linked, net, steps, trained_maps, without_towers};
use crate::webgpu;

const HIDDEN: &[usize] = &[32, 16];

fn sizes(k: usize) -> Sizes {
    Sizes { users: 50, items: 37, ratings: 400, k }
}

fn reference(table: &TrainingGraph) -> ReferenceEngine {
    ReferenceEngine::new(vec![table.clone()], &Device::cpu())
}

async fn fused(tables: &[TrainingGraph]) -> FusedGpu {
    let device = webgpu().await;
    assert_eq!(FusedGpu::supports(tables, &device), Ok(()));
    let mut engine = FusedGpu::new(tables.to_vec(), &device).expect("the kernel trains this table");
    engine.share_out_from(1024);
    engine
}

/// The largest difference, relative to the largest number expected.
fn difference(numbers: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(numbers.len(), expected.len());
    let largest = expected.iter().fold(1e-6_f32, |m, x| m.max(x.abs()));
    // `max` drops what is not a number.
    assert!(numbers.iter().all(|x| x.is_finite()));
    numbers.iter().zip(expected).fold(0.0_f32, |m, (a, b)| m.max((a - b).abs())) / largest
}

async fn gradients_agree(name: &str, table: &TrainingGraph, batch: usize) {
    gradients_of(fused(std::slice::from_ref(table)).await, name, table, batch).await;
}

async fn gradients_of(engine: FusedGpu, name: &str, table: &TrainingGraph, batch: usize) {
    let chunk = steps(table, 1, batch, &mut Generator::new(5, "chunk"));
    gradients_in(engine, &format!("{name}, batch {batch}"), table, &chunk).await;
}

/// Of the first step of a chunk.
async fn gradients_in(mut engine: FusedGpu, name: &str, table: &TrainingGraph, chunk: &Chunk) {
    let expected = reference(table).gradients(0, chunk).await.expect("the CPU works");
    let got = engine.gradients(0, chunk).await.expect("WebGPU works");
    for (id, (got, expected)) in got.iter().zip(&expected).enumerate() {
        match (got, expected) {
            (Some(got), Some(expected)) => {
                let worst = difference(got, expected);
                assert!(worst < 1e-4, "{name}, parameter {id}: off by {worst}");
            }
            (None, None) => {}
            _ => panic!("{name}: only one engine has a gradient of parameter {id}"),
        }
    }
}

/// Runs `n` steps on both engines, in two calls, and compares losses and weights.
async fn training_agrees(name: &str, table: &TrainingGraph, batch: usize, n: usize) {
    training_of(fused(std::slice::from_ref(table)).await, name, table, batch, n).await;
}

async fn training_of(mut there: FusedGpu, name: &str, table: &TrainingGraph, batch: usize, n: usize) {
    let mut rng = Generator::new(6, "chunks");
    let mut here = reference(table);
    for _ in 0..2 {
        let chunk = steps(table, n / 2, batch, &mut rng);
        here.run(std::slice::from_ref(&chunk)).expect("the CPU works");
        there.run(std::slice::from_ref(&chunk)).expect("WebGPU works");
    }
    assert_eq!((here.steps(0), there.steps(0)), (n, n));
    let losses = here.losses().await.expect("the CPU works");
    for (t, (a, b)) in losses[0].iter().zip(&there.losses().await.expect("WebGPU works")[0]).enumerate() {
        let (a, b) = (a.expect("every term had rows"), b.expect("every term had rows"));
        assert!((a - b).abs() < 1e-3 * a, "{name}, batch {batch}: loss {t} is {b}, not {a}");
    }
    for id in 0..table.params.len() {
        let expected = here.weights(0, id).await.expect("the CPU works");
        let got = there.weights(0, id).await.expect("WebGPU works");
        let worst = difference(&got, &expected);
        assert!(worst < 1e-3, "{name}, batch {batch}, parameter {id}: off by {worst}");
    }
}

pub async fn gradients_are_those_of_the_reference_at_every_batch_size() {
    let table = net(sizes(16), HIDDEN, Touched, 1);
    // From 1,024 rows on, several workgroups work on a step.
    for batch in [1, 63, 64, 65, 1000, 1100] {
        gradients_agree("NET", &table, batch).await;
    }
}

pub async fn gradients_are_those_of_the_reference_at_every_width() {
    for k in [4, 5, 64] {
        gradients_agree(&format!("k = {k}"), &net(sizes(k), HIDDEN, Touched, 1), 65).await;
    }
    gradients_agree("odd layers", &net(sizes(6), &[33, 7], Touched, 1), 65).await;
    gradients_agree("no hidden layer", &net(sizes(4), &[], Touched, 1), 65).await;
    gradients_agree("one item", &net(Sizes { items: 1, ..sizes(16) }, HIDDEN, Touched, 1), 65).await;
}

pub async fn gradients_are_those_of_the_reference_where_weights_do_not_fit_into_workgroup_memory() {
    gradients_agree("k = 256", &net(sizes(256), HIDDEN, Touched, 1), 20).await;
}

pub async fn gradients_of_several_losses_in_a_step_are_those_of_the_reference() {
    for batch in [1, 70] {
        gradients_agree("as the default preset", &linked(sizes(16), Touched, 2), batch).await;
        gradients_agree("as the paper preset", &codes(sizes(16), 3), batch).await;
    }
    for transposed in [false, true] {
        gradients_agree("trained maps", &trained_maps(sizes(6), transposed, 4), 70).await;
    }
}

pub async fn a_hundred_steps_end_where_the_reference_ends() {
    for updated in [Touched, UpdatedRows::All] {
        for batch in [1, 64, 65] {
            training_agrees("NET", &net(sizes(16), HIDDEN, updated, 1), batch, 100).await;
        }
        training_agrees("as the default preset", &linked(sizes(16), updated, 2), 33, 100).await;
    }
    training_agrees("as the paper preset", &codes(sizes(16), 3), 64, 100).await;
    training_agrees("trained maps", &trained_maps(sizes(6), false, 4), 33, 100).await;
    training_agrees("one workgroup", &net(sizes(4), HIDDEN, Touched, 1), 1000, 100).await;
    training_agrees("several workgroups", &net(sizes(4), HIDDEN, Touched, 1), 1100, 20).await;
    training_agrees("several workgroups", &linked(sizes(8), Touched, 2), 300, 10).await;
}

pub async fn the_kernel_for_hardware_does_what_that_for_software_does() {
    let device = webgpu().await;
    let fused = |table: &TrainingGraph| {
        FusedGpu::as_on_hardware(vec![table.clone()], &device).expect("the kernel trains this table")
    };
    for (k, batch) in [(16, 65), (5, 3), (64, 20)] {
        let table = net(sizes(k), HIDDEN, Touched, 1);
        gradients_of(fused(&table), &format!("k = {k}"), &table, batch).await;
    }
    let table = trained_maps(sizes(6), true, 4);
    gradients_of(fused(&table), "trained maps", &table, 20).await;
    for updated in [Touched, UpdatedRows::All] {
        let table = linked(sizes(16), updated, 2);
        training_of(fused(&table), "as the default preset", &table, 33, 100).await;
    }
}

/// Trained autoencoders of this seed have no unit at the edge, see [`shaken_end_alike`].
const AUTOENCODERS: u64 = 4;

/// Where a sum is so near zero that rounding decides whether ReLU lets it through, one engine moves weights of that unit
/// by the learning rate and the other does not. Trainings that are compared have no such sum: with parameters that are a
/// few parts in a million off at the start, they end as near to one another.
async fn shaken_end_alike(name: &str, table: &TrainingGraph, batch: usize, n: usize) {
    let mut rng = Generator::new(3, "shaken");
    let mut tables = vec![table.clone(); 9];
    for x in tables[1..].iter_mut().flat_map(|table| &mut table.params).flat_map(|param| &mut param.values) {
        *x *= 1.0 + 3e-6 * rng.normal();
    }
    let mut engine = FusedCpu::new(tables);
    let mut rng = Generator::new(6, "chunks");
    for _ in 0..2 {
        engine.run(&vec![steps(table, n / 2, batch, &mut rng); 9]).expect("the CPU works");
    }
    for id in 0..table.params.len() {
        let expected = engine.weights(0, id).await.expect("the CPU works");
        for shaken in 1..9 {
            let got = engine.weights(shaken, id).await.expect("the CPU works");
            let worst = difference(&got, &expected);
            assert!(worst < 1e-4, "{name}, batch {batch}, parameter {id}: {worst}, so take another seed");
        }
    }
}

/// Over ratings, of which the columns count that are there, and over features, of which all do.
const WITH_FIELDS: [bool; 2] = [false, true];

pub async fn gradients_of_autoencoders_are_those_of_the_reference() {
    for with_fields in WITH_FIELDS {
        let name = format!("autoencoder, fields: {with_fields}");
        for (hidden, batch) in
            [(&[32, 16][..], 1), (&[32, 16], 63), (&[32, 16], 65), (&[7, 5, 3], 70), (&[6], 20)]
        {
            gradients_agree(&name, &autoencoder(with_fields, hidden, Touched, 9), batch).await;
        }
        // Weights that do not fit into workgroup memory stay where they are.
        gradients_agree(&name, &autoencoder(with_fields, &[96, 64], Touched, 9), 40).await;
        // Two shares of a step, a row in both and twice in one, and rows without columns: the fourth of every four.
        let table = autoencoder(with_fields, &[8, 4], Touched, 9);
        let mut chunk = Chunk::default();
        chunk.push(0, 0.7, 1, [0, 3, 4, 4, 7, 1]);
        chunk.push(0, 0.2, 2, [4, 2, 11]);
        chunk.end_step();
        let engine = fused(std::slice::from_ref(&table)).await;
        gradients_in(engine, &format!("{name}, two shares"), &table, &chunk).await;
    }
}

pub async fn autoencoders_end_where_the_reference_ends() {
    for with_fields in WITH_FIELDS {
        let name = format!("autoencoder, fields: {with_fields}");
        for updated in [Touched, UpdatedRows::All] {
            for (hidden, batch, n) in [(&[32, 16][..], 64, 20), (&[7, 5, 3], 5, 100)] {
                let table = autoencoder(with_fields, hidden, updated, AUTOENCODERS);
                shaken_end_alike(&name, &table, batch, n).await;
                training_agrees(&name, &table, batch, n).await;
            }
        }
        // Columns that no step names for a while.
        let table = autoencoder(with_fields, &[8, 4], UpdatedRows::All, AUTOENCODERS);
        idle_rows_agree(&name, &table, 2, 60).await;
    }
}

pub async fn the_kernel_for_hardware_trains_autoencoders_alike() {
    let device = webgpu().await;
    for with_fields in WITH_FIELDS {
        for groups_from in [usize::MAX, 1] {
            let name = format!("autoencoder, fields: {with_fields}, several workgroups from {groups_from}");
            let open = |table: &TrainingGraph| {
                let mut engine = FusedGpu::as_on_hardware(vec![table.clone()], &device)
                    .expect("the kernel trains this table");
                engine.share_out_from(groups_from);
                engine
            };
            let table = autoencoder(with_fields, &[32, 16], Touched, 9);
            gradients_of(open(&table), &name, &table, 65).await;
            for updated in [Touched, UpdatedRows::All] {
                let table = autoencoder(with_fields, &[7, 5, 3], updated, AUTOENCODERS);
                shaken_end_alike(&name, &table, 33, 60).await;
                training_of(open(&table), &name, &table, 33, 60).await;
            }
        }
    }
}

pub async fn autoencoders_side_by_side_are_those_alone() {
    for with_fields in WITH_FIELDS {
        // Their rows differ.
        let tables: Vec<TrainingGraph> =
            (0..3).map(|seed| autoencoder(with_fields, &[8, 4], UpdatedRows::All, seed)).collect();
        let chunks: Vec<Chunk> = (0..)
            .zip(&tables)
            .map(|(seed, table)| steps(table, 5 + seed, 20, &mut Generator::new(seed as u64, "chunks")))
            .collect();
        let mut together = fused(&tables).await;
        together.run(&chunks).expect("WebGPU works");
        let losses = together.losses().await.expect("WebGPU works");
        for (replica, (table, chunk)) in tables.iter().zip(&chunks).enumerate() {
            let mut alone = fused(std::slice::from_ref(table)).await;
            alone.run(std::slice::from_ref(chunk)).expect("WebGPU works");
            assert_eq!(alone.losses().await.expect("WebGPU works")[0], losses[replica]);
            for id in 0..table.params.len() {
                let expected = alone.weights(0, id).await.expect("WebGPU works");
                assert_eq!(together.weights(replica, id).await.expect("WebGPU works"), expected);
            }
        }
    }
}

pub async fn what_the_device_works_out_beforehand_is_what_the_host_would() {
    let device = webgpu().await;
    let open = |table: &TrainingGraph| {
        FusedGpu::as_on_hardware(vec![table.clone(), table.clone()], &device)
            .expect("the kernel trains this table")
    };
    let small = |k: usize| Sizes { users: 12, items: 9, ratings: 300, k };
    for (name, table, batch, n) in [
        ("NET", net(sizes(16), HIDDEN, Touched, 1), 64, 12),
        ("one item", net(Sizes { items: 1, ..sizes(4) }, &[8], Touched, 1), 33, 4),
        ("one row a step", net(sizes(5), &[8], Touched, 1), 1, 4),
        ("as the default preset", linked(small(16), Touched, 2), 33, 8),
        ("without features", without_towers(linked(small(8), Touched, 2)), 20, 4),
        ("as the paper preset", codes(sizes(16), 3), 64, 8),
        ("trained maps", trained_maps(sizes(6), false, 4), 33, 8),
        ("several workgroups", linked(small(8), Touched, 2), 210, 4),
        ("more features than a workgroup sorts", linked(small(4), Touched, 2), 900, 2),
        ("more than a workgroup sorts", net(Sizes { ratings: 9000, ..sizes(4) }, &[8], Touched, 1), 5000, 2),
    ] {
        let (mut by_host, mut by_device) = (open(&table), open(&table));
        by_host.plan_on_host();
        assert!(by_device.plans(), "{name}");
        for call in 0..2 {
            // The second replica rests in the second call.
            let mut rng = Generator::new(call, "chunks");
            let replicas = 2 - call as usize;
            let chunks: Vec<Chunk> = (0..replicas).map(|_| steps(&table, n, batch, &mut rng)).collect();
            by_host.run(&chunks).expect("WebGPU works");
            by_device.run(&chunks).expect("WebGPU works");
        }
        for (replica, id) in (0..2).flat_map(|replica| (0..table.params.len()).map(move |id| (replica, id))) {
            let expected = by_host.weights(replica, id).await.expect("WebGPU works");
            let got = by_device.weights(replica, id).await.expect("WebGPU works");
            assert!(expected.iter().all(|x| x.is_finite()));
            assert_eq!(got, expected, "{name}: parameter {id} of replica {replica}");
        }
        let losses = by_host.losses().await.expect("WebGPU works");
        assert_eq!(by_device.losses().await.expect("WebGPU works"), losses, "{name}");
    }
}

/// Steps in several calls on tables of which a step names a few rows; weights are read and a table is set in between.
async fn idle_rows_agree(name: &str, table: &TrainingGraph, batch: usize, n: usize) {
    idle_rows_of(fused(std::slice::from_ref(table)).await, name, table, batch, n).await;
}

async fn idle_rows_of(mut there: FusedGpu, name: &str, table: &TrainingGraph, batch: usize, n: usize) {
    let mut rng = Generator::new(7, "chunks");
    let mut here = reference(table);
    for call in 0..4 {
        let chunk = steps(table, n / 4, batch, &mut rng);
        here.run(std::slice::from_ref(&chunk)).expect("the CPU works");
        there.run(std::slice::from_ref(&chunk)).expect("WebGPU works");
        for id in 0..table.params.len() {
            let expected = here.weights(0, id).await.expect("the CPU works");
            let worst = difference(&there.weights(0, id).await.expect("WebGPU works"), &expected);
            assert!(worst < 1e-3, "{name}, batch {batch}, call {call}, parameter {id}: off by {worst}");
        }
        if call == 1 {
            let halves: Vec<f32> = table.params[0].values.iter().map(|x| 0.5 * x).collect();
            here.set_weights(0, 0, &halves);
            there.set_weights(0, 0, &halves);
        }
    }
    let chunk = steps(table, 1, batch, &mut rng);
    let expected = here.gradients(0, &chunk).await.expect("the CPU works");
    let got = there.gradients(0, &chunk).await.expect("WebGPU works");
    for (id, (got, expected)) in got.iter().zip(&expected).enumerate() {
        let (Some(got), Some(expected)) = (got, expected) else { continue };
        let worst = difference(got, expected);
        assert!(worst < 1e-2, "{name}, batch {batch}, gradient of parameter {id}: off by {worst}");
    }
}

pub async fn rows_that_no_step_names_for_long_go_on_moving_as_in_the_reference() {
    let large = |k: usize| Sizes { users: 900, items: 700, ratings: 3000, k };
    let all = UpdatedRows::All;
    idle_rows_agree("NET", &net(large(16), HIDDEN, all, 1), 16, 200).await;
    idle_rows_agree("odd vectors", &net(large(5), HIDDEN, all, 1), 8, 100).await;
    idle_rows_agree("as the default preset", &linked(large(8), all, 2), 4, 60).await;
    idle_rows_agree("several workgroups", &linked(large(8), all, 2), 210, 20).await;
}

pub async fn idle_rows_that_the_device_keeps_count_of_move_as_in_the_reference() {
    let device = webgpu().await;
    let large = |k: usize| Sizes { users: 900, items: 700, ratings: 3000, k };
    let all = UpdatedRows::All;
    for (name, table, batch, n) in [
        ("NET", net(large(16), HIDDEN, all, 1), 16, 200),
        ("odd vectors", net(large(5), HIDDEN, all, 1), 8, 100),
        ("as the default preset", linked(large(8), all, 2), 4, 60),
        ("several workgroups", linked(large(8), all, 2), 210, 20),
    ] {
        let engine =
            FusedGpu::as_on_hardware(vec![table.clone()], &device).expect("the kernel trains this table");
        assert!(engine.plans(), "{name}");
        idle_rows_of(engine, name, &table, batch, n).await;
    }
}

pub async fn a_training_that_the_device_keeps_count_of_goes_on_from_what_is_read() {
    let device = webgpu().await;
    let table = net(Sizes { users: 60, items: 40, ratings: 500, k: 4 }, &[8], UpdatedRows::All, 1);
    let open =
        || FusedGpu::as_on_hardware(vec![table.clone(); 2], &device).expect("the kernel trains this table");
    let chunks = |call: u64| {
        let mut rng = Generator::new(call, "chunks");
        [0, 1].map(|_| steps(&table, 9, 8, &mut rng))
    };
    let (mut whole, mut first, mut second) = (open(), open(), open());
    for call in 0..2 {
        whole.run(&chunks(call)).expect("WebGPU works");
    }
    first.run(&chunks(0)).expect("WebGPU works");
    for replica in 0..2 {
        let state = first.state(replica).await.expect("WebGPU works").expect("this engine has one");
        assert!(state[0].last.iter().any(|&last| last > 0 && last < 9), "{:?}", state[0].last);
        second.restore(replica, state, 9).expect("it is of the same network");
    }
    second.run(&chunks(1)).expect("WebGPU works");
    for (replica, id) in (0..2).flat_map(|replica| (0..table.params.len()).map(move |id| (replica, id))) {
        let expected = whole.weights(replica, id).await.expect("WebGPU works");
        assert_eq!(second.weights(replica, id).await.expect("WebGPU works"), expected, "{replica}, {id}");
    }
}

pub async fn idle_rows_of_replicas_are_their_own() {
    let sizes = Sizes { users: 300, items: 200, ratings: 1000, k: 8 };
    let tables: Vec<TrainingGraph> = (0..2).map(|seed| net(sizes, HIDDEN, UpdatedRows::All, seed)).collect();
    let chunks = || -> Vec<Vec<Chunk>> {
        let mut rng = Generator::new(8, "chunks");
        // The second rests in the second call.
        [[20, 5], [15, 0], [1, 30]]
            .map(|lengths| {
                lengths.iter().zip(&tables).map(|(&n, table)| steps(table, n, 8, &mut rng)).collect()
            })
            .into()
    };
    let mut together = fused(&tables).await;
    chunks().iter().for_each(|call| together.run(call).expect("WebGPU works"));
    for (replica, table) in tables.iter().enumerate() {
        let mut alone = fused(std::slice::from_ref(table)).await;
        for call in chunks() {
            alone.run(std::slice::from_ref(&call[replica])).expect("WebGPU works");
        }
        // In one reading, and each by itself.
        let all: Vec<_> = (0..table.params.len()).map(|id| (replica, id)).collect();
        let found = together.all_weights(&all).await.expect("WebGPU works");
        for (id, found) in found.into_iter().enumerate() {
            assert_eq!(found, alone.weights(0, id).await.expect("WebGPU works"));
        }
    }
}

pub async fn three_replicas_are_three_runs() {
    let tables: Vec<TrainingGraph> = (0..3).map(|seed| linked(sizes(8), Touched, seed)).collect();
    // Of different lengths; the last rests.
    let chunk = |replica: usize| {
        let mut rng = Generator::new(replica as u64, "chunk");
        steps(&tables[replica], 12 - 5 * replica, 40, &mut rng)
    };
    let chunks: Vec<Chunk> = (0..2).map(chunk).collect();
    let mut together = fused(&tables).await;
    together.run(&chunks).expect("WebGPU works");
    assert_eq!([0, 1, 2].map(|replica| together.steps(replica)), [12, 7, 0]);
    let losses = together.losses().await.expect("WebGPU works");
    assert!(losses[2].iter().all(Option::is_none));
    for (replica, table) in tables.iter().enumerate() {
        let mut alone = fused(std::slice::from_ref(table)).await;
        if let Some(chunk) = chunks.get(replica) {
            alone.run(std::slice::from_ref(chunk)).expect("WebGPU works");
        }
        assert_eq!(alone.losses().await.expect("WebGPU works")[0], losses[replica]);
        // In one reading, and each by itself.
        let all: Vec<_> = (0..table.params.len()).map(|id| (replica, id)).collect();
        let found = together.all_weights(&all).await.expect("WebGPU works");
        for (id, found) in found.into_iter().enumerate() {
            assert_eq!(found, alone.weights(0, id).await.expect("WebGPU works"));
        }
    }
}

pub async fn weights_that_are_set_are_those_that_are_read() {
    let table = linked(sizes(6), Touched, 2);
    let mut engine = fused(&[table.clone(), table.clone()]).await;
    for (id, param) in table.params.iter().enumerate() {
        assert_eq!(engine.weights(1, id).await.expect("WebGPU works"), param.values);
        let values: Vec<f32> = (0..param.values.len()).map(|i| i as f32).collect();
        engine.set_weights(1, id, &values);
        assert_eq!(engine.weights(1, id).await.expect("WebGPU works"), values);
        assert_eq!(engine.weights(0, id).await.expect("WebGPU works"), param.values);
    }
}

/// Each as a test of the browser, or of this machine where there is a card.
macro_rules! tests {
    ($($name:ident)*) => {
        mod run {
            $(
                #[cfg(target_arch = "wasm32")]
                #[wasm_bindgen_test::wasm_bindgen_test]
                async fn $name() {
                    super::$name().await;
                }

                #[cfg(not(target_arch = "wasm32"))]
                #[test]
                fn $name() {
                    if crate::has_card() {
                        pollster::block_on(super::$name());
                    }
                }
            )*
        }
    };
}

tests! {
    gradients_are_those_of_the_reference_at_every_batch_size
    gradients_are_those_of_the_reference_at_every_width
    gradients_are_those_of_the_reference_where_weights_do_not_fit_into_workgroup_memory
    gradients_of_several_losses_in_a_step_are_those_of_the_reference
    a_hundred_steps_end_where_the_reference_ends
    the_kernel_for_hardware_does_what_that_for_software_does
    gradients_of_autoencoders_are_those_of_the_reference
    autoencoders_end_where_the_reference_ends
    the_kernel_for_hardware_trains_autoencoders_alike
    autoencoders_side_by_side_are_those_alone
    what_the_device_works_out_beforehand_is_what_the_host_would
    rows_that_no_step_names_for_long_go_on_moving_as_in_the_reference
    idle_rows_that_the_device_keeps_count_of_move_as_in_the_reference
    a_training_that_the_device_keeps_count_of_goes_on_from_what_is_read
    idle_rows_of_replicas_are_their_own
    three_replicas_are_three_runs
    weights_that_are_set_are_those_that_are_read
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(inline_js = "
let made = 0;
export function countBuffers() {
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (...args) { made += 1; return create.apply(this, args); };
}
export function buffersMade() { return made; }
")]
extern "C" {
    #[wasm_bindgen(js_name = countBuffers)]
    fn count_buffers();
    #[wasm_bindgen(js_name = buffersMade)]
    fn buffers_made() -> u32;
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
async fn a_thousand_steps_make_no_buffer() {
    let table = net(sizes(4), &[8], Touched, 1);
    let mut engine = fused(std::slice::from_ref(&table)).await;
    let mut rng = Generator::new(1, "chunks");
    let mut run = async |n: usize| {
        for _ in 0..n {
            engine.run(&[steps(&table, 10, 8, &mut rng)]).expect("WebGPU works");
        }
        engine.losses().await.expect("WebGPU works");
    };
    // The first call may make room for its program.
    run(1).await;
    count_buffers();
    for _ in 0..10 {
        run(10).await;
    }
    assert_eq!(buffers_made(), 0);
}
