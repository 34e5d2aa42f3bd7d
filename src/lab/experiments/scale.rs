//! Time and memory by the number of ratings (paper 6.7, Figure 5): samples of the files, and generated worlds from the largest
//! step that the files still have to a million.

use std::collections::BTreeMap;

use super::drawing::table;
use super::sheet::{Contestant, Sheet};
use super::{Experiment, Facts, Measure, Place, Shown, words};
use crate::baselines;
use crate::data::grouped;
use crate::error::Result;
use crate::figure::{Axis, Cell, Figure, Panel, Role, Series, Table};
use crate::lab::contest::statistics::mean_and_deviation;
use crate::lab::contest::{Form, JobResult, Material, Point, SCALE, Stop, Users};
use crate::lab::ledger::Group;
use statrs::distribution::{ContinuousCDF, StudentsT};

const STEPS: [usize; 9] = [100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];
/// From here on a training takes long enough that what does not depend on the ratings is little.
const FROM: usize = 3000;

const FILES: &str = "samples of the files";
const GENERATED: &str = "generated";

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: SCALE,
    shows: "seconds and memory of a training by the number of ratings",
    source: "Figure 5, section 6.7",
    claim: "The time of a training is linear in the number of ratings.",
    models: &["dml", "bayes"],
    has_newcomers: false,
    stops,
    shown,
    weight: |job| 300.0 + job.point.x as f64,
};

fn stops(facts: &Facts) -> Result<Vec<Stop>> {
    let all: usize = facts.world.domains.iter().map(|domain| domain.ratings.len()).sum();
    let largest = STEPS.iter().copied().filter(|n| *n <= all).max().unwrap_or(0);
    let point = |n: usize, name: &str, arm: &str, material| {
        Stop::new(Point { material, arm: arm.into(), ..Point::at(format!("{name}-{n}"), n) })
    };
    let files = STEPS.iter().filter(|n| **n <= all);
    let files = files.map(|&n| point(n, "files", FILES, Material::Sample(n)));
    // One step of both kinds, so that it is seen whether they join.
    let generated = STEPS.iter().filter(|n| **n >= largest);
    let generated = generated.map(|&n| point(n, "generated", GENERATED, Material::Generated(n)));
    Ok(files.chain(generated).collect())
}

/// A line through points by least squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) slope: f64,
    /// 95 % interval of the slope, by Student's t with n − 2 degrees of freedom.
    pub(super) interval: [f64; 2],
}

impl Line {
    /// Through three points or more that have not all one x.
    pub(super) fn through(points: &[(f64, f64)]) -> Option<Self> {
        let n = points.len() as f64;
        let freedom = points.len().checked_sub(2).filter(|freedom| *freedom > 0)? as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let spread: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
        let slope = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>() / spread;
        let rest: f64 = points.iter().map(|point| (point.1 - y - slope * (point.0 - x)).powi(2)).sum();
        let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
        let half = t * (rest / freedom / spread).sqrt();
        (spread > 0.0).then_some(Self { slope, interval: [slope - half, slope + half] })
    }
}

/// The least of several: what else the machine does adds to a time and takes nothing from it.
fn least(all: &[f64]) -> f64 {
    all.iter().copied().reduce(f64::min).unwrap_or(f64::NAN)
}

/// What is measured of a job.
type Of = fn(&JobResult) -> Option<f64>;

const SECONDS: Of = |result| Some(result.training.seconds).filter(|seconds| *seconds > 0.0);
const SECONDS_AN_EPOCH: Of = |result| {
    let epochs = result.training.epochs.max(1) as f64;
    Some(result.training.seconds / epochs).filter(|seconds| *seconds > 0.0)
};
const MEGABYTES: Of = |result| result.training.peak_bytes.map(|bytes| bytes as f64 / 1e6);

/// By arm and number of ratings, the measures of all folds and seeds.
fn measured(sheet: &Sheet, model: &str, of: Of) -> BTreeMap<(String, usize), Vec<f64>> {
    let mut all = BTreeMap::<(String, usize), Vec<f64>>::new();
    for point in sheet.manifest.points() {
        let results = sheet.results(point, Users::All, (model, Form::Linked));
        let own: Vec<f64> = results.into_iter().filter_map(of).collect();
        if !own.is_empty() {
            all.insert((point.arm.clone(), point.x), own);
        }
    }
    all
}

