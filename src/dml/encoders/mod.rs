//! The autoencoders that give the vectors of a side (paper 3.1; which of them, 6.5): the paper's choice by `encoder`, each
//! trained on the same rows with the same layers. What is frozen for the recommenders is always the deterministic code, within
//! the unit ball where the settings say so.
//!
//! The plain autoencoder trains on the fused engine. The others have random codes, second networks or losses between rows,
//! which are no terms of a training graph: they train with burn's automatic differentiation, on the CPU or on WebGPU.

#[cfg(feature = "reference")]
mod bessel;
#[cfg(feature = "reference")]
mod gaussian;
#[cfg(feature = "reference")]
mod layers;
#[cfg(feature = "reference")]
mod maximum_mean_discrepancy;
#[cfg(feature = "reference")]
mod regularised;
#[cfg(feature = "reference")]
mod von_mises_fisher;

use super::autoencoder::{Autoencoder, Codes, Input};
use crate::engine::Device;
use crate::error::Result;
use crate::recommender::Work;
use crate::settings::{Encoder, ValidConfig};

/// An encoder in the list of all of them.
pub struct Description {
    /// The setting that chooses it.
    pub encoder: Encoder,
    /// What its codes are kept near to, in a line.
    pub description: &'static str,
    /// The paper that it is from.
    pub source: &'static str,
}

/// All encoders, the paper's own first.
pub const ENCODERS: [Description; 5] = [
    Description {
        encoder: Encoder::Ae,
        description: "Reconstruction alone",
        source: "Li and Tuzhilin, Dual Metric Learning, Eq. 2; Sutskever et al. (2014)",
    },
    Description {
        encoder: Encoder::Vae,
        description: "Variational: a code is a normal distribution, kept near N(0, I) by its divergence",
        source: "Kingma and Welling, Auto-Encoding Variational Bayes (2013)",
    },
    Description {
        encoder: Encoder::Aae,
        description: "Adversarial: a second network must not tell codes from draws of N(0, I)",
        source: "Makhzani et al., Adversarial Autoencoders (2015)",
    },
    Description {
        encoder: Encoder::Wae,
        description: "Wasserstein: all codes together are kept near N(0, I) by their mean discrepancy",
        source: "Tolstikhin et al., Wasserstein Auto-Encoders (2018)",
    },
    Description {
        encoder: Encoder::Hvae,
        description: "Hyperspherical: a code is a von Mises-Fisher distribution, kept near the uniform one on the sphere",
        source: "Davidson et al., Hyperspherical Variational Auto-Encoders (2018)",
    },
];

/// The training of one side's encoder, some batches at a time.
pub(super) trait SideEncoder {
    /// Share of the training that is done, 0 to 1.
    fn fraction(&self) -> f32;

    /// Whether all epochs are done.
    fn is_done(&self) -> bool;

    /// Some batches. Gives the mean reconstruction loss of an epoch that they ended.
    ///
    /// # Errors
    /// When the loss is no longer finite, or the device was lost.
    fn advance(&mut self) -> Work<'_, Option<f32>>;

    /// The codes of all rows, `[rows, k]`.
    ///
    /// # Errors
    /// When the device was lost.
    fn codes(&self, unit_ball: bool) -> Work<'_, Codes>;
}

impl SideEncoder for Autoencoder {
    fn fraction(&self) -> f32 {
        Self::fraction(self)
    }

    fn is_done(&self) -> bool {
        Self::is_done(self)
    }

    fn advance(&mut self) -> Work<'_, Option<f32>> {
        Box::pin(Self::advance(self))
    }

    fn codes(&self, unit_ball: bool) -> Work<'_, Codes> {
        Box::pin(Self::codes(self, unit_ball))
    }
}

/// The untrained encoder that the settings name; `purpose` names its stream of random numbers.
///
/// # Errors
/// When the device refuses, or this program was built without what the encoder trains with.
pub(super) fn open(
    input: Input,
    config: &ValidConfig,
    device: &Device,
    purpose: &str,
) -> Result<Box<dyn SideEncoder>> {
    if config.encoder == Encoder::Ae {
        return Ok(Box::new(Autoencoder::new(input, config, device, purpose)?));
    }
    #[cfg(feature = "reference")]
    return Ok(Box::new(regularised::Regularised::new(input, config, device, purpose)));
    #[cfg(not(feature = "reference"))]
    Err(crate::error::Error::setting(
        "encoder",
        "this program is built without burn, which all encoders but ae train with; use ae, or the command line",
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::sample;
    use crate::dml;
    use crate::recommender::{Assignment, Recommender, Stopping};
    use crate::settings::{Config, Embeddings, FIELDS, Kind};
    use crate::split::{Split, Training};

    /// A short training on the sample with an encoder's codes: its predictions for the validation rows of the first domain,
    /// their error, and the mean's.
    fn trained(encoder: Encoder) -> Result<(Vec<f32>, f64, f64)> {
        let config = Config {
            encoder,
            embeddings: Embeddings::Features,
            autoencoder_epochs: 5,
            unit_ball: true,
            epochs: 3,
            ..Config::robust()
        };
        let config = config.check()?;
        let world = Arc::new(sample(5).world);
        let split = Arc::new(Split::new(&world, &config)?);
        let training = Training::new(world, split);
        let (rows, mean) = (training.validation(0), training.rows(0).mean());
        let watched = vec![Vec::new()];
        let assignment =
            Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own };
        let mut fit = pollster::block_on((dml::ENTRY.begin)(assignment))?;
        while !fit.is_done() {
            pollster::block_on(fit.advance(&mut |_| ()))?;
        }
        let model: Arc<dyn Recommender> = fit.model();
        let predictions = model.predict(0, &rows.users, &rows.items);
        let floor = crate::metrics::rmse(&vec![mean; rows.len()], &rows.targets)?;
        let error = crate::metrics::rmse(&predictions, &rows.targets)?;
        Ok((predictions, error, floor))
    }

    #[cfg(feature = "reference")]
    #[test]
    fn recommenders_train_on_the_codes_of_every_encoder() {
        let mut all: Vec<Vec<f32>> = Vec::new();
        for Description { encoder, .. } in ENCODERS {
            let (predictions, error, floor) = trained(encoder).unwrap();
            assert!(error < floor, "{encoder:?}: {error} {floor}");
            assert!(all.iter().all(|others| *others != predictions), "{encoder:?} is another encoder's");
            all.push(predictions);
        }
    }

    #[cfg(not(feature = "reference"))]
    #[test]
    fn without_burn_every_encoder_but_the_plain_one_is_refused_in_a_line() {
        assert!(trained(Encoder::Ae).is_ok());
        for Description { encoder, .. } in ENCODERS.into_iter().skip(1) {
            let message = trained(encoder).unwrap_err().to_string();
            assert!(message.starts_with("setting encoder: this program is built without burn"), "{message}");
        }
    }

    #[test]
    fn the_list_has_every_choice_of_the_setting_once() {
        let field = FIELDS.iter().find(|field| field.name == "encoder").unwrap();
        let Kind::Choice(names) = field.kind else { panic!("encoder is no choice") };
        let listed: Vec<String> = (ENCODERS.iter())
            .map(|entry| serde_json::to_value(entry.encoder).unwrap().as_str().unwrap().into())
            .collect();
        assert_eq!(listed, names);
        assert!(ENCODERS.iter().all(|entry| !entry.description.is_empty() && !entry.source.is_empty()));
    }
}
