//! From the first rows of a table to a [`Matrix`]: nearly all columns hold ratings or nothing, and one column has
//! another id in every row, which the whole file is looked through for.

use super::{Matrix, columns::Columns, header};
use crate::data::read::{
    Delimiter, Ids, ReadOptions,
    dates::is_date,
    format::usual_width,
    names::{ITEM, NAMES, RATING, USER, plain_name, says},
    number::number,
    records::Records,
    shape::is_adjacency,
};

/// Columns from which on a table may be a matrix.
const WIDE: usize = 10;

/// Rows under the header from which on a table may be a matrix.
const LEAST_ROWS: usize = 5;

/// Points that a column's name needs to say what the column is.
const NAMED: f64 = 4.0;

/// Most columns that are looked through for ids.
const CANDIDATES: usize = 8;

/// A text that may hold a matrix.
pub(in crate::data) struct Source<'t> {
    /// Name of the file.
    pub file: &'t str,
    /// The whole text.
    pub text: &'t str,
    /// What separates its columns.
    pub delimiter: Delimiter,
    /// Byte and line of the first row.
    pub start: (usize, u64),
}

/// A column that may hold the ids of the rows, as the whole file has it.
struct Candidate {
    column: usize,
    ids: Ids,
    filled: usize,
    /// Rows whose number is that of the row before and one more.
    steps: usize,
    last: Option<f64>,
}

/// The matrix that a text is, or why it is one that cannot be read; `None` for other tables. `rows` are the first rows,
/// the header included.
pub(in crate::data) fn recognise(
    source: &Source,
    rows: &[Vec<String>],
    options: &ReadOptions,
) -> Result<Option<Matrix>, String> {
    let forced = options.matrix == Some(true);
    let Some((first, body)) = rows.split_first() else { return Ok(None) };
    let width = usual_width(None, if body.is_empty() { rows } else { body });
    let (least_rows, least_columns) = if forced { (1, 2) } else { (LEAST_ROWS, WIDE) };
    if body.len() < least_rows || width < least_columns || (!forced && is_adjacency(rows)) {
        return Ok(None);
    }
    let columns = Columns::of(body, width);
    let header = options.header.unwrap_or_else(|| header::is_header(first, width, columns.range()));
    let body = if header { body } else { rows };
    let names = header::names(header.then_some(first), width);
    // Names such as `userId/movieId` say what rows and columns are.
    let says_of = |column: usize, role: usize| {
        let name = names[column].split(['/', '\\']).next().unwrap_or("");
        if header { says(name, source.file).points[role] } else { 0.0 }
    };
    let is_exact = |role: usize, column: usize| {
        let name = plain_name(&names[column]);
        header && NAMES[role].split_whitespace().any(|known| known == name)
    };
    let all_roles = [USER, ITEM, RATING].iter().all(|&role| (0..width).any(|column| is_exact(role, column)));
    let like = columns.like();
    let is_narrowly = like * 10 >= (width - 1) * 9;
    if !forced && (all_roles || like * 3 < (width - 1) * 2 || !columns.are_a_matrix()) {
        return Ok(None);
    }

    let may_be_id = |column: &usize| *column == 0 || !columns.is_like(*column) || is_exact(USER, *column);
    let candidates: Vec<usize> = (0..width).filter(may_be_id).take(CANDIDATES).collect();
    let (candidates, n) = looked_through(source, header, &candidates);
    let is_new = |candidate: &Candidate| candidate.filled == n && candidate.ids.len() == n;
    let is_nearly_new = |candidate: &Candidate| candidate.ids.len() * 20 >= n * 19;
    let named = |role: usize| {
        let points = |candidate: &Candidate| says_of(candidate.column, role);
        let best = candidates.iter().max_by(|x, y| points(x).total_cmp(&points(y)));
        best.filter(|candidate| points(candidate) > NAMED)
    };
    let (user, item) =
        (named(USER), named(ITEM).filter(|item| !columns.is_like(item.column) || item.column == 0));
    let fitting = [user, item].into_iter().flatten().find(|candidate| is_nearly_new(candidate));
    // Where columns for people and for things are named, the others are parts of a rating, such as service and rooms of
    // a hotel.
    let is_item_id =
        |column: usize| plain_name(&names[column]).ends_with("id") && says_of(column, ITEM) > NAMED;
    let has_both = user.is_some_and(|user| {
        item.is_some() || (0..width).any(|column| column != user.column && is_item_id(column))
    });
    if !forced && (has_both || (!is_narrowly && fitting.is_none())) {
        return Ok(None);
    }
    let cells = |column: usize| body.iter().filter_map(move |row| row.get(column)).map(String::as_str);
    let is_time = |column: usize| {
        let unix =
            |cell: &str| number(cell).is_some_and(|x| (1e8..5e9).contains(&x) || (1e11..5e12).contains(&x));
        cells(column).filter(|cell| is_date(cell) || unix(cell)).count() * 10 >= body.len() * 9
    };
    let has_fractions =
        |column: usize| cells(column).any(|cell| number(cell).is_some_and(|x| x.fract() != 0.0));
    let counts_rows = |candidate: &Candidate| candidate.steps * 20 >= n.saturating_sub(1) * 19;
    let is_id = |candidate: &&Candidate| {
        let column = candidate.column;
        let is_none = is_time(column)
            || has_fractions(column)
            || counts_rows(candidate)
            || (column == 0 && columns.first_counts_ratings(body));
        is_new(candidate) && !is_none
    };
    let id = fitting.or_else(|| candidates.iter().find(is_id)).or(candidates.first().filter(|_| forced));
    let Some(id) = id else {
        let why = if candidates.first().is_some_and(counts_rows) {
            "its first column only counts the rows and is named like no person"
        } else {
            "no column says who the people are"
        };
        return Err(format!(
            "this is a matrix of people and items, with one column an item ({like} of them), but {why}"
        ));
    };
    Ok(Some(built(id, (&columns, &names, header), body, n, &says_of)))
}

