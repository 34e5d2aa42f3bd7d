//! The ratings of a domain as the sampler passes over them: by user, and by item without copying what changes.

use super::levels::Levels;
use crate::data::starts;
use crate::split::Rows;

/// Ratings of one domain in both orders.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// Rows of user u are `user_starts[u]..user_starts[u + 1]`.
    pub(super) user_starts: Vec<u32>,
    /// Item of each row.
    pub(super) items: Vec<u32>,
    /// Level of each row's rating.
    pub(super) levels: Vec<u8>,
    /// Rows of item i are `item_rows[item_starts[i]..item_starts[i + 1]]`.
    pub(super) item_starts: Vec<u32>,
    /// Numbers of rows, by item.
    pub(super) item_rows: Vec<u32>,
    /// User of each of `item_rows`.
    pub(super) item_users: Vec<u32>,
}

impl Observed {
    /// Orders the rows of `parts`, whichever order they come in.
    pub(super) fn new(parts: &[&Rows], users: usize, items: usize, levels: &Levels) -> Self {
        let all = || parts.iter().flat_map(|rows| rows.users.iter().zip(&rows.items).zip(&rows.targets));
        let user_starts = starts(users, all().map(|((user, _), _)| user.index()));
        let count = all().count();
        let (mut by_user, mut row_levels, mut next) = (vec![0; count], vec![0; count], user_starts.clone());
        for ((&user, &item), &target) in all() {
            let row = &mut next[user.index()];
            by_user[*row as usize] = item.0;
            row_levels[*row as usize] = levels.level(target);
            *row += 1;
        }
        let item_starts = starts(items, by_user.iter().map(|&item| item as usize));
        let (mut item_rows, mut item_users, mut next) = (vec![0; count], vec![0; count], item_starts.clone());
        for user in 0..users {
            for row in user_starts[user]..user_starts[user + 1] {
                let place = &mut next[by_user[row as usize] as usize];
                item_rows[*place as usize] = row;
                item_users[*place as usize] = user as u32;
                *place += 1;
            }
        }
        Self { user_starts, items: by_user, levels: row_levels, item_starts, item_rows, item_users }
    }

    /// Number of ratings.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Rows of a user.
    pub(super) fn of_user(&self, user: usize) -> std::ops::Range<usize> {
        self.user_starts[user] as usize..self.user_starts[user + 1] as usize
    }

    /// Places of an item in `item_rows` and `item_users`.
    pub(super) fn of_item(&self, item: usize) -> std::ops::Range<usize> {
        self.item_starts[item] as usize..self.item_starts[item + 1] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};

    #[test]
    fn rows_stand_by_user_and_by_item() {
        let first = Rows {
            users: vec![UserId(2), UserId(0)],
            items: vec![ItemId(1), ItemId(0)],
            targets: vec![1.0, 0.0],
        };
        let second = Rows { users: vec![UserId(0)], items: vec![ItemId(1)], targets: vec![0.5] };
        let levels = Levels::of(&[0.0, 0.5, 1.0]);
        let observed = Observed::new(&[&first, &second], 3, 2, &levels);
        assert_eq!((observed.of_user(0), observed.of_user(1), observed.of_user(2)), (0..2, 2..2, 2..3));
        assert_eq!((&observed.items[..], &observed.levels[..]), (&[0, 1, 1][..], &[0, 1, 2][..]));
        assert_eq!((observed.of_item(0), observed.of_item(1)), (0..1, 1..3));
        assert_eq!((&observed.item_rows[..], &observed.item_users[..]), (&[0, 1, 2][..], &[0, 0, 2][..]));
    }
}
