//! Training rows as an engine keeps them: what a prediction starts from is taken off the rating, and what the network
//! is told of a row lies beside it, worked out once before training.

use std::sync::Arc;

use super::inputs::{DenseFeatures, Known};
use super::subset::Subset;
use crate::baselines::bias::Biases;
use crate::data::{Features, ItemId, UserId};
use crate::engine::{Numbers, RatingRow, RatingRows, SparseRows};
use crate::split::Rows;

/// One domain's training rows and what is known of them.
#[derive(Clone, Copy)]
pub(super) struct DomainRows<'a> {
    pub(super) rows: &'a Rows,
    pub(super) biases: &'a Biases,
    pub(super) given: DenseFeatures,
    pub(super) leave_one_out: bool,
    /// Whether predictions start from biases.
    pub(super) has_biases: bool,
    /// Whether every row is there a second time with its item withheld (item dropout): rows n .. 2n.
    pub(super) withholds_items: bool,
}

/// People of another domain who stand in for the people of this one.
#[derive(Clone, Copy)]
pub(super) struct StandIns<'a> {
    /// By user of this domain.
    pub(super) of: &'a [Option<UserId>],
    /// Number of users of the other domain.
    pub(super) users: usize,
}

impl DomainRows<'_> {
    /// All rows as they are: the own-domain pass.
    pub(super) fn own(&self) -> RatingRows {
        let number =
            |user: UserId| self.user_numbers(user, self.count(self.biases.user_counts[user.index()]));
        let user_given = UserId::first(self.biases.users.len()).flat_map(number).collect();
        let mut rows = self.without_ratings(self.rows.len(), user_given);
        for withheld in self.copies() {
            for (row, &user) in self.rows.users.iter().enumerate() {
                self.push(&mut rows, user, withheld, row, self.known(row));
            }
        }
        rows
    }

    /// The rows of people with a stand-in, with the stand-in's vector and as if their user had never been here: the
    /// `target` cross step. Also, which of [`DomainRows::own`] they are.
    pub(super) fn target(&self, stand_ins: StandIns) -> (RatingRows, Subset) {
        let stand_in = |row: usize| stand_ins.of[self.rows.users[row].index()];
        let of_own: Subset = (0..self.rows.len()).map(|row| stand_in(row).is_some()).collect();
        let mut given = vec![0.0; stand_ins.users * self.given.user_len()];
        for (user, stand_in) in
            UserId::first(stand_ins.of.len()).zip(stand_ins.of).filter_map(|(user, s)| Some((user, (*s)?)))
        {
            let width = self.given.user_len();
            given[stand_in.index() * width..][..width].copy_from_slice(&self.user_numbers(user, 0));
        }
        let mut rows = self.without_ratings(of_own.len(), given);
        for withheld in self.copies() {
            for (row, stand_in) in (0..self.rows.len()).filter_map(|row| Some((row, stand_in(row)?))) {
                let known = self.known(row).cold_user(self.biases, self.rows.users[row]);
                self.push(&mut rows, stand_in, withheld, row, known);
            }
        }
        (rows, of_own)
    }

    /// What is known of users and items, and room for `ratings` ratings, with their copies.
    fn without_ratings(&self, ratings: usize, user_given: Vec<f32>) -> RatingRows {
        let shares = |counts: &[u32]| counts.iter().map(|&n| 1.0 / n.max(1) as f32).collect();
        let items = || ItemId::first(self.biases.items.len());
        let number =
            |item: ItemId| self.item_numbers(item, self.count(self.biases.item_counts[item.index()]));
        let mut item_given: Vec<f32> = items().flat_map(number).collect();
        if self.withholds_items {
            item_given.extend(items().flat_map(|item| self.item_numbers(item, 0)));
        }
        let (n, own) = (ratings * self.copies().count(), self.given.own_len());
        RatingRows {
            ratings: Vec::with_capacity(n),
            own: Numbers::new(Vec::with_capacity(n * own), own),
            user_given: Numbers::new(user_given, self.given.user_len()),
            item_given: Numbers::new(item_given, self.given.item_len()),
            user_shares: shares(&self.biases.user_counts),
            item_shares: shares(&self.biases.item_counts),
        }
    }

    fn copies(&self) -> impl Iterator<Item = bool> + use<> {
        [false, true].into_iter().take(if self.withholds_items { 2 } else { 1 })
    }

    fn push(&self, rows: &mut RatingRows, user: UserId, withheld: bool, row: usize, known: Known) {
        let item = self.rows.items[row];
        let (known, item) = match withheld {
            true => (known.cold_item(self.biases, item), item.0 + self.biases.items.len() as u32),
            false => (known, item.0),
        };
        let start = self.biases.mean + known.user_bias + known.item_bias;
        rows.ratings.push(RatingRow { user: user.0, item, residual: self.rows.targets[row] - start });
        self.given.push_own(&mut rows.own.values, known);
    }

    /// What is known of a training row: without the row itself, where the settings say so.
    fn known(&self, row: usize) -> Known {
        let (user, item, target) = (self.rows.users[row], self.rows.items[row], self.rows.targets[row]);
        let all = Known::all(self.biases, user, item);
        if !self.leave_one_out {
            return all;
        }
        let (user_bias, item_bias) = match self.has_biases {
            true => self.biases.leave_one_out(user, item, target),
            false => (0.0, 0.0),
        };
        Known { user_bias, item_bias, user_count: all.user_count - 1, item_count: all.item_count - 1 }
    }

    fn count(&self, count: u32) -> u32 {
        if self.leave_one_out { count.saturating_sub(1) } else { count }
    }

    fn user_numbers(&self, user: UserId, count: u32) -> Vec<f32> {
        let (mut numbers, user) = (Vec::new(), user.index());
        self.given.push_user(&mut numbers, count, self.biases.others[user], self.biases.user_priors[user]);
        numbers
    }

    fn item_numbers(&self, item: ItemId, count: u32) -> Vec<f32> {
        let mut numbers = Vec::new();
        self.given.push_item(&mut numbers, count, self.biases.item_priors[item.index()]);
        numbers
    }
}

