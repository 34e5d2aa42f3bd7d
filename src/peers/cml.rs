//! CML: people and items in one metric space, where people lie near what they like (Hsieh et al., Collaborative Metric
//! Learning, WWW 2017, Eqs. 2 to 5; settings of the authors' code, changun/CollMetric). For a positive (u, i), with W items
//! j drawn from those that u has not liked,
//!
//! L = Σ w · \[m + d²(u, i) − min_j d²(u, j)\]₊ + λ Σ_{a≠b} C_ab², w = log(1 + N · impostors / W),
//!
//! where C is the covariance of all vectors, N the number of items, an impostor a j with d²(u, i) − d²(u, j) + m > 0, and
//! vectors stay in the unit ball.
//!
//! Of the source: m, W, λ, the step size, the first vectors, Adagrad and that one domain knows nothing of another. Not of
//! the source: batches are the setting's (there 50,000), there are no item features, and λ weighs squares of covariances
//! (the paper has their norm, the code their sum with signs). CML ranks what was rated above what was not, which says
//! nothing of ratings where nearly all are high: here a positive is a rating from the domain's mean up, and half of the W
//! items are drawn from those that the person rated lower, where there are some. A rating is read off as r̂ = a − b d² with
//! a and b by least squares on the validation rows, without such rows on the training rows. Whoever has liked nothing lies
//! everywhere: their d² is the mean over all known people.

use std::sync::Arc;

use burn::tensor::{Tensor, activation::relu};

use crate::data::{ItemId, UserId};
use crate::engine::Device;
use crate::error::Result;
use crate::recommender::autodiff::{Leaves, Parameters, Rule, Steps, Table, Term, Weights, begin};
use crate::recommender::saved::{Checked, LARGEST, Parts, Saved};
use crate::recommender::{Assignment, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Rows, Training};

/// m.
const MARGIN: f32 = 1.5;
/// W.
const NEGATIVES: usize = 20;
/// λ.
const COVARIANCE: f32 = 0.1;
/// Step size of Adagrad.
const LEARNING_RATE: f32 = 0.1;
/// Size that neither a nor b passes in a file: a steep line is one of distances that hardly differ.
const LARGEST_OF_A_LINE: f32 = 1e12;
/// The first of the W items that are drawn from what the person rated and did not like; the others come from anything that
/// they have not liked.
const RATED_NEGATIVES: usize = 10;

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, Cml::new)
}

/// The model of a file.
pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
    let domain = |parts: &mut Parts<'_>, d: usize| {
        let name = |part: &str| format!("{d}.{part}");
        let k = parts.length(&name("users"), 2, 1, MAX_DIMENSION)?;
        let (users, items) = (parts.users(d), parts.items(d));
        let line = parts.numbers(&name("line"), &[2], LARGEST_OF_A_LINE)?;
        Ok(Distances {
            users: Table::load(parts, &name("users"), users, k)?,
            items: Table::load(parts, &name("items"), items, k)?,
            is_known: parts.flags(&name("is_known"), &[users])?,
            centre: parts.rows(&name("centre"), &[k])?,
            spread: parts.numbers(&name("spread"), &[1], LARGEST * LARGEST)?[0],
            line: (line[0], line[1]),
        })
    };
    Ok(Arc::new(Metric(parts.by_domain(domain)?)))
}

/// Distances in training.
struct Cml {
    parameters: Parameters,
    spaces: Vec<Space>,
    batch: usize,
}

/// One domain.
struct Space {
    users: Weights,
    items: Weights,
    positives: Vec<(UserId, ItemId)>,
    /// What each user likes, sorted.
    liked: Vec<Vec<ItemId>>,
    /// What each user rated and does not like.
    disliked: Vec<Vec<ItemId>>,
    /// The rows that ratings are read off by.
    read_off: Rows,
    /// Draws negatives. Each domain has its own, so that nothing crosses by way of chance.
    chance: Generator,
}

