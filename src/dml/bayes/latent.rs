//! Latent ratings z ~ N(f, 1/γ_u) within the interval of the rating that was seen: Albert and Chib, Bayesian Analysis of
//! Binary and Polychotomous Response Data (JASA 1993). Rows pass by the block, whoever they are of.

use pulp::{Simd, WithSimd};

use super::chance::Chance;
use super::domain::Domain;
use super::lanes::Lanes;
use super::normal::truncated;
use crate::engine::Isa;

/// Rows of a block.
pub(super) const BLOCK: usize = 256;

/// What is looked up for the rows of a block: the root of each one's precision and the ends of its interval.
pub(super) struct Block {
    pub(super) roots: [f32; BLOCK],
    pub(super) lower: [f32; BLOCK],
    pub(super) upper: [f32; BLOCK],
    /// Who the next block begins with.
    user: usize,
}

impl Block {
    /// Before the first block.
    pub(super) fn start() -> Self {
        Self { roots: [1.0; BLOCK], lower: [0.0; BLOCK], upper: [0.0; BLOCK], user: 0 }
    }

    /// Looks up the rows from `start` to `end`; blocks follow each other.
    #[inline(always)]
    pub(super) fn look_up<const K: usize>(&mut self, domain: &Domain<K>, start: usize, end: usize) {
        let mut row = start;
        while row < end {
            let user_end = domain.observed.user_starts[self.user + 1] as usize;
            let root = domain.noise[self.user].sqrt();
            let to = user_end.min(end);
            self.roots[row - start..to - start].fill(root);
            row = to;
            self.user += usize::from(to == user_end);
        }
        let levels = &domain.observed.levels[start..end];
        for ((lower, upper), &level) in self.lower.iter_mut().zip(&mut self.upper).zip(levels) {
            let level = usize::from(level);
            (*lower, *upper) = (domain.cutpoints[level], domain.cutpoints[level + 1]);
        }
    }
}

/// Draws z of all rows.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Chance) {
    Isa::detect().run(Draw { domain, chance });
}

struct Draw<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    chance: &'a mut Chance,
}

impl<const K: usize> WithSimd for Draw<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.domain.observed.len();
        let (mut block, mut units) = (Block::start(), [0.0; BLOCK]);
        let (mut scores, mut latent) = ([0.0; BLOCK], [0.0; BLOCK]);
        for start in (0..rows).step_by(BLOCK) {
            let end = rows.min(start + BLOCK);
            block.look_up(self.domain, start, end);
            self.chance.units(&mut units);
            // What is left of the last block's numbers from the one before it does no harm.
            scores[..end - start].copy_from_slice(&self.domain.scores[start..end]);
            for at in (0..BLOCK).step_by(S::F32_LANES) {
                let [f, s, lower, upper, unit] = [&scores, &block.roots, &block.lower, &block.upper, &units]
                    .map(|numbers| Lanes::load(simd, &numbers[at..]));
                let z = f + truncated((lower - f) * s, (upper - f) * s, unit) / s;
                z.store(&mut latent[at..]);
            }
            self.domain.latent[start..end].copy_from_slice(&latent[..end - start]);
        }
    }
}
