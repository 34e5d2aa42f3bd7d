//! How good predictions are: RMSE and MAE, and precision and recall at n twice, as the field defines them and
//! as they were computed behind the paper's tables (section 5.3). Predictions and test ratings come in, both
//! on the unit scale; a number that is not finite is an error and never a result.

use serde::Serialize;

use crate::error::{Error, Result};

/// How many items of a user count in the `_at_5` figures.
pub const TOP: usize = 5;

/// The threshold on the unit scale behind the paper's tables, for truths and for predictions.
pub const PAPER_THRESHOLD: f32 = 0.5;

/// All figures of one set of predictions, on the unit scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Scores {
    /// [`rmse`].
    pub rmse: f64,
    /// [`mae`].
    pub mae: f64,
    /// [`precision_at_k`] at 5.
    pub precision_at_5: f64,
    /// [`recall_at_k`] at 5.
    pub recall_at_5: f64,
    /// [`paper_precision_at_k`] at 5.
    pub paper_precision_at_5: f64,
    /// [`paper_recall_at_k`] at 5.
    pub paper_recall_at_5: f64,
}

impl Scores {
    /// The mean of each figure; zeros of nothing.
    pub fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
        Self {
            rmse: mean(|s| s.rmse),
            mae: mean(|s| s.mae),
            precision_at_5: mean(|s| s.precision_at_5),
            recall_at_5: mean(|s| s.recall_at_5),
            paper_precision_at_5: mean(|s| s.paper_precision_at_5),
            paper_recall_at_5: mean(|s| s.paper_recall_at_5),
        }
    }
}

/// All figures at once.
///
/// # Shapes
/// `users`, `predictions`, `truths`: `[n]`, one entry per test row, n > 0; the rows need no order.
/// `threshold`: what counts as relevant in the standard precision and recall (the paper's pair has its own,
/// [`PAPER_THRESHOLD`]).
///
/// # Errors
/// No rows, columns of different lengths, or a number that is not finite.
pub fn scores(users: &[u32], predictions: &[f32], truths: &[f32], threshold: f32) -> Result<Scores> {
    let tops = Tops::new(users, predictions, truths, TOP)?;
    Ok(Scores {
        rmse: rmse(predictions, truths)?,
        mae: mae(predictions, truths)?,
        precision_at_5: tops.precision(threshold),
        recall_at_5: tops.recall(threshold),
        paper_precision_at_5: tops.paper_precision(),
        paper_recall_at_5: tops.paper_recall(),
    })
}

/// Root mean squared error, √(Σ(r̂ − r)² / n); the paper's.
///
/// # Errors
/// As [`scores`].
///
/// # Examples
/// ```
/// use dual_metric::metrics::rmse;
///
/// // Errors 0.5 and -0.5.
/// assert_eq!(rmse(&[1.0, 0.0], &[0.5, 0.5])?, 0.5);
/// assert!(rmse(&[f32::NAN], &[0.5]).is_err());
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn rmse(predictions: &[f32], truths: &[f32]) -> Result<f64> {
    Ok(mean_error(predictions, truths, |error| error * error)?.sqrt())
}

/// Mean absolute error, Σ|r̂ − r| / n; the paper's.
///
/// # Errors
/// As [`scores`].
pub fn mae(predictions: &[f32], truths: &[f32]) -> Result<f64> {
    mean_error(predictions, truths, f64::abs)
}

/// Standard precision at k: a user is shown the k of their test items that are predicted highest (all of them
/// where they have fewer); the share of *shown* items that are relevant, averaged over all users with a test
/// row. Relevant: truth ≥ `threshold`. Equal predictions keep the order of the rows.
///
/// # Errors
/// As [`scores`], or k = 0.
pub fn precision_at_k(
    users: &[u32],
    predictions: &[f32],
    truths: &[f32],
    k: usize,
    threshold: f32,
) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.precision(threshold))
}

/// Standard recall at k: of *all* relevant test items of a user, the share among the k predicted highest,
/// averaged over the users who have a relevant test item (0 where nobody has). Relevant: truth ≥ `threshold`.
/// Equal predictions keep the order of the rows.
///
/// # Errors
/// As [`scores`], or k = 0.
pub fn recall_at_k(
    users: &[u32],
    predictions: &[f32],
    truths: &[f32],
    k: usize,
    threshold: f32,
) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.recall(threshold))
}

/// Precision at k as behind the paper's tables. Among the k test items of a user that are predicted highest:
/// those with truth *and* prediction ≥ 0.5, over those with prediction ≥ 0.5; 1 for a user with none such;
/// averaged over all users with a test row. A constant prediction below 0.5 therefore scores 1.
///
/// # Errors
/// As [`scores`], or k = 0.
pub fn paper_precision_at_k(users: &[u32], predictions: &[f32], truths: &[f32], k: usize) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.paper_precision())
}

