//! What a file is by its first bytes. The step before bytes become text: a zip archive with one table is unpacked, and
//! what is no text (an archive, a database, a picture, a pointer to a file that was not fetched) is refused by its name.

use std::io::Read;

use flate2::{Crc, read::DeflateDecoder};

use crate::error::{Error, Result};

/// How a kind is recognised, what it is called, and what to do with it.
type Kind = (&'static [u8], &'static str, &'static str);

const UNPACK: &str = "Unpack it and load the table itself, or pack the table as gz, zst or zip";
const EXPORT: &str = "Save the table as CSV with the program that wrote it, and load that";
const FRAME: &str = "Save it as CSV, for example with to_csv(\"ratings.csv\", index=False) of pandas";
const SHEET: &str = "Open it and save the sheet with the ratings as CSV";
const TABLE: &str = "Load the table of ratings instead";

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
pub(super) fn refuse_other_kinds(file: &str, bytes: &[u8]) -> Result<()> {
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

/// Whether these are the first bytes of a zip archive, which office documents are too.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..])
}

/// The one table of a zip archive, or the one called `member`, of at most `cap` bytes. Descriptions of it (a read-me, a
/// licence) and what operating systems add are passed over.
///
/// # Errors
/// When it is an office document, is broken or encrypted, or holds no such table or several, which are named.
pub(super) fn table_of_zip(file: &str, bytes: &[u8], member: Option<&str>, cap: usize) -> Result<Vec<u8>> {
    let Some(entries) = entries(bytes) else {
        let what = "the zip archive is broken or cut off";
        return Err(Error::file(file, what, "Fetch the file again, or unpack it first and load the table"));
    };
    if let Some(what) = document(&entries) {
        return Err(Error::file(file, format!("this is {what}, not a text table"), SHEET));
    }
    let files: Vec<&Entry> = entries.iter().filter(|entry| entry.is_file()).collect();
    let tables: Vec<&Entry> = files.iter().copied().filter(|entry| !entry.is_description()).collect();
    let all = if tables.is_empty() { &files } else { &tables };
    let listed = || {
        let names: Vec<&str> = all.iter().take(NAMED).map(|entry| &*entry.name).collect();
        let more = if all.len() > NAMED { ", …" } else { "" };
        let s = if all.len() == 1 { "" } else { "s" };
        format!("the zip archive holds {} file{s} ({}{more})", all.len(), names.join(", "))
    };
    let entry = match (member, &all[..]) {
        (_, []) => return Err(Error::file(file, "the zip archive is empty", TABLE)),
        (Some(member), _) => called(&files, member).ok_or_else(|| {
            Error::file(
                file,
                format!("{}, and none is {member:?}", listed()),
                "Write the name as it is there",
            )
        })?,
        (None, [entry]) => entry,
        (None, _) => {
            let remedy = "Unpack it and load the one with the ratings, or say which of them that is";
            return Err(Error::file(file, listed(), remedy));
        }
    };
    let within = |what: String, remedy: &str| {
        Error::file(file, format!("{} in the zip archive {what}", entry.name), remedy)
    };
    if entry.flags & ENCRYPTED != 0 {
        return Err(within("is encrypted".into(), "Unpack it with its password and load the table"));
    }
    if entry.size as usize > cap {
        return Err(super::text::too_large(file, cap));
    }
    let broken = || {
        within("is broken or cut off".into(), "Fetch the file again, or unpack it first and load the table")
    };
    let packed = entry.packed(bytes).ok_or_else(broken)?;
    let mut out = Vec::new();
    match entry.method {
        STORED => out.extend_from_slice(packed),
        DEFLATED => {
            // What unpacking gives is counted, because a bomb declares a small size.
            let done = DeflateDecoder::new(packed).take(cap as u64 + 1).read_to_end(&mut out);
            if out.len() > cap {
                return Err(super::text::too_large(file, cap));
            }
            done.map_err(|_| broken())?;
        }
        method => {
            let what = format!("is packed by a method that is not known here (number {method})");
            return Err(within(what, "Unpack it and load the table"));
        }
    }
    let mut sum = Crc::new();
    sum.update(&out);
    if out.len() != entry.size as usize || sum.sum() != entry.sum { Err(broken()) } else { Ok(out) }
}

/// The file of an archive with a name, which may lack the folders where only one file ends in it.
fn called<'e>(files: &[&'e Entry], name: &str) -> Option<&'e Entry> {
    let exact = files.iter().find(|entry| entry.name == name);
    let mut ends = files.iter().filter(|entry| entry.base().eq_ignore_ascii_case(name));
    exact.copied().or_else(|| ends.next().copied().filter(|_| ends.next().is_none()))
}

/// Most files of an archive that are named in a refusal.
const NAMED: usize = 6;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The bit of an entry's flags that says it has a password.
const ENCRYPTED: u16 = 1;

/// A file in a zip archive, as the archive's directory has it.
struct Entry {
    name: String,
    flags: u16,
    method: u16,
    /// CRC-32 of the unpacked bytes.
    sum: u32,
    packed_size: u32,
    size: u32,
    /// Where its own header starts.
    at: usize,
}

