//! From the cells of a feature table to encoded [`Features`]: each column is recognised as a title, a number,
//! a category or a list of tags, and encoded for the loss that fits it.

use std::collections::{BTreeMap, HashMap};

use super::{
    Features, Field, FieldKind,
    column::{Column, decade, measure, numeric_column, present, shown_name, tags},
    names::plain_name,
};

/// Most categories or tags of a field; the rarer ones share one column.
const MAX_CATEGORIES: usize = 200;

/// Rows from which on a category must occur twice to get a column of its own.
const MANY_ROWS: usize = 20;

/// Names of a title column, the surest first.
const TITLES: &str = "title name movietitle filmtitle booktitle itemtitle itemname productname moviename bookname \
                      musicname songname tracktitle";

/// The cells of a feature table, in the order of a vocabulary.
#[derive(Clone, Debug, Default)]
pub(in crate::data) struct Table {
    /// Names of the columns as the header has them.
    pub names: Vec<String>,
    /// Which column holds the ids.
    pub id: usize,
    /// The cells of each id; `None` for ids that the table does not know.
    pub rows: Vec<Option<Vec<Box<str>>>>,
}

impl Table {
    /// The encoded features, and the name of the title column where there is one.
    pub fn encode(&self) -> (Features, Option<String>) {
        let title = self.title_column();
        let mut columns = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        for (number, name) in self.names.iter().enumerate() {
            let column = match Some(number) {
                _ if number == self.id => Column::Ignored,
                n if n == title => Column::Title,
                _ => self.recognise(number),
            };
            let start = fields.last().map_or(0, |field: &Field| field.start + field.width);
            let (kind, width) = match &column {
                Column::Ignored | Column::Title => (FieldKind::Numeric, 0),
                Column::Numeric { .. } => (FieldKind::Numeric, 1),
                Column::Categories { kind, columns, other, .. } => {
                    (*kind, columns.len() + usize::from(other.is_some()))
                }
            };
            if width > 0 {
                fields.push(Field { name: shown_name(name), kind, start, width, labels: column.labels() });
            }
            columns.push((column, start as u32));
        }
        let decades = title.map(|column| self.decades(column)).filter(|decades| decades.len() > 1);
        let decade_start = fields.last().map_or(0, |field| field.start + field.width);
        if let Some(decades) = &decades {
            let (name, kind) = ("decade".to_owned(), FieldKind::OneHot);
            let labels = decades.keys().map(|decade| format!("{decade}s").into()).collect();
            fields.push(Field { name, kind, start: decade_start, width: decades.len(), labels });
        }

        let mut features = Features { fields, row_starts: vec![0], ..Features::default() };
        let mut cells = Vec::new();
        for row in &self.rows {
            let text =
                |number: usize| row.as_ref().and_then(|row| row.get(number)).and_then(|cell| present(cell));
            cells.clear();
            for (number, (column, start)) in columns.iter().enumerate() {
                if let Some(cell) = text(number) {
                    column.encode(cell, *start, &mut cells);
                }
            }
            let title = title.and_then(text);
            if let (Some(decades), Some(decade)) = (&decades, title.and_then(decade))
                && let Some(column) = decades.get(&decade)
            {
                cells.push((decade_start as u32 + column, 1.0));
            }
            cells.sort_unstable_by_key(|&(column, _)| column);
            cells.dedup_by_key(|&mut (column, _)| column);
            features.columns.extend(cells.iter().map(|&(column, _)| column));
            features.values.extend(cells.iter().map(|&(_, value)| value));
            features.row_starts.push(features.columns.len() as u32);
            features.titles.push(title.map(Into::into));
        }
        (features, title.and_then(|title| self.names.get(title)).map(|name| shown_name(name)))
    }

