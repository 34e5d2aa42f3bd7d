//! Tables of another shape than one row a rating. Blocks under an item's heading are turned into such rows; what
//! cannot be is refused by its name.

use super::{Roles, Warning, WarningCode, warning::grouped};

/// Roles of the rows that blocks are turned into: user, rating, time, and the item at the end.
pub(super) const BLOCK_ROLES: Roles = Roles { user: 0, item: 3, rating: 1, time: Some(2) };

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
    Some((rows, Warning::new(WarningCode::Shape, text).with([("blocks", count as f64)])))
}

/// Why a table is none with a row a rating, if its shape says so. `rows` come without the header.
pub(super) fn refusal(names: Option<&[String]>, rows: &[Vec<String>]) -> Option<&'static str> {
    let is_list = names.is_none() && rows.len() >= 5 && is_adjacency(rows);
    is_list.then_some("each row seems to be a person with all their items, without ratings")
}

/// Whether rows are lists of ids: whole numbers, many in a row and none of them twice.
pub(super) fn is_adjacency(rows: &[Vec<String>]) -> bool {
    let is_list = |row: &&Vec<String>| {
        let mut cells: Vec<&String> = row.iter().skip(1).collect();
        // An empty cell is a rating that was not given.
        let whole = |cell: &&String| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
        if !cells.iter().all(whole) {
            return false;
        }
        let count = cells.len();
        cells.sort_unstable();
        cells.dedup();
        cells.len() == count
    };
    let long = rows.iter().filter(|row| row.len() >= 6).count();
    long * 2 > rows.len() && rows.iter().filter(is_list).count() * 10 >= rows.len() * 9
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
    fn lists_are_named() {
        let lists: Vec<String> = (0..9).map(|row| format!("{row},{},7,99,12,40,31", 50 + row)).collect();
        let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
        assert!(refusal(None, &rows(&lists)).unwrap().contains("all their items"));
        assert_eq!(refusal(None, &rows(&["1,10,4,978300760"; 9])), None);
    }
}
