//! Alternating least squares of the biases: items for given users, users for given items, and so on.

use super::{BiasInput, Biases, Shrinkage};
use crate::baselines::prior::Ridge;
use crate::data::{ItemId, UserId};
use crate::split::Rows;

/// Alternations between user and item biases.
const ALTERNATIONS: usize = 15;

/// A fit with given user priors and, where there are features, priors fitted on them in each alternation. The input of
/// all calls must be the same.
pub(super) struct Alternation {
    biases: Biases,
    /// What crosses to each user from another domain.
    transferred: Vec<f32>,
    user_ridge: Option<Ridge>,
    item_ridge: Option<Ridge>,
    is_by_user: bool,
    item_sums: Vec<f32>,
    /// Alternations that are done.
    done: usize,
}

/// All alternations at once.
pub(super) fn fit(input: &BiasInput, transferred: Vec<f32>) -> Biases {
    let mut alternation = Alternation::new(input, transferred);
    while !alternation.is_done() {
        alternation.advance(input);
    }
    alternation.into_biases()
}

impl Alternation {
    /// Before the first: all biases 0.
    pub(super) fn new(input: &BiasInput, transferred: Vec<f32>) -> Self {
        let biases = Biases { user_priors: transferred.clone(), ..unfitted(input) };
        Self {
            user_ridge: input.user_features.map(|f| Ridge::new(f, &biases.user_counts)),
            item_ridge: input.item_features.map(|f| Ridge::new(f, &biases.item_counts)),
            is_by_user: input.rows.users.is_sorted(),
            item_sums: item_sums(input.rows, &biases),
            biases,
            transferred,
            done: 0,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done >= ALTERNATIONS
    }

    /// Share of the alternations that are done.
    pub(super) fn fraction(&self) -> f32 {
        self.done as f32 / ALTERNATIONS as f32
    }

    /// The biases as they are.
    pub(super) fn into_biases(self) -> Biases {
        self.biases
    }

    /// One alternation: the item biases, then the user biases.
    pub(super) fn advance(&mut self, input: &BiasInput) {
        let (biases, Shrinkage { users, items }) = (&mut self.biases, input.shrinkage);
        if let (Some(ridge), Some(features)) = (&mut self.item_ridge, input.item_features) {
            biases.item_priors = ridge.fit(features, &self.item_sums, &biases.item_counts);
        }
        shrink(&mut biases.items, &self.item_sums, &biases.item_priors, &biases.item_counts, items);
        if self.user_ridge.is_none() && self.is_by_user {
            user_by_user(input.rows, biases, &mut self.item_sums);
        } else {
            let sums = user_sums(input.rows, biases);
            if let (Some(ridge), Some(features)) = (&mut self.user_ridge, input.user_features) {
                let rest: Vec<f32> = (sums.iter().zip(&self.transferred).zip(&biases.user_counts))
                    .map(|((sum, p), &n)| sum - n as f32 * p)
                    .collect();
                let side = ridge.fit(features, &rest, &biases.user_counts);
                biases.user_priors = self.transferred.iter().zip(&side).map(|(p, s)| p + s).collect();
            }
            shrink(&mut biases.users, &sums, &biases.user_priors, &biases.user_counts, users);
            self.item_sums = item_sums(input.rows, biases);
        }
        self.done += 1;
    }
}

/// The mean and the counts, all biases 0.
pub(super) fn unfitted(input: &BiasInput) -> Biases {
    let (users, items) = (UserId::numbers(&input.rows.users), ItemId::numbers(&input.rows.items));
    let count = |indices: &[u32], n: usize| {
        let mut counts = vec![0; n];
        indices.iter().for_each(|&i| counts[i as usize] += 1);
        counts
    };
    Biases {
        mean: input.rows.mean(),
        users: vec![0.0; input.users],
        items: vec![0.0; input.items],
        user_priors: vec![0.0; input.users],
        item_priors: vec![0.0; input.items],
        bias_transfer: 0.0,
        others: vec![0.0; input.users],
        user_counts: count(users, input.users),
        item_counts: count(items, input.items),
        shrinkage: input.shrinkage,
    }
}

/// Σ r − μ − b_u of each item.
fn item_sums(rows: &Rows, biases: &Biases) -> Vec<f32> {
    let mut sums = vec![0.0; biases.items.len()];
    for ((&u, &i), &r) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        sums[i.index()] += r - biases.mean - biases.users[u.index()];
    }
    sums
}

