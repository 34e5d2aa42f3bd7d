//! Honest figures: splits, metrics, baselines on the same split, and what the other domain gives.

pub mod baselines;
pub mod metrics;
mod report;
mod split;
mod study;

pub use report::{Alignment, Comparison, DomainReport, Report};
pub use split::{LinkedPair, PairRole, Rows, Split, Training};
pub use study::Study;
