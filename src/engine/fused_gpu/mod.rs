//! The fused training step on WebGPU. A workgroup for each replica does step after step within one dispatch: gathering,
//! network, gradients and Adam, with activations and weights of a tile of rows in workgroup memory (kernel.wgsl).

mod data;
#[cfg(target_arch = "wasm32")]
mod deadline;
mod encode;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod gpu;
mod idle_rows;
mod kernel;
mod layout;
mod merge;
#[cfg(target_arch = "wasm32")]
mod pace;
mod program;
mod sections;
#[cfg(target_arch = "wasm32")]
mod state;
mod words;

#[cfg(target_arch = "wasm32")]
pub use engine::FusedGpu;
#[cfg(target_arch = "wasm32")]
pub(super) use gpu::Gpu;
