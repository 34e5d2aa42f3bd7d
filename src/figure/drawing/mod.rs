//! Draws a figure as SVG. What is computed is added, multiplied and rounded alike everywhere, and texts are measured by a
//! table of widths: the page and the command line write the same bytes.
//!
//! Layout first ([`layout`]): rows of panels, their axes' ranges and texts; then what is in them ([`panel`], [`marks`]).

mod dress;
mod frame;
mod hatching;
mod layout;
mod legend;
mod look;
mod mapping;
mod marks;
mod number;
mod panel;
mod shape;
mod svg;
mod text;
mod ticks;

pub use look::{Look, Theme};
pub use number::shown;

use super::{Figure, Mark};
use layout::Layout;
use legend::Legend;
use svg::{Anchor, Svg, Type};

/// Metrics of Helvetica under every system's name for it.
const PAPER_FONT: &str = "Helvetica, Arial, Liberation Sans, sans-serif";

impl Figure {
    /// The figure as a document of SVG, in points on paper and in pixels on the page.
    ///
    /// # Examples
    /// ```
    /// use dual_metric::figure::{Axis, Figure, Look, Panel, Role, Series};
    ///
    /// let panel = Panel::new("books", Axis::linear("Epoch"), Axis::linear("Loss"))
    ///     .with(Series::curve("dml", Role::Model).spread(1.0, 0.9, 0.8, 1.0).spread(2.0, 0.5, 0.4, 0.6));
    /// let svg = Figure::new("losses", "Loss by epoch").with(panel).svg(&Look::column());
    /// assert!(svg.starts_with("<svg ") && svg.contains("Loss by epoch"));
    /// ```
    pub fn svg(&self, look: &Look) -> String {
        let dresses = dress::dresses(self, look);
        let room = look.room(look.width);
        let heading =
            if look.has_words { text::lines(&self.title, room / 1.15 / text::BOLD) } else { Vec::new() };
        let finding = if look.has_words { text::lines(&self.finding, room) } else { Vec::new() };
        let legend = Legend::new(self, &dresses, look);
        let em = look.text;
        let line = em * 1.35;
        let above = heading.len() as f64 * em * 1.5 + legend.height();
        let layout = Layout::new(self, look, above);
        let below = if finding.is_empty() { 0.0 } else { finding.len() as f64 * line + 0.4 * em };
        let height = layout.bottom + below + 0.3 * em;

        let font = (look.theme == Theme::Paper).then_some(PAPER_FONT);
        let mut svg = Svg::new(look.width, height, look.unit, font, &self.label());
        svg.words("title", &self.title);
        svg.words("desc", &self.description());
        if look.theme == Theme::Paper {
            svg.rectangle((0.0, 0.0), look.width, height, look.ground(), None);
        }
        let style = Type { size: em, colour: look.ink(), anchor: Anchor::Start, is_bold: false };
        for (n, words) in heading.iter().enumerate() {
            let style = Type { size: em * 1.15, is_bold: true, ..style };
            svg.text((0.0, em * 1.5 * n as f64 + 1.15 * em), words, style);
        }
        legend.draw(&mut svg, heading.len() as f64 * em * 1.5);
        for place in &layout.places {
            panel::draw(&mut svg, &self.panels[place.panel], place, &dresses, look);
        }
        for (n, words) in finding.iter().enumerate() {
            svg.text((0.0, layout.bottom + 0.4 * em + line * n as f64 + em), words, style);
        }
        svg.finish()
    }

    /// What is read out of it at once.
    fn label(&self) -> String {
        format!("{}. {}", self.title, self.finding)
    }

    /// What there is to see, for those who do not, and where it comes from.
    fn description(&self) -> String {
        let mut sentences: Vec<String> = Vec::new();
        for panel in &self.panels {
            let names: Vec<String> = panel
                .series
                .iter()
                .map(|series| match (series.mark, series.points.first()) {
                    (Mark::Level, Some(point)) => format!("{} at {}", series.name, shown(point.y)),
                    _ => format!("{} ({} points)", series.name, series.points.len()),
                })
                .collect();
            let of = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
            sentences.push(format!(
                "{of}{} over {}; {}.",
                panel.y.title(),
                panel.x.title(),
                names.join(", ")
            ));
        }
        sentences.extend(self.provenance.iter().cloned());
        sentences.join(" ")
    }
}

#[cfg(test)]
mod tests;
