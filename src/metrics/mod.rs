//! How good predictions are: RMSE and MAE, and precision and recall at n twice, as the field defines them and
//! as they were computed behind the paper's tables (section 5.3). Predictions and test ratings come in, both
//! on the unit scale; a number that is not finite is an error and never a result. One file a metric.

mod by_person;
mod check;
mod mae;
mod paper_precision;
mod paper_recall;
mod precision;
mod recall;
mod rmse;
mod scores;
#[cfg(test)]
mod tests;
mod top;

pub use by_person::{PersonScores, by_person};
pub use mae::mae;
pub use paper_precision::paper_precision_at_k;
pub use paper_recall::paper_recall_at_k;
pub use precision::precision_at_k;
pub use recall::recall_at_k;
pub use rmse::rmse;
pub use scores::{Metric, Scores, scores};

/// How many items of a user count in the `_at_5` figures.
pub const TOP: usize = 5;

/// The threshold on the unit scale behind the paper's tables, for truths and for predictions.
pub const PAPER_THRESHOLD: f32 = 0.5;
