//! The Bayesian model as it is saved: sixty of its draws at the most, evenly over those that were kept, in half precision.
//! Predictions are means over draws, and an error grows with one by their number: fewer draws cost more than the model is
//! ahead by. Half precision costs nothing that can be measured (docs/bayes.md, "What is saved").

use std::sync::Arc;

use half::f16;

use super::draw::{DomainDraw, Draw, Entry, LinkDraw, Spread, kinds};
use super::fit::RECENT;
use super::levels::{self, Levels};
use super::model::{Bayes, Shape};
use super::whole::Whole;
use crate::error::{Error, Result};
use crate::recommender::saved::{Checked, Numbers, Parts, Saved};

/// Draws that are saved at the most.
const MOST_DRAWS: usize = 60;

/// The least variance of a rating's noise that is saved: that of whoever rates as steadily as anybody is a hundred times more.
const LEAST_NOISE: f32 = 1e-3;

/// Numbers of a vector.
const DIMENSIONS: [usize; 2] = [8, 16];

/// Numbers of all draws in half precision.
fn halves(draws: &[&Draw], of: impl Fn(&Draw) -> &[f32]) -> Numbers {
    draws.iter().flat_map(|draw| of(draw)).map(|&x| f16::from_f32(x)).collect::<Vec<f16>>().into()
}

/// The same in single precision.
fn singles(draws: &[&Draw], of: impl Fn(&Draw) -> Vec<f32>) -> Numbers {
    draws.iter().flat_map(|draw| of(draw)).collect::<Vec<f32>>().into()
}

impl Bayes {
    /// The model of so many of its draws at the most, evenly over them and of every chain as many, the latest among them.
    #[must_use]
    pub fn thinned(&self, most: usize) -> Self {
        let chains = self.chains();
        // Chains take turns in the list.
        let rounds = self.draws.len() / chains;
        let count = rounds.min((most / chains).max(1));
        let chosen = (1..=count).map(|n| n * rounds / count - 1);
        let draws = chosen.flat_map(|round| &self.draws[round * chains..][..chains]).cloned().collect();
        Self { draws, ..self.clone() }
    }

    /// How many chains the draws are of.
    fn chains(&self) -> usize {
        self.trace.len().clamp(1, self.draws.len().max(1))
    }

    /// What it consists of.
    pub(super) fn parts(&self) -> Result<Saved> {
        let thinned = self.thinned(MOST_DRAWS);
        let draws: Vec<&Draw> = thinned.draws.iter().map(|draw| &**draw).collect();
        let Some(first) = draws.first() else {
            return Err(Error::data("no draw is kept yet that could be saved", "Let the chain go on"));
        };
        let (n, k) = (draws.len(), self.shape.k);
        let mut saved = Saved::default();
        saved.say("dimension", k)?;
        saved.say("chains", self.chains())?;
        let links: Vec<(usize, usize, bool)> =
            first.links.iter().map(|link| (link.from, link.to, !link.map.is_empty())).collect();
        saved.say("links", &links)?;
        for (j, _) in links.iter().enumerate().filter(|(_, link)| link.2) {
            saved.put(format!("map.{j}"), &[n, k, k], singles(&draws, |draw| draw.links[j].map.clone()));
        }
        for d in 0..first.domains.len() {
            self.put_domain(d, &draws, &mut saved)?;
        }
        Ok(saved)
    }

