//! The training of the dual factorisation on sparse ratings: one update of all W, then of all H, an epoch.

use std::sync::Arc;

use super::{ALPHA, Conditions};
use crate::data::{ItemId, UserId};
use crate::engine::DeviceKind;
use crate::error::Result;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Learner, Recommender, Slice, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, Rows, Training};

/// Ratings a slice.
const ROWS: usize = 1 << 17;
/// Keeps a factor from being stuck at zero, where a multiplicative update would leave it forever.
const FLOOR: f64 = 1e-12;

/// A domain's ratings and whom its users are taken for in each domain.
struct DomainRows {
    rows: Rows,
    /// By domain and user of this one, the row of that domain's W: X, and the user's own in their own domain.
    people: Vec<Vec<u32>>,
    /// Where the domain's items begin among those of all domains.
    first_item: usize,
    /// By domain, its share of a rating here.
    shares: Vec<f64>,
}

/// One side's factors of one domain and what its next update is made of.
struct Factors {
    k: usize,
    /// `[rows, k]`.
    values: Vec<f64>,
    /// Σ share · V · (other factor), and the same of what is predicted in V's place.
    up: Vec<f64>,
    down: Vec<f64>,
    /// Whether some rating has a part in the row.
    is_touched: Vec<bool>,
}

impl Factors {
    fn new(k: usize, values: Vec<f64>) -> Self {
        let n = values.len();
        Self { k, values, up: vec![0.0; n], down: vec![0.0; n], is_touched: vec![false; n / k] }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.k..][..self.k]
    }

    /// A rating's part in the next update: `target` and `predicted`, both times the share, by the other side's factors.
    fn add(&mut self, row: usize, target: f64, predicted: f64, other: &[f64]) {
        self.is_touched[row] = true;
        let range = row * self.k..(row + 1) * self.k;
        for ((up, down), x) in self.up[range.clone()].iter_mut().zip(&mut self.down[range]).zip(other) {
            *up += target * x;
            *down += predicted * x;
        }
    }

    fn update(&mut self) {
        for ((value, up), down) in self.values.iter_mut().zip(&mut self.up).zip(&mut self.down) {
            if *down > 0.0 {
                *value = (*value * *up / *down).max(FLOOR);
            }
            (*up, *down) = (0.0, 0.0);
        }
    }

    /// The factors in single precision; rows in which no rating has a part are the mean of the others: their own values
    /// are what they began with.
    fn finished(&self) -> Vec<f32> {
        let mut mean = vec![0.0; self.k];
        let touched = self.is_touched.iter().filter(|&&is_touched| is_touched).count().max(1) as f64;
        for (row, _) in
            self.values.chunks_exact(self.k).zip(&self.is_touched).filter(|(_, touched)| **touched)
        {
            mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / touched);
        }
        let rows = self.values.chunks_exact(self.k).zip(&self.is_touched);
        rows.flat_map(|(row, &touched)| if touched { row } else { &mean[..] }).map(|&x| x as f32).collect()
    }
}

/// What the rows are gone over for.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    W,
    H,
    Loss,
}

/// The factorisation in training.
pub(super) struct DualFactorisation {
    domains: Vec<DomainRows>,
    w: Vec<Factors>,
    h: Vec<Factors>,
    perturbation: f64,
    /// Of the first two domains.
    conditions: Option<Conditions>,
    phase: Phase,
    /// Domain and row that come next.
    next: (usize, usize),
    /// Sum of squared errors by domain.
    squares: Vec<f64>,
}

impl DualFactorisation {
    /// Untrained: H by chance about what makes every prediction its domain's mean, W of ones.
    pub(super) fn new(training: &Training, config: &ValidConfig) -> Self {
        Self::with_alpha(training, config, ALPHA)
    }

