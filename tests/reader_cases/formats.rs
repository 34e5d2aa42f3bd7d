//! docs/formats.md says what is so: each word of its table is recognised for its role, and it has all codes and forms.

use dual_metric::data::{IdForm, PairCode, ReadOptions, WarningCode, preview};
use dual_metric::rng::Generator;

const TEXT: &str = include_str!("../../docs/formats.md");

/// The cells of the table rows under a heading.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, under) = TEXT.split_once(&format!("## {heading}\n")).unwrap();
    let part = under.split("\n## ").next().unwrap();
    let rows = part.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect()).collect()
}

/// Whether a column is taken for a role by its name alone: another column of the same kind has a name that says nothing
/// and a place that is as good or better.
fn is_recognised(role: usize, word: &str) -> bool {
    let (header, columns) = match role {
        0 => (format!("xyzzy,item,rating,{word}"), "uirU"),
        1 => (format!("user,xyzzy,rating,{word}"), "uIri"),
        2 => (format!("user,item,xyzzy,{word}"), "uirR"),
        _ => (format!("user,item,rating,{word},xyzzy"), "uirtt"),
    };
    let drawn =
        |n: usize, salt: u64, below: usize| Generator::new(1000 * salt + n as u64, "words").below(below);
    let cell = |column: char, n: usize| match column {
        'u' => format!("p{}", drawn(n, 1, 7)),
        'U' => format!("q{}", drawn(n, 2, 7)),
        'i' => format!("b{}", drawn(n, 3, 11)),
        'I' => format!("c{}", drawn(n, 4, 11)),
        'r' => (1 + drawn(n, 5, 5)).to_string(),
        'R' => (1 + drawn(n, 6, 5)).to_string(),
        _ => (1_400_000_000 + n * 86_413).to_string(),
    };
    let row = |n: usize| columns.chars().map(|column| cell(column, n)).collect::<Vec<_>>().join(",");
    let rows: Vec<String> = (1..40).map(row).collect();
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let roles = preview("f.csv", text.as_bytes(), &ReadOptions::default()).unwrap().roles;
    [Some(roles.user), Some(roles.item), Some(roles.rating), roles.time][role] == Some(3)
}

#[test]
fn every_word_of_the_table_names_its_role() {
    let table = table("Words");
    assert_eq!(table[0], ["language", "user", "item", "rating", "time"]);
    let mut unknown = Vec::new();
    for row in &table[1..] {
        for (role, words) in row[1..].iter().enumerate() {
            assert_eq!(row.len(), 5, "{row:?}");
            unknown.extend(
                words.split(", ").filter(|word| !is_recognised(role, word)).map(|word| (row[0], role, word)),
            );
        }
    }
    assert!(table.len() > 12 && unknown.is_empty(), "{unknown:?}");
    // Of a word that nobody knows the same is not said.
    for role in 0..4 {
        assert!(!is_recognised(role, "plugh"), "role {role}");
    }
}

/// The name of a code as programs see it.
fn name(code: impl serde::Serialize) -> String {
    format!("`{}`", serde_json::to_value(code).unwrap().as_str().unwrap())
}

#[test]
fn every_warning_and_every_form_of_ids_is_in_the_text_and_no_other() {
    use PairCode::{FewInBoth, IdsDiffer, NotTheSame, SameRows};
    use WarningCode::*;
    let codes = [
        OneValue,
        Counts,
        RowsLeftOut,
        RoundedIds,
        SharedId,
        WarningCode::IdsDiffer,
        ValueLeftOut,
        Scale,
        Columns,
        Shape,
        Repeats,
        Encoding,
        RowNumbers,
        Preamble,
    ];
    let pair = [FewInBoth, NotTheSame, IdsDiffer, SameRows];
    let expected: Vec<String> = codes.into_iter().map(name).chain(pair.into_iter().map(name)).collect();
    let named: Vec<&str> =
        table("Warnings").into_iter().map(|row| row[0]).filter(|code| code.starts_with('`')).collect();
    assert_eq!(named, expected);
    assert!(codes.is_sorted());
    let forms: Vec<&str> =
        table("Ids").into_iter().map(|row| row[0]).filter(|form| form.starts_with('`')).collect();
    assert_eq!(forms, IdForm::ALL.map(|form| format!("`{}`", form.name())));
}
