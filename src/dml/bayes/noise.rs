//! How steadily a person rates: γ_u ~ Gamma((8 + n_u)/2, rate (8 + Σe²)/2), e = z − f. With the new scores f of all rows.

use super::domain::{Domain, score};
use crate::rng::Generator;

/// Ratings that the prior, Gamma(4, 4), is worth.
const PRIOR: f64 = 8.0;

/// Draws γ of all users and leaves the scores of their rows behind.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Generator) {
    for user in 0..domain.noise.len() {
        let person = domain.people[user];
        let rows = domain.observed.of_user(user);
        let n = rows.len() as f64;
        let mut square = 0.0;
        for row in rows {
            let f = score(&person, &domain.items[domain.observed.items[row] as usize]);
            domain.scores[row] = f;
            square += (domain.latent[row] - f).powi(2);
        }
        let precision = chance.gamma(f64::midpoint(PRIOR, n)) / f64::midpoint(PRIOR, f64::from(square));
        domain.noise[user] = precision as f32;
    }
}
