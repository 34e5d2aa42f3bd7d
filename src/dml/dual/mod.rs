//! The dual loop (paper, Algorithm 1): own-domain pass, mapping, cross-domain pass, until convergence. One call
//! does one mini-batch, so that a person can stop it between any two.

mod criterion;
mod state;
mod step;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::assembly::Assembly;
use super::autoencoder::into_unit_ball;
use super::mapping::{Mapping, MappingAdam, mean_embedding};
use super::model::Dml;
use super::plan::{LinkPairs, Plan, plan};
use super::sources::{DomainCodes, TrainingRows};
use crate::baselines::bias::Biases;
use crate::data::UserId;
use crate::engine::{self, Backlog, Chunk, Device, DeviceKind, Engine, ParamId};
use crate::error::{Error, Result};
use crate::metrics;
use crate::recommender::convergence::{Convergence, Measured, Verdict};
use crate::recommender::validation::validation_errors;
use crate::recommender::{DomainLosses, MappingState, Stopping};
use crate::rng::Generator;
use crate::settings::{MappingOptimiser, MappingUpdate, Schedule, ValidConfig};
use crate::split::{Crossing, LinkedPair, Rows, Training};
use criterion::Criterion;

/// What one pass over the training rows trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    /// r_A = RS_A(W_uA, W_iA), and the same for B (lines 3 to 7).
    Own,
    /// r*_A through the map (lines 12 to 16).
    Cross,
    /// Both in every step.
    Joint,
}

/// What a call of [`Dual::advance`] came to.
#[derive(Clone, Debug)]
pub(super) enum Progress {
    /// Some mini-batches.
    Batch,
    /// The last mini-batches of an epoch.
    Epoch { domains: Vec<DomainLosses>, mapping: MappingState },
    /// The end, and why.
    Done { domains: Vec<DomainLosses>, mapping: MappingState, reason: String },
}

/// State of the dual loop.
pub(super) struct Dual {
    config: ValidConfig,
    training: Training,
    biases: Vec<Arc<Biases>>,
    plan: Plan,
    engine: Box<dyn Engine>,
    backlog: Backlog,
    validation: Vec<Rows>,
    /// Linked pairs by link, and those of them that X is learnt from.
    pairs: Vec<Vec<LinkedPair>>,
    warm_pairs: Vec<Vec<LinkedPair>>,
    /// Held-out pairs by link, to be measured only.
    watched: Vec<Vec<(UserId, UserId)>>,
    mappings: Vec<Mapping>,
    mapping_adam: Vec<MappingAdam>,
    chance: Generator,
    /// As it was before the epoch.
    chance_before: Generator,
    passes: Vec<Pass>,
    pass: usize,
    /// The pass's rows in the order of training, numbered through over the domains: one order for all, or one each.
    orders: Vec<Vec<u32>>,
    /// Whether the order is already that of the pass that comes next.
    is_ordered: bool,
    /// Steps of the pass, and how many of them are done.
    steps: usize,
    next_step: usize,
    /// What the engine is told next, and the rows of one step by domain; kept for their memory.
    chunk: Chunk,
    chosen: Vec<Vec<u32>>,
    /// Sum of losses and number of waits by term since the epoch began.
    losses: Vec<(f64, u32)>,
    epoch: usize,
    /// The epoch that the model is of.
    kept_epoch: usize,
    convergence: Convergence<Dml>,
    /// The loss that convergence is told by, where it is.
    criterion: Option<Criterion>,
    model: Arc<Dml>,
}

