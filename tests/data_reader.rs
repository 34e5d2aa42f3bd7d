//! Rating and feature files as people have them: odd ones as a table of cases, broken ones by chance, and real
//! ones where they lie beside the repository.

use std::io::Write;

use crate::real;
use dual_metric::data::{ItemId, UserId};
use dual_metric::{
    data::{
        Counts, Delimiter, FieldKind, IdForm, Part, RatingsFile, ReadOptions, Roles, Scale, ScaleKind,
        Vocabulary, grouped, overlap_report, preview, read_features, read_ratings,
    },
    error::Error,
    rng::Generator,
};

/// Encodings that are declared by chance.
const ENCODINGS: [&str; 6] = ["utf-8", "utf-16le", "gb18030", "shift_jis", "windows-1252", "x-user-defined"];

/// What a case expects: (user, item, value) of the kept rows in the order of users, and the lines of the rejects.
struct Expected {
    ratings: &'static [(&'static str, &'static str, f32)],
    rejects: &'static [(u64, &'static str)],
}

const A: (&str, &str, f32) = ("1", "10", 4.0);
const B: (&str, &str, f32) = ("2", "20", 5.0);
const BOTH: Expected = Expected { ratings: &[A, B], rejects: &[] };

fn read(bytes: &[u8]) -> Result<RatingsFile, Error> {
    read_ratings("ratings.csv", bytes, &ReadOptions::default())
}

fn rows(read: &RatingsFile) -> Vec<(String, String, f32)> {
    let (users, items) = (&read.domain.users, &read.domain.items);
    let named =
        read.domain.ratings.iter().map(|r| (users.id(r.user).into(), items.id(r.item).into(), r.value));
    named.collect()
}

