//! From an engine's weights to a [`Dml`]: towers are folded into the vectors, and rows without any rating are set to
//! zero.

use std::sync::Arc;

use super::mapping::Mapping;
use super::model::{Dml, DomainModel, LinkModel};
use super::network::{DenseLayer, RecommendationNetwork};
use super::networks::{self, Interaction};
use super::plan::{Plan, Side};
use super::sources::TrainingRows;
use crate::baselines::bias::Biases;
use crate::data::Features;
use crate::engine::{Dense, Engine, Histories};
use crate::error::Result;
use crate::settings::{CrossStep, ValidConfig};
use crate::split::{Crossing, LinkedPair, Training};

/// What the weights are read into.
pub(super) struct Assembly<'a> {
    pub(super) config: &'a ValidConfig,
    pub(super) training: &'a Training,
    pub(super) biases: &'a [Arc<Biases>],
    pub(super) plan: &'a Plan,
    pub(super) engine: &'a dyn Engine,
}

impl Assembly<'_> {
    /// The vectors of a domain's users, `[users, k]`.
    ///
    /// # Errors
    /// When the device was lost.
    pub(super) async fn user_embeddings(&self, domain: usize) -> Result<Vec<f32>> {
        let side = &self.plan.domains[domain].users;
        let counts = &self.biases[domain].user_counts;
        let features = self.training.user_features(domain);
        let mut vectors = self.embeddings(side, counts, features).await?;
        if !side.is_learnt && features.is_none() {
            // The code of no ratings at all is not what simulated newcomers are trained with.
            zero_unrated(&mut vectors, counts, self.config.dimension);
        }
        Ok(vectors)
    }

    /// The vectors of a domain's items, `[items, k]`.
    async fn item_embeddings(&self, domain: usize) -> Result<Vec<f32>> {
        let side = &self.plan.domains[domain].items;
        self.embeddings(side, &self.biases[domain].item_counts, self.training.item_features(domain)).await
    }

    async fn embeddings(&self, side: &Side, counts: &[u32], features: Option<&Features>) -> Result<Vec<f32>> {
        let k = self.config.dimension;
        let mut vectors = self.engine.weights(0, side.table).await?;
        if side.is_learnt {
            zero_unrated(&mut vectors, counts, k);
        }
        if let (Some((tower, _)), Some(features)) = (&side.tower, features) {
            let weights = self.engine.weights(0, *tower).await?;
            for (row, vector) in vectors.chunks_exact_mut(k).enumerate() {
                let (columns, values) = features.row(row as u32);
                for (&column, &value) in columns.iter().zip(values) {
                    let added = &weights[column as usize * k..][..k];
                    vector.iter_mut().zip(added).for_each(|(x, w)| *x += value * w);
                }
            }
        }
        Ok(vectors)
    }

    /// What each of a domain's users has rated, where the network looks at it.
    fn histories(&self, domain: usize) -> Histories {
        if !networks::has_history(self.config.network) {
            return Histories::default();
        }
        let rows = TrainingRows::new(self.config, self.training, domain).recommended;
        let times = self.training.times(domain, &rows);
        networks::of_users(&rows, times.as_deref(), self.training.users(domain))
    }

    /// The whole model as it stands.
    ///
    /// # Errors
    /// When the device was lost.
    pub(super) async fn model(&self, mappings: &[Mapping], pairs: &[Vec<LinkedPair>]) -> Result<Dml> {
        let mut domains = Vec::new();
        let simulates_cold_users =
            self.training.crossing() != Crossing::All && self.config.cross_step != CrossStep::None;
        for (d, plan) in self.plan.domains.iter().enumerate() {
            let mut layers = Vec::new();
            for &Dense { weights, bias } in &plan.layers {
                layers.push(DenseLayer {
                    weights: self.engine.weights(0, weights).await?,
                    bias: self.engine.weights(0, bias).await?,
                });
            }
            let interaction = match plan.front {
                Some(front) => {
                    let mut parameters = Vec::new();
                    for parameter in front.parameters() {
                        parameters.push(self.engine.weights(0, parameter).await?);
                    }
                    let (network, dimension) = (self.config.network, self.config.dimension);
                    let histories = self.histories(d);
                    Some(Interaction { network, dimension, parameters, histories })
                }
                None => None,
            };
            domains.push(DomainModel {
                scale: self.training.scale(d),
                biases: self.biases[d].clone(),
                user_embeddings: self.user_embeddings(d).await?,
                item_embeddings: self.item_embeddings(d).await?,
                recommender: RecommendationNetwork { layers, dot: self.config.dot_product },
                interaction,
                given: plan.given,
                serves_cold_users: simulates_cold_users || !self.config.bias,
                mix: 0.0,
            });
        }
        let links = (self.training.links().iter().zip(mappings).zip(pairs))
            .map(|((&(a, b), mapping), pairs)| {
                let (users_a, users_b) = (self.training.users(a), self.training.users(b));
                LinkModel::new((a, users_a), (b, users_b), mapping.clone(), pairs)
            })
            .collect();
        Ok(Dml { dimension: self.config.dimension, domains, links })
    }
}

/// Sets the vectors of rows without training ratings to zero: their values are what chance started them with.
fn zero_unrated(vectors: &mut [f32], counts: &[u32], k: usize) {
    for (vector, _) in vectors.chunks_exact_mut(k).zip(counts).filter(|(_, n)| **n == 0) {
        vector.fill(0.0);
    }
}
