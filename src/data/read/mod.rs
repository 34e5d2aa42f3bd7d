//! From files to domains: what a table is, which column is what, which values are ratings; rows that cannot be used become
//! rejects with their lines, what was not clear becomes a warning with cures, and two files are held against each other.
//! The flow: `text` (unpacked and decoded) → `format` (delimiter, header, `roles`, shape) → `rows` (ratings and rejects) →
//! `scales` and `plausibility` → `reader`, which puts it all together.

mod column;
mod container;
mod counts;
mod cure;
mod dates;
mod delimiter;
mod encoding;
mod features_reader;
mod format;
mod ids;
mod matrix;
mod names;
mod number;
mod overlap;
mod part;
mod plausibility;
mod preamble;
mod profile;
mod reader;
mod records;
mod reject;
mod rejected_table;
mod roles;
mod rows;
mod scales;
mod shape;
pub(super) mod table;
mod text;
mod understood;
mod warning;

pub use counts::Counts;
pub use cure::{Cure, PairChange, PairCure};
pub use delimiter::Delimiter;
pub use encoding::Encoding;
pub use features_reader::{FeatureReport, FeaturesFile, FieldReport, read_features, read_user_features};
pub use format::{Preview, ReadOptions};
pub use ids::{IdForm, IdGain, Rewritten, rewrite_users};
pub use overlap::{OverlapReport, PairCode, PairWarning, overlap_report};
pub use part::{ColumnValues, MOST_VALUES, Part, ValueRows};
pub use reader::{RatingsFile, ReadReport, column_values, domain_name, preview, read_ratings};
pub use reject::{MAX_REJECTS, Reject};
pub use rejected_table::rejected_table;
pub use roles::Roles;
pub use rows::MAX_ROWS;
pub use text::MAX_TEXT;
pub use warning::{Figures, Warning, WarningCode, grouped};

use super::store::{
    Domain, Features, Field, FieldKind, Ids, ItemId, MAX_RATING, Number, Rating, Ratings, SameRows, Scale,
    ScaleKind, UserId, Vocabulary, overlap_users, pairs_missing,
};
