//! Trainings that go over their rows again and again, whatever they compute with: the one loop of all models but dual
//! metric learning, whose passes and maps want a loop of their own. It measures the validation rows after each epoch, stops
//! as the settings say and keeps the best epoch's model.

use std::sync::Arc;

use super::convergence::{Convergence, Measured, Verdict};
use super::state::{RunState, StateWriter, refused};
use super::validation::validation_errors;
use super::{
    Assignment, DomainLosses, Event, Fit, MappingState, Recommender, Stage, Stopping, Stopwatch, Work,
};
use crate::data::Scale;
use crate::engine::{Device, DeviceKind};
use crate::error::{Error, Result};
use crate::settings::ValidConfig;
use crate::split::{Rows, Training};

/// Slices between two progress events.
const SLICES_BETWEEN_EVENTS: usize = 4;

/// What a call of [`Learner::advance`] came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Slice {
    /// Some mini-batches of an epoch; how much of the epoch is done, 0 to 1.
    Part(f32),
    /// The last mini-batches of an epoch; the mean training loss by domain.
    Epoch(Vec<f32>),
}

/// A model that learns in epochs. It knows rows, steps and weights; when to stop is not its business.
pub trait Learner {
    /// Where the steps are done, `CPU` or `WebGPU`.
    fn device(&self) -> DeviceKind;

    /// A few mini-batches, some tenths of a second at the most, so that a page stays alive. After an epoch's last ones the
    /// next call begins the next epoch, in another order of the rows.
    ///
    /// # Errors
    /// When the device was lost.
    fn advance(&mut self) -> Work<'_, Slice>;

    /// The model as its weights stand, on the host and no longer changed by the training.
    ///
    /// # Errors
    /// When the device was lost.
    fn model(&self) -> Work<'_, Arc<dyn Recommender>>;

    /// Writes down what the training goes on from after an epoch, before the first step of the next; false where it cannot be
    /// gone on with. The model follows from it.
    ///
    /// # Errors
    /// When the device was lost.
    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        let _ = state;
        Box::pin(async { Ok(false) })
    }

    /// Goes on from what [`Learner::write_state`] wrote, in a learner that was just set up.
    ///
    /// # Errors
    /// When it is not of such a training.
    fn resume<'a>(&'a mut self, state: &'a RunState<'a>) -> Work<'a, ()> {
        let _ = state;
        Box::pin(async { Err(refused("a training of this model cannot be gone on with")) })
    }

    /// The first link's map; `None` for models without one.
    fn mapping_state(&self) -> Option<MappingState> {
        None
    }

    /// What there is to say of the training besides why it ended, in a few words; it stands beside the reason.
    fn remark(&self) -> Option<String> {
        None
    }
}

/// The training of a learner, as an [`super::Entry`] begins it; `learner` sets it up, untrained.
///
/// # Errors
/// Those of `learner`.
pub fn by_epochs<L, W>(assignment: Assignment, learner: L) -> Work<'static, Box<dyn Fit>>
where
    L: FnOnce(Training, ValidConfig, Device) -> W + 'static,
    W: Future<Output = Result<Box<dyn Learner>>>,
{
    Box::pin(async move {
        let Assignment { training, config, device, stopping, .. } = assignment;
        if (0..training.domains()).all(|d| training.rows(d).is_empty()) {
            return Err(Error::data("no rating is left to train on", "Load files with more people"));
        }
        let validation = (0..training.domains()).map(|d| training.validation(d)).collect();
        let scales = (0..training.domains()).map(|d| training.scale(d)).collect();
        let convergence = Convergence::new(&config, stopping);
        let learner = learner(training, config.clone(), device).await?;
        let model = learner.model().await?;
        Ok(Box::new(ByEpochs {
            config,
            stopping,
            validation,
            convergence,
            learner,
            model,
            slices: 0,
            epoch: 0,
            kept_epoch: 0,
            within: 0.0,
            is_between: false,
            watch: Stopwatch::default(),
            is_done: false,
            scales,
        }) as Box<dyn Fit>)
    })
}

