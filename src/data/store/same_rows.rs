//! Ratings that stand in two files: the same person, item and rating. Two samples of one file have many, and a test
//! rating of one is then a training rating of the other. Item ids that count from 1 in each file give some by chance,
//! so that rows count as the same only where a person's ratings of one id agree more often than those of any two ids.

use super::{Domain, ItemId, Ratings, UserId};

/// Standard deviations above chance from which on agreement is none.
const SIGNIFICANT: f64 = 4.0;

/// Of the pairs that chance would let differ, the share that has to agree. Ids numbered by popularity agree a little
/// more than chance, because popular items are liked in both files.
const AGREEING: f64 = 0.2;

/// The ratings that two domains share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SameRows {
    /// Positions in the ratings of A and of B of each rating that stands in both, in the order of A; empty where no
    /// more agree than by chance.
    pub positions: Vec<(u32, u32)>,
    /// Their share of the ratings of the smaller domain, 0 to 1.
    pub share: f64,
    /// Whether all ratings of both domains are the same, by chance or not: one file, read twice.
    pub is_one_file: bool,
}

impl SameRows {
    /// Looks through the ratings of `overlap_users`, (user in `a`, user in `b`).
    pub(in crate::data) fn of(a: &Domain, b: &Domain, overlap_users: &[(UserId, UserId)]) -> Self {
        let item_in_b: Vec<Option<ItemId>> = a.items.ids().map(|id| b.items.get(id)).collect();
        let mut same = Self::default();
        if item_in_b.iter().all(Option::is_none) {
            return same;
        }
        let mut agreement = Agreement::default();
        // By item of B, the position of the person's rating; `NONE` where there is none.
        let mut position_of = vec![NONE; b.items.len()];
        for &(user_a, user_b) in overlap_users {
            let (rows_a, rows_b) = (Rows::of(&a.ratings, user_a), Rows::of(&b.ratings, user_b));
            rows_b.each(|position, item, _| position_of[item.index()] = position);
            let (mut both, known) = (0, same.positions.len());
            rows_a.each(|position, item, value| {
                let Some(item) = item_in_b[item.index()] else { return };
                let other = position_of[item.index()];
                if other != NONE {
                    both += 1;
                    if rows_b.values[(other - rows_b.start) as usize] == value {
                        same.positions.push((position, other));
                    }
                }
            });
            rows_b.each(|_, item, _| position_of[item.index()] = NONE);
            if both > 0 {
                agreement.add(rows_a.values, rows_b.values, both, same.positions.len() - known);
            }
        }
        let (n, m) = (a.ratings.len(), b.ratings.len());
        same.is_one_file = n > 0 && n == m && same.positions.len() == n;
        if !same.is_one_file && !agreement.is_beyond_chance() {
            same.positions.clear();
        }
        same.share = same.positions.len() as f64 / n.min(m).max(1) as f64;
        same
    }
}

/// Pairs that chance would give from which on it says something that there are none: it happens once in 3,000 times
/// (e⁻⁸), and more rarely where some items are rated more often than others.
const MANY_PAIRS: f64 = 8.0;

/// How many pairs of a person and an item chance would put into both files where none is in both although the items
/// are the same: parts of one file, such as one to train on and one to test on. The ids of the items are numbered from
/// 1 in each file otherwise, and give pairs in both by chance.
pub(in crate::data) fn pairs_missing(
    a: &Domain,
    b: &Domain,
    overlap_users: &[(UserId, UserId)],
) -> Option<(usize, f64)> {
    let item_in_b: Vec<Option<ItemId>> = a.items.ids().map(|id| b.items.get(id)).collect();
    let shared = item_in_b.iter().flatten().count();
    if shared * 2 < a.items.len().min(b.items.len()) {
        return None;
    }
    let mut is_shared = vec![false; b.items.len()];
    item_in_b.iter().flatten().for_each(|&item| is_shared[item.index()] = true);
    let mut seen_by = vec![None; b.items.len()];
    let mut expected = 0.0;
    for &(user_a, user_b) in overlap_users {
        let (of_a, of_b) = (a.ratings.row(user_a).0, b.ratings.row(user_b).0);
        of_b.iter().for_each(|&item| seen_by[item.index()] = Some(user_b));
        let in_a = || of_a.iter().filter_map(|&item| item_in_b[item.index()]);
        if in_a().any(|item| seen_by[item.index()] == Some(user_b)) {
            return None;
        }
        let in_b = of_b.iter().filter(|&&item| is_shared[item.index()]).count();
        expected += in_a().count() as f64 * in_b as f64 / shared as f64;
    }
    (expected >= MANY_PAIRS).then_some((shared, expected))
}

