//! Matrices of people and items, with one column an item, are read as rows of user, item and rating.

use dual_metric::data::{Delimiter, RatingsFile, ReadOptions, Roles, Scale, preview, read_ratings};
use dual_metric::error::Error;

fn read(text: &str) -> RatingsFile {
    read_with(text, &ReadOptions::default()).unwrap()
}

fn read_with(text: &str, options: &ReadOptions) -> Result<RatingsFile, Error> {
    read_ratings("f.csv", text.as_bytes(), options)
}

/// All ratings as user, item and value, in the order of the users.
fn ratings(read: &RatingsFile) -> Vec<(String, String, f32)> {
    let domain = &read.domain;
    let named = |r: dual_metric::data::Rating| {
        (domain.users.id(r.user).to_owned(), domain.items.id(r.item).to_owned(), r.value)
    };
    domain.ratings.iter().map(named).collect()
}

/// Users, items, ratings and the ends of the scale.
fn figures(read: &RatingsFile) -> (usize, usize, usize, (f32, f32)) {
    let domain = &read.domain;
    let scale = (domain.scale.lo, domain.scale.hi);
    (domain.users.len(), domain.items.len(), domain.ratings.len(), scale)
}

fn told(read: &RatingsFile) -> Vec<&str> {
    read.report.warnings.iter().map(|warning| warning.text.as_str()).collect()
}

/// A matrix of 40 people and 20 films of which every third cell is rated from 1 to 5 (267 of 800); the others hold
/// `nothing`. Person `u` gives film `i` the rating `(2 u + i) mod 5 + 1`.
fn matrix(separator: &str, nothing: &str) -> String {
    let mut text = String::from("user_id");
    for film in 0..20 {
        text += &format!("{separator}Film {film}");
    }
    for user in 0..40 {
        text += &format!("\np{user}");
        for film in 0..20 {
            let rating = ((2 * user + film) % 5 + 1).to_string();
            text += separator;
            text += if (user + film) % 3 == 0 { &rating } else { nothing };
        }
    }
    text + "\n"
}

#[test]
fn cells_become_ratings_and_cells_that_say_nothing_do_not() {
    for nothing in ["", "NA", "NaN", "null", "?", "0", "99", "-1"] {
        let read = read(&matrix(",", nothing));
        assert_eq!(figures(&read), (40, 20, 267, (1.0, 5.0)), "{nothing}");
        assert_eq!(ratings(&read)[1], ("p0".into(), "Film 3".into(), 4.0));
        let told = told(&read);
        let said =
            "a matrix of 40 people and 20 items was read, one column an item; 267 of 800 cells are rated";
        assert!(told.contains(&said), "{told:?}");
        let is_number = nothing.parse::<f32>().is_ok_and(|value| !value.is_nan());
        assert_eq!(told.len(), 1 + usize::from(is_number), "{told:?}");
        assert_eq!((read.report.rejected_rows, read.report.rows), (0, 267));
    }
}

#[test]
fn zeros_that_fill_a_matrix_are_no_ratings_on_a_scale_of_half_stars() {
    let halves = matrix(",", "0").replace(",1", ",0.5").replace(",2", ",4.5");
    let read = read(&halves);
    assert_eq!(figures(&read), (40, 20, 267, (0.5, 5.0)));
    // Empty cells say that zeros are ratings.
    let empty = matrix(",", "").replace(",1", ",0");
    assert_eq!(figures(&self::read(&empty)), (40, 20, 267, (0.0, 5.0)));
    // A matrix that everybody filled has ratings alone.
    let full: String = (0..60)
        .map(|u| {
            format!("p{u}{}\n", (0..15).map(|i| format!(",{}", (u * 7 + i * i) % 11)).collect::<String>())
        })
        .collect();
    assert_eq!(figures(&self::read(&full)), (60, 15, 900, (0.0, 10.0)));
}

#[test]
fn a_matrix_of_items_and_people_is_read_the_other_way_round() {
    let text = matrix(",", "").replacen("user_id", "movie", 1);
    let read = read(&text);
    assert_eq!(figures(&read), (20, 40, 267, (1.0, 5.0)));
    assert_eq!(ratings(&read)[0], ("Film 0".into(), "p0".into(), 1.0));
    assert!(told(&read)[0].starts_with("a matrix of 40 items and 20 people was read, one column a person"));
    assert_eq!(read.report.preview.columns, ["item", "user", "rating"]);
    // Roles that are declared are those of the rows that the preview shows.
    let as_people = Roles { user: 0, item: 1, rating: 2, time: None };
    let declared = ReadOptions { roles: Some(as_people), ..Default::default() };
    assert_eq!(figures(&read_with(&text, &declared).unwrap()).0, 40);
}

#[test]
fn a_matrix_without_a_header_calls_its_items_by_their_columns() {
    let text = matrix(",", "");
    let (_, body) = text.split_once('\n').unwrap();
    let read = read(body);
    assert_eq!(figures(&read).2, 267);
    assert_eq!(ratings(&read)[0], ("p0".into(), "column 2".into(), 1.0));
    assert!(told(&read)[0].contains("are called \"column 2\" and so on"), "{:?}", told(&read));
}

