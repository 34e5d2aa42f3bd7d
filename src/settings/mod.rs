//! Every setting of the method: one flat structure, the two presets, and one list of what each field is called, may be and
//! means. The check, the command line, the page's form and docs/settings.md come from that list.

mod check;
mod choices;
mod fields;
mod presets;
mod schema;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use check::ValidConfig;
pub use choices::{
    CrossStep, Embeddings, Encoder, MappingOptimiser, MappingUpdate, Network, Orthogonalisation, Schedule,
    UpdatedRows,
};
pub use fields::FIELDS;
pub use schema::{Field, FieldView, Kind, Place, Range};

use crate::error::{Error, Result};

/// Largest embedding dimension.
pub const MAX_DIMENSION: usize = 256;
/// Most hidden layers of a network.
pub const MAX_HIDDEN_LAYERS: usize = 4;
/// Most units of a hidden layer.
pub const MAX_WIDTH: usize = 1024;

/// All settings. What each may be, what the paper has and what people are told of it stands in [`FIELDS`].
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
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Which model is trained, by its name in the list of models.
    pub model: String,
    /// Seed of weights, splits, shuffles and dropout.
    pub seed: u64,
    /// Share of each domain's ratings kept for testing.
    pub test_fraction: f32,
    /// Share of the remaining ratings that decides when to stop and how much to mix; they are trained on where
    /// neither `patience` nor `mix` asks for them.
    pub validation_fraction: f32,
    /// Share of the overlap users whose link is hidden, to measure the map on pairs that it has not seen; 0 for no
    /// such measurement.
    pub held_out_overlap: f32,
    /// Share of the overlap users that lose all ratings of one domain in the cold-start measurement.
    pub cold_fraction: f32,
    /// Overlap users that are linked; all of them when null.
    pub overlap_users: Option<usize>,
    /// Whether the ratings of overlap users beyond those are left out of training and test, in both domains; else they
    /// stay, as those of two people.
    pub discard_unlinked: bool,
    /// How often the measurement is repeated, with the seeds that follow `seed`; intervals then cover the seeds too.
    pub repeats: usize,
    /// Whether a last training on all ratings and all links makes the model that is kept and recommended from.
    pub train_on_everything: bool,
    /// A rating counts as relevant from here up, on the unit scale.
    pub relevance_threshold: f32,

    /// Embedding dimension k.
    pub dimension: usize,
    /// Where embeddings come from.
    pub embeddings: Embeddings,
    /// Standard deviation of learnt embeddings before training.
    pub embedding_deviation: f32,
    /// Whether embeddings are kept in the unit ball.
    pub unit_ball: bool,
    /// Which autoencoder makes codes.
    pub encoder: Encoder,
    /// Hidden layers of the encoder; the decoder mirrors them.
    pub autoencoder_hidden: Vec<usize>,
    /// Epochs of each autoencoder.
    pub autoencoder_epochs: usize,
    /// Step size of the autoencoders.
    pub autoencoder_learning_rate: f32,

    /// What the recommendation networks are.
    pub network: Network,
    /// Hidden layers of the recommendation networks.
    pub recommender_hidden: Vec<usize>,
    /// Dropout after each hidden layer of the recommendation networks.
    pub dropout: f32,
    /// Whether ⟨u, v⟩ is added to the network's output.
    pub dot_product: bool,
    /// Whether predictions start from mean, user bias and item bias.
    pub bias: bool,
    /// Whether a training row sees biases without itself.
    pub leave_one_out: bool,
    /// Whether biases and counts are inputs of the network.
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

    /// Order of the passes.
    pub schedule: Schedule,
    /// The cross-domain step.
    pub cross_step: CrossStep,
    /// Factor of the cross-domain loss.
    pub cross_weight: f32,
    /// How X is learnt.
    pub mapping_update: MappingUpdate,
    /// How X is made orthogonal after a gradient step.
    pub orthogonalisation: Orthogonalisation,
    /// What the mapping's gradient steps are made with.
    pub mapping_optimiser: MappingOptimiser,
    /// Step size of the mapping's gradient steps.
    pub mapping_learning_rate: f32,
    /// Factor of the pair loss ‖X u_A − u_B‖² on learnt embeddings; 0 for none.
    pub pair_weight: f32,
    /// Whether warm users' predictions are mixed with those through the map, by a weight chosen on validation.
    pub mix: bool,

    /// Sweeps of the Bayesian model's chain.
    pub sweeps: usize,
    /// Chains of it, whose draws are taken together.
    pub chains: usize,
    /// Sweeps at the start of which no draw is kept.
    pub burn_in: usize,
    /// Every how manieth sweep behind the burn-in is kept as a draw.
    pub thinning: usize,
    /// Numbers of a vector in the Bayesian model: 8 or 16; less counts as 8, what lies between as 16.
    pub bayes_dimension: usize,

    /// Rows a step.
    pub batch: usize,
    /// Step size of Adam.
    pub learning_rate: f32,
    /// Which rows of the embedding tables a step of Adam updates.
    pub updated_rows: UpdatedRows,
    /// Penalty per row of the embedding tables (see recipe R).
    pub row_l2: f32,
    /// L2 of the recommendation networks' weights.
    pub weight_decay: f32,
    /// Most epochs.
    pub epochs: usize,
    /// Without patience, stop when the training loss has changed by less than this in each of three epochs; it is
    /// measured without dropout, on a fixed sample of the training rows.
    pub tolerance: f32,
    /// Stop after so many epochs without a better validation error, and return to the best; null for never.
    pub patience: Option<usize>,
}