/// Recall at k as behind the paper's tables, counted *within* the top k: among the k test items of a user
/// that are predicted highest, those with truth *and* prediction ≥ 0.5, over those with truth ≥ 0.5; 1 for a
/// user with none such; averaged over all users with a test row. Any prediction that is never below 0.5, a
/// constant one for instance, therefore scores 1: it says almost nothing, and is here to compare with the
/// paper.
///
/// # Errors
/// As [`scores`], or k = 0.
pub fn paper_recall_at_k(users: &[u32], predictions: &[f32], truths: &[f32], k: usize) -> Result<f64> {
    Ok(Tops::new(users, predictions, truths, k)?.paper_recall())
}

/// The mean over the rows of `of(prediction − truth)`.
fn mean_error(predictions: &[f32], truths: &[f32], of: impl Fn(f64) -> f64) -> Result<f64> {
    check(predictions, truths)?;
    let errors = predictions.iter().zip(truths).map(|(&p, &t)| of(f64::from(p) - f64::from(t)));
    Ok(errors.sum::<f64>() / predictions.len() as f64)
}

fn check(predictions: &[f32], truths: &[f32]) -> Result<()> {
    if predictions.len() != truths.len() {
        return Err(Error::data(
            format!("There are {} predictions for {} test ratings", predictions.len(), truths.len()),
            "Predict every test rating once",
        ));
    }
    if truths.is_empty() {
        return Err(Error::data("There are no ratings to test on", "Set more ratings aside for testing"));
    }
    if let Some(row) = predictions.iter().position(|p| !p.is_finite()) {
        return Err(Error::data(
            format!("Prediction {} of {} is not a finite number", row + 1, predictions.len()),
            "Lower the learning rate and train again",
        ));
    }
    if let Some(row) = truths.iter().position(|t| !t.is_finite()) {
        return Err(Error::data(
            format!("Test rating {} of {} is not a finite number", row + 1, truths.len()),
            "Check the scale of the ratings",
        ));
    }
    Ok(())
}

/// One test row: what was predicted and what was true.
#[derive(Clone, Copy)]
struct Row {
    user: u32,
    prediction: f32,
    truth: f32,
}

/// The test rows by user, each user's by prediction, highest first.
struct Tops {
    rows: Vec<Row>,
    k: usize,
}

impl Tops {
    fn new(users: &[u32], predictions: &[f32], truths: &[f32], k: usize) -> Result<Self> {
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

    /// Each user's test rows, highest prediction first.
    fn users(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|x, y| x.user == y.user)
    }

    /// Each user's first k test rows.
    fn tops(&self) -> impl Iterator<Item = &[Row]> {
        self.users().map(|rows| &rows[..rows.len().min(self.k)])
    }

    fn precision(&self, threshold: f32) -> f64 {
        mean(self.tops().map(|top| share(relevant(top, threshold), top.len())))
    }

    fn recall(&self, threshold: f32) -> f64 {
        let shares = self.users().zip(self.tops()).filter_map(|(all, top)| {
            let findable = relevant(all, threshold);
            (findable > 0).then(|| share(relevant(top, threshold), findable))
        });
        mean(shares)
    }

    fn paper_precision(&self) -> f64 {
        mean(self.tops().map(|top| share(relevant_and_recommended(top), recommended(top))))
    }

    fn paper_recall(&self) -> f64 {
        mean(self.tops().map(|top| share(relevant_and_recommended(top), relevant(top, PAPER_THRESHOLD))))
    }
}

fn count(rows: &[Row], is: impl Fn(&Row) -> bool) -> usize {
    rows.iter().filter(|row| is(row)).count()
}

fn relevant(rows: &[Row], threshold: f32) -> usize {
    count(rows, |row| row.truth >= threshold)
}

fn recommended(rows: &[Row]) -> usize {
    count(rows, |row| row.prediction >= PAPER_THRESHOLD)
}

fn relevant_and_recommended(rows: &[Row]) -> usize {
    count(rows, |row| row.truth >= PAPER_THRESHOLD && row.prediction >= PAPER_THRESHOLD)
}

