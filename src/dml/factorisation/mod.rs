//! Dual matrix factorisation (paper 4.2, Eq. 7): both rating matrices, each from its own non-negative factors and, by a
//! share α, from the other domain's, in multiplicative updates (Lin 2007; Lee and Seung 2001).
//!
//! V_A ≈ (1 − α) W_A H_A + α X W_B H_B and V_B ≈ (1 − α) W_B H_B + α Xᵀ W_A H_A.
//!
//! What the paper leaves open, and what is here:
//!
//! - *Shapes.* X W_B H_B has B's columns, V_A has A's. Both matrices are taken over the items of both domains; what nobody
//!   could rate there is unknown, as is every other entry without a rating, and takes no part in the loss. So H_B has rows
//!   of A's items too: what B's side knows of a person is heard on A's ratings through them.
//! - *X* acts on people here, as the shapes of Eq. 7 ask, and not on k dimensions as in Eq. 3: a permutation that takes
//!   a linked user of A to the same person of B. Everybody else is taken to a row of their own without ratings. X is
//!   given by the links and not learnt.
//! - *α* is not named: [`ALPHA`].
//! - *More than two domains*: each of the others has an equal part of α.
//! - *The perturbation* m k is as large as the number of people; the smallest that does is taken (`conditions`).
//! - *The updates.* The proof replaces Eq. 7 by two factorisations of (1 − α) V_A − α X V_B and its dual, which need every
//!   entry of both matrices (`proposition` has them, as the paper's argument). Ratings are sparse, so that the model is
//!   trained on Eq. 7 itself: the multiplicative update of all W, then of all H. With a permutation X it is
//!   linear in either with coefficients that are never negative, so that the loss never rises whatever α is.
//! - *The norm* of Eq. 7 is squared.

mod conditions;
mod learner;
pub mod proposition;

pub use conditions::{Conditions, sufficient_perturbation};

use crate::recommender::{Capabilities, Entry, Learner, by_epochs};

/// α, the share of a rating that is the other domain's: a regulariser beside the domain's own, as the paper asks of it.
pub const ALPHA: f64 = 0.1;

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "dual-mf",
    description: "Dual matrix factorisation: non-negative factors of both domains, each with a share of the other's",
    source: "Li and Tuzhilin, Dual Metric Learning, 4.2 and Eq. 7",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["dimension"],
    begin: |assignment| {
        by_epochs(assignment, |training, config, _| async move {
            Ok(Box::new(learner::DualFactorisation::new(&training, &config)) as Box<dyn Learner>)
        })
    },
    load: |parts| learner::Factorised::load(parts),
};
