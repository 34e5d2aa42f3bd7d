//! Figures that a paper can print, as values: an experiment fills a [`Figure`], the page and the command line draw it with
//! the same code, and the table behind it comes from the same points. Knows neither models nor the laboratory. At the
//! page's border its types have `Figure` before their names, which others have there.

mod axis;
mod drawing;
mod panel;
mod series;
mod table;

pub use axis::{Axis, Scale, Tick};
pub use drawing::{Look, Theme, shown};
pub use panel::Panel;
pub use series::{Mark, Point, Role, Series};
pub use table::{Cell, Column, Table};

use serde::{Deserialize, Serialize};

/// A figure: panels side by side, what they show in a sentence, and the numbers behind them.
///
/// # Examples
/// ```
/// use dual_metric::figure::{Axis, Figure, Panel, Role, Series};
///
/// let errors = Series::line("dml", Role::Model).spread(8.0, 0.91, 0.90, 0.92).spread(64.0, 0.88, 0.87, 0.89);
/// let bias = Series::level("bias model", 0.93);
/// let books = Panel::new("books", Axis::logarithmic("People in both"), Axis::linear("RMSE").unit("stars"))
///     .with(errors)
///     .with(bias);
/// let figure = Figure::new("overlap", "Test error by people in both").with(books).finding("It falls.");
/// assert_eq!(figure.table().rows.len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "PaperFigure"))]
pub struct Figure {
    /// What its files are called, in lower case without blanks: `overlap`.
    pub name: String,
    /// What it shows, above it.
    pub title: String,
    /// Its panels in reading order, usually one a domain; they wrap where the width does not hold them.
    pub panels: Vec<Panel>,
    /// Whether all panels have the range of all their numbers on the axis of values; else each has that of its own.
    pub is_one_range: bool,
    /// What the numbers say, in one sentence, below it; empty for nothing.
    pub finding: String,
    /// Where the numbers come from, a line each: program, data, settings, seeds.
    pub provenance: Vec<String>,
    /// The table behind it where the points do not say all; `None` for the table of the points.
    pub own_table: Option<Table>,
}

impl Figure {
    /// A figure without panels.
    pub fn new(name: &str, title: &str) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            panels: Vec::new(),
            is_one_range: false,
            finding: String::new(),
            provenance: Vec::new(),
            own_table: None,
        }
    }

    /// The same with one more panel.
    #[must_use]
    pub fn with(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }

    /// The same with a sentence below it.
    #[must_use]
    pub fn finding(mut self, finding: &str) -> Self {
        self.finding = finding.into();
        self
    }

    /// The table behind it: its own, or a row a point in the order of panels and series, with the columns `panel, series,
    /// role, x, y, low, high` under the names of the first panel's axes.
    pub fn table(&self) -> Table {
        self.own_table.clone().unwrap_or_else(|| Table::of_points(self))
    }
}

#[cfg(test)]
mod tests;
