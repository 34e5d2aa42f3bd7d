//! Data that is made for a property of a peer, and trainings on it: for tests.

use std::sync::Arc;

use super::Entry;
use crate::data::{Domain, ItemId, Rating, Scale, UserId, World};
use crate::engine::Device;
use crate::metrics;
use crate::recommender::{Assignment, Fit, Recommender, Stopping, Work};
use crate::rng::Generator;
use crate::settings::{Config, ValidConfig};
use crate::split::{Crossing, Rows, Split, Training};

/// A world and a split of it.
pub(crate) struct Planted {
    world: Arc<World>,
    config: ValidConfig,
    split: Split,
}

impl Planted {
    /// Domains that the same people have rated on a scale from 0 to 1, each item with the probability `share`; `rating` is
    /// given domain, user and item.
    pub(crate) fn new(
        domains: usize,
        people: usize,
        items: usize,
        share: f32,
        rating: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let mut chance = Generator::new(9, "planted");
        let domain = |d: usize| {
            let value = |user: u32, item: u32| Some(rating(d, user as usize, item as usize).clamp(0.0, 1.0));
            let rows = rated((people as u32, items as u32), share, &mut chance, value);
            let users = (0..people).map(|n| format!("u{n}")).collect();
            let items = (0..items).map(|n| format!("{d}-{n}")).collect();
            let domain = Domain::of_stars(&format!("domain {d}"), users, items, &rows);
            Domain { scale: Scale { lo: 0.0, hi: 1.0 }, ..domain }
        };
        let world = World::new((0..domains).map(domain).collect());
        let config = Config { dimension: 4, batch: 64, learning_rate: 1e-2, ..Config::robust() };
        Self::of(world, Config { held_out_overlap: 0.0, patience: None, mix: false, ..config })
    }

    /// A world as the settings split it.
    pub(crate) fn of(world: World, config: Config) -> Self {
        let (world, config) = (Arc::new(world), config.check().unwrap());
        let split = Split::new(&world, &config).unwrap();
        Self { world, config, split }
    }

    /// The same where some people lost all ratings of one domain.
    pub(crate) fn cold(&self) -> Self {
        let split = self.split.with_cold(&self.world, &self.config);
        Self { world: self.world.clone(), config: self.config.clone(), split }
    }

    /// What a model may see of it.
    pub(crate) fn training(&self, crossing: Crossing) -> Training {
        Training::new(self.world.clone(), Arc::new(self.split.with_crossing(crossing)))
    }

    pub(crate) fn config(&self) -> &ValidConfig {
        &self.config
    }

    pub(crate) fn test(&self, domain: usize) -> Rows {
        self.split.test(&self.world, domain)
    }

    /// The ratings that those who are cold in a domain lost there.
    pub(crate) fn newcomers(&self, domain: usize) -> Rows {
        self.split.cold(&self.world, domain)
    }

    /// A model after so many epochs.
    pub(crate) fn trained(
        &self,
        begin: impl FnOnce(Assignment) -> Work<'static, Box<dyn Fit>>,
        crossing: Crossing,
        epochs: usize,
    ) -> Arc<dyn Recommender> {
        self.fitted(begin, crossing, Stopping::Epochs(epochs))
    }

    /// A model as its settings end its training, with all that may cross.
    pub(crate) fn trained_to_its_end(&self, entry: &Entry) -> Arc<dyn Recommender> {
        self.fitted(entry.begin, Crossing::All, Stopping::Own)
    }

    fn fitted(
        &self,
        begin: impl FnOnce(Assignment) -> Work<'static, Box<dyn Fit>>,
        crossing: Crossing,
        stopping: Stopping,
    ) -> Arc<dyn Recommender> {
        let assignment = Assignment {
            training: self.training(crossing),
            config: self.config.clone(),
            device: Device::cpu(),
            watched: vec![Vec::new(); self.world.links.len()],
            stopping,
        };
        let mut fit = pollster::block_on(begin(assignment)).unwrap();
        while !fit.is_done() {
            pollster::block_on(fit.advance(&mut |_| ())).unwrap();
        }
        fit.model()
    }
}

/// Domains of ratings from 1 to 5: for each the number of people and who the first of them is, with `items` items each.
/// Every pair is rated with chance `share`, if `rating` of the domain, the person and the item gives a value.
#[cfg(feature = "reference")]
pub(crate) fn stars(
    domains: &[(u32, u32)],
    items: u32,
    share: f32,
    rating: impl Fn(usize, u32, u32) -> Option<f32>,
) -> World {
    let mut chance = Generator::new(5, "who rates what");
    let domain = |(d, &(people, first)): (usize, &(u32, u32))| {
        let rows = rated((people, items), share, &mut chance, |user, item| rating(d, first + user, item));
        let people = (first..first + people).map(|n| format!("u{n}")).collect();
        let items = (0..items).map(|n| format!("i{n}")).collect();
        Domain::of_stars(&format!("domain {d}"), people, items, &rows)
    };
    World::new(domains.iter().enumerate().map(domain).collect())
}

/// What each of so many people has rated of so many items, each with chance `share` if there is a value.
fn rated(
    (people, items): (u32, u32),
    share: f32,
    chance: &mut Generator,
    rating: impl Fn(u32, u32) -> Option<f32>,
) -> Vec<Rating> {
    let mut rows = Vec::new();
    for user in 0..people {
        for item in 0..items {
            if chance.unit() < share
                && let Some(value) = rating(user, item)
            {
                rows.push(Rating { user: UserId(user), item: ItemId(item), value });
            }
        }
    }
    rows
}

/// The error of a model on some rows.
pub(crate) fn rmse(model: &dyn Recommender, domain: usize, rows: &Rows) -> f64 {
    metrics::rmse(&model.predict(domain, &rows.users, &rows.items), &rows.targets).unwrap()
}

/// The error of the rows' own mean.
pub(crate) fn spread(rows: &Rows) -> f64 {
    metrics::rmse(&vec![rows.mean(); rows.len()], &rows.targets).unwrap()
}

#[cfg(feature = "reference")]
mod tests {
    use super::*;
    use crate::data::sample_of;
    use crate::peers::with_burn::ENTRIES;

    #[test]
    fn peers_train_on_three_domains_and_newcomers_of_each_are_told_apart_where_something_crosses() {
        let planted = Planted::of(sample_of(2, 3).world, Config { epochs: 1, ..Config::robust() }).cold();
        for entry in ENTRIES {
            let model = planted.trained_to_its_end(entry);
            for d in 0..3 {
                let mut newcomers = planted.newcomers(d).users;
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
