//! Places as series of a figure, and as the table behind it.

use super::Place;
use crate::baselines;
use crate::figure::{Axis, Cell, Panel, Role, Scale, Series, Table};
use crate::lab::contest::{Form, Manifest, group_title};

/// The axis of errors.
pub(super) fn rmse() -> Axis {
    Axis::linear("RMSE").unit("unit scale")
}

/// What a panel of a group is called.
pub(super) fn title(domain: &str, group: &str) -> String {
    // Short, because it has the width of a panel.
    match group {
        "cold" => format!("{domain}: newcomers"),
        "few" => format!("{domain}: few ratings"),
        _ => domain.into(),
    }
}

/// A title with the RMSE of the global mean, which is far above all others and would flatten them in the panel.
pub(super) fn beside_mean(title: &str, mean: Option<f64>) -> String {
    match mean {
        Some(mean) => format!("{title} (global mean {mean:.4})"),
        None => title.into(),
    }
}

/// What a model is called in a legend.
pub(super) fn called(model: &str, form: Form) -> String {
    match form {
        Form::Linked => model.into(),
        Form::Alone => format!("{model}, no links"),
        Form::Shuffled => format!("{model}, shuffled links"),
    }
}

/// Places as points of a series with their intervals.
pub(super) fn spread(series: Series, places: &[&Place], x: impl Fn(&Place) -> f64) -> Series {
    places.iter().fold(series, |series, place| {
        let [low, high] = place.drawn().unwrap_or([f64::NAN; 2]);
        series.spread(x(place), place.rmse, low, high)
    })
}

/// A panel of lines, one a model and form, along an axis of numbers, or of marks beside each other along one of names, with
/// the bias model as a baseline. The global mean stands in the title.
pub(super) fn lines(title: &str, x: Axis, places: &[&Place]) -> Panel {
    let mut names: Vec<(&str, Form)> = Vec::new();
    for place in places {
        let name = (&*place.model, place.form);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of = |(model, form): (&str, Form)| -> Vec<&Place> {
        places.iter().copied().filter(|place| (&*place.model, place.form) == (model, form)).collect()
    };
    let mean = of((baselines::MEAN.name, Form::Linked)).last().map(|place| place.rmse);
    let is_named = matches!(x.scale, Scale::Category { .. });
    let mut panel = Panel::new(&beside_mean(title, mean), x, rmse());
    for (model, form) in names.into_iter().filter(|(model, _)| *model != baselines::MEAN.name) {
        let name = called(model, form);
        let role = match form {
            _ if model == baselines::BIAS.name => Role::Baseline,
            Form::Linked => Role::Model,
            Form::Alone | Form::Shuffled => Role::Control,
        };
        // Between names there is nothing that a line could lead through, but for what is the same at all of them.
        let is_line = !is_named || role == Role::Baseline;
        let series = if is_line { Series::line(&name, role) } else { Series::points(&name, role) };
        let mut series = spread(series, &of((model, form)), |place| place.point.x as f64);
        if role == Role::Control {
            series = series.control_of(model);
        }
        panel = panel.with(series);
    }
    panel
}

/// Where the column of arms stands in a table of places that have some.
const ARM: usize = 4;

/// All that is known of places, a row each.
pub(super) fn table(x: &str, places: &[&Place]) -> Table {
    let has_arms = places.iter().any(|place| !place.point.arm.is_empty());
    let mut columns = vec![
        ("Domain", None),
        ("Group", None),
        ("Model", None),
        ("Links", None),
        (x, None),
        ("Runs", None),
        ("People", None),
        ("Test ratings", None),
        ("RMSE", Some(4)),
        ("SD", Some(4)),
        ("Low over runs", Some(4)),
        ("High over runs", Some(4)),
        ("Low over people", Some(4)),
        ("High over people", Some(4)),
        ("From the bias model (%)", Some(2)),
        ("Low (%)", Some(2)),
        ("High (%)", Some(2)),
    ];
    if has_arms {
        columns.insert(ARM, ("Arm", None));
    }
    let mut table = Table::new(&columns);
    for place in places {
        let end = |ends: Option<[f64; 2]>, n: usize| Cell::from(ends.map(|ends| ends[n]));
        let change = place.against_bias;
        let group = if place.group == "cold" { "newcomers" } else { group_title(&place.group) };
        let mut row = vec![
            place.domain.as_str().into(),
            group.into(),
            place.model.as_str().into(),
            place.form.to_string().as_str().into(),
            (place.point.x as f64).into(),
            (place.runs as f64).into(),
            (place.people as f64).into(),
            (place.ratings as f64).into(),
            place.rmse.into(),
            place.deviation.into(),
            end(place.over_runs, 0),
            end(place.over_runs, 1),
            end(place.over_people, 0),
            end(place.over_people, 1),
            change.map(|change| 100.0 * change.value).into(),
            change.map(|change| 100.0 * change.low).into(),
            change.map(|change| 100.0 * change.high).into(),
        ];
        if has_arms {
            row.insert(ARM, place.point.arm.as_str().into());
        }
        table.push(row);
    }
    table
}

/// Where figures come from, a line each.
pub(super) fn provenance(manifest: &Manifest) -> Vec<String> {
    let terms = &manifest.terms;
    let mut seeds: Vec<u64> = manifest.jobs.iter().map(|job| job.seed).collect();
    seeds.dedup();
    let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
    let settings: Vec<String> =
        terms.settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    vec![
        format!("{}; {}; {}; seeds {}", terms.program, terms.experiment, terms.splitting, seeds.join(", ")),
        format!("data {}", terms.data),
        format!("settings {}", settings.join(" ")),
    ]
}
