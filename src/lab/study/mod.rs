//! The measurement that a person comes for: the model itself, and beside it trainings that differ from it in one thing
//! each: nothing crosses, the links are shuffled, some people are newcomers and all that once more. In the end the model
//! that is kept, trained on everything.

mod record;
mod runs;
#[cfg(test)]
mod tests;

use std::{any::Any, sync::Arc};

use web_time::Instant;

use super::checkpoint::{History, Keeping};
use super::ledger::Ledger;
use super::report::{KeptModel, Report};
use super::{ReportEvent, Run, StudyEvent, taste};
use crate::data::{Scale, World};
use crate::dml::averaged::Averaged;
use crate::dml::bayes::Bayes;
use crate::dml::{Dml, Picture};
use crate::engine::{Device, DeviceKind};
use crate::error::{Error, Result};
use crate::peers;
use crate::recommender::{Assignment, Fit, Recommender, Stopping, Stopwatch, Trained};
use crate::settings::ValidConfig;
use crate::split::{Split, Training};

use runs::ends_of;
pub(super) use runs::{Repeat, settings_of, tasks};

/// Whether a measurement says what the other domain gives, which takes several trainings more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferStudy {
    /// It does.
    Measured,
    /// The model alone.
    LeftOut,
}

/// The trainings of a measurement, one after the other, a few mini-batches at a time.
pub struct Study {
    pub(super) world: Arc<World>,
    pub(super) config: ValidConfig,
    /// The model's name in the list of all.
    pub(super) name: &'static str,
    pub(super) device: Device,
    pub(super) tasks: Vec<(Run, usize)>,
    pub(super) task: usize,
    /// The training that is going on. None is set up before the last has given its memory back.
    pub(super) trainer: Option<Box<dyn Fit>>,
    pub(super) watch: Stopwatch,
    /// Splits of the repeat that is going on.
    pub(super) repeat: Repeat,
    /// The first repeat's split: the one that the page shows.
    pub(super) split: Arc<Split>,
    /// The first repeat's main model as of its last epoch, and that epoch.
    pub(super) main: (Arc<dyn Recommender>, usize),
    /// By domain, the ratings that it is trained on.
    pub(super) measured_ratings: Vec<usize>,
    /// The model that was trained on everything.
    pub(super) kept: Option<Arc<dyn Recommender>>,
    /// By domain, the scales of everything; empty before that model is there.
    pub(super) kept_scales: Vec<Scale>,
    /// By repeat and domain.
    pub(super) ledgers: Vec<Vec<Ledger>>,
    pub(super) report: Option<Report>,
    pub(super) floor_rmse: Vec<f64>,
    /// What ends the runs beside the main one of the repeat that is going on.
    pub(super) stopping: Stopping,
    /// What ends every run once a person has ended the first one early.
    pub(super) stopped: Option<Stopping>,
    /// Seconds that were trained for so far.
    pub(super) seconds: f64,
    /// What is told again to somebody who comes back, and how much of it before the run that is going on.
    pub(super) history: History,
    pub(super) told_before: usize,
    /// What is kept for a checkpoint.
    pub(super) keeping: Keeping,
}

/// What is over of a measurement that goes on.
#[derive(Default)]
pub(super) struct Progress {
    /// Trainings that are over.
    pub(super) task: usize,
    pub(super) main: Option<(Arc<dyn Recommender>, usize)>,
    pub(super) kept: Option<Arc<dyn Recommender>>,
    pub(super) ledgers: Vec<Vec<Ledger>>,
    pub(super) report: Option<Report>,
    pub(super) stopping: Stopping,
    pub(super) stopped: Option<Stopping>,
    pub(super) seconds: f64,
    pub(super) history: History,
    /// How many of its events were told before the run that is going on.
    pub(super) told_before: usize,
}

impl Study {
    /// Sets up the main run, untrained. The trainings that tell what crosses follow it where that is measured.
    /// `floor_rmse` is the sample's best possible error by domain, empty otherwise.
    ///
    /// # Errors
    /// When there is too little to train on or to test, or the device was lost.
    ///
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    ///
    /// use dual_metric::data::sample;
    /// use dual_metric::engine::Device;
    /// use dual_metric::lab::{Study, TransferStudy};
    /// use dual_metric::settings::Config;
    ///
    /// let world = Arc::new(sample(1).world);
    /// let config = Config { epochs: 3, train_on_everything: false, ..Config::robust() }.check()?;
    /// let report = pollster::block_on(async {
    ///     let mut study = Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new()).await?;
    ///     study.finish(&mut |event| { /* show progress */ }).await?;
    ///     Ok::<_, dual_metric::error::Error>(study.report().cloned().unwrap_or_default())
    /// })?;
    /// let books = &report.domains[0];
    /// assert!(books.model.rmse < books.mean.rmse);
    /// # Ok::<(), dual_metric::error::Error>(())
    /// ```
    pub async fn new(
        world: Arc<World>,
        config: ValidConfig,
        device: Device,
        transfer: TransferStudy,
        floor_rmse: Vec<f64>,
    ) -> Result<Self> {
        Self::at(world, config, device, transfer, floor_rmse, Progress::default()).await
    }

