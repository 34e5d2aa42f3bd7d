//! Parameters that train with burn's automatic differentiation and Adam outside a training graph: those of models whose
//! losses are no terms of it.

use std::collections::HashMap;

use burn::tensor::Tensor;

use super::adam::Optimiser;
use super::{Burn, matrix, numbers};
use crate::engine::{Adam, Device};
use crate::error::Result;

/// Parameter matrices on burn's device.
pub(crate) struct Weights {
    burn: Burn,
    adam: Adam,
    values: Vec<Tensor<2>>,
    /// By objective and parameter: losses that take turns have moments of their own.
    optimisers: HashMap<(usize, usize), Optimiser>,
}

impl Weights {
    /// No parameters yet. A device that is not burn's means the CPU.
    pub(crate) fn new(device: &Device, adam: Adam) -> Self {
        Self { burn: device.burn(), adam, values: Vec::new(), optimisers: HashMap::new() }
    }

    /// Adds a parameter with its first values, `[rows, columns]` row-major; gives its number.
    pub(crate) fn add(&mut self, rows: usize, columns: usize, values: Vec<f32>) -> usize {
        self.values.push(matrix(values, rows, columns, &self.burn.device));
        self.values.len() - 1
    }

    /// All parameters as leaves of a graph, by number.
    pub(crate) fn leaves(&self) -> Vec<Tensor<2>> {
        self.values.iter().map(|value| value.clone().autodiff().require_grad()).collect()
    }

    /// All parameters without a graph, by number.
    pub(crate) fn values(&self) -> &[Tensor<2>] {
        &self.values
    }

    /// One step of Adam down the gradient of `loss` for the parameters that `moves`. `objective` tells losses apart that
    /// take turns.
    pub(crate) fn step(
        &mut self,
        objective: usize,
        leaves: &[Tensor<2>],
        loss: &Tensor<1>,
        moves: impl Fn(usize) -> bool,
    ) {
        let mut gradients = loss.backward();
        for (id, leaf) in leaves.iter().enumerate().filter(|(id, _)| moves(*id)) {
            let Some(gradient) = leaf.grad_remove(&mut gradients) else { continue };
            let optimiser = self
                .optimisers
                .entry((objective, id))
                .or_insert_with(|| Optimiser::new(self.adam, 0.0, false));
            self.values[id] = optimiser.step(self.values[id].clone(), gradient, None);
        }
    }

    /// The numbers of a tensor on the device, row-major.
    ///
    /// # Errors
    /// When the device was lost.
    pub(crate) async fn read<const D: usize>(&self, tensor: Tensor<D>) -> Result<Vec<f32>> {
        numbers(tensor, &self.burn).await
    }
}
