//! The ratings of one domain, compressed by user with a transposed index by item: 12 bytes a rating.

/// One rating by its numbers inside the domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    /// User number.
    pub user: u32,
    /// Item number.
    pub item: u32,
    /// Value on the domain's original scale.
    pub value: f32,
}

/// Ratings in compressed rows. A *position* is an index into the row order: all ratings of user 0, then of
/// user 1, and so on; splits are sets of positions.
#[derive(Clone, Debug, Default)]
pub struct Ratings {
    user_starts: Vec<u32>,
    items: Vec<u32>,
    values: Vec<f32>,
    item_starts: Vec<u32>,
    by_item: Vec<u32>,
}

impl Ratings {
    /// Compresses ratings of `users` users and `items` items. Within a user the order of `rows` is kept.
    /// Every number must be below its count; a pair must occur once.
    pub fn new(users: usize, items: usize, rows: &[Rating]) -> Self {
        let user_starts = starts(users, rows.iter().map(|r| r.user));
        let mut next = user_starts.clone();
        let (mut row_items, mut values) = (vec![0; rows.len()], vec![0.0; rows.len()]);
        for row in rows {
            let position = &mut next[row.user as usize];
            row_items[*position as usize] = row.item;
            values[*position as usize] = row.value;
            *position += 1;
        }
        let item_starts = starts(items, row_items.iter().copied());
        let mut next = item_starts.clone();
        let mut by_item = vec![0; rows.len()];
        for (position, &item) in row_items.iter().enumerate() {
            let slot = &mut next[item as usize];
            by_item[*slot as usize] = position as u32;
            *slot += 1;
        }
        Self { user_starts, items: row_items, values, item_starts, by_item }
    }

    /// Number of ratings.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no rating.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Number of users.
    pub fn users(&self) -> usize {
        self.user_starts.len().saturating_sub(1)
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.item_starts.len().saturating_sub(1)
    }

    /// The rating at a position.
    pub fn at(&self, position: u32) -> Rating {
        let user = self.user_starts.partition_point(|&start| start <= position) as u32 - 1;
        Rating { user, item: self.items[position as usize], value: self.values[position as usize] }
    }

    /// The positions of a user's ratings.
    pub fn of_user(&self, user: u32) -> std::ops::Range<u32> {
        self.user_starts[user as usize]..self.user_starts[user as usize + 1]
    }

    /// The positions of an item's ratings.
    pub fn of_item(&self, item: u32) -> &[u32] {
        &self.by_item[self.item_starts[item as usize] as usize..self.item_starts[item as usize + 1] as usize]
    }

    /// All ratings in the order of their positions.
    pub fn iter(&self) -> impl Iterator<Item = Rating> + '_ {
        (0..self.users() as u32).flat_map(move |user| {
            self.of_user(user).map(move |p| Rating {
                user,
                item: self.items[p as usize],
                value: self.values[p as usize],
            })
        })
    }
}

/// Where each of `n` groups starts when `keys` are sorted by group; one more than `n` entries.
fn starts(n: usize, keys: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0; n + 1];
    for key in keys {
        starts[key as usize + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::{Rating, Ratings};

    #[test]
    fn rows_are_found_by_user_by_item_and_by_position() {
        let row = |user, item, value| Rating { user, item, value };
        let ratings = Ratings::new(3, 2, &[row(2, 0, 5.0), row(0, 1, 3.0), row(2, 1, 1.0)]);
        assert_eq!((ratings.users(), ratings.items(), ratings.len()), (3, 2, 3));
        assert_eq!(ratings.at(0), row(0, 1, 3.0));
        assert_eq!(ratings.of_user(1), 1..1);
        assert_eq!(
            ratings.of_user(2).map(|p| ratings.at(p)).collect::<Vec<_>>(),
            [row(2, 0, 5.0), row(2, 1, 1.0)]
        );
        assert_eq!(ratings.of_item(1).iter().map(|&p| ratings.at(p).user).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(ratings.iter().count(), 3);
    }
}
