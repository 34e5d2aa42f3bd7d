//! The state of a training, as it is given to one that was just begun.

use std::sync::Arc;

use super::StateBytes;
use crate::data::{Scale, World};
use crate::recommender::Recommender;
use crate::recommender::saved::{Checked, Parts};

/// A training's state and the data that it is of.
pub struct RunState<'s> {
    bytes: StateBytes<'s>,
    world: &'s World,
    load: Load,
}

/// Makes a model of the kind that is trained again, as [`Entry::load`](crate::recommender::Entry::load).
pub type Load = fn(&mut Parts<'_>) -> Checked<Arc<dyn Recommender>>;

impl<'s> RunState<'s> {
    /// A state of a training on this world, of models that `load` makes again.
    pub fn new(bytes: StateBytes<'s>, world: &'s World, load: Load) -> Self {
        Self { bytes, world, load }
    }

    /// The model that a state within this one is of, which [`Recommender::write_whole`] wrote.
    ///
    /// # Errors
    /// When there is none, or it is of other data.
    pub fn model(&self, name: &str, scales: &[Scale]) -> Checked<Arc<dyn Recommender>> {
        let mut parts = self.within(name)?.parts(scales)?;
        let model = (self.load)(&mut parts).map_err(|what| format!("{name}: {what}"))?;
        parts.end()?;
        Ok(model)
    }

    /// Values and runs of bytes.
    pub fn bytes(&self) -> &StateBytes<'s> {
        &self.bytes
    }

    /// All tensors and scalars; `scales` are the training's, by domain.
    ///
    /// # Errors
    /// When one is not in the bytes.
    pub fn parts<'p>(&self, scales: &'p [Scale]) -> Checked<Parts<'p>>
    where
        's: 'p,
    {
        Ok(Parts::new(self.world, scales, self.bytes.saved()?))
    }

    /// A state within this one.
    ///
    /// # Errors
    /// When there is none of the name.
    pub fn within(&self, name: &str) -> Checked<Self> {
        let bytes = StateBytes::new(self.bytes.bytes(name)?).map_err(|what| format!("{name}: {what}"))?;
        Ok(Self { bytes, world: self.world, load: self.load })
    }
}
