//! Points that fill the unit cube evenly: the additive recurrence of the generalised golden ratio (Roberts, *The
//! Unreasonable Effectiveness of Quasirandom Sequences*, 2018), from a start by chance.

use crate::rng::Generator;

/// A sequence of points of the unit cube.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    start: Vec<f64>,
    step: Vec<f64>,
}

impl Sequence {
    /// A sequence in so many dimensions.
    pub fn new(dimensions: usize, generator: &mut Generator) -> Self {
        // The root of x^(d+1) = x + 1, by a fixed point that contracts.
        let mut ratio: f64 = 2.0;
        for _ in 0..64 {
            ratio = libm::pow(1.0 + ratio, 1.0 / (dimensions as f64 + 1.0));
        }
        let step = (1..=dimensions).map(|n| libm::pow(ratio, -(n as f64))).collect();
        let start = (0..dimensions).map(|_| f64::from(generator.unit())).collect();
        Self { start, step }
    }

    /// Its `n`th point, from 0.
    pub fn point(&self, n: usize) -> Vec<f64> {
        let place = |(start, step): (&f64, &f64)| {
            let place = start + n as f64 * step;
            place - libm::floor(place)
        };
        self.start.iter().zip(&self.step).map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_one_dimension_steps_are_those_of_the_golden_ratio() {
        let sequence = Sequence::new(1, &mut Generator::new(1, "quasi"));
        let (first, second) = (sequence.point(0)[0], sequence.point(1)[0]);
        let golden = 0.618_033_988_749_894_8;
        assert!(((second - first).rem_euclid(1.0) - golden).abs() < 1e-12);
    }

    /// The mean over the cube of Σ x² has an error of order 1/n; that of points by chance would be 1/√n.
    #[test]
    fn a_mean_over_it_is_closer_than_one_by_chance() {
        for dimensions in [2, 5, 8] {
            let sequence = Sequence::new(dimensions, &mut Generator::new(2, "quasi"));
            let n = 500;
            let squares = |n| sequence.point(n).iter().map(|x| x * x).sum::<f64>();
            let mean = (0..n).map(squares).sum::<f64>() / f64::from(n as u32);
            let deviation = (dimensions as f64 * 4.0 / 45.0 / f64::from(n as u32)).sqrt();
            assert!((mean - dimensions as f64 / 3.0).abs() < deviation / 2.0, "{dimensions}: {mean}");
        }
    }
}
