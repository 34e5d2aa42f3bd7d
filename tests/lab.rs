//! `dual-metric lab` as a person or a cluster calls it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dual-metric"))
}

/// A folder of this test's own with the generated sample in it.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lab").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let sample = program().args(["sample", "--seed", "3", "--out"]).arg(&folder).output().unwrap();
    assert!(sample.status.success());
    folder
}

/// `lab` on the sample, with more arguments separated by blanks; `OUT` stands for a folder inside the test's own.
fn lab(folder: &Path, arguments: &str) -> Command {
    let mut command = program();
    command.current_dir(folder).args(["lab", "--domain", "books=books.csv", "--domain", "films=films.csv"]);
    command.args(arguments.split(' ').filter(|argument| !argument.is_empty()));
    command
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A refusal is one line on standard error, nothing on standard output, and exit code 2.
fn refusal(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(message.trim_end().lines().count(), 1, "{message}");
    message
}

/// All that a contest has found in a folder, time and memory aside.
fn tables(folder: &Path) -> Vec<String> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut all: Vec<String> =
        ["manifest.jsonl", "figures.csv", "comparisons.csv", "gains.csv", "tables.tex"].map(read).into();
    let text = read("tables.md");
    all.push(text.split("## What the models take").next().unwrap().into());
    let mut json: Value = serde_json::from_str(&read("result.json")).unwrap();
    assert!(json["costs"][0]["seconds"].is_number());
    json["costs"] = Value::Null;
    all.push(json.to_string());
    all
}

fn results(folder: &Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder.join("results")) else { return Vec::new() };
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

const CONTEST: &str = "--models dml,linked-bias --folds 2 --seed 4 --placebo --set epochs=6";

