//! CDFM: a factorisation machine for each domain that sees what a person rated elsewhere (Loni et al., Cross-Domain
//! Collaborative Filtering with Factorization Machines, ECIR 2014, Eqs. 1 to 3). Its input x is one at the user, one at the
//! item, and at each item l that the person rated in another domain j φ = r_l / |s_j(u)|, the rating by the number of their
//! ratings there:
//!
//! r̂ = w₀ + Σ w_a x_a + ½ Σ_f \[(Σ v_af x_a)² − Σ v_af² x_a²\].
//!
//! With p of the user, q of the item, z = Σ φ v_l and y = Σ φ² ‖v_l‖², the second sum is ⟨p, q⟩ + ⟨p + q, z⟩ +
//! ½ (‖z‖² − y). z and y are sparse products on the host; their gradient goes back through the transpose.
//!
//! Not of the source: Adam with the penalty `row_l2` on the squares of each row of the tables in place of libFM's Markov
//! chain, w₀ fixed at the mean, and r_l from 0.2 to 1, as
//! one to five stars are. A user or an item without training rows has p or q and its weight at 0: a newcomer is what they
//! rated elsewhere, and somebody unknown everywhere the mean and the item's weight.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::data::{ItemId, UserId};
use crate::engine::{Device, SparseRows};
use crate::error::Result;
use crate::recommender::autodiff::{
    Leaves, Parameters, Rule, Steps, Table, Term, Weights, begin, dot, product, shares, transposed,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Assignment, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{JoinedPeople, Rows, Training};

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, Cdfm::new)
}

/// The model of a file.
pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
    let machine = |parts: &mut Parts<'_>, d: usize| {
        let name = |part: &str| format!("{d}.{part}");
        let columns = parts.length(&name("users"), 2, 1, MAX_DIMENSION + 1)?;
        if columns < 2 {
            return Err(format!("{} has no factors", name("users")));
        }
        let (users, items) = (parts.users(d), parts.items(d));
        Ok(Trained {
            users: Table::load(parts, &name("users"), users, columns)?,
            items: Table::load(parts, &name("items"), items, columns)?,
            elsewhere: Table::load(parts, &name("elsewhere"), users, columns + 1)?,
            mean: parts.number(&name("mean"))?,
        })
    };
    Ok(Arc::new(Machines(parts.by_domain(machine)?)))
}

struct Cdfm {
    parameters: Parameters,
    machines: Vec<Machine>,
    /// λ.
    penalty: f32,
    batch: usize,
}

/// The machine of one target domain. Its tables have the k factors of a row and then its weight.
struct Machine {
    users: Weights,
    items: Weights,
    /// Items of all other domains, one domain after the other; `None` where nothing is seen of them.
    others: Option<Others>,
    rows: Rows,
    mean: f32,
    /// 1 by the number of ratings of each user and each item, 0 of who has none.
    shares: [Vec<f32>; 2],
}

/// What is seen of the other domains.
struct Others {
    table: Weights,
    /// φ, `[users, items of the others]`, and its transpose.
    seen: SparseRows,
    seen_by: SparseRows,
}

impl Others {
    /// Factors z, weight and y of each user from a table of items, `[users, k + 2]`.
    fn summed(&self, table: &Table) -> Table {
        let k = table.columns - 1;
        let both = product(&self.seen, table);
        let mut summed = Table::zeros(self.seen.len(), k + 2);
        let lengths: Vec<f32> =
            table.values.chunks_exact(k + 1).map(|row| dot(&row[..k], &row[..k])).collect();
        for user in 0..self.seen.len() {
            let (items, shares) = self.seen.row(user);
            let y = items.iter().zip(shares).map(|(&item, &share)| share * share * lengths[item as usize]);
            let row = summed.row_mut(user);
            row[..=k].copy_from_slice(both.row(user));
            row[k + 1] = y.sum();
        }
        summed
    }

    /// The gradient by the table from that by [`Others::summed`].
    fn pulled_back(&self, table: &Table, gradient: &Table) -> Table {
        let k = table.columns - 1;
        let users = gradient.values.chunks_exact(k + 2);
        let linear =
            Table { values: users.clone().flat_map(|row| &row[..=k]).copied().collect(), columns: k + 1 };
        let mut back = product(&self.seen_by, &linear);
        for item in 0..self.seen_by.len() {
            let (users, shares) = self.seen_by.row(item);
            let pull: f32 = (users.iter().zip(shares))
                .map(|(&user, &share)| share * share * gradient.row(user as usize)[k + 1])
                .sum();
            let own = table.row(item);
            back.row_mut(item)[..k].iter_mut().zip(own).for_each(|(g, v)| *g += 2.0 * pull * v);
        }
        back
    }
}

