//! The data that an engine trains on. It is handed over once, with the training graph, and stays on the device; steps
//! then name rows by number ([`Chunk`](super::Chunk)).

/// Sparse rows: features of a side, or the input of an autoencoder.
#[derive(Clone, Debug, Default)]
pub struct SparseRows {
    /// Where each row starts in `columns` and `values`; one more than there are rows.
    pub starts: Vec<u32>,
    /// Columns of the entries.
    pub columns: Vec<u32>,
    /// Values of the entries.
    pub values: Vec<f32>,
    /// Number of columns.
    pub width: usize,
}

impl SparseRows {
    /// No rows, of `width` columns.
    pub fn new(width: usize) -> Self {
        Self { starts: vec![0], columns: Vec::new(), values: Vec::new(), width }
    }

    /// Appends a row.
    pub fn push(&mut self, columns: &[u32], values: &[f32]) {
        self.columns.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.starts.push(self.columns.len() as u32);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns and values of a row.
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row] as usize..self.starts[row + 1] as usize;
        (&self.columns[range.clone()], &self.values[range])
    }
}

/// A few numbers for each row of a table, `[rows, width]`.
#[derive(Clone, Debug, Default)]
pub struct Numbers {
    /// Row-major.
    pub values: Vec<f32>,
    /// Numbers a row; 0 for none.
    pub width: usize,
}

impl Numbers {
    /// Numbers of `width` columns, row-major.
    pub fn new(values: Vec<f32>, width: usize) -> Self {
        debug_assert!(width > 0 && values.len().is_multiple_of(width) || values.is_empty());
        Self { values, width }
    }

    /// The numbers of a row, `[width]`.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..][..self.width]
    }
}

/// A rating as an engine trains on it. Its numbers lie side by side, because steps name ratings in random order: one
/// read from memory brings all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatingRow {
    /// Row of the user table.
    pub user: u32,
    /// Row of the item table. With `items` rows in the table, a number `items + i` is item i with its learnt vector
    /// withheld: zeros in its place, no gradient into it, no penalty on it (item dropout).
    pub item: u32,
    /// What the head is to give: the rating less what the prediction starts from.
    pub residual: f32,
}

/// Ratings of a [`RatingTerm`](super::RatingTerm), n of them: 20 bytes a rating with two numbers of its own. What
/// depends on the user or the item alone is kept once for each of them.
#[derive(Clone, Debug, Default)]
pub struct RatingRows {
    /// `[n]`.
    pub ratings: Vec<RatingRow>,
    /// Inputs of the head that belong to the rating, `[n, own]`.
    pub own: Numbers,
    /// Inputs of the head that belong to the user, by row of the user table.
    pub user_given: Numbers,
    /// Inputs of the head that belong to the item, by number as in [`RatingRow::item`], withheld ones included.
    pub item_given: Numbers,
    /// Weight of ‖u‖² in the row penalty, by row of the user table; empty where there is no penalty.
    pub user_shares: Vec<f32>,
    /// Weight of ‖v‖² in the row penalty, by row of the item table; empty where there is no penalty.
    pub item_shares: Vec<f32>,
}

impl RatingRow {
    /// Ratings from columns of one length.
    pub fn from_columns(users: &[u32], items: &[u32], residuals: &[f32]) -> Vec<Self> {
        let pairs = users.iter().zip(items).zip(residuals);
        pairs.map(|((&user, &item), &residual)| Self { user, item, residual }).collect()
    }
}

impl RatingRows {
    /// Number of ratings.
    pub fn len(&self) -> usize {
        self.ratings.len()
    }

    /// Whether there is no rating.
    pub fn is_empty(&self) -> bool {
        self.ratings.is_empty()
    }

    /// Number of given inputs of the head: own, the user's, the item's, in this order.
    pub fn given(&self) -> usize {
        self.own.width + self.user_given.width + self.item_given.width
    }
}
