//! Rating rows as columns: what models train on and are measured on.

use crate::data::Domain;

/// Rows of ratings as columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// User numbers.
    pub users: Vec<u32>,
    /// Item numbers.
    pub items: Vec<u32>,
    /// Ratings on the unit scale.
    pub targets: Vec<f32>,
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// The ratings of a domain that `chosen` takes, in the order of their positions. `count` is their number: 12
    /// bytes a row, and no more while they are gathered.
    pub(super) fn gather(domain: &Domain, count: usize, chosen: impl Fn(u32, usize) -> bool) -> Self {
        let mut rows = Self {
            users: Vec::with_capacity(count),
            items: Vec::with_capacity(count),
            targets: Vec::with_capacity(count),
        };
        for user in 0..domain.ratings.users() as u32 {
            let start = domain.ratings.of_user(user).start as usize;
            let (items, values) = domain.ratings.row(user);
            for (position, (&item, &value)) in (start..).zip(items.iter().zip(values)) {
                if chosen(user, position) {
                    rows.users.push(user);
                    rows.items.push(item);
                    rows.targets.push(domain.scale.to_unit(value));
                }
            }
        }
        rows
    }
}
