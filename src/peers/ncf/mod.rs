//! NCF: neural matrix factorisation, NeuMF (He et al., Neural Collaborative Filtering, WWW 2017, Eqs. 8 to 12), of each
//! domain on its own or, as `ncf-joint`, one network on the ratings of all domains with one vector a person.
//! r̂ = hᵀ [p^G ⊙ q^G ; φ_L(… φ_2(φ_1(W_1 [p^M ; q^M] + b_1)))], where p^G, q^G and p^M, q^M are vectors of their own and φ
//! is a dense layer with ReLU. Widths as in the authors' program, with 8 for k / 2: p^G of 8 numbers, p^M of 32, layers of
//! 32, 16 and 8 units; vectors begin from N(0, 0.01²).
//!
//! On the fused engine a user has one vector [p^G, W_u p^M, 0] and an item [q^G, 0, W_v q^M], with W_1 = [W_u W_v]: the
//! products are then those of p^G and q^G alone (h folded into p^G), and the first layer only adds, φ_1(W_u p^M + W_v q^M +
//! b_1). As p^M has as many numbers as the first layer has units, W_u p^M can be any vector, and is trained itself. So the
//! functions are those of NeuMF; what differs is that W_1 is not a parameter of its own.
//!
//! Different from the paper: squared error on all ratings instead of cross-entropy on rated and drawn unrated pairs, a
//! linear output instead of a sigmoid, no pretraining (the paper's section 3.4.1), and batch, step size and stopping of
//! the settings. The joint network is as in the tables of the dual metric learning paper, which names no details; where no
//! vectors may cross, each domain has a network of its own. Newcomers have the vector that their ratings elsewhere made.

use std::sync::Arc;

use crate::data::{ItemId, UserId};
use crate::dml::network::{DenseLayer, RecommendationNetwork};
use crate::engine::{Adam, Dense, Device, Gather, Head, ParamId, RatingTerm, Term, Through, TrainingGraph};
use crate::error::Result;
use crate::recommender::graph::{
    DomainTerms, GraphLearner, GraphModel, Layout, Weights, counts, person_counts, plain, rating_rows,
    zero_unrated,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Capabilities, Entry, Learner, Recommender, by_epochs};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, JoinedPeople, Rows, Training};

/// Deviation of the vectors before training, of the authors' program.
const DEVIATION: f32 = 0.01;

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "ncf",
    description: "Neural matrix factorisation (NeuMF) of each domain on its own",
    source: "He, Liao, Zhang, Nie, Hu and Chua, Neural Collaborative Filtering (2017)",
    capabilities: Capabilities::NONE,
    reads: &["learning_rate", "dimension", "batch"],
    begin: |assignment| {
        by_epochs(
            assignment,
            |training, config, device| async move { learner(&training, &config, &device, None) },
        )
    },
    load: |parts| Ncf::load(parts, false),
};

/// The same over all domains, in the list of models.
pub const JOINT: Entry = Entry {
    name: "ncf-joint",
    description: "One NeuMF on the ratings of all domains, with one vector a person",
    source: "He, Liao, Zhang, Nie, Hu and Chua, Neural Collaborative Filtering (2017), on the joined ratings",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "dimension", "batch"],
    begin: |assignment| {
        by_epochs(assignment, |training, config, device| async move {
            let people = JoinedPeople::new(&training);
            learner(&training, &config, &device, Some(people))
        })
    },
    load: |parts| Ncf::load(parts, true),
};

fn learner(
    training: &Training,
    config: &ValidConfig,
    device: &Device,
    people: Option<JoinedPeople>,
) -> Result<Box<dyn Learner>> {
    let (layout, plan) = plan(config, training, people);
    Ok(Box::new(GraphLearner::new(layout, plan, config, device)?))
}

/// Numbers of the parts of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Widths {
    /// Of p^G.
    product: usize,
    /// Of W_u p^M, and units of the first layer.
    first: usize,
    /// Units of the second and of the third layer.
    rest: [usize; 2],
}

impl Widths {
    fn new(k: usize) -> Self {
        let half = (k / 2).max(1);
        Self { product: half, first: 2 * k, rest: [k, half] }
    }

    /// Of the whole vector in the table.
    fn whole(self) -> usize {
        self.product + 2 * self.first
    }

    /// Where the part for the first layer begins: after p^G for users, behind the zeros for items.
    fn start(self, is_of_items: bool) -> usize {
        if is_of_items { self.product + self.first } else { self.product }
    }

    /// Whether a number of a vector is one of those that are always zero.
    fn is_zero(self, number: usize, is_of_items: bool) -> bool {
        let start = self.start(is_of_items);
        number >= self.product && !(start..start + self.first).contains(&number)
    }
}

