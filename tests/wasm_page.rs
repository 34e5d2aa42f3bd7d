//! In the page's own thread of a real browser, on the CPU.
#![cfg(target_arch = "wasm32")]

mod golden;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_seed_gives_the_same_numbers_in_every_build() {
    golden::check_draws();
}
