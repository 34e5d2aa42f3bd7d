//! Advice that can be followed: what the program says of a file names a flag, and the flag does it.

use super::made::{ALL, Row, file};
use super::program::{Folder, inspected, refused, trained};

fn clean(which: char, id: impl Fn(usize) -> String) -> String {
    file(which, "user,item,rating\n", |row| format!("{},{which}{},{}", id(row.user), row.item, row.stars()))
}

#[test]
fn the_flags_that_are_told_write_the_ids_alike() {
    let folder = Folder::new("ids");
    let a = folder.write("a.csv", clean('a', |user| format!("{user}.0")));
    let b = folder.write("b.csv", clean('b', |user| user.to_string()));
    let (told, json) = trained(&["--a", &a, "--b", &b]);
    let flags = "--a-ids strip-.0 --b-ids strip-.0";
    assert!(told.contains(flags), "{told}");
    assert_eq!((&json["overlap_users"], json["warnings"].to_string().contains(flags)), (&0.into(), true));
    let (told, json) =
        trained(&[&["--a", &a, "--b", &b][..], &flags.split(' ').collect::<Vec<_>>()].concat());
    assert_eq!((&json["overlap_users"], &json["warnings"]), (&200.into(), &serde_json::json!([])), "{told}");
}

#[test]
fn columns_that_cannot_be_told_apart_are_named_with_the_flag_that_says_which_it_is() {
    let folder = Folder::new("columns");
    let text = file('a', "user,item,aroma,taste\n", |row| {
        format!("{},b{},{},{}", row.user, row.item, row.stars(), 6 - row.stars())
    });
    let a = folder.write("a.csv", text);
    let told = refused(&["train", "--a", &a, "--b", &a]);
    assert!(
        told.contains("`aroma`") && told.contains("`taste`") && told.contains("--a-columns user="),
        "{told}"
    );
    for columns in ["user=1,item=2,rating=4", "user=user,item=item,rating=taste"] {
        let json = inspected(&[&a, "--columns", columns]);
        assert_eq!(json["preview"]["roles"]["rating"], 3);
        assert_eq!(
            ["users", "items", "ratings"].map(|count| json[count].as_u64().unwrap() as usize),
            [ALL.0, ALL.1, ALL.2]
        );
    }
}

#[test]
fn values_that_are_declared_to_be_missing_are_left_out_and_the_scale_may_be_negative() {
    let folder = Folder::new("values");
    let is_unrated = |row: &Row| row.chance(100) == 0;
    let text = file('a', "user,item,rating\n", |row| {
        let rating = if is_unrated(row) { -7.0 } else { row.rating(-10.0, 10.0, 0.5) };
        format!("{},b{},{rating}", row.user, row.item)
    });
    let sevens = text.lines().filter(|line| line.ends_with(",-7")).count();
    assert!(sevens > 20);
    let json = inspected(&[&folder.write("a.csv", text), "--missing", "-7", "--scale", "-10:10"]);
    assert_eq!(json["ratings"], 3000 - sevens);
    assert_eq!(json["preview"]["scale"], serde_json::json!({"lo": -10.0, "hi": 10.0}));
}

#[test]
fn a_file_without_ratings_and_an_archive_are_refused_in_one_line() {
    let folder = Folder::new("refusals");
    let b = folder.write("b.csv", clean('b', |user| user.to_string()));
    let times =
        folder.write("a.inter", file('a', "", |row| format!("{}\t{}\t{}", row.user, row.item, row.time())));
    let told = refused(&["train", "--a", &times, "--b", &b]);
    assert!(told.contains("a.inter") && told.contains("--a-columns"), "{told}");
    let told = refused(&["train", "--a", &b, "--b", &folder.write("b.csv.xz", b"\xfd7zXZ\0\0\x04")]);
    assert!(told.contains("b.csv.xz: this is an xz archive"), "{told}");
}

#[test]
fn warnings_of_a_file_are_in_the_json_with_their_codes_and_counts() {
    let folder = Folder::new("warnings");
    let text = file('a', "", |row| {
        let rating = if row.chance(6) == 0 { "99".into() } else { row.stars().to_string() };
        format!("{},{},b{},{rating}", row.number, row.user, row.item)
    });
    let json = inspected(&[&folder.write("a.csv", text)]);
    let warnings = json["warnings"].as_array().unwrap();
    let codes: Vec<&str> = warnings.iter().filter_map(|warning| warning["code"].as_str()).collect();
    assert_eq!(codes[..2], ["value-left-out", "row-numbers"], "{warnings:?}");
    assert!(
        warnings.iter().any(|warning| warning["text"].as_str().unwrap().contains(" of 3,000 rows")),
        "{warnings:?}"
    );
}
