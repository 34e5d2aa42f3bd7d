//! Layer tables like the ones that the presets make, on made-up data, and chunks of steps over them.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::sync::Arc;

use dual_metric::data::{Field, FieldKind};
use dual_metric::engine::{
    Adam, AutoencoderTerm, Chunk, Dense, Gather, Head, Numbers, PairTerm, RatingRow, RatingRows, RatingTerm,
    Reconstruction, SparseRows, Term, Through, Tower, TrainingGraph, UpdatedRows,
};
use dual_metric::rng::Generator;

/// Sizes of a made-up domain.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub users: usize,
    pub items: usize,
    pub ratings: usize,
    pub k: usize,
}

const FEATURES: usize = 7;

/// Own, user's and item's given inputs.
type Given = [usize; 3];

fn plain(table: usize) -> Gather {
    Gather { table, tower: None, through: None, detach: false }
}

/// Ratings of random users and items; with `withholds`, one in five has its item withheld.
fn ratings(sizes: Sizes, given: Given, withholds: bool, rng: &mut Generator) -> Arc<RatingRows> {
    let Sizes { users, items, ratings, .. } = sizes;
    let numbers =
        |rows: usize, width: usize, rng: &mut Generator| Numbers::new(rng.uniforms(rows * width, 1.0), width);
    let item = |rng: &mut Generator| {
        let item = rng.below(items) as u32;
        if withholds && rng.below(5) == 0 { item + items as u32 } else { item }
    };
    let named: Vec<u32> = (0..ratings).map(|_| rng.below(users) as u32).collect();
    let rated: Vec<u32> = (0..ratings).map(|_| item(rng)).collect();
    Arc::new(RatingRows {
        ratings: RatingRow::from_columns(&named, &rated, &rng.uniforms(ratings, 1.0)),
        own: numbers(ratings, given[0], rng),
        user_given: numbers(users, given[1], rng),
        item_given: numbers(2 * items, given[2], rng),
        user_shares: (0..users).map(|_| 0.1 + rng.unit()).collect(),
        item_shares: (0..items).map(|_| 0.1 + rng.unit()).collect(),
    })
}

fn features(rows: usize, rng: &mut Generator) -> Arc<SparseRows> {
    let mut features = SparseRows::new(FEATURES);
    for row in 0..rows as u32 {
        // Row 0 has none.
        let columns: Vec<u32> = (0..FEATURES as u32).filter(|c| row > 0 && (row + c) % 3 == 0).collect();
        let values = rng.uniforms(columns.len(), 1.0);
        features.push(&columns, &values);
    }
    Arc::new(features)
}

fn embeddings(table: &mut TrainingGraph, rows: usize, k: usize, rng: &mut Generator) -> usize {
    table.param(rows, k, rng.normals(rows * k, 0.5))
}

fn head(table: &mut TrainingGraph, widths: &[usize], given: usize, rng: &mut Generator) -> usize {
    let layers = widths.windows(2).map(|w| table.dense(w[0], w[1], rng)).collect();
    table.heads.push(Head { layers, dot: true, given, dropout: 0.2 });
    table.heads.len() - 1
}

/// NET: two embedding tables and an MLP `hidden` on them.
pub fn net(sizes: Sizes, hidden: &[usize], updated: UpdatedRows, seed: u64) -> TrainingGraph {
    let mut rng = Generator::new(seed, "net");
    let mut table = TrainingGraph::new(Adam { rows: updated, ..Adam::new(1e-3) });
    let users = embeddings(&mut table, sizes.users, sizes.k, &mut rng);
    let items = embeddings(&mut table, sizes.items, sizes.k, &mut rng);
    let widths = [&[2 * sizes.k], hidden, &[1]].concat();
    let head = head(&mut table, &widths, 0, &mut rng);
    table.heads[head].dot = false;
    table.heads[head].dropout = 0.0;
    let rows = ratings(sizes, [0; 3], false, &mut rng);
    table.term(Term::Rating(RatingTerm { user: plain(users), item: plain(items), head, row_l2: 0.0, rows }));
    table
}

