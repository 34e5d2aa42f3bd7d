//! The default: recipe R and the Bayesian model, averaged. How much of each is chosen by ratings that neither was trained
//! on, for people with five or more ratings in a domain, with fewer, and with none; then both are trained on everything.

mod fit;
mod fold_in;
mod model;
mod saved;
mod state;
#[cfg(test)]
mod tests;
mod weights;

pub use model::Averaged;
pub use weights::{Group, Weights};

use crate::recommender::{Capabilities, Entry};

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "averaged",
    description: "Recipe R and Bayesian dual metric learning, averaged by weights that held-out ratings chose",
    source: "docs/bayes.md; stacking after Wolpert, Stacked Generalization (1992)",
    capabilities: Capabilities {
        crosses: true,
        cold_users: true,
        features: true,
        has_map: true,
        ..Capabilities::NONE
    },
    reads: &[
        "learning_rate",
        "row_l2",
        "dimension",
        "dropout",
        "weight_decay",
        "embedding_deviation",
        "cross_weight",
        "pair_weight",
        "batch",
        "bayes_dimension",
    ],
    begin: fit::begin,
    load: |parts| Ok(std::sync::Arc::new(Averaged::load(parts)?)),
};
