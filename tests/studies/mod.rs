//! What tests of whole trainings need: data of one's own making, and a measurement that runs to its end.

use std::sync::Arc;

use dual_metric::data::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use dual_metric::engine::Device;
use dual_metric::lab::{Study, StudyEvent, TransferStudy};
use dual_metric::rng::Generator;
use dual_metric::settings::Config;

/// The measurement at its end and what it told on the way.
pub fn study(world: World, config: Config, transfer: TransferStudy) -> (Study, Vec<StudyEvent>) {
    let world = Arc::new(world);
    let config = config.check().unwrap();
    let mut study = pollster::block_on(Study::new(world, config, Device::cpu(), transfer, vec![])).unwrap();
    let mut events = Vec::new();
    pollster::block_on(study.finish(&mut |event| events.push(event))).unwrap();
    (study, events)
}

/// Two domains of so many people and items each, two thirds of the people in both, with a share of all possible ratings
/// from 1 to 5. `rating` gives the rating of a person, counted over both domains, and an item.
#[allow(dead_code, reason = "not every test file makes data of its own")]
pub fn world_of([people, items]: [u32; 2], share: f32, rating: &mut dyn FnMut(u32, u32) -> f32) -> World {
    let mut rng = Generator::new(9, "who rates what");
    let mut domain = |first: u32| {
        let mut rows = Vec::new();
        for user in 0..people {
            for item in 0..items {
                if rng.unit() < share {
                    rows.push(Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: rating(first + user, item).clamp(1.0, 5.0),
                    });
                }
            }
        }
        Domain {
            name: format!("from {first}"),
            users: Arc::new((first..first + people).map(|n| format!("u{n}")).collect()),
            items: Arc::new((0..items).map(|n| format!("i{n}")).collect()),
            ratings: Ratings::new(people as usize, items as usize, &rows).into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    };
    World::new(vec![domain(0), domain(people / 3)])
}
