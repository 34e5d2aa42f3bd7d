//! Rows that cannot be used. They are listed with their line and the reason in plain words, so that a file
//! with a few bad rows is read and nothing is lost silently.

use std::{fmt, mem::Discriminant};

use serde::Serialize;

use super::{Scale, Warning, WarningCode, warning::grouped};

/// How many rejects are kept with their text; the rest is counted.
pub const MAX_REJECTS: usize = 1000;

/// Reasons that are told; the others are counted.
const REASONS: usize = 3;

/// Characters of a row or cell that are kept to show it.
pub(super) const SHOWN: usize = 120;

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reject {
    /// Line number in the file, from 1.
    pub line: u64,
    /// Why it was left out, in plain words.
    pub reason: String,
    /// The row, cut at 120 characters.
    pub text: String,
}

/// A part of a row, or why the row cannot be used.
pub(super) type Checked<T> = Result<T, Flaw>;

/// Why a row cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Flaw {
    TooLong,
    OpenQuote,
    Missing { role: &'static str, column: usize, columns: usize },
    Extra { columns: usize, expected: usize },
    Fewer { columns: usize, expected: usize },
    EmptyId(&'static str),
    NoId { role: &'static str, text: String },
    NotANumber(String),
    NotFinite(String),
    OffScale { value: f32, scale: Scale },
    Implicit(Scale),
    NotRated(f32),
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the row is longer than 1 MiB"),
            Self::OpenQuote => write!(f, "a quote is opened here and not closed"),
            Self::Missing { role, column, columns } => {
                let s = if *columns == 1 { "" } else { "s" };
                write!(
                    f,
                    "the row has {columns} column{s}, but the {role} is expected in column {}",
                    column.saturating_add(1)
                )
            }
            Self::Extra { columns, expected } => write!(
                f,
                "the row has {columns} columns instead of {expected}; text that holds the delimiter needs quotes"
            ),
            Self::Fewer { columns, expected } => {
                write!(f, "the row has {columns} columns instead of {expected}")
            }
            Self::EmptyId(role) => write!(f, "the {role} id is empty"),
            Self::NoId { role, text } => write!(f, "the {role} id is \"{text}\", which stands for none"),
            Self::NotANumber(text) if text.is_empty() => write!(f, "the rating is empty"),
            Self::NotANumber(text) if is_spreadsheet_date(text) => write!(
                f,
                "the rating \"{text}\" is a date that a spreadsheet made of a number such as 4.5; export the ratings \
                 anew, as text"
            ),
            Self::NotANumber(text) => write!(f, "the rating \"{text}\" is not a number"),
            Self::NotFinite(text) => write!(f, "the rating \"{text}\" is not a finite number of usual size"),
            Self::OffScale { value, scale } => {
                write!(f, "the rating {value} is off the scale from {} to {}", scale.lo, scale.hi)
            }
            Self::NotRated(value) => write!(f, "the rating {value} stands for \"not rated\""),
            Self::Implicit(scale) => write!(
                f,
                "the rating 0 stands for \"not rated\" on a scale from {} to {}",
                scale.lo, scale.hi
            ),
        }
    }
}

/// How months begin in English, German, French, Spanish, Italian and Portuguese.
const MONTHS: &str = "jan ene gen feb fév fev mar mär mrz apr avr abr may mai mag jun jui giu jul lug aug aoû ago sep set oct okt ott out nov dec dez dic déc";

/// Whether a cell is what spreadsheets make of a number such as 4.5: `04.May`, `5-Apr`, `Mai 05`.
fn is_spreadsheet_date(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split(['.', '-', ' ', '/']).filter(|part| !part.is_empty()).collect();
    let month = |part: &str| {
        let part = part.to_lowercase();
        MONTHS.split(' ').any(|month| part.starts_with(month)) && (3..=4).contains(&part.chars().count())
    };
    let day = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts[..], [x, y] if (day(x) && month(y)) || (month(x) && day(y)))
}

/// Collects rejects: counts all, keeps the first.
#[derive(Debug)]
pub(super) struct Rejects {
    pub count: usize,
    pub list: Vec<Reject>,
    /// All rejects by the kind of flaw: how many, and the first.
    kinds: Vec<(Discriminant<Flaw>, usize, Reject)>,
    /// How many are kept.
    most: usize,
}

impl Default for Rejects {
    fn default() -> Self {
        Self::keeping(MAX_REJECTS)
    }
}

impl Rejects {
    /// Keeps up to so many.
    pub fn keeping(most: usize) -> Self {
        Self { count: 0, list: Vec::new(), kinds: Vec::new(), most }
    }

    pub fn add(&mut self, line: u64, flaw: &Flaw, raw: &str) {
        self.count += 1;
        let reject = || Reject { line, reason: flaw.to_string(), text: shown(raw) };
        let kind = std::mem::discriminant(flaw);
        match self.kinds.iter_mut().find(|known| known.0 == kind) {
            Some((_, count, _)) => *count += 1,
            None => self.kinds.push((kind, 1, reject())),
        }
        if self.list.len() < self.most {
            self.list.push(reject());
        }
    }

    /// Tells of the rows that were left out: how many of `rows`, the commonest reasons, and the first line of each.
    /// Values that mean "not rated" are left aside where they are told of elsewhere.
    pub fn told(&self, rows: usize, but_not_rated: bool) -> Option<Warning> {
        let not_rated = [Flaw::NotRated(0.0), Flaw::Implicit(Scale { lo: 0.0, hi: 1.0 })];
        let aside = not_rated.map(|flaw| std::mem::discriminant(&flaw));
        let mut kinds: Vec<_> =
            self.kinds.iter().filter(|(kind, ..)| !(but_not_rated && aside.contains(kind))).collect();
        kinds.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        let count: usize = kinds.iter().map(|(_, count, _)| count).sum();
        let line = |reject: &Reject| format!("line {}: {}", grouped(reject.line as usize), reject.reason);
        let reasons = match kinds[..] {
            [] => return None,
            [(.., first)] => format!("the first, {}", line(first)),
            _ => {
                let all = kinds.iter().take(REASONS);
                let mut parts: Vec<String> = all
                    .map(|(_, count, first)| format!("{} such as {}", grouped(*count), line(first)))
                    .collect();
                if kinds.len() > REASONS {
                    parts.push(format!("and {} other reasons", kinds.len() - REASONS));
                }
                parts.join("; ")
            }
        };
        let text = format!("{} of {} rows left out; {reasons}", grouped(count), grouped(rows));
        let figures = [("rows", rows as f64), ("left_out", count as f64)];
        Some(Warning::new(WarningCode::RowsLeftOut, text).with(figures))
    }
}

/// A text cut to what can be shown in a table, in one line.
pub(super) fn shown(text: &str) -> String {
    crate::error::one_line(&text.chars().take(SHOWN).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::is_spreadsheet_date;

    #[test]
    fn a_day_and_a_month_are_a_spreadsheets_date_and_other_words_with_a_number_are_not() {
        for date in ["05.Mrz", "04.Mai", "5-Apr", "May 05", "4 juin", "1-févr"] {
            assert!(is_spreadsheet_date(date), "{date}");
        }
        for other in ["item 0", "book 12", "4.5", "four 4", "1-2-May", "123-May"] {
            assert!(!is_spreadsheet_date(other), "{other}");
        }
    }
}
