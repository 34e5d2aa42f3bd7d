//! Letters that were written as UTF-8 and read as Latin-1 or Windows-1252: one letter became two or three.

/// What Windows-1252 has where Latin-1 has control characters, from byte 0x80 on; a blank where it has nothing.
const WINDOWS: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// The text as it was before, if that is what happened to it.
pub(super) fn decoded(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte).collect();
    String::from_utf8(bytes?).ok()
}

fn byte(c: char) -> Option<u8> {
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let place = WINDOWS.chars().position(|known| known == c && c != ' ')?;
        u8::try_from(0x80 + place).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn letters_become_what_they_were_and_others_stay() {
        for text in ["Zoë", "Søren", "用户", "“quoted”", "Müller €"] {
            let latin1: String = text.bytes().map(char::from).collect();
            assert_eq!(decoded(&latin1).as_deref(), Some(text));
        }
        assert_eq!(decoded("ChloÃ© â‚¬").as_deref(), Some("Chloé €"));
        assert_eq!((decoded("Zoë"), decoded("Ann"), decoded("用户")), (None, None, None));
    }
}
