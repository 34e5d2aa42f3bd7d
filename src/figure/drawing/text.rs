//! Texts without a font at hand: how wide they come out, where they break, how they are written in XML.

/// Widths of the printable ASCII characters in Helvetica, which Arial shares, in thousandths of the size.
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// How much wider a text is in bold.
pub(super) const BOLD: f64 = 1.1;

/// What follows a text that was cut.
const DOTS: char = '…';

/// The width of a character in sizes of the text. What is not ASCII is reckoned wide rather than narrow.
fn width_of(letter: char) -> f64 {
    let thousandths = match letter {
        ' '..='~' => WIDTHS[letter as usize - ' ' as usize],
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0,
        '⁰'..='⁹' | '⁻' | '¹' | '²' | '³' => 370,
        '−' | '·' | '±' | '×' => 584,
        '\u{a0}' => 278,
        '\u{a1}'..='\u{24f}' => 640,
        '\u{250}'..='\u{1fff}' => 720,
        _ => 1000,
    };
    f64::from(thousandths) / 1000.0
}

/// The width of a text in sizes of the text.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(width_of).sum()
}

/// The text, or as much of its beginning as fits with dots behind it.
pub(super) fn cut(text: &str, most: f64) -> String {
    if width(text) <= most {
        return text.into();
    }
    let mut room = most - width_of(DOTS);
    let fits = |letter: &char| {
        room -= width_of(*letter);
        room >= 0.0
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    kept.truncate(kept.trim_end().len());
    kept.push(DOTS);
    kept
}

/// The text in lines that fit, broken between words; a word that is too long for a line is cut.
pub(super) fn lines(text: &str, most: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // Not at the blank that holds a number and its unit together.
    let is_break = |letter: char| letter.is_whitespace() && letter != '\u{a0}';
    for word in text.split(is_break).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + width_of(' ') + width(word) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, most)),
        }
    }
    lines
}

/// The text as it may stand in an element or an attribute of XML. Characters that XML does not have, and those that turn
/// the direction of what follows, become blanks.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_helvetica() {
        assert_eq!(
            (width_of('i'), width_of('W'), width_of('~'), width_of('0')),
            (0.222, 0.944, 0.584, 0.556)
        );
        assert!((width("RMSE") - (0.722 + 0.833 + 0.667 + 0.667)).abs() < 1e-12);
    }

    #[test]
    fn a_text_is_cut_at_its_end_and_broken_between_words() {
        assert_eq!(cut("dml", 2.0), "dml");
        let short = cut("linked bias model with everything", 6.0);
        assert!(short.starts_with("linked") && short.ends_with('…') && width(&short) <= 6.0, "{short}");
        assert_eq!(lines("It falls as people are added.", 6.0), ["It falls as", "people are", "added."]);
        assert!(lines(&"x".repeat(100), 5.0).iter().all(|line| width(line) <= 5.0));
        assert!(lines(" ", 5.0).is_empty());
        assert_eq!(lines("less by 5\u{a0}%", 4.5), ["less by", "5\u{a0}%"]);
    }

    #[test]
    fn what_xml_would_read_as_more_than_text_is_escaped() {
        assert_eq!(
            escaped("</text><script>\"&'\u{0}\u{1b}\u{202e}é"),
            "&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;   é"
        );
    }
}
