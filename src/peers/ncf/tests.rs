//! NCF against the same in numpy, and by hand.

use super::super::planted::{Planted, rmse};
use super::*;
use crate::data::{ItemId, UserId};
use crate::engine::{Chunk, UpdatedRows, open};
use crate::settings::Config;

const USERS: usize = 6;
const ITEMS: usize = 5;
const BATCH: u32 = 8;

/// Losses of 100 steps as `python3 tests/ncf_reference.py` prints them.
const LOSSES: [f32; 100] = [
    0.170537, 0.185119, 0.126823, 0.164603, 0.179668, 0.122781, 0.160951, 0.174482, 0.118741, 0.157719,
    0.169410, 0.114840, 0.154778, 0.164533, 0.111106, 0.152175, 0.159750, 0.107600, 0.149671, 0.155092,
    0.104290, 0.147007, 0.150572, 0.101164, 0.144960, 0.146144, 0.098202, 0.143315, 0.141733, 0.095412,
    0.141867, 0.137343, 0.092771, 0.140284, 0.133074, 0.090305, 0.138911, 0.128839, 0.088018, 0.137603,
    0.124460, 0.085894, 0.136420, 0.118975, 0.083968, 0.135509, 0.113361, 0.082188, 0.134296, 0.107932,
    0.080503, 0.133433, 0.102829, 0.078934, 0.134131, 0.098206, 0.077449, 0.131506, 0.094167, 0.076037,
    0.130451, 0.090199, 0.074693, 0.129372, 0.086352, 0.073407, 0.128292, 0.082652, 0.072172, 0.127187,
    0.079120, 0.070980, 0.126050, 0.075736, 0.069822, 0.125142, 0.072577, 0.068674, 0.123703, 0.069646,
    0.067650, 0.122609, 0.067012, 0.066569, 0.121102, 0.064761, 0.065493, 0.119718, 0.062511, 0.064459,
    0.118323, 0.060288, 0.063456, 0.116987, 0.058149, 0.062449, 0.115575, 0.055912, 0.061505, 0.114264,
];

/// What it then predicts for the first six rows.
const PREDICTIONS: [f32; 6] = [0.610995, 0.461976, 0.373137, 0.280201, 0.622307, 0.630615];

/// A weight of the reference before training.
fn start(row: usize, column: usize, salt: f64) -> f32 {
    (0.5 * (1.3 * row as f64 + 0.7 * column as f64 + salt).sin()) as f32
}

fn matrix(rows: usize, columns: usize, salt: f64) -> Vec<f32> {
    (0..rows * columns).map(|n| start(n / columns, n % columns, salt)).collect()
}

/// A side's table with the reference's weights in their places.
fn vectors(widths: Widths, rows: usize, is_of_items: bool) -> Vec<f32> {
    let (product, network) = if is_of_items { (0.2, 0.4) } else { (0.1, 0.3) };
    let (width, place) = (widths.whole(), widths.start(is_of_items));
    let value = |n: usize| match (n / width, n % width) {
        (row, column) if column < widths.product => start(row, column, product),
        (row, column) if (place..place + widths.first).contains(&column) => {
            start(row, column - place, network)
        }
        _ => 0.0,
    };
    (0..rows * width).map(value).collect()
}

fn rows() -> Rows {
    let users: Vec<u32> = (0..24).map(|n| n % USERS as u32).collect();
    let items: Vec<u32> = (0..24).map(|n| (2 * n + n / USERS as u32) % ITEMS as u32).collect();
    let rating = |(&user, &item): (&u32, &u32)| {
        (0.5 + 0.5 * (1.1 * f64::from(user) + 2.3 * f64::from(item)).sin()) as f32
    };
    let targets = users.iter().zip(&items).map(rating).collect();
    Rows {
        users: users.into_iter().map(UserId).collect(),
        items: items.into_iter().map(ItemId).collect(),
        targets,
    }
}

