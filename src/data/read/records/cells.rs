//! Cells without what stands around their text.

/// A cell without the blanks around it.
pub(super) fn trimmed(cell: &str) -> &str {
    match *cell.as_bytes() {
        // Nearly every cell begins and ends with a character that is no blank.
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        [only] if only.is_ascii_graphic() => cell,
        _ => cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)),
    }
}

/// Characters without width, which copied texts have around their words.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}')
}
