//! DDTCDR: Li and Tuzhilin, DDTCDR: Deep Dual Transfer Cross Domain Recommendation (WSDM 2020). With an orthogonal X from
//! A's people to B's, r̂_A = (1 − α) RS_A(W_uA, W_iA) + α RS_B(X W_uA, W_iA) and
//! r̂_B = (1 − α) RS_B(W_uB, W_iB) + α RS_A(Xᵀ W_uB, W_iB). X is learnt through the ratings alone: no loss draws the two
//! vectors of a person together, which is what dual metric learning adds. α = 0.03, layers of 64 and k units and dropout
//! 0.1 are of the authors' program.
//!
//! Where a side has a feature table its vectors are the codes of an autoencoder over it and stay as they are, as in the
//! paper; without one they are learnt with the networks. The gradient of the α part flows into X, the networks and learnt
//! vectors (the authors' program stops it). Trained is (1 − α)(r − RS_A)² + α (r − RS_B)², the mixture of the losses and
//! not the loss of the mixture: so it is in the authors' program, and the difference is α (1 − α)(RS_A − RS_B)². What is
//! predicted is the mixture, as in the paper; the program predicts by the own network alone.
//!
//! Different from the paper: X is made orthogonal after 16 steps at the most (the nearest orthogonal matrix) instead of
//! by a penalty, and it begins as the identity; Adam instead of plain steps. With more than two domains every link has its
//! X, and the α part is the mean over a domain's links. Somebody without a vector in B has X W_uA for one, so that
//! r̂_B = (1 − α) RS_B(X W_uA, W_iB) + α RS_A(W_uA, W_iB). That helps newcomers a little on Douban. Tastes
//! in learnt vectors, which nothing draws together, hardly cross: on the generated sample without its feature tables the
//! error of newcomers is .234 to .316 (two domains, seeds 1 to 3), that of the mean .239 to .250, and with shuffled links
//! it is .285 to .311.

mod stages;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use stages::Stages;

use crate::data::{ItemId, UserId};
use crate::dml::mapping::{Mapping, Orthogonalisation};
use crate::dml::network::{DenseLayer, RecommendationNetwork};
use crate::engine::{Adam, Dense, Gather, Head, ParamId, RatingTerm, Term, Through, TrainingGraph};
use crate::error::Result;
use crate::recommender::graph::{
    DomainTerms, GraphModel, Layout, Weights, counts, plain, rating_rows, zero_unrated,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Capabilities, Entry, Learner, Recommender, by_epochs};
use crate::rng::Generator;
use crate::settings::{MAX_DIMENSION, ValidConfig};
use crate::split::{Crossing, Training};

/// α, the weight of the other network.
const ALPHA: f32 = 0.03;
/// Units of the first hidden layer of a network; the second has k.
const HIDDEN: usize = 64;
/// Largest ‖X Xᵀ − I‖ (Frobenius) of a saved map: it is kept in single precision.
const ORTHOGONALITY: f64 = 1e-3;
/// Share of the hidden units that a step drops.
const DROPOUT: f32 = 0.1;

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "ddtcdr",
    description: "A network a domain, and an orthogonal map through which each has a small say in the other's ratings",
    source: "Li and Tuzhilin, DDTCDR: Deep Dual Transfer Cross Domain Recommendation (2020)",
    capabilities: Capabilities { crosses: true, cold_users: true, features: true, ..Capabilities::NONE },
    reads: &["learning_rate", "dimension", "batch"],
    begin: |assignment| {
        by_epochs(assignment, |training, config, device| async move {
            Ok(Box::new(Stages::new(training, config, device)?) as Box<dyn Learner>)
        })
    },
    load: |parts| Ddtcdr::load(parts),
};

/// Vectors of a domain's sides that are not learnt, `[rows, k]`.
#[derive(Clone, Debug, Default)]
struct Codes {
    users: Option<Vec<f32>>,
    items: Option<Vec<f32>>,
}

/// Where everything is in the training graph.
#[derive(Debug)]
struct Plan {
    k: usize,
    domains: Vec<DomainPlan>,
    maps: Vec<ParamId>,
    /// The domains of each map.
    links: Vec<(usize, usize)>,
    /// By link, people whom one end has a vector of: (users of the ends, whether it is the first).
    newcomers: Vec<Vec<(UserId, UserId, bool)>>,
}

/// One domain in the training graph.
#[derive(Debug)]
struct DomainPlan {
    users: Side,
    items: Side,
    head: Vec<Dense>,
}

/// The vectors of one side.
#[derive(Debug)]
struct Side {
    table: ParamId,
    /// Training ratings of each row where vectors are learnt; `None` for codes.
    counts: Option<Vec<u32>>,
}

impl Side {
    fn has_vector(&self, row: u32) -> bool {
        self.counts.as_ref().is_none_or(|counts| counts[row as usize] > 0)
    }

