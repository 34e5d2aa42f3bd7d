//! Constructors of the crates below, in wasm: burn's kernel compiler registers its types with them.

use std::sync::Once;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs the constructors, the first time that it is called.
///
/// Where nobody calls them, the linker takes the module for a command and makes *every* exported function run them
/// again: that took 80 % of the training time, and memory with each call.
pub(crate) fn run_once() {
    static ONCE: Once = Once::new();
    // SAFETY: the linker's own function, without arguments; it is made to be called once.
    ONCE.call_once(|| unsafe { __wasm_call_ctors() });
}
