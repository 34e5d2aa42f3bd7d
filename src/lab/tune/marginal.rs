//! Length scales, variance and noise by the marginal likelihood times a weak prior (Rasmussen and Williams, 2006, Eq. 5.9),
//! by BFGS from several starts.

use super::kernel::{Hyper, slope};
use super::process::{JITTER, Process, Seen, squared};
use super::space::Space;
use crate::rng::Generator;

/// Standard deviations of the priors, all normal in the logarithm.
const LENGTH_DEVIATION: f64 = 1.0;
const VARIANCE_DEVIATION: f64 = 1.0;
const NOISE_DEVIATION: f64 = 2.0;
/// The noise before anything was seen, as a share of the values' variance.
const NOISE: f64 = 1e-3;
/// Starts drawn from the prior besides its middle.
const STARTS: usize = 2;
/// Steps of the search from each.
const STEPS: usize = 40;

/// The middle of the prior: length scales grow with the number of parameters, as distances do (Hvarfner, Hellsten and Nardi,
/// 2024).
fn middle(parameters: usize) -> Vec<f64> {
    let length = libm::log(0.4 * libm::sqrt(parameters as f64));
    (0..parameters).map(|_| length).chain([0.0, libm::log(NOISE)]).collect()
}

fn deviation(parameters: usize, n: usize) -> f64 {
    match n.checked_sub(parameters) {
        None => LENGTH_DEVIATION,
        Some(0) => VARIANCE_DEVIATION,
        Some(_) => NOISE_DEVIATION,
    }
}

/// ln p(y) and its derivatives by all logarithms: ½ tr((α αᵀ − K⁻¹) ∂K).
pub(super) fn likelihood(space: &Space, row: &[f64], seen: &Seen) -> Option<(f64, Vec<f64>)> {
    let hyper = Hyper::from_row(row);
    let process = Process::new(space, &hyper, seen)?;
    let value = process.log_likelihood(&seen.values);
    let (alpha, inverse) = process.solved();
    let weights = hyper.weights();
    let variance = libm::exp(hyper.variance);
    let noise = libm::exp(hyper.noise);
    let parameters = space.parameters();
    let mut gradient = vec![0.0; row.len()];
    for i in 0..seen.points.len() {
        for j in 0..=i {
            // Every pair stands for two but one with itself.
            let half = if i == j { 0.5 } else { 1.0 };
            let factor = half * (alpha[i] * alpha[j] - inverse[(i, j)]);
            let (one, other) = (&seen.points[i], &seen.points[j]);
            let r2 = squared(space, &weights, one, other);
            let along = factor * variance * slope(r2);
            for (n, parameter) in parameters.iter().enumerate() {
                gradient[n] += along * weights[n] * parameter.distance(one[n], other[n]);
            }
            let jitter = if i == j { variance * JITTER } else { 0.0 };
            gradient[parameters.len()] += factor * (process.between(one, other) + jitter);
            if i == j {
                gradient[parameters.len() + 1] += factor * noise;
            }
        }
    }
    value.is_finite().then_some((value, gradient))
}

/// What is made small: −ln p(y) − ln prior, with its derivatives.
fn objective(space: &Space, row: &[f64], middle: &[f64], seen: &Seen) -> Option<(f64, Vec<f64>)> {
    let (value, gradient) = likelihood(space, row, seen)?;
    let (mut value, mut gradient) = (-value, gradient);
    for (n, (own, middle)) in row.iter().zip(middle).enumerate() {
        let deviation = deviation(space.parameters().len(), n);
        let off = (own - middle) / deviation;
        value += 0.5 * off * off;
        gradient[n] = -gradient[n] + off / deviation;
    }
    Some((value, gradient))
}

/// The best length scales, variance and noise for what was seen.
pub(super) fn fitted(space: &Space, seen: &Seen, generator: &mut Generator) -> Hyper {
    let middle = middle(space.parameters().len());
    let mut best = (f64::INFINITY, middle.clone());
    for start in 0..=STARTS {
        let from: Vec<f64> = middle
            .iter()
            .enumerate()
            .map(|(n, middle)| {
                let off = if start == 0 { 0.0 } else { f64::from(generator.normal()) };
                middle + off * deviation(space.parameters().len(), n)
            })
            .collect();
        let found = descended(&|row| objective(space, row, &middle, seen), from);
        if found.0 < best.0 {
            best = found;
        }
    }
    Hyper::from_row(&best.1)
}

