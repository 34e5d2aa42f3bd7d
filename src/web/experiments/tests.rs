//! From a request to figures, as the page goes about it.

use std::sync::Arc;

use super::*;
use crate::data::{World, sample};
use crate::error::Result;
use crate::lab::contest::{Manifest, Splitting};
use crate::settings::{Config, ValidConfig};

const DATA: &str = "the sample";

fn world() -> Arc<World> {
    Arc::new(sample(1).world)
}

fn config() -> ValidConfig {
    Config { epochs: 1, ..Config::robust() }.check().unwrap()
}

fn request(experiment: &str, models: &[&str], points: &[&str]) -> Request {
    Request {
        experiment: experiment.into(),
        models: models.iter().map(ToString::to_string).collect(),
        splitting: Splitting::Folds(2),
        seed: 1,
        seeds: 1,
        has_cold_users: false,
        has_placebos: false,
        points: points.iter().map(ToString::to_string).collect(),
        budget: 0,
    }
}

fn planned(request: &Request) -> Result<Planned> {
    plan(request, world(), &config(), DATA.into())
}

/// Does jobs, each as its own worker would.
fn results(experiment: &str, planned: &Planned) -> Vec<ResultText> {
    let contest = contest(experiment, 2, world(), &config(), DATA.into()).unwrap();
    let run = |PlannedJob { name, job, .. }: &PlannedJob| {
        let outcome = pollster::block_on(contest.run(job, &mut |_| ())).unwrap();
        ResultText { name: name.clone(), text: outcome.result.write().unwrap() }
    };
    planned.jobs.iter().map(run).collect()
}

#[test]
fn a_plan_has_its_lightest_jobs_first_and_tells_all_points_that_can_be_chosen() {
    let plan = planned(&request("dimension", &["dml"], &["4", "16"])).unwrap();
    // Of each of the three models one job at the smallest dimension.
    let mut first: Vec<&str> = plan.jobs[..3].iter().map(|job| &*job.name).collect();
    first.sort_unstable();
    let lightest = ["bias", "dml", "mean"].map(|model| format!("k4.{model}.linked.all.seed1.fold1"));
    assert_eq!(first, lightest);
    let dml = plan.jobs.iter().find(|job| job.job.model == "dml").unwrap();
    assert_eq!((dml.job.point.x, dml.module), (4, ModuleName::First));
    let points: Vec<&str> = plan.points.iter().map(|point| &*point.label).collect();
    assert_eq!(points, ["4", "8", "16", "32", "64", "128", "256"]);
    assert_eq!(Manifest::read("m", &plan.manifest).unwrap().jobs.len(), plan.jobs.len());
}

#[test]
fn a_job_that_trains_with_burn_asks_for_the_second_module() {
    let plan = planned(&request("overlap", &["cml", "dml"], &["0"])).unwrap();
    for PlannedJob { job, module, .. } in &plan.jobs {
        assert_eq!(*module == ModuleName::Full, job.model == "cml", "{job}");
    }
    let plan = planned(&request("networks", &["dml"], &[])).unwrap();
    let full: Vec<&str> = plan
        .jobs
        .iter()
        .filter(|job| job.module == ModuleName::Full)
        .map(|job| &*job.job.point.name)
        .collect();
    assert!(full.contains(&"cnn") && !full.contains(&"mlp"), "{full:?}");
}

#[test]
fn what_is_no_experiment_no_point_and_no_splitting_is_refused() {
    let refused = |request: &Request| planned(request).map(|_| ()).unwrap_err().to_string();
    assert!(refused(&request("overlook", &[], &[])).contains("overlap"));
    assert!(refused(&request("overlap", &[], &["3"])).contains("there are kept-0"));
    let given = Request { splitting: Splitting::Given, ..request("overlap", &[], &[]) };
    assert!(refused(&given).contains("use folds"));
}

