//! From a rating file to a [`Domain`]: good rows are kept, bad rows are listed with line and reason, and of
//! several ratings of a pair the latest counts.

use std::borrow::Cow;

use serde::Serialize;

use super::{
    ColumnValues, Counts, Cure, Delimiter, Domain, Preview, Ratings, ReadOptions, Reject, Roles, Scale,
    ScaleKind, Warning, WarningCode, container, format::Format, ids::rewrite_users, names, part,
    plausibility, reject::Rejects, rows::Rows, scales, scales::counted, shape, text, understood,
    warning::grouped,
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
    /// What was understood, in one line: how many rated how much on which scale, and by which columns.
    pub understood: String,
    /// Rows of the file, good and bad, without the header; of a matrix its cells that hold something.
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
/// so that a person can see the columns and declare them. Of an archive of several tables the first is shown, and the
/// choices are all of them.
///
/// # Errors
/// When the file is no text table or too large, and when the declared options contradict themselves.
pub fn preview(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Preview> {
    let members = if options.member.is_none() { container::tables_to_choose(bytes) } else { Vec::new() };
    let Some(first) = members.first() else { return preview_of_table(file, bytes, options) };
    let of = |member: &String| ReadOptions { member: Some(member.clone()), ..ReadOptions::default() };
    let shown = preview_of_table(file, bytes, &options.with(&of(first)))?;
    let choices = members.iter().map(|member| Cure::new(format!("Read {member}"), of(member))).collect();
    Ok(Preview { choices, ..shown })
}

fn preview_of_table(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Preview> {
    let declared = options.scale.map(|scale| Scale::new(scale.lo, scale.hi)).transpose()?;
    let (text, options) =
        unfolded(text::decode(file, bytes, options, &mut Vec::new())?, options, &mut Vec::new());
    let (format, choices) = shown(file, &text, &options)?;
    let rows = Rows::read(file, &text, &format, declared, options.declared_missing())?;
    let (scale, kind, missing) =
        scale_of(&counted(rows.values()), rows.values().len(), declared, &options, &format);
    let rows =
        if missing.is_empty() { rows } else { Rows::read(file, &text, &format, Some(scale), &missing)? };
    Ok(Preview { choices, ..format.preview(file, &rows, (scale, kind)) })
}

/// The format of a text that is to be shown, and what its columns could be where nobody knows.
fn shown(file: &str, text: &str, options: &ReadOptions) -> Result<(Format, Vec<Cure>)> {
    let mut choices = Vec::new();
    let format = Format::recognise(file, text, options).or_else(|refused| {
        if options.roles.is_some() {
            return Err(refused);
        }
        let first = Roles { user: 0, item: 1, rating: 2, time: None };
        let best = refused.choices.first().and_then(|choice| choice.options.roles);
        choices = refused.choices;
        let guess = ReadOptions { roles: Some(best.unwrap_or(first)), ..options.clone() };
        Format::recognise(file, text, &guess)
    })?;
    Ok((format, choices))
}

/// The values that a column of a rating file has, with how many rows have each; of the whole file, whatever part of it is
/// declared.
///
/// # Errors
/// When the file is no table or has no such column.
pub fn column_values(file: &str, bytes: &[u8], options: &ReadOptions, column: usize) -> Result<ColumnValues> {
    let whole = ReadOptions { part: None, ..options.clone() };
    let (text, options) =
        unfolded(text::decode(file, bytes, &whole, &mut Vec::new())?, &whole, &mut Vec::new());
    let (format, _) = shown(file, &text, &options)?;
    let asked = part::Part { column, values: vec![String::new()] };
    part::check(file, &asked, &format)?;
    Ok(part::count(&text, &format, column))
}

/// What a domain is called that is read from a file with these options.
pub fn domain_name(file: &str, options: &ReadOptions) -> String {
    let part = || options.part.as_ref().map(part::Part::name);
    options.name.clone().or_else(part).unwrap_or_else(|| stem(file))
}

/// Reads a rating file.
///
/// # Errors
/// When the file is no text table or too large, when its columns cannot be recognised, when the declared
/// options contradict themselves, and when no row can be used.
///
/// # Examples
/// ```
/// use dual_metric::data::{ReadOptions, Scale, read_ratings};
///
/// let text = "reader,book,stars\nann,Emma,5\nbob,Emma,2\nann,Dune,4\nbob,Dune,many\n";
/// let read = read_ratings("books.csv", text.as_bytes(), &ReadOptions::default())?;
/// assert_eq!(read.domain.ratings.len(), 3);
/// assert_eq!(read.domain.scale, Scale { lo: 1.0, hi: 5.0 });
/// assert_eq!(read.report.rejects[0].line, 5);
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn read_ratings(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<RatingsFile> {
    let declared = options.scale.map(|scale| Scale::new(scale.lo, scale.hi)).transpose()?;
    let mut warnings = Vec::new();
    let text = text::decode(file, bytes, options, &mut warnings)?;
    let (text, options) = unfolded(text, options, &mut warnings);
    let format = Format::recognise(file, &text, &options)?;
    let mut rows = Rows::read(file, &text, &format, declared, options.declared_missing())?;
    let mut counts = counted(rows.values());
    let (scale, scale_kind, missing) = scale_of(&counts, rows.values().len(), declared, &options, &format);
    let mut tells_not_rated = false;
    // Few files have ratings off their scale; for those, reading twice is cheaper than keeping of every row where it
    // stands.
    if declared.is_none() && !(missing.is_empty() && rows.all_on(scale)) {
        let occurs = |value: f32| counts.iter().find(|known| known.0 == value).map_or(0, |known| known.1);
        let (value, count) = match missing.first() {
            Some(&value) => (value, occurs(value)),
            None => (0.0, if scale.lo == 1.0 { occurs(0.0) } else { 0 }),
        };
        if count > 0 {
            tells_not_rated = true;
            warnings.push(not_rated(value, count, rows.seen, scale));
        }
        drop(rows);
        let missing = if missing.is_empty() { options.declared_missing() } else { &missing };
        rows = Rows::read(file, &text, &format, Some(scale), missing)?;
        counts = counted(rows.values());
    }
    if rows.is_empty() {
        return Err(nothing_usable(file, &rows.rejects));
    }
    let others = rows.others;
    let (seen, rejects) = (rows.seen, std::mem::take(&mut rows.rejects));
    warnings.extend(format.warnings.iter().cloned());
    warnings.extend(rejects.told(seen, tells_not_rated));
    let by_name = format.columns.get(format.roles.rating).is_some_and(|name| names::is_count(name));
    if options.counts.is_none() {
        warnings.extend(plausibility::said(&counts, rows.values().len(), (scale, scale_kind), by_name));
    }
    if let Some(matrix) = &format.matrix {
        warnings.push(matrix.warning(&rows.size()));
    }
    if options.missing.is_none() && declared.is_none() {
        warnings.extend(plausibility::apart(&counts, rows.values().len()));
    }
    let times = rows.has_times();
    let preview = format.preview(file, &rows, (scale, scale_kind));
    let (users, items, ratings, mut duplicates) = rows.into_ratings();
    if duplicates > 0 {
        warnings.push(repeats(duplicates, seen, times));
    }
    warnings.extend(plausibility::rounded_ids(&users, &items));
    warnings.extend(plausibility::shared_id(&users, &ratings));
    if options.ids.is_none() {
        warnings.extend(plausibility::two_ids(&users));
    }
    warnings.extend(plausibility::one_value_each(&ratings));
    let (ratings, scale, scale_kind) = match options.counts {
        Some(counts) => turned(file, counts, &ratings, scale)?,
        None => (ratings, scale, scale_kind),
    };
    let mut domain = Domain {
        name: domain_name(file, &options),
        ratings: ratings.into(),
        users: users.into(),
        items: items.into(),
        scale,
        scale_kind,
        user_features: None,
        item_features: None,
    };
    let mut rewritten = None;
    if let Some(forms) = options.ids.as_deref().filter(|forms| !forms.is_empty()) {
        let new = rewrite_users(domain, forms);
        duplicates += new.replaced;
        rewritten = Some((forms, new.changed, new.merged));
        domain = new.domain;
    }
    warnings.sort_by_key(|warning| warning.code);
    let mut understood = understood::line(&domain, &preview, &warnings, rewritten, options.counts);
    if let Some(part) = &options.part {
        understood.push_str(&part::told(part, &preview, others));
    }
    let report = ReadReport {
        preview,
        understood,
        rows: seen,
        duplicates,
        rejected_rows: rejects.count,
        rejects: rejects.list,
        warnings,
    };
    Ok(RatingsFile { domain, report })
}

/// All rows that [`read_ratings`] rejects with the same options.
///
/// # Errors
/// As [`read_ratings`], but for files of which no row can be used.
pub(super) fn all_rejects(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<Rejects> {
    let declared = options.scale.map(|scale| Scale::new(scale.lo, scale.hi)).transpose()?;
    let (text, options) =
        unfolded(text::decode(file, bytes, options, &mut Vec::new())?, options, &mut Vec::new());
    let format = Format::recognise(file, &text, &options)?;
    let rows = Rows::read(file, &text, &format, declared, options.declared_missing())?;
    let (scale, _, missing) =
        scale_of(&counted(rows.values()), rows.values().len(), declared, &options, &format);
    let missing = if missing.is_empty() { options.declared_missing() } else { &missing };
    let all = Rejects::keeping(usize::MAX);
    Ok(Rows::read_with(all, file, &text, &format, (Some(scale), missing))?.rejects)
}

/// Counts in the form that was declared.
fn turned(
    file: &str,
    counts: Counts,
    ratings: &Ratings,
    scale: Scale,
) -> Result<(Ratings, Scale, ScaleKind)> {
    if scale.lo < 0.0 {
        let what = format!("counts are 0 or more, and these begin at {}", scale.lo);
        return Err(Error::file(
            file,
            what,
            "Read the numbers as they are, or declare which of them mean nothing",
        ));
    }
    Ok(counts.of(ratings, scale))
}

/// A text of blocks as rows, with the roles that those have; any other text and its options as they are.
fn unfolded<'t, 'o>(
    text: Cow<'t, str>,
    options: &'o ReadOptions,
    warnings: &mut Vec<Warning>,
) -> (Cow<'t, str>, Cow<'o, ReadOptions>) {
    if options.roles.is_some() || options.delimiter.is_some_and(|delimiter| delimiter != Delimiter::Comma) {
        return (text, Cow::Borrowed(options));
    }
    let Some((rows, warning)) = shape::blocks(&text) else { return (text, Cow::Borrowed(options)) };
    warnings.push(warning);
    let options = ReadOptions {
        delimiter: Some(Delimiter::Comma),
        header: Some(false),
        roles: Some(shape::BLOCK_ROLES),
        ..options.clone()
    };
    (Cow::Owned(rows), Cow::Owned(options))
}

/// The scale of `n` ratings with `counts` of each value, how it is known, and the value that seems to mean "not rated".
/// What is declared wins.
fn scale_of(
    counts: &[(f32, usize)],
    n: usize,
    declared: Option<Scale>,
    options: &ReadOptions,
    format: &Format,
) -> (Scale, ScaleKind, Vec<f32>) {
    if let Some(scale) = declared {
        return (scale, ScaleKind::Declared, Vec::new());
    }
    if options.missing.is_some() {
        // Whoever says which values mean "not rated" says that no other does.
        let (scale, kind) = scales::recognise_where(false, counts, n);
        return (scale, kind, Vec::new());
    }
    let fill = || format.matrix.as_ref().and_then(|matrix| matrix.fill(counts, n));
    let Some((value, count)) = plausibility::not_rated(counts, n).or_else(fill) else {
        let (scale, kind) = scales::recognise_counted(counts, n);
        return (scale, kind, Vec::new());
    };
    let rated: Vec<(f32, usize)> = counts.iter().copied().filter(|known| known.0 != value).collect();
    let (scale, kind) = scales::recognise_counted(&rated, n - count);
    (scale, kind, vec![value])
}

fn not_rated(value: f32, count: usize, rows: usize, scale: Scale) -> Warning {
    let text = format!(
        "{} of {} rows have the rating {value}, which is taken to mean \"not rated\" and left out; the others are from \
         {} to {}",
        grouped(count),
        grouped(rows),
        scale.lo,
        scale.hi
    );
    let keep = ReadOptions { missing: Some(Vec::new()), ..ReadOptions::default() };
    let figures = [("rows", rows as f64), ("left_out", count as f64), ("value", value.into())];
    Warning::new(WarningCode::ValueLeftOut, text).with(figures).or("Keep them as ratings", keep)
}

/// `times` says whether the file has times, and whether one of them could be read.
fn repeats(count: usize, rows: usize, times: Option<bool>) -> Warning {
    let kept = match times {
        Some(true) => "the newest of each counts",
        Some(false) => "their times cannot be read, so that the last in the file counts",
        None => "the last in the file counts",
    };
    let text = format!(
        "{} of {} rows repeat a pair of person and item (rated more than once); {kept}",
        grouped(count),
        grouped(rows)
    );
    Warning::new(WarningCode::Repeats, text).with([("rows", rows as f64), ("repeats", count as f64)])
}

/// What to do with ratings that are words.
const WORDS: &str = "Write the ratings as numbers, or say which column holds them";

fn nothing_usable(file: &str, rejects: &Rejects) -> Error {
    let remedy = "Check the delimiter, which column is what, and the scale";
    match rejects.list.first() {
        Some(first) => {
            // Another delimiter makes no numbers of words.
            let is_word = first.reason.ends_with("is not a number");
            let remedy = if is_word { WORDS } else { remedy };
            Error::line(file, first.line, format!("no row can be used; here {}", first.reason), remedy)
        }
        None => Error::file(file, "there is no row under the header", "Load a file with ratings"),
    }
}

/// The file's name without folders and without the endings of tables.
pub(super) fn stem(file: &str) -> String {
    let mut name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    for ending in [".gz", ".zst", ".zip", ".csv", ".tsv", ".txt", ".dat", ".data", ".inter"] {
        let start = name.len().saturating_sub(ending.len());
        if start > 0 && name.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending)) {
            name = &name[..start];
        }
    }
    name.into()
}