#[test]
fn a_run_that_is_killed_in_the_middle_and_started_again_has_the_tables_of_one_that_was_not() {
    let folder = folder("killed");
    done(&mut lab(&folder, &format!("{CONTEST} --out whole")));
    let all = results(&folder.join("whole"));
    // Two folds; everybody and cold people; mean and bias once, the other two in three forms.
    assert_eq!(all.len(), 2 * 2 * (2 + 2 * 3));

    let part = folder.join("part");
    let mut process = lab(&folder, &format!("{CONTEST} --out part"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while results(&part).len() < 5 {
        assert!(started.elapsed() < Duration::from_secs(300), "no result came");
        std::thread::sleep(Duration::from_millis(2));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let before = results(&part);
    assert!(before.len() < all.len(), "it was over before it could be killed");
    assert!(!part.join("figures.csv").exists());
    // What a process leaves that dies while it writes.
    std::fs::write(part.join("results").join(format!(".{}.part", all.last().unwrap())), "{\"job\":{\"se")
        .unwrap();
    let times = |names: &[String]| -> Vec<_> {
        let time = |name: &String| part.join("results").join(name).metadata().unwrap().modified().unwrap();
        names.iter().map(time).collect()
    };
    let old = times(&before);
    done(&mut lab(&folder, &format!("{CONTEST} --out part")));
    assert_eq!(old, times(&before), "what is done is not done again");
    assert_eq!(results(&part), all);
    assert_eq!(tables(&part), tables(&folder.join("whole")));
}

#[test]
fn shards_of_several_machines_make_the_tables_of_one_run() {
    let folder = folder("shards");
    let contest = "--models linked-bias --folds 3 --seeds 2 --placebo";
    done(&mut lab(&folder, &format!("{contest} --out whole")));
    for shard in ["1/3", "2/3", "3/3"] {
        let out = format!("shard-{}", &shard[..1]);
        let output = done(&mut lab(&folder, &format!("{contest} --shard {shard} --out {out}")));
        assert!(output.stdout.is_empty() && !folder.join(&out).join("figures.csv").exists());
        assert!(String::from_utf8_lossy(&output.stderr).contains("lab merge"));
    }
    let merge = |arguments: &str| {
        let mut command = program();
        command.current_dir(&folder).args(["lab", "merge"]).args(arguments.split(' '));
        command
    };
    let told = |output: Output| String::from_utf8(output.stderr).unwrap();
    let part = told(done(&mut merge("shard-1 shard-3 --out part")));
    assert!(part.contains("jobs are in none of these folders"), "{part}");
    let whole = told(done(&mut merge("shard-1 shard-2 shard-3 --out merged")));
    assert!(whole.is_empty(), "{whole}");
    assert_eq!(tables(&folder.join("merged")), tables(&folder.join("whole")));
    // One folder for all does as well, also at the same time: the last shard writes the tables.
    let shards = ["1/3", "3/3", "2/3"].map(|shard| {
        let mut command = lab(&folder, &format!("{contest} --shard {shard} --out common"));
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for shard in shards {
        let output = shard.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(tables(&folder.join("common")), tables(&folder.join("whole")));

    done(&mut lab(&folder, "--models mean --folds 3 --set batch=64 --out other-settings"));
    let message = refusal(&mut merge("shard-1 other-settings --out nowhere"));
    assert!(
        message.contains("other-settings holds results") && message.contains("another batch"),
        "{message}"
    );
    std::fs::copy(folder.join("books.csv"), folder.join("kept.csv")).unwrap();
    let mut more = std::fs::read_to_string(folder.join("books.csv")).unwrap();
    more.push_str("somebody-new,book-0001,3\n");
    std::fs::write(folder.join("books.csv"), more).unwrap();
    done(&mut lab(&folder, "--models mean --folds 3 --out other-data"));
    let message = refusal(&mut merge("shard-1 other-data --out nowhere"));
    assert!(message.contains("other data"), "{message}");
    let message = refusal(&mut lab(&folder, "--models mean --folds 3 --out shard-1"));
    assert!(message.contains("shard-1") && message.contains("other data"), "{message}");
    assert!(refusal(&mut merge("books.csv --out nowhere")).contains("books.csv"));
    assert!(!folder.join("nowhere").exists());
}

#[test]
fn more_models_are_added_to_a_folder_and_the_baselines_are_always_there() {
    let folder = folder("added");
    let output = done(&mut lab(&folder, "--models scaled-bias --folds 2 --no-cold-users --json --out out"));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let models = |result: &Value| -> Vec<String> {
        let rows = result["standings"]["domains"][0]["groups"][0]["rows"].as_array().unwrap();
        rows.iter().map(|row| row["model"].as_str().unwrap().into()).collect()
    };
    assert_eq!(models(&result), ["mean", "bias", "scaled-bias"]);
    let rmse = &result["standings"]["domains"][0]["groups"][0]["rows"][0]["figures"][0];
    assert!(rmse["metric"] == "rmse" && rmse["mean"].is_number() && rmse["deviation"].is_number(), "{rmse}");
    let output = done(&mut lab(&folder, "--models linked-bias --folds 2 --no-cold-users --json --out out"));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut names = models(&result);
    names.sort();
    assert_eq!(names, ["bias", "linked-bias", "mean", "scaled-bias"]);
    let tex = std::fs::read_to_string(folder.join("out/tables.tex")).unwrap();
    assert!(tex.contains("scaled-bias &") && tex.contains("\nmean &") && tex.contains("\nbias &"));
}

#[test]
fn given_test_rows_are_predicted_in_the_ids_and_on_the_scale_of_the_file() {
    let folder = folder("given");
    let text = std::fs::read_to_string(folder.join("books.csv")).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let (test, train): (Vec<_>, Vec<_>) = rows.lines().enumerate().partition(|(n, _)| n % 4 == 0);
    let write = |name: &str, rows: &[(usize, &str)]| {
        let rows: String = rows.iter().map(|(_, row)| format!("{row}\n")).collect();
        std::fs::write(folder.join(name), format!("{header}\n{rows}")).unwrap();
    };
    write("train.csv", &train);
    write("test.csv", &test);
    let mut command = program();
    command.current_dir(&folder);
    let arguments = "lab --domain books=train.csv --domain films=films.csv --test books=test.csv --models linked-bias \
                     --out out --predictions predictions --json";
    command.args(arguments.split_whitespace());
    let result: Value = serde_json::from_slice(&done(&mut command).stdout).unwrap();
    assert_eq!(result["standings"]["terms"]["splitting"], "given");
    assert_eq!(result["standings"]["domains"][1]["groups"], Value::Array(Vec::new()), "no film is tested");
    let group = &result["standings"]["domains"][0]["groups"][0];
    assert_eq!(group["ratings"], test.len());

    let path = folder.join("predictions/linked-bias.linked.all.seed1.fold1.1-books.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("user,item,truth,prediction"));
    let mut squares = 0.0;
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let [truth, prediction] = [2, 3].map(|n| cells[n].parse::<f64>().unwrap());
        assert!((1.0..=5.0).contains(&prediction), "{line}");
        squares += ((prediction - truth) / 4.0).powi(2);
        found.push(cells[..3].join(","));
    }
    let mut expected: Vec<String> =
        test.iter().map(|(_, row)| row.split(',').take(3).collect::<Vec<_>>().join(",")).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "the rows of the file");
    // Who scores the file has the figure of the table.
    let row = group["rows"].as_array().unwrap().iter().find(|row| row["model"] == "linked-bias").unwrap();
    let rmse = row["figures"][0]["mean"].as_f64().unwrap();
    assert!(((squares / test.len() as f64).sqrt() - rmse).abs() < 1e-6);

    // Predictions that are not there are made again, and nothing else.
    std::fs::remove_file(&path).unwrap();
    let others = folder.join("predictions/mean.linked.all.seed1.fold1.1-books.csv");
    let time = others.metadata().unwrap().modified().unwrap();
    done(&mut command);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(others.metadata().unwrap().modified().unwrap(), time);
}

#[test]
fn what_can_not_be_done_is_refused_in_one_line() {
    let folder = folder("refused");
    for (arguments, part) in [
        ("--models oracle --out out", "oracle"),
        ("--folds 1 --out out", "2 to 100"),
        ("--shard 3/2 --out out", "1/4"),
        ("--tune 99 --out out", "tune"),
        ("--seeds 0 --out out", "seeds"),
        ("--models mean", "--out"),
        ("--test songs=films.csv --out out", "--test"),
        ("--set dropout=2 --out out", "dropout"),
        ("--folds 9000000 --models mean --out out", "2 to 100"),
    ] {
        let message = refusal(&mut lab(&folder, arguments));
        assert!(message.contains(part), "{arguments}: {message}");
    }
    assert!(!folder.join("out").join("manifest.jsonl").exists());
    // A result that somebody has cut off is named, and not taken for one.
    done(&mut lab(&folder, "--models mean --folds 2 --out cut"));
    let path = folder.join("cut/results/mean.linked.all.seed1.fold1.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    let output = lab(&folder, "--models mean --folds 2 --out cut").output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message.contains("mean.linked.all.seed1.fold1.json") && message.contains("Remove it"),
        "{message}"
    );
}

/// All that an experiment has shown in a folder.
fn shown(folder: &Path) -> Vec<String> {
    ["manifest.jsonl", "experiment.json", "experiment.md", "overlap.svg", "overlap-newcomers.csv"]
        .map(|name| std::fs::read_to_string(folder.join(name)).unwrap())
        .into()
}

#[test]
fn an_experiment_that_is_broken_off_and_started_again_shows_what_one_run_shows() {
    let folder = folder("experiment");
    let experiment = "--experiment overlap --models linked-bias --points 0,8,all --folds 2 --seed 1 --out";
    let output = done(&mut lab(&folder, &format!("{experiment} whole")));
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("people in both, the error of newcomers under linked-bias"), "{told}");
    assert!(told.contains("The paper: Few people in both"), "{told}");
    let foreseen = String::from_utf8(output.stderr).unwrap();
    assert!(foreseen.contains("jobs that are left, by the first of each model"), "{foreseen}");
    // As a run is found that was killed: some results are there, one is half written.
    done(&mut lab(&folder, &format!("{experiment} broken")));
    let mut results: Vec<PathBuf> = std::fs::read_dir(folder.join("broken/results"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    results.sort();
    // By fold: nobody and eight, kept for everybody and newcomers and discarded, three models; all, two groups of five.
    assert_eq!(results.len(), 2 * (2 * 3 * 3 + 2 * 5));
    results.iter().step_by(3).for_each(|path| std::fs::remove_file(path).unwrap());
    std::fs::write(folder.join("broken/results/.kept-8.bias.part"), "{").unwrap();
    std::fs::remove_file(folder.join("broken/experiment.json")).unwrap();
    done(&mut lab(&folder, &format!("{experiment} broken")));
    assert_eq!(shown(&folder.join("broken")), shown(&folder.join("whole")));
    // Shards on two machines.
    for n in [1, 2] {
        done(&mut lab(&folder, &format!("{experiment} shard-{n} --shard {n}/2")));
    }
    let mut merge = program();
    done(merge.current_dir(&folder).args(["lab", "merge", "shard-1", "shard-2", "--out", "merged"]));
    assert_eq!(shown(&folder.join("merged")), shown(&folder.join("whole")));
    // Another experiment has no place in the folder.
    let other = experiment.replace("overlap", "dimension").replace(" --points 0,8,all", "");
    let message = refusal(&mut lab(&folder, &format!("{other} whole")));
    assert!(message.contains("another experiment: dimension here, overlap there"), "{message}");
}

#[test]
fn a_search_for_settings_goes_on_where_it_was_and_writes_settings_that_train_takes() {
    let folder = folder("tune");
    let search = |budget: usize| {
        let arguments = format!(
            "--experiment tune --models cmf --budget {budget} --set epochs=2 --set dimension=4 --out search --json"
        );
        let output = done(&mut lab(&folder, &arguments));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let out = folder.join("search");
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let whole = search(9);
    assert_eq!((whole["done"].as_u64(), whole["jobs"].as_u64()), (Some(9 + 6 + 2), Some(9 + 6 + 2)));
    let svg = read("tune.svg");
    // What was lost is done again, and nothing else.
    let result = |job: &str| format!("results/{job}.cmf.linked.all.seed1.fold1.json");
    let kept = read(&result("try-3"));
    for job in ["try-9", "best-of-9-1"] {
        std::fs::remove_file(out.join(result(job))).unwrap();
    }
    assert_eq!(search(9)["found"], whole["found"]);
    assert_eq!(read("tune.svg"), svg);
    assert_eq!(read(&result("try-3")), kept, "with the time that it took then");
    // Two tries more.
    let more = search(11);
    assert_eq!(more["jobs"].as_u64(), Some(11 + 6 + 3 + 2), "the best of nine was tested too");
    assert_eq!(more["found"][0]["budget"].as_u64(), Some(11));
    let own: Value = serde_json::from_str(&read("settings-cmf-seed1.json")).unwrap();
    assert_eq!((own["model"].as_str(), own["epochs"].as_u64()), (Some("cmf"), Some(2)));
    assert_eq!(own["learning_rate"], more["found"][0]["tuned"]["learning_rate"]);
    let train = "train --a books.csv --b films.csv --config search/settings-cmf-seed1.json --no-transfer-study --json";
    done(program().current_dir(&folder).args(train.split(' ')));
    for wrong in ["--shard 1/2", "--tune 3", "--placebo", "--points 3"] {
        let message = refusal(&mut lab(&folder, &format!("--experiment tune --out other {wrong}")));
        assert!(message.contains("leave"), "{wrong}: {message}");
    }
}
