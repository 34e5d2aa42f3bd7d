//! What is drawn in a panel: points of one name, how they are drawn, and what they stand for.

use serde::{Deserialize, Serialize};

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureMark"))]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Marked points joined by straight lines, intervals as error bars. For measurements at some places.
    Line,
    /// A line without marks, intervals as a band around it. For many points, as losses by epoch.
    Curve,
    /// Marked points alone, intervals as error bars.
    Points,
    /// Bars from zero, those of several series beside each other, intervals as error bars.
    Bars,
    /// The first point's value as a level across the whole panel, its interval as a band. For what does not depend on x.
    Level,
}

/// What a series stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureRole"))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A model, in a colour of its own.
    Model,
    /// A control of it, as shuffled links: hollow marks, dashed lines, the colour of what it is the control of.
    Control,
    /// What a model has to beat, as the global mean and the bias model: in grey.
    Baseline,
}

/// A number and where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigurePoint"))]
pub struct Point {
    /// Where on the axis along the bottom; of names the place, from 0.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// The lower end of its interval; `None` for none.
    pub low: Option<f64>,
    /// The upper end of its interval.
    pub high: Option<f64>,
}

/// Points of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "FigureSeries"))]
pub struct Series {
    /// Its name in the legend, usually a model's.
    pub name: String,
    /// What it stands for.
    pub role: Role,
    /// How it is drawn.
    pub mark: Mark,
    /// The series that it is the control of, whose colour it takes; `None` for a colour of its own.
    pub control_of: Option<String>,
    /// Its points, all finite, in the order in which a line joins them.
    pub points: Vec<Point>,
}

impl Series {
    /// A series without points.
    pub fn new(name: &str, role: Role, mark: Mark) -> Self {
        Self { name: name.into(), role, mark, control_of: None, points: Vec::new() }
    }

    /// Marked points that a line will join.
    pub fn line(name: &str, role: Role) -> Self {
        Self::new(name, role, Mark::Line)
    }

    /// A line without marks.
    pub fn curve(name: &str, role: Role) -> Self {
        Self::new(name, role, Mark::Curve)
    }

    /// Marked points.
    pub fn points(name: &str, role: Role) -> Self {
        Self::new(name, role, Mark::Points)
    }

    /// Bars.
    pub fn bars(name: &str, role: Role) -> Self {
        Self::new(name, role, Mark::Bars)
    }

    /// A baseline's value across the whole panel.
    pub fn level(name: &str, value: f64) -> Self {
        Self::new(name, Role::Baseline, Mark::Level).point(0.0, value)
    }

    /// The same as the control of another series.
    #[must_use]
    pub fn control_of(mut self, name: &str) -> Self {
        self.control_of = Some(name.into());
        self
    }

    /// The same with one more point without interval. What is not finite has no place in a figure and is left out.
    #[must_use]
    pub fn point(self, x: f64, y: f64) -> Self {
        self.spread(x, y, f64::NAN, f64::NAN)
    }

    /// The same with one more point and its interval, of which an end that is not finite is left out.
    #[must_use]
    pub fn spread(mut self, x: f64, y: f64, low: f64, high: f64) -> Self {
        if x.is_finite() && y.is_finite() {
            let end = |end: f64| end.is_finite().then_some(end);
            self.points.push(Point { x, y, low: end(low), high: end(high) });
        }
        self
    }
}