    /// The present cells of a column.
    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().flatten().filter_map(move |row| row.get(column)).filter_map(|cell| present(cell))
    }

    /// The column that is named like a title, else the first text that differs on nearly every row.
    fn title_column(&self) -> Option<usize> {
        let candidates = || (0..self.names.len()).filter(|&column| column != self.id);
        let named =
            TITLES.split(' ').find_map(|title| candidates().find(|&c| plain_name(&self.names[c]) == title));
        named.or_else(|| {
            candidates().find(|&column| {
                let mut cells: Vec<&str> = self.cells(column).collect();
                let n = cells.len();
                let words = cells.iter().filter(|cell| cell.contains(' ') && measure(cell).is_none()).count();
                cells.sort_unstable();
                cells.dedup();
                // Codes and links differ as well; most titles are more than one word.
                n >= 2 && cells.len() * 20 >= n * 19 && words * 2 >= n
            })
        })
    }

    fn recognise(&self, column: usize) -> Column<'_> {
        let name = &self.names[column];
        let kind = name.split_once(':').map_or("", |(_, kind)| kind);
        let n = self.cells(column).count();
        if n == 0 || kind == "float_seq" {
            return Column::Ignored;
        }
        let numbers: Vec<f64> = self.cells(column).filter_map(measure).collect();
        // A number that starts with a zero is a code (a postcode, say).
        let coded = self.cells(column).any(|cell| {
            cell.len() > 1 && cell.starts_with('0') && cell.bytes().all(|byte| byte.is_ascii_digit())
        });
        let numeric = numbers.len() * 20 >= n * 19 && !coded && kind != "token_seq";
        if numeric && plain_name(name).ends_with("id") {
            return Column::Ignored;
        }
        if numeric && kind != "token" {
            return numeric_column(&numbers, n);
        }
        let lists = self.cells(column).filter(|cell| cell.contains('|')).count();
        if kind == "token_seq" {
            self.categories(column, FieldKind::MultiHot, Some(' '))
        } else if lists * 20 >= n {
            self.categories(column, FieldKind::MultiHot, Some('|'))
        } else {
            self.categories(column, FieldKind::OneHot, None)
        }
    }

    /// One column per frequent category or tag, and one for all others.
    fn categories(&self, column: usize, kind: FieldKind, separator: Option<char>) -> Column<'_> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut n = 0;
        for cell in self.cells(column) {
            n += 1;
            for tag in tags(cell, separator) {
                *counts.entry(tag).or_default() += 1;
            }
        }
        let total: usize = counts.values().sum();
        let all = counts.len();
        let least = if n >= MANY_ROWS { 2 } else { 1 };
        let mut kept: Vec<(&str, usize)> = counts.into_iter().filter(|&(_, count)| count >= least).collect();
        kept.sort_unstable_by_key(|&(tag, count)| (std::cmp::Reverse(count), tag));
        kept.truncate(MAX_CATEGORIES);
        let covered: usize = kept.iter().map(|&(_, count)| count).sum();
        let constant = kind == FieldKind::OneHot && all < 2
            || kept.iter().all(|&(_, count)| count == n) && all == kept.len();
        if constant || covered * 10 < total {
            return Column::Ignored;
        }
        let other = (kept.len() < all).then_some(kept.len() as u32);
        let columns = kept.into_iter().zip(0..).map(|((tag, _), number)| (tag, number)).collect();
        Column::Categories { kind, separator, columns, other }
    }

    /// The decades in the titles, in their order, where at least half of the titles end in a year.
    fn decades(&self, title: usize) -> BTreeMap<u32, u32> {
        let titles = self.cells(title).count();
        let found: Vec<u32> = self.cells(title).filter_map(decade).collect();
        let mut decades: BTreeMap<u32, u32> = found.iter().map(|&decade| (decade, 0)).collect();
        if found.len() * 2 < titles {
            decades.clear();
        }
        for (number, column) in decades.values_mut().zip(0..) {
            *number = column;
        }
        decades
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::data::FieldKind::{self, MultiHot, Numeric, OneHot};

    fn table(lines: &[&str]) -> Table {
        let mut rows = lines.iter().map(|line| line.split(',').map(Box::from).collect::<Vec<Box<str>>>());
        let names = rows.next().unwrap().iter().map(ToString::to_string).collect();
        Table { names, id: 0, rows: rows.map(Some).collect() }
    }

    fn fields(lines: &[&str]) -> Vec<(String, FieldKind, usize)> {
        table(lines).encode().0.fields.into_iter().map(|f| (f.name, f.kind, f.width)).collect()
    }

    #[test]
    fn columns_are_recognised_and_encoded() {
        let (features, title) = table(&[
            "id,title,tags,year,kind,same",
            "1,Heat (1995),crime|drama,1990,film,x",
            "2,Up (2009),drama,2010,short,x",
            "3,Ran (1985),,NA,film,x",
        ])
        .encode();
        assert_eq!(title.as_deref(), Some("title"));
        let shape: Vec<_> = features.fields.iter().map(|f| (&*f.name, f.kind, f.start, f.width)).collect();
        let decades = ("decade", OneHot, 5, 3);
        assert_eq!(
            shape,
            [("tags", MultiHot, 0, 2), ("year", Numeric, 2, 1), ("kind", OneHot, 3, 2), decades]
        );
        let labels: Vec<String> = features.fields.iter().map(|f| f.labels.join(" ")).collect();
        assert_eq!(labels, ["drama crime", "", "film short", "1980s 1990s 2000s"]);
        let of_first: Vec<&str> = features.labels(0).collect();
        assert_eq!(of_first, ["drama", "crime", "film", "1990s"]);
        assert_eq!(features.title(1), Some("Up (2009)"));
        // drama occurs twice and comes first; 1990 and 2010 lie one deviation from their mean.
        assert_eq!(features.row(0), (&[0, 1, 2, 3, 6][..], &[1.0, 1.0, -1.0, 1.0, 1.0][..]));
        assert_eq!(features.row(1), (&[0, 2, 4, 7][..], &[1.0, 1.0, 1.0, 1.0][..]));
        assert_eq!(features.row(2), (&[3, 5][..], &[1.0, 1.0][..]));
    }

    #[test]
    fn types_of_headers_flags_codes_and_ids_are_respected() {
        let found = fields(&[
            "item_id:token,class:token_seq,level:token,price:float,flag,zip,imdb_id",
            "1,a b,1,$4.25,1,01234,17",
            "2,b,2,$1;000,0,94110,18",
            "3,c,1,$3.00,0,10001,19",
        ]);
        let expected = [
            ("class", MultiHot, 3),
            ("level", OneHot, 2),
            ("price", OneHot, 3),
            ("flag", MultiHot, 1),
            ("zip", OneHot, 3),
        ];
        assert_eq!(found, expected.map(|(name, kind, width)| (name.to_owned(), kind, width)));
    }

    #[test]
    fn rare_categories_share_a_column_and_columns_of_noise_are_left_out() {
        let mut lines = vec!["id,author,link".to_owned()];
        lines.extend((0..1000).map(|i| format!("{i},{},http://x/{i}", if i < 500 { i / 2 } else { i })));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        // As numbers the authors would be a quantity; letters make them names.
        let named: Vec<String> = lines.iter().map(|line| line.replacen(',', ",by ", 1)).collect();
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        assert_eq!(fields(&named), [("by author".to_owned(), OneHot, 201)]);
    }

    #[test]
    fn an_empty_table_has_no_fields() {
        let (features, title) = Table { names: vec!["id".into()], id: 0, rows: vec![None, None] }.encode();
        assert_eq!((features.width(), features.rows(), title), (0, 2, None));
    }
}
