//! Latent ratings z ~ N(f, 1/γ_u) within the interval of the rating that was seen: Albert and Chib, Bayesian Analysis of
//! Binary and Polychotomous Response Data (JASA 1993). Rows pass by the block, whoever they are of.

use pulp::{Simd, WithSimd};

use super::chance::Chance;
use super::cutpoints::Sums;
use super::domain::Domain;
use super::lanes::{Lanes, MOST, Number};
use super::normal::{Interval, LEAST, Mass, PEAK};
use crate::engine::Isa;

/// Rows of a block.
const BLOCK: usize = 256;

/// What is looked up for the rows of a block.
pub(super) struct Block {
    /// f.
    scores: [f32; BLOCK],
    /// √γ.
    pub(super) roots: [f32; BLOCK],
    /// The cutpoints around the rating.
    lower: [f32; BLOCK],
    upper: [f32; BLOCK],
    /// Its level; what stands behind the last row has none.
    pub(super) levels: [f32; BLOCK],
    start: usize,
    end: usize,
    /// Who the next block begins with.
    user: usize,
}

impl Block {
    /// Before the first block.
    pub(super) fn start() -> Self {
        let zeros = [0.0; BLOCK];
        let (scores, lower, upper, levels) = (zeros, zeros, zeros, zeros);
        Self { scores, roots: [1.0; BLOCK], lower, upper, levels, start: 0, end: 0, user: 0 }
    }

    /// Looks up the next rows; false behind the last.
    #[inline(always)]
    pub(super) fn next<const K: usize>(&mut self, domain: &Domain<K>) -> bool {
        let (start, end) = (self.end, domain.observed.len().min(self.end + BLOCK));
        (self.start, self.end) = (start, end);
        let mut row = start;
        while row < end {
            let user_end = domain.observed.user_starts[self.user + 1] as usize;
            let to = user_end.min(end);
            self.roots[row - start..to - start].fill(domain.noise[self.user].sqrt());
            row = to;
            self.user += usize::from(to == user_end);
        }
        let count = end - start;
        self.scores[..count].copy_from_slice(&domain.scores[start..end]);
        let levels = &domain.observed.levels[start..end];
        for (at, &level) in levels.iter().enumerate() {
            self.levels[at] = f32::from(level);
            self.lower[at] = domain.cutpoints[usize::from(level)];
            self.upper[at] = domain.cutpoints[usize::from(level) + 1];
        }
        // A register that is not full holds rows of no level besides.
        self.levels[count..(count + MOST).min(BLOCK)].fill(-1.0);
        count > 0
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Ends of the intervals of rows from `at` on, in deviations from f.
    #[inline(always)]
    pub(super) fn ends<S: Simd>(&self, simd: S, at: usize) -> [Lanes<S>; 2] {
        let (f, s) = (Lanes::load(simd, &self.scores[at..]), Lanes::load(simd, &self.roots[at..]));
        let (lower, upper) = (Lanes::load(simd, &self.lower[at..]), Lanes::load(simd, &self.upper[at..]));
        [(lower - f) * s, (upper - f) * s]
    }

    /// These intervals.
    #[inline(always)]
    pub(super) fn interval<S: Simd>(&self, simd: S, at: usize) -> Interval<S> {
        let [lower, upper] = self.ends(simd, at);
        Interval::new(lower, upper)
    }
}

/// Draws z of all rows.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Chance) {
    Isa::detect().run(Draw::<K, false> { domain, chance });
}

/// Draws z of all rows, and moves the cutpoints a step from where they were for it: the same values of Φ say both.
pub(super) fn draw_and_step<const K: usize>(domain: &mut Domain<K>, chance: &mut Chance) {
    Isa::detect().run(Draw::<K, true> { domain, chance });
}

/// Replaces z of all rows by what is expected of it; writes how far it may lie from there, its variance.
pub(super) fn expect<const K: usize>(domain: &mut Domain<K>, variances: &mut [f32]) {
    Isa::detect().run(Expect { domain, variances });
}

struct Expect<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    variances: &'a mut [f32],
}