const NONE: u32 = u32::MAX;

/// One person's ratings in one domain.
struct Rows<'d> {
    start: u32,
    items: &'d [ItemId],
    values: &'d [f32],
}

impl<'d> Rows<'d> {
    fn of(ratings: &'d Ratings, user: UserId) -> Self {
        let (items, values) = ratings.row(user);
        Self { start: ratings.of_user(user).start, items, values }
    }

    fn each(&self, mut seen: impl FnMut(u32, ItemId, f32)) {
        for ((position, &item), &value) in (self.start..).zip(self.items).zip(self.values) {
            seen(position, item, value);
        }
    }
}

/// How often ratings of one person and one item id agree, beside what is to be expected where the ids mean nothing: then
/// they are so many draws from all pairs of a rating of A and a rating of B by that person.
#[derive(Default)]
struct Agreement {
    both: f64,
    same: f64,
    expected: f64,
    variance: f64,
}

impl Agreement {
    /// Adds a person's ratings: `both` items are rated in both, `same` of them alike.
    fn add(&mut self, a: &[f32], b: &[f32], both: usize, same: usize) {
        let (pairs, drawn) = (a.len() as f64 * b.len() as f64, both as f64);
        let p = equal_pairs(a, b) as f64 / pairs;
        self.both += drawn;
        self.same += same as f64;
        self.expected += drawn * p;
        self.variance += drawn * p * (1.0 - p) * (pairs - drawn) / (pairs - 1.0).max(1.0);
    }

    fn is_beyond_chance(&self) -> bool {
        let excess = self.same - self.expected;
        excess > SIGNIFICANT * self.variance.sqrt() && excess > AGREEING * (self.both - self.expected)
    }
}

