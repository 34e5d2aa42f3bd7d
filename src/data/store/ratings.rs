//! The ratings of one domain, compressed by user: 8 bytes a rating, and 4 more where the file has times.

use super::times::Times;

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
    /// When they were given, by position; `None` where the file does not say.
    times: Option<Times>,
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
        let user_starts = starts(users, row_users.clone().map(UserId::index));
        let mut next = user_starts.clone();
        let (mut row_items, mut values) = (vec![ItemId(0); n], vec![0.0; n]);
        for (user, (item, value)) in row_users.zip(entries) {
            let position = &mut next[user.index()];
            row_items[*position as usize] = item;
            values[*position as usize] = value;
            *position += 1;
        }
        Self { user_starts, items: row_items, values, of_items: items, times: None }
    }

    /// The same with the times of its rows: `row_users` and `times` in the order of the rows that it was made of. A time
    /// that is not finite is not known.
    pub(in crate::data) fn with_times(self, row_users: &[UserId], times: &[f64]) -> Self {
        let mut next = self.user_starts.clone();
        let mut by_position = vec![f64::NEG_INFINITY; self.len()];
        for (&user, &time) in row_users.iter().zip(times) {
            let position = &mut next[user.index()];
            by_position[*position as usize] = time;
            *position += 1;
        }
        Self { times: Times::new(&by_position), ..self }
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

    /// Whether the file says of a rating when it was given.
    pub fn has_times(&self) -> bool {
        self.times.is_some()
    }

    /// When the rating at a position was given: in seconds since 1970 where the file has dates or Unix times, else the
    /// number that stands there. `None` where it is not known.
    pub fn time(&self, position: u32) -> Option<f64> {
        self.times.as_ref()?.at(position as usize)
    }

    /// Of a user's ratings in the order of their positions, numbers that grow with the time; 0 where it is not known.
    /// `None` where no time is.
    pub fn time_order(&self, user: UserId) -> Option<&[u32]> {
        let range = self.user_starts[user.index()] as usize..self.user_starts[user.index() + 1] as usize;
        self.times.as_ref().map(|times| &times.steps()[range])
    }

    /// All times by position, not finite where one is not known; `None` where no time is.
    pub(in crate::data) fn times(&self) -> Option<Vec<f64>> {
        let times = self.times.as_ref()?;
        Some((0..self.len()).map(|position| times.at(position).unwrap_or(f64::NEG_INFINITY)).collect())
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

    /// How many have rated each item.
    pub fn counts_by_item(&self) -> Vec<usize> {
        let mut counts = vec![0; self.of_items];
        self.items.iter().for_each(|item| counts[item.index()] += 1);
        counts
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
pub(crate) fn starts(n: usize, keys: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut starts = vec![0; n + 1];
    for key in keys {
        starts[key + 1] += 1;
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
        assert_eq!(ratings.counts_by_item(), [1, 2]);
        let columns = (UserId::of_numbers(&[2, 0, 2]), ItemId::of_numbers(&[0, 1, 1]), &[5.0, 3.0, 1.0][..]);
        assert!(Ratings::from_columns(3, 2, columns).iter().eq(ratings.iter()));
    }

    #[test]
    fn times_follow_their_ratings_to_the_positions() {
        let row = |user, item| Rating { user: UserId(user), item: ItemId(item), value: 3.0 };
        let plain = Ratings::new(3, 3, &[row(2, 0), row(0, 1), row(2, 1), row(2, 2)]);
        assert_eq!((plain.has_times(), plain.time(0), plain.time_order(UserId(2))), (false, None, None));
        let timed = plain.with_times(&[2, 0, 2, 2].map(UserId), &[90.0, 50.0, f64::NEG_INFINITY, 60.0]);
        assert_eq!(
            [0, 1, 2, 3].map(|position| timed.time(position)),
            [Some(50.0), Some(90.0), None, Some(60.0)]
        );
        assert_eq!(timed.time_order(UserId(2)), Some(&[41, 0, 11][..]));
        assert_eq!(timed.time_order(UserId(1)), Some(&[][..]));
        // Other values, the same times.
        let changed = timed.with_values(|values| values.fill(1.0));
        assert_eq!(changed.times().map(|times| times[1]), Some(90.0));
    }
}