/// Σ r − μ − b_i of each user.
fn user_sums(rows: &Rows, biases: &Biases) -> Vec<f32> {
    let mut sums = vec![0.0; biases.users.len()];
    for ((&u, &i), &r) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        sums[u.index()] += r - biases.mean - biases.items[i.index()];
    }
    sums
}

/// The new biases of all users, and the item sums that follow from them, in one walk: a user's few rows are still at
/// hand when their bias is known. The rows must come by user. The same sums in the same order as one after the other.
fn user_by_user(rows: &Rows, biases: &mut Biases, item_sums: &mut [f32]) {
    let (mean, shrinkage) = (biases.mean, biases.shrinkage.users);
    item_sums.fill(0.0);
    let mut start = 0;
    for (u, &n) in biases.user_counts.iter().enumerate() {
        let end = start + n as usize;
        let (items, targets) = (&rows.items[start..end], &rows.targets[start..end]);
        start = end;
        let mut sum = 0.0;
        for (&i, &r) in items.iter().zip(targets) {
            sum += r - mean - biases.items[i.index()];
        }
        let bias = shrunk(sum, biases.user_priors[u], n, shrinkage);
        biases.users[u] = bias;
        for (&i, &r) in items.iter().zip(targets) {
            item_sums[i.index()] += r - mean - bias;
        }
    }
}

fn shrink(biases: &mut [f32], sums: &[f32], priors: &[f32], counts: &[u32], shrinkage: f32) {
    for (((b, &sum), &p), &n) in biases.iter_mut().zip(sums).zip(priors).zip(counts) {
        *b = shrunk(sum, p, n, shrinkage);
    }
}

/// b = (Σ residuals + λ p) / (n + λ)
fn shrunk(sum: f32, prior: f32, n: u32, shrinkage: f32) -> f32 {
    (sum + shrinkage * prior) / (n as f32 + shrinkage)
}

#[cfg(test)]
mod tests {
    use nalgebra::{DMatrix, DVector};

    use super::fit;
    use crate::baselines::bias::{BiasInput, Biases, Shrinkage};
    use crate::data::{Features, Field, FieldKind, ItemId, UserId};
    use crate::rng::Generator;
    use crate::split::Rows;

    #[test]
    fn rows_in_any_order_give_the_same_biases() {
        let mut chance = Generator::new(2, "bias rows");
        // User 3 has no rows.
        let mut order: Vec<(u32, u32, f32)> = (0..200)
            .map(|_| ([0, 1, 2, 4][chance.below(4)], chance.below(9) as u32, chance.unit()))
            .collect();
        let fit = |order: &[(u32, u32, f32)]| {
            let rows = Rows {
                users: order.iter().map(|row| UserId(row.0)).collect(),
                items: order.iter().map(|row| ItemId(row.1)).collect(),
                targets: order.iter().map(|row| row.2).collect(),
            };
            Biases::baseline(&rows, 5, 9, Shrinkage::default())
        };
        let shuffled = fit(&order);
        order.sort_by_key(|row| row.0);
        let sorted = fit(&order);
        let pairs =
            (sorted.users.iter().zip(&shuffled.users)).chain(sorted.items.iter().zip(&shuffled.items));
        assert!(pairs.clone().all(|(x, y)| (x - y).abs() < 1e-5));
        assert!(pairs.map(|(x, _)| x.abs()).sum::<f32>() > 0.1);
        assert_eq!(sorted.users[3], 0.0);
    }

    /// Whether a row is kind (column 0) or not (column 1), every second of `rows`.
    fn kind_or_not(rows: u32) -> Features {
        Features {
            fields: vec![Field {
                name: "kind".into(),
                kind: FieldKind::OneHot,
                start: 0,
                width: 2,
                labels: Vec::new(),
            }],
            row_starts: (0..=rows).collect(),
            columns: (0..rows).map(|row| row % 2).collect(),
            values: vec![1.0; rows as usize],
            titles: vec![],
        }
    }

