//! A trained model and the data that recommendations need, as one JSON text: what `train --out` writes, the page
//! exports and `recommend` reads. A file may come from anywhere: what [`read`] gives can be recommended from without
//! looking at it again.
//!
//! # Examples
//! ```
//! use std::sync::Arc;
//!
//! use dual_metric::data::{ItemId, UserId, sample};
//! use dual_metric::engine::Device;
//! use dual_metric::lab::{Study, TransferStudy};
//! use dual_metric::model_file;
//! use dual_metric::settings::Config;
//!
//! let config = Config { epochs: 1, train_on_everything: false, ..Config::robust() }.check()?;
//! let world = Arc::new(sample(1).world);
//! let mut study = pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new()))?;
//! pollster::block_on(study.finish(&mut |_| {}))?;
//! if let Some(trained) = study.kept_dml() {
//!     let text = model_file::write(study.world(), trained)?;
//!     let (world, model) = model_file::read("model.json", &text)?;
//!     assert_eq!(world.domains[1].name, "films");
//!     let (users, items) = ([UserId(3)], [ItemId(7)]);
//!     assert_eq!(model.predict(0, &users, &items), trained.predict(0, &users, &items));
//! }
//! assert!(model_file::read("notes.txt", "no model").is_err());
//! # Ok::<(), dual_metric::error::Error>(())
//! ```

mod file;
mod interaction;
mod network;
mod numbers;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use crate::data::World;
use crate::dml::Dml;
use crate::error::{Error, Result};
use file::ModelFile;

const FORMAT: &str = "dual-metric model";
/// 2: the given inputs of the networks lie in another order than in 1. 3: the file says what the model was trained on.
const VERSION: u32 = 3;
/// 4: networks that are no MLP. All others are still written as 3, which programs from before read.
const WITH_INTERACTION: u32 = 4;

/// Characters of what is wrong that are told; ids in a file can be of any length.
const MOST_TOLD: usize = 240;

/// What every version of the file begins with.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u32>,
}

/// The text of a model.
///
/// # Errors
/// When the training has run away: a number is not finite or so large that [`read`] would refuse it.
pub fn write(world: &World, model: &Dml) -> Result<String> {
    let runaway = |what: String| Error::file("model", told(&what), "Train again with a lower learning rate");
    let has_interaction = model.domains.iter().any(|domain| domain.interaction.is_some());
    let version = if has_interaction { WITH_INTERACTION } else { VERSION };
    let file = ModelFile::new(FORMAT, version, world, model).map_err(runaway)?;
    serde_json::to_string(&file).map_err(|error| runaway(error.to_string()))
}

/// Reads what [`write()`] wrote.
///
/// # Errors
/// In one line that names the file, when the text is not such a file, when a number is not finite or out of its range,
/// and when its parts do not fit together.
pub fn read(name: &str, text: &str) -> Result<(World, Dml)> {
    let broken =
        |what: String| Error::file(name, told(&what), "Write the model again with dual-metric train --out");
    let head: Head = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err(broken("this is no model of dual-metric".into()));
    }
    if !head.version.is_some_and(|version| (VERSION..=WITH_INTERACTION).contains(&version)) {
        let version = head.version.map_or("no version".into(), |version| format!("version {version}"));
        return Err(broken(format!(
            "this is a model of {version}, and versions {VERSION} and {WITH_INTERACTION} are read here"
        )));
    }
    let file: ModelFile = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    file.parts().map_err(broken)
}

/// What is wrong as a part of one line of moderate length, whatever stands in the file.
fn told(what: &str) -> String {
    let mut line: String =
        what.chars().take(MOST_TOLD).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if what.chars().nth(MOST_TOLD).is_some() {
        line.push('…');
    }
    line
}
