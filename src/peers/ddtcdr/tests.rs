//! DDTCDR on planted vectors and by hand.

use super::super::planted::Planted;
use super::*;
use crate::data::{ItemId, UserId};
use crate::engine::Device;
use crate::recommender::Slice;
use crate::recommender::graph::GraphLearner;

/// Three numbers a person and an item; k is 4.
fn padded(vectors: &[[f32; 4]]) -> Option<Vec<f32>> {
    Some(vectors.concat())
}

#[test]
fn the_map_comes_back_through_the_ratings_alone() {
    let mut rng = Generator::new(8, "planted map");
    let mut vectors =
        |n: usize| -> Vec<[f32; 4]> { (0..n).map(|_| std::array::from_fn(|_| rng.normal())).collect() };
    let (people, items) = (vectors(150), [vectors(60), vectors(60)]);
    // A rotation, for one with a reflection is out of reach of small steps.
    let mut chance = Generator::new(1, "rotation");
    let x = std::iter::repeat_with(|| Mapping::random(4, &mut chance))
        .find(|x| x.b_from_a().determinant() > 0.0)
        .unwrap();
    let elsewhere: Vec<[f32; 4]> = people.iter().map(|u| std::array::from_fn(|n| x.to_b(u)[n])).collect();
    // Ratings are of the person and the item, whatever the vectors are called in the domain.
    let planted = Planted::new(2, 150, 60, 0.6, |d, user, item| {
        let (u, v) = (people[user], items[d][item]);
        0.5 + 0.12 * (u[0] * v[0] + u[1] * v[1] + u[2] * v[2] + u[3] * v[3])
    });
    let codes = [&people, &elsewhere].into_iter().zip(&items);
    let codes = codes.map(|(users, items)| Codes { users: padded(users), items: padded(items) }).collect();
    let (layout, plan) = plan(planted.config(), &planted.training(Crossing::All), codes);
    let distance = |found: &Mapping| (found.b_from_a() - x.b_from_a()).norm();
    let start = distance(&Mapping::identity(4));
    let mut learner = GraphLearner::new(layout, plan, planted.config(), &Device::cpu()).unwrap();
    let mut epochs = 0;
    while epochs < 40 {
        if let Slice::Epoch(_) = pollster::block_on(learner.advance()).unwrap() {
            epochs += 1;
        }
    }
    let model = pollster::block_on(learner.model()).unwrap();
    let model: &dyn std::any::Any = &*model;
    let found = &model.downcast_ref::<Ddtcdr>().unwrap().maps[0];
    assert!(found.orthogonality_error() < 1e-5);
    assert!(distance(found) < 0.1 * start, "{} of {start}", distance(found));
}

/// A network of one hidden unit that gives max(0, u) + v.
fn network(c: f32) -> RecommendationNetwork {
    let first = DenseLayer { weights: vec![1.0, 0.0, 0.0, 1.0], bias: vec![0.0, 0.0] };
    let second = DenseLayer { weights: vec![1.0, 1.0], bias: vec![c] };
    RecommendationNetwork { layers: vec![first, second], dot: false }
}

#[test]
fn a_rating_is_the_mixture_of_both_networks_by_hand() {
    // One dimension, in which X turns round.
    let domain = |users: &[f32], c| Domain { users: users.to_vec(), items: vec![0.1], network: network(c) };
    let x = Mapping::from_rows(1, &[-1.0]).unwrap();
    let model = |links: Vec<(usize, usize)>| Ddtcdr {
        k: 1,
        domains: vec![domain(&[0.4, -0.4], 0.2), domain(&[0.3], 0.0)],
        maps: vec![x.clone()],
        links,
    };
    let close = |said: Vec<f32>, expected: &[f32]| {
        for (said, expected) in said.iter().zip(expected) {
            assert!((said - expected).abs() < 1e-6, "{said} {expected}");
        }
    };
    // RS_A(0.4, 0.1) = 0.7 and RS_B(−0.4, 0.1) = 0.1; RS_A(−0.4, 0.1) = 0.3 and RS_B(0.4, 0.1) = 0.5.
    let linked = model(vec![(0, 1)]);
    close(
        linked.predict(0, &[0, 1].map(UserId), &[0, 0].map(ItemId)),
        &[0.97 * 0.7 + 0.03 * 0.1, 0.97 * 0.3 + 0.03 * 0.5],
    );
    // RS_B(0.3, 0.1) = 0.4 and RS_A(−0.3, 0.1) = 0.3.
    close(linked.predict(1, &[UserId(0)], &[ItemId(0)]), &[0.97 * 0.4 + 0.03 * 0.3]);
    close(model(vec![]).predict(0, &[0, 1].map(UserId), &[0, 0].map(ItemId)), &[0.7, 0.3]);
}

#[test]
fn people_without_a_vector_have_the_mean_of_what_the_maps_make_of_theirs() {
    // User 0 of the third domain is known in the two others.
    let plan = Plan {
        k: 1,
        domains: vec![],
        maps: vec![],
        links: vec![(0, 2), (2, 1)],
        newcomers: vec![vec![(UserId(1), UserId(0), true)], vec![(UserId(0), UserId(0), false)]],
    };
    let domain = |users: &[f32]| Domain { users: users.to_vec(), items: vec![], network: network(0.0) };
    let mut domains = vec![domain(&[0.0, 0.4]), domain(&[0.2]), domain(&[0.0, 0.7])];
    let maps = [-1.0, -1.0].map(|x| Mapping::from_rows(1, &[x]).unwrap());
    plan.give_vectors(&mut domains, &maps);
    assert!((domains[2].users[0] + 0.3).abs() < 1e-6 && domains[2].users[1] == 0.7, "{:?}", domains[2].users);
}

#[test]
fn the_networks_have_no_part_in_each_other_where_nothing_may_cross() {
    let planted = Planted::new(3, 20, 10, 0.8, |_, user, item| ((user + item) % 5) as f32 / 5.0);
    let terms = |crossing| {
        let codes = vec![Codes::default(); 3];
        let (layout, plan) = plan(planted.config(), &planted.training(crossing), codes);
        (layout.domains.iter().map(|domain| domain.terms.clone()).collect::<Vec<_>>(), plan.maps.len())
    };
    let (linked, maps) = terms(Crossing::All);
    assert_eq!(maps, 3);
    for terms in linked {
        let weights: Vec<f32> = terms.iter().map(|term| term.1).collect();
        assert_eq!(weights, [0.97, 0.015, 0.015]);
    }
    let (alone, maps) = terms(Crossing::Nothing);
    assert_eq!(maps, 0);
    assert!(alone.iter().enumerate().all(|(d, terms)| terms == &[(d, 1.0)]));
}