impl Cdfm {
    fn new(training: &Training, config: &ValidConfig, device: &Device) -> Self {
        let mut parameters = Parameters::new(device, Rule::Adam { learning_rate: config.learning_rate });
        let mut chance = Generator::new(config.seed, "factorisation machines");
        let people = JoinedPeople::new(training);
        let all: Vec<Rows> = (0..training.domains()).map(|d| training.rows(d)).collect();
        let k = config.dimension;
        let machine = |d: usize| {
            let mut table = |name, rows: usize, weight_decay| {
                let mut values = chance.normals(rows * (k + 1), config.embedding_deviation);
                values.iter_mut().skip(k).step_by(k + 1).for_each(|weight| *weight = 0.0);
                parameters.add(name, k + 1, values, weight_decay)
            };
            let (users, items) = (training.users(d), training.items(d));
            let seen = seen_elsewhere(training, &people, &all, d);
            let rows = all[d].clone();
            // The loss is a mean over ratings, so that a table's whole penalty is divided by their number.
            let decay = 2.0 * config.row_l2 / rows.len().max(1) as f32;
            Machine {
                users: table("people", users, 0.0),
                items: table("items", items, 0.0),
                others: (!seen.columns.is_empty()).then(|| Others {
                    table: table("items elsewhere", seen.width, decay),
                    seen_by: transposed(&seen),
                    seen,
                }),
                shares: [
                    shares(users, UserId::numbers(&rows.users).iter()),
                    shares(items, ItemId::numbers(&rows.items).iter()),
                ],
                mean: rows.mean(),
                rows,
            }
        };
        let machines = (0..training.domains()).map(machine).collect();
        Self { parameters, machines, penalty: config.row_l2, batch: config.batch }
    }

    async fn take_step(&mut self, d: usize, chosen: &[u32]) -> Result<Tensor<1>> {
        let machine = &self.machines[d];
        let of = |column: &[u32]| chosen.iter().map(|&row| column[row as usize]).collect::<Vec<u32>>();
        let (users, items) =
            (of(UserId::numbers(&machine.rows.users)), of(ItemId::numbers(&machine.rows.items)));
        let shared = |which: usize, rows: &[u32]| -> Vec<f32> {
            rows.iter().map(|&row| self.penalty * machine.shares[which][row as usize]).collect()
        };
        let batch = Batch {
            penalties: [shared(0, &users), shared(1, &items)],
            users,
            items,
            residuals: chosen.iter().map(|&row| machine.rows.targets[row as usize] - machine.mean).collect(),
        };
        let leaves = self.parameters.leaves();
        let tables = [machine.users, machine.items];
        let Some(others) = &machine.others else {
            let [error, penalty] = loss(&leaves, tables, None, batch);
            self.parameters.step(&leaves, &(error.clone() + penalty));
            return Ok(error.inner());
        };
        let table = self.parameters.table(others.table).await?;
        let summed = others.summed(&table);
        let columns = summed.columns;
        let leaf = self.parameters.leaf_of(summed.values, columns);
        let [error, penalty] = loss(&leaves, tables, Some(&leaf), batch);
        let mut gradients = (error.clone() + penalty).backward();
        for weights in tables {
            let gradient = leaves.of(weights).grad_remove(&mut gradients);
            self.parameters.step_along(weights, gradient);
        }
        if let Some(gradient) = leaf.grad_remove(&mut gradients) {
            let values = self.parameters.read("a gradient", gradient).await?;
            let back = others.pulled_back(&table, &Table { values, columns });
            self.parameters.step_along_numbers(others.table, back.values);
        }
        Ok(error.inner())
    }

    async fn trained(&self) -> Result<Arc<dyn Recommender>> {
        let mut machines = Vec::with_capacity(self.machines.len());
        for machine in &self.machines {
            let mut users = self.parameters.table(machine.users).await?;
            let mut items = self.parameters.table(machine.items).await?;
            for (table, shares) in [&mut users, &mut items].into_iter().zip(&machine.shares) {
                let unknown = shares.iter().enumerate().filter(|(_, share)| **share == 0.0);
                unknown.for_each(|(row, _)| table.row_mut(row).fill(0.0));
            }
            let elsewhere = match &machine.others {
                Some(others) => others.summed(&self.parameters.table(others.table).await?),
                None => Table::zeros(users.rows(), users.columns + 1),
            };
            machines.push(Trained { users, items, elsewhere, mean: machine.mean });
        }
        Ok(Arc::new(Machines(machines)))
    }
}

impl Steps for Cdfm {
    fn terms(&self) -> Vec<Term> {
        self.machines.iter().map(|machine| Term { rows: machine.rows.len(), batch: self.batch }).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(self.take_step(term, rows))
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.trained())
    }
}

/// Some ratings, less the mean.
struct Batch {
    users: Vec<u32>,
    items: Vec<u32>,
    residuals: Vec<f32>,
    /// Factors of ‖p‖² and ‖q‖², weights included.
    penalties: [Vec<f32>; 2],
}

