//! Biases of linked domains: what crosses from one to the other is how kindly a person rates.

use std::sync::Arc;

use super::{BiasInput, Biases, Shrinkage, alternation};
use crate::eval::{LinkedPair, Training};

/// First domain, second domain, pairs.
type Link = (usize, usize, Vec<LinkedPair>);

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
    inputs.iter().enumerate().map(|(d, input)| Transfer::new(d, &alone, links).fit(input)).collect()
}

/// [`fit_linked`] on the rows and links of a training, with priors from features where `feature_prior` asks for
/// them. What was fitted before on the same rows is taken from there, and one domain's rows are held at a time.
pub fn of_training(training: &Training, feature_prior: bool) -> Vec<Arc<Biases>> {
    let alone: Vec<&Arc<Biases>> =
        (0..training.domains()).map(|d| training.biases_alone(d, feature_prior)).collect();
    let links: Vec<Link> = (training.links().into_iter().enumerate())
        .map(|(link, (a, b))| (a, b, training.linked_pairs(link)))
        .collect();
    if links.iter().all(|(_, _, pairs)| pairs.is_empty()) {
        return alone.into_iter().cloned().collect();
    }
    let alone: Vec<&Biases> = alone.into_iter().map(Arc::as_ref).collect();
    (0..training.domains())
        .map(|d| {
            let rows = training.rows(d);
            let input = BiasInput {
                rows: &rows,
                users: training.users(d),
                items: training.items(d),
                user_features: training.user_features(d).filter(|_| feature_prior),
                item_features: training.item_features(d).filter(|_| feature_prior),
                shrinkage: Shrinkage::default(),
            };
            Arc::new(Transfer::new(d, &alone, &links).fit(&input))
        })
        .collect()
}

/// What crosses into one domain.
struct Transfer {
    /// ρ · (bias in the other domain) by user, the mean over linked domains.
    priors: Vec<f32>,
    /// The bias itself.
    others: Vec<f32>,
    kindness: f32,
}

impl Transfer {
    fn new(d: usize, alone: &[&Biases], links: &[Link]) -> Self {
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
            let rho = kindness(alone[d], alone[other], pairs.iter().map(oriented));
            rhos.push(rho);
            for (own, there) in pairs.iter().map(oriented) {
                let bias = alone[other].users[there as usize];
                priors[own as usize] += rho * bias;
                others[own as usize] += bias;
                sources[own as usize] += 1.0;
            }
        }
        for ((p, o), n) in priors.iter_mut().zip(&mut others).zip(&sources) {
            *p /= n.max(1.0);
            *o /= n.max(1.0);
        }
        Self { priors, others, kindness: rhos.iter().sum::<f32>() / rhos.len().max(1) as f32 }
    }

    fn fit(self, input: &BiasInput) -> Biases {
        let biases = alternation::fit(input, &self.priors);
        Biases { others: self.others, kindness: self.kindness, ..biases }
    }
}

/// ρ = Σ b b' / Σ w b'², w = n / (n + 3), clipped to [0, 1.5]: how much of the bias in the other domain is to be
/// expected here. The weight undoes the shrinkage of b.
fn kindness(own: &Biases, other: &Biases, pairs: impl Iterator<Item = (u32, u32)>) -> f32 {
    let (mut product, mut square) = (0.0, 0.0);
    for (u, v) in pairs {
        let (b, b_other) = (own.users[u as usize], other.users[v as usize]);
        let n = own.user_counts[u as usize] as f32;
        product += b * b_other;
        square += n / (n + own.shrinkage.users) * b_other * b_other;
    }
    if square > 0.0 { (product / square).clamp(0.0, 1.5) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::sample;
    use crate::eval::{Crossing, Split};

    #[test]
    fn biases_of_a_training_are_those_of_its_rows_and_links_and_are_fitted_once() {
        let world = Arc::new(sample(3).world);
        let config = Config::robust().check().unwrap();
        let split = Split::new(&world, &config, false).unwrap();
        let training = Training::new(world.clone(), Arc::new(split.clone()));
        let unlinked = Training::new(world.clone(), Arc::new(split.with_crossing(Crossing::Nothing)));
        for feature_prior in [false, true] {
            let rows = [training.rows(0), training.rows(1)];
            let inputs = [0, 1].map(|d| BiasInput {
                rows: &rows[d],
                users: training.users(d),
                items: training.items(d),
                user_features: training.user_features(d).filter(|_| feature_prior),
                item_features: training.item_features(d).filter(|_| feature_prior),
                shrinkage: Shrinkage::default(),
            });
            let links = vec![(0, 1, training.linked_pairs(0))];
            let shared = |biases: Vec<Biases>| biases.into_iter().map(Arc::new).collect::<Vec<_>>();
            assert_eq!(of_training(&training, feature_prior), shared(fit_linked(&inputs, &links)));
            assert_eq!(of_training(&unlinked, feature_prior), shared(fit_linked(&inputs, &[])));
            let alone = [&training, &unlinked].map(|t| t.biases_alone(0, feature_prior));
            assert!(Arc::ptr_eq(alone[0], alone[1]), "the same rows have been fitted twice");
        }
        let cold = Training::new(world.clone(), Arc::new(split.with_cold(&world, &config)));
        assert_ne!(cold.biases_alone(0, false), training.biases_alone(0, false));
    }
}
