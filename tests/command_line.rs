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
    let ask = ["recommend", "--model", text(&model), "--user", &user, "--domain", "a", "--top", "3", "--why"];
    let lines = String::from_utf8(dual_metric(&ask).stdout).unwrap();
    let reasons = lines.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("because of ") && line.ends_with(" lower without")
            || line.starts_with("no single rating")
    });
    assert_eq!(reasons.count(), 3, "{lines}");
    let printed = dual_metric(&[&ask[..], &["--json"]].concat()).stdout;
    let printed: Value = serde_json::from_slice(&printed).unwrap();
    assert_eq!(printed["why"]["items"].as_array().map(Vec::len), Some(3), "{printed}");
    assert_eq!(printed["why"]["items"][0]["item"], printed["next"][0]["item"]);
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
    let unknown = refusal(&["train", "--a", &tiny, "--b", &tiny, "--set", "patiense=2"]);
    assert!(
        unknown.contains("did you mean patience?") && unknown.contains("dual-metric settings"),
        "{unknown}"
    );
    assert!(refusal(&["train", "--a", &tiny]).contains("--b"));
    assert!(refusal(&["dance"]).contains("dance"));
    let folder_without_model = text(&folder);
    assert!(
        refusal(&["recommend", "--model", folder_without_model, "--user", "a", "--domain", "a"])
            .contains("model.safetensors")
    );
}

#[test]
fn the_settings_are_listed_with_their_ranges_and_both_presets() {
    let listed = String::from_utf8(dual_metric(&["settings"]).stdout).unwrap();
    let line = |name: &str| {
        let line = listed.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("learning_rate"), "learning_rate 0.002 0.001 a number from 1e-6 to 0.1");
    assert_eq!(line("cross_step"), "cross_step target algorithm1 algorithm1, equations, target, none");
    assert_eq!(line("patience"), "patience 3 null a whole number from 1 up, or null for never");
    let json: Value = serde_json::from_slice(&dual_metric(&["settings", "--json"]).stdout).unwrap();
    let batch = json.as_array().unwrap().iter().find(|field| field["name"] == "batch").unwrap();
    assert_eq!((&batch["presets"]["robust"], &batch["presets"]["paper"]), (&1024.into(), &64.into()));
    assert_eq!(batch["range"], serde_json::json!([1, 1_048_576]));
    let help = String::from_utf8(dual_metric(&["train", "--help"]).stdout).unwrap();
    assert!(help.contains("dual-metric settings"));
}

