//! What a person has rated, as far as a network may look at it: training ratings of one domain and nothing else. They go by
//! time where the file has times, those of one moment and all of a file without by their order in the file; a rating
//! whose time cannot be read counts as the first. A training rating never sees itself, as a test rating does not; those
//! before and after it are both seen, as they are in the test.

use crate::data::UserId;
use crate::engine::Histories;
use crate::split::Rows;

use super::{HISTORY, MOST_KEPT};

/// By training row, the latest items that the same user has rated besides. Rows come by user; `times` by row, as
/// [`Training::times`](crate::split::Training::times) gives them. `twice` has all of them once more, for the rows whose item
/// is withheld.
pub(in crate::dml) fn of_rows(rows: &Rows, times: Option<&[u32]>, twice: bool) -> Histories {
    let mut histories = Histories::new(HISTORY);
    (0..1 + usize::from(twice)).for_each(|_| push_rows(rows, times, &mut histories));
    histories
}

fn push_rows(rows: &Rows, times: Option<&[u32]>, histories: &mut Histories) {
    let mut start = 0;
    let mut others = Vec::new();
    for group in rows.users.chunk_by(|u, v| u == v) {
        let order = by_time(start..start + group.len(), times);
        // No more than the last ones can count, whichever row is left out.
        let late = &order[order.len().saturating_sub(MOST_KEPT)..];
        for row in start..start + group.len() {
            others.clear();
            others.extend(late.iter().filter(|other| **other != row).map(|&other| rows.items[other].0));
            histories.push(&others);
        }
        start += group.len();
    }
}

/// By user, the latest items that they have rated: one more than a network looks at.
pub(in crate::dml) fn of_users(rows: &Rows, times: Option<&[u32]>, users: usize) -> Histories {
    let mut histories = Histories::new(MOST_KEPT);
    let mut start = 0;
    for user in UserId::first(users) {
        let end = start + rows.users[start..].partition_point(|&u| u <= user);
        let items: Vec<u32> = by_time(start..end, times).into_iter().map(|row| rows.items[row].0).collect();
        histories.push(&items);
        start = end;
    }
    histories
}

/// Rows of one user, the latest last.
fn by_time(rows: std::ops::Range<usize>, times: Option<&[u32]>) -> Vec<usize> {
    let mut rows: Vec<usize> = rows.collect();
    if let Some(times) = times {
        rows.sort_by_key(|&row| times[row]);
    }
    rows
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{ItemId, ReadOptions, World, read_ratings};
    use crate::split::{Split, Training};

    #[test]
    fn a_row_sees_the_others_of_its_user_and_not_itself() {
        let users = [vec![UserId(0); 3], vec![UserId(2); 14]].concat();
        let items = [5, 6, 7].into_iter().chain(100..114).map(ItemId).collect();
        let rows = Rows { targets: vec![0.5; 17], users, items };
        let histories = of_rows(&rows, None, true);
        assert_eq!((histories.len(), histories.get(17)), (34, histories.get(0)));
        assert_eq!([0, 1, 2].map(|row| histories.get(row).to_vec()), [[6, 7], [5, 7], [5, 6]]);
        // The latest ten of the others.
        assert_eq!(histories.get(3), (104..114).collect::<Vec<u32>>());
        assert_eq!(histories.get(16), (103..113).collect::<Vec<u32>>());
        assert_eq!(histories.get(10)[..4], [103, 104, 105, 106]);
        let of_users = of_users(&rows, None, 4);
        assert_eq!(of_users.get(0), [5, 6, 7]);
        assert_eq!((of_users.get(1).len(), of_users.get(3).len()), (0, 0));
        assert_eq!(of_users.get(2), (103..114).collect::<Vec<u32>>());
    }

    /// Ann's and Bob's ratings with times, in an order of the file that is not that of time; Ann rated `c` twice.
    const FILE: &str = "user,item,rating,timestamp\n\
        ann,e,5,5000\nbob,c,2,300\nann,c,1,9000\nann,a,4,1000\nbob,a,3,100\nann,d,2,4000\nann,c,3,3000\n\
        bob,b,5,200\nann,b,4,2000\nann,f,1,\n";

    fn histories(text: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
        let domain = read_ratings("f.csv", text.as_bytes(), &ReadOptions::default()).unwrap().domain;
        let items = domain.items.clone();
        let world = Arc::new(World::new(vec![domain]));
        let training = Training::new(world.clone(), Arc::new(Split::everything(&world)));
        let rows = training.rows(0);
        let times = training.times(0, &rows);
        let named = |histories: Histories| {
            let name =
                |history: &[u32]| history.iter().map(|&item| items.id(ItemId(item)).to_owned()).collect();
            (0..histories.len()).map(|n| name(histories.get(n))).collect()
        };
        (named(of_users(&rows, times.as_deref(), 2)), named(of_rows(&rows, times.as_deref(), false)))
    }

    #[test]
    fn a_file_out_of_order_gives_histories_by_time() {
        let (of_users, of_rows) = histories(FILE);
        // The time of `f` is not known; of `c` the latest rating counts, with its time.
        assert_eq!(of_users[0], ["f", "a", "b", "d", "e", "c"]);
        assert_eq!(of_users[1], ["a", "b", "c"]);
        // Rows stay in the order of the file: Ann's first is `e`.
        assert_eq!(of_rows[0], ["f", "a", "b", "d", "c"]);
        assert_eq!(of_rows[6], ["a", "b"], "Bob's `c` is the first in the file and the last in time");
    }

    #[test]
    fn the_order_of_the_lines_does_not_matter_where_there_are_times_and_does_where_there_are_none() {
        let (header, body) = FILE.split_once('\n').unwrap();
        let mut lines: Vec<&str> = body.lines().collect();
        lines.reverse();
        let turned = format!("{header}\n{}\n", lines.join("\n"));
        // The first of the users is another, and so is who comes first.
        let sorted = |text: &str| {
            let mut of_users = histories(text).0;
            of_users.sort();
            of_users
        };
        assert_eq!(sorted(FILE), sorted(&turned));
        let without = |text: &str| {
            let lines = text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n");
            sorted(&lines.collect::<String>())
        };
        assert_eq!(without(FILE), [vec!["c", "a", "b"], vec!["e", "a", "d", "c", "b", "f"]]);
        assert_ne!(without(FILE), without(&turned));
    }
}