    fn put_domain(&self, d: usize, draws: &[&Draw], saved: &mut Saved) -> Result<()> {
        let name = |part: &str| format!("{d}.{part}");
        let (n, k) = (draws.len(), self.shape.k);
        let (users, items) = (self.shape.spreads[d].len(), self.shape.seen[d].len());
        saved.put_list(name("levels"), self.shape.levels[d].values.clone());
        saved.put_list(name("kinds"), self.shape.spreads[d].clone());
        saved.put_list(
            name("is_seen"),
            self.shape.seen[d].iter().map(|&is| u8::from(is)).collect::<Vec<u8>>(),
        );
        let steps = self.shape.levels[d].len() - 1;
        saved.put(name("cutpoints"), &[n, steps], singles(draws, |draw| draw.domains[d].cutpoints.clone()));
        let noise = draws.iter().flat_map(|draw| &draw.domains[d].noise);
        let noise: Vec<f16> = noise.map(|x| f16::from_f32(x.max(LEAST_NOISE * 1.01))).collect();
        saved.put(name("noise"), &[n, users], noise);
        saved.put(name("user_biases"), &[n, users], halves(draws, |draw| &draw.domains[d].user_biases));
        saved.put(name("user_vectors"), &[n, users, k], halves(draws, |draw| &draw.domains[d].user_vectors));
        saved.put(name("item_biases"), &[n, items], halves(draws, |draw| &draw.domains[d].item_biases));
        saved.put(name("item_vectors"), &[n, items, k], halves(draws, |draw| &draw.domains[d].item_vectors));
        let kinds = kinds(self.shape.spreads.len());
        let spreads = singles(draws, |draw| draw.domains[d].spreads.iter().flat_map(spread_row).collect());
        saved.put(name("spreads"), &[n, kinds, 1 + k * k], spreads);
        let unseen = singles(draws, |draw| spread_row(&draw.domains[d].unseen_items));
        saved.put(name("unseen_items"), &[n, 1 + k * k], unseen);
        let means = singles(draws, |draw| draw.domains[d].prior_mean.clone());
        if !draws.iter().any(|draw| draw.domains[d].prior_mean.is_empty()) {
            saved.put(name("prior_mean"), &[n, 1 + k], means);
        }
        if draws.first().is_some_and(|draw| !draw.domains[d].prior_means.is_empty()) {
            let means = halves(draws, |draw| &draw.domains[d].prior_means);
            saved.put(name("prior_means"), &[n, users, 1 + k], means);
        }
        let entries = draws.first().map_or(&[][..], |draw| &draw.domains[d].entries);
        let entered_from: Vec<usize> = (0..entries.len()).filter(|&from| entries[from].is_some()).collect();
        for &from in &entered_from {
            let rows = singles(draws, |draw| {
                draw.domains[d].entries[from].as_ref().map_or_else(Vec::new, entry_row)
            });
            saved.put(name(&format!("entry.{from}")), &[n, 1 + k * k + 2 * k], rows);
        }
        saved.say(name("entered_from"), entered_from)
    }

    /// The model of a file.
    pub(in crate::dml) fn load(parts: &mut Parts) -> Checked<Self> {
        let k: usize = parts.scalar("dimension")?;
        if !DIMENSIONS.contains(&k) {
            return Err(format!("{k} stands where a dimension of 8 or 16 belongs"));
        }
        let n = parts.length("0.noise", 2, 0, usize::MAX)?;
        if n == 0 {
            return Err("it holds no draw".into());
        }
        let whole = if parts.has_part("whole") { Some(Whole::load(parts, n)?) } else { None };
        let (kept, chains) = match &whole {
            Some(whole) => (whole.kept, whole.chains),
            None => (n, parts.size("chains", 1, n)?),
        };
        if !kept.is_multiple_of(chains) {
            return Err(format!("{kept} draws are not of {chains} chains that take turns"));
        }
        let mut draws = vec![Draw { domains: Vec::new(), links: Vec::new() }; n];
        let mut shape = Shape { k, levels: Vec::new(), spreads: Vec::new(), seen: Vec::new() };
        for d in 0..parts.domains() {
            load_domain(parts, d, &mut shape, &mut draws, if whole.is_some() { 0.0 } else { LEAST_NOISE })?;
        }
        let links: Vec<(usize, usize, bool)> = parts.scalar("links")?;
        for (j, &(from, to, has_map)) in links.iter().enumerate() {
            if from == to || from.max(to) >= parts.domains() {
                return Err(format!("a link leads from domain {from} to {to}"));
            }
            let maps = if has_map { parts.rows(&format!("map.{j}"), &[n, k, k])? } else { Vec::new() };
            for (at, draw) in draws.iter_mut().enumerate() {
                let map = if has_map { maps[at * k * k..][..k * k].to_vec() } else { Vec::new() };
                draw.links.push(LinkDraw { from, to, map });
            }
        }
        let draws: Vec<Arc<Draw>> = draws.into_iter().map(Arc::new).collect();
        if let Some(whole) = whole {
            return whole.complete(shape, draws);
        }
        let of_first_chain: Vec<Arc<Draw>> = draws.iter().step_by(chains).cloned().collect();
        let recent = of_first_chain[of_first_chain.len().saturating_sub(RECENT)..].to_vec();
        let trace = Arc::new(vec![Vec::new(); chains]);
        Ok(Self { shape: Arc::new(shape), draws, recent, trace, burn_in: 0 })
    }
}

/// Bias and vector of a spread, one after the other.
pub(super) fn spread_row(spread: &Spread) -> Vec<f32> {
    std::iter::once(spread.bias).chain(spread.vector.iter().copied()).collect()
}

