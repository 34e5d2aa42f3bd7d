//! A rating share: tiles of rows gathered, through the head, back, and scattered (paper, Algorithm 1 lines 4 to 6 and 13
//! to 15).

use std::sync::Arc;

use pulp::Simd;

use super::fetched::Fetched;
use super::gather::{Params, Penalty, Side, WITHHELD};
use super::loops::copy_few;
use super::network::{Network, TILE, Wanted};
use crate::engine::{Numbers, RatingRows};

/// A rating term with the numbers of its parameters inside.
pub(super) struct Rating {
    pub(super) user: Side,
    pub(super) item: Side,
    pub(super) head: usize,
    pub(super) row_l2: f32,
    pub(super) rows: Arc<RatingRows>,
    /// Ratings of the chunk that is being run.
    pub(super) fetched: Fetched,
    /// Rows of the item table: numbers from here on are withheld items.
    pub(super) items: u32,
    /// Named rows of a tile.
    pub(super) users_named: Vec<u32>,
    pub(super) items_named: Vec<u32>,
    /// Their residuals.
    pub(super) residuals: Vec<f32>,
}

impl Rating {
    /// Adds the gradients of a share, the next `n` ratings that were fetched, to the parameters'. Returns the sum of its
    /// squared errors.
    pub(super) fn run<S: Simd>(
        &mut self,
        simd: S,
        params: &mut Params,
        network: &mut Network,
        n: usize,
        weight: f32,
        key: u32,
    ) -> f64 {
        let wanted = Wanted { user: self.user.activate(params), item: self.item.activate(params) };
        self.user.penalise(simd, params, weight);
        self.item.penalise(simd, params, weight);
        let row_factor = 2.0 * weight * self.row_l2 / n as f32;
        let data = self.rows.clone();
        let (k, row) = (network.k, network.row());
        let mut sum = 0.0;
        for first_row in (0..n).step_by(TILE) {
            let rows = TILE.min(n - first_row);
            self.name(rows, &mut network.inputs[0][2 * k..], row);
            self.user.gather(simd, params, &self.users_named, &mut network.inputs[0], row);
            self.item.gather(simd, params, &self.items_named, &mut network.inputs[0][k..], row);
            network.forward(simd, &params.matrices, rows, first_row, key);
            let factor = 2.0 * weight / n as f32;
            let outputs = network.outputs.iter().zip(&mut network.output_gradients[..]);
            for ((y, g), residual) in outputs.zip(&self.residuals) {
                let error = y - residual;
                sum += f64::from(error * error);
                *g = factor * error;
            }
            network.backward(simd, &mut params.matrices, rows, wanted);
            let penalty = |shares| Some(Penalty { factor: row_factor, shares }).filter(|p| p.factor > 0.0);
            let gradients = &network.input_gradients[0];
            if wanted.user {
                let penalty = penalty(&data.user_shares[..]);
                self.user.scatter(simd, params, &self.users_named, gradients, row, penalty);
            }
            if wanted.item {
                let penalty = penalty(&data.item_shares[..]);
                self.item.scatter(simd, params, &self.items_named, &gradients[k..], row, penalty);
            }
        }
        sum
    }

    /// Takes the next rows: what they name, and their given inputs into `to`, every `to_row` numbers one.
    fn name(&mut self, rows: usize, to: &mut [f32], to_row: usize) {
        let items = self.items;
        let (ratings, own) = self.fetched.take(rows);
        self.users_named.clear();
        self.items_named.clear();
        self.residuals.clear();
        self.users_named.extend(ratings.iter().map(|rating| rating.user));
        let named = |item: u32| if item < items { item } else { (item - items) | WITHHELD };
        self.items_named.extend(ratings.iter().map(|rating| named(rating.item)));
        self.residuals.extend(ratings.iter().map(|rating| rating.residual));
        let RatingRows { own: Numbers { width, .. }, user_given, item_given, .. } = &*self.rows;
        if self.rows.given() == 0 {
            return;
        }
        for (row, (rating, to)) in ratings.iter().zip(to.chunks_mut(to_row)).enumerate() {
            let (own_given, to) = (&own[row * width..][..*width], &mut to[..self.rows.given()]);
            let (to_own, to) = to.split_at_mut(own_given.len());
            let (to_user, to_item) = to.split_at_mut(user_given.width);
            copy_few(to_own, own_given);
            copy_few(to_user, user_given.row(rating.user as usize));
            copy_few(to_item, item_given.row(rating.item as usize));
        }
    }
}