fn check(name: &str, bytes: &[u8], expected: &Expected) {
    let read = read(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    let expect: Vec<_> = expected.ratings.iter().map(|&(u, i, v)| (u.to_owned(), i.to_owned(), v)).collect();
    assert_eq!(rows(&read), expect, "{name}: {:?}", read.report);
    let rejects = &read.report.rejects;
    assert_eq!(rejects.len(), expected.rejects.len(), "{name}: {rejects:?}");
    for (reject, &(line, reason)) in rejects.iter().zip(expected.rejects) {
        assert!(
            reject.line == line && reject.reason.contains(reason),
            "{name}: {reject:?} is not {line}, {reason}"
        );
    }
    assert_eq!(read.report.rejected_rows, rejects.len(), "{name}");
    let again = preview("ratings.csv", bytes, &ReadOptions::default()).unwrap();
    assert_eq!(again, read.report.preview, "{name}");
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn packed_files_are_read_as_what_they_hold() {
    let text = b"user,item,rating\n1,10,4\n2,20,5\n";
    for (name, bytes) in
        [("books.csv", text.to_vec()), ("books.csv.gz", gz(text)), ("books.csv.zst", zst(text))]
    {
        let read = read_ratings(name, &bytes, &ReadOptions::default()).unwrap();
        assert_eq!((rows(&read).len(), read.domain.name.as_str()), (2, "books"), "{name}");
    }
    let twice = read(&gz(&zst(text))).unwrap_err().to_string();
    assert!(twice.contains("a zstd archive within an archive"), "{twice}");
}

#[test]
fn delimiters_line_ends_and_marks() {
    let cases: [(&str, &[u8]); 22] = [
        ("comma", b"1,10,4\n2,20,5\n"),
        ("no final newline", b"1,10,4\n2,20,5"),
        ("CRLF", b"1,10,4\r\n2,20,5\r\n"),
        ("carriage returns alone", b"1,10,4\r2,20,5\r"),
        ("byte order mark", b"\xef\xbb\xbf1,10,4\n2,20,5\n"),
        ("byte order mark and header", b"\xef\xbb\xbfuser_id,item_id,rating\n1,10,4\n2,20,5\n"),
        ("tab", b"1\t10\t4\n2\t20\t5\n"),
        ("semicolon", b"1;10;4\n2;20;5\n"),
        ("decimal commas", b"1;10;4,0\n2;20;5,0\n"),
        ("pipe", b"1|10|4\n2|20|5\n"),
        ("double colon", b"1::10::4\n2::20::5\n"),
        ("double colon and CRLF", b"1::10::4\r\n2::20::5\r\n"),
        ("spaces", b" 1 10  4\n2 20 5 \n"),
        ("blanks around cells", b"1, 10 ,4\n2, 20, 5\n"),
        ("blank lines", b"\n1,10,4\n\n\n2,20,5\n\n"),
        ("quotes", b"\"1\",\"10\",\"4\"\n\"2\",\"20\",\"5\"\n"),
        ("one-column header is none", b"1,10,4.0\n2,20,5.0\n"),
        ("header of MovieLens", b"userId,movieId,rating,timestamp\n1,10,4.0,964982703\n2,20,5.0,964981247\n"),
        (
            "header in another order",
            b"rating,timestamp,movieId,userId\n4.0,964982703,10,1\n5.0,964981247,20,2\n",
        ),
        ("header of RecBole", b"user_id:token\titem_id:token\trating:float\n1\t10\t4.0\n2\t20\t5.0\n"),
        ("header with odd names", b"__proto__,constructor,score\n1,10,4\n2,20,5\n"),
        ("header of a data frame", b",user,item,rating\n0,1,10,4\n1,2,20,5\n"),
    ];
    for (name, bytes) in cases {
        check(name, bytes, &BOTH);
        check(name, &gz(bytes), &BOTH);
    }
}

#[test]
fn odd_cells_and_broken_rows() {
    let cases: [(&str, &[u8], Expected); 14] = [
        (
            "embedded delimiter, quote and newline",
            b"user,item,rating\n\"a, b\",\"x \"\"y\"\"\",4\n\"c\nd\",z,5\nbad\n",
            Expected { ratings: &[("a, b", "x \"y\"", 4.0), ("c\nd", "z", 5.0)], rejects: &[(5, "1 column,")] },
        ),
        (
            "ragged rows",
            b"1,10,4\n2\n2,20,5,x,y\n3,30\n",
            Expected { ratings: &[A, B], rejects: &[(2, "the row has 1 column, but the item is expected in column 2"), (4, "the rating is expected in column 3")] },
        ),
        (
            "numbers that are none",
            b"1,10,4\n1,11,NaN\n1,12,inf\n1,13,1e400\n1,14,four\n1,15,\n2,20,5\n1,16,-Infinity\n1,17,1e20\n",
            Expected {
                ratings: &[A, B],
                rejects: &[
                    (2, "not a finite"),
                    (3, "not a finite"),
                    (4, "not a finite"),
                    (5, "\"four\" is not a number"),
                    (6, "rating is empty"),
                    (8, "not a finite"),
                    (9, "not a finite"),
                ],
            },
        ),
        (
            "empty ids",
            b"1,10,4\n,11,4\n1, ,4\n2,20,5\n",
            Expected { ratings: &[A, B], rejects: &[(2, "user id is empty"), (3, "item id is empty")] },
        ),
        (
            "an open quote at the end",
            b"1,10,4\n2,20,5\n3,\"30,5\n4,40,3\n",
            Expected { ratings: &[A, B, ("4", "40", 3.0)], rejects: &[(3, "a quote is opened")] },
        ),
        (
            "control characters are part of an id",
            b"1\x01,10\x7f,4\n1\x00,10,4\n",
            Expected { ratings: &[("1\u{1}", "10\u{7f}", 4.0), ("1\0", "10", 4.0)], rejects: &[] },
        ),
        (
            "ids are texts",
            b"007,1e3,4\n7,1000,4\n+7,1000.0,4\n",
            Expected { ratings: &[("007", "1e3", 4.0), ("7", "1000", 4.0), ("+7", "1000.0", 4.0)], rejects: &[] },
        ),
        (
            "the last rating of a pair counts",
            b"1,10,1\n2,20,5\n1,10,3\n1,10,4\n",
            Expected { ratings: &[B, A], rejects: &[] },
        ),
        (
            "the latest rating of a pair counts, in milliseconds as well",
            b"u,i,rating,timestamp\n1,10,4,1500000000000\n1,10,2,1400000000\n2,20,5,1\n1,10,1,x\n",
            Expected { ratings: &[A, B], rejects: &[] },
        ),
        (
            "dates are times",
            b"user,item,rating,date\n1,10,4,2014-07-02\n1,10,2,2014-07-01 23:59:59\n2,20,5,2001-01-01\n",
            Expected { ratings: &[A, B], rejects: &[] },
        ),
        (
            "Amazon 2014",
            b"A39HTATAQ9V7YF,0205616461,5.0,1369699200\nA3JM6GV9MNOF9X,0558925278,3.0,1355443200\n",
            Expected {
                ratings: &[("A39HTATAQ9V7YF", "0205616461", 5.0), ("A3JM6GV9MNOF9X", "0558925278", 3.0)],
                rejects: &[],
            },
        ),
        (
            "Amazon 2018 has the item first",
            b"0205616461,A39HTATAQ9V7YF,5.0,1369699200\nB000FA64PK,A3JM6GV9MNOF9X,3.0,1355443200\n",
            Expected {
                ratings: &[("A39HTATAQ9V7YF", "0205616461", 5.0), ("A3JM6GV9MNOF9X", "B000FA64PK", 3.0)],
                rejects: &[],
            },
        ),
        (
            "Amazon 2023",
            b"user_id,parent_asin,rating,timestamp\nAFKZENTNBQ7A7V7UXW5JJI6UGRYQ,B00YQ6X8EO,5.0,1588687728923\n",
            Expected { ratings: &[("AFKZENTNBQ7A7V7UXW5JJI6UGRYQ", "B00YQ6X8EO", 5.0)], rejects: &[] },
        ),
        (
            "Book-Crossing: quoted, Latin-1, 0 is no rating",
            b"\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n\"1\";\"034545104X\";\"0\"\r\n\"2\";\"\xe9t\xe9\";\"5\"\r\n\"3\";\"0\";\"0\"\r\n\"3\";\"1\";\"10\"\r\n",
            Expected {
                ratings: &[("2", "\u{e9}t\u{e9}", 5.0), ("3", "1", 10.0)],
                rejects: &[(2, "not rated"), (4, "not rated")],
            },
        ),
    ];
    for (name, bytes, expected) in cases {
        check(name, bytes, &expected);
        check(name, &gz(bytes), &expected);
    }
}

#[test]
fn a_stray_rating_is_rejected_and_the_lines_stay_right() {
    let mut text = String::from("user_id,item_id,rating\n");
    for row in 0..100 {
        text += &format!("u{row},i,{}\n", if row == 50 { 55 } else { row % 5 + 1 });
        if row == 10 {
            text += "broken\n";
        }
    }
    text += "late,i,\n";
    let report = read(text.as_bytes()).unwrap().report;
    let lines: Vec<(u64, &str)> = report.rejects.iter().map(|r| (r.line, r.text.as_str())).collect();
    assert_eq!(lines, [(13, "broken"), (53, "u50,i,55"), (103, "late,i,")]);
    assert_eq!((report.rows, report.rejected_rows, report.duplicates), (102, 3, 0));
    assert_eq!(report.preview.scale, Scale { lo: 1.0, hi: 5.0 });
}

#[test]
fn how_the_scale_is_known_is_said() {
    let read_values = |values: &[f32], scale: Option<Scale>| {
        let rows: String = values.iter().enumerate().map(|(n, value)| format!("u{n},i,{value}\n")).collect();
        let text = format!("user,item,rating\n{rows}");
        let options = ReadOptions { scale, ..Default::default() };
        let read = read_ratings("f.csv", text.as_bytes(), &options).unwrap();
        let preview = read.report.preview;
        assert_eq!((preview.scale, preview.scale_kind), (read.domain.scale, read.domain.scale_kind));
        (preview.scale, preview.scale_kind, preview.scale_note)
    };
    let one_to_five = Scale { lo: 1.0, hi: 5.0 };
    assert_eq!(read_values(&[1.0, 3.0, 5.0], None), (one_to_five, ScaleKind::Usual, None));
    assert_eq!(read_values(&[2.0, 3.0, 4.0], Some(one_to_five)), (one_to_five, ScaleKind::Declared, None));
    let (scale, kind, note) = read_values(&[2.0, 3.0, 4.0], None);
    assert_eq!((scale, kind), (one_to_five, ScaleKind::Usual));
    assert_eq!(note.unwrap(), "the ratings run from 2 to 4; taken as a scale from 1 to 5");
    let (scale, kind, note) = read_values(&[344.0, 5000.0, 99_992.0], None);
    assert_eq!((scale, kind), (Scale { lo: 344.0, hi: 99_992.0 }, ScaleKind::Observed));
    assert!(note.unwrap().starts_with("no usual scale holds ratings from 344 to 99992"));
}

#[test]
fn a_user_without_a_good_rating_gets_no_number() {
    let mut text = String::from("0,off,77\n");
    text.extend((1..50).map(|row| format!("{row},i{},{}\n", row % 7, row % 5 + 1)));
    let read = read(text.as_bytes()).unwrap();
    assert_eq!(read.report.rejected_rows, 1);
    assert_eq!((read.domain.users.id(UserId(0)), read.domain.items.id(ItemId(0))), ("1", "i1"));
    assert_eq!((read.domain.users.len(), read.domain.items.len()), (49, 7));
    assert!((0..7).all(|item| read.domain.ratings.iter().any(|rating| rating.item == ItemId(item))));
}

#[test]
fn files_that_cannot_be_used_say_why() {
    let cases: [(&[u8], &str); 11] = [
        (b"", "the file is empty"),
        (b"userId,movieId,rating\n", "no row under the header"),
        (b"userId,movieId,rating", "no row under the header"),
        (b"two columns\nof words\n", "no delimiter splits"),
        (b"word\nword\n", "no delimiter splits"),
        (b"1,2\n3,4\n", "no delimiter splits"),
        (b"a,b,c\nd,e,f\n", "no column looks like ratings"),
        (b"{\"user\":1}\n{\"user\":2}\n", "JSON"),
        (b"\x1f\x8b\x08\0\0", "broken"),
        (
            b"user,item,rating\na,b,c\nd,e,f\n",
            "line 2: no row can be used; here the rating \"c\" is not a number",
        ),
        (b"u,i,rating\n,x,5\n", "line 2: no row can be used; here the user id is empty"),
    ];
    for (bytes, reason) in cases {
        let message = read(bytes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            message.contains(reason) && message.starts_with("ratings.csv"),
            "{message:?} should say {reason:?}"
        );
    }
}

#[test]
fn one_row_is_a_file() {
    let one = read(b"u,i,5").unwrap();
    assert_eq!(rows(&one), [("u".into(), "i".into(), 5.0)]);
    assert!(!one.report.preview.header);
    assert_eq!(one.report.preview.columns, ["column 1", "column 2", "column 3"]);
}

#[test]
fn what_is_declared_is_not_recognised() {
    let roles = Roles { user: 1, item: 0, rating: 2, time: None };
    let scale = Scale { lo: 1.0, hi: 10.0 };
    let options = ReadOptions {
        delimiter: Some(Delimiter::Comma),
        header: Some(true),
        roles: Some(roles),
        scale: Some(scale),
        ..ReadOptions::default()
    };
    let read = read_ratings("dir/Books.CSV.gz", b"1,2,3\n1,2,3\n1,2,0\n1,2,11\n", &options).unwrap();
    assert_eq!(rows(&read), [("2".into(), "1".into(), 3.0)]);
    assert_eq!((read.domain.name.as_str(), read.domain.scale), ("Books", scale));
    let reasons: Vec<&str> = read.report.rejects.iter().map(|reject| reject.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "the rating 0 stands for \"not rated\" on a scale from 1 to 10",
            "the rating 11 is off the scale from 1 to 10"
        ]
    );
    let refuse = |options| read_ratings("f", b"1,2,3\n", &options).unwrap_err().to_string();
    let twice = Roles { user: 0, item: 0, rating: 2, time: None };
    assert!(refuse(ReadOptions { roles: Some(twice), ..Default::default() }).contains("setting roles"));
    let upside_down = Scale { lo: 5.0, hi: 1.0 };
    assert!(refuse(ReadOptions { scale: Some(upside_down), ..Default::default() }).contains("setting scale"));
    let outside = Roles { user: 0, item: 1, rating: 9, time: Some(12) };
    assert!(
        refuse(ReadOptions { roles: Some(outside), ..Default::default() }).contains("expected in column 10")
    );
}

#[test]
fn options_and_reports_cross_the_border_by_the_names_of_the_protocol() {
    let options: ReadOptions = serde_json::from_str(
        r#"{"delimiter":"double-colon","roles":{"user":0,"item":1,"rating":2,"time":null},"header":null}"#,
    )
    .unwrap();
    assert_eq!(options.delimiter, Some(Delimiter::DoubleColon));
    assert_eq!(serde_json::from_str::<ReadOptions>("{}").unwrap(), ReadOptions::default());
    let report = read_ratings("f.dat", b"1::2::3\n1::x::y\n", &options).unwrap().report;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["preview"]["delimiter"], "double-colon");
    assert_eq!(
        json["preview"]["roles"],
        serde_json::json!({"user": 0, "item": 1, "rating": 2, "time": null})
    );
    assert_eq!(json["preview"]["scale"], serde_json::json!({"lo": 1.0, "hi": 5.0}));
    assert_eq!(json["preview"]["scale_kind"], "usual");
    assert_eq!(json["preview"]["scale_note"], "the ratings run from 3 to 3; taken as a scale from 1 to 5");
    let upside_down = serde_json::from_str::<ReadOptions>(r#"{"scale":{"lo":5,"hi":1}}"#);
    assert!(upside_down.unwrap_err().to_string().contains("5.0 to 1.0 is no rating scale"));
    assert_eq!(json["preview"]["rows"], serde_json::json!([["1", "2", "3"], ["1", "x", "y"]]));
    assert_eq!(json["rejects"][0]["line"], 2);
    let ids: Vocabulary<ItemId> = ["1"].into_iter().collect();
    let json =
        serde_json::to_value(read_features("f.csv", b"id,a|b\n1,x|y\n", &ids).unwrap().report).unwrap();
    assert_eq!(json["fields"], serde_json::json!([]), "one row is constant in every column");
    assert_eq!(
        (&json["rows"], &json["matched"], &json["titles"]),
        (&1.into(), &1.into(), &serde_json::Value::Null)
    );
}

#[test]
fn long_lines_and_open_quotes_are_rejected_one_by_one() {
    let long = "x".repeat(1 << 20);
    for delimiter in [",", "::"] {
        let text = ["1", "10", "4\n1", &long, "3\n2", "20", "5\n"].join(delimiter);
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read.domain.ratings.len(), 2, "{delimiter}");
        let reject = &read.report.rejects[0];
        assert_eq!((reject.line, reject.reason.as_str()), (2, "the row is longer than 1 MiB"));
        assert_eq!(reject.text.chars().count(), 120);
    }
    // The quote of row 100 would swallow a mebibyte and more, which must not be lost with it.
    let mut text: String = (0..100).map(|row| format!("{row},i,{}\n", row % 5 + 1)).collect();
    text += "open,\"i,3\n";
    text.extend((0..100_000).map(|row| format!("later{row},i,{}\n", row % 5 + 1)));
    let read = read(text.as_bytes()).unwrap();
    assert_eq!(read.domain.ratings.len(), 100_100);
    assert_eq!(read.report.rejects[0].reason, "a quote is opened here and not closed");
    assert_eq!((read.report.rejects[0].line, read.report.rejected_rows), (101, 1));
}

