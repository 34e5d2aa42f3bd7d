//! What the sampler draws against what it should: each conditional against an exact posterior in double precision, the whole
//! by the test of joint distributions, planted worlds, newcomers.

mod conditionals;
mod far;
mod joint;
mod mean_field;
mod newcomers;
mod picture;
mod planted;
mod scale;
mod side_information;

use std::sync::Arc;

use nalgebra::{DMatrix, DVector};

use super::chain::Chain;
use super::domain::Domain;
use super::given::{Given, LeftOut};
use super::link::Link;
use super::people::Node;
use super::prior::Prior;
use super::small::Point;
use crate::data::{self, Features, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, Vocabulary, World};
use crate::rng::Generator;
use crate::split::{Rows, Split, Training};

/// What a domain of a small world is made of: who is in it, how many items, (user, item, rating on the unit scale).
struct Part {
    users: Vec<String>,
    items: usize,
    rows: Vec<(usize, usize, f32)>,
}

/// A training on all ratings of a world; people of one name are one person.
fn training_of(parts: &[Part]) -> Training {
    training_with(parts, |items| items.iter().map(|_| None).collect())
}

/// The same with features of the items, by domain, that are made for their ids.
fn training_with(
    parts: &[Part],
    features: impl Fn(&[Vocabulary<ItemId>]) -> Vec<Option<Features>>,
) -> Training {
    let items = |(d, part): (usize, &Part)| (0..part.items).map(|n| format!("{d}-{n}")).collect();
    let items: Vec<Vocabulary<ItemId>> = parts.iter().enumerate().map(items).collect();
    let mut features = features(&items);
    let domain = |(d, part): (usize, &Part)| {
        let rows: Vec<Rating> = (part.rows.iter())
            .map(|&(user, item, value)| Rating {
                user: UserId(user as u32),
                item: ItemId(item as u32),
                value,
            })
            .collect();
        data::Domain {
            name: format!("domain {d}"),
            users: Arc::new(part.users.iter().cloned().collect()),
            items: Arc::new(items[d].clone()),
            ratings: Ratings::new(part.users.len(), part.items, &rows).into(),
            scale: Scale { lo: 0.0, hi: 1.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: features[d].take().map(Arc::new),
        }
    };
    let world = World::new(parts.iter().enumerate().map(domain).collect());
    let split = Split::everything(&world);
    Training::new(Arc::new(world), Arc::new(split))
}

/// A chain on all of a training's ratings.
fn chain_of<const K: usize>(training: &Training, seed: u64) -> Chain<K> {
    chain_without(training, seed, None)
}

/// The same without a part of the model.
fn chain_without<const K: usize>(training: &Training, seed: u64, left_out: Option<LeftOut>) -> Chain<K> {
    let rows: Vec<Vec<Rows>> = (0..training.domains()).map(|d| vec![training.rows(d)]).collect();
    Chain::new(&Given::of(training, rows, left_out), seed, 0)
}

/// Three domains. Nine people join 0 with 1 and 0 with 2; `both` is known in 1 and 2 alone and so stands in 0 without
/// ratings, `alone` in 2 alone. Everybody rates three items on three levels.
fn three_domains() -> Training {
    let everywhere = ["a", "b", "c"].map(String::from);
    let names = |others: &[&str]| {
        everywhere.iter().cloned().chain(others.iter().map(|&name| name.into())).collect::<Vec<_>>()
    };
    let users =
        [names(&["d", "e", "f", "g"]), names(&["d", "e", "both"]), names(&["f", "g", "both", "alone"])];
    training_of(&users.map(|users| {
        let rows = (0..users.len())
            .flat_map(|user| (0..3).map(move |n| (user, (user + 2 * n) % 5, ((user + n) % 3) as f32 / 2.0)));
        Part { rows: rows.collect(), users, items: 5 }
    }))
}

/// Puts everything that a chain holds somewhere in the middle of what may be.
fn stir<const K: usize>(chain: &mut Chain<K>, chance: &mut Generator) {
    let point = |chance: &mut Generator| Point {
        bias: 0.6 * chance.normal(),
        vector: std::array::from_fn(|_| 0.6 * chance.normal()),
    };
    let prior = |chance: &mut Generator| {
        let mean = Point { bias: 0.0, ..point(chance) };
        let vector = std::array::from_fn(|_| 0.5 + 2.0 * chance.unit());
        Prior::of(mean, Point { bias: 0.5 + chance.unit(), vector })
    };
    for domain in &mut chain.domains {
        domain.people_prior = prior(chance);
        domain.items_prior = prior(chance);
        domain.people.iter_mut().chain(&mut domain.items).for_each(|at| *at = point(chance));
        domain.noise.iter_mut().for_each(|noise| *noise = 0.4 + chance.unit());
        domain.latent.iter_mut().for_each(|latent| *latent = chance.normal());
        domain.score();
    }
    for (n, link) in chain.links.iter_mut().enumerate() {
        let turned = DMatrix::from_fn(K, K, |_, _| f64::from(chance.normal())).qr().q();
        *link = Link {
            correlation: 0.0,
            vectors: true,
            turns: true,
            rho: 0.7 - n as f32,
            scale: 0.6 + 0.3 * n as f32,
            rotation: std::array::from_fn(|i| std::array::from_fn(|j| turned[(i, j)] as f32)),
            tau: 2.0,
            lambda: 1.5,
        };
    }
}

/// A joint normal density that is put together from normal observations of linear forms.
struct Joint {
    precision: DMatrix<f64>,
    term: DVector<f64>,
}

impl Joint {
    fn new(n: usize) -> Self {
        Self { precision: DMatrix::zeros(n, n), term: DVector::zeros(n) }
    }

    /// Σ w x = `value`, with a precision.
    fn observe(&mut self, form: &[(usize, f64)], value: f64, precision: f64) {
        for &(i, x) in form {
            self.term[i] += precision * x * value;
            form.iter().for_each(|&(j, y)| self.precision[(i, j)] += precision * x * y);
        }
    }

    /// What the priors and links of a chain say of the vectors of one person.
    fn of_person<const K: usize>(chain: &Chain<K>, nodes: &[Node]) -> Self {
        let mut joint = Self::new(nodes.len() * (K + 1));
        for (place, node) in nodes.iter().enumerate() {
            let prior = &chain.domains[node.domain].people_prior;
            let (mean, precision) = (flat(&prior.mean), flat(&prior.precision));
            let at = |place: usize, i: usize| place * (K + 1) + i;
            let Some((above, branch)) = node.above else {
                let mean = flat(prior.mean_of(node.row as usize));
                (0..=K).for_each(|i| joint.observe(&[(at(place, i), 1.0)], mean[i], precision[i]));
                continue;
            };
            let link = &chain.links[branch];
            let parent = flat(&chain.domains[nodes[above].domain].people_prior.mean);
            let (rho, scale) = (f64::from(link.rho), f64::from(link.scale));
            let form = [(at(place, 0), 1.0), (at(above, 0), -rho)];
            joint.observe(&form, mean[0] - rho * parent[0], f64::from(link.tau));
            for i in 0..K {
                let map: Vec<f64> = link.rotation[i].iter().map(|&x| scale * f64::from(x)).collect();
                let mut form = vec![(at(place, i + 1), 1.0)];
                form.extend((0..K).map(|j| (at(above, j + 1), -map[j])));
                let value = mean[i + 1] - (0..K).map(|j| map[j] * parent[j + 1]).sum::<f64>();
                joint.observe(&form, value, f64::from(link.lambda));
            }
        }
        joint
    }

    /// Mean and covariance.
    fn moments(&self) -> (DVector<f64>, DMatrix<f64>) {
        let covariance = self.precision.clone().try_inverse().expect("a proper density");
        (&covariance * &self.term, covariance)
    }
}

/// Bias and vector as numbers in a row.
fn flat<const K: usize>(point: &Point<K>) -> Vec<f64> {
    std::iter::once(point.bias).chain(point.vector).map(f64::from).collect()
}

/// First and second moments of draws.
struct Draws {
    n: f64,
    sum: DVector<f64>,
    products: DMatrix<f64>,
}

impl Draws {
    fn new(width: usize) -> Self {
        Self { n: 0.0, sum: DVector::zeros(width), products: DMatrix::zeros(width, width) }
    }

    fn push(&mut self, x: &[f64]) {
        let x = DVector::from_column_slice(x);
        self.n += 1.0;
        self.products.ger(1.0, &x, &x, 1.0);
        self.sum += x;
    }

    fn mean(&self) -> DVector<f64> {
        &self.sum / self.n
    }

    fn covariance(&self) -> DMatrix<f64> {
        let mean = self.mean();
        &self.products / self.n - &mean * mean.transpose()
    }

    /// Independent draws of N(mean, covariance) have these moments but for five of their deviations.
    fn assert_normal(&self, mean: &DVector<f64>, covariance: &DMatrix<f64>) {
        let (found_mean, found) = (self.mean(), self.covariance());
        for i in 0..mean.len() {
            let allowed = 5.0 * (covariance[(i, i)] / self.n).sqrt();
            assert!((found_mean[i] - mean[i]).abs() < allowed, "mean {i}: {} {}", found_mean[i], mean[i]);
            for j in 0..mean.len() {
                let spread = covariance[(i, i)] * covariance[(j, j)] + covariance[(i, j)].powi(2);
                let allowed = 5.0 * (spread / self.n).sqrt();
                let (x, y) = (found[(i, j)], covariance[(i, j)]);
                assert!((x - y).abs() < allowed, "covariance {i} {j}: {x} {y}");
            }
        }
    }
}
