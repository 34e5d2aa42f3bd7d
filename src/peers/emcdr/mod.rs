//! EMCDR: Man, Shen, Jin and Cheng, Cross-Domain Recommendation: An Embedding and Mapping Approach (IJCAI 2017). (1) each
//! domain is factorised by itself; (2) a map f from A's people to B's is learnt from those in both,
//! min Σ ‖f(u_A) − u_B‖², linear ([`linear`]) or a network with one hidden layer ([`mlp`]); (3) somebody known in A alone
//! is predicted in B by f(u_A) · v_B, everybody else by the own vector. The direct control of an orthogonal X: the same
//! pairs, without the constraint and without a loop.
//!
//! Different from the paper: both directions are learnt; the factorisations have trained means
//! ([`factorisation`](super::factorisation)); as a training can end after any epoch, f is not learnt once in the end but
//! after each epoch, from the vectors as they then are. With more than two domains every link has its two maps, and
//! somebody who is known in several other domains has the mean of what these maps give.

mod linear;
mod mlp;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use linear::Linear;
use mlp::Mlp;

use super::factorisation::{Items, Plan, plan};
use crate::data::{ItemId, UserId};
use crate::engine::ParamId;
use crate::error::Result;
use crate::recommender::graph::{GraphLearner, GraphModel, Weights};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Assignment, Capabilities, Entry, Fit, Learner, Recommender, Work, by_epochs};
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, Training};

/// λ of the factorisations, as of CMF's.
const L2: f32 = 1.0;

const SOURCE: &str =
    "Man, Shen, Jin and Cheng, Cross-Domain Recommendation: An Embedding and Mapping Approach (2017)";

const CAPABILITIES: Capabilities = Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE };

