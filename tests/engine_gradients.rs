//! The reference engine's losses and gradients against a second implementation in double precision, differentiated
//! by central differences. Every part of every preset is in one of the training graphs below.

use dual_metric::data::{Field, FieldKind};
use std::sync::Arc;

use dual_metric::engine::{
    Adam, AutoencoderTerm, Chunk, Dense, Device, Engine, Gather, Head, Numbers, PairTerm, RatingRow,
    RatingRows, RatingTerm, Reconstruction, ReferenceEngine, SparseRows, Term, Through, Tower, TrainingGraph,
    dropout,
};
use dual_metric::rng::Generator;

type Params = Vec<Vec<f64>>;

/// The loss of a chunk's first step in double precision, term by term as the documentation of the training graph has it.
fn loss(table: &TrainingGraph, params: &Params, chunk: &Chunk) -> f64 {
    chunk
        .step(0)
        .iter()
        .map(|share| {
            let rows = chunk.rows(share);
            let mean = match &table.terms[share.term] {
                Term::Rating(term) => rating_loss(table, params, term, rows, share.key),
                Term::Pair(term) => pair_loss(table, params, term, rows),
                Term::Autoencoder(term) => autoencoder_loss(table, params, term, rows),
            };
            f64::from(share.weight) * mean
        })
        .sum()
}

fn row(table: &TrainingGraph, params: &Params, param: usize, row: usize) -> Vec<f64> {
    let columns = table.params[param].columns;
    params[param][row * columns..][..columns].to_vec()
}

fn bag(table: &TrainingGraph, params: &Params, weights: usize, rows: &SparseRows, n: usize) -> Vec<f64> {
    let mut sum = vec![0.0; table.params[weights].columns];
    let (columns, values) = rows.row(n);
    for (&column, &value) in columns.iter().zip(values) {
        let picked = row(table, params, weights, column as usize);
        sum.iter_mut().zip(picked).for_each(|(s, w)| *s += f64::from(value) * w);
    }
    sum
}

fn gathered(table: &TrainingGraph, params: &Params, gather: &Gather, base: &[f64], n: usize) -> Vec<f64> {
    let mut x = base.to_vec();
    if let Some(tower) = &gather.tower {
        let bag = bag(table, params, tower.weights, &tower.features, n);
        x.iter_mut().zip(bag).for_each(|(x, t)| *x += t);
    }
    let Some(Through { map, transposed }) = gather.through else { return x };
    let k = x.len();
    let entry = |i: usize, j: usize| params[map][if transposed { j * k + i } else { i * k + j }];
    (0..k).map(|i| (0..k).map(|j| entry(i, j) * x[j]).sum()).collect()
}

fn dense(table: &TrainingGraph, params: &Params, layer: Dense, x: &[f64]) -> Vec<f64> {
    let outputs = table.params[layer.weights].columns;
    (0..outputs)
        .map(|o| {
            params[layer.bias][o]
                + x.iter().enumerate().map(|(i, x)| x * params[layer.weights][i * outputs + o]).sum::<f64>()
        })
        .collect()
}

fn rating_loss(table: &TrainingGraph, params: &Params, term: &RatingTerm, chosen: &[u32], key: u32) -> f64 {
    let n = chosen.len();
    let (head, data) = (&table.heads[term.head], &term.rows);
    let numbers = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let (mut errors, mut rows_l2) = (0.0, 0.0);
    for (position, &r) in chosen.iter().enumerate() {
        let r = r as usize;
        let (u, number) = (data.ratings[r].user as usize, data.ratings[r].item as usize);
        let (i, kept) = match number.checked_sub(table.params[term.item.table].rows) {
            Some(withheld) => (withheld, 0.0),
            None => (number, 1.0),
        };
        let user_row = row(table, params, term.user.table, u);
        let item_row: Vec<f64> = row(table, params, term.item.table, i).iter().map(|x| x * kept).collect();
        let user = gathered(table, params, &term.user, &user_row, u);
        let item = gathered(table, params, &term.item, &item_row, i);
        let mut x = [user.clone(), item.clone()].concat();
        x.extend(numbers(data.own.row(r)));
        x.extend(numbers(data.user_given.row(u)));
        x.extend(numbers(data.item_given.row(number)));
        let mut first_slot = 0;
        for (l, &layer) in head.layers.iter().enumerate() {
            x = dense(table, params, layer, &x);
            if l + 1 < head.layers.len() {
                let width = x.len();
                for (unit, x) in x.iter_mut().enumerate() {
                    let factor = match head.dropout > 0.0 {
                        true => dropout::factor(head.dropout, key, first_slot, width, unit, position),
                        false => 1.0,
                    };
                    *x = x.max(0.0) * f64::from(factor);
                }
                first_slot += dropout::slots(width);
            }
        }
        let dot: f64 = if head.dot { user.iter().zip(&item).map(|(u, v)| u * v).sum() } else { 0.0 };
        errors += (x[0] + dot - f64::from(data.ratings[r].residual)).powi(2);
        if term.row_l2 > 0.0 {
            let square = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>();
            rows_l2 += square(&user_row) * f64::from(data.user_shares[u])
                + square(&item_row) * f64::from(data.item_shares[i]);
        }
    }
    let towers: f64 = [&term.user.tower, &term.item.tower]
        .into_iter()
        .flatten()
        .map(|t| f64::from(t.penalty) * params[t.weights].iter().map(|x| x * x).sum::<f64>())
        .sum();
    errors / n as f64 + f64::from(term.row_l2) * rows_l2 / n as f64 + towers
}