#[test]
fn results_in_any_order_draw_the_same_and_a_broken_one_is_refused() {
    let plan = planned(&request("overlap", &["linked-bias"], &["0", "8", "all"])).unwrap();
    let all = results("overlap", &plan);
    let (mut forwards, mut backwards) =
        (Board::new(&plan.manifest).unwrap(), Board::new(&plan.manifest).unwrap());
    assert_eq!(forwards.add(&[]).unwrap().seconds_left, None);
    for result in &all {
        forwards.add(std::slice::from_ref(result)).unwrap();
    }
    let mut broken = ResultText { name: all[0].name.clone(), text: all[0].text[..100].into() };
    let on = backwards.add(std::slice::from_ref(&broken)).unwrap();
    assert_eq!((on.done.len(), &*on.refused[0].name), (0, &*all[0].name));
    broken.name = "of.another.experiment".into();
    assert!(
        backwards.add(&[broken]).unwrap().refused.is_empty(),
        "results of other plans are in the folder too"
    );
    let reversed: Vec<ResultText> = all.into_iter().rev().collect();
    let half = backwards.add(&reversed[..reversed.len() / 2]).unwrap();
    assert!(half.seconds_left.unwrap() > 0.0);
    let early = backwards.view(640.0).unwrap();
    assert!(early.done > 0 && early.done < early.jobs && !early.figures.is_empty());
    let on = backwards.add(&reversed).unwrap();
    assert_eq!((on.done.len(), on.seconds_left), (plan.jobs.len(), Some(0.0)));

    for kind in [FigureFile::Csv, FigureFile::Json, FigureFile::Latex, FigureFile::Svg] {
        let (own, other) = (forwards.file(kind, 0).unwrap(), backwards.file(kind, 0).unwrap());
        assert_eq!((&own.name, &own.text), (&other.name, &other.text));
        assert!(own.name.starts_with("overlap.") && own.text.is_some_and(|text| !text.is_empty()));
    }
    let view = forwards.view(640.0).unwrap();
    let figure = &view.figures[0];
    assert!(figure.svg.contains("var(--ink"), "in the colours of the page");
    assert!(figure.rows.iter().all(|row| row.len() == figure.columns.len()));
    assert_eq!(figure.columns.iter().filter(|column| column.name == "RMSE" && column.is_number).count(), 1);
    assert!(forwards.file(FigureFile::Csv, 9).is_err());
}

#[test]
fn a_search_says_whose_turn_it_is_and_what_it_has_found() {
    let plan = planned(&Request { budget: 9, ..request("tune", &["cmf"], &[]) }).unwrap();
    assert!(plan.points.is_empty(), "a search finds its points by itself");
    let contest = contest("tune", 2, world(), &config(), DATA.into()).unwrap();
    let mut board = Board::new(&plan.manifest).unwrap();
    let mut on = board.add(&[]).unwrap();
    // Eight tries before anything is concluded; the test of the settings that one had, and two baselines.
    assert_eq!(on.ready.as_ref().unwrap().len(), 8 + 3 + 2);
    let mut order = Vec::new();
    while let Some(ReadyJob { name, job }) = on.ready.unwrap().into_iter().next() {
        assert!(plan.jobs.iter().any(|own| own.name == name && own.job == job.planned()), "{name}");
        order.push(name.clone());
        let text = pollster::block_on(contest.run(&job, &mut |_| ())).unwrap().result.write().unwrap();
        on = board.add(&[ResultText { name, text }]).unwrap();
        assert!(on.refused.is_empty());
    }
    assert_eq!(order.len(), plan.jobs.len());
    let place = |job: &str| order.iter().position(|name| name.starts_with(job)).unwrap();
    assert!((1..9).all(|n| place(&format!("try-{n}.")) < place("try-9.")), "{order:?}");
    assert!(place("try-9.") < place("best-of-9-1."), "{order:?}");
    let view = board.view(640.0).unwrap();
    assert_eq!((view.found.len(), &*view.found[0].model), (1, "cmf"));
    let names: Vec<&str> = view.figures.iter().map(|figure| &*figure.name).collect();
    assert_eq!(names, ["tune", "tune-test", "tune-effects-cmf"]);
    let plain = planned(&request("overlap", &["linked-bias"], &["0"])).unwrap();
    assert!(Board::new(&plain.manifest).unwrap().add(&[]).unwrap().ready.is_none());
}

/// What the browser draws from the same results is compared with this in tests/e2e/experiments.test.mjs.
#[test]
fn the_drawing_that_the_browser_has_to_make_is_the_one_that_is_made_here() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/experiment");
    let (manifest, results, svg) = (
        format!("{folder}/manifest.jsonl"),
        format!("{folder}/results.json"),
        format!("{folder}/identification.svg"),
    );
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let plan = planned(&request("identification", &[], &[])).unwrap();
        let pairs: Vec<(String, String)> = self::results("identification", &plan)
            .into_iter()
            .map(|result| (result.name, result.text))
            .collect();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&manifest, &plan.manifest).unwrap();
        std::fs::write(&results, serde_json::to_string_pretty(&pairs).unwrap() + "\n").unwrap();
    }
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let pairs: Vec<(String, String)> = serde_json::from_str(&read(&results)).unwrap();
    let texts: Vec<ResultText> = pairs.into_iter().map(|(name, text)| ResultText { name, text }).collect();
    let mut board = Board::new(&read(&manifest)).unwrap();
    let on = board.add(&texts).unwrap();
    assert_eq!((on.done.len(), on.refused.len()), (texts.len(), 0));
    let drawn = board.file(FigureFile::Svg, 0).unwrap().text.unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&svg, &drawn).unwrap();
    }
    assert!(
        drawn == read(&svg),
        "the drawing is another; UPDATE_GOLDEN=1 cargo test --release --lib experiments writes it"
    );
}
