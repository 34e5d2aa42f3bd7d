//! Experiments of the page: what can be asked for, the plan that comes of it, and the board on which results become figures.
//! The page keeps plans and results and gives out the jobs; a worker does one at a time (`lab`).

mod board;
mod choices;
mod plan;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub(super) use board::Board;
pub(super) use plan::{contest, plan};

use super::arguments::{Apart, DeviceChoice};
use super::views::{DeviceName, ModuleName};
use crate::lab::contest::Job;
use crate::lab::experiments::{Experiment, FoundSettings, Request};

/// An experiment that can be chosen.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Experiment"))]
pub(super) struct ExperimentView {
    /// Its name in addresses.
    name: &'static str,
    /// What it shows, in a line.
    shows: &'static str,
    /// Where it is in the paper; where it is not, why it is here.
    source: &'static str,
    /// What the paper claims; empty where it claims nothing.
    claim: &'static str,
    /// The models where nobody names any, `all` for every one; none where none is trained.
    models: &'static [&'static str],
    /// Whether it can be asked that newcomers are tested too.
    has_newcomers: bool,
}

impl From<&Experiment> for ExperimentView {
    fn from(experiment: &Experiment) -> Self {
        let Experiment { name, shows, source, claim, models, has_newcomers, .. } = experiment;
        Self { name, shows, source, claim, models, has_newcomers: *has_newcomers }
    }
}

/// Asks for the jobs of an experiment on the data as they are.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct PlanExperiment {
    pub(super) request: Request,
    /// A text that tells these data from others.
    pub(super) data: String,
    /// The settings from which the points differ.
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(as = "crate::settings::Config"))]
    pub(super) config: Apart,
}

/// What is to be done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Planned {
    /// What all jobs have in common, as JSON: results under the same terms count for each other.
    pub(super) terms: String,
    /// Terms and jobs as they are kept.
    pub(super) manifest: String,
    /// In the order in which they are best given out: the lightest of each model first.
    pub(super) jobs: Vec<PlannedJob>,
    /// The points that can be chosen.
    pub(super) points: Vec<PointChoice>,
}

/// A job with what the page has to know of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct PlannedJob {
    /// A name that no other job has and that a file may have.
    pub(super) name: String,
    pub(super) job: Job,
    /// What trains it.
    pub(super) module: ModuleName,
    /// Whether a graphics card does it beside others of its kind.
    pub(super) has_company: bool,
}

/// A place on the axis that can be chosen.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct PointChoice {
    /// What the request calls it.
    pub(super) text: String,
    /// What people call it.
    pub(super) label: String,
}

/// Makes a worker ready for jobs of an experiment.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct OpenExperiment {
    /// Its name.
    pub(super) experiment: String,
    pub(super) folds: usize,
    /// A text that tells these data from others.
    pub(super) data: String,
    /// Where trainings are done that it can do.
    pub(super) device: DeviceChoice,
    /// Workers that there are.
    pub(super) workers: usize,
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(as = "crate::settings::Config"))]
    pub(super) config: Apart,
}

/// A worker that is ready for jobs.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct OpenedExperiment {
    /// Where it does the jobs that have company.
    pub(super) device: DeviceName,
    /// How many of these it does at once.
    pub(super) at_once: usize,
    /// What there is to say of the device.
    pub(super) note: Option<String>,
}

/// Does one job.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct RunJob {
    pub(super) job: Job,
}

/// Does jobs side by side.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct RunJobs {
    pub(super) jobs: Vec<Job>,
}

/// What came of several jobs.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct JobsEnded {
    /// In their order.
    pub(super) jobs: Vec<JobEnded>,
    /// Where others are done from now on: a card that was lost is lost for good.
    pub(super) device: DeviceName,
}

/// What came of one of several jobs: its result, or why it cannot be done.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct JobEnded {
    pub(super) done: Option<JobDone>,
    pub(super) failed: Option<String>,
}

/// What came of a job.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct JobDone {
    /// Its result as it is kept.
    pub(super) text: String,
    /// Seconds of its trainings.
    pub(super) seconds: f64,
}

/// Begins a board for a plan.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct OpenBoard {
    /// Terms and jobs as they are kept.
    pub(super) manifest: String,
}

/// Puts results on the board.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AddResults {
    pub(super) results: Vec<ResultText>,
}

/// A result as it is kept.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ResultText {
    /// Name of the job.
    pub(super) name: String,
    pub(super) text: String,
}

/// What is on the board.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct OnBoard {
    /// Jobs whose results are there.
    pub(super) done: Vec<String>,
    /// Results that were refused, and why; their jobs are to be done again. Results of jobs that are not in the plan are
    /// neither here nor there.
    pub(super) refused: Vec<Refused>,
    /// Seconds of one core for the jobs that are left; null while nothing is done.
    pub(super) seconds_left: Option<f64>,
    /// Where a job can wait for others, those that can be done now, as they are to be done; null where all can.
    pub(super) ready: Option<Vec<ReadyJob>>,
}

/// A job whose turn it is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ReadyJob {
    /// Its name in the plan.
    pub(super) name: String,
    /// With the settings that are its turn.
    pub(super) job: Job,
}

/// A result that was refused.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Refused {
    /// Name of the job.
    pub(super) name: String,
    pub(super) why: String,
}

/// Asks for the figures of what is on the board.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ShowBoard {
    /// Of a figure, in pixels.
    pub(super) width: f64,
}

/// What the results say so far.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Showing {
    /// Jobs that are done, and all.
    pub(super) done: usize,
    pub(super) jobs: usize,
    pub(super) finding: String,
    /// What the paper claims; empty where it claims nothing.
    pub(super) claim: String,
    /// The best settings of each search.
    pub(super) found: Vec<FoundSettings>,
    pub(super) figures: Vec<FigureView>,
}

/// A figure with the table behind it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct FigureView {
    /// What its files are called.
    pub(super) name: String,
    pub(super) title: String,
    /// The drawing, in the page's colours and without title and finding.
    pub(super) svg: String,
    pub(super) columns: Vec<ColumnView>,
    /// As people read them.
    pub(super) rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ColumnView {
    pub(super) name: String,
    /// Whether it has numbers.
    pub(super) is_number: bool,
}

/// Asks for a file of what is on the board.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct SaveFigure {
    pub(super) kind: FigureFile,
    /// Which figure; of no matter for what holds all.
    pub(super) figure: usize,
}

/// What there is to take away of a figure.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum FigureFile {
    /// The table behind it, with every digit.
    Csv,
    /// All that the results show, with the figures as values.
    Json,
    /// The table behind it, as a document that compiles.
    Latex,
    /// The drawing, for paper: the same text that the command line writes.
    Svg,
}
