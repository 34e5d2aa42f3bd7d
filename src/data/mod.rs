//! From files to a [`World`]: `read` makes domains of rows and rejects, `store` keeps them with the people in several of
//! them, `synthetic` makes the sample.

mod read;
mod store;
mod synthetic;

pub use read::*;
pub(crate) use store::starts;
pub use store::{
    Domain, Features, Field, FieldKind, ItemId, Link, MAX_RATING, Number, People, PersonId, Rating, Ratings,
    SameRows, Scale, ScaleKind, Tested, UserId, Vocabulary, World,
};
pub use synthetic::{MAX_DOMAINS, Sample, files, sample, sample_of, sized};
