//! The fused training step on WebGPU. A workgroup for each replica does step after step within one dispatch: gathering,
//! network, gradients and Adam, with activations and weights of a tile of rows in workgroup memory (kernel.wgsl).

mod columns;
mod data;
#[cfg(webgpu)]
mod deadline;
mod encode;
#[cfg(webgpu)]
mod engine;
#[cfg(webgpu)]
mod gpu;
mod idle_rows;
mod kernel;
mod layout;
mod merge;
mod missed;
mod named;
#[cfg(webgpu)]
mod pace;
mod plan;
#[cfg(webgpu)]
mod plan_pass;
mod program;
#[cfg(webgpu)]
mod reading;
mod sections;
#[cfg(webgpu)]
mod state;
mod words;

#[cfg(webgpu)]
pub use engine::FusedGpu;
#[cfg(webgpu)]
pub(super) use gpu::Gpu;
