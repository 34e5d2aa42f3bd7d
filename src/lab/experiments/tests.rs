//! Points and jobs by hand-counted numbers, and what half of the results show.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::data::{sample, sample_of};
use crate::figure::Mark;
use crate::lab::contest::{Beside, Contest, Links, Material, Point, company};
use crate::settings::Config;

fn config() -> ValidConfig {
    Config { epochs: 3, ..Config::robust() }.check().unwrap()
}

fn request(experiment: &str, models: &[&str]) -> Request {
    Request {
        experiment: experiment.into(),
        models: models.iter().map(ToString::to_string).collect(),
        splitting: Splitting::Folds(2),
        seed: 1,
        seeds: 1,
        has_cold_users: true,
        has_placebos: false,
        points: Vec::new(),
        budget: 0,
    }
}

fn planned(request: &Request) -> Vec<Job> {
    jobs(request, &sample(1).world, &config()).unwrap()
}

/// Does all jobs of a request on the sample.
fn done(request: &Request) -> (Manifest, Vec<JobResult>) {
    let world = Arc::new(sample(1).world);
    let contest = Contest::new(world.clone(), None, 2, &config(), 1, "abc".into(), "test")
        .unwrap()
        .of_experiment(&request.experiment);
    let jobs = jobs(request, &world, &config()).unwrap();
    let run = |job: &Job| pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result;
    let results = jobs.iter().map(run).collect();
    (Manifest { terms: contest.terms().clone(), jobs }, results)
}

#[test]
fn jobs_side_by_side_find_what_each_finds_alone() {
    let own = Request {
        seeds: 2,
        has_cold_users: false,
        points: points(&["kept-0", "all"]),
        ..request("overlap", &["dml", "ncf"])
    };
    let (manifest, alone) = done(&own);
    let world = Arc::new(sample(1).world);
    let contest = Contest::new(world, None, 2, &config(), 1, "abc".into(), "test").unwrap();
    let contest = contest.of_experiment("overlap");
    let mut told = BTreeSet::new();
    let mut tell = |number, _| _ = told.insert(number);
    let Beside { outcomes: found, lost } =
        pollster::block_on(contest.run_together(&manifest.jobs, &mut tell));
    assert!(lost.is_none());
    assert!(manifest.jobs.len() > 8 && told.len() == manifest.jobs.len(), "{}", manifest.jobs.len());
    let seconds = found.iter().map(|outcome| outcome.as_ref().unwrap().result.training.seconds);
    assert!(
        seconds.clone().all(|own| own > 0.0) && seconds.collect::<Vec<_>>().windows(2).all(|w| w[0] == w[1])
    );
    for (alone, found) in alone.into_iter().zip(found) {
        let mut found = found.unwrap().result;
        found.training.seconds = alone.training.seconds;
        assert_eq!(found, alone);
    }
}

#[test]
fn jobs_have_company_where_a_card_gains_by_it() {
    let has = |experiment: &str, model: &str, config: Config| {
        let job = Job {
            seed: 1,
            fold: 0,
            point: Point::default(),
            users: Users::All,
            model: model.into(),
            form: Form::Linked,
        };
        company(experiment, &job, &config.check().unwrap()).unwrap()
    };
    assert!(has("overlap", "dml", Config::robust()));
    assert!(!has("peers", "ncf", Config::robust()), "no card has its two networks in one step");
    assert!(!has("peers", "bayes", Config::robust()), "no step of an engine");
    assert!(!has("scale", "dml", Config::robust()), "its time is the figure");
    let network = Config { network: crate::settings::Network::Cnn, ..Config::robust() };
    assert!(!has("peers", "dml", network), "burn trains it");
    let planted = planned(&request("identification", &[]));
    assert!(!planted.is_empty());
    assert!(
        planted.iter().all(|job| !company("identification", job, &config()).unwrap()),
        "nothing is trained"
    );
}

#[test]
fn the_list_has_each_experiment_once_with_models_that_there_are() {
    let names: BTreeSet<&str> = EXPERIMENTS.iter().map(|experiment| experiment.name).collect();
    assert_eq!(names.len(), EXPERIMENTS.len());
    for experiment in EXPERIMENTS {
        assert!(Job::is_name(experiment.name) && !experiment.shows.is_empty());
        let is_known = |name: &&str| *name == "all" || crate::peers::find(name).is_ok();
        assert!(experiment.models.iter().all(is_known), "{}", experiment.name);
    }
}

