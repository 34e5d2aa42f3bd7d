//! How the page's module is linked, and where there is a WebGPU device.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // In the browser always, natively with the feature `card`.
    println!("cargo::rustc-check-cfg=cfg(webgpu)");
    let is_wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if is_wasm || std::env::var_os("CARGO_FEATURE_CARD").is_some() {
        println!("cargo::rustc-cfg=webgpu");
    }
    if is_wasm {
        // Products that are compiled while the page runs take a place in the function table
        // (src/engine/fused_cpu/kernels).
        println!("cargo::rustc-link-arg=--growable-table");
    }
}
