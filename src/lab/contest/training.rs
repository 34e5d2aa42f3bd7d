//! Does a job: makes its split, trains the model on it with every setting that is to be tried, and tests the one that
//! predicts the validation rows best.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use web_time::Instant;

use super::grid::{Try, tries};
use super::units::Units;
use super::{
    DomainResult, EpochLoss, Form, GroupResult, Job, JobResult, Links, Material, Search, Splitting, Terms,
    Users, material, planted,
};
use crate::data::{Scale, World};
use crate::dml::{self, Dml};
use crate::engine::{Device, DeviceKind, Together, Work};
use crate::error::{Error, Result};
use crate::lab::ledger::{self, FEW_BELOW};
use crate::lab::links::reports;
use crate::metrics::rmse;
use crate::peers;
use crate::recommender::{Assignment, Event, Recommender, Stopping};
use crate::rng::Generator;
use crate::settings::{Config, ValidConfig};
use crate::split::{Crossing, Fold, Rows, Split, Training};

/// Jobs that are done side by side: with more of them the host is what takes long.
pub const AT_ONCE: usize = 16;

/// Parts of the ratings that are not tested, of which a search measures its tries on one.
const PARTS: usize = 5;

/// The data of a contest and its terms: all that a job needs.
pub struct Contest {
    world: Arc<World>,
    /// Which ratings are tested, by domain and position, where that is given.
    tested: Option<Vec<Vec<bool>>>,
    config: ValidConfig,
    terms: Terms,
    device: Device,
}

/// A job that goes on.
pub struct Progress {
    /// What happened.
    pub event: Event,
    /// Progress of the job, 0 to 1.
    pub fraction: f32,
}

/// A model's predictions in one domain, on the unit scale, in the order of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// The rows with their true ratings.
    pub rows: Rows,
    /// What was predicted.
    pub predicted: Vec<f32>,
    /// The scale that both are on the unit scale of.
    pub scale: Scale,
}

/// What comes of a job.
pub struct Outcome {
    /// Its figures.
    pub result: JobResult,
    /// Its predictions by domain.
    pub predictions: Vec<Predictions>,
}

/// What comes of jobs that were done side by side.
pub struct Beside {
    /// In the order of the jobs.
    pub outcomes: Vec<Result<Outcome>>,
    /// Why the device is gone, where it was lost meanwhile.
    pub lost: Option<Error>,
}

/// A model that was trained with one of the settings.
struct Trained {
    model: Arc<dyn Recommender>,
    validation_rmse: Option<f64>,
    epochs: usize,
    kept_epoch: usize,
    changed: Map<String, Value>,
    device: DeviceKind,
}

impl Contest {
    /// A contest on some data. `tested` says of each rating, by domain and position, whether it is tested; with `None` there
    /// are `folds`. `data` is the hash of the files. No links are held out: no map is measured here, and a model would lose
    /// them for nothing.
    ///
    /// # Errors
    /// When a setting is out of its range, or more settings are to be tried than there are.
    pub fn new(
        world: Arc<World>,
        tested: Option<Vec<Vec<bool>>>,
        folds: usize,
        config: &ValidConfig,
        tune: usize,
        data: String,
        program: &str,
    ) -> Result<Self> {
        let config = Config { held_out_overlap: 0.0, ..Config::clone(config) }.check()?;
        tries(&config, tune)?;
        let mut settings = config.values()?;
        // Those that a job has of its own, and those that have no meaning here.
        for name in ["model", "seed", "test_fraction", "repeats", "train_on_everything"] {
            settings.remove(name);
        }
        let splitting = if tested.is_some() { Splitting::Given } else { Splitting::Folds(folds) };
        let domains = world.domains.iter().map(|domain| domain.name.clone()).collect();
        let experiment = super::PEERS.into();
        let terms = Terms { program: program.into(), experiment, data, domains, splitting, tune, settings };
        Ok(Self { world, tested, config, terms, device: Device::cpu() })
    }

    /// The same for the jobs of an experiment of this name.
    #[must_use]
    pub fn of_experiment(mut self, name: &str) -> Self {
        self.terms.experiment = name.into();
        self
    }