    /// The same where so much of it is over already.
    pub(super) async fn at(
        world: Arc<World>,
        config: ValidConfig,
        device: Device,
        transfer: TransferStudy,
        floor_rmse: Vec<f64>,
        progress: Progress,
    ) -> Result<Self> {
        let entry = peers::find(&config.model)?;
        let tasks = tasks(&config, transfer)?;
        let first = Repeat::new(&world, config.clone())?;
        let split = first.split.clone();
        let training = Training::new(world.clone(), split.clone());
        let measured_ratings = (0..training.domains()).map(|d| training.count(d)).collect();
        let Progress { task, main, kept, ledgers, report, stopping, stopped, seconds, history, told_before } =
            progress;
        let number = tasks[..tasks.len().min(task + 1)].iter().map(|task| task.1).max().unwrap_or(0);
        let repeat = match number {
            0 => first,
            _ => Repeat::new(&world, settings_of(&config, Run::Main, number))?,
        };
        let kept_scales = match kept {
            Some(_) => repeat.scales_of(&world, Run::Everything),
            None => Vec::new(),
        };
        let trainer = match tasks.get(task) {
            Some(&(run, number)) => {
                let ends = ends_of(run, stopping, stopped, main.as_ref().map_or(0, |main| main.1));
                let split = repeat.training_split(&world, run);
                Some(begin(&world, settings_of(&config, run, number), &device, &split, run, ends).await?)
            }
            None => None,
        };
        let untrained = || trainer.as_ref().map(|trainer| (trainer.model(), 0));
        let Some(main) = main.or_else(untrained) else {
            return Err(Error::data("nothing is set up to be measured", "Train from the beginning"));
        };
        Ok(Self {
            world,
            config,
            name: entry.name,
            device,
            tasks,
            task,
            main,
            trainer,
            watch: Stopwatch::default(),
            repeat,
            split,
            measured_ratings,
            kept,
            kept_scales,
            ledgers,
            report,
            floor_rmse,
            stopping,
            stopped,
            seconds,
            told_before: told_before.min(history.len()),
            history,
            keeping: Keeping::default(),
        })
    }

    /// The data.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The settings.
    pub fn config(&self) -> &ValidConfig {
        &self.config
    }

    /// The split of the main run.
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// The measured model: the main run's as of its last epoch, or untrained.
    pub fn model(&self) -> &Arc<dyn Recommender> {
        &self.main.0
    }

    /// The model to recommend from and to save: trained on everything once that is done, else the measured one.
    pub fn kept_model(&self) -> &Arc<dyn Recommender> {
        self.kept.as_ref().unwrap_or_else(|| self.model())
    }

    /// The scale of a domain that the kept model's predictions from 0 to 1 are on: of the ratings that it was trained on.
    pub fn kept_scale(&self, domain: usize) -> Scale {
        self.kept_scales.get(domain).copied().unwrap_or_else(|| self.split.scale(domain))
    }

    /// The model to recommend from and to save, with its data and scales.
    pub fn kept(&self) -> Trained {
        let ratings = match &self.kept {
            Some(_) => self.world.domains.iter().map(|domain| domain.ratings.len()).collect(),
            None => self.measured_ratings.clone(),
        };
        Trained {
            world: self.world.clone(),
            name: self.name,
            settings: Some(self.config.clone()),
            scales: (0..self.world.domains.len()).map(|d| self.kept_scale(d)).collect(),
            ratings,
            model: self.kept_model().clone(),
        }
    }

    /// The measured model, which is the one that the map shows, with its data and scales.
    pub fn measured(&self) -> Trained {
        let domains = 0..self.world.domains.len();
        Trained {
            world: self.world.clone(),
            name: self.name,
            settings: Some(self.config.clone()),
            scales: domains.map(|d| self.split.scale(d)).collect(),
            ratings: self.measured_ratings.clone(),
            model: self.model().clone(),
        }
    }