impl Config {
    /// Whether vectors are codes, which autoencoders have to make first, where the data has what they are made of.
    pub fn has_codes(&self) -> bool {
        self.embeddings != Embeddings::Learnt
    }

    /// Sets one field from text, as in `--set batch=64`; enums by their kebab-case names, lists as `[32,16]`,
    /// `null` for none.
    ///
    /// # Errors
    /// When the field is not known, with the nearest that is, or the value does not fit it, with what does. Ranges are
    /// left to [`Config::check`].
    pub fn set(&mut self, field: &str, value: &str) -> Result<()> {
        self.assign(field, serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.into())))
    }

    /// Reads settings from JSON; absent fields keep the robust preset's values, `"preset": "paper"` starts from
    /// the paper's.
    ///
    /// # Errors
    /// When the text is no JSON object, a field is unknown or a value does not fit.
    pub fn from_json(text: &str) -> Result<Self> {
        let mut fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|e| Error::setting("config", e.to_string()))?;
        let mut config = match fields.remove("preset") {
            Some(name) => Self::preset(name.as_str().unwrap_or_default())?,
            None => Self::default(),
        };
        for (field, value) in fields {
            config.assign(&field, value)?;
        }
        Ok(config)
    }

    /// All values by name, as JSON and `set` write them: single precision as the shortest decimal, 0.1 for 0.1.
    ///
    /// # Errors
    /// Never in practice: names are texts and values plain.
    pub fn values(&self) -> Result<Map<String, Value>> {
        let text = serde_json::to_string(self).map_err(|e| Error::setting("config", e.to_string()))?;
        serde_json::from_str(&text).map_err(|e| Error::setting("config", e.to_string()))
    }

    fn assign(&mut self, name: &str, value: Value) -> Result<()> {
        let field = schema::find(name)?;
        let unfit = Error::setting(name, format!("{value} does not fit; use {}", field.allowed()));
        let mut all = self.values()?;
        all.insert(name.into(), value);
        match serde_json::from_value(Value::Object(all)) {
            // An infinity would be lost in the JSON of the next assignment.
            Ok(next) if field.is_finite(&next) => *self = next,
            _ => return Err(unfit),
        }
        Ok(())
    }

    /// Whether anything is decided by validation rows; otherwise none are set aside.
    pub fn uses_validation(&self) -> bool {
        self.patience.is_some() || self.mix
    }
}
