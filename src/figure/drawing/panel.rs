//! One panel: grid, axes and their texts, and the series between them.

use super::dress::Dress;
use super::layout::{Place, Side, TITLE_LINE};
use super::look::Look;
use super::marks::Ground;
use super::svg::{Anchor, Stroke, Svg, Type};
use super::text;
use crate::figure::{Mark, Panel, Series};

/// Draws a panel at its place.
pub(super) fn draw(svg: &mut Svg, panel: &Panel, place: &Place, dresses: &[Dress], look: &Look) {
    let frame = place.frame;
    let em = look.text;
    let style = Type { size: em, colour: look.ink(), anchor: Anchor::Start, is_bold: false };
    for (n, title) in place.title.iter().rev().enumerate() {
        let y = frame.y - (0.6 + n as f64 * TITLE_LINE) * em;
        svg.text((frame.x, y), title, Type { is_bold: true, ..style });
    }
    grid(svg, place, look);
    let dress = |series: &Series| dresses.iter().find(|dress| dress.name == series.name);
    let ground = Ground { frame, along: &place.along.mapping, up: &place.up.mapping, look };
    let dressed: Vec<(&Series, &Dress)> =
        panel.series.iter().filter_map(|series| Some((series, dress(series)?))).collect();
    for (series, dress) in &dressed {
        ground.bands(svg, series, dress);
    }
    let with_bars: Vec<_> = dressed.iter().filter(|(series, _)| series.mark == Mark::Bars).collect();
    for (n, (series, dress)) in with_bars.iter().enumerate() {
        ground.bars(svg, series, dress, n, with_bars.len());
    }
    axes(svg, place, look);
    let is_marked = |series: &Series| matches!(series.mark, Mark::Line | Mark::Points);
    let marked = dressed.iter().filter(|(series, _)| is_marked(series)).count();
    let mut n = 0;
    // Levels first, so that what is measured lies above them.
    for wanted in [true, false] {
        for (series, dress) in &dressed {
            if (series.mark == Mark::Level) == wanted && series.mark != Mark::Bars {
                ground.line(svg, series, dress, n, marked.max(1));
                n += usize::from(is_marked(series));
            }
        }
    }
    if panel.series.iter().all(|series| series.points.is_empty()) {
        let middle = (frame.x + frame.width / 2.0, frame.y + frame.height / 2.0);
        svg.text(middle, "no results yet", Type { colour: look.muted(), anchor: Anchor::Middle, ..style });
    }
}

/// A line across the frame at every value that is named.
fn grid(svg: &mut Svg, place: &Place, look: &Look) {
    let stroke = Stroke::whole(look.hairline(), 0.07 * look.text);
    for tick in &place.up.ticks {
        if let Some(up) = place.up.mapping.share(tick.at) {
            svg.line(place.frame.at(0.0, up), place.frame.at(1.0, up), &stroke);
        }
    }
}

/// The two axes with their marks, numbers and words.
fn axes(svg: &mut Svg, place: &Place, look: &Look) {
    let frame = place.frame;
    let (left, right) = (frame.x, frame.x + frame.width);
    let (top, bottom) = (frame.y, frame.y + frame.height);
    let em = look.text;
    let (down, across) = if frame.is_turned { (&place.along, &place.up) } else { (&place.up, &place.along) };
    let stroke = Stroke::whole(look.ink(), 0.09 * em);
    svg.line((left, top), (left, bottom), &stroke);
    svg.line((left, bottom), (right, bottom), &stroke);
    let style = Type { size: em, colour: look.ink(), anchor: Anchor::Middle, is_bold: false };

    // Names have room and need no mark.
    let length = |side: &Side, length: f64| if side.mapping.slot().is_some() { 0.0 } else { length * em };
    let ends =
        across.ticks.iter().map(|tick| (tick.at, 0.35)).chain(across.between.iter().map(|&at| (at, 0.2)));
    for (at, reach) in ends {
        if let Some(share) = across.mapping.share(at) {
            let x = left + share * frame.width;
            svg.line((x, bottom), (x, bottom + length(across, reach)), &stroke);
        }
    }
    for tick in &across.ticks {
        if let Some(share) = across.mapping.share(tick.at) {
            svg.text((left + share * frame.width, bottom + 1.35 * em), &tick.text, style);
        }
    }
    // From above where places stand down the left.
    let y =
        |share: f64| if frame.is_turned { top + share * frame.height } else { bottom - share * frame.height };
    let ends = down.ticks.iter().map(|tick| (tick.at, 0.35)).chain(down.between.iter().map(|&at| (at, 0.2)));
    for (at, reach) in ends {
        if let Some(share) = down.mapping.share(at) {
            svg.line((left - length(down, reach), y(share)), (left, y(share)), &stroke);
        }
    }
    let room = look.room((place.left - 0.6 * em).max(2.0 * em));
    let is_named = down.mapping.slot().is_some();
    let is_high = down.mapping.slot().is_some_and(|slot| slot * frame.height >= 2.1 * em);
    for tick in down.ticks.iter().filter(|_| down.has_texts) {
        if let Some(share) = down.mapping.share(tick.at) {
            let style = Type { anchor: Anchor::End, ..style };
            if !is_named {
                svg.text((left - 0.5 * em, y(share) + 0.36 * em), &tick.text, style);
                continue;
            }
            // Names have no more than some of the room: those that are longer stand in two lines where there are.
            let lines = match text::lines(&tick.text, room) {
                lines if lines.len() == 2 && is_high => lines,
                _ => vec![text::cut(&tick.text, room)],
            };
            for (n, line) in lines.iter().enumerate() {
                let off = 1.05 * (n as f64 - (lines.len() as f64 - 1.0) / 2.0);
                svg.text((left - 0.5 * em, y(share) + (0.36 + off) * em), line, style);
            }
        }
    }
    if let Some(gap) = place.along.mapping.gap().filter(|_| !frame.is_turned) {
        broken(svg, (left + gap * frame.width, bottom), look);
    }
    let title = text::cut(&across.title.join(" "), look.room(frame.width + place.left));
    svg.text((left + frame.width / 2.0, bottom + 2.75 * em), &title, style);
    for (n, title) in down.title.iter().enumerate() {
        let x = left - place.left + (1.0 + 1.2 * n as f64) * em;
        svg.upright((x, top + frame.height / 2.0), title, style);
    }
}

/// Two strokes where an axis is broken.
fn broken(svg: &mut Svg, (x, y): (f64, f64), look: &Look) {
    let em = look.text;
    svg.rectangle((x - 0.16 * em, y - 0.3 * em), 0.32 * em, 0.6 * em, look.ground(), None);
    let stroke = Stroke::whole(look.ink(), 0.09 * em);
    for aside in [-0.18, 0.18] {
        svg.line((x + (aside - 0.12) * em, y + 0.35 * em), (x + (aside + 0.12) * em, y - 0.35 * em), &stroke);
    }
}
