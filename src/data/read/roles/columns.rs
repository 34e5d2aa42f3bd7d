//! What speaks for each column in each role, and what two columns say of each other.

use std::cell::OnceCell;

use super::{ENOUGH, NAMED};
use crate::data::read::{
    Ids,
    names::{self, ITEM, NO_RATING, NameSays, RATING, TIME, USER},
    profile::{Profile, Sample, USUAL_POINTS},
    reject::shown,
};

/// Column of the ratings in most files without a header.
const USUAL_RATING: usize = 2;

/// Most columns that are tried for a role.
const CANDIDATES: usize = 8;

/// What is known of the columns while assignments are compared.
pub(super) struct Judge<'s> {
    pub names: Vec<String>,
    pub says: Vec<NameSays>,
    pub looks: Vec<Profile>,
    pub sample: &'s Sample<'s>,
    /// The cells of a column as numbers, once they are asked for: equal cells have the same, empty ones [`EMPTY`].
    codes: Vec<OnceCell<Vec<u32>>>,
    pub has_names: bool,
    /// The column whose values say which part of the file a row is of: it is no role.
    splits: Option<usize>,
}

/// The number of an empty cell.
const EMPTY: u32 = u32::MAX;

/// The cells of a column as numbers.
fn codes(sample: &Sample, column: usize) -> Vec<u32> {
    let mut known = Ids::default();
    let cell = |row: &'_ Vec<String>| match row.get(column).map_or("", String::as_str) {
        "" => EMPTY,
        cell => known.intern(cell),
    };
    sample.rows().map(cell).collect()
}

/// Distinct pairs and cells of two columns over the rows where both are filled.
pub(super) struct Together {
    pub rows: usize,
    pub pairs: usize,
    pub first: usize,
    pub second: usize,
}

impl Together {
    /// Whether the first column says what the second holds.
    pub fn first_determines(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.first && self.rows as f64 >= 1.5 * self.pairs as f64
    }

    pub fn second_determines(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.second && self.rows as f64 >= 1.5 * self.pairs as f64
    }

    /// Whether both columns name the same things.
    pub fn is_one_thing(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.first && self.pairs == self.second && self.pairs < self.rows
    }
}

impl<'s> Judge<'s> {
    pub fn new(
        names: Option<&[String]>,
        sample: &'s Sample,
        columns: usize,
        file: &str,
        splits: Option<usize>,
    ) -> Self {
        let name = |column: usize| names.and_then(|names| names.get(column)).cloned().unwrap_or_default();
        let nothing = || NameSays { points: [0.0; 4], thing: String::new() };
        let says = |column| if names.is_some() { names::says(&name(column), file) } else { nothing() };
        Self {
            names: (0..columns).map(name).collect(),
            says: (0..columns).map(says).collect(),
            looks: (0..columns).map(|column| Profile::of(sample, column, column == USUAL_RATING)).collect(),
            sample,
            codes: vec![OnceCell::new(); columns],
            has_names: names.is_some(),
            splits,
        }
    }

    /// What to call a column in a message.
    pub fn called(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => format!("`{}`", shown(name)),
            _ => format!("column {}", column + 1),
        }
    }

    pub fn named(&self, role: usize, column: usize) -> bool {
        self.says[column].points[role] > NAMED
    }

    /// Points of a column for being the ids of users or items.
    pub fn id_points(&self, role: usize, column: usize) -> f64 {
        let (look, name) = (&self.looks[column], self.says[column].points[role]);
        let mut points = name - 8.0 * (1.0 - look.share);
        let penalties = [
            (look.counts, 14.0),
            (look.is_constant, 8.0),
            (look.is_new_in_every_row, 5.0),
            (look.is_time, 5.0),
            (look.has_fractions, 5.0),
            (look.is_text, if name > NAMED { 1.0 } else { 3.0 }),
            (look.is_year && look.distinct < 150, 2.0),
            (look.filled >= 50 && look.distinct <= 11 && look.rating > 1.0, 5.0),
            (look.filled >= 50 && look.distinct < 5, 3.0),
        ];
        points -= penalties.iter().filter(|(applies, _)| *applies).map(|(_, points)| points).sum::<f64>();
        let shop = f64::from(i8::from(look.is_reviewer)) - f64::from(i8::from(look.is_asin));
        points + if role == USER { 5.0 * shop } else { -5.0 * shop }
    }

    /// Points of a column for being the ratings; `None` where it can be none.
    pub fn rating_points(&self, column: usize) -> Option<f64> {
        let (look, name) = (&self.looks[column], self.says[column].points[RATING]);
        let is_other = [USER, ITEM, TIME].iter().any(|&role| self.named(role, column)) && name <= NAMED;
        if (look.rating < 1.0 && name <= NAMED) || name <= NO_RATING || is_other {
            return None;
        }
        let penalties = [
            (look.counts, 10.0),
            (look.is_constant, 2.0),
            (look.is_year, 6.0),
            (look.is_time, 8.0),
            (look.is_new_in_every_row, 3.0),
        ];
        let lost = penalties.iter().filter(|(applies, _)| *applies).map(|(_, points)| points).sum::<f64>();
        // Where names are given, the place of a column says nothing.
        let place =
            if self.has_names && column == USUAL_RATING { f64::min(look.rating, USUAL_POINTS) } else { 0.0 };
        Some(name + 0.6 * (look.rating - place) - lost - 4.0 * (1.0 - look.share))
    }

    pub fn together(&self, first: usize, second: usize) -> Together {
        let of = |column: usize| self.codes[column].get_or_init(|| codes(self.sample, column));
        let both = of(first).iter().zip(of(second)).filter(|(one, two)| **one != EMPTY && **two != EMPTY);
        let mut pairs: Vec<u64> = both.map(|(&one, &two)| u64::from(one) << 32 | u64::from(two)).collect();
        let rows = pairs.len();
        let distinct = |mut codes: Vec<u64>| {
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        pairs = distinct(pairs);
        Together {
            rows,
            pairs: pairs.len(),
            first: distinct(pairs.iter().map(|pair| pair >> 32).collect()).len(),
            second: distinct(pairs.iter().map(|pair| pair & u64::from(u32::MAX)).collect()).len(),
        }
    }

    /// The columns that come first in points for a role.
    pub fn candidates(&self, points: impl Fn(usize) -> Option<f64>) -> Vec<(usize, f64)> {
        let mut all: Vec<(usize, f64)> = (0..self.looks.len())
            .filter(|&column| Some(column) != self.splits)
            .filter_map(|column| Some((column, points(column)?)))
            .collect();
        all.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        all.truncate(CANDIDATES);
        all
    }
}
