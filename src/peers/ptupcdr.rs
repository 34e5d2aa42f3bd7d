//! PTUPCDR: a bridge of their own for each person from one domain to another (Zhu et al., Personalized Transfer of User
//! Preferences for Cross-domain Recommendation, WSDM 2022, Eqs. 1 to 7; settings of the authors' code,
//! easezyc/WSDM2022-PTUPCDR). Each domain has factors, r̂ = μ + ⟨u, v⟩; from what a person liked in domain s,
//!
//! p_u = Σ softmax_k(a(v_k)) v_k, M_u = reshape(g(p_u)), r̂ = μ_t + ⟨u_s M_u, v_t⟩,
//!
//! where the two nets a and g learn from the ratings of linked people in the target t, and factors do not move for them.
//!
//! Of the source: 50 units in g, liked means above the middle of the scale, the 20 of them at most (there the last ones;
//! files without times have none, so that they lie evenly over the file's order). Not of the source: the mean is taken off,
//! the penalty `row_l2` on factors, one step size for all, and factors and bridges train epoch by epoch side by side and not
//! one after the other. Each link has a bridge each way. A person without training rows in t goes over the first bridge from
//! a domain where they liked something; people whom nobody knows have the mean vector of the known.

use std::sync::Arc;

use burn::tensor::{Tensor, activation::softmax};

use crate::data::{ItemId, UserId};
use crate::engine::Device;
use crate::error::Result;
use crate::recommender::autodiff::{
    HostTower, Leaves, Parameters, Rule, Steps, Table, Term, Tower, Weights, begin, dot, shares,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Assignment, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, Rows, Training};

/// Hidden units of g.
const META: usize = 50;
/// A rating above this, on the unit scale, is one of something liked.
const LIKED: f32 = 0.5;
/// Most items of a history.
const HISTORY: usize = 20;

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, |training, config, device| Ptupcdr::new(training, config, device, true))
}

/// The model of a file.
pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
    let domain = |parts: &mut Parts<'_>, d: usize| {
        let k = parts.length(&format!("{d}.users"), 2, 1, MAX_DIMENSION)?;
        let users = Table::load(parts, &format!("{d}.users"), parts.users(d), k)?;
        let items = Table::load(parts, &format!("{d}.items"), parts.items(d), k)?;
        Ok((parts.number(&format!("{d}.mean"))?, users, items))
    };
    Ok(Arc::new(Factors(parts.by_domain(domain)?)))
}

struct Ptupcdr {
    parameters: Parameters,
    domains: Vec<Domain>,
    bridges: Vec<Bridge>,
    /// Whether bridges are personal; else all people have what g makes of nothing.
    is_personal: bool,
    /// Factor of the penalty.
    penalty: f32,
    batch: usize,
}

/// One domain's factors and ratings.
struct Domain {
    users: Weights,
    items: Weights,
    rows: Rows,
    mean: f32,
    /// 1 by the number of ratings of each user and each item.
    shares: [Vec<f32>; 2],
    /// What each user liked, [`HISTORY`] at the most.
    liked: Vec<Vec<ItemId>>,
}

/// The nets from one domain to another.
struct Bridge {
    from: usize,
    to: usize,
    /// a and g.
    nets: [Tower; 2],
    /// Linked people who liked something there, as (user of `from`, user of `to`).
    people: Vec<(UserId, UserId)>,
    /// Those of them who have training rows in `to`, with these rows.
    learnt_from: Vec<(UserId, UserId, std::ops::Range<u32>)>,
}

