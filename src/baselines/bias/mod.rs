//! Mean, user bias and item bias: the baseline that a recommender has to beat, and what recipe R starts from. What
//! crosses between domains here is one number a person, how kindly they rate (docs/method.md, recipe R, 1 and 2).

mod alternation;
mod fitting;
mod fold_in;
mod linked;
mod saved;

use crate::data::{Features, ItemId, UserId};
use crate::split::Rows;
pub use fitting::{Fitting, alone};
pub use fold_in::{FoldedBias, folded};
pub use linked::fit_linked;

/// How strongly biases are drawn to what is expected before any rating: as if so many such ratings had been seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shrinkage {
    /// Of user biases.
    pub users: f32,
    /// Of item biases.
    pub items: f32,
}

impl Default for Shrinkage {
    /// Recipe R's.
    fn default() -> Self {
        Self { users: 3.0, items: 2.0 }
    }
}

/// Fitted biases of one domain, on the unit scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Biases {
    /// μ, the mean of the training ratings.
    pub mean: f32,
    /// b_u of each user.
    pub users: Vec<f32>,
    /// b_i of each item.
    pub items: Vec<f32>,
    /// p_u, what is expected of a user before their first rating here.
    pub user_priors: Vec<f32>,
    /// p_i, what is expected of an item before its first rating.
    pub item_priors: Vec<f32>,
    /// ρ, how much of a person's bias in the linked domain is to be expected here.
    pub bias_transfer: f32,
    /// The user's bias in the linked domain; 0 where there is none.
    pub others: Vec<f32>,
    /// n_u, training ratings of each user.
    pub user_counts: Vec<u32>,
    /// n_i, training ratings of each item.
    pub item_counts: Vec<u32>,
    /// The shrinkage that they were fitted with.
    pub shrinkage: Shrinkage,
}

/// What biases are fitted on, for one domain.
#[derive(Clone, Copy, Debug)]
pub struct BiasInput<'a> {
    /// Training rows.
    pub rows: &'a Rows,
    /// Number of users.
    pub users: usize,
    /// Number of items.
    pub items: usize,
    /// User features for the prior, if they are to be used.
    pub user_features: Option<&'a Features>,
    /// Item features for the prior, if they are to be used.
    pub item_features: Option<&'a Features>,
    /// Shrinkage.
    pub shrinkage: Shrinkage,
}

impl Biases {
    /// μ + b_u + b_i, clipped to the scale.
    pub fn predict(&self, user: UserId, item: ItemId) -> f32 {
        (self.mean + self.users[user.index()] + self.items[item.index()]).clamp(0.0, 1.0)
    }

    /// b_u and b_i of a training row as if the row had not been seen.
    pub fn leave_one_out(&self, user: UserId, item: ItemId, target: f32) -> (f32, f32) {
        let (u, i) = (user.index(), item.index());
        let (b_u, b_i) = (self.users[u], self.items[i]);
        let (n_u, n_i) = (self.user_counts[u] as f32, self.item_counts[i] as f32);
        let user_loo = ((n_u + self.shrinkage.users) * b_u - (target - self.mean - b_i))
            / (n_u + self.shrinkage.users - 1.0);
        let item_loo = ((n_i + self.shrinkage.items) * b_i - (target - self.mean - b_u))
            / (n_i + self.shrinkage.items - 1.0);
        (user_loo, item_loo)
    }

    /// Keeps the counts and forgets the rest, for models without bias terms.
    pub fn set_to_zero(&mut self) {
        self.mean = 0.0;
        self.bias_transfer = 0.0;
        for values in
            [&mut self.users, &mut self.items, &mut self.user_priors, &mut self.item_priors, &mut self.others]
        {
            values.fill(0.0);
        }
    }

    /// The bias model of one domain on its own, without any prior: the baseline.
    pub fn baseline(rows: &Rows, users: usize, items: usize, shrinkage: Shrinkage) -> Self {
        let input = BiasInput { rows, users, items, user_features: None, item_features: None, shrinkage };
        Self::alone(&input)
    }

