//! Where the parameters of a training graph lie on the device, and how large a tile of rows fits into workgroup memory.

use crate::data::Field;
use crate::engine::idle::Idle;
use crate::engine::{
    AutoencoderTerm, Dense, Gather, Param, ParamId, Reconstruction, Term, TrainingGraph, UpdatedRows,
};

/// What a parameter is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Layer,
    /// A matrix that each step updates all of, and that is in no chain of layers.
    Matrix,
    Table,
    Tower,
}

/// The place of a head, or of the layers between an autoencoder's first and its last: they follow one another, weights before
/// bias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeadPlace {
    pub(super) at: u32,
    /// In vectors.
    pub(super) length: u32,
    /// Input and output of each layer in workgroup memory.
    pub(super) regions: Vec<(u32, u32)>,
}

/// Places of everything.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// First vector of each parameter. Rows are padded to vectors of four.
    pub(super) places: Vec<u32>,
    /// Vectors of all parameters.
    pub(super) weights: u32,
    /// Of those, from the first on, that are trained.
    pub(super) trained: u32,
    /// Of those, from the first on, that are layers and other matrices.
    pub(super) dense: u32,
    pub(super) heads: Vec<HeadPlace>,
    /// log2 of the row vectors of a tile.
    pub(super) shift: u32,
    /// Whether a tile's weights are copied into workgroup memory.
    pub(super) weights_in_memory: bool,
    /// Whether an autoencoder is trained, and nothing else.
    pub(super) is_autoencoder: bool,
    pub(super) inputs_at: u32,
    pub(super) delta_at: u32,
    /// Vectors of four numbers for a tile's rows of one side; 0 without maps.
    pub(super) vectors: u32,
}

/// Tiles in the order of preference: log2 of their row vectors, and whether weights are copied.
const TILES: [(u32, bool); 9] =
    [(4, true), (3, true), (4, false), (2, true), (3, false), (1, true), (2, false), (1, false), (0, false)];

impl Layout {
    /// Lays a table out for workgroups with `memory` vectors of memory.
    ///
    /// # Errors
    /// Why the kernel can't train this table, in plain words.
    pub(super) fn new(table: &TrainingGraph, memory: u32) -> Result<Self, String> {
        let roles = roles(table)?;
        check_heads(table)?;
        let mut layout = Self {
            places: vec![0; table.params.len()],
            weights: 0,
            trained: 0,
            dense: 0,
            heads: Vec::new(),
            shift: 0,
            weights_in_memory: false,
            is_autoencoder: autoencoder(table).is_some(),
            inputs_at: 0,
            delta_at: 0,
            vectors: 0,
        };
        layout.place(table, &roles);
        let fitting = TILES.iter().find(|&&(shift, copied)| layout.memory(table, shift, copied) <= memory);
        let Some(&(shift, copied)) = fitting else {
            return Err("the networks are too wide for the device's workgroup memory".into());
        };
        layout.shift = shift;
        layout.weights_in_memory = copied;
        layout.regions(table);
        let has_map = sides(table).any(|side| side.through.is_some());
        let widest = sides(table).map(|side| blocks(table.params[side.table].columns)).max().unwrap_or(0);
        layout.vectors = if has_map { widest << (2 + shift) } else { 0 };
        Ok(layout)
    }

    /// Rows of a tile.
    pub(super) fn tile(&self) -> u32 {
        4 << self.shift
    }

    /// Vectors of all parameters and of both moments.
    pub(super) fn stride(&self) -> u32 {
        self.weights + 2 * self.trained
    }

    fn place(&mut self, table: &TrainingGraph, roles: &[Option<Role>]) {
        let is_dense = |id: ParamId| matches!(roles[id], Some(Role::Layer | Role::Matrix));
        let chains = chains(table);
        // The layers of a chain stand together, and in their order.
        let layers = chains.iter().flatten().flat_map(|layer| [layer.weights, layer.bias]);
        let mut order: Vec<ParamId> =
            layers.chain((0..roles.len()).filter(|&id| roles[id] != Some(Role::Layer))).collect();
        let group = |id: ParamId| match (table.params[id].trainable, is_dense(id)) {
            (true, true) => 0,
            (true, false) => 1,
            (false, _) => 2,
        };
        order.sort_by_key(|&id| group(id));
        for id in order {
            let vectors = vectors(&table.params[id]);
            self.places[id] = self.weights;
            self.weights += vectors;
            self.trained += if group(id) < 2 { vectors } else { 0 };
            self.dense += if group(id) < 1 { vectors } else { 0 };
        }
        for layers in &chains {
            let of = |id: ParamId| vectors(&table.params[id]);
            let length = layers.iter().map(|layer| of(layer.weights) + of(layer.bias)).sum();
            let at = layers.first().map_or(0, |layer| self.places[layer.weights]);
            self.heads.push(HeadPlace { at, length, regions: Vec::new() });
        }
    }

