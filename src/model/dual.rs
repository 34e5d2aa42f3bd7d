//! The dual loop (paper, Algorithm 1): own-domain pass, mapping, cross-domain pass, until convergence. One call
//! does one mini-batch, so that a person can stop it between any two.

use super::assembly::Assembly;
use super::autoencoder::{Codes, into_unit_ball};
use super::bias::Biases;
use super::convergence::{Convergence, Verdict};
use super::dml::Dml;
use super::mapping::{Mapping, MappingAdam, mean_embedding};
use super::plan::{CrossPlan, Plan, plan};
use super::rows::{TrainingRows, dropout, feature_entries};
use crate::config::{CrossStep, Embeddings, MappingUpdate, Schedule, ValidConfig};
use crate::engine::{Batch, Device, Engine, PairBatch, ReferenceEngine, Share};
use crate::error::{Error, Result};
use crate::eval::{LinkedPair, Rows, Training, metrics};
use crate::event::{DomainLosses, MappingState};
use crate::rng::Generator;

/// On a queued device the host waits after so many steps; without it the queue grows without bound.
const STEPS_BETWEEN_WAITS: usize = 16;
/// Pairs a step of the pair loss, at the most.
const PAIRS_A_STEP: usize = 256;

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
    /// A mini-batch.
    Batch,
    /// The last mini-batch of an epoch.
    Epoch { domains: Vec<DomainLosses>, mapping: MappingState },
    /// The end, and why.
    Done { domains: Vec<DomainLosses>, mapping: MappingState, reason: String },
}

/// State of the dual loop.
pub(super) struct Dual {
    config: ValidConfig,
    training: Training,
    biases: Vec<Biases>,
    plan: Plan,
    engine: Box<dyn Engine>,
    waits: bool,
    rows: Vec<TrainingRows>,
    validation: Vec<Rows>,
    /// Linked pairs by link, and those of them that X is learnt from.
    pairs: Vec<Vec<LinkedPair>>,
    warm_pairs: Vec<Vec<LinkedPair>>,
    /// Held-out pairs by link, to be measured only.
    watched: Vec<Vec<(u32, u32)>>,
    mappings: Vec<Mapping>,
    mapping_adam: Vec<MappingAdam>,
    chance: Generator,
    passes: Vec<Pass>,
    pass: usize,
    /// Rows of each step of the pass, by domain.
    steps: Vec<Vec<Vec<u32>>>,
    next_step: usize,
    /// Sum of losses and number of waits by term since the epoch began.
    losses: Vec<(f64, u32)>,
    epoch: usize,
    convergence: Convergence,
    model: Dml,
}

impl Dual {
    /// An untrained loop. `codes` are the autoencoders' by domain, where they are used; `watched` are pairs to be
    /// measured and not trained on.
    pub(super) async fn new(
        config: &ValidConfig,
        training: &Training,
        device: &Device,
        biases: &[Biases],
        codes: &[(Codes, Codes)],
        watched: &[Vec<(u32, u32)>],
    ) -> Result<Self> {
        let links = training.links();
        let mappings: Vec<Mapping> = links.iter().map(|_| Mapping::identity(config.dimension)).collect();
        let maps: Vec<Vec<f32>> = mappings.iter().map(Mapping::as_rows).collect();
        let (table, plan) = plan(config, training, biases, codes, &maps);
        let losses = vec![(0.0, 0); table.terms.len()];
        let engine: Box<dyn Engine> = Box::new(ReferenceEngine::new(table, device));
        let rows: Vec<TrainingRows> = (0..training.domains())
            .map(|d| {
                let given = plan.domains[d].given;
                let has_features =
                    training.item_features(d).is_some() && plan.domains[d].items.tower.is_some();
                TrainingRows::new(training.rows(d), &biases[d], config, given, has_features)
            })
            .collect();
        if rows.iter().all(|domain| domain.rows.is_empty()) {
            return Err(Error::data("no rating is left to train on", "Load files with more people"));
        }
        let pairs: Vec<Vec<LinkedPair>> = (0..links.len()).map(|l| training.linked_pairs(l)).collect();
        let rated = |d: usize, user: u32| biases[d].user_counts[user as usize] > 0;
        let warm_pairs = (pairs.iter().zip(&links))
            .map(|(pairs, &(a, b))| {
                pairs.iter().filter(|p| p.warm && rated(a, p.a) && rated(b, p.b)).copied().collect()
            })
            .collect();
        let watched = (watched.iter().zip(&links))
            .map(|(pairs, &(a, b))| {
                pairs.iter().filter(|p| rated(a, p.0) && rated(b, p.1)).copied().collect()
            })
            .collect();
        let assembly = Assembly { config, training, biases, plan: &plan, engine: &*engine };
        let model = assembly.model(&mappings, &pairs).await?;
        let has_cross =
            !plan.cross.is_empty() && pairs.iter().any(|p| !p.is_empty()) && config.cross_weight > 0.0;
        let passes = match (config.schedule, has_cross) {
            (Schedule::Joint, true) => vec![Pass::Joint],
            (Schedule::Alternating, true) => vec![Pass::Own, Pass::Cross],
            (_, false) => vec![Pass::Own],
        };
        let mut dual = Self {
            config: config.clone(),
            training: training.clone(),
            biases: biases.to_vec(),
            plan,
            engine,
            waits: device.is_queued(),
            rows,
            validation: (0..training.domains()).map(|d| training.validation(d)).collect(),
            pairs,
            warm_pairs,
            watched,
            mapping_adam: mappings.iter().map(|_| MappingAdam::new()).collect(),
            mappings,
            chance: Generator::new(config.seed, "training"),
            passes,
            pass: 0,
            steps: Vec::new(),
            next_step: 0,
            losses,
            epoch: 0,
            convergence: Convergence::new(config),
            model,
        };
        if config.embeddings == Embeddings::Learnt {
            // Two learnt spaces have nothing to do with each other at first: X starts where chance has put them, so
            // that the identity means nothing, then or later.
            dual.update_mappings(MappingUpdate::Procrustes).await?;
            dual.model = dual.assembly().model(&dual.mappings, &dual.pairs).await?;
        }
        dual.begin_pass();
        Ok(dual)
    }

