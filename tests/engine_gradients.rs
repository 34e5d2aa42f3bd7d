#![cfg(not(target_arch = "wasm32"))]
//! The reference engine's losses and gradients against a second implementation in double precision, differentiated
//! by central differences. Every part of every preset is in one of the layer tables below.

use dual_metric::data::{Field, FieldKind};
use dual_metric::engine::{
    Adam, AutoencoderBatch, AutoencoderTerm, Batch, Dense, Device, Engine, Entries, Gather, Head, LayerTable,
    PairBatch, PairTerm, RatingBatch, RatingTerm, Reconstruction, ReferenceEngine, Share, Term, Through,
    Tower,
};
use dual_metric::rng::Generator;

type Params = Vec<Vec<f64>>;

/// The shares' whole loss in double precision, term by term as the documentation of the layer table has it.
fn loss(table: &LayerTable, params: &Params, shares: &[Share]) -> f64 {
    shares
        .iter()
        .map(|share| {
            let mean = match (&table.terms[share.term], &share.batch) {
                (Term::Rating(term), Batch::Rating(batch)) => rating_loss(table, params, term, batch),
                (Term::Pair(term), Batch::Pair(batch)) => pair_loss(table, params, term, batch),
                (Term::Autoencoder(term), Batch::Autoencoder(batch)) => {
                    autoencoder_loss(table, params, term, batch)
                }
                _ => unreachable!(),
            };
            f64::from(share.weight) * mean
        })
        .sum()
}

fn row(table: &LayerTable, params: &Params, param: usize, row: usize) -> Vec<f64> {
    let columns = table.params[param].columns;
    params[param][row * columns..][..columns].to_vec()
}

fn bag(table: &LayerTable, params: &Params, weights: usize, n: usize, entries: &Entries) -> Vec<f64> {
    let mut sum = vec![0.0; table.params[weights].columns];
    for i in (0..entries.rows.len()).filter(|&i| entries.rows[i] as usize == n) {
        let picked = row(table, params, weights, entries.columns[i] as usize);
        sum.iter_mut().zip(picked).for_each(|(s, w)| *s += f64::from(entries.values[i]) * w);
    }
    sum
}

fn gathered(
    table: &LayerTable,
    params: &Params,
    gather: &Gather,
    base: &[f64],
    n: usize,
    features: &Entries,
) -> Vec<f64> {
    let mut x = base.to_vec();
    if let Some(tower) = gather.tower {
        x.iter_mut().zip(bag(table, params, tower.weights, n, features)).for_each(|(x, t)| *x += t);
    }
    let Some(Through { map, transposed }) = gather.through else { return x };
    let k = x.len();
    let entry = |i: usize, j: usize| params[map][if transposed { j * k + i } else { i * k + j }];
    (0..k).map(|i| (0..k).map(|j| entry(i, j) * x[j]).sum()).collect()
}

fn dense(table: &LayerTable, params: &Params, layer: Dense, x: &[f64]) -> Vec<f64> {
    let outputs = table.params[layer.weights].columns;
    (0..outputs)
        .map(|o| {
            params[layer.bias][o]
                + x.iter().enumerate().map(|(i, x)| x * params[layer.weights][i * outputs + o]).sum::<f64>()
        })
        .collect()
}

fn rating_loss(table: &LayerTable, params: &Params, term: &RatingTerm, batch: &RatingBatch) -> f64 {
    let n = batch.targets.len();
    let head = &table.heads[term.head];
    let (mut errors, mut rows_l2) = (0.0, 0.0);
    for r in 0..n {
        let user_row = row(table, params, term.user.table, batch.users[r] as usize);
        let kept = batch.item_kept.get(r).map_or(1.0, |&k| f64::from(k));
        let item_row: Vec<f64> =
            row(table, params, term.item.table, batch.items[r] as usize).iter().map(|x| x * kept).collect();
        let user = gathered(table, params, &term.user, &user_row, r, &batch.user_features);
        let item = gathered(table, params, &term.item, &item_row, r, &batch.item_features);
        let mut x = [user.clone(), item.clone()].concat();
        x.extend(batch.given[r * head.given..][..head.given].iter().map(|&g| f64::from(g)));
        for (i, &layer) in head.layers.iter().enumerate() {
            x = dense(table, params, layer, &x);
            if i + 1 < head.layers.len() {
                let width = x.len();
                for (j, x) in x.iter_mut().enumerate() {
                    let factor = batch.dropout.get(i).map_or(1.0, |d| f64::from(d[r * width + j]));
                    *x = x.max(0.0) * factor;
                }
            }
        }
        let dot: f64 = if head.dot { user.iter().zip(&item).map(|(u, v)| u * v).sum() } else { 0.0 };
        errors += (x[0] + dot + f64::from(batch.offsets[r]) - f64::from(batch.targets[r])).powi(2);
        let square = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>();
        rows_l2 += square(&user_row) * f64::from(batch.user_shares[r])
            + square(&item_row) * f64::from(batch.item_shares[r]);
    }
    let towers: f64 = [term.user.tower, term.item.tower]
        .into_iter()
        .flatten()
        .map(|t| f64::from(t.penalty) * params[t.weights].iter().map(|x| x * x).sum::<f64>())
        .sum();
    errors / n as f64 + f64::from(term.row_l2) * rows_l2 / n as f64 + towers
}