/// The same without features.
pub fn without_towers(mut table: TrainingGraph) -> TrainingGraph {
    for term in &mut table.terms {
        let sides = match term {
            Term::Rating(term) => [&mut term.user, &mut term.item],
            Term::Pair(term) => [&mut term.from, &mut term.to],
            Term::Autoencoder(_) => continue,
        };
        sides.into_iter().for_each(|side| side.tower = None);
    }
    table
}

/// Two domains with everything that the default preset has: towers, given inputs, withheld items, row penalty, weight
/// decay, ratings of linked users through a map, and the pair loss. Terms: own A, own B, cross A, cross B, pairs.
pub fn linked(sizes: Sizes, updated: UpdatedRows, seed: u64) -> TrainingGraph {
    let mut rng = Generator::new(seed, "linked");
    let mut table = TrainingGraph::new(Adam { rows: updated, ..Adam::new(1e-3) });
    let (k, given) = (sizes.k, [2, 3, 2]);
    let mut sides = Vec::new();
    for _ in 0..2 {
        let users = embeddings(&mut table, sizes.users, k, &mut rng);
        let items = embeddings(&mut table, sizes.items, k, &mut rng);
        let tower = |table: &mut TrainingGraph, rows: usize, rng: &mut Generator| {
            let weights = embeddings(table, FEATURES, k, rng);
            Some(Tower { weights, features: features(rows, rng), penalty: 1e-2 })
        };
        let user = Gather { tower: tower(&mut table, sizes.users, &mut rng), ..plain(users) };
        let item = Gather { tower: tower(&mut table, sizes.items, &mut rng), ..plain(items) };
        let head = head(&mut table, &[2 * k + 7, 32, 16, 1], 7, &mut rng);
        for layer in table.heads[head].layers.clone() {
            table.params[layer.weights].weight_decay = 1e-2;
            table.params[layer.bias].weight_decay = 1e-2;
        }
        sides.push((user, item, head));
    }
    let map = table.frozen(k, k, rng.normals(k * k, 0.4));
    for (user, item, head) in sides.clone() {
        let rows = ratings(sizes, given, true, &mut rng);
        table.term(Term::Rating(RatingTerm { user, item, head, row_l2: 0.5, rows }));
    }
    for d in 0..2 {
        let (_, item, head) = sides[d].clone();
        let mut user = sides[1 - d].0.clone();
        user.through = Some(Through { map, transposed: d == 0 });
        user.detach = true;
        user.tower.iter_mut().for_each(|tower| tower.penalty = 0.0);
        let rows = ratings(sizes, given, true, &mut rng);
        table.term(Term::Rating(RatingTerm { user, item, head, row_l2: 0.0, rows }));
    }
    let mut from = sides[0].0.clone();
    from.through = Some(Through { map, transposed: false });
    let pairs = (0..sizes.users as u32).map(|user| (user, (user + 3) % sizes.users as u32)).collect();
    table.term(Term::Pair(PairTerm { from, to: sides[1].0.clone(), pairs: Arc::new(pairs) }));
    table
}

/// Frozen vectors, as in the paper preset: own and cross-domain terms of one domain through one network each.
pub fn codes(sizes: Sizes, seed: u64) -> TrainingGraph {
    let mut table = net(sizes, &[32, 16], UpdatedRows::Touched, seed);
    table.params[0].trainable = false;
    table.params[1].trainable = false;
    let mut rng = Generator::new(seed, "codes");
    let map = table.frozen(sizes.k, sizes.k, rng.normals(sizes.k * sizes.k, 0.4));
    let other = head(&mut table, &[2 * sizes.k, 32, 16, 1], 0, &mut rng);
    let Term::Rating(mut cross) = table.terms[0].clone() else { unreachable!() };
    cross.user = Gather { through: Some(Through { map, transposed: false }), detach: true, ..cross.user };
    cross.head = other;
    table.term(Term::Rating(cross));
    table
}

