//! The sampler as a training: a sweep at a time, an event after each, draws kept behind the burn-in.

use std::sync::{Arc, OnceLock};

use super::chain::Chain;
use super::draw::Draw;
use super::far::{self, Far, Name, Told};
use super::given::Given;
use super::model::{Bayes, Shape};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{Assignment, Event, Fit, LinkState, Recommender, Stopping, Stopwatch, Work};
use crate::split::{Rows, Training};

/// States of the first chain that the page's map is made of.
pub(super) const RECENT: usize = 16;

/// Rounds of the preview.
const PREVIEW: usize = 30;

/// A chain whatever its dimension.
pub(super) trait Sampler: Send {
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

/// What chains are begun with.
///
/// # Errors
/// When there is no rating.
fn given(training: &Training) -> Result<Given> {
    // Nothing is chosen by validation rows, so that they are trained on.
    let rows: Vec<Vec<Rows>> =
        (0..training.domains()).map(|d| vec![training.rows(d), training.validation(d)]).collect();
    if rows.iter().flatten().all(Rows::is_empty) {
        return Err(Error::data("no rating is left to train on", "Load files with more people"));
    }
    Ok(Given::of(training, rows))
}

/// A chain of its dimension, and what stays the same over all draws.
pub(super) fn chain(given: &Given, name: Name) -> (Box<dyn Sampler>, Arc<Shape>) {
    match name.dimension {
        0..=8 => chain_of::<8>(given, name),
        _ => chain_of::<16>(given, name),
    }
}

fn chain_of<const K: usize>(given: &Given, name: Name) -> (Box<dyn Sampler>, Arc<Shape>) {
    let chain = Chain::<K>::new(given, name.seed, name.number);
    let shape = Shape {
        k: K,
        levels: chain.domains.iter().map(|domain| domain.levels.clone()).collect(),
        spreads: chain.spread_of_users(),
        seen: chain.seen_items(),
    };
    (Box::new(chain), Arc::new(shape))
}

fn name(assignment: &Assignment, number: usize) -> Name {
    Name { dimension: assignment.config.bayes_dimension, seed: assignment.config.seed, number }
}

/// A sweep of each of these chains; natively in as many threads as there are cores, and the first of them in this one.
fn sweep_here(mut chains: Vec<&mut Box<dyn Sampler>>) {
    let threads = if cfg!(target_arch = "wasm32") {
        1
    } else {
        std::thread::available_parallelism().map_or(1, usize::from)
    };
    let size = chains.len().div_ceil(threads).max(1);
    let mut shares = chains.chunks_mut(size);
    let Some(first) = shares.next() else { return };
    let sweep = |share: &mut [&mut Box<dyn Sampler>]| share.iter_mut().for_each(|chain| chain.sweep());
    std::thread::scope(|scope| {
        shares.for_each(|share| {
            scope.spawn(move || sweep(share));
        });
        sweep(first);
    });
}

/// A chain and where it is sampled.
struct Seat {
    /// Of a chain that another worker samples, as it was when it was handed over.
    chain: Box<dyn Sampler>,
    far: Option<Far>,
    /// What the other worker has told of the next sweep, while not all chains have done it.
    told: Option<Told>,
    /// What it has told of the last one, where that was wanted.
    last: Option<Arc<Draw>>,
}

/// A training that samples.
pub(in crate::dml) struct Sampling {
    given: Assignment,
    /// One chain or more, from different places; the first is always sampled here.
    seats: Vec<Seat>,
    /// Whether chains were handed over to whoever can take them.
    is_shared: bool,
    model: Bayes,
    /// Sweeps that all chains have done.
    done: usize,
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
    pub(in crate::dml) fn new(assignment: Assignment) -> Result<Self> {
        let given = given(&assignment.training)?;
        let (first, shape) = chain(&given, name(&assignment, 0));
        let mut chains = vec![first];
        chains.extend((1..assignment.config.chains).map(|number| chain(&given, name(&assignment, number)).0));
        let trace = Arc::new(vec![Vec::new(); chains.len()]);
        let recent = vec![Arc::new(chains[0].draw())];
        let model = Bayes { shape, draws: Vec::new(), recent, trace, burn_in: 0 };
        let sweeps = match assignment.stopping {
            Stopping::Own => assignment.config.sweeps,
            Stopping::Epochs(sweeps) => sweeps,
        };
        let seat = |chain| Seat { chain, far: None, told: None, last: None };
        let new = Self {
            given: assignment,
            seats: chains.into_iter().map(seat).collect(),
            is_shared: false,
            model,
            done: 0,
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
        self.model.burn_in = self.given.config.burn_in.min(self.sweeps / 2);
        self
    }

    /// The model as far as it is sampled.
    pub(in crate::dml) fn bayes(&self) -> Bayes {
        self.model.clone()
    }

    async fn step(&mut self, emit: &mut dyn FnMut(Event)) -> Result<()> {
        if self.has_told_the_end {
            return Ok(());
        }
        if self.watch.run() {
            let config = Box::new(self.given.config.clone());
            emit(Event::Started { config, device: self.device(), epochs: self.sweeps });
        }
        // One that is behind, in a training that was interrupted while the others waited for it, catches up here.
        if !self.is_shared && self.seats.iter().all(|seat| seat.chain.sweeps() == self.done) {
            self.is_shared = true;
            self.share().await?;
        }
        if !self.is_done() && self.sweep().await? {
            self.keep();
            let (sweep, links) = (self.epoch(), self.seats[0].chain.link_states());
            let (fraction, seconds) = (self.fraction(), self.watch.seconds());
            emit(Event::Sweep { sweep, sweeps: self.sweeps, links, fraction, seconds });
        }
        if self.is_done() {
            self.has_told_the_end = true;
            let (epochs, seconds) = (self.sweeps, self.watch.seconds());
            emit(Event::Finished { epochs, reason: self.reason(), seconds });
        }
        Ok(())
    }

    /// Hands chains over to whoever is beside this worker. What cannot be handed over stays here.
    async fn share(&mut self) -> Result<()> {
        let hands = self.given.device.hands();
        let shared: Vec<_> =
            (0..self.seats.len()).filter_map(|number| Some((number, hands.of_piece(number)?))).collect();
        if shared.is_empty() {
            return Ok(());
        }
        let given = given(&self.given.training)?;
        for (number, hand) in shared {
            let seat = &mut self.seats[number];
            seat.far = Far::begin(hand, name(&self.given, number), &given, &*seat.chain).await.ok();
        }
        Ok(())
    }

    /// The next sweep of every chain, wherever that is; whether all have done it. Where another worker is gone its chain is sampled
    /// again here, from where it was handed over, a sweep at a time, for which the others wait.
    async fn sweep(&mut self) -> Result<bool> {
        let next = self.done + 1;
        let wants_draw = self.is_kept(next) || self.model.draws.is_empty();
        // Those elsewhere begin first.
        let mut asked = Vec::new();
        for (number, seat) in self.seats.iter().enumerate() {
            if let (Some(far), None) = (&seat.far, &seat.told) {
                asked.push((number, far.sweep(wants_draw)?));
            }
        }
        let here = self.seats.iter_mut().filter(|seat| seat.far.is_none() && seat.chain.sweeps() < next);
        sweep_here(here.map(|seat| &mut seat.chain).collect());
        for (number, answer) in asked {
            let seat = &mut self.seats[number];
            let answer = answer.await.ok();
            seat.told = answer.and_then(|answer| far::told(&answer, &*seat.chain).ok());
            if seat.told.is_none() {
                seat.far = None;
            }
        }
        Ok(self.seats.iter().all(|seat| seat.told.is_some() || seat.chain.sweeps() == next))
    }

    /// Keeps what predictions and the map are made of, once all chains have done a sweep.
    fn keep(&mut self) {
        let sweep = self.done + 1;
        let is_kept = self.is_kept(sweep);
        let trace = Arc::make_mut(&mut self.model.trace);
        let mut drawn: Vec<Arc<Draw>> = Vec::new();
        for (seat, trace) in self.seats.iter_mut().zip(trace) {
            let told = seat.told.take().unwrap_or_else(|| Told {
                links: seat.chain.link_states(),
                draw: is_kept.then(|| Arc::new(seat.chain.draw())),
            });
            trace.push(told.links);
            drawn.extend(told.draw.iter().filter(|_| is_kept).cloned());
            seat.last = told.draw.filter(|_| seat.far.is_some());
        }
        self.done = sweep;
        if !is_kept {
            return;
        }
        let recent = &mut self.model.recent;
        // Where the chain began says nothing.
        if sweep <= self.given.config.thinning || recent.len() == RECENT {
            recent.remove(0);
        }
        recent.push(drawn[0].clone());
        if sweep > self.model.burn_in {
            self.model.draws.extend(drawn);
        }
    }

    /// Whether the state after a sweep is kept.
    fn is_kept(&self, sweep: usize) -> bool {
        (self.sweeps.max(sweep) - sweep).is_multiple_of(self.given.config.thinning)
    }

    /// Writes down the chains as they stand, and all that is kept of them.
    ///
    /// # Errors
    /// When a generator cannot be written.
    async fn write(&self, state: &mut StateWriter) -> Result<()> {
        state.say("sweeps", self.sweeps)?;
        state.say("stopped_of", self.stopped_of)?;
        state.put_value("seconds", &self.watch.seconds())?;
        let mut model = state.begin();
        self.model.put_whole(&mut model)?;
        state.end("model", model)?;
        for (number, seat) in self.seats.iter().enumerate() {
            let elsewhere = match &seat.far {
                Some(far) => far.state().await.ok(),
                None => None,
            };
            state.part(&format!("chain.{number}"), |state| match elsewhere {
                Some(saved) => {
                    state.put_saved(saved);
                    Ok(())
                }
                None => seat.chain.write(state),
            })?;
        }
        Ok(())
    }

    /// Goes to where the chains were that [`Sampling::write`] wrote down.
    ///
    /// # Errors
    /// When they were those of another training.
    fn restore(&mut self, state: &RunState) -> Checked<()> {
        let mut parts = state.parts(&[])?;
        for (number, seat) in self.seats.iter_mut().enumerate() {
            let mut own = parts.part(&format!("chain.{number}"));
            seat.chain.restore(&mut own).map_err(|what| format!("chain {number}: {what}"))?;
            own.end()?;
        }
        let mut of_model = state.within("model")?.parts(&[])?;
        let model = Bayes::load(&mut of_model)?;
        of_model.end()?;
        let done = model.trace.first().map_or(0, Vec::len);
        let has_trace =
            model.trace.len() == self.seats.len() && model.trace.iter().all(|chain| chain.len() == done);
        if !has_trace || !model.is_like(&self.model) {
            return Err("its draws are of other chains".into());
        }
        // One that is sampled again may be behind, for which others wait that are ahead.
        if self.seats.iter().any(|seat| seat.chain.sweeps() > done + 1) {
            return Err("its chains have gone further than its trace".into());
        }
        self.done = done;
        // Nothing is longer than it was to be; a training that was stopped has fewer.
        self.sweeps = parts.size("sweeps", done.max(1), self.sweeps)?;
        self.stopped_of = parts.scalar("stopped_of")?;
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
        Box::pin(self.step(emit))
    }

    fn model(&self) -> Arc<dyn Recommender> {
        let mut model = self.bayes();
        if model.draws.is_empty() {
            model.draws.push(self.preview.get_or_init(|| Arc::new(self.seats[0].chain.preview())).clone());
        }
        Arc::new(model)
    }

    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn epoch(&self) -> usize {
        self.done
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
                self.write(state).await?;
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
            let draw = |seat: &Seat| seat.last.clone().unwrap_or_else(|| Arc::new(seat.chain.draw()));
            self.model.draws.extend(self.seats.iter().map(draw));
        }
        Some(Stopping::Epochs(done))
    }
}
