//! From the bytes of a file to its text: unpacked, decoded, and refused with the reason where it is no text.

use std::{borrow::Cow, io::Read};

use flate2::bufread::MultiGzDecoder;

use super::{
    ReadOptions, Warning,
    container::{self, zstd},
    encoding,
};
use crate::error::{Error, Result};

/// Largest text in bytes, counted on what unpacking really gives and not on what the file declares.
pub const MAX_TEXT: usize = 512 << 20;

/// The text of a file: gz, zstd, and zip with one table, is unpacked, UTF-8 is taken as it is (without its byte order mark),
/// and other encodings are declared or recognised, which is added to the warnings. Lone carriage returns become line
/// feeds.
///
/// # Errors
/// When the file is empty, too large, broken, or of a kind that is no table (a database, a picture, JSON).
pub(super) fn decode<'b>(
    file: &str,
    bytes: &'b [u8],
    options: &ReadOptions,
    warnings: &mut Vec<Warning>,
) -> Result<Cow<'b, str>> {
    decode_within(file, bytes, MAX_TEXT, options, warnings)
}

fn decode_within<'b>(
    file: &str,
    bytes: &'b [u8],
    cap: usize,
    options: &ReadOptions,
    warnings: &mut Vec<Warning>,
) -> Result<Cow<'b, str>> {
    let encoding = options.encoding;
    if let Some(member) = options.member.as_deref()
        && !container::is_zip(bytes)
    {
        let what = format!("{file} is no zip archive and holds no {member:?}");
        return Err(Error::setting("member", what));
    }
    let is_packed = bytes.starts_with(b"\x1f\x8b") || zstd::is_zstd(bytes);
    if !is_packed {
        container::refuse_other_kinds(file, bytes)?;
    }
    let bytes = match bytes {
        [0x1f, 0x8b, ..] => Cow::Owned(unpack(file, bytes, cap)?),
        _ if is_packed => Cow::Owned(zstd::unpack(file, bytes, cap)?),
        _ if container::is_zip(bytes) => {
            Cow::Owned(container::table_of_zip(file, bytes, options.member.as_deref(), cap)?)
        }
        _ if bytes.len() > cap => return Err(too_large(file, cap)),
        _ => Cow::Borrowed(bytes),
    };
    if let Cow::Owned(unpacked) = &bytes {
        container::refuse_other_kinds(file, unpacked)?;
    }
    if !encoding::is_utf_16(&bytes, encoding) {
        check_zeros(file, &bytes)?;
    }
    let text = encoding::text_of(bytes, encoding, cap, warnings).ok_or_else(|| too_large(file, cap))?;
    check_kind(file, &text)?;
    // Files of the classic Mac OS end their lines with a carriage return alone.
    Ok(if text.contains('\r') && !text.contains('\n') { Cow::Owned(text.replace('\r', "\n")) } else { text })
}

pub(super) fn too_large(file: &str, cap: usize) -> Error {
    let what = format!("the text is larger than {} MiB", cap >> 20);
    Error::file(file, what, "Load a part of it, for example the users who occur in both files")
}

/// Unpacks gz, also several members one after the other.
fn unpack(file: &str, bytes: &[u8], cap: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let done = MultiGzDecoder::new(bytes).take(cap as u64 + 1).read_to_end(&mut out);
    if out.len() > cap {
        return Err(too_large(file, cap));
    }
    match done {
        Ok(_) => Ok(out),
        Err(_) => {
            let what = format!("the gz data are broken or cut off after {} bytes of text", out.len());
            Err(Error::file(file, what, "Fetch the file again, or unpack it first and load the text"))
        }
    }
}

/// Refuses what is full of zeros.
fn check_zeros(file: &str, bytes: &[u8]) -> Result<()> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let zeros = head.iter().filter(|&&byte| byte == 0).count();
    if zeros * 10 > head.len() {
        let remedy = "Save the table as CSV; unpack it first if this is an archive";
        return Err(Error::file(file, "this is no text", remedy));
    }
    Ok(())
}

