//! Losses by epoch with their spread (paper 6.8, Figure 6), and the conditions of section 4.2 for the dual matrix factorisation.
//! Nothing ends a training here before its last epoch.

use super::sheet::Sheet;
use super::{Experiment, Facts, Measure, Shown, words};
use crate::dml;
use crate::error::Result;
use crate::figure::{Axis, Figure, Panel, Role, Series, Table};
use crate::lab::contest::statistics::mean_and_deviation;
use crate::lab::contest::{EpochLoss, Form, JobResult, Point, Stop, Users};

/// The change of the loss from which on the paper calls a training converged.
const TOLERANCE: f64 = 1e-5;
/// What the loss of a domain's training rows is called.
const OWN: &str = "own ratings";
/// That of what is learnt across domains.
const CROSS: &str = "cross-domain step";
/// The squared error on rows that are not trained on.
const VALIDATION: &str = "validation rows";
/// More than rounding of a sum of squares.
const ROUNDING: f64 = 1e-7;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "convergence",
    shows: "losses by epoch with the spread over folds and seeds, and the conditions of convergence of section 4.2",
    source: "Figure 6, sections 4.2 and 6.8",
    claim: "The loss converges, within 100 epochs and below a change of 1e-5; the dual factorisation converges under \
            conditions (a) to (c).",
    models: &["dml", "dual-mf"],
    has_newcomers: false,
    stops: |_: &Facts| {
        let point = Point { is_traced: true, ..Point::at("traced", 0) };
        Ok(vec![Stop::new(point.set("patience", "null").set("tolerance", 0))])
    },
    shown,
    weight: |_| 1.0,
};

/// A loss of an epoch.
type Of = fn(&EpochLoss) -> Option<f64>;

