//! From bytes to text: UTF-8, with single bad bytes in it, or Latin-1 as a whole.

use std::borrow::Cow;

use super::{Warning, WarningCode, warning::grouped};

/// The text of bytes, and a warning where its encoding was guessed. A few bytes that are no UTF-8 in a text that
/// otherwise is are read as Latin-1 one by one; a text without UTF-8 is Latin-1 as a whole.
pub(super) fn text_of<'b>(bytes: Cow<'b, [u8]>, warnings: &mut Vec<Warning>) -> Cow<'b, str> {
    let bytes = match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => Cow::Borrowed(bytes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Cow::Owned(text),
            Err(error) => Cow::Owned(error.into_bytes()),
        },
    };
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    let is_utf8 = good > 4 * bad;
    let text = if is_utf8 {
        let mut text = String::with_capacity(bytes.len() + bad);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|&byte| char::from(byte)));
        }
        text
    } else {
        latin1(&bytes)
    };
    let said = if is_utf8 {
        let line = bytes.utf8_chunks().next().map_or(1, |chunk| chunk.valid().matches('\n').count() + 1);
        let s = if bad == 1 { " is" } else { "s are" };
        format!("{} byte{s} no UTF-8, the first in line {line}; read as Latin-1 there", grouped(bad))
    } else if is_double_byte(&bytes) {
        "the text is no UTF-8 but seems to be in an encoding with two bytes a letter, such as GB18030; its letters are \
         not read: save it as UTF-8"
            .into()
    } else {
        "the text is no UTF-8 and is read as Latin-1; where letters look wrong, save it as UTF-8".into()
    };
    warnings.push(Warning::new(WarningCode::Encoding, said));
    Cow::Owned(text)
}

/// Latin-1 is the first 256 code points of Unicode.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Whether bytes beyond ASCII nearly always stand in pairs.
fn is_double_byte(bytes: &[u8]) -> bool {
    let (mut even, mut odd) = (0, 0);
    for run in bytes.split(u8::is_ascii).filter(|run| !run.is_empty()) {
        if run.len() % 2 == 0 { even += 1 } else { odd += 1 }
    }
    even >= 10 && even > 9 * odd
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::text_of;

    fn read(bytes: &[u8]) -> (String, String) {
        let mut warnings = Vec::new();
        let text = text_of(Cow::Borrowed(bytes), &mut warnings).into_owned();
        (text, warnings.into_iter().map(|warning| warning.text).collect())
    }

    #[test]
    fn one_bad_byte_does_not_spoil_the_other_letters() {
        let mut bytes = "Zoë,é\nSøren,ü\nJosé,ß\n".as_bytes().to_vec();
        bytes.extend(b"caf\xe9,x\n");
        let (text, said) = read(&bytes);
        assert_eq!(text, "Zoë,é\nSøren,ü\nJosé,ß\ncafé,x\n");
        assert!(said.starts_with("1 byte is no UTF-8, the first in line 4"), "{said}");
        assert_eq!(read("Zoë".as_bytes()), ("Zoë".into(), String::new()));
    }

    #[test]
    fn other_encodings_are_told() {
        assert!(read(b"caf\xe9,x\n\xfcber,y\n").1.contains("Latin-1"));
        assert!(read(&b"\xc0\xee\xcd\xf5,4\n".repeat(12)).1.contains("GB18030"));
    }
}
