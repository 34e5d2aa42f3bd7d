//! Experiments that change one choice of the settings: the recommendation network (paper 6.4, Table 10), the autoencoder (6.5,
//! Table 11), and the reading of the cross-domain step, in which the paper contradicts itself (docs/method.md).

use super::series::{ByPoint, names};
use super::sheet::Sheet;
use super::{Contrast, Experiment, Facts, Shown, words};
use crate::error::Result;
use crate::lab::contest::{Form, Job, Point, Stop};

const NETWORK_NAMES: [&str; 5] = ["mlp", "cnn", "rnn", "attention", "adversarial"];
const ENCODER_NAMES: [&str; 5] = ["ae", "vae", "aae", "wae", "hvae"];
const READING_NAMES: [&str; 4] = ["none", "algorithm1", "equations", "target"];

pub(super) const NETWORKS: Experiment = Experiment {
    name: "networks",
    shows: "test error by the recommendation network",
    source: "Table 10, section 6.4",
    claim: "The performance is generally consistent across recommendation networks; attention is slightly better, and in all \
            settings all baselines are outperformed.",
    models: &["dml"],
    has_newcomers: true,
    stops: |facts| Ok(stops(facts, &NETWORK_NAMES, |name, point| point.set("network", name))),
    shown: |sheet| shown(sheet, "networks", "the recommendation network", "Network", NETWORK_NAMES[0]),
    // Those that go over a person's history take many times as long as the fused step.
    weight: |job| [1.0, 12.0, 12.0, 12.0, 4.0][job.point.x.min(4)],
};

pub(super) const AUTOENCODERS: Experiment = Experiment {
    name: "autoencoders",
    shows: "test error by the autoencoder that makes the vectors, frozen while the networks train",
    source: "Table 11, section 6.5",
    claim: "The performance is consistent across autoencoders, without any significant difference.",
    models: &["dml"],
    has_newcomers: true,
    stops: |facts| Ok(stops(facts, &ENCODER_NAMES, |name, point| codes(point).set("encoder", name))),
    shown: |sheet| shown(sheet, "autoencoders", "the autoencoder", "Autoencoder", ENCODER_NAMES[0]),
    weight: |job| [1.0, 3.0, 3.0, 3.0, 3.0][job.point.x.min(4)],
};

pub(super) const READINGS: Experiment = Experiment {
    name: "readings",
    shows: "test error by the reading of the cross-domain step, and without one",
    source: "beyond the paper: Equations 5 and 6 contradict line 13 of Algorithm 1, and neither trains what is predicted",
    claim: "The cross-domain step improves the recommendations in both domains.",
    models: &["dml"],
    has_newcomers: true,
    stops: |facts| Ok(stops(facts, &READING_NAMES, |name, point| point.set("cross_step", name))),
    shown: |sheet| {
        shown(
            sheet,
            "readings",
            "the reading of the cross-domain step",
            "Cross-domain step",
            READING_NAMES[0],
        )
    },
    weight: |_: &Job| 1.0,
};

/// Codes in place of learnt vectors as the paper has them: in the unit ball, and joined by the network alone. Codes of some
/// autoencoders are several units long, and their inner product would be a rating by itself.
fn codes(point: Point) -> Point {
    point.set("embeddings", "autoencoder").set("unit_ball", true).set("dot_product", false)
}

fn stops(facts: &Facts, names: &[&str], change: fn(&str, Point) -> Point) -> Vec<Stop> {
    let stop = |(place, name): (usize, &&str)| Stop {
        users: facts.users(),
        ..Stop::new(change(name, Point::at(*name, place)))
    };
    names.iter().enumerate().map(stop).collect()
}

fn shown(sheet: &Sheet, name: &str, by: &str, label: &str, reference: &str) -> Result<Shown> {
    let axis = |points: &[&Point]| names(label, points);
    let layout = ByPoint { name, by, column: label, axis: &axis, forms: &[Form::Linked], reference };
    let (mut figures, places, contrasts) = layout.of(sheet)?;
    // Where some points alone are done, a place on the axis is that among them.
    let points = sheet.manifest.points();
    for point in figures
        .iter_mut()
        .flat_map(|figure| &mut figure.panels)
        .flat_map(|panel| &mut panel.series)
        .flat_map(|series| &mut series.points)
    {
        let place = points.iter().position(|own| own.x as f64 == point.x);
        point.x = place.map_or(point.x, |place| place as f64);
    }
    let finding = finding(sheet, by, reference, &contrasts);
    Ok(Shown::new(figures, places, contrasts, finding))
}

/// How far the first model's error moves from the reference, and where most.
fn finding(sheet: &Sheet, by: &str, reference: &str, contrasts: &[Contrast]) -> String {
    let Some(&model) = sheet.models().first() else { return String::new() };
    let sentence = |group: &str, who: &str| {
        let is_own = |own: &&Contrast| own.from.model == model && own.group == group;
        let own: Vec<&Contrast> = contrasts.iter().filter(is_own).collect();
        let best = own.iter().min_by(|x, y| x.change.value.total_cmp(&y.change.value))?;
        let best =
            format!("{}, with which it {} in {}", best.to.point.name, words::change(best), best.domain);
        let moved = words::moved(&own);
        Some(format!(
            "the error of {who} under {model}, from {reference}, {moved}; best of the others is {best}"
        ))
    };
    let all: Vec<String> =
        [sentence("all", "everybody"), sentence("cold", "newcomers")].into_iter().flatten().collect();
    if all.is_empty() {
        String::new()
    } else {
        format!("On these data, by {by}: {}.", all.join(". For newcomers: "))
    }
}
