//! One training run from data to a trained model: biases, autoencoders where they are asked for, then the dual
//! loop. What happens leaves as events.

use std::sync::Arc;

use super::dual::{Dual, Progress};
use super::model::Dml;
use super::sources::Autoencoders;
use crate::baselines::bias::{Biases, Fitting};
use crate::data::{Scale, UserId};
use crate::engine::{Device, DeviceKind};
use crate::error::Result;
use crate::recommender::saved::Saved;
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{Assignment, Event, Fit, MappingState, Recommender, Stage, Work};
use crate::recommender::{Stopping, Stopwatch};
use crate::settings::ValidConfig;
use crate::split::Training;

/// Calls of the engine between two progress events.
const CALLS_BETWEEN_EVENTS: usize = 4;

/// Share of a run's progress that biases take where they are fitted in slices.
const BIASES_SHARE: f32 = 0.1;

/// A run, advanced a few mini-batches at a time.
pub struct Trainer {
    config: ValidConfig,
    training: Training,
    device: Device,
    /// All 0 while they are fitted.
    biases: Vec<Arc<Biases>>,
    /// Where biases take so long that they are fitted in slices.
    fitting: Option<Fitting>,
    watched: Vec<Vec<(UserId, UserId)>>,
    stopping: Stopping,
    autoencoders: Autoencoders,
    dual: Dual,
    calls: usize,
    watch: Stopwatch,
    is_done: bool,
}

impl Trainer {
    /// Sets up an untrained run.
    ///
    /// # Errors
    /// When the device was lost.
    pub async fn new(assignment: Assignment) -> Result<Self> {
        let Assignment { training, config, device, watched, stopping } = assignment;
        let fitting = Fitting::new(&training, config.feature_prior);
        let (mut biases, fitting) = match fitting.takes_long() {
            true => (fitting.unfitted(), Some(fitting)),
            false => (fitting.finish(), None),
        };
        zero_unless_used(&mut biases, &config);
        let autoencoders = Autoencoders::new(&config, &training, &device)?;
        // Codes of untrained autoencoders are random projections of the data: what the map shows before training.
        let codes = autoencoders.codes(config.unit_ball).await?;
        let dual = Dual::new(&config, &training, &device, &biases, &codes, &watched, stopping).await?;
        Ok(Self {
            config,
            training,
            device,
            biases,
            fitting,
            watched,
            stopping,
            autoencoders,
            dual,
            calls: 0,
            watch: Stopwatch::default(),
            is_done: false,
        })
    }

    /// The model as of the last epoch, or untrained.
    pub fn dml(&self) -> &Arc<Dml> {
        self.dual.model()
    }

    /// A few mini-batches. Does nothing once the run is over.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    async fn step(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.is_done {
            return Ok(());
        }
        if self.watch.run() {
            let (config, epochs) = (Box::new(self.config.clone()), self.stopping.most_epochs(&self.config));
            emit(Event::Started { config, device: self.device(), epochs });
        }
        self.calls += 1;
        if self.fitting.as_ref().is_some_and(|fitting| !fitting.is_done()) {
            return self.advance_biases(emit).await;
        }
        if !self.autoencoders.are_done() {
            return self.advance_autoencoders(emit).await;
        }
        match self.dual.advance().await? {
            Progress::Batch => {
                if self.calls.is_multiple_of(CALLS_BETWEEN_EVENTS) {
                    emit(self.batch_event(Stage::Training));
                }
            }
            Progress::Epoch { domains, mapping } => {
                let (epoch, mapping) = (self.dual.epoch(), Some(mapping));
                emit(Event::Epoch { epoch, domains, mapping, seconds: self.watch.seconds() });
            }
            Progress::Done { domains, mapping, reason } => {
                self.is_done = true;
                let (epoch, seconds) = (self.dual.epoch(), self.watch.seconds());
                emit(Event::Epoch { epoch, domains, mapping: Some(mapping), seconds });
                emit(Event::Finished { epochs: epoch, reason, seconds });
            }
        }
        Ok(())
    }

    async fn advance_biases(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        let Some(fitting) = &mut self.fitting else { return Ok(()) };
        fitting.advance();
        if fitting.is_done() {
            self.biases = fitting.biases();
            zero_unless_used(&mut self.biases, &self.config);
            self.begin_dual().await?;
        }
        emit(self.batch_event(Stage::Biases));
        Ok(())
    }

    /// The dual loop again, from what is known by now.
    async fn begin_dual(&mut self) -> Result<()> {
        let codes = self.autoencoders.codes(self.config.unit_ball).await?;
        self.dual = Dual::new(
            &self.config,
            &self.training,
            &self.device,
            &self.biases,
            &codes,
            &self.watched,
            self.stopping,
        )
        .await?;
        Ok(())
    }

    async fn advance_autoencoders(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        self.autoencoders.advance().await?;
        if self.autoencoders.are_done() {
            self.begin_dual().await?;
        }
        if self.calls.is_multiple_of(CALLS_BETWEEN_EVENTS) {
            emit(self.batch_event(Stage::Autoencoders));
        }
        Ok(())
    }

    async fn write(&self, state: &mut StateWriter) -> Result<bool> {
        if self.is_done || !self.dual.write(state).await? {
            return Ok(false);
        }
        state.put_value("seconds", &self.watch.seconds())?;
        if self.fitting.is_some() {
            let mut biases = Saved::default();
            self.biases.iter().enumerate().for_each(|(d, own)| own.save(d, &mut biases));
            let mut inner = state.begin();
            inner.put_saved(biases);
            state.end("biases", inner)?;
        }
        Ok(true)
    }

    /// Frozen codes are among the engine's parameters, so that autoencoders need not be trained again.
    async fn restore(&mut self, state: &RunState<'_>) -> Result<()> {
        self.autoencoders.skip();
        if self.fitting.take().is_some() {
            let scales: Vec<Scale> = (0..self.training.domains()).map(|d| self.training.scale(d)).collect();
            let found = |biases: RunState| {
                let mut parts = biases.parts(&scales)?;
                parts.by_domain(|parts, d| Ok(Arc::new(Biases::load(parts, d)?)))
            };
            self.biases = state.within("biases").and_then(found).map_err(refused)?;
            self.begin_dual().await?;
        }
        self.dual.restore(state).await?;
        self.watch = Stopwatch::at(state.bytes().value("seconds").map_err(refused)?);
        Ok(())
    }

    fn batch_event(&self, stage: Stage) -> Event {
        let epoch = if stage == Stage::Training { self.dual.epoch() + 1 } else { 0 };
        Event::Batch { stage, epoch, fraction: self.fraction() }
    }
}

