//! Each conditional against its exact posterior.

use nalgebra::DVector;
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

use super::*;
use crate::dml::bayes::chance::Chance;
use crate::dml::bayes::normals::Normals;
use crate::dml::bayes::{gaussian, items, latent, noise, users};

const K: usize = 4;
/// Draws of a posterior.
const MANY: usize = 20_000;

fn stirred() -> (Chain<K>, Normals) {
    let mut chain = chain_of::<K>(&three_domains(), 1);
    stir(&mut chain, &mut Generator::new(1, "a state to draw from"));
    (chain, Normals::new(Chance::new(2, "draws of conditionals")))
}

/// b_u + b_i + ⟨u, v⟩ = z of a row, as a linear form of (b_i, v_i) or (b_u, u) from place `from` on.
fn form(other: &Point<K>, from: usize) -> Vec<(usize, f64)> {
    (0..=K).map(|i| (from + i, if i == 0 { 1.0 } else { f64::from(other.vector[i - 1]) })).collect()
}

#[test]
fn an_item_is_drawn_from_the_normal_of_all_who_rated_it() {
    let (mut chain, mut normals) = stirred();
    let domain = &mut chain.domains[0];
    let mut expected = Vec::new();
    for item in 0..5 {
        let mut joint = Joint::new(K + 1);
        let (mean, precision) = (flat(&domain.items_prior.mean), flat(&domain.items_prior.precision));
        (0..=K).for_each(|i| joint.observe(&[(i, 1.0)], mean[i], precision[i]));
        for user in 0..domain.noise.len() {
            for row in domain.observed.of_user(user).filter(|&row| domain.observed.items[row] == item) {
                let person = &domain.people[user];
                let residual = f64::from(domain.latent[row]) - f64::from(person.bias);
                joint.observe(&form(person, 0), residual, f64::from(domain.noise[user]));
            }
        }
        expected.push(joint.moments());
    }
    let mut draws: Vec<Draws> = (0..5).map(|_| Draws::new(K + 1)).collect();
    for _ in 0..MANY {
        items::draw(domain, &mut normals);
        draws.iter_mut().zip(&domain.items).for_each(|(draws, item)| draws.push(&flat(item)));
    }
    draws.iter().zip(&expected).for_each(|(draws, (mean, covariance))| draws.assert_normal(mean, covariance));
}

#[test]
fn a_persons_vectors_in_one_two_and_three_domains_are_drawn_from_their_joint_normal() {
    let (mut chain, mut normals) = stirred();
    let people: Vec<Vec<Node>> = (0..chain.everybody.len()).map(|p| chain.everybody.of(p).to_vec()).collect();
    let mut expected = Vec::new();
    for nodes in &people {
        let mut joint = Joint::of_person(&chain, nodes);
        for (place, node) in nodes.iter().enumerate() {
            let (domain, user) = (&chain.domains[node.domain], node.row as usize);
            // Whoever stands between two domains has no ratings here.
            let rows = if user < domain.noise.len() { domain.observed.of_user(user) } else { 0..0 };
            for row in rows {
                let item = &domain.items[domain.observed.items[row] as usize];
                let residual = f64::from(domain.latent[row]) - f64::from(item.bias);
                joint.observe(&form(item, place * (K + 1)), residual, f64::from(domain.noise[user]));
            }
        }
        expected.push(joint.moments());
    }
    let in_between =
        people.iter().flatten().filter(|n| n.row as usize >= chain.domains[n.domain].noise.len());
    assert_eq!(in_between.count(), 1);
    let sizes = |n: usize| people.iter().filter(|nodes| nodes.len() == n).count();
    assert_eq!((sizes(1), sizes(2), sizes(3)), (1, 4, 4));
    let mut draws: Vec<Draws> = people.iter().map(|nodes| Draws::new(nodes.len() * (K + 1))).collect();
    for _ in 0..MANY {
        users::draw(&mut chain.domains, &chain.everybody, &chain.links, &mut normals);
        for (nodes, draws) in people.iter().zip(&mut draws) {
            let at = |node: &Node| flat(&chain.domains[node.domain].people[node.row as usize]);
            draws.push(&nodes.iter().flat_map(at).collect::<Vec<_>>());
        }
    }
    draws.iter().zip(&expected).for_each(|(draws, (mean, covariance))| draws.assert_normal(mean, covariance));
}