/// The mean squared error and the penalty, each `[1]`. `elsewhere` is [`Others::summed`].
fn loss(
    leaves: &Leaves,
    [users, items]: [Weights; 2],
    elsewhere: Option<&Tensor<2>>,
    batch: Batch,
) -> [Tensor<1>; 2] {
    let (user, item) = (leaves.rows(users, &batch.users), leaves.rows(items, &batch.items));
    let k = user.dims()[1] - 1;
    let [factor_p, factor_q] = batch.penalties.map(|factors| leaves.given(factors, 1));
    let penalty =
        (user.clone().square().sum_dim(1) * factor_p + item.clone().square().sum_dim(1) * factor_q).mean();
    let [p, q] = [&user, &item].map(|row| row.clone().narrow(1, 0, k));
    let weights = (user + item).narrow(1, k, 1);
    let mut said = weights + (p.clone() * q.clone()).sum_dim(1);
    if let Some(elsewhere) = elsewhere {
        let all = elsewhere.clone().select(0, leaves.indices(&batch.users));
        let [z, weight, y] = [(0, k), (k, 1), (k + 1, 1)].map(|(start, n)| all.clone().narrow(1, start, n));
        let squares = (z.clone().square().sum_dim(1) - y).mul_scalar(0.5);
        said = said + weight + ((p + q) * z).sum_dim(1) + squares;
    }
    let error = (said - leaves.given(batch.residuals, 1)).square().mean();
    [error, penalty]
}

/// φ of each user of a domain: what the same person rated in the others.
fn seen_elsewhere(training: &Training, people: &JoinedPeople, all: &[Rows], domain: usize) -> SparseRows {
    let mut of_person = vec![Vec::new(); people.len];
    let mut start = 0;
    for (j, rows) in all.iter().enumerate().filter(|(j, _)| *j != domain) {
        let mut counts = vec![0.0_f32; training.users(j)];
        rows.users.iter().for_each(|&user| counts[user.index()] += 1.0);
        for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
            let share = (0.2 + 0.8 * target) / counts[user.index()];
            of_person[people.of[j][user.index()] as usize].push((start + item.0, share));
        }
        start += training.items(j) as u32;
    }
    let mut seen = SparseRows::new(start as usize);
    for &person in &people.of[domain] {
        let (columns, values): (Vec<u32>, Vec<f32>) = of_person[person as usize].iter().copied().unzip();
        seen.push(&columns, &values);
    }
    seen
}

/// The trained model, by domain.
#[derive(Debug)]
struct Machines(Vec<Trained>);

/// A machine's tables: factors and weight of users and items, and what each user's ratings elsewhere come to.
#[derive(Debug)]
struct Trained {
    users: Table,
    items: Table,
    elsewhere: Table,
    mean: f32,
}

