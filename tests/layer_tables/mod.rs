//! Layer tables in the make-up of the presets, with random numbers, for tests of engines.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::sync::Arc;

use dual_metric::data::{Field, FieldKind};
use dual_metric::engine::{
    Adam, AutoencoderTerm, Chunk, Dense, Gather, Head, LayerTable, Numbers, PairTerm, RatingRows, RatingTerm,
    Reconstruction, SparseRows, Term, Through, Tower,
};
use dual_metric::rng::Generator;

/// Ratings of each domain.
const ROWS: usize = 400;
const USERS: usize = 60;
const ITEMS: usize = 45;
const FEATURES: usize = 12;

/// Which parts there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MakeUp {
    /// Learnt vectors, given inputs, ⟨u, v⟩, row penalty, dropout, cross step with detached vectors, pairs.
    Robust,
    /// The same with towers, their penalty, weight decay and withheld items.
    RobustWithFeatures,
    /// Frozen vectors, no given inputs, no ⟨u, v⟩, cross step with the other domain's head.
    Paper,
    /// All of it, and gradients through the map into X and the vectors.
    Everything,
}

/// Sparse rows with up to three entries; some have none.
pub fn sparse(rows: usize, width: usize, rng: &mut Generator) -> SparseRows {
    let mut sparse = SparseRows::new(width);
    for row in 0..rows {
        let n = if row % 7 == 3 { 0 } else { 1 + rng.below(3.min(width)) };
        let mut columns: Vec<u32> = (0..width as u32).collect();
        rng.shuffle(&mut columns);
        columns.truncate(n);
        columns.sort_unstable();
        let values = rng.uniforms(n, 1.0);
        sparse.push(&columns, &values);
    }
    sparse
}

/// Ratings with `given` inputs of their own, of the user and of the item; a part of the items withheld on request.
pub fn ratings(
    (users, items): (usize, usize),
    given: [usize; 3],
    with_withheld: bool,
    rng: &mut Generator,
) -> RatingRows {
    let mut numbers = |n: usize, width: usize| Numbers::new(rng.uniforms(n * width, 1.0), width);
    let (own, user_given, item_given) =
        (numbers(ROWS, given[0]), numbers(users, given[1]), numbers(2 * items, given[2]));
    let mut item = |row: usize| {
        let item = rng.below(items) as u32;
        if with_withheld && row.is_multiple_of(5) { item + items as u32 } else { item }
    };
    RatingRows {
        items: (0..ROWS).map(&mut item).collect(),
        users: (0..ROWS).map(|_| rng.below(users) as u32).collect(),
        residuals: rng.uniforms(ROWS, 0.5),
        own,
        user_given,
        item_given,
        user_shares: rng.uniforms(users, 0.5).iter().map(|x| x + 0.5).collect(),
        item_shares: rng.uniforms(items, 0.5).iter().map(|x| x + 0.5).collect(),
    }
}

fn head(
    table: &mut LayerTable,
    k: usize,
    given: usize,
    widths: &[usize],
    dot: bool,
    dropout: f32,
    rng: &mut Generator,
) -> usize {
    let all: Vec<usize> = [2 * k + given].iter().chain(widths).chain(&[1]).copied().collect();
    let layers = all.windows(2).map(|w| table.dense(w[0], w[1], rng)).collect();
    table.heads.push(Head { layers, dot, given, dropout });
    table.heads.len() - 1
}

fn plain(table: usize) -> Gather {
    Gather { table, tower: None, through: None, detach: false }
}

/// One domain: two tables of vectors and a network, without anything else.
pub fn net(
    users: usize,
    items: usize,
    k: usize,
    widths: &[usize],
    dropout: f32,
    rng: &mut Generator,
) -> LayerTable {
    let mut table = LayerTable::new(Adam::new(1e-3));
    let user = table.param(users, k, rng.normals(users * k, 0.3));
    let item = table.param(items, k, rng.normals(items * k, 0.3));
    let head = head(&mut table, k, 0, widths, false, dropout, rng);
    let rows = Arc::new(ratings((users, items), [0; 3], false, rng));
    table.term(Term::Rating(RatingTerm { user: plain(user), item: plain(item), head, row_l2: 0.0, rows }));
    table
}