#[test]
fn noise_is_drawn_from_the_gamma_of_a_persons_residuals() {
    let (mut chain, mut normals) = stirred();
    let domain = &mut chain.domains[1];
    let users = domain.noise.len();
    let (mut sums, mut squares) = (vec![0.0; users], vec![0.0; users]);
    for _ in 0..MANY {
        noise::draw(domain, &mut normals.chance.scalar);
        for user in 0..users {
            sums[user] += f64::from(domain.noise[user]) / MANY as f64;
            squares[user] += f64::from(domain.noise[user]).powi(2) / MANY as f64;
        }
    }
    for user in 0..users {
        let person = &domain.people[user];
        let residual = |row: usize| {
            let item = &domain.items[domain.observed.items[row] as usize];
            let product = (0..K).map(|i| person.vector[i] * item.vector[i]).sum::<f32>();
            f64::from(domain.latent[row] - person.bias - item.bias - product)
        };
        let square: f64 = domain.observed.of_user(user).map(|row| residual(row).powi(2)).sum();
        // Gamma(4, rate 4) and three ratings: shape 5.5, rate 4 + Σe²/2.
        let (shape, rate) = (5.5, 4.0 + square / 2.0);
        let (mean, variance) = (shape / rate, shape / (rate * rate));
        assert!((sums[user] - mean).abs() < 5.0 * (variance / MANY as f64).sqrt(), "{} {mean}", sums[user]);
        let found = squares[user] - sums[user].powi(2);
        assert!((found / variance - 1.0).abs() < 0.1, "{found} {variance}");
    }
}

#[test]
fn latent_ratings_are_drawn_from_the_normal_within_the_interval_of_the_level() {
    let (mut chain, mut normals) = stirred();
    let domain = &mut chain.domains[2];
    domain.cutpoints = vec![f32::NEG_INFINITY, -0.4, 0.7, f32::INFINITY];
    let rows = domain.observed.len();
    let mut draws: Vec<Draws> = (0..rows).map(|_| Draws::new(1)).collect();
    for _ in 0..MANY {
        latent::draw(domain, &mut normals.chance);
        draws.iter_mut().zip(&domain.latent).for_each(|(draws, &z)| draws.push(&[f64::from(z)]));
    }
    let normal = Normal::standard();
    for user in 0..domain.noise.len() {
        let deviation = f64::from(domain.noise[user]).sqrt().recip();
        for row in domain.observed.of_user(user) {
            let (f, level) = (f64::from(domain.scores[row]), usize::from(domain.observed.levels[row]));
            let ends = [level, level + 1].map(|l| (f64::from(domain.cutpoints[l]) - f) / deviation);
            let mass = normal.cdf(ends[1]) - normal.cdf(ends[0]);
            let density = ends.map(|end| normal.pdf(end));
            let weighted = ends.map(|end| if end.is_finite() { end * normal.pdf(end) } else { 0.0 });
            let mean = (density[0] - density[1]) / mass;
            let variance = 1.0 + (weighted[0] - weighted[1]) / mass - mean * mean;
            let (found, spread) = (draws[row].mean()[0], draws[row].covariance()[(0, 0)]);
            let expected = f + deviation * mean;
            let allowed = 5.0 * deviation * (variance / MANY as f64).sqrt();
            assert!((found - expected).abs() < allowed, "{row}: {found} {expected}");
            assert!((spread / (deviation * deviation * variance) - 1.0).abs() < 0.08, "{row}: {spread}");
        }
    }
}

