//! The table behind a figure: rows of text and numbers, which `export` writes as CSV, Markdown and LaTeX.

use serde::{Deserialize, Serialize};

use super::{Figure, Mark, Panel, Point, Role, Scale};

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureColumn"))]
pub struct Column {
    /// Its head.
    pub name: String,
    /// Digits behind the point where people read it; `None` for the four that count. Programs get all digits.
    pub digits: Option<usize>,
}

/// A cell: `string | number | null` where it crosses a border.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureCell"))]
#[serde(untagged)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Nothing, where something was not measured.
    Nothing,
}

impl From<f64> for Cell {
    /// The number, or nothing where it is none.
    fn from(value: f64) -> Self {
        if value.is_finite() { Self::Number(value) } else { Self::Nothing }
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, Self::from)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// Columns and rows; every row has a cell a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureTable"))]
pub struct Table {
    /// The heads.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows, from heads and the digits that people read of each.
    pub fn new(columns: &[(&str, Option<usize>)]) -> Self {
        let column = |&(name, digits): &(&str, Option<usize>)| Column { name: name.into(), digits };
        Self { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row; it has a cell a column.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// A row a point.
    pub(super) fn of_points(figure: &Figure) -> Self {
        let first = figure.panels.first();
        let heads = [
            "Panel".into(),
            "Series".into(),
            "Role".into(),
            first.map_or("x".into(), |panel| panel.x.title()),
            first.map_or("y".into(), |panel| panel.y.title()),
            "Low".into(),
            "High".into(),
        ];
        let columns = heads.into_iter().map(|name| Column { name, digits: None }).collect();
        let rows = figure.panels.iter().flat_map(|panel| {
            panel.series.iter().flat_map(move |series| {
                series.points.iter().map(move |point| {
                    let place = if series.mark == Mark::Level { Cell::Nothing } else { place(panel, point) };
                    let role = match series.role {
                        Role::Model => "model",
                        Role::Control => "control",
                        Role::Baseline => "baseline",
                    };
                    vec![
                        panel.title.as_str().into(),
                        series.name.as_str().into(),
                        role.into(),
                        place,
                        point.y.into(),
                        point.low.into(),
                        point.high.into(),
                    ]
                })
            })
        });
        Self { columns, rows: rows.collect() }
    }
}

/// Where a point is, by name where the axis has names.
fn place(panel: &Panel, point: &Point) -> Cell {
    match &panel.x.scale {
        Scale::Category { names } => {
            names.get(point.x as usize).map_or(Cell::Nothing, |name| name.as_str().into())
        }
        Scale::Linear | Scale::Logarithmic => point.x.into(),
    }
}
