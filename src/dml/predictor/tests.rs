//! The oracle is the formula of docs/method.md with one `forward` a row.

use std::sync::Arc;

use super::*;
use crate::baselines::bias::{Biases, Shrinkage};
use crate::data::{ItemId, Scale, UserId};
use crate::dml::inputs::DenseFeatures;
use crate::dml::mapping::Mapping;
use crate::dml::network::{DenseLayer, RecommendationNetwork};
use crate::dml::{DomainModel, LinkModel};
use crate::rng::Generator;
use crate::split::LinkedPair;

const USERS: usize = 5;
const ITEMS: usize = 70;

/// A domain of random numbers. User 3 has no rating here; user 4 has none and no link either.
fn domain(k: usize, hidden: &[usize], given: DenseFeatures, dot: bool, rng: &mut Generator) -> DomainModel {
    let biases = Biases {
        mean: 0.5,
        users: rng.normals(USERS, 0.1),
        items: rng.normals(ITEMS, 0.1),
        user_priors: rng.normals(USERS, 0.1),
        item_priors: rng.normals(ITEMS, 0.1),
        bias_transfer: 0.7,
        others: rng.normals(USERS, 0.1),
        user_counts: vec![1, 20, 3, 0, 0],
        item_counts: (0..ITEMS as u32).collect(),
        shrinkage: Shrinkage::default(),
    };
    let mut layers = Vec::new();
    let mut inputs = 2 * k + given.len();
    for &outputs in hidden.iter().chain(&[1]) {
        layers.push(DenseLayer {
            weights: rng.normals(inputs * outputs, 0.2),
            bias: rng.normals(outputs, 0.1),
        });
        inputs = outputs;
    }
    DomainModel {
        scale: Scale { lo: 1.0, hi: 5.0 },
        biases: biases.into(),
        user_embeddings: rng.normals(USERS * k, 0.3),
        item_embeddings: rng.normals(ITEMS * k, 0.3),
        recommender: RecommendationNetwork { layers, dot },
        interaction: None,
        given,
        serves_cold_users: false,
        mix: 0.3,
    }
}

/// Two domains that share users 0 to 3.
fn model(k: usize, hidden: &[usize], given: DenseFeatures, dot: bool) -> Dml {
    let mut rng = Generator::new(5, "predictor");
    let mut domains: Vec<DomainModel> = (0..2).map(|_| domain(k, hidden, given, dot, &mut rng)).collect();
    Arc::make_mut(&mut domains[0].biases).user_counts[3] = 4;
    let pairs: Vec<LinkedPair> =
        (0..4).map(|u| LinkedPair { a: UserId(u), b: UserId(u), warm: true }).collect();
    let links = vec![LinkModel::new((0, USERS), (1, USERS), Mapping::random(k, &mut rng), &pairs)];
    Dml { dimension: k, domains, links }
}

/// One row by the formula: μ + b_u + b_i + RS(u, v, given).
fn by_forward(
    side: &DomainModel,
    k: usize,
    vector: &[f32],
    known: Known,
    others: [f32; 3],
    item: usize,
) -> f32 {
    let [other_bias, user_prior, item_prior] = others;
    let mut given = Vec::new();
    side.given.push(&mut given, known, other_bias, [user_prior, item_prior]);
    let v = &side.item_embeddings[item * k..][..k];
    let rating = side.biases.mean + known.user_bias + known.item_bias;
    (rating + side.recommender.forward(vector, v, &given)).clamp(0.0, 1.0)
}

fn expected(model: &Dml, d: usize, user: UserId, item: ItemId) -> f32 {
    let side = &model.domains[d];
    let (u, i) = (user.index(), item.index());
    let biases = &side.biases;
    let others = [biases.others[u], biases.user_priors[u], biases.item_priors[i]];
    let all = Known::all(biases, user, item);
    let own = by_forward(side, model.dimension, model.user_embedding(d, user), all, others, i);
    let mapped = model
        .mapped_embedding(d, user)
        .map(|vector| by_forward(side, model.dimension, &vector, all.cold_user(biases, user), others, i));
    match (biases.user_counts[u], mapped) {
        (0, None) => (biases.mean + biases.user_priors[u] + biases.items[i]).clamp(0.0, 1.0),
        (0, Some(mapped)) => mapped,
        (_, None) => own,
        (_, Some(mapped)) => own + side.mix * (mapped - own),
    }
}

#[test]
fn many_items_at_once_are_what_one_row_at_a_time_is() {
    let items: Vec<ItemId> = ItemId::first(ITEMS).rev().collect();
    let networks: [(usize, &[usize], DenseFeatures, bool); 5] = [
        (16, &[32, 16], DenseFeatures::Biases, true),
        (3, &[5], DenseFeatures::BiasesAndPriors, true),
        (2, &[], DenseFeatures::BiasesAndPriors, false),
        (9, &[7, 11, 3], DenseFeatures::None, true),
        (8, &[8, 8], DenseFeatures::Biases, false),
    ];
    for (k, hidden, given, dot) in networks {
        let model = model(k, hidden, given, dot);
        for d in 0..2 {
            let mut many = Predictor::for_many(&model, d);
            for user in UserId::first(USERS) {
                let mut predictions = Vec::new();
                many.predict(user, &items, &mut predictions);
                let few = model.predict_items(d, user, &items);
                for ((&item, &p), &few) in items.iter().zip(&predictions).zip(&few) {
                    let truth = expected(&model, d, user, item);
                    assert!((p - truth).abs() < 1e-6, "{hidden:?}, {user:?}: {p} {truth}");
                    assert!((few - truth).abs() < 1e-6, "{hidden:?}, {user:?}: {few} {truth}");
                }
            }
        }
    }
}

#[test]
fn rows_of_several_users_come_out_in_their_order() {
    let model = model(4, &[6], DenseFeatures::Biases, true);
    let (users, items) = ([1, 1, 4, 0, 3, 3].map(UserId), [7, 7, 0, 69, 1, 2].map(ItemId));
    let truths: Vec<f32> = users.iter().zip(items).map(|(&u, i)| expected(&model, 1, u, i)).collect();
    for times in [1, 20] {
        let predictions = model.predict(1, &users.repeat(times), &items.repeat(times));
        assert_eq!(predictions.len(), 6 * times);
        assert!(predictions.iter().zip(truths.repeat(times)).all(|(p, t)| (p - t).abs() < 1e-6));
    }
}

#[test]
fn a_visitor_is_somebody_with_a_vector_and_nothing_known() {
    let model = model(4, &[6], DenseFeatures::BiasesAndPriors, true);
    let cold_start_user = model.cold_start_user(0, UserId(2), 1).unwrap();
    let side = &model.domains[1];
    let predictions = model.predict_for_cold_start_user(1, &cold_start_user, &[8, 60].map(ItemId));
    for (p, item) in predictions.iter().zip([8, 60]) {
        let known = Known {
            user_bias: cold_start_user.prior,
            item_bias: side.biases.items[item],
            user_count: 0,
            item_count: side.biases.item_counts[item],
        };
        let others = [cold_start_user.other_bias, cold_start_user.prior, side.biases.item_priors[item]];
        let truth = by_forward(side, 4, &cold_start_user.vector, known, others, item);
        assert!((p - truth).abs() < 1e-6, "{p} {truth}");
    }
}
