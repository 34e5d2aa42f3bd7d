//! How much better a point is expected to be than the best so far, and where that is largest.

use super::process::Process;
use super::quasi::Sequence;
use super::space::Space;
use crate::rng::Generator;

/// Points all over the space that are looked at first.
const WIDE: usize = 600;
/// Points around each of the best that are looked at too.
const NEAR: usize = 60;
/// The best of them, from which the search goes on.
const KEPT: usize = 4;

/// E[max(best − f, 0)] of f ~ N(mean, deviation²): what is lower is better (Jones, Schonlau and Welch, 1998, Eq. 15).
pub(super) fn improvement(mean: f64, deviation: f64, best: f64) -> f64 {
    let gain = best - mean;
    if deviation <= 0.0 {
        return gain.max(0.0);
    }
    let z = gain / deviation;
    let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI);
    let below = 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
    (gain * below + deviation * density).max(0.0)
}

/// The place in the unit cube where the improvement on `best` is expected to be largest, of those that are not `taken`;
/// `None` where all that were looked at are.
pub(super) fn most_promising(
    space: &Space,
    process: &Process<'_>,
    best: f64,
    around: &[Vec<f64>],
    taken: &[Vec<f64>],
    generator: &mut Generator,
) -> Option<Vec<f64>> {
    let dimensions = space.parameters().len();
    let value = |place: &[f64]| {
        let (mean, deviation) = process.at(place);
        improvement(mean, deviation, best)
    };
    let sequence = Sequence::new(dimensions, generator);
    let mut places: Vec<Vec<f64>> = (0..WIDE).map(|n| space.snapped(&sequence.point(n))).collect();
    for centre in around {
        for n in 0..NEAR {
            // Closer and closer, in half of the parameters on average.
            let spread = 0.2 * libm::pow(0.5, f64::from(n as u32 % 6));
            let place: Vec<f64> = centre
                .iter()
                .map(|&unit| {
                    let moved = unit + spread * f64::from(generator.normal());
                    if generator.unit() < 0.5 { unit } else { moved.clamp(0.0, 1.0) }
                })
                .collect();
            places.push(space.snapped(&place));
        }
    }
    places.retain(|place| !taken.contains(place));
    let mut valued: Vec<(f64, Vec<f64>)> = places.into_iter().map(|place| (value(&place), place)).collect();
    valued.sort_by(|one, other| other.0.total_cmp(&one.0));
    valued.truncate(KEPT);
    let climbed = valued.into_iter().map(|start| climbed(space, &value, start, taken));
    climbed.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, place)| place)
}

/// Goes on along one parameter after the other while it gets better, in halved steps.
fn climbed(
    space: &Space,
    value: &impl Fn(&[f64]) -> f64,
    (mut best, mut place): (f64, Vec<f64>),
    taken: &[Vec<f64>],
) -> (f64, Vec<f64>) {
    let mut step = 0.1;
    while step > 0.002 {
        let mut is_better = false;
        for n in 0..place.len() {
            for by in [step, -step] {
                let mut next = place.clone();
                next[n] = (next[n] + by).clamp(0.0, 1.0);
                let next = space.snapped(&next);
                if next == place || taken.contains(&next) {
                    continue;
                }
                let found = value(&next);
                if found > best {
                    (best, place, is_better) = (found, next, true);
                }
            }
        }
        if !is_better {
            step *= 0.5;
        }
    }
    (best, place)
}

#[cfg(test)]
mod tests {
    use super::super::kernel::Hyper;
    use super::super::process::Seen;
    use super::super::space::Parameter;
    use super::*;

    /// ∫ (best − f) N(f | mean, deviation²) df up to best, by the trapezoidal rule.
    fn integrated(mean: f64, deviation: f64, best: f64) -> f64 {
        let n = 200_000;
        let lo = mean - 12.0 * deviation;
        let step = (best - lo) / f64::from(n);
        let at = |f: f64| {
            let z = (f - mean) / deviation;
            (best - f) * (-0.5 * z * z).exp() / (deviation * (2.0 * std::f64::consts::PI).sqrt())
        };
        (1..n).map(|k| at(lo + f64::from(k) * step)).sum::<f64>() * step + 0.5 * at(lo) * step
    }

    #[test]
    fn the_improvement_is_the_integral_that_it_stands_for() {
        for (mean, deviation, best) in
            [(0.0, 1.0, 0.0), (1.0, 0.5, 0.2), (-0.3, 2.0, 0.1), (0.4, 0.1, 0.5), (2.0, 1.0, -1.0)]
        {
            let [own, expected] = [improvement(mean, deviation, best), integrated(mean, deviation, best)];
            assert!((own - expected).abs() < 1e-7, "{own} {expected}");
        }
        // By hand: φ(0) at the best so far.
        assert!((improvement(0.0, 1.0, 0.0) - 0.398_942_280_401_432_7).abs() < 1e-15);
        assert_eq!([improvement(1.0, 0.0, 3.0), improvement(3.0, 0.0, 1.0)], [2.0, 0.0]);
    }

    #[test]
    fn the_most_promising_place_is_the_best_of_a_fine_grid() {
        let space = Space::new(vec![Parameter::number("x", 0.0, 1.0, false)]).unwrap();
        let hyper = Hyper { lengths: vec![(0.3_f64).ln()], variance: 0.0, noise: (1e-4_f64).ln() };
        let seen = Seen { points: vec![vec![0.1], vec![0.5], vec![0.9]], values: vec![1.0, -1.0, 0.5] };
        let process = Process::new(&space, &hyper, &seen).unwrap();
        let value = |unit: f64| {
            let (mean, deviation) = process.at(&[unit]);
            improvement(mean, deviation, -1.0)
        };
        let grid = (0..=1000).map(|n| value(f64::from(n) / 1000.0)).fold(0.0, f64::max);
        let mut generator = Generator::new(1, "search");
        let place =
            most_promising(&space, &process, -1.0, &[vec![0.5]], &seen.points, &mut generator).unwrap();
        assert!(value(place[0]) >= grid * 0.9999, "{place:?}");
    }
}
