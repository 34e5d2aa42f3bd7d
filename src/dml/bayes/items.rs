//! The conditional of an item: (b_i, v_i) given everybody who rated it, normal with precision Λ_v + Σ γ φφᵀ, φ = (1, u), and
//! linear term Λ_v m + Σ γ φ (z − b_u).

use super::domain::Domain;
use super::normals::Normals;
use super::small::Information;

/// Draws all items that have ratings.
pub(super) fn draw<const K: usize>(domain: &mut Domain<K>, normals: &mut Normals) {
    for item in 0..domain.items.len() {
        let places = domain.observed.of_item(item);
        if places.is_empty() {
            continue;
        }
        let mut known = Information::NONE;
        for place in places {
            let user = domain.observed.item_users[place] as usize;
            let person = &domain.people[user];
            let residual = domain.latent[domain.observed.item_rows[place] as usize] - person.bias;
            known.observe(&person.vector, domain.noise[user], residual);
        }
        known.prior(&domain.items_prior.precision, domain.items_prior.mean_of(item));
        let factor = known.factor();
        domain.items[item] = factor.draw(&factor.forward(&known.term()), normals.take(K + 1));
    }
}
