//! The same seed gives the same numbers; `wasm_page.rs` checks the same in a browser.

use crate::golden;
use dual_metric::engine::Device;

#[test]
fn a_seed_gives_the_same_numbers_in_every_build() {
    golden::check_draws();
}

#[test]
fn a_seed_gives_the_same_losses_in_every_version() {
    pollster::block_on(golden::check_losses(&Device::cpu()));
}
