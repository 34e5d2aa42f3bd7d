//! The device and the training step behind one small interface. An engine is given a [`TrainingGraph`] and batches,
//! advances by one step of the optimiser at a time, and hands weights and losses back as plain numbers. It knows
//! nothing of domains, users or recommendations.

mod adam;
mod backlog;
mod chunk;
mod device;
pub mod dropout;
mod fused_cpu;
#[cfg_attr(not(webgpu), allow(dead_code, reason = "without a device only the tests use text and program"))]
mod fused_gpu;
mod hands;
mod idle;
mod race;
#[cfg(feature = "reference")]
pub(crate) mod reference;
mod rows;
mod saved;
pub(crate) mod tiny;
mod together;
mod training_graph;

use std::future::Future;
use std::pin::Pin;

pub use crate::error::DeviceKind;
pub use crate::settings::UpdatedRows;
pub(crate) use backlog::Backlog;
pub use chunk::{Chunk, Share};
pub use device::{Device, open};
pub use fused_cpu::FusedCpu;
pub(crate) use fused_cpu::Isa;
#[cfg(target_arch = "wasm32")]
pub use fused_cpu::{KernelLoader, Kernels, set_kernel_loader, use_kernels};
#[cfg(webgpu)]
pub use fused_gpu::FusedGpu;
pub use hands::{Hand, Hands};
pub use race::{Bag, Speed, Workload};
#[cfg(feature = "reference")]
pub use reference::ReferenceEngine;
pub use rows::{Numbers, RatingRow, RatingRows, SparseRows};
pub use saved::ParamState;
pub use together::{Together, Work};
#[cfg(feature = "reference")]
pub use training_graph::Pairs;
pub use training_graph::{
    Adam, Adversarial, AutoencoderTerm, Dense, Gather, Head, HeadNetwork, Histories, PairNetwork, PairTerm,
    Param, ParamId, RatingTerm, Reconstruction, Term, Through, Tower, TrainingGraph,
};

use crate::error::Result;

/// Rows of an autoencoder's step, the paper's batch. A device counts on no more of them when it says whether it has room.
pub(crate) const AUTOENCODER_BATCH: usize = 64;

/// Ratings that take about as long as a row of an autoencoder, with some dozen columns that are there.
pub(crate) const RATINGS_OF_A_CODED_ROW: usize = 16;

/// A reading of the device; at once on the CPU, when the queue gets there on WebGPU.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// Trains training graphs: R replicas of one shape (the same parameters, heads and terms in size and kind), each with its
/// own first values, rows and seed. They train side by side and know nothing of each other.
pub trait Engine {
    /// Where the steps are done.
    fn device(&self) -> DeviceKind;

    /// Number of replicas, R.
    fn replicas(&self) -> usize;

    /// Takes the steps of each replica's chunk, `chunks[r]` for replica r. A replica beyond `chunks` rests. On a
    /// queued device the steps are under way when this returns.
    ///
    /// # Errors
    /// When the device refuses.
    fn run(&mut self, chunks: &[Chunk]) -> Result<()>;

    /// How many rows, over all shares and replicas, a call of [`Engine::run`] should have, so that it is short enough
    /// for a person who wants to stop, and long enough that its fixed cost does not count. A row of an autoencoder counts as
    /// sixteen.
    fn rows_per_call(&self) -> usize;

    /// The gradient of the loss of a chunk's first step by each parameter (`None` where it has none), without a step.
    /// For checks.
    fn gradients(&mut self, replica: usize, chunk: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>>;

    /// Mean loss of each term (the data's part, without penalties) by replica, over all rows since the last call, and a
    /// wait until the device has done all steps. `None` for a term that had no rows.
    ///
    /// # Errors
    /// When the device was lost.
    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>>;

    /// The values of a parameter, row-major.
    ///
    /// # Errors
    /// When the device was lost.
    fn weights(&self, replica: usize, param: ParamId) -> Reading<'_, Vec<f32>> {
        let reading = self.all_weights(&[(replica, param)]);
        Box::pin(async { Ok(reading.await?.pop().unwrap_or_default()) })
    }

    /// The values of several parameters of the first replica, in their order.
    ///
    /// # Errors
    /// When the device was lost.
    fn own_weights(&self, params: &[ParamId]) -> Reading<'_, Vec<Vec<f32>>> {
        let wanted: Vec<_> = params.iter().map(|&param| (0, param)).collect();
        self.all_weights(&wanted)
    }

    /// The values of several parameters, each by replica and number, in their order. A device is waited for once for all of them.
    ///
    /// # Errors
    /// When the device was lost.
    fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>>;

    /// Replaces the values of a parameter. The optimiser's moments of it are kept.
    fn set_weights(&mut self, replica: usize, param: ParamId, values: &[f32]);

    /// Steps of the optimiser so far, by replica.
    fn steps(&self, replica: usize) -> usize;

    /// Every parameter with its moments, from which [`Engine::restore`] goes on; `None` of an engine that cannot. Losses have to
    /// be read before.
    ///
    /// # Errors
    /// When the device was lost.
    fn state(&self, replica: usize) -> Reading<'_, Option<Vec<ParamState>>> {
        let _ = replica;
        Box::pin(async { Ok(None) })
    }

    /// Puts a replica where another engine of the same graph was.
    ///
    /// # Errors
    /// When it was of another graph, or this engine cannot.
    fn restore(&mut self, replica: usize, params: Vec<ParamState>, steps: usize) -> Result<()> {
        let _ = (replica, params, steps);
        Err(saved::refused("this engine cannot go on with a training"))
    }
}
