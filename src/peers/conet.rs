//! CoNet: a tower for each domain, and cross connections through which they see each other's units (Hu, Zhang and Yang,
//! CoNet: Collaborative Cross Networks for Cross-Domain Recommendation, CIKM 2018, Eqs. 4 to 6; settings of the authors'
//! code, njuhugn/CoNet). A person u has one vector in all domains; a pair of items (i, j) of both domains goes through
//!
//! a' = relu(W_A a + b_A + H c), c' = relu(W_B c + b_B + H a), from a = \[u ; v_i\] and c = \[u ; w_j\],
//!
//! with one H both ways, in the first two of the layers 2k, k, k/2, k/4 (64, 32, 16, 8 at the source's k of 32).
//!
//! Not of the source: a linear output and squared error in place of a softmax over two classes, no negative samples, the
//! first weights of the towers (there N(0, 0.01²), with which few epochs get nowhere), the penalty `row_l2` on vectors, and
//! no clipping of gradients, which are small on this scale. j is any item that the person rated in the other domain; in
//! predictions w_j is the mean over these. People whom one domain alone knows have no H. A domain of several links sees
//! the first domain that it is linked with. Unknown people and items are the mean of the known ones.

use std::sync::Arc;

use burn::tensor::{Tensor, activation::relu};

use crate::data::{ItemId, UserId};
use crate::engine::Device;
use crate::error::Result;
use crate::recommender::autodiff::{
    HostTower, Leaves, Parameters, Rule, Steps, Table, Term, Tower, Weights, begin, relu as host_relu, shares,
};
use crate::recommender::saved::{self, Checked, Saved};
use crate::recommender::{Assignment, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, JoinedPeople, Rows, Training};

/// Deviation of the first vectors and of the first H.
const DEVIATION: f32 = 0.01;

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, |training, config, device| Conet::new(training, config, device, true))
}

/// The model of a file.
pub(super) fn load(parts: &mut saved::Parts) -> Checked<Arc<dyn Recommender>> {
    let (count, k) =
        (parts.length("people", 2, 0, usize::MAX)?, parts.length("people", 2, 1, MAX_DIMENSION)?);
    let domains = (0..parts.domains()).map(|d| Seen::load(parts, d, count, k)).collect::<Checked<_>>()?;
    let persons = Table::load(parts, "people", count, k)?;
    Ok(Arc::new(Network { persons, people: parts.people(count)?, domains }))
}

/// Units of a tower, from its inputs to its output.
fn widths(k: usize) -> [usize; 5] {
    [2 * k, k, (k / 2).max(1), (k / 4).max(1), 1]
}

struct Conet {
    parameters: Parameters,
    people: JoinedPeople,
    persons: Weights,
    person_shares: Vec<f32>,
    domains: Vec<Domain>,
    /// H of both layers, by link.
    crosses: Vec<[Weights; 2]>,
    /// λ.
    penalty: f32,
    batch: usize,
    chance: Generator,
}

/// One domain.
struct Domain {
    items: Weights,
    tower: Tower,
    rows: Rows,
    /// The person of each row.
    given_by: Vec<u32>,
    item_shares: Vec<f32>,
    mean: f32,
    /// What each person rated here.
    rated: Vec<Vec<ItemId>>,
    /// The domain that it sees, and their link.
    other: Option<(usize, usize)>,
}

/// Rows of a step: people, items, items of the other domain, and where there is one, 1.
struct Batch {
    people: Vec<u32>,
    items: Vec<u32>,
    others: Vec<ItemId>,
    is_crossed: Vec<f32>,
    residuals: Vec<f32>,
    /// Factors of ‖u‖² and ‖v‖².
    penalties: [Vec<f32>; 2],
}

/// What the forward pass of a domain is made of.
struct Parts<'a> {
    persons: Weights,
    items: Weights,
    tower: &'a Tower,
    /// Items and tower of the other domain, and H.
    other: Option<(Weights, &'a Tower, [Weights; 2])>,
}

