//! The common learner on a graph of two tables and a head a domain.

use std::sync::Arc;

use super::*;
use crate::data::{ItemId, UserId};
use crate::engine::{Adam, Dense, Head, RatingTerm, Share, Term, TrainingGraph};
use crate::settings::Config;
use crate::split::Rows;

/// Notes what it is given, and keeps one parameter positive.
#[derive(Default)]
struct Listener {
    constrained: Vec<ParamId>,
    followed: Vec<ParamId>,
    heard: Vec<Vec<Vec<f32>>>,
}

impl GraphModel for Listener {
    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>> {
        Ok(Arc::new(Read(weights.to_vec())))
    }

    fn constrained(&self) -> &[ParamId] {
        &self.constrained
    }

    fn constrain(&self, _param: ParamId, values: &mut [f32]) -> Result<()> {
        values.iter_mut().for_each(|value| *value = value.abs());
        Ok(())
    }

    fn followed(&self) -> &[ParamId] {
        &self.followed
    }

    fn follow(&mut self, values: &Weights) -> Result<()> {
        self.heard.push(values.to_vec());
        Ok(())
    }
}

/// The weights.
#[derive(Debug)]
struct Read(Vec<Vec<f32>>);

impl Recommender for Read {
    fn predict(&self, _domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
        vec![0.5; users.len()]
    }
}

const USERS: usize = 7;
const ITEMS: usize = 5;

/// Ratings n = 0, 1, … of a domain: the n-th is `first` + n / 100.
fn ratings(n: usize, first: f32) -> Rows {
    Rows {
        users: (0..n as u32).map(|n| UserId(n % USERS as u32)).collect(),
        items: (0..n as u32).map(|n| ItemId(n % ITEMS as u32)).collect(),
        targets: (0..n).map(|n| first + n as f32 / 100.0).collect(),
    }
}

/// Two domains of 23 and 11 ratings with heads that say nothing but c; the second has its term twice, with the weights
/// 0.75 and 0.25. Parameters: users and items, weights and c, of each domain.
fn layout(is_trained: bool) -> Layout {
    let mut graph = TrainingGraph::new(Adam::new(1e-2));
    let mut domains = Vec::new();
    for (d, rows) in [ratings(23, 0.2), ratings(11, 0.7)].iter().enumerate() {
        let [users, items] = [USERS, ITEMS].map(|n| graph.param(n, 2, vec![0.1; 2 * n]));
        let (weights, bias) = (graph.param(4, 1, vec![0.0; 4]), graph.param(1, 1, vec![0.3]));
        graph.heads.push(Head { layers: vec![Dense { weights, bias }], dot: false, given: 0, dropout: 0.0 });
        let term = RatingTerm {
            user: plain(users),
            item: plain(items),
            head: d,
            row_l2: 0.0,
            rows: Arc::new(rating_rows(rows, None)),
        };
        let mut term = || graph.term(Term::Rating(term.clone()));
        let terms = if d == 0 { vec![(term(), 1.0)] } else { vec![(term(), 0.75), (term(), 0.25)] };
        domains.push(DomainTerms { rows: rows.len(), terms });
    }
    graph.params.iter_mut().for_each(|param| param.trainable = is_trained);
    Layout { graph, domains }
}

fn learner(layout: Layout, model: Listener) -> GraphLearner<Listener> {
    let config = Config { batch: 8, ..Config::robust() }.check().unwrap();
    GraphLearner::new(layout, model, &config, &Device::cpu()).unwrap()
}

fn advance(learner: &mut GraphLearner<Listener>) -> Slice {
    pollster::block_on(learner.advance()).unwrap()
}

#[test]
fn an_epoch_has_every_rating_once_and_tells_its_mean_loss_by_domain() {
    let mut learner = learner(layout(false), Listener::default());
    let mean = |rows: Rows| rows.targets.iter().map(|r| (r - 0.3).powi(2)).sum::<f32>() / rows.len() as f32;
    let expected = [mean(ratings(23, 0.2)), mean(ratings(11, 0.7))];
    let mut orders = vec![learner.order.clone()];
    for _ in 0..2 {
        let Slice::Epoch(losses) = advance(&mut learner) else { panic!("34 rows are one call") };
        for (loss, expected) in losses.iter().zip(expected) {
            assert!((loss - expected).abs() < 1e-6, "{losses:?} {expected}");
        }
        orders.push(learner.order.clone());
    }
    assert!(orders[0] != orders[1] && orders[1] != orders[2], "each epoch has its own order");
    // Five steps of at most eight rows.
    assert_eq!(learner.chunk.len(), 5);
}

#[test]
fn a_step_weighs_each_domain_by_its_rows_and_each_term_by_its_own_weight() {
    let mut learner = learner(layout(true), Listener::default());
    learner.fill_chunk();
    for (number, shares) in learner.chunk.steps().enumerate() {
        let total = if number < 4 { 8 } else { 2 };
        let rows = |term: usize| shares.iter().find(|share| share.term == term).map_or(0, Share::len);
        assert_eq!(rows(0) + rows(1), total, "step {number}");
        assert_eq!(rows(1), rows(2));
        for share in shares {
            let weight = [1.0, 0.75, 0.25][share.term] * share.len() as f32 / total as f32;
            assert!((share.weight - weight).abs() < 1e-6);
        }
    }
}

#[test]
fn constrained_parameters_keep_their_form_and_followed_ones_are_told_after_each_epoch() {
    // Ratings below 0.3 alone draw c down and in the end below zero.
    let mut layout = layout(true);
    let Term::Rating(term) = &mut layout.graph.terms[0] else { panic!("a term of ratings") };
    let mut rows = (*term.rows).clone();
    rows.ratings.iter_mut().for_each(|rating| rating.residual = -1.0);
    term.rows = Arc::new(rows);
    let mut learner =
        learner(layout, Listener { constrained: vec![3], followed: vec![3, 2], ..Listener::default() });
    for _ in 0..60 {
        assert!(matches!(advance(&mut learner), Slice::Epoch(_)));
    }
    let heard = &learner.model.heard;
    assert_eq!(heard.len(), 60);
    assert!(heard.iter().all(|values| values[0][0] >= 0.0 && values[1].len() == 4));
    // Only the constraint has kept it up.
    assert!(heard[10][0][0] < 0.3 && heard[59][1].iter().all(|&w| w < 0.0), "{heard:?}");
    let model = pollster::block_on(learner.model()).unwrap();
    let read: &dyn std::any::Any = &*model;
    assert_eq!(read.downcast_ref::<Read>().unwrap().0[3], heard[59][0]);
}

#[test]
fn a_loss_that_is_no_number_ends_the_training_with_what_to_do() {
    let mut layout = layout(true);
    let Term::Rating(term) = &mut layout.graph.terms[1] else { panic!("a term of ratings") };
    let mut rows = (*term.rows).clone();
    rows.ratings[0].residual = f32::INFINITY;
    term.rows = Arc::new(rows);
    let mut learner = learner(layout, Listener::default());
    let message = pollster::block_on(learner.advance()).unwrap_err().to_string();
    assert!(message.contains("not a finite number after 5 steps; lower the learning rate"), "{message}");
}
