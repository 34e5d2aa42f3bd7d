//! What the trainings of a measurement differ in, and what may happen to one in its midst.

use super::*;
use crate::data::{ItemId, UserId, sample};
use crate::recommender::Event;
use crate::settings::Config;
use crate::split::Crossing;

#[test]
fn every_run_differs_from_the_measured_one_in_what_its_name_says() {
    let world = sample(3).world;
    let repeat = Repeat::new(&world, Config::robust().check().unwrap()).unwrap();
    let split = |run| repeat.training_split(&world, run);
    let pairs = |run| split(run).pairs(&world, 0).collect::<Vec<_>>();
    let crossing = |run| split(run).crossing();
    for run in Run::MEASUREMENT {
        let expected = match run {
            Run::WithoutTransfer | Run::ColdWithoutTransfer => Crossing::Nothing,
            Run::ColdBiases => Crossing::Biases,
            _ => Crossing::All,
        };
        assert_eq!(crossing(run), expected, "{run:?}");
        let is_cold = !matches!(run, Run::Main | Run::WithoutTransfer | Run::Shuffled);
        let newcomers = split(run).cold(&world, 0).len();
        assert_eq!(newcomers > 1000, is_cold, "{run:?} {newcomers}");
    }
    assert_eq!(pairs(Run::WithoutTransfer), pairs(Run::Main));
    assert_eq!(pairs(Run::ColdBiases), pairs(Run::Cold));
    assert_ne!(pairs(Run::Shuffled), pairs(Run::Main));
    assert_ne!(pairs(Run::ColdShuffled), pairs(Run::Cold));
    assert_ne!(pairs(Run::ColdShuffled), pairs(Run::ColdShuffledAgain));
}

#[test]
fn a_domain_gets_another_name_in_the_midst_of_a_training_and_no_number_changes() {
    let world = Arc::new(sample(3).world);
    let config = Config { epochs: 2, ..Config::robust() }.check().unwrap();
    let figures = |names: [Option<&str>; 2]| {
        let (world, config) = (world.clone(), config.clone());
        let new = Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new());
        let mut study = pollster::block_on(new).unwrap();
        let mut told = Vec::new();
        let [early, late] = names;
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
        early.iter().for_each(|name| study.rename(0, name));
        let mut hear = |event| {
            if let StudyEvent::Report(event) = event {
                told.push(event.report.domains[0].name.clone());
            }
        };
        pollster::block_on(study.finish(&mut hear)).unwrap();
        late.iter().for_each(|name| study.rename(1, name));
        study.rename(7, "nobody");
        let kept = study.kept();
        let names: Vec<String> = kept.world.domains.iter().map(|domain| domain.name.clone()).collect();
        let report = study.report().unwrap().clone();
        let rmse: Vec<f64> = report.domains.iter().map(|domain| domain.model.rmse).collect();
        let reported: Vec<String> = report.domains.into_iter().map(|domain| domain.name).collect();
        let predictions = kept.model.predict(0, &UserId::first(9).collect::<Vec<_>>(), &[ItemId(4); 9]);
        let saved = crate::model_file::read("m", &crate::model_file::write(&kept).unwrap()).unwrap();
        assert_eq!(saved.world.domains[0].name, names[0]);
        (told, names, reported, rmse, predictions)
    };
    let (told, names, reported, rmse, predictions) = figures([Some("Novels"), Some("Cinema")]);
    assert!(told.iter().all(|name| name == "Novels") && !told.is_empty());
    assert_eq!(
        (names, reported),
        (vec!["Novels".into(), "Cinema".into()], vec!["Novels".into(), "Cinema".into()])
    );
    let as_it_was = figures([None, None]);
    assert_eq!((rmse, predictions), (as_it_was.3, as_it_was.4));
}

#[test]
fn a_chain_can_be_stopped_early_and_what_follows_is_no_longer() {
    let world = Arc::new(sample(3).world);
    let config = Config { model: "bayes".into(), sweeps: 60, ..Config::robust() }.check().unwrap();
    let new = Study::new(world.clone(), config, Device::cpu(), TransferStudy::LeftOut, Vec::new());
    let mut study = pollster::block_on(new).unwrap();
    assert!(!study.stop() && !study.is_trained(), "nothing is there to stop with");
    while study.sweeps().is_none_or(|(done, _)| done < 7) {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
    }
    assert_eq!(study.sweeps(), Some((7, 60)));
    assert!(study.stop() && study.is_trained());
    let mut lengths = Vec::new();
    let mut hear = |event| {
        if let StudyEvent::Training { run, event: Event::Finished { epochs, reason, .. }, .. } = event {
            lengths.push((run, epochs, reason.starts_with("stopped after 7 of 60 sweeps")));
        }
    };
    pollster::block_on(study.finish(&mut hear)).unwrap();
    assert_eq!(lengths, [(Run::Main, 7, true), (Run::Everything, 7, false)]);
    let report = study.report().unwrap();
    assert_eq!(report.kept.map(|kept| kept.epochs), Some(7));
    assert!(report.domains.iter().all(|domain| domain.model.rmse < domain.mean.rmse));
    assert!(!study.stop(), "it is over");
}

#[test]
fn what_trains_by_epochs_is_not_stopped() {
    let world = Arc::new(sample(3).world);
    let config = Config { epochs: 2, train_on_everything: false, ..Config::robust() }.check().unwrap();
    let new = Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new());
    let mut study = pollster::block_on(new).unwrap();
    pollster::block_on(study.advance(&mut |_| ())).unwrap();
    assert!(!study.stop());
    assert_eq!(study.sweeps(), None);
}
