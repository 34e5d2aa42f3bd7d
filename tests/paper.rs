//! What the settings of the paper do: how a run ends, codes of ratings, the steps of the map, the people that are used.

use std::sync::Arc;

use crate::{studies, worlds};
use dual_metric::data::{UserId, World};
use dual_metric::dml::mapping::{Mapping, MappingAdam};
use dual_metric::lab::{Run, StudyEvent, TransferStudy};
use dual_metric::presentation::verdict;
use dual_metric::recommender::Event;
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, CrossStep, Embeddings, MappingOptimiser};
use dual_metric::split::{Crossing, PairRole, Rows, Split, Training};
use studies::{study, world_of};
use worlds::small_world;

#[test]
fn on_noise_codes_of_ratings_leave_the_training_error_at_the_noise() {
    // Nothing can be learnt from ratings drawn at random, so that an error below their deviation was read off the
    // answer. Codes that had seen the ratings take its square to .84 of the noise's.
    let mut rng = Generator::new(5, "noise");
    let world = world_of([500, 200], 0.4, &mut |_, _| (1 + rng.below(5)) as f32);
    let config = Config {
        embeddings: Embeddings::Autoencoder,
        autoencoder_epochs: 60,
        autoencoder_learning_rate: 5e-3,
        dimension: 32,
        dropout: 0.0,
        // Few, because a network of its own learns some ratings by heart sooner or later.
        epochs: 8,
        tolerance: 0.0,
        cross_step: CrossStep::None,
        ..Config::paper()
    };
    let (study, events) = study(world, config, TransferStudy::LeftOut);
    let own = events.iter().rev().find_map(|event| match event {
        StudyEvent::Training { run: Run::Main, event: Event::Epoch { domains, .. }, .. } => {
            Some([domains[0].own, domains[1].own])
        }
        _ => None,
    });
    // Five equally likely values on [0, 1] have a variance of 1/8.
    for (own, domain) in own.unwrap().into_iter().zip(&study.report().unwrap().domains) {
        println!("training {}, test {}, noise {}", own.sqrt(), domain.model.rmse, 0.125_f32.sqrt());
        assert!(own > 0.94 * 0.125, "{own}");
        assert!(domain.model.rmse < 1.05 * domain.mean.rmse);
    }
}

#[test]
fn without_patience_all_runs_are_as_long_as_the_main_run() {
    // The main run stops by its loss; the others, whose losses are different, have to follow it.
    let config = Config {
        embeddings: Embeddings::Learnt,
        tolerance: 2e-3,
        epochs: 60,
        learning_rate: 1e-2,
        ..Config::paper()
    };
    let (_, events) = study(small_world(), config, TransferStudy::Measured);
    let ends: Vec<(usize, &str)> = (events.iter())
        .filter_map(|event| match event {
            StudyEvent::Training { event: Event::Finished { epochs, reason, .. }, .. } => {
                Some((*epochs, reason.as_str()))
            }
            _ => None,
        })
        .collect();
    let [main, others @ ..] = &ends[..] else { panic!("no run has ended") };
    assert!((2..60).contains(&main.0) && main.1.contains("the loss changed by less than"), "{main:?}");
    // Of the measurement's trainings only the one with biases alone is missing, since there are none, and one more
    // makes the model that is kept.
    assert_eq!(others.len(), 7);
    assert!(others.iter().all(|end| end.0 == main.0 && !end.1.contains("loss")), "{ends:?}");
}

#[test]
fn newcomers_are_simulated_alone_where_any_cross_step_is_trained_with_links() {
    for cross_step in [CrossStep::Algorithm1, CrossStep::Equations, CrossStep::Target, CrossStep::None] {
        let config = Config { cross_step, epochs: 1, ..Config::paper() };
        let (_, events) = study(small_world(), config, TransferStudy::Measured);
        for event in &events {
            if let StudyEvent::Training { run, event: Event::Epoch { domains, .. }, .. } = event {
                let has_cross = domains.iter().all(|d| d.cross.is_some());
                assert_eq!(has_cross, cross_step != CrossStep::None, "{cross_step:?} {run:?}");
            }
        }
    }
}

