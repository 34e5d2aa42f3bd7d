//! Who is who: ids that are written differently in both files, that were rounded, or that name other people.

use dual_metric::data::{IdForm, OverlapReport, PairCode, RatingsFile, WarningCode, rewrite_users};
use dual_metric::rng::Generator;

use super::made::{PEOPLE, Row, counts, file, pair, pair_codes, read, rows, text};

/// Two files of the same people, whose ids each writes in its way.
fn files(a: impl Fn(usize) -> String, b: impl Fn(usize) -> String) -> (RatingsFile, RatingsFile) {
    let line = |id: String, row: &Row| format!("{id},{}{},{}", 'x', row.item, row.stars());
    let a = file('a', "user,item,rating\n", |row| line(a(row.user), row));
    let b = file('b', "user,item,rating\n", |row| line(b(row.user), row).replace(",x", ",y"));
    (read("a.csv", a), read("b.csv", b))
}

/// The forms that are told, and how many people are in both once they are applied.
fn cured((a, b): &(RatingsFile, RatingsFile)) -> (OverlapReport, usize) {
    let report = pair(a, b);
    let alike = |read: &RatingsFile| rewrite_users(read.domain.clone(), &report.ids.forms).domain;
    let again = dual_metric::data::overlap_report(&alike(a), &alike(b));
    assert_eq!(pair_codes(&again), [], "{:?}", again.warnings);
    (report, again.overlap_users)
}

fn assert_cured_by(files: &(RatingsFile, RatingsFile), form: IdForm, word: &str) {
    let (report, after) = cured(files);
    assert_eq!((report.ids.forms.as_slice(), after), (&[form][..], PEOPLE));
    assert_eq!(pair_codes(&report).len(), 1, "{:?}", report.warnings);
    assert!(report.warnings[0].text.contains(word), "{:?}", report.warnings);
}

#[test]
fn point_zero_at_the_end_of_ids_is_told() {
    let files = files(|user| format!("{user}.0"), |user| user.to_string());
    assert_eq!(pair(&files.0, &files.1).overlap_users, 0);
    assert_cured_by(&files, IdForm::StripPointZero, ".0 at the end of ids");
}

#[test]
fn small_numbers_with_point_zero_are_not_ten_times_as_large() {
    let files = files(|user| format!("{}.0", user - 999), |user| (user - 999).to_string());
    assert_cured_by(&files, IdForm::StripPointZero, ".0 at the end of ids");
}

#[test]
fn ids_that_a_spreadsheet_rounded_are_told() {
    let rounded = |user: usize| format!("4.687{:02}E+17", user % 90);
    let (a, b) = files(rounded, rounded);
    assert_eq!(counts(&a).0, 90);
    assert!(text(&a, WarningCode::RoundedIds).contains("rounded by a spreadsheet, such as 4.687"));
    assert!(text(&b, WarningCode::RoundedIds).contains("90 of 90 user ids"));
}

#[test]
fn zeros_that_half_of_the_ids_lost_are_told_although_the_other_half_matches() {
    // 0900 to 1099: the ids from 1000 on are the same in both.
    let files = files(|user| format!("{:04}", user - 100), |user| (user - 100).to_string());
    assert_eq!(pair(&files.0, &files.1).overlap_users, 100);
    assert_cured_by(&files, IdForm::StripLeadingZeros, "zeros at the start of ids");
}

#[test]
fn two_samples_of_one_file_share_rows_that_are_counted() {
    let part = |salt: usize| {
        let kept = rows('a').into_iter().filter(|row| (row.number * 31 + salt * row.item) % 10 < 6);
        let lines: Vec<Row> = kept.collect();
        let text: String =
            lines.iter().map(|row| format!("{},b{},{}\n", row.user, row.item, row.stars())).collect();
        (lines.iter().map(|row| row.number).collect::<Vec<_>>(), format!("user,item,rating\n{text}"))
    };
    let ((first, a), (second, b)) = (part(1), part(3));
    let both = first.iter().filter(|number| second.contains(number)).count();
    let report = pair(&read("a.csv", a), &read("b.csv", b));
    assert_eq!((report.same_rows, report.is_one_file), (both, false));
    assert_eq!(pair_codes(&report), [PairCode::SameRows]);
    let said = &report.warnings[0].text;
    assert!(said.contains("ratings stand in both a and b (the same person, item and rating"), "{said}");
    let whole = read(
        "a.csv",
        file('a', "user,item,rating\n", |row| format!("{},b{},{}", row.user, row.item, row.stars())),
    );
    assert!(pair(&whole, &whole).is_one_file);
}

