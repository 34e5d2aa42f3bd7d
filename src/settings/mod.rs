//! Every setting of the method in one flat structure, and the two presets. The parts compose: a preset is nothing
//! but a set of values.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Largest embedding dimension.
pub const MAX_DIMENSION: usize = 256;
/// Most hidden layers of a network.
pub const MAX_HIDDEN_LAYERS: usize = 4;
/// Most units of a hidden layer.
pub const MAX_WIDTH: usize = 1024;

/// Where the user and item vectors come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Which reading of the paper's cross-domain step is trained (docs/method.md). With X from A to B:
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// A whole own-domain pass, then the mapping, then a whole cross-domain pass (Algorithm 1).
    Alternating,
    /// Every step trains all losses of both domains; the mapping follows each epoch.
    Joint,
}

/// How X is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MappingUpdate {
    /// The closed form of Eq. 3, orthogonal Procrustes, once an epoch.
    Procrustes,
    /// Gradient steps on Eqs. 3 and 4, each followed by an orthogonalisation (Algorithm 1 lines 8 to 11).
    Gradient,
}

/// What a gradient step on X is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MappingOptimiser {
    /// Adam on the part of the gradient that keeps X orthogonal.
    Adam,
    /// X ← X − α dL/dX, with L the mean of the losses of a batch of overlap users (Algorithm 1, lines 7 to 11).
    Plain,
}

/// How a matrix is made orthogonal again after a step ("Orthogonalize X", line 10 of Algorithm 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case")]
pub enum UpdatedRows {
    /// Those that the step's rows name: *lazy* Adam. The moments of a row rest while it is not named; the bias
    /// correction counts the table's steps. The work of a step does not grow with the table.
    #[default]
    Touched,
    /// All: the rule as published, in which a row goes on moving by its momentum while it is not named.
    All,
}

/// All settings. Field docs give the meaning, the range and the paper's value.
///
/// # Examples
/// ```
/// use dual_metric::settings::Config;
///
/// let mut config = Config { seed: 7, ..Config::paper() };
/// config.set("batch", "128")?;
/// // Only checked settings can be trained with.
/// let config = config.check()?;
/// assert_eq!((config.seed, config.batch), (7, 128));
///
/// let message = Config { batch: 0, ..Config::robust() }.check().unwrap_err().to_string();
/// assert!(message.starts_with("setting batch:"));
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which model is trained, by its name in the list of models.
    pub model: String,
    /// Seed of weights, splits, shuffles and dropout.
    pub seed: u64,
    /// Share of each domain's ratings kept for testing, over 0 and under 1. Paper: 0.2 (five folds).
    pub test_fraction: f32,
    /// Share of the remaining ratings that decides when to stop and how much to mix, 0 to 0.5; they are trained on
    /// where neither `patience` nor `mix` asks for them. Paper: not named.
    pub validation_fraction: f32,
    /// Share of the overlap users whose link is hidden, to measure the map on pairs that it has not seen; 0 for no
    /// such measurement. Paper: 0.
    pub held_out_overlap: f32,
    /// Share of the overlap users that lose all ratings of one domain in the cold-start measurement.
    pub cold_fraction: f32,
    /// Overlap users that are linked; all of them when null. Paper: all, and from 0 up in Figure 3.
    pub overlap_users: Option<usize>,
    /// Whether the ratings of overlap users beyond those are left out of training and test, in both domains; else they
    /// stay, as those of two strangers. Paper: true in Figure 3.
    pub discard_unlinked: bool,
    /// How often the measurement is repeated, with the seeds that follow `seed`; intervals then cover the seeds too.
    pub repeats: usize,
    /// Whether a last training on all ratings and all links makes the model that is kept and recommended from.
    pub train_on_everything: bool,
    /// A rating counts as relevant from here up, on the unit scale. Paper: 0.5.
    pub relevance_threshold: f32,

    /// Embedding dimension k, 1 to [`MAX_DIMENSION`]. Paper: 16.
    pub dimension: usize,
    /// Where embeddings come from. Paper: features.
    pub embeddings: Embeddings,
    /// Standard deviation of learnt embeddings before training.
    pub embedding_deviation: f32,
    /// Whether embeddings are kept in the unit ball. Paper: true.
    pub unit_ball: bool,
    /// Hidden layers of the encoder; the decoder mirrors them. Paper: \[32\] and then the 16 of the code.
    pub autoencoder_hidden: Vec<usize>,
    /// Epochs of each autoencoder.
    pub autoencoder_epochs: usize,
    /// Step size of the autoencoders.
    pub autoencoder_learning_rate: f32,

    /// Hidden layers of the recommendation networks.
    pub recommender_hidden: Vec<usize>,
    /// Dropout after each hidden layer of the recommendation networks, 0 to under 1.
    pub dropout: f32,
    /// Whether ⟨u, v⟩ is added to the network's output.
    pub dot_product: bool,
    /// Whether predictions start from mean, user bias and item bias. Paper: false.
    pub bias: bool,
    /// Whether a training row sees biases without itself.
    pub leave_one_out: bool,
    /// Whether biases and counts are inputs of the network. Paper: false.
    pub bias_inputs: bool,
    /// Whether biases get a prior from feature tables, where there are some.
    pub feature_prior: bool,
    /// Whether features are added to learnt embeddings through a linear tower, where there are feature tables.
    pub side_tower: bool,
    /// Factor of the towers' squared weights in the loss.
    pub tower_l2: f32,
    /// Share of training rows whose item is treated as unknown, so that features learn to stand in for it; used
    /// with item features only.
    pub item_dropout: f32,

    /// Order of the passes. Paper: alternating.
    pub schedule: Schedule,
    /// The cross-domain step. Paper: both readings, Algorithm 1 and Equations 5 and 6.
    pub cross_step: CrossStep,
    /// Factor of the cross-domain loss. Paper: 1.
    pub cross_weight: f32,
    /// How X is learnt. Paper: gradient.
    pub mapping_update: MappingUpdate,
    /// How X is made orthogonal after a gradient step. Paper: Gram–Schmidt.
    pub orthogonalisation: Orthogonalisation,
    /// What the mapping's gradient steps are made with. Paper: not named.
    pub mapping_optimiser: MappingOptimiser,
    /// Step size of the mapping's gradient steps: up to 0.1 for Adam, below 0.5 for plain steps.
    pub mapping_learning_rate: f32,
    /// Factor of the pair loss ‖X u_A − u_B‖² on learnt embeddings; 0 for none.
    pub pair_weight: f32,
    /// Whether warm users' predictions are mixed with those through the map, by a weight chosen on validation.
    pub mix: bool,

    /// Rows a step. Paper: 64.
    pub batch: usize,
    /// Step size of Adam.
    pub learning_rate: f32,
    /// Which rows of the embedding tables a step of Adam updates. Paper: not named.
    pub updated_rows: UpdatedRows,
    /// Penalty per row of the embedding tables (see recipe R).
    pub row_l2: f32,
    /// L2 of the recommendation networks' weights.
    pub weight_decay: f32,
    /// Most epochs. Paper: 100.
    pub epochs: usize,
    /// Without patience, stop when the training loss has changed by less than this in each of three epochs; it is
    /// measured without dropout, on a fixed sample of the training rows. Paper: 1e-5, of one epoch.
    pub tolerance: f32,
    /// Stop after so many epochs without a better validation error, and return to the best; null for never.
    /// Paper: not named.
    pub patience: Option<usize>,
}

