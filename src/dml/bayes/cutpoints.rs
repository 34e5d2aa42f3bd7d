//! Where one rating ends and the next begins on the scale of scores: by one Newton step a sweep, coordinate by coordinate, on
//! the likelihood of the ratings given the scores.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use super::lanes::{Lanes, Number};
use super::latent::Block;
use super::levels::{self, Levels};
use super::normal::{Mass, PEAK, quantile};
use crate::engine::Isa;

/// How much wider than those of a standard normal the cutpoints start.
const WIDENING: f32 = 1.2;
/// The longest step.
const STEP: f64 = 0.2;
/// The least distance between two cutpoints.
const GAP: f32 = 0.01;
/// The least chance of a rating that is divided by.
const LEAST: f32 = 1e-12;
/// Deviations behind which there is no density in single precision.
const MOST: f32 = 1e4;

/// −∞, 1.2·Φ⁻¹(share of ratings below), ∞.
pub(super) fn starting(levels: &Levels) -> Vec<f32> {
    let total = levels.counts.iter().sum::<usize>().max(1) as f32;
    let mut below = 0;
    let mut cutpoints = vec![f32::NEG_INFINITY];
    for count in levels.counts.iter().take(levels.len().saturating_sub(1)) {
        below += count;
        cutpoints.push(WIDENING * quantile((below as f32 / total).clamp(1e-6, 1.0 - 1e-6)));
    }
    cutpoints.push(f32::INFINITY);
    spread_out(&mut cutpoints);
    cutpoints
}

/// Moves the inner cutpoints a step up the likelihood.
pub(super) fn step<const K: usize>(domain: &mut Domain<K>) {
    Isa::detect().run(Step { domain });
}

struct Step<'a, const K: usize> {
    domain: &'a mut Domain<K>,
}

impl<const K: usize> WithSimd for Step<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (mut block, mut sums) = (Block::start(), Sums::none(simd, self.domain.levels.len()));
        while block.next(self.domain) {
            for at in (0..block.len()).step_by(S::F32_LANES) {
                sums.add(&block, at, &block.interval(simd, at).mass());
            }
            sums.flush();
        }
        sums.step(&mut self.domain.cutpoints);
    }
}

/// How the likelihood changes with the cutpoints, by level: its slope and the slope's own at the upper end, then at the
/// lower one.
pub(super) struct Sums<S: Simd> {
    simd: S,
    /// Of the rows of a block, a few rows side by side.
    of_block: [[S::f32s; 4]; levels::MOST],
    all: [[f64; 4]; levels::MOST],
    levels: usize,
}

impl<S: Simd> Sums<S> {
    /// Before the first row.
    #[inline(always)]
    pub(super) fn none(simd: S, levels: usize) -> Self {
        let of_block = [[simd.splat_f32s(0.0); 4]; levels::MOST];
        Self { simd, of_block, all: [[0.0; 4]; levels::MOST], levels }
    }

    /// Adds rows of a block from `at` on, in whose intervals there is so much mass.
    #[inline(always)]
    pub(super) fn add(&mut self, block: &Block, at: usize, mass: &Mass<S>) {
        let simd = self.simd;
        let s = Lanes::load(simd, &block.roots[at..]);
        let [lower, upper] = block.ends(simd, at);
        let changes = changes(lower, upper, s, mass);
        let level_of_rows = Lanes::load(simd, &block.levels[at..]);
        for level in 0..self.levels {
            let here = level_of_rows.equals(Lanes::splat(simd, level as f32));
            for i in 0..4 {
                let sum = &mut self.of_block[level][i];
                *sum = simd.add_f32s(*sum, here.choose(changes[i], Lanes::splat(simd, 0.0)).x);
            }
        }
    }

    /// Ends a block: many of them are summed in double precision.
    #[inline(always)]
    pub(super) fn flush(&mut self) {
        for level in 0..self.levels {
            for i in 0..4 {
                self.all[level][i] += f64::from(self.simd.reduce_sum_f32s(self.of_block[level][i]));
                self.of_block[level][i] = self.simd.splat_f32s(0.0);
            }
        }
    }