/// `part` / `whole`, and 1 where there is nothing to divide by, as behind the paper's tables.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The mean, and 0 of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), value| (sum + value, n + 1));
    if n == 0 { 0.0 } else { sum / n as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(x: f64, y: f64) {
        assert!((x - y).abs() < 1e-7, "{x} is not {y}");
    }

    #[test]
    fn rmse_and_mae_by_hand() {
        // Errors 0.5, −1 and 0.
        let (predictions, truths) = ([0.5, 0.0, 0.25], [0.0, 1.0, 0.25]);
        near(rmse(&predictions, &truths).unwrap(), (1.25_f64 / 3.0).sqrt());
        near(mae(&predictions, &truths).unwrap(), 0.5);
        assert_eq!(rmse(&truths, &truths).unwrap(), 0.0);
    }

    /// User 1 has six test rows, user 0 two; mixed, so that order can't help.
    const USERS: [u32; 8] = [1, 0, 1, 1, 1, 0, 1, 1];
    const PREDICTIONS: [f32; 8] = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2, 0.3, 0.1];
    const TRUTHS: [f32; 8] = [1.0, 0.0, 0.25, 0.75, 0.75, 0.5, 0.0, 1.0];

    #[test]
    fn standard_precision_and_recall_by_hand() {
        // Relevant at 0.75. User 1, top 2 (0.9, 0.7): truths 1, 0.25, so 1 of 2 shown and 1 of 4 relevant.
        // User 0, top 2: truths 0, 0.5: 0 of 2, and nothing relevant, so not in the recall.
        near(precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 2, 0.75).unwrap(), (0.5 + 0.0) / 2.0);
        near(recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 2, 0.75).unwrap(), 0.25);
        // Top 5: user 1 3 of 5 and 3 of 4; user 0 is shown two items, none relevant.
        near(precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.75).unwrap(), (0.6 + 0.0) / 2.0);
        near(recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.75).unwrap(), 0.75);
        // At 0.5 user 0 has one relevant item among the two shown: divided by 2, not by 5.
        near(precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.5).unwrap(), (0.6 + 0.5) / 2.0);
        near(recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.5).unwrap(), (0.75 + 1.0) / 2.0);
        // Nobody has anything relevant.
        assert_eq!(recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 2.0).unwrap(), 0.0);
        assert_eq!(precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 2.0).unwrap(), 0.0);
    }

    #[test]
    fn the_papers_precision_and_recall_by_hand() {
        // Top 5 of user 1: predictions .9 .7 .6 .4 .3, truths 1 .25 .75 .75 0. Recommended 3, relevant 3,
        // both 2. User 0: predictions .8 .2, truths 0 .5. Recommended 1, relevant 1, both 0.
        near(paper_precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(), (2.0 / 3.0 + 0.0) / 2.0);
        near(paper_recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(), (2.0 / 3.0 + 0.0) / 2.0);
        // Top 1: user 1 recommended 1, relevant 1, both 1; user 0 recommended 1, relevant 0: precision 0,
        // recall 1.
        near(paper_precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 1).unwrap(), 0.5);
        near(paper_recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 1).unwrap(), 1.0);
    }

    #[test]
    fn a_constant_predictor_has_a_paper_recall_of_one() {
        // User 0 has nothing relevant at all, user 1 beyond the top 5 only.
        let users = [0, 0, 1, 1, 1, 1, 1, 1];
        let truths = [0.0, 0.25, 0.0, 0.25, 0.0, 0.0, 0.25, 1.0];
        let high = [0.6; 8];
        assert_eq!(paper_recall_at_k(&users, &high, &truths, 5).unwrap(), 1.0);
        assert_eq!(paper_precision_at_k(&users, &high, &truths, 5).unwrap(), 0.0);
        assert_eq!(paper_recall_at_k(&USERS, &high, &TRUTHS, 5).unwrap(), 1.0);
        // The standard recall sees through it: the one relevant item is not in the top 5.
        assert_eq!(recall_at_k(&users, &high, &truths, 5, 0.5).unwrap(), 0.0);
        // Below the threshold nothing is recommended: precision 1 by the convention.
        assert_eq!(paper_precision_at_k(&users, &[0.4; 8], &truths, 5).unwrap(), 1.0);
    }

    #[test]
    fn equal_predictions_keep_the_order_of_the_rows() {
        let at_1 =
            |predictions: &[f32]| recall_at_k(&[0, 0, 0], predictions, &[0.0, 1.0, 1.0], 1, 0.5).unwrap();
        assert_eq!(at_1(&[0.3, 0.3, 0.3]), 0.0);
        assert_eq!(at_1(&[-0.0, 0.0, -0.0]), 0.0);
        assert_eq!(at_1(&[0.3, 0.31, 0.3]), 0.5);
    }

    #[test]
    fn scores_are_the_single_figures() {
        let all = scores(&USERS, &PREDICTIONS, &TRUTHS, 0.75).unwrap();
        let expected = Scores {
            rmse: rmse(&PREDICTIONS, &TRUTHS).unwrap(),
            mae: mae(&PREDICTIONS, &TRUTHS).unwrap(),
            precision_at_5: precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.75).unwrap(),
            recall_at_5: recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5, 0.75).unwrap(),
            paper_precision_at_5: paper_precision_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(),
            paper_recall_at_5: paper_recall_at_k(&USERS, &PREDICTIONS, &TRUTHS, 5).unwrap(),
        };
        assert_eq!(all, expected);
    }

    #[test]
    fn nothing_misfits_and_not_a_number_are_errors() {
        assert!(scores(&[], &[], &[], 0.75).is_err());
        assert!(rmse(&[], &[]).is_err() && mae(&[], &[]).is_err());
        assert!(rmse(&[0.1], &[0.1, 0.2]).is_err());
        assert!(scores(&[0], &[0.1, 0.2], &[0.1, 0.2], 0.75).is_err());
        assert!(precision_at_k(&[0], &[0.1], &[0.1], 0, 0.75).is_err());
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = scores(&[0, 0], &[0.1, bad], &[0.1, 0.2], 0.75).unwrap_err().to_string();
            assert!(error.starts_with("Prediction 2 of 2 is not a finite number"), "{error}");
            assert!(rmse(&[bad], &[0.1]).is_err() && mae(&[0.1], &[bad]).is_err());
            assert!(paper_recall_at_k(&[0], &[bad], &[0.1], 5).is_err());
        }
    }
}