fn spread_of(row: &[f32]) -> Spread {
    Spread { bias: row[0], vector: row[1..].to_vec() }
}

/// Bias, map and both means of an entry, one after the other.
pub(super) fn entry_row(entry: &Entry) -> Vec<f32> {
    let Entry { bias, map, from_mean, to_mean } = entry;
    [&[*bias][..], map, from_mean, to_mean].concat()
}

fn entry_of(row: &[f32], k: usize) -> Entry {
    let (map, means) = row[1..].split_at(k * k);
    let (from_mean, to_mean) = means.split_at(k);
    Entry { bias: row[0], map: map.to_vec(), from_mean: from_mean.to_vec(), to_mean: to_mean.to_vec() }
}

/// Reads a domain and adds it to the shape and to every draw. No rating's noise has a smaller variance than the least.
fn load_domain(
    parts: &mut Parts,
    d: usize,
    shape: &mut Shape,
    draws: &mut [Draw],
    least_noise: f32,
) -> Checked<()> {
    let name = |part: &str| format!("{d}.{part}");
    let (n, k, domains) = (draws.len(), shape.k, parts.domains());
    let (users, items) = (parts.users(d), parts.items(d));
    let count = parts.length(&name("levels"), 1, 0, levels::MOST)?;
    let levels = parts.numbers(&name("levels"), &[count], 1.0)?;
    let is_ascending = levels.windows(2).all(|pair| pair[0] < pair[1]);
    if levels.first().is_none_or(|&first| first < 0.0) || !is_ascending {
        return Err(format!("{} are no ascending levels from 0 to 1", name("levels")));
    }
    let kinds = kinds(domains);
    shape.spreads.push(parts.kinds(&name("kinds"), &[users], kinds)?);
    shape.seen.push(parts.flags(&name("is_seen"), &[items])?);
    shape.levels.push(Levels::of(&levels));
    let cutpoints = parts.rows(&name("cutpoints"), &[n, count - 1])?;
    let noise = parts.rows(&name("noise"), &[n, users])?;
    if let Some(noise) = noise.iter().find(|noise| **noise < least_noise) {
        return Err(format!("{}: {noise:?} is no variance of ratings", name("noise")));
    }
    let user_biases = parts.rows(&name("user_biases"), &[n, users])?;
    let user_vectors = parts.rows(&name("user_vectors"), &[n, users, k])?;
    let item_biases = parts.rows(&name("item_biases"), &[n, items])?;
    let item_vectors = parts.rows(&name("item_vectors"), &[n, items, k])?;
    let spreads = parts.rows(&name("spreads"), &[n, kinds, 1 + k * k])?;
    let unseen = parts.rows(&name("unseen_items"), &[n, 1 + k * k])?;
    // Files from before have no prior means.
    let mut optional = |part: &str, shape: &[usize]| match parts.has(&name(part)) {
        true => parts.rows(&name(part), shape),
        false => Ok(Vec::new()),
    };
    let prior_mean = optional("prior_mean", &[n, 1 + k])?;
    let prior_means = optional("prior_means", &[n, users, 1 + k])?;
    let entered_from: Vec<usize> = parts.scalar(&name("entered_from"))?;
    let width = 1 + k * k + 2 * k;
    let mut entries = vec![None; domains];
    for from in entered_from {
        let rows = parts.rows(&name(&format!("entry.{from}")), &[n, width])?;
        *entries.get_mut(from).ok_or_else(|| format!("somebody enters from domain {from}"))? = Some(rows);
    }
    for (at, draw) in draws.iter_mut().enumerate() {
        let part = |numbers: &[f32], length: usize| numbers[at * length..][..length].to_vec();
        let entry = |rows: &Option<Vec<f32>>| Some(entry_of(&rows.as_ref()?[at * width..][..width], k));
        draw.domains.push(DomainDraw {
            cutpoints: part(&cutpoints, count - 1),
            noise: part(&noise, users),
            user_biases: part(&user_biases, users),
            user_vectors: part(&user_vectors, users * k),
            item_biases: part(&item_biases, items),
            item_vectors: part(&item_vectors, items * k),
            spreads: part(&spreads, kinds * (1 + k * k)).chunks_exact(1 + k * k).map(spread_of).collect(),
            unseen_items: spread_of(&part(&unseen, 1 + k * k)),
            entries: entries.iter().map(entry).collect(),
            prior_mean: part(&prior_mean, prior_mean.len() / n),
            prior_means: part(&prior_means, prior_means.len() / n),
        });
    }
    Ok(())
}
