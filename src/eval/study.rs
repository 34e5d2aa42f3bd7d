//! The measurement that a person comes for: the model itself, and three more trainings that tell what the other
//! domain gives: without any link, with some linked people made cold, and with the same people cold and no link.

use std::sync::Arc;

use super::baselines::Baselines;
use super::metrics;
use super::report::{Alignment, Comparison, DomainReport, Report, verdict};
use super::{Rows, Split, Training};
use crate::config::ValidConfig;
use crate::data::World;
use crate::engine::Device;
use crate::error::Result;
use crate::event::{Event, MappingState, Run};
use crate::model::mapping::{Mapping, mean_embedding};
use crate::model::{Dml, Stopping, Trainer, gather_pairs};
use crate::rng::Generator;

/// People with fewer training ratings than this count as sparse.
const SPARSE_BELOW: u32 = 5;
/// Random orthogonal matrices that the map is compared with.
const RANDOM_MAPS: usize = 10;

/// The trainings of one measurement, one after the other, a mini-batch at a time.
pub struct Study {
    world: Arc<World>,
    config: ValidConfig,
    device: Device,
    split: Arc<Split>,
    cold_split: Arc<Split>,
    baselines: Vec<Baselines>,
    runs: Vec<Run>,
    run: usize,
    stage: Stage,
    report: Option<Report>,
    floor_rmse: Vec<f64>,
    /// What ends the further runs.
    stopping: Stopping,
}

/// Where the measurement is.
enum Stage {
    /// The main run.
    Main(Trainer),
    /// The further runs, beside the main run's model. None is set up before the last has given its memory back.
    Further { main: Arc<Dml>, trainer: Option<Trainer> },
}

impl Stage {
    fn trainer(&self) -> Option<&Trainer> {
        match self {
            Self::Main(trainer) => Some(trainer),
            Self::Further { trainer, .. } => trainer.as_ref(),
        }
    }

    fn trainer_mut(&mut self) -> Option<&mut Trainer> {
        match self {
            Self::Main(trainer) => Some(trainer),
            Self::Further { trainer, .. } => trainer.as_mut(),
        }
    }
}

impl Study {
    /// Sets up the main run, untrained. With `measure_transfer` the three further runs follow it. `floor_rmse` is
    /// the sample's best possible error by domain, empty otherwise.
    ///
    /// # Errors
    /// When there is too little to train on or to test, or the device was lost.
    pub async fn new(
        world: Arc<World>,
        config: ValidConfig,
        device: Device,
        measure_transfer: bool,
        floor_rmse: Vec<f64>,
    ) -> Result<Self> {
        let split = Arc::new(Split::new(&world, &config, false)?);
        let cold_split = Arc::new(split.with_cold(&world, &config));
        let training = Training::new(world.clone(), split.clone());
        let baselines = baselines(&training);
        let watched = (0..world.links.len()).map(|link| split.held_out(&world, link)).collect();
        let trainer =
            Trainer::new(Run::Main, config.clone(), training, device.clone(), watched, Stopping::Own).await?;
        let mut runs = vec![Run::Main];
        if measure_transfer {
            runs.extend([Run::WithoutTransfer, Run::Cold, Run::ColdWithoutTransfer]);
        }
        Ok(Self {
            world,
            config,
            device,
            split,
            cold_split,
            baselines,
            runs,
            run: 0,
            stage: Stage::Main(trainer),
            report: None,
            floor_rmse,
            stopping: Stopping::Own,
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

    /// The main run's model as of its last epoch, or untrained.
    pub fn model(&self) -> &Dml {
        match &self.stage {
            Stage::Main(trainer) => trainer.model(),
            Stage::Further { main, .. } => main,
        }
    }

    /// The figures so far; `None` until the main run is over.
    pub fn report(&self) -> Option<&Report> {
        self.report.as_ref()
    }

    /// The run in training, or the last one.
    pub fn run(&self) -> Run {
        self.runs[self.run.min(self.runs.len() - 1)]
    }

    /// Where the current run's steps are done, `CPU` or `WebGPU`.
    pub fn device(&self) -> &'static str {
        self.stage.trainer().map_or(self.device.name(), Trainer::device)
    }

    /// Epochs that the current run has done.
    pub fn epoch(&self) -> usize {
        self.stage.trainer().map_or(0, Trainer::epoch)
    }

    /// Whether every run is over.
    pub fn is_done(&self) -> bool {
        self.run >= self.runs.len()
    }

    /// Progress over all runs, 0 to 1.
    pub fn fraction(&self) -> f32 {
        if self.is_done() {
            return 1.0;
        }
        let run = self.stage.trainer().map_or(0.0, Trainer::fraction);
        (self.run as f32 + run) / self.runs.len() as f32
    }

    /// One mini-batch of the current run; at the end of a run its figures.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    pub async fn advance(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.is_done() {
            return Ok(());
        }
        let Some(trainer) = self.stage.trainer_mut() else { return self.begin_run().await };
        trainer.advance(emit).await?;
        if !trainer.is_done() {
            return Ok(());
        }
        let run = self.run();
        self.record(run)?;
        self.run += 1;
        if let Some(report) = &mut self.report {
            let transfer_measured = run == Run::ColdWithoutTransfer;
            report.verdict = verdict(&report.domains, report.alignment, transfer_measured);
            emit(Event::Report { report: Box::new(report.clone()), complete: self.run == self.runs.len() });
        }
        if !self.is_done() {
            self.begin_run().await?;
        }
        Ok(())
    }