/// Maps that are trained: a rating term through one that is transposed or not, and pairs through another.
pub fn trained_maps(sizes: Sizes, transposed: bool, seed: u64) -> TrainingGraph {
    let mut table = net(sizes, &[9], UpdatedRows::Touched, seed);
    let mut rng = Generator::new(seed, "maps");
    let mut map = || {
        Some(Through { map: table.param(sizes.k, sizes.k, rng.normals(sizes.k * sizes.k, 0.4)), transposed })
    };
    let (of_users, of_items, of_pairs) = (map(), map(), map());
    let Term::Rating(rating) = &mut table.terms[0] else { unreachable!() };
    rating.user.through = of_users;
    rating.item.through = of_items;
    let from = Gather { through: of_pairs, ..plain(0) };
    let pairs = (0..sizes.items as u32).map(|item| (item % sizes.users as u32, item)).collect();
    table.term(Term::Pair(PairTerm { from, to: plain(1), pairs: Arc::new(pairs) }));
    table.heads[0].dot = true;
    table
}

/// Columns of an autoencoder's rows: a number, seven categories, thirteen tags.
const COLUMNS: usize = 21;

/// An autoencoder over ratings, or over numbers, categories and tags. Some rows are empty.
pub fn autoencoder(with_fields: bool, hidden: &[usize], updated: UpdatedRows, seed: u64) -> TrainingGraph {
    let mut rng = Generator::new(seed, "autoencoder");
    let mut table = TrainingGraph::new(Adam { rows: updated, ..Adam::new(1e-3) });
    let input = table.dense(COLUMNS, hidden[0], &mut rng);
    let encoder = hidden.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
    let decoder = hidden.windows(2).rev().map(|w| table.dense(w[1], w[0], &mut rng)).collect();
    let weights = table.param(COLUMNS, hidden[0], rng.normals(COLUMNS * hidden[0], 0.3));
    let bias = table.param(COLUMNS, 1, rng.normals(COLUMNS, 0.3));
    let field = |kind, start, width| Field { name: "field".into(), kind, start, width, labels: Vec::new() };
    let reconstruction = match with_fields {
        false => Reconstruction::Observed,
        true => Reconstruction::Fields(vec![
            field(FieldKind::Numeric, 0, 1),
            field(FieldKind::OneHot, 1, 7),
            field(FieldKind::MultiHot, 8, 13),
        ]),
    };
    let mut rows = SparseRows::new(COLUMNS);
    for row in 0..200 {
        let (number, category, tag) = (rng.normal(), 1 + rng.below(7) as u32, 8 + rng.below(12) as u32);
        let one = |rng: &mut Generator| if with_fields { 1.0 } else { rng.normal() };
        match row % 4 {
            0 => rows.push(&[0, category, tag, 20], &[number, one(&mut rng), one(&mut rng), one(&mut rng)]),
            1 => rows.push(&[0, tag], &[number, one(&mut rng)]),
            2 => rows.push(&[category], &[one(&mut rng)]),
            _ => rows.push(&[], &[]),
        }
    }
    let (rows, output) = (Arc::new(rows), Dense { weights, bias });
    table.term(Term::Autoencoder(AutoencoderTerm { input, encoder, decoder, output, reconstruction, rows }));
    table
}

/// The rows of a term that a step may name. A row without entries has nothing to reconstruct.
fn names(term: &Term) -> Vec<u32> {
    match term {
        Term::Rating(term) => (0..term.rows.len() as u32).collect(),
        Term::Pair(term) => (0..term.pairs.len() as u32).collect(),
        Term::Autoencoder(term) => {
            let is_there = |row: &u32| !term.rows.row(*row as usize).0.is_empty();
            (0..term.rows.len() as u32).filter(is_there).collect()
        }
    }
}

/// Steps with a share of `batch` random rows for each term.
pub fn steps(table: &TrainingGraph, steps: usize, batch: usize, rng: &mut Generator) -> Chunk {
    let mut chunk = Chunk::default();
    for _ in 0..steps {
        for (term, of) in table.terms.iter().enumerate() {
            let (names, key) = (names(of), rng.bits());
            let rows = (0..batch).map(|_| names[rng.below(names.len())]);
            chunk.push(term, 1.0 / (1.0 + term as f32), key, rows);
        }
        chunk.end_step();
    }
    chunk
}
