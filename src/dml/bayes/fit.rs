//! The sampler as a training: some sweeps at a time, an event after each, draws kept behind the burn-in.

use std::sync::Arc;

use web_time::Instant;

use super::chain::{Chain, LinkState};
use super::draw::Draw;
use super::model::{Bayes, Shape};
use crate::error::{Error, Result};
use crate::recommender::{Assignment, DomainLosses, Event, Fit, Recommender, Stopping, Work};
use crate::split::Rows;

/// How long the sweeps of one slice may take, seconds; a page stays alive by it.
const SLICE: f64 = 0.05;

/// A chain whatever its dimension.
pub(super) trait Sampler {
    fn sweep(&mut self);
    fn sweeps(&self) -> usize;
    fn link_states(&self) -> Vec<LinkState>;
    fn draw(&self) -> Draw;
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
}

/// A chain of a training's dimension, and what stays the same over its draws.
fn chain(given: &Assignment) -> Result<(Box<dyn Sampler>, Arc<Shape>)> {
    let training = &given.training;
    // Nothing is chosen by validation rows, so that they are trained on.
    let rows: Vec<Vec<Rows>> =
        (0..training.domains()).map(|d| vec![training.rows(d), training.validation(d)]).collect();
    if rows.iter().flatten().all(Rows::is_empty) {
        return Err(Error::data("no rating is left to train on", "Load files with more people"));
    }
    Ok(match given.config.bayes_dimension {
        0..=4 => chain_of::<4>(given, &rows),
        5..=8 => chain_of::<8>(given, &rows),
        9..=16 => chain_of::<16>(given, &rows),
        _ => chain_of::<32>(given, &rows),
    })
}

fn chain_of<const K: usize>(given: &Assignment, rows: &[Vec<Rows>]) -> (Box<dyn Sampler>, Arc<Shape>) {
    let chain = Chain::<K>::new(&given.training, rows, given.config.seed, 0);
    let shape = Shape {
        k: K,
        levels: chain.domains.iter().map(|domain| domain.levels.clone()).collect(),
        spreads: chain.spread_of_users(),
        seen: chain.seen_items(),
    };
    (Box::new(chain), Arc::new(shape))
}

/// A training that samples.
struct Sampling {
    assignment: Assignment,
    chain: Box<dyn Sampler>,
    model: Bayes,
    most: usize,
    started: Option<Instant>,
    is_done: bool,
}

/// The training of the Bayesian model, as an entry begins it.
pub(super) fn begin(assignment: Assignment) -> Work<'static, Box<dyn Fit>> {
    Box::pin(async move {
        let (chain, shape) = chain(&assignment)?;
        let model = Bayes { shape, draws: Vec::new(), trace: Arc::default() };
        let most = match assignment.stopping {
            Stopping::Epochs(sweeps) => sweeps,
            Stopping::Own => assignment.config.sweeps,
        };
        Ok(Box::new(Sampling { assignment, chain, model, most, started: None, is_done: false })
            as Box<dyn Fit>)
    })
}

impl Sampling {
    fn step(&mut self, emit: &mut dyn FnMut(Event)) {
        if self.is_done {
            return;
        }
        let began = Instant::now();
        if self.started.is_none() {
            self.started = Some(began);
            let config = Box::new(self.assignment.config.clone());
            emit(Event::Started { config, device: self.device(), epochs: self.most });
        }
        loop {
            self.chain.sweep();
            Arc::make_mut(&mut self.model.trace).push(self.chain.link_states());
            let (sweep, burn_in) = (self.chain.sweeps(), self.assignment.config.burn_in.min(self.most - 1));
            if sweep > burn_in
                && (sweep == self.most || (self.most - sweep).is_multiple_of(self.assignment.config.thinning))
            {
                self.model.draws.push(Arc::new(self.chain.draw()));
            }
            let seconds = self.started.map_or(0.0, |started| started.elapsed().as_secs_f64());
            let losses = DomainLosses { own: 0.0, cross: None, validation_rmse: None };
            let domains = vec![losses; self.assignment.training.domains()];
            emit(Event::Epoch { epoch: sweep, domains, mapping: None, seconds });
            if sweep >= self.most {
                self.is_done = true;
                let reason =
                    format!("all {} sweeps are done; {} draws are kept", self.most, self.model.draws.len());
                emit(Event::Finished { epochs: sweep, reason, seconds });
                return;
            }
            if began.elapsed().as_secs_f64() > SLICE {
                return;
            }
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
        Arc::new(self.model.clone())
    }

    fn device(&self) -> &'static str {
        "CPU"
    }

    fn epoch(&self) -> usize {
        self.chain.sweeps()
    }

    fn kept_epoch(&self) -> usize {
        self.epoch()
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn fraction(&self) -> f32 {
        self.chain.sweeps() as f32 / self.most as f32
    }
}
