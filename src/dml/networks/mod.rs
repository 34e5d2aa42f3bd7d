//! The recommendation networks (paper 6.4): what RS makes of a user's and an item's vector. The paper cites a paper for each
//! and gives no architecture; each file says what was chosen. All of them end in the dense layers of the MLP, whose inputs
//! [u, v] they replace or extend, and train in the dual loop like it: own pass, cross pass through X (Eqs. 4 to 6), the
//! mapping between them.
//!
//! The MLP trains on the fused engines. The others train with burn's automatic differentiation, and predict on the host.

mod adversarial;
mod attention;
mod convolution;
mod history;
mod recurrent;
#[cfg(test)]
mod tests;

use std::sync::Arc;

#[cfg(feature = "reference")]
use burn::tensor::Tensor;

use crate::data::{ItemId, UserId};
#[cfg(feature = "reference")]
use crate::engine::Pairs;
use crate::engine::{HeadNetwork, Histories, PairNetwork, ParamId, TrainingGraph};
use crate::rng::Generator;
use crate::settings::Network;
use adversarial::ADVERSARIAL;
pub(super) use history::{of_rows, of_users};

/// A network in the list of all of them.
pub struct Description {
    /// The setting that chooses it.
    pub network: Network,
    /// What it does, in a line.
    pub description: &'static str,
    /// The paper that it is from.
    pub source: &'static str,
}

/// All networks, the paper's own first.
pub const NETWORKS: [Description; 5] = [
    Description {
        network: Network::Mlp,
        description: "Dense layers on both vectors",
        source: "Li and Tuzhilin, Dual Metric Learning, 3.4; He et al., Neural Collaborative Filtering (2017)",
    },
    Description {
        network: Network::Cnn,
        description: "Convolutions over the outer product of both vectors",
        source: "He et al., Outer Product-based Neural Collaborative Filtering (2018), in place of Ying et al. (2018)",
    },
    Description {
        network: Network::Rnn,
        description: "A gated recurrent unit over the items that the person has rated, beside both vectors",
        source: "Hidasi et al., Session-based Recommendations with Recurrent Neural Networks (2015)",
    },
    Description {
        network: Network::Attention,
        description: "The items that the person has rated, by their weight for the one in question, beside both vectors",
        source: "Zhu et al., DAN: Deep Attention Neural Network for News Recommendation (2019)",
    },
    Description {
        network: Network::Adversarial,
        description: "The MLP, trained against the worst small changes of both vectors",
        source: "He et al., Adversarial Personalized Ranking (2018), in place of Wang et al. (2018)",
    },
];

/// The most items of a history; the latest count.
pub(super) const HISTORY: usize = 10;

/// The most items that are kept of a person: one more, so that one can be left out.
pub(crate) const MOST_KEPT: usize = HISTORY + 1;

/// Whether a network looks at what a person has rated.
pub(crate) fn has_history(network: Network) -> bool {
    matches!(network, Network::Rnn | Network::Attention)
}

/// How many numbers the dense layers are given of a pair, for vectors of k dimensions.
pub(crate) fn width(network: Network, k: usize) -> usize {
    match network {
        Network::Mlp | Network::Adversarial => 2 * k,
        Network::Cnn => convolution::width(k),
        Network::Rnn | Network::Attention => 3 * k,
    }
}

/// Rows and columns of the parameters in front of the dense layers, in their order; none of an MLP.
pub(crate) fn shapes(network: Network, k: usize) -> Vec<[usize; 2]> {
    match network {
        Network::Mlp | Network::Adversarial => Vec::new(),
        Network::Cnn => convolution::shapes(),
        Network::Rnn => recurrent::shapes(k),
        Network::Attention => attention::shapes(k),
    }
}

/// Adds parameters that begin uniform, bounded by 1/√k.
fn add_uniform(shapes: &[[usize; 2]], k: usize, graph: &mut TrainingGraph, rng: &mut Generator) {
    let bound = 1.0 / (k as f32).sqrt();
    for &[rows, columns] in shapes {
        graph.param(rows, columns, rng.uniforms(rows * columns, bound));
    }
}

/// What stands in front of the dense layers, with its parameters in a training graph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Front {
    #[cfg_attr(not(feature = "reference"), allow(dead_code, reason = "only the graph asks for it"))]
    network: Network,
    #[cfg_attr(not(feature = "reference"), allow(dead_code, reason = "only the graph asks for it"))]
    k: usize,
    first: ParamId,
    count: usize,
}

