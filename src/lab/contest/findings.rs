//! All that a contest has found so far: what tables are written from.

use serde::Serialize;

use super::{Cost, GainRow, JobResult, Manifest, Standings, costs, gains};
use crate::error::Result;

/// All that a contest has found so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Findings {
    /// Every model's figures, and who is ahead.
    pub standings: Standings,
    /// What the other domain gives each model; nothing without placebos.
    pub gains: Vec<GainRow>,
    /// What each model takes.
    pub costs: Vec<Cost>,
}

impl Findings {
    /// What results say together, in whatever order they come.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub fn new(manifest: &Manifest, results: &[JobResult]) -> Result<Self> {
        Ok(Self {
            standings: Standings::new(manifest, results)?,
            gains: gains(manifest, results)?,
            costs: costs(manifest, results),
        })
    }
}
