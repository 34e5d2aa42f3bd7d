//! Ratings as numbers instead of steps, for comparison: r = μ + σz with z ~ N(f, 1/γ_u), μ and log σ anything a priori. What
//! predictions are made of stays steps, between which the cutpoints stand in the middle.

use super::domain::Domain;
use crate::rng::Generator;

/// Draws μ and σ given scores and noise. z of all rows and the cutpoints follow from them.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Generator) {
    let (mut n, mut weight) = (0.0_f64, 0.0_f64);
    let (mut r, mut f, mut rr, mut rf) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for user in 0..domain.noise.len() {
        let precision = f64::from(domain.noise[user]);
        for row in domain.observed.of_user(user) {
            let rating = f64::from(domain.levels.values[usize::from(domain.observed.levels[row])]);
            let score = f64::from(domain.scores[row]);
            n += 1.0;
            weight += precision;
            r += precision * rating;
            f += precision * score;
            rr += precision * rating * rating;
            rf += precision * rating * score;
        }
    }
    let spread = rr - r * r / weight.max(f64::MIN_POSITIVE);
    // All ratings are the same: they say nothing of a scale.
    let is_flat = spread < 1e-12;
    let length = if is_flat { 1.0 } else { length(n, spread, rf - r * f / weight, chance) };
    // z = length · r − shift.
    let mean = if n > 0.0 { (length * r - f) / weight } else { 0.0 };
    let shift = mean + f64::from(chance.normal()) / weight.max(1.0).sqrt();
    let place = |rating: f32| (length * f64::from(rating) - shift) as f32;
    for (latent, level) in domain.latent.iter_mut().zip(&domain.observed.levels) {
        *latent = place(domain.levels.values[usize::from(*level)]);
    }
    for (cutpoint, pair) in domain.cutpoints.iter_mut().skip(1).zip(domain.levels.values.windows(2)) {
        *cutpoint = place(f32::midpoint(pair[0], pair[1]));
    }
}

/// 1/σ with the mean summed out: its density is proportional to s^(n − 2) · e^(−(spread s² − 2 together s)/2). Above it lies,
/// touching it at its top, a normal that has the logarithm's tangent there in place of the logarithm: draws from that are taken or
/// refused by what is between the two.
fn length(n: f64, spread: f64, together: f64, chance: &mut Generator) -> f64 {
    let power = (n - 2.0).max(1.0);
    let top = (together + (together * together + 4.0 * spread * power).sqrt()) / (2.0 * spread);
    loop {
        let drawn = top + f64::from(chance.normal()) / spread.sqrt();
        let ratio = drawn / top;
        if ratio > 0.0 && f64::from(chance.unit()) < (power * (ratio.ln() - ratio + 1.0)).exp() {
            return drawn;
        }
    }
}
