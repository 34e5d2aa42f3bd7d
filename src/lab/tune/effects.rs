//! What mattered: the mean of the process over one parameter at a time, averaged over the others, and the share of its
//! variance over the space that this makes (first-order Sobol' indices; Hutter, Hoos and Leyton-Brown, 2014).

use nalgebra::DVector;
use serde::{Deserialize, Serialize};

use super::process::Process;
use super::quasi::Sequence;
use super::space::{Space, Values};
use super::tuner::Unit;
use crate::rng::Generator;

/// Points that stand for the whole space.
const SPACE: usize = 200;
/// Places along a number.
const PLACES: usize = 25;
/// Half of a 95 % interval in standard deviations.
const HALF: f64 = 1.96;

/// A value of a parameter and what is expected there, the others being anything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedPlace"))]
pub struct Place {
    /// The value of the parameter; of names the place in the list.
    pub at: f64,
    /// The expected value.
    pub mean: f64,
    /// The lower end of its 95 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What one parameter does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TunedEffect"))]
pub struct Effect {
    /// Its name.
    pub name: String,
    /// The share of the variance of the expected value over the space that it makes alone, 0 to 1. Over all parameters they
    /// sum to 1, but for what parameters make together.
    pub share: f64,
    /// Along its range.
    pub places: Vec<Place>,
}

/// The effects of all parameters.
pub(super) fn effects(
    space: &Space,
    process: &Process<'_>,
    unit: Unit,
    generator: &mut Generator,
) -> Vec<Effect> {
    let sequence = Sequence::new(space.parameters().len(), generator);
    let points: Vec<Vec<f64>> = (0..SPACE).map(|n| space.snapped(&sequence.point(n))).collect();
    let whole = variance(points.iter().map(|point| (1.0, process.mean(point))));
    let one = |n: usize| {
        let parameter = &space.parameters()[n];
        let count = match &parameter.values {
            Values::Number { .. } => PLACES,
            Values::Whole { .. } => parameter.count().unwrap_or(PLACES).min(PLACES),
            Values::Choice { names } => names.len(),
        };
        let is_number = matches!(parameter.values, Values::Number { .. });
        // Numbers from end to end; what is counted in the middle of its places.
        let along = |k: usize| {
            let k = k as f64;
            let unit = if is_number { k / (count - 1) as f64 } else { (k + 0.5) / count as f64 };
            parameter.unit(parameter.at_share(unit))
        };
        // The points with one value of the parameter: the mean of the function over them has this variance before anything
        // is seen, which does not depend on the value.
        let with = |value: f64| -> Vec<Vec<f64>> {
            points
                .iter()
                .map(|point| {
                    let mut point = point.clone();
                    point[n] = value;
                    point
                })
                .collect()
        };
        let first = with(along(0));
        let pairs: f64 = first.iter().map(|a| first.iter().map(|b| process.between(a, b)).sum::<f64>()).sum();
        let prior = pairs / (SPACE * SPACE) as f64;
        // Ends of numbers stand for half as much of the range as other places.
        let weight = |k: usize| if is_number && (k == 0 || k + 1 == count) { 0.5 } else { 1.0 };
        let mut means: Vec<(f64, f64)> = Vec::with_capacity(count);
        let mut places: Vec<Place> = Vec::with_capacity(count);
        for k in 0..count {
            let value = along(k);
            let kernels =
                with(value).iter().map(|point| process.kernel(point)).reduce(|sum, next| sum + next);
            let kernel = kernels.unwrap_or_else(|| DVector::zeros(0)) / SPACE as f64;
            let mean = process.mean_of(&kernel);
            let half = HALF * libm::sqrt(process.variance_of(&kernel, prior));
            means.push((weight(k), mean));
            let back = |value: f64| unit.mean + unit.deviation * value;
            let at = parameter.at_share(value);
            if places.last().is_none_or(|last| last.at != at) {
                places.push(Place { at, mean: back(mean), low: back(mean - half), high: back(mean + half) });
            }
        }
        let share = if whole > 0.0 { (variance(means.into_iter()) / whole).min(1.0) } else { 0.0 };
        Effect { name: parameter.name.clone(), share, places }
    };
    (0..space.parameters().len()).map(one).collect()
}

/// The variance of values by their weights.
fn variance(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let n: f64 = values.clone().map(|(weight, _)| weight).sum();
    let mean = values.clone().map(|(weight, value)| weight * value).sum::<f64>() / n;
    values.map(|(weight, value)| weight * (value - mean) * (value - mean)).sum::<f64>() / n
}
