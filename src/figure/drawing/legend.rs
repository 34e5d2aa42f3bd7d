//! The legend: every series once, in rows above the panels.

use super::dress::Dress;
use super::look::Look;
use super::marks;
use super::svg::{Anchor, Svg, Type};
use super::text;
use crate::figure::{Figure, Mark};

/// Widths of the sample, the gap behind it and that behind the name, in sizes of the text.
const SAMPLE: f64 = 2.6;
const GAP: f64 = 0.4;
const BEHIND: f64 = 1.3;
/// The height of a row.
const ROW: f64 = 1.5;

struct Entry<'f> {
    dress: &'f Dress,
    mark: Mark,
    name: String,
    x: f64,
    row: usize,
}

/// The entries and where they stand.
pub(super) struct Legend<'f> {
    entries: Vec<Entry<'f>>,
    look: &'f Look,
}

impl<'f> Legend<'f> {
    /// Entries from left to right, in a new row where one would not fit; none where there is one series, which title and
    /// axis then name.
    pub fn new(figure: &Figure, dresses: &'f [Dress], look: &'f Look) -> Self {
        let em = look.text;
        let (mut x, mut row) = (0.0, 0);
        let mut entries = Vec::new();
        let shown = if dresses.len() < 2 { &[] } else { dresses };
        for dress in shown {
            let most = look.room(look.width - (SAMPLE + GAP) * em);
            let name = text::cut(&dress.name, most);
            let width = (SAMPLE + GAP) * em + look.width_of(&name);
            if x > 0.0 && x + width > look.width {
                (x, row) = (0.0, row + 1);
            }
            let all = figure.panels.iter().flat_map(|panel| &panel.series);
            let mark = all.filter(|series| series.name == dress.name).map(|series| series.mark).next();
            entries.push(Entry { dress, mark: mark.unwrap_or(Mark::Line), name, x, row });
            x += width + BEHIND * em;
        }
        Self { entries, look }
    }

    /// What it takes below the title.
    pub fn height(&self) -> f64 {
        let em = self.look.text;
        self.entries.last().map_or(0.0, |last| (last.row + 1) as f64 * ROW * em + 0.4 * em)
    }

    pub fn draw(&self, svg: &mut Svg, top: f64) {
        let em = self.look.text;
        for entry in &self.entries {
            let base = top + entry.row as f64 * ROW * em + 1.1 * em;
            marks::sample(svg, entry.dress, entry.mark, (entry.x, base - 0.35 * em), SAMPLE * em, self.look);
            let style = Type { size: em, colour: self.look.ink(), anchor: Anchor::Start, is_bold: false };
            svg.text((entry.x + (SAMPLE + GAP) * em, base), &entry.name, style);
        }
    }
}
