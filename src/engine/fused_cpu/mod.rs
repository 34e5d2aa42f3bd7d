//! The fused engine of the CPU: one call takes a chunk of steps, and a step gathers rows, runs them forward and backward
//! through the network a tile at a time, and applies Adam, without leaving the cache for more than the rows it names and
//! without asking for memory. The reference engine says what a step means; docs/benchmarks.md says how fast each is.
//!
//! In the order of a step: [`fetched`] are the ratings that it names; [`rating`], [`pair`] and [`autoencoder`] are the
//! terms; [`gather`] brings vectors in and gradients back; [`network`] and [`layer`] are the heads; [`product`] is the matrix
//! product in registers, and [`kernels`] writes those that the browser compiles; [`table`] and [`matrix`] keep parameters,
//! moments and gradients; [`adam`](super::adam) is the rule, and [`idle`](super::idle) what it does with rows that no step
//! names.

mod aligned;
mod autoencoder;
mod fetched;
mod gather;
mod isa;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "natively only the tests write kernels"))]
mod kernels;
mod layer;
mod loops;
mod matrix;
mod network;
mod pair;
mod plan;
mod product;
mod rating;
mod table;
#[cfg(test)]
mod tests;
mod transpose;

use pulp::{Simd, WithSimd};

#[cfg(target_arch = "wasm32")]
pub use kernels::{KernelLoader, Kernels, set_kernel_loader, use_kernels};

use super::saved::refused;
use super::{Chunk, Engine, ParamId, ParamState, Reading, Share, TrainingGraph};
use crate::engine::DeviceKind;
use crate::error::Result;
pub(crate) use isa::Isa;
use plan::{Place, Plan, TermPlan};

/// Rows of a call of [`Engine::run`]: a few milliseconds.
const ROWS_PER_CALL: usize = 16_384;

/// Trains on one thread of the CPU.
pub struct FusedCpu {
    isa: Isa,
    replicas: Vec<Replica>,
}

struct Replica {
    plan: Plan,
    /// Per term: sum of the rows' losses and number of rows.
    sums: Vec<(f64, usize)>,
    steps: usize,
}

impl FusedCpu {
    /// Lays out the training graphs, a replica each.
    pub fn new(tables: Vec<TrainingGraph>) -> Self {
        let replicas = tables.into_iter().map(|table| Replica {
            sums: vec![(0.0, 0); table.terms.len()],
            plan: Plan::new(table),
            steps: 0,
        });
        Self { isa: Isa::detect(), replicas: replicas.collect() }
    }
}

impl Engine for FusedCpu {
    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn replicas(&self) -> usize {
        self.replicas.len()
    }

    fn run(&mut self, chunks: &[Chunk]) -> Result<()> {
        for (replica, chunk) in self.replicas.iter_mut().zip(chunks) {
            self.isa.run(Steps { replica, chunk });
        }
        Ok(())
    }

    fn rows_per_call(&self) -> usize {
        ROWS_PER_CALL
    }

