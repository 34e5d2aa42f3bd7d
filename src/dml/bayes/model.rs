//! The trained model: draws of a chain that were kept. A prediction is the mean of the expected ratings over them.

use std::sync::Arc;

use super::diagnostics::Figure;
use super::draw::{Asked, DRAWN, Draw, UNKNOWN, source};
use super::levels::Levels;
use super::taste::{self, Taste};
use crate::data::{ItemId, UserId};
use crate::dml::picture::shortest_way;
use crate::error::Result;
use crate::recommender::saved::Saved;
use crate::recommender::state::StateWriter;
use crate::recommender::{Chances, FoldedIn, Known, LinkState, Outlook, Profile, Recommender, UserVectors};
use crate::settings::ValidConfig;

/// What stays the same over the draws of a chain.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) k: usize,
    /// By domain.
    pub(super) levels: Vec<Levels>,
    /// By domain and user, which of the draws' spreads is theirs.
    pub(super) spreads: Vec<Vec<u8>>,
    /// By domain and item, whether it has ratings.
    pub(super) seen: Vec<Vec<bool>>,
}

/// Bayesian dual metric learning, trained.
#[derive(Clone, Debug)]
pub struct Bayes {
    pub(super) shape: Arc<Shape>,
    pub(super) draws: Vec<Arc<Draw>>,
    /// Thinned states of the first chain, the latest last; before its first sweep the one that it begins with.
    pub(super) recent: Vec<Arc<Draw>>,
    /// By chain, sweep and branch of the tree of domains.
    pub(super) trace: Arc<Vec<Vec<Vec<LinkState>>>>,
    /// Sweeps of each chain that nothing is taken from.
    pub(super) burn_in: usize,
}

/// What the chains say of a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkFigures {
    /// The domain whose people's vectors the other's are expected from.
    pub from: usize,
    /// That other domain.
    pub to: usize,
    /// ρ, how much of a person's bias is expected on the other side.
    pub rho: Figure,
    /// c, how much of their vector; `None` where biases alone cross.
    pub scale: Option<Figure>,
    /// c in units of both sides' lengths; `None` where biases alone cross.
    pub correlation: Option<Figure>,
}

impl Bayes {
    /// Draws that predictions are means over.
    pub fn draws(&self) -> usize {
        self.draws.len()
    }

    /// The links so far, by branch of the tree of domains.
    pub fn links(&self) -> Vec<LinkFigures> {
        let Some(last) = self.trace.first().and_then(|chain| chain.last()) else { return Vec::new() };
        let figure = |branch: usize, value: fn(&LinkState) -> f32| {
            let chains: Vec<Vec<f64>> = (self.trace.iter())
                .map(|chain| {
                    // A link's numbers take longer than predictions to come to where they stay.
                    let settled = chain.iter().skip(self.burn_in.max(chain.len() / 2));
                    settled.map(|links| f64::from(value(&links[branch]))).collect()
                })
                .collect();
            Figure::of(&chains)
        };
        let link = |(branch, link): (usize, &LinkState)| {
            Some(LinkFigures {
                from: link.from,
                to: link.to,
                rho: figure(branch, |link| link.rho)?,
                correlation: if link.scale > 0.0 { figure(branch, |link| link.correlation) } else { None },
                scale: if link.scale > 0.0 { figure(branch, |link| link.scale) } else { None },
            })
        };
        last.iter().enumerate().filter_map(link).collect()
    }

    /// Whether a user's vector is drawn, not expected from elsewhere: they have ratings in the domain.
    pub fn is_drawn(&self, domain: usize, user: UserId) -> bool {
        self.shape.spreads[domain][user.index()] == DRAWN
    }

    /// How the posterior means of X u_A and u_B go together, for pairs (user of the upper domain, user of the lower) that
    /// the model knows as two people; `branch` as in [`Bayes::links`]. `None` for fewer than ten pairs, or without draws.
    pub fn taste(&self, branch: usize, pairs: &[(UserId, UserId)]) -> Option<Taste> {
        let draws = self.draws.iter().map(|draw| &**draw);
        taste::measure(draws, self.trace.len(), self.shape.k, branch, pairs)
    }

