//! Precision at k as the field defines it.

use super::top::{Person, Tops, relevant, share};
use crate::data::UserId;
use crate::error::Result;

/// Standard precision at k: a user is shown the k of their test items that are predicted highest (all of them
/// where they have fewer); the share of *shown* items that are relevant, averaged over all users with a test
/// row. Relevant: truth ≥ `threshold`. Equal predictions keep the order of the rows.
///
/// # Errors
/// As [`scores`](super::scores()), or k = 0.
pub fn precision_at_k(
    users: &[UserId],
    predictions: &[f32],
    truths: &[f32],
    k: usize,
    threshold: f32,
) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.mean(|person| Some(of_person(person, threshold))))
}

/// The share of what one person is shown that is relevant.
pub(super) fn of_person(person: Person, threshold: f32) -> f64 {
    share(relevant(person.top, threshold), person.top.len())
}

#[cfg(test)]
mod tests {
    use super::precision_at_k;
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS, near};

    #[test]
    fn by_hand() {
        let at = |k, threshold| precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, k, threshold).unwrap();
        // Relevant at 0.75. User 1, top 2 (0.9, 0.7): truths 1, 0.25, so 1 of 2 shown. User 0, top 2: truths 0, 0.5: 0 of 2.
        near(at(2, 0.75), (0.5 + 0.0) / 2.0);
        // Top 5: user 1 3 of 5; user 0 is shown two items, none relevant.
        near(at(5, 0.75), (0.6 + 0.0) / 2.0);
        // At 0.5 user 0 has one relevant item among the two shown: divided by 2, not by 5.
        near(at(5, 0.5), (0.6 + 0.5) / 2.0);
        // Nobody has anything relevant.
        assert_eq!(at(5, 2.0), 0.0);
    }
}