impl Dual {
    /// An untrained loop. `codes` are the autoencoders' by domain, where they are used; `watched` are pairs to be
    /// measured and not trained on; `stopping` ends the run.
    pub(super) async fn new(
        config: &ValidConfig,
        training: &Training,
        device: &Device,
        biases: &[Arc<Biases>],
        codes: &[DomainCodes],
        watched: &[Vec<(UserId, UserId)>],
        stopping: Stopping,
    ) -> Result<Self> {
        let links = training.links();
        let mappings: Vec<Mapping> = links.iter().map(|_| Mapping::identity(config.dimension)).collect();
        let maps: Vec<Vec<f32>> = mappings.iter().map(Mapping::as_rows).collect();
        let overlap: Vec<Vec<LinkedPair>> = (0..links.len()).map(|l| training.overlap_pairs(l)).collect();
        let pairs = match training.crossing() {
            Crossing::All => overlap.clone(),
            Crossing::Biases | Crossing::Nothing => vec![Vec::new(); links.len()],
        };
        let rated = |d: usize, user: UserId| biases[d].user_counts[user.index()] > 0;
        let warm_pairs: Vec<Vec<LinkedPair>> = (pairs.iter().zip(&links))
            .map(|(pairs, &(a, b))| {
                pairs.iter().filter(|p| p.warm && rated(a, p.a) && rated(b, p.b)).copied().collect()
            })
            .collect();
        let link_pairs: Vec<LinkPairs> =
            overlap.iter().zip(&warm_pairs).map(|(overlap, warm)| LinkPairs { overlap, warm }).collect();
        let (table, plan) = plan(config, training, biases, codes, &link_pairs, &maps);
        if plan.domains.iter().all(|domain| domain.rows == 0) {
            return Err(Error::data("no rating is left to train on", "Load files with more people"));
        }
        let losses = vec![(0.0, 0); table.terms.len()];
        let engine = engine::open(vec![table], device)?;
        let watched = (watched.iter().zip(&links))
            .map(|(pairs, &(a, b))| {
                pairs.iter().filter(|p| rated(a, p.0) && rated(b, p.1)).copied().collect()
            })
            .collect();
        let assembly = Assembly { config, training, biases, plan: &plan, engine: &*engine };
        let model = Arc::new(assembly.model(&mappings, &pairs).await?);
        let has_cross =
            !plan.cross.is_empty() && overlap.iter().any(|p| !p.is_empty()) && config.cross_weight > 0.0;
        let passes = match (config.schedule, has_cross) {
            (Schedule::Joint, true) => vec![Pass::Joint],
            (Schedule::Alternating, true) => vec![Pass::Own, Pass::Cross],
            (_, false) => vec![Pass::Own],
        };
        let convergence = Convergence::new(config, stopping);
        let training_rows =
            (0..training.domains()).map(|d| TrainingRows::new(config, training, d).recommended);
        let criterion = convergence.needs_loss().then(|| Criterion::new(config, training_rows));
        let mut dual = Self {
            config: config.clone(),
            training: training.clone(),
            biases: biases.to_vec(),
            plan,
            engine,
            backlog: Backlog::new(device),
            validation: (0..training.domains()).map(|d| training.validation(d)).collect(),
            pairs,
            warm_pairs,
            watched,
            mapping_adam: mappings.iter().map(|_| MappingAdam::new()).collect(),
            mappings,
            chance: Generator::new(config.seed, "training"),
            chance_before: Generator::new(config.seed, "training"),
            passes,
            pass: 0,
            orders: Vec::new(),
            is_ordered: false,
            steps: 0,
            next_step: 0,
            chunk: Chunk::default(),
            chosen: vec![Vec::new(); training.domains()],
            losses,
            epoch: 0,
            kept_epoch: 0,
            convergence,
            criterion,
            model,
        };
        if dual.plan.domains.iter().any(|domain| domain.users.is_learnt) {
            // Two learnt spaces have nothing to do with each other at first: X starts where chance has put them, so
            // that the identity means nothing, then or later.
            dual.update_mappings(MappingUpdate::Procrustes).await?;
            let links = &mut Arc::make_mut(&mut dual.model).links;
            for (link, mapping) in links.iter_mut().zip(&dual.mappings) {
                link.mapping = mapping.clone();
            }
        }
        dual.begin_pass();
        Ok(dual)
    }

    /// The model as of the last epoch, or untrained.
    pub(super) fn model(&self) -> &Arc<Dml> {
        &self.model
    }

    /// Where the steps are done, `CPU` or `WebGPU`.
    pub(super) fn device(&self) -> DeviceKind {
        self.engine.device()
    }

    /// Epochs that are done.
    pub(super) fn epoch(&self) -> usize {
        self.epoch
    }

    /// The epoch that [`Dual::model`] is of.
    pub(super) fn kept_epoch(&self) -> usize {
        self.kept_epoch
    }

    /// Progress within the epoch, 0 to 1.
    pub(super) fn epoch_fraction(&self) -> f32 {
        let within = self.next_step as f32 / self.steps.max(1) as f32;
        (self.pass as f32 + within) / self.passes.len() as f32
    }

