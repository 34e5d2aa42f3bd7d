//! From settings and data to a layer table: which parameters there are, with which first values, and which losses.

use super::autoencoder::Codes;
use super::bias::Biases;
use super::inputs::GivenInputs;
use crate::config::{CrossStep, Embeddings, ValidConfig};
use crate::engine::{
    Adam, Dense, Gather, Head, LayerTable, PairTerm, ParamId, RatingTerm, Term, Through, Tower,
};
use crate::eval::Training;
use crate::rng::Generator;

/// One side (users or items) of a domain in the layer table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) table: ParamId,
    pub(super) tower: Option<ParamId>,
}

/// One domain in the layer table.
#[derive(Clone, Debug)]
pub(super) struct DomainPlan {
    pub(super) users: Side,
    pub(super) items: Side,
    pub(super) layers: Vec<Dense>,
    pub(super) given: GivenInputs,
    pub(super) own: usize,
}

/// One direction of a link: ratings of `rows_of` predicted from vectors of `vectors_of` through the map.
#[derive(Clone, Copy, Debug)]
pub(super) struct CrossPlan {
    pub(super) link: usize,
    pub(super) rows_of: usize,
    pub(super) term: usize,
}

/// Where everything is in the layer table.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) domains: Vec<DomainPlan>,
    pub(super) maps: Vec<ParamId>,
    pub(super) cross: Vec<CrossPlan>,
    /// Pair term of each link, where embeddings are trained towards each other.
    pub(super) pairs: Vec<Option<usize>>,
}

/// Lays out the model of a run. `codes` are the autoencoders' by domain, (users, items), where they are used;
/// `maps` are the first values of X by link.
pub(super) fn plan(
    config: &ValidConfig,
    training: &Training,
    biases: &[Biases],
    codes: &[(Codes, Codes)],
    maps: &[Vec<f32>],
) -> (LayerTable, Plan) {
    let k = config.dimension;
    let mut rng = Generator::new(config.seed, "weights");
    let mut table = LayerTable::new(Adam::new(config.learning_rate));
    let mut domains = Vec::new();
    for (d, bias) in biases.iter().enumerate() {
        let mut side = |rows: usize, codes: Option<&Codes>, features: Option<&crate::data::Features>| {
            if let Some(codes) = codes {
                return Side { table: table.frozen(rows, k, codes.vectors.clone()), tower: None };
            }
            let embeddings = table.param(rows, k, rng.normals(rows * k, config.embedding_deviation));
            let tower = features.filter(|_| config.side_tower).map(|features| {
                let width = features.width();
                table.param(width, k, rng.normals(width * k, 0.01))
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
            let start = if config.bias { 0.0 } else { mean(&training.rows(d).targets) - bias.mean };
            table.params[last.bias].values = vec![start];
        }
        table.heads.push(Head { layers: layers.clone(), dot: config.dot_product, given: given.len() });
        domains.push(DomainPlan { users, items, layers, given, own: 0 });
    }
    for (d, domain) in domains.iter_mut().enumerate() {
        domain.own = table.term(Term::Rating(RatingTerm {
            user: gather(config, domain.users, None, false),
            item: gather(config, domain.items, None, false),
            head: d,
            // Frozen codes have nothing to be kept small.
            row_l2: if config.embeddings == Embeddings::Learnt { config.row_l2 } else { 0.0 },
        }));
    }
    let maps: Vec<ParamId> = maps.iter().map(|x| table.frozen(k, k, x.clone())).collect();
    let links = training.links();
    let mut cross = Vec::new();
    let mut pairs = Vec::new();
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
            let term = table.term(Term::Rating(RatingTerm {
                user: gather(config, domains[vectors_of].users, Some(through), true),
                item: gather(config, domains[rows_of].items, None, false),
                head,
                row_l2: 0.0,
            }));
            cross.push(CrossPlan { link, rows_of, term });
        }
        let trains_pairs = config.pair_weight > 0.0 && config.embeddings == Embeddings::Learnt;
        pairs.push(trains_pairs.then(|| {
            table.term(Term::Pair(PairTerm {
                from: gather(config, domains[a].users, Some(Through { map, transposed: false }), false),
                to: gather(config, domains[b].users, None, false),
            }))
        }));
    }
    (table, Plan { domains, maps, cross, pairs })
}

fn gather(config: &ValidConfig, side: Side, through: Option<Through>, detach: bool) -> Gather {
    let tower =
        side.tower.map(|weights| Tower { weights, penalty: if detach { 0.0 } else { config.tower_l2 } });
    Gather { table: side.table, tower, through, detach }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}
