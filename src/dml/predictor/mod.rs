//! Predictions of many items at once, as evaluation and recommendations need them: the same numbers as one
//! [`forward`](super::network::RecommendationNetwork::forward) a row would give, up to the order of the sums.

mod network;
mod panels;

use super::inputs::Known;
use super::model::{ColdStartUser, Dml, Person};
use crate::baselines::bias::FoldedBias;
use crate::data::{ItemId, UserId};
use network::{Network, Scratch};
use panels::dot;

/// Predicts ratings in one domain of a model.
#[derive(Clone, Debug)]
pub struct Predictor<'m> {
    model: &'m Dml,
    domain: usize,
    /// `None` for a network without layers, which gives 0.
    network: Option<Network>,
    /// What the first layer makes of every item, `[items, width]`; empty where it is worked out for the items that
    /// are asked for.
    table: Vec<f32>,
    room: Room,
}

/// Room for one call, kept so that the next needs none.
#[derive(Clone, Debug, Default)]
struct Room {
    inputs: Vec<f32>,
    given: Vec<f32>,
    user: Vec<f32>,
    halves: Vec<f32>,
    numbers: Vec<u32>,
    mapped: Vec<f32>,
    scratch: Scratch,
}

/// Somebody for whom ratings are predicted: a vector, and what the network is told of the person.
pub(super) struct Rater<'v> {
    vector: &'v [f32],
    user_bias: f32,
    user_count: u32,
    other_bias: f32,
    prior: f32,
    /// What they have rated in the domain, as far as the network looks at it.
    history: Vec<ItemId>,
}

impl<'v> Rater<'v> {
    /// Somebody with ratings in the domain, whose network looks at no history.
    pub(super) fn user(vector: &'v [f32], bias: FoldedBias) -> Self {
        let FoldedBias { bias, prior, other, count } = bias;
        Self { vector, user_bias: bias, user_count: count, other_bias: other, prior, history: Vec::new() }
    }

    /// Somebody who has none there.
    pub(super) fn cold_user(vector: &'v [f32], prior: f32, other_bias: f32) -> Self {
        Self { vector, user_bias: prior, user_count: 0, other_bias, prior, history: Vec::new() }
    }

    /// The same person with another vector, as if never seen in the domain.
    fn cold<'c>(&self, vector: &'c [f32]) -> Rater<'c> {
        Rater::cold_user(vector, self.prior, self.other_bias)
    }
}

impl<'m> Predictor<'m> {
    /// A predictor for a few items of one user.
    pub(super) fn new(model: &'m Dml, domain: usize) -> Self {
        let side = &model.domains[domain];
        let k = model.dimension;
        let given = |of_user: bool| {
            (0..side.given.len())
                .filter(move |&i| side.given.is_of_user(i) == of_user)
                .map(move |i| 2 * k + i)
        };
        let user_inputs: Vec<usize> = (0..k).chain(given(true)).collect();
        let item_inputs: Vec<usize> = (k..2 * k).chain(given(false)).collect();
        // What stands in front of the dense layers mixes user and item, so that nothing can be worked out for either.
        let network = match side.interaction {
            None => Network::new(&side.recommender, &user_inputs, &item_inputs),
            Some(_) => None,
        };
        Self { model, domain, network, table: Vec::new(), room: Room::default() }
    }

    /// A predictor for many users, which works out once what the network makes of each item:
    /// 4 B · items · (width of the first layer).
    pub fn for_many(model: &'m Dml, domain: usize) -> Self {
        let mut predictor = Self::new(model, domain);
        let items: Vec<ItemId> = ItemId::first(model.domains[domain].biases.items.len()).collect();
        predictor.work_out_items(&items);
        predictor.table = std::mem::take(&mut predictor.room.halves);
        predictor
    }

    /// Appends the ratings of items by one user on the unit scale, in [0, 1].
    pub fn predict(&mut self, user: UserId, items: &[ItemId], out: &mut Vec<f32>) {
        let (model, domain) = (self.model, self.domain);
        let side = &model.domains[domain];
        let biases = &side.biases;
        let u = user.index();
        let own = Rater {
            vector: model.user_embedding(domain, user),
            user_bias: biases.users[u],
            user_count: biases.user_counts[u],
            other_bias: biases.others[u],
            prior: biases.user_priors[u],
            history: side.interaction.as_ref().map_or_else(Vec::new, |front| front.history(user, None)),
        };
        match model.person(domain, user) {
            Person::Own => {
                let start = out.len();
                self.rate(&own, items, out);
                let mapped = if side.mix > 0.0 { model.mapped_embedding(domain, user) } else { None };
                if let Some(vector) = mapped {
                    let mut mapped = std::mem::take(&mut self.room.mapped);
                    mapped.clear();
                    self.rate(&own.cold(&vector), items, &mut mapped);
                    for (own, mapped) in out[start..].iter_mut().zip(&mapped) {
                        *own = (*own + side.mix * (mapped - *own)).clamp(0.0, 1.0);
                    }
                    self.room.mapped = mapped;
                }
            }
            Person::ThroughMap(vector) => self.rate(&own.cold(&vector), items, out),
            Person::Unknown => out.extend(items.iter().map(|&item| {
                (biases.mean + biases.user_priors[u] + biases.items[item.index()]).clamp(0.0, 1.0)
            })),
        }
    }

