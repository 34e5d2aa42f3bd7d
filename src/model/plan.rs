//! From settings and data to a layer table: which parameters there are, with which first values, and which losses.

use std::sync::Arc;

use super::autoencoder::Codes;
use super::bias::Biases;
use super::inputs::GivenInputs;
use super::rows::{DomainRows, StandIns, feature_rows};
use crate::config::{CrossStep, Embeddings, ValidConfig};
use crate::engine::{
    Adam, Dense, Gather, Head, LayerTable, PairTerm, ParamId, RatingRows, RatingTerm, SparseRows, Term,
    Through, Tower,
};
use crate::eval::{LinkedPair, Rows, Training};
use crate::rng::Generator;

/// One side (users or items) of a domain in the layer table.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) table: ParamId,
    pub(super) tower: Option<(ParamId, Arc<SparseRows>)>,
}

/// One domain in the layer table.
#[derive(Clone, Debug)]
pub(super) struct DomainPlan {
    pub(super) users: Side,
    pub(super) items: Side,
    pub(super) layers: Vec<Dense>,
    pub(super) given: GivenInputs,
    pub(super) own: usize,
    /// Training rows. With `withholds_items` the term has each twice, the second time with its item withheld.
    pub(super) rows: usize,
    pub(super) withholds_items: bool,
}

/// One direction of a link: ratings of `rows_of` predicted from vectors of another or the same domain through the map.
#[derive(Clone, Debug)]
pub(super) struct CrossPlan {
    pub(super) rows_of: usize,
    pub(super) term: usize,
    /// Number of the term's rows, each once.
    pub(super) rows: usize,
    /// The term's row by own row (see [`own_to_target`](super::rows::own_to_target)); `None` where they are the same.
    pub(super) of_own: Option<Vec<u32>>,
}

/// Where everything is in the layer table.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) domains: Vec<DomainPlan>,
    pub(super) maps: Vec<ParamId>,
    pub(super) cross: Vec<CrossPlan>,
    /// Pair term of each link and its pairs, where embeddings are trained towards each other.
    pub(super) pairs: Vec<Option<(usize, usize)>>,
}

/// Pairs of a link: all that may be known, and those that X is learnt from.
pub(super) struct LinkPairs<'a> {
    pub(super) known: &'a [LinkedPair],
    pub(super) warm: &'a [LinkedPair],
}

