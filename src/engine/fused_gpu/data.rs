//! What the device is given once: descriptions of terms and heads, ratings and features.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::layout::{HeadPlace, Layout, autoencoder, blocks, coded_vectors, gathers, trains_map};
use super::missed::Missed;
use super::plan::Plan;
use super::words::*;
use crate::data::{Field, FieldKind};
use crate::engine::{
    AutoencoderTerm, Dense, Gather, RatingRows, Reconstruction, SparseRows, Term, TrainingGraph, dropout,
};

/// Numbers of a vector.
const NUMBERS: usize = 4;

/// The words of `data`, and where the terms of each replica are described.
pub(super) struct Data {
    pub(super) words: Vec<u32>,
    /// By replica and term.
    pub(super) terms: Vec<Vec<u32>>,
}

impl Data {
    /// Writes the data of all replicas; at most `regions` workgroups work on a step. What replicas or terms share is
    /// written once.
    /// What only a plan reads is left out without one.
    pub(super) fn new(
        tables: &[TrainingGraph],
        layout: &Layout,
        regions: u32,
        plan: Option<&mut Plan>,
    ) -> Self {
        let mut writer = Writer {
            words: header(tables, layout, regions),
            written: HashMap::new(),
            named: plan.as_ref().map(|_| HashMap::new()),
        };
        let mut terms = Vec::with_capacity(tables.len());
        for table in tables {
            let heads: Vec<u32> = (0..layout.heads.len()).map(|h| writer.head(table, layout, h)).collect();
            let of_table =
                table.terms.iter().enumerate().map(|(t, term)| writer.term(table, layout, &heads, t, term));
            terms.push(of_table.collect());
        }
        if let Some(missed) = plan.and_then(|plan| plan.missed.as_mut()) {
            writer.missed(missed, &tables[0]);
        }
        Self { words: writer.words, terms }
    }
}

/// Bytes that the data take, without the few hundred of the descriptions; with what a plan reads, where one may. What replicas or
/// terms share counts once.
pub(super) fn bytes(tables: &[TrainingGraph], may_plan: bool) -> u64 {
    let names = if may_plan { 2 } else { 0 };
    let mut counted = HashSet::new();
    let mut words = 0;
    let mut count = |key: usize, own: usize| {
        if own > 0 && counted.insert(key) {
            words += own as u64;
        }
    };
    for term in tables.iter().flat_map(|table| &table.terms) {
        let towers = gathers(term).into_iter().flatten().filter_map(|side| side.tower.as_ref());
        let coded = match term {
            Term::Autoencoder(term) => Some(&term.rows),
            _ => None,
        };
        for rows in towers.map(|tower| &tower.features).chain(coded) {
            count(Arc::as_ptr(rows) as usize, rows.starts.len() + 2 * rows.columns.len());
        }
        if let Term::Pair(term) = term {
            count(term.pairs.as_ptr() as usize, names * term.pairs.len());
        }
        if let Term::Rating(term) = term {
            let data = &term.rows;
            count(Arc::as_ptr(data) as usize, data.len() * (1 + names + data.own.width));
            for given in
                [&data.user_given.values, &data.item_given.values, &data.user_shares, &data.item_shares]
            {
                count(given.as_ptr() as usize, given.len());
            }
        }
    }
    4 * words
}

fn header(tables: &[TrainingGraph], layout: &Layout, regions: u32) -> Vec<u32> {
    let mut words = vec![0; DATA_LENGTH as usize];
    let terms = tables.first().map_or(0, |table| table.terms.len());
    for (at, value) in [
        (SHIFT, layout.shift),
        (INPUTS_AT, layout.inputs_at),
        (DELTA_AT, layout.delta_at),
        (PARAMS_STRIDE, layout.stride()),
        (PARAMS_WEIGHTS, layout.weights),
        (PARAMS_TRAINED, layout.trained),
        (PARTIALS, layout.dense),
        (VECTORS, layout.vectors),
        (TERMS, terms as u32),
        (LOSS_REGIONS, regions),
    ] {
        words[at as usize] = value;
    }
    words
}

