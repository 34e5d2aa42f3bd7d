//! What an engine can go on from: every parameter with its moments, as plain numbers, the same on every device.

use crate::error::{Error, Result};

/// A parameter and what the optimiser knows of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParamState {
    /// Row-major. Rows that rest are as of the last step that they have been through.
    pub values: Vec<f32>,
    /// Adam's first and second moments, likewise; empty where nothing is trained.
    pub moments: [Vec<f32>; 2],
    /// Of a table whose rows rest while no step names them, the last step that each has been through; else empty.
    pub last: Vec<u32>,
    /// Steps of the optimiser.
    pub steps: u32,
}

impl ParamState {
    /// That it fits a parameter of so many rows and columns; `has_moments` and `rests` as it says itself.
    ///
    /// # Errors
    /// When it is of another one.
    pub fn check(&self, [rows, columns]: [usize; 2], has_moments: bool, rests: bool) -> Result<()> {
        let n = rows * columns;
        let moments = if has_moments { n } else { 0 };
        let fits = self.values.len() == n
            && self.moments.iter().all(|numbers| numbers.len() == moments)
            && self.last.len() == if rests { rows } else { 0 }
            && self.last.iter().all(|&last| last <= self.steps);
        match fits {
            true => Ok(()),
            false => Err(refused("a parameter in it is of another network")),
        }
    }
}

/// The error of a state that an engine cannot go on from.
pub(super) fn refused(what: &str) -> Error {
    Error::file("checkpoint", what, "Train from the beginning")
}