/// With a linear map, in the list of models.
pub const LINEAR: Entry = Entry {
    name: "emcdr-linear",
    description: "A factorisation of each domain and a linear map between their people",
    source: SOURCE,
    capabilities: CAPABILITIES,
    reads: &["learning_rate", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin(assignment, |k, _, _| Map::Linear(Linear::zero(k))),
    load: |parts| Emcdr::load(parts),
};

/// With a network for a map, in the list of models.
pub const MLP: Entry = Entry {
    name: "emcdr-mlp",
    description: "A factorisation of each domain and a network that maps their people",
    source: SOURCE,
    capabilities: CAPABILITIES,
    reads: &["learning_rate", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin(assignment, |k, config, purpose| Map::Mlp(Mlp::new(k, config, purpose))),
    load: |parts| Emcdr::load(parts),
};

/// An unlearnt map of so many dimensions; the text names its stream of random numbers.
type Unlearnt = fn(usize, &ValidConfig, &str) -> Map;

fn begin(assignment: Assignment, map: Unlearnt) -> Work<'static, Box<dyn Fit>> {
    by_epochs(assignment, move |training, config, device| async move {
        let (layout, plan) = plan(&config, &training, None, L2);
        let model = Mapped::new(plan, &training, &config, map);
        Ok(Box::new(GraphLearner::new(layout, model, &config, &device)?) as Box<dyn Learner>)
    })
}

/// f from the people of one domain to those of another.
#[derive(Clone, Debug)]
enum Map {
    Linear(Linear),
    Mlp(Mlp),
}

impl Map {
    /// Learns from pairs of vectors, `[n, k]` each.
    fn learn(&mut self, from: &[f32], to: &[f32]) {
        match self {
            Self::Linear(map) => *map = Linear::fitted(map.k(), from, to),
            Self::Mlp(map) => map.learn(from, to),
        }
    }

    /// f(`from`), `[k]`.
    fn apply(&self, from: &[f32]) -> Vec<f32> {
        match self {
            Self::Linear(map) => map.apply(from),
            Self::Mlp(map) => map.apply(from),
        }
    }
}

/// One direction of a link.
#[derive(Debug)]
struct Direction {
    from: usize,
    to: usize,
    /// People with training ratings in both.
    pairs: Vec<(UserId, UserId)>,
    /// People with training ratings in `from` and none in `to`.
    newcomers: Vec<(UserId, UserId)>,
    map: Map,
}

/// The factorisations and their maps.
#[derive(Debug)]
struct Mapped {
    plan: Plan,
    /// User tables, by domain.
    tables: Vec<ParamId>,
    directions: Vec<Direction>,
}

impl Mapped {
    fn new(plan: Plan, training: &Training, config: &ValidConfig, map: Unlearnt) -> Self {
        let links = if training.crossing() == Crossing::All { training.links() } else { Vec::new() };
        let is_rated = |d: usize, user: UserId| plan.domains[d].user_counts[user.index()] > 0;
        let mut directions = Vec::new();
        for (link, (a, b)) in links.into_iter().enumerate() {
            let linked = training.linked_pairs(link);
            for (from, to) in [(a, b), (b, a)] {
                let oriented =
                    linked.iter().map(|pair| if from == a { (pair.a, pair.b) } else { (pair.b, pair.a) });
                let known = oriented.filter(|pair| is_rated(from, pair.0));
                let (pairs, newcomers) = known.partition(|pair| is_rated(to, pair.1));
                let map = map(plan.k, config, &format!("map from {from} to {to}"));
                directions.push(Direction { from, to, pairs, newcomers, map });
            }
        }
        let tables = plan.domains.iter().map(|domain| domain.users).collect();
        Self { plan, tables, directions }
    }
}

impl GraphModel for Mapped {
    fn followed(&self) -> &[ParamId] {
        &self.tables
    }

    fn follow(&mut self, users: &Weights) -> Result<()> {
        let k = self.plan.k;
        for Direction { from, to, pairs, map, .. } in &mut self.directions {
            let (mut a, mut b) = (Vec::with_capacity(k * pairs.len()), Vec::with_capacity(k * pairs.len()));
            for &(one, other) in &*pairs {
                a.extend_from_slice(&users[*from][one.index() * k..][..k]);
                b.extend_from_slice(&users[*to][other.index() * k..][..k]);
            }
            map.learn(&a, &b);
        }
        Ok(())
    }

    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>> {
        let k = self.plan.k;
        let domains = self.plan.domains.len();
        let own: Vec<Vec<f32>> = (0..domains).map(|d| self.plan.users(d, weights)).collect();
        let mut vectors = own.clone();
        let mut sources: Vec<Vec<f32>> = own.iter().map(|own| vec![0.0; own.len() / k]).collect();
        for Direction { from, to, newcomers, map, .. } in &self.directions {
            for &(there, here) in newcomers {
                let mapped = map.apply(&own[*from][there.index() * k..][..k]);
                let vector = &mut vectors[*to][here.index() * k..][..k];
                let n = &mut sources[*to][here.index()];
                // The mean over the domains that they come from.
                vector.iter_mut().zip(mapped).for_each(|(x, y)| *x = (*x * *n + y) / (*n + 1.0));
                *n += 1.0;
            }
        }
        let items = (0..domains).map(|d| self.plan.items(d, weights)).collect();
        Ok(Arc::new(Emcdr { k, vectors, items }))
    }
}

/// A trained model.
#[derive(Debug)]
struct Emcdr {
    k: usize,
    /// By domain, own or mapped vectors, `[users, k]`.
    vectors: Vec<Vec<f32>>,
    items: Vec<Items>,
}

impl Emcdr {
    /// The maps are not needed: whoever is a newcomer has the mapped vector.
    fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
        let k = parts.length("0.users", 2, 1, MAX_DIMENSION)?;
        let (mut vectors, mut items) = (Vec::new(), Vec::new());
        for d in 0..parts.domains() {
            vectors.push(parts.rows(&format!("{d}.users"), &[parts.users(d), k])?);
            items.push(Items::load(parts, d, k)?);
        }
        Ok(Arc::new(Self { k, vectors, items }))
    }
}

impl Recommender for Emcdr {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (k, vectors, of) = (self.k, &self.vectors[domain], &self.items[domain]);
        let rating = |(&user, &item): (&UserId, &ItemId)| of.rating(&vectors[user.index() * k..][..k], item);
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, (users, items)) in self.vectors.iter().zip(&self.items).enumerate() {
            saved.put_rows(format!("{d}.users"), self.k, users.clone());
            items.save(d, &mut saved);
        }
        Ok(saved)
    }
}