impl Cml {
    fn new(training: &Training, config: &ValidConfig, device: &Device) -> Self {
        let mut parameters = Parameters::new(device, Rule::AdaGrad { learning_rate: LEARNING_RATE });
        let k = config.dimension;
        let deviation = 1.0 / (k as f32).sqrt();
        let space = |d: usize| {
            let mut chance =
                Generator::new(config.seed, &format!("collaborative metric learning of domain {d}"));
            let (users, items) = (training.users(d), training.items(d));
            let (rows, validation) = (training.rows(d), training.validation(d));
            let (mut liked, mut disliked) = (vec![Vec::new(); users], vec![Vec::new(); users]);
            let mut positives = Vec::new();
            let mean = rows.mean();
            for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
                if target >= mean {
                    positives.push((user, item));
                    liked[user.index()].push(item);
                } else {
                    disliked[user.index()].push(item);
                }
            }
            liked.iter_mut().for_each(|items| items.sort_unstable());
            let space = Space {
                users: parameters.normal("people", [users, k], deviation, &mut chance),
                items: parameters.normal("items", [items, k], deviation, &mut chance),
                positives,
                liked,
                disliked,
                read_off: if validation.is_empty() { rows } else { validation },
                chance,
            };
            parameters.clip_to_unit_ball(space.users);
            parameters.clip_to_unit_ball(space.items);
            space
        };
        let spaces = (0..training.domains()).map(space).collect();
        Self { parameters, spaces, batch: config.batch }
    }

    /// For each positive, the nearest of W items that the person has not liked, and the weight w; 0 where nobody draws
    /// one because the person likes everything.
    fn negatives(&mut self, space: usize, chosen: &[u32], [users, items]: [&Table; 2]) -> Vec<(ItemId, f32)> {
        let Space { positives, liked, disliked, chance, .. } = &mut self.spaces[space];
        let count = items.rows();
        let negative = |&row: &u32| {
            let (user, item) = positives[row as usize];
            let (u, liked) = (users.row(user.index()), &liked[user.index()]);
            if liked.len() == count {
                return (item, 0.0);
            }
            let own = squared_distance(u, items.row(item.index()));
            let (mut nearest, mut least, mut impostors) = (item, f32::INFINITY, 0);
            let disliked = &disliked[user.index()];
            for n in 0..NEGATIVES {
                let other = match n < RATED_NEGATIVES && !disliked.is_empty() {
                    true => disliked[chance.below(disliked.len())],
                    false => unliked(liked, count, chance),
                };
                let distance = squared_distance(u, items.row(other.index()));
                impostors += usize::from(own - distance + MARGIN > 0.0);
                if distance < least {
                    (nearest, least) = (other, distance);
                }
            }
            (nearest, (1.0 + (count * impostors) as f32 / NEGATIVES as f32).ln())
        };
        chosen.iter().map(negative).collect()
    }

    async fn take_step(&mut self, space: usize, chosen: &[u32]) -> Result<Tensor<1>> {
        let Space { users, items, .. } = self.spaces[space];
        let tables = [self.parameters.table(users).await?, self.parameters.table(items).await?];
        let negatives = self.negatives(space, chosen, [&tables[0], &tables[1]]);
        let triples: Vec<(u32, u32, u32, f32)> = (chosen.iter().zip(negatives))
            .map(|(&row, (other, weight))| {
                let (user, item) = self.spaces[space].positives[row as usize];
                (user.0, item.0, other.0, weight)
            })
            .collect();
        let leaves = self.parameters.leaves();
        let loss = loss(&leaves, [users, items], &triples);
        self.parameters.step(&leaves, &loss);
        self.parameters.clip_to_unit_ball(users);
        self.parameters.clip_to_unit_ball(items);
        Ok(loss.inner().div_scalar(chosen.len() as f32))
    }

    async fn metric(&self) -> Result<Arc<dyn Recommender>> {
        let mut domains = Vec::with_capacity(self.spaces.len());
        for space in &self.spaces {
            let users = self.parameters.table(space.users).await?;
            let items = self.parameters.table(space.items).await?;
            domains.push(Distances::new(users, items, &space.liked, &space.read_off));
        }
        Ok(Arc::new(Metric(domains)))
    }
}

impl Steps for Cml {
    fn terms(&self) -> Vec<Term> {
        self.spaces.iter().map(|space| Term { rows: space.positives.len(), batch: self.batch }).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(self.take_step(term, rows))
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.metric())
    }
}

/// An item of `count` that is not among the sorted `liked`, of which there must be fewer.
fn unliked(liked: &[ItemId], count: usize, chance: &mut Generator) -> ItemId {
    loop {
        let item = ItemId(chance.below(count) as u32);
        if liked.binary_search(&item).is_err() {
            return item;
        }
    }
}

