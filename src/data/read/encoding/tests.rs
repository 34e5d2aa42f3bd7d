use std::borrow::Cow;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GB18030, KOI8_U, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
};

use super::{Encoding, text_of};

/// The text and what is told of it.
fn read_as(bytes: &[u8], declared: Option<&str>) -> (String, Vec<String>) {
    let mut warnings = Vec::new();
    let declared = declared.map(|label| label.parse::<Encoding>().unwrap());
    let text = text_of(Cow::Borrowed(bytes), declared, 1 << 20, &mut warnings).unwrap().into_owned();
    (text, warnings.into_iter().map(|warning| warning.text).collect())
}

fn read(bytes: &[u8]) -> (String, Vec<String>) {
    read_as(bytes, None)
}

/// Rows with the names in turn.
fn rows(names: &[&str]) -> String {
    (0..60)
        .map(|row| format!("{} {row},film{},{}\n", names[row % names.len()], row % 7, row % 5 + 1))
        .collect()
}

#[test]
fn utf_8_is_taken_as_it_is_without_its_mark() {
    for text in ["Zoë,1\n", "李王,2\n", "plain,3\n", ""] {
        assert_eq!(read(text.as_bytes()), (text.into(), vec![]));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), (text.into(), vec![]));
    }
    let mut warnings = Vec::new();
    let same = text_of(Cow::Borrowed(b"\xc3\xa9"), None, 9, &mut warnings);
    assert!(matches!(same, Some(Cow::Borrowed("é"))));
}

#[test]
fn one_bad_byte_does_not_spoil_the_other_letters() {
    let mut bytes = "Zoë,é\nSøren,ü\nJosé,ß\n".as_bytes().to_vec();
    bytes.extend(b"Tom\x92s,x\n");
    let (text, said) = read(&bytes);
    assert_eq!(text, "Zoë,é\nSøren,ü\nJosé,ß\nTom’s,x\n");
    assert_eq!(said, ["1 byte is no UTF-8, the first in line 4; read as windows-1252 (Latin-1) there"]);
    // Whoever says that it is UTF-8 is believed.
    assert_eq!(read_as(b"caf\xe9", Some("utf-8")).0, "café");
}

#[test]
fn encodings_are_recognised_by_their_letters_and_told() {
    let cases: [(&encoding_rs::Encoding, &[&str]); 9] = [
        (GB18030, &["李王", "郑孙", "陈冯", "钱吴", "赵陈", "孙周"]),
        (BIG5, &["陳大文", "林美玲", "黃志明", "張學友", "劉德華"]),
        (SHIFT_JIS, &["たなか", "すずき", "サトウ", "山田太郎", "ゆうこ"]),
        (EUC_JP, &["たなか", "すずき", "サトウ", "山田太郎", "ゆうこ"]),
        (EUC_KR, &["김민수", "이영희", "박지성", "최유리"]),
        (WINDOWS_1251, &["Иван Петров", "Мария Смирнова", "Ольга Кузнецова"]),
        (KOI8_U, &["Иван Петров", "Мария Смирнова", "Ольга Кузнецова"]),
        (WINDOWS_1250, &["Małgorzata Wójcik", "Łukasz Dąbrowski", "Żaneta Święcicka", "Paweł Kozieł"]),
        (WINDOWS_1252, &["José Müller", "Zoë Brontë", "François Noël", "Søren Åberg"]),
    ];
    for (encoding, names) in cases {
        let text = rows(names);
        let (bytes, _, is_lossy) = encoding.encode(&text);
        assert!(!is_lossy);
        let (found, said) = read(&bytes);
        assert_eq!(found.lines().next(), text.lines().next(), "{}", encoding.name());
        assert_eq!(found, text);
        assert!(said.len() == 1 && said[0].contains(&format!("is read as {}", encoding.name())), "{said:?}");
        // Declared, it needs no telling.
        assert_eq!(read_as(&bytes, Some(encoding.name())), (text, vec![]));
    }
}

