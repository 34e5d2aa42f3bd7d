//! Which settings may be trained with: every field within its range, and the combinations that go together.

use serde::Serialize;

use super::fields::{ADAM_STEPS, FIELDS};
use super::{Config, Encoder, MappingOptimiser, Network};
use crate::error::{Error, Result};

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

impl Config {
    /// Checks every range and every combination; only a checked configuration reaches the algorithm.
    ///
    /// # Errors
    /// The first setting that is out of its range or lacks another, by name.
    pub fn check(self) -> Result<ValidConfig> {
        // First, because a range that depends on another field is narrower than the field's own.
        self.check_combinations()?;
        FIELDS.iter().try_for_each(|field| field.check(&self))?;
        Ok(ValidConfig(self))
    }

    fn check_combinations(&self) -> Result<()> {
        if self.mapping_optimiser == MappingOptimiser::Adam {
            ADAM_STEPS.check("mapping_learning_rate", self.mapping_learning_rate)?;
        }
        if self.patience.is_some_and(|epochs| epochs > 0) && self.validation_fraction == 0.0 {
            return Err(Error::setting("patience", "needs a validation_fraction above 0, or null for none"));
        }
        if self.encoder == Encoder::Hvae && self.dimension < 2 {
            return Err(Error::setting(
                "encoder",
                "hvae needs a dimension of 2 or more; use another encoder",
            ));
        }
        if self.network == Network::Cnn && self.dimension < 3 {
            return Err(Error::setting("network", "cnn needs a dimension of 3 or more; use another network"));
        }
        if self.bias_inputs && !self.bias {
            return Err(Error::setting("bias_inputs", "needs bias = true"));
        }
        Ok(())
    }
}
