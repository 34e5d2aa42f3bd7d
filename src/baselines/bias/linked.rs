//! Biases of linked domains: what crosses from one to the other is how kindly a person rates.

use super::{BiasInput, Biases, alternation};
use crate::data::UserId;
use crate::split::LinkedPair;

/// First domain, second domain, pairs.
pub(super) type Link = (usize, usize, Vec<LinkedPair>);

/// Biases of all domains. Where domains are linked, ρ · (bias in the other domain) is the user's prior, with ρ
/// fitted on the overlap users.
///
/// `links` are (first domain, second domain, pairs).
pub fn fit_linked(inputs: &[BiasInput], links: &[Link]) -> Vec<Biases> {
    let alone: Vec<Biases> = inputs.iter().map(Biases::alone).collect();
    if links.iter().all(|(_, _, pairs)| pairs.is_empty()) {
        return alone;
    }
    let alone: Vec<&Biases> = alone.iter().collect();
    let fit = |(d, input)| {
        let transfer = Transfer::new(d, &alone, links);
        let biases = alternation::fit(input, transfer.priors.clone());
        transfer.beside(biases)
    };
    inputs.iter().enumerate().map(fit).collect()
}

/// What crosses into one domain.
pub(super) struct Transfer {
    /// ρ · (bias in the other domain) by user, the mean over linked domains.
    pub(super) priors: Vec<f32>,
    /// The bias itself.
    others: Vec<f32>,
    bias_transfer: f32,
}

impl Transfer {
    /// What crosses into domain `d`, from the biases of each domain alone.
    pub(super) fn new(d: usize, alone: &[&Biases], links: &[Link]) -> Self {
        let users = alone[d].users.len();
        let mut priors = vec![0.0; users];
        let mut others = vec![0.0; users];
        let mut sources = vec![0.0_f32; users];
        let mut rhos = Vec::new();
        for (a, b, pairs) in links {
            let (other, flip) = match d {
                _ if d == *a => (*b, false),
                _ if d == *b => (*a, true),
                _ => continue,
            };
            let oriented = |pair: &LinkedPair| if flip { (pair.b, pair.a) } else { (pair.a, pair.b) };
            let rho = bias_transfer(alone[d], alone[other], pairs.iter().map(oriented));
            rhos.push(rho);
            for (own, there) in pairs.iter().map(oriented) {
                let bias = alone[other].users[there.index()];
                priors[own.index()] += rho * bias;
                others[own.index()] += bias;
                sources[own.index()] += 1.0;
            }
        }
        for ((p, o), n) in priors.iter_mut().zip(&mut others).zip(&sources) {
            *p /= n.max(1.0);
            *o /= n.max(1.0);
        }
        Self { priors, others, bias_transfer: rhos.iter().sum::<f32>() / rhos.len().max(1) as f32 }
    }

    /// Biases that were fitted with these priors, and what crossed.
    pub(super) fn beside(self, biases: Biases) -> Biases {
        Biases { others: self.others, bias_transfer: self.bias_transfer, ..biases }
    }
}

/// ρ = Σ b b' / Σ w b'², w = n / (n + 3), clipped to [0, 1.5]: how much of the bias in the other domain is to be
/// expected here. The weight undoes the shrinkage of b.
fn bias_transfer(own: &Biases, other: &Biases, pairs: impl Iterator<Item = (UserId, UserId)>) -> f32 {
    let (mut product, mut square) = (0.0, 0.0);
    for (u, v) in pairs {
        let (b, b_other) = (own.users[u.index()], other.users[v.index()]);
        let n = own.user_counts[u.index()] as f32;
        product += b * b_other;
        square += n / (n + own.shrinkage.users) * b_other * b_other;
    }
    if square > 0.0 { (product / square).clamp(0.0, 1.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People with ten ratings each.
    fn people(users: &[f32]) -> Biases {
        Biases { users: users.to_vec(), user_counts: vec![10; users.len()], ..Biases::default() }
    }

    #[test]
    fn what_crosses_is_least_squares_and_stays_between_nothing_and_half_as_much_again() {
        let rho = |own: &[f32], other: &[f32]| {
            bias_transfer(&people(own), &people(other), UserId::first(own.len()).map(|user| (user, user)))
        };
        // Σ b b' = 0.06, Σ w b'² = 10/13 · 0.08.
        assert!((rho(&[0.1, -0.2], &[0.2, -0.2]) - 0.06 / (0.08 * 10.0 / 13.0)).abs() < 1e-6);
        assert_eq!(rho(&[0.3, -0.3], &[0.1, -0.1]), 1.5);
        assert_eq!(rho(&[0.3, -0.3], &[-0.1, 0.1]), 0.0);
        assert_eq!(rho(&[0.3, -0.3], &[0.0, 0.0]), 0.0);
    }
}
