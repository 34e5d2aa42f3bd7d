//! Chains that are sampled by other workers: the one end, which asks, and the other, which answers. All that a chain needs is sent
//! when it is handed over; then a few sweeps at a time, and what predictions need of them comes back. The worker where the training
//! is keeps the chain as it was, for the case that the other one dies.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::draw::Draw;
use super::fit::{Sampler, chain};
use super::given::Given;
use crate::data::World;
use crate::engine::{Hand, Reading};
use crate::error::Result;
use crate::recommender::LinkState;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::state::{StateBytes, StateWriter, refused};

/// Figures of a link in what a chain tells: ρ, c, the correlation, τ and λ.
const FIGURES: usize = 5;
/// Asks a helper to take a chain.
const BEGIN: u8 = 0;
/// To sweep so many times.
const SWEEP: u8 = 1;
/// To write the chain down.
const WRITE: u8 = 2;
/// To forget it.
const END: u8 = 3;

/// The number of the next chain that is handed over. A worker that takes a dead one's place has none of its chains, and no other
/// under their numbers.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// What a chain tells of a sweep.
pub(super) struct Told {
    pub(super) links: Vec<LinkState>,
    /// What predictions need of its state, where that was wanted.
    pub(super) draw: Option<Arc<Draw>>,
}

/// Which chain of which seed it is.
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
pub(super) struct Name {
    pub(super) dimension: usize,
    pub(super) seed: u64,
    pub(super) number: usize,
}

/// A chain that another worker samples.
pub(super) struct Far {
    hand: Rc<dyn Hand>,
    id: u32,
}

impl Far {
    /// Hands a chain over as it stands.
    ///
    /// # Errors
    /// When the other worker cannot take it.
    pub(super) async fn begin(
        hand: Rc<dyn Hand>,
        name: Name,
        given: &Given,
        chain: &dyn Sampler,
    ) -> Result<Self> {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut state = asking(BEGIN, id)?;
        state.say("name", name)?;
        state.part("given", |state| given.write(state))?;
        state.part("chain", |state| chain.write(state))?;
        hand.ask(state.finish()?).await?;
        Ok(Self { hand, id })
    }

    /// Has it swept some times, which begins now; `wanted` says of each sweep whether what predictions need is to be told too.
    ///
    /// # Errors
    /// When it cannot be asked for.
    pub(super) fn sweep(&self, wanted: &[bool]) -> Result<Reading<'static, Vec<u8>>> {
        let mut state = asking(SWEEP, self.id)?;
        state.say("wanted", wanted)?;
        Ok(self.hand.ask(state.finish()?))
    }

    /// The chain as it stands, as [`Sampler::write`] writes it.
    ///
    /// # Errors
    /// When the other worker is gone.
    pub(super) async fn state(&self) -> Result<Saved> {
        let answer = self.hand.ask(asking(WRITE, self.id)?.finish()?).await?;
        StateBytes::new(&answer).and_then(|answer| answer.saved()).map_err(refused)
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        if let Ok(bytes) = asking(END, self.id).and_then(StateWriter::finish) {
            // Nobody waits for the answer.
            drop(self.hand.ask(bytes));
        }
    }
}

fn asking(what: u8, id: u32) -> Result<StateWriter> {
    let mut state = StateWriter::new(Vec::new());
    state.say("what", what)?;
    state.say("id", id)?;
    Ok(state)
}

/// Sweeps a chain some times; `wanted` as [`Far::sweep`] has it.
pub(super) fn sweep(chain: &mut dyn Sampler, wanted: &[bool]) -> Vec<Told> {
    let mut once = |&is_wanted: &bool| {
        chain.sweep();
        Told { links: chain.link_states(), draw: is_wanted.then(|| Arc::new(chain.draw())) }
    };
    wanted.iter().map(&mut once).collect()
}

