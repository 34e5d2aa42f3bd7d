//! What an engine is told to train: parameters, and losses over rows that are gathered from them. It speaks of
//! tables, heads and maps only; which domain or side a table belongs to is the model's business.

use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(feature = "reference")]
use burn::tensor::Tensor;

use super::{Chunk, RatingRows, Share, SparseRows, UpdatedRows};

/// Number of a parameter in [`TrainingGraph::params`].
pub type ParamId = usize;

/// One parameter matrix and how it is trained.
#[derive(Clone, Debug)]
pub struct Param {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// First values, row-major `[rows, columns]`; drawn on the host, so that every device starts alike.
    pub values: Vec<f32>,
    /// Whether the optimiser changes it. A frozen parameter (an autoencoder's codes) is only gathered from.
    pub trainable: bool,
    /// L2 added to the gradient, as in Adam with (coupled) weight decay.
    pub weight_decay: f32,
}

/// A linear bag of features that is added to a gathered row: Σ value · `weights[column]`.
#[derive(Clone, Debug)]
pub struct Tower {
    /// Weights `[features, k]`.
    pub weights: ParamId,
    /// Features by row of the table.
    pub features: Arc<SparseRows>,
    /// Factor of ‖weights‖² in the loss.
    pub penalty: f32,
}

/// A matrix that gathered rows are multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Through {
    /// The map X `[k, k]`.
    pub map: ParamId,
    /// Rows become `w · Xᵀ` (each row vector is X w) or, transposed, `w · X` (Xᵀ w).
    pub transposed: bool,
}

/// Rows gathered from a table.
#[derive(Clone, Debug)]
pub struct Gather {
    /// The table `[rows, k]`.
    pub table: ParamId,
    /// Features of the row, added to it.
    pub tower: Option<Tower>,
    /// A map that the rows go through.
    pub through: Option<Through>,
    /// Whether gradients stop here.
    pub detach: bool,
}

/// A dense layer: `x · weights + bias`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// Weights `[inputs, outputs]`.
    pub weights: ParamId,
    /// Bias `[1, outputs]`.
    pub bias: ParamId,
}

/// A recommendation network RS: an MLP on `[u, v, given]`, and the inner product ⟨u, v⟩ beside it on request.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Dense layers; ReLU and dropout after each but the last, which has one output.
    pub layers: Vec<Dense>,
    /// Whether ⟨u, v⟩ is added to the output.
    pub dot: bool,
    /// Number of given inputs a row.
    pub given: usize,
    /// Share of the units of each hidden layer that a step drops.
    pub dropout: f32,
}

/// What a recommendation network is given of the pairs of a step.
#[cfg(feature = "reference")]
#[derive(Clone, Debug)]
pub struct Pairs {
    /// User vectors, `[n, k]`.
    pub users: Tensor<2>,
    /// Item vectors, `[n, k]`.
    pub items: Tensor<2>,
    /// Vectors of the items that each user has rated besides, the latest last, `[n, length, k]`; zeros where there are
    /// fewer.
    pub past: Tensor<3>,
    /// 1 where there is such an item, `[n, length]`.
    pub is_past: Tensor<2>,
}

/// A part of a recommendation network in front of its dense layers, in their place [u, v] it gives other numbers of the
/// pair. No fused engine has it.
pub trait PairNetwork: std::fmt::Debug + Send + Sync {
    /// What the dense layers are given in place of \[u, v\]; `leaves` are the graph's parameters by number.
    #[cfg(feature = "reference")]
    fn inputs(&self, leaves: &[Tensor<2>], pairs: &Pairs) -> Vec<Tensor<2>>;
}

/// Adversarial training: `weight` times the loss once more with both vectors moved by `reach` of their own length, up the
/// gradient of the loss.
#[derive(Clone, Copy, Debug)]
pub struct Adversarial {
    /// How far, as a share of a vector's length.
    pub reach: f32,
    /// Factor of that loss.
    pub weight: f32,
}

/// What a head is besides an MLP.
#[derive(Clone, Debug, Default)]
pub struct HeadNetwork {
    /// What stands in front of the dense layers.
    pub front: Option<Arc<dyn PairNetwork>>,
    /// Whether it trains against the worst small changes of its inputs.
    pub adversarial: Option<Adversarial>,
}

/// The items that somebody has rated, the latest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histories {
    /// The most that one has.
    pub length: usize,
    items: Vec<u32>,
}

impl Histories {
    /// Filling, where a history is shorter.
    pub(crate) const NONE: u32 = u32::MAX;

    /// No histories yet.
    pub fn new(length: usize) -> Self {
        Self { length, items: Vec::new() }
    }

    /// Appends a history; of more than `length` items the last count.
    pub fn push(&mut self, items: &[u32]) {
        let items = &items[items.len().saturating_sub(self.length)..];
        self.items.extend_from_slice(items);
        self.items.extend(std::iter::repeat_n(Self::NONE, self.length - items.len()));
    }

