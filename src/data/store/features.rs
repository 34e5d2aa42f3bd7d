//! What is known of users or items besides ratings, as sparse rows of encoded columns.

use serde::Serialize;

/// How a field of a feature table is encoded, and which loss reconstructs it (docs/method.md, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One column, standardised to mean 0 and deviation 1; squared error.
    Numeric,
    /// One column per category, one of them 1; softmax cross-entropy.
    OneHot,
    /// One column per tag of a `|`-separated list, any number of them 1; binary cross-entropy.
    MultiHot,
}

/// One field of a feature table and the encoded columns that it fills.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// Name from the header, or `column 3`.
    pub name: String,
    /// How it is encoded.
    pub kind: FieldKind,
    /// Encoded columns `start..start + width`.
    pub start: usize,
    /// Number of encoded columns.
    pub width: usize,
    /// What each column stands for: the category or tag, `others` for the rare ones together. Empty where a column is a
    /// number, and where nobody named them.
    pub labels: Vec<Box<str>>,
}

/// Encoded features of all users or items of a domain, in compressed rows. An id that the table does not
/// know has an empty row.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// The fields, in the order of their columns.
    pub fields: Vec<Field>,
    pub(crate) row_starts: Vec<u32>,
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f32>,
    pub(crate) titles: Vec<Option<Box<str>>>,
}

impl Features {
    /// Titles of `rows` rows and nothing else.
    pub fn titles_only(titles: Vec<Option<Box<str>>>, rows: usize) -> Self {
        Self { row_starts: vec![0; rows + 1], titles, ..Self::default() }
    }

    /// Number of encoded columns.
    pub fn width(&self) -> usize {
        self.fields.last().map_or(0, |field| field.start + field.width)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.row_starts.len().saturating_sub(1)
    }

    /// Number of entries that are not 0, over all rows.
    pub fn entries(&self) -> usize {
        self.columns.len()
    }

    /// The non-zero columns and values of a row.
    pub fn row(&self, row: u32) -> (&[u32], &[f32]) {
        let range = self.row_starts[row as usize] as usize..self.row_starts[row as usize + 1] as usize;
        (&self.columns[range.clone()], &self.values[range])
    }

    /// The categories and tags of a row, in the order of the fields; numbers have none.
    pub fn labels(&self, row: u32) -> impl Iterator<Item = &str> {
        let label = |&column: &u32| {
            let column = column as usize;
            let field = self
                .fields
                .iter()
                .find(|field| (field.start..field.start + field.width).contains(&column))?;
            field.labels.get(column - field.start).map(|label| &**label)
        };
        self.row(row).0.iter().filter_map(label)
    }

    /// The features with these rows alone, in this order; every number must be below [`Features::rows`].
    pub(in crate::data) fn of_rows(&self, rows: &[u32]) -> Self {
        let mut chosen = Self { fields: self.fields.clone(), row_starts: vec![0], ..Self::default() };
        for &row in rows {
            let (columns, values) = self.row(row);
            chosen.columns.extend(columns);
            chosen.values.extend(values);
            chosen.row_starts.push(chosen.columns.len() as u32);
            if !self.titles.is_empty() {
                chosen.titles.push(self.titles.get(row as usize).cloned().flatten());
            }
        }
        chosen
    }

    /// The title of a row, where the table has a title column and the row fills it.
    pub fn title(&self, row: u32) -> Option<&str> {
        self.titles.get(row as usize).and_then(|title| title.as_deref())
    }
}
