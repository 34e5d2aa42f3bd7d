//! The two presets. The parts of the method compose: a preset is nothing but a set of values.

use super::{
    Config, CrossStep, Embeddings, Encoder, MappingOptimiser, MappingUpdate, Network, Orthogonalisation,
    Schedule, UpdatedRows,
};
use crate::error::{Error, Result};

impl Default for Config {
    /// The preset *robust*: recipe R and the Bayesian model, averaged.
    fn default() -> Self {
        Self { model: "averaged".into(), ..Self::robust() }
    }
}

impl Config {
    /// Recipe R by itself: dual metric learning as it was found to work on real data. The preset of this name, the default,
    /// averages it with the Bayesian model.
    pub fn robust() -> Self {
        Self {
            model: "dml".into(),
            seed: 1,
            test_fraction: 0.2,
            validation_fraction: 0.1,
            held_out_overlap: 0.1,
            cold_fraction: 0.2,
            overlap_users: None,
            discard_unlinked: false,
            repeats: 1,
            train_on_everything: true,
            relevance_threshold: 0.5,
            dimension: 16,
            embeddings: Embeddings::Learnt,
            embedding_deviation: 0.03,
            unit_ball: false,
            encoder: Encoder::Ae,
            autoencoder_hidden: vec![32],
            autoencoder_epochs: 20,
            autoencoder_learning_rate: 1e-3,
            network: Network::Mlp,
            recommender_hidden: vec![32, 16],
            dropout: 0.1,
            dot_product: true,
            bias: true,
            leave_one_out: true,
            bias_inputs: true,
            feature_prior: true,
            side_tower: true,
            tower_l2: 1e-3,
            item_dropout: 0.1,
            schedule: Schedule::Joint,
            cross_step: CrossStep::Target,
            cross_weight: 0.3,
            mapping_update: MappingUpdate::Procrustes,
            orthogonalisation: Orthogonalisation::GramSchmidt,
            mapping_optimiser: MappingOptimiser::Adam,
            mapping_learning_rate: 1e-2,
            pair_weight: 0.3,
            mix: true,
            sweeps: 300,
            chains: 1,
            burn_in: 25,
            thinning: 5,
            bayes_dimension: 8,
            batch: 1024,
            learning_rate: 2e-3,
            updated_rows: UpdatedRows::Touched,
            row_l2: 3.0,
            weight_decay: 1e-5,
            epochs: 100,
            tolerance: 1e-5,
            patience: Some(3),
        }
    }

    /// The method by the letter of the paper.
    pub fn paper() -> Self {
        Self {
            embeddings: Embeddings::Features,
            unit_ball: true,
            recommender_hidden: vec![32, 16],
            dropout: 0.1,
            dot_product: false,
            bias: false,
            leave_one_out: false,
            bias_inputs: false,
            feature_prior: false,
            side_tower: false,
            item_dropout: 0.0,
            schedule: Schedule::Alternating,
            cross_step: CrossStep::Algorithm1,
            cross_weight: 1.0,
            mapping_update: MappingUpdate::Gradient,
            pair_weight: 0.0,
            mix: false,
            batch: 64,
            learning_rate: 1e-3,
            row_l2: 0.0,
            weight_decay: 0.0,
            patience: None,
            ..Self::robust()
        }
    }

    /// The preset of a name, `robust` or `paper`.
    ///
    /// # Errors
    /// For any other name.
    pub fn preset(name: &str) -> Result<Self> {
        match name {
            "robust" => Ok(Self::default()),
            "paper" => Ok(Self::paper()),
            _ => Err(Error::setting("preset", format!("{name:?} is not known; use robust or paper"))),
        }
    }
}