impl Entry {
    /// Whether it is something that a person put there.
    fn is_file(&self) -> bool {
        let base = self.base();
        let added = self.name.starts_with("__MACOSX/") || base.starts_with('.') || base == "Thumbs.db";
        !self.name.ends_with('/') && !added && self.size > 0
    }

    /// Whether it says something of the data and is not the data.
    fn is_description(&self) -> bool {
        let base = self.base().to_lowercase();
        let about = ["readme", "read_me", "license", "licence", "copying", "changelog", "citation", "notice"];
        let endings = [
            ".md", ".pdf", ".html", ".htm", ".rst", ".png", ".jpg", ".jpeg", ".gif", ".bib", ".py", ".ipynb",
        ];
        about.iter().any(|word| base.starts_with(word)) || endings.iter().any(|ending| base.ends_with(ending))
    }

    fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Its packed bytes, which follow a header with a name and an extra field of their own lengths.
    fn packed<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let header = bytes.get(self.at..)?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let start = 30 + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
        header.get(start..)?.get(..self.packed_size as usize)
    }
}

/// The files of a zip archive by the directory at its end; `None` where it is broken or has more than 65,535 files or
/// 4 GiB.
fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    // The end record is followed by a comment of at most 65,535 bytes.
    let from = bytes.len().saturating_sub(22 + 0xffff);
    let last =
        (from..=bytes.len().checked_sub(22)?).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    let end = &bytes[last..];
    let (count, size, offset) = (u16_at(end, 10)?, u32_at(end, 12)? as usize, u32_at(end, 16)? as usize);
    // An archive that unpacks itself has a program in front, which the offsets do not count.
    let start = last.checked_sub(size)?;
    let in_front = start.checked_sub(offset)?;
    let mut directory = bytes.get(start..last)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if !directory.starts_with(b"PK\x01\x02") {
            return None;
        }
        let lengths =
            [u16_at(directory, 28)?, u16_at(directory, 30)?, u16_at(directory, 32)?].map(usize::from);
        entries.push(Entry {
            name: String::from_utf8_lossy(directory.get(46..46 + lengths[0])?).into_owned(),
            flags: u16_at(directory, 8)?,
            method: u16_at(directory, 10)?,
            sum: u32_at(directory, 16)?,
            packed_size: u32_at(directory, 20)?,
            size: u32_at(directory, 24)?,
            at: in_front.checked_add(u32_at(directory, 42)? as usize)?,
        });
        directory = directory.get(46 + lengths.iter().sum::<usize>()..)?;
    }
    Some(entries)
}

