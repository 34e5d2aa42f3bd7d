//! A trained model with what it takes to use it: whose data it is of, and what its predictions from 0 to 1 stand for.

use std::sync::Arc;

use super::Recommender;
use crate::data::{Scale, World};
use crate::settings::ValidConfig;

/// A trained model and its data.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The data that it was trained on, and those that were held out.
    pub world: Arc<World>,
    /// Its name in the list of models.
    pub name: &'static str,
    /// The settings that it was trained with; `None` where a file from before does not say.
    pub settings: Option<ValidConfig>,
    /// By domain, what its predictions from 0 to 1 stand for.
    pub scales: Vec<Scale>,
    /// By domain, how many ratings it was trained on.
    pub ratings: Vec<usize>,
    /// The model.
    pub model: Arc<dyn Recommender>,
}

impl Trained {
    /// Whether it was trained on all ratings of the data, and not on those of a measurement alone.
    pub fn knows_all(&self) -> bool {
        let all = self.world.domains.iter().map(|domain| domain.ratings.len());
        all.eq(self.ratings.iter().copied())
    }
}