fn pair_loss(table: &TrainingGraph, params: &Params, term: &PairTerm, chosen: &[u32]) -> f64 {
    let side = |gather: &Gather, r: u32| {
        let r = r as usize;
        gathered(table, params, gather, &row(table, params, gather.table, r), r)
    };
    let distances = chosen.iter().map(|&pair| {
        let (a, b) = term.pairs[pair as usize];
        let (from, to) = (side(&term.from, a), side(&term.to, b));
        from.iter().zip(to).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
    });
    distances.sum::<f64>() / chosen.len() as f64
}

fn autoencoder_loss(table: &TrainingGraph, params: &Params, term: &AutoencoderTerm, chosen: &[u32]) -> f64 {
    let width = table.params[term.output.weights].rows;
    let (mut total, mut entries) = (0.0, 0);
    for &r in chosen {
        let r = r as usize;
        let mut x = bag(table, params, term.input.weights, &term.rows, r);
        x.iter_mut().zip(&params[term.input.bias]).for_each(|(x, b)| *x += b);
        for &layer in &term.encoder {
            let hidden: Vec<f64> = x.iter().map(|x| x.max(0.0)).collect();
            x = dense(table, params, layer, &hidden);
        }
        for &layer in &term.decoder {
            x = dense(table, params, layer, &x).iter().map(|x| x.max(0.0)).collect();
        }
        let y: Vec<f64> = (0..width)
            .map(|c| {
                let weights = row(table, params, term.output.weights, c);
                params[term.output.bias][c] + weights.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>()
            })
            .collect();
        let (columns, values) = term.rows.row(r);
        entries += columns.len();
        total += match &term.reconstruction {
            Reconstruction::Observed => {
                columns.iter().zip(values).map(|(&c, &t)| (y[c as usize] - f64::from(t)).powi(2)).sum()
            }
            Reconstruction::Fields(fields) => {
                let mut t = vec![0.0; width];
                columns.iter().zip(values).for_each(|(&c, &v)| t[c as usize] = f64::from(v));
                fields
                    .iter()
                    .map(|f| field_loss(f.kind, &y[f.start..][..f.width], &t[f.start..][..f.width]))
                    .sum::<f64>()
            }
        };
    }
    let n = match term.reconstruction {
        Reconstruction::Observed => entries,
        Reconstruction::Fields(_) => chosen.len(),
    };
    total / n as f64
}

fn field_loss(kind: FieldKind, y: &[f64], t: &[f64]) -> f64 {
    match kind {
        FieldKind::Numeric => (y[0] - t[0]).powi(2),
        FieldKind::OneHot => {
            let sum: f64 = y.iter().map(|y| y.exp()).sum();
            -y.iter().zip(t).map(|(y, t)| t * (y - sum.ln())).sum::<f64>()
        }
        FieldKind::MultiHot => {
            let sigmoid = |y: f64| 1.0 / (1.0 + (-y).exp());
            -y.iter()
                .zip(t)
                .map(|(&y, t)| t * sigmoid(y).ln() + (1.0 - t) * (1.0 - sigmoid(y)).ln())
                .sum::<f64>()
        }
    }
}

/// A chunk of one step of one share.
fn one_share(weight: f32, key: u32, rows: impl IntoIterator<Item = u32>) -> Chunk {
    let mut chunk = Chunk::default();
    chunk.push(0, weight, key, rows);
    chunk.end_step();
    chunk
}

