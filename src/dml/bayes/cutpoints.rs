//! Where one rating ends and the next begins on the scale of scores: by one Newton step a sweep, coordinate by coordinate, on
//! the likelihood of the ratings given the scores.

use super::domain::Domain;
use super::levels::Levels;
use super::normal::{cdf, density, quantile};

/// How much wider than those of a standard normal the cutpoints start.
const WIDENING: f32 = 1.2;
/// The longest step.
const STEP: f32 = 0.2;
/// The least distance between two cutpoints.
const GAP: f32 = 0.01;
/// The least chance of a rating that is divided by.
const LEAST: f32 = 1e-12;

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
    let levels = domain.levels.len();
    // By level: Σ s φ/p and its slope at the upper end, then at the lower.
    let mut sums = vec![[0.0_f32; 4]; levels];
    for user in 0..domain.noise.len() {
        let s = domain.noise[user].sqrt();
        for row in domain.observed.of_user(user) {
            let (f, level) = (domain.scores[row], usize::from(domain.observed.levels[row]));
            let (a, b) = ((domain.cutpoints[level] - f) * s, (domain.cutpoints[level + 1] - f) * s);
            let changes = changes(a, b, s);
            sums[level].iter_mut().zip(changes).for_each(|(sum, change)| *sum += change);
        }
    }
    for j in 1..levels {
        let gradient = sums[j - 1][0] + sums[j][2];
        let curvature = -(sums[j - 1][1] + sums[j][3]);
        if curvature > 0.0 {
            domain.cutpoints[j] += (gradient / curvature).clamp(-STEP, STEP);
        }
    }
    spread_out(&mut domain.cutpoints);
}

/// What the logarithm of Φ(b) − Φ(a) gains when the upper and the lower cutpoint move: slope and its slope of each, for
/// a precision s².
#[inline(always)]
fn changes(a: f32, b: f32, s: f32) -> [f32; 4] {
    // The side of the line where Φ is precise.
    let mass = if a + b > 0.0 { cdf(-a) - cdf(-b) } else { cdf(b) - cdf(a) };
    let scaled = s / mass.max(LEAST);
    let (upper, lower) = (density(b) * scaled, -density(a) * scaled);
    // An infinite end has no density and no slope.
    let finite = |end: f32| if end.is_finite() { end } else { 0.0 };
    [upper, -upper * (finite(b) * s + upper), lower, -lower * (finite(a) * s + lower)]
}

/// Keeps the order.
fn spread_out(cutpoints: &mut [f32]) {
    for j in 1..cutpoints.len().saturating_sub(1) {
        cutpoints[j] = cutpoints[j].max(cutpoints[j - 1] + GAP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