impl Conet {
    /// With `is_crossed` false there is no H: what it carries is what this changes.
    fn new(training: &Training, config: &ValidConfig, device: &Device, is_crossed: bool) -> Self {
        let mut parameters = Parameters::new(device, Rule::Adam { learning_rate: config.learning_rate });
        let mut chance = Generator::new(config.seed, "cross networks");
        let people = JoinedPeople::new(training);
        let k = config.dimension;
        let widths = widths(k);
        let persons = parameters.normal("people", [people.len, k], DEVIATION, &mut chance);
        let mut domains = Vec::with_capacity(training.domains());
        let links =
            if training.crossing() == Crossing::All && is_crossed { training.links() } else { Vec::new() };
        for d in 0..training.domains() {
            let rows = training.rows(d);
            let given_by = people.of_rows(d, &rows);
            let mut rated = vec![Vec::new(); people.len];
            given_by.iter().zip(&rows.items).for_each(|(&person, &item)| rated[person as usize].push(item));
            let linked = links.iter().enumerate().find(|(_, link)| link.0 == d || link.1 == d);
            domains.push(Domain {
                items: parameters.normal("items", [training.items(d), k], DEVIATION, &mut chance),
                tower: Tower::new(&mut parameters, "tower", &widths, [1.0, config.weight_decay], &mut chance),
                item_shares: shares(training.items(d), ItemId::numbers(&rows.items).iter()),
                mean: rows.mean(),
                rows,
                given_by,
                rated,
                other: linked.map(|(link, &(a, b))| (if a == d { b } else { a }, link)),
            });
        }
        let cross = |_: &(usize, usize)| {
            [0, 1].map(|layer| {
                let shape = [widths[layer], widths[layer + 1]];
                parameters.normal("cross connections", shape, DEVIATION, &mut chance)
            })
        };
        let crosses = links.iter().map(cross).collect();
        let person_shares = shares(people.len, domains.iter().flat_map(|domain| &domain.given_by));
        let (penalty, batch) = (config.row_l2, config.batch);
        Self { parameters, people, persons, person_shares, domains, crosses, penalty, batch, chance }
    }

    fn batch(&mut self, d: usize, chosen: &[u32]) -> Batch {
        let domain = &self.domains[d];
        let of = |column: &[u32]| chosen.iter().map(|&row| column[row as usize]).collect::<Vec<u32>>();
        let (people, items) = (of(&domain.given_by), of(ItemId::numbers(&domain.rows.items)));
        let chance = &mut self.chance;
        let elsewhere = domain.other.map(|(other, _)| &self.domains[other].rated);
        let other = |&person: &u32| {
            let rated = elsewhere.map_or(&[][..], |rated| &rated[person as usize]);
            match rated.len() {
                0 => (ItemId(0), 0.0),
                n => (rated[chance.below(n)], 1.0),
            }
        };
        let (others, is_crossed) = people.iter().map(other).unzip();
        let factors = |rows: &[u32], shares: &[f32]| -> Vec<f32> {
            rows.iter().map(|&row| self.penalty * shares[row as usize]).collect()
        };
        Batch {
            penalties: [factors(&people, &self.person_shares), factors(&items, &domain.item_shares)],
            residuals: chosen.iter().map(|&row| domain.rows.targets[row as usize] - domain.mean).collect(),
            people,
            items,
            others,
            is_crossed,
        }
    }

    fn take_step(&mut self, d: usize, chosen: &[u32]) -> Tensor<1> {
        let batch = self.batch(d, chosen);
        let domain = &self.domains[d];
        let other = domain.other.map(|(other, link)| {
            let other = &self.domains[other];
            (other.items, &other.tower, self.crosses[link])
        });
        let parts = Parts { persons: self.persons, items: domain.items, tower: &domain.tower, other };
        let leaves = self.parameters.leaves();
        let [error, penalty] = loss(&leaves, &parts, batch);
        self.parameters.step(&leaves, &(error.clone() + penalty));
        error.inner()
    }

