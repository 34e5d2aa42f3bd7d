//! The shader's text for a device: constants, then the kernel.

use std::fmt::Write;

use super::words;
use crate::engine::tiny;

/// What a shader is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// Threads of a workgroup.
    pub(super) threads: u32,
    /// Vectors of workgroup memory.
    pub(super) memory: u32,
    /// Whether a tile's weights are copied into it.
    pub(super) weights_in_memory: bool,
    /// Whether it trains an autoencoder, and not ratings and pairs.
    pub(super) is_autoencoder: bool,
    /// Whether a thread does large blocks of a product, because there is no other to do a part of them meanwhile.
    pub(super) is_wide: bool,
}

/// What host and shader share.
fn constants() -> String {
    let mut text = String::new();
    for (name, value) in words::ALL {
        // Writing to a string does not fail.
        let _ = writeln!(text, "const {name} = {value}u;");
    }
    text
}

/// The text of the kernel that plans, for workgroups whose memory holds `block` keys.
#[cfg_attr(not(webgpu), allow(dead_code, reason = "without a device nobody compiles it"))]
pub(super) fn plan_text(threads: u32, block: u32) -> String {
    format!(
        "{}const THREADS = {threads}u;\nconst BLOCK = {block}u;\n{}",
        constants(),
        include_str!("plan.wgsl")
    )
}

/// The text of a variant.
pub(super) fn text(variant: Variant) -> String {
    let mut text = constants();
    let bounds =
        [("WEIGHT", tiny::WEIGHT), ("MOMENT", tiny::MOMENT), ("SQUARE", tiny::SQUARE), ("ROOT", tiny::ROOT)];
    for (name, bound) in bounds {
        // They are powers of two: written as such, nobody rounds them.
        let _ = writeln!(text, "const SMALLEST_{name} = 0x1p{}f;", bound.log2());
    }
    let Variant { threads, memory, weights_in_memory, is_autoencoder, is_wide } = variant;
    let _ = writeln!(text, "const THREADS = {threads}u;\nconst MEMORY = {memory}u;");
    let _ = writeln!(text, "const WEIGHTS_IN_MEMORY = {weights_in_memory};");
    let products = if is_wide { include_str!("wide.wgsl") } else { include_str!("narrow.wgsl") };
    let tile = if is_autoencoder { include_str!("autoencoder.wgsl") } else { include_str!("ratings.wgsl") };
    text + include_str!("kernel.wgsl") + tile + products + include_str!("update.wgsl")
}

#[cfg(test)]
mod tests {
    use super::{Variant, text};

    #[test]
    fn the_text_says_what_it_is_made_for() {
        for (is_wide, is_autoencoder) in [(false, false), (false, true), (true, false), (true, true)] {
            let variant =
                Variant { threads: 64, memory: 1024, weights_in_memory: true, is_autoencoder, is_wide };
            let text = text(variant);
            assert!(text.starts_with("const NONE = 4294967295u;"));
            assert!(text.contains("const THREADS = 64u;") && text.contains("fn steps("));
            assert!(text.contains("const SMALLEST_WEIGHT = 0x1p-63f;\nconst SMALLEST_MOMENT = 0x1p-100f;"));
            for product in ["fn forward(", "fn gradient(", "fn backward(", "fn tile("] {
                assert_eq!(text.matches(product).count(), 1, "{product}");
            }
        }
    }
}