#[test]
fn delimiters_quotes_decimal_commas_and_lines_above_do_no_harm() {
    for (separator, delimiter) in
        [(";", Delimiter::Semicolon), ("\t", Delimiter::Tab), ("|", Delimiter::Pipe)]
    {
        let text = matrix(separator, "");
        let declared = ReadOptions { delimiter: Some(delimiter), ..Default::default() };
        for read in [read(&text), read_with(&text, &declared).unwrap()] {
            assert_eq!(figures(&read), (40, 20, 267, (1.0, 5.0)));
            assert_eq!(read.report.preview.delimiter, delimiter);
        }
    }
    let quoted = matrix(",", "").replace("Film 3,", "\"Film 3, the last\",");
    assert_eq!(ratings(&read(&quoted))[1].1, "Film 3, the last");
    let commas = matrix(";", "").replace(";4", ";3,5");
    assert_eq!(ratings(&read(&commas))[1].2, 3.5);
    let above = format!("Ratings of the club\n\n{}", matrix(",", ""));
    assert_eq!(figures(&read(&above)).2, 267);
}

#[test]
fn what_is_no_rating_is_left_out_with_its_line_and_its_item() {
    let text = matrix(",", "").replace("\np6,3,", "\np6,good,").replace("\np9,4,", "\n,4,") + "p99,1,2\n";
    let read = read(&text);
    let rejects: Vec<(u64, &str, &str)> =
        read.report.rejects.iter().map(|r| (r.line, &*r.reason, &*r.text)).collect();
    assert_eq!(rejects[0], (8, "the rating \"good\" is not a number", "p6, Film 0, good"));
    assert_eq!((rejects[1].0, rejects[1].1), (11, "the user id is empty"));
    assert_eq!(rejects[2], (42, "the row has 3 columns instead of 21", "p99,1,2"));
    let report = &read.report;
    assert_eq!(read.domain.ratings.len() + report.rejected_rows + report.duplicates, report.rows);
}

#[test]
fn what_is_declared_of_a_matrix_counts() {
    let text = matrix(",", "99");
    let with = |options| read_with(&text, &options);
    let scale = Scale { lo: 1.0, hi: 100.0 };
    let kept = with(ReadOptions { scale: Some(scale), ..Default::default() }).unwrap();
    assert_eq!(figures(&kept), (40, 20, 800, (1.0, 100.0)));
    let fewer = with(ReadOptions { missing: Some(vec![99.0, 3.0]), ..Default::default() }).unwrap();
    assert!(ratings(&fewer).iter().all(|rating| rating.2 != 3.0 && rating.2 != 99.0));
    // As a table with a row a rating it has other columns.
    let table = ReadOptions { matrix: Some(false), ..Default::default() };
    assert!(!with(table.clone()).is_ok_and(|read| told(&read).iter().any(|text| text.contains("matrix"))));
    assert_eq!(preview("f.csv", text.as_bytes(), &table).unwrap().columns.len(), 21);
    let roles = Some(Roles { user: 0, item: 5, rating: 2, time: None });
    let error = with(ReadOptions { matrix: Some(true), roles, ..Default::default() }).unwrap_err();
    assert!(error.to_string().contains("the columns of a matrix are"), "{error}");
}

#[test]
fn a_small_matrix_is_read_where_it_is_declared() {
    let text = "name,Heat,Up,Ran\nann,5,,3\nben,,2,\n";
    let declared = ReadOptions { matrix: Some(true), ..Default::default() };
    let read = read_with(text, &declared).unwrap();
    let of = |user: &str, item: &str, value| (user.to_owned(), item.to_owned(), value);
    assert_eq!(ratings(&read), [of("ann", "Heat", 5.0), of("ann", "Ran", 3.0), of("ben", "Up", 2.0)]);
    assert!(read_with("a b\nc d\n", &declared).is_err());
}

#[test]
fn the_preview_shows_the_rows_that_cells_are_read_as() {
    let seen = preview("f.csv", matrix(",", "").as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(seen.columns, ["user", "item", "rating"]);
    assert_eq!(seen.rows[1], ["p0", "Film 3", "4"]);
    assert_eq!(seen.rows.len(), 8);
    assert_eq!((seen.scale.lo, seen.scale.hi, seen.header), (1.0, 5.0, true));
    // A page sends all of it back with the one thing that was changed.
    let back = ReadOptions {
        delimiter: Some(seen.delimiter),
        header: Some(seen.header),
        roles: Some(seen.roles),
        ..Default::default()
    };
    assert_eq!(figures(&read_with(&matrix(",", ""), &back).unwrap()).2, 267);
}

#[test]
fn a_header_that_is_longer_than_what_is_usually_looked_at_names_all_items() {
    let title = |i: usize| format!(",\"Film {i}: a title; with | all \t signs of it\"");
    let cell = |u: usize, i: usize| {
        if (u * 7 + i).is_multiple_of(40) { format!(",{}", (u + i) % 5 + 1) } else { ",".into() }
    };
    let row = |u: usize| format!("u{}{}\n", 3 * u, (0..3000).map(|i| cell(u, i)).collect::<String>());
    let text = format!(
        "user{}\n{}",
        (0..3000).map(title).collect::<String>(),
        (0..200).map(row).collect::<String>()
    );
    assert!(text.find('\n').is_some_and(|end| end > 1 << 16));
    assert_eq!(figures(&read(&text)), (200, 3000, 15_000, (1.0, 5.0)));
}