impl Fit for Trainer {
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(self.step(emit))
    }

    fn model(&self) -> Arc<dyn Recommender> {
        self.dual.model().clone()
    }

    fn device(&self) -> DeviceKind {
        // The CPU takes over what WebGPU has no step for.
        self.dual.device()
    }

    fn epoch(&self) -> usize {
        self.dual.epoch()
    }

    fn kept_epoch(&self) -> usize {
        self.dual.kept_epoch()
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        Box::pin(self.write(state))
    }

    fn resume<'a>(&'a mut self, state: RunState<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.restore(&state).await })
    }

    fn mapping_state(&self) -> Option<MappingState> {
        Some(self.dual.mapping_state())
    }

    fn fraction(&self) -> f32 {
        let done = self.dual.epoch() as f32 + self.dual.epoch_fraction();
        let dual = if self.is_done { 1.0 } else { self.stopping.fraction(&self.config, done) };
        let rest = match self.autoencoders.is_empty() {
            true => dual,
            false => 0.2 * self.autoencoders.fraction() + 0.8 * dual,
        };
        match &self.fitting {
            Some(fitting) => BIASES_SHARE * fitting.fraction() + (1.0 - BIASES_SHARE) * rest,
            None => rest,
        }
    }
}

/// Biases of models without bias terms say nothing.
fn zero_unless_used(biases: &mut [Arc<Biases>], config: &ValidConfig) {
    if !config.bias {
        biases.iter_mut().for_each(|biases| Arc::make_mut(biases).set_to_zero());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Features, Field, FieldKind, World, sample};
    use crate::rng::Generator;
    use crate::settings::Config;
    use crate::split::Split;

    fn assignment(training: Training, config: ValidConfig) -> Assignment {
        let watched = vec![Vec::new()];
        Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own }
    }

    /// The sample with 200 of 2,000 tags for each user of the first domain.
    fn wide_world() -> World {
        let mut world = sample(1).world;
        let mut chance = Generator::new(1, "tags");
        let users = world.domains[0].users.len();
        world.domains[0].user_features = Some(Arc::new(Features {
            fields: vec![Field {
                name: "tags".into(),
                kind: FieldKind::MultiHot,
                start: 0,
                width: 2000,
                labels: Vec::new(),
            }],
            row_starts: (0..=users as u32).map(|row| 200 * row).collect(),
            columns: (0..200 * users).map(|n| (10 * (n % 200) + chance.below(10)) as u32).collect(),
            values: vec![1.0; 200 * users],
            titles: vec![],
        }));
        world
    }

    #[test]
    fn biases_that_take_long_are_fitted_in_slices_and_are_the_same() {
        let world = Arc::new(wide_world());
        let config = Config { epochs: 1, ..Config::robust() }.check().unwrap();
        let split = Split::new(&world, &config).unwrap();
        let training = Training::new(world.clone(), Arc::new(split.with_cold(&world, &config)));
        let of_its_own = Training::new(world.clone(), Arc::new(split.with_cold(&world, &config)));
        let new = Trainer::new(assignment(training, config));
        let mut trainer = pollster::block_on(new).unwrap();
        assert!(trainer.dml().domains[0].biases.users.iter().all(|&b| b == 0.0));
        let (mut slices, mut fractions) = (0, vec![trainer.fraction()]);
        while !trainer.is_done() {
            let mut emit =
                |event| slices += usize::from(matches!(event, Event::Batch { stage: Stage::Biases, .. }));
            pollster::block_on(trainer.advance(&mut emit)).unwrap();
            fractions.push(trainer.fraction());
        }
        // Two domains alone and linked, 15 alternations each.
        assert_eq!(slices, 60);
        assert!(fractions.is_sorted() && fractions[30] > 0.04 && fractions[60] < 0.11, "{fractions:?}");
        let expected = Fitting::new(&of_its_own, true).finish();
        for (domain, expected) in trainer.dml().domains.iter().zip(expected) {
            assert_eq!(domain.biases, expected);
        }
    }

    #[test]
    fn biases_that_take_no_time_are_there_from_the_start() {
        let world = Arc::new(sample(1).world);
        let config = Config::robust().check().unwrap();
        let split = Arc::new(Split::new(&world, &config).unwrap());
        let training = Training::new(world, split);
        let expected = Fitting::new(&training, true).finish();
        let new = Trainer::new(assignment(training, config));
        let trainer = pollster::block_on(new).unwrap();
        assert_eq!(trainer.dml().domains[0].biases, expected[0]);
        let priors = &expected[0].item_priors;
        assert!(priors.iter().any(|&p| p.abs() > 0.01), "the sample's item table says something");
    }
}
