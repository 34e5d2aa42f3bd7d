//! The two figures of a search: what was tried, and what mattered.

use super::space::Values;
use super::tuner::Tuner;
use crate::figure::{Axis, Figure, Panel, Role, Series, shown};

/// The tries in their order, the best so far, and the value of the settings that one had, where it is known. `name` and
/// `unit` are those of the value.
pub fn tries_figure(tuner: &Tuner, name: &str, unit: Option<&str>, before: Option<f64>) -> Figure {
    let x = Axis::linear("Try");
    let mut y = Axis::linear(name);
    y.unit = unit.map(Into::into);
    let numbered = (1..).zip(tuner.tries());
    let tries = numbered.fold(Series::points("tried", Role::Model), |series, (n, own)| {
        own.value.map_or(series.clone(), |value| series.point(f64::from(n), value))
    });
    let best = (1..)
        .zip(tuner.best_so_far())
        .fold(Series::curve("best so far", Role::Model), |series, (n, best)| {
            best.map_or(series.clone(), |best| series.point(f64::from(n), best))
        });
    let mut panel = Panel::new("", x, y).with(best).with(tries);
    if let Some(before) = before {
        panel = panel.with(Series::level("default settings", before));
    }
    let figure = Figure::new("tune-tries", "What was tried").with(panel);
    match tuner.best() {
        Some(best) => {
            let n = tuner.tries().iter().position(|own| own == best).unwrap_or_default() + 1;
            let of = tuner.tries().len();
            let value = shown(best.value.unwrap_or(f64::NAN));
            let named: Vec<String> = tuner
                .space()
                .named(&best.point)
                .iter()
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            figure.finding(&format!(
                "The best of {of} tries is number {n}, {value}, with {}.",
                named.join(", ")
            ))
        }
        None => figure,
    }
}

/// A panel a parameter: what is expected along it, the others being anything, with 95 % intervals. Nothing with fewer than
/// three values.
pub fn effects_figure(tuner: &Tuner, name: &str, unit: Option<&str>) -> Option<Figure> {
    let mut effects = tuner.effects()?;
    effects.sort_by(|one, other| other.share.total_cmp(&one.share));
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
        let mut y = Axis::linear(name);
        y.unit = unit.map(Into::into);
        let series = match parameter.values {
            Values::Choice { .. } => Series::points("expected", Role::Model),
            _ => Series::curve("expected", Role::Model),
        };
        let series = effect
            .places
            .iter()
            .fold(series, |series, place| series.spread(place.at, place.mean, place.low, place.high));
        let title = format!("share {:.0} %", 100.0 * effect.share);
        figure = figure.with(Panel::new(&title, x, y).with(series));
    }
    let first = effects.first()?;
    let words = format!(
        "What mattered most is {}: alone it makes {:.0} % of the variance that is expected over the space.",
        first.name,
        100.0 * first.share
    );
    Some(figure.finding(&words))
}
