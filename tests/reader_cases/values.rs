//! Values that are no ratings: marks for "not rated", one value, counts, words, and the scale that they are on.

use dual_metric::data::{ReadOptions, Scale, ScaleKind, WarningCode};

use super::made::{
    ALL, RATINGS, Row, codes, counts, file, read, read_with, refusal, rejected, rows, scale, text,
};

/// Ratings as `value` writes them, without other columns.
fn rated(value: impl Fn(&Row) -> String) -> String {
    file('a', "user,item,rating\n", |row| format!("{},b{},{}", row.user, row.item, value(row)))
}

fn ten(row: &Row) -> String {
    row.rating(1.0, 10.0, 1.0).to_string()
}

#[test]
fn minus_one_is_not_rated() {
    let is_unrated = |row: &Row| row.chance(5) == 0;
    let gone = rows('a').iter().filter(|row| is_unrated(row)).count();
    let a = read("a.csv", rated(|row| if is_unrated(row) { "-1".into() } else { ten(row) }));
    assert_eq!((counts(&a).2, rejected(&a).0, scale(&a)), (RATINGS - gone, gone, (1.0, 10.0)));
    let said = text(&a, WarningCode::ValueLeftOut);
    assert!(said.starts_with(&format!("{gone} of 3,000 rows have the rating -1")), "{said}");
}

#[test]
fn zeros_of_most_rows_are_not_rated() {
    let is_unrated = |row: &Row| row.chance(100) < 62;
    let gone = rows('a').iter().filter(|row| is_unrated(row)).count();
    let header = "\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n";
    let a = file('a', header, |row| {
        let rating = if is_unrated(row) { "0".into() } else { ten(row) };
        format!("\"{}\";\"b{}\";\"{rating}\"\r", row.user, row.item)
    });
    let a = read("a.csv", a);
    assert_eq!((counts(&a).2, rejected(&a).0, scale(&a)), (RATINGS - gone, gone, (1.0, 10.0)));
    let (line, reason) = rejected(&a).1.unwrap();
    assert!(line > 1 && reason.contains("\"not rated\""), "{reason}");
    assert!(text(&a, WarningCode::ValueLeftOut).contains("left out"));
}

#[test]
fn ninety_nine_is_not_rated_on_a_scale_to_ten() {
    let is_unrated = |row: &Row| row.chance(25) < 16;
    let gone = rows('a').iter().filter(|row| is_unrated(row)).count();
    let a = file('a', "userId,jokeId,rating\n", |row| {
        let rating =
            if is_unrated(row) { "99".into() } else { format!("{:.2}", row.rating(-10.0, 10.0, 0.01)) };
        format!("{},{},{rating}", row.user, row.item)
    });
    let a = read("a.csv", a);
    assert_eq!((counts(&a).2, rejected(&a).0, scale(&a)), (RATINGS - gone, gone, (-10.0, 10.0)));
    assert_eq!(codes(&a), [WarningCode::ValueLeftOut]);
}

#[test]
fn what_is_declared_of_values_wins_over_what_is_guessed() {
    let a = rated(|row| if row.chance(5) == 0 { "-1".into() } else { ten(row) });
    let declared = Scale { lo: -1.0, hi: 10.0 };
    let a = read_with("a.csv", a, &ReadOptions { scale: Some(declared), ..Default::default() });
    assert_eq!((counts(&a), a.domain.scale, a.domain.scale_kind), (ALL, declared, ScaleKind::Declared));
}

#[test]
fn ratings_of_one_value_teach_nothing() {
    let a = read("a.csv", rated(|_| "5".into()));
    let said = text(&a, WarningCode::OneValue);
    assert_eq!(said, "all 3,000 ratings have one value, 5: there is nothing to learn from them");
}

#[test]
fn marks_of_french_schools_are_on_a_scale_from_0_to_20() {
    let a = read("a.csv", rated(|row| row.rating(0.0, 20.0, 1.0).to_string()));
    assert_eq!((counts(&a), scale(&a)), (ALL, (0.0, 20.0)));
    assert!(text(&a, WarningCode::Scale).contains("0 to 20"));
}

#[test]
fn a_comma_between_thousands_is_no_decimal_comma_and_counts_are_told() {
    let plays = |row: &Row| 100 + row.chance(99) * row.chance(97);
    let written = |row: &Row| match plays(row) {
        n if n < 1000 => format!("\"{n}\""),
        n => format!("\"{},{:03}\"", n / 1000, n % 1000),
    };
    let a = read(
        "a.csv",
        file('a', "user,artist,plays\n", |row| format!("{},b{},{}", row.user, row.item, written(row))),
    );
    let sum: f64 = a.domain.ratings.iter().map(|rating| f64::from(rating.value)).sum();
    assert_eq!(sum as usize, rows('a').iter().map(plays).sum::<usize>());
    assert_eq!((counts(&a), codes(&a)), (ALL, vec![WarningCode::Counts]));
}

#[test]
fn words_and_drawn_stars_are_refused_with_the_first_of_them() {
    let stars = |row: &Row| "★".repeat(row.stars()) + &"☆".repeat(5 - row.stars());
    let written: [(&str, String); 5] = [
        ("★", rated(stars)),
        (" stars", rated(|row| format!("{} stars", row.stars()))),
        ("/5", rated(|row| format!("{}/5", row.stars()))),
        ("like", rated(|row| if row.stars() > 2 { "like" } else { "dislike" }.into())),
        ("True", rated(|row| if row.stars() > 2 { "True" } else { "False" }.into())),
    ];
    for (sign, text) in written {
        let message = refusal("a.csv", text);
        assert!(
            message.starts_with("a.csv, line 2: no row can be used") || message.contains("rating"),
            "{sign}: {message}"
        );
        assert!(message.contains(sign), "{sign}: {message}");
    }
}
