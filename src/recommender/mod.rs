//! What every model has in common: how it is begun, trained, heard of and asked. The measurement, the command line and the
//! page treat all models alike; the list of them is [`crate::peers::MODELS`].

mod at_once;
#[cfg(feature = "reference")]
pub(crate) mod autodiff;
mod by_epochs;
mod capabilities;
pub(crate) mod convergence;
mod event;
mod fit;
pub mod graph;
mod stopping;
pub(crate) mod validation;

use crate::data::{ItemId, UserId};
use std::{any::Any, fmt::Debug, sync::Arc};

pub use at_once::at_once;
pub use by_epochs::{Learner, Slice, by_epochs};
pub use capabilities::Capabilities;
pub use event::{DomainLosses, Event, LinkState, MappingState, Stage};
pub use fit::{Assignment, Fit, Work};
pub use stopping::Stopping;

/// A trained model.
pub trait Recommender: Any + Debug {
    /// Ratings of (user, item) rows of a domain on the unit scale, in [0, 1], `[n]` for `users` and `items` of n. Rows
    /// that come by user are the quickest.
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32>;

    /// This model with what validation chose for `measured`, a model of the same kind: a training on everything has no
    /// validation rows. `None` where nothing is chosen so.
    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let _ = measured;
        None
    }
}

/// A kind of model in the list of all of them.
pub struct Entry {
    /// Its name in settings and on the command line.
    pub name: &'static str,
    /// What it is, in a line.
    pub description: &'static str,
    /// Where it comes from: the paper, or where in ours.
    pub source: &'static str,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Sets up an untrained model.
    pub begin: fn(Assignment) -> Work<'static, Box<dyn Fit>>,
}
