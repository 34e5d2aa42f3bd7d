//! The move along lengths that ratings cannot tell: what it must leave as it is, and the prior that it must keep.

use super::joint::{normal_of, small};
use super::*;
use crate::dml::bayes::normal::truncated;

const K: usize = 4;
/// States drawn from the prior, each moved once.
const STATES: usize = 20_000;

/// Everything that the move changes, from its prior: vectors of people and items of two domains, precisions, means, c and λ.
fn from_prior(chain: &mut Chain<K>, chance: &mut Generator) {
    let unit = chance.unit().clamp(1e-6, 1.0 - 1e-6);
    chain.links[0].scale = 0.5 + truncated(-0.5, f32::INFINITY, unit);
    chain.links[0].lambda = (chance.gamma(0.5) / 0.5) as f32;
    for domain in &mut chain.domains {
        for prior in [&mut domain.people_prior, &mut domain.items_prior] {
            prior.draw(std::iter::empty(), chance);
        }
        domain.items[0] = normal_of(&domain.items_prior, chance);
    }
    let above = chain.domains[0].people_prior.clone();
    chain.domains[0].people[0] = normal_of(&above, chance);
    // Row 2 below is the same person.
    let link = &chain.links[0];
    let mut below = chain.domains[1].people_prior.clone();
    below.mean.add(&link.expected(&chain.domains[0].people[0].less(&above.mean)), 1.0);
    below.precision = Point { bias: link.tau, vector: [link.lambda; K] };
    chain.domains[1].people[2] = normal_of(&below, chance);
}

fn figures(chain: &Chain<K>) -> Vec<f64> {
    let bounded = |x: f32| f64::from(x / (1.0 + x));
    let link = &chain.links[0];
    let mut all = vec![bounded(link.scale), bounded(link.scale * link.scale), bounded(link.lambda)];
    for (domain, row) in chain.domains.iter().zip([0, 2]) {
        let (people, items) = (&domain.people_prior, &domain.items_prior);
        all.extend([
            bounded(people.precision.vector[1]),
            bounded(items.precision.vector[2]),
            bounded(people.mean.vector[0].abs()),
            bounded(domain.people[row].vector[0].abs()),
            bounded(domain.items[0].vector[3].abs()),
        ]);
    }
    all
}

#[test]
fn a_move_along_lengths_keeps_the_prior() {
    let mut chance = Generator::new(14, "lengths");
    let mut chain = chain_of::<K>(&small(), 1);
    // For four people biases alone would cross.
    chain.links[0] = Link::start(true);
    let mut changes = Draws::new(figures(&chain).len());
    let mut moved = 0.0;
    for _ in 0..STATES {
        from_prior(&mut chain, &mut chance);
        let before = figures(&chain);
        chain.draw_scales();
        let after = figures(&chain);
        let change: Vec<f64> = after.iter().zip(&before).map(|(x, y)| x - y).collect();
        moved += change[0].abs() / STATES as f64;
        changes.push(&change);
    }
    assert!(moved > 0.05, "{moved}: nothing moves");
    for i in 0..changes.mean().len() {
        let deviation = (changes.covariance()[(i, i)] / changes.n).sqrt();
        assert!(changes.mean()[i].abs() < 4.5 * deviation, "figure {i}: {} {deviation}", changes.mean()[i]);
    }
}

#[test]
fn a_move_along_lengths_changes_no_score_and_nothing_that_is_expected_over_a_link() {
    let mut chance = Generator::new(15, "lengths of a state");
    let mut chain = chain_of::<K>(&three_domains(), 2);
    stir(&mut chain, &mut chance);
    let chances = |chain: &Chain<K>| -> Vec<f32> {
        chain.domains.iter().flat_map(|domain| domain.scores.clone()).collect()
    };
    // How far a child is from what is expected, in deviations of the link.
    let distances = |chain: &Chain<K>| -> Vec<f32> {
        let mut all = Vec::new();
        for (branch, (ends, link)) in chain.everybody.tree.branches.iter().zip(&chain.links).enumerate() {
            let [parent, child] = [ends.parent, ends.child].map(|d| &chain.domains[d]);
            for (above, below) in chain.everybody.pairs(branch) {
                let own = child.people[below as usize].less(&child.people_prior.mean);
                let other = parent.people[above as usize].less(&parent.people_prior.mean);
                all.extend(own.less(&link.expected(&other)).vector.map(|x| x * link.lambda.sqrt()));
            }
        }
        all
    };
    let (scores, apart) = (chances(&chain), distances(&chain));
    let lengths = chain.links[0].scale;
    chain.draw_scales();
    chain.domains.iter_mut().for_each(Domain::score);
    assert!((chain.links[0].scale / lengths - 1.0).abs() > 1e-3);
    let near = |x: &[f32], y: &[f32]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-5 * (1.0 + y.abs()));
    assert!(near(&chances(&chain), &scores) && near(&distances(&chain), &apart));
}
