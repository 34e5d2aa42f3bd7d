//! The training loss that tells when the paper's loop has converged (6.8): of the model as it predicts, so without
//! dropout, and on the same rows after every epoch. The loss that training itself reports is a sum over changing
//! dropout masks, whose change from one epoch to the next is mostly theirs.

use crate::data::{ItemId, UserId};
use crate::dml::inputs::Known;
use crate::dml::model::Dml;
use crate::dml::plan::CrossPlan;
use crate::error::Result;
use crate::metrics;
use crate::rng::Generator;
use crate::settings::{CrossStep, ValidConfig};
use crate::split::Rows;

/// Rows of a domain that the loss is measured on, at the most.
const ROWS: usize = 4096;

/// A fixed sample of training rows and the losses that take part.
pub(super) struct Criterion {
    rows: Vec<Rows>,
    cross_step: CrossStep,
    cross_weight: f32,
}

impl Criterion {
    /// Draws the rows, by `seed`, from each domain's training rows.
    pub(super) fn new(config: &ValidConfig, rows: impl Iterator<Item = Rows>) -> Self {
        let mut chance = Generator::new(config.seed, "convergence");
        let rows = rows.map(|rows| sample(&rows, &mut chance)).collect();
        Self { rows, cross_step: config.cross_step, cross_weight: config.cross_weight }
    }

    /// Σ over the domains of the mean squared error of r', and of r* with the cross-domain loss's weight, over all of
    /// its directions on the domain's ratings.
    ///
    /// # Errors
    /// Never for rows of the model's domains.
    pub(super) fn loss(&self, model: &Dml, cross: &[CrossPlan]) -> Result<f64> {
        let mut loss = 0.0;
        for (d, rows) in self.rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            loss += match model.domains[d].interaction {
                None => metrics::rmse(&model.predict(d, &rows.users, &rows.items), &rows.targets)?.powi(2),
                Some(_) => own(model, d, rows),
            };
            let squares = cross.iter().filter(|cross| cross.rows_of == d && self.cross_weight > 0.0);
            let squares: Vec<f64> = squares.filter_map(|cross| self.cross(model, cross)).collect();
            if !squares.is_empty() {
                loss += f64::from(self.cross_weight) * squares.iter().sum::<f64>() / squares.len() as f64;
            }
        }
        Ok(loss)
    }

    /// Mean squared error of r* in one direction; `None` where nobody is linked.
    fn cross(&self, model: &Dml, cross: &CrossPlan) -> Option<f64> {
        let rows = &self.rows[cross.rows_of];
        let link = &model.links[cross.link];
        let domain = &model.domains[cross.rows_of];
        let biases = &domain.biases;
        let (mut sum, mut n) = (0.0, 0);
        for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
            let known = Known::all(biases, user, item);
            let (known, vectors_of) = match self.cross_step {
                CrossStep::Target => {
                    let there = if cross.vectors_of == link.a { &link.a_from_b } else { &link.b_from_a };
                    let Some(same) = there[user.index()] else { continue };
                    if !model.rated(cross.vectors_of, same) {
                        continue;
                    }
                    (known.cold_user(biases, user), same)
                }
                _ => (known, user),
            };
            let own = model.user_embedding(cross.vectors_of, vectors_of);
            let mapped =
                if cross.vectors_of == link.a { link.mapping.to_b(own) } else { link.mapping.to_a(own) };
            let mut given = Vec::new();
            domain.given.push_row(&mut given, known, biases, user, item);
            let history = match self.cross_step {
                CrossStep::Target => Vec::new(),
                _ => history(model, cross.rows_of, user, item),
            };
            let output = model.network_output(cross.head, &mapped, (cross.rows_of, item), &given, &history);
            let rating = (biases.mean + known.user_bias + known.item_bias + output).clamp(0.0, 1.0);
            sum += f64::from(rating - target).powi(2);
            n += 1;
        }
        (n > 0).then(|| sum / f64::from(n))
    }
}

/// What a training row's user has rated besides.
fn history(model: &Dml, domain: usize, user: UserId, item: ItemId) -> Vec<ItemId> {
    let interaction = model.domains[domain].interaction.as_ref();
    interaction.map_or_else(Vec::new, |interaction| interaction.history(user, Some(item)))
}

