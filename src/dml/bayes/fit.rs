//! The sampler as a training: a sweep at a time, an event after each, draws kept behind the burn-in.

use std::sync::{Arc, OnceLock};

use web_time::Instant;

use super::chain::Chain;
use super::draw::Draw;
use super::far::{self, Far, Name, Told};
use super::given::{Given, LeftOut};
use super::model::{Bayes, Shape};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{Assignment, Event, Fit, LinkState, Recommender, Stopping, Stopwatch, Work};
use crate::split::{Rows, Training};

/// States of the first chain that the page's map is made of.
pub(super) const RECENT: usize = 16;

/// Sweeps after which several chains wait for each other at the most.
const AT_ONCE: usize = 32;
/// They do so after about as many seconds: often enough for whoever wants to pause, seldom enough that waiting costs nothing.
const TOGETHER_SECONDS: f64 = 0.05;
/// After a rest of so many seconds they begin with one sweep: somebody may want one at a time.
const REST_SECONDS: f64 = 0.25;

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
fn given(training: &Training, left_out: Option<LeftOut>) -> Result<Given> {
    // Nothing is chosen by validation rows, so that they are trained on.
    let rows: Vec<Vec<Rows>> =
        (0..training.domains()).map(|d| vec![training.rows(d), training.validation(d)]).collect();
    if rows.iter().flatten().all(Rows::is_empty) {
        return Err(Error::data("no rating is left to train on", "Load files with more people"));
    }
    Ok(Given::of(training, rows, left_out))
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

/// A chain here that has sweeps to do, what it tells goes behind what it has told, and which sweeps' states are wanted. Those
/// before tell nothing: the chain catches up with what was told before.
type Turn<'a> = (&'a mut Box<dyn Sampler>, &'a mut Vec<Told>, usize, &'a [bool]);

fn take_turn((chain, told, silent, wanted): &mut Turn) {
    (0..*silent).for_each(|_| chain.sweep());
    told.extend(far::sweep(&mut ***chain, wanted));
}

/// The turns of all chains here; natively in as many threads as there are cores, and the first in this one.
fn take_turns(mut turns: Vec<Turn>) {
    let threads = if cfg!(target_arch = "wasm32") {
        1
    } else {
        std::thread::available_parallelism().map_or(1, usize::from)
    };
    let size = turns.len().div_ceil(threads).max(1);
    let mut shares = turns.chunks_mut(size);
    let Some(first) = shares.next() else { return };
    std::thread::scope(|scope| {
        for share in shares {
            scope.spawn(move || share.iter_mut().for_each(take_turn));
        }
        first.iter_mut().for_each(take_turn);
    });
}

/// A chain and where it is sampled.
struct Seat {
    /// Of a chain that another worker samples, as it was when it was handed over.
    chain: Box<dyn Sampler>,
    far: Option<Far>,
    /// What it has told of sweeps that not all chains have done yet.
    told: Vec<Told>,
    /// The state after the last one, where another worker has told it.
    last: Option<Arc<Draw>>,
}

/// How long sweeps take where several chains wait for each other.
#[derive(Default)]
struct Pace {
    began: Option<Instant>,
    ended: Option<Instant>,
    seconds_a_sweep: Option<f64>,
}

impl Pace {
    /// How many sweeps there are to be until they wait.
    fn sweeps(&self, most: usize) -> usize {
        let is_rested = self.ended.is_none_or(|ended| ended.elapsed().as_secs_f64() > REST_SECONDS);
        match self.seconds_a_sweep {
            Some(seconds) if !is_rested => ((TOGETHER_SECONDS / seconds.max(1e-9)) as usize).clamp(1, most),
            _ => 1,
        }
    }

    fn begin(&mut self) {
        self.began = Some(Instant::now());
    }

    fn end(&mut self, sweeps: usize) {
        self.seconds_a_sweep = self.began.map(|began| began.elapsed().as_secs_f64() / sweeps as f64);
        self.ended = Some(Instant::now());
    }
}