#[test]
fn the_first_thousand_rejects_are_kept_and_all_are_counted() {
    let text: String = (0..1500).map(|row| format!("u{row},10,{}\nu{row},11,x\n", row % 5 + 1)).collect();
    let report = read(text.as_bytes()).unwrap().report;
    assert_eq!((report.rows, report.rejected_rows, report.rejects.len()), (3000, 1500, 1000));
    assert_eq!(report.rejects[999].line, 2000);
}

#[test]
fn feature_tables_of_the_usual_sources() {
    let ids: Vocabulary<ItemId> = ["1", "2", "3"].into_iter().collect();
    let cases: [(&str, &[u8], Option<&str>); 6] = [
        ("movies.csv", b"movieId,title,genres\n1,\"Heat, The (1995)\",Crime|Drama\n2,Up (2009),Comedy\n9,No (1),x\n", Some("title")),
        ("movies.dat", b"1::Heat, The (1995)::Crime|Drama\n2::Up (2009)::Comedy\n9::No (1)::x\n", Some("column 2")),
        ("u.item", b"1|Heat, The (1995)|01-Jan-1995||0|1\n2|Up (2009)|02-Feb-2009||1|0\n9|No (1)|||0|1\n", Some("column 2")),
        ("x.item", b"item_id:token\tmovie_title:token_seq\tclass:token_seq\n1\tHeat, The (1995)\ta b\n2\tUp (2009)\tb\n9\tz\tz\n", Some("movie_title")),
        ("frame.csv", b",item_id,name,year\n1,2,Up (2009),2009\n2,1,\"Heat, The (1995)\",1995\n3,9,No,1\n", Some("name")),
        ("latin.csv", b"id;name;kind\r\n2;Up (2009);\xe9\r\n1;\"Heat, The (1995)\";f\r\n9;x;g\r\n", Some("name")),
    ];
    for (name, bytes, titles) in cases {
        let read = read_features(name, bytes, &ids).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (features, report) = (read.features, read.report);
        assert_eq!(
            (report.rows, report.matched, report.titles.as_deref()),
            (3, 2, titles),
            "{name}: {report:?}"
        );
        assert_eq!(
            (features.title(0), features.title(1), features.title(2)),
            (Some("Heat, The (1995)"), Some("Up (2009)"), None),
            "{name}"
        );
        assert_eq!(features.rows(), 3, "{name}");
        assert!(features.row(2).0.is_empty(), "{name}: an unknown id has an empty row");
        let decade = report.fields.last().unwrap();
        assert_eq!(
            (decade.name.as_str(), decade.kind, decade.width),
            ("decade", FieldKind::OneHot, 2),
            "{name}"
        );
        assert_eq!(report.fields.iter().map(|f| f.width).sum::<usize>(), features.width(), "{name}");
    }
}

