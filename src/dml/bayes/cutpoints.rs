//! Where one rating ends and the next begins on the scale of scores: by one Newton step a sweep, coordinate by coordinate, on
//! the likelihood of the ratings given the scores.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use super::lanes::{Lanes, Number};
use super::latent::{BLOCK, Block};
use super::levels::Levels;
use super::normal::{PEAK, quantile, tail};
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
        let rows = self.domain.observed.len();
        let (mut block, mut scores) = (Block::start(), [0.0; BLOCK]);
        let mut sums = Sums::none(self.domain.levels.len());
        for start in (0..rows).step_by(BLOCK) {
            let end = rows.min(start + BLOCK);
            block.look_up(self.domain, start, end);
            scores[..end - start].copy_from_slice(&self.domain.scores[start..end]);
            let mut of_rows = OfRows::none();
            for at in (0..BLOCK).step_by(S::F32_LANES) {
                let [f, s, lower, upper] = [&scores, &block.roots, &block.lower, &block.upper]
                    .map(|numbers| Lanes::load(simd, &numbers[at..]));
                of_rows.store(at, changes((lower - f) * s, (upper - f) * s, s));
            }
            sums.add(&of_rows, &self.domain.observed.levels[start..end]);
        }
        sums.step(&mut self.domain.cutpoints);
    }
}

/// [`changes`] of the rows of a block.
pub(super) struct OfRows([[f32; BLOCK]; 4]);

impl OfRows {
    /// Room for them.
    pub(super) fn none() -> Self {
        Self([[0.0; BLOCK]; 4])
    }

    /// Those of some rows.
    #[inline(always)]
    pub(super) fn store<S: Simd>(&mut self, at: usize, changes: [Lanes<S>; 4]) {
        for (to, change) in self.0.iter_mut().zip(changes) {
            change.store(&mut to[at..]);
        }
    }
}

/// By level: Σ s φ/p and its slope at the upper end, then at the lower.
pub(super) struct Sums(Vec<[f64; 4]>);

impl Sums {
    /// Before the first row.
    pub(super) fn none(levels: usize) -> Self {
        Self(vec![[0.0; 4]; levels])
    }

    /// Adds a block's.
    #[inline(always)]
    pub(super) fn add(&mut self, block: &OfRows, levels: &[u8]) {
        for (row, &level) in levels.iter().enumerate() {
            let sums = &mut self.0[usize::from(level)];
            for i in 0..4 {
                sums[i] += f64::from(block.0[i][row]);
            }
        }
    }

    /// Moves the inner cutpoints.
    pub(super) fn step(&self, cutpoints: &mut [f32]) {
        for j in 1..self.0.len() {
            let gradient = self.0[j - 1][0] + self.0[j][2];
            let curvature = -(self.0[j - 1][1] + self.0[j][3]);
            if curvature > 0.0 {
                cutpoints[j] += (gradient / curvature).clamp(-STEP, STEP) as f32;
            }
        }
        spread_out(cutpoints);
    }
}

/// What the logarithm of Φ(b) − Φ(a) gains when the upper and the lower cutpoint move: slope and its slope of each, for
/// a precision s².
#[inline(always)]
fn changes<S: Simd>(a: Lanes<S>, b: Lanes<S>, s: Lanes<S>) -> [Lanes<S>; 4] {
    let (zero, one) = (a.like(0.0), a.like(1.0));
    let ((tail_a, bell_a), (tail_b, bell_b)) = (tail(a.abs()), tail(b.abs()));
    // On one side of 0 the tails' difference is precise, else what both leave.
    let apart = (tail_a - tail_b).abs();
    let around = b.greater(zero).choose(a.greater(zero).choose(apart, one - tail_a - tail_b), apart);
    let scaled = s * a.like(PEAK) / around.at_least(a.like(LEAST));
    let (upper, lower) = (bell_b * scaled, -(bell_a * scaled));
    // An infinite end has no density and no slope.
    let finite = |end: Lanes<S>| end.at_least(a.like(-MOST)).at_most(a.like(MOST));
    [upper, -(upper * finite(b).times_plus(s, upper)), lower, -(lower * finite(a).times_plus(s, lower))]
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
    use crate::dml::bayes::normal::cdf;

    fn changes(a: f32, b: f32, s: f32) -> [f32; 4] {
        let single = |x| Lanes::splat(Scalar::new(), x);
        super::changes(single(a), single(b), single(s)).map(|change| change.x)
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