fn pair_loss(table: &LayerTable, params: &Params, term: &PairTerm, batch: &PairBatch) -> f64 {
    let n = batch.from.len();
    (0..n)
        .map(|r| {
            let side = |gather: &Gather, index: i32, features: &Entries| {
                gathered(
                    table,
                    params,
                    gather,
                    &row(table, params, gather.table, index as usize),
                    r,
                    features,
                )
            };
            let from = side(&term.from, batch.from[r], &batch.from_features);
            let to = side(&term.to, batch.to[r], &batch.to_features);
            from.iter().zip(to).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        })
        .sum::<f64>()
        / n as f64
}

fn autoencoder_loss(
    table: &LayerTable,
    params: &Params,
    term: &AutoencoderTerm,
    batch: &AutoencoderBatch,
) -> f64 {
    let width = table.params[term.output.weights].rows;
    let outputs: Vec<Vec<f64>> = (0..batch.rows)
        .map(|r| {
            let mut x = bag(table, params, term.input.weights, r, &batch.entries);
            x.iter_mut().zip(&params[term.input.bias]).for_each(|(x, b)| *x += b);
            for &layer in &term.encoder {
                let hidden: Vec<f64> = x.iter().map(|x| x.max(0.0)).collect();
                x = dense(table, params, layer, &hidden);
            }
            for &layer in &term.decoder {
                x = dense(table, params, layer, &x).iter().map(|x| x.max(0.0)).collect();
            }
            (0..width)
                .map(|c| {
                    let weights = row(table, params, term.output.weights, c);
                    params[term.output.bias][c] + weights.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>()
                })
                .collect()
        })
        .collect();
    let entries = &batch.entries;
    let Reconstruction::Fields(fields) = &term.reconstruction else {
        let n = entries.rows.len();
        return (0..n)
            .map(|i| {
                (outputs[entries.rows[i] as usize][entries.columns[i] as usize]
                    - f64::from(entries.values[i]))
                .powi(2)
            })
            .sum::<f64>()
            / n as f64;
    };
    let mut target = vec![vec![0.0; width]; batch.rows];
    for i in 0..entries.rows.len() {
        target[entries.rows[i] as usize][entries.columns[i] as usize] = f64::from(entries.values[i]);
    }
    let mut total = 0.0;
    for (y, t) in outputs.iter().zip(&target) {
        for field in fields {
            let range = field.start..field.start + field.width;
            let (y, t) = (&y[range.clone()], &t[range]);
            total += match field.kind {
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
            };
        }
    }
    total / batch.rows as f64
}

