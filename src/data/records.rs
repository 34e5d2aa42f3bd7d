//! A text as rows of cells with their line numbers, whatever the delimiter. The recognition of the format and
//! both readers walk the same rows, so that a line number means the same everywhere.

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::{
    Delimiter,
    reject::{Checked, Flaw},
};

/// Longest row in bytes; longer ones are rejected.
pub(super) const MAX_LINE: usize = 1 << 20;

/// Walks the rows of a text; blank lines are skipped.
///
/// A row that opens a quote and never closes it would swallow the rest of the file. Such a row is reported as
/// broken and reading goes on at the next line.
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: Delimiter,
    csv: Option<Reader<&'t [u8]>>,
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
        let mut records = Self {
            text,
            delimiter,
            csv: None,
            record: ByteRecord::new(),
            cells: Vec::new(),
            base: (0, 1),
            range: 0..0,
            line: 0,
            reread: 0,
        };
        records.start(0, 1);
        records
    }

    /// Goes to the next row; `None` at the end of the text, an error for a row that cannot be split.
    pub fn advance(&mut self) -> Option<Checked<()>> {
        if self.csv.is_some() { self.advance_csv() } else { self.advance_plain() }
    }

    /// Number of cells of the row.
    pub fn columns(&self) -> usize {
        if self.csv.is_some() { self.record.len() } else { self.cells.len() }
    }

    /// A cell of the row without the blanks around it.
    pub fn cell(&self, column: usize) -> Option<&str> {
        let cell = if self.csv.is_some() {
            // The text is UTF-8 and is split at ASCII bytes, so that a cell is UTF-8 as well.
            std::str::from_utf8(self.record.get(column)?).ok()?
        } else {
            self.cells.get(column)?
        };
        Some(cell.trim())
    }

    /// Line number of the row's start, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Byte of the text where the row starts.
    pub fn start_byte(&self) -> usize {
        self.range.start
    }

    /// The row as it stands in the text.
    pub fn raw(&self) -> &'t str {
        self.text.get(self.range.clone()).unwrap_or("").trim_end_matches(['\r', '\n'])
    }

    fn start(&mut self, byte: usize, line: u64) {
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
        let lines = self.base.1 + reader.position().line() - 1 - line;
        // Blank lines and the second half of a CRLF count to the row that follows them.
        while let Some(byte @ (b'\r' | b'\n')) = self.text.as_bytes().get(start) {
            start += 1;
            line += u64::from(*byte == b'\n');
        }
        self.range = start..end;
        self.line = line;
        if lines <= 1 && end - start <= MAX_LINE {
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
        self.start(start + newline + 1, line + 1);
        Some(Err(Flaw::OpenQuote))
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
