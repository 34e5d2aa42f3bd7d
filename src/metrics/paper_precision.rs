//! Precision at k as behind the paper's tables.

use super::top::{Person, Tops, recommended, relevant_and_recommended, share};
use crate::data::UserId;
use crate::error::Result;

/// Precision at k as behind the paper's tables. Among the k test items of a user that are predicted highest:
/// those with truth *and* prediction ≥ 0.5, over those with prediction ≥ 0.5; 1 for a user with none such;
/// averaged over all users with a test row. A constant prediction below 0.5 therefore scores 1.
///
/// # Errors
/// As [`scores`](super::scores()), or k = 0.
pub fn paper_precision_at_k(users: &[UserId], predictions: &[f32], truths: &[f32], k: usize) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.mean(|person| Some(of_person(person))))
}

/// Of what the tables count as recommended to one person, the share that is relevant.
pub(super) fn of_person(person: Person) -> f64 {
    share(relevant_and_recommended(person.top), recommended(person.top))
}

#[cfg(test)]
mod tests {
    use super::paper_precision_at_k;
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS, near};

    #[test]
    fn by_hand() {
        // Top 5 of user 1: predictions .9 .7 .6 .4 .3, truths 1 .25 .75 .75 0. Recommended 3, of which 2 are relevant.
        // User 0: predictions .8 .2, truths 0 .5. Recommended 1, and it is not.
        near(paper_precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(), (2.0 / 3.0 + 0.0) / 2.0);
        // Top 1: user 1 recommended 1, relevant 1; user 0 recommended 1, relevant 0.
        near(paper_precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 1).unwrap(), 0.5);
        // Below the threshold nothing is recommended: 1 by the convention.
        assert_eq!(paper_precision_at_k(&USERS, &[0.4; 8], &TRUTHS, 5).unwrap(), 1.0);
    }
}
