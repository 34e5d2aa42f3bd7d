//! From settings and data to a training graph: which parameters there are, with which first values, and which losses.

use std::sync::Arc;

use super::autoencoder::Codes;
use super::inputs::DenseFeatures;
use super::networks::{self, Front};
use super::rows::{DomainRows, StandIns, feature_rows};
use super::sources::{DomainCodes, TrainingRows};
use super::subset::Subset;
use crate::baselines::bias::Biases;
use crate::data::{Features, UserId};
use crate::engine::{
    Adam, Dense, Gather, Head, Histories, PairTerm, ParamId, RatingRows, RatingTerm, SparseRows, Term,
    Through, Tower, TrainingGraph,
};
use crate::rng::Generator;
use crate::settings::{CrossStep, ValidConfig};
use crate::split::{Crossing, LinkedPair, Training};

/// One side (users or items) of a domain in the training graph.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) table: ParamId,
    /// Whether the table is trained; codes are not.
    pub(super) is_learnt: bool,
    pub(super) tower: Option<(ParamId, Arc<SparseRows>)>,
}

/// One domain in the training graph.
#[derive(Clone, Debug)]
pub(super) struct DomainPlan {
    pub(super) users: Side,
    pub(super) items: Side,
    pub(super) layers: Vec<Dense>,
    /// What stands in front of them, where the network is no MLP.
    pub(super) front: Option<Front>,
    pub(super) given: DenseFeatures,
    pub(super) own: usize,
    /// Training rows. With `withholds_items` the term has each twice, the second time with its item withheld.
    pub(super) rows: usize,
    pub(super) withholds_items: bool,
}

/// One direction of a link: ratings of `rows_of` predicted from vectors of another or the same domain through the map.
#[derive(Clone, Debug)]
pub(super) struct CrossPlan {
    pub(super) link: usize,
    pub(super) rows_of: usize,
    pub(super) vectors_of: usize,
    /// Domain whose network predicts.
    pub(super) head: usize,
    pub(super) term: usize,
    /// Number of the term's rows, each once.
    pub(super) rows: usize,
    /// Which of the own rows they are; `None` for all.
    pub(super) of_own: Option<Subset>,
}

/// Where everything is in the training graph.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) domains: Vec<DomainPlan>,
    pub(super) maps: Vec<ParamId>,
    pub(super) cross: Vec<CrossPlan>,
    /// Pair term of each link and its pairs, where embeddings are trained towards each other.
    pub(super) pairs: Vec<Option<(usize, usize)>>,
}

/// Pairs of a link: those whose ratings are trained on as if they were newcomers, and those that X is learnt from.
pub(super) struct LinkPairs<'a> {
    pub(super) overlap: &'a [LinkedPair],
    pub(super) warm: &'a [LinkedPair],
}