impl<const K: usize> WithSimd for Expect<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut block = Block::start();
        let (mut means, mut variances) = ([0.0; BLOCK], [0.0; BLOCK]);
        while block.next(self.domain) {
            for at in (0..block.len()).step_by(S::F32_LANES) {
                let (f, s) = (Lanes::load(simd, &block.scores[at..]), Lanes::load(simd, &block.roots[at..]));
                let [lower, upper] = block.ends(simd, at);
                let [mean, variance] = moments(lower, upper, &Interval::new(lower, upper).mass());
                (f + mean / s).store(&mut means[at..]);
                (variance / (s * s)).store(&mut variances[at..]);
            }
            let (rows, count) = (block.start..block.end, block.len());
            self.domain.latent[rows.clone()].copy_from_slice(&means[..count]);
            self.variances[rows].copy_from_slice(&variances[..count]);
        }
    }
}

/// Mean and variance of N(0, 1) between two ends.
#[inline(always)]
fn moments<S: Simd>(lower: Lanes<S>, upper: Lanes<S>, mass: &Mass<S>) -> [Lanes<S>; 2] {
    let scaled = lower.like(PEAK) / mass.mass.at_least(lower.like(LEAST));
    let (at_upper, at_lower) = (mass.bells[0] * scaled, mass.bells[1] * scaled);
    // Where too little mass is left for single precision, the mean is at the near end.
    let mean = (at_lower - at_upper).at_least(lower).at_most(upper);
    // An infinite end has no density.
    let finite = |end: Lanes<S>| end.at_least(lower.like(-1e4)).at_most(lower.like(1e4));
    let variance = lower.like(1.0) + finite(lower) * at_lower - finite(upper) * at_upper - mean * mean;
    [mean, variance.at_least(lower.like(0.0)).at_most(lower.like(1.0))]
}

struct Draw<'a, const K: usize, const STEP: bool> {
    domain: &'a mut Domain<K>,
    chance: &'a mut Chance,
}

impl<const K: usize, const STEP: bool> WithSimd for Draw<'_, K, STEP> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (mut block, mut sums) = (Block::start(), Sums::none(simd, self.domain.levels.len()));
        let (mut units, mut shares, mut latent) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        while block.next(self.domain) {
            self.chance.units(&mut units);
            // In two loops: each is a chain of steps that wait for each other, and short ones overlap.
            for at in (0..block.len()).step_by(S::F32_LANES) {
                let mass = block.interval(simd, at).mass();
                mass.share(Lanes::load(simd, &units[at..])).store(&mut shares[at..]);
                if STEP {
                    sums.add(&block, at, &mass);
                }
            }
            for at in (0..block.len()).step_by(S::F32_LANES) {
                let lanes = |numbers: &[f32; BLOCK]| Lanes::load(simd, &numbers[at..]);
                let drawn = block.interval(simd, at).draw(lanes(&shares), lanes(&units));
                (lanes(&block.scores) + drawn / lanes(&block.roots)).store(&mut latent[at..]);
            }
            self.domain.latent[block.start..block.end].copy_from_slice(&latent[..block.len()]);
            if STEP {
                sums.flush();
            }
        }
        if STEP {
            sums.step(&mut self.domain.cutpoints);
        }
    }
}

#[cfg(test)]
mod tests {
    use pulp::Scalar;

    use super::*;

    #[test]
    fn what_is_expected_of_an_interval_is_its_mean_and_variance() {
        let inf = f32::INFINITY;
        for (lower, upper) in
            [(-inf, inf), (-inf, 0.3), (0.3, inf), (-0.2, 0.4), (2.0, 2.5), (4.0, inf), (-inf, -5.0)]
        {
            let [lo, hi] = [lower, upper].map(|end| Lanes::splat(Scalar::new(), end));
            let found = moments(lo, hi, &Interval::new(lo, hi).mass()).map(|x| f64::from(x.x));
            let (mut mass, mut mean, mut square) = (0.0, 0.0, 0.0);
            let n = 400_000;
            let (from, to) = (f64::from(lower).max(-12.0), f64::from(upper).min(12.0));
            for i in 0..n {
                let x = from + (to - from) * (f64::from(i) + 0.5) / f64::from(n);
                let density = (-0.5 * x * x).exp();
                mass += density;
                mean += density * x;
                square += density * x * x;
            }
            mean /= mass;
            let variance = square / mass - mean * mean;
            assert!((found[0] - mean).abs() < 2e-5, "{lower} {upper}: {} {mean}", found[0]);
            assert!((found[1] - variance).abs() < 2e-4, "{lower} {upper}: {} {variance}", found[1]);
        }
        // Where nothing of the mass is left it is the near end.
        let [lo, hi] = [30.0, inf].map(|end| Lanes::splat(Scalar::new(), end));
        assert_eq!(moments(lo, hi, &Interval::new(lo, hi).mass())[0].x, 30.0);
    }
}