impl Ptupcdr {
    fn new(training: &Training, config: &ValidConfig, device: &Device, is_personal: bool) -> Self {
        let mut parameters = Parameters::new(device, Rule::Adam { learning_rate: config.learning_rate });
        let mut chance = Generator::new(config.seed, "personal bridges");
        let k = config.dimension;
        let mut domains = Vec::with_capacity(training.domains());
        for d in 0..training.domains() {
            let rows = training.rows(d);
            let (users, items) = (training.users(d), training.items(d));
            domains.push(Domain {
                users: parameters.normal("people", [users, k], config.embedding_deviation, &mut chance),
                items: parameters.normal("items", [items, k], config.embedding_deviation, &mut chance),
                mean: rows.mean(),
                shares: [
                    shares(users, UserId::numbers(&rows.users).iter()),
                    shares(items, ItemId::numbers(&rows.items).iter()),
                ],
                liked: liked(&rows, users),
                rows,
            });
        }
        let mut bridges = Vec::new();
        let links = if training.crossing() == Crossing::All { training.links() } else { Vec::new() };
        for (link, (a, b)) in links.into_iter().enumerate() {
            for (from, to) in [(a, b), (b, a)] {
                let pairs = training.linked_pairs(link).into_iter();
                let pairs = pairs.map(|pair| if from == a { (pair.a, pair.b) } else { (pair.b, pair.a) });
                let people: Vec<(UserId, UserId)> =
                    pairs.filter(|&(user, _)| !domains[from].liked[user.index()].is_empty()).collect();
                let of_user = ranges(&domains[to].rows.users, training.users(to));
                let learnt_from = (people.iter())
                    .map(|&(user, there)| (user, there, of_user[there.index()].clone()))
                    .filter(|(_, _, rows)| !rows.is_empty())
                    .collect();
                let decay = [1.0, config.weight_decay];
                let attention = Tower::new(&mut parameters, "attention", &[k, k, 1], decay, &mut chance);
                let decoder = Tower::new(&mut parameters, "bridges", &[k, META, k * k], decay, &mut chance);
                bridges.push(Bridge { from, to, nets: [attention, decoder], people, learnt_from });
            }
        }
        Self { parameters, domains, bridges, is_personal, penalty: config.row_l2, batch: config.batch }
    }

    /// A step of a domain's factors.
    fn factor_step(&mut self, d: usize, chosen: &[u32]) -> Tensor<1> {
        let domain = &self.domains[d];
        let of = |column: &[u32]| chosen.iter().map(|&row| column[row as usize]).collect::<Vec<u32>>();
        let numbers = [of(UserId::numbers(&domain.rows.users)), of(ItemId::numbers(&domain.rows.items))];
        let residuals = chosen.iter().map(|&row| domain.rows.targets[row as usize] - domain.mean).collect();
        let leaves = self.parameters.leaves();
        let [u, v] = [(domain.users, 0), (domain.items, 1)]
            .map(|(weights, side)| leaves.rows(weights, &numbers[side]));
        let [of_user, of_item] = [0, 1].map(|side| {
            let shares = numbers[side].iter().map(|&row| self.penalty * domain.shares[side][row as usize]);
            leaves.given(shares.collect(), 1)
        });
        let squares = u.clone().square().sum_dim(1) * of_user + v.clone().square().sum_dim(1) * of_item;
        let error = ((u * v).sum_dim(1) - leaves.given(residuals, 1)).square().mean();
        self.parameters.step(&leaves, &(error.clone() + squares.mean()));
        error.inner()
    }

    /// A step of a bridge's nets on all target ratings of chosen people.
    fn bridge_step(&mut self, b: usize, chosen: &[u32]) -> Tensor<1> {
        let bridge = &self.bridges[b];
        let target = &self.domains[bridge.to];
        let (mut places, mut items, mut residuals) = (Vec::new(), Vec::new(), Vec::new());
        let mut people = Vec::with_capacity(chosen.len());
        for (place, &person) in (0_u32..).zip(chosen) {
            let (user, _, rows) = &bridge.learnt_from[person as usize];
            people.push(*user);
            for row in rows.clone() {
                places.push(place);
                items.push(target.rows.items[row as usize]);
                residuals.push(target.rows.targets[row as usize] - target.mean);
            }
        }
        let leaves = self.parameters.leaves();
        let source = &self.domains[bridge.from];
        let mapped = mapped(&leaves, &bridge.nets, source, &people, self.is_personal);
        let v = leaves.rows(target.items, ItemId::numbers(&items)).detach();
        let said = (mapped.select(0, leaves.indices(&places)) * v).sum_dim(1);
        let error = (said - leaves.given(residuals, 1)).square().mean();
        self.parameters.step(&leaves, &error);
        error.inner()
    }

