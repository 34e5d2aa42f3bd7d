//! The one table of a zip archive, or the one that was asked for.

use std::io::Read;

use flate2::{Crc, read::DeflateDecoder};

use super::{
    directory::{DEFLATED, ENCRYPTED, Entry, STORED, document, entries},
    kinds::{SHEET, TABLE},
};
use crate::{
    data::read::text::too_large,
    error::{Error, Result},
};

/// Whether these are the first bytes of a zip archive, which office documents are too.
pub(in crate::data) fn is_zip(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..])
}

/// The one table of a zip archive, or the one called `member`, of at most `cap` bytes. Descriptions of it (a read-me, a
/// licence) and what operating systems add are passed over.
///
/// # Errors
/// When it is an office document, is broken or encrypted, or holds no such table or several, which are named.
pub(in crate::data) fn table_of_zip(
    file: &str,
    bytes: &[u8],
    member: Option<&str>,
    cap: usize,
) -> Result<Vec<u8>> {
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
        return Err(too_large(file, cap));
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
                return Err(too_large(file, cap));
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

/// The names of the tables in a zip archive of several, of which one has to be chosen; nothing of any other file.
pub(in crate::data) fn tables_to_choose(bytes: &[u8]) -> Vec<String> {
    let entries = if is_zip(bytes) { entries(bytes).unwrap_or_default() } else { Vec::new() };
    if document(&entries).is_some() {
        return Vec::new();
    }
    let tables = entries.iter().filter(|entry| entry.is_file() && !entry.is_description());
    let names: Vec<String> = tables.take(MOST_CHOICES).map(|entry| entry.name.clone()).collect();
    if names.len() > 1 { names } else { Vec::new() }
}

/// Most files of an archive that are offered.
const MOST_CHOICES: usize = 12;

/// The file of an archive with a name, which may lack the folders where only one file ends in it.
fn called<'e>(files: &[&'e Entry], name: &str) -> Option<&'e Entry> {
    let exact = files.iter().find(|entry| entry.name == name);
    let mut ends = files.iter().filter(|entry| entry.base().eq_ignore_ascii_case(name));
    exact.copied().or_else(|| ends.next().copied().filter(|_| ends.next().is_none()))
}

/// Most files of an archive that are named in a refusal.
const NAMED: usize = 6;

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::table_of_zip;

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
}
