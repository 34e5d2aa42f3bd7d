//! What may stand above the header of a table: the `sep=;` of spreadsheets, titles and dates of exports.

use super::Delimiter;

/// Most lines that are taken for a preamble.
const MOST: usize = 30;

/// The delimiter that a first line such as `sep=;` declares.
pub(super) fn separator(text: &str) -> Option<Delimiter> {
    let line = text.lines().next()?.trim().trim_matches('"');
    let sign =
        line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).and_then(|_| line.get(4..))?;
    let known = [
        (",", Delimiter::Comma),
        (";", Delimiter::Semicolon),
        ("\t", Delimiter::Tab),
        ("\\t", Delimiter::Tab),
        ("", Delimiter::Tab),
        ("|", Delimiter::Pipe),
        ("::", Delimiter::DoubleColon),
        (" ", Delimiter::Space),
    ];
    known.iter().find(|(known, _)| *known == sign).map(|(_, delimiter)| *delimiter)
}

/// The text under a line that declares the delimiter, and the byte and the line where it starts.
pub(super) fn after_separator_line(text: &str) -> (&str, (usize, u64)) {
    match (separator(text), text.find('\n')) {
        (Some(_), Some(newline)) => (&text[newline + 1..], (newline + 1, 2)),
        _ => (text, (0, 1)),
    }
}

/// Takes the mark of a comment off a header: `#user,item,rating`, `# user item rating`.
pub(super) fn uncomment(names: &mut Vec<String>, columns: usize) {
    let is_wider = names.len() == columns + 1;
    let Some(first) = names.first_mut() else { return };
    let bare = first.trim_start_matches(['#', '%']).trim_start().to_owned();
    if bare.is_empty() && !first.is_empty() && is_wider {
        names.remove(0);
    } else if !bare.is_empty() {
        *first = bare;
    }
}

/// How many of the first rows are narrower than the table under them; `None` where there are none, or where the table
/// does not begin soon.
pub(super) fn lines_above<T>(rows: &[(Vec<String>, T)]) -> Option<usize> {
    let mut widths: Vec<usize> = rows.iter().map(|(row, _)| row.len()).collect();
    widths.sort_unstable();
    let usual = *widths.get(widths.len() / 2)?;
    let share = widths.iter().filter(|&&width| width == usual).count() * 10;
    let above = rows.iter().position(|(row, _)| row.len() >= usual)?;
    let (head, _) = rows.first()?;
    // One name fewer than there are columns: a header over row names.
    let is_short_header = above == 1 && head.len() + 1 == usual && usual > 3;
    (above > 0
        && above <= MOST
        && usual > 2
        && rows.len() > 2 * above
        && share >= rows.len() * 6
        && !is_short_header)
        .then_some(above)
}

#[cfg(test)]
mod tests {
    use super::{after_separator_line, lines_above, separator, uncomment};
    use crate::data::Delimiter;

    #[test]
    fn the_line_of_spreadsheets_declares_the_delimiter() {
        assert_eq!(separator("sep=;\na;b"), Some(Delimiter::Semicolon));
        assert_eq!(separator("\"sep=,\"\r\na,b"), Some(Delimiter::Comma));
        assert_eq!(separator("SEP=|\n"), Some(Delimiter::Pipe));
        assert_eq!(separator("separator,b\n"), None);
        assert_eq!(after_separator_line("sep=;\na;b"), ("a;b", (6, 2)));
        assert_eq!(after_separator_line("a;b\nc;d"), ("a;b\nc;d", (0, 1)));
    }

    #[test]
    fn a_header_may_be_a_comment() {
        let bare = |names: &[&str], columns: usize| {
            let mut names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
            uncomment(&mut names, columns);
            names
        };
        assert_eq!(bare(&["#", "user", "item"], 2), ["user", "item"]);
        assert_eq!(bare(&["# user", "item"], 2), ["user", "item"]);
        // A column may be called so.
        assert_eq!(bare(&["#", "user", "item"], 3), ["#", "user", "item"]);
        assert_eq!(bare(&["", "user"], 1), ["", "user"]);
    }

    #[test]
    fn titles_above_a_table_are_told_from_a_short_header() {
        let above = |widths: &[usize]| {
            lines_above(&widths.iter().map(|&width| (vec![String::new(); width], ())).collect::<Vec<_>>())
        };
        assert_eq!(above(&[1, 1, 3, 3, 3, 3]), Some(2));
        assert_eq!(above(&[3, 4, 4, 4, 4]), None);
        assert_eq!(above(&[3, 3, 3]), None);
        assert_eq!(above(&[1, 3, 5, 2]), None);
    }
}
