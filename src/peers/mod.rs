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
mod with_burn;

use crate::error::{Error, Result};
use crate::recommender::Entry;
use crate::settings::Config;
use crate::{baselines, dml};

/// All models, the program's own first. Those that train with burn are in the list of every build, and train where the
/// program is built with it ([`trains_here`]).
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
    &with_burn::CML,
    &with_burn::CCCFNET,
    &with_burn::CDFM,
    &with_burn::CONET,
    &with_burn::PTUPCDR,
    &with_burn::BITGCF,
];

/// Whether a model trains with burn whatever the settings are.
fn is_with_burn(name: &str) -> bool {
    with_burn::ENTRIES.iter().any(|entry| entry.name == name)
}

/// Whether this program, as it is built, can train a model with the settings that it comes with.
pub fn trains_here(entry: &Entry) -> bool {
    cfg!(feature = "reference") || !is_with_burn(entry.name)
}

/// Whether a training with these settings needs burn: because of the model, or in dual metric learning because of the
/// encoder or the network.
///
/// # Examples
/// ```
/// use dual_metric::peers::needs_burn;
/// use dual_metric::settings::{Config, Network};
///
/// assert!(!needs_burn(&Config::robust()) && !needs_burn(&Config { model: "cmf".into(), ..Config::robust() }));
/// assert!(needs_burn(&Config { model: "cml".into(), ..Config::robust() }));
/// // The average of dual metric learning and the Bayesian model, the default, has the network too.
/// assert!(needs_burn(&Config { network: Network::Rnn, ..Config::robust() }));
/// assert!(needs_burn(&Config { network: Network::Rnn, ..Config::default() }));
/// ```
pub fn needs_burn(config: &Config) -> bool {
    let has_recipe = [dml::ENTRY.name, dml::averaged::ENTRY.name].contains(&&*config.model);
    is_with_burn(&config.model) || (has_recipe && dml::needs_burn(config))
}

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
