//! Latent ratings z ~ N(f, 1/γ_u) within the interval of the rating that was seen: Albert and Chib, Bayesian Analysis of
//! Binary and Polychotomous Response Data (JASA 1993).

use super::chance::Chance;
use super::domain::Domain;
use super::normal::truncated;

/// Rows whose chance is drawn at once.
const BLOCK: usize = 256;

/// Draws z of all rows.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Chance) {
    let mut units = [0.0; BLOCK];
    let mut used = BLOCK;
    for user in 0..domain.noise.len() {
        let s = domain.noise[user].sqrt();
        let deviation = 1.0 / s;
        for row in domain.observed.of_user(user) {
            if used == BLOCK {
                chance.units(&mut units);
                used = 0;
            }
            let (f, level) = (domain.scores[row], usize::from(domain.observed.levels[row]));
            let (a, b) = ((domain.cutpoints[level] - f) * s, (domain.cutpoints[level + 1] - f) * s);
            domain.latent[row] = f + deviation * truncated(a, b, units[used]);
            used += 1;
        }
    }
}