    /// As many mini-batches as the engine takes in a call, and at the end of a pass or an epoch what belongs there.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    pub(super) async fn advance(&mut self) -> Result<Progress> {
        self.fill_chunk();
        self.engine.run(std::slice::from_ref(&self.chunk))?;
        if self.backlog.add() {
            self.wait().await?;
        }
        if self.next_step < self.steps {
            return Ok(Progress::Batch);
        }
        self.order_meanwhile().await;
        self.wait().await?;
        // Lines 8 to 11 stand between the two passes; without a cross-domain pass of its own, at the end.
        if self.pass == 0 {
            self.update_mappings(self.config.mapping_update).await?;
        }
        self.pass += 1;
        if self.pass < self.passes.len() {
            self.begin_pass();
            return Ok(Progress::Batch);
        }
        self.end_epoch().await
    }

    /// Waits for the device and adds up its losses.
    async fn wait(&mut self) -> Result<()> {
        self.backlog.clear();
        let losses = self.engine.losses().await?;
        for (sum, loss) in self.losses.iter_mut().zip(losses.into_iter().flatten()) {
            if let Some(loss) = loss {
                if !loss.is_finite() {
                    let (steps, learning_rate) = (self.engine.steps(0), self.config.learning_rate);
                    return Err(Error::NotFinite { what: "the training loss".into(), steps, learning_rate });
                }
                sum.0 += f64::from(loss);
                sum.1 += 1;
            }
        }
        Ok(())
    }

    fn not_finite(&self, what: &str) -> Error {
        let (steps, learning_rate) = (self.engine.steps(0), self.config.learning_rate);
        Error::NotFinite { what: what.into(), steps, learning_rate }
    }

    fn assembly(&self) -> Assembly<'_> {
        Assembly {
            config: &self.config,
            training: &self.training,
            biases: &self.biases,
            plan: &self.plan,
            engine: &*self.engine,
        }
    }

    /// The mapping step (lines 8 to 11), or its closed form, on the vectors as they are now.
    async fn update_mappings(&mut self, update: MappingUpdate) -> Result<()> {
        for (link, (a, b)) in self.training.links().into_iter().enumerate() {
            if self.warm_pairs[link].is_empty() {
                continue;
            }
            let mut pairs: Vec<(UserId, UserId)> = self.warm_pairs[link].iter().map(|p| (p.a, p.b)).collect();
            if update == MappingUpdate::Gradient {
                self.chance.shuffle(&mut pairs);
            }
            let k = self.config.dimension;
            // One domain's vectors at a time: all of them take more room than those of the pairs.
            let wa = gather(k, &self.assembly().user_embeddings(a).await?, pairs.iter().map(|pair| pair.0));
            let wb = gather(k, &self.assembly().user_embeddings(b).await?, pairs.iter().map(|pair| pair.1));
            match update {
                MappingUpdate::Procrustes => self.mappings[link] = Mapping::procrustes(k, &wa, &wb)?,
                MappingUpdate::Gradient => {
                    let batch = self.config.batch * k;
                    let (rate, how) = (self.config.mapping_learning_rate, self.config.orthogonalisation);
                    let (mapping, adam) = (&mut self.mappings[link], &mut self.mapping_adam[link]);
                    for (wa, wb) in wa.chunks(batch).zip(wb.chunks(batch)) {
                        match self.config.mapping_optimiser {
                            MappingOptimiser::Adam => adam.step(mapping, wa, wb, rate, how)?,
                            MappingOptimiser::Plain => mapping.gradient_step(wa, wb, rate, how)?,
                        };
                    }
                }
            }
            self.engine.set_weights(0, self.plan.maps[link], &self.mappings[link].as_rows());
        }
        Ok(())
    }

    /// Measures the epoch and decides whether to go on.
    async fn end_epoch(&mut self) -> Result<Progress> {
        if self.config.unit_ball {
            self.project_into_unit_ball().await?;
        }
        let model = Arc::new(self.assembly().model(&self.mappings, &self.pairs).await?);
        // The loss is of before the last step. The model of the epoch before stays where this one is none.
        if !model.is_finite() {
            return Err(self.not_finite("a vector or a weight"));
        }
        let errors = validation_errors(&*model, &self.validation)?;
        self.epoch += 1;
        (self.model, self.kept_epoch) = (model, self.epoch);
        let means: Vec<Option<f32>> = self
            .losses
            .iter_mut()
            .map(std::mem::take)
            .map(|(sum, n)| (n > 0).then(|| (sum / f64::from(n)) as f32))
            .collect();
        let mut domains = Vec::new();
        for (d, (plan, validation)) in self.plan.domains.iter().zip(&errors.domains).enumerate() {
            let cross: Vec<f32> =
                self.plan.cross.iter().filter(|c| c.rows_of == d).filter_map(|c| means[c.term]).collect();
            domains.push(DomainLosses {
                own: means[plan.own].unwrap_or(0.0),
                cross: (!cross.is_empty()).then(|| cross.iter().sum::<f32>() / cross.len() as f32),
                validation_rmse: validation.map(|v| v as f32),
            });
        }
        let mapping = self.mapping_state();
        let loss = self.criterion.as_ref().map(|criterion| criterion.loss(&self.model, &self.plan.cross));
        let measured = Measured { loss: loss.transpose()?, rmse: errors.all };
        match self.convergence.after(self.epoch, &measured, &self.model) {
            Verdict::GoOn => {
                self.pass = 0;
                self.begin_pass();
                Ok(Progress::Epoch { domains, mapping })
            }
            Verdict::Stop { reason, model } => {
                if let Some((epoch, model)) = model {
                    (self.kept_epoch, self.model) = (epoch, model);
                }
                self.choose_mix()?;
                Ok(Progress::Done { domains, mapping, reason })
            }
        }
    }

    async fn project_into_unit_ball(&mut self) -> Result<()> {
        let sides = self.plan.domains.iter().flat_map(|plan| [&plan.users, &plan.items]);
        let tables: Vec<ParamId> = sides.filter(|side| side.is_learnt).map(|side| side.table).collect();
        let values = self.engine.own_weights(&tables).await?;
        for (table, mut vectors) in tables.into_iter().zip(values) {
            vectors.chunks_exact_mut(self.config.dimension).for_each(into_unit_ball);
            self.engine.set_weights(0, table, &vectors);
        }
        Ok(())
    }

    /// The first link's map as it is in the model.
    pub(super) fn mapping_state(&self) -> MappingState {
        let Some(link) = self.model.links.first() else {
            return MappingState {
                loss: 0.0,
                closed_form_loss: 0.0,
                orthogonality_error: 0.0,
                alignment: None,
            };
        };
        let k = self.model.dimension;
        let (a, b) =
            (&self.model.domains[link.a].user_embeddings, &self.model.domains[link.b].user_embeddings);
        let warm: Vec<(UserId, UserId)> = self.warm_pairs[0].iter().map(|p| (p.a, p.b)).collect();
        let (wa, wb) = gather_pairs(k, a, b, &warm);
        let (held_a, held_b) = gather_pairs(k, a, b, &self.watched[0]);
        // The two halves of the loss are equal for an orthogonal X; one is shown.
        let loss = |mapping: &Mapping| mapping.mapping_loss(&wa, &wb) / 2.0 / warm.len().max(1) as f64;
        let closed_form = Mapping::procrustes(k, &wa, &wb);
        MappingState {
            loss: loss(&link.mapping),
            closed_form_loss: loss(closed_form.as_ref().unwrap_or(&link.mapping)),
            orthogonality_error: link.mapping.orthogonality_error(),
            alignment: link.mapping.alignment(&held_a, &held_b, &mean_embedding(k, b)),
        }
    }

    /// Chooses how much of the prediction through the map is mixed into that of warm linked users, by validation.
    fn choose_mix(&mut self) -> Result<()> {
        if !self.config.mix {
            return Ok(());
        }
        let model = Arc::make_mut(&mut self.model);
        for d in 0..model.domains.len() {
            let rows = &self.validation[d];
            if rows.is_empty() {
                continue;
            }
            // Mixed predictions lie between those at 0 and at 1.
            let [own, mapped] = [0.0, 1.0].map(|mix| {
                model.domains[d].mix = mix;
                model.predict(d, &rows.users, &rows.items)
            });
            let mut best = (f64::INFINITY, 0.0);
            for mix in [0.0, 0.1, 0.2, 0.3, 0.4, 0.5] {
                let mixed: Vec<f32> = own.iter().zip(&mapped).map(|(o, m)| o + mix * (m - o)).collect();
                let rmse = metrics::rmse(&mixed, &rows.targets)?;
                if rmse < best.0 {
                    best = (rmse, mix);
                }
            }
            model.domains[d].mix = best.1;
        }
        Ok(())
    }
}

/// Vectors of pairs, `[n, k]` each.
pub(crate) fn gather_pairs(
    k: usize,
    a: &[f32],
    b: &[f32],
    pairs: &[(UserId, UserId)],
) -> (Vec<f32>, Vec<f32>) {
    (gather(k, a, pairs.iter().map(|pair| pair.0)), gather(k, b, pairs.iter().map(|pair| pair.1)))
}

/// Vectors of users, `[n, k]`.
fn gather(k: usize, vectors: &[f32], users: impl ExactSizeIterator<Item = UserId>) -> Vec<f32> {
    let mut gathered = Vec::with_capacity(users.len() * k);
    users.for_each(|user| gathered.extend_from_slice(&vectors[user.index() * k..][..k]));
    gathered
}
