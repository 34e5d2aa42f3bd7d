//! Tables of another shape than one row a rating. Blocks under an item's heading are turned into such rows; what
//! cannot be is refused by its name.

use std::borrow::Cow;

use super::{
    Roles, Warning, WarningCode,
    names::{RATING, says},
    number::number,
    warning::grouped,
};

/// Roles of the rows that blocks are turned into: user, rating, time, and the item at the end.
pub(super) const BLOCK_ROLES: Roles = Roles { user: 0, item: 3, rating: 1, time: Some(2) };

/// Columns from which on a table may be a matrix.
const WIDE: usize = 10;

/// The rows of blocks such as Netflix's, where `59:` stands above the ratings of item 59, each with its item as its
/// fourth column; `None` for other texts. Lines stay in their places.
pub(super) fn blocks(text: &str) -> Option<(String, Warning)> {
    let heading = |line: &str| -> Option<String> {
        let id = line.trim_end().strip_suffix(':')?;
        (!id.is_empty() && !id.contains([',', ';', '\t', ' ', '"'])).then(|| id.to_owned())
    };
    let mut first = text.lines().filter(|line| !line.trim().is_empty());
    heading(first.next()?)?;
    // Two headings or more: a title that ends with a colon is none.
    let columns = first.next()?.split(',').count();
    if !(2..=3).contains(&columns) || text.lines().filter(|line| heading(line).is_some()).nth(1).is_none() {
        return None;
    }
    let (mut rows, mut item, mut count) = (String::with_capacity(text.len() * 5 / 4), String::new(), 0);
    for line in text.lines() {
        if let Some(id) = heading(line) {
            item = id;
            count += 1;
        } else if !line.trim().is_empty() {
            let line = line.trim_end();
            let missing = if columns == 2 { "," } else { "" };
            rows.extend([line, missing, ",", &item]);
        }
        rows.push('\n');
    }
    let text = format!("{} blocks were read, each under the line of its item", grouped(count));
    Some((rows, Warning::new(WarningCode::Shape, text)))
}

/// Why a table is none with a row a rating, if its shape says so. `rows` come without the header.
pub(super) fn refusal(
    names: Option<&[String]>,
    rows: &[Vec<String>],
    file: &str,
) -> Option<Cow<'static, str>> {
    let named = names.is_some_and(|names| names.iter().any(|name| says(name, file).points[RATING] > 4.0));
    if named || rows.len() < 5 {
        return None;
    }
    if is_adjacency(rows) && names.is_none() {
        return Some("each row seems to be a person with all their items, without ratings".into());
    }
    let columns = matrix_columns(rows)?;
    Some(format!("this is a matrix of people and items, with one column an item ({columns} of them)").into())
}

/// Whether rows are lists of ids: whole numbers, many in a row and none of them twice.
fn is_adjacency(rows: &[Vec<String>]) -> bool {
    let is_list = |row: &&Vec<String>| {
        let cells: Vec<&String> = row.iter().skip(1).filter(|cell| !cell.is_empty()).collect();
        let mut distinct = cells.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let whole = |cell: &&String| cell.bytes().all(|byte| byte.is_ascii_digit());
        distinct.len() == cells.len() && cells.iter().all(whole)
    };
    let long = rows.iter().filter(|row| row.len() >= 6).count();
    long * 2 > rows.len() && rows.iter().filter(is_list).count() * 10 >= rows.len() * 9
}

/// The number of columns that hold ratings or nothing, where nearly all columns do.
fn matrix_columns(rows: &[Vec<String>]) -> Option<usize> {
    let width = rows.iter().map(Vec::len).max()?;
    if width < WIDE {
        return None;
    }
    let is_rating = |column: usize| {
        let cells = || rows.iter().filter_map(|row| row.get(column)).filter(|cell| !is_nothing(cell));
        let (mut count, mut good) = (0, 0);
        for cell in cells() {
            count += 1;
            good += usize::from(number(cell).is_some_and(|value| (-10.0..=100.0).contains(&value)));
        }
        good == count
    };
    let ratings = (1..width).filter(|&column| is_rating(column)).count();
    // Most cells of such a matrix are empty or one value, and the rest are few values or have fractions.
    let cells = || rows.iter().flat_map(|row| row.iter().skip(1));
    let all = cells().count();
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for cell in cells() {
        match counted.iter().position(|known| known.0 == cell) {
            Some(place) => counted[place].1 += 1,
            None if counted.len() < 200 => counted.push((cell, 1)),
            None => {}
        }
    }
    let most = counted.iter().map(|known| known.1).max().unwrap_or(0);
    (ratings * 10 >= (width - 1) * 9 && most * 10 >= all * 3).then_some(ratings)
}

/// Whether a cell says that there is no value.
fn is_nothing(cell: &str) -> bool {
    cell.is_empty()
        || ["na", "nan", "null", "n/a", "?", "-"].iter().any(|nothing| cell.eq_ignore_ascii_case(nothing))
}

#[cfg(test)]
mod tests {
    use super::{blocks, refusal};

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split(',').map(String::from).collect()).collect()
    }

    #[test]
    fn blocks_become_rows_in_their_lines() {
        let (text, warning) = blocks("59:\n1,4,2005-02-20\n2,3,2005-12-25\n11:\n1,5,2005-01-01\n").unwrap();
        assert_eq!(text, "\n1,4,2005-02-20,59\n2,3,2005-12-25,59\n\n1,5,2005-01-01,11\n");
        assert!(warning.text.starts_with("2 blocks"));
        assert!(blocks("Export of ratings:\nu,i,4\nu,j,5\n").is_none());
        assert!(blocks("u,i,4\n59:\nu,j,5\n7:\n").is_none());
    }

    #[test]
    fn matrices_and_lists_are_named() {
        let matrix: Vec<String> =
            (0..20).map(|row| format!("{row}{}", [",", ",", ",4", ",", ",3"].repeat(4).concat())).collect();
        let matrix: Vec<&str> = matrix.iter().map(String::as_str).collect();
        assert!(refusal(None, &rows(&matrix), "f").unwrap().contains("matrix"));
        let lists: Vec<String> = (0..9).map(|row| format!("{row},{},7,99,12,40,31", 50 + row)).collect();
        let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
        assert!(refusal(None, &rows(&lists), "f").unwrap().contains("all their items"));
        let table = rows(&["1,10,4,978300760"; 9]);
        assert_eq!(refusal(None, &table, "f"), None);
        let names: Vec<String> = ["rating"; 21].map(String::from).to_vec();
        assert_eq!(refusal(Some(&names), &rows(&matrix), "f"), None);
    }
}
