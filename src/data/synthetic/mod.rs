//! The generated sample: a world whose truth is known, written and read as files like any other.

mod rotation;
pub mod sample;
mod stars;
mod titles;

pub use sample::{MAX_DOMAINS, Sample, files, sample, sample_of};

use super::read::table;
use super::store::{Domain, Rating, Ratings, Scale, ScaleKind, Vocabulary, World};
