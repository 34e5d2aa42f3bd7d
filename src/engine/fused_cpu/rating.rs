//! A rating share: tiles of rows gathered, through the head, back, and scattered (paper, Algorithm 1 lines 4 to 6 and 13
//! to 15).

use std::sync::Arc;

use pulp::Simd;

use super::gather::{Params, Penalty, Side, WITHHELD};
use super::network::{Network, TILE, Wanted};
use crate::engine::RatingRows;

/// A rating term with the numbers of its parameters inside.
pub(super) struct Rating {
    pub(super) user: Side,
    pub(super) item: Side,
    pub(super) head: usize,
    pub(super) row_l2: f32,
    pub(super) rows: Arc<RatingRows>,
    /// Rows of the item table: numbers from here on are withheld items.
    pub(super) items: u32,
    /// Named rows of a tile.
    pub(super) users_named: Vec<u32>,
    pub(super) items_named: Vec<u32>,
}

impl Rating {
    /// Adds a share's gradients to the parameters'. Returns the sum of its squared errors.
    pub(super) fn run<S: Simd>(
        &mut self,
        simd: S,
        params: &mut Params,
        network: &mut Network,
        chosen: &[u32],
        weight: f32,
        key: u32,
    ) -> f64 {
        let n = chosen.len() as f32;
        let wanted = Wanted { user: self.user.activate(params), item: self.item.activate(params) };
        self.user.penalise(params, weight);
        self.item.penalise(params, weight);
        let row_factor = 2.0 * weight * self.row_l2 / n;
        let data = self.rows.clone();
        let (k, row) = (network.k, network.row());
        let mut sum = 0.0;
        for (tile, chosen) in chosen.chunks(TILE).enumerate() {
            let rows = chosen.len();
            self.name(chosen);
            self.user.gather(simd, params, &self.users_named, &mut network.inputs[0], row);
            self.item.gather(simd, params, &self.items_named, &mut network.inputs[0][k..], row);
            give(&data, chosen, &mut network.inputs[0][2 * k..], row);
            network.forward(simd, &params.matrices, rows, tile * TILE, key);
            for ((y, g), &row) in network.outputs.iter().zip(&mut network.output_gradients[..]).zip(chosen) {
                let error = y - data.residuals[row as usize];
                sum += f64::from(error * error);
                *g = 2.0 * weight / n * error;
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

    fn name(&mut self, chosen: &[u32]) {
        self.users_named.clear();
        self.users_named.extend(chosen.iter().map(|&row| self.rows.users[row as usize]));
        self.items_named.clear();
        let items = self.items;
        self.items_named.extend(chosen.iter().map(|&row| match self.rows.items[row as usize] {
            item if item < items => item,
            withheld => (withheld - items) | WITHHELD,
        }));
    }
}

/// The given inputs of the chosen rows.
fn give(data: &RatingRows, chosen: &[u32], to: &mut [f32], to_row: usize) {
    let [own, user, item] = [&data.own, &data.user_given, &data.item_given];
    if data.given() == 0 {
        return;
    }
    for (&row, to) in chosen.iter().zip(to.chunks_mut(to_row)) {
        let row = row as usize;
        let numbers = own.row(row).iter();
        let numbers = numbers.chain(user.row(data.users[row] as usize));
        let numbers = numbers.chain(item.row(data.items[row] as usize));
        to.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
    }
}