impl Recommender for Machines {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let machine = &self.0[domain];
        let k = machine.users.columns - 1;
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let (p, q) = (machine.users.row(user.index()), machine.items.row(item.index()));
            let all = machine.elsewhere.row(user.index());
            let z = &all[..k];
            let pairs = dot(&p[..k], &q[..k]) + dot(&p[..k], z) + dot(&q[..k], z);
            let squares = 0.5 * (dot(z, z) - all[k + 1]);
            (machine.mean + p[k] + q[k] + all[k] + pairs + squares).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, Trained { users, items, elsewhere, mean }) in self.0.iter().enumerate() {
            users.save(&format!("{d}.users"), &mut saved);
            items.save(&format!("{d}.items"), &mut saved);
            elsewhere.save(&format!("{d}.elsewhere"), &mut saved);
            saved.put_list(format!("{d}.mean"), vec![*mean]);
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::with_burn::CDFM;
    use super::*;
    use crate::baselines;
    use crate::peers::planted::{Planted, rmse, stars};
    use crate::recommender::Entry;
    use crate::settings::Config;

    /// Three users of three items, of whom two have rated some of four items elsewhere.
    fn others(parameters: &mut Parameters, chance: &mut Generator) -> Others {
        let mut seen = SparseRows::new(4);
        seen.push(&[0, 2], &[0.5, 0.25]);
        seen.push(&[], &[]);
        seen.push(&[1, 2, 3], &[0.3, 0.1, 0.2]);
        let table = parameters.normal("items elsewhere", [4, 3], 0.6, chance);
        Others { table, seen_by: transposed(&seen), seen }
    }

    fn batch() -> Batch {
        Batch {
            users: vec![0, 1, 2, 2],
            items: vec![1, 0, 2, 1],
            residuals: vec![0.5, -0.5, 0.25, 1.0],
            penalties: [vec![0.3, 0.2, 0.1, 0.1], vec![0.4, 0.1, 0.2, 0.3]],
        }
    }

    #[test]
    fn gradients_through_what_was_rated_elsewhere_are_those_of_finite_differences() {
        let mut parameters = Parameters::new(&Device::cpu(), Rule::Adam { learning_rate: 0.1 });
        let mut chance = Generator::new(2, "gradients");
        let others = others(&mut parameters, &mut chance);
        let tables = ["people", "items"].map(|name| parameters.normal(name, [3, 3], 0.6, &mut chance));
        let table = pollster::block_on(parameters.table(others.table)).unwrap();
        let value = |table: &Table| {
            let leaf = parameters.leaf_of(others.summed(table).values, 4);
            let [error, _] = loss(&parameters.leaves(), tables, Some(&leaf), batch());
            (leaf, error)
        };
        let (leaf, error) = value(&table);
        let gradient = leaf.grad_remove(&mut error.backward()).unwrap();
        let gradient =
            Table { values: pollster::block_on(parameters.read("x", gradient)).unwrap(), columns: 4 };
        let told = others.pulled_back(&table, &gradient).values;
        for (entry, &told) in told.iter().enumerate() {
            let at = |by: f32| {
                let mut moved = table.clone();
                moved.values[entry] += by;
                f64::from(pollster::block_on(parameters.read("x", value(&moved).1.inner())).unwrap()[0])
            };
            let found = (at(4e-3) - at(-4e-3)) / 8e-3;
            assert!((f64::from(told) - found).abs() < 1e-3, "{entry}: {told} {found}");
        }
        assert!(told.iter().any(|g| g.abs() > 0.05));
        let summed = others.summed(&table);
        crate::recommender::autodiff::check::assert_gradients(&mut parameters, &[], |leaves| {
            let [error, penalty] =
                loss(leaves, tables, Some(&leaves.given(summed.values.clone(), 4)), batch());
            error + penalty
        });
    }

    #[test]
    fn a_prediction_is_the_machines_own_formula() {
        let mut parameters = Parameters::new(&Device::cpu(), Rule::Adam { learning_rate: 0.1 });
        let mut chance = Generator::new(4, "formula");
        let others = others(&mut parameters, &mut chance);
        let table = pollster::block_on(parameters.table(others.table)).unwrap();
        let mut small = |rows: usize| Table { values: chance.normals(rows * 3, 0.3), columns: 3 };
        let (users, items) = (small(3), small(3));
        // The formula of the paper over the whole input: user 2, item 1 and three items elsewhere.
        let inputs = [(1.0, users.row(2)), (1.0, items.row(1))];
        let elsewhere = others.seen.row(2);
        let seen =
            elsewhere.0.iter().zip(elsewhere.1).map(|(&item, &share)| (share, table.row(item as usize)));
        let all: Vec<(f32, &[f32])> = inputs.into_iter().chain(seen).collect();
        let mut expected = 0.5 + all.iter().map(|(x, row)| x * row[2]).sum::<f32>();
        for f in 0..2 {
            let sum: f32 = all.iter().map(|(x, row)| x * row[f]).sum();
            expected += 0.5 * (sum * sum - all.iter().map(|(x, row)| (x * row[f]).powi(2)).sum::<f32>());
        }
        let summed = others.summed(&table);
        let model = Machines(vec![Trained { users, items, elsewhere: summed, mean: 0.5 }]);
        assert!((0.0..1.0).contains(&expected));
        assert!((model.predict(0, &[UserId(2)], &[ItemId(1)])[0] - expected).abs() < 1e-5);
    }

    #[test]
    fn an_interaction_between_domains_is_found_that_a_bias_model_cannot_see() {
        // People of either kind rate items of their kind in the second domain, and love them; in the first domain they love
        // those of the other kind. Everybody's mean is the same. Of the first domain a person has rated four items or so,
        // too few to learn their taste from.
        let rating = |d: usize, user: u32, item: u32| match d {
            0 => (user / 2 + item / 2).is_multiple_of(4).then_some(if user % 2 == item % 2 {
                2.0
            } else {
                5.0
            }),
            _ => (user % 2 == item % 2).then_some(5.0),
        };
        let world = stars(&[(300, 0), (300, 0)], 32, 0.5, rating);
        let config = Config {
            epochs: 40,
            batch: 64,
            learning_rate: 1e-2,
            row_l2: 0.3,
            embedding_deviation: 0.1,
            patience: None,
            tolerance: 0.0,
            ..Config::robust()
        };
        let planted = Planted::of(world, config).cold();
        let error = |entry: &Entry| rmse(&*planted.trained_to_its_end(entry), 0, &planted.newcomers(0));
        let (own, bias) = (error(&CDFM), error(&baselines::LINKED_BIAS));
        assert!(own < 0.5 * bias, "{own} beside {bias}");
    }
}
