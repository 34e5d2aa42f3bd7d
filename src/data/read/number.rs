//! Numbers as people write them: with a decimal point or comma, and with marks between thousands.

/// A cell as a number; with a decimal comma as well. May be infinite or not a number where the text says so.
pub(super) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().or_else(|| {
        let (whole, fraction) = cell.split_once(',')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        if digits(unsigned) && digits(fraction) { format!("{whole}.{fraction}").parse().ok() } else { None }
    })
}

/// The mark that stands between thousands in a column, decided by all its cells: `1,234` beside `274` is one thousand
/// and `4,125` beside `4,5` is not.
pub(super) fn thousands_mark<'c>(cells: impl Iterator<Item = &'c str> + Clone) -> Option<char> {
    [',', '.'].into_iter().find(|&mark| {
        let marked = cells.clone().filter(|cell| cell.contains(mark));
        let other = if mark == ',' { '.' } else { ',' };
        let mut found = 0;
        let all = marked.inspect(|_| found += 1).all(|cell| is_grouped(cell, mark, other));
        // Three decimals on a small scale look the same; numbers of hundreds without a mark do not.
        let large = |cell: &str| {
            cell.matches(mark).count() > 1
                || cell.split([mark, other]).next().is_some_and(|whole| {
                    !cell.contains(mark) && whole.len() >= 3 && whole.bytes().all(|b| b.is_ascii_digit())
                })
        };
        all && found > 0 && cells.clone().any(large)
    })
}

/// Whether a cell is groups of three digits after the first, and perhaps a fraction after the other mark.
fn is_grouped(cell: &str, mark: char, fraction: char) -> bool {
    let whole = cell.split(fraction).next().unwrap_or(cell);
    let mut groups = whole.trim_start_matches('-').split(mark);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first) && first != "0")
        && groups.all(|group| group.len() == 3 && digits(group))
}

/// A number of a column whose thousands have a mark between them.
pub(super) fn number_with(cell: &str, mark: char) -> Option<f64> {
    number(&cell.replace(mark, ""))
}

#[cfg(test)]
mod tests {
    use super::{number, number_with, thousands_mark};

    #[test]
    fn numbers_are_read_leniently() {
        assert_eq!(
            ["4", "-4,5", "4,", ",5", "1,2,3", "0x1"].map(number),
            [Some(4.0), Some(-4.5), None, None, None, None]
        );
    }

    #[test]
    fn the_column_decides_what_a_comma_means() {
        let mark = |cells: &[&str]| thousands_mark(cells.iter().copied());
        assert_eq!(mark(&["274", "2,188", "1,234,567"]), Some(','));
        assert_eq!(mark(&["274", "2.188"]), Some('.'));
        assert_eq!(mark(&["4,125", "4,5"]), None);
        assert_eq!(mark(&["4.125", "3.500"]), None);
        assert_eq!(mark(&["4", "5"]), None);
        assert_eq!(mark(&["1,234.5", "830"]), Some(','));
        assert_eq!((number_with("1,234.5", ','), number_with("1.234,5", '.')), (Some(1234.5), Some(1234.5)));
    }
}
