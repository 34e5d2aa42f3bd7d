//! The names above the columns of a matrix: items' titles or ids, which may be numbers as the ratings are.

use std::collections::HashSet;

use super::is_unrated;
use crate::data::read::number::number;

/// Whether the first row of a matrix of `width` columns with ratings from `lo` to `hi` holds names.
pub(super) fn is_header(first: &[String], width: usize, (lo, hi): (f32, f32)) -> bool {
    // R writes no name above the names of its rows.
    let names = if first.len() + 1 == width { first } else { first.get(1..).unwrap_or_default() };
    let words = names.iter().filter(|cell| number(cell).is_none() && !is_unrated(cell)).count();
    if words * 2 > names.len() {
        return true;
    }
    let numbers: Vec<f64> = names.iter().filter_map(|cell| number(cell)).collect();
    let distinct: HashSet<&String> = names.iter().collect();
    if numbers.len() < names.len() || distinct.len() < names.len() {
        return false;
    }
    let counts = numbers.len() > 2 && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
    let is_off = |value: &f64| !(f64::from(lo)..=f64::from(hi)).contains(value);
    let off = numbers.iter().filter(|value| is_off(value)).count();
    counts || off * 2 > numbers.len()
}

/// Names for all columns: those of the header, with the column where two are equal, or `column 7`.
pub(super) fn names(header: Option<&[String]>, width: usize) -> Vec<String> {
    let mut names: Vec<String> = header.unwrap_or_default().to_vec();
    if names.len() + 1 == width {
        names.insert(0, String::new());
    }
    names.resize(width, String::new());
    let mut known = HashSet::new();
    for (column, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column {}", column + 1);
        } else if known.contains(name) {
            *name = format!("{name} (column {})", column + 1);
        }
        known.insert(name.clone());
    }
    names
}

/// A name without the number at its end: `user` of `user_12`.
pub(super) fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['_', '-', ' ', '.', '#'])
}