    pub(super) fn with_alpha(training: &Training, config: &ValidConfig, alpha: f64) -> Self {
        let n = training.domains();
        let (people, w_rows) = people(training);
        let items: Vec<usize> = (0..n).map(|d| training.items(d)).collect();
        let shares = |own: usize| -> Vec<f64> {
            let others = alpha / n.saturating_sub(1).max(1) as f64;
            (0..n)
                .map(|d| {
                    if n == 1 {
                        1.0
                    } else if d == own {
                        1.0 - alpha
                    } else {
                        others
                    }
                })
                .collect()
        };
        let domains: Vec<DomainRows> = (people.into_iter().enumerate())
            .map(|(d, people)| DomainRows {
                rows: training.rows(d),
                people,
                first_item: items[..d].iter().sum(),
                shares: shares(d),
            })
            .collect();
        let (conditions, perturbation) = Conditions::of_training(alpha, training).unzip();
        // The updates are sound without.
        let perturbation = perturbation.unwrap_or(0.0);
        let k = config.dimension;
        let mut chance = Generator::new(config.seed, "dual factorisation");
        let w = w_rows.iter().map(|rows| Factors::new(k, vec![1.0; rows * k])).collect();
        let h = (0..n)
            .map(|_| {
                let mut values = Vec::with_capacity(items.iter().sum::<usize>() * k);
                for (domain, items) in domains.iter().zip(&items) {
                    let mean = (f64::from(domain.rows.mean()) + perturbation) / k as f64;
                    values.extend((0..items * k).map(|_| mean * (0.5 + f64::from(chance.unit()))));
                }
                Factors::new(k, values)
            })
            .collect();
        let squares = vec![0.0; n];
        Self { domains, w, h, perturbation, conditions, phase: Phase::W, next: (0, 0), squares }
    }

    /// As many ratings as a slice has, and at the end of a phase its update.
    fn step(&mut self) -> Slice {
        let all: usize = self.domains.iter().map(|domain| domain.rows.len()).sum();
        let mut left = ROWS;
        while left > 0 && self.next.0 < self.domains.len() {
            let (d, start) = self.next;
            let end = self.domains[d].rows.len().min(start + left);
            (start..end).for_each(|row| self.visit(d, row));
            left -= end - start;
            self.next = if end == self.domains[d].rows.len() { (d + 1, 0) } else { (d, end) };
        }
        if self.next.0 < self.domains.len() {
            let done: usize = self.domains[..self.next.0].iter().map(|domain| domain.rows.len()).sum();
            let within = (done + self.next.1) as f32 / all.max(1) as f32;
            return Slice::Part((self.phase as usize as f32 + within) / 3.0);
        }
        self.next = (0, 0);
        match self.phase {
            Phase::W => {
                self.w.iter_mut().for_each(Factors::update);
                self.phase = Phase::H;
                Slice::Part(1.0 / 3.0)
            }
            Phase::H => {
                self.h.iter_mut().for_each(Factors::update);
                self.phase = Phase::Loss;
                Slice::Part(2.0 / 3.0)
            }
            Phase::Loss => {
                self.phase = Phase::W;
                let squares = self.squares.iter_mut().map(std::mem::take);
                let means =
                    squares.zip(&self.domains).map(|(sum, domain)| sum / domain.rows.len().max(1) as f64);
                Slice::Epoch(means.map(|mean| mean as f32).collect())
            }
        }
    }

    /// One rating's part in the phase.
    fn visit(&mut self, d: usize, row: usize) {
        let domain = &self.domains[d];
        let (user, item) = (domain.rows.users[row].index(), domain.rows.items[row].index());
        let item = domain.first_item + item;
        let target = f64::from(domain.rows.targets[row]) + self.perturbation;
        let mut predicted = 0.0;
        for (e, share) in domain.shares.iter().enumerate() {
            let person = domain.people[e][user] as usize;
            let product = self.w[e].row(person).iter().zip(self.h[e].row(item)).map(|(w, h)| w * h);
            predicted += share * product.sum::<f64>();
        }
        if self.phase == Phase::Loss {
            self.squares[d] += (target - predicted).powi(2);
            return;
        }
        for (e, share) in domain.shares.iter().enumerate() {
            let person = domain.people[e][user] as usize;
            let (target, predicted) = (share * target, share * predicted);
            match self.phase {
                Phase::W => self.w[e].add(person, target, predicted, self.h[e].row(item)),
                _ => self.h[e].add(item, target, predicted, self.w[e].row(person)),
            }
        }
    }
}

