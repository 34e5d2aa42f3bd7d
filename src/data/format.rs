//! The format of a rating file: what a person may declare of it, what is recognised when they do not, and
//! what is shown to them so that they can correct it.

use serde::{Deserialize, Serialize};

use super::{
    Delimiter, Roles, Scale, ScaleKind, Warning, WarningCode,
    dates::{DayOrder, day_order},
    number::thousands_mark,
    preamble,
    profile::Sample,
    records::Records,
    reject::shown,
    roles::{has_header, recognise},
    rows::Rows,
    shape,
};
use crate::error::{Error, Result};

/// What a person declares of a rating file; what is `None` is recognised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// What separates the columns.
    pub delimiter: Option<Delimiter>,
    /// Whether the first row holds names.
    pub header: Option<bool>,
    /// Which column is what.
    pub roles: Option<Roles>,
    /// The rating scale; ratings off it are rejected.
    pub scale: Option<Scale>,
    /// Values that mean "not rated", for example -1 or 99; rows with them are rejected.
    pub missing: Vec<f32>,
}

/// What was recognised in (or declared of) a rating file, with its first rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// File name as the person knows it.
    pub file: String,
    /// What separates the columns.
    pub delimiter: Delimiter,
    /// Whether the first row holds names.
    pub header: bool,
    /// Names from the header, else `column 1` and so on.
    pub columns: Vec<String>,
    /// Which column is what.
    pub roles: Roles,
    /// The rating scale.
    pub scale: Scale,
    /// How it is known.
    pub scale_kind: ScaleKind,
    /// What was made of ratings that do not reach the ends of a usual scale, or are on none.
    pub scale_note: Option<String>,
    /// The first rows without the header, cells cut at 120 characters.
    pub rows: Vec<Vec<String>>,
}

/// Rows of a preview.
const PREVIEW_ROWS: usize = 8;

/// Rows that a format is recognised from.
const SAMPLE_ROWS: usize = 200;

/// A [`Preview`] before the scale is known.
pub(super) struct Format {
    pub delimiter: Delimiter,
    pub header: bool,
    pub columns: Vec<String>,
    pub roles: Roles,
    /// Number of columns that a row must have, where nearly all rows have the same.
    pub strict_width: Option<usize>,
    /// Whether the last column is text, in which delimiters do no harm.
    pub ends_in_text: bool,
    /// What stands between the thousands of the ratings.
    pub thousands: Option<char>,
    /// The order of day and month in the times.
    pub days: DayOrder,
    /// Byte and line of the first row that is read, the header included.
    start: (usize, u64),
    rows: Vec<Vec<String>>,
    /// What should be said of it.
    pub warnings: Vec<Warning>,
}

impl Format {
    /// The format of a text, as declared and for the rest as recognised.
    pub fn recognise(file: &str, text: &str, options: &ReadOptions) -> Result<Self> {
        let (body, mut start) = preamble::after_separator_line(text);
        let declared = options.delimiter.or_else(|| preamble::separator(text));
        let Some(delimiter) = declared.or_else(|| Delimiter::recognise(body, 3)) else {
            return Err(Error::file(
                file,
                "no delimiter splits the rows into user, item and rating",
                "Separate the columns with a comma, tab, semicolon, ::, | or space",
            ));
        };
        let mut warnings = Vec::new();
        let mut rows = first_rows_from(text, delimiter, start);
        if options.header.is_none()
            && let Some(skipped) = preamble::lines_above(&rows)
        {
            let from = rows[skipped].1;
            let text = format!(
                "{} above the header left out",
                if skipped == 1 { "a line".into() } else { format!("{skipped} lines") }
            );
            warnings.push(Warning::new(WarningCode::Preamble, text));
            start = from;
            rows.drain(..skipped);
        }
        let mut rows: Vec<Vec<String>> = rows.into_iter().map(|(row, _)| row).collect();
        let header = options.header.unwrap_or_else(|| has_header(&rows));
        let mut names = if header && !rows.is_empty() { Some(rows.remove(0)) } else { None };
        if let Some(names) = &mut names {
            name_the_row_names(names, &rows);
        }
        let columns = usual_width(names.as_deref(), &rows);
        let runs = runs(text, delimiter, start, header);
        let sample = Sample { runs: &runs };
        let roles = match options.roles {
            Some(roles) => checked(roles)?,
            None if rows.is_empty() => {
                return Err(Error::file(
                    file,
                    "there is no row under the header",
                    "Load a file with ratings",
                ));
            }
            None => {
                let remedy = "Say which column holds the users, the items and the ratings";
                if let Some(what) = shape::refusal(names.as_deref(), &rows, file) {
                    let remedy = "Turn it into a table with one row a rating: user, item, rating";
                    return Err(Error::file(file, what, remedy));
                }
                let found = recognise(names.as_deref(), &sample, columns, file);
                let (roles, said) = found.map_err(|what| Error::file(file, what, remedy))?;
                warnings.extend(said);
                roles
            }
        };
        // A header says as well how many columns there are.
        let is_headed = names.as_ref().is_some_and(|names| names.len() == columns);
        let cells = |column: usize| sample.rows().filter_map(move |row| row.get(column)).map(String::as_str);
        let usual = sample.rows().filter(|row| row.len() == columns).count();
        let (count, last) = (sample.rows().count(), roles.user.max(roles.item).max(roles.rating));
        let is_text = |column: usize| cells(column).filter(|cell| cell.contains(' ')).count() * 20 > count;
        let format = Self {
            delimiter,
            header,
            roles,
            strict_width: (count >= 10 && usual * 10 >= count * if is_headed { 5 } else { 7 })
                .then_some(columns),
            ends_in_text: columns.saturating_sub(1) > last && is_text(columns - 1) && !(0..last).any(is_text),
            thousands: thousands_mark(cells(roles.rating)),
            days: roles.time.map_or(DayOrder::DayFirst, |column| day_order(cells(column))),
            start,
            columns: named(names, columns),
            rows: {
                rows.truncate(PREVIEW_ROWS);
                rows
            },
            warnings,
        };
        Ok(format)
    }

