//! The format of a rating file: what a person may declare of it, what is recognised when they do not, and
//! what is shown to them so that they can correct it.

use serde::{Deserialize, Serialize};

use super::{
    Counts, Cure, Delimiter, Encoding, IdForm, Part, Roles, Scale, ScaleKind, Warning, WarningCode,
    dates::{DayOrder, day_order},
    matrix::{self, Matrix},
    number::thousands_mark,
    part, preamble,
    profile::Sample,
    records::Records,
    reject::shown,
    roles::{has_header, recognise},
    rows::Rows,
    shape,
};
use crate::error::{Error, Result};

/// What a person declares of a rating file; what is `None` is recognised, or stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
#[cfg_attr(test, ts(optional_fields = nullable))]
pub struct ReadOptions {
    /// What separates the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Whether the first row holds names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Which column is what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Roles>,
    /// The rating scale; ratings off it are rejected. Of counts it is the scale before they are turned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// Values that mean "not rated", for example -1 or 99; rows with them are rejected. An empty list keeps all values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<f32>>,
    /// Forms that the user ids are written in; people whose ids become the same are one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<IdForm>>,
    /// What counts are turned into; `None` leaves the numbers as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Which file of a zip archive is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The encoding of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub encoding: Option<Encoding>,
    /// Whether the table is a matrix of people and items, with one column an item. Of such a table the roles are those
    /// of the rows that its cells are read as: what the row stands for, what the column does, the rating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<bool>,
    /// The part of the table that is the domain; without it all of it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// What the domain is called; without it by its part, or by the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl ReadOptions {
    /// These options with what `change` declares in their place.
    #[must_use]
    pub fn with(&self, change: &Self) -> Self {
        let change = change.clone();
        Self {
            delimiter: change.delimiter.or(self.delimiter),
            header: change.header.or(self.header),
            roles: change.roles.or(self.roles),
            scale: change.scale.or(self.scale),
            missing: change.missing.or_else(|| self.missing.clone()),
            ids: change.ids.or_else(|| self.ids.clone()),
            counts: change.counts.or(self.counts),
            member: change.member.or_else(|| self.member.clone()),
            encoding: change.encoding.or(self.encoding),
            matrix: change.matrix.or(self.matrix),
            part: change.part.or_else(|| self.part.clone()),
            name: change.name.or_else(|| self.name.clone()),
        }
    }

    /// Values that are declared to mean "not rated".
    pub(super) fn declared_missing(&self) -> &[f32] {
        self.missing.as_deref().unwrap_or_default()
    }
}

/// What was recognised in (or declared of) a rating file, with its first rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
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
    /// What `roles` could be where that is not clear and the file was not read for it; the first is the one shown.
    pub choices: Vec<Cure>,
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
    /// The matrix that the table is, whose cells are read as rows.
    pub matrix: Option<Matrix>,
    /// The rows that are read.
    pub part: Option<Part>,
    /// Byte and line of the first row that is read, the header included.
    start: (usize, u64),
    rows: Vec<Vec<String>>,
    /// What should be said of it.
    pub warnings: Vec<Warning>,
}

/// Why a format is not known, with what the columns could be.
pub(super) struct Refused {
    pub error: Error,
    /// The likeliest first; none where that is not what is unclear.
    pub choices: Vec<Cure>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, choices: Vec::new() }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.error
    }
}

