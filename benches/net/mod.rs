//! What the engines are measured on, natively and in the browser alike: one network (two tables of embeddings and an
//! MLP 32-32-16-1 on top, mean squared error, Adam), one planted set of ratings, one order of batches.

#[cfg(not(target_arch = "wasm32"))]
pub mod autoencoder;
pub mod data;
#[cfg(not(target_arch = "wasm32"))]
pub mod host;
mod measurement;
mod prediction;
pub mod request;
pub mod table;

pub use data::Data;
pub use measurement::measure;

use dual_metric::engine::Device;
use dual_metric::error::{Error, Result};

/// Seed of the ratings, the order and the first weights.
pub const SEED: u64 = 1;

/// The device behind an engine's name in a request.
///
/// # Errors
/// When the name is none, or the device refuses.
pub async fn device(engine: &str) -> Result<Device> {
    match engine {
        "cpu" => Ok(Device::cpu()),
        "burn-flex" => Ok(Device::cpu_reference()),
        "webgpu" => Device::webgpu().await,
        #[cfg(target_arch = "wasm32")]
        "burn-webgpu" => Device::webgpu_reference().await,
        _ => Err(Error::setting("engine", format!("there is no engine {engine} here"))),
    }
}
