//! Rows that are lost or misread: lines above the table, quotes, delimiters in texts, bad bytes, dates.

use dual_metric::data::WarningCode;

use super::made::{ALL, Row, assert_whole, codes, counts, file, read, rejected, rows, scale, text};

#[test]
fn the_line_of_a_spreadsheet_that_names_the_delimiter_is_no_row() {
    let header = "sep=;\r\nmovieId;userId;rating\r\n";
    let a = read("a.csv", file('a', header, |row| format!("{};{};{}\r", row.item, row.user, row.stars())));
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn titles_above_the_header_are_passed_over_and_told() {
    let header = "Export of ratings\nCreated: 2024-05-01\n\nitem,user,rating\n";
    let a = read("a.csv", file('a', header, |row| format!("{},{},{}", row.item, row.user, row.stars())));
    assert_whole(&a);
    assert_eq!(text(&a, WarningCode::Preamble), "2 lines above the header left out");
}

/// A table with a title, as a shop exports its reviews.
fn reviews(title: impl Fn(&Row) -> String) -> String {
    let header = "customer_id\tproduct_id\tstar_rating\tproduct_title\thelpful_votes\n";
    file('a', header, |row| {
        format!("{}\tb{}\t{}\t{}\t{}", row.user, row.item, row.stars(), title(row), row.chance(5))
    })
}

#[test]
fn quotes_that_are_not_closed_in_their_line_are_text() {
    let a = read(
        "a.tsv",
        reviews(|row| match row.chance(8) {
            0 => format!("\"The best of volume {}", row.item),
            1 => "Tablet case 7\" black".into(),
            _ => format!("Thing no {}", row.item),
        }),
    );
    assert_whole(&a);
    assert!(!codes(&a).contains(&WarningCode::RowsLeftOut));
}

#[test]
fn one_bad_byte_in_a_comment_leaves_the_letters_of_all_names_as_they_are() {
    let name = |row: &Row| format!("{}{}", ["Sam", "Chloé", "Zoë", "Søren"][row.user % 4], row.user);
    let a = read(
        "a.csv",
        file('a', "user,item,rating\n", |row| format!("{},b{},{}", name(row), row.item, row.stars())),
    );
    let mut b = file('b', "user,item,rating,comment\n", |row| {
        format!("{},f{},{},ok", name(row), row.item, row.stars())
    })
    .into_bytes();
    let end = b.len() - 3;
    b.splice(end..end + 2, *b"caf\xe9");
    let b = read("b.csv", b);
    assert_eq!((counts(&b), super::made::pair(&a, &b).overlap_users), (ALL, 200));
    let said = text(&b, WarningCode::Encoding).replace("3,001", "3001");
    assert!(said.starts_with("1 byte is no UTF-8, the first in line 3001"), "{said}");
}

#[test]
fn spaces_that_do_not_break_separate_columns_too() {
    let a =
        read("a.txt", file('a', "", |row| format!("{}\u{a0}b{}\u{a0}{}", row.user, row.item, row.stars())));
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn half_stars_that_a_spreadsheet_made_dates_of_are_counted_and_named() {
    let half = |row: &Row| row.rating(0.5, 5.0, 0.5);
    let is_half = |row: &Row| half(row).fract() != 0.0;
    let a = file('a', "userId;movieId;rating\r\n", |row| {
        let whole = half(row) as usize;
        // 4.5 is read as the 4th of May.
        let months = ["Mai", "Jan", "Feb", "Mrz", "Apr", "Mai"];
        let cell = if is_half(row) { format!("05.{}", months[whole]) } else { whole.to_string() };
        format!("{};b{};{cell}\r", row.user, row.item)
    });
    let gone = rows('a').iter().filter(|row| is_half(row)).count();
    assert!(gone > 1000);
    match dual_metric::data::read_ratings("a.csv", a.as_bytes(), &Default::default()) {
        Ok(a) => {
            assert_eq!((counts(&a).2, rejected(&a).0), (3000 - gone, gone));
            let said = text(&a, WarningCode::RowsLeftOut).to_owned();
            assert!(
                said.starts_with(&format!("{},{:03} of 3,000 rows left out", gone / 1000, gone % 1000)),
                "{said}"
            );
            assert!(said.contains("a date that a spreadsheet made of a number"), "{said}");
        }
        Err(error) => assert!(error.to_string().contains("date"), "{error}"),
    }
}

/// Year, month and day.
type Day = (usize, usize, usize);

/// The day of a rating, and of an older one of the same pair: in an earlier year, or earlier in the year with
/// a day that is no month.
fn days(row: &Row) -> [Day; 2] {
    let (month, day) = (8 + row.chance(5), 1 + row.chance(9));
    [(2021, month, day), (2021 - row.chance(2), 1 + row.chance(7), 20 + row.chance(9))]
}

#[test]
fn the_newer_of_two_ratings_counts_with_dates_of_any_order() {
    let write: [fn(Day) -> String; 4] = [
        |(year, month, day)| format!("{year}-{month:02}-{day:02}"),
        |(year, month, day)| format!("{day:02}.{month:02}.{year}"),
        |(year, month, day)| format!("{day:02}/{month:02}/{year}"),
        |(year, month, day)| format!("{month}/{day}/{year}"),
    ];
    let newest: f32 = rows('a').iter().map(|row| row.stars() as f32).sum();
    for date in write {
        let mut again = 0;
        let mut content = String::from("user,item,rating,date\n");
        for row in rows('a') {
            let [new, old] = days(&row).map(date);
            content += &format!("{},b{},{},{new}\n", row.user, row.item, row.stars());
            if row.chance(3) == 0 {
                again += 1;
                content += &format!("{},b{},1,{old}\n", row.user, row.item);
            }
        }
        let a = read("a.csv", content);
        assert_whole(&a);
        assert_eq!(a.report.duplicates, again);
        let said = text(&a, WarningCode::Repeats);
        assert!(said.ends_with("the newest of each counts"), "{said}");
        assert_eq!(a.domain.ratings.iter().map(|rating| rating.value).sum::<f32>(), newest);
    }
}

#[test]
fn rows_without_a_rating_are_left_out_and_counted() {
    let nothing = |row: &Row| ["", "N/A", "NaN", "null"].get(row.chance(6)).copied();
    let a = file('a', "user,item,rating\n", |row| {
        let rating = nothing(row).map_or(row.stars().to_string(), String::from);
        format!("{},b{},{rating}", row.user, row.item)
    });
    let gone = rows('a').iter().filter(|row| nothing(row).is_some()).count();
    let a = read("a.csv", a);
    assert_eq!((counts(&a).2, rejected(&a).0, scale(&a)), (3000 - gone, gone, (1.0, 5.0)));
    assert!(text(&a, WarningCode::RowsLeftOut).contains(" of 3,000 rows left out"));
}

#[test]
fn quotes_that_are_escaped_by_backslashes_shift_no_column() {
    let a = file('a', "user_id,title,item_id,rating\n", |row| {
        let title = if row.item % 6 == 0 {
            format!("The \\\"Best\\\" of {}, part 2", row.item)
        } else {
            format!("Tale {}", row.item)
        };
        format!("{},\"{title}\",{},{}", row.user, row.item, row.stars())
    });
    let a = read("a.csv", a);
    assert_whole(&a);
    assert_eq!(codes(&a), []);
}

#[test]
fn a_row_that_a_comma_in_a_title_makes_wider_is_a_reject_and_never_a_rating() {
    let is_wide = |item: usize| item.is_multiple_of(5);
    let a = file('a', "user,title,rating,year\n", |row| {
        let title =
            if is_wide(row.item) { format!("Tale {}, 2", row.item) } else { format!("Tale {}", row.item) };
        format!("{},{title},{},{}", row.user, row.stars(), 1990 + row.item % 30)
    });
    let gone = rows('a').iter().filter(|row| is_wide(row.item)).count();
    let a = read("a.csv", a);
    assert_eq!((counts(&a), scale(&a)), ((200, 48, 3000 - gone), (1.0, 5.0)));
    assert_eq!(rejected(&a).0, gone);
    let said = text(&a, WarningCode::RowsLeftOut);
    assert!(said.contains("the row has 5 columns instead of 4"), "{said}");
}

#[test]
fn a_log_of_events_tells_that_pairs_repeat_and_that_all_ratings_are_one() {
    let mut text_of_file = String::from("user_id,item_id,rating,timestamp\n");
    for time in 0..3 {
        for row in rows('a') {
            text_of_file += &format!("{},b{},1,{}\n", row.user, row.item, row.time() + time * 31_000_000);
        }
    }
    let a = read("a.csv", text_of_file);
    assert_eq!((counts(&a), a.report.duplicates), (ALL, 6000));
    assert_eq!(codes(&a), [WarningCode::OneValue, WarningCode::Repeats]);
    assert!(text(&a, WarningCode::Repeats).starts_with("6,000 of 9,000 rows repeat a pair"));
}
