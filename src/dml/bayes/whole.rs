//! The Bayesian model with every draw in full precision, as a measurement keeps it that may be interrupted: what is saved to be
//! taken away is thinned and in half precision (`saved`), and would say something else in the last digits.

use std::sync::Arc;

use super::draw::{Draw, kinds};
use super::model::{Bayes, Shape};
use super::saved::{entry_row, spread_row};
use crate::error::Result;
use crate::recommender::LinkState;
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::StateWriter;

/// Chains that a model can be of; a setting has the same bound.
const MOST_CHAINS: usize = 16;
/// Sweeps that a chain can have; the same.
const MOST_SWEEPS: usize = 100_000;
/// Figures of a link in a trace: ρ, c, the correlation, τ and λ.
const FIGURES: usize = 5;

impl Bayes {
    /// Writes all of it down, under the names of [`Bayes::load`].
    pub(in crate::dml) fn put_whole(&self, state: &mut StateWriter) -> Result<()> {
        let k = self.shape.k;
        let mut all: Vec<&Arc<Draw>> = self.draws.iter().collect();
        // Most of the recent states are kept draws.
        let mut recent = Vec::with_capacity(self.recent.len());
        for state in &self.recent {
            let place = all.iter().position(|draw| Arc::ptr_eq(draw, state)).unwrap_or_else(|| {
                all.push(state);
                all.len() - 1
            });
            recent.push(place as u32);
        }
        let Some(first) = all.first() else { return Ok(()) };
        let n = all.len();
        state.say("dimension", k)?;
        let links: Vec<(usize, usize, bool)> =
            first.links.iter().map(|link| (link.from, link.to, !link.map.is_empty())).collect();
        state.say("links", &links)?;
        for (j, _) in links.iter().enumerate().filter(|(_, link)| link.2) {
            state.floats(&format!("map.{j}"), &[n, k, k], all.iter().map(|draw| &draw.links[j].map[..]));
        }
        for d in 0..first.domains.len() {
            self.put_whole_domain(d, &all, state)?;
        }
        state.part("whole", |state| {
            state.whole("recent", &recent);
            state.say("kept", self.draws.len())?;
            state.say("burn_in", self.burn_in)?;
            let sweeps = self.trace.first().map_or(0, Vec::len);
            let figures = |link: &LinkState| [link.rho, link.scale, link.correlation, link.tau, link.lambda];
            let trace: Vec<f32> = self.trace.iter().flatten().flatten().flat_map(figures).collect();
            state.floats("trace", &[self.trace.len(), sweeps, links.len() * FIGURES], [&trace[..]]);
            Ok(())
        })
    }

    fn put_whole_domain(&self, d: usize, all: &[&Arc<Draw>], state: &mut StateWriter) -> Result<()> {
        let (n, k) = (all.len(), self.shape.k);
        let (users, items) = (self.shape.spreads[d].len(), self.shape.seen[d].len());
        let kinds = kinds(self.shape.spreads.len());
        let levels = &self.shape.levels[d].values;
        state.part(&d.to_string(), |state| {
            state.floats("levels", &[levels.len()], [&levels[..]]);
            state.kinds("kinds", &self.shape.spreads[d]);
            state.kinds("is_seen", &self.shape.seen[d].iter().map(|&is| u8::from(is)).collect::<Vec<u8>>());
            let of = || all.iter().map(|draw| &draw.domains[d]);
            state.floats("cutpoints", &[n, levels.len() - 1], of().map(|domain| &domain.cutpoints[..]));
            state.floats("noise", &[n, users], of().map(|domain| &domain.noise[..]));
            state.floats("user_biases", &[n, users], of().map(|domain| &domain.user_biases[..]));
            state.floats("user_vectors", &[n, users, k], of().map(|domain| &domain.user_vectors[..]));
            state.floats("item_biases", &[n, items], of().map(|domain| &domain.item_biases[..]));
            state.floats("item_vectors", &[n, items, k], of().map(|domain| &domain.item_vectors[..]));
            let spreads: Vec<f32> =
                of().flat_map(|domain| domain.spreads.iter().flat_map(spread_row)).collect();
            state.floats("spreads", &[n, kinds, 1 + k * k], [&spreads[..]]);
            let unseen: Vec<f32> = of().flat_map(|domain| spread_row(&domain.unseen_items)).collect();
            state.floats("unseen_items", &[n, 1 + k * k], [&unseen[..]]);
            for (name, means) in [
                ("prior_mean", of().map(|domain| &domain.prior_mean[..]).collect::<Vec<_>>()),
                ("prior_means", of().map(|domain| &domain.prior_means[..]).collect()),
            ] {
                let shape: &[usize] = if name == "prior_mean" { &[n, 1 + k] } else { &[n, users, 1 + k] };
                if means.iter().all(|means| !means.is_empty()) {
                    state.floats(name, shape, means);
                }
            }
            let entries = all.first().map_or(&[][..], |draw| &draw.domains[d].entries);
            let entered_from: Vec<usize> =
                (0..entries.len()).filter(|&from| entries[from].is_some()).collect();
            for &from in &entered_from {
                let rows: Vec<f32> = of()
                    .flat_map(|domain| domain.entries[from].as_ref().map_or_else(Vec::new, entry_row))
                    .collect();
                state.floats(&format!("entry.{from}"), &[n, 1 + k * k + 2 * k], [&rows[..]]);
            }
            state.say("entered_from", entered_from)
        })
    }
}