/// Holds the engine's gradients against central differences of the loss above, and its mean loss against the mean
/// loss above where there is no penalty.
fn check(table: &LayerTable, shares: &[Share], detached: &[usize]) {
    let params: Params =
        table.params.iter().map(|p| p.values.iter().map(|&x| f64::from(x)).collect()).collect();
    let mut engine = ReferenceEngine::new(table.clone(), &Device::cpu());
    let gradients = pollster::block_on(engine.gradients(shares)).unwrap();
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
                loss(table, &params, shares)
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

/// Features of a batch: every row has two of the six.
fn features(rows: usize) -> Entries {
    let mut entries = Entries::default();
    (0..rows).for_each(|r| entries.push_row(r, &[r as u32 % 6, (r as u32 + 2) % 6], &[1.0, -0.5]));
    entries
}

/// A rating batch with duplicate users and items, dropout and one withheld item.
fn batch(rows: usize, given: usize, widths: &[usize], rng: &mut Generator) -> RatingBatch {
    let numbers = |n: usize, rng: &mut Generator| rng.uniforms(n, 1.0);
    RatingBatch {
        users: (0..rows).map(|_| rng.below(USERS) as i32).collect(),
        items: (0..rows).map(|_| rng.below(ITEMS) as i32).collect(),
        offsets: numbers(rows, rng),
        targets: numbers(rows, rng),
        given: numbers(rows * given, rng),
        user_shares: vec![0.5; rows],
        item_shares: vec![0.25; rows],
        item_kept: (0..rows).map(|r| if r == 1 { 0.0 } else { 1.0 }).collect(),
        user_features: features(rows),
        item_features: features(rows),
        dropout: widths.iter().map(|w| rng.dropout(rows * w, 0.3)).collect(),
    }
}

/// Two domains' tables, a head with two hidden layers, and a map.
fn two_tables(rng: &mut Generator, given: usize, dot: bool) -> (LayerTable, [usize; 2], usize) {
    let mut table = LayerTable::new(Adam::new(1e-2));
    let users = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let items = table.param(ITEMS, K, rng.normals(ITEMS * K, 0.7));
    let map = table.param(K, K, rng.normals(K * K, 0.7));
    let layers = vec![table.dense(2 * K + given, 7, rng), table.dense(7, 5, rng), table.dense(5, 1, rng)];
    table.heads.push(Head { layers, dot, given });
    (table, [users, items], map)
}

#[test]
fn own_domain_pass_of_recipe_r() {
    let mut rng = Generator::new(1, "test");
    let (mut table, [users, items], map) = two_tables(&mut rng, 2, true);
    table.params[map].trainable = false;
    let tower = |weights| Some(Tower { weights, penalty: 0.1 });
    let towers = [0, 1].map(|_| table.param(FEATURES, K, rng.normals(FEATURES * K, 0.5)));
    table.term(Term::Rating(RatingTerm {
        user: Gather { table: users, tower: tower(towers[0]), through: None, detach: false },
        item: Gather { table: items, tower: tower(towers[1]), through: None, detach: false },
        head: 0,
        row_l2: 0.4,
    }));
    for rows in [1, 2, 9] {
        let share =
            Share { term: 0, weight: 0.7, batch: Batch::Rating(batch(rows.max(2), 2, &[7, 5], &mut rng)) };
        // Users and items that no row has still get the engine's zero gradient.
        check(&table, &[share], &[]);
    }
}

#[test]
fn cross_domain_pass_with_gradient_into_the_map_and_the_vectors() {
    for transposed in [false, true] {
        let mut rng = Generator::new(2, "test");
        let (mut table, [users, items], map) = two_tables(&mut rng, 0, false);
        let plain = |table| Gather { table, tower: None, through: None, detach: false };
        table.term(Term::Rating(RatingTerm {
            user: Gather { through: Some(Through { map, transposed }), ..plain(users) },
            item: plain(items),
            head: 0,
            row_l2: 0.0,
        }));
        let batch = RatingBatch {
            item_kept: vec![],
            user_features: Entries::default(),
            item_features: Entries::default(),
            ..batch(6, 0, &[7, 5], &mut rng)
        };
        check(&table, &[Share { term: 0, weight: 1.0, batch: Batch::Rating(batch) }], &[]);
    }
}

#[test]
fn a_detached_user_vector_gets_no_gradient_and_the_rest_does() {
    let mut rng = Generator::new(3, "test");
    let (mut table, [users, items], map) = two_tables(&mut rng, 0, true);
    let plain = |table| Gather { table, tower: None, through: None, detach: false };
    table.term(Term::Rating(RatingTerm {
        user: Gather { through: Some(Through { map, transposed: false }), detach: true, ..plain(users) },
        item: plain(items),
        head: 0,
        row_l2: 0.0,
    }));
    let batch = RatingBatch { item_kept: vec![], ..batch(6, 0, &[7, 5], &mut rng) };
    check(&table, &[Share { term: 0, weight: 1.0, batch: Batch::Rating(batch) }], &[users, map]);
}

#[test]
fn pair_loss_of_the_mapping() {
    let mut rng = Generator::new(4, "test");
    let mut table = LayerTable::new(Adam::new(1e-2));
    let a = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let b = table.param(USERS, K, rng.normals(USERS * K, 0.7));
    let map = table.param(K, K, rng.normals(K * K, 0.7));
    let tower = table.param(FEATURES, K, rng.normals(FEATURES * K, 0.5));
    table.term(Term::Pair(PairTerm {
        from: Gather {
            table: a,
            tower: Some(Tower { weights: tower, penalty: 0.0 }),
            through: Some(Through { map, transposed: false }),
            detach: false,
        },
        to: Gather { table: b, tower: None, through: None, detach: false },
    }));
    let pairs = PairBatch {
        from: vec![0, 1, 1, 4],
        to: vec![2, 3, 3, 0],
        from_features: features(4),
        to_features: Entries::default(),
    };
    check(&table, &[Share { term: 0, weight: 0.3, batch: Batch::Pair(pairs) }], &[]);
}

/// An autoencoder n-4-3-4-n.
fn autoencoder(reconstruction: Reconstruction, rng: &mut Generator) -> LayerTable {
    let mut table = LayerTable::new(Adam::new(1e-2));
    let input = table.dense(FEATURES, 4, rng);
    let encoder = vec![table.dense(4, 3, rng)];
    let decoder = vec![table.dense(3, 4, rng)];
    let weights = table.param(FEATURES, 4, rng.normals(FEATURES * 4, 0.7));
    let bias = table.param(FEATURES, 1, rng.normals(FEATURES, 0.7));
    let output = Dense { weights, bias };
    table.term(Term::Autoencoder(AutoencoderTerm { input, encoder, decoder, output, reconstruction }));
    table
}

#[test]
fn autoencoder_on_observed_ratings() {
    let mut rng = Generator::new(5, "test");
    let table = autoencoder(Reconstruction::Observed, &mut rng);
    let batch = AutoencoderBatch { rows: 7, entries: features(7) };
    check(&table, &[Share { term: 0, weight: 1.0, batch: Batch::Autoencoder(batch) }], &[]);
}

#[test]
fn autoencoder_on_numbers_categories_and_tags() {
    let mut rng = Generator::new(6, "test");
    let field = |kind, start, width| Field { name: "field".into(), kind, start, width };
    let fields = vec![
        field(FieldKind::Numeric, 0, 1),
        field(FieldKind::OneHot, 1, 2),
        field(FieldKind::MultiHot, 3, 3),
    ];
    let table = autoencoder(Reconstruction::Fields(fields), &mut rng);
    let mut entries = Entries::default();
    entries.push_row(0, &[0, 1, 3, 5], &[0.4, 1.0, 1.0, 1.0]);
    entries.push_row(1, &[0, 2, 4], &[-1.4, 1.0, 1.0]);
    entries.push_row(2, &[5], &[1.0]);
    let batch = AutoencoderBatch { rows: 3, entries };
    check(&table, &[Share { term: 0, weight: 1.0, batch: Batch::Autoencoder(batch) }], &[]);
}

#[test]
fn the_first_step_of_adam_moves_each_weight_by_the_learning_rate_against_its_gradient() {
    let mut rng = Generator::new(7, "test");
    let table = autoencoder(Reconstruction::Observed, &mut rng);
    let mut engine = ReferenceEngine::new(table.clone(), &Device::cpu());
    let batch = AutoencoderBatch { rows: 7, entries: features(7) };
    let shares = [Share { term: 0, weight: 1.0, batch: Batch::Autoencoder(batch) }];
    let gradients = pollster::block_on(engine.gradients(&shares)).unwrap();
    engine.step(&shares).unwrap();
    assert_eq!(engine.steps(), 1);
    for (id, param) in table.params.iter().enumerate() {
        let after = pollster::block_on(engine.weights(id)).unwrap();
        let gradient = gradients[id].as_ref().unwrap();
        for ((before, after), g) in param.values.iter().zip(after).zip(gradient) {
            // m / √v = sign(g) after one step, except where |g| is not large against ε = 1e-8.
            if g.abs() > 1e-5 {
                assert!((before - after - 0.01 * g.signum()).abs() < 2e-5, "{before} {after} {g}");
            }
        }
    }
}
