//! What every figure stands beside: the global mean and the bias model, fitted on the same training rows.

pub mod bias;
mod entries;
pub(crate) mod prior;

use std::sync::Arc;

pub use entries::{BIAS, ITEM_MEAN, LINKED_BIAS, MEAN};

use crate::baselines::bias::{Biases, Shrinkage};
use crate::split::Rows;

/// The two baselines of one domain.
#[derive(Clone, Debug)]
pub struct Baselines {
    /// μ + b_u + b_i, from this domain's training rows alone; its `mean` is the global mean.
    pub bias: Arc<Biases>,
}

impl Baselines {
    /// Fits both on training rows. The default shrinkage is the strongest baseline that we know for such data.
    pub fn fit(rows: &Rows, users: usize, items: usize, shrinkage: Shrinkage) -> Self {
        Self { bias: Biases::baseline(rows, users, items, shrinkage).into() }
    }

    /// The bias model's predictions on the unit scale.
    pub fn bias_predictions(&self, rows: &Rows) -> Vec<f32> {
        rows.users.iter().zip(&rows.items).map(|(&user, &item)| self.bias.predict(user, item)).collect()
    }

    /// The global mean for every row.
    pub fn mean_predictions(&self, rows: &Rows) -> Vec<f32> {
        vec![self.bias.mean; rows.len()]
    }
}
