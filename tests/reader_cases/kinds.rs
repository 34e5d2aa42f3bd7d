//! Files that are no tables: each is refused by its name with what to do, or unpacked and read.

use std::io::Write;

use super::made::{assert_whole, file, read, refusal};

fn table() -> Vec<u8> {
    file('a', "user,item,rating\n", |row| format!("{},b{},{}", row.user, row.item, row.stars())).into_bytes()
}

/// A mark, and then bytes that are no text.
fn binary(mark: &[u8]) -> Vec<u8> {
    [mark, &(0..4000_usize).map(|at| ((at * at) >> 3) as u8 | 0x80).collect::<Vec<u8>>()].concat()
}

#[test]
fn archives_databases_frames_and_pointers_are_refused_by_their_names() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n";
    let lines: String =
        (0..60).map(|n| format!("{{\"user\": \"u{n}\", \"item\": \"b1\", \"rating\": 4}}\n")).collect();
    let cases: [(&str, Vec<u8>, &str, &str); 10] = [
        ("a.csv.bz2", binary(b"BZh91AY&SY"), "a bz2 archive", "Unpack it"),
        ("a.csv.xz", binary(b"\xfd7zXZ\0"), "an xz archive", "Unpack it"),
        ("a.feather", binary(b"ARROW1\0\0"), "an Arrow (Feather) file", "CSV"),
        ("a.parquet", binary(b"PAR1"), "a Parquet file", "CSV"),
        ("a.npy", binary(b"\x93NUMPY\x01\0"), "a NumPy array", "CSV"),
        ("a.pkl", binary(b"\x80\x04\x95"), "a pickle of Python", "CSV"),
        ("a.sqlite", binary(b"SQLite format 3\0"), "an SQLite database", "CSV"),
        ("a.png", binary(b"\x89PNG\r\n\x1a\n"), "a PNG picture", "Load the table"),
        ("lfs.csv", pointer.to_vec(), "a pointer of Git LFS", "git lfs pull"),
        ("a.jsonl", lines.into_bytes(), "JSON", "CSV"),
    ];
    for (name, bytes, kind, remedy) in cases {
        let message = refusal(name, bytes);
        assert!(message.contains(kind) && message.contains(remedy), "{message}");
    }
}

/// A zip archive of files that are stored as they are.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let size = (content.len() as u32).to_le_bytes();
        let middle = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &sum.sum().to_le_bytes(),
            &size,
            &size,
            &[name.len() as u8, 0, 0, 0],
        ]
        .concat();
        let at = (out.len() as u32).to_le_bytes();
        out.extend([b"PK\x03\x04", &middle[..], name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\0", &middle[..], &[0; 10], &at, name.as_bytes()].concat());
    }
    let (start, size, n) =
        ((out.len() as u32).to_le_bytes(), (directory.len() as u32).to_le_bytes(), [files.len() as u8, 0]);
    [&out[..], &directory, b"PK\x05\x06\0\0\0\0", &n, &n, &size, &start, &[0, 0]].concat()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn one_table_in_a_gz_or_zip_archive_is_read() {
    assert_whole(&read("a.csv.gz", gz(&table())));
    assert_whole(&read("a.zip", zip(&[("data/a.csv", &table()), ("data/README.txt", b"Ratings of books")])));
}

#[test]
fn an_archive_of_several_files_is_refused_with_their_names() {
    let message = refusal("a.zip", zip(&[("ratings.csv", &table()), ("books.csv", b"id,title\n1,x\n")]));
    assert!(
        message.contains("ratings.csv, books.csv") && message.contains("load the one with the ratings"),
        "{message}"
    );
    let mut tar = vec![0; 512];
    tar[..5].copy_from_slice(b"a.csv");
    tar[257..262].copy_from_slice(b"ustar");
    tar.extend(table());
    let message = refusal("a.tar.gz", gz(&tar));
    assert!(message.contains("a tar archive"), "{message}");
}

#[test]
fn a_workbook_is_no_archive_of_tables() {
    let parts: [(&str, &[u8]); 2] =
        [("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>")];
    let message = refusal("a.xlsx", zip(&parts));
    assert!(message.contains("an Excel workbook (xlsx)") && message.contains("as CSV"), "{message}");
}

#[test]
fn texts_of_two_bytes_a_letter_are_read_with_or_without_a_mark() {
    let text = String::from_utf8(table()).unwrap();
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [&little, &big, &[b"\xff\xfe", &little[..]].concat(), &[b"\xfe\xff", &big[..]].concat()] {
        assert_whole(&read("a.csv", bytes));
    }
}

#[test]
fn a_zstd_archive_is_read() {
    let table = table();
    // One frame that says its size, with one block that is stored as it is (RFC 8878).
    let block = (table.len() as u32) << 3 | 1;
    let size = (table.len() as u32).to_le_bytes();
    let frame = [b"\x28\xb5\x2f\xfd\xa0", &size[..], &block.to_le_bytes()[..3], &table].concat();
    assert_whole(&read("a.zst", frame));
}
