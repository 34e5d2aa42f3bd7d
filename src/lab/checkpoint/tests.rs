//! Interrupted measurements against the same ones without interruption.

use std::sync::Arc;

use crate::data::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use crate::engine::{Device, DeviceKind};
use crate::error::{Error, Result};
use crate::lab::study::settings_of;
use crate::lab::{Report, Run, Study, StudyEvent, TransferStudy};
use crate::recommender::state::StateWriter;
use crate::recommender::{Event, Fit, Recommender, Work};
use crate::rng::Generator;
use crate::settings::{Config, UpdatedRows, ValidConfig};

/// Two domains of 60 people each, 45 of them shared, a dozen ratings a person.
fn world() -> Arc<World> {
    let mut rng = Generator::new(7, "small world");
    let mut domain = |name: &str, first: usize| {
        let mut rows = Vec::new();
        for user in UserId::first(60) {
            for item in ItemId::first(25) {
                if rng.unit() < 0.5 {
                    let value = (3.0 + rng.normal()).round().clamp(1.0, 5.0);
                    rows.push(Rating { user, item, value });
                }
            }
        }
        Domain {
            name: name.into(),
            users: Arc::new((first..first + 60).map(|n| format!("u{n}")).collect()),
            items: Arc::new((0..25).map(|n| format!("{name}-{n}")).collect()),
            ratings: Ratings::new(60, 25, &rows).into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    };
    Arc::new(World::new(vec![domain("books", 0), domain("films", 15)]))
}

fn begin(world: &Arc<World>, config: &ValidConfig) -> Study {
    let new = Study::new(world.clone(), config.clone(), Device::cpu(), TransferStudy::Measured, Vec::new());
    pollster::block_on(new).unwrap()
}

fn resume(world: &Arc<World>, config: &ValidConfig, bytes: &[u8]) -> Result<(Study, Vec<StudyEvent>)> {
    let (world, config) = (world.clone(), config.clone());
    pollster::block_on(Study::resume(
        world,
        config,
        Device::cpu(),
        TransferStudy::Measured,
        Vec::new(),
        bytes,
    ))
}

/// An event without seconds, in words; `None` of what is not told again.
fn words(event: &StudyEvent) -> Option<String> {
    let StudyEvent::Training { run, repeat, event } = event else { return None };
    let is_shown = (*run, *repeat) == (Run::Main, 0);
    let event = match event.clone() {
        Event::Epoch { epoch, domains, mapping, .. } if is_shown => {
            Event::Epoch { epoch, domains, mapping, seconds: 0.0 }
        }
        Event::Sweep { sweep, sweeps, links, fraction, .. } if is_shown => {
            Event::Sweep { sweep, sweeps, links, fraction, seconds: 0.0 }
        }
        Event::Epoch { .. } | Event::Sweep { .. } | Event::Batch { .. } => return None,
        Event::Finished { epochs, reason, .. } => Event::Finished { epochs, reason, seconds: 0.0 },
        Event::Started { config, device, epochs } => {
            return Some(format!("{run:?} {repeat} from seed {} on {device}, {epochs}", config.seed));
        }
    };
    Some(format!("{run:?} {repeat} {event:?}"))
}

/// What a measurement comes to: its figures but seconds, what was told of it, and what the kept and the measured model say of
/// everything.
#[derive(Debug, PartialEq)]
struct Outcome {
    report: Report,
    told: Vec<String>,
    predictions: Vec<Vec<u32>>,
}

fn outcome(study: &Study, told: Vec<String>) -> Outcome {
    let mut report = study.report().unwrap().clone();
    report.kept.iter_mut().for_each(|kept| kept.seconds = 0.0);
    let mut predictions = Vec::new();
    for model in [study.kept_model(), study.model()] {
        for (d, domain) in study.world().domains.iter().enumerate() {
            let rows = UserId::first(domain.users.len())
                .flat_map(|user| ItemId::first(domain.items.len()).map(move |item| (user, item)));
            let (users, items): (Vec<UserId>, Vec<ItemId>) = rows.unzip();
            predictions.push(model.predict(d, &users, &items).into_iter().map(f32::to_bits).collect());
        }
    }
    Outcome { report, told, predictions }
}

fn without_interruption(world: &Arc<World>, config: &ValidConfig) -> Outcome {
    let mut study = begin(world, config);
    let mut told = Vec::new();
    pollster::block_on(study.finish(&mut |event| told.extend(words(&event)))).unwrap();
    outcome(&study, told)
}

/// The same with a crash after every so many steps, and how many there were. Where nothing was gained since the last one the
/// measurement is let alone, or it would never end.
fn with_interruptions(world: &Arc<World>, config: &ValidConfig, every: usize) -> (Outcome, usize) {
    let mut study = begin(world, config);
    let mut told = Vec::new();
    let (mut steps, mut crashes, mut reached) = (0, 0, 0.0);
    while !study.is_done() {
        pollster::block_on(study.advance(&mut |event| told.extend(words(&event)))).unwrap();
        steps += 1;
        if steps % every != 0 {
            continue;
        }
        let Some(bytes) = pollster::block_on(study.checkpoint()).unwrap() else { continue };
        let (again, events) = resume(world, config, &bytes).unwrap();
        if again.fraction() > reached {
            reached = again.fraction();
            crashes += 1;
            study = again;
            told = events.iter().filter_map(words).collect();
        }
    }
    (outcome(&study, told), crashes)
}

fn assert_same(config: Config, every: usize, crashes: usize) {
    let (world, config) = (world(), config.check().unwrap());
    let expected = without_interruption(&world, &config);
    assert!(!expected.report.domains.is_empty());
    let (outcome, seen) = with_interruptions(&world, &config, every);
    assert!(seen >= crashes, "{seen} interruptions instead of {crashes} or more");
    assert_eq!(outcome.report, expected.report);
    assert_eq!(outcome.told, expected.told);
    assert!(outcome.predictions == expected.predictions, "the models say the same to the last bit");
}

#[test]
fn recipe_r_goes_on_in_the_midst_of_a_run() {
    assert_same(Config { model: "dml".into(), epochs: 4, ..Config::robust() }, 1, 25);
}

#[test]
fn rows_that_rest_go_on_where_they_were() {
    let config = Config {
        model: "dml".into(),
        epochs: 4,
        updated_rows: UpdatedRows::All,
        batch: 60,
        ..Config::robust()
    };
    assert_same(config, 3, 10);
}

#[test]
fn the_paper_goes_on_behind_its_autoencoders() {
    assert_same(Config { epochs: 3, autoencoder_epochs: 2, repeats: 2, ..Config::paper() }, 2, 25);
}

#[test]
fn the_average_goes_on_in_each_of_its_trainings() {
    let config = Config {
        model: "averaged".into(),
        epochs: 3,
        sweeps: 24,
        burn_in: 4,
        thinning: 3,
        ..Config::robust()
    };
    assert_same(config, 5, 60);
}

#[test]
fn several_chains_go_on_in_the_midst_of_their_sweeps() {
    let config =
        Config { model: "bayes".into(), sweeps: 20, burn_in: 6, chains: 3, thinning: 2, ..Config::robust() };
    // Right after an interruption chains wait for each other after each sweep.
    assert_same(config, 1, 50);
}

#[test]
fn a_peer_by_epochs_goes_on_in_the_midst_of_a_run() {
    assert_same(Config { model: "cmf".into(), epochs: 4, ..Config::robust() }, 1, 18);
}

#[test]
fn a_peer_that_learns_beside_its_graph_begins_the_run_anew() {
    assert_same(Config { model: "emcdr-linear".into(), epochs: 2, ..Config::robust() }, 1, 6);
}

#[test]
#[cfg(feature = "reference")]
fn a_peer_that_trains_with_burn_begins_the_run_anew() {
    assert_same(Config { model: "conet".into(), epochs: 2, ..Config::robust() }, 1, 7);
}

#[test]
fn a_chain_that_a_person_has_stopped_stays_stopped() {
    let config = Config { model: "bayes".into(), sweeps: 40, ..Config::robust() }.check().unwrap();
    let world = world();
    let finished = |crashes: bool| {
        let mut study = begin(&world, &config);
        while study.sweeps().is_none_or(|(done, _)| done < 9) {
            pollster::block_on(study.advance(&mut |_| ())).unwrap();
        }
        assert!(study.stop());
        if crashes {
            let bytes = pollster::block_on(study.checkpoint()).unwrap().unwrap();
            study = resume(&world, &config, &bytes).unwrap().0;
        }
        pollster::block_on(study.finish(&mut |_| ())).unwrap();
        assert_eq!(study.report().unwrap().kept.map(|kept| kept.epochs), Some(9));
        outcome(&study, Vec::new())
    };
    assert!(finished(true) == finished(false));
}

/// A measurement whose main run is over.
fn some(world: &Arc<World>, config: &ValidConfig) -> Vec<u8> {
    let mut study = begin(world, config);
    assert_eq!(pollster::block_on(study.checkpoint()).unwrap(), None, "nothing is done");
    while study.runs().0 == 0 {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
    }
    pollster::block_on(study.checkpoint()).unwrap().unwrap()
}

fn short() -> Config {
    Config { model: "dml".into(), epochs: 1, ..Config::robust() }
}

#[test]
fn a_checkpoint_of_other_settings_or_data_says_what_differs() {
    let (world, config) = (world(), short().check().unwrap());
    let bytes = some(&world, &config);
    let message = |world: &Arc<World>, config: Config, bytes: &[u8]| {
        let error = resume(world, &config.check().unwrap(), bytes).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::File { .. }));
        error.to_string()
    };
    let told = message(&world, Config { seed: 9, dropout: 0.25, ..short() }, &bytes);
    assert!(told.contains("dropout was") && told.contains("is 0.25") && told.contains("seed was"), "{told}");
    assert!(told.ends_with(". Train from the beginning"), "{told}");
    let mut other = World::clone(&world);
    other.domains[1].ratings = other.domains[1].ratings.with_values(|values| values[0] = 2.5).into();
    let told = message(&Arc::new(other), short(), &bytes);
    assert!(told.contains("other data") && told.contains("not the same"), "{told}");
    let fewer = World::new(vec![
        Domain { ratings: Ratings::new(60, 25, &[]).into(), ..world.domains[0].clone() },
        world.domains[1].clone(),
    ]);
    let told = message(&Arc::new(fewer), short(), &bytes);
    assert!(told.contains("\"books\" had") && told.contains("has 0 ratings"), "{told}");
    let told = message(&world, short(), b"PK\x03\x04");
    assert!(told.contains("no checkpoint"), "{told}");
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    assert!(message(&world, short(), &damaged).contains("damaged"));
}

