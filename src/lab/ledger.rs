//! What one repeat of a measurement has found in one domain: errors by person for each group of people.

use super::errors::{PersonErrors, Source};
use crate::error::Result;
use crate::metrics::Scores;
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::StateWriter;
use crate::split::Rows;

/// People with fewer training ratings than this have few.
pub(super) const FEW_BELOW: u32 = 5;

/// A group of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// All people with test ratings.
    All,
    /// People with fewer than five training ratings.
    Sparse,
    /// People who lost all ratings of the domain before training.
    Cold,
}

impl Group {
    /// The groups in the order of the tables.
    pub const ALL: [Self; 3] = [Self::All, Self::Sparse, Self::Cold];
}

/// The errors of one repeat in one domain.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// Ratings that were tested on.
    pub test_ratings: usize,
    /// Scores of the main run, the bias model and the global mean on all test rows.
    pub model: Scores,
    /// The bias model's.
    pub bias: Scores,
    /// The global mean's.
    pub mean: Scores,
    groups: [PersonErrors; Group::ALL.len()],
    /// The same groups under the two placebos of the cold split: what chance alone changes.
    chance: [PersonErrors; Group::ALL.len()],
    /// Whether a user has few training ratings.
    is_sparse: Vec<bool>,
}

impl Ledger {
    /// An empty ledger over test rows and the rows of newcomers. `user_counts` are training ratings by user.
    pub(super) fn new(rows: &Rows, cold: &Rows, user_counts: &[u32]) -> Self {
        let is_sparse: Vec<bool> = user_counts.iter().map(|&n| n < FEW_BELOW).collect();
        let sparse = PersonErrors::new(&chosen(rows, &is_sparse).0);
        Self {
            test_ratings: rows.len(),
            model: Scores::default(),
            bias: Scores::default(),
            mean: Scores::default(),
            groups: [PersonErrors::new(rows), sparse, PersonErrors::new(cold)],
            chance: Default::default(),
            is_sparse,
        }
    }

