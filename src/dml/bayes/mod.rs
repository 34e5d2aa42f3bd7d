//! Bayesian dual metric learning: X as the prior mean of a person's taste in the other domain, an ordinal likelihood, noise by
//! person, and Gibbs sampling instead of descent. A sweep draws, in this order: cutpoints, latent ratings, items, people,
//! noise, priors, links, each in the file of its name; `chain` keeps the order, `draw` what predictions need, `fit` makes it
//! a training, `far` has chains sampled by other workers. docs/bayes.md has the model in the paper's symbols.

#![expect(
    clippy::needless_range_loop,
    reason = "arrays of k numbers read like the formulas, and vectorise, by index"
)]

mod chain;
mod chance;
mod cutpoints;
mod diagnostics;
mod domain;
mod draw;
mod far;
mod fit;
mod fold_in;
mod gaussian;
mod given;
mod items;
mod lanes;
mod latent;
mod levels;
mod link;
mod mean_field;
mod model;
mod noise;
mod normal;
mod normals;
mod orthogonal;
mod people;
mod picture;
mod prefetch;
mod prior;
mod regression;
mod rows;
mod saved;
mod scale;
mod slice;
mod small;
mod state;
mod taste;
#[cfg(test)]
mod tests;
mod tree;
mod users;
mod whole;

pub use diagnostics::Figure;
pub use far::Helper;
pub(super) use fit::Sampling;
pub use model::{Bayes, LinkFigures};
pub use taste::Taste;

use std::sync::Arc;

use crate::recommender::{Assignment, Capabilities, Entry, Fit, Work};
use given::LeftOut;

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "bayes",
    description: "Bayesian dual metric learning: the map is the prior of a person's taste in the other domain, sampled",
    source: "docs/bayes.md, after Li and Tuzhilin (the map) and Salakhutdinov and Mnih (the sampler)",
    capabilities: Capabilities { crosses: true, cold_users: true, features: true, ..Capabilities::NONE },
    reads: &["bayes_dimension"],
    begin: |assignment| begin(assignment, None),
    load: |parts| Ok(Arc::new(Bayes::load(parts)?)),
};

/// The model without the steps of ratings, which are numbers with normal noise: no model of the list, but what an example measures.
pub const WITHOUT_STEPS: Entry =
    Entry { name: "bayes-gaussian", begin: |assignment| begin(assignment, Some(LeftOut::Steps)), ..ENTRY };

/// The model without noise by person, γ = 1.
pub const WITHOUT_NOISE: Entry =
    Entry { name: "bayes-one-noise", begin: |assignment| begin(assignment, Some(LeftOut::Noise)), ..ENTRY };

/// The model whose map does not turn, X = I.
pub const WITHOUT_TURN: Entry =
    Entry { name: "bayes-no-turn", begin: |assignment| begin(assignment, Some(LeftOut::Turn)), ..ENTRY };

fn begin(assignment: Assignment, left_out: Option<LeftOut>) -> Work<'static, Box<dyn Fit>> {
    Box::pin(async move { Ok(Box::new(Sampling::without(assignment, left_out)?) as Box<dyn Fit>) })
}
