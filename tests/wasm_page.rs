//! In the page's own thread of a real browser, on the CPU.
#![cfg(target_arch = "wasm32")]

mod golden;
mod worlds;

use std::sync::Arc;

use dual_metric::config::Config;
use dual_metric::engine::Device;
use dual_metric::eval::Study;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_seed_gives_the_same_numbers_in_every_build() {
    golden::check_draws();
}

/// The whole measurement on the CPU, as text.
async fn report(config: Config) -> String {
    let world = Arc::new(worlds::small_world());
    let config = config.check().expect("valid settings");
    let mut study = Study::new(world, config, Device::cpu(), true, vec![]).await.expect("enough data");
    while !study.is_done() {
        study.advance(&mut |_| ()).await.expect("training goes on");
    }
    format!("{:?}", study.report().expect("a finished measurement has figures"))
}

#[wasm_bindgen_test]
async fn both_presets_train_and_a_seed_gives_the_same_figures_twice() {
    for preset in [Config::robust(), Config::paper()] {
        let config = Config { epochs: 2, autoencoder_epochs: 2, ..preset };
        let first = report(config.clone()).await;
        assert!(!first.contains("NaN"), "{first}");
        assert_eq!(first, report(config.clone()).await);
        assert_ne!(first, report(Config { seed: 2, ..config }).await);
    }
}
