//! What the steps of the dual loop train: which rows, with whose vectors, under which losses (Algorithm 1, lines 3 to 7
//! and 12 to 16).

use super::{Dual, Pass};
use crate::rng::Generator;
use crate::settings::{MappingUpdate, Schedule};

/// Pairs a step of the pair loss, at the most.
const PAIRS_A_STEP: usize = 256;

impl Dual {
    /// Goes to the first step of the pass.
    pub(super) fn begin_pass(&mut self) {
        self.next_step = 0;
        if !std::mem::take(&mut self.is_ordered) {
            self.order_rows(self.pass == 0);
        }
    }

    /// Shuffles the rows of the next pass while the device is at the last steps of this one; not where the mapping step, which
    /// comes first, draws from the same generator.
    pub(super) async fn order_meanwhile(&mut self) {
        let mapping_draws = self.pass == 0 && self.config.mapping_update == MappingUpdate::Gradient;
        if self.backlog.is_queued() && !mapping_draws {
            self.backlog.send().await;
            self.order_rows(self.pass + 1 == self.passes.len());
            self.is_ordered = true;
        }
    }

    /// Shuffles the rows of a pass.
    fn order_rows(&mut self, begins_epoch: bool) {
        if begins_epoch {
            self.chance_before = self.chance.clone();
        }
        let mut first = 0;
        let ranges = self.plan.domains.iter().map(|domain| {
            let range = first..first + domain.rows as u32;
            first = range.end;
            range
        });
        // Jointly, the domains' rows come mixed; alternating, each step has a batch of each domain.
        let mut orders = std::mem::take(&mut self.orders);
        orders.iter_mut().for_each(Vec::clear);
        match self.config.schedule {
            Schedule::Joint => {
                orders.resize(1, Vec::new());
                orders[0].reserve(self.plan.domains.iter().map(|domain| domain.rows).sum());
                ranges.for_each(|range| orders[0].extend(range));
            }
            Schedule::Alternating => {
                orders.resize(self.plan.domains.len(), Vec::new());
                ranges.zip(&mut orders).for_each(|(range, order)| order.extend(range));
            }
        }
        orders.iter_mut().for_each(|order| self.chance.shuffle(order));
        self.steps = orders.iter().map(|o| o.len().div_ceil(self.config.batch)).max().unwrap_or(0);
        self.orders = orders;
    }

    /// The next steps, up to the number of rows that the engine likes.
    pub(super) fn fill_chunk(&mut self) {
        self.chunk.clear();
        let rows = self.engine.rows_per_call();
        while self.next_step < self.steps && self.chunk.rows_len() < rows {
            self.fill_step();
            self.next_step += 1;
        }
    }

    /// The losses of the next step and their rows.
    fn fill_step(&mut self) {
        self.choose();
        let pass = self.passes[self.pass];
        let total: usize = self.chosen.iter().map(Vec::len).sum();
        // Jointly, Σ_d 2 n_d/n · MSE_d (recipe R, 4); alternating, each domain's loss by itself (the paper).
        let schedule = self.config.schedule;
        let weight = |n: usize| match schedule {
            Schedule::Joint => 2.0 * n as f32 / total as f32,
            Schedule::Alternating => 1.0,
        };
        let (chunk, chance) = (&mut self.chunk, &mut self.chance);
        let item_dropout = self.config.item_dropout;
        if pass != Pass::Cross {
            for (domain, chosen) in self.plan.domains.iter().zip(&self.chosen) {
                let key = chance.bits();
                let withheld = Withheld { of: domain.withholds_items.then_some(domain.rows), item_dropout };
                let rows = chosen.iter().map(|&row| withheld.maybe(row, chance));
                chunk.push(domain.own, weight(chosen.len()), key, rows);
            }
        }
        if pass != Pass::Own {
            for cross in &self.plan.cross {
                let key = chance.bits();
                let domain = &self.plan.domains[cross.rows_of];
                let withheld = Withheld { of: domain.withholds_items.then_some(cross.rows), item_dropout };
                // Under `target`, the rows of linked users; under the paper's two readings all rows.
                let number = |row: u32| match &cross.of_own {
                    Some(of_own) => of_own.number(row),
                    None => Some(row),
                };
                let chosen = || self.chosen[cross.rows_of].iter().filter_map(|&row| number(row));
                let weight = self.config.cross_weight * weight(chosen().count());
                chunk.push(cross.term, weight, key, chosen().map(|row| withheld.maybe(row, chance)));
            }
        }
        if pass != Pass::Cross {
            for &(term, pairs) in self.plan.pairs.iter().flatten() {
                let sample = (0..pairs.min(PAIRS_A_STEP)).map(|_| chance.below(pairs) as u32);
                chunk.push(term, self.config.pair_weight, 0, sample);
            }
        }
        chunk.end_step();
    }

