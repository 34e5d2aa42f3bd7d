//! The device and the training step behind one small interface. An engine is given a [`LayerTable`] and batches,
//! advances by one step of the optimiser at a time, and hands weights and losses back as plain numbers. It knows
//! nothing of domains, users or recommendations.

mod batch;
#[cfg(target_arch = "wasm32")]
pub(crate) mod constructors;
mod device;
mod layer_table;
mod reference;

use std::{future::Future, pin::Pin};

pub use batch::{AutoencoderBatch, Batch, Entries, PairBatch, RatingBatch, Share};
pub use device::Device;
pub use layer_table::{
    Adam, AutoencoderTerm, Dense, Gather, Head, LayerTable, PairTerm, Param, ParamId, RatingTerm,
    Reconstruction, Term, Through, Tower,
};
pub use reference::ReferenceEngine;

use crate::error::Result;

/// A reading of the device; at once on the CPU, when the queue gets there on WebGPU.
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// Trains a [`LayerTable`].
pub trait Engine {
    /// One step of the optimiser on the weighted sum of the shares' losses.
    ///
    /// # Errors
    /// When the device refuses.
    fn step(&mut self, shares: &[Share]) -> Result<()>;

    /// The gradient of the shares' loss by each parameter (`None` where it has none), without a step. For checks.
    fn gradients(&mut self, shares: &[Share]) -> Reading<'_, Vec<Option<Vec<f32>>>>;

    /// Mean loss of each term (the data's part, without penalties) over all rows since the last call, and a wait
    /// until the device has done all steps. `None` for a term that had no rows.
    ///
    /// # Errors
    /// When the device was lost.
    fn losses(&mut self) -> Reading<'_, Vec<Option<f32>>>;

    /// The values of a parameter, row-major.
    ///
    /// # Errors
    /// When the device was lost.
    fn weights(&self, param: ParamId) -> Reading<'_, Vec<f32>>;

    /// Replaces the values of a parameter. The optimiser's moments of it are kept.
    fn set_weights(&mut self, param: ParamId, values: &[f32]);

    /// Steps of the optimiser so far.
    fn steps(&self) -> usize;
}