#[test]
fn precisions_and_means_are_drawn_from_their_normal_gamma_posterior() {
    let mut chance = Generator::new(3, "few points");
    let points: Vec<Point<K>> = (0..6)
        .map(|_| Point { bias: chance.normal(), vector: std::array::from_fn(|i| i as f32 + chance.normal()) })
        .collect();
    let mut prior = Prior::START;
    let mut draws = Draws::new(3);
    for _ in 0..MANY {
        prior.draw(points.iter().enumerate(), &mut chance);
        draws.push(&[prior.precision.bias, prior.precision.vector[2], prior.mean.vector[2]].map(f64::from));
    }
    let xs: Vec<f64> = points.iter().map(|point| f64::from(point.vector[2])).collect();
    let mean = xs.iter().sum::<f64>() / 7.0;
    // The prior of the mean is worth one point at 0.
    let square = xs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() + mean * mean;
    let biases = points.iter().map(|point| f64::from(point.bias).powi(2)).sum::<f64>();
    // Shape 3.5; the mean's variance is E 1/Λ / 7 = rate / 2.5 / 7.
    let rates = [(1.0 + biases) / 2.0, (1.0 + square) / 2.0];
    let expected = DVector::from_vec(vec![3.5 / rates[0], 3.5 / rates[1], mean]);
    let variances = [3.5 / rates[0].powi(2), 3.5 / rates[1].powi(2), rates[1] / 2.5 / 7.0];
    for i in 0..3 {
        let allowed = 5.0 * (variances[i] / MANY as f64).sqrt();
        assert!((draws.mean()[i] - expected[i]).abs() < allowed, "{i}: {} {}", draws.mean()[i], expected[i]);
        assert!((draws.covariance()[(i, i)] / variances[i] - 1.0).abs() < 0.15, "{i}");
    }
}

/// Pairs that hang together a little, so that c is not far from 0 and its end there matters.
fn pairs(n: usize) -> Vec<(Point<2>, Point<2>)> {
    let mut chance = Generator::new(4, "pairs");
    let mut point = || Point { bias: chance.normal(), vector: [chance.normal(), chance.normal()] };
    let pair = |_| {
        let (a, mut b) = (point(), point());
        b.add(&a, 0.3);
        (a, b)
    };
    (0..n).map(pair).collect()
}

/// The mean of each form under a density on the grid (x, y), not normalised; given as its logarithm.
fn on_a_grid<const N: usize>(
    x: impl Fn(usize) -> f64,
    y: impl Fn(usize) -> f64,
    steps: usize,
    log_density: impl Fn(f64, f64) -> f64,
    forms: impl Fn(f64, f64) -> [f64; N],
) -> [f64; N] {
    let cells = || (0..steps * steps).map(|n| (x(n / steps), y(n % steps)));
    let most = cells().map(|(x, y)| log_density(x, y)).fold(f64::NEG_INFINITY, f64::max);
    let (mut mass, mut sums) = (0.0, [0.0; N]);
    for (x, y) in cells() {
        let weight = (log_density(x, y) - most).exp();
        mass += weight;
        forms(x, y).iter().zip(&mut sums).for_each(|(form, sum)| *sum += weight * form);
    }
    sums.map(|sum| sum / mass)
}

#[test]
fn rho_and_tau_have_the_posterior_that_integration_on_a_grid_gives() {
    let pairs = pairs(8);
    let (mut link, mut chance) = (Link::<2>::start(false), Generator::new(5, "rho and tau"));
    let mut found = [0.0; 4];
    let n = 200_000;
    for _ in 0..n {
        link.draw(pairs.iter().copied(), &mut chance);
        let (rho, tau) = (f64::from(link.rho), f64::from(link.tau));
        [rho, rho * rho, tau.ln(), tau].iter().zip(&mut found).for_each(|(x, sum)| *sum += x / f64::from(n));
    }
    // Over ln τ, so that its prior, Gamma(½, rate 1/20), gives τ^½ there.
    let log_density = |rho: f64, log_tau: f64| {
        let tau = log_tau.exp();
        let square: f64 =
            pairs.iter().map(|(a, b)| (f64::from(b.bias) - rho * f64::from(a.bias)).powi(2)).sum();
        -0.5 * (rho - 0.5).powi(2) + 4.5 * log_tau - tau * (0.05 + square / 2.0)
    };
    let expected = on_a_grid(
        |n| -4.0 + n as f64 / 50.0,
        |n| -6.0 + n as f64 / 50.0,
        450,
        log_density,
        |rho, log_tau| [rho, rho * rho, log_tau, log_tau.exp()],
    );
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 0.015, "{found} {expected}");
    }
}

