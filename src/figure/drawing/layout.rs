//! Where the panels stand: rows of them under the legend, with equal frames, and beside each axis the texts that fit.

use super::frame::Frame;
use super::look::Look;
use super::mapping::{Mapping, is_power_of_two};
use super::text;
use super::ticks::{between, ticks};
use crate::figure::{Figure, Mark, Panel, Point, Scale, Tick};

/// The most panels beside each other.
const MOST: usize = 4;
/// From line to line of a title, in sizes of the text.
pub(super) const TITLE_LINE: f64 = 1.25;
/// The smallest width of a panel with what stands beside it, in sizes of the text.
const NARROWEST: f64 = 16.0;
/// The most that names down the left take of a panel's width.
const NAMES: f64 = 0.45;

/// An axis of a panel, ready to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub mapping: Mapping,
    pub ticks: Vec<Tick>,
    /// Small marks without text.
    pub between: Vec<f64>,
    /// The words along it, upright in up to two lines; none where a neighbour says the same.
    pub title: Vec<String>,
    /// Whether the texts of its ticks are drawn; a neighbour's may do.
    pub has_texts: bool,
}

/// A panel's place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// Which panel of the figure.
    pub panel: usize,
    pub frame: Frame,
    /// The axis of places.
    pub along: Side,
    /// The axis of values.
    pub up: Side,
    /// Room for what stands left of the frame.
    pub left: f64,
    /// What stands above the frame, in up to two lines.
    pub title: Vec<String>,
}

/// All panels' places.
#[derive(Debug)]
pub(super) struct Layout {
    pub places: Vec<Place>,
    /// Below the last row.
    pub bottom: f64,
}

impl Layout {
    /// Lays the panels of a figure out from `top` downwards.
    pub fn new(figure: &Figure, look: &Look, top: f64) -> Self {
        let em = look.text;
        let panels = &figure.panels;
        let widest = ((look.width / (NARROWEST * em)) as usize).clamp(1, MOST);
        let rows = panels.len().div_ceil(widest).max(1);
        let columns = panels.len().div_ceil(rows).max(1);
        let cell = (look.width - (columns - 1) as f64 * 1.5 * em) / columns as f64;
        // Before it is known what stands beside the axes.
        let guess = cell - 5.0 * em;
        let is_turned = panels.iter().any(|panel| !names_fit(panel, guess, look));
        let height = if is_turned {
            turned_height(panels, cell, look)
        } else {
            (guess * 0.75).clamp(9.0 * em, 20.0 * em)
        };

        let ups: Vec<Mapping> = panels.iter().map(|panel| value_mapping(figure, panel)).collect();
        let alongs: Vec<Mapping> = panels.iter().map(place_mapping).collect();
        let says_the_same = |n: usize, other: usize| panels[n].y.title() == panels[other].y.title();
        // Left of the frame stand values, or names where the panel is turned.
        let sides: Vec<(Vec<Tick>, bool)> = panels
            .iter()
            .enumerate()
            .map(|(n, panel)| {
                if is_turned {
                    let is_new = n.is_multiple_of(columns) || panels[n - 1].x.scale != panel.x.scale;
                    return (ticks(&panel.x, &alongs[n], false, |_| true), is_new);
                }
                let fits = |ticks: &[Tick]| are_apart(ticks, &ups[n], height, |_| 1.3 * em);
                (ticks(&panel.y, &ups[n], false, fits), true)
            })
            .collect();
        let left_of = |n: usize| {
            let (ticks, has_texts) = &sides[n];
            let texts = ticks.iter().map(|tick| look.width_of(&tick.text)).fold(0.0, f64::max);
            let texts = if *has_texts { texts.min(NAMES * cell) + 0.7 * em } else { 0.0 };
            let has_title = !is_turned && (n.is_multiple_of(columns) || !says_the_same(n, n - 1));
            let lines = if has_title { upright(&panels[n].y.title(), height, look).len() } else { 0 };
            texts + if lines > 0 { (0.3 + 1.2 * lines as f64) * em } else { 0.0 }
        };
        let lefts: Vec<f64> = (0..columns)
            .map(|c| (c..panels.len()).step_by(columns).map(left_of).fold(0.0, f64::max))
            .collect();
        let gaps = (columns - 1) as f64 * 1.2 * em + em;
        let width = (look.width - lefts.iter().sum::<f64>() - gaps) / columns as f64;

        let mut places = Vec::new();
        let mut y = top;
        for row in 0..rows {
            let of_row = row * columns..panels.len().min((row + 1) * columns);
            // To the right only: above what stands left of the frame there may be the title of a neighbour.
            let title = |n: usize| in_two_lines(&panels[n].title, look.room(width) / text::BOLD);
            let above = of_row.clone().map(|n| title(n).len()).max().unwrap_or(0);
            y += match above {
                0 => 0.5 * em,
                lines => 1.7 * em + (lines - 1) as f64 * TITLE_LINE * em,
            };
            let mut x = 0.0;
            for n in of_row {
                let (panel, left) = (&panels[n], lefts[n % columns]);
                x += left;
                let frame = Frame { x, y, width, height, is_turned };
                let is_binary = is_turned || is_binary(panel);
                let beside = |axis_mapping: &Mapping, ticks: &[Tick]| {
                    are_apart(ticks, axis_mapping, width, |tick| look.width_of(&tick.text) + 0.6 * em)
                };
                let (along_ticks, up_ticks) = if is_turned {
                    (sides[n].0.clone(), ticks(&panel.y, &ups[n], false, |ticks| beside(&ups[n], ticks)))
                } else {
                    (
                        ticks(&panel.x, &alongs[n], is_binary, |ticks| beside(&alongs[n], ticks)),
                        sides[n].0.clone(),
                    )
                };
                let is_first = n.is_multiple_of(columns);
                places.push(Place {
                    panel: n,
                    frame,
                    along: Side {
                        mapping: alongs[n],
                        ticks: along_ticks,
                        between: between(&alongs[n], is_binary),
                        // Names speak for themselves where they stand down the left.
                        title: if is_turned { Vec::new() } else { vec![panel.x.title()] },
                        has_texts: !is_turned || sides[n].1,
                    },
                    up: Side {
                        mapping: ups[n],
                        ticks: up_ticks,
                        between: between(&ups[n], false),
                        title: match is_turned {
                            true => vec![panel.y.title()],
                            false if is_first || !says_the_same(n, n - 1) => {
                                upright(&panel.y.title(), height, look)
                            }
                            false => Vec::new(),
                        },
                        has_texts: true,
                    },
                    left,
                    title: title(n),
                });
                x += width + 1.2 * em;
            }
            y += height + 3.1 * em;
        }
        Self { places, bottom: y }
    }
}

