//! Small data for tests that need to train, natively and in a browser.

use std::sync::Arc;

use dual_metric::data::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, World};
use dual_metric::rng::Generator;

/// Two domains of 40 people each, 30 of them shared, a dozen ratings a person.
#[allow(dead_code, reason = "not every test file trains on it")]
pub fn small_world() -> World {
    let mut rng = Generator::new(7, "small world");
    let mut domain = |name: &str, first: usize| {
        let mut rows = Vec::new();
        for user in 0..40 {
            for item in 0..25 {
                if rng.unit() < 0.5 {
                    rows.push(Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: (3.0 + rng.normal()).round().clamp(1.0, 5.0),
                    });
                }
            }
        }
        Domain {
            name: name.into(),
            users: Arc::new((first..first + 40).map(|n| format!("u{n}")).collect()),
            items: Arc::new((0..25).map(|n| format!("{name}-{n}")).collect()),
            ratings: Ratings::new(40, 25, &rows).into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    };
    World::new(vec![domain("a", 0), domain("b", 10)])
}

/// Two domains that the same 240 people have rated, about 30 of 60 items each: how high somebody rates is the same in
/// both, and so is their taste, three numbers. On a scale from 1 to 5 with noise.
#[allow(dead_code, reason = "not every test file trains on it")]
pub fn shared_taste(seed: u64) -> World {
    const PEOPLE: u32 = 240;
    const ITEMS: u32 = 60;
    let mut rng = Generator::new(seed, "shared taste");
    let people: Vec<[f32; 4]> = (0..PEOPLE).map(|_| std::array::from_fn(|_| rng.normal())).collect();
    let mut domain = |name: &str| {
        let items: Vec<[f32; 4]> = (0..ITEMS).map(|_| std::array::from_fn(|_| rng.normal())).collect();
        let mut rows = Vec::new();
        for user in 0..PEOPLE {
            for item in 0..ITEMS {
                if rng.unit() < 0.5 {
                    let ([bias, taste @ ..], [quality, kind @ ..]) =
                        (people[user as usize], items[item as usize]);
                    let match_: f32 = taste.iter().zip(kind).map(|(t, k)| t * k).sum();
                    let value = 3.2 + 0.6 * bias + 0.4 * quality + 0.3 * match_ + 0.5 * rng.normal();
                    rows.push(Rating {
                        user: UserId(user),
                        item: ItemId(item),
                        value: value.round().clamp(1.0, 5.0),
                    });
                }
            }
        }
        Domain {
            name: name.into(),
            users: Arc::new((0..PEOPLE).map(|n| format!("u{n}")).collect()),
            items: Arc::new((0..ITEMS).map(|n| format!("{name}-{n}")).collect()),
            ratings: Ratings::new(PEOPLE as usize, ITEMS as usize, &rows).into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    };
    World::new(vec![domain("books"), domain("films")])
}
