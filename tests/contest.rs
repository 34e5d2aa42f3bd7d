//! What makes a contest fair: the same rows for everybody, nothing chosen by test rows, controls that differ in one thing.

use std::sync::Arc;

use crate::{real, worlds};
use dual_metric::data::{Domain, Rating, Ratings, ReadOptions, UserId, World, read_ratings};
use dual_metric::lab::contest::{
    Contest, Findings, Form, Job, Manifest, Outcome, Plan, Point, Splitting, Users,
};
use dual_metric::metrics::Metric;
use dual_metric::settings::{Config, ValidConfig};

fn settings() -> ValidConfig {
    Config { epochs: 4, ..Config::robust() }.check().unwrap()
}

fn contest(world: &Arc<World>, tested: Option<Vec<Vec<bool>>>, config: &ValidConfig, tune: usize) -> Contest {
    Contest::new(world.clone(), tested, 3, config, tune, "data".into(), "test").unwrap()
}

fn job(model: &str, form: Form, users: Users) -> Job {
    Job { seed: 1, fold: 0, point: Point::default(), users, model: model.into(), form }
}

fn run(contest: &Contest, job: &Job) -> Outcome {
    pollster::block_on(contest.run(job, &mut |_| ())).unwrap()
}

/// Every fifth rating is tested.
fn a_fifth(world: &World) -> Vec<Vec<bool>> {
    world.domains.iter().map(|domain| (0..domain.ratings.len()).map(|n| n % 5 == 0).collect()).collect()
}

#[test]
fn all_models_and_forms_are_tested_on_the_same_rows() {
    let world = Arc::new(worlds::shared_taste(1));
    let contest = contest(&world, None, &settings(), 1);
    for users in [Users::All, Users::Cold] {
        let rows = |model, form| {
            let outcome = run(&contest, &job(model, form, users));
            outcome.predictions.into_iter().map(|own| own.rows).collect::<Vec<_>>()
        };
        let mean = rows("mean", Form::Linked);
        assert!(mean.iter().all(|rows| rows.len() > 100), "{users}");
        for form in [Form::Linked, Form::Alone, Form::Shuffled] {
            assert_eq!(rows("dml", form), mean, "{form} {users}");
        }
    }
}

#[test]
fn a_job_has_the_same_result_each_time_and_other_predictions_in_each_form() {
    let world = Arc::new(worlds::shared_taste(1));
    let contest = contest(&world, None, &settings(), 1);
    let predicted = |form| {
        let outcome = run(&contest, &job("dml", form, Users::Cold));
        outcome.predictions.into_iter().map(|own| own.predicted).collect::<Vec<_>>()
    };
    let linked = predicted(Form::Linked);
    assert_eq!(linked, predicted(Form::Linked));
    let (alone, shuffled) = (predicted(Form::Alone), predicted(Form::Shuffled));
    assert!(linked != alone && linked != shuffled && alone != shuffled);
}

/// The world with all tested ratings turned upside down.
fn with_false_tests(world: &World, tested: &[Vec<bool>]) -> World {
    let turned = world.domains.iter().zip(tested).map(|(domain, tested)| {
        let turn = |(row, &is_tested): (Rating, &bool)| {
            let value = domain.scale.lo + domain.scale.hi - row.value;
            if is_tested { Rating { value, ..row } } else { row }
        };
        let rows: Vec<Rating> = domain.ratings.iter().zip(tested).map(turn).collect();
        let ratings = Ratings::new(domain.users.len(), domain.items.len(), &rows).into();
        Domain { ratings, ..domain.clone() }
    });
    World::new(turned.collect())
}