#[test]
fn feature_tables_say_what_is_wrong() {
    let ids: Vocabulary<ItemId> = ["1", "2"].into_iter().collect();
    let read = |bytes: &[u8]| read_features("t.csv", bytes, &ids);
    let message = |bytes: &[u8]| read(bytes).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(
        message(b"id,name\n7,x\n8,y\n")
            .contains("none of its ids is in the ratings (it starts with \"7\", the ratings with \"1\")")
    );
    assert!(message(b"").contains("empty"));
    assert!(message(b"word\n").contains("no delimiter"));
    assert!(message(b"id,name\n").contains("none of its ids"));
    let report = read(b"id,a,b\n1,x,1\n2,Hill, Jack,2\n,x,3\n2\n").unwrap().report;
    let rejects: Vec<_> = report.rejects.iter().map(|r| (r.line, r.reason.as_str())).collect();
    assert_eq!(report.rows, 4);
    assert_eq!(
        rejects,
        [
            (3, "the row has 4 columns instead of 3; text that holds the delimiter needs quotes"),
            (4, "the row's id is empty")
        ]
    );
}

#[test]
fn a_file_that_cannot_be_read_yet_has_a_preview_to_declare_its_columns_by() {
    let options = ReadOptions::default();
    for (bytes, header) in [
        (&b"a,b,c,d\ne,f,g,h\n"[..], false),
        (b"user,item,rating,x\n", true),
        (b"user,item,rating,x\na,b,c,d\n", true),
    ] {
        assert!(read_ratings("f", bytes, &options).is_err());
        let preview = preview("f", bytes, &options).unwrap();
        assert_eq!((preview.header, preview.columns.len()), (header, 4));
        assert_eq!(preview.roles, Roles { user: 0, item: 1, rating: 2, time: None });
    }
}

/// No input may panic, and whatever is read must add up.
fn must_not_panic(bytes: &[u8], options: &ReadOptions, ids: &Vocabulary<ItemId>) {
    let shown = preview("f", bytes, options);
    if let Ok(read) = read_ratings("f", bytes, options) {
        assert_eq!(shown.ok(), Some(read.report.preview.clone()));
        let (domain, report) = (&read.domain, &read.report);
        assert_eq!(domain.ratings.len() + report.duplicates + report.rejected_rows, report.rows);
        assert!(domain.scale.lo < domain.scale.hi);
        assert!(domain.ratings.iter().all(|r| domain.scale.contains(r.value)));
        assert!(domain.users.ids().chain(domain.items.ids()).all(|id| !id.is_empty()));
        assert!(report.rejects.windows(2).all(|pair| pair[0].line <= pair[1].line));
        overlap_report(domain, domain);
    }
    if let Ok(read) = read_features("f", bytes, ids) {
        let (features, width) = (&read.features, read.features.width() as u32);
        assert_eq!(features.rows(), ids.len());
        for row in 0..features.rows() as u32 {
            let (columns, values) = features.row(row);
            assert!(columns.windows(2).all(|pair| pair[0] < pair[1]) && columns.iter().all(|&c| c < width));
            assert!(values.iter().all(|value| value.is_finite() && *value != 0.0));
        }
    }
}

#[test]
fn random_and_mutated_files_never_panic() {
    let seeds: [&[u8]; 8] = [
        b"userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,3.0,1260759179\n2,31,4.0,1260759182\n",
        b"\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n\"276725\";\"034545104X\";\"0\"\r\n\"1\";\"a\"\"b\";\"7\"\r\n",
        b"1::10::4::978300760\n1::20::3::978302109\n2::10::5::978301968\n",
        b"1 10 4\n2 20 5\n 3  30 1\n",
        b"movieId,title,genres\n1,\"Heat, The (1995)\",Crime|Drama\n2,Up (2009),Comedy\n3,Ran,War|Drama\n",
        b"1|Heat (1995)|01-Jan-1995||http://x|0|1\n2|Up (2009)|02-Feb-2009|||1|0\n",
        b"item_id:token\tclass:token_seq\tprice:float\n1\ta b\t$1,234.5\n2\tb\t-3e4\n",
        b"A39HTATAQ9V7YF,0205616461,5.0,1369699200\nA3JM6GV9MNOF9X,0558925278,3.0,1355443200\n",
    ];
    let ids: Vocabulary<ItemId> = ["1", "2", "3", "a", ""].into_iter().collect();
    let parts: [&[u8]; 24] = [
        b"\"",
        b"\n",
        b"\r",
        b"\r\n",
        b",",
        b"::",
        b";",
        b"\t",
        b"|",
        b" ",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"NaN",
        b"-1e39",
        b"1e308",
        b"(1995)",
        b"\x1f\x8b",
        b"{\"",
        b"\xc3",
        b"0",
        b"99999999999999999999",
        b"-",
        b"e",
    ];
    let mut chance = Generator::new(11, "fuzz");
    for round in 0..20_000 {
        let mut bytes = if round % 4 == 0 {
            (0..chance.below(200)).map(|_| chance.below(256) as u8).collect()
        } else {
            seeds[chance.below(seeds.len())].to_vec()
        };
        for _ in 0..chance.below(6) {
            let at = chance.below(bytes.len() + 1);
            match chance.below(4) {
                0 => bytes.truncate(at),
                1 if at < bytes.len() => bytes[at] = chance.below(256) as u8,
                2 => {
                    let from = chance.below(bytes.len() + 1);
                    let copy = bytes[from.min(at)..from.max(at)].to_vec();
                    bytes.splice(at..at, copy);
                }
                _ => {
                    bytes.splice(at..at, parts[chance.below(parts.len())].iter().copied());
                }
            }
        }
        let some = |chance: &mut Generator| chance.below(4) == 0;
        let options = ReadOptions {
            delimiter: some(&mut chance).then(|| Delimiter::ALL[chance.below(6)]),
            header: some(&mut chance).then(|| chance.below(2) == 0),
            roles: some(&mut chance).then(|| Roles {
                user: chance.below(5),
                item: chance.below(5),
                rating: [2, chance.below(5), usize::MAX][chance.below(3)],
                time: [None, Some(3), Some(usize::MAX)][chance.below(3)],
            }),
            scale: some(&mut chance)
                .then(|| Scale { lo: chance.below(3) as f32, hi: [1.0, 5.0, f32::NAN][chance.below(3)] }),
            missing: some(&mut chance).then(|| vec![[0.0, 5.0, f32::NAN][chance.below(3)]]),
            ids: some(&mut chance).then(|| vec![IdForm::ALL[chance.below(7)], IdForm::Lower]),
            counts: some(&mut chance).then(|| Counts::ALL[chance.below(2)]),
            member: (chance.below(16) == 0).then(|| "ratings.csv".into()),
            encoding: some(&mut chance).then(|| ENCODINGS[chance.below(ENCODINGS.len())].parse().unwrap()),
            matrix: some(&mut chance).then(|| chance.below(2) == 0),
            part: some(&mut chance).then(|| Part {
                column: chance.below(5),
                values: vec![["1", "", "a"][chance.below(3)].into()],
            }),
            name: None,
        };
        must_not_panic(&bytes, &options, &ids);
        if round % 8 == 0 {
            for mut packed in [gz(&bytes), zst(&bytes)] {
                must_not_panic(&packed, &options, &ids);
                let at = chance.below(packed.len());
                packed[at] ^= 1 << chance.below(8);
                must_not_panic(&packed, &options, &ids);
                packed.truncate(at);
                must_not_panic(&packed, &options, &ids);
            }
        }
    }
}

