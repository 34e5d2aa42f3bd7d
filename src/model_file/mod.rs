//! A trained model of any kind and the data that recommendations need, as one file: what `train --out` writes, the page
//! saves and `recommend` reads. A file may come from anywhere: what [`read`] gives can be recommended from without looking
//! at it again.
//!
//! The file is a safetensors container. Its texts (`__metadata__`) are `format`, `version`, `model` (the name in the list of
//! models), `settings`, `trained` (the scales that predictions from 0 to 1 stand for, and how many ratings were trained on),
//! `world` (names, scales, ids, titles) and `scalars` (those of the model), all but the first three as JSON. Its tensors are
//! `ratings.D.users`, `.items` and `.values` of every domain D, and `model.…`, what the model consists of. Python opens it:
//!
//! ```text
//! from safetensors import safe_open
//! with safe_open("model.safetensors", "np") as file:
//!     print(file.metadata()["model"], file.get_tensor("model.0.user_embeddings").shape)
//! ```
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
//! let trained = study.kept();
//! let read = model_file::read("model.safetensors", &model_file::write(&trained)?)?;
//! assert_eq!((read.name, &*read.world.domains[1].name), ("dml", "films"));
//! let (users, items) = ([UserId(3)], [ItemId(7)]);
//! assert_eq!(read.model.predict(0, &users, &items), trained.model.predict(0, &users, &items));
//! assert!(model_file::read("notes.txt", b"no model").is_err());
//! # Ok::<(), dual_metric::error::Error>(())
//! ```

mod container;
mod json;
#[cfg(test)]
mod tests;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::data::{Scale, World};
use crate::error::{Error, Result};
use crate::recommender::Trained;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::settings::Config;
use crate::{dml, peers};
use world::DomainFile;

/// The name of a model's file.
pub const NAME: &str = "model.safetensors";

/// The name of the file of versions 3 and 4.
pub const FORMER_NAME: &str = "model.json";

const FORMAT: &str = "dual-metric model";
/// 3 and 4 were JSON. 5: any model, in safetensors.
const VERSION: u32 = 5;
/// Versions of the JSON that are read.
const JSON: [u32; 2] = [3, 4];

/// Characters of what is wrong that are told; ids in a file can be of any length.
const MOST_TOLD: usize = 240;

/// What every JSON file begins with.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
    version: Option<u32>,
}

/// What the model has seen, so that nobody takes the model of a measurement for one that knows all there is.
#[derive(Serialize, Deserialize)]
struct TrainedOn {
    /// By domain, what predictions from 0 to 1 stand for.
    scales: Vec<Scale>,
    /// Ratings by domain.
    ratings: Vec<usize>,
    /// Whether these are all that the file lists.
    all_ratings: bool,
}

/// The bytes of a model's file; equal models are equal bytes.
///
/// # Errors
/// When nothing is learnt yet, or the training has run away: a number is not finite or so large that [`read`] would refuse
/// it.
pub fn write(trained: &Trained) -> Result<Vec<u8>> {
    let runaway = |what: String| Error::file("model", told(&what), "Train again with a lower learning rate");
    let Trained { world, name, settings, scales, ratings, model } = trained;
    let saved = model.saved()?;
    // What would not be read is not written.
    load(name, world, scales, saved.clone()).map_err(runaway)?;
    let domains: Vec<DomainFile> = world.domains.iter().map(DomainFile::new).collect();
    let trained_on =
        TrainedOn { scales: scales.clone(), ratings: ratings.clone(), all_ratings: trained.knows_all() };
    let texts = BTreeMap::from([
        ("format".into(), FORMAT.into()),
        ("version".into(), VERSION.to_string()),
        ("model".into(), (*name).to_owned()),
        ("settings".into(), text(&settings.as_ref().map(|settings| &**settings))?),
        ("trained".into(), text(&trained_on)?),
        ("world".into(), text(&domains)?),
        ("scalars".into(), text(&saved.scalars)?),
    ]);
    let mut all = Saved::default();
    for (d, domain) in world.domains.iter().enumerate() {
        let mut ratings = Saved::default();
        world::put_ratings(d, &domain.ratings, &mut ratings);
        all.put_part("ratings", ratings);
    }
    all.put_part("model", Saved { scalars: serde_json::Map::new(), ..saved });
    container::pack(&texts, &all.tensors).map_err(runaway)
}

