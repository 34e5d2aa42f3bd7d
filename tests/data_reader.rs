#![cfg(not(target_arch = "wasm32"))]
//! Rating and feature files as people have them.
