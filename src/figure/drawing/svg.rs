//! Writes SVG: elements with presentation attributes alone, so that nothing of a drawing reaches into the page around it and
//! no policy against styles blocks it.

use super::number::coordinate;
use super::text::escaped;

/// How a line is drawn.
#[derive(Clone, Debug)]
pub(super) struct Stroke<'c> {
    pub colour: &'c str,
    pub width: f64,
    /// Lengths of dashes and gaps; empty for a whole line.
    pub dashes: Vec<f64>,
}

impl<'c> Stroke<'c> {
    pub fn whole(colour: &'c str, width: f64) -> Self {
        Self { colour, width, dashes: Vec::new() }
    }
}

/// Which side of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text's size, colour and side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type<'c> {
    pub size: f64,
    pub colour: &'c str,
    pub anchor: Anchor,
    pub is_bold: bool,
}

/// A document while it is written.
#[derive(Debug)]
pub(super) struct Svg {
    out: String,
}

impl Svg {
    /// Begins a document; `font` is its family, none for that of what is around it.
    pub fn new(width: f64, height: f64, unit: &str, font: Option<&str>, label: &str) -> Self {
        let [w, h] = [width, height].map(coordinate);
        let font = font.map(|font| format!(" font-family=\"{}\"", escaped(font))).unwrap_or_default();
        let label = escaped(label);
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}{unit}\" height=\"{h}{unit}\" viewBox=\"0 0 {w} {h}\" \
             role=\"img\" aria-label=\"{label}\"{font}>\n"
        );
        Self { out }
    }

    /// An element that is read and not seen: `title` or `desc`.
    pub fn words(&mut self, element: &str, text: &str) {
        self.out += &format!("<{element}>{}</{element}>\n", escaped(text));
    }

    /// What follows belongs together, until [`Self::close`]; `title` is shown when it is pointed at.
    pub fn open(&mut self, title: &str) {
        self.out += &format!("<g><title>{}</title>\n", escaped(title));
    }

    pub fn close(&mut self) {
        self.out += "</g>\n";
    }

    fn stroked(&mut self, stroke: &Stroke<'_>) {
        self.out += &format!(" stroke=\"{}\" stroke-width=\"{}\"", stroke.colour, coordinate(stroke.width));
        if !stroke.dashes.is_empty() {
            let dashes: Vec<String> = stroke.dashes.iter().map(|&length| coordinate(length)).collect();
            self.out += &format!(" stroke-dasharray=\"{}\"", dashes.join(" "));
        }
    }

    /// A straight line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &Stroke<'_>) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(coordinate);
        self.out += &format!("<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"");
        self.stroked(stroke);
        self.out += "/>\n";
    }

    /// Straight lines from point to point.
    pub fn polyline(&mut self, points: &[(f64, f64)], stroke: &Stroke<'_>) {
        self.out +=
            &format!("<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\"", joined(points));
        self.stroked(stroke);
        self.out += "/>\n";
    }

    /// A filled area.
    pub fn area(&mut self, points: &[(f64, f64)], fill: &str, opacity: f64) {
        let opacity = coordinate(opacity);
        self.out +=
            &format!("<polygon points=\"{}\" fill=\"{fill}\" fill-opacity=\"{opacity}\"/>\n", joined(points));
    }

    /// An outlined area.
    pub fn polygon(&mut self, points: &[(f64, f64)], fill: &str, stroke: &Stroke<'_>) {
        self.out +=
            &format!("<polygon points=\"{}\" fill=\"{fill}\" stroke-linejoin=\"round\"", joined(points));
        self.stroked(stroke);
        self.out += "/>\n";
    }

    pub fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, stroke: &Stroke<'_>) {
        let [x, y, r] = [x, y, radius].map(coordinate);
        self.out += &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{fill}\"");
        self.stroked(stroke);
        self.out += "/>\n";
    }

    pub fn rectangle(
        &mut self,
        (x, y): (f64, f64),
        width: f64,
        height: f64,
        fill: &str,
        stroke: Option<&Stroke<'_>>,
    ) {
        let [x, y, w, h] = [x, y, width.max(0.0), height.max(0.0)].map(coordinate);
        self.out += &format!("<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{fill}\"");
        if let Some(stroke) = stroke {
            self.stroked(stroke);
        }
        self.out += "/>\n";
    }

    /// A text on a base line; nothing for an empty one.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, style: Type<'_>) {
        if text.is_empty() {
            return;
        }
        let [x, y] = [x, y].map(coordinate);
        self.out += &format!("<text x=\"{x}\" y=\"{y}\"");
        self.set(text, style);
    }

    /// A text that reads upwards.
    pub fn upright(&mut self, (x, y): (f64, f64), text: &str, style: Type<'_>) {
        let [x, y] = [x, y].map(coordinate);
        self.out += &format!("<text transform=\"translate({x} {y}) rotate(-90)\"");
        self.set(text, style);
    }

    fn set(&mut self, text: &str, style: Type<'_>) {
        self.out += &format!(" font-size=\"{}\" fill=\"{}\"", coordinate(style.size), style.colour);
        match style.anchor {
            Anchor::Start => (),
            Anchor::Middle => self.out += " text-anchor=\"middle\"",
            Anchor::End => self.out += " text-anchor=\"end\"",
        }
        if style.is_bold {
            self.out += " font-weight=\"600\"";
        }
        self.out += &format!(">{}</text>\n", escaped(text));
    }

    pub fn finish(mut self) -> String {
        self.out += "</svg>\n";
        self.out
    }
}

fn joined(points: &[(f64, f64)]) -> String {
    let points: Vec<String> =
        points.iter().map(|&(x, y)| format!("{},{}", coordinate(x), coordinate(y))).collect();
    points.join(" ")
}