#[test]
fn newcomers_can_be_left_out_where_it_is_said_that_they_can() {
    let world = sample_of(1, 3).world;
    for experiment in EXPERIMENTS {
        let with = jobs(&request(experiment.name, &[]), &world, &config()).unwrap();
        let without = Request { has_cold_users: false, ..request(experiment.name, &[]) };
        // Where there is nobody else to test, leaving them out is refused.
        let is_fewer = jobs(&without, &world, &config()).is_ok_and(|without| without.len() < with.len());
        assert_eq!(experiment.has_newcomers, is_fewer, "{}", experiment.name);
    }
}

#[test]
fn the_jobs_of_overlap_are_those_of_a_hand_count() {
    // 450 people are in both, a fifth of them new in each domain: 270 others. Steps 0, 1, 2, …, 256 are ten, and all.
    let all = planned(&request("overlap", &["linked-bias"]));
    // By fold: kept, everybody and newcomers; discarded, everybody; three models each. At all the linked bias has three forms.
    assert_eq!(all.len(), 2 * (10 * 2 * 3 + 10 * 3 + 2 * (2 + 3)));
    let names: BTreeSet<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), all.len(), "every job has a file of its own");
    let eight: BTreeSet<&Point> = all.iter().map(|job| &job.point).filter(|point| point.x == 8).collect();
    let links: Vec<Links> = eight.iter().map(|point| point.links).collect();
    assert_eq!(links, [Links::Discarded(8), Links::Kept(8)]);
    assert!(all.iter().any(|job| job.point.name == "all" && job.point.links == Links::All));
    // Some points alone, by name and by place.
    let some = Request { points: vec!["8".into(), "all".into()], ..request("overlap", &["linked-bias"]) };
    assert_eq!(planned(&some).len(), 2 * (2 * 3 + 3 + 2 * (2 + 3)));
    let with_placebos = Request { has_placebos: true, points: vec!["8".into()], ..some };
    assert_eq!(planned(&with_placebos).len(), 2 * (2 * 5 + 5));
}

#[test]
fn the_jobs_of_dimension_are_the_seven_of_the_paper() {
    let all = planned(&request("dimension", &["cmf"]));
    assert_eq!(all.len(), 2 * 7 * 2 * 3);
    let settings: BTreeSet<&str> = all.iter().map(|job| &*job.point.settings["dimension"]).collect();
    assert_eq!(settings, ["4", "8", "16", "32", "64", "128", "256"].into());
    assert!(all.iter().all(|job| job.point.material == Material::Files && job.point.links == Links::All));
}

#[test]
fn what_there_is_not_is_refused_with_what_there_is() {
    let refused = |request: &Request| jobs(request, &sample(1).world, &config()).unwrap_err().to_string();
    assert!(refused(&request("overlook", &[])).contains("overlap"));
    assert!(refused(&request("overlap", &["oracle"])).contains("oracle"));
    let message = refused(&Request { points: vec!["17".into()], ..request("dimension", &[]) });
    assert!(message.contains("17") && message.contains("k16"), "{message}");
}

