//! Arguments and replies as JavaScript has them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use super::requests::Request;
use crate::error::Error;

/// A method's arguments as a structure.
pub(super) fn arguments<R: Request + DeserializeOwned>(value: JsValue) -> Result<R, JsError> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsError::new(&format!("the page sent {error}")))
}

/// The answer to a request: maps as objects, absent values as null.
pub(super) fn answer<R: Request>(reply: &R::Reply) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    reply.serialize(&serializer).map_err(|error| JsError::new(&error.to_string()))
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

/// An error of the core in the page's words.
pub(super) fn refusal(error: Error) -> JsError {
    JsError::new(&error.to_string())
}
