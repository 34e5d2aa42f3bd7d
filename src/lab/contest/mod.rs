//! One fair contest of all models: a plan of jobs on the same folds, seeds, validation rows and tuning budget, each job's
//! result a value that can be written whole, and what all results say together: standings with tests over folds and people,
//! and what the other domain gives each model. Nothing here knows a file; whoever calls keeps the results.

mod costs;
mod findings;
mod gains;
mod grid;
mod job;
mod manifest;
mod merge;
mod plan;
mod pool;
mod result;
mod standings;
mod statistics;
mod terms;
mod training;
mod units;

pub use costs::{Cost, costs};
pub use findings::Findings;
pub use gains::{Gain, GainRow, gains};
pub use grid::MOST_SETTINGS;
pub use job::{Form, Job, Users};
pub use manifest::Manifest;
pub use merge::merged;
pub use plan::{Plan, Shard};
pub use result::{DomainResult, GroupResult, JobResult, Training};
pub use standings::{
    Comparison, DomainStandings, Figure, GroupStandings, Standings, StandingsRow, group_title,
};
pub use statistics::{Paired, corrected_t, holm};
pub use terms::{Splitting, Terms};
pub use training::{Contest, Outcome, Predictions, Progress};
pub use units::UnitSums;
