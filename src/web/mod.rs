//! Thin bindings for the page's worker. A [`Session`] holds the files, the measurement and the device. What its methods
//! take and return is typed here; `border` writes these types down for JavaScript, in `www/border.d.ts`.
#![cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "natively only the types are needed, and what has tests")
)]

#[cfg(target_arch = "wasm32")]
mod adapter;
mod arguments;
#[cfg(test)]
mod border;
mod clouds;
#[cfg(target_arch = "wasm32")]
mod devices;
mod experiments;
#[cfg(target_arch = "wasm32")]
mod hands;
#[cfg(target_arch = "wasm32")]
mod js;
#[cfg(target_arch = "wasm32")]
mod kernels;
#[cfg(target_arch = "wasm32")]
mod lab;
mod requests;
#[cfg(target_arch = "wasm32")]
mod session;
mod slots;
mod views;
mod warnings;

#[cfg(target_arch = "wasm32")]
pub use session::Session;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the module is loaded. (Not by the runner of the browser's tests: those that need it call it; once more does
/// no harm.)
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(feature = "reference")]
    crate::engine::reference::constructors::run_once();
    // SAFETY: `load` gives the module this instance's memory, and puts its `f` into a new place of this instance's function
    // table, which nobody else writes to.
    unsafe { crate::engine::set_kernel_loader(kernels::load) };
}