/// A domain's losses by epoch and run, as far as all runs have them.
fn by_epoch(results: &[&JobResult], d: usize, of: Of) -> Vec<Vec<f64>> {
    let epochs = results.iter().map(|result| result.losses.len()).min().unwrap_or(0);
    let at = |epoch: usize| -> Option<Vec<f64>> {
        results.iter().map(|result| of(result.losses[epoch].get(d)?)).collect()
    };
    (0..epochs).map_while(at).collect()
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let points = sheet.manifest.points();
    let Some(&point) = points.first() else {
        return Ok(Shown::new(Vec::new(), Vec::new(), Vec::new(), String::new()));
    };
    let mut own_table = Table::new(&[
        ("Model", None),
        ("Domain", None),
        ("Loss", None),
        ("Epoch", None),
        ("Mean", Some(6)),
        ("SD", Some(6)),
        ("Runs", None),
    ]);
    let (mut panels, mut measures, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
    for model in sheet.models() {
        let results = sheet.results(point, Users::All, (model, Form::Linked));
        let mut texts = Vec::new();
        for (d, domain) in sheet.domains().iter().enumerate() {
            let kinds: [(&str, Of); 3] = [
                (OWN, |loss| Some(loss.own)),
                (CROSS, |loss| loss.cross),
                (VALIDATION, |loss| loss.validation_rmse.map(|rmse| rmse * rmse)),
            ];
            let title = format!("{domain}: {model}");
            let mut panel = Panel::new(&title, Axis::linear("Epoch"), Axis::linear("Mean squared error"));
            for (kind, of) in kinds {
                let all = by_epoch(&results, d, of);
                let mut series = Series::curve(kind, Role::Model);
                for (epoch, own) in all.iter().enumerate() {
                    let (mean, deviation) = mean_and_deviation(own);
                    let half = deviation.unwrap_or(f64::NAN);
                    series = series.spread(epoch as f64 + 1.0, mean, mean - half, mean + half);
                    own_table.push(vec![
                        model.into(),
                        domain.as_str().into(),
                        kind.into(),
                        (epoch as f64 + 1.0).into(),
                        mean.into(),
                        deviation.into(),
                        (own.len() as f64).into(),
                    ]);
                }
                if !series.points.is_empty() {
                    panel = panel.with(series);
                }
                match (Curve::of(&all), kind) {
                    (Some(curve), OWN) => {
                        measures.extend(curve.measures(model, domain));
                        texts.push(format!("in {domain} {}", curve.words()));
                    }
                    (Some(curve), VALIDATION) => texts.push(curve.best(&all)),
                    _ => {}
                }
            }
            if !panel.series.is_empty() {
                panels.push(panel);
            }
        }
        if !texts.is_empty() {
            let under = if sentences.is_empty() { "under" } else { "Under" };
            sentences.push(format!("{under} {model} the loss {}", texts.join("; ")));
        }
        if model == dml::factorisation::ENTRY.name {
            sentences.extend(conditions(&results, &mut measures));
        }
    }
    let finding = if sentences.is_empty() {
        String::new()
    } else {
        format!("On these data, {}.", sentences.join(". "))
    };
    let figure =
        Figure::new("convergence", "Losses by epoch, mean and standard deviation over folds and seeds");
    let figures = match panels.is_empty() {
        true => Vec::new(),
        false => vec![Figure { panels, own_table: Some(own_table), ..figure }],
    };
    Ok(Shown { measures, ..Shown::new(figures, Vec::new(), Vec::new(), finding) })
}

/// What there is to say of a loss by epoch.
struct Curve {
    first: f64,
    last: f64,
    /// Standard deviation over the runs in the last epoch.
    deviation: Option<f64>,
    epochs: usize,
    /// Steps from an epoch to the next, over all runs, and those in which the loss rises.
    steps: usize,
    rises: usize,
    /// By run the first epoch whose loss is within the tolerance of the one before.
    converged: Vec<usize>,
}

impl Curve {
    fn of(all: &[Vec<f64>]) -> Option<Self> {
        let (first, last) = (mean_and_deviation(all.first()?).0, mean_and_deviation(all.last()?));
        let runs = all.first()?.len();
        let steps = |run: usize| all.windows(2).map(move |two| (two[0][run], two[1][run]));
        let rises = |run: usize| steps(run).filter(|(x, y)| *y > x * (1.0 + ROUNDING)).count();
        let converged = |run: usize| steps(run).position(|(x, y)| (x - y).abs() < TOLERANCE).map(|n| n + 2);
        Some(Self {
            first,
            last: last.0,
            deviation: last.1,
            epochs: all.len(),
            steps: runs * (all.len() - 1),
            rises: (0..runs).map(rises).sum(),
            converged: (0..runs).filter_map(converged).collect(),
        })
    }

    fn measures(&self, model: &str, domain: &str) -> Vec<Measure> {
        let measure = |name: &str, value: f64| Measure {
            name: format!("{name} of {model} in {domain}"),
            value,
            interval: None,
        };
        let share = self.rises as f64 / self.steps.max(1) as f64;
        let first = measure("loss after the first epoch", self.first);
        vec![
            first,
            measure("loss after the last epoch", self.last),
            measure("share of epochs in which the loss rises", share),
        ]
    }

    /// Where the mean is least, of an error on rows that are not trained on.
    fn best(&self, all: &[Vec<f64>]) -> String {
        let means = all.iter().map(|own| mean_and_deviation(own).0);
        let least = means.enumerate().min_by(|x, y| x.1.total_cmp(&y.1)).unwrap_or((0, f64::NAN));
        format!(
            "on validation rows the error is least after epoch {} ({:.4}) and {:.4} at the end",
            least.0 + 1,
            least.1,
            self.last
        )
    }

    fn words(&self) -> String {
        let spread = self.deviation.map_or(String::new(), |sd| format!(" (SD {sd:.5})"));
        let converged = match (self.converged.iter().min(), self.converged.iter().max()) {
            (Some(least), Some(most)) => {
                let epochs = if least == most { least.to_string() } else { format!("{least} to {most}") };
                format!(
                    "changes by less than {TOLERANCE} first in epoch {epochs} in {} of the trainings",
                    self.converged.len()
                )
            }
            _ => format!("never changes by less than {TOLERANCE}"),
        };
        format!(
            "falls from {:.4} to {:.4}{spread} in {} epochs, rises in {} of {} steps and {converged}",
            self.first, self.last, self.epochs, self.rises, self.steps
        )
    }
}

/// Whether the conditions of section 4.2 hold, and by how much.
fn conditions(results: &[&JobResult], measures: &mut Vec<Measure>) -> Option<String> {
    let names = ["condition a", "condition b", "condition c"];
    let least = names
        .map(|name| results.iter().filter_map(|result| result.measures.get(name).copied()).reduce(f64::min));
    let [Some(a), Some(b), Some(c)] = least else { return None };
    for (name, value) in names.iter().zip([a, b, c]) {
        measures.push(Measure { name: (*name).into(), value, interval: None });
    }
    let held = results.iter().filter(|result| result.measures.get("conditions hold") == Some(&1.0)).count();
    Some(format!(
        "Conditions (a), (b) and (c) of section 4.2 hold in {} ({a:.3}, {b:.3} and {c:.3} at least)",
        words::of_all(held, results.len())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_and_the_first_small_change_are_counted_by_run() {
        let all = [[1.0, 1.0], [0.5, 0.8], [0.500_001, 0.9], [0.4, 0.7]].map(Vec::from);
        let curve = Curve::of(&all).unwrap();
        assert_eq!((curve.steps, curve.rises, curve.epochs), (6, 2, 4));
        assert_eq!(curve.converged, [3]);
        assert!((curve.last - 0.55).abs() < 1e-12);
        let text = curve.words();
        assert!(
            text.starts_with("falls from 1.0000 to 0.5500 (SD 0.21213) in 4 epochs, rises in 2 of 6"),
            "{text}"
        );
        assert!(text.ends_with("first in epoch 3 in 1 of the trainings"), "{text}");
        assert!(curve.best(&all).contains("least after epoch 4 (0.5500) and 0.5500 at the end"));
        assert!(Curve::of(&[]).is_none());
    }
}
