//! What stands for numbers: shapes, lines, bands, error bars, bars.

use super::dress::{Dress, Hatch};
use super::frame::Frame;
use super::hatching;
use super::look::Look;
use super::mapping::Mapping;
use super::number::shown;
use super::shape::Shape;
use super::svg::{Stroke, Svg};
use crate::figure::{Mark, Point, Series};

/// The radius of a mark, in sizes of the text.
const RADIUS: f64 = 0.3;
/// The width of a series' line.
const LINE: f64 = 0.13;
/// The width of a name's place that bars take together.
const BARS: f64 = 0.76;

fn dashed<'d>(dress: &'d Dress, width: f64, em: f64) -> Stroke<'d> {
    Stroke { colour: &dress.colour, width, dashes: dress.dashes.iter().map(|length| length * em).collect() }
}

/// A mark at a place.
fn shape(svg: &mut Svg, dress: &Dress, at: (f64, f64), look: &Look) {
    let em = look.text;
    let stroke = Stroke::whole(&dress.colour, 0.1 * em);
    let fill = if dress.is_hollow { look.ground() } else { dress.colour.as_str() };
    if dress.shape == Shape::Circle {
        svg.circle(at, RADIUS * em, fill, &stroke);
    } else {
        let corner = |&(x, y): &(f64, f64)| (at.0 + x * RADIUS * em, at.1 + y * RADIUS * em);
        let corners: Vec<(f64, f64)> = dress.shape.corners().iter().map(corner).collect();
        svg.polygon(&corners, fill, &stroke);
    }
}

/// A bar between two corners.
fn bar(svg: &mut Svg, dress: &Dress, (x1, y1): (f64, f64), (x2, y2): (f64, f64), look: &Look) {
    let em = look.text;
    let (x, y, width, height) = (x1.min(x2), y1.min(y2), (x2 - x1).abs(), (y2 - y1).abs());
    let stroke = Stroke::whole(&dress.colour, 0.08 * em);
    let fill = if dress.hatch == Hatch::Full { dress.colour.as_str() } else { look.ground() };
    svg.rectangle((x, y), width, height, fill, Some(&stroke));
    let rising = matches!(dress.hatch, Hatch::Rising | Hatch::Crossed);
    let falling = matches!(dress.hatch, Hatch::Falling | Hatch::Crossed);
    for (is_drawn, is_rising) in [(rising, true), (falling, false)] {
        let gap = if is_drawn { 0.55 * em } else { f64::INFINITY };
        for [from, to] in hatching::lines(x, y, width, height, gap, is_rising) {
            svg.line(from, to, &stroke);
        }
    }
}

/// A series in the legend: as it is in the panels, around the middle of the left end.
pub(super) fn sample(svg: &mut Svg, dress: &Dress, mark: Mark, (x, y): (f64, f64), width: f64, look: &Look) {
    let em = look.text;
    if mark == Mark::Bars {
        bar(svg, dress, (x + 0.5 * em, y - 0.45 * em), (x + width - 0.5 * em, y + 0.45 * em), look);
        return;
    }
    if mark != Mark::Points {
        svg.line((x, y), (x + width, y), &dashed(dress, LINE * em, em));
    }
    if matches!(mark, Mark::Line | Mark::Points) {
        shape(svg, dress, (x + width / 2.0, y), look);
    }
}

/// What all series of a panel are drawn in.
#[derive(Clone, Copy)]
pub(super) struct Ground<'p> {
    pub frame: Frame,
    pub along: &'p Mapping,
    pub up: &'p Mapping,
    pub look: &'p Look,
}

