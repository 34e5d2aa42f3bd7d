//! From a training graph to the engine's own parameters and terms: which parameter is a table and which a matrix, and how
//! each lies inside.

use super::aligned::padded;
use super::autoencoder::{Autoencoder, Output};
use super::fetched::Fetched;
use super::gather::{Params, Side};
use super::layer::Layer;
use super::matrix::{Matrix, Shape};
use super::network::{Network, TILE, input_places};
use super::pair::Pair;
use super::rating::Rating;
use super::table::Table;
use crate::engine::adam::Rules;
use crate::engine::{
    AutoencoderTerm, Dense, Gather, Head, PairTerm, ParamId, RatingTerm, Reconstruction, Term, TrainingGraph,
};

/// Where a parameter is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Table(usize),
    Matrix(usize),
}

impl Place {
    fn number(self) -> usize {
        match self {
            Self::Table(n) | Self::Matrix(n) => n,
        }
    }
}

/// A term with the numbers of its parameters inside.
pub(super) enum TermPlan {
    Rating(Rating),
    Pair(Pair),
    Autoencoder(Autoencoder),
}

/// All of a replica.
pub(super) struct Plan {
    pub(super) params: Params,
    /// By parameter of the training graph.
    pub(super) places: Vec<Place>,
    pub(super) networks: Vec<Network>,
    pub(super) terms: Vec<TermPlan>,
    pub(super) rules: Rules,
}

impl Plan {
    pub(super) fn new(mut layers: TrainingGraph) -> Self {
        let mut shapes = shapes(&layers);
        let scalars = scalar_tables(&layers);
        let mut params = Params { tables: Vec::new(), matrices: Vec::new() };
        let mut places = Vec::new();
        let gathered = layers.gathered_tables();
        let adam = layers.adam;
        for (id, param) in layers.params.iter_mut().enumerate() {
            places.push(if gathered[id] {
                params.tables.push(Table::new(param, scalars.contains(&id), &adam));
                Place::Table(params.tables.len() - 1)
            } else {
                params.matrices.push(Matrix::new(param, std::mem::take(&mut shapes[id])));
                Place::Matrix(params.matrices.len() - 1)
            });
            // The first values are in the engine's own layout now.
            param.values = Vec::new();
        }
        let builder = Builder { layers: &layers, places: &places };
        let networks =
            layers.heads.iter().enumerate().filter_map(|(n, head)| builder.network(n, head)).collect();
        let terms = (layers.terms.iter())
            .map(|term| match term {
                Term::Rating(term) => TermPlan::Rating(builder.rating(term)),
                Term::Pair(term) => TermPlan::Pair(builder.pair(term)),
                Term::Autoencoder(term) => TermPlan::Autoencoder(builder.autoencoder(term)),
            })
            .collect();
        Self { params, places, networks, terms, rules: Rules::new(adam) }
    }
}

/// How each parameter lies inside, if it is a matrix.
fn shapes(layers: &TrainingGraph) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = layers.params.iter().map(|_| Shape::default()).collect();
    for (n, head) in layers.heads.iter().enumerate() {
        if let Some(first) = head.layers.first() {
            shapes[first.weights].places = Some(input_places(dimension(layers, n), head.given));
        }
        for layer in &head.layers {
            shapes[layer.weights].with_transposed = true;
            shapes[layer.bias].is_row = true;
        }
        if let Some(last) = head.layers.last() {
            shapes[last.weights].with_transposed = false;
            shapes[last.weights].is_column = true;
            shapes[last.bias].is_column = true;
        }
    }
    for term in &layers.terms {
        match term {
            Term::Rating(RatingTerm { user: one, item: other, .. })
            | Term::Pair(PairTerm { from: one, to: other, .. }) => {
                for through in [one.through, other.through].into_iter().flatten() {
                    shapes[through.map].with_transposed = true;
                }
            }
            Term::Autoencoder(term) => {
                shapes[term.input.bias].is_row = true;
                for layer in term.encoder.iter().chain(&term.decoder) {
                    shapes[layer.weights].with_transposed = true;
                    shapes[layer.bias].is_row = true;
                }
                shapes[term.output.weights].with_transposed = true;
                shapes[term.output.bias].is_column = true;
            }
        }
    }
    shapes
}