    fn gradients(&mut self, replica: usize, chunk: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        let replica = &mut self.replicas[replica];
        let sums = replica.sums.clone();
        self.isa.run(FirstGradients { replica, chunk });
        replica.sums = sums;
        let gradients = (replica.plan.places.iter())
            .map(|place| match *place {
                Place::Table(n) => replica.plan.params.tables[n].take_gradient(),
                Place::Matrix(n) => replica.plan.params.matrices[n].take_gradient(),
            })
            .collect();
        Box::pin(async { Ok(gradients) })
    }

    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
        let mean = |(sum, rows): (f64, usize)| (rows > 0).then(|| (sum / rows as f64) as f32);
        let losses = (self.replicas.iter_mut())
            .map(|replica| replica.sums.iter_mut().map(std::mem::take).map(mean).collect())
            .collect();
        Box::pin(async { Ok(losses) })
    }

    fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
        let values = |&(replica, param): &(usize, ParamId)| {
            let plan = &self.replicas[replica].plan;
            match plan.places[param] {
                Place::Table(n) => plan.params.tables[n].get(),
                Place::Matrix(n) => plan.params.matrices[n].get(),
            }
        };
        let values = wanted.iter().map(values).collect();
        Box::pin(async { Ok(values) })
    }

    fn set_weights(&mut self, replica: usize, param: ParamId, values: &[f32]) {
        let plan = &mut self.replicas[replica].plan;
        match plan.places[param] {
            Place::Table(n) => plan.params.tables[n].set(values),
            Place::Matrix(n) => plan.params.matrices[n].set(values),
        }
    }

    fn steps(&self, replica: usize) -> usize {
        self.replicas[replica].steps
    }

    fn state(&self, replica: usize) -> Reading<'_, Option<Vec<ParamState>>> {
        let plan = &self.replicas[replica].plan;
        let state = |place: &Place| match *place {
            Place::Table(n) => plan.params.tables[n].state(),
            Place::Matrix(n) => plan.params.matrices[n].state(),
        };
        let states = plan.places.iter().map(state).collect();
        Box::pin(async { Ok(Some(states)) })
    }

    fn restore(&mut self, replica: usize, params: Vec<ParamState>, steps: usize) -> Result<()> {
        let Replica { plan, steps: own, .. } = &mut self.replicas[replica];
        if params.len() != plan.places.len() {
            return Err(refused("it has parameters of another network"));
        }
        for (place, state) in plan.places.iter().zip(params) {
            match *place {
                Place::Table(n) => plan.params.tables[n].restore(state)?,
                Place::Matrix(n) => plan.params.matrices[n].restore(&state)?,
            }
        }
        *own = steps;
        Ok(())
    }
}

/// All steps of a chunk.
struct Steps<'a> {
    replica: &'a mut Replica,
    chunk: &'a Chunk,
}

impl WithSimd for Steps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.replica.fetch(self.chunk, self.chunk.steps());
        for shares in self.chunk.steps() {
            self.replica.add_gradients(simd, self.chunk, shares);
            let Plan { params, rules, .. } = &mut self.replica.plan;
            params.tables.iter_mut().for_each(|table| table.step(simd, rules));
            params.matrices.iter_mut().for_each(|matrix| matrix.step(simd, rules));
            self.replica.steps += 1;
        }
    }
}

/// The gradients of a chunk's first step.
struct FirstGradients<'a> {
    replica: &'a mut Replica,
    chunk: &'a Chunk,
}

impl WithSimd for FirstGradients<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.replica.fetch(self.chunk, [self.chunk.step(0)].into_iter());
        self.replica.add_gradients(simd, self.chunk, self.chunk.step(0));
    }
}

impl Replica {
    /// Fetches the ratings that some steps name, before the first of them. They lie all over the memory, and the processor
    /// waits for many at the same time here; in the midst of a step it would wait for each.
    fn fetch<'a>(&mut self, chunk: &Chunk, steps: impl Iterator<Item = &'a [Share]>) {
        let terms = &mut self.plan.terms;
        for term in terms.iter_mut() {
            if let TermPlan::Rating(term) = term {
                term.fetched.clear();
            }
        }
        for share in steps.flatten() {
            if let TermPlan::Rating(term) = &mut terms[share.term] {
                term.fetched.fetch(&term.rows, chunk.rows(share));
            }
        }
    }

    /// Adds the gradients of a step's shares to the parameters', and their losses to the sums.
    fn add_gradients<S: Simd>(&mut self, simd: S, chunk: &Chunk, shares: &[Share]) {
        let Plan { params, networks, terms, .. } = &mut self.plan;
        for share in shares {
            let rows = chunk.rows(share);
            let sum = match &mut terms[share.term] {
                TermPlan::Rating(term) => {
                    let network = &mut networks[term.head];
                    term.run(simd, params, network, rows.len(), share.weight, share.key)
                }
                TermPlan::Pair(term) => term.run(simd, params, rows, share.weight),
                TermPlan::Autoencoder(term) => term.run(simd, params, rows, share.weight),
            };
            self.sums[share.term].0 += sum;
            self.sums[share.term].1 += rows.len();
        }
    }
}