    async fn begin_run(&mut self) -> Result<()> {
        let run = self.run();
        let split = match run {
            Run::Main => self.split.clone(),
            Run::WithoutTransfer => Arc::new(self.split.without_transfer()),
            Run::Cold => self.cold_split.clone(),
            Run::ColdWithoutTransfer => Arc::new(self.cold_split.without_transfer()),
        };
        let training = Training::new(self.world.clone(), split);
        let watched = vec![Vec::new(); self.world.links.len()];
        match &mut self.stage {
            Stage::Main(trainer) => {
                self.stopping = Stopping::beside(&self.config, trainer.epoch());
                self.stage = Stage::Further { main: trainer.model().clone(), trainer: None };
            }
            Stage::Further { trainer, .. } => *trainer = None,
        }
        let (config, device) = (self.config.clone(), self.device.clone());
        let begun = Trainer::new(run, config, training, device, watched, self.stopping).await?;
        if let Stage::Further { trainer, .. } = &mut self.stage {
            *trainer = Some(begun);
        }
        Ok(())
    }

    /// Puts a finished run's figures into the report.
    fn record(&mut self, run: Run) -> Result<()> {
        if let Stage::Main(trainer) = &self.stage {
            self.report = Some(self.main_report(trainer.mapping_state())?);
            return Ok(());
        }
        let (Some(trainer), Some(report)) = (self.stage.trainer(), &mut self.report) else { return Ok(()) };
        let model = trainer.model();
        for (d, domain) in report.domains.iter_mut().enumerate() {
            let baselines = &self.baselines[d];
            match run {
                Run::Main => {}
                Run::WithoutTransfer => {
                    let rows = self.split.test(&self.world, d);
                    domain.all.without_transfer = rmse(model, d, &rows)?;
                    domain.sparse.without_transfer = rmse(model, d, &sparse(&rows, baselines))?;
                }
                Run::Cold => {
                    let rows = self.cold_split.cold(&self.world, d);
                    let training = Training::new(self.world.clone(), self.cold_split.clone());
                    let cold_baseline = baselines_of(&training, d);
                    domain.cold = comparison(&rows);
                    domain.cold.with_transfer = rmse(model, d, &rows)?;
                    domain.cold.bias = error(&cold_baseline.bias_predictions(&rows), &rows)?;
                }
                Run::ColdWithoutTransfer => {
                    let rows = self.cold_split.cold(&self.world, d);
                    domain.cold.without_transfer = rmse(model, d, &rows)?;
                }
            }
        }
        Ok(())
    }

