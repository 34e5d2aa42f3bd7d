//! The same core on the command line: train, lab, inspect, recommend, sample, models,
//! settings. Bad input ends with exit code 2 and one line.

#![warn(clippy::expect_used, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

#[cfg(not(target_arch = "wasm32"))]
mod arguments;
#[cfg(not(target_arch = "wasm32"))]
mod declared;
#[cfg(not(target_arch = "wasm32"))]
mod domains;
#[cfg(not(target_arch = "wasm32"))]
mod files;
#[cfg(not(target_arch = "wasm32"))]
mod flags;
#[cfg(not(target_arch = "wasm32"))]
mod inputs;
#[cfg(not(target_arch = "wasm32"))]
mod inspect;
#[cfg(not(target_arch = "wasm32"))]
mod lab;
#[cfg(not(target_arch = "wasm32"))]
mod lab_arguments;
#[cfg(not(target_arch = "wasm32"))]
mod lab_memory;
#[cfg(not(target_arch = "wasm32"))]
mod lab_merge;
#[cfg(not(target_arch = "wasm32"))]
mod lab_store;
#[cfg(not(target_arch = "wasm32"))]
mod models;
#[cfg(not(target_arch = "wasm32"))]
mod output;
#[cfg(not(target_arch = "wasm32"))]
mod recommend;
#[cfg(not(target_arch = "wasm32"))]
mod result;
#[cfg(not(target_arch = "wasm32"))]
mod sample;
#[cfg(not(target_arch = "wasm32"))]
mod settings;
#[cfg(not(target_arch = "wasm32"))]
mod told;
#[cfg(not(target_arch = "wasm32"))]
mod train;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    arguments::run()
}

/// The program is for machines with files; the browser has the page.
#[cfg(target_arch = "wasm32")]
fn main() {}
