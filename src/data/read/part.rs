//! A part of a table: the rows that have one of some values in a column. So one file holds several domains, such as the
//! categories of a shop, and each is read from it with the same options but these.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    Preview,
    format::Format,
    records::Records,
    reject::{Checked, Flaw, shown},
    warning::grouped,
};
use crate::error::{Error, Result};

/// Values of a column that are told by name, the commonest first; the others are counted.
pub const MOST_VALUES: usize = 500;
/// Values that a name of a domain is made of.
const NAMED: usize = 3;
/// Values that a message names.
const TOLD: usize = 6;
/// Different values that are counted; a column with more is one of ids or texts.
const COUNTED: usize = 100_000;

/// The rows of a table that are one domain's: those with one of some values in a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Part {
    /// The column, from 0.
    pub column: usize,
    /// The values, as they stand in the cells without the blanks around them.
    pub values: Vec<String>,
}

impl Part {
    /// What a domain is called that is this part of a file: by its values.
    pub(super) fn name(&self) -> String {
        let (first, others) = self.values.split_at(self.values.len().min(NAMED));
        let more = if others.is_empty() { String::new() } else { format!(" + {} more", others.len()) };
        shown(&format!("{}{more}", first.join(" + ")))
    }
}

/// The rows of a part while a file is read.
#[derive(Debug)]
pub(super) struct Chosen<'p> {
    part: &'p Part,
    /// Rows by value, in the order of the part's values.
    found: Vec<usize>,
    /// Rows with another value or none.
    pub others: usize,
    /// The value of the row before: files are often sorted by it.
    last: usize,
}

impl<'p> Chosen<'p> {
    pub fn of(part: &'p Part) -> Self {
        Self { part, found: vec![0; part.values.len()], others: 0, last: 0 }
    }

    /// Whether a row is of the part.
    pub fn takes(&mut self, records: &Records) -> Checked<bool> {
        let (column, columns) = (self.part.column, records.columns());
        let cell = records.cell(column).ok_or(Flaw::Missing {
            role: "value that splits the file",
            column,
            columns,
        })?;
        let values = &self.part.values;
        let is_last = values.get(self.last).is_some_and(|value| value == cell);
        let place = if is_last { Some(self.last) } else { values.iter().position(|value| value == cell) };
        match place {
            Some(place) => {
                self.last = place;
                self.found[place] += 1;
            }
            None => self.others += 1,
        }
        Ok(place.is_some())
    }

    /// Refuses a part with a value that stands in no row.
    pub fn check(&self, file: &str, text: &str, format: &Format) -> Result<()> {
        let Some(place) = self.found.iter().position(|&rows| rows == 0) else { return Ok(()) };
        let there = count(text, format, self.part.column);
        let named: Vec<String> = there
            .values
            .iter()
            .take(TOLD)
            .map(|value| format!("{:?} ({})", value.value, grouped(value.rows)))
            .collect();
        let more = there.values.len() + there.others - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {} more", grouped(more)) };
        let what = format!(
            "no row has {:?} in {}; there are {}{more}",
            shown(&self.part.values[place]),
            called(format, self.part.column),
            named.join(", ")
        );
        Err(Error::file(file, what, "Choose among these values"))
    }
}

/// Refuses a part of a column that is not there, or of no values.
pub(super) fn check(file: &str, part: &Part, format: &Format) -> Result<()> {
    if format.matrix.is_some() {
        let what = "the table is a matrix of people and items, which no column splits";
        return Err(Error::file(file, what, "Split a table with one row a rating"));
    }
    let columns = format.columns.len();
    if part.column >= columns {
        let names: Vec<String> = format.columns.iter().map(|name| shown(name)).collect();
        let what = format!(
            "there is no column {} to split it by; its {columns} columns are {}",
            part.column.saturating_add(1),
            names.join(", ")
        );
        return Err(Error::file(file, what, "Choose one of them"));
    }
    if part.values.is_empty() {
        let what = format!(
            "no value of {} was chosen for this domain, so that it is empty",
            called(format, part.column)
        );
        return Err(Error::file(file, what, "Choose at least one value for it"));
    }
    Ok(())
}

/// What to call a column in a message.
fn called(format: &Format, column: usize) -> String {
    match format.columns.get(column).filter(|_| format.header) {
        Some(name) => format!("`{}`", shown(name)),
        None => format!("column {}", column.saturating_add(1)),
    }
}

/// What was read of a file where it was a part, to be said behind what was understood.
pub(super) fn told(part: &Part, preview: &Preview, others: usize) -> String {
    let column = match preview.columns.get(part.column).filter(|_| preview.header) {
        Some(name) => format!("`{name}`"),
        None => format!("column {}", part.column.saturating_add(1)),
    };
    let left = if others == 1 {
        "1 row with another is".into()
    } else {
        format!("{} rows with others are", grouped(others))
    };
    format!("; of {column} {}, {left} left out", part.name())
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ValueRows {
    /// As it stands in the cells; empty where nothing does.
    pub value: String,
    /// Rows that have it.
    pub rows: usize,
}

/// The values of a column, for whoever splits a file by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ColumnValues {
    /// The commonest first, [`MOST_VALUES`] at the most.
    pub values: Vec<ValueRows>,
    /// How many other values there are.
    pub others: usize,
}

