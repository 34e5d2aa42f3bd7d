//! Thin bindings for the page's worker. A [`Session`](session::Session) holds the files, the measurement and the
//! device; its methods take and return the plain objects of `www/protocol.js`.

mod adapter;
mod arguments;
mod clouds;
mod kernels;
mod session;
mod slots;
mod views;

pub use session::Session;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is loaded.
#[wasm_bindgen(start)]
fn start() {
    crate::engine::constructors::run_once();
    crate::engine::set_kernel_loader(kernels::load);
}