#[test]
#[ignore = "needs the real data"]
fn one_file_of_both_of_douban_is_split_into_what_the_two_files_are() {
    let both = [("Book", "douban/book.tsv"), ("Music", "douban/music.tsv")]
        .map(|(name, path)| (name, real::file(path)));
    // Row by row in turn, as a log of two shops is; a few rows of a third that is left out.
    let lines =
        both.each_ref().map(|(_, bytes)| std::str::from_utf8(bytes).unwrap().lines().collect::<Vec<_>>());
    let mut joined = String::from("user\tshop\titem\trating\n");
    for n in 0..lines[0].len().max(lines[1].len()) {
        for ((shop, _), lines) in both.iter().zip(&lines) {
            let Some((user, rest)) = lines.get(n).and_then(|line| line.split_once('\t')) else { continue };
            joined.push_str(&format!("{user}\t{shop}\t{rest}\n"));
        }
        if n % 1000 == 0 {
            joined.push_str(&format!("{n}\tFilm\t{n}\t3\n"));
        }
    }
    let films = joined.matches("\tFilm\t").count();
    for (side, (shop, bytes)) in both.iter().enumerate() {
        let part = Part { column: 1, values: vec![(*shop).into()] };
        let split = read_ratings(
            "shops.tsv",
            joined.as_bytes(),
            &ReadOptions { part: Some(part), ..ReadOptions::default() },
        );
        let (split, alone) =
            (split.unwrap(), read_ratings("alone.tsv", bytes, &ReadOptions::default()).unwrap());
        let ids = |read: &RatingsFile| -> (Vec<String>, Vec<String>) {
            (
                read.domain.users.ids().map(String::from).collect(),
                read.domain.items.ids().map(String::from).collect(),
            )
        };
        assert_eq!(rows(&split), rows(&alone));
        assert_eq!((ids(&split), split.domain.scale), (ids(&alone), alone.domain.scale));
        assert_eq!(split.domain.name, *shop);
        let told = format!(
            "; of `shop` {shop}, {} rows with others are left out",
            grouped(lines[1 - side].len() + films)
        );
        assert!(split.report.understood.ends_with(&told), "{}", split.report.understood);
    }
}

#[test]
#[ignore = "needs the Douban files; set DUAL_METRIC_DATA"]
fn douban_has_the_published_counts() {
    let (book, music_bytes) = (real::file("douban/book.tsv"), real::file("douban/music.tsv"));
    let read = |bytes: &[u8], name| read_ratings(name, bytes, &ReadOptions::default()).unwrap();
    let (book, music) = (read(&book, "book.tsv"), read(&music_bytes, "music.tsv"));
    for (file, users, items, ratings) in [(&book, 2110, 6777, 96_041), (&music, 1672, 5567, 69_709)] {
        let domain = &file.domain;
        assert_eq!((domain.users.len(), domain.items.len(), domain.ratings.len()), (users, items, ratings));
        assert_eq!((domain.scale, domain.scale_kind), (Scale { lo: 1.0, hi: 5.0 }, ScaleKind::Usual));
        assert_eq!(file.report.preview.scale_note, None);
        assert_eq!((file.report.rejected_rows, file.report.duplicates), (0, 0));
        assert_eq!(file.report.preview.delimiter, Delimiter::Tab);
    }
    // Item ids count from 1 in both files, so that 329 ratings of one person and id are equal by chance.
    let report = overlap_report(&book.domain, &music.domain);
    assert_eq!((report.overlap_users, report.same_rows, report.warning), (1566, 0, None));
    let r = report.mean_correlation.unwrap();
    assert!((r - 0.41).abs() < 0.005, "{r}");
    // The same file with its columns swapped: nobody is shared and the cause is named.
    let swapped =
        ReadOptions { roles: Some(Roles { user: 1, item: 0, rating: 2, time: None }), ..Default::default() };
    let read = read_ratings("music.tsv", &music_bytes, &swapped).unwrap();
    let warning = overlap_report(&book.domain, &read.domain).warning.unwrap_or_default();
    assert!(warning.contains("columns of music seem to be swapped: the other way it is 0.41"), "{warning}");
    // With items of a kind of their own nobody is shared.
    let text: String = music.domain.ratings.iter().fold(String::new(), |text, r| {
        text + &format!(
            "{}\tm{}\t{}\n",
            music.domain.users.id(r.user),
            music.domain.items.id(r.item),
            r.value
        )
    });
    let music = read_ratings("music.tsv", text.as_bytes(), &swapped).unwrap();
    let warning = overlap_report(&book.domain, &music.domain).warning.unwrap_or_default();
    assert!(warning.contains("columns of music seem to be swapped"), "{warning}");
}

#[test]
#[ignore = "needs the MovieLens files; set DUAL_METRIC_DATA"]
fn movielens_is_read_with_titles_genres_and_decades() {
    let (ratings, movies) =
        (real::file("ml-latest-small/ratings.csv"), real::file("ml-latest-small/movies.csv"));
    let mut read = read_ratings("ratings.csv", &ratings, &ReadOptions::default()).unwrap();
    let domain = &mut read.domain;
    let lines = ratings.iter().filter(|&&byte| byte == b'\n').count();
    assert_eq!((domain.ratings.len(), read.report.rejected_rows, read.report.duplicates), (lines - 1, 0, 0));
    assert_eq!((domain.scale, domain.scale_kind), (Scale { lo: 0.5, hi: 5.0 }, ScaleKind::Usual));
    assert_eq!(read.report.preview.scale_note, None);
    assert_eq!(read.report.preview.roles, Roles { user: 0, item: 1, rating: 2, time: Some(3) });
    let items = read_features("movies.csv", &movies, &domain.items).unwrap();
    assert_eq!((items.report.matched, items.report.rejected_rows), (domain.items.len(), 0));
    assert_eq!(items.report.titles.as_deref(), Some("title"));
    let fields: Vec<_> = items.report.fields.iter().map(|f| (f.name.as_str(), f.kind, f.width)).collect();
    assert_eq!(fields[0], ("genres", FieldKind::MultiHot, 19));
    assert_eq!((fields[1].0, fields[1].1), ("decade", FieldKind::OneHot));
    domain.item_features = Some(items.features.into());
    let toy_story = domain.items.get("1").unwrap();
    assert_eq!(domain.item_title(toy_story), "Toy Story (1995)");
}