    fn main_report(&self, state: MappingState) -> Result<Report> {
        let model = self.model();
        let mut domains = Vec::new();
        for (d, domain) in self.world.domains.iter().enumerate() {
            let rows = self.split.test(&self.world, d);
            let baselines = &self.baselines[d];
            let threshold = self.config.relevance_threshold;
            let scores =
                |predictions: &[f32]| metrics::scores(&rows.users, predictions, &rows.targets, threshold);
            let model_scores = scores(&model.predict(d, &rows.users, &rows.items))?;
            let bias = scores(&baselines.bias_predictions(&rows))?;
            let few = sparse(&rows, baselines);
            let whole = Comparison {
                with_transfer: Some(model_scores.rmse),
                bias: Some(bias.rmse),
                ..comparison(&rows)
            };
            let sparse = Comparison {
                with_transfer: rmse(model, d, &few)?,
                bias: error(&baselines.bias_predictions(&few), &few)?,
                ..comparison(&few)
            };
            domains.push(DomainReport {
                name: domain.name.clone(),
                test_ratings: rows.len(),
                model: model_scores,
                mean: scores(&baselines.mean_predictions(&rows))?,
                bias,
                all: whole,
                sparse,
                cold: Comparison::default(),
                floor_rmse: self.floor_rmse.get(d).copied(),
            });
        }
        Ok(Report {
            domains,
            alignment: self.alignment(model),
            orthogonality_error: state.orthogonality_error,
            mapping_loss: state.loss,
            closed_form_loss: state.closed_form_loss,
            linked_users: self.split.roles(0).iter().filter(|r| **r == super::PairRole::Linked).count(),
            verdict: Vec::new(),
        })
    }

    /// Alignment of the first link's held-out pairs under X and under maps that know nothing.
    fn alignment(&self, model: &Dml) -> Option<Alignment> {
        let link = model.links.first()?;
        let k = model.dimension;
        let rated = |&(a, b): &(u32, u32)| model.rated(link.a, a) && model.rated(link.b, b);
        let pairs: Vec<(u32, u32)> = self.split.held_out(&self.world, 0).into_iter().filter(rated).collect();
        let (a, b) = (&model.domains[link.a].user_embeddings, &model.domains[link.b].user_embeddings);
        let (wa, wb) = gather_pairs(k, a, b, &pairs);
        let mean = mean_embedding(k, b);
        let mut rng = Generator::new(self.config.seed, "random maps");
        let random: Vec<f64> = (0..RANDOM_MAPS)
            .filter_map(|_| Mapping::random(k, &mut rng).alignment(&wa, &wb, &mean))
            .collect();
        Some(Alignment {
            pairs: pairs.len(),
            mapped: link.mapping.alignment(&wa, &wb, &mean)?,
            identity: Mapping::identity(k).alignment(&wa, &wb, &mean)?,
            random: random.iter().sum::<f64>() / random.len().max(1) as f64,
        })
    }
}

fn baselines(training: &Training) -> Vec<Baselines> {
    (0..training.domains()).map(|d| baselines_of(training, d)).collect()
}

fn baselines_of(training: &Training, domain: usize) -> Baselines {
    Baselines { bias: training.biases_alone(domain, false).clone() }
}

/// The rows of people with few training ratings.
fn sparse(rows: &Rows, baselines: &Baselines) -> Rows {
    let mut few = Rows::default();
    for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        if baselines.bias.user_counts[user as usize] < SPARSE_BELOW {
            few.users.push(user);
            few.items.push(item);
            few.targets.push(target);
        }
    }
    few
}

fn comparison(rows: &Rows) -> Comparison {
    let mut users = rows.users.clone();
    users.sort_unstable();
    users.dedup();
    Comparison { users: users.len(), ratings: rows.len(), ..Comparison::default() }
}

fn rmse(model: &Dml, domain: usize, rows: &Rows) -> Result<Option<f64>> {
    error(&model.predict(domain, &rows.users, &rows.items), rows)
}

/// RMSE of predictions; `None` without rows.
fn error(predictions: &[f32], rows: &Rows) -> Result<Option<f64>> {
    match rows.is_empty() {
        true => Ok(None),
        false => metrics::rmse(predictions, &rows.targets).map(Some),
    }
}