    fn read(&self, weights: &Weights, k: usize) -> Vec<f32> {
        let mut vectors = weights[self.table].clone();
        if let Some(counts) = &self.counts {
            zero_unrated(&mut vectors, counts, k);
        }
        vectors
    }
}

/// Lays out the networks and maps. `codes` are by domain.
fn plan(config: &ValidConfig, training: &Training, codes: Vec<Codes>) -> (Layout, Plan) {
    let k = config.dimension;
    let mut rng = Generator::new(config.seed, "weights");
    let mut graph = TrainingGraph::new(Adam { rows: config.updated_rows, ..Adam::new(config.learning_rate) });
    let rows: Vec<_> = (0..training.domains()).map(|d| training.rows(d)).collect();
    let mut domains = Vec::new();
    for (d, (rows, codes)) in rows.iter().zip(codes).enumerate() {
        let mut side = |codes: Option<Vec<f32>>, named: &[u32], n: usize| match codes {
            Some(codes) => Side { table: graph.frozen(n, k, codes), counts: None },
            None => Side {
                table: graph.param(n, k, rng.normals(n * k, config.embedding_deviation)),
                counts: Some(counts(named.iter().copied(), n)),
            },
        };
        let users = side(codes.users, UserId::numbers(&rows.users), training.users(d));
        let items = side(codes.items, ItemId::numbers(&rows.items), training.items(d));
        let widths = [2 * k, HIDDEN, k, 1];
        let head: Vec<Dense> = widths.windows(2).map(|w| graph.dense(w[0], w[1], &mut rng)).collect();
        if let Some(last) = head.last() {
            // The output starts from the mean.
            graph.params[last.bias].values = vec![rows.mean()];
        }
        graph.heads.push(Head { layers: head.clone(), dot: false, given: 0, dropout: DROPOUT });
        domains.push(DomainPlan { users, items, head });
    }
    let links = if training.crossing() == Crossing::All { training.links() } else { Vec::new() };
    let identity = Mapping::identity(k).as_rows();
    let maps: Vec<ParamId> = links.iter().map(|_| graph.param(k, k, identity.clone())).collect();
    let mut terms = Vec::new();
    for (d, rows) in rows.iter().enumerate() {
        let len = rows.len();
        let rows = Arc::new(rating_rows(rows, None));
        let ways: Vec<(usize, Through)> = ways(&links, d)
            .map(|(link, other)| (other, Through { map: maps[link], transposed: links[link].1 == d }))
            .collect();
        let mut term = |through: Option<Through>, head: usize| {
            graph.term(Term::Rating(RatingTerm {
                user: Gather { through, ..plain(domains[d].users.table) },
                item: plain(domains[d].items.table),
                head,
                row_l2: 0.0,
                rows: rows.clone(),
            }))
        };
        let alpha = if ways.is_empty() { 0.0 } else { ALPHA };
        let mut all = vec![(term(None, d), 1.0 - alpha)];
        let share = alpha / ways.len().max(1) as f32;
        all.extend(ways.iter().map(|&(other, through)| (term(Some(through), other), share)));
        terms.push(DomainTerms { rows: len, terms: all });
    }
    let newcomers = (links.iter().enumerate())
        .map(|(link, &(a, b))| {
            let pairs = training.linked_pairs(link).into_iter();
            let told =
                pairs.map(|p| (p, domains[a].users.has_vector(p.a.0), domains[b].users.has_vector(p.b.0)));
            told.filter(|(_, in_a, in_b)| in_a != in_b).map(|(p, in_a, _)| (p.a, p.b, in_a)).collect()
        })
        .collect();
    (Layout { graph, domains: terms }, Plan { k, domains, maps, links, newcomers })
}

/// The links of a domain and what lies at their other ends.
fn ways(links: &[(usize, usize)], domain: usize) -> impl Iterator<Item = (usize, usize)> {
    links.iter().enumerate().filter_map(move |(link, &(a, b))| match domain {
        _ if domain == a => Some((link, b)),
        _ if domain == b => Some((link, a)),
        _ => None,
    })
}

impl GraphModel for Plan {
    fn constrained(&self) -> &[ParamId] {
        &self.maps
    }

    fn constrain(&self, _param: ParamId, values: &mut [f32]) -> Result<()> {
        values.copy_from_slice(&mapping(self.k, values)?.orthogonalised(Orthogonalisation::Polar).as_rows());
        Ok(())
    }

    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>> {
        let k = self.k;
        let layer = |layer: &Dense| DenseLayer {
            weights: weights[layer.weights].clone(),
            bias: weights[layer.bias].clone(),
        };
        let domain = |plan: &DomainPlan| Domain {
            users: plan.users.read(weights, k),
            items: plan.items.read(weights, k),
            network: RecommendationNetwork { layers: plan.head.iter().map(layer).collect(), dot: false },
        };
        let mut domains: Vec<Domain> = self.domains.iter().map(domain).collect();
        let maps = self.maps.iter().map(|&map| mapping(k, &weights[map])).collect::<Result<Vec<_>>>()?;
        self.give_vectors(&mut domains, &maps);
        Ok(Arc::new(Ddtcdr { k, domains, maps, links: self.links.clone() }))
    }
}

