//! Every model that can be trained: dual metric learning, its baselines and its peers. A peer is one file here and one
//! line in [`MODELS`]; the command line, the documentation and the contract test know it by that.

#[cfg(feature = "reference")]
mod bitgcf;
#[cfg(feature = "reference")]
mod cccfnet;
#[cfg(feature = "reference")]
mod cdfm;
mod cmf;
#[cfg(feature = "reference")]
mod cml;
#[cfg(feature = "reference")]
mod conet;
mod ddtcdr;
mod emcdr;
mod factorisation;
mod ncf;
#[cfg(test)]
mod planted;
#[cfg(feature = "reference")]
mod ptupcdr;
mod scaled_bias;

use crate::error::{Error, Result};
use crate::recommender::Entry;
use crate::{baselines, dml};

/// All models, the program's own first. Those that train with burn are there where the program is built with it.
pub const MODELS: &[&Entry] = &[
    &dml::ENTRY,
    &dml::averaged::ENTRY,
    &dml::bayes::ENTRY,
    &dml::factorisation::ENTRY,
    &baselines::MEAN,
    &baselines::ITEM_MEAN,
    &baselines::BIAS,
    &baselines::LINKED_BIAS,
    &scaled_bias::ENTRY,
    &cmf::ENTRY,
    &ncf::ENTRY,
    &ncf::JOINT,
    &emcdr::LINEAR,
    &emcdr::MLP,
    &ddtcdr::ENTRY,
    #[cfg(feature = "reference")]
    &cml::ENTRY,
    #[cfg(feature = "reference")]
    &cccfnet::ENTRY,
    #[cfg(feature = "reference")]
    &cdfm::ENTRY,
    #[cfg(feature = "reference")]
    &conet::ENTRY,
    #[cfg(feature = "reference")]
    &ptupcdr::ENTRY,
    #[cfg(feature = "reference")]
    &bitgcf::ENTRY,
];

/// The model of a name.
///
/// # Errors
/// When there is none of that name; the message lists those that there are.
///
/// # Examples
/// ```
/// use dual_metric::peers::find;
///
/// assert!(find("linked-bias")?.capabilities.crosses);
/// let message = find("oracle").map(|entry| entry.name).unwrap_err().to_string();
/// assert!(message.contains("there is no \"oracle\"; there are dml, averaged, bayes, dual-mf, mean"));
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn find(name: &str) -> Result<&'static Entry> {
    MODELS.iter().copied().find(|entry| entry.name == name).ok_or_else(|| {
        let names: Vec<&str> = MODELS.iter().map(|entry| entry.name).collect();
        Error::setting("model", format!("there is no {name:?}; there are {}", names.join(", ")))
    })
}
