//! The only thing that leaves a run: the page, the command line and the exports read the same stream.

use serde::Serialize;

use crate::{config::ValidConfig, eval::Report};

/// Which of the measurement's trainings an event belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
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

/// Losses of one domain in one epoch, on the unit scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DomainLosses {
    /// Mean squared error of the own-domain pass, with dropout.
    pub own: f32,
    /// Mean squared error of the cross-domain pass; `None` without one.
    pub cross: Option<f32>,
    /// RMSE on the validation rows, without dropout; `None` without such rows.
    pub validation_rmse: Option<f32>,
}

/// State of the map after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MappingState {
    /// Mean squared distance ‖X u_A − u_B‖² of the linked pairs.
    pub loss: f64,
    /// The same under the closed form of Eq. 3, orthogonal Procrustes: no orthogonal X can do better.
    pub closed_form_loss: f64,
    /// ‖X Xᵀ − I‖ (Frobenius).
    pub orthogonality_error: f64,
    /// Σ‖X u_A − u_B‖² / Σ‖ū_B − u_B‖² over the held-out pairs; `None` where there are none.
    pub alignment: Option<f64>,
}

/// What a run reports.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A run begins.
    Started {
        /// Which one.
        run: Run,
        /// Of which repeat of the measurement, from 0.
        repeat: usize,
        /// Its settings.
        config: ValidConfig,
        /// `CPU` or `WebGPU`.
        device: &'static str,
        /// Most epochs; exactly so many where another run has set them.
        epochs: usize,
    },
    /// A mini-batch is done.
    Batch {
        /// Which run.
        run: Run,
        /// Of which repeat of the measurement, from 0.
        repeat: usize,
        /// What it is doing, in plain words.
        stage: &'static str,
        /// Epoch, from 1; 0 while biases are fitted and autoencoders train.
        epoch: usize,
        /// Progress of the run, 0 to 1, as far as it can be foreseen.
        fraction: f32,
    },
    /// An epoch is done.
    Epoch {
        /// Which run.
        run: Run,
        /// Of which repeat of the measurement, from 0.
        repeat: usize,
        /// Epoch, from 1.
        epoch: usize,
        /// Losses by domain.
        domains: Vec<DomainLosses>,
        /// The map of the first link.
        mapping: MappingState,
        /// Seconds since the run began.
        seconds: f64,
    },
    /// A run is over.
    Finished {
        /// Which one.
        run: Run,
        /// Of which repeat of the measurement, from 0.
        repeat: usize,
        /// Epochs that were trained.
        epochs: usize,
        /// Why it stopped, in plain words.
        reason: String,
        /// Seconds that it took.
        seconds: f64,
    },
    /// Errors on the test rows, after each run.
    Report {
        /// The figures so far.
        report: Box<Report>,
        /// Whether all of them are there.
        complete: bool,
    },
}
