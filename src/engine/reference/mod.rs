//! The reference engine: burn's tensors and automatic differentiation, on the CPU (flex) or on WebGPU. It says
//! what a step *means*; the fused engines are held against it.

mod adam;
pub(crate) mod autoencoder;
#[cfg(target_arch = "wasm32")]
pub(crate) mod constructors;
mod device;
mod pair;
mod rating;

use burn::tensor::{Int, Tensor, TensorData};

use super::{
    Chunk, Dense, Device, Engine, Gather, Param, ParamId, Reading, Share, SparseRows, Term, TrainingGraph,
};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
pub(crate) use adam::Optimiser;
pub(crate) use device::Burn;

/// Trains with burn.
pub struct ReferenceEngine {
    replicas: Vec<Replica>,
    burn: Burn,
}

struct Replica {
    table: TrainingGraph,
    device: burn::tensor::Device,
    params: Vec<Tensor<2>>,
    optimisers: Vec<Optimiser>,
    /// Per term: sum of the rows' losses on the device, and the number of rows.
    sums: Vec<Option<(Tensor<1>, usize)>>,
    steps: usize,
}

impl ReferenceEngine {
    /// Puts the training graphs' first values on the device, a replica each. A device that is not burn's means the CPU.
    pub fn new(tables: Vec<TrainingGraph>, device: &Device) -> Self {
        let burn = device.burn();
        Self { replicas: tables.into_iter().map(|table| Replica::new(table, &burn.device)).collect(), burn }
    }
}

impl Replica {
    fn new(mut table: TrainingGraph, device: &burn::tensor::Device) -> Self {
        let params = table
            .params
            .iter_mut()
            .map(|p| matrix(std::mem::take(&mut p.values), p.rows, p.columns, device))
            .collect();
        let tables = table.gathered_tables();
        let optimisers = table
            .params
            .iter()
            .zip(tables)
            .map(|(param, is_table)| Optimiser::new(table.adam, param.weight_decay, is_table))
            .collect();
        let sums = table.terms.iter().map(|_| None).collect();
        Self { table, device: device.clone(), params, optimisers, sums, steps: 0 }
    }

    /// The leaves of a step's graph, and the loss on them; adds to the terms' sums.
    fn forward(&mut self, chunk: &Chunk, shares: &[Share]) -> (Vec<Tensor<2>>, Tensor<1>) {
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
        for share in shares {
            let rows = chunk.rows(share);
            let Loss { data, penalty } = match &self.table.terms[share.term] {
                Term::Rating(term) => rating::loss(&graph, share.term, term, rows, share.key),
                Term::Pair(term) => pair::loss(&graph, term, rows),
                Term::Autoencoder(term) => autoencoder::loss(&graph, term, rows),
            };
            let sum = data.clone().inner().mul_scalar(rows.len() as f32);
            let entry = &mut self.sums[share.term];
            *entry = Some(match entry.take() {
                Some((before, n)) => (before + sum, n + rows.len()),
                None => (sum, rows.len()),
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
        let total = total.unwrap_or_else(|| Tensor::zeros([1], &self.device.clone().autodiff()));
        (leaves, total)
    }

    fn step(&mut self, chunk: &Chunk, shares: &[Share]) {
        let (leaves, loss) = self.forward(chunk, shares);
        if !loss.is_tracked() {
            return;
        }
        let mut gradients = loss.backward();
        for (id, leaf) in leaves.iter().enumerate() {
            if !self.table.params[id].trainable {
                continue;
            }
            let Some(gradient) = leaf.grad_remove(&mut gradients) else { continue };
            let optimiser = &mut self.optimisers[id];
            let touched = optimiser.wants_touched_rows().then(|| self.table.touched_rows(id, chunk, shares));
            self.params[id] = optimiser.step(self.params[id].clone(), gradient, touched.as_deref());
        }
        self.steps += 1;
    }
}

impl Engine for ReferenceEngine {
    fn device(&self) -> DeviceKind {
        self.burn.kind
    }

    fn replicas(&self) -> usize {
        self.replicas.len()
    }

    fn run(&mut self, chunks: &[Chunk]) -> Result<()> {
        for (replica, chunk) in self.replicas.iter_mut().zip(chunks) {
            chunk.steps().for_each(|shares| replica.step(chunk, shares));
        }
        Ok(())
    }

    fn rows_per_call(&self) -> usize {
        // One step: each is slow, and on WebGPU the queue grows without bound if nobody waits.
        1
    }

    fn gradients(&mut self, replica: usize, chunk: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        let replica = &mut self.replicas[replica];
        let (leaves, loss) = replica.forward(chunk, chunk.step(0));
        replica.sums.iter_mut().for_each(|sum| *sum = None);
        let burn = self.burn.clone();
        Box::pin(async move {
            let mut gradients = loss.backward();
            let mut read = Vec::with_capacity(leaves.len());
            for leaf in &leaves {
                read.push(match leaf.grad_remove(&mut gradients) {
                    Some(gradient) => Some(numbers(gradient, &burn).await?),
                    None => None,
                });
            }
            Ok(read)
        })
    }

    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
        let sums: Vec<Vec<_>> =
            self.replicas.iter_mut().map(|r| r.sums.iter_mut().map(Option::take).collect()).collect();
        Box::pin(async move {
            let mut losses = Vec::with_capacity(sums.len());
            for terms in sums {
                let mut means = Vec::with_capacity(terms.len());
                for sum in terms {
                    means.push(match sum {
                        Some((sum, rows)) => Some(numbers(sum, &self.burn).await?[0] / rows as f32),
                        None => None,
                    });
                }
                losses.push(means);
            }
            Ok(losses)
        })
    }

    fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
        let wanted: Vec<_> =
            wanted.iter().map(|&(replica, param)| self.replicas[replica].params[param].clone()).collect();
        Box::pin(async {
            let mut values = Vec::with_capacity(wanted.len());
            for tensor in wanted {
                values.push(numbers(tensor, &self.burn).await?);
            }
            Ok(values)
        })
    }

    fn set_weights(&mut self, replica: usize, param: ParamId, values: &[f32]) {
        let replica = &mut self.replicas[replica];
        let Param { rows, columns, .. } = replica.table.params[param];
        replica.params[param] = matrix(values.to_vec(), rows, columns, &self.burn.device);
    }

    fn steps(&self, replica: usize) -> usize {
        self.replicas[replica].steps
    }
}

/// A term's loss: the mean over its rows, and what is added to it as a penalty. Both `[1]`.
struct Loss {
    data: Tensor<1>,
    penalty: Option<Tensor<1>>,
}

/// The leaves of one step's graph by parameter.
struct Graph<'a> {
    table: &'a TrainingGraph,
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
    fn indices(&self, rows: impl Iterator<Item = u32>) -> Tensor<1, Int> {
        indices(rows, &self.device())
    }