    async fn network(&self) -> Result<Arc<dyn Recommender>> {
        let mut persons = self.parameters.table(self.persons).await?;
        put_mean_for_unknown(&mut persons, &self.person_shares);
        let mut domains = Vec::with_capacity(self.domains.len());
        for domain in &self.domains {
            let mut items = self.parameters.table(domain.items).await?;
            put_mean_for_unknown(&mut items, &domain.item_shares);
            domains.push(Seen {
                items,
                tower: self.parameters.host_tower(&domain.tower).await?,
                mean: domain.mean,
                elsewhere: None,
            });
        }
        for (d, domain) in self.domains.iter().enumerate() {
            let Some((other, link)) = domain.other else { continue };
            let [first, second] = self.crosses[link];
            let mean_of = |items: &Vec<ItemId>| {
                let all = items.iter().map(|item| item.index());
                (!items.is_empty()).then(|| domains[other].items.mean_of(all))
            };
            let means = self.domains[other].rated.iter().map(mean_of).collect();
            let crosses = [self.parameters.table(first).await?, self.parameters.table(second).await?];
            domains[d].elsewhere = Some(Elsewhere { means, domain: other, crosses });
        }
        Ok(Arc::new(Network { persons, people: self.people.of.clone(), domains }))
    }
}

impl Steps for Conet {
    fn terms(&self) -> Vec<Term> {
        self.domains.iter().map(|domain| Term { rows: domain.rows.len(), batch: self.batch }).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(async move { Ok(self.take_step(term, rows)) })
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.network())
    }
}

/// The mean squared error of ratings less the mean, and the penalty, each `[1]`.
fn loss(leaves: &Leaves, parts: &Parts, batch: Batch) -> [Tensor<1>; 2] {
    let (u, v) = (leaves.rows(parts.persons, &batch.people), leaves.rows(parts.items, &batch.items));
    let [factor_u, factor_v] = batch.penalties.map(|factors| leaves.given(factors, 1));
    let penalty =
        (u.clone().square().sum_dim(1) * factor_u + v.clone().square().sum_dim(1) * factor_v).mean();
    let input = Tensor::cat(vec![u.clone(), v], 1);
    let first = parts.tower.dense(leaves, 0, input.clone());
    let second = match &parts.other {
        None => parts.tower.dense(leaves, 1, relu(first)),
        Some((items, tower, [h_1, h_2])) => {
            let mask = leaves.given(batch.is_crossed, 1);
            let other = Tensor::cat(vec![u, leaves.rows(*items, ItemId::numbers(&batch.others))], 1);
            let crossed = other.clone().matmul(leaves.of(*h_1)) * mask.clone();
            let first_other = tower.dense(leaves, 0, other) + input.matmul(leaves.of(*h_1));
            let crossed_on = relu(first_other).matmul(leaves.of(*h_2)) * mask;
            parts.tower.dense(leaves, 1, relu(first + crossed)) + crossed_on
        }
    };
    let said =
        (2..parts.tower.layers.len()).fold(second, |x, layer| parts.tower.dense(leaves, layer, relu(x)));
    [(said - leaves.given(batch.residuals, 1)).square().mean(), penalty]
}

/// Rows without ratings become the mean of those with some.
fn put_mean_for_unknown(table: &mut Table, shares: &[f32]) {
    let mean = table.mean_of((0..shares.len()).filter(|&row| shares[row] > 0.0));
    let unknown = (0..shares.len()).filter(|&row| shares[row] == 0.0);
    unknown.for_each(|row| table.row_mut(row).copy_from_slice(&mean));
}

/// The trained model.
#[derive(Debug)]
struct Network {
    persons: Table,
    /// Person of each user, by domain.
    people: Vec<Vec<u32>>,
    domains: Vec<Seen>,
}

/// One domain's items and tower.
#[derive(Debug)]
struct Seen {
    items: Table,
    tower: HostTower,
    mean: f32,
    elsewhere: Option<Elsewhere>,
}

/// What a domain sees of another.
#[derive(Debug)]
struct Elsewhere {
    /// By person, the mean of the items that they rated there.
    means: Vec<Option<Vec<f32>>>,
    domain: usize,
    crosses: [Table; 2],
}

impl Seen {
    fn save(&self, d: usize, count: usize, k: usize, saved: &mut Saved) -> Result<()> {
        let name = |part: &str| format!("{d}.{part}");
        self.items.save(&name("items"), saved);
        self.tower.save(&name("tower"), saved);
        saved.put_list(name("mean"), vec![self.mean]);
        let Some(elsewhere) = &self.elsewhere else { return Ok(()) };
        let mut means = Table::zeros(count, k);
        for (person, mean) in elsewhere.means.iter().enumerate() {
            if let Some(mean) = mean {
                means.row_mut(person).copy_from_slice(mean);
            }
        }
        means.save(&name("elsewhere.means"), saved);
        let is_known = elsewhere.means.iter().map(|mean| u8::from(mean.is_some()));
        saved.put_list(name("elsewhere.is_known"), is_known.collect::<Vec<u8>>());
        saved.say(name("elsewhere.domain"), elsewhere.domain)?;
        let crosses = elsewhere.crosses.iter().enumerate();
        crosses.for_each(|(layer, cross)| cross.save(&name(&format!("elsewhere.cross.{layer}")), saved));
        Ok(())
    }

