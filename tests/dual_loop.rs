#![cfg(not(target_arch = "wasm32"))]
//! The whole training on the generated sample, whose truth is known.

mod worlds;

use std::sync::Arc;

use dual_metric::config::{Config, CrossStep, Embeddings, MappingUpdate, Schedule};
use dual_metric::data::{World, sample};
use dual_metric::engine::Device;
use dual_metric::eval::{Report, Study};
use dual_metric::event::{Event, Run};
use dual_metric::recommend;
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
        for comparison in [domain.sparse, domain.cold] {
            let gain = comparison.gain().unwrap();
            assert!(gain > 0.05, "{}: {comparison:?}", domain.name);
        }
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
fn without_a_single_shared_person_both_domains_still_train() {
    let mut world = small_world();
    world.domains[1].users = (100..140).map(|n| format!("u{n}")).collect();
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