struct Writer {
    words: Vec<u32>,
    /// Where a shared array was written, by its address.
    written: HashMap<usize, u32>,
    /// Where the rows that an array of ratings or pairs names were written; `None` where nobody looks them up.
    named: Option<HashMap<usize, u32>>,
}

impl Writer {
    fn end(&self) -> u32 {
        self.words.len() as u32
    }

    fn numbers(&mut self, values: &[f32]) -> u32 {
        let at = self.end();
        self.words.extend(values.iter().map(|x| x.to_bits()));
        at
    }

    fn head(&mut self, table: &TrainingGraph, layout: &Layout, number: usize) -> u32 {
        let place = &layout.heads[number];
        let Some(head) = table.heads.get(number) else {
            return match autoencoder(table) {
                Some(AutoencoderTerm { encoder, decoder, .. }) => {
                    let layers = [&encoder[..], &decoder[..]].concat();
                    self.layers(table, layout, place, &layers, [0, 0, 1.0_f32.to_bits()], Some(encoder.len()))
                }
                None => 0,
            };
        };
        let threshold = dropout::threshold(head.dropout);
        let keep = if threshold > 0 { 1.0 / (1.0 - head.dropout) } else { 1.0 };
        let words = [u32::from(head.dot), threshold, keep.to_bits()];
        self.layers(table, layout, place, &head.layers, words, None)
    }

    /// Layers that follow one another, with the three words of a head; no ReLU follows number `codes`, from 1.
    fn layers(
        &mut self,
        table: &TrainingGraph,
        layout: &Layout,
        place: &HeadPlace,
        layers: &[Dense],
        [dot, threshold, keep]: [u32; 3],
        codes: Option<usize>,
    ) -> u32 {
        let at = self.end();
        self.words.extend([layers.len() as u32, dot, threshold, keep, place.at, place.length]);
        let mut slot = 0;
        for (number, (layer, &(source, result))) in (1..).zip(layers.iter().zip(&place.regions)) {
            let weights = &table.params[layer.weights];
            self.words.extend([
                layout.places[layer.weights] - place.at,
                layout.places[layer.bias] - place.at,
                weights.rows as u32,
                weights.columns as u32,
                source,
                result,
                slot,
                u32::from(codes == Some(number)),
            ]);
            slot += dropout::slots(weights.columns) as u32;
        }
        at
    }

    fn term(
        &mut self,
        table: &TrainingGraph,
        layout: &Layout,
        heads: &[u32],
        number: usize,
        term: &Term,
    ) -> u32 {
        let mut words = [0; TERM_LENGTH as usize];
        let mut set = |at: u32, value: u32| words[at as usize] = value;
        set(TERM_LOSS, number as u32);
        match term {
            Term::Rating(term) => {
                let data = &*term.rows;
                set(TERM_HEAD, heads[term.head]);
                set(TERM_INPUTS, inputs(table, term.head));
                set(TERM_RATINGS, self.ratings(&term.rows));
                set(TERM_OWN_WIDTH, data.own.width as u32);
                set(TERM_USER_GIVEN, self.shared(&data.user_given.values));
                set(TERM_USER_GIVEN_WIDTH, data.user_given.width as u32);
                set(TERM_ITEM_GIVEN, self.shared(&data.item_given.values));
                set(TERM_ITEM_GIVEN_WIDTH, data.item_given.width as u32);
                let names = data.ratings.iter().flat_map(|rating| [rating.user, rating.item]);
                set(TERM_NAMES, self.names(Arc::as_ptr(&term.rows) as usize, names));
                set(TERM_SHARES, self.shared(&data.user_shares));
                set(TERM_SHARES + 1, self.shared(&data.item_shares));
            }
            Term::Pair(term) => {
                let names = term.pairs.iter().flat_map(|&(from, to)| [from, to]);
                set(TERM_NAMES, self.names(term.pairs.as_ptr() as usize, names));
                set(TERM_KIND, 1);
                let columns = [&term.from, &term.to].map(|side| table.params[side.table].columns as u32);
                set(TERM_INPUTS, columns[0] + columns[1]);
            }
            Term::Autoencoder(term) => {
                set(TERM_HEAD, heads[0]);
                self.autoencoder(table, layout, term, &mut words);
            }
        }
        for (which, side) in gathers(term).into_iter().flatten().enumerate() {
            if side.through.is_some() {
                words[TERM_HAS_MAP as usize] = 1;
            }
            let at = (TERM_SIDES + which as u32 * SIDE_LENGTH) as usize;
            words[at..at + SIDE_LENGTH as usize].copy_from_slice(&self.side(table, layout, side));
        }
        let at = self.end();
        self.words.extend(words);
        at
    }