    /// A history, the latest last.
    pub fn get(&self, row: usize) -> &[u32] {
        let all = &self.items[row * self.length..][..self.length];
        &all[..all.iter().position(|&item| item == Self::NONE).unwrap_or(self.length)]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len().checked_div(self.length).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Rating loss: `weight · mean((residual − head(u, v, given))²)` over the rows of a share, plus
/// `row_l2 · mean(‖u‖² · user_share + ‖v‖² · item_share)` on the table rows (without towers).
#[derive(Clone, Debug)]
pub struct RatingTerm {
    /// User vectors.
    pub user: Gather,
    /// Item vectors.
    pub item: Gather,
    /// Index into [`TrainingGraph::heads`].
    pub head: usize,
    /// Factor of the row penalty.
    pub row_l2: f32,
    /// The ratings.
    pub rows: Arc<RatingRows>,
}

/// Pair loss: `weight · mean ‖X a − b‖²` over pairs of rows (Eq. 3; Eq. 4 is equal for orthogonal X).
#[derive(Clone, Debug)]
pub struct PairTerm {
    /// Rows that go through the map, `a`.
    pub from: Gather,
    /// Rows that they should meet, `b`.
    pub to: Gather,
    /// The pairs, as rows of the two tables.
    pub pairs: Arc<Vec<(u32, u32)>>,
}

/// How the columns of an autoencoder's output are compared with its input.
#[derive(Clone, Debug)]
pub enum Reconstruction {
    /// Squared error on the entries that are there; the rest is unknown, not zero (rating rows).
    Observed,
    /// Every column counts, each field by its kind (feature rows).
    Fields(Vec<crate::data::Field>),
}

/// Autoencoder loss (Eq. 2): sparse rows in, `encoder`, codes, `decoder`, rows out.
#[derive(Clone, Debug)]
pub struct AutoencoderTerm {
    /// First layer, `[columns, hidden]`, as a weighted bag of its rows: the input is never made dense.
    pub input: Dense,
    /// Layers from the first hidden layer to the codes; ReLU between layers, none on the codes.
    pub encoder: Vec<Dense>,
    /// Layers from the codes to the last hidden layer; ReLU after each.
    pub decoder: Vec<Dense>,
    /// Last layer: weights `[columns, hidden]` (a row a column, so that single outputs can be gathered) and bias
    /// `[columns, 1]`.
    pub output: Dense,
    /// How input and output are compared.
    pub reconstruction: Reconstruction,
    /// The rows that come in and should come out.
    pub rows: Arc<SparseRows>,
}

/// One loss.
#[derive(Clone, Debug)]
pub enum Term {
    /// Ratings of gathered users and items.
    Rating(RatingTerm),
    /// Distance of paired rows under a map.
    Pair(PairTerm),
    /// Reconstruction of sparse rows.
    Autoencoder(AutoencoderTerm),
}

impl Gather {
    fn is_like(&self, other: &Self) -> bool {
        let tower = |gather: &Self| {
            gather.tower.as_ref().map(|tower| (tower.weights, tower.penalty, tower.features.len()))
        };
        (self.table, self.through, self.detach) == (other.table, other.through, other.detach)
            && tower(self) == tower(other)
    }
}

impl Reconstruction {
    /// Whether steps update the same parameters in the same way.
    fn is_like(&self, other: &Self) -> bool {
        let field = |field: &crate::data::Field| (field.kind, field.start, field.width);
        match (self, other) {
            (Self::Observed, Self::Observed) => true,
            (Self::Fields(a), Self::Fields(b)) => a.iter().map(field).eq(b.iter().map(field)),
            _ => false,
        }
    }
}

impl Term {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rating(a), Self::Rating(b)) => {
                let of = |term: &RatingTerm| (term.head, term.row_l2, term.rows.given());
                of(a) == of(b) && a.user.is_like(&b.user) && a.item.is_like(&b.item)
            }
            (Self::Pair(a), Self::Pair(b)) => a.from.is_like(&b.from) && a.to.is_like(&b.to),
            (Self::Autoencoder(a), Self::Autoencoder(b)) => {
                let layers = |term: &AutoencoderTerm| {
                    (term.input, term.encoder.clone(), term.decoder.clone(), term.output)
                };
                layers(a) == layers(b) && a.reconstruction.is_like(&b.reconstruction)
            }
            _ => false,
        }
    }
}

/// Settings of Adam (Kingma and Ba 2015).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f32,
    /// Decay of the first moment.
    pub beta_1: f32,
    /// Decay of the second moment.
    pub beta_2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// Which rows of a table a step updates.
    pub rows: UpdatedRows,
}

impl Adam {
    /// Adam with its authors' decays and a step size.
    pub fn new(learning_rate: f32) -> Self {
        Self { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, rows: UpdatedRows::Touched }
    }
}