/// Lays out the model of a run. `codes` are the autoencoders' by domain, (users, items), where they are used;
/// `pairs` and `maps`, the first values of X, go by link.
pub(super) fn plan(
    config: &ValidConfig,
    training: &Training,
    biases: &[Biases],
    codes: &[(Codes, Codes)],
    pairs: &[LinkPairs],
    maps: &[Vec<f32>],
) -> (LayerTable, Plan) {
    let k = config.dimension;
    let mut rng = Generator::new(config.seed, "weights");
    let mut table = LayerTable::new(Adam { rows: config.updated_rows, ..Adam::new(config.learning_rate) });
    let rows: Vec<Rows> = (0..biases.len()).map(|d| training.rows(d)).collect();
    let mut domains = Vec::new();
    for (d, bias) in biases.iter().enumerate() {
        let mut side = |rows: usize, codes: Option<&Codes>, features: Option<&crate::data::Features>| {
            if let Some(codes) = codes {
                return Side { table: table.frozen(rows, k, codes.vectors.clone()), tower: None };
            }
            let embeddings = table.param(rows, k, rng.normals(rows * k, config.embedding_deviation));
            let tower = features.filter(|_| config.side_tower).map(|features| {
                let width = features.width();
                (table.param(width, k, rng.normals(width * k, 0.01)), feature_rows(features))
            });
            Side { table: embeddings, tower }
        };
        let users = side(training.users(d), codes.get(d).map(|c| &c.0), training.user_features(d));
        let items = side(training.items(d), codes.get(d).map(|c| &c.1), training.item_features(d));
        let has_priors = config.feature_prior
            && (training.user_features(d).is_some() || training.item_features(d).is_some());
        let given = match (config.bias_inputs, has_priors) {
            (false, _) => GivenInputs::None,
            (true, false) => GivenInputs::Biases,
            (true, true) => GivenInputs::BiasesAndPriors,
        };
        let mut widths = vec![2 * k + given.len()];
        widths.extend(&config.recommender_hidden);
        widths.push(1);
        let layers: Vec<Dense> = widths.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
        for layer in &layers {
            table.params[layer.weights].weight_decay = config.weight_decay;
            table.params[layer.bias].weight_decay = config.weight_decay;
        }
        if let Some(last) = layers.last() {
            // The output starts at the middle of what it has to give: nothing beside biases, else their mean.
            let start = if config.bias { 0.0 } else { mean(&rows[d].targets) - bias.mean };
            table.params[last.bias].values = vec![start];
        }
        table.heads.push(Head {
            layers: layers.clone(),
            dot: config.dot_product,
            given: given.len(),
            dropout: config.dropout,
        });
        let withholds_items = items.tower.is_some() && config.item_dropout > 0.0;
        domains.push(DomainPlan {
            users,
            items,
            layers,
            given,
            own: 0,
            rows: rows[d].len(),
            withholds_items,
        });
    }
    let domain_rows = |d: usize, plan: &DomainPlan| {
        let (leave_one_out, has_biases) = (config.leave_one_out, config.bias);
        DomainRows {
            rows: &rows[d],
            biases: &biases[d],
            given: plan.given,
            leave_one_out,
            has_biases,
            withholds_items: plan.withholds_items,
        }
    };
    let mut own_rows: Vec<Arc<RatingRows>> = Vec::new();
    for (d, domain) in domains.iter_mut().enumerate() {
        let own = Arc::new(domain_rows(d, domain).own());
        own_rows.push(own.clone());
        domain.own = table.term(Term::Rating(RatingTerm {
            user: gather(config, &domain.users, None, false),
            item: gather(config, &domain.items, None, false),
            head: d,
            // Frozen codes have nothing to be kept small.
            row_l2: if config.embeddings == Embeddings::Learnt { config.row_l2 } else { 0.0 },
            rows: own,
        }));
    }
    let maps: Vec<ParamId> = maps.iter().map(|x| table.frozen(k, k, x.clone())).collect();
    let links = training.links();
    let mut cross = Vec::new();
    let mut pair_terms = Vec::new();
    for (link, (&(a, b), &map)) in links.iter().zip(&maps).enumerate() {
        // (whose ratings, whose user vectors, whose head), with A's rows first.
        let directions = match config.cross_step {
            CrossStep::Algorithm1 => vec![(a, a, b), (b, b, a)],
            CrossStep::Equations => vec![(a, a, a), (b, b, b)],
            CrossStep::Target => vec![(a, b, a), (b, a, b)],
            CrossStep::None => vec![],
        };
        for (rows_of, vectors_of, head) in directions {
            let through = Through { map, transposed: vectors_of == b };
            let (rows, of_own, n) = if config.cross_step == CrossStep::Target {
                let of = stand_ins(pairs[link].known, rows_of == a, training.users(rows_of), |user| {
                    biases[vectors_of].user_counts[user as usize] > 0
                });
                let (rows, of_own) = domain_rows(rows_of, &domains[rows_of])
                    .target(StandIns { of: &of, users: training.users(vectors_of) });
                let n = if domains[rows_of].withholds_items { rows.len() / 2 } else { rows.len() };
                (Arc::new(rows), Some(of_own), n)
            } else {
                (own_rows[rows_of].clone(), None, domains[rows_of].rows)
            };
            let term = table.term(Term::Rating(RatingTerm {
                user: gather(config, &domains[vectors_of].users, Some(through), true),
                item: gather(config, &domains[rows_of].items, None, false),
                head,
                row_l2: 0.0,
                rows,
            }));
            cross.push(CrossPlan { rows_of, term, rows: n, of_own });
        }
        let trains_pairs = config.pair_weight > 0.0 && config.embeddings == Embeddings::Learnt;
        pair_terms.push(trains_pairs.then(|| {
            let warm: Vec<(u32, u32)> = pairs[link].warm.iter().map(|pair| (pair.a, pair.b)).collect();
            let n = warm.len();
            let term = table.term(Term::Pair(PairTerm {
                from: gather(config, &domains[a].users, Some(Through { map, transposed: false }), false),
                to: gather(config, &domains[b].users, None, false),
                pairs: Arc::new(warm),
            }));
            (term, n)
        }));
    }
    (table, Plan { domains, maps, cross, pairs: pair_terms })
}

/// By user of one end of a link, the same person at the other end, where `is_known` says that they are known there.
fn stand_ins(
    pairs: &[LinkedPair],
    from_a: bool,
    users: usize,
    is_known: impl Fn(u32) -> bool,
) -> Vec<Option<u32>> {
    let mut of = vec![None; users];
    for pair in pairs {
        let (user, other) = if from_a { (pair.a, pair.b) } else { (pair.b, pair.a) };
        of[user as usize] = Some(other).filter(|&other| is_known(other));
    }
    of
}

fn gather(config: &ValidConfig, side: &Side, through: Option<Through>, detach: bool) -> Gather {
    let tower = side.tower.as_ref().map(|(weights, features)| Tower {
        weights: *weights,
        features: features.clone(),
        penalty: if detach { 0.0 } else { config.tower_l2 },
    });
    Gather { table: side.table, tower, through, detach }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}
