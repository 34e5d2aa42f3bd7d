//! Recall at k as behind the paper's tables.

use super::PAPER_THRESHOLD;
use super::top::{Person, Tops, relevant, relevant_and_recommended, share};
use crate::data::UserId;
use crate::error::Result;

/// Recall at k as behind the paper's tables, counted *within* the top k: among the k test items of a user
/// that are predicted highest, those with truth *and* prediction ≥ 0.5, over those with truth ≥ 0.5; 1 for a
/// user with none such; averaged over all users with a test row. Any prediction that is never below 0.5, a
/// constant one for instance, therefore scores 1: it says almost nothing, and is here to compare with the
/// paper.
///
/// # Errors
/// As [`scores`](super::scores()), or k = 0.
pub fn paper_recall_at_k(users: &[UserId], predictions: &[f32], truths: &[f32], k: usize) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.mean(|person| Some(of_person(person))))
}

/// Of the relevant items among one person's k highest, the share that the tables count as recommended.
pub(super) fn of_person(person: Person) -> f64 {
    share(relevant_and_recommended(person.top), relevant(person.top, PAPER_THRESHOLD))
}

#[cfg(test)]
mod tests {
    use super::paper_recall_at_k;
    use crate::data::UserId;
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS, near};
    use crate::metrics::{paper_precision_at_k, recall_at_k};

    #[test]
    fn by_hand() {
        // Top 5 of user 1: relevant 3, of which 2 are recommended. User 0: relevant 1, recommended none of it.
        near(paper_recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(), (2.0 / 3.0 + 0.0) / 2.0);
        // Top 1: user 1 recommended 1, relevant 1; user 0 relevant 0: 1 by the convention.
        near(paper_recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 1).unwrap(), 1.0);
    }

    #[test]
    fn a_constant_predictor_has_a_paper_recall_of_one() {
        // User 0 has nothing relevant at all, user 1 beyond the top 5 only.
        let users = [0, 0, 1, 1, 1, 1, 1, 1].map(UserId);
        let truths = [0.0, 0.25, 0.0, 0.25, 0.0, 0.0, 0.25, 1.0];
        let high = [0.6; 8];
        assert_eq!(paper_recall_at_k(&users, &high, &truths, 5).unwrap(), 1.0);
        assert_eq!(paper_precision_at_k(&users, &high, &truths, 5).unwrap(), 0.0);
        assert_eq!(paper_recall_at_k(&USERS, &high, &TRUTHS, 5).unwrap(), 1.0);
        // The standard recall sees through it: the one relevant item is not in the top 5.
        assert_eq!(recall_at_k(&users, &high, &truths, 5, 0.5).unwrap(), 0.0);
    }
}