    async fn factors(&self) -> Result<Arc<dyn Recommender>> {
        let mut domains = Vec::with_capacity(self.domains.len());
        for domain in &self.domains {
            let users = self.parameters.table(domain.users).await?;
            let items = self.parameters.table(domain.items).await?;
            domains.push((domain.mean, users, items));
        }
        let mut all: Vec<Table> = domains.iter().map(|(_, users, _)| users.clone()).collect();
        for (domain, users) in self.domains.iter().zip(&mut all) {
            let shares = &domain.shares[0];
            let mean = users.mean_of((0..shares.len()).filter(|&user| shares[user] > 0.0));
            let unknown = (0..shares.len()).filter(|&user| shares[user] == 0.0);
            unknown.for_each(|user| users.row_mut(user).copy_from_slice(&mean));
        }
        // The first bridges are laid last, over those of later links.
        for bridge in self.bridges.iter().rev() {
            let [attention, decoder] = &bridge.nets;
            let attention = self.parameters.host_tower(attention).await?;
            let decoder = self.parameters.host_tower(decoder).await?;
            let (_, users, items) = &domains[bridge.from];
            for &(user, there) in &bridge.people {
                if self.domains[bridge.to].shares[0][there.index()] > 0.0 {
                    continue;
                }
                let history = &self.domains[bridge.from].liked[user.index()];
                let source = (users.row(user.index()), items);
                let mapped = mapped_on_host([&attention, &decoder], source, history, self.is_personal);
                all[bridge.to].row_mut(there.index()).copy_from_slice(&mapped);
            }
        }
        let domains = domains.into_iter().zip(all).map(|((mean, _, items), users)| (mean, users, items));
        Ok(Arc::new(Factors(domains.collect())))
    }
}

impl Steps for Ptupcdr {
    fn terms(&self) -> Vec<Term> {
        let factors = self.domains.iter().map(|domain| Term { rows: domain.rows.len(), batch: self.batch });
        let bridges = self.bridges.iter().map(|bridge| {
            // People whose ratings together are a batch.
            let ratings: usize = bridge.learnt_from.iter().map(|(_, _, rows)| rows.len()).sum();
            let people = bridge.learnt_from.len();
            Term { rows: people, batch: (self.batch * people / ratings.max(1)).max(1) }
        });
        factors.chain(bridges).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(async move {
            Ok(match term.checked_sub(self.domains.len()) {
                None => self.factor_step(term, rows),
                Some(bridge) => self.bridge_step(bridge, rows),
            })
        })
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.factors())
    }
}

/// What each user liked, [`HISTORY`] items at the most, evenly over the order of the rows.
fn liked(rows: &Rows, users: usize) -> Vec<Vec<ItemId>> {
    let mut all = vec![Vec::new(); users];
    for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        if target > LIKED {
            all[user.index()].push(item);
        }
    }
    let some = |items: Vec<ItemId>| match items.len() {
        n if n > HISTORY => (0..HISTORY).map(|at| items[at * n / HISTORY]).collect(),
        _ => items,
    };
    all.into_iter().map(some).collect()
}

/// The rows of each user; rows come by user.
fn ranges(row_users: &[UserId], users: usize) -> Vec<std::ops::Range<u32>> {
    let mut ranges = vec![0..0; users];
    for (row, &user) in (0_u32..).zip(row_users) {
        let range = &mut ranges[user.index()];
        *range = if range.start == range.end { row..row + 1 } else { range.start..row + 1 };
    }
    ranges
}