    #[test]
    fn features_say_what_to_expect_of_users_and_items_without_ratings() {
        // Of 20 rows of ten ratings each, the even ones lie 0.2 above the mean and the odd ones 0.2 below; rows 20 and
        // 21 have none. The weights are 2 · 10 / 12, so that β = ±0.2 · (10 · 5/3) / (10 · 5/3 + 3) = ±0.1695, and
        // b = (10 · 0.2 + λ β) / (10 + λ).
        let features = kind_or_not(22);
        let pairs = || (0..20).flat_map(|row| (0..10).map(move |column| (row, column)));
        let rows = pairs().map(|pair| pair.0).collect::<Vec<u32>>();
        let columns = pairs().map(|pair| pair.1).collect::<Vec<u32>>();
        let targets = rows.iter().map(|row| if row % 2 == 0 { 0.7 } else { 0.3 }).collect::<Vec<f32>>();
        let of = |users: &[u32], items: &[u32]| Rows {
            users: UserId::of_numbers(users).to_vec(),
            items: ItemId::of_numbers(items).to_vec(),
            targets: targets.clone(),
        };
        let (of_users, of_items) = (of(&rows, &columns), of(&columns, &rows));
        let shrinkage = Shrinkage::default();
        let input = BiasInput {
            rows: &of_users,
            users: 22,
            items: 10,
            user_features: Some(&features),
            item_features: None,
            shrinkage,
        };
        let users = fit(&input, vec![0.0; 22]);
        let items = BiasInput {
            rows: &of_items,
            users: 10,
            items: 22,
            user_features: None,
            item_features: Some(&features),
            shrinkage,
        };
        let items = fit(&items, vec![0.0; 10]);
        let beta = 0.2 * (50.0 / 3.0) / (50.0 / 3.0 + 3.0);
        for (priors, biases, shrinkage) in
            [(&users.user_priors, &users.users, 3.0), (&items.item_priors, &items.items, 2.0)]
        {
            for (row, sign) in [(0, 1.0), (1, -1.0), (20, 1.0), (21, -1.0)] {
                assert!((priors[row] - sign * beta).abs() < 1e-5, "row {row}: {priors:?}");
                let expected = if row < 20 { (2.0 + shrinkage * beta) / (10.0 + shrinkage) } else { beta };
                assert!((biases[row] - sign * expected).abs() < 1e-5, "row {row}: {biases:?}");
            }
        }
        // What another domain has told already is not said twice.
        let told: Vec<f32> = (0..22).map(|row| if row % 2 == 0 { 0.2 } else { -0.2 }).collect();
        let linked = fit(&input, told.clone());
        assert!(linked.user_priors.iter().zip(&told).all(|(prior, told)| (prior - told).abs() < 1e-5));
    }

    #[test]
    fn the_alternations_come_to_the_least_squares_solution() {
        // 40 users rate 5 of 30 items. The fixed point is that of min Σ (r − μ − b_u − b_i)² + 3 Σ b_u² + 2 Σ b_i², whose
        // normal equations are solved here for all 70 biases at once.
        let mut chance = Generator::new(3, "bias fixed point");
        let (users, items) = (40, 30);
        let mut rows = Rows::default();
        for user in 0..users as u32 {
            for n in 0..5 {
                let item = (user * 7 + n * 11) % items as u32;
                rows.users.push(UserId(user));
                rows.items.push(ItemId(item));
                rows.targets.push((0.01 * (user + item) as f32 + 0.3 * chance.unit()).min(1.0));
            }
        }
        let shrinkage = Shrinkage::default();
        let mean = rows.targets.iter().map(|&r| f64::from(r)).sum::<f64>() / rows.len() as f64;
        let mut normal = DMatrix::from_diagonal(&DVector::from_fn(users + items, |row, _| {
            f64::from(if row < users { shrinkage.users } else { shrinkage.items })
        }));
        let mut right = DVector::zeros(users + items);
        for ((&u, &i), &r) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
            let places = [u.index(), users + i.index()];
            for place in places {
                right[place] += f64::from(r) - mean;
                places.iter().for_each(|&other| normal[(place, other)] += 1.0);
            }
        }
        let expected = normal.lu().solve(&right).unwrap();
        let found = Biases::baseline(&rows, users, items, shrinkage);
        for (x, y) in expected.iter().zip(found.users.iter().chain(&found.items)) {
            assert!((x - f64::from(*y)).abs() < 1e-4, "{x} {y}");
        }
    }
}