#[test]
fn a_hundred_steps_are_those_of_the_reference_in_numpy() {
    let planted = Planted::new(2, USERS, ITEMS, 1.0, |_, user, item| ((user + item) % 3) as f32 / 2.0);
    let config = Config {
        dimension: 4,
        learning_rate: 2e-3,
        updated_rows: UpdatedRows::All,
        ..(**planted.config()).clone()
    };
    let config = config.check().unwrap();
    let (Layout { mut graph, .. }, plan) = plan(&config, &planted.training(Crossing::All), None);
    let (widths, domain) = (plan.widths, plan.domains[0].clone());
    assert_eq!(widths, Widths { product: 2, first: 8, rest: [4, 2] });
    graph.params[domain.users].values = vectors(widths, USERS, false);
    graph.params[domain.items].values = vectors(widths, ITEMS, true);
    for (number, layer) in (2..).zip(&domain.head[1..]) {
        let weights = &mut graph.params[layer.weights];
        weights.values = matrix(weights.rows, weights.columns, 1.0 + 0.1 * f64::from(number));
        graph.params[layer.bias].values.fill(if number == 4 { 0.5 } else { 0.0 });
    }
    let Term::Rating(term) = &mut graph.terms[0] else { panic!("a term of ratings") };
    let rows = rows();
    term.rows = Arc::new(rating_rows(&rows, None));

    let params = graph.params.len();
    let mut engine = open(vec![graph], &Device::cpu()).unwrap();
    for (step, expected) in (0..).zip(LOSSES) {
        let mut chunk = Chunk::default();
        let first = BATCH * (step % 3);
        chunk.push(0, 1.0, 0, first..first + BATCH);
        chunk.end_step();
        engine.run(std::slice::from_ref(&chunk)).unwrap();
        let loss = pollster::block_on(engine.losses()).unwrap()[0][0].unwrap();
        assert!((loss - expected).abs() < 1e-3 * expected, "step {step}: {loss} {expected}");
    }
    let weights: Vec<Vec<f32>> =
        (0..params).map(|param| pollster::block_on(engine.weights(0, param)).unwrap()).collect();
    // The zeros have stayed.
    for (vectors, is_of_items) in [(&weights[domain.users], false), (&weights[domain.items], true)] {
        let zeros = (0..vectors.len()).filter(|n| widths.is_zero(n % widths.whole(), is_of_items));
        assert!(zeros.map(|n| vectors[n]).all(|zero| zero == 0.0));
    }
    let model = plan.recommender(&weights).unwrap();
    let said = model.predict(0, &rows.users[..6], &rows.items[..6]);
    for (said, expected) in said.iter().zip(PREDICTIONS) {
        assert!((said - expected).abs() < 1e-3, "{said} {expected}");
    }
}

#[test]
fn a_rating_by_hand() {
    // k = 2: one product, a first layer of four units, layers of two and one.
    let widths = Widths::new(2);
    assert_eq!(widths, Widths { product: 1, first: 4, rest: [2, 1] });
    let layer = |weights: &[f32], bias: &[f32]| DenseLayer { weights: weights.to_vec(), bias: bias.to_vec() };
    let second = layer(&[1.0, 0.0, 0.0, 1.0, 0.5, 0.0, 0.0, 2.0], &[0.0, -0.1]);
    let domain = Domain {
        users: [0.5, 0.1, 0.2, -0.3, 0.0, 0.0, 0.0, 0.0, 0.0].into(),
        items: vec![0.4, 0.0, 0.0, 0.0, 0.0, 0.1, -0.4, 0.5, 0.1],
        first: vec![0.0, 0.1, 0.0, 0.1],
        rest: RecommendationNetwork {
            layers: vec![second, layer(&[1.0, 0.5], &[0.0]), layer(&[2.0], &[0.05])],
            dot: false,
        },
    };
    // Units: 0.1 + 0.1; 0.2 − 0.4 + 0.1 below zero; −0.3 + 0.5; 0.1 + 0.1: [0.2, 0, 0.2, 0.2].
    // Then [0.2 + 0.5 · 0.2, 2 · 0.2 − 0.1] = [0.3, 0.3], then 0.45, then 0.95. With the product 0.5 · 0.4 it is beyond
    // the scale, with 0.5 · −0.4 it is 0.75.
    assert_eq!(domain.rating(widths, 0, 0), 1.0);
    let lower = Domain { items: vec![-0.4, 0.0, 0.0, 0.0, 0.0, 0.1, -0.4, 0.5, 0.1], ..domain };
    assert!((lower.rating(widths, 0, 0) - 0.75).abs() < 1e-6);
}

#[test]
fn the_joint_network_shares_people_and_layers_where_vectors_may_cross_and_nothing_elsewhere() {
    let planted = Planted::new(2, 20, 10, 0.8, |_, user, item| ((user + item) % 5) as f32 / 5.0);
    let heads = |crossing| {
        let training = planted.training(crossing);
        let (layout, plan) = plan(planted.config(), &training, Some(JoinedPeople::new(&training)));
        let rows = layout.graph.params[plan.domains[0].users].rows;
        (layout.graph.heads.len(), rows, plan.domains[0].head[3].bias == plan.domains[1].head[3].bias)
    };
    assert_eq!(heads(Crossing::All), (1, 20, true));
    assert_eq!(heads(Crossing::Nothing), (2, 40, false));
}

#[test]
fn what_a_product_of_vectors_says_is_learnt_and_the_other_domain_helps() {
    let sign = |n: usize| if n.is_multiple_of(2) { 1.0 } else { -1.0 };
    // Even people like even items, odd people odd ones, in both domains: nothing that biases could tell.
    let planted = Planted::new(2, 80, 30, 0.2, |_, user, item| 0.5 + 0.3 * sign(user) * sign(item));
    let error = |entry: &Entry| {
        let model = planted.trained(entry.begin, Crossing::All, 40);
        [0, 1].map(|d| rmse(&*model, d, &planted.test(d)))
    };
    let (own, joint) = (error(&ENTRY), error(&JOINT));
    for d in [0, 1] {
        assert!(own[d] < 0.2 && joint[d] < 0.15, "{own:?} {joint:?}");
    }
}
