//! What a person should know of how a rating file was read although it could be read: each kind has a code that
//! programs can act on and a text for people.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Cure, ReadOptions};

/// What kind of thing a [`Warning`] is about, the costliest first: warnings are listed in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// All ratings are one value: there is nothing to learn.
    OneValue,
    /// The ratings have a long tail, as counts, plays or hours have.
    Counts,
    /// Rows were left out.
    RowsLeftOut,
    /// A spreadsheet rounded ids to a few digits, so that many people share one id.
    RoundedIds,
    /// Many people seem to have one id, such as an account for all who gave no name.
    SharedId,
    /// Many people seem to have two ids, which differ only in how they are written.
    IdsDiffer,
    /// A value that seems to mean "not rated" was left out.
    ValueLeftOut,
    /// The scale was guessed although the ratings leave much of it empty.
    Scale,
    /// Users and items, or two columns of one kind, could be the other way round.
    Columns,
    /// The table had another shape than one row a rating and was turned into that.
    Shape,
    /// Several rows rate the same item by the same person.
    Repeats,
    /// A part of the text is no UTF-8, or none of it.
    Encoding,
    /// A column that counts the rows was left out.
    RowNumbers,
    /// Lines above the header were left out.
    Preamble,
}

/// The figures of a text by name, for programs.
pub type Figures = BTreeMap<&'static str, f64>;

/// Something that was understood in one of several possible ways, or that cost rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// One sentence with figures: what was found and what was made of it, without the name of the file.
    pub text: String,
    /// The figures of the text by name.
    pub figures: Figures,
    /// What can be done about it, the likeliest first; nothing where reading otherwise does not help.
    pub cures: Vec<Cure>,
}

impl Warning {
    /// A warning without a cure.
    pub fn new(code: WarningCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), figures: Figures::new(), cures: Vec::new() }
    }

    /// The warning with some of its figures by name.
    #[must_use]
    pub fn with<const N: usize>(mut self, figures: [(&'static str, f64); N]) -> Self {
        self.figures.extend(figures);
        self
    }

    /// The warning with one cure more.
    #[must_use]
    pub fn or(mut self, label: impl Into<String>, options: ReadOptions) -> Self {
        self.cures.push(Cure::new(label, options));
        self
    }
}

/// A count with commas between its thousands, as texts for people have it: 1,426.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn counts_have_commas_between_thousands() {
        assert_eq!([0, 999, 1000, 1426, 1_234_567].map(grouped), ["0", "999", "1,000", "1,426", "1,234,567"]);
    }
}