#[test]
fn c_and_lambda_have_the_posterior_that_integration_over_all_maps_gives() {
    let pairs = pairs(6);
    let (mut link, mut chance) = (Link::<2>::start(true), Generator::new(6, "c and lambda"));
    let (mut found, mut below) = ([0.0; 4], 0.0);
    let n = 300_000;
    for _ in 0..n {
        link.draw(pairs.iter().copied(), &mut chance);
        let (c, lambda) = (f64::from(link.scale), f64::from(link.lambda));
        below += f64::from(u8::from(c < 0.1)) / f64::from(n);
        [c, c * c, lambda.ln(), lambda].iter().zip(&mut found).for_each(|(x, s)| *s += x / f64::from(n));
    }
    let (mut aa, mut bb, mut m) = (0.0, 0.0, [[0.0; 2]; 2]);
    for (a, b) in &pairs {
        for i in 0..2 {
            aa += f64::from(a.vector[i]).powi(2);
            bb += f64::from(b.vector[i]).powi(2);
            (0..2).for_each(|j| m[i][j] += f64::from(b.vector[i]) * f64::from(a.vector[j]));
        }
    }
    // Over all turns exp(κ tr MᵀX) integrates to I₀(κr), over all reflections to another; each is half of what may be.
    let turns = (m[0][0] + m[1][1]).hypot(m[0][1] - m[1][0]);
    let reflections = (m[0][0] - m[1][1]).hypot(m[0][1] + m[1][0]);
    let bessel = |x: f64| {
        let (mut term, mut sum) = (1.0, 1.0);
        for n in 1..200 {
            term *= (x / (2.0 * f64::from(n))).powi(2);
            sum += term;
        }
        sum
    };
    let log_density = |c: f64, log_lambda: f64| {
        let lambda = log_lambda.exp();
        let maps = bessel(lambda * c * turns) + bessel(lambda * c * reflections);
        -0.5 * (c - 0.5).powi(2) + 6.5 * log_lambda - 0.5 * lambda * (1.0 + bb + c * c * aa) + maps.ln()
    };
    let expected = on_a_grid(
        |n| (n as f64 + 0.5) / 100.0,
        |n| -5.0 + n as f64 / 50.0,
        400,
        log_density,
        |c, log_lambda| [c, c * c, log_lambda, log_lambda.exp(), f64::from(u8::from(c < 0.1))],
    );
    for (found, expected) in found.iter().chain([&below]).zip(expected) {
        assert!((found - expected).abs() < 0.012, "{found} {expected}");
    }
    assert!(below > 0.01, "the end at 0 matters: {below}");
}

