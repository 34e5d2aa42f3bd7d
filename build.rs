//! How the page's module is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        // Products that are compiled while the page runs take a place in the function table
        // (src/engine/fused_cpu/kernels).
        println!("cargo::rustc-link-arg=--growable-table");
    }
}