    /// Vectors of workgroup memory that tiles of a size take.
    fn memory(&self, table: &TrainingGraph, shift: u32, copied: bool) -> u32 {
        let activations = chains(table).iter().map(|layers| activations(table, layers)).max().unwrap_or(0);
        let activations = activations.max(pair_inputs(table)) + last_units(table);
        self.copied_weights(copied) + ((activations + 4) << shift)
    }

    fn copied_weights(&self, copied: bool) -> u32 {
        if copied { self.heads.iter().map(|head| head.length).max().unwrap_or(0) } else { 0 }
    }

    fn regions(&mut self, table: &TrainingGraph) {
        self.delta_at = self.copied_weights(self.weights_in_memory);
        self.inputs_at = self.delta_at + (4 << self.shift);
        for (layers, place) in chains(table).iter().zip(&mut self.heads) {
            let mut source = self.inputs_at;
            for (i, layer) in layers.iter().enumerate() {
                let inputs = table.params[layer.weights].rows as u32;
                // What comes out of a head is compared with ratings; what an autoencoder's chain gives goes on.
                let result = match i + 1 < layers.len() || self.is_autoencoder {
                    true => source + (inputs.next_multiple_of(4) << self.shift),
                    false => self.delta_at,
                };
                place.regions.push((source, result));
                source = result;
            }
        }
    }
}

const BESIDE_SOMETHING_ELSE: &str = "an autoencoder is trained beside something else";

/// Vectors of four that a row of so many columns takes.
pub(super) fn blocks(columns: usize) -> u32 {
    columns.div_ceil(4) as u32
}

/// Vectors that a parameter takes.
pub(super) fn vectors(param: &Param) -> u32 {
    param.rows as u32 * blocks(param.columns)
}

/// The autoencoder of a training graph, if that is what it trains.
pub(super) fn autoencoder(table: &TrainingGraph) -> Option<&AutoencoderTerm> {
    match &table.terms[..] {
        [Term::Autoencoder(term)] => Some(term),
        _ => None,
    }
}

/// Layers that follow one another: those of each head, or those between an autoencoder's first and its last.
pub(super) fn chains(table: &TrainingGraph) -> Vec<Vec<Dense>> {
    let inner = |term: &AutoencoderTerm| [&term.encoder[..], &term.decoder[..]].concat();
    table.heads.iter().map(|head| head.layers.clone()).chain(autoencoder(table).map(inner)).collect()
}

/// Units of an autoencoder's last hidden layer, padded to blocks of four.
fn last_units(table: &TrainingGraph) -> u32 {
    autoencoder(table).map_or(0, |term| table.params[term.output.weights].columns.next_multiple_of(4) as u32)
}

/// Vectors that the units of a row take, first of an autoencoder's first hidden layer, then of its last with the row's loss.
pub(super) fn coded_vectors(table: &TrainingGraph, term: &AutoencoderTerm) -> u32 {
    let [first, last] = [term.input.weights, term.output.weights].map(|id| blocks(table.params[id].columns));
    first.max(last + 1)
}

/// Rows of activations of layers, inputs included, each padded to blocks of four.
fn activations(table: &TrainingGraph, layers: &[Dense]) -> u32 {
    layers.iter().map(|layer| table.params[layer.weights].rows.next_multiple_of(4) as u32).sum()
}

fn pair_inputs(table: &TrainingGraph) -> u32 {
    let inputs = table.terms.iter().map(|term| match term {
        Term::Pair(term) => table.params[term.from.table].columns + table.params[term.to.table].columns,
        _ => 0,
    });
    inputs.max().unwrap_or(0).next_multiple_of(4) as u32
}

/// Both gathers of each term.
pub(super) fn gathers(term: &Term) -> Option<[&Gather; 2]> {
    match term {
        Term::Rating(term) => Some([&term.user, &term.item]),
        Term::Pair(term) => Some([&term.from, &term.to]),
        Term::Autoencoder(_) => None,
    }
}

fn sides(table: &TrainingGraph) -> impl Iterator<Item = &Gather> {
    table.terms.iter().filter_map(gathers).flatten()
}

