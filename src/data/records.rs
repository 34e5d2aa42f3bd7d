//! A text as rows of cells with their line numbers, whatever the delimiter. The recognition of the format and
//! both readers walk the same rows, so that a line number means the same everywhere.

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::{
    Delimiter,
    reject::{Checked, Flaw},
};

/// Longest row in bytes; longer ones are rejected.
pub(super) const MAX_LINE: usize = 1 << 20;

/// How often the walk goes back from quoted rows to plain ones: a header or a few titles in quotes must not slow the
/// rest down, and setting up for quotes again at every row of a quoted file would.
const RETURNS: usize = 16;

/// Walks the rows of a text; blank lines are skipped.
///
/// Rows without quotes, which is nearly all there are in rating files, are cut by a loop over their bytes; the first
/// row with a quote (or a carriage return within it) goes to the CSV reader.
///
/// A row that opens a quote and never closes it would swallow the rest of the file. Such a row is reported as
/// broken and reading goes on at the next line.
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: Delimiter,
    /// What ends a cell or asks for a closer look.
    marks: [bool; 256],
    csv: Option<Reader<&'t [u8]>>,
    returns: usize,
    /// Whether the row is in `record`; else its cells are in `cells`.
    is_csv: bool,
    record: ByteRecord,
    cells: Vec<&'t str>,
    /// Byte and line where `csv` was started, or where the next plain line starts.
    base: (usize, u64),
    /// Byte range and line of the row that `advance` found.
    range: std::ops::Range<usize>,
    line: u64,
    /// Bytes that were read more than once because of open quotes.
    reread: usize,
}

impl<'t> Records<'t> {
    /// The rows of a text.
    pub fn new(text: &'t str, delimiter: Delimiter) -> Self {
        let mut marks = [false; 256];
        for byte in [Some(b'\n'), Some(b'\r'), Some(b'"'), delimiter.byte()].into_iter().flatten() {
            marks[usize::from(byte)] = true;
        }
        Self {
            text,
            delimiter,
            marks,
            csv: None,
            returns: 0,
            is_csv: false,
            record: ByteRecord::new(),
            cells: Vec::new(),
            base: (0, 1),
            range: 0..0,
            line: 0,
            reread: 0,
        }
    }

    /// Goes to the next row; `None` at the end of the text, an error for a row that cannot be split.
    pub fn advance(&mut self) -> Option<Checked<()>> {
        self.is_csv = self.csv.is_some();
        match self.delimiter.byte() {
            _ if self.is_csv => self.advance_csv(),
            Some(delimiter) => self.advance_unquoted(delimiter),
            None => self.advance_plain(),
        }
    }

    /// Number of cells of the row.
    pub fn columns(&self) -> usize {
        if self.is_csv { self.record.len() } else { self.cells.len() }
    }