/// The loss of (user, positive, nearest negative, w), `[1]`.
fn loss(leaves: &Leaves, [users, items]: [Weights; 2], triples: &[(u32, u32, u32, f32)]) -> Tensor<1> {
    let column = |of: fn(&(u32, u32, u32, f32)) -> u32| triples.iter().map(of).collect::<Vec<u32>>();
    let u = leaves.rows(users, &column(|triple| triple.0));
    let near = (u.clone() - leaves.rows(items, &column(|triple| triple.1))).square().sum_dim(1);
    let far = (u - leaves.rows(items, &column(|triple| triple.2))).square().sum_dim(1);
    let weights = leaves.given(triples.iter().map(|triple| triple.3).collect(), 1);
    let hinge = (relu((near - far).add_scalar(MARGIN)) * weights).sum();
    let all = Tensor::cat(vec![leaves.of(users), leaves.of(items)], 0);
    let [count, _] = all.dims();
    let centred = all.clone() - all.mean_dim(0);
    let covariance = centred.clone().transpose().matmul(centred).div_scalar(count as f32);
    let k = covariance.dims()[0];
    let off = leaves.given((0..k * k).map(|n| if n / k == n % k { 0.0 } else { 1.0 }).collect(), k);
    hinge + (covariance * off).square().sum().mul_scalar(COVARIANCE)
}

fn squared_distance(x: &[f32], y: &[f32]) -> f32 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// The trained model, by domain.
#[derive(Debug)]
struct Metric(Vec<Distances>);

/// One domain's vectors, and how a rating is read off a distance.
#[derive(Clone, Debug)]
struct Distances {
    users: Table,
    items: Table,
    is_known: Vec<bool>,
    /// The mean of all known people, and their mean squared distance from it.
    centre: Vec<f32>,
    spread: f32,
    /// a and b.
    line: (f32, f32),
}

impl Distances {
    fn new(users: Table, items: Table, liked: &[Vec<ItemId>], read_off: &Rows) -> Self {
        let is_known: Vec<bool> = liked.iter().map(|items| !items.is_empty()).collect();
        let known = || (0..is_known.len()).filter(|&user| is_known[user]);
        let centre = users.mean_of(known());
        let distances = known().map(|user| squared_distance(users.row(user), &centre));
        let spread = distances.sum::<f32>() / known().count().max(1) as f32;
        let mut found = Self { users, items, is_known, centre, spread, line: (0.0, 0.0) };
        let distances = found.all(&read_off.users, &read_off.items);
        found.line = line(&distances, &read_off.targets);
        found
    }

    /// d² of each row.
    fn all(&self, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let distance = |(&user, &item): (&UserId, &ItemId)| {
            let item = self.items.row(item.index());
            match self.is_known[user.index()] {
                true => squared_distance(self.users.row(user.index()), item),
                false => squared_distance(&self.centre, item) + self.spread,
            }
        };
        users.iter().zip(items).map(distance).collect()
    }
}

/// a and b of r ≈ a − b d² by least squares; the mean and 0 where all distances are one.
fn line(distances: &[f32], ratings: &[f32]) -> (f32, f32) {
    let n = ratings.len().max(1) as f64;
    let mean = |values: &[f32]| values.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    let (distance, rating) = (mean(distances), mean(ratings));
    let (mut xx, mut xy) = (0.0, 0.0);
    for (&x, &y) in distances.iter().zip(ratings) {
        xx += (f64::from(x) - distance).powi(2);
        xy += (f64::from(x) - distance) * (f64::from(y) - rating);
    }
    let b = if xx > 1e-12 { -xy / xx } else { 0.0 };
    ((rating + b * distance) as f32, b as f32)
}

