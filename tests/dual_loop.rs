//! The whole training on the generated sample, whose truth is known.

use std::sync::Arc;

use crate::{advice, studies, worlds};
use dual_metric::data::{ItemId, UserId, World, sample};
use dual_metric::dml::mapping::Mapping;
use dual_metric::lab::{Report, Study, TransferStudy};
use dual_metric::lab::{ReportEvent, Run, StudyEvent};
use dual_metric::metrics;
use dual_metric::model_file;
use dual_metric::recommend;
use dual_metric::recommender::Event;
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, CrossStep, Embeddings, MappingUpdate, Schedule};
use dual_metric::split::{PairRole, Split, Training};
use studies::{study, world_of};
use worlds::small_world;

/// Own-domain and cross-domain loss of each epoch of a run, by domain.
fn losses(events: &[StudyEvent], of: Run) -> Vec<Vec<(f32, Option<f32>)>> {
    let epochs = events.iter().filter_map(|event| match event {
        StudyEvent::Training { run, event: Event::Epoch { domains, .. }, .. } if *run == of => Some(domains),
        _ => None,
    });
    epochs.map(|domains| domains.iter().map(|d| (d.own, d.cross)).collect()).collect()
}

#[test]
fn the_map_is_found_on_the_sample_and_other_maps_are_not() {
    let sample = sample(1);
    let (study, _) = study(sample.world.clone(), Config::robust(), TransferStudy::Measured);
    let Report { alignment, domains, orthogonality_error, .. } = study.report().unwrap();
    let alignment = alignment.unwrap();
    println!("alignment of {} held-out pairs: {alignment:?}", alignment.pairs);
    assert!(alignment.pairs > 20);
    assert!(alignment.mapped < 0.5, "{alignment:?}");
    assert!(alignment.identity > 0.9 && alignment.random > 0.9, "{alignment:?}");
    assert!(*orthogonality_error < 1e-6);
    for (domain, &floor) in domains.iter().zip(&sample.floor_rmse) {
        println!("{}: {} bias {} floor {floor}", domain.name, domain.model.rmse, domain.bias.rmse);
        assert!(domain.model.rmse < 0.6 * domain.bias.rmse);
        assert!(domain.bias.rmse < domain.mean.rmse);
        assert!(domain.model.rmse > floor, "better than possible: a test row was trained on");
        // Sparse people have a handful of test ratings in the sample, too few for a claim; newcomers have thousands.
        assert!(
            domain.cold.ratings > 1000 && domain.cold.transfer_gain().unwrap().value < -0.2,
            "{:?}",
            domain.cold
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_numbers_and_another_seed_gives_others() {
    let run = |seed| {
        let config = Config { seed, epochs: 3, ..Config::robust() };
        let (study, _) = study(small_world(), config, TransferStudy::Measured);
        let mut report = study.report().unwrap().clone();
        report.kept.as_mut().unwrap().seconds = 0.0;
        report
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn all_parts_compose_and_each_makes_a_difference() {
    let all = |embeddings, cross_step, schedule, mapping_update, bias| Config {
        embeddings,
        embedding_deviation: 0.4,
        cross_step,
        schedule,
        mapping_update,
        bias,
        bias_inputs: bias,
        unit_ball: bias,
        epochs: 6,
        patience: None,
        tolerance: 0.0,
        batch: 32,
        learning_rate: 5e-3,
        dropout: 0.05,
        autoencoder_epochs: 3,
        ..Config::robust()
    };
    // Ratings say how kind a person is and how good an item.
    let of = |number: u32, prime: u32| (number * prime % 17) as f32 / 8.0 - 1.0;
    let world = world_of([45, 30], 0.6, &mut |person, item| 3.0 + of(person, 7) + of(item, 5));
    let mut outcomes = Vec::new();
    let mut codes = Vec::new();
    for embeddings in [Embeddings::Learnt, Embeddings::Autoencoder] {
        for cross_step in [CrossStep::Algorithm1, CrossStep::Equations, CrossStep::Target, CrossStep::None] {
            for schedule in [Schedule::Alternating, Schedule::Joint] {
                for mapping_update in [MappingUpdate::Procrustes, MappingUpdate::Gradient] {
                    for bias in [false, true] {
                        let config = all(embeddings, cross_step, schedule, mapping_update, bias);
                        let about = format!("{config:?}");
                        let (study, events) = study(world.clone(), config.clone(), TransferStudy::LeftOut);
                        let report = study.report().unwrap();
                        assert!(report.orthogonality_error < 1e-6, "{about}");
                        // No orthogonal X beats the closed form, and X is the closed form where it is asked for. It
                        // comes before the epoch's last pass where a cross-domain pass moves items only.
                        let excess = report.mapping_loss - report.closed_form_loss;
                        assert!(excess > -1e-6 * report.closed_form_loss, "{excess} {about}");
                        if mapping_update == MappingUpdate::Procrustes && !config.unit_ball {
                            assert!(excess < 1e-6 * report.closed_form_loss, "{excess} {about}");
                        }
                        // What is trained falls, and the cross-domain loss is there exactly when it is asked for.
                        let losses = losses(&events, Run::Main);
                        let has_cross = cross_step != CrossStep::None;
                        assert!(losses.iter().flatten().all(|loss| loss.1.is_some() == has_cross), "{about}");
                        let total = |epoch: usize| -> f32 {
                            losses[epoch].iter().map(|loss| loss.0 + 0.3 * loss.1.unwrap_or(0.0)).sum()
                        };
                        assert!(total(5) < 0.9 * total(0), "{losses:?} {about}");
                        let model = study.dml().unwrap();
                        let vectors = &model.domains[0].user_embeddings;
                        let is_longer = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>() > 1.0 + 1e-5;
                        let any_is_longer = vectors.chunks(model.dimension).any(is_longer);
                        assert!(!(config.unit_ball && any_is_longer), "{about}");
                        if embeddings == Embeddings::Autoencoder {
                            codes.push((config.unit_ball, vectors.clone()));
                        } else {
                            assert!(
                                config.unit_ball || any_is_longer,
                                "the bound has nothing to bound: {about}"
                            );
                        }
                        let rmse: Vec<f64> = report.domains.iter().map(|d| d.model.rmse).collect();
                        assert!(rmse.iter().all(|&rmse| rmse < 0.5), "{rmse:?} {about}");
                        outcomes.push((format!("{rmse:?} {}", report.mapping_loss), about));
                    }
                }
            }
        }
    }
    // Codes are frozen: whatever is trained on them, they stay.
    for (unit_ball, vectors) in &codes {
        let first = codes.iter().find(|other| other.0 == *unit_ball).unwrap();
        assert_eq!(*vectors, first.1);
    }
    // No two settings come to the same: none of them is without effect.
    outcomes.sort();
    for two in outcomes.windows(2) {
        assert_ne!(two[0].0, two[1].0, "\n{}\n{}", two[0].1, two[1].1);
    }
}

#[test]
fn without_a_single_shared_person_each_domain_trains_as_if_it_were_alone() {
    let mut world = small_world();
    world.domains[1].users = Arc::new((100..140).map(|n| format!("u{n}")).collect());
    let world = World::new(world.domains);
    assert!(world.links[0].overlap_users.is_empty());
    let config = Config { epochs: 3, ..Config::robust() };
    let (apart, events) = study(world.clone(), config.clone(), TransferStudy::Measured);
    let report = apart.report().unwrap();
    assert_eq!((report.alignment, report.linked_users, report.mapping_loss), (None, 0, 0.0));
    // X has nothing to be learnt from and stays the identity.
    assert_eq!(apart.dml().unwrap().links[0].mapping, Mapping::identity(16));
    for domain in &report.domains {
        assert_eq!((domain.cold.ratings, domain.cold.with_transfer), (0, None));
        // With nobody to unlink, the run without links is the same training once more.
        assert_eq!(domain.all.with_transfer, domain.all.without_transfer);
        assert!(domain.model.rmse < 1.1 * domain.bias.rmse, "{domain:?}");
    }
    let losses = losses(&events, Run::Main);
    assert!(losses.iter().flatten().all(|(own, cross)| *own > 0.0 && cross.is_none()), "{losses:?}");
    assert!(
        losses[0].iter().zip(&losses[losses.len() - 1]).all(|(first, last)| last.0 < first.0),
        "{losses:?}"
    );
}

#[test]
fn each_run_starts_counts_its_epochs_and_finishes_and_runs_without_links_have_none() {
    let (_, events) = study(small_world(), Config { epochs: 3, ..Config::robust() }, TransferStudy::Measured);
    let runs: Vec<Run> = Run::MEASUREMENT.into_iter().chain([Run::Everything]).collect();
    // What each run tells, in order: (event, number of epochs).
    let told = |of: Run| -> Vec<(&str, usize)> {
        let told = events.iter().filter_map(|event| match event {
            StudyEvent::Training { run, event: Event::Started { epochs, .. }, .. } if *run == of => {
                Some(("started", *epochs))
            }
            StudyEvent::Training { run, event: Event::Epoch { epoch, .. }, .. } if *run == of => {
                Some(("epoch", *epoch))
            }
            StudyEvent::Training { run, event: Event::Finished { epochs, .. }, .. } if *run == of => {
                Some(("finished", *epochs))
            }
            _ => None,
        });
        told.collect()
    };
    for &run in &runs[..Run::MEASUREMENT.len()] {
        // Three epochs are within the patience, so that every run takes them all.
        let expected = [("started", 3), ("epoch", 1), ("epoch", 2), ("epoch", 3), ("finished", 3)];
        assert_eq!(told(run), expected, "{run:?}");
    }
    let order: Vec<Run> = (events.iter())
        .filter_map(|e| {
            if let StudyEvent::Training { run, event: Event::Started { .. }, .. } = e {
                Some(*run)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(order, runs);
    for event in &events {
        if let StudyEvent::Training { run, event: Event::Epoch { domains, mapping, .. }, .. } = event {
            let mapping = mapping.unwrap();
            assert!(mapping.orthogonality_error < 1e-6);
            let is_linked = !matches!(run, Run::WithoutTransfer | Run::ColdWithoutTransfer | Run::ColdBiases);
            assert_eq!(mapping.loss > 0.0, is_linked, "{run:?}");
            // Without links the same ratings simulate newcomers.
            assert!(domains.iter().all(|d| d.cross.is_some()), "{run:?}");
            let validated = *run != Run::Everything;
            assert!(
                domains.iter().all(|d| d.own > 0.0 && d.validation_rmse.is_some() == validated),
                "{run:?}"
            );
        }
    }
    let complete: Vec<bool> = (events.iter())
        .filter_map(|e| {
            if let StudyEvent::Report(ReportEvent { complete, .. }) = e { Some(*complete) } else { None }
        })
        .collect();
    assert_eq!(complete, [false, false, false, false, false, false, false, false, true]);
}

#[test]
fn advice_leaves_out_what_was_rated_and_reaches_people_who_were_never_there() {
    let (study, _) = study(sample(1).world, Config { epochs: 4, ..Config::robust() }, TransferStudy::LeftOut);
    let (world, kept) = (study.world(), study.kept());
    let [a, b] = [&world.domains[0], &world.domains[1]];
    let only_a = (0..a.users.len() as u32).find(|&u| b.users.get(a.users.id(UserId(u))).is_none()).unwrap();
    let advice = recommend::for_user(&kept, 0, UserId(only_a), 10).unwrap();
    assert!(!advice.domains[0].via_map && advice.domains[1].via_map);
    assert_eq!(advice.domains[1].next.len(), 10);
    assert!(!advice.domains[1].nearest.is_empty());
    for item in &advice.domains[0].next {
        assert!(a.ratings.of_user(UserId(only_a)).all(|p| a.ratings.at(p).item != item.item));
        assert!(a.scale.contains(item.rating));
    }
    let predictions: Vec<f32> = advice.domains[1].next.iter().map(|i| i.rating).collect();
    assert!(predictions.is_sorted_by(|x, y| x >= y));
    // A cold-start user's first choice is not simply everybody's.
    let other =
        (0..a.users.len() as u32).rev().find(|&u| b.users.get(a.users.id(UserId(u))).is_none()).unwrap();
    let others = recommend::for_user(&kept, 0, UserId(other), 10).unwrap();
    assert_ne!(advice.domains[1].next, others.domains[1].next);
}

/// By domain, the training loss of an epoch in which nothing moves, and the model's squared error on the same rows. Two
/// programs computed them: the engine and the host.
fn losses_at_rest(preset: Config, dropout: f32) -> [(f64, f64); 2] {
    let config = Config {
        learning_rate: 1e-6,
        epochs: 1,
        dropout,
        item_dropout: 0.0,
        leave_one_out: false,
        cross_step: CrossStep::None,
        pair_weight: 0.0,
        mix: false,
        autoencoder_epochs: 2,
        ..preset
    };
    let (study, events) = study(small_world(), config, TransferStudy::LeftOut);
    let losses = events.iter().find_map(|e| match e {
        StudyEvent::Training { event: Event::Epoch { domains, .. }, .. } => Some(domains.clone()),
        _ => None,
    });
    let losses = losses.unwrap();
    let split = Split::new(study.world(), study.config()).unwrap();
    let training = Training::new(study.world().clone(), Arc::new(split));
    [0, 1].map(|d| {
        let rows = training.rows(d);
        let predictions = study.dml().unwrap().predict(d, &rows.users, &rows.items);
        (f64::from(losses[d].own), metrics::rmse(&predictions, &rows.targets).unwrap().powi(2))
    })
}

#[test]
fn the_host_predicts_what_the_engine_trains() {
    for preset in [Config::robust(), Config::paper()] {
        for (loss, host) in losses_at_rest(preset, 0.0) {
            assert!((loss - host).abs() < 1e-4 * host, "{loss} {host}");
        }
    }
}

#[test]
fn dropout_reaches_the_training_and_not_the_predictions() {
    for preset in [Config::robust(), Config::paper()] {
        let (without, with) = (losses_at_rest(preset.clone(), 0.0), losses_at_rest(preset, 0.5));
        for ((loss, host), (dropped, same_host)) in without.into_iter().zip(with) {
            assert!((host - same_host).abs() < 1e-4 * host, "the host drops no unit: {host} {same_host}");
            // Units that are left out at random make the outputs, and with them the errors, vary.
            assert!((dropped - loss).abs() > 1e-3 * loss, "dropout changes nothing: {loss} {dropped}");
        }
    }
}

#[test]
fn vectors_stay_in_the_unit_ball_where_they_are_asked_to() {
    // Learnt vectors that start outside of it, and codes of autoencoders that lead out of it.
    let learnt = Config { embedding_deviation: 1.0, ..Config::robust() };
    let codes = Config {
        embeddings: Embeddings::Autoencoder,
        autoencoder_learning_rate: 0.05,
        autoencoder_epochs: 10,
        ..Config::paper()
    };
    for config in [learnt, codes] {
        let longest = |unit_ball: bool| {
            let config = Config { unit_ball, epochs: 2, ..config.clone() };
            let (study, _) = study(small_world(), config, TransferStudy::LeftOut);
            let model = study.dml().unwrap();
            [0, 1].map(|d| {
                let domain = &model.domains[d];
                [&domain.user_embeddings, &domain.item_embeddings].map(|vectors| {
                    let lengths =
                        vectors.chunks_exact(model.dimension).map(|v| v.iter().map(|x| x * x).sum::<f32>());
                    lengths.fold(0.0, f32::max).sqrt()
                })
            })
        };
        let (within, without) = (longest(true), longest(false));
        assert!(within.as_flattened().iter().all(|&length| length < 1.0 + 1e-6), "{within:?}");
        assert!(
            without.as_flattened().iter().all(|&length| length > 1.01),
            "nothing to be seen: {without:?}"
        );
    }
}

#[test]
fn the_pair_loss_brings_the_vectors_of_linked_people_together() {
    // How far they are apart under X, in the variance of either: the loss alone can be had by short vectors.
    let apart = |pair_weight: f32| {
        let config = Config { pair_weight, epochs: 10, patience: None, tolerance: 0.0, ..Config::robust() };
        let (study, _) = study(small_world(), config, TransferStudy::LeftOut);
        let (model, link) = (study.dml().unwrap(), &study.world().links[0]);
        let (mut distances, mut squares) = (0.0, 0.0);
        for &(a, b) in &link.overlap_users {
            let mapped = model.links[0].mapping.to_b(model.user_embedding(0, a));
            for (x, y) in mapped.iter().zip(model.user_embedding(1, b)) {
                distances += (x - y).powi(2);
                squares += (x * x + y * y) / 2.0;
            }
        }
        distances / squares
    };
    let (with, without) = (apart(10.0), apart(0.0));
    println!("apart with the pair loss {with}, without {without}");
    assert!(with < 0.5 * without, "{with} {without}");
}

#[test]
fn a_split_is_a_partition_and_cold_people_are_in_no_part_of_it() {
    let world = small_world();
    let config = Config::robust().check().unwrap();
    let plain = Split::new(&world, &config).unwrap();
    for (split, cold_people) in [(plain.with_cold(&world, &config), 5), (plain, 0)] {
        let training = Training::new(Arc::new(world.clone()), Arc::new(split.clone()));
        for (d, domain) in world.domains.iter().enumerate() {
            let parts =
                [training.rows(d), training.validation(d), split.test(&world, d), split.cold(&world, d)];
            let mut pairs: Vec<(UserId, ItemId)> = parts
                .iter()
                .flat_map(|rows| rows.users.iter().copied().zip(rows.items.iter().copied()))
                .collect();
            assert_eq!(pairs.len(), domain.ratings.len());
            pairs.sort_unstable();
            pairs.dedup();
            assert_eq!(pairs.len(), domain.ratings.len(), "a rating is in two parts");
            let cold_role = if d == 0 { PairRole::ColdA } else { PairRole::ColdB };
            let people: Vec<UserId> = (world.links[0].overlap_users.iter().zip(split.roles(0)))
                .filter(|(_, role)| **role == cold_role)
                .map(|(&(a, b), _)| if d == 0 { a } else { b })
                .collect();
            assert_eq!(people.len(), cold_people, "a fifth of the 27 linked people");
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
    let (study, _) = study(sample(2).world, Config { epochs: 2, ..Config::robust() }, TransferStudy::LeftOut);
    let kept = study.kept();
    let whole = model_file::write(&kept).unwrap();
    let read = model_file::read(model_file::NAME, &whole).unwrap();
    for d in 0..2 {
        let advice = |trained| recommend::for_user(trained, d, UserId(7), 5).unwrap();
        assert_eq!(advice(&read), advice::without_categories(advice(&kept)));
    }
    let mut rng = Generator::new(1, "broken files");
    for _ in 0..200 {
        let mut bytes = whole.clone();
        // The header is a small part of the file.
        let at = if rng.below(2) == 0 { rng.below(2000) } else { rng.below(bytes.len()) };
        match rng.below(3) {
            0 => bytes.truncate(at),
            1 => bytes[at] = b'9',
            _ => bytes[at] ^= 1 << rng.below(8),
        }
        // Some changes leave a file that still fits together; none may end the program.
        if let Err(error) = model_file::read(model_file::NAME, &bytes) {
            assert!(error.to_string().contains("model"), "{error}");
        }
    }
}

#[test]
fn priors_of_biases_come_from_features_where_they_are_asked_for() {
    for feature_prior in [true, false] {
        let config = Config { feature_prior, epochs: 1, ..Config::robust() };
        let (study, _) = study(sample(1).world, config, TransferStudy::LeftOut);
        for domain in &study.dml().unwrap().domains {
            let priors = &domain.biases.item_priors;
            let rated = priors.iter().zip(&domain.biases.item_counts).filter(|(_, n)| **n > 0);
            let size = rated.clone().map(|(p, _)| f64::from(p * p)).sum::<f64>() / rated.count() as f64;
            println!("mean square of item priors {size}");
            if feature_prior {
                assert!(size > 1e-5, "{size}");
                assert_eq!(domain.given.len(), 7, "two priors more");
            } else {
                assert!(priors.iter().all(|&p| p == 0.0));
                assert_eq!(domain.given.len(), 5);
            }
        }
    }
}

#[test]
fn validation_chooses_to_mix_where_the_other_domain_knows_people_better() {
    // In A people have three ratings or so, in B dozens, and both follow the same taste, one way or the other.
    let sign = |number: u32, prime: u32| if number * prime % 11 < 5 { 1.0 } else { -1.0 };
    let mut taste = |person: u32, item: u32| 3.0 + 1.5 * sign(person, 7) * sign(item, 3);
    let few = world_of([300, 20], 0.15, &mut taste).domains.remove(0);
    let many = world_of([300, 60], 0.6, &mut taste).domains.remove(0);
    let world = World::new(vec![few, many]);
    let config = Config { mix: true, epochs: 30, validation_fraction: 0.2, ..Config::robust() };
    let (mixing, _) = study(world.clone(), config.clone(), TransferStudy::LeftOut);
    let (alone, _) = study(world, Config { mix: false, ..config }, TransferStudy::LeftOut);
    let mixes =
        |study: &Study| study.dml().unwrap().domains.iter().map(|domain| domain.mix).collect::<Vec<_>>();
    println!("{:?} {:?}", mixes(&mixing), mixes(&alone));
    println!(
        "{:?} {:?}",
        mixing.report().unwrap().domains[0].model.rmse,
        alone.report().unwrap().domains[0].model.rmse
    );
    assert!(mixes(&mixing)[0] > 0.0, "{:?}", mixes(&mixing));
    assert_eq!(mixes(&alone), [0.0, 0.0]);
}

#[test]
fn people_with_few_ratings_are_those_with_fewer_than_five() {
    let (study, _) = study(sample(1).world, Config { epochs: 1, ..Config::robust() }, TransferStudy::LeftOut);
    let (world, report) = (study.world(), study.report().unwrap());
    let training = Training::new(world.clone(), Arc::new(study.split().clone()));
    for (d, domain) in report.domains.iter().enumerate() {
        let mut counts = vec![0; training.users(d)];
        training.rows(d).users.iter().for_each(|&user| counts[user.index()] += 1);
        let test = study.split().test(world, d);
        let ratings = test.users.iter().filter(|&&user| counts[user.index()] < 5).count();
        assert!(ratings > 0 && ratings < test.len() / 2);
        assert_eq!(domain.sparse.ratings, ratings, "{}", domain.name);
    }
}
