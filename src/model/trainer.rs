//! One training run from data to a trained model: biases, autoencoders where they are asked for, then the dual
//! loop. What happens leaves as events.

use std::sync::Arc;

use web_time::Instant;

use super::bias::{Biases, of_training};
use super::convergence::Stopping;
use super::dml::Dml;
use super::dual::{Dual, Progress};
use super::sources::Autoencoders;
use crate::config::ValidConfig;
use crate::engine::Device;
use crate::error::Result;
use crate::eval::Training;
use crate::event::{Event, MappingState, Run};

/// Calls of the engine between two progress events.
const CALLS_BETWEEN_EVENTS: usize = 4;

/// A run, advanced a few mini-batches at a time.
pub struct Trainer {
    run: Run,
    config: ValidConfig,
    training: Training,
    device: Device,
    biases: Vec<Arc<Biases>>,
    watched: Vec<Vec<(u32, u32)>>,
    stopping: Stopping,
    autoencoders: Autoencoders,
    dual: Dual,
    calls: usize,
    started: Option<Instant>,
    is_done: bool,
}

impl Trainer {
    /// Sets up an untrained run. `watched` are held-out pairs by link: they are measured after each epoch and have
    /// no part in the training. `stopping` says what ends the run.
    ///
    /// # Errors
    /// When the device was lost.
    pub async fn new(
        run: Run,
        config: ValidConfig,
        training: Training,
        device: Device,
        watched: Vec<Vec<(u32, u32)>>,
        stopping: Stopping,
    ) -> Result<Self> {
        let biases = biases(&config, &training);
        let autoencoders = Autoencoders::new(&config, &training, &device)?;
        // Codes of untrained autoencoders are random projections of the data: what the map shows before training.
        let codes = autoencoders.codes(config.unit_ball).await?;
        let dual = Dual::new(&config, &training, &device, &biases, &codes, &watched, stopping).await?;
        Ok(Self {
            run,
            config,
            training,
            device,
            biases,
            watched,
            stopping,
            autoencoders,
            dual,
            calls: 0,
            started: None,
            is_done: false,
        })
    }

    /// The model as of the last epoch, or untrained.
    pub fn model(&self) -> &Arc<Dml> {
        self.dual.model()
    }

    /// The first link's map in the model.
    pub fn mapping_state(&self) -> MappingState {
        self.dual.mapping_state()
    }

    /// Where the dual loop's steps are done, `CPU` or `WebGPU`: the CPU takes over what WebGPU has no step for.
    pub fn device(&self) -> &'static str {
        self.dual.device()
    }

    /// Epochs of the dual loop that are done.
    pub fn epoch(&self) -> usize {
        self.dual.epoch()
    }

    /// Whether the run is over.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// A few mini-batches. Does nothing once the run is over.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    pub async fn advance(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.is_done {
            return Ok(());
        }
        let run = self.run;
        if self.started.is_none() {
            self.started = Some(Instant::now());
            let (config, epochs) = (self.config.clone(), self.stopping.most_epochs(&self.config));
            emit(Event::Started { run, config, device: self.device(), epochs });
        }
        self.calls += 1;
        if !self.autoencoders.are_done() {
            return self.advance_autoencoders(emit).await;
        }
        let seconds = |started: Option<Instant>| started.map_or(0.0, |s| s.elapsed().as_secs_f64());
        match self.dual.advance().await? {
            Progress::Batch => {
                if self.calls.is_multiple_of(CALLS_BETWEEN_EVENTS) {
                    emit(self.batch_event("training"));
                }
            }
            Progress::Epoch { domains, mapping } => {
                let epoch = self.dual.epoch();
                emit(Event::Epoch { run, epoch, domains, mapping, seconds: seconds(self.started) });
            }
            Progress::Done { domains, mapping, reason } => {
                self.is_done = true;
                let (epoch, seconds) = (self.dual.epoch(), seconds(self.started));
                emit(Event::Epoch { run, epoch, domains, mapping, seconds });
                emit(Event::Finished { run, epochs: epoch, reason, seconds });
            }
        }
        Ok(())
    }

    async fn advance_autoencoders(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        self.autoencoders.advance().await?;
        if self.autoencoders.are_done() {
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
        }
        if self.calls.is_multiple_of(CALLS_BETWEEN_EVENTS) {
            emit(self.batch_event("autoencoders"));
        }
        Ok(())
    }

    fn batch_event(&self, stage: &'static str) -> Event {
        let epoch = if stage == "training" { self.dual.epoch() + 1 } else { 0 };
        Event::Batch { run: self.run, stage, epoch, fraction: self.fraction() }
    }

    /// Progress, 0 to 1. Where patience decides, the end is not known: recipe R is usually best after 5 to 8 epochs,
    /// so that a dozen is a fair guess to start from.
    pub fn fraction(&self) -> f32 {
        let done = self.dual.epoch() as f32 + self.dual.epoch_fraction();
        let most = self.stopping.most_epochs(&self.config) as f32;
        let guess = match (self.stopping, self.config.patience) {
            (Stopping::Own, Some(patience)) => most.min((9 + patience) as f32),
            _ => most,
        };
        // Past the guess it creeps on without getting there.
        let expected = guess.max(done + 1.0);
        let dual = if self.is_done { 1.0 } else { done / expected };
        if self.autoencoders.is_empty() {
            return dual;
        }
        0.2 * self.autoencoders.fraction() + 0.8 * dual
    }
}

fn biases(config: &ValidConfig, training: &Training) -> Vec<Arc<Biases>> {
    let mut biases = of_training(training, config.feature_prior);
    if !config.bias {
        biases.iter_mut().for_each(|biases| Arc::make_mut(biases).silence());
    }
    biases
}