/// Holds the engine's gradients against central differences of the loss above.
fn check(table: &TrainingGraph, chunk: &Chunk, detached: &[usize]) {
    let params: Params =
        table.params.iter().map(|p| p.values.iter().map(|&x| f64::from(x)).collect()).collect();
    let mut engine = ReferenceEngine::new(vec![table.clone()], &Device::cpu());
    let gradients = pollster::block_on(engine.gradients(0, chunk)).unwrap();
    let step = 1e-5;
    for (id, param) in table.params.iter().enumerate() {
        if !param.trainable || detached.contains(&id) {
            assert!(gradients[id].is_none(), "parameter {id} has a gradient and should have none");
            continue;
        }
        let gradient = gradients[id].as_ref().unwrap_or_else(|| panic!("parameter {id} has no gradient"));
        let largest = gradient.iter().fold(0.0_f32, |m, g| m.max(g.abs()));
        assert!(largest > 1e-6, "parameter {id}: every gradient is zero");
        for (i, &g) in gradient.iter().enumerate() {
            let moved = |by: f64| {
                let mut params = params.clone();
                params[id][i] += by;
                loss(table, &params, chunk)
            };
            let expected = (moved(step) - moved(-step)) / (2.0 * step);
            let difference = (f64::from(g) - expected).abs();
            assert!(
                difference < 1e-4 * f64::from(largest) + 2e-6,
                "parameter {id}[{i}]: {g} against {expected}"
            );
        }
    }
}

const K: usize = 3;
const USERS: usize = 5;
const ITEMS: usize = 4;
const FEATURES: usize = 6;

/// Features: every row has two of the six.
fn features(rows: usize) -> Arc<SparseRows> {
    let mut features = SparseRows::new(FEATURES);
    (0..rows).for_each(|r| features.push(&[r as u32 % 6, (r as u32 + 2) % 6], &[1.0, -0.5]));
    Arc::new(features)
}

/// Nine ratings with duplicate users and items; the second has its item withheld. `given` inputs of the head.
fn ratings(given: [usize; 3], rng: &mut Generator) -> Arc<RatingRows> {
    let rows = 9;
    let mut numbers = |n: usize, width: usize| Numbers::new(rng.uniforms(n * width, 1.0), width);
    let (own, user_given, item_given) =
        (numbers(rows, given[0]), numbers(USERS, given[1]), numbers(2 * ITEMS, given[2]));
    let mut items: Vec<u32> = (0..rows).map(|_| rng.below(ITEMS) as u32).collect();
    items[1] += ITEMS as u32;
    let users: Vec<u32> = (0..rows).map(|_| rng.below(USERS) as u32).collect();
    Arc::new(RatingRows {
        ratings: RatingRow::from_columns(&users, &items, &rng.uniforms(rows, 1.0)),
        own,
        user_given,
        item_given,
        user_shares: vec![0.5; USERS],
        item_shares: vec![0.25; ITEMS],
    })
}

/// Two domains' tables, a head with two hidden layers, and a map.
fn two_tables(rng: &mut Generator, given: usize, dot: bool) -> (TrainingGraph, [usize; 2], usize) {
    let mut table = TrainingGraph::new(Adam::new(1e-2));
    let users = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let items = table.param(ITEMS, K, rng.normals(ITEMS * K, 0.7));
    let map = table.param(K, K, rng.normals(K * K, 0.7));
    let layers = vec![table.dense(2 * K + given, 7, rng), table.dense(7, 5, rng), table.dense(5, 1, rng)];
    table.heads.push(Head { layers, dot, given, dropout: 0.3 });
    (table, [users, items], map)
}

#[test]
fn own_domain_pass_of_recipe_r() {
    let mut rng = Generator::new(1, "test");
    let (mut table, [users, items], map) = two_tables(&mut rng, 4, true);
    table.params[map].trainable = false;
    let mut tower = |table: &mut TrainingGraph, rows: usize| {
        let weights = table.param(FEATURES, K, rng.normals(FEATURES * K, 0.5));
        Some(Tower { weights, features: features(rows), penalty: 0.1 })
    };
    let user = Gather { table: users, tower: tower(&mut table, USERS), through: None, detach: false };
    let item = Gather { table: items, tower: tower(&mut table, ITEMS), through: None, detach: false };
    let rows = ratings([1, 2, 1], &mut rng);
    table.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.4, rows }));
    for n in [1, 2, 9] {
        // Users and items that no row has still get the engine's zero gradient.
        check(&table, &one_share(0.7, n, (0..9).take(n.max(2) as usize)), &[]);
    }
}

fn plain(table: usize) -> Gather {
    Gather { table, tower: None, through: None, detach: false }
}

#[test]
fn cross_domain_pass_with_gradient_into_the_map_and_the_vectors() {
    for transposed in [false, true] {
        let mut rng = Generator::new(2, "test");
        let (mut table, [users, items], map) = two_tables(&mut rng, 0, false);
        table.term(Term::Rating(RatingTerm {
            user: Gather { through: Some(Through { map, transposed }), ..plain(users) },
            item: plain(items),
            head: 0,
            row_l2: 0.0,
            rows: ratings([0; 3], &mut rng),
        }));
        check(&table, &one_share(1.0, 5, [0, 2, 3, 4, 5, 6]), &[]);
    }
}