    /// The model as of the last epoch, or untrained.
    pub(super) fn model(&self) -> &Dml {
        &self.model
    }

    /// Epochs that are done.
    pub(super) fn epoch(&self) -> usize {
        self.epoch
    }

    /// Progress within the epoch, 0 to 1.
    pub(super) fn epoch_fraction(&self) -> f32 {
        let within = self.next_step as f32 / self.steps.len().max(1) as f32;
        (self.pass as f32 + within) / self.passes.len() as f32
    }

    /// One mini-batch, and at the end of a pass or an epoch what belongs there.
    ///
    /// # Errors
    /// When a loss is no longer finite, or the device was lost.
    pub(super) async fn advance(&mut self) -> Result<Progress> {
        let shares = self.shares();
        self.engine.step(&shares)?;
        self.next_step += 1;
        if self.waits && self.next_step.is_multiple_of(STEPS_BETWEEN_WAITS) {
            self.wait().await?;
        }
        if self.next_step < self.steps.len() {
            return Ok(Progress::Batch);
        }
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

    /// Shuffles the rows of the next pass and cuts them into steps.
    fn begin_pass(&mut self) {
        self.next_step = 0;
        let batch = self.config.batch;
        let domains = self.rows.len();
        self.steps = match self.config.schedule {
            Schedule::Joint => {
                let mut order: Vec<(usize, u32)> = (0..domains)
                    .flat_map(|d| (0..self.rows[d].rows.len() as u32).map(move |row| (d, row)))
                    .collect();
                self.chance.shuffle(&mut order);
                let by_domain = |chunk: &[(usize, u32)]| {
                    let mut rows = vec![Vec::new(); domains];
                    chunk.iter().for_each(|&(d, row)| rows[d].push(row));
                    rows
                };
                order.chunks(batch).map(by_domain).collect()
            }
            Schedule::Alternating => {
                let mut steps: Vec<Vec<Vec<u32>>> = Vec::new();
                for d in 0..domains {
                    let mut order: Vec<u32> = (0..self.rows[d].rows.len() as u32).collect();
                    self.chance.shuffle(&mut order);
                    for (step, chunk) in order.chunks(batch).enumerate() {
                        if step == steps.len() {
                            steps.push(vec![Vec::new(); domains]);
                        }
                        steps[step][d] = chunk.to_vec();
                    }
                }
                steps
            }
        };
    }

    /// The losses of the next step and their rows.
    fn shares(&mut self) -> Vec<Share> {
        let chosen = std::mem::take(&mut self.steps[self.next_step]);
        let total: usize = chosen.iter().map(Vec::len).sum();
        let pass = self.passes[self.pass];
        // Jointly, Σ_d 2 n_d/n · MSE_d (recipe R, 4); alternating, each domain's loss by itself (the paper).
        let schedule = self.config.schedule;
        let weight = |n: usize| match schedule {
            Schedule::Joint => 2.0 * n as f32 / total as f32,
            Schedule::Alternating => 1.0,
        };
        let mut shares = Vec::new();
        if pass != Pass::Cross {
            for (d, rows) in chosen.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                let mut batch = self.rows[d].batch(rows, &self.biases[d], None, false, &mut self.chance);
                batch.user_features = feature_entries(self.tower_features(d, true), &batch.users);
                batch.item_features = feature_entries(self.tower_features(d, false), &batch.items);
                batch.dropout = dropout(&self.config, rows.len(), &mut self.chance);
                let term = self.plan.domains[d].own;
                shares.push(Share { term, weight: weight(rows.len()), batch: Batch::Rating(batch) });
            }
        }
        if pass != Pass::Own {
            for cross in self.plan.cross.clone() {
                let share = self.cross_share(cross, &chosen[cross.rows_of]);
                shares.extend(share.map(|batch| Share {
                    term: cross.term,
                    weight: self.config.cross_weight * weight(batch.targets.len()),
                    batch: Batch::Rating(batch),
                }));
            }
        }
        if pass != Pass::Cross {
            for link in 0..self.pairs.len() {
                let share = self.pair_share(link);
                shares.extend(share);
            }
        }
        shares
    }