/// A training that samples.
pub(in crate::dml) struct Sampling {
    given: Assignment,
    left_out: Option<LeftOut>,
    /// One chain or more, from different places; the first is always sampled here.
    seats: Vec<Seat>,
    /// Whether chains were handed over to whoever can take them.
    is_shared: bool,
    model: Bayes,
    /// Sweeps that all chains have done.
    done: usize,
    /// Where they go to before they wait for each other.
    target: usize,
    /// Sweeps after which several chains wait for each other at the most.
    pub(super) at_once: usize,
    pace: Pace,
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
        Self::without(assignment, None)
    }

    /// The same without a part of the model.
    ///
    /// # Errors
    /// As [`Sampling::new`].
    pub(super) fn without(assignment: Assignment, left_out: Option<LeftOut>) -> Result<Self> {
        let given = given(&assignment.training, left_out)?;
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
        let seat = |chain| Seat { chain, far: None, told: Vec::new(), last: None };
        let new = Self {
            given: assignment,
            left_out,
            seats: chains.into_iter().map(seat).collect(),
            is_shared: false,
            model,
            done: 0,
            target: 0,
            at_once: AT_ONCE,
            pace: Pace::default(),
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
        let is_level = |seat: &Seat| seat.told.is_empty() && seat.chain.sweeps() == self.done;
        if !self.is_shared && self.seats.iter().all(is_level) {
            self.is_shared = true;
            self.share().await?;
        }
        if !self.is_done() && self.go_on().await? {
            while self.done < self.target {
                let links = self.keep();
                let (sweep, fraction, seconds) = (self.epoch(), self.fraction(), self.watch.seconds());
                emit(Event::Sweep { sweep, sweeps: self.sweeps, links, fraction, seconds });
            }
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
        let given = given(&self.given.training, self.left_out)?;
        for (number, hand) in shared {
            let seat = &mut self.seats[number];
            seat.far = Far::begin(hand, name(&self.given, number), &given, &*seat.chain).await.ok();
        }
        Ok(())
    }

    /// Goes to the next sweep at which chains wait for each other, each wherever it is sampled; whether all are there. Where
    /// another worker is gone its chain is sampled again here, from where it was handed over, a few sweeps at a time.
    async fn go_on(&mut self) -> Result<bool> {
        if self.target <= self.done {
            let at_once = if self.seats.len() == 1 { 1 } else { self.pace.sweeps(self.at_once) };
            self.target = self.sweeps.min(self.done + at_once);
            self.pace.begin();
        }
        let kept: Vec<bool> = (self.done + 1..=self.target).map(|sweep| self.is_kept(sweep)).collect();
        // A chain that is stopped before a draw is kept leaves its last state, which one elsewhere has to have told.
        let wanted = if self.model.draws.is_empty() { vec![true; kept.len()] } else { kept.clone() };
        // Those elsewhere begin first.
        let mut asked = Vec::new();
        for (number, seat) in self.seats.iter().enumerate() {
            if let (Some(far), true) = (&seat.far, seat.told.is_empty()) {
                asked.push((number, far.sweep(&wanted)?));
            }
        }
        let mut turns: Vec<Turn> = Vec::new();
        for Seat { chain, far, told, last: _ } in &mut self.seats {
            let left = &kept[told.len()..];
            if far.is_none() && !left.is_empty() {
                let silent = (self.done + told.len()).saturating_sub(chain.sweeps()).min(kept.len());
                turns.push((chain, told, silent, &left[..left.len() - silent.min(left.len())]));
            }
        }
        take_turns(turns);
        for (number, answer) in asked {
            let seat = &mut self.seats[number];
            let answer = answer.await.ok();
            match answer.and_then(|answer| far::told(&answer, &*seat.chain).ok()) {
                Some(told) if told.len() == wanted.len() => seat.told = told,
                _ => seat.far = None,
            }
        }
        let are_there = self.seats.iter().all(|seat| seat.told.len() == wanted.len());
        if are_there {
            self.pace.end(wanted.len());
        }
        Ok(are_there)
    }

    /// Keeps what predictions and the map are made of, of a sweep that all chains have done; the first one's links.
    fn keep(&mut self) -> Vec<LinkState> {
        let sweep = self.done + 1;
        let is_kept = self.is_kept(sweep);
        let trace = Arc::make_mut(&mut self.model.trace);
        let mut drawn: Vec<Arc<Draw>> = Vec::new();
        for (seat, trace) in self.seats.iter_mut().zip(trace.iter_mut()) {
            let Told { links, draw } = seat.told.remove(0);
            trace.push(links);
            drawn.extend(draw.iter().filter(|_| is_kept).cloned());
            seat.last = draw.filter(|_| seat.far.is_some());
        }
        let links = trace[0].last().cloned().unwrap_or_default();
        self.done = sweep;
        if !is_kept {
            return links;
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
        links
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
        state.say("target", self.target)?;
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
            if !seat.told.is_empty() {
                let mut told = state.begin();
                far::put_told(&seat.told, &mut told)?;
                state.end(&format!("told.{number}"), told)?;
            }
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
        self.done = done;
        // Nothing is longer than it was to be; a training that was stopped has fewer.
        self.sweeps = parts.size("sweeps", done.max(1), self.sweeps)?;
        self.stopped_of = parts.scalar("stopped_of")?;
        self.target = parts.scalar("target")?;
        // One that is sampled again may be behind, for which others wait that are ahead.
        for (number, seat) in self.seats.iter_mut().enumerate() {
            let name = format!("told.{number}");
            if state.bytes().has_bytes(&name) {
                seat.told = far::told(state.bytes().bytes(&name)?, &*seat.chain)?;
            }
            let has_told = done + seat.told.len();
            // Where one is stopped nobody asks any more how far it had gone.
            if self.sweeps > done && (seat.chain.sweeps() > has_told || has_told > self.target.max(done)) {
                return Err(format!("chain {number} has gone further than it has told"));
            }
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
