//! Dual metric learning in the list of models.

use std::sync::Arc;

use super::{Dml, Trainer};
use crate::recommender::{Capabilities, Entry, Fit};
use crate::settings::{Config, Encoder, Network};

/// The model of this program.
pub const ENTRY: Entry = Entry {
    name: "dml",
    description: "Dual metric learning: both domains and an orthogonal map between their people, in a dual loop",
    source: "Li and Tuzhilin, Dual Metric Learning for Effective and Efficient Cross-Domain Recommendations",
    capabilities: Capabilities {
        crosses: true,
        cold_users: true,
        features: true,
        has_map: true,
        on_device: true,
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
    ],
    begin: |assignment| {
        Box::pin(async move { Ok(Box::new(Trainer::new(assignment).await?) as Box<dyn Fit>) })
    },
    load: |parts| Ok(Arc::new(Dml::load(parts)?)),
};

/// Whether its encoder, where codes are used, or its network trains with burn.
pub(crate) fn needs_burn(config: &Config) -> bool {
    config.network != Network::Mlp || (config.has_codes() && config.encoder != Encoder::Ae)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Embeddings;

    #[test]
    fn an_encoder_asks_for_burn_only_where_there_are_codes() {
        let of = |embeddings, encoder| needs_burn(&Config { embeddings, encoder, ..Config::robust() });
        assert!(!of(Embeddings::Learnt, Encoder::Vae));
        assert!(of(Embeddings::Features, Encoder::Vae) && of(Embeddings::Autoencoder, Encoder::Hvae));
        assert!(!of(Embeddings::Features, Encoder::Ae));
        assert!(needs_burn(&Config { network: Network::Cnn, ..Config::robust() }));
    }
}
