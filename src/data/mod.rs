//! From files to a [`World`]: rows and rejects, domains in compressed rows, the links between them.

mod delimiter;
mod domain;
mod features;
mod features_reader;
mod format;
mod overlap;
mod ratings;
mod reader;
mod records;
mod reject;
mod roles;
pub mod sample;
mod scales;
mod table;
mod text;
mod titles;
mod vocabulary;
mod world;

pub use delimiter::Delimiter;
pub use domain::{Domain, Scale};
pub use features::{Features, Field, FieldKind};
pub use features_reader::{FeatureReport, FeaturesFile, FieldReport, read_features};
pub use format::{Preview, ReadOptions};
pub use overlap::{OverlapReport, overlap_report};
pub use ratings::{Rating, Ratings};
pub use reader::{MAX_ROWS, RatingsFile, ReadReport, preview, read_ratings};
pub use reject::{MAX_REJECTS, Reject};
pub use roles::Roles;
pub use sample::{Sample, files, sample};
pub use text::MAX_TEXT;
pub use vocabulary::Vocabulary;
pub use world::{Link, World};
