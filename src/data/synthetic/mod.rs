//! The generated sample: a world whose truth is known, written and read as files like any other.

mod rotation;
pub mod sample;
mod sized;
mod stars;
mod titles;

pub use sample::{MAX_DOMAINS, Sample, files, sample, sample_of};
pub use sized::sized;

use super::read::table;
use super::store::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, Vocabulary, World};
