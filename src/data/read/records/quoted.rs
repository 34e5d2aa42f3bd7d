//! Rows with quotes: whether a quote opens and closes a cell, goes on in the next line, or is a part of the text.

use super::{MAX_LINE, Records, cells::trimmed};
use crate::data::read::reject::{Checked, Flaw};

/// A row with quotes that was cut: where the next one starts, and how many lines further.
struct Cut {
    end: usize,
    next: usize,
    lines: u64,
}

impl Records<'_> {
    /// The row at `base`, which has a quote.
    pub(super) fn quoted_row(&mut self, delimiter: u8) -> Checked<()> {
        let (start, line) = self.base;
        let line_end = self.line_end(start);
        // In the order of trust: backslashes escape or not, quotes that are opened are closed in the line or in a later
        // one; the row that has the usual number of columns is taken.
        let has_escapes = self.text.get(start..line_end).is_some_and(|line| line.contains("\\\""));
        let mut found: Option<Cut> = None;
        for escapes in [true, false] {
            if escapes && !has_escapes {
                continue;
            }
            if let Some(cut) = self.cut(delimiter, escapes, line_end)
                && self.width.is_none_or(|width| width == self.cells.len())
            {
                found = Some(cut);
                break;
            }
        }
        // Open quotes all over a file would make reading quadratic.
        if found.is_none() && self.reread <= 2 * self.text.len() + 8 * MAX_LINE {
            let limit = (start + MAX_LINE).min(self.text.len());
            for escapes in [has_escapes, false] {
                match self.cut(delimiter, escapes, limit) {
                    Some(cut) if cut.end <= line_end => {
                        // A row of unusual width, with quotes in order.
                        found = Some(cut);
                        break;
                    }
                    Some(cut)
                        if self.width.is_none_or(|width| width == self.cells.len())
                            && !self.swallows_a_row(cut.end, delimiter) =>
                    {
                        found = Some(cut);
                        break;
                    }
                    Some(cut) => self.reread += cut.end - line_end,
                    None => self.reread += limit.saturating_sub(line_end),
                }
                if !has_escapes {
                    break;
                }
            }
        }
        let cut = match found {
            Some(cut) => cut,
            None => self.cut_literally(delimiter, start, line_end),
        };
        self.range = start..cut.end;
        self.line = line;
        self.base = (cut.next, line + cut.lines);
        if !self.open_quote {
            self.width = self.width.or(Some(self.cells.len()));
        }
        if cut.end - start > MAX_LINE { Err(Flaw::TooLong) } else { Ok(()) }
    }

    /// Where the line that holds a byte ends, without its line feed or carriage return.
    fn line_end(&self, from: usize) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').unwrap_or(rest.len());
        from + length
    }

    /// Byte after the end of a line, and the lines passed.
    fn after(&self, end: usize) -> (usize, u64) {
        match self.text.as_bytes().get(end..) {
            Some([b'\r', b'\n', ..]) => (end + 2, 1),
            Some([b'\r', _, ..]) => (end + 1, 0),
            _ => (end + 1, 1),
        }
    }

    /// Whether a row over several lines has a line that is a row itself: one in the middle with the usual number of
    /// columns, or the first and the last.
    fn swallows_a_row(&self, end: usize, delimiter: u8) -> bool {
        let lines = self.text.as_bytes().get(self.base.0..end).unwrap_or_default();
        let width = self.width.filter(|&width| width > 1);
        let is_row = |line: &[u8]| Some(line.iter().filter(|&&byte| byte == delimiter).count() + 1) == width;
        let rows: Vec<bool> = lines.split(|&byte| byte == b'\n').map(is_row).collect();
        match &rows[..] {
            [first, middle @ .., last] => (*first && *last) || middle.contains(&true),
            _ => false,
        }
    }

    /// Cuts the row at `base` at its delimiters outside of quotes; `None` where a quoted cell has no end before `limit`.
    fn cut(&mut self, delimiter: u8, escapes: bool, limit: usize) -> Option<Cut> {
        let bytes = self.text.as_bytes();
        self.cells.clear();
        self.rewritten.clear();
        let mut at = self.base.0;
        let mut lines = 0;
        loop {
            let opens = at + bytes.get(at..)?.iter().take_while(|&&byte| byte == b' ').count();
            if bytes.get(opens) == Some(&b'"') {
                let (close, is_plain) = closing_quote(bytes, opens + 1, delimiter, escapes, limit)?;
                let inner = self.text.get(opens + 1..close)?;
                lines += inner.bytes().filter(|&byte| byte == b'\n').count() as u64;
                if !is_plain {
                    let text = inner.replace("\"\"", "\"");
                    let text = if escapes { text.replace("\\\"", "\"") } else { text };
                    self.rewritten.push((self.cells.len(), text));
                }
                self.cells.push(inner);
                at = close + 1;
                at += bytes.get(at..)?.iter().take_while(|&&byte| byte == b' ').count();
            } else {
                let rest = bytes.get(at..)?;
                let stop = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
                let end = at + rest.iter().position(stop).unwrap_or(rest.len());
                self.cells.push(self.text.get(at..end)?);
                at = end;
            }
            if bytes.get(at) == Some(&delimiter) {
                at += 1;
                continue;
            }
            let (next, passed) = self.after(at);
            return Some(Cut { end: at, next, lines: lines + passed });
        }
    }

    /// Cuts a line at every delimiter; quotes around a whole cell are taken off.
    fn cut_literally(&mut self, delimiter: u8, start: usize, end: usize) -> Cut {
        self.cells.clear();
        self.rewritten.clear();
        let line = self.text.get(start..end).unwrap_or("");
        for cell in line.split(char::from(delimiter)) {
            let bare = trimmed(cell).strip_prefix('"').and_then(|cell| cell.strip_suffix('"'));
            self.open_quote |= bare.is_none() && trimmed(cell).starts_with('"');
            self.cells.push(bare.unwrap_or(cell));
        }
        let (next, lines) = self.after(end);
        Cut { end, next, lines }
    }
}

/// The quote that closes a cell: a delimiter or the end of the line comes after it. The flag says whether the text
/// before it stands for itself, without doubled or escaped quotes.
fn closing_quote(
    bytes: &[u8],
    from: usize,
    delimiter: u8,
    escapes: bool,
    limit: usize,
) -> Option<(usize, bool)> {
    let mut at = from;
    let mut is_plain = true;
    while at < limit {
        match bytes.get(at)? {
            b'\\' if escapes && bytes.get(at + 1) == Some(&b'"') => {
                is_plain = false;
                at += 2;
            }
            b'"' => {
                let rest = bytes.get(at + 1..).unwrap_or_default();
                if rest.first() == Some(&b'"') {
                    is_plain = false;
                    at += 2;
                    continue;
                }
                let blanks = rest.iter().take_while(|&&byte| byte == b' ').count();
                let after = rest.get(blanks);
                if after.is_none_or(|&byte| byte == delimiter || byte == b'\n' || byte == b'\r') {
                    return Some((at, is_plain));
                }
                // A quote within the text.
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}
