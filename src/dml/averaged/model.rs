//! The average of two trained models.

use std::any::Any;
use std::sync::Arc;

use super::weights::{Group, Weights};
use crate::data::{ItemId, UserId};
use crate::dml::Dml;
use crate::dml::bayes::Bayes;
use crate::error::Result;
use crate::recommender::saved::Saved;
use crate::recommender::state::StateWriter;
use crate::recommender::{FoldedIn, Known, Outlook, Outlooks, Profile, Recommender, UserVectors};
use crate::settings::ValidConfig;

/// Recipe R and the Bayesian model, trained.
#[derive(Clone, Debug)]
pub struct Averaged {
    /// Recipe R, or whatever the settings of dual metric learning make.
    pub dml: Arc<Dml>,
    /// The Bayesian model; `None` before its training begins.
    pub bayes: Option<Arc<Bayes>>,
    /// By domain, how much the Bayesian model counts.
    pub weights: Vec<Weights>,
    /// Training ratings by domain and user.
    pub(super) counts: Arc<Vec<Vec<u32>>>,
}

impl Averaged {
    /// What both expect of items for somebody, where `recipe` is what recipe R does. Chances are the Bayesian model's.
    fn both(
        &self,
        known: Known,
        domain: usize,
        recipe: Option<Outlook>,
        items: &[ItemId],
    ) -> Option<Outlook> {
        let bayes = self.bayes.as_ref().and_then(|bayes| bayes.outlook(known, domain, items));
        let weight = match known.domain == domain {
            true => self.weights[domain].of(Group::of(self.counts[domain][known.user.index()])),
            false => self.weights[domain].cold,
        };
        Self::mixed(weight, recipe, bayes)
    }

    /// What both say, where `weight` is how much the Bayesian model counts.
    pub(super) fn mixed(weight: f32, recipe: Option<Outlook>, bayes: Option<Outlook>) -> Option<Outlook> {
        match (recipe, bayes) {
            (Some(recipe), Some(mut outlook)) => {
                for (rating, recipe) in outlook.ratings.iter_mut().zip(recipe.ratings) {
                    *rating = recipe + weight * (*rating - recipe);
                }
                Some(outlook)
            }
            (recipe, bayes) => bayes.or(recipe),
        }
    }
}

impl Recommender for Averaged {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let mut predicted = self.dml.predict(domain, users, items);
        // Before the first draw the Bayesian model has nothing to say.
        if let Some(bayes) = self.bayes.as_ref().filter(|bayes| bayes.draws() > 0) {
            let bayes = bayes.predict(domain, users, items);
            for ((rating, bayes), &user) in predicted.iter_mut().zip(bayes).zip(users) {
                let weight = self.weights[domain].of(Group::of(self.counts[domain][user.index()]));
                *rating += weight * (bayes - *rating);
            }
        }
        predicted
    }

    fn outlook(&self, known: Known, domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let recipe = self.dml.outlook(known, domain, items);
        self.both(known, domain, recipe, items)
    }

    fn outlooks(&self, domain: usize) -> Outlooks<'_> {
        let mut recipe = self.dml.outlooks(domain);
        Box::new(move |known, items| self.both(known, domain, recipe(known, items), items))
    }

    /// Recipe R's.
    fn vectors(&self) -> Result<Option<Box<dyn UserVectors + '_>>> {
        self.dml.vectors()
    }

    fn fold_in<'m>(
        &'m self,
        profile: &'m Profile,
        settings: Option<&ValidConfig>,
    ) -> Option<Box<dyn FoldedIn + 'm>> {
        Some(Box::new(self.folded_in(profile, settings)?))
    }

    fn saved(&self) -> Result<Saved> {
        self.parts()
    }

    fn write_whole(&self, state: &mut StateWriter) -> Result<()> {
        self.put_whole(state)
    }

    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let measured: &Self = (measured as &dyn Any).downcast_ref()?;
        let dml = Arc::new(self.dml.with_mixes_of(&measured.dml));
        Some(Arc::new(Self { dml, weights: measured.weights.clone(), ..self.clone() }))
    }
}