struct ByEpochs {
    config: ValidConfig,
    stopping: Stopping,
    validation: Vec<Rows>,
    convergence: Convergence<dyn Recommender>,
    learner: Box<dyn Learner>,
    /// As of the last epoch; of the best once it is over.
    model: Arc<dyn Recommender>,
    slices: usize,
    epoch: usize,
    kept_epoch: usize,
    /// Progress within the epoch.
    within: f32,
    /// Whether an epoch has just ended.
    is_between: bool,
    watch: Stopwatch,
    is_done: bool,
    /// By domain, what predictions from 0 to 1 stand for.
    scales: Vec<Scale>,
}

impl ByEpochs {
    async fn step(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.is_done {
            return Ok(());
        }
        if self.watch.run() {
            let (config, epochs) = (Box::new(self.config.clone()), self.stopping.most_epochs(&self.config));
            emit(Event::Started { config, device: self.device(), epochs });
        }
        self.slices += 1;
        self.is_between = false;
        match self.learner.advance().await? {
            Slice::Part(within) => {
                self.within = within;
                if self.slices.is_multiple_of(SLICES_BETWEEN_EVENTS) {
                    let (epoch, fraction) = (self.epoch + 1, self.fraction());
                    emit(Event::Batch { stage: Stage::Training, epoch, fraction });
                }
                Ok(())
            }
            Slice::Epoch(losses) => self.end_epoch(&losses, emit).await,
        }
    }

    /// Measures the epoch and decides whether to go on.
    async fn end_epoch(&mut self, losses: &[f32], emit: &mut dyn FnMut(Event)) -> Result<()> {
        if losses.iter().any(|loss| !loss.is_finite()) {
            return Err(Error::data(
                format!("The training loss of {} is no longer a finite number", self.config.model),
                "Lower the learning rate and train again",
            ));
        }
        // The model of the epoch before stays where this one is none.
        let model = self.learner.model().await?;
        let errors = validation_errors(&*model, &self.validation)?;
        self.epoch += 1;
        (self.model, self.kept_epoch) = (model, self.epoch);
        (self.is_between, self.within) = (true, 0.0);
        let domain = |(&own, rmse): (&f32, &Option<f64>)| {
            let validation_rmse = rmse.map(|rmse| rmse as f32);
            DomainLosses { own, cross: None, validation_rmse }
        };
        let domains = losses.iter().zip(&errors.domains).map(domain).collect();
        let loss = Some(losses.iter().copied().map(f64::from).sum());
        let measured = Measured { loss, rmse: errors.all };
        let verdict = self.convergence.after(self.epoch, &measured, &self.model);
        let (epoch, mapping) = (self.epoch, self.learner.mapping_state());
        let seconds = self.watch.seconds();
        emit(Event::Epoch { epoch, domains, mapping, seconds });
        if let Verdict::Stop { reason, model } = verdict {
            if let Some((epoch, model)) = model {
                (self.kept_epoch, self.model) = (epoch, model);
            }
            self.is_done = true;
            let reason = match self.learner.remark() {
                Some(remark) => format!("{reason}; {remark}"),
                None => reason,
            };
            emit(Event::Finished { epochs: epoch, reason, seconds });
        }
        Ok(())
    }

    async fn write(&self, state: &mut StateWriter) -> Result<bool> {
        if !self.is_between || self.is_done || !self.learner.write_state(state).await? {
            return Ok(false);
        }
        state.say("epoch", self.epoch)?;
        state.put_value("seconds", &self.watch.seconds())?;
        self.convergence.write(state, Recommender::write_whole)?;
        Ok(true)
    }

    async fn restore(&mut self, state: &RunState<'_>) -> Result<()> {
        self.epoch = state.bytes().scalar("epoch").map_err(refused)?;
        let load = |name: &str| state.model(name, &self.scales);
        self.convergence.restore(state, self.epoch, load).map_err(refused)?;
        self.learner.resume(state).await?;
        self.model = self.learner.model().await?;
        self.watch = Stopwatch::at(state.bytes().value("seconds").map_err(refused)?);
        (self.kept_epoch, self.is_between) = (self.epoch, true);
        Ok(())
    }
}