/// Refuses what is clearly no table, with the reason.
fn check_kind(file: &str, text: &str) -> Result<()> {
    let text = text.trim_start();
    if text.is_empty() {
        return Err(Error::file(file, "the file is empty", "Load a table with one row a rating"));
    }
    let after = |open: char| text.strip_prefix(open).map(str::trim_start);
    let object = after('{').is_some_and(|rest| rest.starts_with(['"', '\'', '}']));
    if object || after('[').is_some_and(|rest| rest.starts_with(['{', '['])) {
        let remedy = "Convert it to CSV with one row a rating: user, item, rating";
        return Err(Error::file(file, "this is JSON, not a table with columns", remedy));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use std::borrow::Cow;

    use super::{MAX_TEXT, decode_within};
    use crate::{data::ReadOptions, error::Result};

    fn decode<'b>(file: &str, bytes: &'b [u8]) -> Result<Cow<'b, str>> {
        decode_within(file, bytes, MAX_TEXT, &ReadOptions::default(), &mut Vec::new())
    }

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn encodings_are_told_apart() {
        let cases: [(&[u8], &str); 9] = [
            (b"a,b", "a,b"),
            (b"\xef\xbb\xbfa,b", "a,b"),
            ("caf\u{e9}".as_bytes(), "caf\u{e9}"),
            (b"caf\xe9", "caf\u{e9}"),
            (b"\xff\xfea\0,\0", "a,"),
            (b"\xfe\xff\0a\0,", "a,"),
            (b"a\0,\0b\0\n\0", "a,b\n"),
            (b"a\rb\r", "a\nb\n"),
            (b"a\r\nb\rc", "a\r\nb\rc"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode("f", bytes).unwrap(), text);
            assert_eq!(decode("f", &gz(bytes)).unwrap(), text);
        }
        let members = [gz(b"a,b\n"), gz(b"c,d\n")].concat();
        assert_eq!(decode("f", &members).unwrap(), "a,b\nc,d\n");
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_reason() {
        let cut = {
            let all = gz(b"a,b,c\n1,2,3\n");
            all[..all.len() - 9].to_vec()
        };
        let tar = [&b"ratings.csv"[..], &[0; 501], b"1,2,3\n"].concat();
        let cases: [(&[u8], &str); 12] = [
            (&tar, "no text"),
            (b"PAR1\x15\x04", "Parquet"),
            (b"", "empty"),
            (b" \r\n\n", "empty"),
            (b"\xef\xbb\xbf", "empty"),
            (b"PK\x03\x04rest", "zip"),
            (b"{\"a\": 1}\n", "JSON"),
            (b"[ {'a': 1} ]", "JSON"),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"\x1f\x8b", "broken"),
            (b"\x1f\x8bnonsense", "broken"),
            (&cut, "cut off"),
        ];
        for (bytes, reason) in cases {
            let message = decode("f.csv", bytes).unwrap_err().to_string();
            assert!(message.starts_with("f.csv: ") && message.contains(reason), "{message}");
        }
        assert!(decode("f", b"{x},1,2").is_ok());
    }

    #[test]
    fn the_cap_counts_what_unpacking_gives() {
        let packed = gz(&vec![b'x'; 1 << 20]);
        assert!(packed.len() < 10_000);
        assert_eq!(
            decode_within("f", &packed, 1 << 20, &ReadOptions::default(), &mut Vec::new()).unwrap().len(),
            1 << 20
        );
        for bytes in [packed, vec![b'x'; 1 << 20]] {
            let message = decode_within("f", &bytes, (1 << 20) - 1, &ReadOptions::default(), &mut Vec::new())
                .unwrap_err()
                .to_string();
            assert!(message.contains("larger than"), "{message}");
        }
        // Letters that take more room as UTF-8 are counted as that.
        let letters = vec![0xe9; 1000];
        for (cap, is_read) in [(2000, true), (1999, false)] {
            let latin = ReadOptions { encoding: "latin1".parse().ok(), ..ReadOptions::default() };
            assert_eq!(decode_within("f", &letters, cap, &latin, &mut Vec::new()).is_ok(), is_read);
        }
    }
}