    /// The rows under the header.
    pub fn records<'t>(&self, text: &'t str) -> Records<'t> {
        let mut records = Records::starting(text, self.delimiter, self.start);
        if self.header {
            records.advance();
        }
        records.expect_width(self.strict_width);
        records
    }

    /// What is shown to the person.
    pub fn preview(self, file: &str, of_rows: &Rows, (scale, scale_kind): (Scale, ScaleKind)) -> Preview {
        let Self { delimiter, header, columns, roles, rows, .. } = self;
        let rows = rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
        let scale_note = of_rows.scale_note(scale, scale_kind);
        Preview { file: file.into(), delimiter, header, columns, roles, scale, scale_kind, scale_note, rows }
    }
}

/// R writes the names of its rows without a name above them: the header is one name short.
fn name_the_row_names(names: &mut Vec<String>, rows: &[Vec<String>]) {
    let longer = rows.iter().filter(|row| row.len() == names.len() + 1).count();
    // Rows that end with a delimiter are longer too.
    let ends_empty = rows.iter().filter(|row| row.last().is_some_and(String::is_empty)).count();
    if !rows.is_empty() && longer * 10 >= rows.len() * 9 && ends_empty * 2 < rows.len() {
        names.insert(0, String::new());
    }
}

/// The first good rows of a text, the header included.
pub(super) fn first_rows(text: &str, delimiter: Delimiter) -> Vec<Vec<String>> {
    first_rows_from(text, delimiter, (0, 1)).into_iter().map(|(row, _)| row).collect()
}

/// The first good rows from a place on, with the byte and line of each.
fn first_rows_from(
    text: &str,
    delimiter: Delimiter,
    start: (usize, u64),
) -> Vec<(Vec<String>, (usize, u64))> {
    let mut rows = Vec::new();
    let mut records = Records::starting(text, delimiter, start);
    while rows.len() <= SAMPLE_ROWS {
        match records.advance() {
            None => break,
            Some(Err(_)) => {}
            Some(Ok(())) => rows.push((cells(&records), (records.start(), records.line()))),
        }
    }
    rows
}

fn cells(records: &Records) -> Vec<String> {
    (0..records.columns()).map(|column| records.cell(column).unwrap_or("").to_owned()).collect()
}

/// Runs of rows from all parts of a text: the first rows of many files are of one person.
fn runs(
    text: &str,
    delimiter: Delimiter,
    (start, line): (usize, u64),
    header: bool,
) -> Vec<Vec<Vec<String>>> {
    const RUNS: usize = 48;
    const ROWS: usize = 64;
    let body = text.len().saturating_sub(start);
    // Of a small text all rows are looked at.
    let small = body < RUNS * ROWS * 24;
    let (count, length) = if small { (1, RUNS * ROWS * 2) } else { (RUNS, ROWS) };
    let mut runs = Vec::new();
    // Runs of long rows would reach into the next part, and a row that is looked at twice is no row of a count.
    let mut end = start;
    for part in 0..count {
        let mut from = end.max(start + body / count * part);
        if part > 0 {
            let Some(newline) =
                text.as_bytes().get(from..).and_then(|rest| rest.iter().position(|&b| b == b'\n'))
            else {
                break;
            };
            from += newline + 1;
        }
        let mut records = Records::starting(text, delimiter, (from, line));
        if part == 0 && header {
            records.advance();
        }
        let mut run = Vec::new();
        while run.len() < length
            && let Some(step) = records.advance()
        {
            if step.is_ok() {
                run.push(cells(&records));
            }
        }
        end = records.start() + records.raw().len();
        runs.push(run);
    }
    runs
}

/// Number of columns that most rows have, or the header where it has more.
pub(super) fn usual_width(names: Option<&[String]>, rows: &[Vec<String>]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(0);
    usual.max(names.map_or(0, <[String]>::len))
}

/// Names for all columns: the header's, `column 3` where it has none.
pub(super) fn named(names: Option<Vec<String>>, columns: usize) -> Vec<String> {
    let mut names = names.unwrap_or_default();
    names.truncate(columns);
    for (column, name) in names.iter_mut().enumerate() {
        *name = if name.is_empty() { format!("column {}", column + 1) } else { shown(name) };
    }
    names.extend((names.len()..columns).map(|column| format!("column {}", column + 1)));
    names
}

/// Declared roles, if no column has two of them.
fn checked(roles: Roles) -> Result<Roles> {
    let Roles { user, item, rating, time } = roles;
    let twice = user == item
        || user == rating
        || item == rating
        || time.is_some_and(|t| [user, item, rating].contains(&t));
    if twice {
        Err(Error::setting("roles", "user, item, rating and time need a column each"))
    } else {
        Ok(roles)
    }
}
