//! The two pictures of a search: what was tried, and what mattered.

use std::collections::BTreeMap;

use super::space::Values;
use super::tuner::{Try, Tuner};
use crate::figure::{Axis, Figure, Panel, Role, Series, Table};

/// The tries by number, the best so far, and the value of the settings that one had, where it is known. `measure` is what the
/// values are.
pub fn tries_panel(title: &str, tries: &BTreeMap<usize, Try>, measure: &str, before: Option<f64>) -> Panel {
    let (mut best, mut all) =
        (Series::curve("best so far", Role::Model), Series::points("tried", Role::Model));
    let mut least: Option<f64> = None;
    for (&n, own) in tries {
        let Some(value) = own.value else { continue };
        let lower = least.map_or(value, |least| least.min(value));
        least = Some(lower);
        (best, all) = (best.point(n as f64, lower), all.point(n as f64, value));
    }
    let panel = Panel::new(title, Axis::linear("Try"), Axis::linear(measure)).with(best).with(all);
    match before {
        Some(before) => panel.with(Series::level("default settings", before)),
        None => panel,
    }
}

/// A panel a parameter: what is expected along it, the others being anything, with 95 % intervals. Of the parameters as many
/// as `most`, those that matter most; the table has all. Nothing with fewer than three values.
pub fn effects_figure(tuner: &Tuner, measure: &str, most: usize) -> Option<Figure> {
    let mut effects = tuner.effects()?;
    effects.sort_by(|one, other| other.share.total_cmp(&one.share));
    let mut own_table = Table::new(&[
        ("Setting", None),
        ("Share", Some(2)),
        ("Value", None),
        (measure, Some(4)),
        ("Low", Some(4)),
        ("High", Some(4)),
    ]);
    for effect in &effects {
        let parameter = tuner.space().parameters().iter().find(|parameter| parameter.name == effect.name)?;
        for place in &effect.places {
            own_table.push(vec![
                effect.name.as_str().into(),
                effect.share.into(),
                match &parameter.values {
                    Values::Choice { .. } => parameter.text(place.at).as_str().into(),
                    _ => place.at.into(),
                },
                place.mean.into(),
                place.low.into(),
                place.high.into(),
            ]);
        }
    }
    effects.truncate(most);
    let mut figure = Figure::new("tune-effects", "What mattered");
    figure.is_one_range = true;
    for effect in &effects {
        let parameter = tuner.space().parameters().iter().find(|parameter| parameter.name == effect.name)?;
        let x = match &parameter.values {
            Values::Number { is_log: true, .. } | Values::Whole { is_log: true, .. } => {
                Axis::logarithmic(&effect.name)
            }
            Values::Number { .. } | Values::Whole { .. } => Axis::linear(&effect.name),
            Values::Choice { names } => Axis::category(&effect.name, names.clone()),
        };
        let y = Axis::linear(measure);
        let series = match parameter.values {
            Values::Choice { .. } => Series::points("expected", Role::Model),
            _ => Series::curve("expected", Role::Model),
        };
        let series = effect
            .places
            .iter()
            .fold(series, |series, place| series.spread(place.at, place.mean, place.low, place.high));
        let title = format!("{:.0} % of the variance", 100.0 * effect.share);
        figure = figure.with(Panel::new(&title, x, y).with(series));
    }
    figure.own_table = Some(own_table);
    Some(figure)
}
