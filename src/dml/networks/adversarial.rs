//! Adversarial. The paper cites NMRN (Wang et al. 2018), which has a generator of items that were not chosen play against the
//! recommender; ratings have no such items. Chosen is adversarial training of the MLP as He et al. (2018) have it for
//! rankings (APR): MSE(r̂) + λ MSE(r̂ with both vectors moved), each vector by the share ε of its own length up the gradient of
//! the loss, which is taken anew in every step and is a constant in it. ε goes by the vector's length, because learnt
//! vectors begin at a tenth of the length for which APR's ε of 0.5 was chosen; λ is APR's. Predictions are the MLP's. The
//! engine does both passes (`engine::Adversarial`).

use crate::engine::Adversarial;

/// ε and λ.
pub(super) const ADVERSARIAL: Adversarial = Adversarial { reach: 0.2, weight: 1.0 };
