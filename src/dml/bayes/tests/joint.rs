//! The whole sampler by the test of joint distributions: J. Geweke, Getting It Right (JASA 2004). States drawn from the prior
//! and states of a chain whose data are drawn anew from each state have one distribution, if every conditional is right and
//! of the same model. Cutpoints are fixed, since they are moved and not drawn, and so are the priors of people in linked
//! domains, which are learnt from all who are there. Precisions near 0 would make vectors so long that the chain stays where
//! it is for ten thousands of sweeps; so those of items are drawn above a bound, in the prior and in the chain alike, and
//! τ and λ are fixed: `conditionals` has them.

use super::*;
use crate::dml::bayes::latent;
use crate::dml::bayes::normal::truncated;

const K: usize = 4;
/// States drawn from the prior.
const INDEPENDENT: usize = 40_000;
/// Sweeps, and in how many batches they count as independent of each other.
const SWEEPS: usize = 100_000;
const BATCHES: usize = 50;
/// The least precision of items.
const LEAST: f32 = 0.2;
const TAU: f32 = 2.0;
const LAMBDA: f32 = 1.5;

/// What is done wrong on purpose.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// γ by a rate that is a quarter too small.
    Noise,
    /// People of the second domain as if c were half of what it is.
    Scale,
    /// Precisions of items as if there were one item more.
    Precision,
}

/// A small world: six people, four of them in both domains, five items each.
pub(super) fn small() -> Training {
    let part = |names: [&str; 5], shift: usize| {
        let rows = (0..5).flat_map(|user| (0..3).map(move |n| (user, (user + shift + 2 * n) % 5)));
        let level = |at: usize| (at % 3) as f32 / 2.0;
        Part {
            users: names.map(String::from).to_vec(),
            items: 5,
            rows: rows.enumerate().map(|(at, (user, item))| (user, item, level(at))).collect(),
        }
    };
    training_of(&[part(["a", "b", "c", "d", "e"], 0), part(["c", "b", "a", "d", "f"], 1)])
}

/// The priors of people that stay as they are.
fn fixed(d: usize) -> Prior<K> {
    let mean = Point { bias: 0.0, vector: [0.4, -0.2, 0.0, 0.3 * d as f32] };
    Prior::of(mean, Point { bias: 1.5, vector: [1.0, 2.0, 1.5, 2.5] })
}

pub(super) fn normal_of(prior: &Prior<K>, chance: &mut Generator) -> Point<K> {
    let mut drawn = prior.mean;
    drawn.bias += chance.normal() / prior.precision.bias.sqrt();
    for i in 0..K {
        drawn.vector[i] += chance.normal() / prior.precision.vector[i].sqrt();
    }
    drawn
}

/// Draws a prior until no precision is below the bound: a draw from its conditional above it.
fn draw_above_bound(prior: &mut Prior<K>, points: &[Point<K>], chance: &mut Generator) {
    loop {
        prior.draw(points.iter().enumerate(), chance);
        if prior.precision.vector.iter().chain([&prior.precision.bias]).all(|&precision| precision > LEAST) {
            return;
        }
    }
}

/// Draws everything from the prior.
fn from_prior(chain: &mut Chain<K>, chance: &mut Generator) {
    let turned = DMatrix::from_fn(K, K, |_, _| f64::from(chance.normal())).qr();
    // The factor's signs, so that every orthogonal matrix is as likely as any other.
    let (q, r) = (turned.q(), turned.r());
    let c = truncated(-0.5, f32::INFINITY, chance.unit().clamp(1e-7, 1.0 - 1e-7));
    chain.links[0] = Link {
        correlation: 0.0,
        vectors: true,
        turns: true,
        rho: 0.5 + chance.normal(),
        scale: 0.5 + c,
        rotation: std::array::from_fn(|i| std::array::from_fn(|j| (q[(i, j)] * r[(j, j)].signum()) as f32)),
        tau: TAU,
        lambda: LAMBDA,
    };
    for (d, domain) in chain.domains.iter_mut().enumerate() {
        domain.people_prior = fixed(d);
        let mut prior = Prior::START;
        draw_above_bound(&mut prior, &[], chance);
        domain.items.iter_mut().for_each(|item| *item = normal_of(&prior, chance));
        domain.items_prior = prior;
        domain.noise.iter_mut().for_each(|noise| *noise = (chance.gamma(4.0) / 4.0) as f32);
    }
    for person in 0..chain.everybody.len() {
        for node in chain.everybody.of(person) {
            let mut prior = chain.domains[node.domain].people_prior.clone();
            if let Some((above, _)) = node.above {
                let above = &chain.everybody.of(person)[above];
                let domain = &chain.domains[above.domain];
                let deviation = domain.people[above.row as usize].less(&domain.people_prior.mean);
                let link = &chain.links[0];
                prior.mean.add(&link.expected(&deviation), 1.0);
                prior.precision = Point { bias: link.tau, vector: [link.lambda; K] };
            }
            chain.domains[node.domain].people[node.row as usize] = normal_of(&prior, chance);
        }
    }
    chain.domains.iter_mut().for_each(Domain::score);
}

