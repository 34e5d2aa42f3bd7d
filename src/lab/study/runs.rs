//! The trainings of a measurement: which there are, what each of them is trained on, and what ends it.

use std::sync::Arc;

use super::TransferStudy;
use crate::data::{Scale, World};
use crate::error::Result;
use crate::lab::Run;
use crate::peers;
use crate::recommender::Stopping;
use crate::rng::Generator;
use crate::settings::ValidConfig;
use crate::split::{Crossing, Split};

/// The trainings of a measurement, each with the number of its repeat.
///
/// # Errors
/// When there is no such model.
pub(in crate::lab) fn tasks(config: &ValidConfig, transfer: TransferStudy) -> Result<Vec<(Run, usize)>> {
    let crosses = peers::find(&config.model)?.capabilities.crosses;
    let runs: Vec<Run> = (Run::MEASUREMENT.into_iter())
        // Where nothing can cross there is nothing to compare with.
        .filter(|&run| run == Run::Main || (transfer == TransferStudy::Measured && crosses))
        .filter(|&run| run != Run::ColdBiases || config.bias)
        .collect();
    let mut tasks: Vec<(Run, usize)> =
        (0..config.repeats).flat_map(|repeat| runs.iter().map(move |&run| (run, repeat))).collect();
    if config.train_on_everything {
        tasks.push((Run::Everything, 0));
    }
    Ok(tasks)
}

/// The settings of a run.
pub(in crate::lab) fn settings_of(config: &ValidConfig, run: Run, repeat: usize) -> ValidConfig {
    let config = config.with_seed(config.seed.wrapping_add(repeat as u64));
    match run {
        Run::ColdShuffledAgain => config.with_seed(!config.seed),
        _ => config,
    }
}

/// What ends a run, where `beside` ends those beside the main one, whose model is that of epoch `main`.
pub(super) fn ends_of(run: Run, beside: Stopping, stopped: Option<Stopping>, main: usize) -> Stopping {
    match run {
        Run::Main => stopped.unwrap_or_default(),
        Run::Everything => Stopping::Epochs(main),
        _ => beside,
    }
}

/// What the trainings of one repeat share.
pub(in crate::lab) struct Repeat {
    pub(super) config: ValidConfig,
    pub(in crate::lab) split: Arc<Split>,
    pub(super) cold_split: Arc<Split>,
}

impl Repeat {
    pub(in crate::lab) fn new(world: &World, config: ValidConfig) -> Result<Self> {
        let split = Split::new(world, &config)?;
        let cold_split = Arc::new(split.with_cold(world, &config));
        Ok(Self { config, split: Arc::new(split), cold_split })
    }

    /// By domain, the scales of what a run is trained on.
    pub(in crate::lab) fn scales_of(&self, world: &World, run: Run) -> Vec<Scale> {
        let split = self.training_split(world, run);
        (0..world.domains.len()).map(|d| split.scale(d)).collect()
    }

    /// What a run is trained on.
    pub(super) fn training_split(&self, world: &World, run: Run) -> Arc<Split> {
        let shuffled = |split: &Split, purpose: &str| {
            let mut rng = Generator::new(self.config.seed, purpose);
            Arc::new(split.with_shuffled_links(world, &mut rng))
        };
        match run {
            Run::Main => self.split.clone(),
            Run::WithoutTransfer => Arc::new(self.split.with_crossing(Crossing::Nothing)),
            Run::Shuffled => shuffled(&self.split, "shuffled links"),
            Run::Cold => self.cold_split.clone(),
            Run::ColdWithoutTransfer => Arc::new(self.cold_split.with_crossing(Crossing::Nothing)),
            Run::ColdBiases => Arc::new(self.cold_split.with_crossing(Crossing::Biases)),
            Run::ColdShuffled => shuffled(&self.cold_split, "shuffled links"),
            Run::ColdShuffledAgain => shuffled(&self.cold_split, "shuffled links again"),
            Run::Everything => Arc::new(Split::everything(world)),
        }
    }
}