#[test]
fn where_ratings_are_numbers_their_scale_has_the_posterior_that_integration_on_a_grid_gives() {
    let (mut chain, mut normals) = stirred();
    let domain = &mut chain.domains[0];
    let mut rows = Vec::new();
    for user in 0..domain.noise.len() {
        for row in domain.observed.of_user(user) {
            let rating = f64::from(domain.levels.values[usize::from(domain.observed.levels[row])]);
            rows.push((rating, f64::from(domain.scores[row]), f64::from(domain.noise[user])));
        }
    }
    // z = s r − m: the density of a rating is s times that of z; flat in μ = m/s and log σ = −log s it is s⁻² in (m, s).
    let log_density = |s: f64, m: f64| {
        let squares: f64 = rows.iter().map(|(r, f, precision)| precision * (s * r - m - f).powi(2)).sum();
        (rows.len() as f64 - 2.0) * s.ln() - squares / 2.0
    };
    let grid =
        || (1..400).flat_map(|i| (-300..300).map(move |j| (f64::from(i) * 0.015, f64::from(j) * 0.015)));
    let top = grid().map(|(s, m)| log_density(s, m)).fold(f64::NEG_INFINITY, f64::max);
    let (mut mass, mut sums, mut squares) = (0.0, [0.0; 2], [0.0; 2]);
    for (s, m) in grid() {
        let density = (log_density(s, m) - top).exp();
        mass += density;
        for (i, x) in [s, m].into_iter().enumerate() {
            sums[i] += density * x;
            squares[i] += density * x * x;
        }
    }
    let [low, middle, high] = [0.0_f32, 0.5, 1.0];
    assert_eq!(domain.levels.values, [low, middle, high]);
    let place = |level: u8| domain.observed.levels.iter().position(|&at| at == level).unwrap();
    let (lowest, highest) = (place(0), place(2));
    let mut drawn = [Vec::new(), Vec::new()];
    for _ in 0..MANY {
        gaussian::draw(domain, &mut normals.chance.scalar);
        let (at_low, at_high) = (f64::from(domain.latent[lowest]), f64::from(domain.latent[highest]));
        drawn[0].push(at_high - at_low);
        drawn[1].push(-at_low);
        let step = (at_high - at_low) / 4.0;
        for (cutpoint, quarters) in domain.cutpoints[1..=2].iter().zip([1.0, 3.0]) {
            assert!((f64::from(*cutpoint) - (at_low + quarters * step)).abs() < 1e-4);
        }
    }
    for (i, drawn) in drawn.iter().enumerate() {
        let (mean, square) = (sums[i] / mass, squares[i] / mass);
        let deviation = (square - mean * mean).sqrt();
        let found = drawn.iter().sum::<f64>() / MANY as f64;
        let spread = (drawn.iter().map(|x| (x - found).powi(2)).sum::<f64>() / MANY as f64).sqrt();
        // Four deviations of what is measured.
        assert!((found - mean).abs() < 4.0 * deviation / (MANY as f64).sqrt(), "{i}: {found} {mean}");
        assert!((spread / deviation - 1.0).abs() < 0.03, "{i}: {spread} {deviation}");
    }
}

#[test]
fn what_is_left_out_stays_where_it_is() {
    let training = three_domains();
    let swept = |left_out| {
        let mut chain = chain_without::<K>(&training, 3, left_out);
        chain.links.iter_mut().for_each(|link| link.vectors = true);
        (0..12).for_each(|_| chain.sweep());
        chain
    };
    let is_still = |chain: &Chain<K>| {
        let axes = std::array::from_fn(|i| std::array::from_fn(|j| f32::from(u8::from(i == j))));
        chain.links.iter().all(|link| link.rotation == axes)
    };
    let is_steady =
        |chain: &Chain<K>| chain.domains.iter().all(|domain| domain.noise.iter().all(|&x| x == 1.0));
    let is_even = |chain: &Chain<K>| {
        chain.domains.iter().all(|domain| {
            let steps: Vec<f32> = domain.latent.iter().map(|z| (z - domain.cutpoints[1]).abs()).collect();
            steps.iter().all(|step| {
                (step / steps[0] - 1.0).abs() < 1e-3
                    || (step / steps[0] - 3.0).abs() < 1e-2
                    || (step / steps[0] - 1.0 / 3.0).abs() < 1e-3
            })
        })
    };
    let (all, steps, noise, turn) =
        (swept(None), swept(Some(LeftOut::Steps)), swept(Some(LeftOut::Noise)), swept(Some(LeftOut::Turn)));
    assert_eq!([&all, &steps, &noise, &turn].map(is_still), [false, false, false, true]);
    assert_eq!([&all, &steps, &noise, &turn].map(is_steady), [false, false, true, false]);
    assert_eq!([&all, &steps, &noise, &turn].map(is_even), [false, true, false, false]);
}