/// Features of a side as an engine keeps them.
pub(super) fn feature_rows(features: &Features) -> Arc<SparseRows> {
    Arc::new(SparseRows {
        starts: features.row_starts.clone(),
        columns: features.columns.clone(),
        values: features.values.clone(),
        width: features.width(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baselines::bias::Shrinkage;

    /// Two people, two items; person 1 has a stand-in, number 4 of five.
    fn data() -> (Rows, Biases) {
        let rows = Rows {
            users: [0, 1, 1].map(UserId).to_vec(),
            items: [0, 0, 1].map(ItemId).to_vec(),
            targets: vec![0.9, 0.5, 0.1],
        };
        let mut biases = Biases::baseline(&rows, 2, 2, Shrinkage::default());
        biases.user_priors = vec![0.25, 0.125];
        biases.item_priors = vec![0.5, 0.0];
        biases.others = vec![0.0, 0.75];
        (rows, biases)
    }

    fn domain<'a>(rows: &'a Rows, biases: &'a Biases, withholds_items: bool) -> DomainRows<'a> {
        let given = DenseFeatures::BiasesAndPriors;
        DomainRows { rows, biases, given, leave_one_out: true, has_biases: true, withholds_items }
    }

    /// Users and items of all ratings.
    fn named(rows: &RatingRows) -> Vec<(u32, u32)> {
        rows.ratings.iter().map(|rating| (rating.user, rating.item)).collect()
    }

    #[test]
    fn an_own_row_sees_biases_and_counts_without_itself() {
        let (rows, biases) = data();
        let own = domain(&rows, &biases, false).own();
        let (b_u, b_i) = biases.leave_one_out(UserId(1), ItemId(0), 0.5);
        assert_eq!(own.own.row(1), [4.0 * b_u, 4.0 * b_i]);
        assert_eq!(own.ratings[1].residual, 0.5 - (biases.mean + b_u + b_i));
        // Person 1 has two ratings, one of them this.
        assert_eq!(own.user_given.row(1), [2.0_f32.ln() / 4.0, 3.0, 0.5]);
        assert_eq!(own.item_given.row(1), [0.0, 0.0]);
        assert_eq!(own.user_shares, [1.0, 0.5]);
    }

    #[test]
    fn a_target_row_has_the_stand_in_and_nothing_known_of_the_person() {
        let (rows, biases) = data();
        let (target, of_own) =
            domain(&rows, &biases, false).target(StandIns { of: &[None, Some(UserId(4))], users: 5 });
        assert_eq!(named(&target), [(4, 0), (4, 1)]);
        assert_eq!((0..3).map(|row| of_own.number(row)).collect::<Vec<_>>(), [None, Some(0), Some(1)]);
        assert_eq!(target.user_given.row(4), [0.0, 3.0, 0.5]);
        let (_, b_i) = biases.leave_one_out(UserId(1), ItemId(0), 0.5);
        assert_eq!(target.own.row(0), [4.0 * 0.125, 4.0 * b_i]);
    }

    #[test]
    fn the_second_half_has_every_row_with_its_item_withheld() {
        let (rows, biases) = data();
        let own = domain(&rows, &biases, true).own();
        assert_eq!(named(&own), [(0, 0), (1, 0), (1, 1), (0, 2), (1, 2), (1, 3)]);
        assert_eq!(own.item_given.row(2), [0.0, 2.0], "nobody has rated it, its prior is known");
        let (b_u, _) = biases.leave_one_out(UserId(1), ItemId(0), 0.5);
        assert_eq!(own.own.row(4), [4.0 * b_u, 4.0 * 0.5]);
    }
}