/// Draws all ratings from the state.
fn new_ratings(chain: &mut Chain<K>, chance: &mut Generator) {
    for domain in &mut chain.domains {
        for user in 0..domain.noise.len() {
            for row in domain.observed.of_user(user) {
                let z = domain.scores[row] + chance.normal() / domain.noise[user].sqrt();
                let level = domain.cutpoints[1..3].iter().filter(|&&cutpoint| z >= cutpoint).count();
                domain.observed.levels[row] = level as u8;
            }
        }
    }
}

/// Numbers of a state whose means are compared: bounded or nearly so, since products have long tails.
fn figures(chain: &Chain<K>) -> Vec<f64> {
    let link = &chain.links[0];
    let mut all = vec![
        link.rho.tanh(),
        (link.rho * link.rho).tanh(),
        link.scale.tanh(),
        (link.scale * link.scale).tanh(),
        link.rotation[0][0],
        link.rotation[1][2].powi(2),
        link.rotation[0][0] * link.rotation[1][1],
    ];
    let bend = |x: f32| x * x / (1.0 + x * x);
    for domain in &chain.domains {
        let (prior, item, user) = (&domain.items_prior, &domain.items[1], &domain.people[2]);
        all.extend([
            prior.precision.bias / (1.0 + prior.precision.bias),
            prior.precision.vector[0] / (1.0 + prior.precision.vector[0]),
            prior.mean.vector[1].tanh(),
            bend(prior.mean.vector[1]),
            bend(item.bias),
            bend(item.vector[0]),
            (item.vector[0] * user.vector[0]).tanh(),
            user.bias.tanh(),
            bend(user.bias),
            user.vector[0].tanh(),
            bend(user.vector[3]),
            domain.noise[0],
            domain.noise[2] * domain.noise[2],
            domain.scores[4].tanh(),
            f32::from(domain.observed.levels[3]),
            f32::from(domain.observed.levels[3] * domain.observed.levels[4]),
        ]);
    }
    // Somebody in both: row 0 of the first domain is row 2 of the second.
    let (a, b) = (&chain.domains[0].people[0], &chain.domains[1].people[2]);
    let expected = link.expected(&a.less(&chain.domains[0].people_prior.mean));
    all.extend([
        (a.bias * b.bias).tanh(),
        (expected.vector[0] * b.vector[0]).tanh(),
        (b.bias - expected.bias).tanh(),
    ]);
    all.into_iter().map(f64::from).collect()
}

/// How many deviations apart the means of each figure are in the two samples.
fn differences(fault: Fault, sweeps: usize) -> Vec<f64> {
    let mut chance = Generator::new(1, "getting it right");
    let mut chain = chain_of::<K>(&small(), 1);
    assert_eq!(chain.everybody.tree.branches[0].people, 4);
    for domain in &mut chain.domains {
        domain.cutpoints = vec![f32::NEG_INFINITY, -0.5, 0.6, f32::INFINITY];
    }
    let width = {
        from_prior(&mut chain, &mut chance);
        figures(&chain).len()
    };
    let mut independent = Draws::new(width);
    for _ in 0..INDEPENDENT {
        from_prior(&mut chain, &mut chance);
        new_ratings(&mut chain, &mut chance);
        independent.push(&figures(&chain));
    }
    let (mut batches, mut batch) = (Draws::new(width), Draws::new(width));
    for sweep in 1..=sweeps {
        new_ratings(&mut chain, &mut chance);
        let scale = chain.links[0].scale;
        if fault == Fault::Scale {
            chain.links[0].scale = scale / 2.0;
        }
        for domain in &mut chain.domains {
            latent::draw(domain, &mut chain.normals.chance);
        }
        chain.draw_points();
        chain.links[0].scale = scale;
        for domain in &mut chain.domains {
            if fault == Fault::Noise {
                domain.noise.iter_mut().for_each(|noise| *noise *= 4.0 / 3.0);
            }
            draw_above_bound(&mut domain.items_prior, &domain.items, &mut chance);
            if fault == Fault::Precision {
                domain.items_prior.precision.vector.iter_mut().for_each(|p| *p *= 7.0 / 6.0);
            }
        }
        chain.draw_links();
        (chain.links[0].tau, chain.links[0].lambda) = (TAU, LAMBDA);
        batch.push(&figures(&chain));
        if sweep % (sweeps / BATCHES) == 0 {
            batches.push(batch.mean().as_slice());
            batch = Draws::new(width);
        }
    }
    let (expected, found) = (independent.mean(), batches.mean());
    let (own, between) = (independent.covariance(), batches.covariance());
    (0..width)
        .map(|i| {
            let variance = own[(i, i)] / independent.n + between[(i, i)] / (batches.n - 1.0);
            (found[i] - expected[i]) / variance.sqrt()
        })
        .collect()
}

fn largest(differences: &[f64]) -> f64 {
    differences.iter().fold(0.0, |most, z| most.max(z.abs()))
}

#[test]
fn the_sampler_and_its_model_have_one_joint_distribution() {
    let found = differences(Fault::None, SWEEPS);
    assert!(largest(&found) < 4.5, "{found:.1?}");
}

#[test]
fn the_test_of_joint_distributions_notices_what_is_wrong() {
    for fault in [Fault::Noise, Fault::Scale, Fault::Precision] {
        let most = largest(&differences(fault, SWEEPS / 2));
        assert!(most > 8.0, "{most}");
    }
}
