//! Whether the dimension of the vectors matters (paper 6.6, Figure 4). The Bayesian model has 8 or 16 numbers a vector: at the
//! other points it has the nearest of them.

use super::series::ByPoint;
use super::sheet::Sheet;
use super::{Contrast, Experiment, Facts, Shown, words};
use crate::error::Result;
use crate::figure::Axis;
use crate::lab::contest::{Form, Point, Stop};

/// The dimensions of the paper's figure.
const DIMENSIONS: [usize; 7] = [4, 8, 16, 32, 64, 128, 256];
/// That with which others are compared: the paper's.
const USUAL: usize = 16;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "dimension",
    shows: "test error by the dimension of the vectors of people and items",
    source: "Figure 4, section 6.6",
    claim: "More dimensions improve the recommendations in general, but only marginally: the model is not sensitive to the \
            dimension.",
    models: &["dml"],
    has_newcomers: true,
    stops,
    shown,
    // What a step takes grows with k, and has a part that does not.
    weight: |job| 32.0 + job.point.x as f64,
};

fn stops(facts: &Facts) -> Result<Vec<Stop>> {
    let stop = |&k: &usize| {
        let point = Point::at(format!("k{k}"), k);
        let point = point.set("dimension", k).set("bayes_dimension", k.clamp(8, USUAL));
        Stop { users: facts.users(), ..Stop::new(point) }
    };
    Ok(DIMENSIONS.iter().map(stop).collect())
}

fn axis(_: &[&Point]) -> Axis {
    DIMENSIONS.iter().fold(Axis::logarithmic("Dimension k"), |axis, &k| axis.tick(k as f64, &k.to_string()))
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let layout = ByPoint {
        name: "dimension",
        by: "the dimension of the vectors",
        column: "Dimension",
        axis: &axis,
        forms: &[Form::Linked],
        reference: &format!("k{USUAL}"),
    };
    let (figures, places, contrasts) = layout.of(sheet)?;
    let finding = finding(&sheet.models(), &contrasts);
    Ok(Shown::new(figures, places, contrasts, finding))
}

/// How far the first model's error moves from the usual dimension to the ends, and whether any move is sure: a sentence for
/// everybody's figure and one for that of newcomers.
fn finding(models: &[&str], contrasts: &[Contrast]) -> String {
    let Some(&model) = models.first() else { return String::new() };
    let of = |group: &str, who: &str| {
        let is_own = |own: &&Contrast| own.from.model == model && own.group == group;
        moved(&contrasts.iter().filter(is_own).collect::<Vec<_>>(), who, model)
    };
    let all: Vec<String> = [of("all", "everybody"), of("cold", "newcomers")].into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!("On these data {}.", all.join(". For newcomers: ")) }
}

/// A clause of one group; none where nothing was compared.
fn moved(own: &[&Contrast], who: &str, model: &str) -> Option<String> {
    let ends = own.iter().map(|own| own.to.point.x);
    let (least, most) = (ends.clone().min()?, ends.max()?);
    let to = |k: usize| {
        format!("to {k} it {}", words::by_domain(own.iter().copied().filter(|own| own.to.point.x == k)))
    };
    let ends: Vec<String> = if least == most { vec![to(least)] } else { vec![to(least), to(most)] };
    let moved = words::moved(own);
    Some(format!("the error of {who} under {model}, from {USUAL} dimensions, {moved}; {}", ends.join("; ")))
}
