//! What the cells of a column look like, from rows of all parts of the file: whether they count, repeat, are dates or
//! lie on a scale. The roles are judged by it together with the names.

use super::{dates::is_date, number::number};

/// Points of a column for being where most files have their ratings.
pub(super) const USUAL_POINTS: f64 = 3.0;

/// Cells that are needed before their distribution says something.
const ENOUGH: usize = 20;

/// What the cells of one column look like.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    /// Cells that hold something.
    pub filled: usize,
    /// Share of all cells that hold something.
    pub share: f64,
    /// Distinct texts among them.
    pub distinct: usize,
    /// Each row has the number of the row before it and one more.
    pub counts: bool,
    /// No text occurs twice.
    pub is_new_in_every_row: bool,
    /// Hardly any text occurs twice.
    pub is_new_in_nearly_every_row: bool,
    /// One text in all rows.
    pub is_constant: bool,
    /// Unix times in seconds or milliseconds, or dates.
    pub is_time: bool,
    /// Cells with blanks in them: text for people.
    pub is_text: bool,
    /// Numbers with a fraction other than zero.
    pub has_fractions: bool,
    /// Years of our time.
    pub is_year: bool,
    /// Ids such as Amazon gives to reviewers.
    pub is_reviewer: bool,
    /// Ids such as Amazon gives to products.
    pub is_asin: bool,
    /// Points for being ratings, 0 for what can be none.
    pub rating: f64,
}

/// The rows that the columns are judged by.
pub(super) struct Sample<'s> {
    /// Runs of rows that follow each other in the file.
    pub runs: &'s [Vec<Vec<String>>],
}

impl Sample<'_> {
    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Vec<String>> + Clone {
        self.runs.iter().flatten()
    }
}

impl Profile {
    /// What a column looks like; `usual` says that it is where most files have their ratings.
    pub fn of(sample: &Sample, column: usize, usual: bool) -> Self {
        let cell = |row: &'_ Vec<String>| row.get(column).cloned().unwrap_or_default();
        let all: Vec<String> = sample.rows().map(cell).collect();
        let cells: Vec<&str> = all.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        let n = cells.len();
        if n == 0 {
            return Self::default();
        }
        let share_of =
            |test: &dyn Fn(&str) -> bool| cells.iter().filter(|cell| test(cell)).count() as f64 / n as f64;
        let within = |cell: &str, lo: f64, hi: f64| number(cell).is_some_and(|x| (lo..=hi).contains(&x));
        let mut distinct = cells.clone();
        distinct.sort_unstable();
        distinct.dedup();
        // From 1994 to 2039, in seconds or in thousandths.
        let unix = |cell: &str| {
            !cell.starts_with('0') && (within(cell, 7.6e8, 2.2e9) || within(cell, 7.6e11, 2.2e12))
        };
        // Ids of ten digits look the same, but people occur again and again while seconds pass.
        let passes =
            distinct.len() * 4 >= n || share_of(&|cell| number(cell).is_some_and(|x| x % 60.0 == 0.0)) >= 0.9;
        Self {
            filled: n,
            share: n as f64 / all.len() as f64,
            distinct: distinct.len(),
            // Numbers of items start anew for each person in a table that is sorted by people.
            counts: distinct.len() == n && counts(sample, column),
            is_new_in_every_row: n >= ENOUGH && distinct.len() == n,
            is_new_in_nearly_every_row: n >= ENOUGH && distinct.len() * 20 >= n * 19,
            is_constant: n >= ENOUGH && distinct.len() == 1,
            is_time: share_of(&|cell| (passes && unix(cell)) || is_date(cell)) >= 0.9,
            is_text: share_of(&|cell| cell.trim().contains(' ')) > 0.05,
            has_fractions: share_of(&|cell| number(cell).is_some_and(|x| x.fract() != 0.0)) > 0.02,
            is_year: share_of(&|cell| within(cell, 1800.0, 2100.0)) >= 0.9,
            is_reviewer: share_of(&is_reviewer) >= 0.9,
            is_asin: share_of(&is_asin) >= 0.9,
            rating: likeness(&cells, &distinct, usual),
        }
    }
}

/// How much cells are like ratings, from 0 (not at all) to 10.
fn likeness(cells: &[&str], distinct: &[&str], usual: bool) -> f64 {
    let within = |cell: &str, lo: f64, hi: f64| number(cell).is_some_and(|x| (lo..=hi).contains(&x));
    let small: Vec<&str> = cells.iter().copied().filter(|cell| within(cell, -10.0, 100.0)).collect();
    // Bad rows must not hide the rating column, least of all where most files have it.
    let least = if usual { 0.2 } else { 0.66 };
    if small.is_empty() || (small.len() as f64) < least * cells.len() as f64 {
        return 0.0;
    }
    let low = small.iter().filter(|cell| within(cell, 0.0, 10.0)).count() * 10 >= small.len() * 9;
    let fractions = small.iter().any(|cell| cell.contains(['.', ',']));
    let values = distinct.iter().filter(|cell| within(cell, -10.0, 100.0)).count();
    let mut points = 1.0;
    points += if low { 2.0 } else { 0.0 };
    points += if fractions { 2.0 } else { 0.0 };
    points += if values <= 11 { 2.0 } else { 0.0 };
    points += if usual { USUAL_POINTS } else { 0.0 };
    // Whole numbers of many kinds are ids sooner than ratings, but where those are expected.
    if values > 21 && !fractions && !usual && cells.len() >= ENOUGH {
        points -= 5.0;
    }
    f64::max(points, 0.1)
}

/// Whether the numbers of a column grow by one from row to row.
fn counts(sample: &Sample, column: usize) -> bool {
    let (mut steps, mut ones) = (0, 0);
    for run in sample.runs {
        let numbers: Vec<Option<f64>> =
            run.iter().map(|row| row.get(column).and_then(|cell| cell.parse().ok())).collect();
        for pair in numbers.windows(2) {
            steps += 1;
            ones += usize::from(matches!(pair, [Some(x), Some(y)] if y - x == 1.0));
        }
    }
    steps >= ENOUGH - 1 && ones * 20 >= steps * 19
}

/// `A` and 9 or more letters and digits.
fn is_reviewer(id: &str) -> bool {
    id.len() >= 10 && id.starts_with('A') && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Ten letters and digits from `B0` on.
fn is_asin(id: &str) -> bool {
    id.len() == 10 && id.starts_with("B0") && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}