/// Whether a step's gradient reaches the map that a side goes through.
pub(super) fn trains_map(table: &TrainingGraph, side: &Gather) -> bool {
    !side.detach && side.through.is_some_and(|through| table.params[through.map].trainable)
}

/// Whether a step's gradient reaches a side's vectors, or what they are made of.
pub(super) fn has_slots(table: &TrainingGraph, side: &Gather) -> bool {
    let tower = side.tower.as_ref().is_some_and(|tower| table.params[tower.weights].trainable);
    !side.detach && (table.params[side.table].trainable || tower || trains_map(table, side))
}

/// What each parameter is, or why the kernel can't have it so.
fn roles(table: &TrainingGraph) -> Result<Vec<Option<Role>>, String> {
    let mut roles = Roles(vec![None; table.params.len()]);
    for layer in chains(table).iter().flatten() {
        roles.take(layer.weights, Role::Layer)?;
        roles.take(layer.bias, Role::Layer)?;
    }
    if table.terms.is_empty() {
        return Err("there is nothing to train".into());
    }
    match autoencoder(table) {
        Some(term) => roles.take_autoencoder(table, term)?,
        None => table.terms.iter().try_for_each(|term| roles.take_sides(table, term))?,
    }
    Ok(roles.0)
}

/// What parameters are, as far as it is known.
struct Roles(Vec<Option<Role>>);

impl Roles {
    fn take(&mut self, id: ParamId, role: Role) -> Result<(), String> {
        match self.0[id] {
            Some(other) if other != role || role == Role::Layer => {
                Err(format!("parameter {id} has two uses in the training graph"))
            }
            _ => {
                self.0[id] = Some(role);
                Ok(())
            }
        }
    }

    /// Those of the first layer and the last; its others are a chain.
    fn take_autoencoder(&mut self, table: &TrainingGraph, term: &AutoencoderTerm) -> Result<(), String> {
        let AutoencoderTerm { input, output, .. } = term;
        let of_output = match term.reconstruction {
            Reconstruction::Observed => Role::Table,
            Reconstruction::Fields(_) => Role::Matrix,
        };
        self.take(input.weights, Role::Table)?;
        self.take(input.bias, Role::Matrix)?;
        self.take(output.weights, of_output)?;
        self.take(output.bias, of_output)?;
        check_rest(table, &gathered(table))?;
        if let Reconstruction::Fields(fields) = &term.reconstruction {
            let mut end = 0;
            let follows =
                |field: &Field| field.start == std::mem::replace(&mut end, field.start + field.width);
            if !fields.iter().all(follows) || end != table.params[output.weights].rows {
                return Err("the columns of an autoencoder's fields do not follow one another".into());
            }
        }
        if term.encoder.is_empty() != term.decoder.is_empty() {
            return Err("an autoencoder has an encoder or a decoder alone".into());
        }
        if self.0.contains(&None) {
            return Err(BESIDE_SOMETHING_ELSE.into());
        }
        if table.params.iter().any(|param| !param.trainable) {
            return Err("an autoencoder is trained in part".into());
        }
        if !table.heads.is_empty() {
            return Err("an autoencoder is trained beside a recommendation network".into());
        }
        Ok(())
    }

    /// Those that both sides of a term are gathered from.
    fn take_sides(&mut self, table: &TrainingGraph, term: &Term) -> Result<(), String> {
        let Some(sides) = gathers(term) else {
            return Err(BESIDE_SOMETHING_ELSE.into());
        };
        for side in sides {
            self.take(side.table, Role::Table)?;
            if let Some(tower) = &side.tower {
                self.take(tower.weights, Role::Tower)?;
            }
            if let Some(through) = side.through {
                self.take(through.map, Role::Matrix)?;
            }
        }
        let [one, other] = sides;
        check_rest(table, &[one.table, other.table])?;
        let same_map = one.through.zip(other.through).is_some_and(|(a, b)| a.map == b.map);
        if same_map && trains_map(table, one) && trains_map(table, other) {
            return Err("both sides of a loss train one map".into());
        }
        if let Term::Rating(term) = term
            && term.row_l2 > 0.0
            && sides.iter().any(|side| side.detach && table.params[side.table].trainable)
        {
            return Err("a row penalty stands on rows that get no other gradient".into());
        }
        Ok(())
    }
}

/// Rows that no step names may move: the kernel makes up for it by a formula, which there is not for every weight decay.
fn check_rest(table: &TrainingGraph, tables: &[ParamId]) -> Result<(), String> {
    let decays = |&id: &ParamId| {
        let param = &table.params[id];
        param.trainable && !Idle::new(table.adam, param.weight_decay).has_formula()
    };
    match table.adam.rows == UpdatedRows::All && tables.iter().any(decays) {
        true => {
            Err("rows of a table that no step names change in a way that the kernel does not make up for"
                .into())
        }
        false => Ok(()),
    }
}

