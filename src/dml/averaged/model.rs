//! The average of two trained models.

use std::any::Any;
use std::sync::Arc;

use super::weights::{Group, Weights};
use crate::data::{ItemId, UserId};
use crate::dml::bayes::Bayes;
use crate::dml::{Dml, Predictor};
use crate::recommender::{Known, Outlook, Recommender};

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
    /// Recipe R's ratings for somebody who enters a domain from another; `None` where no links lead there.
    fn entering(&self, known: Known, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let cold_start_user = self.dml.cold_start_user(known.domain, known.user, domain)?;
        let mut ratings = Vec::new();
        Predictor::for_many(&self.dml, domain).predict_for_cold_start_user(
            &cold_start_user,
            items,
            &mut ratings,
        );
        Some(ratings)
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
        let bayes = self.bayes.as_ref().and_then(|bayes| bayes.outlook(known, domain, items));
        let (recipe, weight) = if known.domain == domain {
            let users = vec![known.user; items.len()];
            let group = Group::of(self.counts[domain][known.user.index()]);
            (Some(self.dml.predict(domain, &users, items)), self.weights[domain].of(group))
        } else {
            (self.entering(known, domain, items), self.weights[domain].cold)
        };
        match (recipe, bayes) {
            (Some(recipe), Some(mut outlook)) => {
                for (rating, recipe) in outlook.ratings.iter_mut().zip(recipe) {
                    *rating = recipe + weight * (*rating - recipe);
                }
                Some(outlook)
            }
            (None, bayes) => bayes,
            (Some(ratings), None) => {
                let way = if known.domain == domain { Vec::new() } else { vec![known.domain, domain] };
                Some(Outlook { ratings, chances: None, way })
            }
        }
    }

    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let measured: &Self = (measured as &dyn Any).downcast_ref()?;
        let dml = Arc::new(self.dml.with_mixes_of(&measured.dml));
        Some(Arc::new(Self { dml, weights: measured.weights.clone(), ..self.clone() }))
    }
}
