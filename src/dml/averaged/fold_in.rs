//! Somebody by their ratings, as the average has them: both models' say, by the weights of how many ratings there are.

use super::model::Averaged;
use super::weights::Group;
use crate::data::ItemId;
use crate::recommender::{FoldedIn, Outlook, Profile, Recommender};
use crate::settings::ValidConfig;

/// A person under both models.
pub(super) struct FoldedPerson<'m> {
    model: &'m Averaged,
    profile: &'m Profile,
    recipe: Box<dyn FoldedIn + 'm>,
    /// `None` before the Bayesian model has its first draw.
    bayes: Option<Box<dyn FoldedIn + 'm>>,
}

impl Averaged {
    /// Somebody with these ratings; `None` where either model cannot have them so.
    pub(super) fn folded_in<'m>(
        &'m self,
        profile: &'m Profile,
        settings: Option<&ValidConfig>,
    ) -> Option<FoldedPerson<'m>> {
        let recipe = self.dml.fold_in(profile, settings)?;
        let bayes = match self.bayes.as_ref().filter(|bayes| bayes.draws() > 0) {
            Some(bayes) => Some(bayes.fold_in(profile, settings)?),
            None => None,
        };
        Some(FoldedPerson { model: self, profile, recipe, bayes })
    }
}

impl FoldedPerson<'_> {
    /// How much the Bayesian model counts in a domain.
    fn weight(&self, without: &[usize], domain: usize) -> f32 {
        let count = self.profile.of_domain(domain, without).count() as u32;
        self.model.weights[domain].of(Group::of(count))
    }
}

impl FoldedIn for FoldedPerson<'_> {
    fn outlook(&self, without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let recipe = self.recipe.outlook(without, domain, items);
        let bayes = self.bayes.as_ref().and_then(|bayes| bayes.outlook(without, domain, items));
        Averaged::mixed(self.weight(without, domain), recipe, bayes)
    }

    fn first_order(&self, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let recipe = self.recipe.first_order(domain, items)?;
        let Some(bayes) = &self.bayes else { return Some(recipe) };
        let (bayes, weight) = (bayes.first_order(domain, items)?, self.weight(&[], domain));
        Some(recipe.iter().zip(bayes).map(|(recipe, bayes)| recipe + weight * (bayes - recipe)).collect())
    }

    /// Recipe R's, as those of everybody.
    fn vector(&self, domain: usize) -> Option<Vec<f32>> {
        self.recipe.vector(domain)
    }
}