/// Two domains with a map between their users.
pub fn dual(make_up: MakeUp, k: usize, rng: &mut Generator) -> LayerTable {
    let all = make_up == MakeUp::Everything;
    let paper = make_up == MakeUp::Paper;
    let features = all || make_up == MakeUp::RobustWithFeatures;
    let given = if paper { [0; 3] } else { [2, 2, 1] };
    let dropout = if paper { 0.1 } else { 0.3 };
    let mut table = LayerTable::new(Adam::new(1e-3));
    let mut sides = Vec::new();
    for n in [USERS, ITEMS, USERS, ITEMS] {
        let vectors = table.param(n, k, rng.normals(n * k, 0.3));
        table.params[vectors].trainable = !paper;
        let tower = features.then(|| {
            let weights = table.param(FEATURES, k, rng.normals(FEATURES * k, 0.3));
            Tower { weights, features: Arc::new(sparse(n, FEATURES, rng)), penalty: 0.05 }
        });
        sides.push(Gather { tower, ..plain(vectors) });
    }
    let map = table.param(k, k, rng.normals(k * k, 1.0 / (k as f32).sqrt()));
    table.params[map].trainable = all;
    let row_l2 = if paper { 0.0 } else { 0.4 };
    for side in [0, 2] {
        let head = head(&mut table, k, given.iter().sum(), &[32, 16], !paper, dropout, rng);
        for layer in table.heads[head].layers.clone() {
            table.params[layer.weights].weight_decay = if features { 1e-3 } else { 0.0 };
        }
        let rows = Arc::new(ratings((USERS, ITEMS), given, features, rng));
        let (user, item) = (sides[side].clone(), sides[side + 1].clone());
        table.term(Term::Rating(RatingTerm { user, item, head, row_l2, rows }));
    }
    for (domain, other) in [(0, 1), (1, 0)] {
        // The paper: own vectors, own items, the other's head. Else: the other's vectors, own items, own head.
        let (vectors, head) = if paper { (domain, other) } else { (other, domain) };
        let through = Some(Through { map, transposed: vectors == 1 });
        let mut user = Gather { through, detach: !all, ..sides[2 * vectors].clone() };
        if let (Some(tower), false) = (&mut user.tower, all) {
            tower.penalty = 0.0;
        }
        let rows = Arc::new(ratings((USERS, ITEMS), given, features, rng));
        let item = sides[2 * domain + 1].clone();
        table.term(Term::Rating(RatingTerm { user, item, head, row_l2: 0.0, rows }));
    }
    if !paper {
        let from = Gather { through: Some(Through { map, transposed: false }), ..sides[0].clone() };
        let pairs = (0..USERS as u32).map(|user| (user, rng.below(USERS) as u32)).collect();
        table.term(Term::Pair(PairTerm { from, to: sides[2].clone(), pairs: Arc::new(pairs) }));
    }
    table
}

/// An autoencoder over ratings, or over numbers, categories and tags.
pub fn autoencoder(with_fields: bool, widths: &[usize], rng: &mut Generator) -> LayerTable {
    let columns = 21;
    let mut table = LayerTable::new(Adam::new(1e-3));
    let input = table.dense(columns, widths[0], rng);
    let encoder = widths.windows(2).map(|w| table.dense(w[0], w[1], rng)).collect();
    let decoder = widths.windows(2).rev().map(|w| table.dense(w[1], w[0], rng)).collect();
    let weights = table.param(columns, widths[0], rng.normals(columns * widths[0], 0.3));
    let bias = table.param(columns, 1, rng.normals(columns, 0.3));
    let field = |kind, start, width| Field { name: "field".into(), kind, start, width };
    let mut rows = sparse(200, columns, rng);
    let reconstruction = if with_fields {
        // A category is there or not, and once at the most.
        let mut fields = SparseRows::new(columns);
        for row in 0..200 {
            let (number, category, tag) = (rng.normal(), 1 + rng.below(8) as u32, 9 + rng.below(11) as u32);
            match row % 4 {
                0 => fields.push(&[0, category, tag, 20], &[number, 1.0, 1.0, 1.0]),
                1 => fields.push(&[0, tag], &[number, 1.0]),
                2 => fields.push(&[category], &[1.0]),
                _ => fields.push(&[], &[]),
            }
        }
        rows = fields;
        Reconstruction::Fields(vec![
            field(FieldKind::Numeric, 0, 1),
            field(FieldKind::OneHot, 1, 8),
            field(FieldKind::MultiHot, 9, 12),
        ])
    } else {
        Reconstruction::Observed
    };
    let rows = Arc::new(rows);
    let output = Dense { weights, bias };
    table.term(Term::Autoencoder(AutoencoderTerm { input, encoder, decoder, output, reconstruction, rows }));
    table
}

/// Steps in which every term has `batch` rows of random numbers, with a dropout key.
pub fn shares(table: &LayerTable, batch: usize, steps: usize, rng: &mut Generator) -> Chunk {
    let mut chunk = Chunk::default();
    for _ in 0..steps {
        for (number, term) in table.terms.iter().enumerate() {
            // A row without entries has nothing to reconstruct, and is never named.
            let names: Vec<u32> = match term {
                Term::Rating(term) => (0..term.rows.len() as u32).collect(),
                Term::Pair(term) => (0..term.pairs.len() as u32).collect(),
                Term::Autoencoder(term) => (0..term.rows.len() as u32)
                    .filter(|&row| !term.rows.row(row as usize).0.is_empty())
                    .collect(),
            };
            let rows: Vec<u32> = (0..batch).map(|_| names[rng.below(names.len())]).collect();
            chunk.push(number, 0.3 + rng.unit(), rng.bits(), rows);
        }
        chunk.end_step();
    }
    chunk
}
