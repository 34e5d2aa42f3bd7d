//! The reference engine: burn's tensors and automatic differentiation, on the CPU (flex) or on WebGPU. It says
//! what a step *means*; faster engines are held against it.

mod autoencoder;
mod pair;
mod rating;

use burn::optim::{Adam as BurnAdam, AdamConfig, AdamState, Optimizer, decay::WeightDecayConfig};
use burn::tensor::{Int, Tensor, TensorData};

use super::{
    Batch, Dense, Device, Engine, Entries, Gather, LayerTable, Param, ParamId, Reading, Share, Term,
};
use crate::error::{Error, Result};

/// Trains with burn.
pub struct ReferenceEngine {
    table: LayerTable,
    device: Device,
    params: Vec<Tensor<2>>,
    optimisers: Vec<BurnAdam>,
    moments: Vec<Option<AdamState<2>>>,
    /// Per term: sum of the rows' losses on the device, and the number of rows.
    sums: Vec<Option<(Tensor<1>, usize)>>,
    steps: usize,
}

impl ReferenceEngine {
    /// Puts the layer table's first values on the device.
    pub fn new(mut table: LayerTable, device: &Device) -> Self {
        let params = table
            .params
            .iter_mut()
            .map(|p| matrix(std::mem::take(&mut p.values), p.rows, p.columns, &device.burn))
            .collect();
        let optimisers = table
            .params
            .iter()
            .map(|p| {
                AdamConfig::new()
                    .with_beta_1(table.adam.beta_1)
                    .with_beta_2(table.adam.beta_2)
                    .with_epsilon(table.adam.epsilon)
                    .with_weight_decay((p.weight_decay > 0.0).then(|| WeightDecayConfig::new(p.weight_decay)))
                    .build()
            })
            .collect();
        let moments = table.params.iter().map(|_| None).collect();
        let sums = table.terms.iter().map(|_| None).collect();
        Self { table, device: device.clone(), params, optimisers, moments, sums, steps: 0 }
    }

    /// The leaves of a step's graph, and the loss on them; adds to the terms' sums.
    fn forward(&mut self, shares: &[Share]) -> (Vec<Tensor<2>>, Tensor<1>) {
        let leaves: Vec<Tensor<2>> = self
            .params
            .iter()
            .zip(&self.table.params)
            .map(|(tensor, param)| {
                let leaf = tensor.clone().autodiff();
                if param.trainable { leaf.require_grad() } else { leaf }
            })
            .collect();
        let graph = Graph { table: &self.table, leaves: &leaves };
        let mut total: Option<Tensor<1>> = None;
        for share in shares.iter().filter(|share| !share.batch.is_empty()) {
            let rows = share.batch.len();
            let Loss { data, penalty } = match (&self.table.terms[share.term], &share.batch) {
                (Term::Rating(term), Batch::Rating(batch)) => rating::loss(&graph, term, batch),
                (Term::Pair(term), Batch::Pair(batch)) => pair::loss(&graph, term, batch),
                (Term::Autoencoder(term), Batch::Autoencoder(batch)) => {
                    autoencoder::loss(&graph, term, batch)
                }
                // A batch of another kind than its term is a mistake in the model's code, not a person's.
                _ => continue,
            };
            let sum = data.clone().inner().mul_scalar(rows as f32);
            let entry = &mut self.sums[share.term];
            *entry = Some(match entry.take() {
                Some((before, n)) => (before + sum, n + rows),
                None => (sum, rows),
            });
            let loss = match penalty {
                Some(penalty) => data + penalty,
                None => data,
            }
            .mul_scalar(share.weight);
            total = Some(match total {
                Some(sum) => sum + loss,
                None => loss,
            });
        }
        let total = total.unwrap_or_else(|| Tensor::zeros([1], &self.device.burn.clone().autodiff()));
        (leaves, total)
    }
}

impl Engine for ReferenceEngine {
    fn step(&mut self, shares: &[Share]) -> Result<()> {
        let (leaves, loss) = self.forward(shares);
        if !loss.is_tracked() {
            return Ok(());
        }
        let mut gradients = loss.backward();
        for (id, leaf) in leaves.iter().enumerate() {
            if !self.table.params[id].trainable {
                continue;
            }
            let Some(gradient) = leaf.grad_remove(&mut gradients) else { continue };
            let (updated, moments) = self.optimisers[id].step(
                f64::from(self.table.adam.learning_rate),
                self.params[id].clone(),
                gradient,
                self.moments[id].take(),
            );
            self.params[id] = updated;
            self.moments[id] = moments;
        }
        self.steps += 1;
        Ok(())
    }