/// Where everything is in the training graph.
#[derive(Debug)]
struct Plan {
    k: usize,
    widths: Widths,
    domains: Vec<DomainPlan>,
    /// Person of each user, by domain; `None` where each domain has its own users.
    people: Option<Arc<[Vec<u32>]>>,
}

/// One domain in the training graph.
#[derive(Clone, Debug)]
struct DomainPlan {
    users: ParamId,
    user_counts: Vec<u32>,
    items: ParamId,
    item_counts: Vec<u32>,
    head: Vec<Dense>,
}

/// Lays out a network for each domain, or for all of them where vectors cross between `people`.
fn plan(config: &ValidConfig, training: &Training, people: Option<JoinedPeople>) -> (Layout, Plan) {
    let widths = Widths::new(config.dimension);
    let mut rng = Generator::new(config.seed, "weights");
    let mut graph = TrainingGraph::new(Adam { rows: config.updated_rows, ..Adam::new(config.learning_rate) });
    let rows: Vec<_> = (0..training.domains()).map(|d| training.rows(d)).collect();
    let [user_map, item_map] = [false, true].map(|is_of_items| mask(&mut graph, widths, is_of_items));
    let common = people.as_ref().map(|people| {
        (table(&mut graph, people.len, widths, false, &mut rng), person_counts(training, people))
    });
    let is_joint = people.is_some() && training.crossing() == Crossing::All;
    let all: usize = rows.iter().map(Rows::len).sum();
    let mean = rows.iter().map(|rows| rows.mean() * rows.len() as f32).sum::<f32>() / all.max(1) as f32;
    let (mut domains, mut terms): (Vec<DomainPlan>, _) = (Vec::new(), Vec::new());
    for (d, rows) in rows.iter().enumerate() {
        let (users, user_counts) = match &common {
            Some(common) => common.clone(),
            None => {
                let n = training.users(d);
                let counts = counts(UserId::numbers(&rows.users).iter().copied(), n);
                (table(&mut graph, n, widths, false, &mut rng), counts)
            }
        };
        let item_counts = counts(ItemId::numbers(&rows.items).iter().copied(), training.items(d));
        let items = table(&mut graph, item_counts.len(), widths, true, &mut rng);
        let (number, head) = match domains.first() {
            Some(first) if is_joint => (0, first.head.clone()),
            _ => (d, head(&mut graph, widths, if is_joint { mean } else { rows.mean() }, &mut rng)),
        };
        let through = |map| Some(Through { map, transposed: false });
        let users_of = people.as_ref().map(|people| &people.of[d][..]);
        let term = graph.term(Term::Rating(RatingTerm {
            user: Gather { through: through(user_map), ..plain(users) },
            item: Gather { through: through(item_map), ..plain(items) },
            head: number,
            row_l2: 0.0,
            rows: Arc::new(rating_rows(rows, users_of)),
        }));
        terms.push(DomainTerms { rows: rows.len(), terms: vec![(term, 1.0)] });
        domains.push(DomainPlan { users, user_counts, items, item_counts, head });
    }
    let people = people.map(|people| people.of.into());
    (Layout { graph, domains: terms }, Plan { k: config.dimension, widths, domains, people })
}

/// A table of `n` vectors.
fn table(
    graph: &mut TrainingGraph,
    n: usize,
    widths: Widths,
    is_of_items: bool,
    rng: &mut Generator,
) -> ParamId {
    let width = widths.whole();
    let mut values = rng.normals(n * width, DEVIATION);
    for (number, value) in values.iter_mut().enumerate() {
        if widths.is_zero(number % width, is_of_items) {
            *value = 0.0;
        }
    }
    graph.param(n, width, values)
}

/// The map that keeps the zeros of a side's vectors, and keeps gradients from them.
fn mask(graph: &mut TrainingGraph, widths: Widths, is_of_items: bool) -> ParamId {
    let width = widths.whole();
    let mut values = vec![0.0; width * width];
    for number in (0..width).filter(|&number| !widths.is_zero(number, is_of_items)) {
        values[number * width + number] = 1.0;
    }
    graph.frozen(width, width, values)
}

/// The layers, of which the first only adds its part of both vectors to a bias.
fn head(graph: &mut TrainingGraph, widths: Widths, mean: f32, rng: &mut Generator) -> Vec<Dense> {
    let (width, units) = (widths.whole(), widths.first);
    let mut sum = vec![0.0; 2 * width * units];
    for unit in 0..units {
        sum[(widths.start(false) + unit) * units + unit] = 1.0;
        sum[(width + widths.start(true) + unit) * units + unit] = 1.0;
    }
    let mut layers = vec![Dense {
        weights: graph.frozen(2 * width, units, sum),
        bias: graph.param(1, units, vec![0.0; units]),
    }];
    let [second, third] = widths.rest;
    for (inputs, outputs) in [(units, second), (second, third), (third, 1)] {
        layers.push(graph.dense(inputs, outputs, rng));
    }
    // The output starts from the mean.
    graph.params[layers[3].bias].values = vec![mean];
    graph.heads.push(Head { layers: layers.clone(), dot: true, given: 0, dropout: 0.0 });
    layers
}