/// The matrix of `n` rows whose ids are known.
fn built(
    id: &Candidate,
    (columns, names, header): (&Columns, &[String], bool),
    body: &[Vec<String>],
    n: usize,
    says_of: &dyn Fn(usize, usize) -> f64,
) -> Matrix {
    let mut kept = columns.of_ratings();
    kept.remove(&id.column);
    // The numbers that data frames have in front of their rows.
    let is_index =
        |name: &str| header && ["column 1", "index", "unnamed: 0"].contains(&name.to_lowercase().as_str());
    if is_index(&names[0]) {
        kept.remove(&0);
    }
    let others = (0..names.len()).filter(|column| *column != id.column && !kept.contains(column));
    let left_out =
        others.map(|column| format!("`{}`", crate::data::read::reject::shown(&names[column]))).collect();
    let share = columns.filled(kept.iter().copied(), body.len());
    let is_transposed = match (says_of(id.column, USER) > NAMED, says_of(id.column, ITEM) > NAMED) {
        (true, _) => false,
        (_, true) => true,
        _ => {
            let ids = body.iter().filter_map(|row| row.get(id.column));
            are_called(USER, kept.iter().map(|&column| &names[column]).filter(|_| header))
                || are_called(ITEM, ids)
        }
    };
    Matrix {
        id: id.column,
        columns: names
            .iter()
            .enumerate()
            .map(|(column, name)| kept.contains(&column).then(|| name.clone()))
            .collect(),
        header,
        is_transposed,
        left_out,
        is_full: share > 0.95,
        rows: n,
        filled: (share * (n * kept.len()) as f64) as usize,
    }
}

/// Whether nearly all names are a word for a role and a number: `user12`.
fn are_called<'n>(role: usize, names: impl Iterator<Item = &'n String>) -> bool {
    let (mut count, mut called) = (0, 0);
    let mut last = ("", false);
    for name in names {
        let stem = header::stem(name);
        if stem != last.0 {
            last = (stem, stem.len() < name.len() && stem.len() > 2 && says(stem, "").points[role] > NAMED);
        }
        count += 1;
        called += usize::from(last.1);
    }
    count > 0 && called * 5 >= count * 4
}

/// What the columns hold over the whole file, and the number of its rows.
fn looked_through(source: &Source, header: bool, columns: &[usize]) -> (Vec<Candidate>, usize) {
    let candidate =
        |&column: &usize| Candidate { column, ids: Ids::default(), filled: 0, steps: 0, last: None };
    let mut candidates: Vec<Candidate> = columns.iter().map(candidate).collect();
    let mut records = Records::starting(source.text, source.delimiter, source.start);
    if header {
        records.advance();
    }
    let mut rows = 0;
    while let Some(step) = records.advance() {
        if step.is_err() {
            continue;
        }
        rows += 1;
        for candidate in &mut candidates {
            let cell = records.cell(candidate.column).unwrap_or("");
            if !cell.is_empty() {
                candidate.filled += 1;
                candidate.ids.intern(cell);
            }
            let value = cell.parse().ok();
            let is_step = matches!((candidate.last, value), (Some(x), Some(y)) if y - x == 1.0);
            candidate.steps += usize::from(is_step);
            candidate.last = value;
        }
    }
    (candidates, rows)
}