impl Default for Config {
    fn default() -> Self {
        Self::robust()
    }
}

impl Config {
    /// Recipe R: what was found to work on real data, and the default.
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
            autoencoder_hidden: vec![32],
            autoencoder_epochs: 20,
            autoencoder_learning_rate: 1e-3,
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
            "robust" => Ok(Self::robust()),
            "paper" => Ok(Self::paper()),
            _ => Err(Error::setting("preset", format!("{name:?} is not known; use robust or paper"))),
        }
    }

    /// Sets one field from text, as in `--set batch=64`; enums by their kebab-case names, lists as `[32,16]`,
    /// `null` for none.
    ///
    /// # Errors
    /// When the field is not known or the value does not fit it.
    pub fn set(&mut self, field: &str, value: &str) -> Result<()> {
        let parsed = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.into()));
        let mut all = serde_json::to_value(&*self).map_err(|e| Error::setting(field, e.to_string()))?;
        let Some(slot) = all.get_mut(field) else {
            return Err(Error::setting(field, "there is no such setting; see Config in the documentation"));
        };
        *slot = parsed;
        *self = serde_json::from_value(all).map_err(|e| Error::setting(field, e.to_string()))?;
        Ok(())
    }

    /// Reads settings from JSON; absent fields keep the robust preset's values, `"preset": "paper"` starts from
    /// the paper's.
    ///
    /// # Errors
    /// When the text is no JSON object, a field is unknown or a value does not fit.
    pub fn from_json(text: &str) -> Result<Self> {
        let whole = |e: serde_json::Error| Error::setting("config", e.to_string());
        let mut fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).map_err(whole)?;
        let base = match fields.remove("preset") {
            Some(name) => Self::preset(name.as_str().unwrap_or_default())?,
            None => Self::robust(),
        };
        let mut all = serde_json::to_value(base).map_err(whole)?;
        if let Some(all) = all.as_object_mut() {
            all.extend(fields);
        }
        serde_json::from_value(all).map_err(whole)
    }

    /// Whether anything is decided by validation rows; otherwise none are set aside.
    pub fn uses_validation(&self) -> bool {
        self.patience.is_some() || self.mix
    }

    /// Checks every range and every combination; only a checked configuration reaches the algorithm.
    ///
    /// # Errors
    /// The first setting that is out of its range, by name.
    pub fn check(self) -> Result<ValidConfig> {
        let whole = |field: &str, value: usize, lo: usize, hi: usize| {
            if (lo..=hi).contains(&value) {
                Ok(())
            } else {
                Err(Error::setting(field, format!("{value} is out of range; use {lo} to {hi}")))
            }
        };
        let number = |field: &str, value: f32, lo: f32, hi: f32| {
            if value >= lo && value <= hi {
                Ok(())
            } else {
                Err(Error::setting(field, format!("{value} is out of range; use {lo} to {hi}")))
            }
        };
        let rate = |field: &str, value: f32| {
            if (1e-6..=0.1).contains(&value) {
                return Ok(());
            }
            let why = "Adam moves every weight by about so much in each step, and most weights are smaller than that";
            Err(Error::setting(field, format!("{value} is out of range; use 1e-6 to 0.1, because {why}")))
        };
        number("test_fraction", self.test_fraction, 0.01, 0.9)?;
        number("validation_fraction", self.validation_fraction, 0.0, 0.5)?;
        number("held_out_overlap", self.held_out_overlap, 0.0, 0.9)?;
        number("cold_fraction", self.cold_fraction, 0.01, 0.45)?;
        number("relevance_threshold", self.relevance_threshold, 0.0, 1.0)?;
        whole("repeats", self.repeats, 1, 100)?;
        whole("dimension", self.dimension, 1, MAX_DIMENSION)?;
        number("embedding_deviation", self.embedding_deviation, 0.0, 1.0)?;
        for (field, layers) in [
            ("autoencoder_hidden", &self.autoencoder_hidden),
            ("recommender_hidden", &self.recommender_hidden),
        ] {
            whole(field, layers.len(), 1, MAX_HIDDEN_LAYERS)?;
            layers.iter().try_for_each(|&width| whole(field, width, 1, MAX_WIDTH))?;
        }
        whole("autoencoder_epochs", self.autoencoder_epochs, 1, 1000)?;
        rate("autoencoder_learning_rate", self.autoencoder_learning_rate)?;
        number("dropout", self.dropout, 0.0, 0.9)?;
        number("tower_l2", self.tower_l2, 0.0, 10.0)?;
        number("item_dropout", self.item_dropout, 0.0, 0.9)?;
        number("cross_weight", self.cross_weight, 0.0, 100.0)?;
        match self.mapping_optimiser {
            MappingOptimiser::Adam => rate("mapping_learning_rate", self.mapping_learning_rate)?,
            // With vectors in the unit ball, the plain step overshoots from 0.5 on.
            MappingOptimiser::Plain => {
                number("mapping_learning_rate", self.mapping_learning_rate, 1e-6, 0.499)?;
            }
        }
        number("pair_weight", self.pair_weight, 0.0, 100.0)?;
        whole("batch", self.batch, 1, 1 << 20)?;
        rate("learning_rate", self.learning_rate)?;
        number("row_l2", self.row_l2, 0.0, 1e3)?;
        number("weight_decay", self.weight_decay, 0.0, 1.0)?;
        whole("epochs", self.epochs, 1, 100_000)?;
        number("tolerance", self.tolerance, 0.0, 1.0)?;
        if self.patience == Some(0) {
            return Err(Error::setting(
                "patience",
                "0 would end the training after its first epoch; use 1 or more, or null for never",
            ));
        }
        if self.patience.is_some() && self.validation_fraction == 0.0 {
            return Err(Error::setting("patience", "needs a validation_fraction above 0, or null for none"));
        }
        if self.bias_inputs && !self.bias {
            return Err(Error::setting("bias_inputs", "needs bias = true"));
        }
        Ok(ValidConfig(self))
    }
}

