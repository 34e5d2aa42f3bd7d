//! Alternating least squares of the biases: items for given users, users for given items, and so on.

use super::{BiasInput, Biases};
use crate::eval::Rows;
use crate::model::prior::Ridge;

/// Alternations between user and item biases.
const ALTERNATIONS: usize = 15;

/// The biases with given user priors and, where there are features, priors fitted on them in each alternation.
pub(super) fn fit(input: &BiasInput, transferred: &[f32]) -> Biases {
    let Rows { users, items, targets } = input.rows;
    let mean = targets.iter().map(|&r| f64::from(r)).sum::<f64>() as f32 / targets.len().max(1) as f32;
    let count = |indices: &[u32], n: usize| {
        let mut counts = vec![0; n];
        indices.iter().for_each(|&i| counts[i as usize] += 1);
        counts
    };
    let mut biases = Biases {
        mean,
        users: vec![0.0; input.users],
        items: vec![0.0; input.items],
        user_priors: transferred.to_vec(),
        item_priors: vec![0.0; input.items],
        kindness: 0.0,
        others: vec![0.0; input.users],
        user_counts: count(users, input.users),
        item_counts: count(items, input.items),
        shrinkage: input.shrinkage,
    };
    let mut user_ridge = input.user_features.map(|f| Ridge::new(f, &biases.user_counts));
    let mut item_ridge = input.item_features.map(|f| Ridge::new(f, &biases.item_counts));
    let is_by_user = users.is_sorted();
    let mut item_sums = item_sums(input.rows, &biases);
    for _ in 0..ALTERNATIONS {
        if let Some(ridge) = &mut item_ridge {
            biases.item_priors = ridge.fit(&item_sums, &biases.item_counts);
        }
        shrink(
            &mut biases.items,
            &item_sums,
            &biases.item_priors,
            &biases.item_counts,
            input.shrinkage.items,
        );
        match &mut user_ridge {
            None if is_by_user => user_by_user(input.rows, &mut biases, &mut item_sums),
            user_ridge => {
                let sums = user_sums(input.rows, &biases);
                if let Some(ridge) = user_ridge {
                    let rest: Vec<f32> = (sums.iter().zip(transferred).zip(&biases.user_counts))
                        .map(|((sum, p), &n)| sum - n as f32 * p)
                        .collect();
                    let side = ridge.fit(&rest, &biases.user_counts);
                    biases.user_priors = transferred.iter().zip(&side).map(|(p, s)| p + s).collect();
                }
                let shrinkage = input.shrinkage.users;
                shrink(&mut biases.users, &sums, &biases.user_priors, &biases.user_counts, shrinkage);
                item_sums = self::item_sums(input.rows, &biases);
            }
        }
    }
    biases
}

/// Σ r − μ − b_u of each item.
fn item_sums(rows: &Rows, biases: &Biases) -> Vec<f32> {
    let mut sums = vec![0.0; biases.items.len()];
    for ((&u, &i), &r) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        sums[i as usize] += r - biases.mean - biases.users[u as usize];
    }
    sums
}

/// Σ r − μ − b_i of each user.
fn user_sums(rows: &Rows, biases: &Biases) -> Vec<f32> {
    let mut sums = vec![0.0; biases.users.len()];
    for ((&u, &i), &r) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        sums[u as usize] += r - biases.mean - biases.items[i as usize];
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
            sum += r - mean - biases.items[i as usize];
        }
        let bias = shrunk(sum, biases.user_priors[u], n, shrinkage);
        biases.users[u] = bias;
        for (&i, &r) in items.iter().zip(targets) {
            item_sums[i as usize] += r - mean - bias;
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
    use crate::eval::Rows;
    use crate::model::bias::{Biases, Shrinkage};
    use crate::rng::Generator;

    #[test]
    fn rows_in_any_order_give_the_same_biases() {
        let mut chance = Generator::new(2, "bias rows");
        // User 3 has no rows.
        let mut order: Vec<(u32, u32, f32)> = (0..200)
            .map(|_| ([0, 1, 2, 4][chance.below(4)], chance.below(9) as u32, chance.unit()))
            .collect();
        let fit = |order: &[(u32, u32, f32)]| {
            let rows = Rows {
                users: order.iter().map(|row| row.0).collect(),
                items: order.iter().map(|row| row.1).collect(),
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
}
