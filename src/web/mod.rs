//! Thin bindings for the page's worker. A [`Session`](session::Session) holds the files, the measurement and the
//! device; its methods take and return the plain objects of `www/protocol.js`.

mod adapter;
mod arguments;
mod clouds;
mod kernels;
mod session;
mod slots;
mod views;
mod warnings;

pub use session::Session;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is loaded. (Not by the runner of the browser's tests: those that need it call it; once more does
/// no harm.)
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(feature = "reference")]
    crate::engine::reference::constructors::run_once();
    // SAFETY: `load` gives the module this instance's memory, and puts its `f` into a new place of this instance's function
    // table, which nobody else writes to.
    unsafe { crate::engine::set_kernel_loader(kernels::load) };
}