    /// Rows of a cross-domain term. Under `target`, those of linked users, with their vectors from the other
    /// domain and nothing known of them here; under the paper's two readings all rows with their own vectors.
    fn cross_share(&mut self, cross: CrossPlan, chosen: &[u32]) -> Option<crate::engine::RatingBatch> {
        let (a, b) = self.training.links()[cross.link];
        let d = cross.rows_of;
        let target = self.config.cross_step == CrossStep::Target;
        let vectors_of = match (target, d == a) {
            (false, _) => d,
            (true, true) => b,
            (true, false) => a,
        };
        let (rows, users): (Vec<u32>, Option<Vec<u32>>) = if target {
            let link = &self.model.links[cross.link];
            let stand_ins = if d == a { &link.b_from_a } else { &link.a_from_b };
            let users = &self.rows[d].rows.users;
            let other = &self.biases[vectors_of].user_counts;
            let (rows, users) = chosen
                .iter()
                .filter_map(|&row| Some((row, stand_ins[users[row as usize] as usize]?)))
                .filter(|&(_, stand_in)| other[stand_in as usize] > 0)
                .unzip();
            (rows, Some(users))
        } else {
            (chosen.to_vec(), None)
        };
        if rows.is_empty() {
            return None;
        }
        let mut batch =
            self.rows[d].batch(&rows, &self.biases[d], users.as_deref(), target, &mut self.chance);
        batch.user_features = feature_entries(self.tower_features(vectors_of, true), &batch.users);
        batch.item_features = feature_entries(self.tower_features(d, false), &batch.items);
        batch.dropout = dropout(&self.config, rows.len(), &mut self.chance);
        Some(batch)
    }

    /// A sample of the linked pairs for the pair loss.
    fn pair_share(&mut self, link: usize) -> Option<Share> {
        let term = self.plan.pairs[link]?;
        let pairs = &self.warm_pairs[link];
        if pairs.is_empty() {
            return None;
        }
        let mut batch = PairBatch::default();
        for _ in 0..pairs.len().min(PAIRS_A_STEP) {
            let pair = pairs[self.chance.below(pairs.len())];
            batch.from.push(pair.a as i32);
            batch.to.push(pair.b as i32);
        }
        let (a, b) = self.training.links()[link];
        batch.from_features = feature_entries(self.tower_features(a, true), &batch.from);
        batch.to_features = feature_entries(self.tower_features(b, true), &batch.to);
        Some(Share { term, weight: self.config.pair_weight, batch: Batch::Pair(batch) })
    }

    /// Features of a side, where it has a tower.
    fn tower_features(&self, domain: usize, users: bool) -> Option<&crate::data::Features> {
        let plan = &self.plan.domains[domain];
        match users {
            true => self.training.user_features(domain).filter(|_| plan.users.tower.is_some()),
            false => self.training.item_features(domain).filter(|_| plan.items.tower.is_some()),
        }
    }

