//! What a file is by its first bytes. What is no text (an archive that is not read, a database, a picture, a pointer to a
//! file that was not fetched) is refused by its name.

use crate::error::{Error, Result};

/// How a kind is recognised, what it is called, and what to do with it.
type Kind = (&'static [u8], &'static str, &'static str);

const UNPACK: &str = "Unpack it and load the table itself, or pack the table as gz, zst or zip";
const EXPORT: &str = "Save the table as CSV with the program that wrote it, and load that";
const FRAME: &str = "Save it as CSV, for example with to_csv(\"ratings.csv\", index=False) of pandas";
pub(super) const SHEET: &str = "Open it and save the sheet with the ratings as CSV";
pub(super) const TABLE: &str = "Load the table of ratings instead";

/// Kinds by their first bytes. A kind whose mark could begin a text has more of it below.
const KINDS: [Kind; 33] = [
    (b"\xfd7zXZ\0", "an xz archive", UNPACK),
    (b"\x04\x22\x4d\x18", "an lz4 archive", UNPACK),
    (b"\x1f\x9d", "an archive of compress (.Z)", UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", UNPACK),
    (b"Rar!\x1a\x07", "a rar archive", UNPACK),
    (b"PAR1", "a Parquet file", FRAME),
    (b"ARROW1\0\0", "an Arrow (Feather) file", FRAME),
    (b"FEA1\0", "a Feather file", FRAME),
    (b"\x93NUMPY", "a NumPy array", "Save it as CSV, for example with numpy.savetxt"),
    (b"SQLite format 3\0", "an SQLite database", "Export the table of ratings from it as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", FRAME),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", SHEET),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"ORC\x0a", "an ORC file", EXPORT),
    (b"RDX2\n", "a file of R (.RData)", "Save the table with write.csv of R, and load that"),
    (b"RDX3\n", "a file of R (.RData)", "Save the table with write.csv of R, and load that"),
    (b"X\n\0\0\0", "an object of R (.rds)", "Save the table with write.csv of R, and load that"),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file", "Save the table with writematrix as CSV, and load that"),
    (b"<stata_dta>", "a Stata file", EXPORT),
    (b"$FL2", "an SPSS file", EXPORT),
    (b"%PDF-", "a PDF", TABLE),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", TABLE),
    (b"\xff\xd8\xff", "a JPEG picture", TABLE),
    (b"GIF87a", "a GIF picture", TABLE),
    (b"GIF89a", "a GIF picture", TABLE),
    (b"{\\rtf", "a text of a word processor (RTF)", "Save the table as CSV, and load that"),
    (b"\x7fELF", "a program", TABLE),
    (b"version https://git-lfs.github.com/spec/", "a pointer of Git LFS", FETCH),
    (b"version https://hawser.github.com/spec/", "a pointer of Git LFS", FETCH),
    (b"/annex/objects/", "a pointer of git-annex", "Fetch the file itself with git annex get, and load that"),
    (
        b"../.git/annex/objects/",
        "a pointer of git-annex",
        "Fetch the file itself with git annex get, and load that",
    ),
    (b"\x1f\x8b", "a gz archive within an archive", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a zstd archive within an archive", UNPACK),
];

const FETCH: &str =
    "Fetch the file itself with git lfs pull, or download it from the page of the project, and load that";

/// How web pages begin that have no document type.
const PAGES: [&str; 8] = ["<!doctype", "<html", "<head", "<body", "<meta", "<script", "<title", "<!-- "];

/// Refuses what is of a kind that holds no text table.
///
/// # Errors
/// For each such kind: what it is and what to do.
pub(in crate::data) fn refuse_other_kinds(file: &str, bytes: &[u8]) -> Result<()> {
    let refused = |what: &str, remedy: &str| {
        Err(Error::file(file, format!("this is {what}, not a text table"), remedy))
    };
    if let Some((_, what, remedy)) = KINDS.iter().find(|(mark, ..)| bytes.starts_with(mark)) {
        return refused(what, remedy);
    }
    match bytes {
        // The first block of bzip2, or the end of an empty archive.
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, ..] => {
            return refused("a bz2 archive", UNPACK);
        }
        [0x80, 2..=5, ..] => return refused("a pickle of Python", FRAME),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            return refused("a WebP picture", TABLE);
        }
        _ => {}
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return refused("a tar archive", "Unpack it and load the table itself");
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let starts = |start: &&str| {
        text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    if PAGES.iter().any(starts) {
        return refused("a web page", "Fetch the file itself instead of the page that links to it");
    }
    if starts(&"<?xml") {
        return refused("an XML document", "Convert it to CSV with one row a rating: user, item, rating");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::refuse_other_kinds;

    #[test]
    fn kinds_are_told_by_their_first_bytes_and_texts_are_let_through() {
        let tar = [&[b'x'; 257][..], b"ustar\x0000"].concat();
        let cases: [(&[u8], &str); 22] = [
            (b"BZh91AY&SY\x12", "a bz2 archive"),
            (b"BZh9\x17rE8P\x90", "a bz2 archive"),
            (b"\xfd7zXZ\0\0\x04", "an xz archive"),
            (b"\x28\xb5\x2f\xfd\x04", "a zstd archive"),
            (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
            (b"Rar!\x1a\x07\x01\0", "a rar archive"),
            (b"\x80\x04\x95\x10\0", "a pickle"),
            (b"\x80\x02}q\0", "a pickle"),
            (b"PAR1\x15\x04", "a Parquet file"),
            (b"ARROW1\0\0\xff", "an Arrow (Feather) file"),
            (b"SQLite format 3\0\x10", "an SQLite database"),
            (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "an old Excel"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"\x89PNG\r\n\x1a\n\0", "a PNG picture"),
            (b"\xff\xd8\xff\xe0", "a JPEG picture"),
            (b"GIF89a\x01", "a GIF picture"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
            (b"\xef\xbb\xbf\n <!DOCTYPE HTML>", "a web page"),
            (b"<head><title>404</title>", "a web page"),
            (b"<?xml version=\"1.0\"?>", "an XML document"),
            (&tar, "a tar archive"),
        ];
        for (bytes, kind) in cases {
            let message = refuse_other_kinds("f.csv", bytes).unwrap_err().to_string();
            assert!(message.starts_with("f.csv: this is ") && message.contains(kind), "{message}");
            assert_eq!(message.lines().count(), 1);
        }
        for text in ["BZh9,x,1", "7z,a,3", "Rar!,b,2", "version,https,1", "<3,a,5", "ORC,a,1", "PDF,x,2", ""]
        {
            assert!(refuse_other_kinds("f.csv", text.as_bytes()).is_ok(), "{text}");
        }
    }
}
