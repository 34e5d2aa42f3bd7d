//! How wide a figure is, how large its text, and where its colours come from.

use super::text;

/// Points of a typesetter in a centimetre.
const POINTS: f64 = 72.0 / 2.54;

/// Where colours come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Fixed colours on white.
    Paper,
    /// Those of the page around it, by its CSS variables, in its light and its dark theme; no background.
    Page,
}

/// The form of a drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Its width; the height follows from what is in it.
    pub(super) width: f64,
    /// Size of its text, the same everywhere but in the title.
    pub(super) text: f64,
    /// What both are in: `pt` on paper, nothing (pixels of CSS) on the page.
    pub(super) unit: &'static str,
    /// Where colours come from.
    pub(super) theme: Theme,
    /// Whether title and finding are in the drawing.
    pub(super) has_words: bool,
}

/// How much wider than reckoned a text may come out: where a system has no Helvetica, its own font may be as wide as DejaVu.
const ALLOWANCE: f64 = 1.18;

impl Look {
    /// One column of a paper: 8.5 cm, text of 7 pt.
    pub fn column() -> Self {
        Self::paper(8.5, 7.0)
    }

    /// The whole width of a paper: 17.5 cm, text of 8 pt.
    pub fn wide() -> Self {
        Self::paper(17.5, 8.0)
    }

    fn paper(centimetres: f64, text: f64) -> Self {
        let width = centimetres * POINTS;
        Self { width, text, unit: "pt", theme: Theme::Paper, has_words: true }
    }

    /// For the page: as wide as its place there in pixels, at least 240; text of 12 pixels.
    pub fn page(width: f64) -> Self {
        let width = if width.is_finite() { width.clamp(240.0, 4000.0) } else { 640.0 };
        Self { width, text: 12.0, unit: "", theme: Theme::Page, has_words: true }
    }

    /// The same without title and finding, which then stand around it: in the caption, or in the page's own words.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.has_words = false;
        self
    }

    /// The width of a text at most.
    pub(super) fn width_of(&self, words: &str) -> f64 {
        text::width(words) * ALLOWANCE * self.text
    }

    /// How wide a text may be, in its own sizes, that has so much room.
    pub(super) fn room(&self, width: f64) -> f64 {
        width / ALLOWANCE / self.text
    }

    /// Texts and axes.
    pub(super) fn ink(&self) -> &'static str {
        match self.theme {
            Theme::Paper => "#16191d",
            Theme::Page => "var(--ink, #16191d)",
        }
    }

    /// Texts and lines that stand back, and baselines.
    pub(super) fn muted(&self) -> &'static str {
        match self.theme {
            Theme::Paper => "#5b6068",
            Theme::Page => "var(--muted, #5b6068)",
        }
    }

    /// The lines of the grid.
    pub(super) fn hairline(&self) -> &'static str {
        match self.theme {
            Theme::Paper => "#dfdfda",
            Theme::Page => "var(--hairline, #dfdfda)",
        }
    }

    /// What lies behind everything, which hollow marks are filled with.
    pub(super) fn ground(&self) -> &'static str {
        match self.theme {
            Theme::Paper => "#ffffff",
            Theme::Page => "var(--page, #ffffff)",
        }
    }

    /// A colour that is another one in a dark theme.
    pub(super) fn colour(&self, (light, dark): (&'static str, &'static str)) -> String {
        match self.theme {
            Theme::Paper => light.into(),
            Theme::Page => format!("light-dark({light}, {dark})"),
        }
    }
}
