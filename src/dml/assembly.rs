//! From an engine's weights to a [`Dml`]: towers are folded into the vectors, and rows without any rating are set to
//! zero.

use std::sync::Arc;
use std::vec::IntoIter;

use super::mapping::Mapping;
use super::model::{Dml, DomainModel, LinkModel};
use super::network::{DenseLayer, RecommendationNetwork};
use super::networks::{self, Front, Interaction};
use super::plan::{Plan, Side};
use super::sources::TrainingRows;
use crate::baselines::bias::Biases;
use crate::data::Features;
use crate::engine::{Engine, Histories, ParamId};
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
        let params = self.user_params(domain);
        Ok(self.users_of(domain, &mut self.read(params).await?))
    }

    /// The values of parameters, in their order.
    async fn read(&self, params: impl IntoIterator<Item = ParamId>) -> Result<IntoIter<Vec<f32>>> {
        let params: Vec<ParamId> = params.into_iter().collect();
        Ok(self.engine.own_weights(&params).await?.into_iter())
    }

    /// What the vectors of a domain's users are made of.
    fn user_params(&self, domain: usize) -> impl Iterator<Item = ParamId> + use<> {
        self.plan.domains[domain].users.params(self.training.user_features(domain))
    }

    /// What the vectors of a domain's items are made of.
    fn item_params(&self, domain: usize) -> impl Iterator<Item = ParamId> + use<> {
        self.plan.domains[domain].items.params(self.training.item_features(domain))
    }

    /// The vectors of a domain's users, of the next values.
    fn users_of(&self, domain: usize, values: &mut IntoIter<Vec<f32>>) -> Vec<f32> {
        let side = &self.plan.domains[domain].users;
        let counts = &self.biases[domain].user_counts;
        let features = self.training.user_features(domain);
        let mut vectors = self.embeddings(side, counts, features, values);
        if !side.is_learnt && features.is_none() {
            // The code of no ratings at all is not what simulated newcomers are trained with.
            zero_unrated(&mut vectors, counts, self.config.dimension);
        }
        vectors
    }

    /// The vectors of a domain's items, `[items, k]`, of the next values.
    fn items_of(&self, domain: usize, values: &mut IntoIter<Vec<f32>>) -> Vec<f32> {
        let side = &self.plan.domains[domain].items;
        self.embeddings(side, &self.biases[domain].item_counts, self.training.item_features(domain), values)
    }

    fn embeddings(
        &self,
        side: &Side,
        counts: &[u32],
        features: Option<&Features>,
        values: &mut IntoIter<Vec<f32>>,
    ) -> Vec<f32> {
        let k = self.config.dimension;
        let mut vectors = values.next().unwrap_or_default();
        if side.is_learnt {
            zero_unrated(&mut vectors, counts, k);
        }
        if let Some(features) = features.filter(|_| side.tower.is_some()) {
            let weights = values.next().unwrap_or_default();
            for (row, vector) in vectors.chunks_exact_mut(k).enumerate() {
                let (columns, values) = features.row(row as u32);
                for (&column, &value) in columns.iter().zip(values) {
                    let added = &weights[column as usize * k..][..k];
                    vector.iter_mut().zip(added).for_each(|(x, w)| *x += value * w);
                }
            }
        }
        vectors
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
        let params = self.plan.domains.iter().enumerate().flat_map(|(d, plan)| {
            let layers = plan.layers.iter().flat_map(|layer| [layer.weights, layer.bias]);
            let front = plan.front.into_iter().flat_map(Front::parameters);
            layers.chain(front).chain(self.user_params(d)).chain(self.item_params(d))
        });
        // All of it in one reading, for which the device is waited for once.
        let mut values = self.read(params).await?;
        for (d, plan) in self.plan.domains.iter().enumerate() {
            let mut next = || values.next().unwrap_or_default();
            let layers = plan.layers.iter().map(|_| DenseLayer { weights: next(), bias: next() }).collect();
            let interaction = plan.front.map(|front| Interaction {
                network: self.config.network,
                dimension: self.config.dimension,
                parameters: front.parameters().map(|_| next()).collect(),
                histories: self.histories(d),
            });
            domains.push(DomainModel {
                scale: self.training.scale(d),
                biases: self.biases[d].clone(),
                user_embeddings: self.users_of(d, &mut values),
                item_embeddings: self.items_of(d, &mut values),
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

impl Side {
    /// The parameters that its vectors are made of.
    fn params(&self, features: Option<&Features>) -> impl Iterator<Item = ParamId> + use<> {
        let tower = self.tower.as_ref().filter(|_| features.is_some()).map(|&(tower, _)| tower);
        std::iter::once(self.table).chain(tower)
    }
}

/// Sets the vectors of rows without training ratings to zero: their values are what chance started them with.
fn zero_unrated(vectors: &mut [f32], counts: &[u32], k: usize) {
    for (vector, _) in vectors.chunks_exact_mut(k).zip(counts).filter(|(_, n)| **n == 0) {
        vector.fill(0.0);
    }
}
