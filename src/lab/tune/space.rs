//! What may be tuned: parameters of several kinds, each laid out over the unit interval.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Digits of a number that is tried: nobody sets 0.0021374.
const DIGITS: usize = 3;

/// What a parameter may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedValues"))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Values {
    /// A number, tried to three digits.
    Number {
        /// The smallest; above 0 with equal ratios.
        lo: f64,
        /// The largest.
        hi: f64,
        /// Whether equal ratios count as equal steps.
        is_log: bool,
    },
    /// A whole number.
    Whole {
        /// The smallest; above 0 with equal ratios.
        lo: u32,
        /// The largest.
        hi: u32,
        /// Whether equal ratios count as equal steps.
        is_log: bool,
    },
    /// One of some names, each as far from every other.
    Choice {
        /// The names, at least one.
        names: Vec<String>,
    },
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedParameter"))]
pub struct Parameter {
    /// Its name, that of a setting.
    pub name: String,
    /// What it may be.
    pub values: Values,
}

impl Parameter {
    /// A number from `lo` to `hi`.
    pub fn number(name: &str, lo: f64, hi: f64, is_log: bool) -> Self {
        Self { name: name.into(), values: Values::Number { lo, hi, is_log } }
    }

    /// A whole number from `lo` to `hi`.
    pub fn whole(name: &str, lo: u32, hi: u32, is_log: bool) -> Self {
        Self { name: name.into(), values: Values::Whole { lo, hi, is_log } }
    }

    /// One of some names.
    pub fn choice(name: &str, names: &[&str]) -> Self {
        let names = names.iter().map(ToString::to_string).collect();
        Self { name: name.into(), values: Values::Choice { names } }
    }

    /// The value at a share of its range, from 0 to 1: a number, or the place of a name in the list.
    pub fn at_share(&self, unit: f64) -> f64 {
        let unit = unit.clamp(0.0, 1.0);
        match &self.values {
            Values::Number { lo, hi, is_log } => short(between(*lo, *hi, *is_log, unit)).clamp(*lo, *hi),
            // Half a step more at both ends, so that they are tried as often as the rest.
            Values::Whole { lo, hi, is_log: false } => {
                let (lo, hi) = (f64::from(*lo), f64::from(*hi));
                libm::floor(lo + unit * (hi - lo + 1.0)).min(hi)
            }
            Values::Whole { lo, hi, is_log: true } => {
                libm::round(between(f64::from(*lo), f64::from(*hi), true, unit))
            }
            Values::Choice { names } => libm::floor(unit * names.len() as f64).min(names.len() as f64 - 1.0),
        }
    }

    /// The place of a value in the unit interval.
    pub(super) fn unit(&self, value: f64) -> f64 {
        let unit = match &self.values {
            Values::Number { lo, hi, is_log } => share(*lo, *hi, *is_log, value),
            Values::Whole { lo, hi, is_log: false } => {
                let (lo, hi) = (f64::from(*lo), f64::from(*hi));
                (value - lo + 0.5) / (hi - lo + 1.0)
            }
            Values::Whole { lo, hi, is_log: true } => share(f64::from(*lo), f64::from(*hi), true, value),
            Values::Choice { names } => (value + 0.5) / names.len() as f64,
        };
        unit.clamp(0.0, 1.0)
    }

    /// The square of the distance of two places: of names one, where they differ.
    pub(super) fn distance(&self, one: f64, other: f64) -> f64 {
        match self.values {
            Values::Choice { .. } => f64::from(u8::from(self.at_share(one) != self.at_share(other))),
            _ => (one - other) * (one - other),
        }
    }

    /// How many values there are; `None` for too many to list.
    pub(super) fn count(&self) -> Option<usize> {
        match &self.values {
            Values::Number { .. } => None,
            Values::Whole { lo, hi, .. } => Some((hi - lo) as usize + 1),
            Values::Choice { names } => Some(names.len()),
        }
    }

    /// A value as settings have it in text: `0.002`, `16`, `polar`.
    pub fn text(&self, value: f64) -> String {
        match &self.values {
            Values::Choice { names } => names.get(value as usize).cloned().unwrap_or_default(),
            _ => value.to_string(),
        }
    }

    fn check(&self) -> Result<()> {
        let is_right = match &self.values {
            Values::Number { lo, hi, is_log } => {
                lo.is_finite() && hi.is_finite() && lo < hi && (!is_log || *lo > 0.0)
            }
            Values::Whole { lo, hi, is_log } => lo < hi && (!is_log || *lo > 0),
            Values::Choice { names } => !names.is_empty(),
        };
        if is_right {
            return Ok(());
        }
        Err(Error::setting(
            &self.name,
            "has no range to be tuned in; use one from lo to a higher hi, with equal ratios from above 0",
        ))
    }
}

fn between(lo: f64, hi: f64, is_log: bool, unit: f64) -> f64 {
    if is_log {
        libm::exp(libm::log(lo) + unit * (libm::log(hi) - libm::log(lo)))
    } else {
        lo + unit * (hi - lo)
    }
}

fn share(lo: f64, hi: f64, is_log: bool, value: f64) -> f64 {
    if is_log {
        (libm::log(value.max(lo)) - libm::log(lo)) / (libm::log(hi) - libm::log(lo))
    } else {
        (value - lo) / (hi - lo)
    }
}

