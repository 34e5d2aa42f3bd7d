//! A small dual loop for the tests of its parts.

use std::sync::Arc;

use super::Dual;
use crate::baselines::bias::Fitting;
use crate::data::{Domain, ItemId, Rating, UserId, World};
use crate::engine::Device;
use crate::recommender::Stopping;
use crate::rng::Generator;
use crate::settings::Config;
use crate::split::{Split, Training};

/// Two domains of 30 people, 20 of them in both.
fn world() -> World {
    let mut rng = Generator::new(3, "criterion world");
    let domain = |first: usize| {
        let mut rows = Vec::new();
        for user in 0..30 {
            for item in 0..12 {
                if rng.unit() < 0.6 {
                    rows.push(Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: rng.unit() * 4.0 + 1.0,
                    });
                }
            }
        }
        let users = (first..first + 30).map(|n| format!("u{n}")).collect();
        let items = (0..12).map(|n| format!("i{n}")).collect();
        Domain::of_stars(&format!("from {first}"), users, items, &rows)
    };
    World::new([0, 10].map(domain).into())
}

/// An untrained loop on that data, without codes.
pub(super) fn dual(config: Config) -> Dual {
    let config = config.check().unwrap();
    let world = Arc::new(world());
    let training = Training::new(world.clone(), Arc::new(Split::new(&world, &config).unwrap()));
    let mut biases = Fitting::new(&training, false).finish();
    if !config.bias {
        biases.iter_mut().for_each(|biases| Arc::make_mut(biases).set_to_zero());
    }
    let (device, watched) = (Device::cpu(), [Vec::new()]);
    let dual = Dual::new(&config, &training, &device, &biases, &[], &watched, Stopping::Own);
    pollster::block_on(dual).unwrap()
}