#[test]
fn what_is_told_again_has_the_whole_main_run_and_the_last_report() {
    let (world, config) = (world(), short().check().unwrap());
    let (study, told) = resume(&world, &config, &some(&world, &config)).unwrap();
    assert_eq!((study.runs().0, study.is_trained(), study.seconds() > 0.0), (1, true, true));
    let kinds: Vec<&str> = (told.iter())
        .map(|event| match event {
            StudyEvent::Training { run: Run::Main, event: Event::Started { .. }, .. } => "started",
            StudyEvent::Training { run: Run::Main, event: Event::Epoch { .. }, .. } => "epoch",
            StudyEvent::Training { run: Run::Main, event: Event::Finished { .. }, .. } => "finished",
            StudyEvent::Report(event) if !event.complete && &*event.report == study.report().unwrap() => {
                "report"
            }
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["started", "epoch", "finished", "report"]);
    assert!(study.picture().unwrap().is_some(), "the map is there");
}

/// A training whose device is gone.
struct Lost(Arc<dyn Recommender>);

impl Fit for Lost {
    fn advance<'a>(&'a mut self, _emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(async { Err(lost()) })
    }

    fn model(&self) -> Arc<dyn Recommender> {
        self.0.clone()
    }

    fn device(&self) -> DeviceKind {
        DeviceKind::WebGpu
    }

    fn epoch(&self) -> usize {
        0
    }

    fn kept_epoch(&self) -> usize {
        0
    }

    fn is_done(&self) -> bool {
        false
    }

    fn fraction(&self) -> f32 {
        0.0
    }

    fn write_state<'a>(&'a self, _state: &'a mut StateWriter) -> Work<'a, bool> {
        Box::pin(async { Err(lost()) })
    }
}

