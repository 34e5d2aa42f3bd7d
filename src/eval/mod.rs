//! Honest figures: splits, metrics, baselines on the same split, and what the other domain gives.

pub mod baselines;
pub mod metrics;
mod report;
mod rows;
mod scales;
mod split;
mod study;
mod training;

pub use report::{Alignment, Comparison, DomainReport, Report};
pub use rows::Rows;
pub use split::{PairRole, Split};
pub use study::Study;
pub use training::{LinkedPair, Training};
