//! Honest figures: what the other domain gives, beside the baselines and the placebos on the same split, with intervals.
//! [`contest`] compares all models with one another, [`experiments`] do it at the points of a figure, [`tune`] searches for
//! their settings.

mod change;
mod checkpoint;
pub mod contest;
mod errors;
mod event;
pub mod experiments;
mod ledger;
mod links;
mod report;
mod study;
mod taste;
pub mod tune;

pub use change::{Change, ENOUGH_PEOPLE, ENOUGH_RATINGS};
pub use errors::{PersonErrors, Source};
pub use event::{ReportEvent, Run, StudyEvent};
pub use links::{Alignment, Detour, LinkReport};
pub use report::{Comparison, DomainReport, KeptModel, Report, Rung};
pub use study::{Study, TransferStudy};
pub use taste::{Evidence, TasteReport};