/// Number of pairs of a value of `a` and one of `b` that are equal.
fn equal_pairs(a: &[f32], b: &[f32]) -> usize {
    let sorted = |values: &[f32]| {
        let mut values = values.to_vec();
        values.sort_unstable_by(f32::total_cmp);
        values
    };
    let (a, b) = (sorted(a), sorted(b));
    let mut rest = &b[..];
    let runs = a.chunk_by(|x, y| x == y);
    runs.map(|run| {
        let below = rest.partition_point(|value| *value < run[0]);
        let equal = rest[below..].partition_point(|value| *value == run[0]);
        rest = &rest[below..];
        run.len() * equal
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::{SameRows, equal_pairs, pairs_missing};
    use crate::data::{Domain, Rating, Vocabulary, World, store::overlap_users as overlap};
    use crate::rng::Generator;

    type Row = (usize, usize, f32);

    fn domain(name: &str, rows: &[Row]) -> Domain {
        let (mut users, mut items) = (Vocabulary::default(), Vocabulary::default());
        let rows: Vec<Rating> = (rows.iter())
            .map(|(user, item, value)| Rating {
                user: users.intern(&format!("u{user}")),
                item: items.intern(&item.to_string()),
                value: *value,
            })
            .collect();
        Domain::of_stars(name, users, items, &rows)
    }

    fn same_rows(a: &[Row], b: &[Row]) -> SameRows {
        World::new(vec![domain("A", a), domain("B", b)]).links[0].same_rows.clone()
    }

    /// Ratings of 100 people, each with a taste of their own, of the items 0..40 with a chance of 1 in 2.
    fn rows(purpose: &str) -> Vec<Row> {
        let mut chance = Generator::new(1, purpose);
        let pairs = (0..100).flat_map(|user| (0..40).map(move |item| (user, item)));
        pairs
            .filter_map(|(user, item)| {
                let value = 1 + (user % 3 + chance.below(3)).min(4);
                (chance.unit() < 0.5).then_some((user, item, value as f32))
            })
            .collect()
    }

    #[test]
    fn equal_values_are_counted_in_pairs() {
        // 1 meets one 1, each 2 meets two 2s, and 4 nobody.
        assert_eq!(equal_pairs(&[2.0, 1.0, 2.0, 4.0], &[3.0, 2.0, 1.0, 2.0, 5.0]), 5);
        assert_eq!(equal_pairs(&[1.0], &[]), 0);
    }

    #[test]
    fn two_samples_of_one_file_share_the_rows_that_both_have_drawn() {
        let all = rows("one file");
        let mut chance = Generator::new(2, "samples");
        let mut sample = || all.iter().filter(|_| chance.unit() < 0.6).copied().collect::<Vec<Row>>();
        let (a, b) = (sample(), sample());
        let shared = a.iter().filter(|row| b.contains(row)).count();
        let same = same_rows(&a, &b);
        assert_eq!((same.positions.len(), same.is_one_file), (shared, false));
        assert!((same.share - shared as f64 / a.len().min(b.len()) as f64).abs() < 1e-12);
        let world = World::new(vec![domain("A", &a), domain("B", &b)]);
        for &(p, q) in &world.links[0].same_rows.positions {
            let (x, y) = (world.domains[0].ratings.at(p), world.domains[1].ratings.at(q));
            let id =
                |d: usize, r: Rating| (world.domains[d].users.id(r.user), world.domains[d].items.id(r.item));
            assert_eq!((id(0, x), x.value), (id(1, y), y.value));
        }
    }

    #[test]
    fn ids_that_count_from_one_in_each_file_are_no_same_rows() {
        let (a, b) = (rows("books"), rows("music"));
        let alike = a.iter().filter(|row| b.contains(row)).count();
        assert!(alike > 200, "{alike} agree by chance, most of them because a person's ratings are alike");
        assert_eq!(same_rows(&a, &b), SameRows::default());
        // Some people who always give the same rating agree with themselves everywhere.
        let constant =
            |rows: &[Row]| rows.iter().map(|&(u, i, _)| (u, i, (1 + u % 5) as f32)).collect::<Vec<Row>>();
        assert_eq!(same_rows(&constant(&a), &constant(&b)), SameRows::default());
    }

    #[test]
    fn a_part_of_one_file_in_the_other_is_found_among_chance_agreement() {
        let (a, mut b) = (rows("books"), rows("music"));
        b.retain(|(user, item, _)| user + item > 60);
        b.extend(a.iter().filter(|(user, item, _)| user + item <= 60));
        let same = same_rows(&a, &b);
        let copied = a.iter().filter(|(user, item, _)| user + item <= 60).count();
        assert!(same.positions.len() > copied && same.share > 0.3, "{} of {copied}", same.positions.len());
    }

    #[test]
    fn parts_of_one_file_have_the_same_items_and_no_pair_in_both() {
        let parts = |a: &[Row], b: &[Row]| {
            let (a, b) = (domain("A", a), domain("B", b));
            pairs_missing(&a, &b, &overlap(&a, &b))
        };
        let all = rows("one file");
        let (train, test) = all.split_at(all.len() * 4 / 5);
        let by_chance: Vec<Row> = {
            let mut all = all.clone();
            Generator::new(4, "parts").shuffle(&mut all);
            all
        };
        let (train_by_chance, test_by_chance) = by_chance.split_at(all.len() * 4 / 5);
        let (items, expected) = parts(train_by_chance, test_by_chance).unwrap();
        assert!(items == 40 && expected > 100.0, "{items} {expected}");
        // People who are in one part alone say nothing, and neither do other items or ids that match by chance.
        assert_eq!(parts(train, test), None);
        assert_eq!(parts(&all, &rows("another file")), None);
        let other: Vec<Row> = test_by_chance.iter().map(|&(u, i, v)| (u, i + 1000, v)).collect();
        assert_eq!(parts(train_by_chance, &other), None);
    }

    #[test]
    fn the_same_file_twice_is_told_whatever_the_order_of_its_rows() {
        let all = rows("one file");
        let mut other = all.clone();
        Generator::new(3, "order").shuffle(&mut other);
        assert!(same_rows(&all, &other).is_one_file);
        // Even where the ratings alone would say nothing.
        let flat: Vec<Row> = all.iter().map(|&(u, i, _)| (u, i, 3.0)).collect();
        assert!(same_rows(&flat, &flat).is_one_file);
        other[7].2 += 0.5;
        let nearly = same_rows(&all, &other);
        assert_eq!((nearly.is_one_file, nearly.positions.len()), (false, all.len() - 1));
    }
}
