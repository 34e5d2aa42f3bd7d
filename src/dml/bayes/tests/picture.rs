//! The picture of a chain: draws that differ by turns alone are one picture, and what they differ by beyond that is
//! uncertainty.

use std::sync::Arc;

use crate::data::UserId;
use crate::dml::bayes::draw::{DomainDraw, Draw, LinkDraw, Spread};
use crate::dml::bayes::levels::Levels;
use crate::dml::bayes::model::{Bayes, Shape};
use crate::dml::mapping::Mapping;
use crate::rng::Generator;

const K: usize = 4;
const USERS: usize = 60;
/// Of each coordinate between draws, in the second test.
const NOISE: f32 = 0.1;

fn domain(user_vectors: Vec<f32>) -> DomainDraw {
    let mut expected = Spread::none(K);
    (0..K).for_each(|i| expected.vector[i * K + i] = 0.5);
    DomainDraw {
        cutpoints: vec![0.0],
        noise: vec![1.0; USERS],
        user_biases: vec![0.0; USERS],
        user_vectors,
        item_biases: Vec::new(),
        item_vectors: Vec::new(),
        spreads: vec![Spread::none(K), Spread::none(K), expected],
        unseen_items: Spread::none(K),
        entries: Vec::new(),
        prior_mean: Vec::new(),
        prior_means: Vec::new(),
    }
}

/// Draws of two domains, in the second of which everybody has half of X u; each is turned as a whole, and `noise` is added.
/// The last user of the first domain is known by the second alone.
fn chain(draws: usize, noise: f32, with_map: bool) -> (Bayes, Mapping) {
    let mut generator = Generator::new(5, "picture");
    let a = generator.normals(USERS * K, 1.0);
    let x = Mapping::random(K, &mut generator);
    let b: Vec<f32> = x.to_b(&a).iter().map(|u| 0.5 * u).collect();
    let mut last = x.clone();
    let recent = (0..draws).map(|_| {
        let (turn_a, turn_b) = (Mapping::random(K, &mut generator), Mapping::random(K, &mut generator));
        last = turn_a.reversed().then(&x).then(&turn_b);
        let mut drawn = |turn: &Mapping, points: &[f32]| {
            let added = generator.normals(points.len(), noise);
            // Around a mean that is nobody's business.
            turn.to_b(&points.iter().zip(added).map(|(u, e)| u + e + 3.0).collect::<Vec<_>>())
        };
        let domains = vec![domain(drawn(&turn_a, &a)), domain(drawn(&turn_b, &b))];
        let map = if with_map { last.as_rows() } else { Vec::new() };
        Arc::new(Draw { domains, links: vec![LinkDraw { from: 0, to: 1, map }] })
    });
    let recent = recent.collect();
    let mut kinds = vec![vec![0; USERS]; 2];
    kinds[0][USERS - 1] = 2;
    let levels = vec![Levels::of(&[0.0, 1.0]); 2];
    let shape = Arc::new(Shape { k: K, levels, spreads: kinds, seen: vec![Vec::new(); 2] });
    (Bayes { shape, draws: Vec::new(), recent, trace: Arc::default(), burn_in: 0 }, last)
}

fn square(vectors: &[f32]) -> f32 {
    vectors.iter().map(|x| x * x).sum()
}

#[test]
fn draws_that_are_one_anothers_turn_are_one_picture_in_the_frame_of_the_latest() {
    let (bayes, x) = chain(6, 0.0, true);
    let picture = bayes.picture().unwrap().unwrap();
    assert_eq!((picture.dimension(), picture.domains(), picture.walk(1, 0)), (K, 2, Some(vec![1, 0])));
    let map = picture.map_along(&[0, 1]).unwrap();
    assert!((map.b_from_a() - x.b_from_a()).norm() < 1e-5);
    // X takes everybody to where they are on the other side, and no mean is in the way. (Means are of those who are drawn.)
    let mapped = map.to_b(picture.points(0));
    let (mut off, mut size) = (0.0_f32, 0.0_f32);
    let shift: Vec<f32> = (0..K).map(|i| mapped[i] - 2.0 * picture.points(1)[i]).collect();
    for (n, (x, y)) in mapped.iter().zip(picture.points(1)).enumerate() {
        off = off.max((x - 2.0 * y - shift[n % K]).abs());
        size = size.max(x.abs());
    }
    assert!(off < 1e-3 * size, "{off} of {size}");
    assert!(square(&picture.spread(0, UserId(3))) < 1e-4, "turns are no uncertainty");
}

#[test]
fn what_draws_differ_by_is_the_spread_and_a_mean_is_nearer_than_a_draw() {
    let (bayes, _) = chain(16, NOISE, true);
    let picture = bayes.picture().unwrap().unwrap();
    let users = USERS - 1;
    let mean = (0..users).map(|u| square(&picture.spread(0, UserId(u as u32)))).sum::<f32>() / users as f32;
    let expected = K as f32 * NOISE * NOISE;
    assert!((mean / expected - 1.0).abs() < 0.25, "{mean} {expected}");
    // The last one has no rating here: around what is expected there is what the way there leaves open, 0.5 in each of four
    // directions.
    let open = square(&picture.spread(0, UserId(users as u32)));
    assert!((open - 2.0 - expected).abs() < expected, "{open}");
}

#[test]
fn where_biases_alone_cross_there_is_no_picture() {
    assert!(chain(3, 0.0, false).0.picture().unwrap().is_none());
    // One draw says nothing of uncertainty.
    let (bayes, _) = chain(1, 0.0, true);
    assert!(bayes.picture().unwrap().unwrap().spread(1, UserId(0)).is_empty());
}