fn lost() -> Error {
    Error::Device { device: DeviceKind::WebGpu, what: "it was lost".into() }
}

#[test]
fn a_lost_device_costs_the_steps_since_the_last_state_on_the_host_and_no_run_that_is_over() {
    let (world, config) = (world(), Config { epochs: 5, ..short() }.check().unwrap());
    let expected = without_interruption(&world, &config);
    let mut study = begin(&world, &config);
    let advance = |study: &mut Study| pollster::block_on(study.advance(&mut |_| ()));
    // Once before anything is there, once in the third run behind its third epoch.
    study.trainer = Some(Box::new(Lost(study.model().clone())));
    assert!(matches!(advance(&mut study), Err(Error::Device { .. })));
    assert!(!pollster::block_on(study.go_on_with(Device::cpu())).unwrap(), "nothing was there");
    while study.runs().0 < 2 || study.epoch() < 2 {
        advance(&mut study).unwrap();
    }
    // Somebody has asked in the midst of an epoch, and the state at its end is kept.
    study.keeping.ask();
    while study.epoch() < 3 {
        advance(&mut study).unwrap();
    }
    study.trainer = Some(Box::new(Lost(study.model().clone())));
    assert!(advance(&mut study).is_err());
    assert!(pollster::block_on(study.go_on_with(Device::cpu())).unwrap(), "the third epoch was on the host");
    assert_eq!((study.runs().0, study.epoch()), (2, 3));
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    let told = study.history.again(study.report(), |run, repeat| settings_of(&config, run, repeat));
    let told = told.iter().filter_map(words).collect();
    assert!(outcome(&study, told) == expected);
}

#[test]
fn a_learning_rate_that_runs_away_at_once_is_refused_before_anything_is_trained() {
    let error = Config { learning_rate: 1e9, ..Config::robust() }.check().unwrap_err();
    assert!(matches!(error, Error::Setting { .. }), "{error}");
}
