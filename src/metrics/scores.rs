//! All figures of one set of predictions.

use serde::{Deserialize, Serialize};

use super::top::Tops;
use super::{TOP, mae, paper_precision, paper_recall, precision, recall, rmse};
use crate::data::UserId;
use crate::error::Result;

/// All figures of one set of predictions, on the unit scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Scores {
    /// [`rmse()`].
    pub rmse: f64,
    /// [`mae()`].
    pub mae: f64,
    /// [`precision_at_k`](super::precision_at_k) at 5.
    pub precision_at_5: f64,
    /// [`recall_at_k`](super::recall_at_k) at 5.
    pub recall_at_5: f64,
    /// [`paper_precision_at_k`](super::paper_precision_at_k) at 5.
    pub paper_precision_at_5: f64,
    /// [`paper_recall_at_k`](super::paper_recall_at_k) at 5.
    pub paper_recall_at_5: f64,
}

/// One of the figures in [`Scores`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// [`Scores::rmse`].
    Rmse,
    /// [`Scores::mae`].
    Mae,
    /// [`Scores::precision_at_5`].
    PrecisionAt5,
    /// [`Scores::recall_at_5`].
    RecallAt5,
    /// [`Scores::paper_precision_at_5`].
    PaperPrecisionAt5,
    /// [`Scores::paper_recall_at_5`].
    PaperRecallAt5,
}

impl Metric {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 6] = [
        Self::Rmse,
        Self::Mae,
        Self::PrecisionAt5,
        Self::RecallAt5,
        Self::PaperPrecisionAt5,
        Self::PaperRecallAt5,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::PrecisionAt5 => "precision_at_5",
            Self::RecallAt5 => "recall_at_5",
            Self::PaperPrecisionAt5 => "paper_precision_at_5",
            Self::PaperRecallAt5 => "paper_recall_at_5",
        }
    }

    /// What it is called in the tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rmse => "RMSE",
            Self::Mae => "MAE",
            Self::PrecisionAt5 => "Precision@5",
            Self::RecallAt5 => "Recall@5",
            Self::PaperPrecisionAt5 => "Paper's precision@5",
            Self::PaperRecallAt5 => "Paper's recall@5",
        }
    }

    /// Whether less of it is better.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Rmse | Self::Mae)
    }
}

impl Serialize for Metric {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
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

    /// One of the figures.
    pub fn get(&self, metric: Metric) -> f64 {
        match metric {
            Metric::Rmse => self.rmse,
            Metric::Mae => self.mae,
            Metric::PrecisionAt5 => self.precision_at_5,
            Metric::RecallAt5 => self.recall_at_5,
            Metric::PaperPrecisionAt5 => self.paper_precision_at_5,
            Metric::PaperRecallAt5 => self.paper_recall_at_5,
        }
    }
}

/// All figures at once.
///
/// # Shapes
/// `users`, `predictions`, `truths`: `[n]`, one entry per test row, n > 0; the rows need no order.
/// `threshold`: what counts as relevant in the standard precision and recall (the paper's pair has its own,
/// [`PAPER_THRESHOLD`](super::PAPER_THRESHOLD)).
///
/// # Errors
/// No rows, columns of different lengths, or a number that is not finite.
pub fn scores(users: &[UserId], predictions: &[f32], truths: &[f32], threshold: f32) -> Result<Scores> {
    let tops = Tops::new(users, predictions, truths, TOP)?;
    Ok(Scores {
        rmse: rmse(predictions, truths)?,
        mae: mae(predictions, truths)?,
        precision_at_5: tops.mean(|person| Some(precision::of_person(person, threshold))),
        recall_at_5: tops.mean(|person| recall::of_person(person, threshold)),
        paper_precision_at_5: tops.mean(|person| Some(paper_precision::of_person(person))),
        paper_recall_at_5: tops.mean(|person| Some(paper_recall::of_person(person))),
    })
}

#[cfg(test)]
mod tests {
    use super::{Metric, Scores, scores};
    use crate::metrics::tests::{PREDICTIONS, TRUTHS, USERS};
    use crate::metrics::{mae, paper_precision_at_k, paper_recall_at_k, precision_at_k, recall_at_k, rmse};

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
    fn every_metric_has_the_name_of_its_field() {
        let all = scores(&USERS, &PREDICTIONS, &TRUTHS, 0.75).unwrap();
        let fields = serde_json::to_value(all).unwrap();
        assert_eq!(fields.as_object().map(serde_json::Map::len), Some(Metric::ALL.len()));
        for metric in Metric::ALL {
            assert_eq!(fields[metric.name()], all.get(metric), "{metric:?}");
            assert_eq!(serde_json::to_value(metric).unwrap(), metric.name());
        }
    }
}
