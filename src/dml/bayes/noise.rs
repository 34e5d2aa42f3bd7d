//! How steadily a person rates: γ_u ~ Gamma((8 + n_u)/2, rate (8 + Σe²)/2), e = z − f. With the new scores f of all rows.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use crate::engine::Isa;
use crate::rng::Generator;

/// Ratings that the prior, Gamma(4, 4), is worth.
const PRIOR: f64 = 8.0;

/// Draws γ of all users and leaves the scores of their rows behind.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, chance: &mut Generator) {
    Isa::detect().run(Draw { domain, chance });
}

struct Draw<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    chance: &'a mut Generator,
}

impl<const K: usize> WithSimd for Draw<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { domain, chance } = self;
        for user in 0..domain.noise.len() {
            let rows = domain.observed.of_user(user);
            let n = rows.len() as f64;
            let square = domain.score_user(simd, user);
            let precision = chance.gamma(f64::midpoint(PRIOR, n)) / f64::midpoint(PRIOR, square);
            domain.noise[user] = precision as f32;
        }
    }
}
