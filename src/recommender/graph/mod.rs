//! Trainings by epochs on an engine: rows in a new order each epoch, steps, waits, losses by domain, weights to the host.
//! A model that trains so lays out its [`TrainingGraph`](crate::engine::TrainingGraph), says which terms the rows of a
//! domain train, and makes a [`Recommender`] of the weights; [`by_epochs`](super::by_epochs()) decides when it ends.

mod layout;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

pub use layout::{DomainTerms, Layout, counts, person_counts, plain, rating_rows, row_shares, zero_unrated};

use super::saved::Parts;
use super::state::{RunState, StateWriter, put_engine, refused, restore_engine};
use super::{Learner, Recommender, Slice, Work};
use crate::engine::{self, Backlog, Chunk, Device, DeviceKind, Engine, ParamId};
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::settings::ValidConfig;

/// Steps after which constrained parameters are put right, at the most.
const STEPS_BETWEEN_CONSTRAINTS: usize = 16;

/// The values of a graph's parameters on the host, row-major, by [`ParamId`].
pub type Weights = [Vec<f32>];

/// What is a model's own in a training on an engine.
pub trait GraphModel {
    /// The recommender of these weights.
    ///
    /// # Errors
    /// When the weights allow none.
    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>>;

    /// Parameters that have to keep a form that gradient steps do not keep, an orthogonal map for example.
    fn constrained(&self) -> &[ParamId] {
        &[]
    }

    /// The nearest values of the form to those of a constrained parameter, in place. It is called after 16 steps at
    /// the most, and at the end of an epoch.
    ///
    /// # Errors
    /// When there are none.
    fn constrain(&self, param: ParamId, values: &mut [f32]) -> Result<()> {
        let _ = (param, values);
        Ok(())
    }

    /// Parameters that [`GraphModel::follow`] is given.
    fn followed(&self) -> &[ParamId] {
        &[]
    }

    /// What is learnt beside the graph, from the followed parameters as they stand after an epoch, in their order.
    ///
    /// # Errors
    /// When nothing can be learnt from them.
    fn follow(&mut self, values: &Weights) -> Result<()> {
        let _ = values;
        Ok(())
    }
}

/// A learner on an engine.
pub struct GraphLearner<M> {
    model: M,
    engine: Box<dyn Engine>,
    backlog: Backlog,
    params: usize,
    domains: Vec<DomainTerms>,
    batch: usize,
    learning_rate: f32,
    chance: Generator,
    /// The epoch's rows, numbered through over the domains, in the order of training.
    order: Vec<u32>,
    next_row: usize,
    /// What the engine is told next, and the rows of one step by domain; kept for their memory.
    chunk: Chunk,
    chosen: Vec<Vec<u32>>,
    /// By term, rows since the last wait; then the sum of losses and the rows since the epoch began.
    rows: Vec<usize>,
    losses: Vec<(f64, usize)>,
}

impl<M: GraphModel> GraphLearner<M> {
    /// A learner of this graph, untrained.
    ///
    /// # Errors
    /// When the device refuses.
    pub fn new(layout: Layout, model: M, config: &ValidConfig, device: &Device) -> Result<Self> {
        let Layout { graph, domains } = layout;
        let (params, terms) = (graph.params.len(), graph.terms.len());
        let rows = domains.iter().map(|domain| domain.rows).sum::<usize>();
        let mut learner = Self {
            model,
            engine: engine::open(vec![graph], device)?,
            backlog: Backlog::new(device),
            params,
            batch: config.batch,
            learning_rate: config.learning_rate,
            chance: Generator::new(config.seed, "training"),
            order: (0..rows as u32).collect(),
            next_row: 0,
            chunk: Chunk::default(),
            chosen: vec![Vec::new(); domains.len()],
            domains,
            rows: vec![0; terms],
            losses: vec![(0.0, 0); terms],
        };
        learner.chance.shuffle(&mut learner.order);
        Ok(learner)
    }

    /// The next steps, up to the number of rows that the engine likes.
    fn fill_chunk(&mut self) {
        self.chunk.clear();
        let rows = self.engine.rows_per_call();
        let steps = if self.model.constrained().is_empty() { usize::MAX } else { STEPS_BETWEEN_CONSTRAINTS };
        while self.next_row < self.order.len() && self.chunk.rows_len() < rows && self.chunk.len() < steps {
            let end = (self.next_row + self.batch).min(self.order.len());
            self.fill_step(self.next_row..end);
            self.next_row = end;
        }
    }