/// The tables that steps name rows of.
fn gathered(table: &TrainingGraph) -> Vec<ParamId> {
    let tables = table.gathered_tables();
    (0..tables.len()).filter(|&id| tables[id]).collect()
}

fn check_heads(table: &TrainingGraph) -> Result<(), String> {
    for head in &table.heads {
        let mut params = head.layers.iter().flat_map(|layer| [layer.weights, layer.bias]);
        let Some(first) = params.next() else {
            return Err("a recommendation network has no layer".into());
        };
        if params.any(|id| table.params[id].trainable != table.params[first].trainable) {
            return Err("a recommendation network is trained in part".into());
        }
        if head.layers.last().is_some_and(|layer| table.params[layer.weights].columns != 1) {
            return Err("a recommendation network has several outputs".into());
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::{Layout, autoencoder as autoencoder_of};
    use crate::data::{Field, FieldKind};
    use crate::engine::{
        Adam, AutoencoderTerm, Dense, Gather, Head, RatingTerm, Reconstruction, SparseRows, Term,
        TrainingGraph, UpdatedRows,
    };
    use crate::rng::Generator;

    /// Vectors in 16 and 32 KiB.
    const SMALL: u32 = 1024;
    const LARGE: u32 = 2048;

    /// Tables of 10 and 7 rows, a frozen map and an MLP 2k-32-16-1.
    fn table(k: usize) -> TrainingGraph {
        let mut rng = Generator::new(1, "layout");
        let mut table = TrainingGraph::new(Adam::new(1e-3));
        table.frozen(k, k, vec![0.0; k * k]);
        for rows in [10, 7] {
            table.param(rows, k, vec![0.0; rows * k]);
        }
        let layers = vec![
            table.dense(2 * k, 32, &mut rng),
            table.dense(32, 16, &mut rng),
            table.dense(16, 1, &mut rng),
        ];
        table.heads.push(Head { layers, dot: false, given: 0, dropout: 0.0 });
        let side = |table| Gather { table, tower: None, through: None, detach: false };
        let rows = Arc::default();
        table.term(Term::Rating(RatingTerm { user: side(1), item: side(2), head: 0, row_l2: 0.0, rows }));
        table
    }

    /// An autoencoder over the ratings of three things, 3-6-2-6-3, with two rows.
    pub(in super::super) fn autoencoder() -> TrainingGraph {
        let mut rng = Generator::new(1, "layout");
        let mut table = TrainingGraph::new(Adam::new(1e-3));
        let input = table.dense(3, 6, &mut rng);
        let encoder = vec![table.dense(6, 2, &mut rng)];
        let decoder = vec![table.dense(2, 6, &mut rng)];
        let weights = table.param(3, 6, rng.uniforms(18, 0.5));
        let output = Dense { weights, bias: table.param(3, 1, vec![0.0; 3]) };
        let mut rows = SparseRows::new(3);
        rows.push(&[2], &[2.0]);
        rows.push(&[2, 0], &[0.5, -1.0]);
        let (reconstruction, rows) = (Reconstruction::Observed, Arc::new(rows));
        table.term(Term::Autoencoder(AutoencoderTerm {
            input,
            encoder,
            decoder,
            output,
            reconstruction,
            rows,
        }));
        table
    }

    #[test]
    fn of_an_autoencoder_that_compares_what_is_there_the_outer_layers_are_tables() {
        let table = autoencoder();
        let layout = Layout::new(&table, LARGE).unwrap();
        let term = autoencoder_of(&table).unwrap();
        // Six units take two vectors a row, the codes one. Encoder and decoder, then the first layer's bias, are dense.
        let inner = (6 + 1) + (2 * 2 + 2);
        assert_eq!((layout.heads[0].at, layout.heads[0].length), (0, inner));
        assert_eq!(layout.places[term.input.bias], inner);
        assert_eq!((layout.dense, layout.trained, layout.weights), (inner + 2, inner + 2 + 15, inner + 17));
        // The first hidden layer, the codes, and the last hidden layer behind them.
        let (x, tile) = (layout.inputs_at, 16);
        assert_eq!(layout.heads[0].regions, [(x, x + 8 * tile), (x + 8 * tile, x + 12 * tile)]);
        assert_eq!((layout.tile(), layout.weights_in_memory), (64, true));
    }

    #[test]
    fn an_autoencoder_that_is_trained_in_part_or_beside_something_is_refused() {
        let refusal = |change: &dyn Fn(&mut TrainingGraph)| {
            let mut table = autoencoder();
            change(&mut table);
            Layout::new(&table, LARGE).unwrap_err()
        };
        assert!(refusal(&|table| table.params[1].trainable = false).contains("in part"));
        assert!(refusal(&|table| table.terms.push(table.terms[0].clone())).contains("beside something else"));
        let beside = refusal(&|table| {
            table.param(1, 1, vec![0.0]);
        });
        assert!(beside.contains("beside something else"), "{beside}");
        assert!(refusal(&|table| table.params[2].rows = 8192).contains("too wide"));
    }

    #[test]
    fn an_autoencoder_of_a_shape_that_the_kernel_does_not_know_is_refused() {
        let of = |change: &dyn Fn(&mut AutoencoderTerm)| {
            let mut table = autoencoder();
            if let Term::Autoencoder(term) = &mut table.terms[0] {
                change(term);
            }
            Layout::new(&table, LARGE).map(|_| ())
        };
        let refusal = of(&|term| term.decoder.clear()).unwrap_err();
        assert!(refusal.contains("decoder alone"), "{refusal}");
        let fields = |starts: [usize; 2]| {
            move |term: &mut AutoencoderTerm| {
                let field = |start, width| Field {
                    name: String::new(),
                    kind: FieldKind::OneHot,
                    start,
                    width,
                    labels: Vec::new(),
                };
                term.reconstruction = Reconstruction::Fields(vec![field(starts[0], 1), field(starts[1], 2)]);
            }
        };
        assert_eq!(of(&fields([0, 1])), Ok(()));
        for starts in [[2, 0], [0, 2], [1, 1]] {
            let refusal = of(&fields(starts)).unwrap_err();
            assert!(refusal.contains("do not follow"), "{starts:?}: {refusal}");
        }
    }

    #[test]
    fn a_network_on_16_numbers_works_on_64_rows_in_32_kib_and_on_16_in_half_of_it() {
        let large = Layout::new(&table(16), LARGE).unwrap();
        assert_eq!((large.tile(), large.weights_in_memory), (64, true));
        let small = Layout::new(&table(16), SMALL).unwrap();
        assert_eq!((small.tile(), small.weights_in_memory), (16, true));
    }

    #[test]
    fn wide_vectors_leave_the_weights_where_they_are_and_still_wider_ones_do_not_fit() {
        let wide = Layout::new(&table(256), LARGE).unwrap();
        assert_eq!((wide.tile(), wide.weights_in_memory), (8, false));
        assert!(Layout::new(&table(256), SMALL).is_ok());
        let refusal = Layout::new(&table(1024), SMALL).unwrap_err();
        assert!(refusal.contains("too wide"), "{refusal}");
    }

    #[test]
    fn what_the_kernel_cannot_train_is_refused_in_plain_words() {
        let refusal = |change: &dyn Fn(&mut TrainingGraph)| {
            let mut table = table(4);
            change(&mut table);
            Layout::new(&table, LARGE).unwrap_err()
        };
        assert_eq!(refusal(&|table| table.terms.clear()), "there is nothing to train");
        assert!(refusal(&|table| table.params[3].trainable = false).contains("trained in part"));
        assert!(refusal(&|table| table.heads.push(table.heads[0].clone())).contains("two uses"));
        let decaying = refusal(&|table| {
            table.adam.rows = UpdatedRows::All;
            table.params[1].weight_decay = 0.1;
        });
        assert!(decaying.contains("no step names"), "{decaying}");
    }

    #[test]
    fn trained_parameters_come_first_and_layers_in_their_order() {
        let layout = Layout::new(&table(5), LARGE).unwrap();
        // Five columns take two vectors. The frozen matrix comes last.
        let head = &layout.heads[0];
        assert_eq!((head.at, head.length), (0, 11 * 8 + 33 * 4 + 17));
        assert_eq!(layout.places[3..5], [0, 80]);
        assert_eq!(layout.places[..3], [237 + 34, 237, 237 + 20]);
        assert_eq!((layout.dense, layout.trained, layout.weights), (237, 271, 281));
        // Inputs, 12 and then 32 rows further the hidden layers, and the output where its gradient lies.
        let (x, tile) = (layout.inputs_at, 16);
        let (h1, h2) = (x + 12 * tile, x + (12 + 32) * tile);
        assert_eq!(head.regions, [(x, h1), (h1, h2), (h2, layout.delta_at)]);
    }
}
