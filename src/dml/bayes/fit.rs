//! The sampler as a training: some sweeps at a time, an event after each, draws kept behind the burn-in.

use std::sync::{Arc, OnceLock};

use web_time::Instant;

use super::chain::Chain;
use super::draw::Draw;
use super::model::{Bayes, Shape};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
use crate::recommender::{Assignment, Event, Fit, LinkState, Recommender, Work};
use crate::settings::ValidConfig;
use crate::split::Rows;

/// How long the sweeps of one slice may take, seconds; a page stays alive by it.
const SLICE: f64 = 0.05;

/// Rounds of the preview.
const PREVIEW: usize = 30;

/// A chain whatever its dimension.
pub(super) trait Sampler {
    fn sweep(&mut self);
    fn sweeps(&self) -> usize;
    fn link_states(&self) -> Vec<LinkState>;
    fn draw(&self) -> Draw;
    /// What predictions need of the mean-field posterior, near which the draws will lie.
    fn preview(&self) -> Draw;
}

impl<const K: usize> Sampler for Chain<K> {
    fn sweep(&mut self) {
        self.sweep();
    }

    fn sweeps(&self) -> usize {
        self.sweeps()
    }

    fn link_states(&self) -> Vec<LinkState> {
        self.link_states()
    }

    fn draw(&self) -> Draw {
        self.draw()
    }

    fn preview(&self) -> Draw {
        let mut chain = self.clone();
        chain.settle(PREVIEW);
        chain.draw()
    }
}

/// Chain `number` of a training, of its dimension, and what stays the same over all draws.
fn chain(given: &Assignment, number: usize) -> Result<(Box<dyn Sampler>, Arc<Shape>)> {
    let training = &given.training;
    // Nothing is chosen by validation rows, so that they are trained on.
    let rows: Vec<Vec<Rows>> =
        (0..training.domains()).map(|d| vec![training.rows(d), training.validation(d)]).collect();
    if rows.iter().flatten().all(Rows::is_empty) {
        return Err(Error::data("no rating is left to train on", "Load files with more people"));
    }
    Ok(match given.config.bayes_dimension {
        0..=4 => chain_of::<4>(given, &rows, number),
        5..=8 => chain_of::<8>(given, &rows, number),
        9..=16 => chain_of::<16>(given, &rows, number),
        _ => chain_of::<32>(given, &rows, number),
    })
}

fn chain_of<const K: usize>(
    given: &Assignment,
    rows: &[Vec<Rows>],
    number: usize,
) -> (Box<dyn Sampler>, Arc<Shape>) {
    let chain = Chain::<K>::new(&given.training, rows, given.config.seed, number);
    let shape = Shape {
        k: K,
        levels: chain.domains.iter().map(|domain| domain.levels.clone()).collect(),
        spreads: chain.spread_of_users(),
        seen: chain.seen_items(),
    };
    (Box::new(chain), Arc::new(shape))
}

/// A training that samples.
pub(in crate::dml) struct Sampling {
    config: ValidConfig,
    /// One or more, from different places.
    chains: Vec<Box<dyn Sampler>>,
    model: Bayes,
    sweeps: usize,
    started: Option<Instant>,
    /// Made when somebody asks for the model before the first draw is kept.
    preview: OnceLock<Arc<Draw>>,
}

impl Sampling {
    /// Sets up the chains, before their first sweeps.
    ///
    /// # Errors
    /// When there is no rating.
    pub(in crate::dml) fn new(given: Assignment) -> Result<Self> {
        let (first, shape) = chain(&given, 0)?;
        let mut chains = vec![first];
        for number in 1..given.config.chains {
            chains.push(chain(&given, number)?.0);
        }
        let trace = Arc::new(vec![Vec::new(); chains.len()]);
        let model = Bayes { shape, draws: Vec::new(), trace, burn_in: 0 };
        let sweeps = given.config.sweeps;
        let new =
            Self { config: given.config, chains, model, sweeps, started: None, preview: OnceLock::new() };
        Ok(new.of_sweeps(sweeps))
    }

    /// The same with so many sweeps.
    pub(in crate::dml) fn of_sweeps(mut self, sweeps: usize) -> Self {
        self.sweeps = sweeps.max(1);
        // At most half of all, so that something is left.
        self.model.burn_in = self.config.burn_in.min(self.sweeps / 2);
        self
    }

    /// The model as far as it is sampled.
    pub(in crate::dml) fn bayes(&self) -> Bayes {
        self.model.clone()
    }

    fn step(&mut self, emit: &mut dyn FnMut(Event)) {
        if self.is_done() {
            return;
        }
        let began = Instant::now();
        if self.started.is_none() {
            let config = Box::new(self.config.clone());
            emit(Event::Started { config, device: self.device(), epochs: self.sweeps });
        }
        let started = *self.started.get_or_insert(began);
        while !self.is_done() && began.elapsed().as_secs_f64() < SLICE {
            let trace = Arc::make_mut(&mut self.model.trace);
            for (chain, trace) in self.chains.iter_mut().zip(trace) {
                chain.sweep();
                trace.push(chain.link_states());
            }
            let (sweep, links) = (self.epoch(), self.chains[0].link_states());
            if sweep > self.model.burn_in && (self.sweeps - sweep).is_multiple_of(self.config.thinning) {
                self.model.draws.extend(self.chains.iter().map(|chain| Arc::new(chain.draw())));
            }
            let (fraction, seconds) = (self.fraction(), started.elapsed().as_secs_f64());
            emit(Event::Sweep { sweep, sweeps: self.sweeps, links, fraction, seconds });
        }
        if self.is_done() {
            let reason =
                format!("all sweeps are done; predictions are means over {} draws", self.model.draws());
            emit(Event::Finished { epochs: self.sweeps, reason, seconds: started.elapsed().as_secs_f64() });
        }
    }
}

impl Fit for Sampling {
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(async move {
            self.step(emit);
            Ok(())
        })
    }

    fn model(&self) -> Arc<dyn Recommender> {
        let mut model = self.bayes();
        if model.draws.is_empty() {
            model.draws.push(self.preview.get_or_init(|| Arc::new(self.chains[0].preview())).clone());
        }
        Arc::new(model)
    }

    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn epoch(&self) -> usize {
        self.chains[0].sweeps()
    }

    fn kept_epoch(&self) -> usize {
        self.epoch()
    }

    fn is_done(&self) -> bool {
        self.epoch() >= self.sweeps
    }

    fn fraction(&self) -> f32 {
        self.epoch() as f32 / self.sweeps as f32
    }
}