    fn load(parts: &mut saved::Parts, d: usize, count: usize, k: usize) -> Checked<Self> {
        let name = |part: &str| format!("{d}.{part}");
        let widths = widths(k);
        let cross = |parts: &mut saved::Parts, layer: usize| {
            Table::load(parts, &name(&format!("elsewhere.cross.{layer}")), widths[layer], widths[layer + 1])
        };
        let elsewhere = match parts.has_part(&name("elsewhere")) {
            true => {
                let means = Table::load(parts, &name("elsewhere.means"), count, k)?;
                let is_known = parts.flags(&name("elsewhere.is_known"), &[count])?;
                let mean = |(person, is_known): (usize, bool)| is_known.then(|| means.row(person).to_vec());
                Some(Elsewhere {
                    means: is_known.into_iter().enumerate().map(mean).collect(),
                    domain: parts.size(&name("elsewhere.domain"), 0, parts.domains() - 1)?,
                    crosses: [cross(parts, 0)?, cross(parts, 1)?],
                })
            }
            false => None,
        };
        Ok(Self {
            items: Table::load(parts, &name("items"), parts.items(d), k)?,
            tower: HostTower::load(parts, &name("tower"), &widths)?,
            mean: parts.number(&name("mean"))?,
            elsewhere,
        })
    }
}

impl Network {
    /// A rating, not clipped to the scale.
    fn rating(&self, domain: usize, user: UserId, item: ItemId) -> f32 {
        let own = &self.domains[domain];
        let person = self.people[domain][user.index()] as usize;
        let u = self.persons.row(person);
        let input = [u, own.items.row(item.index())].concat();
        let first = own.tower.dense(0, &input);
        let elsewhere = own.elsewhere.as_ref().and_then(|seen| Some((seen, seen.means[person].as_ref()?)));
        let second = match elsewhere {
            None => own.tower.dense(1, &host_relu(first)),
            Some((seen, mean)) => {
                let [h_1, h_2] = &seen.crosses;
                let other = [u, mean].concat();
                let first_other = h_1.added(self.domains[seen.domain].tower.dense(0, &other), &input);
                let second = own.tower.dense(1, &host_relu(h_1.added(first, &other)));
                h_2.added(second, &host_relu(first_other))
            }
        };
        let layers = own.tower.layers.len();
        let said = (2..layers).fold(second, |x, layer| own.tower.dense(layer, &host_relu(x)));
        own.mean + said[0]
    }
}