    /// `[n, columns]` given numbers as a tensor.
    fn given(&self, values: Vec<f32>, columns: usize) -> Tensor<2> {
        let rows = values.len() / columns.max(1);
        matrix(values, rows, columns, &self.device())
    }

    /// `x · weights + bias`, `[n, inputs]` to `[n, outputs]`.
    fn dense(&self, layer: Dense, x: Tensor<2>) -> Tensor<2> {
        x.matmul(self.leaf(layer.weights)) + self.leaf(layer.bias)
    }

    /// Σ value · `weights[column]` over the entries of the chosen rows: a weighted bag of rows, `[rows, k]`.
    fn bag(&self, weights: ParamId, rows: &SparseRows, chosen: &[u32]) -> Tensor<2> {
        bag(self.leaf(weights), rows, chosen)
    }

    /// Table rows of a gather before tower and map, `[n, k]`.
    fn rows(&self, gather: &Gather, rows: &[u32]) -> Tensor<2> {
        self.leaf(gather.table).select(0, self.indices(rows.iter().copied()))
    }

    /// Adds the tower, goes through the map and stops gradients, as the gather says. `vectors` are the table's for
    /// `rows`, or zeros where they are withheld.
    fn finish(&self, gather: &Gather, vectors: Tensor<2>, rows: &[u32]) -> Tensor<2> {
        let vectors = match &gather.tower {
            Some(tower) => vectors + self.bag(tower.weights, &tower.features, rows),
            None => vectors,
        };
        let vectors = match gather.through {
            Some(through) if through.transposed => vectors.matmul(self.leaf(through.map)),
            Some(through) => vectors.matmul(self.leaf(through.map).transpose()),
            None => vectors,
        };
        if gather.detach { vectors.detach() } else { vectors }
    }
}

/// Entries of chosen sparse rows: position among the chosen, column, value.
#[derive(Default)]
struct Entries {
    rows: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Entries {
    fn of(rows: &SparseRows, chosen: &[u32]) -> Self {
        let mut entries = Self::default();
        for (position, &row) in chosen.iter().enumerate() {
            let (columns, values) = rows.row(row as usize);
            entries.rows.extend(std::iter::repeat_n(position as u32, columns.len()));
            entries.columns.extend_from_slice(columns);
            entries.values.extend_from_slice(values);
        }
        entries
    }
}

/// Σ value · `weights[column]` over the entries of the chosen rows: a weighted bag of rows, `[chosen, k]`.
pub(crate) fn bag(weights: Tensor<2>, rows: &SparseRows, chosen: &[u32]) -> Tensor<2> {
    let device = weights.device();
    let zeros = Tensor::zeros([chosen.len(), weights.dims()[1]], &device);
    let entries = Entries::of(rows, chosen);
    if entries.rows.is_empty() {
        return zeros;
    }
    let n = entries.values.len();
    let columns = indices(entries.columns.into_iter(), &device);
    let picked = weights.select(0, columns) * matrix(entries.values, n, 1, &device);
    let rows = indices(entries.rows.into_iter(), &device);
    zeros.select_assign(0, rows, picked, burn::tensor::IndexingUpdateOp::Add)
}

/// `[n]` row numbers as a tensor.
pub(crate) fn indices(rows: impl Iterator<Item = u32>, device: &burn::tensor::Device) -> Tensor<1, Int> {
    let rows: Vec<i32> = rows.map(|row| row as i32).collect();
    let shape = [rows.len()];
    Tensor::from_data(TensorData::new(rows, shape), device)
}

pub(crate) fn matrix(
    values: Vec<f32>,
    rows: usize,
    columns: usize,
    device: &burn::tensor::Device,
) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, [rows, columns]), device)
}

async fn numbers<const D: usize>(tensor: Tensor<D>, burn: &Burn) -> Result<Vec<f32>> {
    read(tensor).await.map_err(|what| Error::Device { device: burn.kind, what })
}

/// The numbers of a tensor, row-major.
///
/// # Errors
/// In burn's words, when the device was lost.
pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> std::result::Result<Vec<f32>, String> {
    let data = tensor.into_data_async().await.map_err(|error| format!("{error:?}"))?;
    data.try_into_vec::<f32>().map_err(|error| format!("{error:?}"))
}