impl GraphModel for Plan {
    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>> {
        let width = self.widths.whole();
        let read = |table: ParamId, counts: &[u32]| {
            let mut vectors = weights[table].clone();
            zero_unrated(&mut vectors, counts, width);
            vectors
        };
        let layer = |layer: &Dense| DenseLayer {
            weights: weights[layer.weights].clone(),
            bias: weights[layer.bias].clone(),
        };
        let common: Option<Arc<[f32]>> = match (&self.people, self.domains.first()) {
            (Some(_), Some(first)) => Some(read(first.users, &first.user_counts).into()),
            _ => None,
        };
        let domain = |plan: &DomainPlan| Domain {
            users: common.clone().unwrap_or_else(|| read(plan.users, &plan.user_counts).into()),
            items: read(plan.items, &plan.item_counts),
            first: weights[plan.head[0].bias].clone(),
            rest: RecommendationNetwork { layers: plan.head[1..].iter().map(layer).collect(), dot: false },
        };
        let domains = self.domains.iter().map(domain).collect();
        Ok(Arc::new(Ncf { k: self.k, widths: self.widths, people: self.people.clone(), domains }))
    }
}

/// A trained model.
#[derive(Debug)]
struct Ncf {
    k: usize,
    widths: Widths,
    people: Option<Arc<[Vec<u32>]>>,
    domains: Vec<Domain>,
}

/// One domain of it.
#[derive(Debug)]
struct Domain {
    /// [p^G, W_u p^M, 0] of each user or person; domains with one table of people share it.
    users: Arc<[f32]>,
    /// [q^G, 0, W_v q^M] of each item.
    items: Vec<f32>,
    /// b_1.
    first: Vec<f32>,
    /// The layers after the first.
    rest: RecommendationNetwork,
}

impl Domain {
    fn rating(&self, widths: Widths, user: usize, item: usize) -> f32 {
        let width = widths.whole();
        let (p, q) = (&self.users[user * width..][..width], &self.items[item * width..][..width]);
        let product: f32 = p[..widths.product].iter().zip(q).map(|(p, q)| p * q).sum();
        let parts = p[widths.start(false)..].iter().zip(&q[widths.start(true)..]).zip(&self.first);
        let hidden: Vec<f32> = parts.map(|((p, q), b)| (p + q + b).max(0.0)).collect();
        (product + self.rest.forward(&hidden, &[], &[])).clamp(0.0, 1.0)
    }
}

impl Ncf {
    fn load(parts: &mut Parts, is_joint: bool) -> Checked<Arc<dyn Recommender>> {
        let k = parts.size("dimension", 1, MAX_DIMENSION)?;
        let widths = Widths::new(k);
        let count = if is_joint { parts.length("people", 2, 0, usize::MAX)? } else { 0 };
        let people = if is_joint { Some(parts.people(count)?) } else { None };
        // All domains have the one table of people.
        let common: Option<Arc<[f32]>> = match is_joint {
            true => Some(parts.rows("people", &[count, widths.whole()])?.into()),
            false => None,
        };
        let mut domains = Vec::new();
        for d in 0..parts.domains() {
            let users = match &common {
                Some(people) => people.clone(),
                None => parts.rows(&format!("{d}.users"), &[parts.users(d), widths.whole()])?.into(),
            };
            domains.push(Domain {
                users,
                items: parts.rows(&format!("{d}.items"), &[parts.items(d), widths.whole()])?,
                first: parts.rows(&format!("{d}.first"), &[widths.first])?,
                rest: RecommendationNetwork::load(parts, &format!("{d}.network"), widths.first)?,
            });
        }
        Ok(Arc::new(Self { k, widths, people: people.map(Into::into), domains }))
    }
}

impl Recommender for Ncf {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let user = self.people.as_ref().map_or(user.0, |people| people[domain][user.index()]);
            self.domains[domain].rating(self.widths, user as usize, item.index())
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.say("dimension", self.k)?;
        let width = self.widths.whole();
        if let (Some(people), Some(first)) = (&self.people, self.domains.first()) {
            saved.put_people(people);
            saved.put_rows("people", width, first.users.to_vec());
        }
        for (d, domain) in self.domains.iter().enumerate() {
            if self.people.is_none() {
                saved.put_rows(format!("{d}.users"), width, domain.users.to_vec());
            }
            saved.put_rows(format!("{d}.items"), width, domain.items.clone());
            saved.put_list(format!("{d}.first"), domain.first.clone());
            domain.rest.save(&format!("{d}.network"), &mut saved);
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests;
