//! Matrices of people and items, with one column an item. The format of a file holds one where its rows have that
//! shape; its cells are then read as rows of user, item and rating, each in the line of its row.

mod columns;
mod header;
mod recognition;

use super::{ReadOptions, Roles, Warning, WarningCode, warning::grouped};

pub(super) use recognition::{Source, recognise};

/// Roles of the rows that cells are read as: what the matrix's row stands for, what its column does, and the rating.
const UNFOLDED: Roles = Roles { user: 0, item: 1, rating: 2, time: None };

/// What to do with a matrix that cannot be read.
pub(super) const REMEDY: &str = "Put the ids of the people into a first column named user_id, or turn it into a table \
                                 with one row a rating: user, item, rating";

/// Share of the cells from which on a value at the low end stands for "not rated" where no cell is empty.
const FILL_SHARE: f64 = 0.4;

/// A table with one column an item, or one column a person.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    /// Column of the ids that the rows are called by.
    pub id: usize,
    /// What each column of the table stands for; `None` for columns that hold no ratings.
    pub columns: Vec<Option<String>>,
    /// Whether the first row holds names.
    pub header: bool,
    /// Whether a row is an item and a column a person.
    is_transposed: bool,
    /// Columns that hold something else than ratings, as they are called.
    left_out: Vec<String>,
    /// Whether hardly a cell is empty.
    is_full: bool,
    /// Number of rows under the header.
    pub rows: usize,
    /// How many cells hold something, as the first rows foretell it.
    pub filled: usize,
}

/// How many people, items and ratings a matrix was read as.
pub(super) struct Size {
    pub users: usize,
    pub items: usize,
    pub ratings: usize,
}

impl Matrix {
    /// Roles of the rows that the cells are read as.
    pub fn roles(&self) -> Roles {
        let Roles { user, item, .. } = UNFOLDED;
        if self.is_transposed { Roles { user: item, item: user, ..UNFOLDED } } else { UNFOLDED }
    }

    /// Takes declared roles of those rows: user and item may have been the other way round.
    pub fn declare(&mut self, roles: Roles) {
        self.is_transposed = roles.user == UNFOLDED.item;
    }

    /// Names of the columns of those rows.
    pub fn names(&self) -> Vec<String> {
        let of_people = |is_user: bool| if is_user { "user" } else { "item" }.to_owned();
        vec![of_people(!self.is_transposed), of_people(self.is_transposed), "rating".into()]
    }

    /// Whether a row of the matrix is an item and not a person.
    pub fn rows_are_items(&self) -> bool {
        self.is_transposed
    }

    /// The cells of a row that hold something, with their columns.
    pub fn cells<'r>(&self, row: &'r [String]) -> impl Iterator<Item = (usize, &'r str)> + Clone {
        let columns = self.columns.iter().enumerate().filter(|(_, name)| name.is_some());
        let cells = columns.filter_map(|(column, _)| Some((column, row.get(column)?.as_str())));
        cells.filter(|(_, cell)| !is_unrated(cell))
    }

    /// The first rows that rows of the matrix are read as.
    pub fn unfolded(&self, rows: &[Vec<String>], count: usize) -> Vec<Vec<String>> {
        let name = |column: usize| self.columns[column].clone().unwrap_or_default();
        let of_row = |row: &'_ Vec<String>| {
            let id = row.get(self.id).cloned().unwrap_or_default();
            self.cells(row)
                .map(|(column, cell)| vec![id.clone(), name(column), cell.to_owned()])
                .collect::<Vec<_>>()
        };
        rows.iter().flat_map(of_row).take(count).collect()
    }

    /// The value that fills the cells that nobody rated, where no cell is empty: a frequent zero or negative number at
    /// the low end of `n` values, of which `counted` are the distinct ones and their counts.
    pub fn fill(&self, counted: &[(f32, usize)], n: usize) -> Option<(f32, usize)> {
        let &(value, count) = counted.first()?;
        let is_fill = self.is_full && counted.len() > 1 && value <= 0.0;
        (is_fill && count as f64 >= FILL_SHARE * n as f64).then_some((value, count))
    }

    /// What is told of it.
    pub fn warning(&self, size: &Size) -> Warning {
        let (people, items) =
            (format!("{} people", grouped(size.users)), format!("{} items", grouped(size.items)));
        let (rows, columns, one) =
            if self.is_transposed { (items, people, "a person") } else { (people, items, "an item") };
        let cells = self.rows * self.columns.iter().flatten().count();
        let mut text = format!(
            "a matrix of {rows} and {columns} was read, one column {one}; {} of {} cells are rated",
            grouped(size.ratings),
            grouped(cells)
        );
        if !self.header
            && let Some(Some(name)) = self.columns.iter().find(|name| name.is_some())
        {
            text += &format!("; without a header the columns are called \"{name}\" and so on");
        }
        if !self.left_out.is_empty() {
            text += &format!("; no ratings and left out: {}", self.left_out.join(", "));
        }
        let Roles { user, item, .. } = self.roles();
        let swapped = Roles { user: item, item: user, ..UNFOLDED };
        let other =
            if self.is_transposed { "Take the rows for people" } else { "Take the columns for people" };
        let figures = [
            ("people", size.users as f64),
            ("items", size.items as f64),
            ("cells", cells as f64),
            ("ratings", size.ratings as f64),
        ];
        Warning::new(WarningCode::Shape, text)
            .with(figures)
            .or(other, ReadOptions { roles: Some(swapped), ..ReadOptions::default() })
            .or("Read it as a table", ReadOptions { matrix: Some(false), ..ReadOptions::default() })
    }
}

/// Whether declared roles can be meant for the rows that a matrix is read as.
pub(super) fn are_unfolded(roles: Roles) -> bool {
    let Roles { user, item, rating, time } = roles;
    rating == UNFOLDED.rating && time.is_none() && user != item && user.max(item) < UNFOLDED.rating
}

/// Whether a cell says that there is no value.
pub(super) fn is_unrated(cell: &str) -> bool {
    const NOTHING: [&str; 11] = ["na", "nan", "null", "n/a", "none", "<na>", "#n/a", "n.a.", "?", "-", "."];
    // Nearly all cells are one digit or empty.
    match cell.as_bytes() {
        [] => true,
        [b'0'..=b'9', ..] => false,
        _ => NOTHING.iter().any(|nothing| cell.eq_ignore_ascii_case(nothing)),
    }
}

#[cfg(test)]
mod tests;