impl Format {
    /// The format of a text, as declared and for the rest as recognised.
    pub fn recognise(file: &str, text: &str, options: &ReadOptions) -> std::result::Result<Self, Refused> {
        let (body, mut start) = preamble::after_separator_line(text);
        let declared = options.delimiter.or_else(|| preamble::separator(text));
        let Some(delimiter) = declared.or_else(|| Delimiter::recognise(body, 3)) else {
            return Err(Error::file(
                file,
                "no delimiter splits the rows into user, item and rating",
                "Separate the columns with a comma, tab, semicolon, ::, | or space",
            )
            .into());
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
        if let Some(matrix) = matrix_of(file, text, (delimiter, start), &rows, options)? {
            let format = Self::of_matrix(matrix, options, (delimiter, start), &rows, warnings);
            format.part.as_ref().map_or(Ok(()), |part| part::check(file, part, &format))?;
            return Ok(format);
        }
        let header = options.header.unwrap_or_else(|| has_header(&rows));
        let mut names = if header && !rows.is_empty() { Some(rows.remove(0)) } else { None };
        if let Some(names) = &mut names {
            preamble::uncomment(names, usual_width(None, &rows));
            name_the_row_names(names, &rows);
        }
        let columns = usual_width(names.as_deref(), &rows);
        let runs = runs(text, delimiter, start, header, columns);
        let sample = Sample { runs: &runs };
        let roles = match options.roles {
            Some(roles) => checked(roles)?,
            None if rows.is_empty() => {
                return Err(Error::file(
                    file,
                    "there is no row under the header",
                    "Load a file with ratings",
                )
                .into());
            }
            None => {
                let remedy = "Say which column holds the users, the items and the ratings";
                if let Some(what) = shape::refusal(names.as_deref(), &rows) {
                    let remedy = "Turn it into a table with one row a rating: user, item, rating";
                    return Err(Error::file(file, what, remedy).into());
                }
                let splits = options.part.as_ref().map(|part| part.column);
                let found = recognise(names.as_deref(), &sample, columns, file, splits);
                let (roles, said) = found.map_err(|doubt| Refused {
                    error: Error::file(file, doubt.what, doubt.remedy.unwrap_or(remedy)),
                    choices: doubt.choices,
                })?;
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
        let mut format = Self {
            delimiter,
            header,
            roles,
            strict_width: (count >= 10 && usual * 10 >= count * if is_headed { 5 } else { 7 })
                .then_some(columns),
            ends_in_text: columns.saturating_sub(1) > last && is_text(columns - 1) && !(0..last).any(is_text),
            thousands: thousands_mark(cells(roles.rating)),
            days: roles.time.map_or(DayOrder::DayFirst, |column| day_order(cells(column))),
            matrix: None,
            part: options.part.clone(),
            start,
            columns: named(names, columns),
            rows: {
                rows.truncate(PREVIEW_ROWS);
                rows
            },
            warnings,
        };
        if let Some(part) = &options.part {
            part::check(file, part, &format)?;
            format.rows = format.first_of(text, part);
        }
        Ok(format)
    }

    /// The first rows of a part.
    fn first_of(&self, text: &str, part: &Part) -> Vec<Vec<String>> {
        let (mut chosen, mut records, mut rows) = (part::Chosen::of(part), self.records(text), Vec::new());
        while rows.len() < PREVIEW_ROWS
            && let Some(step) = records.advance()
        {
            if step.and_then(|()| chosen.takes(&records)) == Ok(true) {
                rows.push(cells(&records));
            }
        }
        rows
    }

    /// The format of a matrix with its first rows, the header included.
    fn of_matrix(
        mut matrix: Matrix,
        options: &ReadOptions,
        (delimiter, start): (Delimiter, (usize, u64)),
        rows: &[Vec<String>],
        warnings: Vec<Warning>,
    ) -> Self {
        if let Some(roles) = options.roles {
            matrix.declare(roles);
        }
        let body = &rows[usize::from(matrix.header).min(rows.len())..];
        let width = matrix.columns.len();
        let usual = body.iter().filter(|row| row.len() == width).count();
        Self {
            delimiter,
            header: matrix.header,
            roles: matrix.roles(),
            strict_width: (usual * 10 >= body.len() * 7).then_some(width),
            ends_in_text: false,
            thousands: thousands_mark(body.iter().flat_map(|row| matrix.cells(row)).map(|(_, cell)| cell)),
            days: DayOrder::DayFirst,
            start,
            columns: matrix.names(),
            rows: matrix.unfolded(body, PREVIEW_ROWS),
            matrix: Some(matrix),
            part: options.part.clone(),
            warnings,
        }
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
        Preview {
            file: file.into(),
            delimiter,
            header,
            columns,
            roles,
            scale,
            scale_kind,
            scale_note,
            rows,
            choices: Vec::new(),
        }
    }
}

/// The matrix that a text is, as declared or recognised.
fn matrix_of(
    file: &str,
    text: &str,
    (delimiter, start): (Delimiter, (usize, u64)),
    rows: &[Vec<String>],
    options: &ReadOptions,
) -> std::result::Result<Option<Matrix>, Refused> {
    if options.matrix == Some(false) {
        return Ok(None);
    }
    let is_declared = options.matrix == Some(true);
    if !options.roles.is_none_or(matrix::are_unfolded) {
        let what = "the columns of a matrix are user=1,item=2,rating=3, or user=2,item=1,rating=3 where a row is an item";
        return if is_declared { Err(Error::setting("roles", what).into()) } else { Ok(None) };
    }
    match matrix::recognise(&matrix::Source { file, text, delimiter, start }, rows, options) {
        Ok(None) if is_declared => {
            Err(Error::file(file, "there are no columns of ratings beside one of ids", matrix::REMEDY).into())
        }
        Err(what) if options.roles.is_none() => {
            let first = ReadOptions { matrix: Some(true), ..ReadOptions::default() };
            let choices = vec![Cure::new("Take the first column for the people", first)];
            Err(Refused { error: Error::file(file, what, matrix::REMEDY), choices })
        }
        found => Ok(found.unwrap_or(None)),
    }
}

/// R writes the names of its rows without a name above them: the header is one name short.
fn name_the_row_names(names: &mut Vec<String>, rows: &[Vec<String>]) {
    let longer = rows.iter().filter(|row| row.len() == names.len() + 1).count();
    // Rows that end with a delimiter are longer too.
    let ends_empty = rows.iter().filter(|row| row.last().is_some_and(String::is_empty)).count();
    // Names of rows differ; where they do not, a cell such as `4,5` was cut in two.
    let mut first: Vec<&String> = rows.iter().filter_map(|row| row.first()).collect();
    first.sort_unstable();
    first.dedup();
    let differ = first.len() == rows.len();
    if !rows.is_empty() && longer * 10 >= rows.len() * 9 && ends_empty * 2 < rows.len() && differ {
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
    columns: usize,
) -> Vec<Vec<Vec<String>>> {
    const RUNS: usize = 48;
    const ROWS: usize = 64;
    // Of very wide tables fewer rows are looked at, which take as much room.
    const CELLS: usize = 200_000;
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
        while run.len() < length.min(CELLS / count / columns.max(1) + 1)
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
