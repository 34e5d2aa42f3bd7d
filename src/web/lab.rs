//! What the worker drives of experiments: plans in whichever worker has the data, jobs in those of the pool, figures in one that
//! needs no data.

use std::sync::Arc;

use wasm_bindgen::prelude::*;
use web_time::{Duration, Instant};

use super::experiments::{
    AddResults, Board, JobDone, OpenBoard, OpenExperiment, PlanExperiment, RunJob, SaveFigure, ShowBoard,
    contest, plan,
};
use super::js::{answer, arguments, json_property, refusal};
use super::session::Session;
use crate::lab::contest::Contest;
use crate::settings::{Config, ValidConfig};

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
    pub fn open_experiment(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let config = settings(&args)?;
        let OpenExperiment { experiment, folds, data, .. } = arguments(args)?;
        // Before the next, so that the data are there once.
        self.lab().contest = None;
        let world = Arc::new(self.slots().world().map_err(refusal)?);
        self.lab().contest = Some(contest(&experiment, folds, world, &config, data).map_err(refusal)?);
        answer::<OpenExperiment>(&())
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
        let mut last = Instant::now();
        let mut tell = |fraction: f32| {
            if last.elapsed() >= TOLD_EVERY {
                last = Instant::now();
                // Whether the page hears of it makes no difference to the job.
                let _ = told.call1(&JsValue::UNDEFINED, &fraction.into());
            }
        };
        let outcome = contest.run(&job, &mut |progress| tell(progress.fraction)).await.map_err(refusal)?;
        let seconds = outcome.result.training.seconds;
        answer::<RunJob>(&JobDone { text: outcome.result.write().map_err(refusal)?, seconds })
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
