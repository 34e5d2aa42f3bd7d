//! Honest figures: splits, metrics, baselines on the same split, and what the other domain gives, with intervals.

pub mod baselines;
mod change;
mod errors;
mod ledger;
pub mod metrics;
mod report;
mod rows;
mod scales;
mod split;
mod study;
mod training;
mod words;

pub use change::{Change, ENOUGH_PEOPLE, ENOUGH_RATINGS};
pub use errors::{PersonErrors, Source};
pub use report::{Alignment, Comparison, DomainReport, KeptModel, Report, Rung};
pub use rows::Rows;
pub use split::{Crossing, PairRole, Split};
pub use study::Study;
pub use training::{LinkedPair, Training};
