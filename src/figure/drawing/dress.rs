//! What a series is told apart by: colour, shape, dash and hatch, the same in every panel of a figure.

use super::look::Look;
use super::shape::Shape;
use crate::figure::{Figure, Role};

/// Colours for light and for dark ground, told apart by colour-blind people too (after Okabe and Ito), 3:1 at least.
const COLOURS: [(&str, &str); 8] = [
    ("#0072b2", "#56b4e9"),
    ("#d55e00", "#f0883e"),
    ("#0ca07e", "#8df9e5"),
    ("#a83d7d", "#c65abf"),
    ("#73520d", "#ffe04a"),
    ("#2d1680", "#7b7cff"),
    ("#5a0a14", "#e8414a"),
    ("#414343", "#94999c"),
];

/// Dashes and gaps in sizes of the text; the first is a whole line. Five, so that colour and dash repeat after forty.
const DASHES: [&[f64]; 5] = [&[], &[0.9, 0.3], &[0.2, 0.25], &[0.9, 0.25, 0.2, 0.25], &[0.45, 0.25]];

/// How the bars of a series are filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hatch {
    /// In full colour.
    Full,
    /// Lines from the lower left to the upper right.
    Rising,
    /// Lines from the upper left to the lower right.
    Falling,
    /// Both.
    Crossed,
    /// Nothing but the outline.
    Empty,
}

const HATCHES: [Hatch; 5] = [Hatch::Full, Hatch::Rising, Hatch::Empty, Hatch::Crossed, Hatch::Falling];

/// The looks of one series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dress {
    pub name: String,
    pub colour: String,
    pub shape: Shape,
    /// Dashes and gaps in sizes of the text.
    pub dashes: &'static [f64],
    pub hatch: Hatch,
    /// Whether its marks are outlines.
    pub is_hollow: bool,
}

/// Dresses by the names of a figure's series, in the order in which they come.
pub(super) fn dresses(figure: &Figure, look: &Look) -> Vec<Dress> {
    let mut dresses: Vec<(Dress, usize)> = Vec::new();
    let (mut models, mut baselines) = (0, 0);
    for series in figure.panels.iter().flat_map(|panel| &panel.series) {
        if dresses.iter().any(|(dress, _)| dress.name == series.name) {
            continue;
        }
        let of =
            series.control_of.as_ref().and_then(|of| dresses.iter().find(|(dress, _)| &dress.name == of));
        let place = match (series.role, of) {
            (Role::Control, Some((_, place))) => *place,
            (Role::Baseline, _) => {
                baselines += 1;
                baselines - 1
            }
            (Role::Model | Role::Control, _) => {
                models += 1;
                models - 1
            }
        };
        let own = |colour| Dress {
            name: series.name.clone(),
            colour,
            shape: Shape::ALL[place % Shape::ALL.len()],
            dashes: DASHES[place % DASHES.len()],
            hatch: HATCHES[place % HATCHES.len()],
            is_hollow: false,
        };
        let colour = look.colour(COLOURS[place % COLOURS.len()]);
        let dress = match series.role {
            Role::Model => own(colour),
            Role::Control => Dress { is_hollow: true, dashes: DASHES[4], hatch: Hatch::Empty, ..own(colour) },
            // A whole line in grey would be taken for the grid.
            Role::Baseline => {
                Dress { dashes: DASHES[1 + place % 4], is_hollow: true, ..own(look.muted().into()) }
            }
        };
        dresses.push((dress, place));
    }
    dresses.into_iter().map(|(dress, _)| dress).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Panel, Series};

    fn figure(series: &[Series]) -> Figure {
        let mut panel = Panel::new("", Axis::linear("x"), Axis::linear("y"));
        panel.series = series.to_vec();
        Figure::new("f", "f").with(panel.clone()).with(panel)
    }

    #[test]
    fn forty_models_are_told_apart_and_without_colour_every_eight_by_shape() {
        let series: Vec<Series> = (0..40).map(|n| Series::line(&n.to_string(), Role::Model)).collect();
        let all = dresses(&figure(&series), &Look::column());
        assert_eq!(all.len(), 40, "a series is in two panels and has one dress");
        for (n, one) in all.iter().enumerate() {
            for other in &all[..n] {
                assert!((&one.colour, one.dashes) != (&other.colour, other.dashes));
                assert!((one.shape, one.dashes) != (other.shape, other.dashes));
            }
            assert!(all[n.saturating_sub(7)..n].iter().all(|other| other.shape != one.shape), "{n}");
        }
    }

    #[test]
    fn a_control_has_the_colour_and_shape_of_its_model_hollow_and_a_baseline_is_grey() {
        let all = dresses(
            &figure(&[
                Series::line("dml", Role::Model),
                Series::line("cmf", Role::Model),
                Series::line("cmf, shuffled", Role::Control).control_of("cmf"),
                Series::level("bias", 1.0),
            ]),
            &Look::column(),
        );
        assert_eq!((&all[2].colour, all[2].shape), (&all[1].colour, all[1].shape));
        assert!(all[2].is_hollow && !all[1].is_hollow && all[2].dashes != all[1].dashes);
        assert_eq!(all[3].colour, "#5b6068");
        assert_ne!(all[0].colour, all[1].colour);
    }

    /// Contrast of two colours after WCAG 2.
    fn contrast(one: &str, other: &str) -> f64 {
        let light = |colour: &str| {
            let channel = |n: usize| {
                let value = f64::from(u8::from_str_radix(&colour[n..n + 2], 16).unwrap()) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (one, other) = (light(one), light(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_stands_out_from_its_ground() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        for (light, dark) in COLOURS {
            assert!(contrast(light, "#ffffff") >= 3.0, "{light}");
            assert!(contrast(dark, "#131518") >= 3.0, "{dark}");
        }
    }
}
