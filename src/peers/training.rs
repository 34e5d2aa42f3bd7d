//! Data made for the tests of peers, and trainings on it.

use std::sync::Arc;

use super::Entry;
use crate::data::{Domain, ItemId, Rating, UserId, World};
use crate::engine::Device;
use crate::recommender::{Assignment, Recommender, Stopping};
use crate::rng::Generator;
use crate::settings::Config;
use crate::split::{Crossing, Split, Training};

/// Domains of ratings from 1 to 5: for each the number of people and who the first of them is, with `items` items each.
/// Every pair is rated with chance `share`, if `rating` of the domain, the person and the item gives a value.
pub(crate) fn stars(
    domains: &[(u32, u32)],
    items: u32,
    share: f32,
    rating: impl Fn(usize, u32, u32) -> Option<f32>,
) -> World {
    let mut chance = Generator::new(5, "who rates what");
    let mut domain = |(d, &(people, first)): (usize, &(u32, u32))| {
        let mut rows = Vec::new();
        for user in 0..people {
            for item in 0..items {
                if chance.unit() < share
                    && let Some(value) = rating(d, first + user, item)
                {
                    rows.push(Rating { user: UserId(user), item: ItemId(item), value });
                }
            }
        }
        let people = (first..first + people).map(|n| format!("u{n}")).collect();
        let items = (0..items).map(|n| format!("i{n}")).collect();
        Domain::of_stars(&format!("domain {d}"), people, items, &rows)
    };
    World::new(domains.iter().enumerate().map(&mut domain).collect())
}

/// A model trained to its end, its world and its split; with `cold`, some people lost all ratings of a domain.
pub(crate) fn trained(
    entry: &Entry,
    world: World,
    config: Config,
    cold: bool,
) -> (Arc<dyn Recommender>, Arc<World>, Arc<Split>) {
    let (assignment, world, split) = assignment(entry, world, config, cold, Crossing::All);
    let mut fit = pollster::block_on((entry.begin)(assignment)).unwrap();
    while !fit.is_done() {
        pollster::block_on(fit.advance(&mut |_| ())).unwrap();
    }
    (fit.model(), world, split)
}

/// What a training of a model is given, its world and its split.
pub(crate) fn assignment(
    entry: &Entry,
    world: World,
    config: Config,
    cold: bool,
    crossing: Crossing,
) -> (Assignment, Arc<World>, Arc<Split>) {
    let config = Config { model: entry.name.into(), ..config }.check().unwrap();
    let world = Arc::new(world);
    let split = Arc::new(Split::new(&world, &config, cold).unwrap().with_crossing(crossing));
    let training = Training::new(world.clone(), split.clone());
    let watched = vec![Vec::new(); world.links.len()];
    let assignment = Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own };
    (assignment, world, split)
}

/// RMSE of a model on all ratings of the people who lost them in a domain.
pub(crate) fn cold_error(model: &dyn Recommender, world: &World, split: &Split, domain: usize) -> f64 {
    let rows = split.cold(world, domain);
    crate::metrics::rmse(&model.predict(domain, &rows.users, &rows.items), &rows.targets).unwrap()
}

mod tests {
    use super::*;
    use crate::data::sample_of;
    use crate::peers::with_burn;

    #[test]
    fn peers_train_on_three_domains_and_newcomers_of_each_are_told_apart_where_something_crosses() {
        for entry in with_burn::ENTRIES {
            let world = sample_of(2, 3).world;
            let config = Config { epochs: 1, ..Config::robust() };
            let (model, world, split) = trained(entry, world, config, true);
            for d in 0..3 {
                let mut newcomers = split.cold(&world, d).users;
                newcomers.dedup();
                assert!(newcomers.len() > 10, "{d}");
                let said = model.predict(d, &newcomers, &vec![ItemId(0); newcomers.len()]);
                assert!(said.iter().all(|r| (0.0..=1.0).contains(r)), "{} {d}", entry.name);
                let differ = said.iter().any(|&r| r != said[0]);
                assert_eq!(differ, entry.capabilities.crosses, "{} in domain {d}", entry.name);
            }
        }
    }
}