    fn gradients(&mut self, shares: &[Share]) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        let (leaves, loss) = self.forward(shares);
        self.sums.iter_mut().for_each(|sum| *sum = None);
        let device = self.device.clone();
        Box::pin(async move {
            let mut gradients = loss.backward();
            let mut read = Vec::with_capacity(leaves.len());
            for leaf in &leaves {
                read.push(match leaf.grad_remove(&mut gradients) {
                    Some(gradient) => Some(numbers(gradient, &device).await?),
                    None => None,
                });
            }
            Ok(read)
        })
    }

    fn losses(&mut self) -> Reading<'_, Vec<Option<f32>>> {
        let sums: Vec<_> = self.sums.iter_mut().map(Option::take).collect();
        Box::pin(async move {
            let mut losses = Vec::with_capacity(sums.len());
            for sum in sums {
                losses.push(match sum {
                    Some((sum, rows)) => Some(numbers(sum, &self.device).await?[0] / rows as f32),
                    None => None,
                });
            }
            Ok(losses)
        })
    }

    fn weights(&self, param: ParamId) -> Reading<'_, Vec<f32>> {
        Box::pin(numbers(self.params[param].clone(), &self.device))
    }

    fn set_weights(&mut self, param: ParamId, values: &[f32]) {
        let Param { rows, columns, .. } = self.table.params[param];
        self.params[param] = matrix(values.to_vec(), rows, columns, &self.device.burn);
    }

    fn steps(&self) -> usize {
        self.steps
    }
}

/// A term's loss: the mean over its rows, and what is added to it as a penalty. Both `[1]`.
struct Loss {
    data: Tensor<1>,
    penalty: Option<Tensor<1>>,
}

/// The leaves of one step's graph by parameter.
struct Graph<'a> {
    table: &'a LayerTable,
    leaves: &'a [Tensor<2>],
}

impl Graph<'_> {
    fn leaf(&self, param: ParamId) -> Tensor<2> {
        self.leaves[param].clone()
    }

    fn device(&self) -> burn::tensor::Device {
        self.leaves[0].device()
    }

    /// `[n]` row numbers as a tensor.
    fn indices(&self, rows: &[i32]) -> Tensor<1, Int> {
        Tensor::from_data(TensorData::new(rows.to_vec(), [rows.len()]), &self.device())
    }

    /// `[n, columns]` given numbers as a tensor.
    fn given(&self, values: &[f32], columns: usize) -> Tensor<2> {
        matrix(values.to_vec(), values.len() / columns.max(1), columns, &self.device())
    }

    /// `x · weights + bias`, `[n, inputs]` to `[n, outputs]`.
    fn dense(&self, layer: Dense, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.leaf(layer.weights)) + self.leaf(layer.bias)
    }

    /// Σ value · `weights[column]` by row: a weighted bag of rows, `[rows, k]`.
    fn bag(&self, weights: ParamId, rows: usize, entries: &Entries) -> Tensor<2> {
        let columns = self.table.params[weights].columns;
        let zeros = Tensor::zeros([rows, columns], &self.device());
        if entries.rows.is_empty() {
            return zeros;
        }
        let picked =
            self.leaf(weights).select(0, self.indices(&entries.columns)) * self.given(&entries.values, 1);
        zeros.select_assign(0, self.indices(&entries.rows), picked, burn::tensor::IndexingUpdateOp::Add)
    }

    /// Table rows of a gather before tower and map, `[n, k]`.
    fn rows(&self, gather: &Gather, indices: &[i32]) -> Tensor<2> {
        self.leaf(gather.table).select(0, self.indices(indices))
    }

    /// Adds the tower, goes through the map and stops gradients, as the gather says.
    fn finish(&self, gather: &Gather, rows: Tensor<2>, features: Option<&Entries>) -> Tensor<2> {
        let n = rows.dims()[0];
        let rows = match (gather.tower, features) {
            (Some(tower), Some(entries)) => rows + self.bag(tower.weights, n, entries),
            _ => rows,
        };
        let rows = match gather.through {
            Some(through) if through.transposed => rows.matmul(self.leaf(through.map)),
            Some(through) => rows.matmul(self.leaf(through.map).transpose()),
            None => rows,
        };
        if gather.detach { rows.detach() } else { rows }
    }
}

fn matrix(values: Vec<f32>, rows: usize, columns: usize, device: &burn::tensor::Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

async fn numbers<const D: usize>(tensor: Tensor<D>, device: &Device) -> Result<Vec<f32>> {
    let lost = |what: String| Error::Device {
        device: if device.is_queued() { "WebGPU device" } else { "CPU" },
        what,
    };
    let data = tensor.into_data_async().await.map_err(|error| lost(format!("{error:?}")))?;
    data.try_into_vec::<f32>().map_err(|error| lost(format!("{error:?}")))
}