    /// The same with jobs that have company on this device, as far as it can do them; the others are done on the CPU.
    #[must_use]
    pub fn on(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// The device of jobs that have company.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Whether jobs of this kind are better done many at a time: their model's training is steps of an engine that the device
    /// takes for all of them at once. A job whose time is what it is about is done alone.
    ///
    /// # Errors
    /// When there is no such model, or a setting of the job's point is out of its range.
    pub fn has_company(&self, job: &Job) -> Result<bool> {
        Ok(self.device.is_queued() && company(&self.terms.experiment, job, &self.config)?)
    }

    /// What all its jobs have in common.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Whether anybody can be made cold.
    pub fn has_cold_users(&self) -> bool {
        self.config.cold_fraction > 0.0 && self.world.links.iter().any(|link| !link.overlap_users.is_empty())
    }

    /// The data.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The split that a job is tested on, and the one that its model is trained on, with other links in a placebo. Both are
    /// the job's own: nothing that another job has worked out is kept in them.
    fn splits(&self, world: &World, job: &Job, config: &ValidConfig) -> Result<(Split, Split)> {
        let all = match job.point.search {
            Some(Search::Try(_)) => {
                let part = Fold { number: 0, of: PARTS, seed: job.seed };
                Split::of_fold(world, config, part, self.validation(config))?
            }
            _ => self.outer(world, job, config)?,
        };
        let split = match job.users {
            Users::All => all,
            Users::Cold => all.with_cold(world, config),
        };
        let split = match job.point.links {
            Links::All => split,
            Links::Kept(people) => split.with_linked(world, config, people),
            Links::Discarded(people) => split.with_linked(world, config, people).without_unlinked(world)?,
        };
        let split = match job.point.history {
            Some(history) if job.users == Users::Cold => split.with_histories(world, config, history)?,
            _ => split,
        };
        let trained = match job.form {
            Form::Linked => split.clone(),
            Form::Alone => split.with_crossing(Crossing::Nothing),
            Form::Shuffled => {
                split.with_shuffled_links(world, &mut Generator::new(config.seed, "shuffled links"))
            }
        };
        Ok((split, trained))
    }

    /// The share of the ratings that are not tested by which a training is ended or tuned.
    fn validation(&self, config: &ValidConfig) -> f32 {
        let is_used = config.uses_validation() || self.terms.tune > 1;
        if is_used { config.validation_fraction } else { 0.0 }
    }

    /// The split into what is tested in the end and what is not.
    fn outer(&self, world: &World, job: &Job, config: &ValidConfig) -> Result<Split> {
        let validation = self.validation(config);
        match (&self.tested, self.terms.splitting) {
            (Some(tested), _) if job.point.material.is_of_all_files() => {
                Split::of_test_rows(world, config, tested, validation)
            }
            (Some(_), _) => Err(Error::data(
                format!("the rows to test on are given for all ratings, and {} has others", job.point.name),
                "Leave --test out, so that there are folds",
            )),
            (None, Splitting::Folds(of)) => {
                Split::of_fold(world, config, Fold { number: job.fold, of, seed: job.seed }, validation)
            }
            (None, Splitting::Given) => {
                Err(Error::data("the rows to test on are not given", "Give them, or a number of folds"))
            }
        }
    }

    /// Does a job from the beginning to the end, on the CPU. A try of a search that comes to no number has a result without figures.
    ///
    /// # Errors
    /// When the model is not known, the split leaves too few ratings, or a loss or prediction is not a finite number.
    pub async fn run(&self, job: &Job, emit: &mut dyn FnMut(Progress)) -> Result<Outcome> {
        self.run_on(&Device::cpu(), job, emit).await
    }

    /// Does jobs side by side, on one device; `emit` is told which of them goes on. A training finds the same as alone; of the
    /// time that all took together each job has its part. What a lost device leaves is done on the CPU, one after the other.
    pub async fn run_together(&self, jobs: &[Job], emit: &mut dyn FnMut(usize, Progress)) -> Beside {
        let (together, emit) = (Together::new(&self.device), RefCell::new(emit));
        let started = Instant::now();
        let work = |(number, job): (usize, &Job)| -> Work<'_, Result<Outcome>> {
            let (seat, emit, job) = (together.seat(), &emit, job.clone());
            Box::pin(async move {
                let mut told = |progress| (emit.borrow_mut())(number, progress);
                self.run_on(&seat, &job, &mut told).await
            })
        };
        let mut outcomes = together.all(jobs.iter().enumerate().map(work).collect()).await;
        let each = started.elapsed().as_secs_f64() / jobs.len().max(1) as f64;
        for outcome in outcomes.iter_mut().flatten() {
            outcome.result.training.seconds = each;
        }
        let mut lost = None;
        for (number, (job, outcome)) in jobs.iter().zip(&mut outcomes).enumerate() {
            if matches!(outcome, Err(Error::Device { .. })) {
                let mut told = |progress| (emit.borrow_mut())(number, progress);
                let again = self.run(job, &mut told).await;
                lost = lost.or(std::mem::replace(outcome, again).err());
            }
        }
        Beside { outcomes, lost }
    }

