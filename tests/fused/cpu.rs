//! The CPU step in the browser, where products of whole tiles are compiled while the page runs: with and without, it is
//! the reference's.

use dual_metric::engine::{Engine, FusedCpu, Kernels, TrainingGraph, UpdatedRows::Touched, use_kernels};
use dual_metric::rng::Generator;
use dual_metric::web::start;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{difference, reference, sizes};
use crate::tables::{autoencoder, codes, linked, net, steps, trained_maps};

const KINDS: [Kernels; 3] = [Kernels::Off, Kernels::Plain, Kernels::Relaxed];

fn engine(table: &TrainingGraph) -> FusedCpu {
    FusedCpu::new(vec![table.clone()])
}

/// Gradients of a step agree to 1e-4.
async fn gradients_agree(name: &str, table: &TrainingGraph, batch: usize) {
    let chunk = steps(table, 1, batch, &mut Generator::new(5, "chunk"));
    let expected = reference(table).gradients(0, &chunk).await.expect("the CPU works");
    for kind in KINDS {
        use_kernels(kind);
        let got = engine(table).gradients(0, &chunk).await.expect("the CPU works");
        for (id, (got, expected)) in got.iter().zip(&expected).enumerate() {
            assert_eq!(got.is_some(), expected.is_some(), "{name}: gradient of parameter {id}");
            let (Some(got), Some(expected)) = (got, expected) else { continue };
            let worst = difference(got, expected);
            assert!(worst < 1e-4, "{name}, batch {batch}, {kind:?}: parameter {id} is off by {worst}");
        }
        let loaded = use_kernels(Kernels::default());
        assert!(loaded == 0 || kind != Kernels::Off);
        assert!(loaded > 0 || kind == Kernels::Off || batch < 64, "{name}, batch {batch}, {kind:?}");
    }
}

#[wasm_bindgen_test]
async fn gradients_are_those_of_the_reference_with_every_kind_of_kernel() {
    start();
    for batch in [1, 64, 130] {
        gradients_agree("net", &net(sizes(16), &[32, 16], Touched, 1), batch).await;
        gradients_agree("linked", &linked(sizes(8), Touched, 2), batch).await;
        gradients_agree("codes", &codes(sizes(5), 3), batch).await;
        gradients_agree("maps", &trained_maps(sizes(16), true, 4), batch).await;
    }
    for k in [4, 20, 100] {
        gradients_agree("net", &net(sizes(k), &[24, 8], Touched, 5), 64).await;
    }
    for with_fields in [false, true] {
        gradients_agree("autoencoder", &autoencoder(with_fields, &[24, 16], Touched, 6), 64).await;
    }
}

#[wasm_bindgen_test]
async fn a_hundred_steps_end_where_those_without_kernels_end() {
    start();
    let table = net(sizes(16), &[32, 16], Touched, 7);
    let chunk = steps(&table, 100, 64, &mut Generator::new(8, "chunk"));
    let mut losses = Vec::new();
    for kind in KINDS {
        use_kernels(kind);
        let mut engine = engine(&table);
        engine.run(std::slice::from_ref(&chunk)).expect("the CPU works");
        losses.push(engine.losses().await.expect("the CPU works")[0][0].expect("there were rows"));
    }
    use_kernels(Kernels::default());
    assert_eq!(losses[0], losses[1], "the same additions in the same order");
    assert!((losses[2] - losses[0]).abs() < 1e-3 * losses[0], "{losses:?}");
}