impl Recommender for Network {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        users
            .iter()
            .zip(items)
            .map(|(&user, &item)| self.rating(domain, user, item).clamp(0.0, 1.0))
            .collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        self.persons.save("people", &mut saved);
        saved.put_people(&self.people);
        for (d, domain) in self.domains.iter().enumerate() {
            domain.save(d, self.persons.rows(), self.persons.columns, &mut saved)?;
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::with_burn::CONET;
    use super::*;
    use crate::peers::planted::{Planted, rmse, stars};
    use crate::recommender::Entry;
    use crate::recommender::autodiff::check::assert_gradients;
    use crate::settings::Config;

    /// The same model without cross connections.
    const CUT: Entry = Entry {
        begin: |assignment| {
            begin(assignment, |training, config, device| Conet::new(training, config, device, false))
        },
        ..CONET
    };

    struct Small {
        parameters: Parameters,
        persons: Weights,
        items: [Weights; 2],
        towers: [Tower; 2],
        crosses: [Weights; 2],
    }

    /// Two people, three items in each of two domains, k = 4.
    fn small() -> Small {
        let mut parameters = Parameters::new(&Device::cpu(), Rule::Adam { learning_rate: 0.1 });
        let mut chance = Generator::new(8, "small");
        let persons = parameters.normal("people", [2, 4], 0.7, &mut chance);
        let items = [0, 1].map(|_| parameters.normal("items", [3, 4], 0.7, &mut chance));
        let towers =
            [0, 1].map(|_| Tower::new(&mut parameters, "tower", &[8, 5, 4, 3, 1], [1.0, 0.0], &mut chance));
        let crosses =
            [[8, 5], [5, 4]].map(|shape| parameters.normal("cross connections", shape, 0.5, &mut chance));
        Small { parameters, persons, items, towers, crosses }
    }

    fn batch() -> Batch {
        Batch {
            people: vec![0, 1, 0],
            items: vec![2, 1, 0],
            others: [1, 0, 2].map(ItemId).to_vec(),
            is_crossed: vec![1.0, 0.0, 1.0],
            residuals: vec![0.5, -0.5, 0.3],
            penalties: [vec![0.2; 3], vec![0.1; 3]],
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let Small { mut parameters, persons, items, towers, crosses } = small();
        let other = Some((items[1], &towers[1], crosses));
        let parts = Parts { persons, items: items[0], tower: &towers[0], other };
        assert_gradients(&mut parameters, &[], |leaves| {
            let [error, penalty] = loss(leaves, &parts, batch());
            error + penalty
        });
    }

    #[test]
    fn predictions_are_those_that_the_loss_is_of() {
        let Small { parameters, persons, items, towers, crosses } = small();
        let table = |weights| pollster::block_on(parameters.table(weights)).unwrap();
        let tower = |tower| pollster::block_on(parameters.host_tower(tower)).unwrap();
        let batch = batch();
        // Each row's other item as the mean of one, and nobody's where nothing crosses.
        let seen = |d: usize, row: Option<usize>| Seen {
            items: table(items[d]),
            tower: tower(&towers[d]),
            mean: 0.5,
            elsewhere: row.map(|row| Elsewhere {
                means: vec![
                    (batch.is_crossed[row] > 0.0)
                        .then(|| table(items[1]).row(batch.others[row].index()).to_vec());
                    2
                ],
                domain: 1,
                crosses: crosses.map(table),
            }),
        };
        for row in 0..3 {
            let domains = vec![seen(0, Some(row)), seen(1, None)];
            let model = Network { persons: table(persons), people: vec![vec![0, 1]; 2], domains };
            let said = model.rating(0, UserId(batch.people[row]), ItemId(batch.items[row]));
            let one = Batch {
                people: vec![batch.people[row]],
                items: vec![batch.items[row]],
                others: vec![batch.others[row]],
                is_crossed: vec![batch.is_crossed[row]],
                // What the model says is the rating, so that the error is nothing.
                residuals: vec![said - 0.5],
                penalties: [vec![0.0], vec![0.0]],
            };
            assert!((said - 0.5).abs() > 0.01, "{said}");
            let other = Some((items[1], &towers[1], crosses));
            let parts = Parts { persons, items: items[0], tower: &towers[0], other };
            let [error, _] = loss(&parameters.leaves(), &parts, one);
            let error = pollster::block_on(parameters.read("a loss", error.inner())).unwrap()[0];
            assert!(error < 1e-9, "{error}");
        }
    }

    #[test]
    fn the_cross_term_carries_what_people_chose_elsewhere() {
        // In the second domain everything has three stars, but people of either kind choose items of their kind; in the
        // first the kinds rate high and low, and nobody rates much.
        let rating = |d: usize, user: u32, item: u32| match d {
            0 => (user / 2 + item).is_multiple_of(4).then_some([5.0, 2.0][user as usize % 2]),
            _ => (user % 2 == item % 2).then_some(3.0),
        };
        let world = stars(&[(240, 0), (240, 0)], 24, 0.6, rating);
        let config = Config {
            epochs: 25,
            batch: 64,
            learning_rate: 5e-3,
            patience: None,
            tolerance: 0.0,
            ..Config::robust()
        };
        let planted = Planted::of(world, config).cold();
        let error = |entry: &Entry| rmse(&*planted.trained_to_its_end(entry), 0, &planted.newcomers(0));
        let (crossed, cut) = (error(&CONET), error(&CUT));
        assert!(crossed < 0.6 * cut, "{crossed} with and {cut} without");
    }
}
