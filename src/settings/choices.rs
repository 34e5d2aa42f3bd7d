//! Settings that are one of a few: what each of them means. Their names in files, on the command line and on the page are
//! serde's, in kebab-case.

use serde::{Deserialize, Serialize};

/// Where the user and item vectors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Embeddings {
    /// Learnt end to end from the id (the paper's table 9).
    Learnt,
    /// Of a side with a feature table the codes of its autoencoder, frozen while the recommenders train (paper 3.1);
    /// of a side without one learnt from the id (paper 6.3).
    Features,
    /// Codes on every side: without a feature table, of an autoencoder over the row's own training ratings. Those
    /// autoencoders and the recommenders are then trained on different ratings, four in five and the fifth.
    Autoencoder,
}

/// Which autoencoder makes codes, where codes are used (paper 6.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Encoder {
    /// The plain one: reconstruction alone (Eq. 2).
    Ae,
    /// Variational: codes are normal distributions.
    Vae,
    /// Adversarial: a critic tells codes from a prior.
    Aae,
    /// Wasserstein: all codes together are near a prior.
    Wae,
    /// Hyperspherical variational: codes are von Mises–Fisher distributions on the unit sphere.
    Hvae,
}

/// Which recommendation network RS is (paper 6.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Dense layers on both vectors (paper 3.4).
    Mlp,
    /// Convolutions over the outer product of both vectors.
    Cnn,
    /// A recurrent unit over the items that the person has rated.
    Rnn,
    /// Attention of the item in question over those that the person has rated.
    Attention,
    /// The MLP, trained against the worst small changes of both vectors.
    Adversarial,
}

/// Which reading of the paper's cross-domain step is trained (docs/method.md). With X from A to B:
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum CrossStep {
    /// r*_A = RS_B(X W_uA, W_iA), as in Algorithm 1 line 13 and in DDTCDR.
    Algorithm1,
    /// r*_A = RS_A(X W_uA, W_iA), as in Equations 5 and 6.
    Equations,
    /// r*_B = RS_B(X W_uA, W_iB) on the ratings of overlap users: what a transfer is for.
    Target,
    /// No cross-domain step.
    None,
}

/// How the passes of Algorithm 1 follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// A whole own-domain pass, then the mapping, then a whole cross-domain pass (Algorithm 1).
    Alternating,
    /// Every step trains all losses of both domains; the mapping follows each epoch.
    Joint,
}

/// How X is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum MappingUpdate {
    /// The closed form of Eq. 3, orthogonal Procrustes, once an epoch.
    Procrustes,
    /// Gradient steps on Eqs. 3 and 4, each followed by an orthogonalisation (Algorithm 1 lines 8 to 11).
    Gradient,
}

/// What a gradient step on X is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum MappingOptimiser {
    /// Adam on the part of the gradient that keeps X orthogonal.
    Adam,
    /// X ← X − α dL/dX, with L the mean of the losses of a batch of overlap users (Algorithm 1, lines 7 to 11).
    Plain,
}

/// How a matrix is made orthogonal again after a step ("Orthogonalize X", line 10 of Algorithm 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Orthogonalisation {
    /// Gram–Schmidt on the columns from left to right, that is the Q of QR with diag(R) > 0; the paper's
    /// word.
    ///
    /// Followed by this, the plain gradient step of Eqs. 3 + 4 does *not* rest at their minimum unless the
    /// pairs fit exactly: what is left over (the residuals' covariance) points out of the orthogonal
    /// matrices, and Gram–Schmidt, which favours the first columns, turns it into a rotation. The smaller the
    /// learning rate, the slower, but the resting point stays the same.
    GramSchmidt,
    /// The nearest orthogonal matrix, U Vᵀ of the singular value decomposition; rests at the minimum.
    Polar,
}

/// Which rows of a gathered table (embeddings, and first and last layer of an autoencoder over ratings) a step of Adam
/// updates. Everything else, towers included, is updated whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum UpdatedRows {
    /// Those that the step's rows name: *lazy* Adam. The moments of a row rest while it is not named; the bias
    /// correction counts the table's steps. The work of a step does not grow with the table.
    #[default]
    Touched,
    /// All: the rule as published, in which a row goes on moving by its momentum while it is not named.
    All,
}