    /// The rows of the next step by domain.
    fn choose(&mut self) {
        self.chosen.iter_mut().for_each(Vec::clear);
        let batch = self.config.batch;
        for order in &self.orders {
            let start = (self.next_step * batch).min(order.len());
            for &row in &order[start..(start + batch).min(order.len())] {
                let mut row = row;
                for (domain, chosen) in self.plan.domains.iter().zip(&mut self.chosen) {
                    match row.checked_sub(domain.rows as u32) {
                        Some(beyond) => row = beyond,
                        None => {
                            chosen.push(row);
                            break;
                        }
                    }
                }
            }
        }
    }
}

/// Item dropout: a share of the rows is taken from the second half of a term's rows, where items are withheld.
#[derive(Clone, Copy)]
struct Withheld {
    /// Rows of the first half, where there is a second.
    of: Option<usize>,
    item_dropout: f32,
}

impl Withheld {
    fn maybe(self, row: u32, chance: &mut Generator) -> u32 {
        match self.of {
            Some(rows) if chance.unit() < self.item_dropout => row + rows as u32,
            _ => row,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::dual;
    use super::*;
    use crate::engine::Share;
    use crate::settings::{Config, CrossStep};

    /// (term, weight, number of rows) of the shares of a pass's first step.
    fn first_step(dual: &mut Dual) -> Vec<(usize, f32, usize)> {
        dual.fill_chunk();
        let chunk = &dual.chunk;
        chunk
            .step(0)
            .iter()
            .map(|share: &Share| (share.term, share.weight, chunk.rows(share).len()))
            .collect()
    }

    #[test]
    fn the_papers_passes_come_one_after_the_other_with_a_batch_of_each_domain() {
        let mut dual =
            dual(Config { batch: 7, cross_weight: 0.5, cross_step: CrossStep::Equations, ..Config::paper() });
        assert_eq!(dual.passes, [Pass::Own, Pass::Cross]);
        let own: Vec<usize> = dual.plan.domains.iter().map(|domain| domain.own).collect();
        let cross: Vec<usize> = dual.plan.cross.iter().map(|cross| cross.term).collect();
        assert_eq!(first_step(&mut dual), [(own[0], 1.0, 7), (own[1], 1.0, 7)]);
        dual.pass = 1;
        dual.begin_pass();
        assert_eq!(first_step(&mut dual), [(cross[0], 0.5, 7), (cross[1], 0.5, 7)]);
    }

    #[test]
    fn a_joint_step_has_every_loss_with_its_weight() {
        let config = Config { batch: 60, cross_weight: 0.3, pair_weight: 0.2, ..Config::robust() };
        let mut dual = dual(config);
        assert_eq!(dual.passes, [Pass::Joint]);
        let shares = first_step(&mut dual);
        let of = |term: usize| shares.iter().find(|share| share.0 == term).copied();
        // 2 n_d/n of both domains' rows in the batch.
        let own: Vec<(usize, f32, usize)> =
            dual.plan.domains.iter().filter_map(|domain| of(domain.own)).collect();
        assert_eq!(own.iter().map(|share| share.2).sum::<usize>(), 60);
        assert!(own.iter().all(|share| share.1 == 2.0 * share.2 as f32 / 60.0), "{own:?}");
        for cross in &dual.plan.cross {
            let (_, weight, n) = of(cross.term).unwrap();
            assert!(n > 0 && (weight - 0.3 * 2.0 * n as f32 / 60.0).abs() < 1e-6, "{shares:?}");
        }
        let (term, pairs) = dual.plan.pairs[0].unwrap();
        assert_eq!(of(term), Some((term, 0.2, pairs.min(PAIRS_A_STEP))));
        assert_eq!(shares.len(), 5);
    }
}