/// X by domain, other domain and user, and the number of people of each domain's W: its users, and a row for each
/// user of another domain who is not linked to one of them.
fn people(training: &Training) -> (Vec<Vec<Vec<u32>>>, Vec<usize>) {
    let n = training.domains();
    let mut rows: Vec<usize> = (0..n).map(|d| training.users(d)).collect();
    let mut linked = vec![vec![Vec::new(); n]; n];
    // Where no vectors may cross, nobody is anybody elsewhere.
    if training.crossing() == Crossing::All {
        for (link, (a, b)) in training.links().into_iter().enumerate() {
            for pair in training.linked_pairs(link) {
                linked[a][b].push((pair.a, pair.b));
                linked[b][a].push((pair.b, pair.a));
            }
        }
    }
    let mut people = Vec::new();
    for (d, linked) in linked.iter().enumerate() {
        let mut of_domain: Vec<Vec<u32>> = Vec::new();
        for (e, pairs) in linked.iter().enumerate() {
            let users = 0..training.users(d) as u32;
            if d == e {
                of_domain.push(users.collect());
                continue;
            }
            let mut there: Vec<Option<u32>> = users.map(|_| None).collect();
            pairs.iter().for_each(|&(user, other)| there[user.index()] = Some(other.0));
            let alone = &mut rows[e];
            of_domain.push(
                there
                    .into_iter()
                    .map(|other| {
                        other.unwrap_or_else(|| {
                            *alone += 1;
                            *alone as u32 - 1
                        })
                    })
                    .collect(),
            );
        }
        people.push(of_domain);
    }
    (people, rows)
}

impl Learner for DualFactorisation {
    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn advance(&mut self) -> Work<'_, Slice> {
        let slice = self.step();
        Box::pin(async move { Ok(slice) })
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        let domains = self.domains.iter().map(|domain| DomainModel {
            people: domain.people.clone(),
            first_item: domain.first_item,
            shares: domain.shares.iter().map(|&share| share as f32).collect(),
        });
        let model = Factorised {
            k: self.w.first().map_or(1, |w| w.k),
            domains: domains.collect(),
            w: self.w.iter().map(Factors::finished).collect(),
            h: self.h.iter().map(Factors::finished).collect(),
            perturbation: self.perturbation as f32,
        };
        Box::pin(async move { Result::Ok(Arc::new(model) as Arc<dyn Recommender>) })
    }

    fn remark(&self) -> Option<String> {
        let conditions = self.conditions?;
        Some(format!("{} with the perturbation {:.3}", conditions.words(), self.perturbation))
    }
}

/// What a prediction in one domain is made of.
#[derive(Debug)]
struct DomainModel {
    people: Vec<Vec<u32>>,
    first_item: usize,
    shares: Vec<f32>,
}

/// The trained factorisation.
#[derive(Debug)]
pub(super) struct Factorised {
    k: usize,
    domains: Vec<DomainModel>,
    w: Vec<Vec<f32>>,
    h: Vec<Vec<f32>>,
    perturbation: f32,
}

impl Factorised {
    /// That of a file.
    pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
        let n = parts.domains();
        let k = parts.length("0.w", 2, 1, MAX_DIMENSION)?;
        let all_items = (0..n).map(|d| parts.items(d)).sum();
        let (mut w, mut h, mut domains) = (Vec::new(), Vec::new(), Vec::new());
        for d in 0..n {
            let rows = parts.length(&format!("{d}.w"), 2, 0, usize::MAX)?;
            w.push(parts.rows(&format!("{d}.w"), &[rows, k])?);
            h.push(parts.rows(&format!("{d}.h"), &[all_items, k])?);
        }
        let mut first_item = 0;
        for d in 0..n {
            let rows = |e: usize| w[e].len() / k;
            let people = (0..n)
                .map(|e| parts.indices(&format!("{d}.people.{e}"), &[parts.users(d)], rows(e)))
                .collect::<Checked<_>>()?;
            domains.push(DomainModel {
                people,
                first_item,
                shares: parts.rows(&format!("{d}.shares"), &[n])?,
            });
            first_item += parts.items(d);
        }
        Ok(Arc::new(Self { k, domains, w, h, perturbation: parts.number("perturbation")? }))
    }
}

