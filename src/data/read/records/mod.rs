//! A text as rows of cells with their line numbers, whatever the delimiter. The recognition of the format and
//! both readers walk the same rows, so that a line number means the same everywhere.

mod cells;
mod quoted;

use super::{
    Delimiter,
    reject::{Checked, Flaw},
};
use cells::trimmed;

/// Longest row in bytes; longer ones are rejected.
pub(super) const MAX_LINE: usize = 1 << 20;

/// Walks the rows of a text; blank lines are skipped.
///
/// Rows without quotes, which is nearly all there are in rating files, are cut by a loop over their bytes; a row with a
/// quote is looked at closely. A quote counts only where it opens and closes a cell, and a quoted cell may go on in the
/// next line only where its first line alone is no row. A quote that is opened and never closed would swallow the rest
/// of the file; it is a part of the text, and a row whose ids or rating begin with one is broken.
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: Delimiter,
    /// What ends a cell or asks for a closer look.
    marks: [bool; 256],
    cells: Vec<&'t str>,
    /// Cells that do not stand in the text as they are, because quotes in them are doubled or escaped.
    rewritten: Vec<(usize, String)>,
    /// Whether a cell begins with a quote that is closed nowhere.
    open_quote: bool,
    /// Number of columns that a row should have: declared, or of the last row without quotes.
    width: Option<usize>,
    /// Byte and line where the next line starts.
    base: (usize, u64),
    /// Byte range and line of the row that `advance` found.
    range: std::ops::Range<usize>,
    line: u64,
    /// Bytes that were looked at beyond their line because of open quotes.
    reread: usize,
}

impl<'t> Records<'t> {
    /// The rows of a text.
    pub fn new(text: &'t str, delimiter: Delimiter) -> Self {
        Self::starting(text, delimiter, (0, 1))
    }

    /// The rows of a text from a byte and its line on.
    pub fn starting(text: &'t str, delimiter: Delimiter, base: (usize, u64)) -> Self {
        let mut marks = [false; 256];
        for byte in [Some(b'\n'), Some(b'\r'), Some(b'"'), delimiter.byte()].into_iter().flatten() {
            marks[usize::from(byte)] = true;
        }
        Self {
            text,
            delimiter,
            marks,
            cells: Vec::new(),
            rewritten: Vec::new(),
            open_quote: false,
            width: None,
            base,
            range: base.0..base.0,
            line: 0,
            reread: 0,
        }
    }

    /// Says how many columns a row has, which tells a broken row with quotes from one that goes on in the next line.
    pub fn expect_width(&mut self, width: Option<usize>) {
        self.width = width.or(self.width);
    }

    /// Goes to the next row; `None` at the end of the text, an error for a row that cannot be split.
    pub fn advance(&mut self) -> Option<Checked<()>> {
        match self.delimiter.byte() {
            Some(delimiter) => self.advance_split(delimiter),
            None => self.advance_plain(),
        }
    }

    /// Number of cells of the row.
    pub fn columns(&self) -> usize {
        self.cells.len()
    }