    /// Waits for the device and adds up its losses.
    async fn wait(&mut self) -> Result<()> {
        let losses = self.engine.losses().await?;
        for (sum, loss) in self.losses.iter_mut().zip(losses) {
            if let Some(loss) = loss {
                if !loss.is_finite() {
                    return Err(Error::NotFinite {
                        what: "the training loss".into(),
                        steps: self.engine.steps(),
                        learning_rate: self.config.learning_rate,
                    });
                }
                sum.0 += f64::from(loss);
                sum.1 += 1;
            }
        }
        Ok(())
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
            let users_a = self.assembly().user_embeddings(a).await?;
            let users_b = self.assembly().user_embeddings(b).await?;
            let mut pairs: Vec<(u32, u32)> = self.warm_pairs[link].iter().map(|p| (p.a, p.b)).collect();
            let k = self.config.dimension;
            match update {
                MappingUpdate::Procrustes => {
                    let (wa, wb) = gather_pairs(k, &users_a, &users_b, &pairs);
                    self.mappings[link] = Mapping::procrustes(k, &wa, &wb)?;
                }
                MappingUpdate::Gradient => {
                    self.chance.shuffle(&mut pairs);
                    for batch in pairs.chunks(self.config.batch) {
                        let (wa, wb) = gather_pairs(k, &users_a, &users_b, batch);
                        self.mapping_adam[link].step(
                            &mut self.mappings[link],
                            &wa,
                            &wb,
                            self.config.mapping_learning_rate,
                            self.config.orthogonalisation,
                        )?;
                    }
                }
            }
            self.engine.set_weights(self.plan.maps[link], &self.mappings[link].as_rows());
        }
        Ok(())
    }

    /// Measures the epoch and decides whether to go on.
    async fn end_epoch(&mut self) -> Result<Progress> {
        self.epoch += 1;
        if self.config.unit_ball && self.config.embeddings == Embeddings::Learnt {
            self.project_into_unit_ball().await?;
        }
        self.model = self.assembly().model(&self.mappings, &self.pairs).await?;
        let means: Vec<Option<f32>> = self
            .losses
            .iter_mut()
            .map(std::mem::take)
            .map(|(sum, n)| (n > 0).then(|| (sum / f64::from(n)) as f32))
            .collect();
        let mut domains = Vec::new();
        let (mut squares, mut count) = (0.0, 0);
        for (d, plan) in self.plan.domains.iter().enumerate() {
            let rows = &self.validation[d];
            let validation = match rows.is_empty() {
                true => None,
                false => {
                    Some(metrics::rmse(&self.model.predict(d, &rows.users, &rows.items), &rows.targets)?)
                }
            };
            squares += validation.unwrap_or(0.0).powi(2) * rows.len() as f64;
            count += rows.len();
            let cross: Vec<f32> =
                self.plan.cross.iter().filter(|c| c.rows_of == d).filter_map(|c| means[c.term]).collect();
            domains.push(DomainLosses {
                own: means[plan.own].unwrap_or(0.0),
                cross: (!cross.is_empty()).then(|| cross.iter().sum::<f32>() / cross.len() as f32),
                validation_rmse: validation.map(|v| v as f32),
            });
        }
        let mapping = self.mapping_state();
        let loss: f64 = domains.iter().map(|d| f64::from(d.own + d.cross.unwrap_or(0.0))).sum();
        let rmse = (count > 0).then(|| (squares / count as f64).sqrt());
        match self.convergence.after(self.epoch, loss, rmse, &self.model) {
            Verdict::GoOn => {
                self.pass = 0;
                self.begin_pass();
                Ok(Progress::Epoch { domains, mapping })
            }
            Verdict::Stop { reason, model } => {
                if let Some(model) = model {
                    self.model = model;
                }
                self.choose_mix()?;
                Ok(Progress::Done { domains, mapping, reason })
            }
        }
    }

    async fn project_into_unit_ball(&mut self) -> Result<()> {
        for plan in self.plan.domains.clone() {
            for table in [plan.users.table, plan.items.table] {
                let mut vectors = self.engine.weights(table).await?;
                vectors.chunks_exact_mut(self.config.dimension).for_each(into_unit_ball);
                self.engine.set_weights(table, &vectors);
            }
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
        let warm: Vec<(u32, u32)> = self.warm_pairs[0].iter().map(|p| (p.a, p.b)).collect();
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
        for d in 0..self.model.domains.len() {
            let rows = &self.validation[d];
            if rows.is_empty() {
                continue;
            }
            // Mixed predictions lie between those at 0 and at 1.
            let [own, mapped] = [0.0, 1.0].map(|mix| {
                self.model.domains[d].mix = mix;
                self.model.predict(d, &rows.users, &rows.items)
            });
            let mut best = (f64::INFINITY, 0.0);
            for mix in [0.0, 0.1, 0.2, 0.3, 0.4, 0.5] {
                let mixed: Vec<f32> = own.iter().zip(&mapped).map(|(o, m)| o + mix * (m - o)).collect();
                let rmse = metrics::rmse(&mixed, &rows.targets)?;
                if rmse < best.0 {
                    best = (rmse, mix);
                }
            }
            self.model.domains[d].mix = best.1;
        }
        Ok(())
    }
}

/// Vectors of pairs, `[n, k]` each.
pub(crate) fn gather_pairs(k: usize, a: &[f32], b: &[f32], pairs: &[(u32, u32)]) -> (Vec<f32>, Vec<f32>) {
    let pick = |vectors: &[f32], user: u32| vectors[user as usize * k..][..k].to_vec();
    (
        pairs.iter().flat_map(|&(user, _)| pick(a, user)).collect(),
        pairs.iter().flat_map(|&(_, user)| pick(b, user)).collect(),
    )
}
