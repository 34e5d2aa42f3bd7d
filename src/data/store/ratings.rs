//! The ratings of one domain, compressed by user: 8 bytes a rating.

use super::{ItemId, UserId};

/// One rating by its numbers inside the domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    /// User number.
    pub user: UserId,
    /// Item number.
    pub item: ItemId,
    /// Value on the domain's original scale.
    pub value: f32,
}

/// Ratings in compressed rows. A *position* is an index into the row order: all ratings of user 0, then of
/// user 1, and so on; splits are sets of positions.
#[derive(Clone, Debug, Default)]
pub struct Ratings {
    user_starts: Vec<u32>,
    items: Vec<ItemId>,
    values: Vec<f32>,
    /// Number of items, rated or not.
    of_items: usize,
}

impl Ratings {
    /// Compresses ratings of `users` users and `items` items. Within a user the order of `rows` is kept.
    /// Every number must be below its count; a pair must occur once.
    pub fn new(users: usize, items: usize, rows: &[Rating]) -> Self {
        let columns = (rows.iter().map(|r| r.user), rows.iter().map(|r| (r.item, r.value)));
        Self::compress(users, items, columns.0, columns.1)
    }

    /// The same from columns of equal length.
    pub fn from_columns(users: usize, items: usize, columns: (&[UserId], &[ItemId], &[f32])) -> Self {
        let (row_users, row_items, values) = columns;
        let entries = row_items.iter().copied().zip(values.iter().copied());
        Self::compress(users, items, row_users.iter().copied(), entries)
    }

    fn compress(
        users: usize,
        items: usize,
        row_users: impl ExactSizeIterator<Item = UserId> + Clone,
        entries: impl Iterator<Item = (ItemId, f32)>,
    ) -> Self {
        let n = row_users.len();
        let user_starts = starts(users, row_users.clone());
        let mut next = user_starts.clone();
        let (mut row_items, mut values) = (vec![ItemId(0); n], vec![0.0; n]);
        for (user, (item, value)) in row_users.zip(entries) {
            let position = &mut next[user.index()];
            row_items[*position as usize] = item;
            values[*position as usize] = value;
            *position += 1;
        }
        Self { user_starts, items: row_items, values, of_items: items }
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
        self.of_items
    }

    /// The rating at a position. Looks for the user: whoever needs many goes through users or [`Ratings::iter`].
    pub fn at(&self, position: u32) -> Rating {
        let user = self.user_starts.partition_point(|&start| start <= position) as u32 - 1;
        let user = UserId(user);
        Rating { user, item: self.items[position as usize], value: self.values[position as usize] }
    }

    /// The positions of a user's ratings.
    pub fn of_user(&self, user: UserId) -> std::ops::Range<u32> {
        self.user_starts[user.index()]..self.user_starts[user.index() + 1]
    }

    /// The items that a user rated and their ratings, in the order of their positions.
    pub fn row(&self, user: UserId) -> (&[ItemId], &[f32]) {
        let range = self.user_starts[user.index()] as usize..self.user_starts[user.index() + 1] as usize;
        (&self.items[range.clone()], &self.values[range])
    }

    /// The same with other values; `change` gets those of one user at a time.
    pub(crate) fn with_values(&self, change: impl Fn(&mut [f32])) -> Self {
        let mut changed = self.clone();
        for user in 0..self.users() {
            let range = self.user_starts[user] as usize..self.user_starts[user + 1] as usize;
            change(&mut changed.values[range]);
        }
        changed
    }

    /// Whether somebody rated an item twice.
    pub(crate) fn has_pair_twice(&self) -> bool {
        let mut last_user = vec![UserId(u32::MAX); self.items()];
        UserId::first(self.users()).any(|user| {
            let mut items = self.row(user).0.iter();
            items.any(|&item| std::mem::replace(&mut last_user[item.index()], user) == user)
        })
    }

    /// All ratings in the order of their positions.
    pub fn iter(&self) -> impl Iterator<Item = Rating> + '_ {
        UserId::first(self.users()).flat_map(move |user| {
            let (items, values) = self.row(user);
            items.iter().zip(values).map(move |(&item, &value)| Rating { user, item, value })
        })
    }
}

/// Where each of `n` groups starts when `keys` are sorted by group; one more than `n` entries.
fn starts(n: usize, keys: impl Iterator<Item = UserId>) -> Vec<u32> {
    let mut starts = vec![0; n + 1];
    for key in keys {
        starts[key.index() + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::{ItemId, Rating, Ratings, UserId};

    #[test]
    fn rows_are_found_by_user_and_by_position() {
        let row = |user, item, value| Rating { user: UserId(user), item: ItemId(item), value };
        let ratings = Ratings::new(3, 2, &[row(2, 0, 5.0), row(0, 1, 3.0), row(2, 1, 1.0)]);
        assert_eq!((ratings.users(), ratings.items(), ratings.len()), (3, 2, 3));
        assert_eq!(ratings.at(0), row(0, 1, 3.0));
        assert_eq!(ratings.of_user(UserId(1)), 1..1);
        assert_eq!(
            ratings.of_user(UserId(2)).map(|p| ratings.at(p)).collect::<Vec<_>>(),
            [row(2, 0, 5.0), row(2, 1, 1.0)]
        );
        assert_eq!(ratings.row(UserId(2)), (&[ItemId(0), ItemId(1)][..], &[5.0, 1.0][..]));
        assert_eq!(ratings.iter().count(), 3);
        let columns = (UserId::of_numbers(&[2, 0, 2]), ItemId::of_numbers(&[0, 1, 1]), &[5.0, 3.0, 1.0][..]);
        assert!(Ratings::from_columns(3, 2, columns).iter().eq(ratings.iter()));
    }
}