impl Recommender for Metric {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let distances = &self.0[domain];
        let (a, b) = distances.line;
        distances.all(users, items).into_iter().map(|d| (a - b * d).clamp(0.0, 1.0)).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, distances) in self.0.iter().enumerate() {
            let name = |part: &str| format!("{d}.{part}");
            let Distances { users, items, is_known, centre, spread, line } = distances;
            users.save(&name("users"), &mut saved);
            items.save(&name("items"), &mut saved);
            saved.put_list(name("is_known"), is_known.iter().map(|&is| u8::from(is)).collect::<Vec<u8>>());
            saved.put_list(name("centre"), centre.clone());
            saved.put_list(name("spread"), vec![*spread]);
            saved.put_list(name("line"), vec![line.0, line.1]);
        }
        Ok(saved)
    }

    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let measured: &dyn std::any::Any = measured;
        let Self(measured) = measured.downcast_ref()?;
        let chosen = self.0.iter().zip(measured);
        let with_line =
            |(own, other): (&Distances, &Distances)| Distances { line: other.line, ..own.clone() };
        Some(Arc::new(Self(chosen.map(with_line).collect())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::with_burn::CML;
    use super::*;
    use crate::peers::planted::{Planted, stars};
    use crate::recommender::autodiff::check::assert_gradients;
    use crate::settings::Config;

    #[test]
    fn the_gradient_of_the_loss_is_that_of_finite_differences() {
        let mut parameters = Parameters::new(&Device::cpu(), Rule::AdaGrad { learning_rate: 0.1 });
        let mut chance = Generator::new(3, "gradients");
        let users = parameters.normal("people", [3, 4], 0.4, &mut chance);
        let items = parameters.normal("items", [5, 4], 0.4, &mut chance);
        let triples = [(0, 1, 2, 0.7), (1, 0, 4, 1.3), (0, 3, 1, 0.2)];
        assert_gradients(&mut parameters, &[], |leaves| loss(leaves, [users, items], &triples));
    }

    #[test]
    fn a_rating_is_read_off_the_distance_and_whoever_liked_nothing_lies_everywhere() {
        // Two known people at (1, 0) and (−1, 0), an item at (1, 0) and one at (0, 1): d² = 0 and 4, 2 and 2.
        let users = Table { values: vec![1.0, 0.0, -1.0, 0.0, 9.0, 9.0], columns: 2 };
        let items = Table { values: vec![1.0, 0.0, 0.0, 1.0], columns: 2 };
        let read_off = Rows {
            users: [0, 1, 0].map(UserId).to_vec(),
            items: [0, 0, 1].map(ItemId).to_vec(),
            targets: vec![0.9, 0.1, 0.5],
        };
        let known = Distances::new(users, items, &[vec![ItemId(0)], vec![ItemId(1)], vec![]], &read_off);
        assert!((known.line.0 - 0.9).abs() < 1e-6 && (known.line.1 - 0.2).abs() < 1e-6, "{:?}", known.line);
        let model = Metric(vec![known]);
        // Nobody's d² is the mean of both people's: (0 + 4) / 2 and 2.
        let said = model.predict(0, &[0, 1, 2, 2].map(UserId), &[0, 0, 0, 1].map(ItemId));
        for (said, expected) in said.iter().zip([0.9, 0.1, 0.5, 0.5]) {
            assert!((said - expected).abs() < 1e-6, "{said} {expected}");
        }
    }

    #[test]
    fn distances_order_planted_clusters() {
        // Eight clusters of people and of items; five stars within, one star across. A tenth is not trained on.
        let rating = |_: usize, user: u32, item: u32| Some(if user % 8 == item % 8 { 5.0 } else { 1.0 });
        let world = stars(&[(64, 0), (64, 0)], 80, 1.0, rating);
        let config = Config {
            epochs: 30,
            batch: 64,
            test_fraction: 0.1,
            mix: false,
            patience: None,
            tolerance: 0.0,
            ..Config::robust()
        };
        let model = Planted::of(world, config).trained_to_its_end(&CML);
        let model: &dyn std::any::Any = &*model;
        let Metric(domains) = model.downcast_ref().unwrap();
        for space in domains {
            let (mut right, mut pairs) = (0, 0);
            for user in 0..64 {
                let of = |item: u32| squared_distance(space.users.row(user), space.items.row(item as usize));
                let (own, other): (Vec<u32>, Vec<u32>) =
                    (0..80).partition(|item| item % 8 == user as u32 % 8);
                for &near in &own {
                    right += other.iter().filter(|&&far| of(near) < of(far)).count();
                    pairs += other.len();
                }
            }
            assert!(right as f64 > 0.97 * pairs as f64, "{right} of {pairs}");
        }
    }
}