    /// Writes it down as a part of a state.
    pub(super) fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("test_ratings", self.test_ratings)?;
        state.doubles("scores", &[self.model, self.bias, self.mean].map(figures).concat());
        state.kinds("is_sparse", &self.is_sparse.iter().map(|&is| u8::from(is)).collect::<Vec<u8>>());
        for (name, all) in [("groups", &self.groups), ("chance", &self.chance)] {
            for (n, errors) in all.iter().enumerate() {
                state.part(&format!("{name}.{n}"), |state| {
                    errors.write(state);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// What [`Ledger::write`] wrote of a domain of so many users.
    ///
    /// # Errors
    /// When it is not there, or is of another domain.
    pub(super) fn read(parts: &mut Parts, users: usize) -> Checked<Self> {
        let scores = parts.doubles("scores", &[3 * FIGURES])?;
        let scores: Vec<Scores> = scores.as_chunks().0.iter().map(scores_of).collect();
        let [model, bias, mean] = scores[..] else { return Err("it has no scores".into()) };
        let mut all = |name: &str| -> Checked<[PersonErrors; Group::ALL.len()]> {
            let mut read = <[PersonErrors; Group::ALL.len()]>::default();
            for (n, errors) in read.iter_mut().enumerate() {
                *errors = PersonErrors::read(&mut parts.part(&format!("{name}.{n}")))?;
            }
            Ok(read)
        };
        let (groups, chance) = (all("groups")?, all("chance")?);
        let is_sparse = parts.flags("is_sparse", &[users])?;
        Ok(Self { test_ratings: parts.scalar("test_ratings")?, model, bias, mean, groups, chance, is_sparse })
    }

    /// Predictions for all test rows.
    pub(super) fn record_warm(&mut self, source: Source, predictions: &[f32], rows: &Rows) {
        let (sparse, of_sparse) = self.sparse(rows, predictions);
        self.groups[Group::All as usize].record(source, predictions, rows);
        self.groups[Group::Sparse as usize].record(source, &of_sparse, &sparse);
    }

    /// Predictions for the rows of newcomers.
    pub(super) fn record_cold(&mut self, source: Source, predictions: &[f32], rows: &Rows) {
        self.groups[Group::Cold as usize].record(source, predictions, rows);
    }

    /// Predictions of a placebo for the test rows of the cold split.
    pub(super) fn record_chance(&mut self, source: Source, predictions: &[f32], rows: &Rows) {
        let (sparse, of_sparse) = self.sparse(rows, predictions);
        for (group, rows, predictions) in
            [(Group::All, rows, predictions), (Group::Sparse, &sparse, &of_sparse)]
        {
            let errors = &mut self.chance[group as usize];
            if errors.people() == 0 {
                *errors = PersonErrors::new(rows);
            }
            errors.record(source, predictions, rows);
        }
    }

    /// The rows of people with few training ratings, and their predictions.
    fn sparse(&self, rows: &Rows, predictions: &[f32]) -> (Rows, Vec<f32>) {
        let (sparse, places) = chosen(rows, &self.is_sparse);
        (sparse, places.iter().map(|&place| predictions[place]).collect())
    }

    /// The errors of a group.
    pub fn errors(&self, group: Group) -> &PersonErrors {
        &self.groups[group as usize]
    }

    /// ln of the ratio of the two placebos' RMSE in a group; `None` before both are there.
    pub fn chance(&self, group: Group) -> Option<f64> {
        let errors = match group {
            Group::Cold => self.errors(group),
            Group::All | Group::Sparse => &self.chance[group as usize],
        };
        let ratio = errors.rmse(Source::ShuffledAgain)? / errors.rmse(Source::Shuffled)?;
        Some(ratio.ln()).filter(|log| log.is_finite())
    }
}

/// How many figures [`Scores`] are.
const FIGURES: usize = 6;

fn figures(scores: Scores) -> [f64; FIGURES] {
    let Scores { rmse, mae, precision_at_5, recall_at_5, paper_precision_at_5, paper_recall_at_5 } = scores;
    [rmse, mae, precision_at_5, recall_at_5, paper_precision_at_5, paper_recall_at_5]
}

fn scores_of(figures: &[f64; FIGURES]) -> Scores {
    let &[rmse, mae, precision_at_5, recall_at_5, paper_precision_at_5, paper_recall_at_5] = figures;
    Scores { rmse, mae, precision_at_5, recall_at_5, paper_precision_at_5, paper_recall_at_5 }
}

/// The rows of some users, and where they stand among all.
pub(super) fn chosen(rows: &Rows, is_chosen: &[bool]) -> (Rows, Vec<usize>) {
    let (mut few, mut places) = (Rows::default(), Vec::new());
    for (place, &user) in rows.users.iter().enumerate() {
        if is_chosen[user.index()] {
            few.users.push(user);
            few.items.push(rows.items[place]);
            few.targets.push(rows.targets[place]);
            places.push(place);
        }
    }
    (few, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};

    #[test]
    fn few_are_less_than_five_training_ratings() {
        // Users 0 to 3 have 0, 4, 5 and 49 training ratings and one test row each, of which the predictions miss by .1,
        // .2, .3 and .4.
        let rows = Rows {
            users: [0, 1, 2, 3].map(UserId).to_vec(),
            items: vec![ItemId(0); 4],
            targets: vec![0.5; 4],
        };
        let mut ledger = Ledger::new(&rows, &Rows::default(), &[0, 4, 5, 49]);
        ledger.record_warm(Source::Linked, &[0.6, 0.7, 0.8, 0.9], &rows);
        assert_eq!(ledger.errors(Group::Sparse).people(), 2);
        let rmse = |group| ledger.errors(group).rmse(Source::Linked).unwrap();
        assert!((rmse(Group::Sparse) - (0.05_f64 / 2.0).sqrt()).abs() < 1e-6);
        assert!((rmse(Group::All) - (0.3_f64 / 4.0).sqrt()).abs() < 1e-6);
        assert_eq!(ledger.errors(Group::Cold).rmse(Source::Linked), None);
    }

    #[test]
    fn chance_is_what_the_two_placebos_differ_by() {
        let rows =
            Rows { users: [0, 1].map(UserId).to_vec(), items: vec![ItemId(0); 2], targets: vec![0.5; 2] };
        let mut ledger = Ledger::new(&rows, &rows, &[1, 9]);
        ledger.record_chance(Source::Shuffled, &[0.7, 0.7], &rows);
        assert_eq!(ledger.chance(Group::All), None);
        ledger.record_chance(Source::ShuffledAgain, &[0.6, 0.7], &rows);
        let expected = ((0.05_f64 / 2.0).sqrt() / 0.2).ln();
        assert!((ledger.chance(Group::All).unwrap() - expected).abs() < 1e-6);
        assert!((ledger.chance(Group::Sparse).unwrap() - 0.5_f64.ln()).abs() < 1e-6);
        ledger.record_cold(Source::Shuffled, &[0.7, 0.7], &rows);
        ledger.record_cold(Source::ShuffledAgain, &[0.7, 0.7], &rows);
        assert!(ledger.chance(Group::Cold).unwrap().abs() < 1e-6);
    }
}
