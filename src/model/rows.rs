//! Training rows of one domain with everything that a step needs of them, worked out once before training.

use super::bias::Biases;
use super::inputs::{GivenInputs, Known};
use crate::config::ValidConfig;
use crate::data::Features;
use crate::engine::RatingBatch;
use crate::eval::Rows;
use crate::rng::Generator;

/// One domain's training rows.
#[derive(Clone, Debug)]
pub(super) struct TrainingRows {
    pub(super) rows: Rows,
    /// Each row's b_u' and b_i' as it sees them.
    known: Vec<Known>,
    given: GivenInputs,
    item_dropout: f32,
}

impl TrainingRows {
    pub(super) fn new(
        rows: Rows,
        biases: &Biases,
        config: &ValidConfig,
        given: GivenInputs,
        has_item_features: bool,
    ) -> Self {
        let known = (rows.users.iter().zip(&rows.items).zip(&rows.targets))
            .map(|((&user, &item), &target)| {
                let all = Known::all(biases, user, item);
                if !config.leave_one_out {
                    return all;
                }
                let (user_bias, item_bias) = match config.bias {
                    true => biases.leave_one_out(user, item, target),
                    false => (0.0, 0.0),
                };
                Known { user_bias, item_bias, user_count: all.user_count - 1, item_count: all.item_count - 1 }
            })
            .collect();
        let item_dropout = if has_item_features { config.item_dropout } else { 0.0 };
        Self { rows, known, given, item_dropout }
    }

    /// The chosen rows as they are: an own-domain batch. `users` may stand in for the rows' own user numbers
    /// (vectors of another table); with `cold_users` everything known of the users here is withheld.
    pub(super) fn batch(
        &self,
        chosen: &[u32],
        biases: &Biases,
        users: Option<&[u32]>,
        cold_users: bool,
        rng: &mut Generator,
    ) -> RatingBatch {
        let n = chosen.len();
        let mut batch = RatingBatch::default();
        batch.given.reserve(n * self.given.len());
        for (position, &row) in chosen.iter().enumerate() {
            let row = row as usize;
            let (user, item) = (self.rows.users[row], self.rows.items[row]);
            let mut known = self.known[row];
            if cold_users {
                known = known.cold_user(biases, user);
            }
            if self.item_dropout > 0.0 {
                let dropped = rng.unit() < self.item_dropout;
                if dropped {
                    known = known.cold_item(biases, item);
                }
                batch.item_kept.push(if dropped { 0.0 } else { 1.0 });
            }
            batch.users.push(users.map_or(user, |users| users[position]) as i32);
            batch.items.push(item as i32);
            batch.targets.push(self.rows.targets[row]);
            batch.offsets.push(biases.mean + known.user_bias + known.item_bias);
            self.given.push_row(&mut batch.given, known, biases, user, item);
            batch.user_shares.push(1.0 / biases.user_counts[user as usize].max(1) as f32);
            batch.item_shares.push(1.0 / biases.item_counts[item as usize].max(1) as f32);
        }
        batch
    }
}

/// Features of gathered rows as entries of a batch.
pub(super) fn feature_entries(features: Option<&Features>, rows: &[i32]) -> crate::engine::Entries {
    let mut entries = crate::engine::Entries::default();
    if let Some(features) = features {
        for (i, &row) in rows.iter().enumerate() {
            let (columns, values) = features.row(row as u32);
            entries.push_row(i, columns, values);
        }
    }
    entries
}

/// Dropout factors for each hidden layer of a network.
pub(super) fn dropout(config: &ValidConfig, rows: usize, rng: &mut Generator) -> Vec<Vec<f32>> {
    if config.dropout == 0.0 {
        return Vec::new();
    }
    config.recommender_hidden.iter().map(|&width| rng.dropout(rows * width, config.dropout)).collect()
}