    fn side(&mut self, table: &TrainingGraph, layout: &Layout, side: &Gather) -> [u32; SIDE_LENGTH as usize] {
        let param = &table.params[side.table];
        let mut words = [0; SIDE_LENGTH as usize];
        let mut set = |at: u32, value: u32| words[at as usize] = value;
        set(SIDE_TABLE, layout.places[side.table]);
        set(SIDE_WIDTH, param.columns as u32);
        set(SIDE_COUNT, param.rows as u32);
        set(SIDE_TOWER, NONE);
        set(SIDE_MAP, NONE);
        if let Some(tower) = &side.tower {
            let [starts, columns, values] = self.features(&tower.features);
            set(SIDE_TOWER, layout.places[tower.weights]);
            set(SIDE_STARTS, starts);
            set(SIDE_COLUMNS, columns);
            set(SIDE_VALUES, values);
        }
        if let Some(through) = side.through {
            set(SIDE_MAP, layout.places[through.map]);
            set(SIDE_TRANSPOSED, u32::from(through.transposed));
            set(SIDE_TRAINS_MAP, u32::from(trains_map(table, side)));
        }
        words
    }

    /// Where the parts of an autoencoder are, and what it is trained on.
    fn autoencoder(
        &mut self,
        table: &TrainingGraph,
        layout: &Layout,
        term: &AutoencoderTerm,
        words: &mut [u32; TERM_LENGTH as usize],
    ) {
        let AutoencoderTerm { input, output, reconstruction, rows, .. } = term;
        let [starts, columns, values] = self.features(rows);
        let hidden_at = layout.heads.first().and_then(|place| place.regions.last());
        let mut set = |at: u32, value: u32| words[at as usize] = value;
        set(CODER_BAG, layout.places[input.weights]);
        set(CODER_BAG_BIAS, layout.places[input.bias]);
        set(CODER_WIDTH, table.params[input.weights].columns as u32);
        set(CODER_IS_LINEAR, u32::from(term.encoder.is_empty()));
        set(CODER_STARTS, starts);
        set(CODER_COLUMNS, columns);
        set(CODER_VALUES, values);
        set(CODER_STRIDE, coded_vectors(table, term));
        set(CODER_HIDDEN_AT, hidden_at.map_or(layout.inputs_at, |&(_, result)| result));
        set(CODER_HIDDEN_WIDTH, table.params[output.weights].columns as u32);
        set(CODER_OUTPUT, layout.places[output.weights]);
        set(CODER_OUTPUT_BIAS, layout.places[output.bias]);
        set(CODER_COUNT, table.params[output.weights].rows as u32);
        if let Reconstruction::Fields(fields) = reconstruction {
            // One without columns has nothing to compare.
            let fields: Vec<&Field> = fields.iter().filter(|field| field.width > 0).collect();
            let [list, in_vector, places] = self.fields(&fields);
            set(CODER_FIELDS, fields.len() as u32);
            set(CODER_FIELD_LIST, list);
            set(CODER_VECTORS, fields.iter().map(|field| blocks(field.width)).sum());
            set(CODER_IN_VECTOR, in_vector);
            set(CODER_PLACES, places);
        }
    }