impl Plan {
    /// Gives people without a vector in a domain the mean of what the maps make of theirs elsewhere.
    fn give_vectors(&self, domains: &mut [Domain], maps: &[Mapping]) {
        let k = self.k;
        let own: Vec<Vec<f32>> = domains.iter().map(|domain| domain.users.clone()).collect();
        let mut sources: Vec<Vec<f32>> = own.iter().map(|own| vec![0.0; own.len() / k]).collect();
        for ((&(a, b), map), newcomers) in self.links.iter().zip(maps).zip(&self.newcomers) {
            for &(user_a, user_b, is_known_in_a) in newcomers {
                let ((from, there), (to, here)) = match is_known_in_a {
                    true => ((a, user_a.index()), (b, user_b.index())),
                    false => ((b, user_b.index()), (a, user_a.index())),
                };
                let vector = &own[from][there * k..][..k];
                let mapped = if is_known_in_a { map.to_b(vector) } else { map.to_a(vector) };
                let n = &mut sources[to][here];
                let given = &mut domains[to].users[here * k..][..k];
                given.iter_mut().zip(mapped).for_each(|(x, y)| *x = (*x * *n + y) / (*n + 1.0));
                *n += 1.0;
            }
        }
    }
}

fn mapping(k: usize, values: &[f32]) -> Result<Mapping> {
    let rows: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
    Mapping::from_rows(k, &rows)
}

/// A trained model.
#[derive(Debug)]
struct Ddtcdr {
    k: usize,
    domains: Vec<Domain>,
    /// X of each link, and its two domains.
    maps: Vec<Mapping>,
    links: Vec<(usize, usize)>,
}

/// One domain of it.
#[derive(Debug)]
struct Domain {
    users: Vec<f32>,
    items: Vec<f32>,
    network: RecommendationNetwork,
}

/// Domains and the vector of a user there.
type Elsewhere = Vec<(usize, Vec<f32>)>;

impl Ddtcdr {
    fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
        let k = parts.length("0.users", 2, 1, MAX_DIMENSION)?;
        let mut domains = Vec::new();
        for d in 0..parts.domains() {
            domains.push(Domain {
                users: parts.rows(&format!("{d}.users"), &[parts.users(d), k])?,
                items: parts.rows(&format!("{d}.items"), &[parts.items(d), k])?,
                network: RecommendationNetwork::load(parts, &format!("{d}.network"), 2 * k)?,
            });
        }
        let links: Vec<(usize, usize)> = parts.scalar("links")?;
        if let Some((a, b)) = links.iter().find(|(a, b)| a >= b || *b >= domains.len()) {
            return Err(format!("a link joins the domains {a} and {b}"));
        }
        let maps =
            (0..links.len()).map(|link| Mapping::load(parts, &format!("map.{link}"), k, ORTHOGONALITY));
        let maps = maps.collect::<Checked<_>>()?;
        Ok(Arc::new(Self { k, domains, maps, links }))
    }

    /// The domains at the other ends of a domain's links, with the vector of the user there.
    fn mapped(&self, domain: usize, user: &[f32]) -> Elsewhere {
        let vector = |(link, other): (usize, usize)| {
            let map: &Mapping = &self.maps[link];
            (other, if self.links[link].0 == domain { map.to_b(user) } else { map.to_a(user) })
        };
        ways(&self.links, domain).map(vector).collect()
    }
}

impl Recommender for Ddtcdr {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (k, own) = (self.k, &self.domains[domain]);
        let mut last: Option<(UserId, Elsewhere)> = None;
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let vector = &own.users[user.index() * k..][..k];
            let item = &own.items[item.index() * k..][..k];
            if last.as_ref().is_none_or(|last| last.0 != user) {
                last = Some((user, self.mapped(domain, vector)));
            }
            let alone = own.network.forward(vector, item, &[]);
            let others = last.as_ref().map_or(&[][..], |last| &last.1);
            if others.is_empty() {
                return alone.clamp(0.0, 1.0);
            }
            let said =
                others.iter().map(|(other, user)| self.domains[*other].network.forward(user, item, &[]));
            let said = said.sum::<f32>() / others.len() as f32;
            ((1.0 - ALPHA) * alone + ALPHA * said).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, domain) in self.domains.iter().enumerate() {
            saved.put_rows(format!("{d}.users"), self.k, domain.users.clone());
            saved.put_rows(format!("{d}.items"), self.k, domain.items.clone());
            domain.network.save(&format!("{d}.network"), &mut saved);
        }
        saved.say("links", &self.links)?;
        let maps = self.maps.iter().enumerate();
        maps.for_each(|(link, map)| map.save(&format!("map.{link}"), &mut saved));
        Ok(saved)
    }
}
