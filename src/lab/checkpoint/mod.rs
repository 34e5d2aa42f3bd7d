//! A measurement that was interrupted goes on and gives the same numbers as without: what is over is kept, the run that was
//! going on goes on from its last state that could be written down, or begins anew, which gives the same because it is seeded.
//! docs/checkpoints.md says what a checkpoint holds.

mod envelope;
mod hash;
mod resume;
#[cfg(test)]
mod tests;
mod told;
mod write;

pub(super) use told::History;
pub(super) use write::Keeping;
