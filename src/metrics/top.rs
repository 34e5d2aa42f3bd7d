//! A person's test rows by prediction: what precision and recall are counted in.

use super::PAPER_THRESHOLD;
use super::check::check;
use crate::data::UserId;
use crate::error::{Error, Result};

/// One test row: what was predicted and what was true.
#[derive(Clone, Copy)]
pub(super) struct Row {
    user: UserId,
    pub(super) prediction: f32,
    pub(super) truth: f32,
}

/// One person's test rows, highest prediction first. Equal predictions keep the order of the rows.
#[derive(Clone, Copy)]
pub(super) struct Person<'r> {
    pub(super) all: &'r [Row],
    /// The first k of them, all where there are fewer.
    pub(super) top: &'r [Row],
}

impl Person<'_> {
    /// The user number.
    pub(super) fn user(&self) -> UserId {
        self.all.first().map_or_else(UserId::default, |row| row.user)
    }
}

/// The test rows by user, each user's by prediction, highest first.
pub(super) struct Tops {
    rows: Vec<Row>,
    k: usize,
}

impl Tops {
    pub(super) fn new(users: &[UserId], predictions: &[f32], truths: &[f32], k: usize) -> Result<Self> {
        check(predictions, truths)?;
        if users.len() != truths.len() {
            return Err(Error::data(
                format!("There are {} users for {} test ratings", users.len(), truths.len()),
                "Give every test rating its user",
            ));
        }
        if k == 0 {
            return Err(Error::data("Precision and recall at 0 items mean nothing", "Use 1 or more"));
        }
        let columns = users.iter().zip(predictions).zip(truths);
        let mut rows: Vec<Row> =
            columns.map(|((&user, &prediction), &truth)| Row { user, prediction, truth }).collect();
        // Rows mostly come by user, and then only each user's few have to be sorted.
        if !rows.is_sorted_by_key(|row| row.user) {
            rows.sort_by_key(|row| row.user);
        }
        // A stable sort, so that equal predictions keep the order of the rows (and −0 equals 0).
        for own in rows.chunk_by_mut(|x, y| x.user == y.user) {
            own.sort_by(|x, y| (y.prediction + 0.0).total_cmp(&(x.prediction + 0.0)));
        }
        Ok(Self { rows, k })
    }

    /// Everybody with a test row, by user number.
    pub(super) fn people(&self) -> impl Iterator<Item = Person<'_>> {
        let own = self.rows.chunk_by(|x, y| x.user == y.user);
        own.map(|all| Person { all, top: &all[..all.len().min(self.k)] })
    }

    /// The mean over the people for whom there is a figure, and 0 where there is nobody.
    pub(super) fn mean(&self, of: impl Fn(Person) -> Option<f64>) -> f64 {
        let (sum, n) =
            self.people().filter_map(of).fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
        if n == 0 { 0.0 } else { sum / n as f64 }
    }
}

fn count(rows: &[Row], is: impl Fn(&Row) -> bool) -> usize {
    rows.iter().filter(|row| is(row)).count()
}

/// Rows with a truth of `threshold` or more.
pub(super) fn relevant(rows: &[Row], threshold: f32) -> usize {
    count(rows, |row| row.truth >= threshold)
}

/// Rows that the paper's tables count as recommended.
pub(super) fn recommended(rows: &[Row]) -> usize {
    count(rows, |row| row.prediction >= PAPER_THRESHOLD)
}

/// Rows that the paper's tables count as recommended and relevant.
pub(super) fn relevant_and_recommended(rows: &[Row]) -> usize {
    count(rows, |row| row.truth >= PAPER_THRESHOLD && row.prediction >= PAPER_THRESHOLD)
}

/// `part` / `whole`, and 1 where there is nothing to divide by, as behind the paper's tables.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use crate::data::UserId;
    use crate::metrics::recall_at_k;

    #[test]
    fn equal_predictions_keep_the_order_of_the_rows() {
        let at_1 = |predictions: &[f32]| {
            recall_at_k(&[0, 0, 0].map(UserId), predictions, &[0.0, 1.0, 1.0], 1, 0.5).unwrap()
        };
        assert_eq!(at_1(&[0.3, 0.3, 0.3]), 0.0);
        assert_eq!(at_1(&[-0.0, 0.0, -0.0]), 0.0);
        assert_eq!(at_1(&[0.3, 0.31, 0.3]), 0.5);
    }
}
