//! `--columns user=2,item=what,rating=4` on the command line: what is well said is done, and all else is refused in one
//! line.

use std::process::Command;

use proptest::prelude::*;
use serde_json::Value;

use super::for_all;

/// Names of the columns of the file; all hold small numbers, so that each can be anything.
const NAMES: [&str; 4] = ["who", "what", "points", "day"];
const ROLES: [&str; 4] = ["user", "item", "rating", "time"];

/// A column as it is typed, and which one it is, if any.
fn column() -> impl Strategy<Value = (String, Option<usize>)> {
    prop_oneof![
        8 => (0..4_usize).prop_map(|column| ((column + 1).to_string(), Some(column))),
        6 => (0..4_usize).prop_map(|column| (NAMES[column].to_uppercase(), Some(column))),
        1 => prop::sample::select(vec!["0", "-1", "", "9", "nothing", "18446744073709551615", "1.5", "=2"])
            .prop_map(|text| (text.to_owned(), None)),
    ]
}

/// Roles as they are typed; mostly user, item and rating in some order, once each.
fn roles() -> impl Strategy<Value = Vec<String>> {
    let usual = Just(ROLES[..3].to_vec()).prop_shuffle();
    let any = prop::collection::vec(
        prop::sample::select(vec!["user", "item", "rating", "time", " rating", "person", ""]),
        1..5,
    );
    prop_oneof![4 => usual, 2 => Just(ROLES.to_vec()).prop_shuffle(), 2 => any]
        .prop_map(|roles| roles.into_iter().map(String::from).collect())
}

/// The columns of user, item, rating and time that were asked for; `None` where that is not well said.
fn asked(parts: &[(String, Option<usize>)]) -> Option<[Option<usize>; 4]> {
    let mut found = [None; 4];
    for (role, column) in parts {
        found[ROLES.iter().position(|known| *known == role.trim())?] = Some((*column)?);
    }
    let given: Vec<usize> = found.iter().flatten().copied().collect();
    let mut distinct = given.clone();
    distinct.sort_unstable();
    distinct.dedup();
    (found[..3].iter().all(Option::is_some) && distinct.len() == given.len()).then_some(found)
}

#[test]
fn columns_that_are_well_said_are_taken_and_all_else_is_refused_in_one_line() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("reader_properties_columns.csv");
    let row = |n: usize| format!("{},{},{},{}\n", n % 7 + 1, n % 5 + 1, n * 3 % 4 + 1, n % 3 + 1);
    std::fs::write(&file, NAMES.join(",") + "\n" + &(0..40).map(row).collect::<String>()).unwrap();
    let declared = (roles(), prop::collection::vec(column(), 4));
    for_all(150, declared, |(roles, columns)| {
        let parts: Vec<String> =
            roles.iter().zip(&columns).map(|(role, column)| format!("{role}={}", column.0)).collect();
        let known: Vec<_> = roles.into_iter().zip(columns.iter().map(|column| column.1)).collect();
        let output = Command::new(env!("CARGO_BIN_EXE_dual-metric"))
            .args(["inspect", "--json", file.to_str().unwrap(), "--columns", &parts.join(",")])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        match asked(&known) {
            Some(columns) => {
                assert!(output.status.success(), "{told}");
                let json: Value = serde_json::from_slice(&output.stdout).unwrap();
                let found =
                    ROLES.map(|role| json["preview"]["roles"][role].as_u64().map(|column| column as usize));
                assert_eq!(found, columns);
            }
            None => {
                assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{told}");
                assert_eq!(told.trim_end().lines().count(), 1, "{told}");
            }
        }
    });
}