/// A clean table of 40 people and 12 items with ratings from 1 to 5; `row` writes the line of number, person, item and
/// rating.
fn table(header: &str, row: impl Fn(usize, usize, usize, usize) -> String) -> String {
    let mut text = header.to_owned();
    let mut chance = Generator::new(5, "reader table");
    let mut number = 0;
    for user in 0..40 {
        for item in 0..12 {
            if chance.below(3) > 0 {
                number += 1;
                text += &(row(number, user, item, 1 + (user + item * 5 + chance.below(2)) % 5) + "\n");
            }
        }
    }
    text
}

/// Users, items, scale and the codes of the warnings.
fn understood(file: &str, text: &[u8]) -> (usize, usize, (f32, f32), Vec<String>) {
    let read = read_ratings(file, text, &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let code = |code| serde_json::to_value(code).unwrap().as_str().unwrap().to_owned();
    let codes = read.report.warnings.iter().map(|warning| code(warning.code)).collect();
    let domain = &read.domain;
    let first = (domain.users.id(UserId(0)), domain.items.id(ItemId(0)));
    assert!(
        first.0.starts_with('9') && first.1.starts_with('7'),
        "{first:?}: {:?}",
        read.report.preview.roles
    );
    (domain.users.len(), domain.items.len(), (domain.scale.lo, domain.scale.hi), codes)
}

#[test]
fn the_right_columns_are_found_whatever_stands_beside_them() {
    type Row = fn(usize, usize, usize, usize) -> String;
    let cases: [(&str, Row, &[&str]); 11] = [
        ("user,item,rating\n", |_, u, i, r| format!("9{u},7{i},{r}"), &[]),
        ("", |n, u, i, r| format!("{n},9{u},7{i},{r}"), &["row-numbers"]),
        ("user,item,rating\n", |n, u, i, r| format!("{n},9{u},7{i},{r}"), &["row-numbers"]),
        ("id,user_id,offering_id,overall\n", |n, u, i, r| format!("{n},9{u},7{i},{r}"), &["row-numbers"]),
        ("Buch;Nutzer;Bewertung\n", |_, u, i, r| format!("7{i};9{u};{r}"), &[]),
        ("película,usuario,puntuación\n", |_, u, i, r| format!("7{i},9{u},{r}"), &[]),
        ("电影,用户,评分\n", |_, u, i, r| format!("7{i},9{u},{r}"), &[]),
        ("user_id,user_name,course_id,stars\n", |_, u, i, r| format!("9{u},p{u},7{i},{r}"), &[]),
        (
            "brewery_id,review_overall,review_aroma,review_profilename,beer_name,beer_beerid\n",
            |_, u, i, r| format!("{},{r},3.5,9{u},beer {i},7{i}", i / 4),
            &[],
        ),
        ("author,year,profile,score,product\n", |_, u, i, r| format!("x{i},{},9{u},{r},7{i}", 1990 + i), &[]),
        ("country,userId,score,movieId\n", |_, u, i, r| format!("de,9{u},{r},7{i}"), &[]),
    ];
    for (header, row, codes) in cases {
        // `author` beside `profile` and `product`: who wrote the product, which says nothing of who rated it.
        let found = understood("f.csv", table(header, row).as_bytes());
        let expected = (40, 12, (1.0, 5.0), codes.iter().map(ToString::to_string).collect());
        assert_eq!(found, expected, "{header}");
    }
}

#[test]
fn columns_that_could_both_be_it_are_named_in_a_refusal() {
    let text = table("user,item,aroma,taste\n", |_, u, i, r| format!("9{u},7{i},{r},{}", 6 - r));
    let message = read(text.as_bytes()).map(drop).unwrap_err().to_string();
    assert!(message.contains("`aroma`") && message.contains("`taste`"), "{message}");
    let list: String = (0..30).map(|n| format!("Film {n},{},{}\n", 1990 + n % 20, n % 5 + 1)).collect();
    let message = read(format!("Title,Year,Rating\n{list}").as_bytes()).map(drop).unwrap_err().to_string();
    assert!(message.contains("the list of one person"), "{message}");
}

#[test]
fn no_row_is_misread_and_what_is_left_out_is_said() {
    let plain = |_: usize, u: usize, i: usize, r: usize| format!("9{u},7{i},{r}");
    let of = |text: String| understood("f.csv", text.as_bytes());
    let clean = (40, 12, (1.0, 5.0), Vec::<String>::new());
    let with = |code: &str| (40, 12, (1.0, 5.0), vec![code.to_string()]);
    assert_eq!(of(table("sep=;\nuser;item;rating\n", |_, u, i, r| format!("9{u};7{i};{r}"))), clean);
    assert_eq!(of(table("Ratings\n2024-05-01\n\nuser,item,rating\n", plain)), with("preamble"));
    assert_eq!(of(table("", |_, u, i, r| format!("9{u}\u{a0}7{i}\u{a0}{r}"))), clean);
    assert_eq!(of(table("user,item,rating\n", |_, u, i, r| format!("\u{200b}9{u},7{i}\u{a0},{r}"))), clean);
    // A title with a delimiter and no quotes shifts its row: every sixth here.
    let shifted = table("user,item,title,rating\n", |n, u, i, r| {
        format!("9{u},7{i},The {}of {i},{r}", if n % 6 == 0 { "best, 2 " } else { "" })
    });
    assert_eq!(of(shifted), with("rows-left-out"));
    let dates = table("user,item,rating\n", |n, u, i, r| {
        if n % 4 == 0 { format!("9{u},7{i},0{r}.Mai") } else { plain(n, u, i, r) }
    });
    let said = read(dates.as_bytes()).unwrap().report.warnings;
    assert!(
        said[0].text.contains("rows left out") && said[0].text.contains("a date that a spreadsheet made")
    );
    let mut bytes = table("user,item,rating,name\n", |_, u, i, r| format!("9{u},7{i},{r},Zoë")).into_bytes();
    bytes.extend(b"91,70,3,caf\xe9\n");
    assert!(understood("f.csv", &bytes).3.contains(&"encoding".to_string()));
}

#[test]
fn the_newest_of_repeated_ratings_counts_and_repeats_are_told() {
    for dates in [["03.06.2021", "03.06.2019"], ["2021-06-03", "2019-06-03"], ["6/13/2021", "6/13/2019"]] {
        let text =
            format!("user,item,rating,date\n1,10,5,{}\n1,10,1,{}\n2,10,3,{}\n", dates[0], dates[1], dates[0]);
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(rows(&read)[0].2, 5.0, "{dates:?}");
        let said = &read.report.warnings[0].text;
        assert!(
            said.starts_with("1 of 3 rows repeat") && said.ends_with("the newest of each counts"),
            "{said}"
        );
    }
}

#[test]
fn values_that_are_no_ratings_are_left_out_or_told() {
    let of = |value: &dyn Fn(usize, usize) -> String| {
        understood(
            "f.csv",
            table("user,item,rating\n", |n, u, i, r| format!("9{u},7{i},{}", value(n, r))).as_bytes(),
        )
    };
    let is = |scale: (f32, f32), code: &str| (40, 12, scale, vec![code.to_string()]);
    let with = |mark: &'static str| {
        move |n: usize, r: usize| if n.is_multiple_of(3) { mark.into() } else { r.to_string() }
    };
    assert_eq!(of(&with("-1")), is((1.0, 5.0), "value-left-out"));
    assert_eq!(of(&with("99")), is((1.0, 5.0), "value-left-out"));
    assert_eq!(of(&|_, _| "5".into()), is((1.0, 5.0), "one-value"));
    assert_eq!(of(&|n, r| (r * 4 - n % 5).to_string()), is((0.0, 20.0), "scale"));
    assert_eq!(of(&|n, r| (1 + (r + n) % 3).to_string()), is((1.0, 3.0), "scale"));
    let counts =
        of(&|n, r| if n % 9 == 0 { format!("{}", 300 + r) } else { format!("\"{},{:03}\"", n % 9, r * 7) });
    assert_eq!(counts.3, ["counts"]);
    // Ratings from 0 to 100 without a header are whole numbers of many kinds.
    let text = table("", |n, u, i, _| format!("9{u},7{i},{}", n * 37 % 101));
    assert_eq!(understood("f.csv", text.as_bytes()), (40, 12, (0.0, 100.0), vec![]));
    // What is declared wins.
    let text = table("user,item,rating\n", |n, u, i, r| format!("9{u},7{i},{}", with("-1")(n, r)));
    let declared = |options: &ReadOptions| read_ratings("f", text.as_bytes(), options).unwrap();
    let scale = Scale { lo: -1.0, hi: 5.0 };
    let all = declared(&ReadOptions { scale: Some(scale), ..Default::default() });
    assert_eq!((all.report.rejected_rows, all.domain.scale), (0, scale));
    let fewer = declared(&ReadOptions { missing: Some(vec![-1.0, 3.0]), ..Default::default() });
    assert!(fewer.domain.ratings.iter().all(|r| r.value != 3.0 && r.value > 0.0));
}

