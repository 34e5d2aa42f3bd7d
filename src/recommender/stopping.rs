//! What ends a training.

use serde::{Deserialize, Serialize};

use crate::settings::ValidConfig;

/// What ends a run. Runs that are compared with one another must not differ in length by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stopping {
    /// The run's own criterion: its validation optimum with patience, else the change of its loss; at the most
    /// `epochs`.
    #[default]
    Own,
    /// Exactly so many epochs, whatever the loss does.
    Epochs(usize),
}

impl Stopping {
    /// What ends the runs that are compared with a main run of `epochs` epochs: with patience each has a validation
    /// optimum of its own, without they train for equally long.
    pub fn beside(config: &ValidConfig, epochs: usize) -> Self {
        match config.patience {
            Some(_) => Self::Own,
            None => Self::Epochs(epochs),
        }
    }

    /// The most epochs that a run can take.
    pub fn most_epochs(self, config: &ValidConfig) -> usize {
        match self {
            Self::Own => config.epochs,
            Self::Epochs(epochs) => epochs,
        }
    }

    /// Progress of a run after so many epochs, 0 to 1. Where patience decides, the end is not known: recipe R is usually
    /// best after 5 to 8 epochs, so that a dozen is a fair guess to start from; past the guess it creeps on without getting
    /// there.
    pub(crate) fn fraction(self, config: &ValidConfig, epochs: f32) -> f32 {
        let most = self.most_epochs(config) as f32;
        let guess = match (self, config.patience) {
            (Self::Own, Some(patience)) => most.min((9 + patience) as f32),
            _ => most,
        };
        epochs / guess.max(epochs + 1.0)
    }
}
