//! How many people in both fix X (paper 4.1): k (k − 1) / 2 as the paper counts, against k − 1 for all but a reflection and k
//! for all, on planted maps with noise. No ratings are trained on.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use super::{Experiment, Facts, Measure, Shown};
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, Role, Series, Table};
use crate::lab::contest::statistics::{interval, mean_and_deviation};
use crate::lab::contest::{Form, Material, Point, Stop, Users, pair_counts};

/// Dimensions, and the deviation of the noise in thousandths of that of the vectors' numbers.
const DIMENSIONS: [usize; 3] = [4, 8, 16];
const NOISES: [usize; 4] = [0, 100, 300, 1000];

/// What stands in the place of a model.
pub(super) const ESTIMATOR: &str = "procrustes";

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "identification",
    shows: "how many pairs of vectors fix an orthogonal map, on planted maps with noise",
    source: "section 4.1",
    claim: "k (k − 1) / 2 people in both are needed for an orthogonal map of k dimensions.",
    models: &[],
    has_newcomers: false,
    stops,
    shown,
    weight: |job| job.point.x.pow(3) as f64,
};

fn stops(_: &Facts) -> Result<Vec<Stop>> {
    let of = |k: usize| {
        NOISES.map(|noise| {
            let name = format!("k{k}-noise{noise}");
            let material = Material::Planted { k, noise };
            Stop::new(Point {
                material,
                arm: format!("noise {}", noise as f64 / 1000.0),
                ..Point::at(name, k)
            })
        })
    };
    Ok(DIMENSIONS.into_iter().flat_map(of).collect())
}

/// Mean and interval of a measure over the jobs of a point.
fn over_runs(sheet: &Sheet, point: &Point, name: &str) -> Option<(f64, Option<[f64; 2]>)> {
    let all: Vec<f64> = sheet
        .results(point, Users::All, (ESTIMATOR, Form::Linked))
        .iter()
        .filter_map(|result| result.measures.get(name).copied())
        .collect();
    // The maps of every job are drawn anew: nothing overlaps.
    (!all.is_empty()).then(|| (mean_and_deviation(&all).0, interval(&all, 0.0)))
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let points = sheet.manifest.points();
    let mut by_dimension = BTreeMap::<usize, Vec<&Point>>::new();
    points.iter().for_each(|&point| by_dimension.entry(point.x).or_default().push(point));
    let mut figure = Figure::new("identification", "Error of X by the number of pairs, on planted maps");
    let mut own_table = Table::new(&[
        ("Dimension", None),
        ("Noise", None),
        ("Pairs", None),
        ("Error of X", Some(4)),
        ("Low", Some(4)),
        ("High", Some(4)),
        ("Misfit of others", Some(4)),
        ("Share found", Some(3)),
    ]);
    let mut measures = Vec::new();
    let mut sentences = Vec::new();
    for (k, points) in by_dimension {
        let paper = k * (k - 1) / 2;
        let axis = [1, k - 1, k, paper]
            .into_iter()
            .fold(Axis::logarithmic("Pairs"), |axis, n| axis.tick(n as f64, &n.to_string()));
        let mut panel = Panel::new(&format!("k = {k}"), axis, Axis::linear("‖X̂ − X‖² / 2k"));
        for point in points {
            let mut series = Series::line(&point.arm, Role::Model);
            for n in pair_counts(k) {
                let of = |name: &str| over_runs(sheet, point, &format!("{name} {n}"));
                let Some((error, ends)) = of("error") else { continue };
                // Symmetric about the mean, the interval can reach below 0, where no square is.
                let [low, high] = ends.map_or([f64::NAN; 2], |[low, high]| [low.max(0.0), high]);
                series = series.spread(n as f64, error, low, high);
                let mean = |name: &str| of(name).map(|found| found.0);
                own_table.push(vec![
                    (k as f64).into(),
                    point.arm.as_str().into(),
                    (n as f64).into(),
                    error.into(),
                    low.into(),
                    high.into(),
                    mean("misfit").into(),
                    mean("found").into(),
                ]);
                let is_told = n == k - 1 || n == k || n == paper;
                if let (true, Some(found)) = (is_told, mean("found")) {
                    let name = format!("share of maps found, k = {k}, {}, {n} pairs", point.arm);
                    measures.push(Measure { name, value: found, interval: None });
                }
            }
            if !series.points.is_empty() {
                panel = panel.with(series);
            }
        }
        let found = |n: usize| {
            let name = format!("share of maps found, k = {k}, noise 0, {n} pairs");
            measures.iter().find(|own| own.name == name).map(|own| 100.0 * own.value)
        };
        if let (Some(fewer), Some(enough)) = (found(k - 1), found(k)) {
            sentences.push(format!(
                "in {k} dimensions {} exact pairs find {fewer:.0} % of the maps (the others are a reflection away) and {k} find \
                 {enough:.0} %, where the paper asks for {paper}",
                k - 1
            ));
        }
        if !panel.series.is_empty() {
            figure = figure.with(panel);
        }
    }
    let mut finding = String::new();
    if !sentences.is_empty() {
        finding = format!("On planted maps: {}", sentences.join("; "));
        let noisy = measures.iter().filter(|own| !own.name.contains("noise 0,"));
        let most = noisy.map(|own| own.value).fold(0.0, f64::max);
        finding += if most < 0.5 {
            "; with noise no number of pairs fixes X, and the error falls as they become more."
        } else {
            "."
        };
    }
    figure.own_table = Some(own_table);
    let figures = if figure.panels.is_empty() { Vec::new() } else { vec![figure] };
    Ok(Shown { measures, ..Shown::new(figures, Vec::new(), Vec::new(), finding) })
}
