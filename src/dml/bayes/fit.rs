//! The sampler as a training: a sweep at a time, an event after each, draws kept behind the burn-in.

use std::sync::{Arc, OnceLock};

use super::chain::Chain;
use super::draw::Draw;
use super::model::{Bayes, Shape};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{Assignment, Event, Fit, LinkState, Recommender, Stopping, Stopwatch, Work};
use crate::settings::ValidConfig;
use crate::split::Rows;

/// States of the first chain that the page's map is made of.
pub(super) const RECENT: usize = 16;

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
    fn write(&self, state: &mut StateWriter) -> Result<()>;
    fn restore(&mut self, parts: &mut Parts) -> Checked<()>;
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

    fn write(&self, state: &mut StateWriter) -> Result<()> {
        self.write(state)
    }

    fn restore(&mut self, parts: &mut Parts) -> Checked<()> {
        self.restore(parts)
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
        0..=8 => chain_of::<8>(given, &rows, number),
        _ => chain_of::<16>(given, &rows, number),
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
    /// How many there were to be, where a person has ended the training early.
    stopped_of: Option<usize>,
    watch: Stopwatch,
    has_told_the_end: bool,
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
        let recent = vec![Arc::new(chains[0].draw())];
        let model = Bayes { shape, draws: Vec::new(), recent, trace, burn_in: 0 };
        let sweeps = match given.stopping {
            Stopping::Own => given.config.sweeps,
            Stopping::Epochs(sweeps) => sweeps,
        };
        let new = Self {
            config: given.config,
            chains,
            model,
            sweeps,
            stopped_of: None,
            watch: Stopwatch::default(),
            has_told_the_end: false,
            preview: OnceLock::new(),
        };
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
        if self.has_told_the_end {
            return;
        }
        if self.watch.run() {
            let config = Box::new(self.config.clone());
            emit(Event::Started { config, device: self.device(), epochs: self.sweeps });
        }
        if !self.is_done() {
            self.sweep();
            let (sweep, links) = (self.epoch(), self.chains[0].link_states());
            let (fraction, seconds) = (self.fraction(), self.watch.seconds());
            emit(Event::Sweep { sweep, sweeps: self.sweeps, links, fraction, seconds });
        }
        if self.is_done() {
            self.has_told_the_end = true;
            let (epochs, seconds) = (self.sweeps, self.watch.seconds());
            emit(Event::Finished { epochs, reason: self.reason(), seconds });
        }
    }

    /// A sweep of every chain. What predictions and the map are made of is kept.
    fn sweep(&mut self) {
        let trace = Arc::make_mut(&mut self.model.trace);
        for (chain, trace) in self.chains.iter_mut().zip(trace) {
            chain.sweep();
            trace.push(chain.link_states());
        }
        let sweep = self.epoch();
        if !(self.sweeps.max(sweep) - sweep).is_multiple_of(self.config.thinning) {
            return;
        }
        let drawn: Vec<Arc<Draw>> = self.chains.iter().map(|chain| Arc::new(chain.draw())).collect();
        let recent = &mut self.model.recent;
        // Where the chain began says nothing.
        if sweep <= self.config.thinning || recent.len() == RECENT {
            recent.remove(0);
        }
        recent.push(drawn[0].clone());
        if sweep > self.model.burn_in {
            self.model.draws.extend(drawn);
        }
    }

    /// Writes down the chains as they stand, and all that is kept of them.
    ///
    /// # Errors
    /// When a generator cannot be written.
    pub(in crate::dml) fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("sweeps", self.sweeps)?;
        state.say("stopped_of", self.stopped_of)?;
        state.put_value("seconds", &self.watch.seconds())?;
        let mut model = state.begin();
        self.model.put_whole(&mut model)?;
        state.end("model", model)?;
        for (number, chain) in self.chains.iter().enumerate() {
            state.part(&format!("chain.{number}"), |state| chain.write(state))?;
        }
        Ok(())
    }

    /// Goes to where the chains were that [`Sampling::write`] wrote down.
    ///
    /// # Errors
    /// When they were those of another training.
    pub(in crate::dml) fn restore(&mut self, state: &RunState) -> Checked<()> {
        let mut parts = state.parts(&[])?;
        for (number, chain) in self.chains.iter_mut().enumerate() {
            let mut own = parts.part(&format!("chain.{number}"));
            chain.restore(&mut own).map_err(|what| format!("chain {number}: {what}"))?;
            own.end()?;
        }
        let done = self.epoch();
        // Nothing is longer than it was to be; a training that was stopped has fewer.
        self.sweeps = parts.size("sweeps", done.max(1), self.sweeps)?;
        self.stopped_of = parts.scalar("stopped_of")?;
        if self.chains.iter().any(|chain| chain.sweeps() != done) {
            return Err("its chains have not gone equally far".into());
        }
        let mut of_model = state.within("model")?.parts(&[])?;
        let model = Bayes::load(&mut of_model)?;
        of_model.end()?;
        let has_trace =
            model.trace.len() == self.chains.len() && model.trace.iter().all(|chain| chain.len() == done);
        if !has_trace || !model.is_like(&self.model) {
            return Err("its draws are of other chains".into());
        }
        self.model = Bayes { shape: self.model.shape.clone(), ..model };
        self.watch = Stopwatch::at(state.bytes().value("seconds")?);
        Ok(())
    }

    fn reason(&self) -> String {
        let draws = self.model.draws();
        match self.stopped_of {
            Some(all) => {
                format!(
                    "stopped after {} of {all} sweeps; predictions are means over {draws} draws",
                    self.sweeps
                )
            }
            None => format!("all sweeps are done; predictions are means over {draws} draws"),
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

    fn sweeps(&self) -> Option<(usize, usize)> {
        Some((self.epoch(), self.sweeps))
    }

    fn write_state<'a>(&'a self, state: &'a mut StateWriter) -> Work<'a, bool> {
        // Before the first sweep there is nothing that takes any time.
        let is_begun = self.epoch() > 0;
        Box::pin(async move {
            if is_begun {
                self.write(state)?;
            }
            Ok(is_begun)
        })
    }

    fn resume<'a>(&'a mut self, state: RunState<'a>) -> Work<'a, ()> {
        Box::pin(async move { self.restore(&state).map_err(refused) })
    }

    fn stop(&mut self) -> Option<Stopping> {
        let done = self.epoch();
        if done == 0 || self.is_done() {
            return None;
        }
        self.stopped_of = Some(self.sweeps);
        self.sweeps = done;
        // Of a chain that was stopped early the second half counts, and the state that it is in at least.
        self.model.burn_in = self.model.burn_in.min(done / 2);
        if self.model.draws.is_empty() {
            self.model.draws.extend(self.chains.iter().map(|chain| Arc::new(chain.draw())));
        }
        Some(Stopping::Epochs(done))
    }
}