    async fn run_on(&self, device: &Device, job: &Job, emit: &mut dyn FnMut(Progress)) -> Result<Outcome> {
        if let Material::Planted { k, noise } = job.point.material {
            return self.run_planted(job, k, noise);
        }
        let config = Config { model: job.model.clone(), ..Config::clone(&self.config) }.check()?;
        let config = job.point.applied(&config)?.with_seed(job.training_seed());
        let mut world = material::world(&self.world, job)?;
        if let Some(Search::Try(_)) = job.point.search {
            world = Arc::new(material::without_tests(&world, &self.outer(&world, job, &config)?));
        }
        let (split, trained) = self.splits(&world, job, &config)?;
        let training = Training::new(world.clone(), Arc::new(trained));
        let mut losses = Vec::new();
        let all = tries(&config, self.terms.tune)?;
        let (started, number) = (Instant::now(), all.len());
        let mut best: Option<Trained> = None;
        for (n, one) in all.into_iter().enumerate() {
            losses.clear();
            let mut progress = |event, fraction: f32| {
                if let Event::Epoch { domains, .. } = &event
                    && job.point.is_traced
                {
                    losses.push(domains.iter().map(EpochLoss::new).collect());
                }
                emit(Progress { event, fraction: (n as f32 + fraction) / number as f32 });
            };
            let trained = match self.train(one, &training, device, &mut progress).await {
                Err(Error::NotFinite { .. }) if matches!(job.point.search, Some(Search::Try(_))) => {
                    return self.without_number(job, &config, &training, started.elapsed().as_secs_f64());
                }
                trained => trained?,
            };
            let error = |trained: &Trained| trained.validation_rmse.unwrap_or(f64::INFINITY);
            if best.as_ref().is_none_or(|best| error(&trained) < error(best)) {
                best = Some(trained);
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        let Some(best) = best else { return Err(Error::setting("tune", "use 1 or more")) };
        let domains = 0..world.domains.len();
        let tested = domains.map(|d| self.test(&world, d, job, &*best.model, &split, &training));
        let (domains, predictions) = tested.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        let mut measures = BTreeMap::new();
        if let Some(model) = (&*best.model as &dyn Any).downcast_ref::<Dml>() {
            measures.extend(links(&world, &split, model, config.seed));
        }
        if job.point.is_traced && job.model == dml::factorisation::ENTRY.name {
            measures.extend(conditions(&training));
        }
        let training = super::Training {
            chosen: if job.point.search.is_some() { chosen(job, &config)? } else { best.changed },
            validation_rmse: best.validation_rmse,
            epochs: best.epochs,
            kept_epoch: best.kept_epoch,
            seconds,
            peak_bytes: None,
            device: Some(best.device).filter(|&device| device != DeviceKind::Cpu),
        };
        let (job, terms) = (job.planned(), self.terms.clone());
        let result = JobResult { job, terms, training, domains, measures, losses };
        Ok(Outcome { result, predictions })
    }

    /// What there is to say of a try that came to no number.
    fn without_number(
        &self,
        job: &Job,
        config: &ValidConfig,
        data: &Training,
        seconds: f64,
    ) -> Result<Outcome> {
        let learnt = |d: usize| data.rows(d).len() + data.validation(d).len();
        let domain =
            |d| DomainResult { learnt_rows: learnt(d), tested_rows: 0, all: None, few: None, cold: None };
        let training = super::Training {
            chosen: chosen(job, config)?,
            validation_rmse: None,
            epochs: 0,
            kept_epoch: 0,
            seconds,
            peak_bytes: None,
            device: None,
        };
        let domains = (0..data.domains()).map(domain).collect();
        let (job, terms, measures, losses) = (job.planned(), self.terms.clone(), BTreeMap::new(), Vec::new());
        let result = JobResult { job, terms, training, domains, measures, losses };
        Ok(Outcome { result, predictions: Vec::new() })
    }

    /// A job that trains nothing.
    fn run_planted(&self, job: &Job, k: usize, noise: usize) -> Result<Outcome> {
        let started = Instant::now();
        let measures = planted::measures(job, k, noise as f64 / 1000.0)?;
        let training = super::Training {
            chosen: Map::new(),
            validation_rmse: None,
            epochs: 0,
            kept_epoch: 0,
            seconds: started.elapsed().as_secs_f64(),
            peak_bytes: None,
            device: None,
        };
        let (job, terms, domains, losses) = (job.clone(), self.terms.clone(), Vec::new(), Vec::new());
        let result = JobResult { job, terms, training, domains, measures, losses };
        Ok(Outcome { result, predictions: Vec::new() })
    }

    async fn train(
        &self,
        Try { config, changed }: Try,
        training: &Training,
        device: &Device,
        emit: &mut dyn FnMut(Event, f32),
    ) -> Result<Trained> {
        let entry = peers::find(&config.model)?;
        let assignment = Assignment {
            training: training.clone(),
            config,
            device: device.clone(),
            watched: vec![Vec::new(); self.world.links.len()],
            stopping: Stopping::Own,
        };
        let fit = entry.train(assignment, emit).await?;
        let model = fit.model();
        let mut errors = Vec::new();
        for d in 0..training.domains() {
            let rows = training.validation(d);
            if !rows.is_empty() {
                errors.push(rmse(&model.predict(d, &rows.users, &rows.items), &rows.targets)?);
            }
        }
        let validation_rmse = (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64);
        let (epochs, kept_epoch, device) = (fit.epoch(), fit.kept_epoch(), fit.device());
        Ok(Trained { model, validation_rmse, epochs, kept_epoch, changed, device })
    }

    /// A domain's figures, and the predictions behind them.
    fn test(
        &self,
        world: &World,
        d: usize,
        job: &Job,
        model: &dyn Recommender,
        split: &Split,
        training: &Training,
    ) -> Result<(DomainResult, Predictions)> {
        let rows = match job.users {
            // Newcomers with a few ratings are the only ones who are tested.
            Users::Cold if job.point.history.is_none() => split.cold(world, d),
            Users::All | Users::Cold => split.test(world, d),
        };
        let predicted = model.predict(d, &rows.users, &rows.items);
        let users = world.domains[d].users.len();
        let mut counts = vec![0_u32; users];
        let trained = training.rows(d);
        trained.users.iter().for_each(|&user| counts[user.index()] += 1);
        let units = Units::new(users);
        let threshold = self.config.relevance_threshold;
        let group = |is_in: &dyn Fn(u32) -> bool| -> Result<Option<GroupResult>> {
            let flags: Vec<bool> = counts.iter().map(|&n| is_in(n)).collect();
            let (own, places) = ledger::chosen(&rows, &flags);
            if own.is_empty() {
                return Ok(None);
            }
            let predicted: Vec<f32> = places.iter().map(|&place| predicted[place]).collect();
            Ok(Some(GroupResult::new(&own, &predicted, threshold, &units)?))
        };
        let (all, few, cold) = match job.users {
            // People without any training row are cold whether anybody made them so or not.
            Users::All if self.terms.splitting == Splitting::Given => {
                (group(&|_| true)?, group(&|n| n < FEW_BELOW)?, group(&|n| n == 0)?)
            }
            Users::All => (group(&|_| true)?, group(&|n| n < FEW_BELOW)?, None),
            Users::Cold => (None, None, group(&|_| true)?),
        };
        let result = DomainResult {
            learnt_rows: trained.len() + training.validation(d).len(),
            tested_rows: rows.len(),
            all,
            few,
            cold,
        };
        Ok((result, Predictions { rows, predicted, scale: split.scale(d) }))
    }
}

/// Whether a device that does several trainings at once does well to have a job of an experiment beside others of its kind.
///
/// # Errors
/// When there is no such model, or a setting of the job's point is out of its range.
pub fn company(experiment: &str, job: &Job, config: &ValidConfig) -> Result<bool> {
    if let Material::Planted { .. } = job.point.material {
        return Ok(false); // it trains none of the models
    }
    let entry = peers::find(&job.model)?;
    let config = Config { model: job.model.clone(), ..Config::clone(config) }.check()?;
    let is_of_time = experiment == super::SCALE;
    let own = job.point.applied(&config)?;
    Ok(entry.capabilities.on_device && !is_of_time && !peers::needs_burn(&own))
}

/// The settings that a search has chosen for a job, as they came to be.
fn chosen(job: &Job, config: &ValidConfig) -> Result<Map<String, Value>> {
    let mut values = config.values()?;
    values.retain(|name, _| job.point.settings.contains_key(name));
    Ok(values)
}

/// How near the maps bring people whose links are hidden, where there are some: `link A-B mapped`, `identity`, `random` and
/// `by D`, with the numbers of the domains.
fn links(world: &World, split: &Split, model: &Dml, seed: u64) -> Vec<(String, f64)> {
    let mut measures = Vec::new();
    for link in reports(world, split, model, seed) {
        let [a, b] = link.domains;
        if let Some(own) = link.alignment.filter(|own| own.pairs > 0) {
            let all = [("mapped", own.mapped), ("identity", own.identity), ("random", own.random)];
            measures.extend(all.map(|(name, value)| (format!("link {a}-{b} {name}"), value)));
            let ways = link.detours.iter();
            measures.extend(ways.map(|way| (format!("link {a}-{b} by {}", way.by), way.mapped)));
        }
    }
    measures
}

/// By how much the conditions of section 4.2 hold for the dual factorisation of these rows.
fn conditions(training: &Training) -> Vec<(String, f64)> {
    let Some((own, _)) = dml::factorisation::Conditions::of_training(dml::factorisation::ALPHA, training)
    else {
        return Vec::new();
    };
    let held = f64::from(u8::from(own.hold()));
    let all =
        [("condition a", own.a), ("condition b", own.b), ("condition c", own.c), ("conditions hold", held)];
    all.map(|(name, value)| (name.into(), value)).into()
}
