//! What the host hands to an engine for one step: row numbers, given numbers, targets and dropout factors.

/// Sparse entries of a batch: row in the batch, column, value.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Row within the batch.
    pub rows: Vec<i32>,
    /// Column.
    pub columns: Vec<i32>,
    /// Value.
    pub values: Vec<f32>,
}

impl Entries {
    /// Appends a sparse row.
    pub fn push_row(&mut self, row: usize, columns: &[u32], values: &[f32]) {
        self.rows.extend(std::iter::repeat_n(row as i32, columns.len()));
        self.columns.extend(columns.iter().map(|&c| c as i32));
        self.values.extend_from_slice(values);
    }
}

/// Rows of a [`RatingTerm`](super::RatingTerm), n of them.
#[derive(Clone, Debug, Default)]
pub struct RatingBatch {
    /// Rows of the user table, `[n]`.
    pub users: Vec<i32>,
    /// Rows of the item table, `[n]`.
    pub items: Vec<i32>,
    /// What a prediction starts from (μ + b_u + b_i), `[n]`.
    pub offsets: Vec<f32>,
    /// Ratings in [0, 1], `[n]`.
    pub targets: Vec<f32>,
    /// Given inputs of the head, `[n, given]`.
    pub given: Vec<f32>,
    /// Weight of ‖u‖² in the row penalty, 1 / (ratings of the user), `[n]`.
    pub user_shares: Vec<f32>,
    /// Weight of ‖v‖² in the row penalty, 1 / (ratings of the item), `[n]`.
    pub item_shares: Vec<f32>,
    /// 0 where the learnt item vector is withheld (item dropout), else 1, `[n]`; empty for all 1.
    pub item_kept: Vec<f32>,
    /// Features of the users, where the term has a tower.
    pub user_features: Entries,
    /// Features of the items, where the term has a tower.
    pub item_features: Entries,
    /// Dropout factors of each hidden layer, `[n, width]`; empty for none.
    pub dropout: Vec<Vec<f32>>,
}

/// Rows of a [`PairTerm`](super::PairTerm).
#[derive(Clone, Debug, Default)]
pub struct PairBatch {
    /// Rows of the table that goes through the map, `[n]`.
    pub from: Vec<i32>,
    /// Rows that they should meet, `[n]`.
    pub to: Vec<i32>,
    /// Features of `from`, where its gather has a tower.
    pub from_features: Entries,
    /// Features of `to`, where its gather has a tower.
    pub to_features: Entries,
}

/// Rows of an [`AutoencoderTerm`](super::AutoencoderTerm).
#[derive(Clone, Debug, Default)]
pub struct AutoencoderBatch {
    /// Number of rows.
    pub rows: usize,
    /// Their entries.
    pub entries: Entries,
}

/// The rows of one term.
#[derive(Clone, Debug)]
pub enum Batch {
    /// For a rating term.
    Rating(RatingBatch),
    /// For a pair term.
    Pair(PairBatch),
    /// For an autoencoder term.
    Autoencoder(AutoencoderBatch),
}

impl Batch {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Rating(batch) => batch.targets.len(),
            Self::Pair(batch) => batch.from.len(),
            Self::Autoencoder(batch) => batch.rows,
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One term's share of a step: `weight` times its mean loss over the batch.
#[derive(Clone, Debug)]
pub struct Share {
    /// Number of the term in the layer table.
    pub term: usize,
    /// Factor of its mean loss in the step's loss.
    pub weight: f32,
    /// Its rows; must not be empty.
    pub batch: Batch,
}
