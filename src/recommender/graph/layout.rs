//! What models lay out alike: terms by domain, rows for the engine, counts and penalties.

use crate::data::ItemId;
use crate::engine::{Gather, ParamId, RatingRow, RatingRows, TrainingGraph};
use crate::split::{JoinedPeople, Rows, Training};

/// A training graph, and which of its terms the rows of each domain train.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Parameters with their first values, heads and terms.
    pub graph: TrainingGraph,
    /// By domain.
    pub domains: Vec<DomainTerms>,
}

/// The terms that a domain's training rows train. Each of them has the same rows under the same numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainTerms {
    /// Training rows.
    pub rows: usize,
    /// Terms of the graph with their weights. The loss of the first is the one that is reported.
    pub terms: Vec<(usize, f32)>,
}

/// Rows of a table as they are, with gradients.
pub fn plain(table: ParamId) -> Gather {
    Gather { table, tower: None, through: None, detach: false }
}

/// Training rows for an engine, without given inputs and penalties. `users` are the rows of the user table by user of the
/// domain; `None` where they are the users themselves. The head is to give the rating itself.
pub fn rating_rows(rows: &Rows, users: Option<&[u32]>) -> RatingRows {
    let named = (rows.users.iter()).map(|&user| users.map_or(user.0, |users| users[user.index()]));
    let named: Vec<u32> = named.collect();
    let ratings = RatingRow::from_columns(&named, ItemId::numbers(&rows.items), &rows.targets);
    RatingRows { ratings, ..RatingRows::default() }
}

/// How often each of `n` numbers comes.
pub fn counts(numbers: impl IntoIterator<Item = u32>, n: usize) -> Vec<u32> {
    let mut counts = vec![0; n];
    numbers.into_iter().for_each(|number| counts[number as usize] += 1);
    counts
}

/// Training ratings of each person over all domains.
pub fn person_counts(training: &Training, people: &JoinedPeople) -> Vec<u32> {
    let mut counts = vec![0; people.len];
    for (d, of) in people.of.iter().enumerate() {
        training.rows(d).users.iter().for_each(|&user| counts[of[user.index()] as usize] += 1);
    }
    counts
}

/// Weights of ‖row‖² with which every row of a table counts once in the sum over an epoch's ratings, however often it
/// comes: 1 / n, and 0 for a row that never comes.
pub fn row_shares(counts: &[u32]) -> Vec<f32> {
    counts.iter().map(|&n| if n > 0 { 1.0 / n as f32 } else { 0.0 }).collect()
}

/// Sets the vectors `[n, k]` of rows that no training rating names to zero: their first values are noise.
pub fn zero_unrated(vectors: &mut [f32], counts: &[u32], k: usize) {
    for (vector, _) in vectors.chunks_exact_mut(k).zip(counts).filter(|(_, n)| **n == 0) {
        vector.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::UserId;

    #[test]
    fn rows_are_named_by_person_and_penalties_count_each_row_once() {
        let rows = Rows {
            users: [0, 2, 2].map(UserId).to_vec(),
            items: [1, 0, 1].map(ItemId).to_vec(),
            targets: vec![0.5, 0.25, 1.0],
        };
        let as_they_are = rating_rows(&rows, None);
        assert_eq!(as_they_are.ratings[1], RatingRow { user: 2, item: 0, residual: 0.25 });
        let people = rating_rows(&rows, Some(&[7, 8, 3]));
        let named: Vec<u32> = people.ratings.iter().map(|rating| rating.user).collect();
        assert_eq!(named, [7, 3, 3]);
        let counts = counts(named, 9);
        assert_eq!(counts, [0, 0, 0, 2, 0, 0, 0, 1, 0]);
        assert_eq!(row_shares(&counts), [0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0, 0.0]);
        let mut vectors: Vec<f32> = (1..=18).map(|n| n as f32).collect();
        zero_unrated(&mut vectors, &counts, 2);
        assert_eq!(
            vectors.iter().filter(|x| **x != 0.0).copied().collect::<Vec<_>>(),
            [7.0, 8.0, 15.0, 16.0]
        );
    }
}