fn short(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

/// Values of all parameters of a space, in its order; of names their places in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedPoint"))]
#[serde(transparent)]
pub struct Point(pub Vec<f64>);

/// The parameters that are tuned together.
///
/// # Examples
/// ```
/// use dual_metric::lab::tune::{Parameter, Point, Space};
///
/// let rate = Parameter::number("learning_rate", 1e-4, 1e-1, true);
/// let space = Space::new(vec![rate, Parameter::choice("network", &["mlp", "rnn"])])?;
/// let named = space.named(&Point(vec![2e-3, 1.0]));
/// assert_eq!(named, [("learning_rate".into(), "0.002".into()), ("network".into(), "rnn".into())]);
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedSpace"))]
#[serde(transparent)]
pub struct Space(Vec<Parameter>);

impl Space {
    /// A space of these parameters.
    ///
    /// # Errors
    /// When there is none, or one has no range.
    pub fn new(parameters: Vec<Parameter>) -> Result<Self> {
        if parameters.is_empty() {
            return Err(Error::setting(
                "tune",
                "there is nothing to tune; choose a model that reads settings",
            ));
        }
        parameters.iter().try_for_each(Parameter::check)?;
        Ok(Self(parameters))
    }

    /// Its parameters.
    pub fn parameters(&self) -> &[Parameter] {
        &self.0
    }

    /// The settings of a point by name, as texts that [`crate::settings::Config::set`] takes.
    pub fn named(&self, point: &Point) -> Vec<(String, String)> {
        let pairs = self.0.iter().zip(&point.0);
        pairs.map(|(parameter, &value)| (parameter.name.clone(), parameter.text(value))).collect()
    }

    /// The point at a place of the unit cube.
    pub(super) fn at(&self, units: &[f64]) -> Point {
        Point(self.0.iter().zip(units).map(|(parameter, &unit)| parameter.at_share(unit)).collect())
    }

    /// The place of a point in the unit cube.
    pub(super) fn units(&self, point: &Point) -> Vec<f64> {
        self.0.iter().zip(&point.0).map(|(parameter, &value)| parameter.unit(value)).collect()
    }

    /// The place of the point that is at a place: where values are rounded, the model sees them rounded too
    /// (Garrido-Merchán and Hernández-Lobato, 2020).
    pub(super) fn snapped(&self, units: &[f64]) -> Vec<f64> {
        self.units(&self.at(units))
    }

    /// How many points there are; `None` for too many to list.
    pub(super) fn count(&self) -> Option<usize> {
        self.0.iter().try_fold(1_usize, |product, parameter| product.checked_mul(parameter.count()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_laid_out_by_hand() {
        let rate = Parameter::number("learning_rate", 1e-4, 1e-2, true);
        assert_eq!([rate.at_share(0.0), rate.at_share(0.5), rate.at_share(1.0)], [1e-4, 1e-3, 1e-2]);
        assert_eq!(rate.at_share(0.51), 1.05e-3, "to three digits");
        assert!((rate.unit(1e-3) - 0.5).abs() < 1e-12);
        let whole = Parameter::whole("epochs", 1, 4, false);
        assert_eq!([0.0, 0.24, 0.26, 0.74, 1.0].map(|unit| whole.at_share(unit)), [1.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(whole.unit(2.0), 0.375);
        let dimension = Parameter::whole("dimension", 4, 64, true);
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|unit| dimension.at_share(unit)), [4.0, 8.0, 16.0, 64.0]);
        let choice = Parameter::choice("network", &["mlp", "cnn", "rnn"]);
        assert_eq!([0.0, 0.3, 0.5, 1.0].map(|unit| choice.at_share(unit)), [0.0, 0.0, 1.0, 2.0]);
        assert_eq!(
            (choice.distance(0.1, 0.2), choice.distance(0.1, 0.9), whole.distance(0.0, 0.5)),
            (0.0, 1.0, 0.25)
        );
    }

    #[test]
    fn every_value_comes_back_from_its_place() {
        let parameters = [
            Parameter::number("a", 1e-6, 0.3, true),
            Parameter::number("b", -3.0, 7.0, false),
            Parameter::whole("c", 1, 1000, true),
            Parameter::whole("d", 0, 7, false),
            Parameter::choice("e", &["x", "y", "z"]),
        ];
        for parameter in &parameters {
            for n in 0..=200 {
                let value = parameter.at_share(f64::from(n) / 200.0);
                assert_eq!(parameter.at_share(parameter.unit(value)), value, "{}", parameter.name);
            }
        }
        let space = Space::new(parameters[3..].to_vec()).unwrap();
        assert_eq!(space.count(), Some(24));
        assert_eq!(Space::new(parameters.to_vec()).unwrap().count(), None);
    }

    #[test]
    fn a_space_without_range_is_refused() {
        for wrong in [
            Parameter::number("a", 1.0, 1.0, false),
            Parameter::number("a", 0.0, 1.0, true),
            Parameter::number("a", 0.0, f64::NAN, false),
            Parameter::whole("a", 3, 2, false),
            Parameter::choice("a", &[]),
        ] {
            assert!(Space::new(vec![wrong]).unwrap_err().to_string().starts_with("setting a: has no range"));
        }
        assert!(Space::new(Vec::new()).is_err());
    }
}