#[test]
fn a_detached_user_vector_gets_no_gradient_and_the_rest_does() {
    let mut rng = Generator::new(3, "test");
    let (mut table, [users, items], map) = two_tables(&mut rng, 0, true);
    table.term(Term::Rating(RatingTerm {
        user: Gather { through: Some(Through { map, transposed: false }), detach: true, ..plain(users) },
        item: plain(items),
        head: 0,
        row_l2: 0.0,
        rows: ratings([0; 3], &mut rng),
    }));
    check(&table, &one_share(1.0, 6, [0, 2, 3, 4, 5, 6]), &[users, map]);
}

#[test]
fn pair_loss_of_the_mapping() {
    let mut rng = Generator::new(4, "test");
    let mut table = TrainingGraph::new(Adam::new(1e-2));
    let a = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let b = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let map = table.param(K, K, rng.normals(K * K, 0.7));
    let tower = table.param(FEATURES, K, rng.normals(FEATURES * K, 0.5));
    table.term(Term::Pair(PairTerm {
        from: Gather {
            table: a,
            tower: Some(Tower { weights: tower, features: features(USERS), penalty: 0.0 }),
            through: Some(Through { map, transposed: false }),
            detach: false,
        },
        to: plain(b),
        pairs: Arc::new(vec![(0, 2), (1, 3), (4, 0)]),
    }));
    check(&table, &one_share(0.3, 0, [0, 1, 1, 2]), &[]);
}

/// An autoencoder n-4-3-4-n.
fn autoencoder(reconstruction: Reconstruction, rows: Arc<SparseRows>, rng: &mut Generator) -> TrainingGraph {
    let mut table = TrainingGraph::new(Adam::new(1e-2));
    let input = table.dense(FEATURES, 4, rng);
    let encoder = vec![table.dense(4, 3, rng)];
    let decoder = vec![table.dense(3, 4, rng)];
    let weights = table.param(FEATURES, 4, rng.normals(FEATURES * 4, 0.7));
    let bias = table.param(FEATURES, 1, rng.normals(FEATURES, 0.7));
    let output = Dense { weights, bias };
    table.term(Term::Autoencoder(AutoencoderTerm { input, encoder, decoder, output, reconstruction, rows }));
    table
}

#[test]
fn autoencoder_on_observed_ratings() {
    let mut rng = Generator::new(5, "test");
    let table = autoencoder(Reconstruction::Observed, features(7), &mut rng);
    check(&table, &one_share(1.0, 0, 0..7), &[]);
}

#[test]
fn autoencoder_on_numbers_categories_and_tags() {
    let mut rng = Generator::new(6, "test");
    let field = |kind, start, width| Field { name: "field".into(), kind, start, width, labels: Vec::new() };
    let fields = vec![
        field(FieldKind::Numeric, 0, 1),
        field(FieldKind::OneHot, 1, 2),
        field(FieldKind::MultiHot, 3, 3),
    ];
    let mut rows = SparseRows::new(FEATURES);
    rows.push(&[0, 1, 3, 5], &[0.4, 1.0, 1.0, 1.0]);
    rows.push(&[0, 2, 4], &[-1.4, 1.0, 1.0]);
    rows.push(&[5], &[1.0]);
    let table = autoencoder(Reconstruction::Fields(fields), Arc::new(rows), &mut rng);
    check(&table, &one_share(1.0, 0, 0..3), &[]);
}

#[test]
fn the_first_step_of_adam_moves_each_weight_by_the_learning_rate_against_its_gradient() {
    let mut rng = Generator::new(7, "test");
    let table = autoencoder(Reconstruction::Observed, features(7), &mut rng);
    let mut engine = ReferenceEngine::new(vec![table.clone()], &Device::cpu());
    let chunk = one_share(1.0, 0, 0..7);
    let gradients = pollster::block_on(engine.gradients(0, &chunk)).unwrap();
    engine.run(std::slice::from_ref(&chunk)).unwrap();
    assert_eq!(engine.steps(0), 1);
    for (id, param) in table.params.iter().enumerate() {
        let after = pollster::block_on(engine.weights(0, id)).unwrap();
        let gradient = gradients[id].as_ref().unwrap();
        for ((before, after), g) in param.values.iter().zip(after).zip(gradient) {
            // m / √v = sign(g) after one step, except where |g| is not large against ε = 1e-8.
            if g.abs() > 1e-5 {
                assert!((before - after - 0.01 * g.signum()).abs() < 2e-5, "{before} {after} {g}");
            }
        }
    }
}
