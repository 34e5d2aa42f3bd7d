//! Thin bindings for the page's worker. A [`Session`](session::Session) holds the files, the measurement and the
//! device; its methods take and return the plain objects of `www/protocol.js`.

mod adapter;
mod arguments;
mod clouds;
mod session;
mod slots;
mod views;

pub use session::Session;
use wasm_bindgen::prelude::wasm_bindgen;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs the constructors of the crates below (burn registers its kernels with them) once.
///
/// Where nobody calls them, the linker takes the module for a command and makes *every* exported function run them
/// again: it cost 40 % of the training time, and memory with each call.
#[wasm_bindgen(start)]
fn start() {
    // SAFETY: the linker's own function, without arguments; called once, before anything else runs.
    unsafe { __wasm_call_ctors() };
}