    /// A cell of the row without the blanks around it, where it lies in the text as it is; `None` for a column that is
    /// not there, and in rows that went through the CSV reader.
    pub fn plain_cell(&self, column: usize) -> Option<&'t str> {
        if self.is_csv { None } else { self.cells.get(column).map(|cell| trimmed(cell)) }
    }

    /// A cell of the row without the blanks around it.
    pub fn cell(&self, column: usize) -> Option<&str> {
        let cell = if self.is_csv {
            // The text is UTF-8 and is split at ASCII bytes, so that a cell is UTF-8 as well.
            std::str::from_utf8(self.record.get(column)?).ok()?
        } else {
            self.cells.get(column)?
        };
        Some(trimmed(cell))
    }

    /// Line number of the row's start, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The row as it stands in the text.
    pub fn raw(&self) -> &'t str {
        self.text.get(self.range.clone()).unwrap_or("").trim_end_matches(['\r', '\n'])
    }

    /// Hands the rest of the text to the CSV reader.
    fn start_csv(&mut self, byte: usize, line: u64) {
        self.is_csv = true;
        self.base = (byte, line);
        self.csv = self.delimiter.byte().map(|delimiter| {
            ReaderBuilder::new()
                .delimiter(delimiter)
                .has_headers(false)
                .flexible(true)
                // Open quotes all over the file would make reading quadratic; quotes are then taken literally.
                .quoting(self.reread <= 2 * self.text.len() + 8 * MAX_LINE)
                .buffer_capacity(1 << 16)
                .from_reader(self.text.as_bytes().get(byte..).unwrap_or_default())
        });
    }

    fn advance_csv(&mut self) -> Option<Checked<()>> {
        let reader = self.csv.as_mut()?;
        if !reader.read_byte_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let (mut start, mut line) = (self.base.0, self.base.1);
        if let Some(position) = self.record.position() {
            start += position.byte() as usize;
            line += position.line() - 1;
        }
        let end = self.base.0 + reader.position().byte() as usize;
        let line_after = self.base.1 + reader.position().line() - 1;
        // Blank lines and the second half of a CRLF count to the row that follows them.
        while let Some(byte @ (b'\r' | b'\n')) = self.text.as_bytes().get(start) {
            start += 1;
            line += u64::from(*byte == b'\n');
        }
        self.range = start..end;
        self.line = line;
        // One line feed may be the row's end; any other is within quotes.
        let ended = u64::from(self.text.as_bytes().get(end.wrapping_sub(1)) == Some(&b'\n'));
        if line_after.saturating_sub(line) <= ended && end - start <= MAX_LINE {
            if self.returns < RETURNS {
                self.returns += 1;
                self.csv = None;
                self.base = (end, line_after);
            }
            return Some(Ok(()));
        }
        let raw = self.raw();
        let Some(newline) = raw.find('\n') else {
            return Some(if raw.len() > MAX_LINE { Err(Flaw::TooLong) } else { Ok(()) });
        };
        let quotes = raw.bytes().filter(|&byte| byte == b'"').count();
        if raw.len() <= MAX_LINE && quotes % 2 == 0 {
            return Some(Ok(()));
        }
        self.reread += raw.len();
        self.range = start..start + newline;
        self.csv = None;
        self.base = (start + newline + 1, line + 1);
        Some(Err(Flaw::OpenQuote))
    }

    /// A row up to the end of its line, unless it has a quote.
    fn advance_unquoted(&mut self, delimiter: u8) -> Option<Checked<()>> {
        let bytes = self.text.as_bytes();
        loop {
            let (start, line) = self.base;
            if start >= bytes.len() {
                return None;
            }
            self.cells.clear();
            let mut cell = start;
            let mut at = start;
            let (end, next) = loop {
                let Some(&byte) = bytes.get(at) else { break (at, at) };
                if !self.marks[usize::from(byte)] {
                    at += 1;
                } else if byte == delimiter {
                    self.cells.push(self.text.get(cell..at).unwrap_or(""));
                    at += 1;
                    cell = at;
                } else if byte == b'\n' {
                    break (at, at + 1);
                } else if byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                    break (at, at + 2);
                } else {
                    self.start_csv(start, line);
                    return self.advance_csv();
                }
            };
            self.base = (next, line + 1);
            if end == start {
                continue;
            }
            self.cells.push(self.text.get(cell..end).unwrap_or(""));
            self.range = start..end;
            self.line = line;
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
                Delimiter::Space => self.cells.extend(raw.split_ascii_whitespace()),
                _ => self.cells.extend(raw.trim_end_matches('\r').split("::")),
            }
            return Some(Ok(()));
        }
    }
}

/// A cell without the blanks around it.
fn trimmed(cell: &str) -> &str {
    match *cell.as_bytes() {
        // Nearly every cell begins and ends with a character that is no blank.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        [only] if only.is_ascii_graphic() => cell,
        _ => cell.trim(),
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
    fn the_walk_over_bytes_finds_the_rows_of_the_csv_reader() {
        let parts = ["a", "bc", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"q\"", "é", " ", ";"];
        let mut chance = Generator::new(3, "records");
        for _ in 0..3000 {
            let text: String = (0..chance.below(30)).map(|_| parts[chance.below(parts.len())]).collect();
            let mut oracle = Records::new(&text, Delimiter::Comma);
            oracle.returns = usize::MAX;
            oracle.start_csv(0, 1);
            assert_eq!(rows(Records::new(&text, Delimiter::Comma)), rows(oracle), "{text:?}");
        }
    }
}
