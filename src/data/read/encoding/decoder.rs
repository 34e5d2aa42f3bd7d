//! Bytes of a known encoding as text, piece by piece, so that no buffer is larger than what is allowed.

use encoding_rs::{DecoderResult, Encoding, WINDOWS_1252};

/// Bytes that are decoded at once.
const PIECE: usize = 1 << 20;

/// Bytes that mean nothing in an encoding.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    /// How many letters (or bytes of UTF-8) they are.
    pub count: usize,
    /// Line of the first, from 1.
    pub line: usize,
}

/// Bytes as text, without the byte order mark, and what is none; `None` where the text is larger than `cap`. What means
/// nothing becomes U+FFFD.
pub(super) fn decoded(
    bytes: &[u8],
    encoding: &'static Encoding,
    cap: usize,
) -> Option<(String, Option<Bad>)> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(bytes.len().min(cap));
    let mut bad: Option<Bad> = None;
    let mut pieces = bytes.chunks(PIECE).peekable();
    while let Some(mut piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        loop {
            text.reserve(decoder.max_utf8_buffer_length_without_replacement(piece.len())?);
            let (result, read) = decoder.decode_to_string_without_replacement(piece, &mut text, is_last);
            piece = piece.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    let line = || text.bytes().filter(|&byte| byte == b'\n').count() + 1;
                    bad.get_or_insert_with(|| Bad { count: 0, line: line() }).count += 1;
                    text.push(char::REPLACEMENT_CHARACTER);
                }
            }
            if text.len() > cap {
                return None;
            }
        }
        if text.len() > cap {
            return None;
        }
    }
    Some((text, bad))
}

/// Bytes that are UTF-8 but for some, which are read as windows-1252 one by one; `None` where the text is larger than
/// `cap`.
pub(super) fn repaired(bytes: &[u8], cap: usize) -> Option<(String, Bad)> {
    let mut bad = Bad { count: 0, line: 1 };
    let mut text = String::with_capacity(bytes.len().min(cap));
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if bad.count == 0 {
            bad.line += chunk.valid().bytes().filter(|&byte| byte == b'\n').count();
        }
        bad.count += chunk.invalid().len();
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
        if text.len() > cap {
            return None;
        }
    }
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Some((text, bad))
}