/// Writes down what a chain tells of some sweeps.
///
/// # Errors
/// When that cannot be said in JSON, which does not happen.
pub(super) fn put_told(told: &[Told], state: &mut StateWriter) -> Result<()> {
    let figures = |link: &LinkState| [link.rho, link.scale, link.correlation, link.tau, link.lambda];
    let numbers: Vec<f32> = told.iter().flat_map(|told| &told.links).flat_map(figures).collect();
    state.floats("links", &[numbers.len()], [&numbers[..]]);
    state.say("drawn", told.iter().map(|told| told.draw.is_some()).collect::<Vec<bool>>())?;
    for (n, told) in told.iter().enumerate() {
        let Some(draw) = &told.draw else { continue };
        let mut draw = Draw::clone(draw);
        let slices = draw.slices_mut();
        let count = slices.iter().map(|slice| slice.len()).sum();
        state.floats(&format!("draw.{n}"), &[count], slices.into_iter().map(|slice| &*slice));
    }
    Ok(())
}

/// What [`put_told`] wrote of a chain that is otherwise like `like`.
///
/// # Errors
/// When it is something else.
pub(super) fn told(written: &[u8], like: &dyn Sampler) -> Checked<Vec<Told>> {
    let saved = StateBytes::new(written)?.saved()?;
    let world = World::new(Vec::new());
    let mut parts = Parts::new(&world, &[], saved);
    let drawn: Vec<bool> = parts.scalar("drawn")?;
    let links = like.link_states();
    let numbers = parts.numbers("links", &[drawn.len() * links.len() * FIGURES], f32::MAX)?;
    let mut figures = numbers.as_chunks::<FIGURES>().0.iter();
    let mut all = Vec::with_capacity(drawn.len());
    for (n, is_drawn) in drawn.into_iter().enumerate() {
        let mut links = links.clone();
        for (link, figures) in links.iter_mut().zip(&mut figures) {
            [link.rho, link.scale, link.correlation, link.tau, link.lambda] = *figures;
        }
        let draw =
            if is_drawn { Some(Arc::new(take_draw(&format!("draw.{n}"), like, &mut parts)?)) } else { None };
        all.push(Told { links, draw });
    }
    parts.end()?;
    Ok(all)
}

fn take_draw(name: &str, like: &dyn Sampler, parts: &mut Parts) -> Checked<Draw> {
    let mut draw = like.draw();
    let mut slices = draw.slices_mut();
    let count = slices.iter().map(|slice| slice.len()).sum();
    let numbers = parts.numbers(name, &[count], f32::MAX)?;
    let mut rest = &numbers[..];
    for slice in &mut slices {
        let (own, others) = rest.split_at(slice.len());
        slice.copy_from_slice(own);
        rest = others;
    }
    Ok(draw)
}

/// The other end: chains of trainings that are elsewhere.
#[derive(Default)]
pub struct Helper {
    chains: BTreeMap<u32, Box<dyn Sampler>>,
}

impl Helper {
    /// Does what is asked in bytes, and answers in bytes.
    ///
    /// # Errors
    /// When the bytes ask for nothing, or for a chain that is not here.
    pub fn answer(&mut self, asked: &[u8]) -> Result<Vec<u8>> {
        let mut answer = StateWriter::new(Vec::new());
        self.add_answer(asked, &mut answer).map_err(refused)?;
        answer.finish()
    }

    fn add_answer(&mut self, asked: &[u8], answer: &mut StateWriter) -> Checked<()> {
        let asked = StateBytes::new(asked)?;
        let (what, id): (u8, u32) = (asked.scalar("what")?, asked.scalar("id")?);
        let said = |error: crate::error::Error| error.to_string();
        match what {
            BEGIN => {
                let world = World::new(Vec::new());
                let mut parts = Parts::new(&world, &[], asked.saved()?);
                let given = Given::read(&mut parts.part("given"))?;
                let (mut new, _) = chain(&given, asked.scalar("name")?);
                new.restore(&mut parts.part("chain"))?;
                self.chains.insert(id, new);
            }
            SWEEP => {
                let wanted: Vec<bool> = asked.scalar("wanted")?;
                let told = sweep(&mut **self.chain(id)?, &wanted);
                put_told(&told, answer).map_err(said)?;
            }
            WRITE => self.chain(id)?.write(answer).map_err(said)?,
            END => drop(self.chains.remove(&id)),
            _ => return Err(format!("{what} is nothing that can be asked")),
        }
        Ok(())
    }

    /// Whether it has no chain.
    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        self.chains.is_empty()
    }

    fn chain(&mut self, id: u32) -> Checked<&mut Box<dyn Sampler>> {
        self.chains.get_mut(&id).ok_or_else(|| format!("chain {id} is not here"))
    }
}