    /// Those of one domain on its own, with priors from its features where there are some.
    pub fn alone(input: &BiasInput) -> Self {
        alternation::fit(input, vec![0.0; input.users])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::LinkedPair;

    fn rows(triples: &[(u32, u32, f32)]) -> Rows {
        let mut rows = Rows::default();
        for &(u, i, r) in triples {
            rows.users.push(UserId(u));
            rows.items.push(ItemId(i));
            rows.targets.push(r);
        }
        rows
    }

    #[test]
    fn one_rating_gives_the_closed_form() {
        // One user, two items, one rating each: μ = 0.5. By hand the fixed point of
        // b_i = (r − μ − b_u) / 3, b_u = Σ(r − μ − b_i) / 5 with r = 0.4 and 0.6 is b_u = 0, b_i = ∓1/30.
        let biases = Biases::baseline(&rows(&[(0, 0, 0.4), (0, 1, 0.6)]), 1, 2, Shrinkage::default());
        assert!((biases.mean - 0.5).abs() < 1e-6);
        assert!(biases.users[0].abs() < 1e-6);
        assert!((biases.items[0] + 1.0 / 30.0).abs() < 1e-6);
        assert_eq!(biases.user_counts, [2]);
    }

    #[test]
    fn leaving_a_row_out_gives_the_bias_without_it() {
        let data = [(0, 0, 0.9), (0, 1, 0.7), (0, 2, 0.2), (1, 0, 0.5), (1, 1, 0.4)];
        let biases = Biases::baseline(&rows(&data), 2, 3, Shrinkage::default());
        for (user, item, rating) in data {
            let others = data.iter().filter(|other| (other.0, other.1) != (user, item));
            // For given item biases, b_u is Σ (r − μ − b_i) / (n + 3) over the user's other ratings, and the same
            // with 2 for b_i. The alternations end with the users, whose equation therefore holds exactly.
            let sum = |of_user: bool| -> (f32, f32) {
                let same = others.clone().filter(|o| if of_user { o.0 == user } else { o.1 == item });
                let other_side = |&(u, i, _): &(u32, u32, f32)| match of_user {
                    true => biases.items[i as usize],
                    false => biases.users[u as usize],
                };
                same.fold((0.0, 0.0), |(sum, n), o| (sum + o.2 - biases.mean - other_side(o), n + 1.0))
            };
            let (without_user, without_item) = biases.leave_one_out(UserId(user), ItemId(item), rating);
            let ((user_sum, user_n), (item_sum, item_n)) = (sum(true), sum(false));
            assert!((without_user - user_sum / (user_n + 3.0)).abs() < 1e-6, "{user} {item}");
            assert!((without_item - item_sum / (item_n + 2.0)).abs() < 1e-5, "{user} {item}");
            // The row itself makes a difference.
            assert!((without_user - biases.users[user as usize]).abs() > 1e-3);
        }
    }

    #[test]
    fn both_equations_hold_after_the_alternations() {
        // Few ratings of many items: one alternation is far from enough.
        let mut chance = crate::rng::Generator::new(4, "bias equations");
        let mut data = Vec::new();
        for user in 0..12 {
            for item in 0..20 {
                if chance.unit() < 0.5 {
                    data.push((user, item, chance.unit() * (0.2 + 0.06 * user as f32)));
                }
            }
        }
        let biases = Biases::baseline(&rows(&data), 12, 20, Shrinkage::default());
        for item in 0..20 {
            let (mut sum, mut n) = (0.0, 0.0);
            for &(user, _, rating) in data.iter().filter(|row| row.1 == item) {
                sum += rating - biases.mean - biases.users[user as usize];
                n += 1.0;
            }
            let difference = (biases.items[item as usize] - sum / (n + 2.0)).abs();
            assert!(difference < 1e-5, "item {item}: {difference}");
        }
    }

    /// Twenty people, known by ten ratings in each of two domains, who are alternately kind and unkind by `in_a` and
    /// `in_b`; then a kind and an unkind person whom only B knows. Their links, and the biases of A and B.
    fn kind_and_unkind(in_a: f32, in_b: f32) -> Vec<Biases> {
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for user in 0..22 {
            let sign = if user % 2 == 0 { 1.0 } else { -1.0 };
            for item in 0..10 {
                if user < 20 {
                    a.push((user, item, 0.5 + sign * in_a));
                }
                b.push((user, item, 0.5 + sign * in_b));
            }
        }
        let (a, b) = (rows(&a), rows(&b));
        let input = |rows| BiasInput {
            rows,
            users: 22,
            items: 10,
            user_features: None,
            item_features: None,
            shrinkage: Shrinkage::default(),
        };
        let pairs = (0..22).map(|u| LinkedPair { a: UserId(u), b: UserId(u), warm: u < 20 }).collect();
        fit_linked(&[input(&a), input(&b)], &[(0, 1, pairs)])
    }

    #[test]
    fn a_kind_person_is_expected_to_be_kind_elsewhere() {
        // By hand: items are alike, so that b = 10 · 0.2 / 13 in both domains, w = 10/13, ρ = Σ b² / Σ w b² = 1.3 and
        // p = ρ b = 0.2, the bias_transfer itself: ρ undoes the shrinkage.
        let fitted = kind_and_unkind(0.2, 0.2);
        let a = &fitted[0];
        assert!((a.bias_transfer - 1.3).abs() < 1e-4, "{}", a.bias_transfer);
        for (user, expected) in [(20, 0.2), (21, -0.2)] {
            assert!((a.user_priors[user] - expected).abs() < 1e-4, "{}", a.user_priors[user]);
            assert!((a.others[user] - expected / 1.3).abs() < 1e-4);
            // Without a rating of their own, the bias is what is expected.
            assert_eq!(a.user_counts[user], 0);
            assert!((a.users[user] - a.user_priors[user]).abs() < 1e-6);
        }
        // With ten ratings of 0.7 on top of the prior, (10 · 0.2 + 3 · 0.2) / 13 = 0.2.
        assert!((a.users[0] - 0.2).abs() < 1e-4, "{}", a.users[0]);
    }

    #[test]
    fn no_more_than_one_and_a_half_times_the_bias_is_expected_and_never_its_opposite() {
        // Unclipped, ρ would be 1.3 · 4 and −1.3.
        for (in_a, in_b, expected) in [(0.4, 0.1, 1.5), (0.2, -0.2, 0.0)] {
            let a = &kind_and_unkind(in_a, in_b)[0];
            assert_eq!(a.bias_transfer, expected);
            assert!((a.user_priors[20] - expected * a.others[20]).abs() < 1e-6);
        }
    }
}