    /// The measured model where it is dual metric learning, or the part of an average that is.
    pub fn dml(&self) -> Option<&Dml> {
        as_dml(&**self.model())
    }

    /// The measured model's people as points and the maps between their spaces; `None` of a model without.
    ///
    /// # Errors
    /// When a vector is not finite.
    pub fn picture(&self) -> Result<Option<Box<dyn Picture + '_>>> {
        let model: &dyn Any = &**self.model();
        match model.downcast_ref::<Bayes>() {
            Some(bayes) => bayes.picture(),
            None => Ok(self.dml().map(|dml| Box::new(dml) as Box<dyn Picture>)),
        }
    }

    /// Calls a domain by another name, in the data, in the report and in all that is saved. Nothing that was learnt knows of names,
    /// and what is in training goes on; a domain that is not there has none.
    pub fn rename(&mut self, domain: usize, name: &str) {
        let mut world = World::clone(&self.world);
        if let Some(domain) = world.domains.get_mut(domain) {
            name.clone_into(&mut domain.name);
            self.world = Arc::new(world);
        }
        if let Some(report) = &mut self.report {
            report.name_after(&self.world);
        }
    }

    /// Seconds that were trained for so far, those before an interruption included.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Whether the measured model has learnt anything.
    pub fn is_trained(&self) -> bool {
        self.epoch() > 0 || self.report.is_some()
    }

    /// The figures so far; `None` until the main run is over.
    pub fn report(&self) -> Option<&Report> {
        self.report.as_ref()
    }

    /// The run in training, or the last one.
    pub fn run(&self) -> Run {
        self.tasks[self.task.min(self.tasks.len() - 1)].0
    }

    /// How many trainings are over, and how many there are.
    pub fn runs(&self) -> (usize, usize) {
        (self.task, self.tasks.len())
    }

    /// Where the current run's steps are done.
    pub fn device(&self) -> DeviceKind {
        self.trainer.as_ref().map_or(self.device.kind(), |trainer| trainer.device())
    }

    /// Epochs that the current run has done.
    pub fn epoch(&self) -> usize {
        self.trainer.as_ref().map_or(0, |trainer| trainer.epoch())
    }

    /// Sweeps of the current run that are done, and all that it will have; `None` while it samples nothing.
    pub fn sweeps(&self) -> Option<(usize, usize)> {
        self.trainer.as_ref().and_then(|trainer| trainer.sweeps())
    }

    /// Ends the first run with what there is, where its model is whole after every step; runs that it is compared with
    /// and the kept model are then no longer. Whether anything was ended: only the first run can be.
    pub fn stop(&mut self) -> bool {
        let is_first = self.tasks.get(self.task) == Some(&(Run::Main, 0));
        let stopped = self.trainer.as_mut().filter(|_| is_first).and_then(|trainer| trainer.stop());
        if let (Some(_), Some(trainer)) = (stopped, &self.trainer) {
            self.main = (trainer.model(), trainer.kept_epoch());
        }
        self.stopped = self.stopped.or(stopped);
        stopped.is_some()
    }

    /// Whether every run is over.
    pub fn is_done(&self) -> bool {
        self.task >= self.tasks.len()
    }

    /// Progress over all runs, 0 to 1.
    pub fn fraction(&self) -> f32 {
        if self.is_done() {
            return 1.0;
        }
        let run = self.trainer.as_ref().map_or(0.0, |trainer| trainer.fraction());
        (self.task as f32 + run) / self.tasks.len() as f32
    }

    /// A few mini-batches of the current run; at the end of a run its figures.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    pub async fn advance(&mut self, emit: &mut dyn FnMut(StudyEvent)) -> Result<()> {
        let began = Instant::now();
        let advanced = self.step(emit).await;
        self.seconds += began.elapsed().as_secs_f64();
        advanced
    }

    async fn step(&mut self, emit: &mut dyn FnMut(StudyEvent)) -> Result<()> {
        if self.is_done() {
            return Ok(());
        }
        let Some(trainer) = &mut self.trainer else { return self.begin_run().await };
        self.watch.run();
        let (run, repeat) = self.tasks[self.task];
        let history = &mut self.history;
        let mut tell = |event| {
            let event = StudyEvent::Training { run, repeat, event };
            history.hear(&event);
            emit(event);
        };
        trainer.advance(&mut tell).await?;
        if (run, repeat) == (Run::Main, 0) {
            self.main = (trainer.model(), trainer.kept_epoch());
        }
        if !trainer.is_done() {
            return self.keep_state().await;
        }
        self.end_run(emit)?;
        if !self.is_done() {
            self.begin_run().await?;
        }
        Ok(())
    }

    /// All that is left of the measurement.
    ///
    /// # Errors
    /// As [`Study::advance`].
    pub async fn finish(&mut self, emit: &mut dyn FnMut(StudyEvent)) -> Result<()> {
        while !self.is_done() {
            self.advance(emit).await?;
        }
        Ok(())
    }

    pub(super) async fn begin_run(&mut self) -> Result<()> {
        let (run, repeat) = self.tasks[self.task];
        self.watch = Stopwatch::default();
        let config = settings_of(&self.config, run, repeat);
        if run == Run::Main && repeat > 0 {
            self.repeat = Repeat::new(&self.world, config.clone())?;
        }
        let stopping = ends_of(run, self.stopping, self.stopped, self.main.1);
        let split = self.repeat.training_split(&self.world, run);
        self.trainer = Some(begin(&self.world, config, &self.device, &split, run, stopping).await?);
        Ok(())
    }

    /// Takes down a finished run's figures.
    fn end_run(&mut self, emit: &mut dyn FnMut(StudyEvent)) -> Result<()> {
        let (run, repeat) = self.tasks[self.task];
        let Some(trainer) = self.trainer.take() else { return Ok(()) };
        let model = trainer.model();
        match run {
            Run::Main => {
                let beside = Stopping::beside(&self.config, trainer.epoch());
                self.stopping = self.stopped.unwrap_or(beside);
                let ledgers = self.main_ledgers(&*model)?;
                self.ledgers.push(ledgers);
                if repeat == 0 {
                    self.report = Some(self.first_report(&*model, trainer.mapping_state()));
                }
            }
            Run::Everything => self.keep(model.clone(), &*trainer),
            _ => self.record(run, repeat, &*model),
        }
        if (run, repeat) == (Run::Shuffled, 0)
            && let Some(report) = &mut self.report
        {
            taste::set_beside(&mut report.taste, &taste::reports(&self.world, &self.split, &*model));
        }
        self.task += 1;
        let complete = self.is_done();
        let measured = self.tasks[self.task..].iter().all(|task| task.0 == Run::Everything);
        if let Some(report) = &mut self.report {
            let next = self.tasks.get(self.task).map_or(Run::Everything, |task| task.0);
            let is_whole = matches!(next, Run::Main | Run::Everything);
            // Later repeats change no figure before they are whole, and the kept model changes none.
            if run != Run::Everything && (repeat == 0 || is_whole) {
                let finished = self.ledgers.len() - usize::from(!is_whole);
                report.fill(&self.ledgers, finished, self.config.seed);
                report.is_measured = measured;
            }
            let event = StudyEvent::Report(ReportEvent { report: Box::new(report.clone()), complete });
            self.history.hear(&event);
            emit(event);
        }
        self.told_before = self.history.len();
        self.keeping.end_run();
        Ok(())
    }

    /// The model that was trained on everything. What validation chose for the measured model holds for it too.
    fn keep(&mut self, model: Arc<dyn Recommender>, trainer: &dyn Fit) {
        self.kept_scales = self.repeat.scales_of(&self.world, Run::Everything);
        self.kept = Some(model.with_choices_of(&*self.main.0).unwrap_or(model));
        if let Some(report) = &mut self.report {
            report.kept = Some(KeptModel { epochs: trainer.epoch(), seconds: self.watch.seconds() });
        }
    }
}

/// Sets up a run. In the main run the pairs that it does not know of are watched.
async fn begin(
    world: &Arc<World>,
    config: ValidConfig,
    device: &Device,
    split: &Arc<Split>,
    run: Run,
    stopping: Stopping,
) -> Result<Box<dyn Fit>> {
    let watched = (0..world.links.len())
        .map(|link| if run == Run::Main { split.held_out(world, link) } else { Vec::new() })
        .collect();
    let training = Training::new(world.clone(), split.clone());
    let begin = peers::find(&config.model)?.begin;
    begin(Assignment { training, config, device: device.clone(), watched, stopping }).await
}

/// Dual metric learning, or the part of an average that is.
fn as_dml(model: &dyn Recommender) -> Option<&Dml> {
    let any: &dyn Any = model;
    any.downcast_ref().or_else(|| any.downcast_ref::<Averaged>().map(|averaged| &*averaged.dml))
}