/// Tables of one number a row that is no vector.
fn scalar_tables(layers: &TrainingGraph) -> Vec<ParamId> {
    let bias = |term: &Term| match term {
        Term::Autoencoder(term) => Some(term.output.bias),
        _ => None,
    };
    layers.terms.iter().filter_map(bias).collect()
}

/// k of the vectors that a head is given.
fn dimension(layers: &TrainingGraph, head: usize) -> usize {
    let k = |term: &Term| match term {
        Term::Rating(term) if term.head == head => Some(layers.params[term.user.table].columns),
        _ => None,
    };
    layers.terms.iter().find_map(k).unwrap_or(0)
}

struct Builder<'a> {
    layers: &'a TrainingGraph,
    places: &'a [Place],
}

impl Builder<'_> {
    fn number(&self, param: ParamId) -> usize {
        self.places[param].number()
    }

    fn layer(&self, dense: Dense, inputs: usize) -> Layer {
        let units = self.layers.params[dense.weights].columns;
        Layer {
            weights: self.number(dense.weights),
            bias: self.number(dense.bias),
            inputs,
            outputs: padded(units),
            units,
        }
    }

    /// Layers one after the other, from padded inputs.
    fn chain<'a>(&'a self, dense: impl Iterator<Item = &'a Dense> + 'a, inputs: usize) -> Vec<Layer> {
        let mut inputs = inputs;
        dense
            .map(|&dense| {
                let layer = self.layer(dense, inputs);
                inputs = layer.outputs;
                layer
            })
            .collect()
    }

    fn network(&self, number: usize, head: &Head) -> Option<Network> {
        let k = padded(dimension(self.layers, number));
        let inputs = 2 * k + padded(head.given);
        Network::new(k, &self.chain(head.layers.iter(), inputs), head.dot, head.dropout)
    }

    fn side(&self, gather: &Gather) -> Side {
        let tower = gather
            .tower
            .as_ref()
            .map(|tower| (self.number(tower.weights), tower.features.clone(), tower.penalty));
        let through = gather.through.map(|through| (self.number(through.map), through.transposed));
        let k = padded(self.layers.params[gather.table].columns);
        Side::new(self.number(gather.table), tower, through, gather.detach, k)
    }

    fn rating(&self, term: &RatingTerm) -> Rating {
        Rating {
            user: self.side(&term.user),
            item: self.side(&term.item),
            head: term.head,
            row_l2: term.row_l2,
            rows: term.rows.clone(),
            items: self.layers.params[term.item.table].rows as u32,
            users_named: Vec::with_capacity(TILE),
            items_named: Vec::with_capacity(TILE),
            residuals: Vec::with_capacity(TILE),
            fetched: Fetched::default(),
        }
    }

    fn pair(&self, term: &PairTerm) -> Pair {
        let k = padded(self.layers.params[term.from.table].columns);
        Pair::new(self.side(&term.from), self.side(&term.to), term.pairs.clone(), k)
    }

    fn autoencoder(&self, term: &AutoencoderTerm) -> Autoencoder {
        let width = padded(self.layers.params[term.input.weights].columns);
        let layers = self.chain(term.encoder.iter().chain(&term.decoder), width);
        // ReLU follows every layer but the last encoder's, whose outputs are the codes.
        let codes = term.encoder.len();
        let layers = layers.into_iter().enumerate().map(|(n, layer)| (layer, n + 1 != codes)).collect();
        let (weights, bias) = (self.number(term.output.weights), self.number(term.output.bias));
        let output = match &term.reconstruction {
            Reconstruction::Observed => Output::Observed { weights, bias },
            Reconstruction::Fields(fields) => {
                let columns = self.layers.params[term.output.weights].rows;
                Output::Fields { weights, bias, fields: fields.clone(), columns }
            }
        };
        let input = (self.number(term.input.weights), self.number(term.input.bias));
        Autoencoder::new(input, layers, output, term.rows.clone(), width)
    }
}
