//! EMCDR on planted data and by hand.

use super::super::factorisation::DomainPlan;
use super::super::planted::{Planted, rmse, spread};
use super::*;
use crate::data::{ItemId, UserId};
use crate::rng::Generator;

#[test]
fn newcomers_are_predicted_through_the_map_by_hand() {
    // Domains 0 and 1 know user 0, domain 2 does not. The maps double and turn round; there are items of one number each.
    let k = 1;
    let domain = |d: usize, n: u32| DomainPlan {
        users: 4 * d,
        user_counts: vec![n, 3],
        items: 4 * d + 1,
        item_counts: vec![1],
        weights: 4 * d + 2,
        bias: 4 * d + 3,
    };
    let plan = Plan { k, domains: vec![domain(0, 2), domain(1, 5), domain(2, 0)] };
    let doubled = Map::Linear(Linear::fitted(1, &[1000.0], &[2002.0]));
    let turned = Map::Linear(Linear::fitted(1, &[1000.0], &[-1001.0]));
    let direction = |from: usize, map: Map| Direction {
        from,
        to: 2,
        pairs: vec![],
        newcomers: vec![(UserId(0), UserId(0))],
        map,
    };
    let mapped =
        Mapped { plan, tables: vec![0, 4, 8], directions: vec![direction(0, doubled), direction(1, turned)] };
    let mut weights = Vec::new();
    for users in [[0.4, 0.0], [-0.2, 0.0], [9.0, 0.1]] {
        // Users, the item 0.5, a = 0.1 and w = 0.2, c = 0.3.
        weights.extend([users.to_vec(), vec![0.5], vec![0.1, 0.2], vec![0.3]]);
    }
    let model = mapped.recommender(&weights).unwrap();
    // Own: 0.3 + 0.4 · 0.5 + 0.1 · 0.4 + 0.2 · 0.5 = 0.64. Through the maps the vector is (2 · 0.4 + 0.2) / 2 = 0.5:
    // 0.3 + 0.25 + 0.05 + 0.1 = 0.7. User 1 of the third domain has a vector of their own: 0.3 + 0.05 + 0.01 + 0.1.
    let said = [
        model.predict(0, &[UserId(0)], &[ItemId(0)]),
        model.predict(2, &[0, 1].map(UserId), &[0, 0].map(ItemId)),
    ]
    .concat();
    for (said, expected) in said.iter().zip([0.64, 0.7, 0.46]) {
        assert!((said - expected).abs() < 1e-3, "{said} {expected}");
    }
}

/// Two domains, in the second of which a taste of three numbers is what `map` makes of it in the first.
fn mapped_taste(map: impl Fn([f32; 3]) -> [f32; 3]) -> Planted {
    let mut rng = Generator::new(6, "mapped taste");
    let mut vectors = |n: usize| -> Vec<[f32; 3]> {
        (0..n).map(|_| std::array::from_fn(|_| 0.45 * rng.normal())).collect()
    };
    let (people, items) = (vectors(400), [vectors(40), vectors(40)]);
    let elsewhere: Vec<[f32; 3]> = people.iter().map(|&u| map(u)).collect();
    Planted::new(2, 400, 40, 0.5, |d, user, item| {
        let u = if d == 0 { people[user] } else { elsewhere[user] };
        0.5 + u.iter().zip(items[d][item]).map(|(u, v)| u * v).sum::<f32>()
    })
}

/// Error for newcomers of the second domain, with a map, another map and without any, and the spread of their ratings.
fn errors(planted: &Planted) -> [f64; 4] {
    let cold = planted.cold();
    let rows = cold.newcomers(1);
    let error = |entry: &Entry, crossing| rmse(&*cold.trained(entry.begin, crossing, 30), 1, &rows);
    [
        error(&LINEAR, Crossing::All),
        error(&MLP, Crossing::All),
        error(&LINEAR, Crossing::Nothing),
        spread(&rows),
    ]
}

#[test]
fn a_linear_map_of_tastes_serves_newcomers() {
    let [linear, mlp, alone, spread] = errors(&mapped_taste(|[x, y, z]| [y + 0.5 * z, -x, 1.2 * z]));
    assert!(linear < 0.4 * alone && alone > 0.9 * spread, "{linear} {mlp} {alone} {spread}");
    assert!(mlp < 0.5 * alone, "{linear} {mlp} {alone} {spread}");
}

#[test]
fn a_map_that_is_not_linear_serves_newcomers_where_a_linear_one_cannot() {
    // Strength of a taste, whichever way it goes.
    let [linear, mlp, alone, spread] = errors(&mapped_taste(|u| u.map(|x| 1.8 * x.abs() - 0.65)));
    assert!(linear > 0.9 * alone, "{linear} {mlp} {alone} {spread}");
    assert!(mlp < 0.5 * alone, "{linear} {mlp} {alone} {spread}");
}