/// Mean squared error of r' on training rows where the network may look at a person's past: at the others, as in training.
fn own(model: &Dml, domain: usize, rows: &Rows) -> f64 {
    let side = &model.domains[domain];
    let biases = &side.biases;
    let mut sum = 0.0;
    for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
        let known = Known::all(biases, user, item);
        let mut given = Vec::new();
        side.given.push_row(&mut given, known, biases, user, item);
        let vector = model.user_embedding(domain, user);
        let history = history(model, domain, user, item);
        let output = model.network_output(domain, vector, (domain, item), &given, &history);
        let rating = (biases.mean + known.user_bias + known.item_bias + output).clamp(0.0, 1.0);
        sum += f64::from(rating - target).powi(2);
    }
    sum / rows.len().max(1) as f64
}

/// Up to [`ROWS`] of the rows, in their order.
fn sample(rows: &Rows, chance: &mut Generator) -> Rows {
    let mut chosen: Vec<usize> = (0..rows.len()).collect();
    chance.shuffle(&mut chosen);
    chosen.truncate(ROWS);
    chosen.sort_unstable();
    Rows {
        users: chosen.iter().map(|&row| rows.users[row]).collect(),
        items: chosen.iter().map(|&row| rows.items[row]).collect(),
        targets: chosen.iter().map(|&row| rows.targets[row]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Progress;
    use super::super::tests::dual;
    use super::*;
    use crate::settings::{Config, Embeddings, Network};

    /// Networks whose forward passes two programs compute.
    #[cfg(feature = "reference")]
    const NETWORKS: [Network; 4] = [Network::Mlp, Network::Cnn, Network::Rnn, Network::Attention];
    #[cfg(not(feature = "reference"))]
    const NETWORKS: [Network; 1] = [Network::Mlp];

    #[test]
    fn it_is_the_loss_that_the_engine_trains_without_dropout() {
        NETWORKS.into_iter().for_each(loss_of_two_programs);
    }

    fn loss_of_two_programs(network: Network) {
        // With a step size near zero and no dropout the engine's mean over an epoch is the loss of the model. Two
        // programs computed it, and all rows are in the sample.
        for cross_step in [CrossStep::Algorithm1, CrossStep::Equations, CrossStep::Target, CrossStep::None] {
            for bias in [false, true] {
                let config = Config {
                    network,
                    embeddings: Embeddings::Learnt,
                    embedding_deviation: 0.5,
                    unit_ball: false,
                    cross_step,
                    cross_weight: 0.7,
                    bias,
                    bias_inputs: bias,
                    dropout: 0.0,
                    // One step has all rows, so that no step's mean counts for more than another's.
                    batch: 4096,
                    learning_rate: 1e-6,
                    mapping_learning_rate: 1e-6,
                    epochs: 1,
                    ..Config::paper()
                };
                let mut dual = dual(config);
                let domains = loop {
                    if let Progress::Done { domains, .. } = pollster::block_on(dual.advance()).unwrap() {
                        break domains;
                    }
                };
                let host = dual.criterion.as_ref().unwrap().loss(&dual.model, &dual.plan.cross).unwrap();
                let engine: f32 = domains.iter().map(|d| d.own + 0.7 * d.cross.unwrap_or(0.0)).sum();
                let difference = (host - f64::from(engine)).abs() / host;
                assert!(difference < 1e-4, "{network:?}, {cross_step:?}, bias {bias}: {host} {engine}");
            }
        }
    }

    #[test]
    fn the_sample_is_the_same_every_time_and_no_larger_than_it_may_be() {
        let rows = Rows {
            users: (0..9000).map(|n| UserId(n / 3)).collect(),
            items: (0..9000).map(|n| ItemId(n % 3)).collect(),
            targets: (0..9000).map(|n| n as f32).collect(),
        };
        let draw = |seed| sample(&rows, &mut Generator::new(seed, "convergence"));
        let drawn = draw(1);
        assert_eq!(drawn.len(), 4096);
        assert!(drawn.targets.is_sorted_by(|x, y| x < y), "in the order of the rows, none twice");
        assert!(drawn.targets.iter().zip(&drawn.users).all(|(&t, &u)| t as u32 / 3 == u.0));
        assert_eq!(drawn, draw(1));
        assert_ne!(drawn, draw(2));
    }
}
