#![cfg(not(target_arch = "wasm32"))]
//! The whole training on the generated sample, whose truth is known.

mod worlds;

use std::sync::Arc;

use dual_metric::checkpoint;
use dual_metric::config::{Config, CrossStep, Embeddings, MappingUpdate, Schedule};
use dual_metric::data::{Domain, Rating, Ratings, Scale, World, sample};
use dual_metric::engine::Device;
use dual_metric::eval::{PairRole, Report, Split, Study, Training, metrics};
use dual_metric::event::{Event, Run};
use dual_metric::recommend;
use dual_metric::rng::Generator;
use worlds::small_world;

fn study(world: World, config: Config, transfer: bool) -> (Study, Vec<Event>) {
    let world = Arc::new(world);
    let config = config.check().unwrap();
    let mut study = pollster::block_on(Study::new(world, config, Device::cpu(), transfer, vec![])).unwrap();
    let mut events = Vec::new();
    while !study.is_done() {
        pollster::block_on(study.advance(&mut |event| events.push(event))).unwrap();
    }
    (study, events)
}

#[test]
fn the_map_is_found_on_the_sample_and_other_maps_are_not() {
    let sample = sample(1);
    let (study, _) = study(sample.world.clone(), Config::robust(), true);
    let Report { alignment, domains, orthogonality_error, .. } = study.report().unwrap();
    let alignment = alignment.unwrap();
    println!("alignment of {} held-out pairs: {alignment:?}", alignment.pairs);
    assert!(alignment.pairs > 20);
    assert!(alignment.mapped < 0.5, "{alignment:?}");
    assert!(alignment.identity > 0.9 && alignment.random > 0.9, "{alignment:?}");
    assert!(*orthogonality_error < 1e-6);
    for (domain, floor) in domains.iter().zip(sample.floor_rmse) {
        println!("{}: {} bias {} floor {floor}", domain.name, domain.model.rmse, domain.bias.rmse);
        assert!(domain.model.rmse < 0.6 * domain.bias.rmse);
        assert!(domain.bias.rmse < domain.mean.rmse);
        assert!(domain.model.rmse > floor, "better than possible: a test row was trained on");
        // Sparse people have a handful of test ratings in the sample, too few for a claim; newcomers have thousands.
        assert!(domain.cold.ratings > 1000 && domain.cold.gain().unwrap() > 0.2, "{:?}", domain.cold);
    }
}

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_seed_gives_others() {
    let run = |seed| {
        let config = Config { seed, epochs: 3, ..Config::robust() };
        let (study, _) = study(small_world(), config, true);
        format!("{:?}", study.report().unwrap())
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn all_parts_compose() {
    for embeddings in [Embeddings::Learnt, Embeddings::Autoencoder] {
        for cross_step in [CrossStep::Algorithm1, CrossStep::Equations, CrossStep::Target, CrossStep::None] {
            for schedule in [Schedule::Alternating, Schedule::Joint] {
                for mapping_update in [MappingUpdate::Procrustes, MappingUpdate::Gradient] {
                    for bias in [false, true] {
                        let config = Config {
                            embeddings,
                            cross_step,
                            schedule,
                            mapping_update,
                            bias,
                            bias_inputs: bias,
                            unit_ball: bias,
                            epochs: 2,
                            batch: 128,
                            autoencoder_epochs: 2,
                            ..Config::robust()
                        };
                        let (study, events) = study(small_world(), config.clone(), false);
                        let report = study.report().unwrap();
                        assert!(report.orthogonality_error < 1e-6, "{config:?}");
                        // No orthogonal X beats the closed form, and X is the closed form where it is asked for.
                        let excess = report.mapping_loss - report.closed_form_loss;
                        assert!(excess > -1e-6 * report.closed_form_loss, "{config:?} {excess}");
                        if mapping_update == MappingUpdate::Procrustes && !config.unit_ball {
                            assert!(excess < 1e-6 * report.closed_form_loss, "{config:?} {excess}");
                        }
                        assert!(
                            report.domains.iter().all(|d| d.model.rmse.is_finite() && d.model.rmse < 0.6)
                        );
                        let has_cross = events.iter().any(|event| {
                            matches!(event, Event::Epoch { domains, .. } if domains[0].cross.is_some())
                        });
                        assert_eq!(has_cross, cross_step != CrossStep::None, "{config:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn on_noise_codes_of_ratings_leave_the_training_error_at_the_noise() {
    // Nothing can be learnt from ratings drawn at random, so that an error below their deviation was read off the
    // answer. Codes that had seen the ratings would take its square to four fifths of the noise's.
    let mut rng = Generator::new(5, "noise");
    let mut domain = |first: usize| {
        let mut rows = Vec::new();
        for user in 0..300 {
            for item in 0..120 {
                if rng.unit() < 0.4 {
                    rows.push(Rating { user, item, value: (1 + rng.below(5)) as f32 });
                }
            }
        }
        Domain {
            name: format!("from {first}"),
            users: Arc::new((first..first + 300).map(|n| format!("u{n}")).collect()),
            items: Arc::new((0..120).map(|n| format!("i{n}")).collect()),
            ratings: Ratings::new(300, 120, &rows).into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            user_features: None,
            item_features: None,
        }
    };
    let world = World::new(vec![domain(0), domain(100)]);
    let config = Config {
        embeddings: Embeddings::Autoencoder,
        autoencoder_epochs: 40,
        autoencoder_learning_rate: 5e-3,
        dropout: 0.0,
        epochs: 10,
        tolerance: 0.0,
        cross_step: CrossStep::None,
        ..Config::paper()
    };
    let (study, events) = study(world, config, false);
    let own = events.iter().rev().find_map(|event| match event {
        Event::Epoch { domains, .. } => Some([domains[0].own, domains[1].own]),
        _ => None,
    });
    // Five equally likely values on [0, 1] have a variance of 1/8.
    for (own, domain) in own.unwrap().into_iter().zip(&study.report().unwrap().domains) {
        println!("training {}, test {}, noise {}", own.sqrt(), domain.model.rmse, 0.125_f32.sqrt());
        assert!(own > 0.95 * 0.125, "{own}");
        assert!(domain.model.rmse < 1.05 * domain.mean.rmse);
    }
}

#[test]
fn without_a_single_shared_person_both_domains_still_train() {
    let mut world = small_world();
    world.domains[1].users = Arc::new((100..140).map(|n| format!("u{n}")).collect());
    let world = World::new(world.domains);
    assert!(world.links[0].overlap_users.is_empty());
    let (study, _) = study(world, Config { epochs: 2, ..Config::robust() }, true);
    let report = study.report().unwrap();
    assert!(report.alignment.is_none());
    assert!(report.domains.iter().all(|d| d.cold.ratings == 0 && d.cold.with_transfer.is_none()));
}

#[test]
fn each_run_starts_and_finishes_and_every_epoch_reports_the_orthogonality_error() {
    let (_, events) = study(small_world(), Config { epochs: 2, ..Config::robust() }, true);
    let names = |wanted: fn(&Event) -> Option<Run>| events.iter().filter_map(wanted).collect::<Vec<_>>();
    let runs = [Run::Main, Run::WithoutTransfer, Run::Cold, Run::ColdWithoutTransfer];
    assert_eq!(names(|e| if let Event::Started { run, .. } = e { Some(*run) } else { None }), runs);
    assert_eq!(names(|e| if let Event::Finished { run, .. } = e { Some(*run) } else { None }), runs);
    let errors = events.iter().filter_map(|e| match e {
        Event::Epoch { mapping, .. } => Some(mapping.orthogonality_error),
        _ => None,
    });
    assert!(errors.clone().count() >= 4 && errors.clone().all(|e| e < 1e-6));
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
    let (_, events) = study(small_world(), config, true);
    let ends: Vec<(usize, &str)> = (events.iter())
        .filter_map(|event| match event {
            Event::Finished { epochs, reason, .. } => Some((*epochs, reason.as_str())),
            _ => None,
        })
        .collect();
    let [main, others @ ..] = &ends[..] else { panic!("no run has ended") };
    assert!((2..60).contains(&main.0) && main.1.contains("the loss changed by less than"), "{main:?}");
    assert_eq!(others.len(), 3);
    assert!(others.iter().all(|end| end.0 == main.0 && !end.1.contains("loss")), "{ends:?}");
}

#[test]
fn advice_leaves_out_what_was_rated_and_reaches_people_who_were_never_there() {
    let (study, _) = study(sample(1).world, Config { epochs: 4, ..Config::robust() }, false);
    let (world, model) = (study.world(), study.model());
    let [a, b] = [&world.domains[0], &world.domains[1]];
    let only_a = (0..a.users.len() as u32).find(|&u| b.users.get(a.users.id(u)).is_none()).unwrap();
    let advice = recommend::for_user(world, model, 0, only_a, 10);
    assert!(!advice.domains[0].via_map && advice.domains[1].via_map);
    assert_eq!(advice.domains[1].next.len(), 10);
    assert!(!advice.domains[1].nearest.is_empty());
    for item in &advice.domains[0].next {
        assert!(a.ratings.of_user(only_a).all(|p| a.ratings.at(p).item != item.item));
        assert!(a.scale.contains(item.rating));
    }
    let predictions: Vec<f32> = advice.domains[1].next.iter().map(|i| i.rating).collect();
    assert!(predictions.is_sorted_by(|x, y| x >= y));
    // A visitor's first choice is not simply everybody's.
    let other = (0..a.users.len() as u32).rev().find(|&u| b.users.get(a.users.id(u)).is_none()).unwrap();
    let others = recommend::for_user(world, model, 0, other, 10);
    assert_ne!(advice.domains[1].next, others.domains[1].next);
}

#[test]
fn the_host_predicts_what_the_engine_trains() {
    // With a step size near zero, no dropout and no row left out, the epoch's training loss is the model's squared
    // error on the training rows. Two programs computed it: the engine and the host.
    for preset in [Config::robust(), Config::paper()] {
        let config = Config {
            learning_rate: 1e-6,
            epochs: 1,
            dropout: 0.0,
            item_dropout: 0.0,
            leave_one_out: false,
            cross_step: CrossStep::None,
            pair_weight: 0.0,
            mix: false,
            autoencoder_epochs: 2,
            ..preset
        };
        let (study, events) = study(small_world(), config, false);
        let losses = events.iter().find_map(|e| match e {
            Event::Epoch { domains, .. } => Some(domains.clone()),
            _ => None,
        });
        let split = Split::new(study.world(), study.config(), false).unwrap();
        let training = Training::new(study.world().clone(), Arc::new(split));
        for (d, losses) in losses.unwrap().iter().enumerate() {
            let rows = training.rows(d);
            let predictions = study.model().predict(d, &rows.users, &rows.items);
            let host = metrics::rmse(&predictions, &rows.targets).unwrap().powi(2);
            let difference = (f64::from(losses.own) - host).abs();
            assert!(difference < 1e-4 * host, "{} {host}", losses.own);
        }
    }
}

#[test]
fn a_split_is_a_partition_and_cold_people_are_in_no_part_of_it() {
    let world = small_world();
    let config = Config::robust().check().unwrap();
    for cold in [false, true] {
        let split = Split::new(&world, &config, cold).unwrap();
        let training = Training::new(Arc::new(world.clone()), Arc::new(split.clone()));
        for (d, domain) in world.domains.iter().enumerate() {
            let parts =
                [training.rows(d), training.validation(d), split.test(&world, d), split.cold(&world, d)];
            let mut pairs: Vec<(u32, u32)> = parts
                .iter()
                .flat_map(|rows| rows.users.iter().copied().zip(rows.items.iter().copied()))
                .collect();
            assert_eq!(pairs.len(), domain.ratings.len());
            pairs.sort_unstable();
            pairs.dedup();
            assert_eq!(pairs.len(), domain.ratings.len(), "a rating is in two parts");
            let chilled = if d == 0 { PairRole::ColdA } else { PairRole::ColdB };
            let people: Vec<u32> = (world.links[0].overlap_users.iter().zip(split.roles(0)))
                .filter(|(_, role)| **role == chilled)
                .map(|(&(a, b), _)| if d == 0 { a } else { b })
                .collect();
            assert_eq!(people.len(), if cold { 5 } else { 0 }, "a fifth of the 27 linked people");
            assert!(parts[..3].iter().all(|rows| rows.users.iter().all(|u| !people.contains(u))));
            assert!(parts[3].users.iter().all(|u| people.contains(u)));
        }
        let held_out = split.held_out(&world, 0);
        assert_eq!(held_out.len(), 3, "a tenth of the 30 people in both");
        assert!(training.linked_pairs(0).iter().all(|p| !held_out.contains(&(p.a, p.b))));
    }
}

#[test]
fn a_model_reads_back_as_it_was_written_and_a_broken_file_is_refused() {
    let (study, _) = study(sample(2).world, Config { epochs: 2, ..Config::robust() }, false);
    let text = checkpoint::write(study.world(), study.model()).unwrap();
    let (world, model) = checkpoint::read("model.json", &text).unwrap();
    for d in 0..2 {
        let before = recommend::for_user(study.world(), study.model(), d, 7, 5);
        assert_eq!(recommend::for_user(&world, &model, d, 7, 5).domains[d].next, before.domains[d].next);
    }
    let mut rng = Generator::new(1, "broken files");
    for _ in 0..200 {
        let mut bytes = text.clone().into_bytes();
        match rng.below(3) {
            0 => bytes.truncate(rng.below(bytes.len())),
            1 => bytes[rng.below(text.len())] = b'9',
            _ => bytes[rng.below(text.len())] = b',',
        }
        let broken = String::from_utf8_lossy(&bytes);
        // Some changes leave a file that still fits together; none may end the program.
        if let Err(error) = checkpoint::read("model.json", &broken) {
            assert!(error.to_string().contains("model"), "{error}");
        }
    }
}
