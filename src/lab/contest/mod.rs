//! One fair contest of all models: a plan of jobs on the same folds, seeds, validation rows and tuning budget, each job's
//! result a value that can be written whole, and what all results say together: standings with tests over folds and people,
//! and what the other domain gives each model. Nothing here knows a file; whoever calls keeps the results.

mod costs;
mod findings;
mod gains;
mod grid;
mod job;
mod manifest;
mod material;
mod merge;
mod plan;
mod planted;
mod point;
pub(in crate::lab) mod pool;
pub(in crate::lab) mod result;
pub(in crate::lab) mod standings;
pub(in crate::lab) mod statistics;
pub(in crate::lab) mod terms;
mod training;
mod units;

pub use costs::{Cost, costs};
pub use findings::Findings;
pub use gains::{Gain, GainRow, gains};
pub use grid::MOST_SETTINGS;
pub use job::{Form, Job, Users};
pub use manifest::Manifest;
pub use merge::merged;
pub use plan::{Plan, Shard, Stop};
pub use planted::pair_counts;
pub use point::{Links, Material, Point, Search};
pub use result::{DomainResult, EpochLoss, GroupResult, JobResult, Training};
pub use standings::{
    Comparison, DomainStandings, Figure, GroupStandings, Standings, StandingsRow, group_title,
};
pub use statistics::{Paired, corrected_t, holm};
pub use terms::{Splitting, Terms};
pub use training::{AT_ONCE, Beside, Contest, Outcome, Predictions, Progress, company};
pub use units::UnitSums;

/// The experiment that searches for settings.
pub const TUNE: &str = "tune";
/// The experiment whose figure is the time of a training.
pub const SCALE: &str = "scale";
/// The experiment that compares models at one point.
pub const PEERS: &str = "peers";
