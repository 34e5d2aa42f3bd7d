//! What there is to tune of each model: the settings that it reads, in ranges that are worth a try.
//!
//! Which settings a model reads stands in its [`Entry`](crate::recommender::Entry): `tests/tuned_settings.rs` trains every
//! model with each of them changed, and holds the list to what changes a prediction. Not tuned are settings of what is measured, of how long is trained, and
//! those that only feature tables, another network or another encoder bring in.

use serde_json::Value;

use super::space::{Parameter, Point, Space};
use crate::error::{Error, Result};
use crate::peers;
use crate::settings::{Config, FIELDS, Field, Kind};

/// A setting with the range that is worth a try; all of these within what the setting may be, and most within a factor of
/// ten or thirty around what is known to work.
struct Tuned {
    name: &'static str,
    lo: f64,
    hi: f64,
    is_log: bool,
}

/// Whole numbers of which only some are told apart, as texts.
const STEPS: &[(&str, &[&str])] = &[("bayes_dimension", &["8", "16"])];

const fn number(name: &'static str, lo: f64, hi: f64) -> Tuned {
    Tuned { name, lo, hi, is_log: true }
}

const TUNED: &[Tuned] = &[
    number("learning_rate", 3e-4, 3e-2),
    number("row_l2", 0.1, 30.0),
    number("dimension", 4.0, 64.0),
    Tuned { is_log: false, ..number("dropout", 0.0, 0.5) },
    number("weight_decay", 1e-7, 1e-3),
    number("embedding_deviation", 0.003, 0.3),
    number("cross_weight", 0.03, 3.0),
    number("pair_weight", 0.03, 3.0),
    number("batch", 128.0, 4096.0),
    number("bayes_dimension", 8.0, 16.0),
];

/// The settings of a model that can be tuned, with their ranges.
///
/// # Errors
/// When there is no such model, or it reads none of them, as the baselines.
///
/// # Examples
/// ```
/// use dual_metric::lab::tune::settings_space;
///
/// let names: Vec<String> = settings_space("dml")?.parameters().iter().map(|one| one.name.clone()).collect();
/// assert!(names.contains(&"learning_rate".to_string()) && !names.contains(&"bayes_dimension".to_string()));
/// assert!(settings_space("bias").is_err());
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn settings_space(model: &str) -> Result<Space> {
    let entry = peers::find(model)?;
    let parameters: Vec<Parameter> =
        TUNED.iter().filter(|tuned| entry.reads.contains(&tuned.name)).filter_map(parameter).collect();
    if parameters.is_empty() {
        return Err(Error::setting(
            "tune",
            format!("{model} reads no setting that is tuned; tune another model"),
        ));
    }
    Space::new(parameters)
}

fn parameter(tuned: &Tuned) -> Option<Parameter> {
    let Tuned { name, lo, hi, is_log, .. } = *tuned;
    if let Some((_, steps)) = STEPS.iter().find(|(other, _)| *other == name) {
        return Some(Parameter::choice(name, steps));
    }
    let field: &Field = FIELDS.iter().find(|field| field.name == name)?;
    match field.kind {
        Kind::Whole { .. } => Some(Parameter::whole(name, lo as u32, hi as u32, is_log)),
        Kind::Number { .. } => Some(Parameter::number(name, lo, hi, is_log)),
        // What has no range is chosen, not tuned.
        _ => None,
    }
}

/// The point of settings in a space; what lies outside of a range comes to its end.
///
/// # Errors
/// When the space has a parameter that is no setting.
pub fn point_of(space: &Space, config: &Config) -> Result<Point> {
    let values = config.values()?;
    let value = |parameter: &Parameter| {
        let value = values.get(&parameter.name);
        let value = value.ok_or_else(|| Error::setting(&parameter.name, "there is no such setting"))?;
        let place = match (&parameter.values, value) {
            (super::Values::Choice { names }, value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
                names.iter().position(|name| *name == text).map(|place| place as f64)
            }
            (_, Value::Number(number)) => number.as_f64(),
            _ => None,
        };
        let place =
            place.ok_or_else(|| Error::setting(&parameter.name, format!("{value} can't be tuned")))?;
        Ok(parameter.at_share(parameter.unit(place)))
    };
    Ok(Point(space.parameters().iter().map(value).collect::<Result<_>>()?))
}

/// The settings with those of a point in their place.
///
/// # Errors
/// When the space has a parameter that is no setting, or a value does not fit it.
pub fn with_point(space: &Space, point: &Point, config: &Config) -> Result<Config> {
    let mut config = config.clone();
    for (name, value) in space.named(point) {
        config.set(&name, &value)?;
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_lies_within_what_the_setting_may_be_and_holds_the_default() {
        let defaults = Config::robust().values().unwrap();
        for tuned in TUNED {
            let field = FIELDS.iter().find(|field| field.name == tuned.name).unwrap();
            let (lo, hi) = match field.kind {
                Kind::Whole { lo, hi, .. } => (lo as f64, hi.unwrap() as f64),
                Kind::Number { range, .. } => (range.lo, range.hi),
                _ => panic!("{} has no range", tuned.name),
            };
            assert!(lo <= tuned.lo && tuned.hi <= hi, "{}", tuned.name);
            let default = defaults[tuned.name].as_f64().unwrap();
            assert!((tuned.lo..=tuned.hi).contains(&default), "{}: {default}", tuned.name);
        }
        let known = |name: &&str| TUNED.iter().any(|tuned| tuned.name == *name);
        assert!(peers::MODELS.iter().all(|entry| entry.reads.iter().all(known)));
    }

    #[test]
    fn settings_come_back_from_their_point() {
        let space = settings_space("averaged").unwrap();
        let config = Config { learning_rate: 5e-3, dropout: 0.25, bayes_dimension: 16, ..Config::robust() };
        let point = point_of(&space, &config).unwrap();
        assert_eq!(with_point(&space, &point, &config).unwrap(), config);
        let other = with_point(&space, &point, &Config::robust()).unwrap();
        assert_eq!((other.learning_rate, other.dropout, other.bayes_dimension), (5e-3, 0.25, 16));
        // Beyond the range is its end.
        let far = point_of(&space, &Config { learning_rate: 0.1, ..Config::robust() }).unwrap();
        assert_eq!(with_point(&space, &far, &Config::robust()).unwrap().learning_rate, 0.03);
    }

    #[test]
    fn the_baselines_have_nothing_to_tune_and_an_unknown_model_is_refused() {
        let message = |model| settings_space(model).unwrap_err().to_string();
        assert!(message("bias").contains("bias reads no setting that is tuned"));
        assert!(message("oracle").contains("there is no \"oracle\""));
    }
}
