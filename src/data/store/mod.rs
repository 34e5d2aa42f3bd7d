//! What was read, as it is kept: domains in compressed rows, ids as numbers, one index of people, the links between domains.

mod domain;
mod features;
mod joined;
mod numbers;
mod people;
mod ratings;
mod same_rows;
mod times;
mod vocabulary;
mod world;

pub use domain::{Domain, MAX_RATING, Scale, ScaleKind};
pub use features::{Features, Field, FieldKind};
pub use joined::Tested;
pub use numbers::{ItemId, Number, UserId};
pub(super) use people::overlap as overlap_users;
pub use people::{People, PersonId};
pub(crate) use ratings::starts;
pub use ratings::{Rating, Ratings};
pub use same_rows::SameRows;
pub(super) use same_rows::pairs_missing;
pub(super) use vocabulary::Ids;
pub use vocabulary::Vocabulary;
pub use world::{Link, World};
