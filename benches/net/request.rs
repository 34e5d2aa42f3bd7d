//! What is asked of a host (this program natively, the module in the browser, JAX, TF.js) and what it answers. All
//! speak the same JSON, a line or a message each.

use dual_metric::engine::UpdatedRows;
use serde::{Deserialize, Serialize};

use super::data::Size;

/// One measurement.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// What to measure.
    pub task: Task,
    /// Name of the engine.
    pub engine: String,
    /// Which rows of the embeddings a step of Adam updates.
    pub rule: UpdatedRows,
    /// Rows of the user table.
    pub users: usize,
    /// Rows of the item table.
    pub items: usize,
    /// Ratings, held-out ones included.
    pub ratings: usize,
    /// Rows of a step.
    pub batch: usize,
    /// How many networks train side by side.
    pub replicas: usize,
    /// How long to go on, at least; `losses` and `target` end after so long even when they are not done.
    pub seconds: f64,
    /// How many steps, for `losses`.
    pub steps: usize,
}

impl Request {
    /// The data that it is about.
    pub fn size(&self) -> Size {
        Size { users: self.users, items: self.items, ratings: self.ratings }
    }
}

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Steps a second, once the engine runs warm.
    Speed,
    /// The loss of each of the first steps.
    Losses,
    /// Training time until the held-out RMSE is within a hundredth of the bias model's.
    Target,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// To [`Task::Speed`].
    Speed {
        /// Steps of each replica.
        steps: usize,
        /// Ratings trained on, over all replicas.
        samples: usize,
        /// Wall-clock time of them.
        seconds: f64,
        /// Mean loss over them, of the first replica.
        loss: f32,
    },
    /// To [`Task::Losses`].
    Losses {
        /// One a step.
        losses: Vec<f32>,
    },
    /// To [`Task::Target`].
    Target {
        /// Time in training, without the measuring of the RMSE.
        seconds: f64,
        /// Passes through the training ratings.
        epochs: f64,
        /// Held-out RMSE at the end.
        rmse: f64,
        /// The bias model's.
        bias_rmse: f64,
        /// Whether the target was reached.
        reached: bool,
    },
}