/// Reads what [`write()`] wrote, and `model.json` of versions 3 and 4.
///
/// # Errors
/// In one line that names the file, when the bytes are not such a file, when a number is not finite or out of its range,
/// and when its parts do not fit together.
pub fn read(name: &str, bytes: &[u8]) -> Result<Trained> {
    let broken =
        |what: String| Error::file(name, told(&what), "Write the model again with dual-metric train --out");
    let is_container = container::is_one(bytes);
    if is_container { from_container(bytes) } else { from_json(bytes) }.map_err(broken)
}

fn from_container(bytes: &[u8]) -> Checked<Trained> {
    let (texts, tensors) = container::unpack(bytes)?;
    let text = |name: &str| {
        texts
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| format!("this is no model of dual-metric: it says no {name}"))
    };
    if text("format")? != FORMAT {
        return Err("this is no model of dual-metric".into());
    }
    let version = text("version")?;
    if version != VERSION.to_string() {
        return Err(other_version(version));
    }
    let entry = peers::find(text("model")?).map_err(|error| error.to_string())?;
    let parsed: Option<serde_json::Value> = parsed_as("settings", text("settings")?)?;
    let settings = parsed.map(|settings| Config::from_json(&settings.to_string()).and_then(Config::check));
    let settings = settings.transpose().map_err(|error| error.to_string())?;
    let TrainedOn { scales, ratings, all_ratings } = parsed_as("trained", text("trained")?)?;
    let domains: Vec<DomainFile> = parsed_as("world", text("world")?)?;
    let nowhere = World::default();
    let mut all = Parts::new(&nowhere, &[], Saved { tensors, scalars: serde_json::Map::new() });
    let mut of_world = all.part("ratings");
    let world = Arc::new(world::world(domains, &mut of_world)?);
    of_world.end()?;
    let saved =
        Saved { tensors: all.part("model").tensors(), scalars: parsed_as("scalars", text("scalars")?)? };
    all.end()?;
    let fits = |list: usize| list == world.domains.len();
    if !(fits(scales.len()) && fits(ratings.len())) {
        return Err("what it was trained on is not of as many domains as it has".into());
    }
    let known = world.domains.iter().zip(&scales).zip(&ratings);
    for ((domain, scale), &seen) in known {
        if !(domain.scale.contains(scale.lo) && domain.scale.contains(scale.hi)) {
            return Err(format!(
                "domain {:?}: the model's rating scale is not within that of the ratings",
                domain.name
            ));
        }
        if seen > domain.ratings.len() {
            return Err(format!("domain {:?}: it was trained on more ratings than there are", domain.name));
        }
    }
    let model = load(entry.name, &world, &scales, saved)?;
    let trained = Trained { world, name: entry.name, settings, scales, ratings, model };
    match trained.knows_all() == all_ratings {
        true => Ok(trained),
        false => Err("what it was trained on contradicts the ratings".into()),
    }
}

fn from_json(bytes: &[u8]) -> Checked<Trained> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let head: Head = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if head.format.as_deref() != Some(FORMAT) {
        return Err("this is no model of dual-metric".into());
    }
    match head.version {
        Some(version) if JSON.contains(&version) => (),
        Some(version) => return Err(other_version(&version.to_string())),
        None => return Err("this is a model of no version".into()),
    }
    let file: json::ModelFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let json::Laid { world, scales, ratings, saved } = file.laid()?;
    let name = dml::ENTRY.name;
    let model = load(name, &world, &scales, saved)?;
    Ok(Trained { world: world.into(), name, settings: None, scales, ratings, model })
}

/// The model of a name from its parts, of which none may be left.
fn load(
    name: &str,
    world: &World,
    scales: &[Scale],
    saved: Saved,
) -> Checked<Arc<dyn crate::recommender::Recommender>> {
    let entry = peers::find(name).map_err(|error| error.to_string())?;
    let mut parts = Parts::new(world, scales, saved);
    let model = (entry.load)(&mut parts)?;
    parts.end()?;
    Ok(model)
}

fn other_version(version: &str) -> String {
    let [first, last] = JSON;
    format!(
        "this is a model of version {version}, and versions {first} to {last} (JSON) and {VERSION} are read here"
    )
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::file("model", error.to_string(), "Train again with a lower learning rate"))
}

fn parsed_as<T: DeserializeOwned>(name: &str, text: &str) -> Checked<T> {
    serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))
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