/// Words that stand upright beside a frame.
fn upright(title: &str, height: f64, look: &Look) -> Vec<String> {
    in_two_lines(title, look.room(height + 2.0 * look.text))
}

/// Words in two lines where one does not hold them, and cut where two do not.
fn in_two_lines(title: &str, room: f64) -> Vec<String> {
    let mut lines = text::lines(title, room);
    if let Some(second) =
        lines.get(1..).filter(|rest| rest.len() > 1).map(|rest| text::cut(&rest.join(" "), room))
    {
        lines.truncate(1);
        lines.push(second);
    }
    lines
}

/// Whether the names along the bottom have room beside each other; numbers always have.
fn names_fit(panel: &Panel, width: f64, look: &Look) -> bool {
    let Scale::Category { names } = &panel.x.scale else { return true };
    let slot = width / names.len().max(1) as f64;
    names.iter().all(|name| look.width_of(name) + 0.5 * look.text <= slot)
}

/// The height of turned panels: room for every name, in two lines where one is long, and in it for every series that stands
/// beside others.
fn turned_height(panels: &[Panel], cell: f64, look: &Look) -> f64 {
    let em = look.text;
    let of = |panel: &Panel| {
        let (names, is_long) = match &panel.x.scale {
            Scale::Category { names } => {
                (names.len(), names.iter().any(|name| look.width_of(name) > NAMES * cell))
            }
            Scale::Linear | Scale::Logarithmic => (8, false),
        };
        let has = |marks: &[Mark]| panel.series.iter().filter(|series| marks.contains(&series.mark)).count();
        let beside = has(&[Mark::Bars]).max(has(&[Mark::Line, Mark::Points]));
        names as f64 * em * (0.75 * beside as f64 + 0.6).max(if is_long { 2.4 } else { 1.6 })
    };
    panels.iter().map(of).fold(6.0 * em, f64::max)
}

/// Whether all numbers along the bottom are powers of two, and more than a few.
fn is_binary(panel: &Panel) -> bool {
    let places =
        || panel.series.iter().filter(|series| series.mark != Mark::Level).flat_map(|series| &series.points);
    let positive: Vec<f64> = places().map(|point| point.x).filter(|&x| x > 0.0).collect();
    let ends = positive.iter().fold((f64::INFINITY, 0.0_f64), |(lo, hi), &x| (lo.min(x), hi.max(x)));
    ends.1 >= 4.0 * ends.0 && positive.iter().all(|&x| is_power_of_two(x))
}

/// The mapping of a panel's places.
fn place_mapping(panel: &Panel) -> Mapping {
    let marked = panel.x.ticks.iter().map(|tick| tick.at);
    let levels = |series: &&crate::figure::Series| series.mark != Mark::Level;
    let places = panel
        .series
        .iter()
        .filter(levels)
        .flat_map(|series| &series.points)
        .map(|point| point.x)
        .chain(marked);
    match &panel.x.scale {
        Scale::Linear => {
            Mapping::linear(places, panel.series.iter().any(|series| series.mark == Mark::Curve))
        }
        Scale::Logarithmic => Mapping::logarithmic(places),
        Scale::Category { names } => Mapping::Category { names: names.len() },
    }
}

/// The mapping of a panel's values: of those of all panels where they shall have one range.
fn value_mapping(figure: &Figure, own: &Panel) -> Mapping {
    let panels = if figure.is_one_range { &figure.panels[..] } else { std::slice::from_ref(own) };
    let all = |panel: &'_ Panel| panel.series.clone();
    let series: Vec<_> = panels.iter().flat_map(all).collect();
    let numbers = |point: &Point| [Some(point.y), point.low, point.high];
    let values = series.iter().flat_map(|series| &series.points).flat_map(numbers).flatten();
    let marked = own.y.ticks.iter().map(|tick| tick.at);
    match own.y.scale {
        // An interval that reaches zero asks for no place of zero.
        Scale::Logarithmic => Mapping::logarithmic(values.chain(marked).filter(|&value| value > 0.0)),
        Scale::Linear | Scale::Category { .. } => {
            Mapping::linear(values.chain(marked), series.iter().any(|series| series.mark == Mark::Bars))
        }
    }
}

/// Whether texts of such sizes along an axis of a length do not overlap.
fn are_apart(ticks: &[Tick], mapping: &Mapping, length: f64, size: impl Fn(&Tick) -> f64) -> bool {
    let mut spans: Vec<(f64, f64)> = ticks
        .iter()
        .filter_map(|tick| {
            let (centre, half) = (mapping.share(tick.at)? * length, size(tick) / 2.0);
            Some((centre - half, centre + half))
        })
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    spans.windows(2).all(|two| two[0].1 <= two[1].0)
}
