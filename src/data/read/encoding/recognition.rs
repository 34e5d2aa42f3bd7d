//! What the encoding of bytes is likeliest to be that are no UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_2, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS,
    UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
};

/// Bytes of lines with letters beyond ASCII that an encoding is recognised from.
const SAMPLE: usize = 1 << 20;

/// Encodings that are taken for each other.
const ALIKE: [&[&Encoding]; 3] = [
    &[GB18030, BIG5, EUC_KR, SHIFT_JIS, EUC_JP],
    &[WINDOWS_1251, KOI8_R, KOI8_U, IBM866],
    &[WINDOWS_1252, WINDOWS_1250, ISO_8859_2, WINDOWS_1254, WINDOWS_1257, MACINTOSH],
];

/// Others of the same letters that are offered.
const OFFERED: usize = 2;

/// UTF-16 by its byte order mark, or by zeros in place of every other byte; the flag says that it has the mark.
pub(super) fn utf_16(bytes: &[u8]) -> Option<(&'static Encoding, bool)> {
    match bytes {
        [0xff, 0xfe, ..] => return Some((UTF_16LE, true)),
        [0xfe, 0xff, ..] => return Some((UTF_16BE, true)),
        _ => {}
    }
    let head = bytes.get(..1024).unwrap_or(bytes);
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let alternate = even.max(odd) * 10 > head.len() * 3 && even.min(odd) * 10 < even.max(odd);
    alternate.then_some((if odd > even { UTF_16LE } else { UTF_16BE }, false))
}

/// Whether nearly all that is beyond ASCII is UTF-8.
pub(super) fn is_nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > 4 * bad
}

/// The first lines that have letters beyond ASCII; the others say nothing of the encoding.
pub(super) fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split_inclusive(|&byte| byte == b'\n').filter(|line| !line.is_ascii()) {
        sample.extend_from_slice(line.get(..SAMPLE).unwrap_or(line));
        if sample.len() >= SAMPLE {
            break;
        }
    }
    sample
}

/// The encoding that a sample is likeliest to be in. None of them is UTF-8.
pub(super) fn guess(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // The newer of the two holds all letters of the older.
    if guess == GBK { GB18030 } else { guess }
}

/// Other encodings that a sample can be in, the likeliest first: of the same letters, and windows-1252, which holds any
/// bytes.
pub(super) fn others(guess: &'static Encoding, sample: &[u8]) -> Vec<&'static Encoding> {
    let (text, _) = guess.decode_without_bom_handling(sample);
    let alike = ALIKE.iter().find(|alike| alike.contains(&guess)).copied().unwrap_or_default();
    let can_be = |other: &&'static Encoding| {
        let (other_text, is_bad) = other.decode_without_bom_handling(sample);
        *other != guess && !is_bad && other_text != text
    };
    let mut others: Vec<&'static Encoding> = alike.iter().copied().filter(can_be).take(OFFERED).collect();
    if !others.contains(&WINDOWS_1252) {
        others.extend([WINDOWS_1252].iter().filter(|other| can_be(other)));
    }
    others
}