impl Recommender for Factorised {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let here = &self.domains[domain];
        let row = |factors: &[f32], row: usize| factors[row * self.k..][..self.k].to_vec();
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let mut sum = -self.perturbation;
            for (e, share) in here.shares.iter().enumerate() {
                let person = here.people[e][user.index()] as usize;
                let (w, h) = (row(&self.w[e], person), row(&self.h[e], here.first_item + item.index()));
                sum += share * w.iter().zip(&h).map(|(w, h)| w * h).sum::<f32>();
            }
            sum.clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, domain) in self.domains.iter().enumerate() {
            saved.put_rows(format!("{d}.w"), self.k, self.w[d].clone());
            saved.put_rows(format!("{d}.h"), self.k, self.h[d].clone());
            saved.put_list(format!("{d}.shares"), domain.shares.clone());
            for (e, people) in domain.people.iter().enumerate() {
                saved.put_list(format!("{d}.people.{e}"), people.clone());
            }
        }
        saved.put_list("perturbation", vec![self.perturbation]);
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Domain, Number, Rating, Vocabulary, World, sample};
    use crate::metrics::rmse;
    use crate::settings::Config;
    use crate::split::Split;

    fn config(dimension: usize) -> ValidConfig {
        Config { dimension, test_fraction: 0.1, patience: None, mix: false, ..Config::robust() }
            .check()
            .unwrap()
    }

    fn training(world: World, config: &ValidConfig) -> (Training, Arc<Split>, Arc<World>) {
        let world = Arc::new(world);
        let split = Arc::new(Split::new(&world, config).unwrap());
        (Training::new(world.clone(), split.clone()), split, world)
    }

    /// The ids "0", "1", … of one side.
    fn ids<N: Number>(numbers: std::ops::Range<usize>) -> Vocabulary<N> {
        numbers.map(|id| id.to_string()).collect()
    }

    /// Two to three domains of a few people, of whom some are in several, with ratings by chance.
    fn small_world(chance: &mut Generator) -> World {
        let domain = |d: usize, chance: &mut Generator| {
            let (users, items) = (6 + chance.below(6), 4 + chance.below(4));
            let mut rows = Vec::new();
            for user in 0..users as u32 {
                for item in 0..items as u32 {
                    if chance.unit() < 0.7 {
                        rows.push(Rating {
                            user: UserId(user),
                            item: ItemId(item),
                            value: 1.0 + chance.below(5) as f32,
                        });
                    }
                }
            }
            Domain::of_stars(&format!("domain {d}"), ids(3 * d..3 * d + users), ids(0..items), &rows)
        };
        let n = 2 + chance.below(2);
        World::new((0..n).map(|d| domain(d, chance)).collect())
    }

    fn losses(learner: &mut DualFactorisation) -> Vec<f32> {
        loop {
            if let Slice::Epoch(losses) = learner.step() {
                return losses;
            }
        }
    }

    /// Eq. 7 over both domains: not the sum of the domains' means.
    fn loss(learner: &DualFactorisation, losses: &[f32]) -> f64 {
        losses.iter().zip(&learner.domains).map(|(&l, d)| f64::from(l) * d.rows.len() as f64).sum()
    }

    #[test]
    fn the_loss_of_sparse_ratings_never_rises_whatever_the_share() {
        let mut chance = Generator::new(1, "worlds");
        let (mut linked, mut held) = (0, 0);
        for world in 0..60 {
            let config = config(1 + chance.below(4));
            let (training, ..) = training(small_world(&mut chance), &config);
            linked += usize::from(!training.linked_pairs(0).is_empty());
            let alpha = f64::from(chance.unit());
            let mut learner = DualFactorisation::with_alpha(&training, &config, alpha);
            held += usize::from(learner.conditions.unwrap().hold());
            let mut last = f64::INFINITY;
            for sweep in 0..40 {
                let now = losses(&mut learner);
                let now = loss(&learner, &now);
                assert!(
                    now <= last * (1.0 + 1e-5),
                    "world {world}, α {alpha}, sweep {sweep}: {last} to {now}"
                );
                last = now;
            }
        }
        assert!(linked > 40 && (15..45).contains(&held), "{linked} linked, conditions held in {held}");
    }

    #[test]
    fn one_update_by_hand() {
        // One person, one item, k = 1, alone: w h = 1 · h, so that w becomes v / h and the fit is exact.
        let rows: Vec<Rating> = (0..12)
            .map(|n| Rating { user: UserId(n), item: ItemId(0), value: 1.0 + (n % 5) as f32 })
            .collect();
        let config = config(1);
        let (training, ..) =
            training(World::new(vec![Domain::of_stars("one", ids(0..12), ids(0..1), &rows)]), &config);
        let mut learner = DualFactorisation::new(&training, &config);
        assert!(learner.conditions.is_none() && learner.domains[0].shares == [1.0]);
        let (before, c) = (learner.h[0].values[0], learner.perturbation);
        learner.step();
        let (user, target) = (learner.domains[0].rows.users[3], learner.domains[0].rows.targets[3]);
        assert!((learner.w[0].values[user.index()] - (f64::from(target) + c) / before).abs() < 1e-12);
        assert!(losses(&mut learner)[0] < 1e-12);
    }

    #[test]
    fn a_person_without_ratings_here_is_told_by_those_of_the_other_domain() {
        // Everybody rates both domains at a level of their own, and items differ in both.
        let mut chance = Generator::new(4, "levels");
        let levels: Vec<f32> = (0..120).map(|_| 2.0 + 2.0 * chance.unit()).collect();
        let domain = |name: &str, chance: &mut Generator| {
            let mut rows = Vec::new();
            for (user, level) in (0..).zip(&levels) {
                for item in 0..20 {
                    if chance.unit() < 0.6 {
                        rows.push(Rating {
                            user: UserId(user),
                            item: ItemId(item),
                            value: level + 0.05 * (item % 20) as f32,
                        });
                    }
                }
            }
            Domain::of_stars(name, ids(0..120), ids(0..20), &rows)
        };
        let world = World::new(vec![domain("one", &mut chance), domain("two", &mut chance)]);
        let config = Config { dimension: 2, patience: None, mix: false, ..Config::robust() }.check().unwrap();
        let (_, split, world) = training(world, &config);
        let split = split.with_cold(&world, &config);
        let rows = split.cold(&world, 0);
        let mut errors = Vec::new();
        for crossing in [Crossing::All, Crossing::Nothing] {
            let training = Training::new(world.clone(), Arc::new(split.with_crossing(crossing)));
            let mut learner = DualFactorisation::new(&training, &config);
            (0..20).for_each(|_| drop(losses(&mut learner)));
            let model = pollster::block_on(learner.model()).unwrap();
            errors.push(rmse(&model.predict(0, &rows.users, &rows.items), &rows.targets).unwrap());
        }
        assert!(errors[0] < 0.6 * errors[1], "{errors:?}");
    }

    #[test]
    fn the_end_of_a_training_says_whether_the_conditions_hold() {
        let config = config(2);
        let (training, ..) = training(sample(1).world, &config);
        let remark = DualFactorisation::new(&training, &config).remark().unwrap();
        assert!(remark.starts_with("conditions (a), (b), (c) hold: 0.800, 0.000, 0.000"), "{remark}");
        let remark = DualFactorisation::with_alpha(&training, &config, 0.6).remark().unwrap();
        assert!(remark.starts_with("conditions (a), (b), (c) do not hold"), "{remark}");
    }
}