#[test]
fn the_cure_of_a_warning_does_what_it_says() {
    let head = "user,item,rating\n";
    let cured = |text: &str, label: &str| {
        let read = read(text.as_bytes()).unwrap();
        let cures: Vec<_> = read.report.warnings.iter().flat_map(|warning| &warning.cures).collect();
        let cure =
            cures.iter().find(|cure| cure.label == label).unwrap_or_else(|| panic!("{label}: {cures:?}"));
        let options = ReadOptions::default().with(&cure.options);
        read_ratings("f.csv", text.as_bytes(), &options).unwrap()
    };
    let zeros = table(head, |n, u, i, r| format!("u{u},i{i},{}", if n % 2 == 0 { 0 } else { r }));
    assert_eq!(read(zeros.as_bytes()).unwrap().domain.scale, Scale { lo: 1.0, hi: 5.0 });
    let kept = cured(&zeros, "Keep them as ratings");
    assert_eq!((kept.report.rejected_rows, kept.domain.scale), (0, Scale { lo: 0.0, hi: 5.0 }));
    assert_eq!(kept.report.warnings, []);
    let plays =
        table(head, |n, u, i, r| format!("u{u},i{i},{}", if n % 9 == 0 { 3000 + r } else { n % 9 + r }));
    let ranks = cured(&plays, "Take each person's ranks");
    assert_eq!(ranks.domain.scale, Scale { lo: 0.0, hi: 1.0 });
    assert!(ranks.domain.ratings.iter().all(|rating| rating.value > 0.0 && rating.value < 1.0));
    let logs = cured(&plays, "Take logarithms");
    assert_eq!(logs.domain.scale.hi, 3005_f32.ln_1p());
    assert!(ranks.report.warnings.is_empty() && logs.report.warnings.is_empty());
    let narrow = table(head, |_, u, i, r| format!("u{u},i{i},{}", 60 + r));
    let cured = cured(&narrow, "Use the scale 61 to 65");
    assert_eq!((cured.domain.scale, cured.report.warnings), (Scale { lo: 61.0, hi: 65.0 }, vec![]));
}

#[test]
fn two_columns_that_could_be_one_role_are_a_choice() {
    let mut chance = Generator::new(3, "two columns");
    let text: String = (0..300)
        .map(|_| {
            let [u, i, j, r] = [30, 12, 12, 5].map(|n| chance.below(n));
            format!("u{u},i{i},j{j},{}\n", r + 1)
        })
        .collect();
    let error = read(text.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("column 2 and column 3 could both be the items"), "{error}");
    let shown = preview("f.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
    let labels: Vec<_> = shown.choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels, ["Take column 2 for the items", "Take column 3 for the items"]);
    assert_eq!(Some(shown.roles), shown.choices[0].options.roles);
    for (choice, item) in shown.choices.iter().zip(["i", "j"]) {
        let options = ReadOptions::default().with(&choice.options);
        let read = read_ratings("f.csv", text.as_bytes(), &options).unwrap();
        assert!(read.domain.items.ids().all(|id| id.starts_with(item)));
    }
}

#[test]
fn tables_of_other_shapes_are_read_or_named() {
    let blocks: String = (0..12)
        .map(|i| {
            let rows = (0..40).filter(|u| (u + i) % 3 > 0);
            let rows = rows.map(|u| format!("9{u},{},2005-0{}-20\n", (u + 3 * i) % 5 + 1, i % 9 + 1));
            format!("7{i}:\n{}", rows.collect::<String>())
        })
        .collect();
    assert_eq!(understood("f.txt", blocks.as_bytes()), (40, 12, (1.0, 5.0), vec!["shape".into()]));
    let refused = |text: &str| read(text.as_bytes()).map(drop).unwrap_err().to_string();
    let cells = |u: usize| {
        (0..14).map(
            move |i| if (u + i).is_multiple_of(3) { format!(",{}", (u + i) % 5 + 1) } else { ",".into() },
        )
    };
    let matrix: String = (0..30).map(|u| format!("{u}{}\n", cells(u).collect::<String>())).collect();
    assert!(refused(&matrix).contains("a matrix of people and items"));
    let lists: String = (0..30)
        .map(|u| (0..8 + u % 9).map(|k| format!("{} ", u + k * 7)).collect::<String>() + "\n")
        .collect();
    assert!(refused(&lists).contains("all their items"));
    let times: String =
        (0..40).map(|n| format!("{}\t{}\t{}\n", 900 + n % 7, 300 + n % 11, 880_000_000 + n)).collect();
    assert!(refused(&times).contains("ratings"));
}