    /// A cell of the row without the blanks around it, where it lies in the text as it is; `None` for a column that is
    /// not there, and in rows with rewritten cells.
    pub fn plain_cell(&self, column: usize) -> Option<&'t str> {
        if self.rewritten.is_empty() { self.cells.get(column).map(|cell| trimmed(cell)) } else { None }
    }

    /// A cell of the row without the blanks around it.
    pub fn cell(&self, column: usize) -> Option<&str> {
        if !self.rewritten.is_empty()
            && let Some((_, text)) = self.rewritten.iter().find(|(rewritten, _)| *rewritten == column)
        {
            return Some(trimmed(text));
        }
        self.cells.get(column).map(|cell| trimmed(cell))
    }

    /// Whether a cell begins with a quote that is not closed.
    pub fn is_open(&self, column: usize) -> bool {
        self.open_quote && self.cells.get(column).is_some_and(|cell| trimmed(cell).starts_with('"'))
    }

    /// Line number of the row's start, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Byte of the row's start.
    pub fn start(&self) -> usize {
        self.range.start
    }

    /// The row as it stands in the text.
    pub fn raw(&self) -> &'t str {
        self.text.get(self.range.clone()).unwrap_or("").trim_end_matches(['\r', '\n'])
    }

    /// A row up to the end of its line; one with a quote is looked at closely.
    fn advance_split(&mut self, delimiter: u8) -> Option<Checked<()>> {
        let bytes = self.text.as_bytes();
        if !self.rewritten.is_empty() {
            self.rewritten.clear();
        }
        self.open_quote = false;
        loop {
            let (start, line) = self.base;
            if start >= bytes.len() {
                return None;
            }
            self.cells.clear();
            let mut cell = start;
            let mut at = start;
            let (end, next, lines) = loop {
                let Some(&byte) = bytes.get(at) else { break (at, at, 1) };
                if !self.marks[usize::from(byte)] {
                    at += 1;
                } else if byte == delimiter {
                    self.cells.push(self.text.get(cell..at).unwrap_or(""));
                    at += 1;
                    cell = at;
                } else if byte == b'\n' {
                    break (at, at + 1, 1);
                } else if byte == b'\r' {
                    break if bytes.get(at + 1) == Some(&b'\n') { (at, at + 2, 1) } else { (at, at + 1, 0) };
                } else {
                    return Some(self.quoted_row(delimiter));
                }
            };
            self.base = (next, line + lines);
            if end == start {
                continue;
            }
            self.cells.push(self.text.get(cell..end).unwrap_or(""));
            self.range = start..end;
            self.line = line;
            self.width = self.width.or(Some(self.cells.len()));
            return Some(if end - start > MAX_LINE { Err(Flaw::TooLong) } else { Ok(()) });
        }
    }

    fn advance_plain(&mut self) -> Option<Checked<()>> {
        loop {
            let (start, line) = self.base;
            let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
            let length = rest.find('\n').unwrap_or(rest.len());
            self.base = (start + length + 1, line + 1);
            let raw = rest.get(..length)?;
            if raw.trim().is_empty() {
                continue;
            }
            self.range = start..start + length;
            self.line = line;
            self.cells.clear();
            if raw.len() > MAX_LINE {
                return Some(Err(Flaw::TooLong));
            }
            match self.delimiter {
                // No-break spaces are spaces too.
                Delimiter::Space => self.cells.extend(raw.split_whitespace()),
                _ => self.cells.extend(raw.trim_end_matches('\r').split("::")),
            }
            return Some(Ok(()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Delimiter, Records};
    use crate::rng::Generator;

    /// Line, text and cells of every row, and whether it is good.
    fn rows(mut records: Records<'_>) -> Vec<(u64, String, Vec<String>, bool)> {
        let mut rows = Vec::new();
        while let Some(step) = records.advance() {
            let good = step.is_ok();
            // Cells of a broken row mean nothing.
            let columns = if good { records.columns() } else { 0 };
            let cells = (0..columns).map(|c| records.cell(c).unwrap_or("?").to_owned()).collect();
            rows.push((records.line(), records.raw().to_owned(), cells, good));
        }
        rows
    }

    #[test]
    fn quoted_and_unquoted_rows_may_take_turns() {
        let text = "\"a\",b\r\n\r\n1,2\r\n\"x, y\",3\n 4 ,\n";
        let found = rows(Records::new(text, Delimiter::Comma));
        let cells: Vec<(u64, Vec<&str>)> = found
            .iter()
            .map(|(line, _, cells, _)| (*line, cells.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(
            cells,
            [(1, vec!["a", "b"]), (3, vec!["1", "2"]), (4, vec!["x, y", "3"]), (5, vec!["4", ""])]
        );
    }

    #[test]
    fn what_a_csv_writer_writes_is_read_back() {
        // A line feed and delimiters in one cell could make a line that looks like a row.
        let parts = ["a", "bc", ",", "\"", "q", "é", " x", ";"];
        let broken = ["a", "\n", "\r\n", "\"", "q", "é"];
        let mut chance = Generator::new(3, "records");
        for _ in 0..2000 {
            let text = |chance: &mut Generator| -> String {
                let parts = if chance.below(2) == 0 { &parts[..] } else { &broken[..] };
                (0..chance.below(5)).map(|_| parts[chance.below(parts.len())]).collect()
            };
            let table: Vec<Vec<String>> = (0..1 + chance.below(5))
                .map(|_| vec!["k".into(), text(&mut chance), text(&mut chance)])
                .collect();
            let mut writer = csv::Writer::from_writer(Vec::new());
            table.iter().for_each(|row| writer.write_record(row).unwrap());
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let mut records = Records::new(&text, Delimiter::Comma);
            records.expect_width(Some(3));
            let read: Vec<Vec<String>> = rows(records).into_iter().map(|row| row.2).collect();
            let trimmed: Vec<Vec<String>> =
                table.iter().map(|row| row.iter().map(|cell| cell.trim().to_owned()).collect()).collect();
            assert_eq!(read, trimmed, "{text:?}");
        }
    }

    #[test]
    fn a_quote_counts_only_where_it_opens_and_closes_a_cell() {
        let cells = |text: &str| -> Vec<Vec<String>> {
            rows(Records::new(text, Delimiter::Comma)).into_iter().map(|row| row.2).collect()
        };
        // Open quotes far from each other swallow nothing between them.
        assert_eq!(
            cells("a,b,c\n1,\"open,2\n3,x,4\n5,7\" disc,6\n7,\"open,8\n"),
            [
                ["a", "b", "c"],
                ["1", "\"open", "2"],
                ["3", "x", "4"],
                ["5", "7\" disc", "6"],
                ["7", "\"open", "8"]
            ]
        );
        assert_eq!(cells("1,\"The \\\"Best\\\" of it, 2\",4\n"), [["1", "The \"Best\" of it, 2", "4"]]);
        assert_eq!(cells("1,\"a \"good\" one, too\",4\n"), [["1", "a \"good\" one, too", "4"]]);
        assert_eq!(cells("1,\"C:\\\",4\n"), [["1", "C:\\", "4"]]);
        assert_eq!(cells("a,b,c\n\"x\ny\",2,3\n"), [["a", "b", "c"], ["x\ny", "2", "3"]]);
        assert_eq!(cells("\u{200b}1\u{a0},\u{feff}2\n"), [["1", "2"]]);
    }
}