#[test]
fn the_map_takes_the_step_that_is_asked_for() {
    // Frozen codes, one epoch and all pairs in one batch: X by hand, from the identity on.
    for optimiser in [MappingOptimiser::Adam, MappingOptimiser::Plain] {
        let config = Config {
            mapping_optimiser: optimiser,
            mapping_learning_rate: 0.1,
            embeddings: Embeddings::Autoencoder,
            autoencoder_epochs: 3,
            epochs: 1,
            batch: 1024,
            ..Config::paper()
        };
        let (study, _) = study(small_world(), config, TransferStudy::LeftOut);
        let (model, how) = (study.dml().unwrap(), study.config().orthogonalisation);
        let split = Split::new(study.world(), study.config()).unwrap();
        let pairs = Training::new(study.world().clone(), Arc::new(split)).linked_pairs(0);
        let [wa, wb] = [0, 1].map(|d| {
            let users = pairs.iter().map(|pair| if d == 0 { pair.a } else { pair.b });
            users.flat_map(|user| model.user_embedding(d, user).to_vec()).collect::<Vec<f32>>()
        });
        let start = Mapping::identity(16);
        let (mut plain, mut adam) = (start.clone(), start.clone());
        plain.gradient_step(&wa, &wb, 0.1, how).unwrap();
        MappingAdam::new().step(&mut adam, &wa, &wb, 0.1, how).unwrap();
        let distance = |x: &Mapping| (x.b_from_a() - model.links[0].mapping.b_from_a()).norm();
        let (right, wrong) = match optimiser {
            MappingOptimiser::Adam => (adam, plain),
            MappingOptimiser::Plain => (plain, adam),
        };
        println!(
            "{optimiser:?}: right {} wrong {} start {}",
            distance(&right),
            distance(&wrong),
            distance(&start)
        );
        assert!(distance(&right) < 0.02 * distance(&start), "{optimiser:?}");
        assert!(distance(&wrong) > 0.5 * distance(&start), "{optimiser:?}");
    }
}

#[test]
fn discarded_people_are_in_no_part_of_a_split_and_all_others_stay_as_they_are() {
    let world = small_world();
    let config = |discard_unlinked| {
        let config = Config { overlap_users: Some(10), discard_unlinked, ..Config::robust() };
        config.check().unwrap()
    };
    let configs = [false, true].map(config);
    let plain = configs.each_ref().map(|config| Split::new(&world, config).unwrap());
    let cold = std::array::from_fn(|n| plain[n].with_cold(&world, &configs[n]));
    for [all, left] in [plain, cold] {
        assert_eq!(all.roles(0), left.roles(0));
        for (d, domain) in world.domains.iter().enumerate() {
            let gone: Vec<UserId> = (world.links[0].overlap_users.iter().zip(all.roles(0)))
                .filter(|(_, role)| **role == PairRole::Unlinked)
                .map(|(&(a, b), _)| if d == 0 { a } else { b })
                .collect();
            assert_eq!(gone.len(), 17, "30 in both, 3 held out, 10 linked");
            let parts = |split: &Split| -> [Rows; 4] {
                let training = Training::new(Arc::new(world.clone()), Arc::new(split.clone()));
                [training.rows(d), training.validation(d), split.test(&world, d), split.cold(&world, d)]
            };
            for (all, left) in parts(&all).into_iter().zip(parts(&left)) {
                let stays = |row: &usize| !gone.contains(&all.users[*row]);
                let rows: Vec<usize> = (0..all.len()).filter(stays).collect();
                let expected = Rows {
                    users: rows.iter().map(|&row| all.users[row]).collect(),
                    items: rows.iter().map(|&row| all.items[row]).collect(),
                    targets: rows.iter().map(|&row| all.targets[row]).collect(),
                };
                assert_eq!(left, expected);
            }
            // Unlinking the others as well brings nobody back.
            let ratings = left.with_crossing(Crossing::Nothing).test(&world, d).len();
            assert_eq!(ratings, left.test(&world, d).len(), "{}", domain.name);
        }
    }
}

#[test]
fn discarding_everybody_is_refused() {
    let domain = small_world().domains.remove(0);
    let world = World::new(vec![domain.clone(), domain]);
    let config =
        Config { overlap_users: Some(0), held_out_overlap: 0.0, discard_unlinked: true, ..Config::paper() };
    let error = Split::new(&world, &config.check().unwrap()).unwrap_err().to_string();
    assert!(error.contains("a has 0 ratings left") && error.contains("discard_unlinked"), "{error}");
}

#[test]
fn validation_rows_are_set_aside_where_they_decide_something_and_else_trained_on() {
    let world = Arc::new(small_world());
    let rows = |patience, mix| {
        let config = Config { patience, mix, ..Config::paper() }.check().unwrap();
        let training = Training::new(world.clone(), Arc::new(Split::new(&world, &config).unwrap()));
        (training.rows(0).len(), training.validation(0).len())
    };
    let (train, validation) = rows(None, false);
    assert_eq!((train, validation), (train, 0));
    for (patience, mix) in [(Some(3), false), (None, true), (Some(3), true)] {
        let (fewer, validation) = rows(patience, mix);
        assert_eq!(fewer + validation, train);
        assert_eq!(validation, (train as f32 * 0.1).round() as usize);
    }
}

#[test]
fn without_held_out_links_all_are_used_and_the_map_has_no_honest_figure() {
    let config = Config { held_out_overlap: 0.0, epochs: 2, ..Config::paper() };
    let (study, events) = study(small_world(), config, TransferStudy::Measured);
    let report = study.report().unwrap();
    assert_eq!((report.alignment, report.linked_users), (None, 30));
    assert!(verdict(report).iter().all(|sentence| !sentence.contains("map")), "{:?}", verdict(report));
    assert!(study.split().held_out(study.world(), 0).is_empty());
    for event in &events {
        if let StudyEvent::Training { event: Event::Epoch { mapping, .. }, .. } = event {
            assert_eq!(mapping.unwrap().alignment, None);
        }
    }
}