#[test]
fn numbers_that_count_other_people_in_each_file_are_told() {
    for seed in 1..=3 {
        let people = |which: char| {
            let mut order: Vec<usize> = (0..PEOPLE).collect();
            Generator::new(seed + u64::from(which), "cases: other people").shuffle(&mut order);
            let line =
                |row: &Row| format!("{},{which}{},{}", 1 + order[row.user - 1000], row.item, row.stars());
            read(&format!("{which}.csv"), file(which, "user,item,rating\n", line))
        };
        let report = pair(&people('a'), &people('b'));
        assert_eq!(
            (report.overlap_users, pair_codes(&report)),
            (PEOPLE, vec![PairCode::NotTheSame]),
            "seed {seed}"
        );
        let [lo, hi] = report.mean_interval.unwrap();
        assert!(lo < 0.15 && hi < 0.35, "seed {seed}: {lo} to {hi}");
        assert!(report.warnings[0].text.contains("may not name the same people"));
    }
}

#[test]
fn letters_in_another_encoding_are_read_and_told() {
    // Surnames and their bytes in GB18030.
    let names: [(&str, &[u8]); 5] = [
        ("王", b"\xcd\xf5"),
        ("李", b"\xc0\xee"),
        ("张", b"\xd5\xc5"),
        ("刘", b"\xc1\xf5"),
        ("陈", b"\xb3\xc2"),
    ];
    let mut a = b"user,item,rating\n".to_vec();
    for row in rows('a') {
        a.extend([names[row.user % 5].1, names[row.user / 5 % 5].1].concat());
        a.extend(format!("{},b{},{}\n", row.user, row.item, row.stars()).into_bytes());
    }
    let b = file('b', "user,item,rating\n", |row| {
        let name = [names[row.user % 5].0, names[row.user / 5 % 5].0].concat();
        format!("{name}{},f{},{}", row.user, row.item, row.stars())
    });
    let (a, b) = (read("a.csv", a), read("b.csv", b));
    let report = pair(&a, &b);
    assert!(text(&a, WarningCode::Encoding).contains("is read as gb18030"));
    assert_eq!((report.overlap_users, pair_codes(&report)), (PEOPLE, vec![]));
}

#[test]
fn letters_with_accents_of_one_or_two_characters_are_the_same() {
    let files = files(
        |user| format!("{}{user}", ["Anai\u{308}s", "Chloe\u{301}", "Jose\u{301}"][user % 3]),
        |user| format!("{}{user}", ["Ana\u{ef}s", "Chlo\u{e9}", "Jos\u{e9}"][user % 3]),
    );
    assert_cured_by(&files, IdForm::Compose, "accents");
}

#[test]
fn the_apostrophe_of_a_spreadsheet_before_each_id_is_told() {
    assert_cured_by(
        &files(|user| format!("'{user}"), |user| user.to_string()),
        IdForm::StripApostrophe,
        "apostrophe",
    );
}

#[test]
fn ids_that_are_written_alike_are_told_nothing() {
    let (a, b) = files(|user| user.to_string(), |user| user.to_string());
    let report = pair(&a, &b);
    assert_eq!((report.overlap_users, pair_codes(&report), report.ids.forms), (PEOPLE, vec![], vec![]));
}

#[test]
fn ids_with_line_breaks_are_shown_in_one_line() {
    let (a, b) = files(|user| format!("\"{user}\n{user}\""), |user| format!("q{}z", user * 7));
    let report = pair(&a, &b);
    assert_eq!((counts(&a).0, pair_codes(&report)), (PEOPLE, vec![PairCode::FewInBoth]));
    let said = &report.warnings[0].text;
    assert!(said.contains("\"1") && !said.contains('\n'), "{said}");
}
