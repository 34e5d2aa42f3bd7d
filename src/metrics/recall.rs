//! Recall at k as the field defines it.

use super::top::{Person, Tops, relevant, share};
use crate::data::UserId;
use crate::error::Result;

/// Standard recall at k: of *all* relevant test items of a user, the share among the k predicted highest,
/// averaged over the users who have a relevant test item (0 where nobody has). Relevant: truth ≥ `threshold`.
/// Equal predictions keep the order of the rows.
///
/// # Errors
/// As [`scores`](super::scores()), or k = 0.
pub fn recall_at_k(
    users: &[UserId],
    predictions: &[f32],
    truths: &[f32],
    k: usize,
    threshold: f32,
) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.mean(|person| of_person(person, threshold)))
}

/// The share of one person's relevant test items that they are shown; `None` where they have none.
pub(super) fn of_person(person: Person, threshold: f32) -> Option<f64> {
    let findable = relevant(person.all, threshold);
    (findable > 0).then(|| share(relevant(person.top, threshold), findable))
}

#[cfg(test)]
mod tests {
    use super::recall_at_k;
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS, near};

    #[test]
    fn by_hand() {
        let at = |k, threshold| recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, k, threshold).unwrap();
        // Relevant at 0.75: user 1, top 2, 1 of 4; user 0 has nothing relevant and does not count.
        near(at(2, 0.75), 0.25);
        near(at(5, 0.75), 0.75);
        near(at(5, 0.5), (0.75 + 1.0) / 2.0);
        assert_eq!(at(5, 2.0), 0.0);
    }
}
