//! Arguments and replies as they cross the border.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::data::ReadOptions;
use crate::error::Error;
use crate::export::InputFile;

/// A place for a domain on the page. It keeps its letter, and with it colour and shape, when others come and go; the
/// domains of a world are numbered in the order of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
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

#[derive(Deserialize)]
pub(super) struct LoadSample {
    pub(super) seed: u64,
    /// 2 or 3.
    pub(super) domains: usize,
}

#[derive(Deserialize)]
pub(super) struct Load {
    pub(super) slot: Slot,
    pub(super) kind: FileKind,
    pub(super) name: String,
    #[serde(default)]
    pub(super) options: ReadOptions,
}

#[derive(Deserialize)]
pub(super) struct Reread {
    pub(super) slot: Slot,
    pub(super) options: ReadOptions,
}

/// Asks for the rows of a domain's rating file that were left out.
#[derive(Deserialize)]
pub(super) struct Rejects {
    pub(super) slot: Slot,
}

#[derive(Deserialize)]
pub(super) struct Remove {
    pub(super) slot: Slot,
    pub(super) kind: FileKind,
}

#[derive(Deserialize)]
pub(super) struct Prepare {
    pub(super) device: DeviceChoice,
    /// The domain in whose space the map is shown; `None` leaves that to the core.
    pub(super) space: Option<usize>,
}

#[derive(Deserialize)]
pub(super) struct ShowMap {
    pub(super) space: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeviceChoice {
    Webgpu,
    Cpu,
    /// Whichever is faster here.
    Fastest,
}

#[derive(Deserialize)]
pub(super) struct Advance {
    pub(super) milliseconds: f64,
    pub(super) epochs: Option<usize>,
}

#[derive(Deserialize)]
pub(super) struct FindUsers {
    pub(super) query: String,
    pub(super) limit: usize,
}

#[derive(Deserialize)]
pub(super) struct RecommendTo {
    /// By number in the world.
    pub(super) domain: usize,
    pub(super) user: u32,
    pub(super) n: usize,
}

#[derive(Deserialize)]
pub(super) struct Export {
    pub(super) kind: ExportKind,
    /// The files that the data came from, for the figures.
    #[serde(default)]
    pub(super) files: Vec<InputFile>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExportKind {
    Metrics,
    Recommendations,
    Embeddings,
    Model,
}

/// A method's arguments as a structure.
pub(super) fn arguments<T: DeserializeOwned>(value: JsValue) -> Result<T, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsError::new(&format!("the page sent {error}")))
}

/// Takes the bytes of a file out of an object; `None` where there are none. JavaScript's copy is given up with that.
pub(super) fn take_bytes(object: &JsValue, name: &str) -> Option<Vec<u8>> {
    let bytes = js_sys::Reflect::get(object, &name.into()).ok()?.dyn_into::<js_sys::Uint8Array>().ok()?;
    let taken = bytes.to_vec();
    // Where that fails, the copy only lives a little longer.
    let _ = js_sys::Reflect::set(object, &name.into(), &JsValue::UNDEFINED);
    Some(taken)
}

/// One property of a method's arguments as JSON text.
pub(super) fn json_property(value: &JsValue, name: &str) -> Result<String, JsError> {
    let missing = || JsError::new(&format!("the page sent no {name}"));
    let property = js_sys::Reflect::get(value, &name.into()).map_err(|_| missing())?;
    let text = js_sys::JSON::stringify(&property).map_err(|_| missing())?;
    text.as_string().ok_or_else(missing)
}

/// A structure as the page gets it: maps as objects, absent values as null.
pub(super) fn reply<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|error| JsError::new(&error.to_string()))
}

/// An object of values that are already JavaScript's.
pub(super) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> Result<JsValue, JsError> {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        js_sys::Reflect::set(&object, &name.into(), &value)
            .map_err(|_| JsError::new("no memory for the reply"))?;
    }
    Ok(object.into())
}

/// An error of the core in the page's words.
pub(super) fn refusal(error: Error) -> JsError {
    JsError::new(&error.to_string())
}