#[test]
fn a_few_letters_of_western_europe_are_windows_1252() {
    for bytes in [
        &b"caf\xe9,x,3\n"[..],
        b"M\xfcller,b1,4\n",
        b"Jos\xe9,a,1\nZo\xeb,b,2\n",
        b"Se\xf1or,x,1\n",
        b"\xc5sa,x,2\n",
    ] {
        let (text, said) = read(bytes);
        assert_eq!(text, WINDOWS_1252.decode(bytes).0);
        assert!(said[0].contains("windows-1252 (Latin-1)"), "{said:?}");
    }
}

#[test]
fn other_encodings_are_offered_where_they_are_possible() {
    let of = |encoding: &'static encoding_rs::Encoding, names: &[&str]| {
        let text = rows(names);
        let mut warnings = Vec::new();
        text_of(Cow::Owned(encoding.encode(&text).0.into_owned()), None, 1 << 20, &mut warnings).unwrap();
        warnings[0].cures.iter().map(|cure| cure.options.encoding.unwrap().name()).collect::<Vec<_>>()
    };
    assert_eq!(of(WINDOWS_1251, &["Иван", "Мария"]), ["koi8-r", "koi8-u", "windows-1252"]);
    // Of those that read the same letters none is offered: windows-1250 has é, ü and ë where windows-1252 has them.
    assert_eq!(of(WINDOWS_1252, &["José Müller", "Zoë Brontë"]), ["windows-1257", "macintosh"]);
    assert_eq!(of(WINDOWS_1252, &["François Noël", "Søren Åberg"])[0], "windows-1250");
    assert!(of(SHIFT_JIS, &["たなか", "すずき"]).contains(&"windows-1252".into()));
}

#[test]
fn utf_16_is_known_by_its_mark_or_its_zeros() {
    let text = rows(&["Zoë", "李王"]);
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (bytes, mark) in [(&little, b"\xff\xfe"), (&big, b"\xfe\xff")] {
        assert_eq!(read(&[&mark[..], bytes].concat()), (text.clone(), vec![]));
        let (found, said) = read(bytes);
        assert_eq!(found, text);
        assert!(said[0].contains("UTF-16"), "{said:?}");
    }
    assert_eq!(read_as(&little, Some("utf-16le")), (text, vec![]));
}

#[test]
fn letters_that_are_none_are_counted_with_the_line_of_the_first() {
    let (text, said) = read_as(b"a,1\nb\xff\xff,2\n", Some("euc-kr"));
    assert_eq!(text, "a,1\nb\u{fffd}\u{fffd},2\n");
    assert_eq!(said, ["2 letters are no EUC-KR, the first in line 2, and are read as \u{fffd}"]);
}

#[test]
fn pieces_are_joined_and_what_is_larger_than_allowed_is_nothing() {
    // Three pieces of a mebibyte, of which each begins within a letter.
    let text = format!("x{}", "é".repeat(1 << 20));
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).chain([0xd8]).skip(1).collect();
    let shifted = [&[b'x'][..], &bytes[1..]].concat();
    let of = |cap| text_of(Cow::Borrowed(&shifted), "utf-16le".parse().ok(), cap, &mut Vec::new());
    assert!(of(1 << 20).is_none());
    assert!(of(8 << 20).is_some_and(|found| found.chars().count() >= 1 << 20));
    let kana = "あ".repeat(600_000);
    let (bytes, ..) = SHIFT_JIS.encode(&kana);
    // An odd byte in front.
    let bytes = [b"x", &bytes[..]].concat();
    let found = text_of(Cow::Owned(bytes), "shift_jis".parse().ok(), 4 << 20, &mut Vec::new());
    assert_eq!(found.unwrap(), format!("x{kana}"));
}

#[test]
fn labels_of_the_web_name_encodings_and_others_are_refused_with_some_that_are_known() {
    for (label, name) in
        [("latin1", "windows-1252"), ("UTF8", "utf-8"), ("gb2312", "gbk"), ("cp1251", "windows-1251")]
    {
        assert_eq!(label.parse::<Encoding>().unwrap().name(), name);
    }
    for label in ["klingon", "", "hz-gb-2312"] {
        let message = label.parse::<Encoding>().unwrap_err().to_string();
        assert!(message.contains("no encoding that is known; there are utf-8,"), "{message}");
    }
    let back: Encoding = serde_json::from_str("\"big5\"").unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), "\"big5\"");
    assert!(serde_json::from_str::<Encoding>("\"klingon\"").is_err());
}
