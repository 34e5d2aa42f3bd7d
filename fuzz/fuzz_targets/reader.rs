//! Any options and any bytes through the reader; what has to hold is what tests/reader_properties checks.
#![no_main]
// A part of the crate is compiled here, and not all of it is called.
#![allow(dead_code, unused_imports)]

#[path = "../../src/data/mod.rs"]
mod data;
#[path = "../../src/error.rs"]
mod error;
#[path = "../../tests/reader_properties/invariants.rs"]
mod invariants;
#[path = "../../tests/reader_properties/options.rs"]
mod options;
#[path = "../../src/rng.rs"]
mod rng;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // The first bytes are the options, the others the file.
    if let Some((head, file)) = input.split_first_chunk() {
        invariants::check(file, &options::options_of(*head));
    }
});
