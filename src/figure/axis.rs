//! What an axis says: its quantity, its unit, and how numbers lie along it.

use serde::{Deserialize, Serialize};

/// How numbers lie along an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureScale"))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Scale {
    /// Equal steps are equally far.
    Linear,
    /// Equal ratios are equally far. Zero stands at the lower end, behind a break of the axis; numbers below zero are
    /// left out.
    Logarithmic,
    /// Names in a row; the number of a point is the place of its name, from 0. Axes along the bottom alone.
    Category {
        /// The names.
        names: Vec<String>,
    },
}

/// A place on an axis that is marked by a text of its own, as "all" for the largest number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureTick"))]
pub struct Tick {
    /// Where.
    pub at: f64,
    /// Its text.
    pub text: String,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureAxis"))]
pub struct Axis {
    /// The quantity, with a capital letter: `People in both`.
    pub label: String,
    /// Its unit, shown in brackets behind the label; `None` for a number without one.
    pub unit: Option<String>,
    /// How numbers lie along it.
    pub scale: Scale,
    /// Marked places; empty where the drawing shall choose. Those that would overlap an earlier one are drawn without text.
    pub ticks: Vec<Tick>,
}

impl Axis {
    fn new(label: &str, scale: Scale) -> Self {
        Self { label: label.into(), unit: None, scale, ticks: Vec::new() }
    }

    /// An axis of equal steps.
    pub fn linear(label: &str) -> Self {
        Self::new(label, Scale::Linear)
    }

    /// An axis of equal ratios.
    pub fn logarithmic(label: &str) -> Self {
        Self::new(label, Scale::Logarithmic)
    }

    /// An axis of names.
    pub fn category<T: Into<String>>(label: &str, names: impl IntoIterator<Item = T>) -> Self {
        Self::new(label, Scale::Category { names: names.into_iter().map(Into::into).collect() })
    }

    /// The same in a unit: `stars`, `s`, `%`.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The same with one more marked place.
    #[must_use]
    pub fn tick(mut self, at: f64, text: &str) -> Self {
        self.ticks.push(Tick { at, text: text.into() });
        self
    }

    /// Label and unit, as `RMSE (stars)`.
    pub fn title(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.label),
            None => self.label.clone(),
        }
    }
}
