//! Parameters as burn's tensors, the leaves of a step's graph, and the steps of the optimiser.

use std::collections::BTreeMap;

use burn::tensor::{Int, Tensor};

use super::{HostTower, Table, Tower};
use crate::engine::reference::{Burn, Optimiser, bag, indices, matrix, read};
use crate::engine::{Adam, Device, DeviceKind, SparseRows};
use crate::error::{Error, Result};
use crate::rng::Generator;

/// The number of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Weights(usize);

/// Which of several losses that take turns; each has moments of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Objective(pub(crate) u8);

impl Objective {
    /// The only one of most models.
    pub(crate) const ONLY: Self = Self(0);
}

/// How a step follows from a gradient.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Adam (Kingma and Ba 2015) with its authors' decays.
    Adam {
        /// Step size.
        learning_rate: f32,
    },
    /// Adagrad (Duchi, Hazan and Singer 2011).
    AdaGrad {
        /// Step size.
        learning_rate: f32,
    },
}

/// All parameters of a model, each a matrix on the device.
pub(crate) struct Parameters {
    burn: Burn,
    rule: Rule,
    all: Vec<Parameter>,
}

struct Parameter {
    name: &'static str,
    shape: [usize; 2],
    value: Tensor<2>,
    weight_decay: f32,
    optimisers: BTreeMap<Objective, Optimiser>,
}

impl Rule {
    fn optimiser(self, weight_decay: f32) -> Optimiser {
        match self {
            Self::Adam { learning_rate } => Optimiser::new(Adam::new(learning_rate), weight_decay, false),
            Self::AdaGrad { learning_rate } => Optimiser::ada_grad(learning_rate, weight_decay),
        }
    }
}

impl Parameters {
    /// None yet. On a device that is not burn's they lie on the CPU.
    pub(crate) fn new(device: &Device, rule: Rule) -> Self {
        Self { burn: device.burn(), rule, all: Vec::new() }
    }

    /// `CPU` or `WebGPU`.
    pub(crate) fn device(&self) -> DeviceKind {
        self.burn.kind
    }