    /// One step on a part of the order: Σ over its rows of the terms' losses, by their number.
    fn fill_step(&mut self, part: Range<usize>) {
        let total = part.len() as f32;
        self.chosen.iter_mut().for_each(Vec::clear);
        for &row in &self.order[part] {
            let mut row = row;
            for (domain, chosen) in self.domains.iter().zip(&mut self.chosen) {
                match row.checked_sub(domain.rows as u32) {
                    Some(beyond) => row = beyond,
                    None => {
                        chosen.push(row);
                        break;
                    }
                }
            }
        }
        for (domain, chosen) in self.domains.iter().zip(&self.chosen) {
            for &(term, weight) in &domain.terms {
                let key = self.chance.bits();
                let weight = weight * chosen.len() as f32 / total;
                self.chunk.push(term, weight, key, chosen.iter().copied());
                self.rows[term] += chosen.len();
            }
        }
        self.chunk.end_step();
    }

    /// Waits for the device and adds up its losses.
    async fn wait(&mut self) -> Result<()> {
        self.backlog.clear();
        let losses = self.engine.losses().await?;
        let rows = self.rows.iter_mut().map(std::mem::take);
        for ((sum, rows), loss) in self.losses.iter_mut().zip(rows).zip(losses.into_iter().flatten()) {
            let Some(loss) = loss else { continue };
            if !loss.is_finite() {
                return Err(Error::NotFinite {
                    what: "the training loss".into(),
                    steps: self.engine.steps(0),
                    learning_rate: self.learning_rate,
                });
            }
            sum.0 += f64::from(loss) * rows as f64;
            sum.1 += rows;
        }
        Ok(())
    }

    async fn step(&mut self) -> Result<Slice> {
        self.fill_chunk();
        self.engine.run(std::slice::from_ref(&self.chunk))?;
        for param in self.model.constrained().to_vec() {
            let mut values = self.engine.weights(0, param).await?;
            self.model.constrain(param, &mut values)?;
            self.engine.set_weights(0, param, &values);
        }
        let is_full = self.backlog.add();
        if self.next_row < self.order.len() {
            if is_full {
                self.wait().await?;
            }
            return Ok(Slice::Part(self.next_row as f32 / self.order.len() as f32));
        }
        // The next epoch's order, while the device is at the last steps of this one.
        self.backlog.send().await;
        self.chance.shuffle(&mut self.order);
        self.wait().await?;
        let followed = self.model.followed();
        if !followed.is_empty() {
            self.model.follow(&self.engine.own_weights(followed).await?)?;
        }
        self.next_row = 0;
        let means: Vec<f32> = (self.losses.iter_mut().map(std::mem::take))
            .map(|(sum, rows)| (sum / rows.max(1) as f64) as f32)
            .collect();
        let told = |domain: &DomainTerms| domain.terms.first().map_or(0.0, |&(term, _)| means[term]);
        Ok(Slice::Epoch(self.domains.iter().map(told).collect()))
    }

    async fn write(&self, state: &mut StateWriter) -> Result<bool> {
        // What is learnt beside the graph is not known here.
        let is_whole = self.model.followed().is_empty() && self.next_row == 0;
        if !is_whole || !put_engine(&*self.engine, state).await? {
            return Ok(false);
        }
        state.put_chance("chance", &self.chance)?;
        state.whole("order", &self.order);
        Ok(true)
    }

    fn restore(&mut self, state: &RunState) -> Result<()> {
        restore_engine(&mut *self.engine, state, &[])?;
        let rows = self.order.len();
        let found = |mut parts: Parts| Ok((parts.chance("chance")?, parts.indices("order", &[rows], rows)?));
        (self.chance, self.order) = state.parts(&[]).and_then(found).map_err(refused)?;
        Ok(())
    }

    async fn recommender(&self) -> Result<Arc<dyn Recommender>> {
        let all: Vec<ParamId> = (0..self.params).collect();
        let weights = self.engine.own_weights(&all).await?;
        if !weights.iter().flatten().all(|weight| weight.is_finite()) {
            let (steps, learning_rate) = (self.engine.steps(0), self.learning_rate);
            return Err(Error::NotFinite { what: "a vector or a weight".into(), steps, learning_rate });
        }
        self.model.recommender(&weights)
    }
}

impl<M: GraphModel> Learner for GraphLearner<M> {
    fn device(&self) -> DeviceKind {
        self.engine.device()
    }

    fn advance(&mut self) -> Work<'_, Slice> {
        Box::pin(self.step())
    }

    fn model(&self) -> Work<'_, Arc<dyn Recommender>> {
        Box::pin(self.recommender())
    }

    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        Box::pin(self.write(state))
    }

    fn resume<'a>(&'a mut self, state: &'a RunState<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.restore(state) })
    }
}