/// u M_u of people of the source domain, `[n, k]`. Factors are as given: no gradient goes to them.
fn mapped(
    leaves: &Leaves,
    [attention, decoder]: &[Tower; 2],
    source: &Domain,
    people: &[UserId],
    is_personal: bool,
) -> Tensor<2> {
    let (n, l) = (people.len(), HISTORY);
    let (mut items, mut absent) = (vec![ItemId(0); n * l], vec![-1e8; n * l]);
    for (place, &user) in people.iter().enumerate() {
        for (at, &item) in source.liked[user.index()].iter().enumerate() {
            (items[place * l + at], absent[place * l + at]) = (item, 0.0);
        }
    }
    let vectors = leaves.rows(source.items, ItemId::numbers(&items)).detach();
    let [_, k] = vectors.dims();
    let scores = attention.apply(leaves, vectors.clone()).reshape([n, l]) + leaves.given(absent, l);
    let weights = softmax(scores, 1).reshape([n * l, 1]);
    let taste: Tensor<2> = (vectors * weights).reshape([n, l, k]).sum_dim(1).reshape([n, k]);
    let taste = if is_personal { taste } else { taste.zeros_like() };
    let bridge = decoder.apply(leaves, taste).reshape([n, k, k]);
    let u = leaves.rows(source.users, UserId::numbers(people)).detach().reshape([n, 1, k]);
    u.matmul(bridge).reshape([n, k])
}

/// The same of one person, with the source's vectors of them and of its items.
fn mapped_on_host(
    [attention, decoder]: [&HostTower; 2],
    (user, items): (&[f32], &Table),
    history: &[ItemId],
    is_personal: bool,
) -> Vec<f32> {
    let k = user.len();
    let rows = || history.iter().map(|&item| items.row(item.index()));
    let scores: Vec<f32> = rows().map(|row| attention.apply(row)[0]).collect();
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| (score - most).exp()).collect();
    let total: f32 = weights.iter().sum();
    let mut taste = vec![0.0; k];
    if is_personal {
        for (row, weight) in rows().zip(weights) {
            taste.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight / total * x);
        }
    }
    Table { values: decoder.apply(&taste), columns: k }.added(vec![0.0; k], user)
}

/// The trained model: mean, users and items of each domain. Those who came over a bridge have the vector that it gave.
#[derive(Debug)]
struct Factors(Vec<(f32, Table, Table)>);

