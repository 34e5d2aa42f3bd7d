//! Bayesian optimisation of settings: a Gaussian process says what other settings would give, and the next are those that
//! promise the largest improvement (Jones, Schonlau and Welch, *Efficient Global Optimization*, 1998). It asks for values
//! and is told them, whoever trains, wherever: [`Tuner`] knows no model. [`settings_space`] has what there is to tune of one.

mod effects;
mod expected;
mod kernel;
mod marginal;
mod pictures;
mod process;
mod quasi;
mod search;
mod settings;
mod space;
#[cfg(test)]
mod tests;
mod tuner;

pub use effects::{Effect, Place};
pub use pictures::{effects_figure, tries_panel};
pub use search::{BATCH, BUDGET, ModelSearch, TRAININGS, ready, search_jobs};
pub use settings::{point_of, settings_space, with_point};
pub use space::{Parameter, Point, Space, Values};
pub use tuner::{Try, Tuner};
