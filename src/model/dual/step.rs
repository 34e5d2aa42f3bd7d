//! What one step of the dual loop trains: which rows, with whose vectors, under which losses (Algorithm 1, lines 3 to 7
//! and 12 to 16).

use super::{Dual, Pass};
use crate::config::{CrossStep, Schedule};
use crate::engine::{Batch, PairBatch, RatingBatch, Share};
use crate::model::plan::CrossPlan;
use crate::model::rows::{dropout, feature_entries};

/// Pairs a step of the pair loss, at the most.
const PAIRS_A_STEP: usize = 256;

impl Dual {
    /// Shuffles the rows of the next pass and cuts them into steps.
    pub(super) fn begin_pass(&mut self) {
        self.next_step = 0;
        let batch = self.config.batch;
        let domains = self.rows.len();
        self.steps = match self.config.schedule {
            Schedule::Joint => {
                let mut order: Vec<(usize, u32)> = (0..domains)
                    .flat_map(|d| (0..self.rows[d].rows.len() as u32).map(move |row| (d, row)))
                    .collect();
                self.chance.shuffle(&mut order);
                let by_domain = |chunk: &[(usize, u32)]| {
                    let mut rows = vec![Vec::new(); domains];
                    chunk.iter().for_each(|&(d, row)| rows[d].push(row));
                    rows
                };
                order.chunks(batch).map(by_domain).collect()
            }
            Schedule::Alternating => {
                let mut steps: Vec<Vec<Vec<u32>>> = Vec::new();
                for d in 0..domains {
                    let mut order: Vec<u32> = (0..self.rows[d].rows.len() as u32).collect();
                    self.chance.shuffle(&mut order);
                    for (step, chunk) in order.chunks(batch).enumerate() {
                        if step == steps.len() {
                            steps.push(vec![Vec::new(); domains]);
                        }
                        steps[step][d] = chunk.to_vec();
                    }
                }
                steps
            }
        };
    }

    /// The losses of the next step and their rows.
    pub(super) fn shares(&mut self) -> Vec<Share> {
        let chosen = std::mem::take(&mut self.steps[self.next_step]);
        let total: usize = chosen.iter().map(Vec::len).sum();
        let pass = self.passes[self.pass];
        // Jointly, Σ_d 2 n_d/n · MSE_d (recipe R, 4); alternating, each domain's loss by itself (the paper).
        let schedule = self.config.schedule;
        let weight = |n: usize| match schedule {
            Schedule::Joint => 2.0 * n as f32 / total as f32,
            Schedule::Alternating => 1.0,
        };
        let mut shares = Vec::new();
        if pass != Pass::Cross {
            for (d, rows) in chosen.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                let batch = Batch::Rating(self.rating_batch(d, rows, d, None, false));
                shares.push(Share { term: self.plan.domains[d].own, weight: weight(rows.len()), batch });
            }
        }
        if pass != Pass::Own {
            for cross in self.plan.cross.clone() {
                let share = self.cross_share(cross, &chosen[cross.rows_of]);
                shares.extend(share.map(|batch| Share {
                    term: cross.term,
                    weight: self.config.cross_weight * weight(batch.targets.len()),
                    batch: Batch::Rating(batch),
                }));
            }
        }
        if pass != Pass::Cross {
            for link in 0..self.pairs.len() {
                let share = self.pair_share(link);
                shares.extend(share);
            }
        }
        shares
    }

    /// Rows of a cross-domain term. Under `target`, those of linked users, with their vectors from the other
    /// domain and nothing known of them here; under the paper's two readings all rows with their own vectors.
    fn cross_share(&mut self, cross: CrossPlan, chosen: &[u32]) -> Option<RatingBatch> {
        let (a, b) = self.training.links()[cross.link];
        let d = cross.rows_of;
        let target = self.config.cross_step == CrossStep::Target;
        let vectors_of = match (target, d == a) {
            (false, _) => d,
            (true, true) => b,
            (true, false) => a,
        };
        let (rows, users): (Vec<u32>, Option<Vec<u32>>) = if target {
            let link = &self.model.links[cross.link];
            let stand_ins = if d == a { &link.b_from_a } else { &link.a_from_b };
            let users = &self.rows[d].rows.users;
            let other = &self.biases[vectors_of].user_counts;
            let (rows, users) = chosen
                .iter()
                .filter_map(|&row| Some((row, stand_ins[users[row as usize] as usize]?)))
                .filter(|&(_, stand_in)| other[stand_in as usize] > 0)
                .unzip();
            (rows, Some(users))
        } else {
            (chosen.to_vec(), None)
        };
        if rows.is_empty() {
            return None;
        }
        Some(self.rating_batch(d, &rows, vectors_of, users.as_deref(), target))
    }

    /// Rows of domain `d` as a batch, with the user vectors of `vectors_of`: those of `users` where they stand in
    /// for the rows' own. With `cold_users` nothing is known of the people here.
    fn rating_batch(
        &mut self,
        d: usize,
        rows: &[u32],
        vectors_of: usize,
        users: Option<&[u32]>,
        cold_users: bool,
    ) -> RatingBatch {
        let mut batch = self.rows[d].batch(rows, &self.biases[d], users, cold_users, &mut self.chance);
        batch.user_features = feature_entries(self.tower_features(vectors_of, true), &batch.users);
        batch.item_features = feature_entries(self.tower_features(d, false), &batch.items);
        batch.dropout = dropout(&self.config, rows.len(), &mut self.chance);
        batch
    }

    /// A sample of the linked pairs for the pair loss.
    fn pair_share(&mut self, link: usize) -> Option<Share> {
        let term = self.plan.pairs[link]?;
        let pairs = &self.warm_pairs[link];
        if pairs.is_empty() {
            return None;
        }
        let mut batch = PairBatch::default();
        for _ in 0..pairs.len().min(PAIRS_A_STEP) {
            let pair = pairs[self.chance.below(pairs.len())];
            batch.from.push(pair.a as i32);
            batch.to.push(pair.b as i32);
        }
        let (a, b) = self.training.links()[link];
        batch.from_features = feature_entries(self.tower_features(a, true), &batch.from);
        batch.to_features = feature_entries(self.tower_features(b, true), &batch.to);
        Some(Share { term, weight: self.config.pair_weight, batch: Batch::Pair(batch) })
    }

    /// Features of a side, where it has a tower.
    fn tower_features(&self, domain: usize, users: bool) -> Option<&crate::data::Features> {
        let plan = &self.plan.domains[domain];
        match users {
            true => self.training.user_features(domain).filter(|_| plan.users.tower.is_some()),
            false => self.training.item_features(domain).filter(|_| plan.items.tower.is_some()),
        }
    }
}