/// Lays out the model of a run. `codes` are the autoencoders' by domain, where they are used; `pairs` and `maps`, the
/// first values of X, go by link.
pub(super) fn plan(
    config: &ValidConfig,
    training: &Training,
    biases: &[Arc<Biases>],
    codes: &[DomainCodes],
    pairs: &[LinkPairs],
    maps: &[Vec<f32>],
) -> (TrainingGraph, Plan) {
    let k = config.dimension;
    let mut rng = Generator::new(config.seed, "weights");
    let mut table = TrainingGraph::new(Adam { rows: config.updated_rows, ..Adam::new(config.learning_rate) });
    // Before any parameter is there, so that the rows that they are made of never lie beside those.
    let mut term_rows: Vec<TermRows> =
        (0..biases.len()).map(|d| TermRows::new(config, training, biases, codes, pairs, d)).collect();
    let mut domains = Vec::new();
    for (d, (bias, rows)) in biases.iter().zip(&term_rows).enumerate() {
        let mut side = |rows: usize, codes: Option<&Codes>, features: Option<&Features>| {
            if let Some(codes) = codes {
                let table = table.frozen(rows, k, codes.vectors.clone());
                return Side { table, is_learnt: false, tower: None };
            }
            let embeddings = table.param(rows, k, rng.normals(rows * k, config.embedding_deviation));
            let tower = features.filter(|_| config.side_tower).map(|features| {
                let width = features.width();
                (table.param(width, k, rng.normals(width * k, 0.01)), feature_rows(features))
            });
            Side { table: embeddings, is_learnt: true, tower }
        };
        let users =
            side(training.users(d), codes.get(d).and_then(|c| c.users.as_ref()), training.user_features(d));
        let items =
            side(training.items(d), codes.get(d).and_then(|c| c.items.as_ref()), training.item_features(d));
        let given = dense_features(config, training, d);
        let front = Front::add(config.network, k, config.weight_decay, &mut table, &mut rng);
        let mut widths = vec![networks::width(config.network, k) + given.len()];
        widths.extend(&config.recommender_hidden);
        widths.push(1);
        let layers: Vec<Dense> = widths.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
        for layer in &layers {
            table.params[layer.weights].weight_decay = config.weight_decay;
            table.params[layer.bias].weight_decay = config.weight_decay;
        }
        if let Some(last) = layers.last() {
            // The output starts at the middle of what it has to give: nothing beside biases, else their mean.
            let start = if config.bias { 0.0 } else { rows.mean - bias.mean };
            table.params[last.bias].values = vec![start];
        }
        table.heads.push(Head {
            layers: layers.clone(),
            dot: config.dot_product,
            given: given.len(),
            dropout: config.dropout,
        });
        let withholds_items = withholds_items(config, training, codes, d);
        domains.push(DomainPlan {
            users,
            items,
            layers,
            front,
            given,
            own: 0,
            rows: rows.len,
            withholds_items,
        });
    }
    for (d, domain) in domains.iter_mut().enumerate() {
        domain.own = table.term(Term::Rating(RatingTerm {
            user: gather(config, &domain.users, None, false),
            item: gather(config, &domain.items, None, false),
            head: d,
            // Frozen codes get no gradient, and so no penalty.
            row_l2: if domain.users.is_learnt || domain.items.is_learnt { config.row_l2 } else { 0.0 },
            rows: term_rows[d].own.clone(),
        }));
        if let Some(histories) = &term_rows[d].histories {
            table.histories.insert(domain.own, histories.clone());
        }
    }
    let maps: Vec<ParamId> = maps.iter().map(|x| table.frozen(k, k, x.clone())).collect();
    let links = training.links();
    let mut cross = Vec::new();
    let mut pair_terms = Vec::new();
    for (link, (&(a, b), &map)) in links.iter().zip(&maps).enumerate() {
        if training.crossing() != Crossing::All {
            for d in [a, b] {
                let Some((rows, of_own)) = term_rows[d].cold[link].take() else { continue };
                let n = of_own.len();
                let vectors = unrated_vectors(config, training, &mut table, &domains[d].users, d);
                let term = table.term(Term::Rating(RatingTerm {
                    user: gather(config, &vectors, None, true),
                    item: gather(config, &domains[d].items, None, false),
                    head: d,
                    row_l2: 0.0,
                    rows: Arc::new(rows),
                }));
                cross.push(CrossPlan {
                    link,
                    rows_of: d,
                    vectors_of: d,
                    head: d,
                    term,
                    rows: n,
                    of_own: Some(of_own),
                });
            }
            pair_terms.push(None);
            continue;
        }
        // (whose ratings, whose user vectors, whose head), with A's rows first.
        let directions = match config.cross_step {
            CrossStep::Algorithm1 => vec![(a, a, b), (b, b, a)],
            CrossStep::Equations => vec![(a, a, a), (b, b, b)],
            CrossStep::Target => vec![(a, b, a), (b, a, b)],
            CrossStep::None => vec![],
        };
        for (rows_of, vectors_of, head) in directions {
            let through = Through { map, transposed: vectors_of == b };
            let (rows, of_own, n) = match term_rows[rows_of].cold[link].take() {
                Some((rows, of_own)) => {
                    let n = of_own.len();
                    (Arc::new(rows), Some(of_own), n)
                }
                None => (term_rows[rows_of].own.clone(), None, domains[rows_of].rows),
            };
            let term = table.term(Term::Rating(RatingTerm {
                user: gather(config, &domains[vectors_of].users, Some(through), true),
                item: gather(config, &domains[rows_of].items, None, false),
                head,
                row_l2: 0.0,
                rows,
            }));
            // A person who is treated as new has no past.
            if let (None, Some(histories)) = (&of_own, &term_rows[rows_of].histories) {
                table.histories.insert(term, histories.clone());
            }
            cross.push(CrossPlan { link, rows_of, vectors_of, head, term, rows: n, of_own });
        }
        let trains_pairs =
            config.pair_weight > 0.0 && (domains[a].users.is_learnt || domains[b].users.is_learnt);
        pair_terms.push(trains_pairs.then(|| {
            let warm: Vec<(u32, u32)> = pairs[link].warm.iter().map(|pair| (pair.a.0, pair.b.0)).collect();
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

/// What the terms of one domain are trained on.
struct TermRows {
    /// Number of training rows and mean of their targets.
    len: usize,
    mean: f32,
    own: Arc<RatingRows>,
    /// What the user of each of those has rated besides, where the network looks at it.
    histories: Option<Arc<Histories>>,
    /// By link, the rows of people who are known at its other end as if they had no ratings here, and which they are:
    /// under the `target` cross step, and as the control of any cross step where no vectors cross.
    cold: Vec<Option<(RatingRows, Subset)>>,
}

impl TermRows {
    fn new(
        config: &ValidConfig,
        training: &Training,
        biases: &[Arc<Biases>],
        codes: &[DomainCodes],
        pairs: &[LinkPairs],
        d: usize,
    ) -> Self {
        let rows = TrainingRows::new(config, training, d).recommended;
        let domain = DomainRows {
            rows: &rows,
            biases: &biases[d],
            given: dense_features(config, training, d),
            leave_one_out: config.leave_one_out,
            has_biases: config.bias,
            withholds_items: withholds_items(config, training, codes, d),
        };
        let crosses = training.crossing() == Crossing::All;
        let wanted = match config.cross_step {
            CrossStep::Target => true,
            CrossStep::Algorithm1 | CrossStep::Equations => !crosses,
            CrossStep::None => false,
        };
        let cold = |((a, b), pairs): ((usize, usize), &LinkPairs)| {
            let other = if d == a { b } else { a };
            if !wanted || (d != a && d != b) {
                return None;
            }
            let is_known = |user: UserId| biases[other].user_counts[user.index()] > 0;
            let mut of = stand_ins(pairs.overlap, d == a, training.users(d), is_known);
            let mut users = training.users(other);
            if !crosses {
                // Nobody stands in for them: their vector is that of a person without ratings.
                UserId::first(of.len())
                    .zip(&mut of)
                    .for_each(|(user, stand_in)| *stand_in = stand_in.map(|_| user));
                users = training.users(d);
            }
            Some(domain.target(StandIns { of: &of, users }))
        };
        let cold = training.links().into_iter().zip(pairs).map(cold).collect();
        let own = Arc::new(domain.own());
        let twice = domain.withholds_items;
        let histories = networks::has_history(config.network).then(|| {
            let times = training.times(d, &rows);
            networks::of_rows(&rows, times.as_deref(), twice).into()
        });
        Self { len: rows.len(), mean: mean(&rows.targets), own, histories, cold }
    }
}

/// What a domain's network is told besides the two vectors.
fn dense_features(config: &ValidConfig, training: &Training, d: usize) -> DenseFeatures {
    let has_features = |d| training.user_features(d).is_some() || training.item_features(d).is_some();
    // Algorithm 1 gives a network the other domain's rows, which must then have as many inputs.
    let has_features = match config.cross_step {
        CrossStep::Algorithm1 => (0..training.domains()).any(has_features),
        _ => has_features(d),
    };
    DenseFeatures::of(config, has_features)
}

/// Whether items of a domain are withheld now and then: where a tower stands in for the learnt vector.
fn withholds_items(config: &ValidConfig, training: &Training, codes: &[DomainCodes], d: usize) -> bool {
    let is_learnt = codes.get(d).is_none_or(|codes| codes.items.is_none());
    let has_tower = is_learnt && config.side_tower && training.item_features(d).is_some();
    has_tower && config.item_dropout > 0.0
}

/// By user of one end of a link, the same person at the other end, where `is_known` says that they are known there.
fn stand_ins(
    pairs: &[LinkedPair],
    from_a: bool,
    users: usize,
    is_known: impl Fn(UserId) -> bool,
) -> Vec<Option<UserId>> {
    let mut of = vec![None; users];
    for pair in pairs {
        let (user, other) = if from_a { (pair.a, pair.b) } else { (pair.b, pair.a) };
        of[user.index()] = Some(other).filter(|&other| is_known(other));
    }
    of
}

/// The vectors of a domain's people as they are without any rating: what features say of them, else zero.
fn unrated_vectors(
    config: &ValidConfig,
    training: &Training,
    table: &mut TrainingGraph,
    users: &Side,
    d: usize,
) -> Side {
    if !users.is_learnt && training.user_features(d).is_some() {
        return users.clone();
    }
    let (n, k) = (training.users(d), config.dimension);
    Side { table: table.frozen(n, k, vec![0.0; n * k]), is_learnt: false, tower: users.tower.clone() }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::bias::Fitting;
    use crate::data::sample;
    use crate::settings::{Config, Embeddings};
    use crate::split::Split;

    /// The training graph and the plan of the generated sample under some settings, and its number of pairs.
    fn planned(config: Config) -> (TrainingGraph, Plan, usize) {
        let config = config.check().unwrap();
        let world = Arc::new(sample(1).world);
        let training = Training::new(world.clone(), Arc::new(Split::new(&world, &config).unwrap()));
        let known = training.linked_pairs(0);
        let pairs = [LinkPairs { overlap: &known, warm: &known }];
        let maps = [vec![0.0; config.dimension * config.dimension]];
        let biases = Fitting::new(&training, config.feature_prior).finish();
        let (table, plan) = plan(&config, &training, &biases, &[], &pairs, &maps);
        (table, plan, known.len())
    }

    #[test]
    fn each_reading_of_the_cross_step_takes_the_vectors_items_and_network_that_it_names() {
        let (a, b) = (0, 1);
        // (whose ratings and items, whose users, whose network, through X rather than its transpose)
        for (cross_step, readings) in [
            // r*_A = RS_B(X W_uA, W_iA), r*_B = RS_A(Xᵀ W_uB, W_iB): Algorithm 1, line 13.
            (CrossStep::Algorithm1, vec![(a, a, b, true), (b, b, a, false)]),
            // r*_A = RS_A(X W_uA, W_iA), r*_B = RS_B(Xᵀ W_uB, W_iB): Eqs. 5 and 6.
            (CrossStep::Equations, vec![(a, a, a, true), (b, b, b, false)]),
            // r*_A = RS_A(Xᵀ W_uB, W_iA), r*_B = RS_B(X W_uA, W_iB).
            (CrossStep::Target, vec![(a, b, a, false), (b, a, b, true)]),
            (CrossStep::None, vec![]),
        ] {
            let config = Config { cross_step, embeddings: Embeddings::Learnt, ..Config::paper() };
            let (table, plan, _) = planned(config);
            let users: Vec<ParamId> = plan.domains.iter().map(|domain| domain.users.table).collect();
            let items: Vec<ParamId> = plan.domains.iter().map(|domain| domain.items.table).collect();
            assert_eq!(plan.cross.len(), readings.len(), "{cross_step:?}");
            for (cross, (rows_of, vectors_of, head, is_x)) in plan.cross.iter().zip(readings) {
                assert_eq!((cross.rows_of, cross.vectors_of, cross.head), (rows_of, vectors_of, head));
                let Term::Rating(term) = &table.terms[cross.term] else { panic!("no ratings") };
                assert_eq!(
                    (term.user.table, term.item.table, term.head),
                    (users[vectors_of], items[rows_of], head)
                );
                let through = term.user.through.unwrap();
                assert_eq!((through.map, through.transposed), (plan.maps[0], !is_x), "{cross_step:?}");
                // The recommenders learn from the mapped vectors; these do not learn from the other domain's ratings.
                assert!(term.user.detach && !term.item.detach && term.item.through.is_none());
                // All own rows, or those of people who are known at the other end, and as if they were new.
                let Term::Rating(own) = &table.terms[plan.domains[rows_of].own] else { panic!("no ratings") };
                match cross_step {
                    CrossStep::Target => {
                        let subset = cross.of_own.as_ref().unwrap();
                        assert_eq!((subset.len(), term.rows.len()), (cross.rows, cross.rows));
                        assert!(cross.rows > 0 && cross.rows < own.rows.len());
                    }
                    _ => assert!(cross.of_own.is_none() && Arc::ptr_eq(&term.rows, &own.rows)),
                }
            }
        }
    }

    #[test]
    fn the_pair_loss_is_on_the_warm_pairs_through_x_where_it_has_a_weight() {
        let (table, plan, n) = planned(Config { pair_weight: 0.3, ..Config::robust() });
        let (term, pairs) = plan.pairs[0].unwrap();
        let Term::Pair(term) = &table.terms[term] else { panic!("no pairs") };
        assert_eq!((pairs, term.pairs.len()), (n, n));
        let users = [&plan.domains[0].users, &plan.domains[1].users].map(|side| side.table);
        assert_eq!([term.from.table, term.to.table], users);
        assert!(term.from.through.is_some_and(|through| !through.transposed) && term.to.through.is_none());
        assert!(!term.from.detach && !term.to.detach);
        assert!(planned(Config { pair_weight: 0.0, ..Config::robust() }).1.pairs[0].is_none());
    }

    #[test]
    fn networks_that_serve_each_others_ratings_are_told_the_same_things() {
        // Only the first domain has features, so that only its network is told of priors, unless it serves both.
        let config = |cross_step| Config { cross_step, ..Config::robust() }.check().unwrap();
        let mut domains = sample(1).world.domains;
        domains[1].user_features = None;
        domains[1].item_features = None;
        let world = Arc::new(crate::data::World::new(domains));
        for (cross_step, expected) in [
            (CrossStep::Target, [DenseFeatures::BiasesAndPriors, DenseFeatures::Biases]),
            (CrossStep::Algorithm1, [DenseFeatures::BiasesAndPriors; 2]),
        ] {
            let config = config(cross_step);
            let training = Training::new(world.clone(), Arc::new(Split::new(&world, &config).unwrap()));
            assert_eq!([0, 1].map(|d| dense_features(&config, &training, d)), expected);
        }
    }
}
