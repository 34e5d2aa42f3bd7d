//! When a training by epochs stops, whichever model it is of (docs/method.md, "How a run ends"): patience on the validation
//! error, or the paper's criterion on the training loss, or after as many epochs as the run that this one is compared with.

use std::sync::Arc;

use super::Stopping;
use super::saved::Checked;
use super::state::{RunState, StateWriter};
use crate::error::Result;
use crate::settings::ValidConfig;

/// So many epochs in a row must change the loss by less than the tolerance. A single one does so by chance: after
/// each epoch the loss stands where its last steps have left it, some 1e-3 from one another on Douban, and once in a
/// hundred epochs two of these values meet within 1e-5 while the loss still falls by ten times that.
const STILL: usize = 3;

/// Keeps watch over the epochs of a training that makes models `M`.
pub(crate) struct Convergence<M: ?Sized> {
    epochs: usize,
    rule: Rule,
    best: Option<Best<M>>,
}

/// What may end a run before its last epoch.
enum Rule {
    Patience(usize),
    /// `still` counts the epochs in a row whose change was small enough.
    Tolerance {
        below: f32,
        last: Option<f64>,
        still: usize,
    },
    Nothing,
}

struct Best<M: ?Sized> {
    rmse: f64,
    epoch: usize,
    model: Arc<M>,
}

/// What an epoch came to.
pub(crate) struct Measured {
    /// The training loss, without dropout and on the same rows every time; `None` where it was not asked for.
    pub(crate) loss: Option<f64>,
    /// The validation error.
    pub(crate) rmse: Option<f64>,
}

/// Whether to go on.
pub(crate) enum Verdict<M: ?Sized> {
    /// Another epoch.
    GoOn,
    /// The end; with patience, the best epoch and its model.
    Stop { reason: String, model: Option<(usize, Arc<M>)> },
}

impl<M: ?Sized> Convergence<M> {
    pub(crate) fn new(config: &ValidConfig, stopping: Stopping) -> Self {
        let rule = match (stopping, config.patience) {
            (Stopping::Epochs(_), _) => Rule::Nothing,
            (Stopping::Own, Some(patience)) => Rule::Patience(patience),
            (Stopping::Own, None) => Rule::Tolerance { below: config.tolerance, last: None, still: 0 },
        };
        Self { epochs: stopping.most_epochs(config), rule, best: None }
    }

    /// Whether [`Measured::loss`] decides anything.
    pub(crate) fn needs_loss(&self) -> bool {
        matches!(self.rule, Rule::Tolerance { below, .. } if below > 0.0)
    }

    /// Writes down what it remembers; `put` writes a model.
    ///
    /// # Errors
    /// Those of `put`.
    pub(crate) fn write(
        &self,
        state: &mut StateWriter,
        put: impl FnOnce(&M, &mut StateWriter) -> Result<()>,
    ) -> Result<()> {
        let tolerance = match &self.rule {
            Rule::Tolerance { last, still, .. } => (*last, *still),
            Rule::Patience(_) | Rule::Nothing => (None, 0),
        };
        state.put_value("convergence.loss", &tolerance)?;
        let best = self.best.as_ref().map(|best| (best.rmse, best.epoch));
        state.put_value("convergence.best", &best)?;
        if let Some(best) = &self.best {
            let mut inner = state.begin();
            put(&best.model, &mut inner)?;
            state.end("convergence.model", inner)?;
        }
        Ok(())
    }

