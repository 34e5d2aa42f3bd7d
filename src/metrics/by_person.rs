//! What each person adds to the figures: comparisons draw people, because a person's ratings stand or fall together.

use super::top::Tops;
use super::{TOP, paper_precision, paper_recall, precision, recall};
use crate::data::UserId;
use crate::error::Result;

/// One person's part in [`Scores`](super::Scores).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PersonScores {
    /// User number.
    pub user: UserId,
    /// Test rows.
    pub ratings: usize,
    /// Σ(r̂ − r)² over them.
    pub squared: f64,
    /// Σ|r̂ − r| over them.
    pub absolute: f64,
    /// Standard precision at 5.
    pub precision: f64,
    /// Standard recall at 5; `None` for somebody without a relevant test item, who does not count there.
    pub recall: Option<f64>,
    /// Precision at 5 as behind the paper's tables.
    pub paper_precision: f64,
    /// Recall at 5 as behind the paper's tables.
    pub paper_recall: f64,
}

/// Everybody with a test row, by user number. Arguments as in [`scores`](super::scores()).
///
/// # Errors
/// As [`scores`](super::scores()).
pub fn by_person(
    users: &[UserId],
    predictions: &[f32],
    truths: &[f32],
    threshold: f32,
) -> Result<Vec<PersonScores>> {
    let tops = Tops::new(users, predictions, truths, TOP)?;
    let of = |person: super::top::Person| {
        let errors = || person.all.iter().map(|row| f64::from(row.prediction) - f64::from(row.truth));
        PersonScores {
            user: person.user(),
            ratings: person.all.len(),
            squared: errors().map(|error| error * error).sum(),
            absolute: errors().map(f64::abs).sum(),
            precision: precision::of_person(person, threshold),
            recall: recall::of_person(person, threshold),
            paper_precision: paper_precision::of_person(person),
            paper_recall: paper_recall::of_person(person),
        }
    };
    Ok(tops.people().map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::by_person;
    use crate::metrics::scores;
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS, near};

    #[test]
    fn the_parts_of_all_people_make_the_figures() {
        let people = by_person(&USERS, &PREDICTIONS, &TRUTHS, 0.75).unwrap();
        assert_eq!(people.iter().map(|p| (p.user.0, p.ratings)).collect::<Vec<_>>(), [(0, 2), (1, 6)]);
        // Errors .8 and −.3.
        near(people[0].squared, 0.73);
        near(people[0].absolute, 1.1);
        assert_eq!(people[0].recall, None);
        let all = scores(&USERS, &PREDICTIONS, &TRUTHS, 0.75).unwrap();
        let mean = |of: fn(&super::PersonScores) -> f64| people.iter().map(of).sum::<f64>() / 2.0;
        near(people.iter().map(|p| p.squared).sum::<f64>() / 8.0, all.rmse.powi(2));
        near(people.iter().map(|p| p.absolute).sum::<f64>() / 8.0, all.mae);
        near(mean(|p| p.precision), all.precision_at_5);
        near(people[1].recall.unwrap(), all.recall_at_5);
        near(mean(|p| p.paper_precision), all.paper_precision_at_5);
        near(mean(|p| p.paper_recall), all.paper_recall_at_5);
    }
}
