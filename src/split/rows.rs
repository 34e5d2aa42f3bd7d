//! Rating rows as columns: what models train on and are measured on.

use crate::data::{ItemId, Ratings, Scale, UserId};

/// Rows of ratings as columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// User numbers.
    pub users: Vec<UserId>,
    /// Item numbers.
    pub items: Vec<ItemId>,
    /// Ratings on the unit scale.
    pub targets: Vec<f32>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// The mean rating, in [0, 1]; 0 of nothing.
    pub fn mean(&self) -> f32 {
        self.targets.iter().map(|&target| f64::from(target)).sum::<f64>() as f32 / self.len().max(1) as f32
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The ratings that `chosen` takes, in the order of their positions; those beyond the scale count as its ends.
    /// `count` is their number: 12 bytes a row, and no more while they are gathered.
    pub(super) fn gather(
        ratings: &Ratings,
        scale: Scale,
        count: usize,
        chosen: impl Fn(UserId, usize) -> bool,
    ) -> Self {
        let mut rows = Self {
            users: Vec::with_capacity(count),
            items: Vec::with_capacity(count),
            targets: Vec::with_capacity(count),
        };
        for user in UserId::first(ratings.users()) {
            let start = ratings.of_user(user).start as usize;
            let (items, values) = ratings.row(user);
            for (position, (&item, &value)) in (start..).zip(items.iter().zip(values)) {
                if chosen(user, position) {
                    rows.users.push(user);
                    rows.items.push(item);
                    rows.targets.push(scale.to_unit(value).clamp(0.0, 1.0));
                }
            }
        }
        rows
    }
}
