//! Data in which nothing can cross, and data in which something does: what the words claim must hold.

use std::sync::Arc;

use crate::worlds;
use dual_metric::data::{Domain, Rating, Ratings, World};
use dual_metric::engine::Device;
use dual_metric::lab::{Report, Study, TransferStudy};
use dual_metric::presentation::verdict;
use dual_metric::rng::Generator;
use dual_metric::settings::{Config, CrossStep};
use worlds::shared_taste;

fn report(world: World, config: Config) -> Report {
    let config = Config { train_on_everything: false, ..config }.check().unwrap();
    let world = Arc::new(world);
    let mut study =
        pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::Measured, vec![]))
            .unwrap();
    pollster::block_on(study.finish(&mut |_| ())).unwrap();
    study.report().unwrap().clone()
}

fn claims_a_gain(report: &Report) -> bool {
    let claimed =
        verdict(report).iter().any(|words| words.starts_with("From") && words.contains("less error"));
    let gains = report.domains.iter().flat_map(|d| d.groups().map(|(_, group)| group.transfer_gain()));
    assert_eq!(claimed, gains.flatten().next().is_some(), "the words are those of the figures");
    claimed
}

/// The people of the second domain under each other's ids: nobody is who they seem to be.
fn with_shuffled_ids(world: &World, seed: u64) -> World {
    let mut ids: Vec<String> = world.domains[1].users.ids().map(String::from).collect();
    Generator::new(seed, "shuffled ids").shuffle(&mut ids);
    let domain = Domain { users: Arc::new(ids.into_iter().collect()), ..world.domains[1].clone() };
    World::new(vec![world.domains[0].clone(), domain])
}

/// Who rated what stays, and how is dealt out anew.
fn with_permuted_ratings(world: &World, seed: u64) -> World {
    let mut rng = Generator::new(seed, "permuted ratings");
    let domains = (world.domains.iter())
        .map(|domain| {
            let mut values: Vec<f32> = domain.ratings.iter().map(|rating| rating.value).collect();
            rng.shuffle(&mut values);
            let rows: Vec<Rating> =
                domain.ratings.iter().zip(values).map(|(r, value)| Rating { value, ..r }).collect();
            let ratings = Ratings::new(domain.users.len(), domain.items.len(), &rows);
            Domain { ratings: Arc::new(ratings), ..domain.clone() }
        })
        .collect();
    World::new(domains)
}

const WORLDS: u64 = 20;

#[test]
fn where_nothing_can_cross_no_gain_is_claimed_in_nineteen_worlds_of_twenty() {
    for (kind, made) in [
        ("shuffled ids", with_shuffled_ids as fn(&World, u64) -> World),
        ("permuted ratings", with_permuted_ratings),
    ] {
        let claims: Vec<u64> = (1..=WORLDS)
            .filter(|&seed| {
                let world = made(&shared_taste(seed), seed);
                claims_a_gain(&report(world, Config { seed, ..Config::robust() }))
            })
            .collect();
        println!("{kind}: gains claimed in worlds {claims:?}");
        assert!(claims.len() <= 1, "{kind}: worlds {claims:?} claim a transfer_gain that cannot be there");
    }
}

#[test]
fn where_something_crosses_it_is_claimed_in_nineteen_worlds_of_twenty() {
    let claims = (1..=WORLDS)
        .filter(|&seed| claims_a_gain(&report(shared_taste(seed), Config { seed, ..Config::robust() })))
        .count();
    println!("gains claimed in {claims} worlds of {WORLDS}");
    assert!(claims >= 19, "only {claims} worlds");
}

#[test]
fn a_linking_that_harms_is_said_first() {
    // Half of what the paper's loop trains is one domain's ratings in the other domain's network. Without validation
    // nothing stops it where it does harm.
    let world = with_shuffled_ids(&shared_taste(1), 1);
    let config = Config { cross_step: CrossStep::Algorithm1, epochs: 15, tolerance: 0.0, ..Config::paper() };
    let report = report(world, config);
    println!("{:#?}", verdict(&report));
    for d in &report.domains {
        println!("{:?}\n{:?}\n{:?}", d.all, d.cold, d.ladder);
    }
    assert!(verdict(&report)[0].starts_with("Linking"), "{:?}", verdict(&report));
    assert!(verdict(&report)[0].contains("more error"), "{:?}", verdict(&report));
    assert!(!claims_a_gain(&report));
}
