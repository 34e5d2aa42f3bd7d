//! What a person has rated, as far as a network may look at it: training ratings of one domain and nothing else. Their order is
//! that of the file, which is as much as a domain keeps of time. A training rating never sees itself, as a test rating
//! does not; those before and after it are both seen, as they are in the test.

use crate::data::{ItemId, UserId};
use crate::engine::Histories;
use crate::split::Rows;

use super::HISTORY;

/// By training row, the latest items that the same user has rated besides. Rows come by user. `twice` has all of them once
/// more, for the rows whose item is withheld.
pub(in crate::dml) fn of_rows(rows: &Rows, twice: bool) -> Histories {
    let mut histories = Histories::new(HISTORY);
    (0..1 + usize::from(twice)).for_each(|_| push_rows(rows, &mut histories));
    histories
}

fn push_rows(rows: &Rows, histories: &mut Histories) {
    let mut start = 0;
    let mut others = Vec::new();
    for group in rows.users.chunk_by(|u, v| u == v) {
        let items = &rows.items[start..start + group.len()];
        start += group.len();
        // No more than the last ones can count, whichever row is left out.
        let late = items.len().saturating_sub(HISTORY + 1);
        for row in 0..items.len() {
            others.clear();
            others.extend(
                items.iter().enumerate().skip(late).filter(|(n, _)| *n != row).map(|(_, item)| item.0),
            );
            histories.push(&others);
        }
    }
}

/// By user, the latest items that they have rated: one more than a network looks at.
pub(in crate::dml) fn of_users(rows: &Rows, users: usize) -> Histories {
    let mut histories = Histories::new(HISTORY + 1);
    let mut start = 0;
    for user in UserId::first(users) {
        let end = start + rows.users[start..].partition_point(|&u| u <= user);
        histories.push(ItemId::numbers(&rows.items[start..end]));
        start = end;
    }
    histories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_sees_the_others_of_its_user_and_not_itself() {
        let users = [vec![UserId(0); 3], vec![UserId(2); 14]].concat();
        let items = [5, 6, 7].into_iter().chain(100..114).map(ItemId).collect();
        let rows = Rows { targets: vec![0.5; 17], users, items };
        let histories = of_rows(&rows, true);
        assert_eq!((histories.len(), histories.get(17)), (34, histories.get(0)));
        assert_eq!([0, 1, 2].map(|row| histories.get(row).to_vec()), [[6, 7], [5, 7], [5, 6]]);
        // The latest ten of the others.
        assert_eq!(histories.get(3), (104..114).collect::<Vec<u32>>());
        assert_eq!(histories.get(16), (103..113).collect::<Vec<u32>>());
        assert_eq!(histories.get(10)[..4], [103, 104, 105, 106]);
        let of_users = of_users(&rows, 4);
        assert_eq!(of_users.get(0), [5, 6, 7]);
        assert_eq!((of_users.get(1).len(), of_users.get(3).len()), (0, 0));
        assert_eq!(of_users.get(2), (103..114).collect::<Vec<u32>>());
    }
}