/// All that an engine trains.
#[derive(Clone, Debug)]
pub struct TrainingGraph {
    /// Parameters.
    pub params: Vec<Param>,
    /// Recommendation networks.
    pub heads: Vec<Head>,
    /// By head, what it is besides an MLP. Only the reference engine trains such.
    pub networks: BTreeMap<usize, HeadNetwork>,
    /// By rating term and row, what the user has rated besides; none of a term where no network asks for it.
    pub histories: BTreeMap<usize, Arc<Histories>>,
    /// Losses.
    pub terms: Vec<Term>,
    /// Optimiser.
    pub adam: Adam,
}

impl TrainingGraph {
    /// A table without parameters and losses.
    pub fn new(adam: Adam) -> Self {
        Self {
            params: Vec::new(),
            heads: Vec::new(),
            networks: BTreeMap::new(),
            histories: BTreeMap::new(),
            terms: Vec::new(),
            adam,
        }
    }

    /// Adds a parameter with its first values, `[rows, columns]` row-major.
    pub fn param(&mut self, rows: usize, columns: usize, values: Vec<f32>) -> ParamId {
        debug_assert_eq!(values.len(), rows * columns);
        self.params.push(Param { rows, columns, values, trainable: true, weight_decay: 0.0 });
        self.params.len() - 1
    }

    /// Adds a parameter that is gathered from but not trained.
    pub fn frozen(&mut self, rows: usize, columns: usize, values: Vec<f32>) -> ParamId {
        let id = self.param(rows, columns, values);
        self.params[id].trainable = false;
        id
    }

    /// Adds a dense layer `[inputs, outputs]` with He-uniform weights and a bias drawn from the same range,
    /// both bounded by 1/√inputs (the usual default of dense layers).
    pub fn dense(&mut self, inputs: usize, outputs: usize, rng: &mut crate::rng::Generator) -> Dense {
        let bound = 1.0 / (inputs.max(1) as f32).sqrt();
        let weights = self.param(inputs, outputs, rng.uniforms(inputs * outputs, bound));
        let bias = self.param(1, outputs, rng.uniforms(outputs, bound));
        Dense { weights, bias }
    }

    /// Adds a loss and returns its number.
    pub fn term(&mut self, term: Term) -> usize {
        self.terms.push(term);
        self.terms.len() - 1
    }

    /// Whether it is of the same shape as another, so that both can be replicas of one engine: all but first values and rows
    /// is the same.
    pub fn is_like(&self, other: &Self) -> bool {
        let param = |(a, b): (&Param, &Param)| {
            let of = |p: &Param| (p.rows, p.columns, p.trainable, p.weight_decay);
            of(a) == of(b)
        };
        let is_mlp = self.networks.is_empty() && other.networks.is_empty();
        is_mlp
            && self.adam == other.adam
            && self.heads == other.heads
            && (self.params.len(), self.terms.len()) == (other.params.len(), other.terms.len())
            && self.params.iter().zip(&other.params).all(param)
            && self.terms.iter().zip(&other.terms).all(|(a, b)| a.is_like(b))
    }

    /// Which parameters are tables that steps name rows of, and so fall under [`Adam::rows`].
    pub fn gathered_tables(&self) -> Vec<bool> {
        let mut tables = vec![false; self.params.len()];
        for term in &self.terms {
            match term {
                Term::Rating(RatingTerm { user: one, item: other, .. })
                | Term::Pair(PairTerm { from: one, to: other, .. }) => {
                    tables[one.table] = true;
                    tables[other.table] = true;
                }
                Term::Autoencoder(term) => {
                    tables[term.input.weights] = true;
                    if matches!(term.reconstruction, Reconstruction::Observed) {
                        tables[term.output.weights] = true;
                        tables[term.output.bias] = true;
                    }
                }
            }
        }
        tables
    }

    /// 1 for each row of a table that a step's shares name and do not detach, else 0. An item whose vector is withheld
    /// is not named.
    pub fn touched_rows(&self, table: ParamId, chunk: &Chunk, shares: &[Share]) -> Vec<f32> {
        let n = self.params[table].rows;
        let mut touched = vec![0.0; n];
        let mut touch = |row: u32| {
            if (row as usize) < n {
                touched[row as usize] = 1.0;
            }
        };
        let is = |gather: &Gather| gather.table == table && !gather.detach;
        for share in shares {
            for &row in chunk.rows(share) {
                let row = row as usize;
                match &self.terms[share.term] {
                    Term::Rating(term) => {
                        if is(&term.user) {
                            touch(term.rows.ratings[row].user);
                        }
                        if is(&term.item) {
                            touch(term.rows.ratings[row].item);
                            if let Some(histories) = self.histories.get(&share.term) {
                                histories.get(row).iter().for_each(|&item| touch(item));
                            }
                        }
                    }
                    Term::Pair(term) => {
                        if is(&term.from) {
                            touch(term.pairs[row].0);
                        }
                        if is(&term.to) {
                            touch(term.pairs[row].1);
                        }
                    }
                    Term::Autoencoder(term) => {
                        if [term.input.weights, term.output.weights, term.output.bias].contains(&table) {
                            term.rows.row(row).0.iter().for_each(|&column| touch(column));
                        }
                    }
                }
            }
        }
        touched
    }
}
