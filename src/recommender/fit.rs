//! A model in training, and what it is given for that.

use std::{future::Future, pin::Pin, sync::Arc};

use super::state::{self, RunState, StateWriter};
use super::{Event, MappingState, Recommender, Stopping};
use crate::data::UserId;
use crate::engine::{Device, DeviceKind};
use crate::error::Result;
use crate::settings::ValidConfig;
use crate::split::Training;

/// Work that may wait for a device.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + 'a>>;

/// What a training is given.
#[derive(Clone)]
pub struct Assignment {
    /// Rows, features and links: all that may be looked at.
    pub training: Training,
    /// Settings and seed.
    pub config: ValidConfig,
    /// Where to train.
    pub device: Device,
    /// Held-out pairs by link: they are measured after each epoch and have no part in the training.
    pub watched: Vec<Vec<(UserId, UserId)>>,
    /// What ends the training.
    pub stopping: Stopping,
}

/// A training that goes on a few steps at a time, so that a page stays alive and a person can stop it.
pub trait Fit {
    /// A few steps; what happens leaves as events. Does nothing once the training is over.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()>;

    /// The model as far as it is trained.
    fn model(&self) -> Arc<dyn Recommender>;

    /// Where the steps are done.
    fn device(&self) -> DeviceKind;

    /// Epochs that are done.
    fn epoch(&self) -> usize;

    /// The epoch whose model is kept: the best by validation where that decides, else the last.
    fn kept_epoch(&self) -> usize;

    /// Whether the training is over.
    fn is_done(&self) -> bool;

    /// Progress, 0 to 1, as far as it can be foreseen.
    fn fraction(&self) -> f32;

    /// Sweeps that are done and all that there will be; `None` while nothing is sampled.
    fn sweeps(&self) -> Option<(usize, usize)> {
        None
    }

    /// Ends the training with what there is, where its model is whole after every step: what ends the trainings that are
    /// compared with it, which must not be longer. `None` where nothing is changed by that.
    fn stop(&mut self) -> Option<Stopping> {
        None
    }

    /// Writes down what the training can go on from, and says whether it could: some trainings can only be gone on with
    /// where an epoch has just ended, some not at all. What follows is the same to the last bit on the CPU.
    ///
    /// # Errors
    /// When the device was lost.
    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        let _ = state;
        Box::pin(async { Ok(false) })
    }

    /// Goes on from what [`Fit::write_state`] wrote, in a training that was just begun with the same assignment.
    ///
    /// # Errors
    /// When it is not of such a training.
    fn resume<'a>(&'a mut self, state: RunState<'a>) -> Work<'a, ()> {
        let _ = state;
        Box::pin(async { Err(state::refused("a training of this model cannot be gone on with")) })
    }

    /// The first link's map; `None` for models without one.
    fn mapping_state(&self) -> Option<MappingState> {
        None
    }
}