/// A configuration that passed [`Config::check`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ValidConfig(Config);

impl ValidConfig {
    /// The same settings with another seed.
    pub fn with_seed(&self, seed: u64) -> Self {
        Self(Config { seed, ..self.0.clone() })
    }
}

impl std::ops::Deref for ValidConfig {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_preset_has_the_values_of_the_paper() {
        let paper = Config::paper().check().unwrap();
        // 3.1: codes of features; 6.3: vectors from the id without them; vectors within the unit ball.
        assert_eq!(paper.embeddings, Embeddings::Features);
        assert!(paper.unit_ball);
        // 3.4: an MLP with dropout on the two vectors and on nothing else.
        assert!(paper.dropout > 0.0);
        let beside = [
            paper.dot_product,
            paper.bias,
            paper.leave_one_out,
            paper.bias_inputs,
            paper.feature_prior,
            paper.side_tower,
            paper.mix,
        ];
        assert_eq!(beside, [false; 7]);
        // Algorithm 1: one pass after another, X by gradient, RS_B(X W_uA, W_iA), losses that weigh alike and none
        // besides them.
        assert_eq!(paper.schedule, Schedule::Alternating);
        assert_eq!(paper.mapping_update, MappingUpdate::Gradient);
        assert_eq!(paper.cross_step, CrossStep::Algorithm1);
        assert_eq!(paper.cross_weight, 1.0);
        let others = [paper.pair_weight, paper.row_l2, paper.weight_decay, paper.item_dropout];
        assert_eq!(others, [0.0; 4]);
        // 5.3: five folds; relevant is the upper half of the scale.
        assert_eq!(paper.test_fraction, 0.2);
        assert_eq!(paper.relevance_threshold, 0.5);
        // 5.4: dimension 16, batch 64, encoders of 32 and 16 neurons, Gram–Schmidt.
        assert_eq!((paper.dimension, paper.batch), (16, 64));
        assert_eq!([&paper.autoencoder_hidden[..], &[paper.dimension]].concat(), [32, 16]);
        assert_eq!(paper.orthogonalisation, Orthogonalisation::GramSchmidt);
        // 6.2: all overlap users, where nothing else is asked for.
        assert_eq!((paper.overlap_users, paper.discard_unlinked), (None, false));
        // 6.8: 100 epochs, until the loss changes by less than 1e-5. No validation.
        assert_eq!((paper.epochs, paper.tolerance, paper.patience), (100, 1e-5, None));
        assert!(!paper.uses_validation());
    }