impl Ground<'_> {
    fn em(&self) -> f64 {
        self.look.text
    }

    /// A point's place, moved aside by so much.
    fn at(&self, point: &Point, by: f64) -> Option<(f64, f64)> {
        Some(self.frame.beside(self.along.share(point.x)?, self.up.share(point.y)?, by))
    }

    /// The interval of a point: the shares of its ends.
    fn interval(&self, point: &Point) -> Option<(f64, f64)> {
        Some((self.up.end(point.low?)?, self.up.end(point.high?)?))
    }

    /// Bands and levels' intervals: they lie behind everything.
    pub fn bands(&self, svg: &mut Svg, series: &Series, dress: &Dress) {
        let ends = |point: &Point| Some((self.along.share(point.x)?, self.interval(point)?));
        let ends: Vec<(f64, (f64, f64))> = match (series.mark, series.points.first()) {
            (Mark::Curve, _) => series.points.iter().filter_map(ends).collect(),
            (Mark::Level, Some(point)) => {
                self.interval(point).map(|ends| vec![(0.0, ends), (1.0, ends)]).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        if ends.len() < 2 {
            return;
        }
        let low = ends.iter().map(|&(along, (low, _))| self.frame.at(along, low));
        let high = ends.iter().rev().map(|&(along, (_, high))| self.frame.at(along, high));
        let corners: Vec<(f64, f64)> = low.chain(high).collect();
        svg.area(&corners, &dress.colour, 0.16);
    }

    /// Bars of the `n`th of so many series that have some.
    pub fn bars(&self, svg: &mut Svg, series: &Series, dress: &Dress, n: usize, of: usize) {
        // Between numbers there are no slots: bars are a twentieth of the axis then.
        let slot = self.along.slot().unwrap_or(0.05) * self.frame.length();
        let width = slot * BARS / of as f64;
        let from = -slot * BARS / 2.0 + n as f64 * width;
        for point in &series.points {
            let (Some(along), Some(up)) = (self.along.share(point.x), self.up.share(point.y)) else {
                continue;
            };
            // On a logarithmic axis bars have no zero to stand on, and stand on its end.
            let zero = self.up.share(0.0).unwrap_or(0.0);
            self.named(svg, series, point);
            let gap = 0.06 * width;
            bar(
                svg,
                dress,
                self.frame.beside(along, zero, from + gap),
                self.frame.beside(along, up, from + width - gap),
                self.look,
            );
            svg.close();
            // White around it, because a bar may be as dark as it.
            for (colour, thickness) in [(self.look.ground(), 0.22), (self.look.ink(), 0.09)] {
                self.error_bar(svg, point, from + width / 2.0, &Stroke::whole(colour, thickness * self.em()));
            }
        }
    }

    /// The aside of points of the `n`th of so many series that have some, over names: beside each other.
    fn aside(&self, n: usize, of: usize) -> f64 {
        self.along.slot().map_or(0.0, |slot| {
            let step = (slot * self.frame.length() * BARS / of as f64).min(0.9 * self.em());
            (n as f64 - (of as f64 - 1.0) / 2.0) * step
        })
    }

    /// Levels, lines and marked points of the `n`th of so many series that have marks.
    pub fn line(&self, svg: &mut Svg, series: &Series, dress: &Dress, n: usize, of: usize) {
        let em = self.em();
        if series.mark == Mark::Level {
            if let Some(up) = series.points.first().and_then(|point| self.up.share(point.y)) {
                self.named(svg, series, &series.points[0]);
                svg.line(self.frame.at(0.0, up), self.frame.at(1.0, up), &dashed(dress, LINE * em, em));
                svg.close();
            }
            return;
        }
        let by = self.aside(n, of);
        let places: Vec<(&Point, (f64, f64))> =
            series.points.iter().filter_map(|point| Some((point, self.at(point, by)?))).collect();
        if series.mark != Mark::Points && places.len() > 1 {
            let points: Vec<(f64, f64)> = places.iter().map(|&(_, at)| at).collect();
            svg.polyline(&points, &dashed(dress, LINE * em, em));
        }
        // One point is no curve: it is marked so that it can be seen.
        if series.mark == Mark::Curve && places.len() > 1 {
            return;
        }
        for (point, at) in places {
            self.named(svg, series, point);
            self.error_bar(svg, point, by, &Stroke::whole(&dress.colour, 0.09 * em));
            shape(svg, dress, at, self.look);
            svg.close();
        }
    }

    /// Opens a group that tells its number when it is pointed at.
    fn named(&self, svg: &mut Svg, series: &Series, point: &Point) {
        let interval = match (point.low, point.high) {
            (Some(low), Some(high)) => format!(" ({} to {})", shown(low), shown(high)),
            _ => String::new(),
        };
        let place = match (series.mark, self.along) {
            (Mark::Level, _) | (_, Mapping::Category { .. }) => String::new(),
            _ => format!(" at {}", shown(point.x)),
        };
        svg.open(&format!("{}{place}: {}{interval}", series.name, shown(point.y)));
    }

    fn error_bar(&self, svg: &mut Svg, point: &Point, by: f64, stroke: &Stroke<'_>) {
        let (Some((low, high)), Some(along)) = (self.interval(point), self.along.share(point.x)) else {
            return;
        };
        let cap = 0.28 * self.em();
        svg.line(self.frame.beside(along, low, by), self.frame.beside(along, high, by), stroke);
        for end in [low, high] {
            svg.line(
                self.frame.beside(along, end, by - cap),
                self.frame.beside(along, end, by + cap),
                stroke,
            );
        }
    }
}
