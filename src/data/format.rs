//! The format of a rating file: what a person may declare of it, what is recognised when they do not, and
//! what is shown to them so that they can correct it.

use serde::{Deserialize, Serialize};

use super::{
    Delimiter, Roles, Scale, ScaleKind,
    records::Records,
    reject::shown,
    roles::{has_header, recognise},
    rows::Rows,
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
    rows: Vec<Vec<String>>,
}

impl Format {
    /// The format of a text, as declared and for the rest as recognised.
    pub fn recognise(file: &str, text: &str, options: &ReadOptions) -> Result<Self> {
        let Some(delimiter) = options.delimiter.or_else(|| Delimiter::recognise(text, 3)) else {
            return Err(Error::file(
                file,
                "no delimiter splits the rows into user, item and rating",
                "Separate the columns with a comma, tab, semicolon, ::, | or space",
            ));
        };
        let mut rows = first_rows(text, delimiter);
        let header = options.header.unwrap_or_else(|| has_header(&rows));
        let names = if header && !rows.is_empty() { Some(rows.remove(0)) } else { None };
        let columns = usual_width(names.as_deref(), &rows);
        let roles = match options.roles {
            Some(roles) => checked(roles)?,
            None if rows.is_empty() => {
                return Err(Error::file(
                    file,
                    "there is no row under the header",
                    "Load a file with ratings",
                ));
            }
            None => recognise(names.as_deref(), &rows, columns).map_err(|what| {
                let remedy = "Say which column holds the users, the items and the ratings";
                Error::file(file, what, remedy)
            })?,
        };
        rows.truncate(PREVIEW_ROWS);
        Ok(Self { delimiter, header, columns: named(names, columns), roles, rows })
    }

    /// What is shown to the person.
    pub fn preview(self, file: &str, of_rows: &Rows, (scale, scale_kind): (Scale, ScaleKind)) -> Preview {
        let Self { delimiter, header, columns, roles, rows } = self;
        let rows = rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
        let scale_note = of_rows.scale_note(scale, scale_kind);
        Preview { file: file.into(), delimiter, header, columns, roles, scale, scale_kind, scale_note, rows }
    }
}

/// The first good rows of a text, the header included.
pub(super) fn first_rows(text: &str, delimiter: Delimiter) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut records = Records::new(text, delimiter);
    while rows.len() <= SAMPLE_ROWS {
        match records.advance() {
            None => break,
            Some(Err(_)) => {}
            Some(Ok(())) => {
                rows.push((0..records.columns()).map(|c| records.cell(c).unwrap_or("").to_owned()).collect());
            }
        }
    }
    rows
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
