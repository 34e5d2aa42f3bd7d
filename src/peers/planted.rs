//! Data that is made for a property of a peer, and its training: for tests.

use std::sync::Arc;

use crate::data::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use crate::engine::Device;
use crate::metrics;
use crate::recommender::{Assignment, Fit, Recommender, Stopping, Work};
use crate::rng::Generator;
use crate::settings::{Config, ValidConfig};
use crate::split::{Crossing, Rows, Split, Training};

/// A world and a split of it.
pub(super) struct Planted {
    world: Arc<World>,
    config: ValidConfig,
    split: Split,
}

impl Planted {
    /// Domains that the same people have rated on a scale from 0 to 1, each item with the probability `share`; `rating` is
    /// given domain, user and item.
    pub(super) fn new(
        domains: usize,
        people: usize,
        items: usize,
        share: f32,
        rating: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let mut rng = Generator::new(9, "planted");
        let domain = |d: usize| {
            let mut rows = Vec::new();
            for user in 0..people {
                for item in 0..items {
                    if rng.unit() < share {
                        let value = rating(d, user, item).clamp(0.0, 1.0);
                        rows.push(Rating { user: UserId(user as u32), item: ItemId(item as u32), value });
                    }
                }
            }
            Domain {
                name: format!("domain {d}"),
                users: Arc::new((0..people).map(|n| format!("u{n}")).collect()),
                items: Arc::new((0..items).map(|n| format!("{d}-{n}")).collect()),
                ratings: Ratings::new(people, items, &rows).into(),
                scale: Scale { lo: 0.0, hi: 1.0 },
                scale_kind: ScaleKind::Declared,
                user_features: None,
                item_features: None,
            }
        };
        let world = Arc::new(World::new((0..domains).map(domain).collect()));
        let config = Config { dimension: 4, batch: 64, learning_rate: 1e-2, ..Config::robust() };
        let config = Config { held_out_overlap: 0.0, patience: None, mix: false, ..config }.check().unwrap();
        let split = Split::new(&world, &config, false).unwrap();
        Self { world, config, split }
    }

    /// The same where some people lost all ratings of one domain.
    pub(super) fn cold(&self) -> Self {
        let split = self.split.with_cold(&self.world, &self.config);
        Self { world: self.world.clone(), config: self.config.clone(), split }
    }

    /// What a model may see of it.
    pub(super) fn training(&self, crossing: Crossing) -> Training {
        Training::new(self.world.clone(), Arc::new(self.split.with_crossing(crossing)))
    }

    pub(super) fn config(&self) -> &ValidConfig {
        &self.config
    }

    pub(super) fn test(&self, domain: usize) -> Rows {
        self.split.test(&self.world, domain)
    }

    /// The ratings that those who are cold in a domain lost there.
    pub(super) fn newcomers(&self, domain: usize) -> Rows {
        self.split.cold(&self.world, domain)
    }

    /// A model after so many epochs.
    pub(super) fn trained(
        &self,
        begin: impl FnOnce(Assignment) -> Work<'static, Box<dyn Fit>>,
        crossing: Crossing,
        epochs: usize,
    ) -> Arc<dyn Recommender> {
        let assignment = Assignment {
            training: self.training(crossing),
            config: self.config.clone(),
            device: Device::cpu(),
            watched: vec![Vec::new(); self.world.links.len()],
            stopping: Stopping::Epochs(epochs),
        };
        let mut fit = pollster::block_on(begin(assignment)).unwrap();
        while !fit.is_done() {
            pollster::block_on(fit.advance(&mut |_| ())).unwrap();
        }
        fit.model()
    }
}

/// The error of a model on some rows.
pub(super) fn rmse(model: &dyn Recommender, domain: usize, rows: &Rows) -> f64 {
    metrics::rmse(&model.predict(domain, &rows.users, &rows.items), &rows.targets).unwrap()
}

/// The error of the rows' own mean.
pub(super) fn spread(rows: &Rows) -> f64 {
    metrics::rmse(&vec![rows.mean(); rows.len()], &rows.targets).unwrap()
}
