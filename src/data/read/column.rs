//! One column of a feature table: what its cells mean and how each is encoded.

use std::collections::HashMap;

use super::{FieldKind, number::number};

/// Largest number that counts as one; its square is finite.
const MAX_NUMBER: f64 = 1e15;

/// What a column was recognised as.
pub(super) enum Column<'t> {
    Ignored,
    Title,
    Numeric {
        mean: f64,
        deviation: f64,
    },
    Categories {
        kind: FieldKind,
        separator: Option<char>,
        columns: HashMap<&'t str, u32>,
        other: Option<u32>,
    },
}

impl Column<'_> {
    /// What its encoded columns stand for; nothing where they are numbers.
    pub fn labels(&self) -> Vec<Box<str>> {
        let Self::Categories { columns, other, .. } = self else { return Vec::new() };
        let mut labels = vec![Box::from("others"); columns.len() + usize::from(other.is_some())];
        for (tag, &number) in columns {
            labels[number as usize] = (*tag).into();
        }
        labels
    }

    /// Adds the encoded columns of a cell, counted from `start`.
    pub fn encode(&self, cell: &str, start: u32, cells: &mut Vec<(u32, f32)>) {
        match self {
            Self::Ignored | Self::Title => {}
            Self::Numeric { mean, deviation } => {
                let value = measure(cell).map_or(0.0, |value| ((value - mean) / deviation) as f32);
                if value != 0.0 {
                    cells.push((start, value));
                }
            }
            Self::Categories { separator, columns, other, .. } => {
                let numbers = tags(cell, *separator).filter_map(|tag| columns.get(tag).copied().or(*other));
                cells.extend(numbers.map(|number| (start + number, 1.0)));
            }
        }
    }
}

/// A column of numbers: standardised; a flag of zeros and ones is a tag; a constant tells nothing.
pub(super) fn numeric_column<'t>(numbers: &[f64], present: usize) -> Column<'t> {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let deviation = (numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
    if deviation <= 1e-9 * mean.abs().max(1e-9) {
        return Column::Ignored;
    }
    if numbers.len() == present && numbers.iter().all(|&x| x == 0.0 || x == 1.0) {
        let (kind, separator) = (FieldKind::MultiHot, None);
        return Column::Categories { kind, separator, columns: HashMap::from([("1", 0)]), other: None };
    }
    Column::Numeric { mean, deviation }
}

/// The tags of a cell, or the cell as its only one.
pub(super) fn tags(cell: &str, separator: Option<char>) -> impl Iterator<Item = &str> {
    let mut whole = separator.is_none().then_some(cell);
    let mut parts = cell.split(separator.unwrap_or('|'));
    std::iter::from_fn(move || match separator {
        None => whole.take(),
        Some(_) => parts.next(),
    })
    .map(str::trim)
    .filter(|tag| !tag.is_empty())
}

/// A cell unless it stands for a missing value.
pub(super) fn present(cell: &str) -> Option<&str> {
    const MISSING: [&str; 8] = ["na", "n/a", "nan", "null", "none", "\\n", "?", "(no genres listed)"];
    (!cell.is_empty() && !MISSING.iter().any(|missing| cell.eq_ignore_ascii_case(missing))).then_some(cell)
}

/// A cell as a finite number; a currency sign before it and commas between thousands are left out.
pub(super) fn measure(cell: &str) -> Option<f64> {
    let cell = cell.trim_start_matches(['$', '€', '£']).trim_start();
    let mut groups = cell.split('.').next().unwrap_or(cell).split(',').skip(1).peekable();
    let thousands = groups.peek().is_some() && groups.all(|group| group.len() == 3);
    let number = if thousands { number(&cell.replace(',', "")) } else { number(cell) };
    number.filter(|number| number.abs() <= MAX_NUMBER)
}

/// The decade of a title that ends in a year, such as `Heat (1995)`: 1990.
pub(super) fn decade(title: &str) -> Option<u32> {
    let (_, year) = title.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let year: u32 = year.parse().ok().filter(|year| (1000..2200).contains(year))?;
    Some(year / 10 * 10)
}

/// A column's name without RecBole's type.
pub(super) fn shown_name(name: &str) -> String {
    match name.rsplit_once(':') {
        Some((name, "token" | "token_seq" | "float" | "float_seq")) => name.into(),
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{decade, measure};

    #[test]
    fn numbers_and_decades() {
        assert_eq!(
            [measure("$4.25"), measure("1,234,567"), measure("2,5"), measure("1,234.5")],
            [4.25, 1_234_567.0, 2.5, 1234.5].map(Some)
        );
        assert_eq!([measure("inf"), measure("NaN"), measure("1e300"), measure("x")], [None; 4]);
        assert_eq!(
            [decade("Heat (1995)"), decade("2001"), decade("(1)"), decade("M (1931) ")],
            [Some(1990), None, None, Some(1930)]
        );
    }
}
