//! Mean, user bias and item bias: the baseline that a recommender has to beat, and what recipe R starts from. What
//! crosses between domains here is one number a person, how kindly they rate (docs/method.md, recipe R, 1 and 2).

mod alternation;
mod fitting;
mod linked;

use crate::data::Features;
use crate::eval::Rows;
pub use fitting::Fitting;
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
    pub kindness: f32,
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
    pub fn predict(&self, user: u32, item: u32) -> f32 {
        (self.mean + self.users[user as usize] + self.items[item as usize]).clamp(0.0, 1.0)
    }

    /// b_u and b_i of a training row as if the row had not been seen.
    pub fn leave_one_out(&self, user: u32, item: u32, target: f32) -> (f32, f32) {
        let (u, i) = (user as usize, item as usize);
        let (b_u, b_i) = (self.users[u], self.items[i]);
        let (n_u, n_i) = (self.user_counts[u] as f32, self.item_counts[i] as f32);
        let user_loo = ((n_u + self.shrinkage.users) * b_u - (target - self.mean - b_i))
            / (n_u + self.shrinkage.users - 1.0);
        let item_loo = ((n_i + self.shrinkage.items) * b_i - (target - self.mean - b_u))
            / (n_i + self.shrinkage.items - 1.0);
        (user_loo, item_loo)
    }

    /// Keeps the counts and forgets the rest, for models without bias terms.
    pub fn silence(&mut self) {
        self.mean = 0.0;
        self.kindness = 0.0;
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
    use crate::eval::LinkedPair;

    fn rows(triples: &[(u32, u32, f32)]) -> Rows {
        let mut rows = Rows::default();
        for &(u, i, r) in triples {
            rows.users.push(u);
            rows.items.push(i);
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
        // For given item biases, b_u without the row is (Σ_others + 3p) / (n − 1 + 3).
        let data = rows(&[(0, 0, 0.9), (0, 1, 0.7), (0, 2, 0.2), (1, 0, 0.5)]);
        let biases = Biases::baseline(&data, 2, 3, Shrinkage::default());
        let (without, _) = biases.leave_one_out(0, 1, 0.7);
        let others: f32 =
            [(0, 0.9), (2, 0.2)].iter().map(|&(i, r): &(usize, f32)| r - biases.mean - biases.items[i]).sum();
        assert!((without - others / 5.0).abs() < 1e-3, "{without} {}", others / 5.0);
    }

    #[test]
    fn a_kind_person_is_expected_to_be_kind_elsewhere() {
        // Users 0..20 rate 0.2 around the mean alike in both domains; user 20 is known only in B and kind there.
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for u in 0..20 {
            let kindness = if u % 2 == 0 { 0.2 } else { -0.2 };
            for i in 0..10 {
                a.push((u, i, 0.5 + kindness));
                b.push((u, i, 0.5 + kindness));
            }
        }
        b.extend((0..10).map(|i| (20, i, 0.7)));
        let (a, b) = (rows(&a), rows(&b));
        let input = |rows| BiasInput {
            rows,
            users: 21,
            items: 10,
            user_features: None,
            item_features: None,
            shrinkage: Shrinkage::default(),
        };
        let pairs = (0..21).map(|u| LinkedPair { a: u, b: u, warm: u < 20 }).collect();
        let fitted = fit_linked(&[input(&a), input(&b)], &[(0, 1, pairs)]);
        assert!(fitted[0].user_priors[20] > 0.12, "{}", fitted[0].user_priors[20]);
        assert!((fitted[0].users[20] - fitted[0].user_priors[20]).abs() < 1e-6);
    }
}