    /// Fields, the columns of each vector, and where each column stands.
    fn fields(&mut self, fields: &[&Field]) -> [u32; 3] {
        let (list, mut vectors) = (self.end(), 0);
        let mut places = Vec::new();
        let mut in_vectors = Vec::new();
        for &&Field { kind, start, width, .. } in fields {
            let kind = match kind {
                FieldKind::Numeric => FIELD_NUMERIC,
                FieldKind::OneHot => FIELD_ONE_HOT,
                FieldKind::MultiHot => FIELD_MULTI_HOT,
            };
            self.words.extend([kind, vectors, width as u32]);
            places.extend((0..width as u32).map(|column| NUMBERS as u32 * vectors + column));
            for first in (0..width).step_by(NUMBERS) {
                in_vectors.extend([(start + first) as u32, (width - first).min(NUMBERS) as u32]);
            }
            vectors += blocks(width);
        }
        let in_vector = self.end();
        self.words.extend(in_vectors);
        let places_at = self.end();
        self.words.extend(places);
        [list, in_vector, places_at]
    }

    /// Residual and own numbers, rating by rating.
    fn ratings(&mut self, rows: &Arc<RatingRows>) -> u32 {
        let key = Arc::as_ptr(rows) as usize;
        if let Some(&at) = self.written.get(&key) {
            return at;
        }
        let at = self.end();
        for row in 0..rows.len() {
            self.words.push(rows.ratings[row].residual.to_bits());
            self.words.extend(rows.own.row(row).iter().map(|x| x.to_bits()));
        }
        self.written.insert(key, at);
        at
    }

    /// What each rating or pair names, where somebody looks it up.
    fn names(&mut self, key: usize, names: impl Iterator<Item = u32>) -> u32 {
        let (at, Some(named)) = (self.words.len() as u32, &mut self.named) else { return 0 };
        *named.entry(key).or_insert_with(|| {
            self.words.extend(names);
            at
        })
    }

    /// What the device makes up for idle steps with.
    fn missed(&mut self, missed: &mut Missed, table: &TrainingGraph) {
        let [sums, powers] = missed.idle.tables();
        let mut set = |at: u32, value: u32| self.words[at as usize] = value;
        set(IDLE_STEPS, sums.len() as u32);
        set(IDLE_MEMORY, powers.len() as u32);
        set(IDLE_BETA_1, table.adam.beta_1.to_bits());
        set(IDLE_BETA_2, table.adam.beta_2.to_bits());
        set(LASTS_STRIDE, missed.stride);
        for (at, rows) in [(IDLE_SUMS, sums), (IDLE_POWERS, powers)] {
            let numbers: Vec<f32> = rows.iter().flatten().map(|&x| x as f32).collect();
            self.words[at as usize] = self.numbers(&numbers);
        }
    }

    fn features(&mut self, features: &Arc<SparseRows>) -> [u32; 3] {
        let key = Arc::as_ptr(features) as usize;
        let lengths = [0, features.starts.len(), features.starts.len() + features.columns.len()];
        let at = match self.written.get(&key) {
            Some(&at) => at,
            None => {
                let at = self.end();
                self.words.extend(&features.starts);
                self.words.extend(&features.columns);
                self.numbers(&features.values);
                self.written.insert(key, at);
                at
            }
        };
        lengths.map(|length| at + length as u32)
    }

    /// Numbers that stay where they are as long as the tables do.
    fn shared(&mut self, values: &[f32]) -> u32 {
        if values.is_empty() {
            return 0;
        }
        let key = values.as_ptr() as usize;
        if let Some(&at) = self.written.get(&key) {
            return at;
        }
        let at = self.numbers(values);
        self.written.insert(key, at);
        at
    }
}

fn inputs(table: &TrainingGraph, head: usize) -> u32 {
    table.heads[head].layers.first().map_or(0, |layer| table.params[layer.weights].rows as u32)
}