impl Front {
    /// Adds what a network has in front of the dense layers of the graph's next head; nothing for an MLP.
    pub(super) fn add(
        network: Network,
        k: usize,
        weight_decay: f32,
        graph: &mut TrainingGraph,
        rng: &mut Generator,
    ) -> Option<Self> {
        let (head, first) = (graph.heads.len(), graph.params.len());
        match network {
            Network::Mlp => return None,
            Network::Adversarial => {
                graph.networks.insert(head, HeadNetwork { front: None, adversarial: Some(ADVERSARIAL) });
                return None;
            }
            Network::Cnn => convolution::add(graph, rng),
            Network::Rnn | Network::Attention => add_uniform(&shapes(network, k), k, graph, rng),
        }
        graph.params[first..].iter_mut().for_each(|param| param.weight_decay = weight_decay);
        let front = Self { network, k, first, count: graph.params.len() - first };
        graph.networks.insert(head, HeadNetwork { front: Some(Arc::new(front)), adversarial: None });
        Some(front)
    }

    /// The numbers of its parameters.
    pub(super) fn parameters(self) -> std::ops::Range<ParamId> {
        self.first..self.first + self.count
    }
}

impl PairNetwork for Front {
    #[cfg(feature = "reference")]
    fn inputs(&self, leaves: &[Tensor<2>], pairs: &Pairs) -> Vec<Tensor<2>> {
        let own = &leaves[self.parameters()];
        let both = [pairs.users.clone(), pairs.items.clone()];
        match self.network {
            Network::Mlp | Network::Adversarial => both.into(),
            Network::Cnn => vec![convolution::on_graph(self.k, own, pairs)],
            Network::Rnn => [vec![recurrent::on_graph(own, pairs)], both.into()].concat(),
            Network::Attention => [vec![attention::on_graph(own, pairs)], both.into()].concat(),
        }
    }
}

/// What stands in front of a trained network's dense layers, as plain numbers.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// Which network it is of.
    pub network: Network,
    /// k.
    pub dimension: usize,
    /// Its parameters in their order, row-major.
    pub parameters: Vec<Vec<f32>>,
    /// By user of the domain, the items of their training ratings, the latest last: one more than is looked at, so that one
    /// can be left out.
    pub histories: Histories,
}

/// What is known of a person's past before an item is in question.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// Vectors of the items, `[n, k]`.
    items: Vec<f32>,
    /// What the network makes of them once for all items in question.
    state: Vec<f32>,
}

impl Interaction {
    /// What a person has rated that counts for a prediction; `without` leaves an item out that is itself in question.
    pub(super) fn history(&self, user: UserId, without: Option<ItemId>) -> Vec<ItemId> {
        if self.histories.is_empty() {
            return Vec::new();
        }
        let items = self.histories.get(user.index()).iter().map(|&item| ItemId(item));
        let kept: Vec<ItemId> = items.filter(|item| Some(*item) != without).collect();
        kept[kept.len().saturating_sub(HISTORY)..].to_vec()
    }

    /// The past of a person from their items' vectors, `[n, k]`, the latest last.
    pub(super) fn past(&self, items: Vec<f32>) -> Past {
        let state = match self.network {
            Network::Rnn => recurrent::state(self.dimension, &self.parameters, &items),
            Network::Attention => attention::keys(self.dimension, &self.parameters, &items),
            Network::Mlp | Network::Cnn | Network::Adversarial => Vec::new(),
        };
        Past { items, state }
    }

    /// The largest number that the dense layers can be given of a pair, by the largest numbers of a user's and an item's
    /// vector.
    pub(crate) fn largest_input(&self, user: f64, item: f64) -> f64 {
        match self.network {
            Network::Mlp | Network::Adversarial | Network::Attention => user.max(item),
            Network::Cnn => convolution::largest(&self.parameters, user, item),
            // States of the unit are between -1 and 1.
            Network::Rnn => user.max(item).max(1.0),
        }
    }

    /// What the dense layers are given of a pair.
    pub(super) fn inputs(&self, user: &[f32], item: &[f32], past: &Past) -> Vec<f32> {
        match self.network {
            Network::Mlp | Network::Adversarial => [user, item].concat(),
            Network::Cnn => convolution::on_host(&self.parameters, user, item),
            Network::Rnn => [&past.state[..], user, item].concat(),
            Network::Attention => {
                let attended = attention::on_host(&self.parameters, item, &past.items, &past.state);
                [&attended[..], user, item].concat()
            }
        }
    }
}

/// x · weights with weights `[inputs, outputs]`, added to `sum`.
fn add_product(x: &[f32], weights: &[f32], sum: &mut [f32]) {
    for (&x, row) in x.iter().zip(weights.chunks_exact(sum.len())) {
        sum.iter_mut().zip(row).for_each(|(sum, w)| *sum += x * w);
    }
}
