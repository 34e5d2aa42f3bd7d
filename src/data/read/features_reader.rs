//! From a table about users or items to encoded [`Features`] in the order of a domain's ids.

use serde::Serialize;

use super::{
    Delimiter, Features, FieldKind, IdForm, Ids, Number, ReadOptions, Reject, UserId, Vocabulary,
    format::{first_rows, named, usual_width},
    ids::in_forms,
    names::{is_known_name, plain_name},
    number::number,
    records::Records,
    reject::{Checked, Flaw, Rejects},
    roles::has_header,
    table::Table,
    text,
};
use crate::error::{Error, Result};

/// A feature table as encoded features, and how it was read.
#[derive(Clone, Debug)]
pub struct FeaturesFile {
    /// The features; rows in the order of the ids that were asked for.
    pub features: Features,
    /// How they were read.
    pub report: FeatureReport,
}

/// How a feature table was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FeatureReport {
    /// File name as the person knows it.
    pub file: String,
    /// Rows of the table without the header, good and bad.
    pub rows: usize,
    /// Ids of the domain that the table knows.
    pub matched: usize,
    /// Name of the column that the titles come from.
    pub titles: Option<String>,
    /// The encoded fields.
    pub fields: Vec<FieldReport>,
    /// Rows that could not be used.
    pub rejected_rows: usize,
    /// The first of them.
    pub rejects: Vec<Reject>,
}

/// One encoded field as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FieldReport {
    /// Name from the header, or `column 3`.
    pub name: String,
    /// How it is encoded.
    pub kind: FieldKind,
    /// Number of encoded columns.
    pub width: usize,
}

/// Reads a table about the users or items of `ids`. The ids stand in the first column, or in the one that
/// holds most of them when the first holds none. Rows of other ids are counted and left out; of several rows
/// of an id the last counts.
///
/// # Errors
/// When the file is no text table or too large, or when it knows none of the ids.
pub fn read_features<N: Number>(file: &str, bytes: &[u8], ids: &Vocabulary<N>) -> Result<FeaturesFile> {
    read_table(file, bytes, &KnownIds { known: ids.untyped(), forms: &[] })
}

/// Reads a feature table about users whose ids were written in `forms` ([`super::ReadOptions::ids`]): the table may have
/// them in those forms or as they were.
///
/// # Errors
/// As [`read_features`].
pub fn read_user_features(
    file: &str,
    bytes: &[u8],
    ids: &Vocabulary<UserId>,
    forms: &[IdForm],
) -> Result<FeaturesFile> {
    read_table(file, bytes, &KnownIds { known: ids.untyped(), forms })
}

/// The ids that rows are looked for under.
struct KnownIds<'v> {
    known: &'v Ids,
    forms: &'v [IdForm],
}

impl KnownIds<'_> {
    fn get(&self, cell: &str) -> Option<u32> {
        let in_form = || self.known.get(&in_forms(cell, self.forms));
        self.known.get(cell).or_else(|| if self.forms.is_empty() { None } else { in_form() })
    }
}

fn read_table(file: &str, bytes: &[u8], ids: &KnownIds<'_>) -> Result<FeaturesFile> {
    let text = text::decode(file, bytes, &ReadOptions::default(), &mut Vec::new())?;
    let Some(delimiter) = Delimiter::recognise(&text, 2) else {
        return Err(Error::file(
            file,
            "no delimiter splits the rows into an id and features",
            "Separate the columns with a comma, tab, semicolon, ::, | or space",
        ));
    };
    let mut first = first_rows(&text, delimiter);
    let header = is_headed(&first, ids);
    let names = if header && !first.is_empty() { Some(first.remove(0)) } else { None };
    let columns = usual_width(names.as_deref(), &first);
    // Looked for under the header's own names: a column without one is no column of ids.
    let own_names = names.clone().unwrap_or_else(|| named(None, columns));
    let id = id_column(&text, delimiter, &own_names, ids);
    let mut table = Table { names: named(names, columns), id, rows: Vec::new() };
    let mut rejects = Rejects::default();
    let rows = fill(file, &mut table, &mut rejects, &text, (delimiter, header), ids)?;
    let matched = table.rows.iter().flatten().count();
    if matched == 0 {
        return Err(nothing_matched(file, &first, ids.known));
    }
    let (features, titles) = table.encode();
    let fields = features.fields.iter();
    let fields = fields.map(|f| FieldReport { name: f.name.clone(), kind: f.kind, width: f.width }).collect();
    let (rejected_rows, rejects) = (rejects.count, rejects.list);
    let report = FeatureReport { file: file.into(), rows, matched, titles, fields, rejected_rows, rejects };
    Ok(FeaturesFile { features, report })
}