fn panels(sheet: &Sheet, models: &[&str], y: &Axis, of: Of) -> Vec<Panel> {
    let mut panel = Panel::new("", Axis::logarithmic("Ratings"), y.clone());
    for &model in models.iter().chain(&[baselines::BIAS.name]) {
        let all = measured(sheet, model, of);
        for (arm, role) in [(FILES, Role::Model), (GENERATED, Role::Control)] {
            let role = if model == baselines::BIAS.name { Role::Baseline } else { role };
            let name = if arm == FILES { model.into() } else { format!("{model}, {GENERATED}") };
            let mut series = Series::line(&name, role);
            if role == Role::Control {
                series = series.control_of(model);
            }
            for ((_, n), own) in all.iter().filter(|((own, _), _)| own == arm) {
                let ends = [f64::min as fn(f64, f64) -> f64, f64::max]
                    .map(|pick| own.iter().copied().reduce(pick).unwrap_or(f64::NAN));
                series = series.spread(*n as f64, mean_and_deviation(own).0, ends[0], ends[1]);
            }
            if !series.points.is_empty() {
                panel = panel.with(series);
            }
        }
    }
    if panel.series.is_empty() { Vec::new() } else { vec![panel] }
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let models = sheet.models();
    let seconds = panels(sheet, &models, &Axis::logarithmic("Training").unit("s"), SECONDS);
    let memory = panels(sheet, &models, &Axis::logarithmic("Peak of the process").unit("MB"), MEGABYTES);
    let mut own_table = Table::new(&[
        ("Model", None),
        ("Ratings", None),
        ("Of", None),
        ("Runs", None),
        ("Seconds", Some(3)),
        ("SD", Some(3)),
        ("Epochs", Some(1)),
        ("Peak MB", Some(0)),
    ]);
    let (mut measures, mut sentences) = (Vec::new(), Vec::new());
    for &model in &models {
        let (time, epoch) = (measured(sheet, model, SECONDS), measured(sheet, model, SECONDS_AN_EPOCH));
        let memory = measured(sheet, model, MEGABYTES);
        for (place, own) in &time {
            let (mean, deviation) = mean_and_deviation(own);
            let epochs = epoch.get(place).map(|own| mean / mean_and_deviation(own).0);
            // What earlier jobs have left counts in each: the least is nearest to the truth.
            let peak = memory.get(place).and_then(|own| own.iter().copied().reduce(f64::min));
            own_table.push(vec![
                model.into(),
                (place.1 as f64).into(),
                place.0.as_str().into(),
                (own.len() as f64).into(),
                mean.into(),
                deviation.into(),
                epochs.into(),
                Cell::from(peak),
            ]);
        }
        let line = |all: &BTreeMap<(String, usize), Vec<f64>>| {
            let points: Vec<(f64, f64)> = all
                .iter()
                .filter(|((_, n), _)| *n >= FROM)
                .map(|((_, n), own)| ((*n as f64).ln(), least(own).ln()))
                .collect();
            Line::through(&points)
        };
        let mut texts = Vec::new();
        for (what, line) in [("for a training", line(&time)), ("for an epoch or sweep", line(&epoch))] {
            let Some(Line { slope, interval }) = line else { continue };
            texts.push(format!("{slope:.2} ({:.2} to {:.2}) {what}", interval[0], interval[1]));
            let name = format!("exponent of seconds over ratings {what} of {model}");
            measures.push(Measure { name, value: slope, interval: Some(interval) });
        }
        if let (false, Some(((arm, n), own))) = (texts.is_empty(), time.iter().max_by_key(|((_, n), _)| *n)) {
            sentences.push(format!(
                "{model} takes {:.1} s for {} ratings ({arm}); its least seconds grow with the ratings as the power {}",
                mean_and_deviation(own).0,
                grouped(*n),
                words::list(&texts)
            ));
        }
    }
    let contestants: Vec<Contestant> =
        models.iter().map(|&model| (model, Form::Linked)).chain(Sheet::baselines()).collect();
    let mut places: Vec<Place> = Vec::new();
    for point in sheet.manifest.points() {
        for d in 0..sheet.domains().len() {
            places.extend(sheet.places(d, Group::All, point, &contestants)?);
        }
    }
    let mut figures = Vec::new();
    if !seconds.is_empty() {
        let figure = Figure::new("scale", "Seconds of a training by the number of ratings, least to most");
        figures.push(Figure { panels: seconds, own_table: Some(own_table), ..figure });
    }
    if !memory.is_empty() {
        let figure = Figure::new("scale-memory", "Peak memory of the process by the number of ratings");
        let errors = table("Ratings", &places.iter().collect::<Vec<_>>());
        figures.push(Figure { panels: memory, own_table: Some(errors), ..figure });
    }
    let finding = match sentences.is_empty() {
        true => String::new(),
        false => {
            format!("On this machine, from {} ratings on: {}.", grouped(FROM), sentences.join(". "))
        }
    };
    Ok(Shown { measures, ..Shown::new(figures, places, Vec::new(), finding) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_and_its_interval_are_those_by_hand() {
        // x 0 1 2 3, y 0 1 3 4: x̄ = 1.5, ȳ = 2, Σ(x − x̄)² = 5, Σ(x − x̄)(y − ȳ) = 7, slope 1.4, residuals
        // .1, −.3, .3, −.1, their squares .2; √(.2 / 2 / 5) = .1414, t of 2 degrees of freedom 4.3027.
        let line = Line::through(&[(0.0, 0.0), (1.0, 1.0), (2.0, 3.0), (3.0, 4.0)]).unwrap();
        assert!((line.slope - 1.4).abs() < 1e-12);
        assert!((line.interval[1] - (1.4 + 4.302_653 * 0.141_421)).abs() < 1e-4, "{line:?}");
        assert!((line.interval[0] + line.interval[1] - 2.8).abs() < 1e-9);
        // n ln n over 10³ … 10⁶ is a little steeper than a line.
        let points = [3.0, 4.0, 5.0, 6.0].map(|e: f64| {
            let n = 10_f64.powf(e);
            (n.ln(), (n * n.ln()).ln())
        });
        let steeper = Line::through(&points).unwrap();
        assert!(steeper.interval[0] > 1.0 && steeper.slope < 1.15, "{steeper:?}");
        assert_eq!(Line::through(&points[..2]), None);
        assert_eq!(Line::through(&[(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)]), None);
    }
}
