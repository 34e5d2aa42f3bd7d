//! What separates the columns of a table. The first step of reading: split the first lines by each candidate
//! and keep the one that gives the same number of columns on nearly all of them.

use serde::{Deserialize, Serialize};

use super::records::{MAX_LINE, Records};

/// What stands between two columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// The tab character.
    Tab,
    /// `;`
    Semicolon,
    /// `::` of the older MovieLens files.
    DoubleColon,
    /// `|`
    Pipe,
    /// One or more spaces.
    Space,
}

impl Delimiter {
    /// All of them, the ones first that are least likely to occur in a text by chance.
    pub const ALL: [Self; 6] =
        [Self::DoubleColon, Self::Tab, Self::Semicolon, Self::Comma, Self::Pipe, Self::Space];

    /// The one byte that a CSV reader splits at; `None` where the lines are split without quoting.
    pub(super) fn byte(self) -> Option<u8> {
        match self {
            Self::Comma => Some(b','),
            Self::Tab => Some(b'\t'),
            Self::Semicolon => Some(b';'),
            Self::Pipe => Some(b'|'),
            Self::DoubleColon | Self::Space => None,
        }
    }

    /// The delimiter of a text, or `None` when no candidate gives at least `columns` columns.
    pub(super) fn recognise(text: &str, columns: usize) -> Option<Self> {
        let head = head(text);
        let mut best: Option<(Self, f64)> = None;
        for delimiter in Self::ALL {
            let Some((usual, share)) = usual_columns(head, delimiter) else { continue };
            if usual < columns {
                continue;
            }
            if share >= 0.9 {
                return Some(delimiter);
            }
            if best.is_none_or(|(_, most)| share > most) {
                best = Some((delimiter, share));
            }
        }
        best.map(|(delimiter, _)| delimiter)
    }
}

/// The first lines of a text, enough of them to recognise its format.
fn head(text: &str) -> &str {
    const BYTES: usize = 1 << 16;
    // The header of a matrix may be longer than that.
    const LINES: usize = 16;
    let Some(cut) = text.as_bytes().get(..BYTES) else { return text };
    let newlines = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte == b'\n').count();
    let long = text.as_bytes().get(..LINES * MAX_LINE).unwrap_or(text.as_bytes());
    let cut = if newlines(cut) < LINES {
        let mut newlines = long.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        newlines.nth(LINES - 1).map_or(long, |(last, _)| &long[..=last])
    } else {
        cut
    };
    // A cut line would count as a row with too few columns.
    let end = cut.iter().rposition(|&byte| byte == b'\n').map_or(cut.len(), |newline| newline + 1);
    text.get(..end).unwrap_or(text)
}

/// The most frequent number of columns of the first rows, and the share of rows that have it.
fn usual_columns(head: &str, delimiter: Delimiter) -> Option<(usize, f64)> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut rows = 0_usize;
    let mut records = Records::new(head, delimiter);
    while let Some(step) = records.advance()
        && rows < 200
    {
        if step.is_err() {
            continue;
        }
        rows += 1;
        match counts.iter_mut().find(|(columns, _)| *columns == records.columns()) {
            Some((_, count)) => *count += 1,
            None => counts.push((records.columns(), 1)),
        }
    }
    let (columns, count) = counts.into_iter().max_by_key(|&(columns, count)| (count, columns))?;
    Some((columns, count as f64 / rows as f64))
}
