//! Whether the first row of a table holds names.

use super::ENOUGH;
use crate::data::read::{names::is_known_name, number::number};

/// Whether the first row is a header: it holds known names, or words in a column of numbers.
pub(in crate::data) fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    if numbers_the_columns(first, rest) {
        return true;
    }
    let known = first.iter().filter(|cell| is_known_name(cell)).count();
    if known >= 2 {
        return true;
    }
    let words_over_numbers = first.iter().enumerate().any(|(column, cell)| {
        let cells: Vec<&str> = rest.iter().filter_map(|row| row.get(column)).map(String::as_str).collect();
        let numbers = cells.iter().filter(|cell| number(cell).is_some()).count();
        !cell.is_empty() && number(cell).is_none() && !cells.is_empty() && numbers * 5 >= cells.len() * 4
    });
    let all_words = first.iter().all(|cell| number(cell).is_none());
    words_over_numbers && (known >= 1 || all_words)
}

/// Whether the first row numbers the columns, as data frames without names write them: 0, 1, 2. The first of them are
/// no ids of other rows then.
fn numbers_the_columns(first: &[String], rest: &[Vec<String>]) -> bool {
    let numbered = first.strip_prefix(&[String::new()]).unwrap_or(first);
    let at = first.len() - numbered.len();
    let is_id = |column: usize| rest.iter().any(|row| row.get(column) == first.get(column));
    numbered.len() >= 3
        && rest.len() >= ENOUGH
        && numbered.iter().zip(0_usize..).all(|(cell, number)| cell.parse() == Ok(number))
        && !is_id(at)
        && !is_id(at + 1)
}

#[cfg(test)]
mod tests {
    use super::has_header;

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split(',').map(String::from).collect()).collect()
    }

    #[test]
    fn a_row_that_numbers_the_columns_is_a_header() {
        let table = |first: &str, ids: u32| {
            let mut table = rows(&[first]);
            table.extend((0..30).map(|n| vec![(n + ids).to_string(), (n % 7 + ids).to_string(), "4".into()]));
            has_header(&table)
        };
        assert!(table("0,1,2", 100));
        // Ids that begin at 0 make such a row of their own.
        assert!(!table("0,1,2", 0) && !table("3,1,2", 100) && !table("0,1", 100));
    }

    #[test]
    fn headers_are_told_from_rows() {
        for (lines, expected) in [
            (&["u,i,4", "v,j,5"][..], false),
            (&["u,i,NaN", "v,j,5"], false),
            (&["u,i,r", "v,j,5"], true),
            (&["user_id:token,item_id:token"], true),
            (&["user,x,5", "v,j,5"], false),
            (&[], false),
        ] {
            assert_eq!(has_header(&rows(lines)), expected, "{lines:?}");
        }
    }
}