    /// Whether another model is of the same people, items, levels and links.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let links = |model: &Self| {
            let draw = model.recent.first();
            draw.map(|draw| {
                draw.links.iter().map(|link| (link.from, link.to, link.map.len())).collect::<Vec<_>>()
            })
        };
        let levels =
            |model: &Self| model.shape.levels.iter().map(|levels| levels.values.clone()).collect::<Vec<_>>();
        (self.shape.k, &self.shape.spreads, &self.shape.seen)
            == (other.shape.k, &other.shape.spreads, &other.shape.seen)
            && (levels(self), links(self)) == (levels(other), links(other))
    }

    /// The levels of a domain's ratings on the unit scale, ascending; at most twenty, each the mean of its ratings.
    pub fn levels(&self, domain: usize) -> &[f32] {
        &self.shape.levels[domain].values
    }

    /// The chance of each level for (user, item) rows of a domain, `[n, levels]`.
    pub fn distribution(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let levels = self.shape.levels[domain].len();
        let mut above = vec![0.0; users.len() * (levels - 1)];
        let asked = self.asked(domain);
        self.draws.iter().for_each(|draw| asked.add_chances(draw, users, items, &mut above));
        self.of_levels(&above, users.len(), levels)
    }

    /// The chance of each level from sums over draws of the chances of each or more, `[n, levels − 1]`.
    pub(super) fn of_levels(&self, above: &[f32], n: usize, levels: usize) -> Vec<f32> {
        let share = 1.0 / self.draws.len().max(1) as f32;
        let mut chances = Vec::with_capacity(n * levels);
        for row in 0..n {
            let above = &above[row * (levels - 1)..][..levels - 1];
            let chance = |level: usize| match level {
                0 => 1.0,
                level => above[level - 1] * share,
            };
            chances.extend((0..levels).map(|j| {
                let next = if j + 1 < levels { chance(j + 1) } else { 0.0 };
                (chance(j) - next).max(0.0)
            }));
        }
        chances
    }

    /// The expected rating of each of `chances`' items.
    pub(super) fn expected(levels: &[f32], of_level: &[f32]) -> Vec<f32> {
        let mean =
            |chances: &[f32]| chances.iter().zip(levels).map(|(chance, level)| chance * level).sum::<f32>();
        of_level.chunks_exact(levels.len().max(1)).map(mean).collect()
    }

    /// Domains from one to another along the links that the chain uses.
    pub(super) fn stations(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let Draw { domains, links } = &**self.draws.first()?;
        let links: Vec<(usize, usize)> = links.iter().map(|link| (link.from, link.to)).collect();
        shortest_way(domains.len(), &links, from, to)
    }

    fn asked(&self, domain: usize) -> Asked<'_> {
        let Shape { k, levels, spreads, seen } = &*self.shape;
        Asked { k: *k, domain, spreads: &spreads[domain], seen: &seen[domain], levels: &levels[domain] }
    }
}

impl Recommender for Bayes {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        if self.draws.is_empty() {
            return vec![0.5; users.len()];
        }
        let mut sums = vec![0.0; users.len()];
        let asked = self.asked(domain);
        self.draws.iter().for_each(|draw| asked.add_expected(draw, users, items, &mut sums));
        let share = 1.0 / self.draws.len() as f32;
        sums.iter_mut().for_each(|sum| *sum = (*sum * share).clamp(0.0, 1.0));
        sums
    }

    fn outlook(&self, known: Known, domain: usize, items: &[ItemId]) -> Option<Outlook> {
        if self.draws.is_empty() {
            return None;
        }
        let levels = self.levels(domain).to_vec();
        let (of_level, way) = if known.domain == domain {
            // Of who has no rating here all comes from where they have some.
            let from = source(self.shape.spreads[domain][known.user.index()]);
            let way = from.and_then(|from| self.stations(from, domain)).unwrap_or_default();
            (self.distribution(domain, &vec![known.user; items.len()], items), way)
        } else {
            // Of somebody whom nothing is known of there either, nothing follows here.
            let is_known = self.shape.spreads[known.domain][known.user.index()] != UNKNOWN;
            let way = self.stations(known.domain, domain).filter(|_| is_known)?;
            let mut above = vec![0.0; items.len() * (levels.len() - 1)];
            let asked = self.asked(domain);
            let led = |draw: &Arc<Draw>| asked.add_chances_of_guest(draw, known, items, &mut above);
            if !self.draws.iter().all(led) {
                return None;
            }
            (self.of_levels(&above, items.len(), levels.len()), way)
        };
        let ratings = Self::expected(&levels, &of_level);
        Some(Outlook { ratings, chances: Some(Chances { levels, of_level }), way })
    }

    fn vectors(&self) -> Result<Option<Box<dyn UserVectors + '_>>> {
        Ok(self.drawn_picture()?.map(|picture| Box::new(picture) as Box<dyn UserVectors>))
    }

    fn fold_in<'m>(
        &'m self,
        profile: &'m Profile,
        _settings: Option<&ValidConfig>,
    ) -> Option<Box<dyn FoldedIn + 'm>> {
        Some(Box::new(self.folded_in(profile)?))
    }

    fn saved(&self) -> Result<Saved> {
        self.parts()
    }

    fn write_whole(&self, state: &mut StateWriter) -> Result<()> {
        self.put_whole(state)
    }
}