#[test]
fn the_setting_is_chosen_by_validation_rows_and_no_test_row_has_a_say() {
    let world = Arc::new(worlds::shared_taste(2));
    let tested = a_fifth(&world);
    let blind = Arc::new(with_false_tests(&world, &tested));
    // Far too small a step, so that a larger one must be better.
    let config = Config { learning_rate: 1e-4, ..Config::clone(&settings()) }.check().unwrap();
    let outcome = |world: &Arc<World>, tune| {
        run(&contest(world, Some(tested.clone()), &config, tune), &job("dml", Form::Linked, Users::All))
    };
    let (own, other) = (outcome(&world, 3), outcome(&blind, 3));
    assert_ne!(own.result.domains, other.result.domains, "the test rows differ");
    let (training, blind) = (own.result.training, other.result.training);
    assert_eq!(
        (&training.chosen, training.validation_rmse, training.kept_epoch),
        (&blind.chosen, blind.validation_rmse, blind.kept_epoch)
    );
    let predicted = |outcome: &[_]| {
        outcome
            .iter()
            .map(|own: &dual_metric::lab::contest::Predictions| own.predicted.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(predicted(&own.predictions), predicted(&other.predictions));
    assert_eq!(serde_json::to_string(&training.chosen).unwrap(), r#"{"learning_rate":0.0003}"#);
    let plain = outcome(&world, 1).result.training;
    assert!(plain.chosen.is_empty() && training.validation_rmse < plain.validation_rmse);
}

#[test]
fn people_without_a_training_row_are_cold_where_the_test_rows_are_given() {
    let world = Arc::new(worlds::shared_taste(3));
    let mut tested = a_fifth(&world);
    // All ratings of the first seven people of the first domain.
    let end = world.domains[0].ratings.of_user(UserId(6)).end as usize;
    tested[0][..end].fill(true);
    let contest = contest(&world, Some(tested), &settings(), 1);
    let result = run(&contest, &job("linked-bias", Form::Linked, Users::All)).result;
    let units = |domain: usize| result.domains[domain].cold.as_ref().map(|group| &group.units.units);
    assert_eq!(units(0), Some(&(0..7).collect()));
    assert_eq!(units(1), None);
    assert_eq!(result.domains[0].few.as_ref().map(|group| group.units.units.len()), Some(7));
}

#[test]
fn on_data_with_a_shared_taste_the_tables_say_what_is_planted() {
    let world = Arc::new(worlds::shared_taste(4));
    let contest = contest(&world, None, &Config::robust().check().unwrap(), 1);
    let plan = Plan::new(&["linked-bias"], Splitting::Folds(3), 1, 2).unwrap();
    let jobs = plan.with_cold_users(true).with_placebos(true).jobs();
    let results: Vec<_> = jobs.iter().map(|job| run(&contest, job).result).collect();
    let found = Findings::new(&Manifest { terms: contest.terms().clone(), jobs }, &results).unwrap();
    // How high somebody rates is the same in both domains: a cold person's bias crosses, a warm one's is known already.
    for domain in &found.standings.domains {
        let cold = domain.groups.iter().find(|group| group.group == "cold").unwrap();
        let linked = cold.rows.iter().find(|row| row.model == "linked-bias").unwrap();
        assert!(linked.figures[0].metric == Metric::Rmse && linked.figures[0].is_winner, "{}", domain.name);
        assert!(linked.against_bias.unwrap().is_less());
    }
    for row in &found.gains {
        let change = row.alone.change;
        match row.group {
            "cold" => assert!(row.verdict == "gain" && change.value < -0.05, "{row:?}"),
            // To thirty ratings of their own the other domain's bias adds little.
            _ => assert!(row.verdict != "harm" && change.value.abs() < 0.015, "{row:?}"),
        }
    }
    assert_eq!(found.gains.iter().filter(|row| row.group == "cold").count(), 2);
}

#[test]
#[ignore = "needs the LSCD files; set DUAL_METRIC_DATA"]
fn on_somebody_elses_split_the_baselines_are_those_of_an_independent_program() {
    let read = |name: &str| {
        let bytes = real::file(&format!("lscd/{name}.csv"));
        read_ratings(name, &bytes, &ReadOptions::default()).unwrap().domain
    };
    let both = [1, 2].map(|d| read(&format!("{d}.train")).with_test_rows(&read(&format!("{d}.test"))));
    let tested = both.iter().map(|both| both.tested.clone()).collect();
    let world = Arc::new(World::new(both.into_iter().map(|both| both.domain).collect()));
    // All rows that are not tested are trained on, as there.
    let config = Config { patience: None, mix: false, ..Config::robust() }.check().unwrap();
    let contest = contest(&world, Some(tested), &config, 1);
    for (model, everybody, cold) in [
        ("mean", [1.167, 1.137], None),
        ("bias", [1.062, 0.993], Some([1.103, 0.929])),
        ("linked-bias", [1.048, 0.982], Some([1.068, 0.901])),
    ] {
        let result = run(&contest, &job(model, Form::Linked, Users::All)).result;
        for (d, domain) in result.domains.iter().enumerate() {
            let near = |group: &dual_metric::lab::contest::GroupResult, expected: f64| {
                let own = 4.0 * group.scores.rmse;
                assert!(
                    (own - expected).abs() < 0.0006,
                    "{model} in domain {}: {own}, not {expected}",
                    d + 1
                );
            };
            near(domain.all.as_ref().unwrap(), everybody[d]);
            let group = domain.cold.as_ref().unwrap();
            cold.iter().for_each(|cold| near(group, cold[d]));
            let share = f64::from(group.units.ratings.iter().sum::<u32>()) / domain.tested_rows as f64;
            assert!((share - [0.19, 0.18][d]).abs() < 0.006, "{share} of the rows are of cold people");
        }
    }
}
