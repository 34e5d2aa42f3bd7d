//! The only thing that leaves a measurement: the page, the command line and the exports read the same stream.

use serde::{Deserialize, Serialize};

use super::Report;
use crate::recommender::Event;

/// Which of the measurement's trainings an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// The model that is measured.
    Main,
    /// The same rows with nothing that crosses.
    WithoutTransfer,
    /// The placebo: the same rows, and links that join nobody with themselves.
    Shuffled,
    /// Some linked users lost all ratings of one domain before training.
    Cold,
    /// The same people cold, and nothing that crosses.
    ColdWithoutTransfer,
    /// The same people cold, and only biases that cross.
    ColdBiases,
    /// The same people cold, and links that join nobody with themselves.
    ColdShuffled,
    /// That once more, with other links and another seed: what chance alone changes.
    ColdShuffledAgain,
    /// The model that is kept: all ratings and all links, with nothing left to measure.
    Everything,
}

impl Run {
    /// The trainings of one measurement in their order, without the model that is kept.
    pub const MEASUREMENT: [Self; 8] = [
        Self::Main,
        Self::WithoutTransfer,
        Self::Shuffled,
        Self::Cold,
        Self::ColdWithoutTransfer,
        Self::ColdBiases,
        Self::ColdShuffled,
        Self::ColdShuffledAgain,
    ];
}

/// What a measurement reports.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum StudyEvent {
    /// Something happened in one of its trainings.
    Training {
        /// In which one.
        run: Run,
        /// Of which repeat of the measurement, from 0.
        repeat: usize,
        /// What.
        #[serde(flatten)]
        event: Event,
    },
    /// Errors on the test rows, after each run.
    Report(ReportEvent),
}

/// The figures as far as they are known.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "report")]
pub struct ReportEvent {
    /// The figures.
    pub report: Box<Report>,
    /// Whether all of them are there.
    pub complete: bool,
}
