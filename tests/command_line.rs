#![cfg(not(target_arch = "wasm32"))]
//! The program as a person calls it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn dual_metric(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dual-metric")).args(arguments).output().unwrap()
}

/// A folder of this test's own under the build's temporary folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A refusal is one line on standard error, nothing on standard output, and exit code 2.
fn refusal(arguments: &[&str]) -> String {
    let output = dual_metric(arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}

#[test]
fn sample_train_and_recommend() {
    let folder = folder("whole_way");
    let sample = folder.join("sample");
    assert!(dual_metric(&["sample", "--out", text(&sample), "--seed", "3"]).status.success());
    let file = |name: &str| sample.join(name).to_str().unwrap().to_string();
    let (books, films) = (file("books.csv"), file("films.csv"));
    let (book_items, film_items) = (file("books-items.csv"), file("films-items.csv"));
    let model = folder.join("model");
    let train = [
        "train",
        "--a",
        &books,
        "--b",
        &films,
        "--a-items",
        &book_items,
        "--b-items",
        &film_items,
        "--epochs",
        "2",
        "--seed",
        "5",
        "--set",
        "dimension=8",
        "--json",
        "--out",
        text(&model),
    ];
    let output = dual_metric(&train);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    for domain in ["a", "b"] {
        for figure in [
            "users",
            "items",
            "ratings",
            "rejected_rows",
            "rmse",
            "mae",
            "precision_at_5",
            "recall_at_5",
            "mean_rmse",
            "bias_rmse",
            "sparse_rmse",
            "cold_rmse",
            "cold_rmse_without_transfer",
        ] {
            assert!(result[domain][figure].is_number(), "{domain} {figure}: {}", result[domain][figure]);
        }
    }
    for figure in ["overlap_users", "orthogonality_error", "epochs", "seconds", "seed"] {
        assert!(result[figure].is_number(), "{figure}");
    }
    assert_eq!(
        (&result["seed"], &result["config"]["dimension"], &result["epochs"]),
        (&5.into(), &8.into(), &2.into())
    );

    let user = std::fs::read_to_string(&books)
        .unwrap()
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_string();
    for domain in ["a", "b"] {
        let ask = ["recommend", "--model", text(&model), "--user", &user, "--domain", domain, "--top", "3"];
        let output = dual_metric(&ask);
        let lines = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(
            lines.lines().filter(|line| line.trim_start().starts_with(['1', '2', '3'])).count() == 3,
            "{lines}"
        );
    }
    let message = refusal(&["recommend", "--model", text(&model), "--user", "nobody", "--domain", "a"]);
    assert!(message.contains("nobody"), "{message}");
}

#[test]
fn bad_input_is_refused_in_one_line_that_says_where_and_what() {
    let folder = folder("bad_input");
    let write = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_string()
    };
    let empty = write("empty.csv", "");
    let bad = write("bad.csv", "user,item,rating\na,b,c\nd,e,f\n");
    let tiny = write("tiny.csv", "user,item,rating\na,x,3\nb,y,4\n");
    let config = write("config.json", r#"{"bach": 1}"#);
    assert!(refusal(&["train", "--a", "nowhere.csv", "--b", &tiny]).contains("nowhere.csv"));
    assert!(refusal(&["train", "--a", &empty, "--b", &tiny]).contains("empty.csv"));
    let message = refusal(&["train", "--a", &bad, "--b", &tiny]);
    assert!(message.contains("bad.csv") && message.contains("line 2"), "{message}");
    assert!(refusal(&["train", "--a", &tiny, "--b", &tiny, "--set", "dropout=2"]).contains("dropout"));
    assert!(refusal(&["train", "--a", &tiny, "--b", &tiny, "--config", &config]).contains("bach"));
    assert!(refusal(&["train", "--a", &tiny]).contains("--b"));
    assert!(refusal(&["dance"]).contains("dance"));
    let folder_without_model = text(&folder);
    assert!(
        refusal(&["recommend", "--model", folder_without_model, "--user", "a", "--domain", "a"])
            .contains("model.json")
    );
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_before_anything_is_read() {
    let folder = folder("out");
    let file = folder.join("taken");
    std::fs::write(&file, "a file").unwrap();
    // The rating files are not there either; the folder comes first.
    for out in [file.clone(), file.join("below")] {
        let message = refusal(&["train", "--a", "nowhere.csv", "--b", "nowhere.csv", "--out", text(&out)]);
        assert!(message.contains("taken") && message.contains("Choose a folder"), "{message}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a file");
    // One that can be is made, and nothing stays in it.
    let good = folder.join("new/model");
    let message = refusal(&["train", "--a", "nowhere.csv", "--b", "nowhere.csv", "--out", text(&good)]);
    assert!(message.contains("nowhere.csv"), "{message}");
    assert_eq!(std::fs::read_dir(&good).unwrap().count(), 0);
}

/// Ratings from 1 to 5 of 40 people, drawn from the hash of their numbers.
fn ratings(keep: impl Fn(usize, usize) -> bool, reverse: bool) -> String {
    let value = |user: usize, item: usize| 1 + (user * 31 + item * 17 + user * item * 7) % 5;
    let pairs = (0..40).flat_map(|user| (0..30).map(move |item| (user, item)));
    let mut rows: Vec<String> = pairs
        .filter(|&(user, item)| keep(user, item))
        .map(|(user, item)| format!("p{user},i{item},{}", value(user, item)))
        .collect();
    if reverse {
        rows.reverse();
    }
    format!("user,item,rating\n{}\n", rows.join("\n"))
}

#[test]
fn one_file_as_both_domains_is_refused_and_two_samples_of_it_are_told() {
    let folder = folder("same_rows");
    let write = |name: &str, content: String| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_string()
    };
    let (a, b) = (write("a.csv", ratings(|_, _| true, false)), write("b.csv", ratings(|_, _| true, true)));
    for other in [&a, &b] {
        let message = refusal(&["train", "--a", &a, "--b", other]);
        assert!(message.contains(&a) && message.contains(other.as_str()), "{message}");
        assert!(message.contains("the same ratings"), "{message}");
    }
    let even = write("even.csv", ratings(|user, item| !(user + item).is_multiple_of(3), false));
    let odd = write("odd.csv", ratings(|user, item| (user + 2 * item) % 3 != 1, false));
    let output = dual_metric(&["train", "--a", &even, "--b", &odd, "--epochs", "1", "--no-transfer-study"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("ratings stand in both even and odd"), "{told}");
}
