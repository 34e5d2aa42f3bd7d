//! The preview without chance against a long chain, the truth and the bias model.

use super::*;
use crate::baselines::Baselines;
use crate::baselines::bias::Shrinkage;
use crate::data::{ItemId, UserId};
use crate::dml::bayes::draw::Asked;

const K: usize = 8;
const USERS: usize = 300;
const ITEMS: usize = 120;

/// Two domains of people with vectors of three numbers, whose kindness crosses and whose taste does not; of 24 ratings each,
/// every fourth is kept apart with the score behind it.
fn world() -> ([Part; 2], [(Rows, Vec<f32>); 2]) {
    let mut chance = Generator::new(11, "world of a preview");
    let kindness: Vec<f32> = (0..USERS).map(|_| chance.normal()).collect();
    let mut held = [(); 2].map(|()| (Rows::default(), Vec::new()));
    let parts = std::array::from_fn(|d| {
        let mut vectors = |n: usize| -> Vec<[f32; 3]> {
            (0..n).map(|_| std::array::from_fn(|_| 0.9 * chance.normal())).collect()
        };
        let (people, items) = (vectors(USERS), vectors(ITEMS));
        let biases: Vec<f32> = (0..ITEMS).map(|_| 0.7 * chance.normal()).collect();
        let mut rows = Vec::new();
        for user in 0..USERS {
            for n in 0..24 {
                let item = (user * 17 + n * 5) % ITEMS;
                let product: f32 = people[user].iter().zip(&items[item]).map(|(x, y)| x * y).sum();
                let score = 0.7 * kindness[user] + biases[item] + product;
                let z = score + chance.normal();
                let value = [-2.0, -0.7, 0.7, 2.0].iter().filter(|&&cut| z > cut).count() as f32 / 4.0;
                if n % 4 == 3 {
                    held[d].0.users.push(UserId(user as u32));
                    held[d].0.items.push(ItemId(item as u32));
                    held[d].0.targets.push(value);
                    held[d].1.push(score);
                } else {
                    rows.push((user, item, value));
                }
            }
        }
        Part { users: (0..USERS).map(|user| format!("{user}")).collect(), items: ITEMS, rows }
    });
    (parts, held)
}

fn rmse(found: &[f32], expected: &[f32]) -> f64 {
    let squares = found.iter().zip(expected).map(|(x, y)| f64::from(x - y).powi(2));
    (squares.sum::<f64>() / found.len() as f64).sqrt()
}

fn correlation(x: &[f32], y: &[f32]) -> f64 {
    let mean = |of: &[f32]| of.iter().map(|&x| f64::from(x)).sum::<f64>() / of.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        x.iter().zip(y).map(|(&x, &y)| of(f64::from(x) - mean_x, f64::from(y) - mean_y)).sum::<f64>()
    };
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Scores of held-out rows as a chain's points have them.
fn scores(chain: &Chain<K>, d: usize, rows: &Rows) -> Vec<f32> {
    let domain = &chain.domains[d];
    let score = |(user, item): (&UserId, &ItemId)| {
        let (person, item) = (&domain.people[user.index()], &domain.items[item.index()]);
        let product: f32 = person.vector.iter().zip(&item.vector).map(|(x, y)| x * y).sum();
        person.bias + item.bias + product
    };
    rows.users.iter().zip(&rows.items).map(score).collect()
}

#[test]
fn the_preview_is_near_a_long_chain_and_better_than_the_bias_model() {
    let (parts, held) = world();
    let training = training_of(&parts);
    let mut preview = chain_of::<K>(&training, 3);
    let variances = preview.settle(30);
    let mut chain = chain_of::<K>(&training, 3);
    let mut means = [0, 1].map(|d: usize| vec![0.0; held[d].0.len()]);
    for sweep in 0..200 {
        chain.sweep();
        if sweep >= 60 {
            for (d, mean) in means.iter_mut().enumerate() {
                mean.iter_mut().zip(scores(&chain, d, &held[d].0)).for_each(|(sum, f)| *sum += f / 140.0);
            }
        }
    }
    let draw = preview.draw();
    let (spreads, seen) = (preview.spread_of_users(), preview.seen_items());
    for (d, (rows, truth)) in held.iter().enumerate() {
        let found = scores(&preview, d, rows);
        let (near, right) = (correlation(&found, &means[d]), correlation(&found, truth));
        assert!(near > 0.95, "domain {d}: {near}");
        let of_chain = correlation(&means[d], truth);
        assert!(right > 0.8 && right > of_chain - 0.04, "domain {d}: {right} {of_chain}");
        let levels = &preview.domains[d].levels;
        let asked = Asked { k: K, domain: d, spreads: &spreads[d], seen: &seen[d], levels };
        let mut expected = vec![0.0; rows.len()];
        asked.add_expected(&draw, &rows.users, &rows.items, &mut expected);
        let bias = Baselines::fit(&training.rows(d), USERS, ITEMS, Shrinkage::default());
        let (ours, theirs) =
            (rmse(&expected, &rows.targets), rmse(&bias.bias_predictions(rows), &rows.targets));
        assert!(ours < 0.95 * theirs, "domain {d}: {ours} {theirs}");
        // With 18 ratings a person is known better than without any, and with 45 an item better than a person.
        let mean = |points: &[Point<K>]| {
            points.iter().flat_map(|point| point.vector).sum::<f32>() / (points.len() * K) as f32
        };
        let (people, items) = (mean(&variances[d].people), mean(&variances[d].items));
        assert!(items < people && people < 1.0 / 3.0, "domain {d}: {people} {items}");
    }
    // Kindness is the same in both but for what 18 ratings leave open.
    assert!(preview.links[0].rho > 0.7 && preview.links[0].scale == 0.0, "{:?}", preview.links[0]);
}