    /// Remembers what another wrote down that watched over the same training, `epoch` epochs of which are over; `load` reads a
    /// model of a name.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn restore(
        &mut self,
        state: &RunState,
        done: usize,
        load: impl FnOnce(&str) -> Checked<Arc<M>>,
    ) -> Checked<()> {
        if done >= self.epochs {
            return Err(format!("{done} of {} are over, and it goes on", epochs(self.epochs)));
        }
        let found: (Option<f64>, usize) = state.bytes().value("convergence.loss")?;
        if let Rule::Tolerance { last, still, .. } = &mut self.rule {
            (*last, *still) = found;
        }
        let best: Option<(f64, usize)> = state.bytes().value("convergence.best")?;
        self.best = match best {
            Some((rmse, epoch)) if epoch <= done => {
                Some(Best { rmse, epoch, model: load("convergence.model")? })
            }
            Some((_, epoch)) => return Err(format!("the best epoch is {epoch}, of {done}")),
            None => None,
        };
        Ok(())
    }

    /// Looks at what an epoch came to.
    pub(crate) fn after(&mut self, epoch: usize, measured: &Measured, model: &Arc<M>) -> Verdict<M> {
        let early = match &mut self.rule {
            Rule::Patience(patience) => {
                if let Some(rmse) = measured.rmse
                    && self.best.as_ref().is_none_or(|best| rmse < best.rmse)
                {
                    self.best = Some(Best { rmse, epoch, model: model.clone() });
                }
                let waited = self.best.as_ref().map_or(0, |best| epoch - best.epoch);
                (waited >= *patience).then(|| format!("no better validation error for {}", epochs(*patience)))
            }
            Rule::Tolerance { below, last, still } => {
                let before = std::mem::replace(last, measured.loss);
                let change = before.zip(measured.loss).map(|(before, loss)| (before - loss).abs());
                let is_small = change.is_some_and(|change| change < f64::from(*below));
                *still = if is_small { *still + 1 } else { 0 };
                (*still >= STILL)
                    .then(|| format!("the loss changed by less than {below:e} in each of {STILL} epochs"))
            }
            Rule::Nothing => None,
        };
        let reason = match early {
            Some(reason) => reason,
            None if epoch >= self.epochs => epochs(epoch),
            None => return Verdict::GoOn,
        };
        let best = self.best.take();
        let reason = match &best {
            Some(best) if best.epoch < epoch => format!("{reason}; kept epoch {}", best.epoch),
            _ => reason,
        };
        Verdict::Stop { reason, model: best.map(|best| (best.epoch, best.model)) }
    }
}

fn epochs(n: usize) -> String {
    format!("{n} epoch{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Config;

    fn convergence(config: Config, stopping: Stopping) -> Convergence<usize> {
        Convergence::new(&config.check().unwrap(), stopping)
    }

    /// The epoch after which it stops, the reason, and the model that is kept: each epoch's model is its number.
    fn run(
        mut convergence: Convergence<usize>,
        measured: &[(f64, f64)],
    ) -> Option<(usize, String, Option<usize>)> {
        for (epoch, &(loss, rmse)) in (1..).zip(measured) {
            let measured = Measured { loss: Some(loss), rmse: Some(rmse) };
            if let Verdict::Stop { reason, model } = convergence.after(epoch, &measured, &Arc::new(epoch)) {
                return Some((epoch, reason, model.map(|(_, model)| *model)));
            }
        }
        None
    }

    #[test]
    fn the_loss_decides_without_patience_and_the_validation_error_does_not() {
        let config = Config { tolerance: 0.01, patience: None, ..Config::paper() };
        // Once and once again by chance, then three times in a row.
        let losses = [0.5, 0.4, 0.395, 0.35, 0.345, 0.344, 0.3, 0.301, 0.302, 0.299, 0.2];
        let measured: Vec<(f64, f64)> =
            (1..).map(|n| f64::from(n) / 10.0).zip(losses).map(|(n, l)| (l, n)).collect();
        let (epoch, reason, kept) = run(convergence(config, Stopping::Own), &measured).unwrap();
        assert_eq!((epoch, kept), (10, None));
        assert!(reason.contains("changed by less than 1e-2"), "{reason}");
    }

    #[test]
    fn patience_returns_to_the_best_epoch_and_a_resting_loss_does_not_end_it() {
        let config = Config { tolerance: 0.01, patience: Some(2), ..Config::robust() };
        let measured = [(0.5, 0.3), (0.5, 0.2), (0.5, 0.25), (0.5, 0.21), (0.5, 0.1)];
        let (epoch, reason, kept) = run(convergence(config, Stopping::Own), &measured).unwrap();
        assert_eq!((epoch, kept), (4, Some(2)));
        assert_eq!(reason, "no better validation error for 2 epochs; kept epoch 2");
    }

    #[test]
    fn a_run_that_is_told_its_epochs_trains_exactly_so_many() {
        let measured = [(0.5, 0.5); 9];
        for patience in [None, Some(1)] {
            for epochs in [1, 2, 7] {
                // Also beyond the setting's limit, because the main run decides.
                let config = Config { epochs: 3, tolerance: 1.0, patience, ..Config::robust() };
                let told = convergence(config, Stopping::Epochs(epochs));
                assert!(!told.needs_loss());
                assert_eq!(run(told, &measured).unwrap().0, epochs);
            }
        }
    }

    #[test]
    fn runs_beside_a_main_run_are_as_long_unless_validation_ends_them() {
        let paper = Config::paper().check().unwrap();
        assert_eq!(Stopping::beside(&paper, 17), Stopping::Epochs(17));
        assert_eq!(Stopping::beside(&Config::robust().check().unwrap(), 17), Stopping::Own);
    }
}
