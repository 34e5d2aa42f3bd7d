//! How long an epoch of each preset takes on the generated sample, on this machine's CPU. Run it with
//! `cargo bench`; it prints the median of five and asserts nothing.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use std::sync::Arc;
    use std::time::Instant;

    use dual_metric::data::sample;
    use dual_metric::engine::Device;
    use dual_metric::lab::StudyEvent;
    use dual_metric::lab::{Study, TransferStudy};
    use dual_metric::recommender::Event;
    use dual_metric::settings::Config;

    let world = Arc::new(sample(1).world);
    let ratings: usize = world.domains.iter().map(|d| d.ratings.len()).sum();
    println!("{ratings} ratings in both domains, default and paper preset, CPU");
    for (name, preset) in [("robust", Config::robust()), ("paper", Config::paper())] {
        let config = Config { epochs: 6, patience: None, tolerance: 0.0, autoencoder_epochs: 1, ..preset };
        let Ok(config) = config.check() else { return };
        let study = pollster::block_on(Study::new(
            world.clone(),
            config,
            Device::cpu(),
            TransferStudy::LeftOut,
            vec![],
        ));
        let Ok(mut study) = study else { return };
        let mut ends = Vec::new();
        while !study.is_done() {
            let mut note = |event| {
                if matches!(event, StudyEvent::Training { event: Event::Epoch { .. }, .. }) {
                    ends.push(Instant::now());
                }
            };
            if pollster::block_on(study.advance(&mut note)).is_err() {
                return;
            }
        }
        let mut seconds: Vec<f64> = ends.windows(2).map(|w| (w[1] - w[0]).as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        let median = seconds[seconds.len() / 2];
        println!(
            "{name}: {:.0} ms an epoch, {:.0} ratings a second",
            median * 1e3,
            0.72 * ratings as f64 / median
        );
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}
