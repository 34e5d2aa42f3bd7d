//! Chains that are sampled by other workers: the one end, which asks, and the other, which answers. All that a chain needs is sent
//! when it is handed over; then a sweep at a time, and what predictions need of it comes back. The worker where the training
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
/// To sweep once.
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

    /// Has it swept once, which begins now; `wants_draw` says whether what predictions need is to be told too.
    ///
    /// # Errors
    /// When it cannot be asked for.
    pub(super) fn sweep(&self, wants_draw: bool) -> Result<Reading<'static, Vec<u8>>> {
        let mut state = asking(SWEEP, self.id)?;
        state.say("wants_draw", wants_draw)?;
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

/// What a helper's answer tells of a chain that is otherwise like `like`.
///
/// # Errors
/// When it tells something else.
pub(super) fn told(answer: &[u8], like: &dyn Sampler) -> Checked<Told> {
    let saved = StateBytes::new(answer)?.saved()?;
    let world = World::new(Vec::new());
    let mut parts = Parts::new(&world, &[], saved);
    let mut links = like.link_states();
    let figures = parts.numbers("links", &[links.len(), FIGURES], f32::MAX)?;
    for (link, figures) in links.iter_mut().zip(figures.as_chunks::<FIGURES>().0) {
        [link.rho, link.scale, link.correlation, link.tau, link.lambda] = *figures;
    }
    let mut draw = None;
    if parts.has("draw") {
        let mut drawn = like.draw();
        let mut slices = drawn.slices_mut();
        let count = slices.iter().map(|slice| slice.len()).sum();
        let numbers = parts.numbers("draw", &[count], f32::MAX)?;
        let mut rest = &numbers[..];
        for slice in &mut slices {
            let (own, others) = rest.split_at(slice.len());
            slice.copy_from_slice(own);
            rest = others;
        }
        draw = Some(Arc::new(drawn));
    }
    parts.end()?;
    Ok(Told { links, draw })
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
                let chain = self.chain(id)?;
                chain.sweep();
                let links = chain.link_states();
                let figures =
                    |link: &LinkState| [link.rho, link.scale, link.correlation, link.tau, link.lambda];
                let numbers: Vec<f32> = links.iter().flat_map(figures).collect();
                answer.floats("links", &[links.len(), FIGURES], [&numbers[..]]);
                if asked.scalar("wants_draw")? {
                    let mut draw = chain.draw();
                    let slices = draw.slices_mut();
                    let count = slices.iter().map(|slice| slice.len()).sum();
                    answer.floats("draw", &[count], slices.into_iter().map(|slice| &*slice));
                }
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
