//! When the dual loop stops: the paper's criterion on the training loss, a limit of epochs, and patience on the
//! validation error (docs/method.md, recipe R, 4).

use std::sync::Arc;

use super::dml::Dml;
use crate::config::ValidConfig;

/// Keeps watch over the epochs.
pub(super) struct Convergence {
    epochs: usize,
    tolerance: f32,
    patience: Option<usize>,
    last_loss: Option<f64>,
    best: Option<Best>,
}

struct Best {
    rmse: f64,
    epoch: usize,
    model: Arc<Dml>,
}

/// Whether to go on.
pub(super) enum Verdict {
    /// Another epoch.
    GoOn,
    /// The end; with patience, the best epoch and its model.
    Stop { reason: String, model: Option<(usize, Arc<Dml>)> },
}

impl Convergence {
    pub(super) fn new(config: &ValidConfig) -> Self {
        Self {
            epochs: config.epochs,
            tolerance: config.tolerance,
            patience: config.patience,
            last_loss: None,
            best: None,
        }
    }

    /// Looks at an epoch's training loss and validation error.
    pub(super) fn after(&mut self, epoch: usize, loss: f64, rmse: Option<f64>, model: &Arc<Dml>) -> Verdict {
        if let (Some(_), Some(rmse)) = (self.patience, rmse)
            && self.best.as_ref().is_none_or(|best| rmse < best.rmse)
        {
            self.best = Some(Best { rmse, epoch, model: model.clone() });
        }
        let change = self.last_loss.replace(loss).map(|last| (last - loss).abs());
        let waited = self.best.as_ref().map_or(0, |best| epoch - best.epoch);
        let reason = match (self.patience, change) {
            (Some(patience), _) if waited >= patience => {
                format!("no better validation error for {patience} epochs")
            }
            (_, Some(change)) if change < f64::from(self.tolerance) => {
                format!("the loss changed by less than {:e}", self.tolerance)
            }
            _ if epoch >= self.epochs => format!("{epoch} epoch{}", if epoch == 1 { "" } else { "s" }),
            _ => return Verdict::GoOn,
        };
        let best = self.best.take();
        let reason = match &best {
            Some(best) if best.epoch < epoch => format!("{reason}; kept epoch {}", best.epoch),
            _ => reason,
        };
        Verdict::Stop { reason, model: best.map(|best| (best.epoch, best.model)) }
    }
}