    /// Appends the ratings of items by a cold-start user on the unit scale, in [0, 1].
    pub fn predict_for_cold_start_user(
        &mut self,
        cold_start_user: &ColdStartUser,
        items: &[ItemId],
        out: &mut Vec<f32>,
    ) {
        let ColdStartUser { vector, prior, other_bias } = cold_start_user;
        let rater = Rater::cold_user(vector, *prior, *other_bias);
        self.rate(&rater, items, out);
    }

    /// Appends μ + b_u + b_i + RS(u, v, given), clipped to the scale.
    pub(super) fn rate(&mut self, rater: &Rater, items: &[ItemId], out: &mut Vec<f32>) {
        let side = &self.model.domains[self.domain];
        let biases = &side.biases;
        if self.table.is_empty() {
            self.work_out_items(items);
        }
        let start = out.len();
        out.extend(items.iter().map(|&i| biases.mean + rater.user_bias + biases.items[i.index()]));
        let out = &mut out[start..];
        let room = &mut self.room;
        if let Some(network) = &self.network {
            let known = Known {
                user_bias: rater.user_bias,
                item_bias: 0.0,
                user_count: rater.user_count,
                item_count: 0,
            };
            room.given.clear();
            side.given.push(&mut room.given, known, rater.other_bias, [rater.prior, 0.0]);
            room.inputs.clear();
            room.inputs.extend(rater.vector);
            let given = room.given.iter().enumerate().filter(|(i, _)| side.given.is_of_user(*i));
            room.inputs.extend(given.map(|(_, x)| x));
            network.user_halves(&room.inputs, &mut room.user);
            let (halves, rows) = match self.table.is_empty() {
                true => {
                    room.numbers.clear();
                    room.numbers.extend(0..items.len() as u32);
                    (&room.halves, &room.numbers[..])
                }
                false => (&self.table, ItemId::numbers(items)),
            };
            network.outputs(&room.user, halves, rows, &mut room.scratch, |n, x| out[n] += x);
        }
        if let Some(interaction) = &side.interaction {
            let past = interaction.past(self.model.item_vectors(self.domain, &rater.history));
            for (out, &item) in out.iter_mut().zip(items) {
                let vector = self.model.item_embedding(self.domain, item);
                let mut inputs = interaction.inputs(rater.vector, vector, &past);
                let item = item.index();
                let known = Known {
                    user_bias: rater.user_bias,
                    item_bias: biases.items[item],
                    user_count: rater.user_count,
                    item_count: biases.item_counts[item],
                };
                let priors = [rater.prior, biases.item_priors[item]];
                side.given.push(&mut inputs, known, rater.other_bias, priors);
                *out += side.recommender.dense(inputs);
            }
        }
        if side.recommender.dot {
            for (out, &item) in out.iter_mut().zip(items) {
                *out += dot(rater.vector, self.model.item_embedding(self.domain, item));
            }
        }
        out.iter_mut().for_each(|rating| *rating = rating.clamp(0.0, 1.0));
    }

    /// What the first layer makes of items, into the room's halves.
    fn work_out_items(&mut self, items: &[ItemId]) {
        let Some(network) = &self.network else { return };
        let side = &self.model.domains[self.domain];
        let biases = &side.biases;
        let room = &mut self.room;
        room.inputs.clear();
        for &item in items {
            let i = item.index();
            let known = Known {
                user_bias: 0.0,
                item_bias: biases.items[i],
                user_count: 0,
                item_count: biases.item_counts[i],
            };
            room.given.clear();
            side.given.push(&mut room.given, known, 0.0, [0.0, biases.item_priors[i]]);
            room.inputs.extend(self.model.item_embedding(self.domain, item));
            let given = room.given.iter().enumerate().filter(|(i, _)| !side.given.is_of_user(*i));
            room.inputs.extend(given.map(|(_, x)| x));
        }
        network.item_halves(&room.inputs, &mut room.halves);
    }
}

#[cfg(test)]
mod tests;
