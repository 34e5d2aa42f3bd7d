//! What a domain's ratings are made numbers in [0, 1] by. A scale that somebody declared or that is usual stands; where
//! there is none, only the training rows may say what it is, because the extremes of all rows would tell of the test.

use crate::data::{Domain, Scale, ScaleKind, UserId};

/// A scale and how many ratings lie beyond it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UnitScale {
    pub(super) scale: Scale,
    /// Ratings of any part that count as an end of the scale.
    pub(super) clipped: usize,
}

impl UnitScale {
    /// The scale of a domain whose training rows are those (user, position) that `is_trained_on` takes.
    pub(super) fn new(domain: &Domain, is_trained_on: impl Fn(UserId, usize) -> bool) -> Self {
        if domain.scale_kind != ScaleKind::Observed {
            return Self { scale: domain.scale, clipped: 0 };
        }
        // From training rows of one value there is nothing to learn, whatever the scale.
        let scale = range(domain, is_trained_on).unwrap_or(domain.scale);
        let clipped = domain.ratings.iter().filter(|row| !scale.contains(row.value)).count();
        Self { scale, clipped }
    }
}

/// The range of the training rows; `None` where they have one value or none.
fn range(domain: &Domain, is_trained_on: impl Fn(UserId, usize) -> bool) -> Option<Scale> {
    let trained =
        domain.ratings.iter().enumerate().filter(|(position, row)| is_trained_on(row.user, *position));
    let (lo, hi) =
        trained.map(|(_, row)| (row.value, row.value)).reduce(|x, y| (x.0.min(y.0), x.1.max(y.1)))?;
    Scale::new(lo, hi).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{ItemId, Rating, Ratings};

    /// One user's ratings.
    fn domain(values: &[f32], scale: (f32, f32), scale_kind: ScaleKind) -> Domain {
        let rows: Vec<Rating> = (0..)
            .zip(values)
            .map(|(item, &value)| Rating { user: UserId(0), item: ItemId(item), value })
            .collect();
        Domain {
            name: "counts".into(),
            users: Arc::new(["u"].into_iter().collect()),
            items: Arc::new((0..values.len()).map(|n| n.to_string()).collect()),
            ratings: Ratings::new(1, values.len(), &rows).into(),
            scale: Scale { lo: scale.0, hi: scale.1 },
            scale_kind,
            user_features: None,
            item_features: None,
        }
    }

    /// The scale when the first `trained` ratings are trained on, and how many lie beyond it.
    fn found(domain: &Domain, trained: usize) -> (f32, f32, usize) {
        let UnitScale { scale, clipped } = UnitScale::new(domain, |_, position| position < trained);
        (scale.lo, scale.hi, clipped)
    }

    #[test]
    fn an_observed_scale_is_the_range_of_the_training_rows() {
        let counts = domain(&[500.0, 900.0, 700.0, 344.0, 99_992.0], (344.0, 99_992.0), ScaleKind::Observed);
        assert_eq!(found(&counts, 3), (500.0, 900.0, 2));
        assert_eq!(found(&counts, 4), (344.0, 900.0, 1));
        assert_eq!(found(&counts, 5), (344.0, 99_992.0, 0));
        // One value, or none, has no range.
        assert_eq!(found(&counts, 1), (344.0, 99_992.0, 0));
        assert_eq!(found(&counts, 0), (344.0, 99_992.0, 0));
    }

    #[test]
    fn a_declared_or_usual_scale_stands() {
        for kind in [ScaleKind::Declared, ScaleKind::Usual] {
            assert_eq!(found(&domain(&[2.0, 4.0, 5.0], (1.0, 5.0), kind), 2), (1.0, 5.0, 0));
        }
    }
}