#[test]
fn half_of_the_results_draw_and_all_of_them_say_the_same_in_any_order() {
    let some = Request {
        points: ["0", "8", "all"].map(String::from).into(),
        ..request("overlap", &["linked-bias"])
    };
    let (manifest, mut results) = done(&some);
    let whole = shown(&manifest, &results).unwrap();
    assert_eq!((whole.done, whole.jobs), (results.len(), results.len()));
    // Two domains, others kept and discarded; two domains of newcomers.
    assert_eq!(whole.figures.iter().map(|figure| figure.panels.len()).collect::<Vec<_>>(), [4, 2]);
    let kept = &whole.figures[0].panels[0];
    let names: Vec<&str> = kept.series.iter().map(|series| &*series.name).collect();
    assert_eq!(names, ["linked-bias", "bias", "linked-bias, shuffled links"]);
    assert_eq!(kept.series[0].points.iter().map(|point| point.x).collect::<Vec<_>>(), [0.0, 8.0, 450.0]);
    // 28 numbers: six groups of three points with linked bias, mean and bias, less those that stand in two; shuffled at all.
    assert_eq!(whole.places.len(), 2 * (3 * 3 + 1) * 2 + 2 * 2 * 3);
    assert!(
        whole.finding.contains("people in both, the error of newcomers under linked-bias"),
        "{}",
        whole.finding
    );
    let arm = "goes from 0.";
    assert!(
        whole.finding.contains(arm) && whole.finding.contains("bias model, which knows no links"),
        "{}",
        whole.finding
    );
    // On the sample people's mildness crosses; without anybody in both nothing does.
    let newcomers = whole.contrasts.iter().find(|own| own.group == "cold" && own.domain == "films").unwrap();
    assert_eq!((&*newcomers.from.point.name, &*newcomers.to.point.name), ("kept-0", "all"));
    assert!(newcomers.change.is_less() && newcomers.p_people < 0.05, "{newcomers:?}");
    let placebo = |own: &&Contrast| own.to.form == Form::Shuffled && own.group == "cold";
    assert!(whole.contrasts.iter().filter(placebo).all(|own| !own.is_gain()));
    results.reverse();
    assert_eq!(shown(&manifest, &results).unwrap(), whole);
    results.truncate(results.len() / 3);
    let half = shown(&manifest, &results).unwrap();
    assert!(!half.figures.is_empty() && half.places.len() < whole.places.len());
    let none = shown(&manifest, &[]).unwrap();
    assert!(none.figures.is_empty() && none.finding.is_empty() && none.done == 0);
    let columns: Vec<String> = whole.figures[0].table().columns.into_iter().map(|own| own.name).collect();
    assert_eq!(columns[3..6], ["Links", "Arm", "People in both"]);
    // It crosses to a page and reads as JSON.
    assert!(serde_json::to_string(&whole).unwrap().contains("\"finding\""));
}

#[test]
fn dimension_is_compared_with_that_of_the_paper() {
    let some = Request { points: ["4", "16"].map(String::from).into(), ..request("dimension", &["cmf"]) };
    let (manifest, results) = done(&some);
    let shown = shown(&manifest, &results).unwrap();
    assert_eq!(shown.contrasts.len(), 4);
    assert_eq!(shown.figures.len(), 2);
    // A sentence a figure.
    assert!(
        shown
            .finding
            .starts_with("On these data the error of everybody under cmf, from 16 dimensions, changes by ")
    );
    assert!(
        shown.finding.contains(". For newcomers: the error of newcomers under cmf, from 16"),
        "{}",
        shown.finding
    );
    assert!(
        shown.finding.contains("in 0 of 2 comparisons") || shown.finding.contains("for sure"),
        "{}",
        shown.finding
    );
    assert!(shown.figures[0].panels[0].title.starts_with("books (global mean 0."));
    let columns = shown.figures[0].table().columns;
    assert!(columns.iter().all(|column| column.name != "Arm"), "there are no arms to tell apart");
    assert_eq!(columns[4].name, "Dimension");
    assert_eq!(shown.figures[1].table().rows[0][1], crate::figure::Cell::from("newcomers"));
}

/// What all results of a request show.
fn seen(request: &Request) -> Shown {
    let (manifest, results) = done(request);
    shown(&manifest, &results).unwrap()
}