/// Whether the first row holds names. An id of the domain in it says no.
fn is_headed(first: &[Vec<String>], ids: &KnownIds<'_>) -> bool {
    let Some((head, rest)) = first.split_first() else { return false };
    if head.iter().any(|cell| ids.get(cell).is_some()) && !head.iter().any(|cell| is_known_name(cell)) {
        return false;
    }
    let named_id = head.iter().any(|cell| is_known_name(cell) || plain_name(cell) == "id");
    // Words over rows of known ids: what else could they be?
    let words = head.iter().all(|cell| number(cell).is_none());
    let known = rest.iter().filter(|row| row.first().is_some_and(|cell| ids.get(cell).is_some())).count();
    named_id || has_header(first) || (words && known * 2 > rest.len())
}

/// The column that holds the ids.
fn id_column(text: &str, delimiter: Delimiter, names: &[String], ids: &KnownIds<'_>) -> usize {
    let mut known = vec![0_usize; names.len()];
    // Data frames are often saved with their row numbers, which would pass for ids.
    let first =
        names.iter().position(|name| !["", "index", "unnamed"].contains(&&*plain_name(name))).unwrap_or(0);
    let mut records = Records::new(text, delimiter);
    while let Some(step) = records.advance() {
        if step.is_err() {
            continue;
        }
        for (column, count) in known.iter_mut().enumerate() {
            *count += usize::from(records.cell(column).is_some_and(|cell| ids.get(cell).is_some()));
        }
        if known.get(first).is_some_and(|&count| count > 0) {
            return first;
        }
    }
    (0..known.len()).rev().max_by_key(|&column| known[column]).unwrap_or(0)
}

/// Fills the table's rows; returns how many the file has.
fn fill(
    file: &str,
    table: &mut Table,
    rejects: &mut Rejects,
    text: &str,
    (delimiter, header): (Delimiter, bool),
    ids: &KnownIds<'_>,
) -> Result<usize> {
    table.rows = vec![None; ids.known.len()];
    let mut records = Records::new(text, delimiter);
    if header {
        records.advance();
    }
    let mut rows = 0;
    while let Some(step) = records.advance() {
        rows += 1;
        if rows > super::MAX_ROWS {
            let what = format!("there are more than {} rows", super::MAX_ROWS);
            return Err(Error::line(file, records.line(), what, "Load a part of the file"));
        }
        let row = step.and_then(|()| row_of(&records, table, ids));
        match row {
            Ok(Some((id, cells))) => table.rows[id as usize] = Some(cells),
            Ok(None) => {}
            Err(flaw) => rejects.add(records.line(), &flaw, records.raw()),
        }
    }
    Ok(rows)
}

/// A row's id and cells; `None` when the id is not of the domain.
fn row_of(records: &Records<'_>, table: &Table, ids: &KnownIds<'_>) -> Checked<Option<(u32, Vec<Box<str>>)>> {
    let (columns, expected) = (records.columns(), table.names.len());
    let id = records.cell(table.id).ok_or(Flaw::Missing { role: "id", column: table.id, columns })?;
    if id.is_empty() {
        return Err(Flaw::EmptyId("row's"));
    }
    // Some tables end each row with a delimiter.
    if columns > expected && (expected..columns).any(|column| records.cell(column) != Some("")) {
        return Err(Flaw::Extra { columns, expected });
    }
    let Some(number) = ids.get(id) else { return Ok(None) };
    Ok(Some((number, (0..expected).map(|column| records.cell(column).unwrap_or("").into()).collect())))
}

fn nothing_matched(file: &str, rows: &[Vec<String>], ids: &Ids) -> Error {
    let cut = |text: &str| text.chars().take(40).collect::<String>();
    let theirs = rows.first().and_then(|row| row.first()).map_or(String::new(), |id| cut(id));
    let what = format!(
        "none of its ids is in the ratings (it starts with \"{theirs}\", the ratings with \"{}\")",
        cut(ids.id(0))
    );
    Error::file(file, what, "The first column must hold the ids that the ratings use")
}