    /// Adds a parameter of `[values.len() / columns, columns]`. `weight_decay` is added to its gradient times itself.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        columns: usize,
        values: Vec<f32>,
        weight_decay: f32,
    ) -> Weights {
        let shape = [values.len() / columns.max(1), columns];
        let value = matrix(values, shape[0], columns, &self.burn.device);
        self.all.push(Parameter { name, shape, value, weight_decay, optimisers: BTreeMap::new() });
        Weights(self.all.len() - 1)
    }

    /// Adds a table of vectors from N(0, `deviation`²), `[rows, columns]`.
    pub(crate) fn normal(
        &mut self,
        name: &'static str,
        [rows, columns]: [usize; 2],
        deviation: f32,
        chance: &mut Generator,
    ) -> Weights {
        self.add(name, columns, chance.normals(rows * columns, deviation), 0.0)
    }

    /// The leaves of a step's graph.
    pub(crate) fn leaves(&self) -> Leaves {
        let leaf = |parameter: &Parameter| parameter.value.clone().autodiff().require_grad();
        Leaves(self.all.iter().map(leaf).collect())
    }

    /// All values without a graph, to be looked at and not trained.
    pub(crate) fn constants(&self) -> Leaves {
        Leaves(self.all.iter().map(|parameter| parameter.value.clone()).collect())
    }

    /// A step down the gradient of `loss`, which was made of `leaves`. Parameters that it does not depend on stay.
    pub(crate) fn step(&mut self, leaves: &Leaves, loss: &Tensor<1>) {
        self.step_of(Objective::ONLY, leaves, loss, |_| true);
    }

    /// A step of the parameters that `moves` alone, down the gradient of one of several losses that take turns.
    pub(crate) fn step_of(
        &mut self,
        objective: Objective,
        leaves: &Leaves,
        loss: &Tensor<1>,
        moves: impl Fn(Weights) -> bool,
    ) {
        for (n, gradient) in leaves.gradients(loss).into_iter().enumerate() {
            if moves(Weights(n)) {
                self.step_along_of(objective, Weights(n), gradient);
            }
        }
    }

    /// A step of one parameter along a gradient; none without.
    pub(crate) fn step_along(&mut self, weights: Weights, gradient: Option<Tensor<2>>) {
        self.step_along_of(Objective::ONLY, weights, gradient);
    }

    fn step_along_of(&mut self, objective: Objective, weights: Weights, gradient: Option<Tensor<2>>) {
        let Some(gradient) = gradient else { return };
        let (rule, parameter) = (self.rule, &mut self.all[weights.0]);
        let optimiser =
            (parameter.optimisers.entry(objective)).or_insert_with(|| rule.optimiser(parameter.weight_decay));
        parameter.value = optimiser.step(parameter.value.clone(), gradient, None);
    }

    /// A step of one parameter along a gradient that was worked out on the host, row-major.
    pub(crate) fn step_along_numbers(&mut self, weights: Weights, gradient: Vec<f32>) {
        let [rows, columns] = self.all[weights.0].shape;
        let gradient = matrix(gradient, rows, columns, &self.burn.device);
        self.step_along(weights, Some(gradient));
    }

    /// Shortens rows that are longer than 1 to 1.
    pub(crate) fn clip_to_unit_ball(&mut self, weights: Weights) {
        let value = &mut self.all[weights.0].value;
        let length = value.clone().square().sum_dim(1).sqrt();
        *value = value.clone() / length.clamp_min(1.0);
    }

    /// The value on the host.
    ///
    /// # Errors
    /// When the device was lost.
    pub(crate) async fn table(&self, weights: Weights) -> Result<Table> {
        let Parameter { name, shape, value, .. } = &self.all[weights.0];
        Ok(Table { values: numbers(name, value.clone(), &self.burn).await?, columns: shape[1] })
    }

    /// A tower on the host.
    ///
    /// # Errors
    /// When the device was lost.
    pub(crate) async fn host_tower(&self, tower: &Tower) -> Result<HostTower> {
        let mut layers = Vec::with_capacity(tower.layers.len());
        for &(weights, bias) in &tower.layers {
            layers.push((self.table(weights).await?, self.table(bias).await?.values));
        }
        Ok(HostTower { layers })
    }

    /// The numbers of a tensor that belongs to a step of these parameters.
    ///
    /// # Errors
    /// When the device was lost.
    pub(crate) async fn read<const D: usize>(
        &self,
        what: &'static str,
        tensor: Tensor<D>,
    ) -> Result<Vec<f32>> {
        numbers(what, tensor, &self.burn).await
    }

    /// A matrix of given numbers as a leaf of its own: something that the host worked out, whose gradient it wants.
    pub(crate) fn leaf_of(&self, values: Vec<f32>, columns: usize) -> Tensor<2> {
        let rows = values.len() / columns.max(1);
        matrix(values, rows, columns, &self.burn.device).autodiff().require_grad()
    }

    /// Names and shapes, in the order in which they were added.
    #[cfg(test)]
    pub(crate) fn names_and_shapes(&self) -> Vec<(&'static str, [usize; 2])> {
        self.all.iter().map(|parameter| (parameter.name, parameter.shape)).collect()
    }

    /// The parameter that was added as the `n`-th, from 0.
    #[cfg(test)]
    pub(crate) fn numbered(n: usize) -> Weights {
        Weights(n)
    }

    /// Moves one entry of the `n`-th parameter, from 0.
    #[cfg(test)]
    pub(crate) fn nudge(&mut self, n: usize, entry: usize, by: f32) {
        let Parameter { name, shape, value, .. } = &mut self.all[n];
        let mut values = pollster::block_on(numbers(name, value.clone(), &self.burn)).unwrap();
        values[entry] += by;
        *value = matrix(values, shape[0], shape[1], &self.burn.device);
    }
}

/// The leaves of one step's graph, by parameter.
pub(crate) struct Leaves(Vec<Tensor<2>>);

impl Leaves {
    /// A parameter, `[rows, columns]`.
    pub(crate) fn of(&self, weights: Weights) -> Tensor<2> {
        self.0[weights.0].clone()
    }

    /// Chosen rows of a table, `[n, columns]`.
    pub(crate) fn rows(&self, weights: Weights, chosen: &[u32]) -> Tensor<2> {
        self.of(weights).select(0, self.indices(chosen))
    }

    /// Σ value · `weights[column]` over the entries of the chosen sparse rows, `[n, columns of weights]`.
    pub(crate) fn bags(&self, weights: Weights, rows: &SparseRows, chosen: &[u32]) -> Tensor<2> {
        bag(self.of(weights), rows, chosen)
    }

    /// Given numbers as a matrix.
    pub(crate) fn given(&self, values: Vec<f32>, columns: usize) -> Tensor<2> {
        let rows = values.len() / columns.max(1);
        matrix(values, rows, columns, &self.0[0].device())
    }

    /// Numbers of rows.
    pub(crate) fn indices(&self, chosen: &[u32]) -> Tensor<1, Int> {
        indices(chosen.iter().copied(), &self.0[0].device())
    }

    /// The gradient of a loss by each parameter; `None` where it does not depend on one.
    pub(crate) fn gradients(&self, loss: &Tensor<1>) -> Vec<Option<Tensor<2>>> {
        let mut gradients = loss.backward();
        self.0.iter().map(|leaf| leaf.grad_remove(&mut gradients)).collect()
    }
}

/// The numbers of a tensor, row-major; `what` is named where the device was lost.
///
/// # Errors
/// When the device was lost.
async fn numbers<const D: usize>(what: &'static str, tensor: Tensor<D>, burn: &Burn) -> Result<Vec<f32>> {
    let lost = |cause: String| Error::Device { device: burn.kind, what: format!("reading {what}: {cause}") };
    read(tensor).await.map_err(lost)
}