fn points(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn the_jobs_of_every_other_experiment_are_those_of_a_hand_count() {
    let count = |name: &str, models: &[&str]| planned(&request(name, models)).len();
    // By fold: points × (everybody and newcomers) × three models.
    assert_eq!(count("networks", &["cmf"]), 2 * 5 * 2 * 3);
    assert_eq!(count("autoencoders", &["cmf"]), 2 * 5 * 2 * 3);
    assert_eq!(count("readings", &["cmf"]), 2 * 4 * 2 * 3);
    assert_eq!(count("features", &["cmf"]), 2 * 2 * 2 * 3);
    // Newcomers alone; the linked bias in three forms.
    assert_eq!(count("cold-start", &["linked-bias"]), 2 * (2 + 3));
    assert_eq!(count("few-ratings", &["linked-bias"]), 2 * 5 * (2 + 3));
    assert_eq!(count("control", &["linked-bias"]), 2 * 2 * (2 + 3));
    assert_eq!(count("convergence", &["dual-mf"]), 2 * 3);
    // Three dimensions and four noises, no model.
    assert_eq!(count("identification", &[]), 2 * 12);
    // The sample has some 70,000 ratings: six steps of the files, the last of them and three more generated.
    let ratings: usize = sample(1).world.domains.iter().map(|domain| domain.ratings.len()).sum();
    assert!((30_000..100_000).contains(&ratings), "{ratings}");
    assert_eq!(count("scale", &["cmf"]), 2 * (6 + 4) * 3);
    let refused = jobs(&request("domains", &[]), &sample(1).world, &config()).unwrap_err().to_string();
    assert!(refused.contains("2 domains have no chain"), "{refused}");
    let three = jobs(&request("domains", &["dml"]), &sample_of(1, 3).world, &config()).unwrap();
    assert_eq!(three.len(), 2 * 3);
    assert!(three.iter().all(|job| job.point.settings["held_out_overlap"] == "0.2"));
}

#[test]
fn without_tables_features_have_nothing_to_compare() {
    let mut world = sample(1).world;
    world.domains.iter_mut().for_each(|domain| (domain.user_features, domain.item_features) = (None, None));
    let message = jobs(&request("features", &[]), &world, &config()).unwrap_err().to_string();
    assert!(message.contains("--items NAME=FILE"), "{message}");
}

#[test]
fn features_change_what_the_bias_model_with_priors_from_them_predicts() {
    let shown = seen(&Request { has_cold_users: false, ..request("features", &["dml"]) });
    assert_eq!(shown.contrasts.len(), 2);
    assert!(shown.contrasts.iter().all(|own| own.change.value != 0.0), "{:?}", shown.contrasts);
    assert!(shown.finding.starts_with("On these data, with features: under dml"), "{}", shown.finding);
}

#[test]
fn newcomers_gain_by_their_own_links_and_not_by_those_of_strangers() {
    let cold = seen(&request("cold-start", &["linked-bias"]));
    let of = |from: Form| cold.contrasts.iter().filter(move |own| own.from.form == from);
    assert!(
        of(Form::Alone).chain(of(Form::Shuffled)).all(|own| own.change.is_less()),
        "{:?}",
        cold.contrasts
    );
    assert!(cold.finding.contains("of 2 pairs of model and domain"), "{}", cold.finding);
    let series: Vec<&str> = cold.figures[0].panels[0].series.iter().map(|own| &*own.name).collect();
    assert_eq!(series, ["with links", "no links", "shuffled links", "bias"]);
}

/// Ratings that nobody's other ratings say anything of: each domain has people and items of its own mildness, and the links
/// join people who have nothing in common.
fn without_a_link(seed: u64) -> World {
    let mut generator = crate::rng::Generator::new(seed, "strangers");
    let mut world = sample(seed).world;
    let users = world.domains[1].users.len();
    let mut order: Vec<u32> = (0..users as u32).collect();
    generator.shuffle(&mut order);
    // The people of the second domain change places, their ids stay.
    let films = &world.domains[1];
    let rows: Vec<crate::data::Rating> = (films.ratings.iter())
        .map(|row| crate::data::Rating { user: crate::data::UserId(order[row.user.index()]), ..row })
        .collect();
    world.domains[1].ratings = crate::data::Ratings::new(users, world.domains[1].items.len(), &rows).into();
    World::new(world.domains)
}

#[test]
fn where_there_is_no_link_nothing_is_claimed() {
    let world = Arc::new(without_a_link(1));
    let own = Request { seeds: 2, ..request("control", &["linked-bias"]) };
    let contest = Contest::new(world.clone(), None, 2, &config(), 1, "abc".into(), "test")
        .unwrap()
        .of_experiment("control");
    let jobs = jobs(&own, &world, &config()).unwrap();
    let run = |job: &Job| pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result;
    let results: Vec<JobResult> = jobs.iter().map(run).collect();
    let shown = shown(&Manifest { terms: contest.terms().clone(), jobs }, &results).unwrap();
    // Two groups in two domains, shuffled links and the given ones.
    assert_eq!(shown.contrasts.len(), 8);
    assert!(shown.contrasts.iter().all(|own| !own.is_gain()), "{:?}", shown.contrasts);
    assert!(shown.finding.contains("in both tests gain: none"), "{}", shown.finding);
}

#[test]
fn a_few_ratings_of_their_own_help_newcomers() {
    let some = Request { points: points(&["0", "8"]), ..request("few-ratings", &["linked-bias"]) };
    let shown = seen(&some);
    let rmse = |x: usize, form: Form| {
        let is_own = |own: &&Place| (own.point.x, own.form) == (x, form) && own.model == "linked-bias";
        let own: Vec<f64> = shown.places.iter().filter(is_own).map(|own| own.rmse).collect();
        assert_eq!(own.len(), 2, "{x} {form}");
        own.iter().sum::<f64>()
    };
    assert!(rmse(8, Form::Alone) < rmse(0, Form::Alone), "with more ratings less is missed");
    let gain = |x: usize| rmse(x, Form::Alone) - rmse(x, Form::Linked);
    assert!(gain(0) > gain(8), "the other domain gives less to whom one knows: {} {}", gain(0), gain(8));
    assert!(shown.finding.contains("with 0 own ratings it falls"), "{}", shown.finding);
}

#[test]
fn identification_says_that_k_pairs_are_enough_where_nothing_is_noisy() {
    let shown =
        seen(&Request { points: points(&["k4-noise0", "k4-noise300"]), ..request("identification", &[]) });
    assert!(shown.finding.contains("and 4 find 100 %, where the paper asks for 6"), "{}", shown.finding);
    assert!(shown.finding.contains("with noise no number of pairs fixes X"), "{}", shown.finding);
    let panel = &shown.figures[0].panels[0];
    assert_eq!((&*panel.title, panel.series.len()), ("k = 4", 2));
    let points = panel.series.iter().flat_map(|series| &series.points);
    let ends: Vec<(f64, [f64; 2])> = points.filter_map(|own| Some((own.y, [own.low?, own.high?]))).collect();
    assert!(ends.iter().all(|(_, [low, _])| *low >= 0.0), "no square is below 0: {ends:?}");
    assert!(
        ends.iter().any(|(mean, [low, high])| *low == 0.0 && *high > 2.0 * mean),
        "one was cut: {ends:?}"
    );
}

#[test]
fn time_grows_with_the_ratings_and_the_epochs_of_a_traced_training_are_all_there() {
    let some = Request {
        points: points(&["files-3000", "files-10000", "files-30000"]),
        ..request("scale", &["dual-mf"])
    };
    let scale = seen(&some);
    let exponent = &scale.measures[0];
    assert!(exponent.name.contains("for a training of dual-mf") && exponent.value > 0.2, "{exponent:?}");
    assert!(exponent.interval.unwrap()[0] < exponent.value);
    assert_eq!(scale.figures[0].panels[0].series[0].points.len(), 3);
    let traced = seen(&request("convergence", &["dual-mf"]));
    let panel = &traced.figures[0].panels[0];
    assert_eq!((&*panel.title, panel.series[0].points.len()), ("books: dual-mf", 3));
    let names: Vec<&str> = panel.series.iter().map(|series| &*series.name).collect();
    assert_eq!(names, ["own ratings", "validation rows"]);
    assert!(traced.finding.contains("rises in 0 of 4 steps"), "{}", traced.finding);
    assert!(
        traced.finding.contains("(a), (b) and (c) of section 4.2 hold in all 2 trainings"),
        "{}",
        traced.finding
    );
}

#[test]
fn a_chain_of_maps_stands_beside_the_direct_one() {
    let world = Arc::new(sample_of(1, 3).world);
    let own = request("domains", &["dml"]);
    let contest = Contest::new(world.clone(), None, 2, &config(), 1, "abc".into(), "test")
        .unwrap()
        .of_experiment("domains");
    let jobs = jobs(&own, &world, &config()).unwrap();
    let run = |job: &Job| pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result;
    let results: Vec<JobResult> = jobs.iter().map(run).collect();
    let shown = shown(&Manifest { terms: contest.terms().clone(), jobs }, &results).unwrap();
    assert!(shown.finding.contains("from books to songs direct"), "{}", shown.finding);
    assert!(shown.finding.contains("by way of films"), "{}", shown.finding);
    // Three pairs, each directly, by the third, and by two maps that know nothing.
    assert_eq!(shown.measures.len(), 3 * 4);
}

#[test]
fn a_choice_of_the_settings_is_compared_with_the_first_of_the_list() {
    let some = Request {
        points: points(&["none", "target"]),
        has_cold_users: false,
        ..request("readings", &["dml"])
    };
    let shown = seen(&some);
    assert_eq!(shown.contrasts.len(), 2);
    assert!(shown.contrasts.iter().all(|own| own.from.point.name == "none" && own.to.point.name == "target"));
    let xs: Vec<f64> = shown.figures[0].panels[0].series[0].points.iter().map(|point| point.x).collect();
    assert_eq!(xs, [0.0, 1.0], "places among the points that are there");
    let marks: Vec<_> = shown.figures[0].panels[0].series.iter().map(|own| (&*own.name, own.mark)).collect();
    assert_eq!(marks, [("dml", Mark::Points), ("bias", Mark::Line)], "no line leads from name to name");
}

#[test]
fn all_models_at_one_point_have_a_figure_and_a_sentence() {
    let shown = seen(&Request { models: vec!["linked-bias".into()], ..request("peers", &[]) });
    assert!(shown.finding.contains("ahead for everybody in books"), "{}", shown.finding);
    assert_eq!(shown.figures[0].panels.len(), 4);
}

#[test]
fn a_search_shows_what_was_tried_what_mattered_and_the_test_of_the_best_beside_the_default() {
    let world = Arc::new(sample(1).world);
    let config = Config { sweeps: 12, burn_in: 2, ..Config::clone(&config()) }.check().unwrap();
    let contest =
        Contest::new(world.clone(), None, 5, &config, 1, "abc".into(), "test").unwrap().of_experiment(TUNE);
    let some = Request {
        splitting: Splitting::Folds(5),
        budget: 10,
        models: vec!["cmf".into(), "bayes".into()],
        ..request(TUNE, &[])
    };
    let plan = Manifest { terms: contest.terms().clone(), jobs: jobs(&some, &world, &config).unwrap() };
    // Of the samplers two settings are all that there are.
    assert_eq!(plan.jobs.len(), 10 + 2 + 2 * (3 + 3) + 2);
    let mut results: Vec<JobResult> = Vec::new();
    let mut halves = Vec::new();
    loop {
        let next = ready(&plan, &results).unwrap();
        let Some(job) = next.first() else { break };
        results.push(pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result);
        if results.len() == 8 {
            halves.push(shown(&plan, &results).unwrap());
        }
    }
    assert_eq!(results.len(), plan.jobs.len());
    assert!(halves[0].figures.iter().any(|figure| figure.name == TUNE), "half of a search is drawn");
    let whole = shown(&plan, &results).unwrap();
    let names: Vec<&str> = whole.figures.iter().map(|figure| &*figure.name).collect();
    assert_eq!(names, [TUNE, "tune-test", "tune-effects-cmf"], "of two values nothing is told");
    assert_eq!(whole.figures[0].table().rows.len(), 10 + 2, "a row a try");
    // By domain: two models with two settings each, and the baselines once.
    assert_eq!(whole.places.len(), 2 * (2 * 2 + 2));
    assert_eq!(whole.contrasts.len(), 2 * 2);
    assert!(whole.contrasts.iter().all(|own| own.paired.is_none() && own.runs == 3));
    assert_eq!(whole.found.iter().map(|found| &*found.model).collect::<Vec<_>>(), ["bayes", "cmf"]);
    for found in &whole.found {
        assert!(found.before.unwrap() >= found.value && (1..=found.budget).contains(&found.number));
        // The file is one that the command line takes, and says no less than what was tried.
        let config = Config::from_json(&serde_json::to_string(&found.settings).unwrap()).unwrap();
        assert_eq!(config.model, found.model);
        for (name, value) in &found.tuned {
            assert_eq!(config.values().unwrap()[name], *value, "{name}");
        }
        assert_eq!(config.epochs, 3, "what is not tuned stays");
        assert_eq!(config.held_out_overlap, Config::robust().held_out_overlap);
    }
    assert!(whole.finding.contains("cmf: ") && whole.finding.contains("on validation"), "{}", whole.finding);
    assert!(whole.finding.contains("What mattered most was"), "{}", whole.finding);
    results.reverse();
    let again = Manifest::read("m", &plan.write().unwrap()).unwrap();
    assert_eq!(shown(&again, &results).unwrap(), whole);
    let refused = |request: &Request| jobs(request, &world, &config).unwrap_err().to_string();
    assert!(refused(&Request { points: vec!["0".into()], ..some.clone() }).contains("finds its points"));
    assert!(refused(&Request { budget: 1, ..some }).contains("use 2 to 500"));
}
