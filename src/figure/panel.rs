//! One panel of a figure: two axes and what is drawn between them.

use serde::{Deserialize, Serialize};

use super::{Axis, Series};

/// A panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigurePanel"))]
pub struct Panel {
    /// What it is of, usually the name of a domain; empty for nothing.
    pub title: String,
    /// The axis along the bottom; names that do not fit there stand down the left, and the panel is turned with them.
    pub x: Axis,
    /// The axis of values: linear or logarithmic.
    pub y: Axis,
    /// In the order of the legend. The same name in several panels is the same series.
    pub series: Vec<Series>,
}

impl Panel {
    /// A panel with nothing in it.
    pub fn new(title: &str, x: Axis, y: Axis) -> Self {
        Self { title: title.into(), x, y, series: Vec::new() }
    }

    /// The same with one more series.
    #[must_use]
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }
}
