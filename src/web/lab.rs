//! What the worker drives of experiments: plans in whichever worker has the data, jobs in those of the pool, figures in one that
//! needs no data.

use std::sync::Arc;

use wasm_bindgen::prelude::*;
use web_time::{Duration, Instant};

use super::devices::Trainings;
use super::experiments::{
    AddResults, Board, JobDone, JobEnded, JobsEnded, OpenBoard, OpenExperiment, OpenedExperiment,
    PlanExperiment, RunJob, RunJobs, SaveFigure, ShowBoard, contest, plan,
};
use super::js::{answer, arguments, json_property, refusal};
use super::session::Session;
use super::views::DeviceName;
use crate::engine::{Device, DeviceKind};
use crate::lab::contest::{AT_ONCE, Beside, Contest, Outcome, Progress};
use crate::settings::{Config, Encoder, Network, ValidConfig};

/// Progress is told at most this often: the page draws no faster.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// What a worker has of experiments.
#[derive(Default)]
pub(super) struct Lab {
    /// Does jobs.
    contest: Option<Contest>,
    /// Has results.
    board: Option<Board>,
}

impl Lab {
    /// What was opened belongs to the data before.
    pub(super) fn data_changed(&mut self) {
        self.contest = None;
    }

    fn board(&mut self) -> Result<&mut Board, JsError> {
        self.board.as_mut().ok_or_else(|| JsError::new("no experiment is open"))
    }
}

impl JobDone {
    fn of(outcome: Outcome) -> crate::error::Result<Self> {
        Ok(Self { text: outcome.result.write()?, seconds: outcome.result.training.seconds })
    }
}

impl JobEnded {
    fn of(outcome: crate::error::Result<Outcome>) -> Self {
        match outcome.and_then(JobDone::of) {
            Ok(done) => Self { done: Some(done), failed: None },
            Err(error) => Self { done: None, failed: Some(error.to_string()) },
        }
    }
}

/// Tells the page how much is done, 0 to 1, not more often than it draws.
fn teller(told: js_sys::Function) -> impl FnMut(f32) {
    let mut last = Instant::now();
    move |fraction| {
        if last.elapsed() >= TOLD_EVERY {
            last = Instant::now();
            // Whether the page hears of it makes no difference to a job.
            let _ = told.call1(&JsValue::UNDEFINED, &fraction.into());
        }
    }
}

/// The settings of a request.
fn settings(args: &JsValue) -> Result<ValidConfig, JsError> {
    let config = Config::from_json(&json_property(args, "config")?).map_err(refusal)?;
    config.check().map_err(refusal)
}

#[wasm_bindgen]
impl Session {
    /// The jobs of an experiment on the data as they are.
    ///
    /// # Errors
    /// When there is no such experiment, model or point, or the data have not what it needs.
    pub fn plan_experiment(&self, args: JsValue) -> Result<JsValue, JsError> {
        let config = settings(&args)?;
        let PlanExperiment { request, data, .. } = arguments(args)?;
        let world = Arc::new(self.slots().world().map_err(refusal)?);
        answer::<PlanExperiment>(&plan(&request, world, &config, data).map_err(refusal)?)
    }

    /// Makes ready for jobs.
    ///
    /// # Errors
    /// When there is no such experiment or a setting is out of its range.
    pub async fn open_experiment(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let config = settings(&args)?;
        let OpenExperiment { experiment, folds, data, device, workers, .. } = arguments(args)?;
        // Before the next, so that the data are there once.
        self.lab().contest = None;
        let world = Arc::new(self.slots().world().map_err(refusal)?);
        let trainings = Trainings { at_once: AT_ONCE, workers };
        // Jobs of what trains with burn have no company, whatever the settings say.
        let own = Config { network: Network::Mlp, encoder: Encoder::Ae, ..Config::clone(&config) };
        let (device, note) = self.devices().choose(device, &own, &world, trainings).await;
        let kind = device.kind();
        let contest = contest(&experiment, folds, world, &config, data).map_err(refusal)?;
        self.lab().contest = Some(contest.on(device));
        let at_once = if kind == DeviceKind::Cpu { 1 } else { AT_ONCE };
        answer::<OpenExperiment>(&OpenedExperiment { device: DeviceName::of(kind), at_once, note })
    }

    /// Does one job; `told` is called with how much of it is done, 0 to 1.
    ///
    /// # Errors
    /// When nothing is open, or with why the job cannot be done.
    pub async fn run_job(&mut self, args: JsValue, told: js_sys::Function) -> Result<JsValue, JsError> {
        let RunJob { job } = arguments(args)?;
        let Some(contest) = &self.lab().contest else {
            return Err(JsError::new("no experiment is open to do a job of"));
        };
        let mut tell = teller(told);
        let outcome = contest.run(&job, &mut |progress| tell(progress.fraction)).await;
        answer::<RunJob>(&outcome.and_then(JobDone::of).map_err(refusal)?)
    }

    /// Does jobs side by side on the device; `told` is called with how much of them is done, 0 to 1. Those that a lost device
    /// leaves are done on the CPU.
    ///
    /// # Errors
    /// When nothing is open.
    pub async fn run_jobs(&mut self, args: JsValue, told: js_sys::Function) -> Result<JsValue, JsError> {
        let RunJobs { jobs } = arguments(args)?;
        let Some(mut contest) = self.lab().contest.take() else {
            return Err(JsError::new("no experiment is open to do jobs of"));
        };
        let mut tell = teller(told);
        let mut fractions = vec![0.0; jobs.len()];
        let mut together = |number: usize, progress: Progress| {
            fractions[number] = progress.fraction;
            tell(fractions.iter().sum::<f32>() / fractions.len() as f32);
        };
        let Beside { outcomes, lost } = contest.run_together(&jobs, &mut together).await;
        if let Some(error) = &lost {
            self.devices().lose(error);
            contest = contest.on(Device::cpu());
        }
        let device = DeviceName::of(contest.device().kind());
        self.lab().contest = Some(contest);
        let jobs = outcomes.into_iter().map(JobEnded::of).collect();
        answer::<RunJobs>(&JobsEnded { jobs, device })
    }

    /// Begins a board for a plan.
    ///
    /// # Errors
    /// When the text is no plan.
    pub fn open_board(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let OpenBoard { manifest } = arguments(args)?;
        self.lab().board = Some(Board::new(&manifest).map_err(refusal)?);
        answer::<OpenBoard>(&())
    }

    /// Puts results on the board.
    ///
    /// # Errors
    /// When there is none.
    pub fn add_results(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let AddResults { results } = arguments(args)?;
        answer::<AddResults>(&self.lab().board()?.add(&results).map_err(refusal)?)
    }

    /// The figures of what is on the board.
    ///
    /// # Errors
    /// When there is none, or its results do not go together.
    pub fn show_board(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let ShowBoard { width } = arguments(args)?;
        answer::<ShowBoard>(&self.lab().board()?.view(width).map_err(refusal)?)
    }

    /// A file to take away.
    ///
    /// # Errors
    /// When there is no such figure.
    pub fn save_figure(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let SaveFigure { kind, figure } = arguments(args)?;
        answer::<SaveFigure>(&self.lab().board()?.file(kind, figure).map_err(refusal)?)
    }
}
