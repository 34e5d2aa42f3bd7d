//! The conditional of an item: (b_i, v_i) given everybody who rated it, normal with precision Λ_v + Σ γ φφᵀ, φ = (1, u), and
//! linear term Λ_v m + Σ γ φ (z − b_u). Items are independent of each other: as many are solved at once as there are lanes.

use pulp::{Simd, WithSimd};

use super::domain::Domain;
use super::lanes::MOST;
use super::normals::Normals;
use super::prefetch::{AHEAD, prefetch};
use super::small::{Information, Point};
use crate::engine::Isa;

/// Draws all items that have ratings.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, normals: &mut Normals) {
    Isa::detect().run(Draw { domain, normals });
}

struct Draw<'a, const K: usize> {
    domain: &'a mut Domain<K>,
    normals: &'a mut Normals,
}

impl<const K: usize> WithSimd for Draw<'_, K> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { domain, normals } = self;
        let precision = domain.items_prior.precision.splat(simd);
        let (mut known, mut items, mut count) = ([Information::NONE; MOST], [0; MOST], 0);
        for item in 0..domain.items.len() {
            if !domain.observed.of_item(item).is_empty() {
                observe(simd, domain, item, &mut known[count]);
                items[count] = item;
                count += 1;
            }
            if count == S::F32_LANES || (count > 0 && item + 1 == domain.items.len()) {
                let mut together = Information::side_by_side(simd, &known);
                together.prior(&precision, &domain.items_prior.means_of(simd, count, |lane| items[lane]));
                let factor = together.factor();
                let chance = Point::load(simd, normals.take((K + 1) * S::F32_LANES));
                let drawn = factor.draw(&factor.forward(&together.term()), &chance);
                drawn.each(|lane, point| {
                    if lane < count {
                        domain.items[items[lane]] = point;
                    }
                });
                count = 0;
            }
        }
    }
}

/// What the ratings of an item say.
#[inline(always)]
fn observe<const K: usize, S: Simd>(simd: S, domain: &Domain<K>, item: usize, known: &mut Information<K>) {
    let (all_rows, all_users) = (&domain.observed.item_rows, &domain.observed.item_users);
    let places = domain.observed.of_item(item);
    let rows = all_rows[places.clone()].iter().zip(&all_users[places.clone()]).zip(places);
    known.observe::<true, S>(
        simd,
        rows.map(|((&row, &user), place)| {
            if let (Some(&row), Some(&user)) = (all_rows.get(place + AHEAD), all_users.get(place + AHEAD)) {
                prefetch(&domain.latent, row as usize);
                prefetch(&domain.people, user as usize);
            }
            let person = &domain.people[user as usize];
            (&person.vector, domain.noise[user as usize], domain.latent[row as usize] - person.bias)
        }),
    );
}
