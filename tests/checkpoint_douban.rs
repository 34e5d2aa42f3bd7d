//! Checkpoints on the Douban pair (book, music): that a measurement which crashes comes to the same, how large they are and what
//! they cost. The data may not be shipped: `scripts/test` runs these tests where it is.

use std::sync::Arc;
use std::time::Instant;

use crate::real;
use dual_metric::data::{ReadOptions, World, read_ratings};
use dual_metric::engine::Device;
use dual_metric::lab::{Report, Study, TransferStudy};
use dual_metric::settings::{Config, ValidConfig};

fn douban() -> Arc<World> {
    let domains = ["book.tsv", "music.tsv"].map(|name| {
        let bytes = real::file(&format!("douban/{name}"));
        read_ratings(name, &bytes, &ReadOptions::default()).unwrap().domain
    });
    Arc::new(World::new(domains.into()))
}

fn begin(world: &Arc<World>, config: &ValidConfig) -> Study {
    let new = Study::new(world.clone(), config.clone(), Device::cpu(), TransferStudy::Measured, vec![]);
    pollster::block_on(new).unwrap()
}

/// The report without seconds.
fn figures(study: &Study) -> Report {
    let mut report = study.report().unwrap().clone();
    report.kept.iter_mut().for_each(|kept| kept.seconds = 0.0);
    report
}

/// A checkpoint and a crash at each tenth of the measurement.
fn crash_at_each_tenth(model: &str) {
    // A fifth of the sweeps: how often it crashes is the same, and what is gone on with as well.
    let config = Config { model: model.into(), sweeps: 60, burn_in: 10, ..Config::robust() };
    let (world, config) = (douban(), config.check().unwrap());
    let started = Instant::now();
    let mut study = begin(&world, &config);
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    let (expected, whole) = (figures(&study), started.elapsed());
    let mut study = begin(&world, &config);
    let (mut asked, mut crashes, mut reached) = (0.0, 0, 0.0);
    while !study.is_done() {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
        if study.fraction() < asked {
            continue;
        }
        asked += 0.02;
        let started = Instant::now();
        let Some(bytes) = pollster::block_on(study.checkpoint()).unwrap() else { continue };
        let written = started.elapsed();
        if study.fraction() < 0.1 * f32::from(u8::try_from(crashes + 1).unwrap()) {
            continue;
        }
        let started = Instant::now();
        let (world, config) = (world.clone(), config.clone());
        let again = Study::resume(world, config, Device::cpu(), TransferStudy::Measured, vec![], &bytes);
        let (again, told) = pollster::block_on(again).unwrap();
        println!(
            "{model} at {:.3}: {:.1} MB, written in {} ms, gone on with at {:.3} in {} ms; {} events",
            study.fraction(),
            bytes.len() as f64 / 1e6,
            written.as_millis(),
            again.fraction(),
            started.elapsed().as_millis(),
            told.len()
        );
        if again.fraction() > reached {
            (reached, study) = (again.fraction(), again);
        }
        crashes += 1;
    }
    println!("{model}: {} s without a crash, {crashes} crashes", whole.as_secs());
    assert!(crashes >= 8);
    assert_eq!(figures(&study), expected);
}

#[test]
#[ignore = "needs the Douban files; set DUAL_METRIC_DATA"]
fn the_recipe_that_crashes_nine_times_comes_to_the_same() {
    crash_at_each_tenth("dml");
}

#[test]
#[ignore = "needs the Douban files; set DUAL_METRIC_DATA"]
fn the_average_that_crashes_nine_times_comes_to_the_same() {
    crash_at_each_tenth("averaged");
}