/// What a zip archive is that a program made as its own kind of file.
fn document(entries: &[Entry]) -> Option<&'static str> {
    let has = |start: &str| entries.iter().any(|entry| entry.name.starts_with(start));
    if has("[Content_Types].xml") {
        return Some(match () {
            () if has("xl/") => "an Excel workbook (xlsx)",
            () if has("word/") => "a Word document (docx)",
            () if has("ppt/") => "a PowerPoint presentation (pptx)",
            () => "an Office document",
        });
    }
    let arrays = !entries.is_empty() && entries.iter().all(|entry| entry.name.ends_with(".npy"));
    if has("mimetype") && has("content.xml") {
        Some("an OpenDocument file (ods, odt)")
    } else {
        arrays.then_some("an archive of NumPy arrays (npz)")
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{refuse_other_kinds, table_of_zip};

    /// A zip archive of (name, text, deflated or stored), as the format's specification (APPNOTE 4.3) has it.
    fn zip(files: &[(&str, &[u8], bool)], comment: &[u8]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, text, deflate) in files {
            let mut sum = flate2::Crc::new();
            sum.update(text);
            let packed = if *deflate {
                let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            } else {
                text.to_vec()
            };
            let at = out.len() as u32;
            let method: u16 = if *deflate { 8 } else { 0 };
            let mut middle =
                [&20_u16.to_le_bytes()[..], &0_u16.to_le_bytes(), &method.to_le_bytes(), &[0; 4]].concat();
            middle.extend(sum.sum().to_le_bytes());
            middle.extend((packed.len() as u32).to_le_bytes());
            middle.extend((text.len() as u32).to_le_bytes());
            middle.extend((name.len() as u16).to_le_bytes());
            // The header before the data has an extra field that the directory lacks, as Info-ZIP writes it.
            out.extend(
                [b"PK\x03\x04", &middle[..], &4_u16.to_le_bytes(), name.as_bytes(), b"UT\0\0", &packed]
                    .concat(),
            );
            directory.extend(
                [b"PK\x01\x02\x14\0", &middle[..], &[0; 12], &at.to_le_bytes(), name.as_bytes()].concat(),
            );
        }
        let (start, n) = (out.len() as u32, (files.len() as u16).to_le_bytes());
        let size = (directory.len() as u32).to_le_bytes();
        out.extend(directory);
        out.extend([b"PK\x05\x06\0\0\0\0", &n[..], &n, &size, &start.to_le_bytes()].concat());
        out.extend([&(comment.len() as u16).to_le_bytes()[..], comment].concat());
        out
    }

    const TABLE: &[u8] = b"user,item,rating\na,x,3\na,x,3\na,x,3\na,x,3\n";

    fn refusal(bytes: &[u8]) -> String {
        table_of_zip("f.zip", bytes, None, 1 << 20).unwrap_err().to_string()
    }

    #[test]
    fn the_one_table_of_a_zip_archive_is_unpacked() {
        for deflate in [true, false] {
            let archive = zip(
                &[
                    ("data/", b"", false),
                    ("data/ratings.csv", TABLE, deflate),
                    ("data/README.txt", b"read me", false),
                    ("__MACOSX/data/._ratings.csv", b"x", false),
                ],
                b"a comment",
            );
            assert_eq!(table_of_zip("f.zip", &archive, None, 1 << 20).unwrap(), TABLE);
            let with_program = [&b"#!/bin/sh\n"[..], &archive].concat();
            assert_eq!(table_of_zip("f.zip", &with_program, None, 1 << 20).unwrap(), TABLE);
        }
    }

    #[test]
    fn several_tables_are_named_and_none_is_told() {
        let message = refusal(&zip(&[("ratings.csv", TABLE, true), ("movies.csv", TABLE, true)], b""));
        assert!(
            message.contains("2 files (ratings.csv, movies.csv)") && message.contains("Unpack it"),
            "{message}"
        );
        assert!(refusal(&zip(&[], b"")).contains("is empty"));
    }

    #[test]
    fn one_of_several_tables_is_chosen_by_its_name() {
        let others = (&b"u,i,5\n"[..], &b"u,i,4\n"[..]);
        let archive = zip(
            &[
                ("ml/Ratings.csv", TABLE, true),
                ("ml/movies.csv", others.0, true),
                ("old/movies.csv", others.1, false),
            ],
            b"",
        );
        let member = |name: &str| table_of_zip("f.zip", &archive, Some(name), 1 << 20);
        for name in ["ml/Ratings.csv", "Ratings.csv", "ratings.csv"] {
            assert_eq!(member(name).unwrap(), TABLE, "{name}");
        }
        assert_eq!(member("old/movies.csv").unwrap(), others.1);
        for name in ["movies.csv", "tags.csv", ""] {
            let message = member(name).unwrap_err().to_string();
            assert!(
                message.contains("ml/movies.csv, old/movies.csv")
                    && message.contains(&format!("none is {name:?}"))
            );
        }
    }

    #[test]
    fn office_documents_are_named() {
        for (inner, kind) in [("xl/workbook.xml", "Excel"), ("word/document.xml", "Word"), ("x", "Office")] {
            let message = refusal(&zip(&[("[Content_Types].xml", TABLE, true), (inner, TABLE, true)], b""));
            assert!(message.contains(kind) && message.contains("as CSV"), "{message}");
        }
        let sheet = zip(&[("mimetype", b"application/vnd", false), ("content.xml", TABLE, true)], b"");
        assert!(refusal(&sheet).contains("OpenDocument"));
        assert!(refusal(&zip(&[("a.npy", TABLE, true)], b"")).contains("NumPy"));
    }

    #[test]
    fn a_broken_archive_is_refused_wherever_it_is_cut_or_changed() {
        let archive = zip(&[("ratings.csv", TABLE, true)], b"");
        for cut in 0..archive.len() {
            assert!(table_of_zip("f.zip", &archive[..cut], None, 1 << 20).is_err(), "cut at {cut}");
        }
        for at in 0..archive.len() {
            let mut changed = archive.clone();
            changed[at] ^= 0x41;
            // What is unpacked after all is what was packed: the sum says so.
            if let Ok(table) = table_of_zip("f.zip", &changed, None, 1 << 20) {
                assert_eq!(table, TABLE, "byte {at}");
            }
        }
        let mut sum = archive.clone();
        let at = sum.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        sum[at + 16] ^= 1;
        assert!(refusal(&sum).contains("broken"));
        let mut locked = archive.clone();
        locked[at + 8] |= 1;
        assert!(refusal(&locked).contains("encrypted"));
        let mut method = archive;
        method[at + 10] = 14;
        assert!(refusal(&method).contains("number 14"));
    }

    #[test]
    fn the_cap_counts_what_unpacking_gives_and_what_is_declared() {
        let big = vec![b'x'; 1 << 20];
        let mut archive = zip(&[("ratings.csv", &big, true)], b"");
        assert!(
            table_of_zip("f", &archive, None, (1 << 20) - 1).unwrap_err().to_string().contains("larger than")
        );
        assert_eq!(table_of_zip("f", &archive, None, 1 << 20).unwrap(), big);
        let at = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        archive[at + 24..at + 28].copy_from_slice(&5_u32.to_le_bytes());
        assert!(table_of_zip("f", &archive, None, 1000).unwrap_err().to_string().contains("larger than"));
        assert!(table_of_zip("f", &archive, None, 1 << 20).unwrap_err().to_string().contains("broken"));
    }

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
