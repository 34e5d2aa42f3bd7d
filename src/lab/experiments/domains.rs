//! Maps along a chain (paper 4.3): people of the first domain in the space of the third by way of the second, X₁₂ then X₂₃,
//! beside the map that is learnt between the two directly, on people whose links are hidden.

use super::sheet::Sheet;
use super::{Experiment, Facts, Measure, Shown, words};
use crate::error::{Error, Result};
use crate::figure::{Axis, Figure, Panel, Role, Series, Table};
use crate::lab::contest::statistics::{interval, mean_and_deviation};
use crate::lab::contest::{Form, Point, Stop, Users};

/// Share of the people in both whose links are hidden.
const HIDDEN: f64 = 0.2;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "domains",
    shows: "maps along a chain of domains beside the direct ones, on people whose links are hidden",
    source: "section 4.3",
    claim: "The map between two domains is that to a third and on from there, so that N domains need N − 1 maps.",
    models: &["dml"],
    has_newcomers: false,
    stops,
    shown,
    weight: |_| 1.0,
};

fn stops(facts: &Facts) -> Result<Vec<Stop>> {
    let n = facts.world.domains.len();
    if n < 3 {
        return Err(Error::data(
            format!("{n} domains have no chain"),
            "Load three or more that share people; `dual-metric sample --domains 3` writes some",
        ));
    }
    Ok(vec![Stop::new(Point::at("chain", n).set("held_out_overlap", HIDDEN))])
}

/// The kinds of map that are measured, with the end of their names in a result.
const KINDS: [(&str, &str); 4] =
    [("direct", "mapped"), ("by way of another", "by"), ("identity", "identity"), ("random", "random")];

fn shown(sheet: &Sheet) -> Result<Shown> {
    let points = sheet.manifest.points();
    let (Some(&point), names) = (points.first(), sheet.domains()) else {
        return Ok(Shown::new(Vec::new(), Vec::new(), Vec::new(), String::new()));
    };
    let (mut panels, mut measures, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
    let mut own_table = Table::new(&[
        ("Model", None),
        ("From", None),
        ("To", None),
        ("Map", None),
        ("Misfit", Some(4)),
        ("Low", Some(4)),
        ("High", Some(4)),
        ("Runs", None),
    ]);
    for model in sheet.models() {
        let results = sheet.results(point, Users::All, (model, Form::Linked));
        let of = |key: &str| -> Vec<f64> {
            results.iter().filter_map(|result| result.measures.get(key).copied()).collect()
        };
        let mut panel = Panel::new(
            model,
            Axis::category("Map", KINDS.iter().map(|(name, _)| *name)),
            Axis::linear("Misfit (1: the mean vector)"),
        );
        for a in 0..names.len() {
            for b in a + 1..names.len() {
                let pair = format!("{} to {}", names[a], names[b]);
                let mut series = Series::points(&pair, Role::Model);
                let mut told = Vec::new();
                for (place, (name, end)) in KINDS.iter().enumerate() {
                    let ways: Vec<(String, Vec<f64>)> = match *end {
                        "by" => (0..names.len())
                            .map(|by| {
                                (format!("by way of {}", names[by]), of(&format!("link {a}-{b} by {by}")))
                            })
                            .collect(),
                        _ => vec![((*name).into(), of(&format!("link {a}-{b} {end}")))],
                    };
                    for (way, own) in ways.into_iter().filter(|(_, own)| !own.is_empty()) {
                        let mean = mean_and_deviation(&own).0;
                        // Folds of one seed hide the same people: their trainings overlap as those of other figures do.
                        let ends = interval(&own, 1.0 / results.len().max(2) as f64);
                        let [low, high] = ends.unwrap_or([f64::NAN; 2]);
                        // That of two trainings has one degree of freedom and is as wide as the figure.
                        let drawn = if own.len() >= 3 { [low, high] } else { [f64::NAN; 2] };
                        series = series.spread(place as f64, mean, drawn[0], drawn[1]);
                        own_table.push(vec![
                            model.into(),
                            names[a].as_str().into(),
                            names[b].as_str().into(),
                            way.as_str().into(),
                            mean.into(),
                            low.into(),
                            high.into(),
                            (own.len() as f64).into(),
                        ]);
                        let name = format!("misfit from {pair} under {model}, {way}");
                        measures.push(Measure { name, value: mean, interval: ends });
                        if *end != "identity" {
                            told.push(format!("{way} {mean:.3}"));
                        }
                    }
                }
                if !series.points.is_empty() {
                    panel = panel.with(series);
                    sentences.push(format!("from {pair} {}", words::list(&told)));
                }
            }
        }
        if !panel.series.is_empty() {
            panels.push(panel);
        }
    }
    let finding = match sentences.is_empty() {
        true => String::new(),
        false => format!(
            "On these data, the misfit of maps on people whose links are hidden: {}. Above 1 a map is worse than to expect \
             everybody to have the mean vector.",
            sentences.join("; ")
        ),
    };
    let figure = Figure::new("domains", "Misfit of direct maps and of maps along a chain");
    let figures = match panels.is_empty() {
        true => Vec::new(),
        false => vec![Figure { panels, own_table: Some(own_table), ..figure }],
    };
    Ok(Shown { measures, ..Shown::new(figures, Vec::new(), Vec::new(), finding) })
}
