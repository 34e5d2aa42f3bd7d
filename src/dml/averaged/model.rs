//! The average of two trained models.

use std::any::Any;
use std::sync::Arc;

use super::weights::{Group, Weights};
use crate::data::{ItemId, UserId};
use crate::dml::Dml;
use crate::dml::bayes::Bayes;
use crate::recommender::Recommender;

/// Recipe R and the Bayesian model, trained.
#[derive(Clone, Debug)]
pub struct Averaged {
    /// Recipe R, or whatever the settings of dual metric learning make.
    pub dml: Arc<Dml>,
    /// The Bayesian model.
    pub bayes: Arc<Bayes>,
    /// By domain, how much the Bayesian model counts.
    pub weights: Vec<Weights>,
    /// Training ratings by domain and user.
    pub(super) counts: Arc<Vec<Vec<u32>>>,
}

impl Recommender for Averaged {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let mut predicted = self.dml.predict(domain, users, items);
        // Before the first draw the Bayesian model has nothing to say.
        if self.bayes.draws() > 0 {
            let bayes = self.bayes.predict(domain, users, items);
            for ((rating, bayes), &user) in predicted.iter_mut().zip(bayes).zip(users) {
                let weight = self.weights[domain].of(Group::of(self.counts[domain][user.index()]));
                *rating += weight * (bayes - *rating);
            }
        }
        predicted
    }

    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let measured: &Self = (measured as &dyn Any).downcast_ref()?;
        let dml = Arc::new(self.dml.with_mixes_of(&measured.dml));
        Some(Arc::new(Self { dml, weights: measured.weights.clone(), ..self.clone() }))
    }
}
