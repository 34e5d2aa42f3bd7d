//! What models and encoders share that train with burn's automatic differentiation outside a training graph: named parameters on the device, steps of their
//! optimiser, layers, and the batches of an epoch. A model gives a loss for some rows; it predicts with plain numbers on
//! the host, without burn. Steps of one shape that has to be fast are the fused engines' business.

mod batches;
#[cfg(test)]
pub(crate) mod check;
mod host;
mod layers;
mod parameters;
mod sparse;

pub(crate) use batches::{Steps, Term, begin, shares};
pub(crate) use host::{HostTower, Table, dot, relu};
pub(crate) use layers::Tower;
pub(crate) use parameters::{Leaves, Objective, Parameters, Rule, Weights};
pub(crate) use sparse::{product, transposed};
