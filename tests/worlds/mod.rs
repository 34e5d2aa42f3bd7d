//! Small data for tests that need to train, natively and in a browser.

use std::sync::Arc;

use dual_metric::data::{Domain, Rating, Ratings, Scale, ScaleKind, World};
use dual_metric::rng::Generator;

/// Two domains of 40 people each, 30 of them shared, a dozen ratings a person.
pub fn small_world() -> World {
    let mut rng = Generator::new(7, "small world");
    let mut domain = |name: &str, first: usize| {
        let mut rows = Vec::new();
        for user in 0..40 {
            for item in 0..25 {
                if rng.unit() < 0.5 {
                    rows.push(Rating { user, item, value: (3.0 + rng.normal()).round().clamp(1.0, 5.0) });
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