    #[test]
    fn the_default_is_the_robust_preset_by_either_name() {
        assert_eq!(Config::default(), Config::robust());
        assert_eq!(Config::preset("robust").unwrap(), Config::from_json("{}").unwrap());
        assert_ne!(Config::preset("paper").unwrap(), Config::robust());
        assert!(Config::preset("papre").unwrap_err().to_string().contains("robust or paper"));
        let robust = Config::robust().check().unwrap();
        assert!(robust.uses_validation());
    }

    #[test]
    fn a_field_is_set_from_text() {
        let mut config = Config::robust();
        config.set("batch", "64").unwrap();
        config.set("cross_step", "algorithm1").unwrap();
        config.set("recommender_hidden", "[8]").unwrap();
        config.set("patience", "null").unwrap();
        assert_eq!((config.batch, config.cross_step, config.patience), (64, CrossStep::Algorithm1, None));
        assert_eq!(config.recommender_hidden, [8]);
        assert!(config.set("bach", "64").unwrap_err().to_string().contains("bach"));
        assert!(config.set("batch", "many").is_err());
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (field, value) in [
            ("dimension", "0"),
            ("dropout", "1"),
            ("test_fraction", "0"),
            ("learning_rate", "-1"),
            ("learning_rate", "1"),
            ("autoencoder_learning_rate", "0.2"),
            ("mapping_learning_rate", "0.2"),
            ("epochs", "0"),
            ("patience", "0"),
            ("held_out_overlap", "1"),
        ] {
            let mut config = Config::robust();
            config.set(field, value).unwrap();
            let message = config.check().unwrap_err().to_string();
            assert!(message.contains(field), "{message}");
        }
    }

    #[test]
    fn a_refused_rate_or_patience_says_why() {
        let refused = |config: Config| config.check().unwrap_err().to_string();
        let rate = refused(Config { learning_rate: 1.0, ..Config::robust() });
        assert!(
            rate.starts_with("setting learning_rate: 1 is out of range; use 1e-6 to 0.1, because Adam"),
            "{rate}"
        );
        let patience = refused(Config { patience: Some(0), ..Config::robust() });
        assert!(patience.contains("use 1 or more, or null"), "{patience}");
        // The plain step may be larger than Adam's, up to where it overshoots.
        let plain = |mapping_learning_rate| Config {
            mapping_optimiser: MappingOptimiser::Plain,
            mapping_learning_rate,
            ..Config::paper()
        };
        assert!(plain(0.4).check().is_ok());
        assert!(refused(plain(0.5)).contains("mapping_learning_rate"));
    }

    #[test]
    fn json_starts_from_a_preset() {
        let config = Config::from_json(r#"{"preset": "paper", "epochs": 5}"#).unwrap();
        assert_eq!(config, Config { epochs: 5, ..Config::paper() });
        assert!(Config::from_json(r#"{"epoch": 5}"#).is_err());
    }
}
