//! What the tuner changes of a model is what the model reads: found out by changing it.

use std::collections::BTreeSet;
use std::sync::Arc;

use dual_metric::data::{World, sample};
use dual_metric::engine::Device;
use dual_metric::lab::tune::{Parameter, point_of, settings_space, with_point};
use dual_metric::peers::{MODELS, trains_here};
use dual_metric::recommender::{Assignment, Entry, Stopping};
use dual_metric::settings::Config;
use dual_metric::split::{Split, Training};

/// Predictions for the test rows of all domains after a very short training.
fn predictions(entry: &Entry, world: &Arc<World>, config: &Config) -> Vec<f32> {
    let config = Config { epochs: 2, sweeps: 12, burn_in: 2, ..config.clone() }.check().unwrap();
    let split = Split::new(world, &config).unwrap();
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    let watched = vec![Vec::new(); world.links.len()];
    let assignment = Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own };
    let mut fit = pollster::block_on((entry.begin)(assignment)).unwrap();
    while !fit.is_done() {
        pollster::block_on(fit.advance(&mut |_| ())).unwrap();
    }
    let model = fit.model();
    let of = |d: usize| {
        let rows = split.test(world, d);
        model.predict(d, &rows.users, &rows.items)
    };
    (0..world.domains.len()).flat_map(of).collect()
}

/// Every parameter that some model has.
fn parameters() -> Vec<Parameter> {
    let mut all: Vec<Parameter> = Vec::new();
    for space in MODELS.iter().filter_map(|entry| settings_space(entry.name).ok()) {
        for parameter in space.parameters() {
            if all.iter().all(|other| other.name != parameter.name) {
                all.push(parameter.clone());
            }
        }
    }
    all
}

#[test]
fn every_model_is_tuned_by_the_settings_that_change_its_predictions_and_by_no_other() {
    let world = Arc::new(sample(5).world);
    let all = dual_metric::lab::tune::Space::new(parameters()).unwrap();
    assert!(all.parameters().len() >= 8);
    let mut wrong = Vec::new();
    for entry in MODELS.iter().copied().filter(|entry| trains_here(entry)) {
        let default = Config { model: entry.name.into(), ..Config::robust() };
        let before = predictions(entry, &world, &default);
        let point = point_of(&all, &default).unwrap();
        let mut read = BTreeSet::new();
        for (n, parameter) in all.parameters().iter().enumerate() {
            // Far from the default, and never at it.
            let mut changed = point.clone();
            let [low, high] = [0.1, 0.9].map(|share| parameter.at_share(share));
            changed.0[n] = if low == changed.0[n] { high } else { low };
            let config = with_point(&all, &changed, &default).unwrap();
            if predictions(entry, &world, &config) != before {
                read.insert(parameter.name.clone());
            }
        }
        let tuned: BTreeSet<String> = settings_space(entry.name)
            .map(|space| space.parameters().iter().map(|parameter| parameter.name.clone()).collect())
            .unwrap_or_default();
        if tuned != read {
            wrong.push(format!("{} reads {read:?} and is tuned by {tuned:?}", entry.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
