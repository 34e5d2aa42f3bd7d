use super::{Matrix, Source, recognise};
use crate::data::read::{Delimiter, ReadOptions, format::first_rows};

/// What a text with commas is recognised as.
fn of_with(text: &str, options: &ReadOptions) -> Result<Option<Matrix>, String> {
    let source = Source { file: "f.csv", text, delimiter: Delimiter::Comma, start: (0, 1) };
    recognise(&source, &first_rows(text, Delimiter::Comma), options)
}

fn of(text: &str) -> Result<Option<Matrix>, String> {
    of_with(text, &ReadOptions::default())
}

/// Rows of 12 cells, a third of them rated from 1 to 5, each after an id.
fn rows(n: usize, id: impl Fn(usize) -> String) -> String {
    let cell = |u: usize, i: usize| {
        if (u + i).is_multiple_of(3) { format!(",{}", (u * 3 + i * i) % 5 + 1) } else { ",".into() }
    };
    let row = |u: usize| format!("{}{}\n", id(u), (0..12).map(|i| cell(u, i)).collect::<String>());
    (0..n).map(row).collect()
}

fn head(corner: &str, name: impl Fn(usize) -> String) -> String {
    format!("{corner}{}\n", (0..12).map(|i| format!(",{}", name(i))).collect::<String>())
}

/// Whether a row is an item, and the name of the third column.
fn seen(text: &str) -> (bool, Option<String>) {
    let matrix = of(text).unwrap().unwrap();
    (matrix.rows_are_items(), matrix.columns[2].clone())
}

#[test]
fn the_header_names_the_items_even_where_they_are_numbers() {
    let body = rows(30, |u| format!("p{}", u * 7));
    let named = |name: &str| (false, Some(name.to_owned()));
    assert_eq!(seen(&(head("user_id", |i| format!("Film {i}")) + &body)), named("Film 1"));
    assert_eq!(seen(&(head("", |i| (i + 1).to_string()) + &body)), named("2"));
    assert_eq!(seen(&(head("x", |i| (900 + i * i).to_string()) + &body)), named("901"));
    assert_eq!(seen(&body), named("column 3"));
    // R writes one name fewer than there are columns.
    let short = head("", |i| format!("Film {i}")).replacen(',', "", 1);
    assert_eq!(seen(&(short + &body)), named("Film 1"));
    // Two films of one title are two items.
    let twice = of(&(head("user", |_| "Emma".into()) + &body)).unwrap().unwrap();
    assert_eq!(twice.columns[1..3], [Some("Emma".into()), Some("Emma (column 3)".into())]);
}

#[test]
fn names_of_rows_or_columns_say_which_are_people() {
    let body = rows(30, |u| format!("p{}", u * 7));
    let film = |i: usize| format!("Film {i}");
    for (corner, is_transposed) in
        [("item", true), ("movieId", true), ("user", false), ("userId/movieId", false), ("", false)]
    {
        assert_eq!(seen(&(head(corner, film) + &body)).0, is_transposed, "{corner}");
    }
    assert!(seen(&(head("", |i| format!("user_{i}")) + &body)).0);
    assert!(seen(&(head("", |i| format!("x{i}")) + &rows(30, |u| format!("movie {u}")))).0);
}

#[test]
fn rows_that_nothing_names_are_refused() {
    // The numbers of rows, the counts of ratings, dates, and an id that occurs twice.
    let counts = |text: &str| {
        let count = |line: &str| line.split(',').skip(1).filter(|cell| !cell.is_empty()).count();
        text.lines()
            .map(|line| format!("{}{}\n", count(line), line.trim_start_matches(|c| c != ',')))
            .collect()
    };
    let cases: [(String, &str); 4] = [
        (rows(30, |u| (u + 1).to_string()), "only counts the rows"),
        (counts(&rows(30, |_| String::new())), "no column says who"),
        (rows(30, |u| format!("{}.0{}.2021", u % 28 + 1, u % 9 + 1)), "no column says who"),
        (rows(30, |u| format!("p{}", u % 29)), "no column says who"),
    ];
    for (text, why) in cases {
        let said = of(&text).unwrap_err();
        assert!(
            said.contains("a matrix of people and items, with one column an item") && said.contains(why),
            "{said}"
        );
        assert!(of_with(&text, &ReadOptions { matrix: Some(true), ..Default::default() }).unwrap().is_some());
    }
    // A name says that numbers are ids.
    assert!(of(&(head("userId", |i| i.to_string()) + &rows(30, |u| (u + 1).to_string()))).unwrap().is_some());
}

#[test]
fn columns_of_another_kind_are_no_items() {
    let body = rows(30, |u| format!("{u},p{},{},{}.25", u * 7, 20 + u, 2 + u % 3));
    let matrix = of(&(head(",user,age,mean", |i| format!("Film {i}")) + &body)).unwrap().unwrap();
    assert_eq!(matrix.id, 1);
    assert_eq!(matrix.columns[4].as_deref(), Some("Film 0"));
    assert_eq!(matrix.columns[..4], [None, None, None, None]);
    assert_eq!(matrix.left_out, ["`column 1`", "`age`", "`mean`"]);
}

#[test]
fn tables_with_a_row_a_rating_are_no_matrices() {
    let flags =
        |n: usize| (0..19).map(|k| format!(",{}", u8::from((n + k).is_multiple_of(5)))).collect::<String>();
    let long: String = (0..60)
        .map(|n| format!("{},{},{},88125{n:04}{}\n", n % 20, 100 + n % 7, n % 5 + 1, flags(n)))
        .collect();
    let genres: String = (0..19).map(|k| format!(",genre{k}")).collect();
    assert_eq!(of(&format!("user_id,movie_id,rating,timestamp{genres}\n{long}")), Ok(None));
    assert_eq!(of(&"1,10,4,978300760\n".repeat(9)), Ok(None));
    // Parts of a rating, by people of whom each rated one hotel.
    let parts: String = (0..12).map(|k| format!(",part{k}")).collect();
    for (name, id) in [("hotel_id", ""), ("hotel", "Hotel ")] {
        let row = |n: usize| format!("p{n},{id}{}{}\n", n % 7, format!(",{}", n % 5 + 1).repeat(12));
        let hotels: String = (0..60).map(row).collect();
        assert_eq!(of(&format!("reviewer,{name}{parts}\n{hotels}")), Ok(None));
    }
    // Measurements have as many values as cells.
    let embedding = |u: usize| (0..16).map(move |k| format!(",0.{}", (u * 7919 + k * 104_729) % 99_991));
    let vectors: String = (0..40).map(|u| format!("p{u}{}\n", embedding(u).collect::<String>())).collect();
    assert_eq!(of(&vectors), Ok(None));
    let matrix = head("user", |i| format!("Film {i}")) + &rows(30, |u| format!("p{u}"));
    assert!(of(&matrix).unwrap().is_some());
}