/// A value and its derivatives by place; `None` where there is none.
type Function<'f> = &'f dyn Fn(&[f64]) -> Option<(f64, Vec<f64>)>;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The lowest value that BFGS with halved steps (Armijo) comes to, and where (Nocedal and Wright, *Numerical Optimization*,
/// 2006, Algorithm 6.1).
fn descended(function: Function<'_>, from: Vec<f64>) -> (f64, Vec<f64>) {
    let n = from.len();
    let Some((mut value, mut gradient)) = function(&from) else { return (f64::INFINITY, from) };
    let mut at = from;
    let identity = || (0..n * n).map(|place| f64::from(u8::from(place % (n + 1) == 0))).collect::<Vec<f64>>();
    let mut inverse = identity();
    let times = |matrix: &[f64], vector: &[f64]| -> Vec<f64> {
        matrix.chunks(n).map(|row| dot(row, vector)).collect()
    };
    for _ in 0..STEPS {
        let mut direction: Vec<f64> = times(&inverse, &gradient).iter().map(|part| -part).collect();
        if dot(&direction, &gradient) >= 0.0 {
            inverse = identity();
            direction = gradient.iter().map(|part| -part).collect();
        }
        // Logarithms that move by more than that would leave all that is sensible in one step.
        let longest = direction.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
        let mut step = (2.0 / longest.max(1e-300)).min(1.0);
        let descent = dot(&direction, &gradient);
        let mut next = None;
        for _ in 0..20 {
            let place: Vec<f64> = at.iter().zip(&direction).map(|(at, along)| at + step * along).collect();
            if let Some((lower, slope)) =
                function(&place).filter(|(lower, _)| *lower <= value + 1e-4 * step * descent)
            {
                next = Some((place, lower, slope));
                break;
            }
            step *= 0.5;
        }
        let Some((place, lower, slope)) = next else { break };
        let moved: Vec<f64> = place.iter().zip(&at).map(|(new, old)| new - old).collect();
        let turned: Vec<f64> = slope.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let gain = value - lower;
        (at, value, gradient) = (place, lower, slope);
        let curvature = dot(&moved, &turned);
        if curvature > 1e-12 {
            // H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ.
            let hy = times(&inverse, &turned);
            let factor = (1.0 + dot(&turned, &hy) / curvature) / curvature;
            for i in 0..n {
                for j in 0..n {
                    inverse[i * n + j] +=
                        factor * moved[i] * moved[j] - (moved[i] * hy[j] + hy[i] * moved[j]) / curvature;
                }
            }
        }
        if gain < 1e-6 {
            break;
        }
    }
    (value, at)
}

#[cfg(test)]
mod tests {
    use super::super::space::Parameter;
    use super::*;

    fn seen(n: usize) -> (Space, Seen) {
        let space = Space::new(vec![
            Parameter::number("a", 0.0, 1.0, false),
            Parameter::number("b", 1e-3, 1.0, true),
            Parameter::choice("c", &["x", "y"]),
        ])
        .unwrap();
        let mut generator = Generator::new(3, "seen");
        let points: Vec<Vec<f64>> =
            (0..n).map(|_| space.snapped(&[(); 3].map(|()| f64::from(generator.unit())))).collect();
        let value = |point: &Vec<f64>| (6.0 * point[0]).sin() + 0.3 * point[2];
        let values = points.iter().map(|point| value(point) + 0.05 * f64::from(generator.normal())).collect();
        (space, Seen { points, values })
    }

    #[test]
    fn the_gradient_of_the_marginal_likelihood_is_that_of_differences() {
        let (space, seen) = seen(12);
        let row = [-0.7, 0.2, 0.4, 0.3, -3.0];
        let (_, gradient) = likelihood(&space, &row, &seen).unwrap();
        for n in 0..row.len() {
            let at = |shift: f64| {
                let mut row = row;
                row[n] += shift;
                likelihood(&space, &row, &seen).unwrap().0
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(
                (gradient[n] - difference).abs() < 1e-5 * (1.0 + difference.abs()),
                "{n}: {} {difference}",
                gradient[n]
            );
        }
    }

    #[test]
    fn what_does_not_matter_gets_the_longest_scale_and_noise_is_found() {
        let (space, seen) = seen(40);
        let hyper = fitted(&space, &seen, &mut Generator::new(1, "fit"));
        assert!(hyper.lengths[1] > hyper.lengths[0] + 1.0, "{hyper:?}");
        let noise = (0.5 * hyper.noise).exp();
        assert!((0.02..0.12).contains(&noise), "{noise}: it was 0.05");
    }

    #[test]
    fn the_search_finds_the_bottom_of_a_bent_valley() {
        // Rosenbrock's function, lowest at (1, 1).
        let function = |at: &[f64]| {
            let (a, b) = (1.0 - at[0], at[1] - at[0] * at[0]);
            Some((a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * at[0] * b, 200.0 * b]))
        };
        let (value, at) = descended(&function, vec![-1.2, 1.0]);
        assert!(value < 1e-6 && (at[0] - 1.0).abs() < 1e-2, "{value} at {at:?}");
    }
}
