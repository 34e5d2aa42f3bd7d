//! From files to a [`World`]: `read` makes domains of rows and rejects, `store` keeps them with the people in several of
//! them, `synthetic` makes the sample.

mod read;
mod store;
mod synthetic;

pub use read::*;
pub use store::{
    Domain, Features, Field, FieldKind, Link, MAX_RATING, People, PersonId, Rating, Ratings, SameRows, Scale,
    ScaleKind, Tested, Vocabulary, World,
};
pub use synthetic::{MAX_DOMAINS, Sample, files, sample, sample_of};
