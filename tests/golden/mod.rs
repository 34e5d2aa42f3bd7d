//! What must come out the same in a native build and in wasm, on every device, and in every version unless it is meant.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::sync::Arc;

use dual_metric::engine::Device;
use dual_metric::lab::{Run, Study, StudyEvent, TransferStudy};
use dual_metric::recommender::Event;
use dual_metric::rng::Generator;
use dual_metric::settings::Config;

use crate::worlds;

/// The first draws of a seed.
pub fn check_draws() {
    let mut generator = Generator::new(7, "weights");
    let drawn: Vec<usize> = (0..6).map(|_| generator.below(1000)).collect();
    assert_eq!(drawn, [789, 960, 231, 638, 386, 589]);

    let mut order: Vec<usize> = (0..8).collect();
    generator.shuffle(&mut order);
    assert_eq!(order, [1, 0, 6, 7, 3, 5, 4, 2]);
    assert_eq!(generator.normals(2, 1.0), [-0.113_898_73, 0.433_962_76]);
}

/// Of a small training by the recipe, seed 1: the own loss of both domains, epoch by epoch.
const LOSSES: [[f32; 2]; 4] = [
    [0.079_141_53, 0.066_984_4],
    [0.078_678_12, 0.066_753_425],
    [0.078_872_12, 0.066_554_606],
    [0.078_036_9, 0.066_264_89],
];

/// The curve of the losses is what it was.
pub async fn check_losses(device: &Device) {
    let config = Config { model: "dml".into(), epochs: LOSSES.len(), ..Config::robust() };
    let config = config.check().expect("valid settings");
    let world = Arc::new(worlds::small_world());
    let study = Study::new(world, config, device.clone(), TransferStudy::LeftOut, vec![]).await;
    let mut study = study.expect("enough data");
    let mut losses = Vec::new();
    while !study.is_done() {
        let mut note = |event| {
            if let StudyEvent::Training { run: Run::Main, event: Event::Epoch { domains, .. }, .. } = event {
                losses.push([domains[0].own, domains[1].own]);
            }
        };
        study.advance(&mut note).await.expect("training goes on");
    }
    assert_eq!(study.device(), device.kind());
    assert_eq!(losses.len(), LOSSES.len());
    // Devices add in another order.
    let near = |(loss, expected): (&f32, &f32)| (loss - expected).abs() < 1e-4 * expected;
    assert!(losses.iter().flatten().zip(LOSSES.iter().flatten()).all(near), "{losses:?}");
}
