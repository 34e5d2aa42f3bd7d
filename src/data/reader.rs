//! From a rating file to a [`Domain`]: good rows are kept, bad rows are listed with line and reason, and of
//! several ratings of a pair the latest counts.

use serde::Serialize;

use super::{
    Domain, Preview, ReadOptions, Reject, Roles, Scale, ScaleKind, Warning, format::Format, reject::Rejects,
    rows::Rows, text,
};
use crate::error::{Error, Result};

/// A rating file as a domain, and how it was read.
#[derive(Clone, Debug)]
pub struct RatingsFile {
    /// The ratings.
    pub domain: Domain,
    /// How they were read.
    pub report: ReadReport,
}

/// How a rating file was read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReadReport {
    /// The format.
    pub preview: Preview,
    /// Rows of the file, good and bad, without the header.
    pub rows: usize,
    /// Rows that gave way to a later rating of the same user and item.
    pub duplicates: usize,
    /// Rows that could not be used.
    pub rejected_rows: usize,
    /// The first of them.
    pub rejects: Vec<Reject>,
    /// What a person should know of it, in the order of what it costs.
    pub warnings: Vec<Warning>,
}

/// Recognises the format and the scale of a rating file, as [`read_ratings`] does. A file whose columns say
/// nothing or whose rows are all bad has a preview too, with the first three columns as user, item and rating,
/// so that a person can see the columns and declare them.
///
/// # Errors
/// When the file is no text table or too large, and when the declared options contradict themselves.
pub fn preview(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Preview> {
    let declared = options.scale.map(|scale| Scale::new(scale.lo, scale.hi)).transpose()?;
    let text = text::decode(file, bytes)?;
    let format = Format::recognise(file, &text, options).or_else(|error| {
        let first = Roles { user: 0, item: 1, rating: 2, time: None };
        let guess = ReadOptions { roles: Some(first), ..options.clone() };
        if options.roles.is_some() { Err(error) } else { Format::recognise(file, &text, &guess) }
    })?;
    let rows = Rows::read(file, &text, &format, declared, &options.missing)?;
    let scale = declared.map_or_else(|| rows.scale(), |scale| (scale, ScaleKind::Declared));
    Ok(format.preview(file, &rows, scale))
}

/// Reads a rating file.
///
/// # Errors
/// When the file is no text table or too large, when its columns cannot be recognised, when the declared
/// options contradict themselves, and when no row can be used.
pub fn read_ratings(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<RatingsFile> {
    let declared = options.scale.map(|scale| Scale::new(scale.lo, scale.hi)).transpose()?;
    let mut warnings = Vec::new();
    let text = text::decode_telling(file, bytes, &mut warnings)?;
    let format = Format::recognise(file, &text, options)?;
    let mut rows = Rows::read(file, &text, &format, declared, &options.missing)?;
    let (scale, scale_kind) = match declared {
        Some(scale) => (scale, ScaleKind::Declared),
        None => {
            let (scale, kind) = rows.scale();
            // Few files have ratings off their scale; for those, reading twice is cheaper than keeping of every row
            // where it stands.
            if !rows.all_on(scale) {
                drop(rows);
                rows = Rows::read(file, &text, &format, Some(scale), &options.missing)?;
            }
            (scale, kind)
        }
    };
    if rows.is_empty() {
        return Err(nothing_usable(file, &rows.rejects));
    }
    let (seen, rejects) = (rows.seen, std::mem::take(&mut rows.rejects));
    let preview = format.preview(file, &rows, (scale, scale_kind));
    let (users, items, ratings, duplicates) = rows.into_ratings();
    warnings.sort_by_key(|warning| warning.code);
    let report = ReadReport {
        preview,
        rows: seen,
        duplicates,
        rejected_rows: rejects.count,
        rejects: rejects.list,
        warnings,
    };
    let domain = Domain {
        name: stem(file),
        ratings: ratings.into(),
        users: users.into(),
        items: items.into(),
        scale,
        scale_kind,
        user_features: None,
        item_features: None,
    };
    Ok(RatingsFile { domain, report })
}

fn nothing_usable(file: &str, rejects: &Rejects) -> Error {
    let remedy = "Check the delimiter, which column is what, and the scale";
    match rejects.list.first() {
        Some(first) => {
            Error::line(file, first.line, format!("no row can be used; here {}", first.reason), remedy)
        }
        None => Error::file(file, "there is no row under the header", "Load a file with ratings"),
    }
}

/// The file's name without folders and without the endings of tables.
pub(super) fn stem(file: &str) -> String {
    let mut name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    for ending in [".gz", ".zip", ".csv", ".tsv", ".txt", ".dat", ".data", ".inter"] {
        let start = name.len().saturating_sub(ending.len());
        if start > 0 && name.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            name = &name[..start];
        }
    }
    name.into()
}