impl Fit for ByEpochs {
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(self.step(emit))
    }

    fn model(&self) -> Arc<dyn Recommender> {
        self.model.clone()
    }

    fn device(&self) -> DeviceKind {
        self.learner.device()
    }

    fn epoch(&self) -> usize {
        self.epoch
    }

    fn kept_epoch(&self) -> usize {
        self.kept_epoch
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn fraction(&self) -> f32 {
        if self.is_done { 1.0 } else { self.stopping.fraction(&self.config, self.epoch as f32 + self.within) }
    }

    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        Box::pin(self.write(state))
    }

    fn resume<'a>(&'a mut self, state: RunState<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.restore(&state).await })
    }

    fn mapping_state(&self) -> Option<MappingState> {
        self.learner.mapping_state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId, sample};
    use crate::settings::Config;
    use crate::split::Split;

    /// A model that is right on its third epoch and further off with every one before and after it.
    #[derive(Clone, Debug)]
    struct Pendulum {
        means: Vec<f32>,
        epoch: usize,
        slice: usize,
        loss: f32,
    }

    impl Recommender for Pendulum {
        fn predict(&self, domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
            vec![self.means[domain] + 0.05 * self.epoch.abs_diff(3) as f32; users.len()]
        }
    }

    impl Learner for Pendulum {
        fn device(&self) -> DeviceKind {
            DeviceKind::Cpu
        }

        fn advance(&mut self) -> Work<'_, Slice> {
            self.slice += 1;
            let slice = match self.slice % 8 {
                0 => {
                    self.epoch += 1;
                    Slice::Epoch(vec![self.loss; 2])
                }
                n => Slice::Part(n as f32 / 8.0),
            };
            Box::pin(async move { Ok(slice) })
        }

        fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
            Box::pin(async move { Ok(Arc::new(self.clone()) as Arc<dyn Recommender>) })
        }
    }

    fn fit(config: Config, stopping: Stopping, loss: f32) -> Box<dyn Fit> {
        let world = Arc::new(sample(1).world);
        let config = config.check().unwrap();
        let split = Split::new(&world, &config).unwrap();
        let training = Training::new(world, Arc::new(split));
        let watched = vec![Vec::new()];
        let assignment = Assignment { training, config, device: Device::cpu(), watched, stopping };
        pollster::block_on(by_epochs(assignment, move |training, _, _| async move {
            let means = (0..2).map(|d| training.rows(d).mean()).collect();
            Ok(Box::new(Pendulum { means, epoch: 0, slice: 0, loss }) as Box<dyn Learner>)
        }))
        .unwrap()
    }

    fn finished(fit: &mut dyn Fit) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        let mut last = 0.0;
        while !fit.is_done() {
            pollster::block_on(fit.advance(&mut |event| events.push(event)))?;
            assert!((last..=1.0).contains(&fit.fraction()), "{last} {}", fit.fraction());
            last = fit.fraction();
        }
        Ok(events)
    }

    #[test]
    fn patience_keeps_the_best_epochs_model_and_says_what_happened() {
        let mut fit = fit(Config { patience: Some(2), ..Config::robust() }, Stopping::Own, 0.1);
        let events = finished(&mut *fit).unwrap();
        assert_eq!((fit.epoch(), fit.kept_epoch()), (5, 3));
        let kept: &dyn std::any::Any = &*fit.model();
        assert_eq!(kept.downcast_ref::<Pendulum>().unwrap().epoch, 3);
        assert!(matches!(&events[0], Event::Started { epochs: 100, .. }));
        let rmse = |event: &Event| match event {
            Event::Epoch { domains, .. } => domains[0].validation_rmse,
            _ => None,
        };
        let rmses: Vec<f32> = events.iter().filter_map(rmse).collect();
        assert_eq!(rmses.len(), 5);
        assert!(rmses[2] < rmses[1] && rmses[2] < rmses[3]);
        let Some(Event::Finished { epochs: 5, reason, .. }) = events.last() else { panic!("{events:?}") };
        assert!(reason.contains("kept epoch 3"), "{reason}");
        // Slices after the end do nothing.
        assert!(pollster::block_on(fit.advance(&mut |_| panic!("it is over"))).is_ok());
    }

    #[test]
    fn a_training_that_is_told_its_epochs_keeps_the_last() {
        let mut fit = fit(Config::robust(), Stopping::Epochs(7), 0.1);
        finished(&mut *fit).unwrap();
        assert_eq!((fit.epoch(), fit.kept_epoch()), (7, 7));
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_it_with_what_to_do() {
        let mut fit = fit(Config { model: "cmf".into(), ..Config::robust() }, Stopping::Own, f32::NAN);
        let message = finished(&mut *fit).unwrap_err().to_string();
        assert!(message.contains("loss of cmf") && message.contains("Lower the learning rate"), "{message}");
    }
}
