//! The baselines in the list of models, so that they can be trained and asked like any other.

use std::sync::Arc;

use super::bias::{Biases, Fitting, alone};
use crate::recommender::{Capabilities, Entry, Recommender, at_once};

/// μ: every prediction is the mean of the domain's training ratings.
pub const MEAN: Entry = Entry {
    name: "mean",
    description: "The mean of the domain's training ratings, for everybody and everything",
    source: "what every figure is held against",
    capabilities: Capabilities { crosses: false, cold_users: false, features: false, has_map: false },
    begin: |assignment| {
        at_once(assignment, |given| {
            let means = |d| given.training.rows(d).mean();
            Ok(Arc::new(Means((0..given.training.domains()).map(means).collect())))
        })
    },
};

/// μ + b_u + b_i of each domain on its own.
pub const BIAS: Entry = Entry {
    name: "bias",
    description: "Mean, user bias and item bias of the domain on its own",
    source: "Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems (2009)",
    capabilities: Capabilities { crosses: false, cold_users: false, features: false, has_map: false },
    begin: |assignment| {
        at_once(assignment, |given| {
            let biases = (0..given.training.domains()).map(|d| alone(&given.training, d, false));
            Ok(Arc::new(BiasModel(biases.collect())))
        })
    },
};

/// The same with ρ of a person's bias in the linked domain as what is expected here.
pub const LINKED_BIAS: Entry = Entry {
    name: "linked-bias",
    description: "The bias model in which a person's bias crosses: one number a person",
    source: "docs/method.md, recipe R, 1 and 2",
    capabilities: Capabilities { crosses: true, cold_users: true, features: false, has_map: false },
    begin: |assignment| {
        at_once(assignment, |given| Ok(Arc::new(BiasModel(Fitting::new(&given.training, false).finish()))))
    },
};

/// By domain, on the unit scale.
#[derive(Debug)]
struct Means(Vec<f32>);

impl Recommender for Means {
    fn predict(&self, domain: usize, users: &[u32], _items: &[u32]) -> Vec<f32> {
        vec![self.0[domain]; users.len()]
    }
}

/// By domain.
#[derive(Debug)]
struct BiasModel(Vec<Arc<Biases>>);

impl Recommender for BiasModel {
    fn predict(&self, domain: usize, users: &[u32], items: &[u32]) -> Vec<f32> {
        let biases = &self.0[domain];
        users.iter().zip(items).map(|(&user, &item)| biases.predict(user, item)).collect()
    }
}