    /// Moves the inner cutpoints.
    pub(super) fn step(&self, cutpoints: &mut [f32]) {
        for j in 1..self.levels {
            let gradient = self.all[j - 1][0] + self.all[j][2];
            let curvature = -(self.all[j - 1][1] + self.all[j][3]);
            if curvature > 0.0 {
                cutpoints[j] += (gradient / curvature).clamp(-STEP, STEP) as f32;
            }
        }
        spread_out(cutpoints);
    }
}

/// What the logarithm of the mass between two ends gains when the cutpoints there move, for a precision s²: slope and its
/// slope at the upper end, then at the lower.
#[inline(always)]
fn changes<S: Simd>(lower_end: Lanes<S>, upper_end: Lanes<S>, s: Lanes<S>, mass: &Mass<S>) -> [Lanes<S>; 4] {
    let scaled = s * s.like(PEAK) / mass.mass.at_least(s.like(LEAST));
    let (upper, lower) = (mass.bells[0] * scaled, -(mass.bells[1] * scaled));
    // An infinite end has no density and no slope.
    let finite = |end: Lanes<S>| end.at_least(s.like(-MOST)).at_most(s.like(MOST));
    [
        upper,
        -(upper * finite(upper_end).times_plus(s, upper)),
        lower,
        -(lower * finite(lower_end).times_plus(s, lower)),
    ]
}

/// Keeps the order.
fn spread_out(cutpoints: &mut [f32]) {
    for j in 1..cutpoints.len().saturating_sub(1) {
        cutpoints[j] = cutpoints[j].max(cutpoints[j - 1] + GAP);
    }
}

#[cfg(test)]
mod tests {
    use pulp::Scalar;

    use super::*;
    use crate::dml::bayes::normal::{Interval, cdf};

    fn changes(a: f32, b: f32, s: f32) -> [f32; 4] {
        let single = |x| Lanes::splat(Scalar::new(), x);
        let mass = Interval::new(single(a), single(b)).mass();
        super::changes(single(a), single(b), single(s), &mass).map(|change| change.x)
    }

    #[test]
    fn cutpoints_start_at_the_quantiles_of_the_ratings() {
        let levels = Levels::of(&[0.0, 0.5, 0.5, 1.0]);
        let cutpoints = starting(&levels);
        // Φ⁻¹(¼) = −0.6745.
        assert!((cutpoints[1] + 1.2 * 0.6745).abs() < 1e-3 && (cutpoints[2] - 1.2 * 0.6745).abs() < 1e-3);
        assert_eq!((cutpoints[0], cutpoints[3]), (f32::NEG_INFINITY, f32::INFINITY));
    }

    #[test]
    fn slopes_are_difference_quotients() {
        let log_mass = |a: f32, b: f32, s: f32| f64::from(cdf(b * s) - cdf(a * s)).ln();
        for (a, b, s) in [(-0.6_f32, 0.4_f32, 1.3_f32), (-1.5, -0.7, 0.8), (0.2, 1.4, 1.0)] {
            let found = changes(a * s, b * s, s);
            let h = 2e-3;
            let upper = (log_mass(a, b + h, s) - log_mass(a, b - h, s)) / f64::from(2.0 * h);
            let lower = (log_mass(a + h, b, s) - log_mass(a - h, b, s)) / f64::from(2.0 * h);
            assert!((f64::from(found[0]) - upper).abs() < 2e-3 && (f64::from(found[2]) - lower).abs() < 2e-3);
            let h = 5e-2;
            let (up, down) = (changes(a * s, (b + h) * s, s), changes(a * s, (b - h) * s, s));
            assert!(((up[0] - down[0]) / (2.0 * h) - found[1]).abs() < 2e-2, "{up:?} {down:?} {found:?}");
            let (up, down) = (changes((a + h) * s, b * s, s), changes((a - h) * s, b * s, s));
            assert!(((up[2] - down[2]) / (2.0 * h) - found[3]).abs() < 2e-2, "{up:?} {down:?} {found:?}");
        }
        // Ends that are infinite do not move.
        assert_eq!(changes(f32::NEG_INFINITY, 0.3, 1.0)[2..], [0.0, 0.0]);
    }
}
