//! What a person's biases become when some of their ratings are not there, and what they are of somebody by ratings alone: the
//! equations of the fit, b_u = (Σ(r − μ − b_i) + 3p_u) / (n_u + 3) and p_u = ρ · (bias in the other domain), with means, items and
//! ρ held fixed.

use super::Biases;
use crate::recommender::Profile;

/// A person in one domain.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FoldedBias {
    /// b_u.
    pub bias: f32,
    /// p_u.
    pub prior: f32,
    /// Their bias in the linked domains, the mean where there are several.
    pub other: f32,
    /// n_u.
    pub count: u32,
}

/// By domain, what is left of a person's biases without some of their ratings. `links` are pairs of domains. Of a person of
/// the training their fitted biases are changed by what the ratings taken out had said, so that with all of them they are the fitted
/// ones; what features say of them stays.
pub fn folded(
    biases: &[&Biases],
    links: &[(usize, usize)],
    profile: &Profile,
    without: &[usize],
) -> Vec<FoldedBias> {
    let user = |d: usize| profile.users.get(d).copied().flatten();
    // Σ(r − μ − b_i) and n.
    let said = |d: usize, without: &[usize]| {
        let residual = |item: usize, rating: f32| rating - biases[d].mean - biases[d].items[item];
        profile.of_domain(d, without).fold((0.0, 0.0), |(sum, n), (_, rating)| {
            (sum + residual(rating.item.index(), rating.rating), n + 1.0)
        })
    };
    let alone = |d: usize, without: &[usize]| {
        let (sum, n) = said(d, without);
        sum / (n + biases[d].shrinkage.users)
    };
    let domain = |d: usize| {
        let linked = links.iter().filter_map(|&(a, b)| match d {
            _ if d == a => Some(b),
            _ if d == b => Some(a),
            _ => None,
        });
        let linked: Vec<usize> =
            linked.filter(|&e| user(e).is_some() || profile.of_domain(e, &[]).next().is_some()).collect();
        let mean = |of: &dyn Fn(usize) -> f32| {
            linked.iter().map(|&e| of(e)).sum::<f32>() / linked.len().max(1) as f32
        };
        let (own, shrinkage) = (biases[d], biases[d].shrinkage.users);
        let ((sum, n), (all, of_all)) = (said(d, without), said(d, &[]));
        let (prior, other, said) = match user(d) {
            Some(user) => {
                let user = user.index();
                let change = mean(&|e| alone(e, without) - alone(e, &[]));
                let before = own.user_priors.get(user).copied().unwrap_or(0.0);
                let prior = before + own.bias_transfer * change;
                // What the fit made of the ratings, and not what these equations would, is changed.
                let fitted = (of_all + shrinkage) * own.users[user] - shrinkage * before;
                (prior, own.others.get(user).copied().unwrap_or(0.0) + change, fitted + sum - all)
            }
            None => {
                let other = mean(&|e| alone(e, without));
                (own.bias_transfer * other, other, sum)
            }
        };
        let bias = if n > 0.0 { (said + shrinkage * prior) / (n + shrinkage) } else { prior };
        FoldedBias { bias, prior, other, count: n as u32 }
    };
    (0..biases.len()).map(domain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::bias::{BiasInput, Shrinkage};
    use crate::data::{ItemId, UserId};
    use crate::recommender::ProfileRating;
    use crate::split::Rows;

    fn profile(ratings: &[(usize, u32, f32)], users: [Option<UserId>; 2]) -> Profile {
        let rating = |&(domain, item, rating): &(usize, u32, f32)| ProfileRating {
            domain,
            item: ItemId(item),
            rating,
        };
        Profile { ratings: ratings.iter().map(rating).collect(), users: users.to_vec() }
    }

    /// Two items a domain without biases of their own, μ = ½, ρ = 0.8.
    fn flat() -> Biases {
        Biases { mean: 0.5, items: vec![0.0; 2], bias_transfer: 0.8, ..Biases::default() }
    }

    #[test]
    fn a_visitors_biases_by_hand() {
        // In A: Σ = 0.4 + 0.1, n = 2, alone 0.5 / 5 = 0.1; in B nothing, so that p_B = b_B = 0.08. A has nothing to expect from B.
        let visitor = profile(&[(0, 0, 0.9), (0, 1, 0.6)], [None; 2]);
        let (a, b) = (flat(), flat());
        let found = folded(&[&a, &b], &[(0, 1)], &visitor, &[]);
        assert!((found[0].bias - 0.1).abs() < 1e-6 && found[0].prior == 0.0 && found[0].count == 2);
        assert!((found[1].bias - 0.08).abs() < 1e-6 && (found[1].other - 0.1).abs() < 1e-6);
        // Without the first rating: 0.1 / 4.
        let left = folded(&[&a, &b], &[(0, 1)], &visitor, &[0]);
        assert!((left[0].bias - 0.025).abs() < 1e-6 && (left[1].bias - 0.02).abs() < 1e-6);
    }

    #[test]
    fn a_person_of_the_training_has_their_fitted_biases_and_without_a_rating_what_the_equation_gives() {
        let data = [(0, 0, 0.9), (0, 1, 0.7), (0, 2, 0.2), (1, 0, 0.5), (1, 1, 0.4), (1, 2, 0.6)];
        let mut rows = Rows::default();
        for (user, item, rating) in data {
            rows.users.push(UserId(user));
            rows.items.push(ItemId(item));
            rows.targets.push(rating);
        }
        let input = BiasInput {
            rows: &rows,
            users: 2,
            items: 3,
            user_features: None,
            item_features: None,
            shrinkage: Shrinkage::default(),
        };
        let biases = Biases::alone(&input);
        let ratings: Vec<(usize, u32, f32)> = data[..3].iter().map(|&(_, item, r)| (0, item, r)).collect();
        let person = Profile { users: vec![Some(UserId(0))], ..profile(&ratings, [None; 2]) };
        let whole = folded(&[&biases], &[], &person, &[]);
        assert!((whole[0].bias - biases.users[0]).abs() < 1e-6);
        for (place, &(_, item, rating)) in ratings.iter().enumerate() {
            let left = folded(&[&biases], &[], &person, &[place])[0];
            let (without, _) = biases.leave_one_out(UserId(0), ItemId(item), rating);
            assert!((left.bias - without).abs() < 1e-6 && left.count == 2);
        }
        // Of nothing nothing is left.
        assert_eq!(folded(&[&biases], &[], &person, &[0, 1, 2])[0], FoldedBias::default());
    }
}
