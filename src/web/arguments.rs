//! What the page asks with.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::data::ReadOptions;
use crate::export::InputFile;
use crate::recommend::{GivenRating, ListOrder};

/// A place for a domain on the page. It keeps its letter, and with it colour and shape, when others come and go; the
/// domains of a world are numbered in the order of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum Slot {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
}

impl Slot {
    pub(super) const ALL: [Self; 8] =
        [Self::A, Self::B, Self::C, Self::D, Self::E, Self::F, Self::G, Self::H];
}

/// What a file of a domain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum FileKind {
    Ratings,
    Users,
    Items,
}

impl FileKind {
    /// As the page calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ratings => "ratings",
            Self::Users => "users",
            Self::Items => "items",
        }
    }
}

/// What is taken out of the arguments by itself: bytes, so that there is one copy of them, and settings, whose errors say
/// more than serde's.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Apart;

impl<'d> Deserialize<'d> for Apart {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Init {}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct LoadSample {
    pub(super) seed: u64,
    /// 2 or 3.
    pub(super) domains: usize,
}

/// A rating file that cannot be read, but whose columns can be shown, is no error: it becomes `unread`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Load {
    pub(super) slot: Slot,
    pub(super) kind: FileKind,
    pub(super) name: String,
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub(super) bytes: Apart,
    #[serde(default)]
    pub(super) options: ReadOptions,
}

/// Reads the unread file of a domain again, else the one that is loaded and its tables.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Reread {
    pub(super) slot: Slot,
    pub(super) options: ReadOptions,
    /// Of each file: the core keeps no text. None for the files of the sample.
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Partial<Record<FileKind, Uint8Array<ArrayBuffer>>>"))]
    pub(super) bytes: Apart,
}

/// Asks for the rows of a domain's rating file that were left out.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Rejects {
    pub(super) slot: Slot,
    /// Of the rating file.
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub(super) bytes: Apart,
}

/// Asks for the values of a column of a domain's rating file, to split the file by them.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskValues {
    pub(super) slot: Slot,
    pub(super) column: usize,
    /// Of the rating file.
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub(super) bytes: Apart,
}

/// Calls a domain by another name.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Rename {
    pub(super) slot: Slot,
    /// Null: what its file calls it.
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Remove {
    pub(super) slot: Slot,
    pub(super) kind: FileKind,
}

/// Takes all files out.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Clear {}

/// Asks which module can train with these settings.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ModuleFor {
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(as = "crate::settings::Config"))]
    pub(super) config: Apart,
}

/// Sets up an untrained model; needed before training, and again after any change of data or settings.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Prepare {
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(as = "crate::settings::Config"))]
    pub(super) config: Apart,
    pub(super) device: DeviceChoice,
    /// The domain in whose space the map is shown; null leaves that to the core.
    pub(super) space: Option<usize>,
    /// What [`checkpoint`](super::session::Session::checkpoint) gave, to go on from; null begins anew.
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    pub(super) checkpoint: Apart,
}

/// Asks for the state of the measurement, between two calls of `advance`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskCheckpoint {}

/// What it is to be trained on.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum DeviceChoice {
    Webgpu,
    Cpu,
    /// Whichever is faster here.
    Fastest,
}

/// Trains for some milliseconds, or until so many epochs are over.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Advance {
    pub(super) milliseconds: f64,
    pub(super) epochs: Option<usize>,
}

/// Asks for the clouds as they are now; null where the model has no map.
#[derive(Default, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ShowMap {
    /// The domain in whose space they are shown; null leaves that to the core.
    pub(super) space: Option<usize>,
    /// Whose uncertainty is to be shown.
    pub(super) person: Option<Somebody>,
    /// The ratings of a visitor who is to stand there too; none for nobody.
    pub(super) visitor: Vec<GivenRating>,
    /// Whether items are to be shown too, where the model has them in the same space.
    pub(super) items: bool,
}

/// Asks for the regions of the map as it was shown last.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskRegions {}

/// Asks what an item on the map is and who likes it; null where there is none.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskItem {
    pub(super) domain: usize,
    pub(super) item: u32,
}

/// Asks what a group of people likes.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskGroup {
    /// By domain, the users who are in it.
    pub(super) members: Vec<Vec<u32>>,
    /// Items a list.
    pub(super) n: usize,
}

/// Asks for a group and what it likes as a file.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct SaveGroup {
    /// By domain, the users who are in it.
    pub(super) members: Vec<Vec<u32>>,
    /// Items a domain.
    pub(super) n: usize,
}

/// A person in one domain.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Somebody {
    /// By number in the world.
    pub(super) domain: usize,
    pub(super) user: u32,
}

/// Ends the first run with what there is, where its model is whole after every step.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Stop {}

/// Asks for a part of another worker's work, in the core's own bytes.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Help {
    #[serde(default)]
    #[allow(dead_code, reason = "JavaScript alone is told of it")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub(super) bytes: Apart,
}

/// Asks what to call each user, by domain and user number.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskLabels {}

/// Asks for the lists of one person as a file.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct SavePerson {
    pub(super) domain: usize,
    pub(super) user: u32,
    /// Items a domain.
    pub(super) n: usize,
    pub(super) order: ListOrder,
}

/// Asks what people can be coloured by, and for one of it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ColourBy {
    /// The key of what was chosen; null asks for the choices alone.
    pub(super) key: Option<String>,
}

/// Asks what somebody rates highest.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskFavourites {
    pub(super) domain: usize,
    pub(super) user: u32,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct FindUsers {
    pub(super) query: String,
    pub(super) limit: usize,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct RecommendTo {
    /// By number in the world.
    pub(super) domain: usize,
    pub(super) user: u32,
    pub(super) n: usize,
    /// What lists with chances go by.
    pub(super) order: ListOrder,
}

/// Asks why items are recommended to somebody.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AskWhy {
    /// By number in the world.
    pub(super) domain: usize,
    pub(super) user: u32,
    /// By domain, the items.
    pub(super) items: Vec<Vec<u32>>,
    /// How long it may take at a time; null: until all is found.
    pub(super) milliseconds: Option<f64>,
}

/// Asks for items that somebody who is in no file can rate.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct OfferItems {
    pub(super) domain: usize,
    /// A part of the title; of an empty text all items.
    pub(super) text: String,
    pub(super) n: usize,
}

/// Asks for the lists of somebody who is in no file and has rated a few items.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct AdviseVisitor {
    pub(super) ratings: Vec<GivenRating>,
    /// Items a domain.
    pub(super) n: usize,
    /// What lists with chances go by.
    pub(super) order: ListOrder,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Export {
    pub(super) kind: ExportKind,
    /// The files that the data came from, for the figures.
    #[serde(default)]
    pub(super) files: Vec<InputFile>,
}

/// What there is to take away.
#[derive(Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum ExportKind {
    Metrics,
    Recommendations,
    Embeddings,
    Model,
}
