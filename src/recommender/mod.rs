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
mod fold_in;
pub mod graph;
mod outlook;
pub mod saved;
pub mod state;
mod stopping;
mod stopwatch;
mod trained;
pub(crate) mod validation;
mod vectors;

use crate::data::{ItemId, UserId};
use crate::error::{Error, Result};
use crate::settings::ValidConfig;
use saved::{Checked, Parts, Saved};
use state::StateWriter;
use std::{any::Any, fmt::Debug, sync::Arc};

pub use at_once::at_once;
pub use by_epochs::{Learner, Slice, by_epochs};
pub use capabilities::Capabilities;
pub use event::{DomainLosses, Event, LinkState, MappingState, Stage};
pub use fit::{Assignment, Fit, Work};
pub use fold_in::{FoldedIn, Profile, ProfileRating};
pub use outlook::{Chances, Known, Outlook, Outlooks};
pub use stopping::Stopping;
pub use stopwatch::Stopwatch;
pub use trained::Trained;
pub use vectors::UserVectors;

/// A trained model.
pub trait Recommender: Any + Debug {
    /// Ratings of (user, item) rows of a domain on the unit scale, in [0, 1], `[n]` for `users` and `items` of n. Rows
    /// that come by user are the quickest.
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32>;

    /// What is to be expected of items of a domain for somebody, who need not be in its file; `None` where the model has
    /// nothing to say to them.
    fn outlook(&self, known: Known, domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let ratings = || self.predict(domain, &vec![known.user; items.len()], items);
        (known.domain == domain).then(|| Outlook { ratings: ratings(), ..Outlook::default() })
    }

    /// The outlooks of many people in a domain, one after the other; what is the same for all of them is worked out once.
    fn outlooks(&self, domain: usize) -> Outlooks<'_> {
        Box::new(move |known, items| self.outlook(known, domain, items))
    }

    /// People as vectors; `None` of a model that has none, or whose vectors say nothing of who is near whom.
    ///
    /// # Errors
    /// When a vector is not finite.
    fn vectors(&self) -> Result<Option<Box<dyn UserVectors + '_>>> {
        Ok(None)
    }

    /// Somebody with these ratings, with all that was learnt of others held fixed; `settings` are those that it was trained with.
    /// `None` of a model that does not say what a person's ratings do.
    fn fold_in<'m>(
        &'m self,
        profile: &'m Profile,
        settings: Option<&ValidConfig>,
    ) -> Option<Box<dyn FoldedIn + 'm>> {
        let _ = (profile, settings);
        None
    }

    /// What it consists of, as far as predictions need it; [`Entry::load`] makes a model of that again which predicts the
    /// same.
    ///
    /// # Errors
    /// When it is not trained yet.
    fn saved(&self) -> Result<Saved> {
        Err(Error::data("nothing is learnt yet that could be saved", "Let the training go on"))
    }

    /// The same in full precision, with all that a measurement which goes on needs of it: what [`Entry::load`] makes of that
    /// says the same to the last bit.
    ///
    /// # Errors
    /// As [`Recommender::saved`].
    fn write_whole(&self, state: &mut StateWriter) -> Result<()> {
        state.put_saved(self.saved()?);
        Ok(())
    }

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
    /// Those of the settings that can be tuned that change what it predicts; `tests/tuned_settings.rs` measures it.
    pub reads: &'static [&'static str],
    /// Sets up an untrained model.
    pub begin: fn(Assignment) -> Work<'static, Box<dyn Fit>>,
    /// Makes a trained model again of what [`Recommender::saved`] gave, whoever has written it since: what is accepted can
    /// be predicted with for every user and item of the world.
    pub load: fn(&mut Parts<'_>) -> Checked<Arc<dyn Recommender>>,
}

impl Entry {
    /// A training from its beginning to its end; each event is told with the progress, 0 to 1.
    ///
    /// # Errors
    /// When the model cannot be set up on these data, and as [`Fit::advance`].
    pub async fn train(&self, given: Assignment, emit: &mut dyn FnMut(Event, f32)) -> Result<Box<dyn Fit>> {
        let mut fit = (self.begin)(given).await?;
        let mut events = Vec::new();
        while !fit.is_done() {
            fit.advance(&mut |event| events.push(event)).await?;
            let fraction = fit.fraction();
            events.drain(..).for_each(|event| emit(event, fraction));
        }
        Ok(fit)
    }
}