/// As `dual-metric models | head -1` may.
#[test]
fn a_reader_who_leaves_is_no_error() {
    for arguments in
        [&["models"][..], &["settings", "--json"], &["train", "--help"], &["lab", "--experiment", "list"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_dual-metric"))
            .args(arguments)
            .stdout(writer)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && told.is_empty(), "{arguments:?}: {told}");
    }
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
    // One that can be is made when there is something for it.
    let good = folder.join("new/model");
    let message = refusal(&["train", "--a", "nowhere.csv", "--b", "nowhere.csv", "--out", text(&good)]);
    assert!(message.contains("nowhere.csv"), "{message}");
    assert!(!folder.join("new").exists());
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

/// A file of 3 rows a person, whose mean ratings agree in any two domains; `id` writes the person.
fn people(n: usize, item: &str, id: impl Fn(usize) -> String) -> String {
    let value = |user: usize, row: usize| 1 + (user * 7 + user / 5 + row % 2) % 5;
    let rows = (0..n).flat_map(|user| (0..6).map(move |row| (user, row)));
    let rows: Vec<String> = rows
        .map(|(user, row)| format!("{},{item}{},{}", id(user), (user + row * 3) % 20, value(user, row)))
        .collect();
    format!("user,item,rating\n{}\n", rows.join("\n"))
}

/// What `train` says on standard error, and the JSON that it prints.
fn trained(arguments: &[&str]) -> (String, Value) {
    let usual = ["train", "--epochs", "1", "--no-transfer-study", "--set", "dimension=4", "--json"];
    let output = dual_metric(&[&usual[..], arguments].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    (told, serde_json::from_slice(&output.stdout).unwrap())
}

fn write(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_string()
}

/// What writes the id of a person.
type Writer = fn(usize) -> String;

#[test]
fn ids_that_are_written_differently_are_told_with_flags_that_cure_it() {
    let folder = folder("ids");
    let cases: [(&str, Writer, Writer, &str); 8] = [
        ("float", |n| format!("{}.0", 1000 + n), |n| (1000 + n).to_string(), "strip-.0"),
        ("small", |n| format!("{n}.0"), |n| n.to_string(), "strip-.0"),
        ("zeros", |n| format!("{n:03}"), |n| n.to_string(), "strip-leading-zeros"),
        ("apostrophe", |n| format!("'{}", 1000 + n), |n| (1000 + n).to_string(), "strip-apostrophe"),
        ("accents", |n| format!("Chloe\u{301}{n}"), |n| format!("Chlo\u{e9}{n}"), "compose"),
        ("blanks", |n| format!("Ann  Lee {n}"), |n| format!("Ann Lee {n}"), "trim"),
        ("case", |n| format!("U{n}"), |n| format!("u{n}"), "lower"),
        ("both", |n| format!("'{n:03}"), |n| n.to_string(), "strip-apostrophe,strip-leading-zeros"),
    ];
    for (name, a, b, form) in cases {
        let a = write(&folder, &format!("{name}-a.csv"), &people(60, "b", a));
        let b = write(&folder, &format!("{name}-b.csv"), &people(60, "f", b));
        let (told, json) = trained(&["--a", &a, "--b", &b]);
        let flags = format!("--a-ids {form} --b-ids {form}");
        assert!(told.contains(&flags), "{name}: {told}");
        assert!(json["warnings"].to_string().contains(&flags), "{name}: {}", json["warnings"]);
        let (told, json) = trained(&["--a", &a, "--b", &b, "--a-ids", form, "--b-ids", form]);
        assert_eq!(json["overlap_users"], 60, "{name}");
        assert!(
            !told.contains("warning") && json["warnings"].as_array().unwrap().is_empty(),
            "{name}: {told}"
        );
    }
}

#[test]
fn ids_that_name_other_people_in_each_file_are_told() {
    let folder = folder("accidental");
    // Each person has a level of their own in each file, drawn from a hash of the person and the file.
    let file = |salt: u64| {
        let mut text = String::from("user,item,rating\n");
        for user in 1..=150_u64 {
            let mut state = (user * 1000 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as usize
            };
            let level = next() % 3;
            for item in 0..8 {
                text += &format!("{user},{salt}x{},{}\n", (user + item * 5) % 40, 1 + level + next() % 3);
            }
        }
        text
    };
    let a = write(&folder, "a.csv", &file(1));
    let (told, json) = trained(&["--a", &a, "--b", &write(&folder, "b.csv", &file(2))]);
    assert!(told.contains("may not name the same people"), "{told}");
    assert_eq!(json["warnings"][0]["code"], "not-the-same");
    assert_eq!(json["warnings"][0]["file"], Value::Null);
    let figures = &json["warnings"][0]["figures"];
    assert_eq!((&figures["in_both"], &figures["compared"]), (&150.0.into(), &150.0.into()));
    assert!(figures["lowest"].as_f64() < figures["correlation"].as_f64(), "{figures}");
    let same = file(1).replace("1x", "2x");
    let (told, _) = trained(&["--a", &a, "--b", &write(&folder, "same.csv", &same)]);
    assert!(!told.contains("warning"), "{told}");
}

#[test]
fn what_is_recognised_is_told_and_clean_files_warn_of_nothing() {
    let folder = folder("recognised");
    let a = write(&folder, "books.csv", &people(60, "b", |n| format!("u{n}")));
    let b = write(&folder, "films.csv", &people(60, "f", |n| format!("u{n}")));
    let (told, json) = trained(&["--a", &a, "--b", &b]);
    let line = "books.csv: 360 ratings by 60 people of 20 items, 1 to 5; user = column 1 \"user\", \
                item = column 2 \"item\", rating = column 3 \"rating\"";
    assert!(told.contains(line), "{told}");
    assert!(!told.contains("warning"), "{told}");
    assert_eq!(json["warnings"], serde_json::json!([]));
    let output = dual_metric(&["inspect", &a]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && shown.starts_with(line), "{shown}");
    assert_eq!(shown.lines().count(), 1 + 1 + 8, "{shown}");
    assert_eq!(shown.lines().nth(1), Some("  1 user  2 item  3 rating"));
}

#[test]
fn rows_that_are_left_out_are_counted_by_their_reasons() {
    let folder = folder("left_out");
    let bad = "u1,b1,good\nu2,b1,bad\n,b2,3\n";
    let a = write(&folder, "a.csv", &(people(60, "b", |n| format!("u{n}")) + bad));
    let b = write(&folder, "b.csv", &people(60, "f", |n| format!("u{n}")));
    let (told, json) = trained(&["--a", &a, "--b", &b]);
    let text = "3 of 363 rows left out; 2 such as line 362: the rating \"good\" is not a number; \
                1 such as line 364: the user id is empty";
    assert!(told.contains(&format!("warning: a.csv: {text}")), "{told}");
    let warnings = json["warnings"].as_array().unwrap();
    let warning = warnings.iter().find(|warning| warning["code"] == "rows-left-out").unwrap();
    assert_eq!((warning["text"].as_str(), warning["file"].as_str()), (Some(text), Some("a.csv")));
    assert_eq!(warning["figures"], serde_json::json!({"rows": 363.0, "left_out": 3.0}));
}

#[test]
fn a_file_is_read_as_declared() {
    let folder = folder("declared");
    let rows: String = (0..40).map(|n| format!("{n};{};{};{}\n", n % 7 - 3, n % 4, n % 9)).collect();
    let headed = write(&folder, "headed.csv", &format!("row;points;thing;who\n{rows}"));
    let inspect = |options: &[&str]| -> Value {
        let output = dual_metric(&[&["inspect", &headed, "--json"], options].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let roles = serde_json::json!({"user": 3, "item": 2, "rating": 1, "time": null});
    for columns in ["user=4,item=3,rating=2", "rating=points,user=WHO,item=thing"] {
        let json = inspect(&["--columns", columns, "--delimiter", "semicolon", "--scale", "-10:10"]);
        assert_eq!(json["preview"]["roles"], roles);
        assert_eq!((&json["users"], &json["items"]), (&9.into(), &4.into()));
        assert_eq!(json["preview"]["scale"], serde_json::json!({"lo": -10.0, "hi": 10.0}));
    }
    let json = inspect(&["--columns", "user=4,item=3,rating=2", "--missing", "-3,0"]);
    let missing = (0..40).filter(|n| [-3, 0].contains(&(n % 7 - 3))).count();
    assert_eq!(json["rejected_rows"], missing);
    assert!(json["warnings"].to_string().contains("not rated"), "{}", json["warnings"]);
    // The header is a row of three words then, one of them no rating.
    let json = inspect(&["--columns", "user=4,item=3,rating=2", "--header", "no"]);
    assert_eq!((&json["rows"], &json["rejected_rows"]), (&41.into(), &1.into()));
    for (options, what) in [
        (["--columns", "user=4,item=3"], "user, item and rating are needed"),
        (["--columns", "user=4,item=3,rating=stars"], "no column \"stars\"; its columns are row, points"),
        (["--columns", "who=4"], "no role"),
        (["--delimiter", "dot"], "setting --delimiter"),
        (["--header", "maybe"], "neither yes nor no"),
        (["--missing", "nothing"], "no list of numbers"),
        (["--ids", "upper"], "setting --ids"),
        (["--scale", "1-5"], "setting --scale"),
    ] {
        let message = refusal(&["inspect", &headed, options[0], options[1]]);
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn advice_names_flags_that_exist() {
    let folder = folder("advice");
    let words = write(&folder, "words.csv", "user,item,rating\na,b,good\nc,d,bad\n");
    let good = write(&folder, "good.csv", &people(60, "f", |n| format!("u{n}")));
    for (arguments, flag) in [
        (["--a", &words, "--b", &good], "--a-columns user=1,item=2,rating=3"),
        (["--a", &good, "--b", &words], "--b-columns user=1,item=2,rating=3"),
    ] {
        let message = refusal(&[&["train"], &arguments[..]].concat());
        assert!(message.contains(flag), "{message}");
    }
    let help = String::from_utf8(dual_metric(&["train", "--help"]).stdout).unwrap();
    for domain in ["a", "b"] {
        for flag in ["columns", "delimiter", "header", "missing", "ids", "scale"] {
            assert!(help.contains(&format!("--{domain}-{flag}")), "{domain} {flag}");
        }
    }
    // A file that cannot be read is shown by `inspect` all the same, so that its columns can be declared.
    let output = dual_metric(&["inspect", &words]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("3 rating"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--columns"));
}

#[test]
fn other_kinds_of_files_are_refused_by_their_name() {
    let folder = folder("kinds");
    for (name, bytes, kind) in [
        ("a.csv.xz", &b"\xfd7zXZ\0\0\x04"[..], "an xz archive"),
        ("a.pkl", b"\x80\x04\x95\0\0", "a pickle"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "Git LFS"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        let message = refusal(&["train", "--a", text(&path), "--b", text(&path)]);
        assert!(message.contains(kind) && message.contains(name), "{message}");
    }
}

#[test]
fn three_domains_are_trained_saved_and_recommended_from_by_their_names() {
    let folder = folder("three");
    let sample = folder.join("sample");
    assert!(dual_metric(&["sample", "--out", sample.to_str().unwrap(), "--domains", "3"]).status.success());
    let file = |name: &str| sample.join(name).display().to_string();
    let [books, films, songs] =
        ["books", "films", "songs"].map(|name| format!("{name}={}", file(&format!("{name}.csv"))));
    let items = format!("songs={}", file("songs-items.csv"));
    let model = folder.join("model").display().to_string();
    let trained = dual_metric(&[
        "train",
        "--domain",
        &books,
        "--domain",
        &films,
        "--domain",
        &songs,
        "--items",
        &items,
        "--scale",
        "films:1:5",
        "--epochs",
        "2",
        "--no-transfer-study",
        "--json",
        "--out",
        &model,
    ]);
    assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stderr));
    let json: Value = serde_json::from_slice(&trained.stdout).unwrap();
    let names: Vec<&str> =
        json["domains"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["books", "films", "songs"]);
    assert_eq!((&json["a"], json["links"].as_array().unwrap().len()), (&Value::Null, 3));
    for domain in json["domains"].as_array().unwrap() {
        for field in ["users", "items", "ratings", "rejected_rows", "rmse", "mean_rmse", "bias_rmse"] {
            assert!(domain[field].is_number(), "{field}");
        }
    }
    let told = String::from_utf8(trained.stderr).unwrap();
    assert!(told.contains("films.csv: ") && !told.contains("warning"), "{told}");
    let lists: Vec<String> = ["songs", "c"]
        .iter()
        .map(|domain| {
            let output =
                dual_metric(&["recommend", "--model", &model, "--user", "person-0001", "--domain", domain]);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    assert!(lists[0] == lists[1] && lists[0].lines().count() >= 10, "{}", lists[0]);
    let message = refusal(&["recommend", "--model", &model, "--user", "person-0001", "--domain", "games"]);
    assert!(message.contains("\"games\"") && message.contains("books, films, songs"), "{message}");
    for (arguments, what) in [
        (&["--domain", &books][..], "1 domains are given"),
        (&["--domain", &books, "--domain", &books], "two domains called \"books\""),
        (&["--domain", &books, "--domain", "films"], "no domain; write it as"),
        (&["--domain", &books, "--domain", &films, "--scale", "1:5"], "name of a domain"),
        (&["--domain", &books, "--domain", &films, "--scale", "films:1-5"], "--scale films:"),
        (&["--a", "x.csv"], "give --a FILE and --b FILE"),
        (&["--domain", &books, "--a", "x.csv"], "cannot be used with"),
    ] {
        let message = refusal(&[&["train"], arguments].concat());
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn any_model_of_the_list_is_trained_saved_and_recommends() {
    let folder = folder("models");
    let a = write(&folder, "a.csv", &people(60, "b", |n| format!("u{n}")));
    let b = write(&folder, "b.csv", &people(60, "f", |n| format!("u{n}")));
    let listed = dual_metric(&["models", "--json"]);
    let models: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let names: Vec<&str> =
        models.as_array().unwrap().iter().map(|model| model["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 5 && names[0] == "dml");
    for name in &names {
        let out = folder.join(name).display().to_string();
        let (_, json) = trained(&["--a", &a, "--b", &b, "--model", name, "--out", &out]);
        assert_eq!(json["model"], *name);
        assert!(json["a"]["rmse"].as_f64().unwrap() < 0.5, "{name}");
        let output =
            dual_metric(&["recommend", "--model", &out, "--user", "u3", "--domain", "b", "--top", "3"]);
        let list = String::from_utf8(output.stdout).unwrap();
        let ranks = list.lines().filter(|line| line.trim_start().starts_with(['1', '2', '3'])).count();
        assert_eq!(ranks, 3, "{name}: {list}{}", String::from_utf8_lossy(&output.stderr));
        let has_chances = ["bayes", "averaged"].contains(name);
        assert_eq!(list.contains("likely") && list.contains(" %"), has_chances, "{name}: {list}");
    }
    let bias: Value = trained(&["--a", &a, "--b", &b, "--model", "bias"]).1;
    assert_eq!(bias["a"]["rmse"], bias["a"]["bias_rmse"], "the baseline and the model are one");
    let message = refusal(&["train", "--a", &a, "--b", &b, "--model", "oracle"]);
    assert!(message.contains("\"oracle\"") && message.contains("scaled-bias"), "{message}");
}

#[cfg(feature = "reference")]
#[test]
fn a_model_of_another_network_is_saved_and_recommends() {
    let folder = folder("networks");
    let a = write(&folder, "a.csv", &people(60, "b", |n| format!("u{n}")));
    let b = write(&folder, "b.csv", &people(60, "f", |n| format!("u{n}")));
    for network in ["attention", "adversarial"] {
        let out = folder.join(network).display().to_string();
        let set = format!("network={network}");
        trained(&["--a", &a, "--b", &b, "--set", &set, "--out", &out]);
        let listed = dual_metric(&["recommend", "--model", &out, "--user", "u3", "--domain", "a", "--json"]);
        let advice: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert!(advice.to_string().contains("rating"), "{network}: {advice}");
    }
}

/// Thirty people of two shops and a third that nobody asks for.
fn shops(folder: &Path) -> PathBuf {
    let mut text = String::from("person,shop,thing,stars\n");
    for person in 0..30 {
        for thing in 0..12 {
            let shop = ["Book", "DVD", "Rock, Pop"][thing % 3];
            text +=
                &format!("p{person},\"{shop}\",{shop:.1}{thing},{}\n", 1 + (person * 7 + thing * thing) % 5);
        }
    }
    let file = folder.join("shops.csv");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn one_file_is_split_by_a_column() {
    let folder = folder("split");
    let file = shops(&folder);
    let inspected = dual_metric(&["inspect", text(&file), "--part", r"shop=DVD,Rock\, Pop", "--json"]);
    let read: Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!((&read["ratings"], &read["users"], &read["items"]), (&240.into(), &30.into(), &8.into()));
    assert!(
        read["understood"]
            .as_str()
            .unwrap()
            .ends_with("of `shop` DVD + Rock, Pop, 120 rows with others are left out")
    );
    let train = |flags: &[&str]| {
        let of_all = ["train", "--epochs", "1", "--model", "bias", "--no-transfer-study", "--json"];
        let output = dual_metric(&[&of_all, flags].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut result: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(result["overlap_users"], 30);
        ["a", "b"].map(|side| result["report"][side]["model"].take())
    };
    let by_letters = train(&["--a", text(&file), "--split-by", "shop=Book/DVD"]);
    let by_parts =
        train(&["--a", text(&file), "--a-part", "2=Book", "--b", text(&file), "--b-part", "SHOP=DVD"]);
    assert_eq!(by_letters, by_parts);
}

#[test]
fn a_split_that_cannot_be_says_what_is_wrong() {
    let folder = folder("split_refused");
    let file = shops(&folder);
    let split = |by: &str| refusal(&["train", "--a", text(&file), "--split-by", by]);
    for (by, why) in [
        ("shop", "write it as category=Book/DVD,Video"),
        ("shop=Book", "write it as category=Book/DVD,Video"),
        ("shop=Book/", "no value is given for B"),
        ("shop=Book,DVD/DVD", "\"DVD\" is given for A and for B"),
        ("store=Book/DVD", "shops.csv has no column \"store\"; its columns are person, shop, thing, stars"),
        ("9=Book/DVD", "there is no column 9 to split it by"),
        (
            "shop=Book/CD",
            "no row has \"CD\" in `shop`; there are \"Book\" (120), \"DVD\" (120), \"Rock, Pop\" (120)",
        ),
    ] {
        let message = split(by);
        assert!(message.contains(why), "{by}: {message}");
    }
    // Where nobody is on both sides nothing crosses, and that is said.
    let alone = dual_metric(&[
        "train",
        "--a",
        text(&file),
        "--a-columns",
        "user=1,item=3,rating=4",
        "--split-by",
        "person=p0,p1/p2,p3",
        "--epochs",
        "1",
    ]);
    let said = String::from_utf8_lossy(&alone.stderr).into_owned();
    assert!(said.contains("Nobody is in both p0 + p1 and p2 + p3"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_can_not_be_written_stops_nothing() {
    let folder = folder("full_log");
    let sample = folder.join("sample");
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    assert!(dual_metric(&["sample", "--out", text(&sample)]).status.success());
    let (books, films) = (sample.join("books.csv"), sample.join("films.csv"));
    let arguments = ["train", "--a", text(&books), "--b", text(&films), "--model", "bias", "--verbose"];
    let mut program = Command::new(env!("CARGO_BIN_EXE_dual-metric"));
    let trained = program.args(arguments).stderr(full()).output().unwrap();
    assert_eq!(trained.status.code(), Some(0));
    assert!(String::from_utf8(trained.stdout).unwrap().contains("RMSE"));
    let mut program = Command::new(env!("CARGO_BIN_EXE_dual-metric"));
    assert_eq!(program.arg("nonsense").stderr(full()).output().unwrap().status.code(), Some(2));
}

#[test]
fn figures_are_told_though_the_model_has_no_place() {
    let folder = folder("no_place");
    let sample = folder.join("sample");
    assert!(dual_metric(&["sample", "--out", text(&sample)]).status.success());
    let (books, films) = (sample.join("books.csv"), sample.join("films.csv"));
    // A folder stands where the model goes.
    let out = folder.join("out");
    std::fs::create_dir_all(out.join("model.safetensors")).unwrap();
    let arguments =
        ["train", "--a", text(&books), "--b", text(&films), "--model", "bias", "--json", "--out", text(&out)];
    let trained = dual_metric(&arguments);
    assert_eq!(trained.status.code(), Some(2));
    let figures: Value = serde_json::from_slice(&trained.stdout).unwrap();
    assert!(figures["report"]["domains"].is_array() || figures["domains"].is_array(), "{figures}");
    // Figures do not stand beside the model of another training.
    assert!(!out.join("metrics.json").exists());
}

#[test]
fn rejected_rows_are_not_written_over_the_ratings() {
    let file = folder("rejects_over").join("ratings.csv");
    let ratings = "user,item,rating\nu1,i1,3\nu2,i1,4\nu1,i2\n";
    std::fs::write(&file, ratings).unwrap();
    let refusal = refusal(&["inspect", text(&file), "--rejects", text(&file)]);
    assert!(refusal.contains("--rejects") && refusal.contains("name another"), "{refusal}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), ratings);
}

#[test]
fn settings_that_are_no_json_are_refused_with_their_file() {
    let folder = folder("no_settings");
    let file = folder.join("settings.json");
    std::fs::write(&file, "{").unwrap();
    let arguments = ["train", "--a", "a.csv", "--b", "b.csv", "--config", text(&file)];
    let message = refusal(&arguments);
    assert!(message.contains("settings.json") && message.contains("dual-metric settings"), "{message}");
    // With the mark that some editors put before a text it is read, and the files are what is missing.
    std::fs::write(&file, "\u{feff}{\"seed\": 2}").unwrap();
    assert!(refusal(&arguments).contains("a.csv"));
}
