//! From bytes to text. UTF-8 is taken as it is; other encodings are declared or recognised, and what is only recognised
//! is told.

mod decoder;
mod recognition;

use std::{borrow::Cow, fmt, str::FromStr};

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize, de};

use super::{ReadOptions, Warning, WarningCode, warning::grouped};
use crate::error::{Error, Result};
use decoder::{Bad, decoded};

/// An encoding of text, by a label of the WHATWG's Encoding Standard such as `utf-8`, `gb18030` or `latin1`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// The name of the standard, in small letters.
    pub fn name(self) -> String {
        self.0.name().to_lowercase()
    }
}

impl FromStr for Encoding {
    type Err = Error;

    fn from_str(label: &str) -> Result<Self> {
        // What the standard calls a replacement decodes nothing.
        match encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()) {
            Some(encoding) => Ok(Self(encoding)),
            None => Err(Error::setting(
                "encoding",
                format!(
                    "{label:?} is no encoding that is known; there are utf-8, utf-16le, windows-1252, windows-1251, \
                     koi8-r, gb18030, big5, shift_jis, euc-jp, euc-kr and the others of the web"
                ),
            )),
        }
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for Encoding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'d> Deserialize<'d> for Encoding {
    fn deserialize<D: serde::Deserializer<'d>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let label = String::deserialize(deserializer)?;
        label.parse().map_err(|error: Error| de::Error::custom(error.to_string()))
    }
}

/// The text of bytes, without the byte order mark; `None` where it is larger than `cap`. What was guessed of the
/// encoding and what is no text in it is added to the warnings.
///
/// Without a declared encoding a text is UTF-8 if it can be, also where a few bytes are none (those are read as
/// windows-1252), UTF-16 by its mark or its zeros, and else what its letters are likeliest to be.
pub(super) fn text_of<'b>(
    bytes: Cow<'b, [u8]>,
    declared: Option<Encoding>,
    cap: usize,
    warnings: &mut Vec<Warning>,
) -> Option<Cow<'b, str>> {
    if let Some(Encoding(encoding)) = declared.filter(|declared| declared.0 != UTF_8) {
        let (text, bad) = decoded(&bytes, encoding, cap)?;
        warnings.extend(bad.map(|bad| replaced(encoding, &bad)));
        return Some(Cow::Owned(text));
    }
    if let Some((encoding, is_marked)) = recognition::utf_16(&bytes).filter(|_| declared.is_none()) {
        let (text, bad) = decoded(&bytes, encoding, cap)?;
        if !is_marked {
            let text = format!("the text has no mark of its encoding and is read as {}", encoding.name());
            warnings.push(Warning::new(WarningCode::Encoding, text));
        }
        warnings.extend(bad.map(|bad| replaced(encoding, &bad)));
        return Some(Cow::Owned(text));
    }
    let bytes = match utf_8(bytes) {
        Ok(text) => return Some(text),
        Err(bytes) => bytes,
    };
    if declared.is_some() || recognition::is_nearly_utf_8(&bytes) {
        let (text, bad) = decoder::repaired(&bytes, cap)?;
        let s = if bad.count == 1 { " is" } else { "s are" };
        let said = format!(
            "{} byte{s} no UTF-8, the first in line {}; read as windows-1252 (Latin-1) there",
            grouped(bad.count),
            grouped(bad.line)
        );
        let figures = [("bytes", bad.count as f64), ("first_line", bad.line as f64)];
        warnings.push(Warning::new(WarningCode::Encoding, said).with(figures));
        return Some(Cow::Owned(text));
    }
    let sample = recognition::sample(&bytes);
    let encoding = recognition::guess(&sample);
    let (text, bad) = decoded(&bytes, encoding, cap)?;
    warnings.push(guessed(encoding, &sample));
    warnings.extend(bad.map(|bad| replaced(encoding, &bad)));
    Some(Cow::Owned(text))
}

/// Whether bytes are UTF-16 as declared or by their looks, in which zeros are letters.
pub(super) fn is_utf_16(bytes: &[u8], declared: Option<Encoding>) -> bool {
    match declared {
        Some(Encoding(encoding)) => encoding == UTF_16LE || encoding == UTF_16BE,
        None => recognition::utf_16(bytes).is_some(),
    }
}

/// Bytes as UTF-8 without copying them, or the bytes where they are none.
fn utf_8(bytes: Cow<'_, [u8]>) -> std::result::Result<Cow<'_, str>, Cow<'_, [u8]>> {
    const MARK: &str = "\u{feff}";
    match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text))),
            Err(_) => Err(Cow::Borrowed(bytes)),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(mut text) => {
                if text.starts_with(MARK) {
                    text.drain(..MARK.len());
                }
                Ok(Cow::Owned(text))
            }
            Err(error) => Err(Cow::Owned(error.into_bytes())),
        },
    }
}

/// What is told of an encoding that was guessed from a sample, with others that it could be.
fn guessed(encoding: &'static encoding_rs::Encoding, sample: &[u8]) -> Warning {
    let latin = if encoding == WINDOWS_1252 { " (Latin-1)" } else { "" };
    let text = format!(
        "the text is no UTF-8 and is read as {}{latin}; where letters look wrong, declare another encoding",
        encoding.name()
    );
    let others = recognition::others(encoding, sample);
    others.into_iter().fold(Warning::new(WarningCode::Encoding, text), |warning, other| {
        let options = ReadOptions { encoding: Some(Encoding(other)), ..ReadOptions::default() };
        warning.or(format!("Read it as {}", other.name()), options)
    })
}

/// What is told of bytes that mean nothing in an encoding.
fn replaced(encoding: &'static encoding_rs::Encoding, bad: &Bad) -> Warning {
    let (s, are) = if bad.count == 1 { ("", "is") } else { ("s", "are") };
    let text = format!(
        "{} letter{s} {are} no {}, the first in line {}, and {are} read as \u{fffd}",
        grouped(bad.count),
        encoding.name(),
        grouped(bad.line)
    );
    Warning::new(WarningCode::Encoding, text)
}

#[cfg(test)]
mod tests;