/// What is written beside the draws.
pub(super) struct Whole {
    /// How many of the draws predictions are means over; the others are recent states alone.
    pub(super) kept: usize,
    pub(super) chains: usize,
    recent: Vec<u32>,
    burn_in: usize,
    sweeps: usize,
    trace: Vec<f32>,
    links: usize,
}

impl Whole {
    /// The part beside `n` draws.
    pub(super) fn load(parts: &mut Parts, n: usize) -> Checked<Self> {
        let recent = parts.length("whole.recent", 1, 0, n)?;
        if recent == 0 {
            return Err("it has no recent state".into());
        }
        let recent = parts.indices("whole.recent", &[recent], n)?;
        let chains = parts.length("whole.trace", 3, 0, MOST_CHAINS)?;
        let sweeps = parts.length("whole.trace", 3, 1, MOST_SWEEPS)?;
        let width = parts.length("whole.trace", 3, 2, usize::MAX)?;
        if chains == 0 || !width.is_multiple_of(FIGURES) {
            return Err("its trace is of another shape".into());
        }
        Ok(Self {
            kept: parts.size("whole.kept", 0, n)?,
            chains,
            recent,
            burn_in: parts.scalar("whole.burn_in")?,
            sweeps,
            trace: parts.numbers("whole.trace", &[chains, sweeps, width], f32::MAX)?,
            links: width / FIGURES,
        })
    }

    /// The model of all draws.
    pub(super) fn complete(self, shape: Shape, mut draws: Vec<Arc<Draw>>) -> Checked<Bayes> {
        let ends: Vec<(usize, usize)> = draws
            .first()
            .map_or_else(Vec::new, |draw| draw.links.iter().map(|link| (link.from, link.to)).collect());
        if self.links != ends.len() {
            return Err("its trace is of other links".into());
        }
        let mut figures = self.trace.as_chunks::<FIGURES>().0.iter();
        let mut sweep = || -> Vec<LinkState> {
            let links = ends.iter().zip(&mut figures);
            let link = |(&(from, to), &[rho, scale, correlation, tau, lambda]): (
                &(usize, usize),
                &[f32; FIGURES],
            )| { LinkState { from, to, rho, scale, correlation, tau, lambda } };
            links.map(link).collect()
        };
        let trace = (0..self.chains).map(|_| (0..self.sweeps).map(|_| sweep()).collect()).collect();
        let recent = self.recent.iter().map(|&place| draws[place as usize].clone()).collect();
        draws.truncate(self.kept);
        Ok(Bayes { shape: Arc::new(shape), draws, recent, trace: Arc::new(trace), burn_in: self.burn_in })
    }
}