/// Counts the values of a column of a table.
pub(super) fn count(text: &str, format: &Format, column: usize) -> ColumnValues {
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut records = format.records(text);
    while let Some(step) = records.advance() {
        let Some(cell) = records.cell(column).filter(|_| step.is_ok()) else { continue };
        if let Some(count) = rows.get_mut(cell) {
            *count += 1;
        } else if rows.len() < COUNTED {
            rows.insert(cell.to_owned(), 1);
        }
    }
    let mut values: Vec<ValueRows> =
        rows.into_iter().map(|(value, rows)| ValueRows { value, rows }).collect();
    values.sort_unstable_by(|x, y| y.rows.cmp(&x.rows).then_with(|| x.value.cmp(&y.value)));
    let others = values.len().saturating_sub(MOST_VALUES);
    values.truncate(MOST_VALUES);
    ColumnValues { values, others }
}

#[cfg(test)]
mod tests {
    use super::{ColumnValues, Part, ValueRows};
    use crate::data::read::{RatingsFile, ReadOptions, column_values, read_ratings};
    use crate::error::Result;

    /// Nine rows of three categories, one of them without a category and one cut short.
    const SHOP: &str = "user,category,item,stars\nann,Book,Emma,5\nann,DVD,Alien,2\nbob,Book,Emma,3\nbob,Video,Heat,4\n\
                        cid,DVD,Alien,1\ncid,Music,So,4\ncid,,Odd,3\ncid,Book\nann,Book,Dune,1\n";

    fn read(column: usize, values: &[&str]) -> Result<RatingsFile> {
        let part = Part { column, values: values.iter().map(ToString::to_string).collect() };
        read_ratings("shop.csv", SHOP.as_bytes(), &ReadOptions { part: Some(part), ..ReadOptions::default() })
    }

    fn refusal(column: usize, values: &[&str]) -> String {
        read(column, values).map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn each_domain_has_the_rows_with_its_values_and_the_others_are_counted() {
        let books = read(1, &["Book"]).unwrap();
        assert_eq!((books.domain.name.as_str(), books.domain.ratings.len()), ("Book", 3));
        assert!(books.domain.users.ids().eq(["ann", "bob"]) && books.domain.items.ids().eq(["Emma", "Dune"]));
        assert_eq!((books.report.rows, books.report.rejected_rows), (4, 1));
        assert_eq!(books.report.rejects[0].line, 9, "a row that is cut short is of no part and is told of");
        let understood = &books.report.understood;
        assert!(
            understood.ends_with("; of `category` Book, 5 rows with others are left out"),
            "{understood}"
        );
        assert_eq!(books.report.preview.rows[1][2], "Emma", "what is shown is of the part");
        let films = read(1, &["DVD", "Video"]).unwrap();
        assert_eq!((films.domain.name.as_str(), films.domain.ratings.len()), ("DVD + Video", 3));
        let named = ReadOptions {
            part: Some(Part { column: 1, values: vec!["DVD".into()] }),
            name: Some("Films".into()),
            ..ReadOptions::default()
        };
        assert_eq!(read_ratings("shop.csv", SHOP.as_bytes(), &named).unwrap().domain.name, "Films");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_there_is() {
        assert_eq!(
            refusal(1, &["Book", "Bok"]),
            "shop.csv: no row has \"Bok\" in `category`; there are \"Book\" (4), \"DVD\" (2), \"\" (1), \"Music\" (1), \
             \"Video\" (1). Choose among these values"
        );
        assert_eq!(
            refusal(7, &["Book"]),
            "shop.csv: there is no column 8 to split it by; its 4 columns are user, category, item, stars. Choose one of them"
        );
        assert!(refusal(1, &[]).contains("no value of `category` was chosen for this domain"));
    }

    #[test]
    fn values_are_counted_the_commonest_first() {
        let all = column_values("shop.csv", SHOP.as_bytes(), &ReadOptions::default(), 1).unwrap();
        let value = |value: &str, rows| ValueRows { value: value.into(), rows };
        let values = [("Book", 4), ("DVD", 2), ("", 1), ("Music", 1), ("Video", 1)]
            .map(|(name, rows)| value(name, rows));
        assert_eq!(all, ColumnValues { values: values.to_vec(), others: 0 });
        let many: String = (0..700).map(|n| format!("u{n},i{},{}\n", n % 9, 1 + n % 5)).collect();
        let all = column_values("f.csv", many.as_bytes(), &ReadOptions::default(), 0).unwrap();
        assert_eq!((all.values.len(), all.others), (500, 200));
    }

    #[test]
    fn a_matrix_has_no_such_column() {
        let mut text = String::from("user,Emma,Dune,Heat,Alien,So,Ran\n");
        (0..20)
            .for_each(|n| text.push_str(&format!("u{n},{},{},,{},5,2\n", 1 + n % 5, 1 + n % 4, 1 + n % 3)));
        let part = Part { column: 0, values: vec!["u1".into()] };
        let options = ReadOptions { part: Some(part), matrix: Some(true), ..ReadOptions::default() };
        let error = read_ratings("m.csv", text.as_bytes(), &options).unwrap_err().to_string();
        assert!(error.contains("which no column splits"), "{error}");
    }
}
