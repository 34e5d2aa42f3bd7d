//! In a dedicated worker of a real browser, on WebGPU: the device that the page trains on, held against the CPU.
#![cfg(target_arch = "wasm32")]

mod crashes;
mod fused;
mod golden;
mod tables;
mod worlds;

use std::cell::RefCell;
use std::sync::Arc;

use dual_metric::engine::{Device, DeviceKind};
use dual_metric::lab::StudyEvent;
use dual_metric::lab::contest::{Contest, Job, JobResult, Plan, Splitting};
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::recommender::Event;
use dual_metric::settings::Config;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Steps that both devices have to agree on.
const STEPS: usize = 20;

thread_local! {
    /// A wasm instance gets its WebGPU device only once; the tests of this file share it.
    static WEBGPU: RefCell<Option<Device>> = const { RefCell::new(None) };
}

async fn webgpu() -> Device {
    if let Some(device) = WEBGPU.with_borrow(Clone::clone) {
        return device;
    }
    dual_metric::web::start();
    let device = Device::webgpu().await.expect("the browser has a WebGPU adapter");
    WEBGPU.set(Some(device.clone()));
    device
}

/// The losses of the first steps of the dual loop, own and cross-domain of each domain. Every epoch is one step.
async fn losses(config: &Config, device: Device) -> Vec<f32> {
    let config = Config {
        epochs: STEPS,
        batch: 1 << 20,
        patience: None,
        tolerance: 0.0,
        autoencoder_epochs: 2,
        train_on_everything: false,
        ..config.clone()
    };
    let config = config.check().expect("valid settings");
    let world = Arc::new(worlds::small_world());
    let mut study =
        Study::new(world, config, device, TransferStudy::LeftOut, vec![]).await.expect("enough data");
    let mut losses = Vec::new();
    while !study.is_done() {
        let mut collect = |event| {
            if let StudyEvent::Training { event: Event::Epoch { domains, .. }, .. } = event {
                losses.extend(domains.iter().flat_map(|d| [d.own, d.cross.unwrap_or(0.0)]));
            }
        };
        study.advance(&mut collect).await.expect("training goes on");
    }
    losses
}

async fn agree(config: Config) {
    let here = losses(&config, Device::cpu()).await;
    let there = losses(&config, webgpu().await).await;
    assert_eq!(here.len(), 4 * STEPS);
    assert!(here[4 * (STEPS - 1)] < here[0], "nothing was learnt: {here:?}");
    let worst = here.iter().zip(&there).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-4, "largest difference {worst}: {here:?} {there:?}");
}

#[wasm_bindgen_test]
async fn webgpu_and_cpu_train_the_default_preset_alike() {
    agree(Config::robust()).await;
}

#[wasm_bindgen_test]
async fn webgpu_and_cpu_train_the_paper_preset_alike() {
    agree(Config::paper()).await;
}

#[wasm_bindgen_test]
async fn a_seed_gives_the_same_losses_on_webgpu_as_on_the_cpu() {
    golden::check_losses(&webgpu().await).await;
}

#[wasm_bindgen_test]
async fn a_measurement_on_webgpu_goes_on_through_what_is_read_back() {
    crashes::change_nothing(&webgpu().await).await;
}

#[wasm_bindgen_test]
async fn jobs_side_by_side_on_webgpu_find_what_each_finds_alone_there() {
    let config = Config { epochs: 2, batch: 256, patience: None, tolerance: 0.0, ..Config::robust() };
    let config = config.check().expect("valid settings");
    let contest = Contest::new(Arc::new(worlds::small_world()), None, 3, &config, 1, "data".into(), "test")
        .expect("a contest")
        .on(webgpu().await);
    let plan = Plan::new(&["dml"], Splitting::Folds(3), 1, 1).expect("a plan").with_placebos(true);
    let (jobs, baselines): (Vec<Job>, Vec<Job>) =
        plan.jobs().into_iter().partition(|job| contest.has_company(job).expect("a model"));
    assert!(jobs.len() == 9 && !baselines.is_empty(), "{} and {}", jobs.len(), baselines.len());
    let beside = contest.run_together(&jobs, &mut |_, _| {}).await.outcomes;
    for (job, beside) in jobs.iter().zip(beside) {
        let alone = contest.run_together(std::slice::from_ref(job), &mut |_, _| {}).await.outcomes.remove(0);
        let (beside, alone) = (beside.expect("it is done").result, alone.expect("it is done").result);
        assert_eq!(beside.training.device, Some(DeviceKind::WebGpu), "{job}");
        assert_eq!(beside.domains, alone.domains, "{job}: bit for bit");
        let here = contest.run(job, &mut |_| {}).await.expect("it is done").result;
        let rmse =
            |result: &JobResult| result.domains[0].all.as_ref().map_or(f64::NAN, |all| all.scores.rmse);
        let (here, there) = (rmse(&here), rmse(&beside));
        assert!((here - there).abs() < 2e-3, "{job}: {here} on the CPU, {there} on WebGPU");
    }
}