/// What the reader says of a table of 40 people and 12 items, or why it refuses it.
fn said(header: &str, row: impl Fn(usize, usize, usize, usize) -> String) -> Result<Vec<String>, String> {
    let text = table(header, row);
    read(text.as_bytes())
        .map(|read| read.report.warnings.into_iter().map(|warning| warning.text).collect())
        .map_err(|error| error.to_string())
}

#[test]
fn lists_of_one_person_and_tables_of_things_are_refused_by_what_they_are() {
    let refused =
        |header: &str, row: fn(usize, usize, usize, usize) -> String| said(header, row).unwrap_err();
    let list = refused("Date,Name,Year,Letterboxd URI,Rating\n", |n, _, i, r| {
        format!("2020-01-{:02},Film {n},{},https://x.org/{n},{r}", i + 1, 1950 + n % 60)
    });
    assert!(list.contains("the list of one person") && list.contains("Put a column"), "{list}");
    let own = refused("Title,Author,My Rating,Average Rating,Number of Pages\n", |n, u, _, r| {
        format!("Book {n},Ann {u},{r},{}.5,{}", r % 3 + 1, 200 + n % 90)
    });
    assert!(own.contains("no column says who rated"), "{own}");
    let genome =
        refused("movieId,tagId,relevance\n", |_, u, i, r| format!("{i},{u},0.{r}{}", (u * 7 + i) % 10));
    assert!(genome.contains("`tagId` names no people"), "{genome}");
    let prices = refused("user,item,price\n", |_, u, i, r| format!("9{u},7{i},{}.99", i + r));
    assert!(prices.contains("no column looks like ratings") && prices.contains("\"90\""), "{prices}");
    let sparse = refused("", |_, u, i, r| format!("{r} {u}:1 {}:1", 40 + i));
    assert!(sparse.contains("index and a value"), "{sparse}");
    let cut = refused("user,item,rating\n", |n, u, i, r| format!("9{u},7{i},{r},{}", n % 2 * 5));
    assert!(cut.contains("decimal comma"), "{cut}");
    let words = refused("user,item,rating\n", |_, u, i, r| format!("9{u},7{i},{}", ["bad", "good"][r % 2]));
    assert!(words.contains("Write the ratings as numbers") && !words.contains("delimiter"), "{words}");
}

#[test]
fn ids_that_stand_for_nobody_or_for_many_are_no_person() {
    for nobody in ["NaN", "NULL", "None", "\\N", "<NA>", "(null)"] {
        let text = table("user,item,rating\n", |n, u, i, r| {
            let user = if n % 5 == 0 { nobody.into() } else { format!("9{u}") };
            format!("{user},7{i},{r}")
        });
        let read = read(text.as_bytes()).unwrap();
        assert_eq!((read.domain.users.len(), read.domain.items.len()), (40, 12), "{nobody}");
        let fifth = read.report.rows / 5;
        assert_eq!((read.report.rejected_rows, read.report.duplicates), (fifth, 0), "{nobody}");
        let reason = format!("the user id is \"{nobody}\", which stands for none");
        assert_eq!(read.report.rejects[0].reason, reason);
    }
    let many = said("user,item,rating\n", |_, u, i, r| {
        format!("{},7{i},{r}", if u == 3 { "Anonymous".into() } else { format!("9{u}") })
    });
    assert!(many.unwrap()[0].starts_with("\"Anonymous\" has"));
    let twice = |n: usize, u: usize| format!("{}{}", 900 + u, if n.is_multiple_of(3) { ".0" } else { "" });
    let text = table("user,item,rating\n", |n, u, i, r| format!("{},7{i},{r}", twice(n, u)));
    let as_it_is = read(text.as_bytes()).unwrap();
    let warning = &as_it_is.report.warnings[0];
    assert!(warning.text.contains("the same people seem to stand there twice"), "{}", warning.text);
    let cured = read_ratings("f", text.as_bytes(), &warning.cures[0].options).unwrap();
    assert_eq!((cured.domain.users.len(), cured.report.warnings.len()), (40, 0));
}

#[test]
fn values_that_may_be_no_ratings_are_told_and_can_be_left_out() {
    // Ones are rare, as in most files, and zeros are not.
    let zeros = |n: usize, r: usize| match (n % 4, r) {
        (0, _) => 0,
        (2, 1) => 5,
        _ => r,
    };
    let text = table("user,item,rating\n", |n, u, i, r| format!("9{u},7{i},{}", zeros(n, r)));
    let kept = read(text.as_bytes()).unwrap();
    assert_eq!((kept.domain.scale.lo, kept.report.rejected_rows), (0.0, 0));
    let warning = &kept.report.warnings[0];
    assert!(warning.text.contains("ratings are 0, while the others are from 1 to 5"), "{}", warning.text);
    let cured = read_ratings("f", text.as_bytes(), &warning.cures[0].options).unwrap();
    assert_eq!(cured.domain.scale, Scale { lo: 1.0, hi: 5.0 });
    assert_eq!(cured.report.rejected_rows, kept.report.rows / 4);
    let codes = said("user,item,rating\n", |n, u, i, r| {
        format!("9{u},7{i},{}", if n.is_multiple_of(9) { 98 + n % 2 } else { r })
    });
    assert!(codes.unwrap().iter().any(|text| text.contains("are 98 or 99")));
    let means = said("user,item,rating\n", |_, u, i, _| format!("9{u},7{i},{}", 2.0 + i as f32 / 4.0));
    assert!(means.unwrap()[0].contains("of each of the items are equal"));
    let hours = said("user,item,value\n", |n, u, i, r| {
        format!("9{u},7{i},{:.2}", 1.5_f32.powi((r * 3) as i32) + (n % 9) as f32 / 9.0)
    });
    assert!(hours.unwrap()[0].contains("as counts do"));
    let mostly = said("user,item,rating\n", |n, u, i, r| {
        format!("9{u},7{i},{}", if n.is_multiple_of(50) { r } else { 5 })
    });
    assert!(mostly.unwrap()[0].contains("there is little to learn"));
}

#[test]
fn headers_in_comments_and_headers_of_numbers_are_headers() {
    let row = |_, u, i, r| format!("9{u},7{i},{r}");
    for header in ["#user,item,rating\n", "0,1,2\n", ",0,1,2\n"] {
        let row = |n, u, i, r| {
            if header.starts_with(',') { format!("{n},{}", row(n, u, i, r)) } else { row(n, u, i, r) }
        };
        let (users, items, _, _) = understood("f.csv", table(header, row).as_bytes());
        assert_eq!((users, items), (40, 12), "{header}");
    }
    let spaces = table("# user item rating\n", |_, u, i, r| format!("9{u} 7{i} {r}"));
    assert_eq!(understood("f.txt", spaces.as_bytes()).0, 40);
}

#[test]
fn long_numbers_are_ids_and_not_times() {
    for start in [151_603_000_usize, 1_200_000_000] {
        let text = table("", |_, u, i, r| format!("{},7{i},{r}", start + 37 * u));
        let read = read(text.as_bytes()).unwrap();
        let roles = read.report.preview.roles;
        assert_eq!((roles.user, roles.item, roles.rating, roles.time), (0, 1, 2, None), "{start}");
    }
}
