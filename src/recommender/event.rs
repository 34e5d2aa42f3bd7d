//! What leaves a training while it goes on: every model reports in these words, so that whoever listens need not know
//! which one it is.

use serde::{Deserialize, Serialize};

use crate::engine::DeviceKind;
use crate::settings::ValidConfig;

/// What a training is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Fitting biases.
    Biases,
    /// Training autoencoders.
    Autoencoders,
    /// Training the model itself.
    Training,
    /// Sampling the Bayesian model.
    Sampling,
    /// Choosing how much each of two models counts.
    Weighing,
}

impl Stage {
    /// In plain words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Biases => "biases",
            Self::Autoencoders => "autoencoders",
            Self::Training => "training",
            Self::Sampling => "sampling",
            Self::Weighing => "weighing",
        }
    }
}

/// Losses of one domain in one epoch, on the unit scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainLosses {
    /// Mean squared error of the own-domain pass, with dropout.
    pub own: f32,
    /// Mean squared error of the cross-domain pass; `None` without one.
    pub cross: Option<f32>,
    /// RMSE on the validation rows, without dropout; `None` without such rows.
    pub validation_rmse: Option<f32>,
}

/// State of the map after an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
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

/// A link of the Bayesian model after a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LinkState {
    /// The domain whose people's vectors the other's are expected from.
    pub from: usize,
    /// That other domain.
    pub to: usize,
    /// ρ, how much of a person's bias is expected on the other side.
    pub rho: f32,
    /// c, how much of their vector; 0 where biases alone cross.
    pub scale: f32,
    /// c in units of the lengths of both sides' vectors, which ratings do not fix: what the correlation of X u_A with u_B is
    /// expected to be, at most about 1.
    pub correlation: f32,
    /// τ, the precision of biases around that.
    pub tau: f32,
    /// λ, that of vectors. No evidence of a link: it is as high with shuffled ones.
    pub lambda: f32,
}

/// What a training reports.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A run begins.
    Started {
        /// Its settings.
        config: Box<ValidConfig>,
        /// Where its steps are done.
        device: DeviceKind,
        /// Most epochs; exactly so many where another run has set them.
        epochs: usize,
    },
    /// A mini-batch is done.
    Batch {
        /// What it is doing.
        stage: Stage,
        /// Epoch, from 1; 0 while biases are fitted and autoencoders train.
        epoch: usize,
        /// Progress of the run, 0 to 1, as far as it can be foreseen.
        fraction: f32,
    },
    /// An epoch is done.
    Epoch {
        /// Epoch, from 1.
        epoch: usize,
        /// Losses by domain.
        domains: Vec<DomainLosses>,
        /// The map of the first link; `None` for models without one.
        mapping: Option<MappingState>,
        /// Seconds since the run began.
        seconds: f64,
    },
    /// A sampler has drawn everything anew.
    Sweep {
        /// Sweep, from 1.
        sweep: usize,
        /// How many there will be.
        sweeps: usize,
        /// The links after it.
        links: Vec<LinkState>,
        /// Progress of the run, 0 to 1.
        fraction: f32,
        /// Seconds since the run began.
        seconds: f64,
    },
    /// A run is over.
    Finished {
        /// Epochs that were trained.
        epochs: usize,
        /// Why it stopped, in plain words.
        reason: String,
        /// Seconds that it took.
        seconds: f64,
    },
}
