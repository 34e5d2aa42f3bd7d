//! What the columns of a table hold that may be a matrix, from its first rows.

use std::collections::{HashMap, HashSet};

use super::is_unrated;
use crate::data::read::number::number;

/// Numbers that can be ratings.
const RATINGS: std::ops::RangeInclusive<f64> = -10.0..=100.0;

/// Distinct values up to which cells are ratings however full the matrix is.
const FEW_VALUES: usize = 21;

/// Share of the columns whose ends are passed over on the way to the usual ones: those of another kind are fewer.
const STRAYS: f64 = 0.2;

/// What one column holds.
#[derive(Clone, Debug, Default)]
struct Look {
    /// Numbers that can be ratings.
    values: Vec<f32>,
    /// Cells that hold something.
    filled: usize,
}

/// What the columns hold.
pub(super) struct Columns {
    looks: Vec<Look>,
    /// The cell that is most frequent, its count, and the count of all cells.
    most: (String, usize),
    all: usize,
    rows: usize,
    /// Distinct cells that hold something.
    distinct: usize,
}

impl Columns {
    /// Looks at rows without the header; the first column is not counted as ratings.
    pub fn of(rows: &[Vec<String>], width: usize) -> Self {
        let mut looks = vec![Look::default(); width];
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let (mut all, mut empty) = (0, 0);
        for row in rows {
            for (column, look) in looks.iter_mut().enumerate() {
                let cell = row.get(column).map_or("", String::as_str);
                all += usize::from(column > 0);
                if is_unrated(cell) {
                    empty += usize::from(column > 0);
                    continue;
                }
                look.filled += 1;
                look.values.extend(number(cell).filter(|value| RATINGS.contains(value)).map(|x| x as f32));
                if column > 0 {
                    *counts.entry(cell).or_default() += 1;
                }
            }
        }
        let distinct = counts.len();
        let most = counts.into_iter().max_by(|x, y| (x.1, y.0).cmp(&(y.1, x.0)));
        let most = most.filter(|most| most.1 > empty).unwrap_or(("", empty));
        let most = (most.0.to_owned(), most.1);
        Self { looks, most, all, rows: rows.len(), distinct }
    }

    /// Whether a column holds ratings or nothing, slips apart.
    pub fn is_like(&self, column: usize) -> bool {
        self.looks.get(column).is_some_and(|look| look.values.len() * 5 >= look.filled * 4)
    }

    /// How many columns from the second on hold ratings or nothing.
    pub fn like(&self) -> usize {
        (1..self.looks.len()).filter(|&column| self.is_like(column)).count()
    }

    /// Whether the cells are those of a matrix: most are empty or one value, or the values are few.
    pub fn are_a_matrix(&self) -> bool {
        let filled: usize = self.looks.iter().skip(1).map(|look| look.filled).sum();
        self.most.1 * 10 >= self.all * 3 || self.distinct <= FEW_VALUES || self.distinct * 10 <= filled
    }

    /// Share of the cells that hold something.
    pub fn filled(&self, columns: impl Iterator<Item = usize> + Clone, rows: usize) -> f64 {
        let filled: usize =
            columns.clone().filter_map(|column| self.looks.get(column)).map(|look| look.filled).sum();
        filled as f64 / (columns.count() * rows).max(1) as f64
    }

    /// Smallest and largest rating of the columns that hold ratings.
    pub fn range(&self) -> (f32, f32) {
        let values = (1..self.looks.len()).filter(|&column| self.is_like(column));
        let values = values.flat_map(|column| &self.looks[column].values);
        values.fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), &x| (lo.min(x), hi.max(x)))
    }

    /// Whether the first column counts the ratings of its row, as Jester's does.
    pub fn first_counts_ratings(&self, rows: &[Vec<String>]) -> bool {
        let is_none = |cell: &str| is_unrated(cell) || (self.most.1 * 5 >= self.all && cell == self.most.0);
        let counts = |row: &&Vec<String>| {
            let rated = row.iter().skip(1).filter(|cell| !is_none(cell)).count();
            row.first().and_then(|cell| number(cell)) == Some(rated as f64)
        };
        rows.iter().filter(counts).count() * 10 >= rows.len() * 9
    }

    /// The columns that hold ratings on the scale of most others. A column of ages among stars is none, and neither is
    /// one of means among whole numbers.
    pub fn of_ratings(&self) -> HashSet<usize> {
        let is_fill =
            |value: f32| self.most.1 * 10 >= self.all * 3 && number(&self.most.0) == Some(value.into());
        let values =
            |column: usize| self.looks[column].values.iter().copied().filter(move |&value| !is_fill(value));
        let like: Vec<usize> = (0..self.looks.len()).filter(|&column| self.is_like(column)).collect();
        let ends = |pick: fn(f32, f32) -> f32| {
            let mut ends: Vec<f32> = like.iter().filter_map(|&column| values(column).reduce(pick)).collect();
            ends.sort_unstable_by(f32::total_cmp);
            ends
        };
        let end = |ends: &[f32], passed: f64| {
            ends.get((ends.len() as f64 * passed) as usize).copied().unwrap_or(0.0)
        };
        let (lo, hi) = (end(&ends(f32::min), STRAYS), end(&ends(f32::max), 1.0 - STRAYS));
        let span = (hi - lo).max(1.0);
        let share = |column: usize, test: &dyn Fn(f32) -> bool| {
            values(column).filter(|&value| test(value)).count() as f64 / values(column).count().max(1) as f64
        };
        let fractions = |column: usize| share(column, &|value| value.fract() != 0.0);
        let with_fractions = like.iter().filter(|&&column| fractions(column) > 0.1).count();
        let is_whole = with_fractions * 10 < like.len();
        let fits = |column: usize| {
            // Few people rate an item, and all have an age.
            if self.looks[column].filled * 2 < self.rows {
                return true;
            }
            let is_off = share(column, &|value| value < lo - span || value > hi + span) >= 0.5;
            !(is_off || is_whole && fractions(column) > 0.5)
        };
        like.iter().copied().filter(|&column| fits(column)).collect()
    }
}