impl Recommender for Factors {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (mean, own, others) = &self.0[domain];
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            (mean + dot(own.row(user.index()), others.row(item.index()))).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, (mean, users, items)) in self.0.iter().enumerate() {
            users.save(&format!("{d}.users"), &mut saved);
            items.save(&format!("{d}.items"), &mut saved);
            saved.put_list(format!("{d}.mean"), vec![*mean]);
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::with_burn::PTUPCDR;
    use super::*;
    use crate::peers::planted::{Planted, rmse, stars};
    use crate::recommender::Entry;
    use crate::recommender::autodiff::check::assert_gradients;
    use crate::settings::Config;

    /// The same model with one bridge for all.
    const GLOBAL: Entry = Entry {
        begin: |assignment| {
            begin(assignment, |training, config, device| Ptupcdr::new(training, config, device, false))
        },
        ..PTUPCDR
    };

    /// Three users of four items, and the nets of a bridge, k = 2.
    fn small() -> (Parameters, Domain, [Tower; 2]) {
        let mut parameters = Parameters::new(&Device::cpu(), Rule::Adam { learning_rate: 0.1 });
        let mut chance = Generator::new(6, "small");
        let users = parameters.normal("people", [3, 2], 0.8, &mut chance);
        let items = parameters.normal("items", [4, 2], 0.8, &mut chance);
        let nets = [&[2, 2, 1][..], &[2, 5, 4]].map(|widths| {
            let tower = Tower::new(&mut parameters, "net", widths, [1.0, 0.0], &mut chance);
            // Away from the corners of the ReLUs, so that differences see slopes.
            for &(_, bias) in &tower.layers {
                let values =
                    vec![0.05; crate::recommender::autodiff::check::values_of(&parameters, bias).len()];
                parameters.step_along_numbers(bias, values);
            }
            tower
        });
        let domain = Domain {
            users,
            items,
            rows: Rows::default(),
            mean: 0.5,
            shares: [vec![1.0; 3], vec![1.0; 4]],
            liked: vec![[0, 2].map(ItemId).to_vec(), vec![ItemId(1)], [0, 1, 3].map(ItemId).to_vec()],
        };
        (parameters, domain, nets)
    }

    #[test]
    fn the_nets_gradients_are_those_of_finite_differences_and_factors_have_none() {
        let (mut parameters, domain, nets) = small();
        assert_gradients(&mut parameters, &[domain.users, domain.items], |leaves| {
            mapped(leaves, &nets, &domain, &[0, 1, 2].map(UserId), true).square().mean()
        });
    }

    #[test]
    fn a_bridge_on_the_host_is_that_of_the_loss() {
        let (parameters, domain, nets) = small();
        let table = |weights| pollster::block_on(parameters.table(weights)).unwrap();
        let (users, items) = (table(domain.users), table(domain.items));
        let [attention, decoder] =
            [0, 1].map(|n| pollster::block_on(parameters.host_tower(&nets[n])).unwrap());
        for is_personal in [true, false] {
            let all = mapped(&parameters.leaves(), &nets, &domain, &[0, 1, 2].map(UserId), is_personal);
            let all = pollster::block_on(parameters.read("bridges", all.inner())).unwrap();
            for user in 0..3 {
                let source = (users.row(user), &items);
                let own = mapped_on_host([&attention, &decoder], source, &domain.liked[user], is_personal);
                for (own, all) in own.iter().zip(&all[2 * user..]) {
                    assert!((own - all).abs() < 1e-5, "{own} {all}");
                }
            }
        }
        // A history of one is its vector, whatever the attention.
        let one = mapped_on_host([&attention, &decoder], (users.row(1), &items), &[ItemId(1)], true);
        let by_hand = decoder.apply(items.row(1));
        let u = users.row(1);
        assert!((one[0] - (u[0] * by_hand[0] + u[1] * by_hand[2])).abs() < 1e-6);
    }

    #[test]
    fn a_personal_bridge_finds_what_one_bridge_for_all_cannot() {
        // In the second domain tastes are two signs; in the first people rate by the product of both. No matrix makes
        // that of the two, but a matrix that depends on what the person liked does.
        let sign = |x: u32| if x.is_multiple_of(2) { 1.0 } else { -1.0 };
        let rating = |d: usize, user: u32, item: u32| {
            let (s, t) = (sign(user), sign(user / 2));
            Some(match d {
                0 => 3.0 + 2.0 * s * t * sign(item),
                _ => 3.0 + s * sign(item) + t * sign(item / 2),
            })
        };
        let world = stars(&[(200, 0), (200, 0)], 24, 0.7, rating);
        let config = Config {
            dimension: 2,
            epochs: 40,
            batch: 64,
            learning_rate: 1e-2,
            row_l2: 0.3,
            patience: None,
            tolerance: 0.0,
            ..Config::robust()
        };
        let planted = Planted::of(world, config).cold();
        let error = |entry: &Entry| rmse(&*planted.trained_to_its_end(entry), 0, &planted.newcomers(0));
        let (personal, global) = (error(&PTUPCDR), error(&GLOBAL));
        assert!(personal < 0.6 * global, "{personal} with a bridge each, {global} with one for all");
    }
}
