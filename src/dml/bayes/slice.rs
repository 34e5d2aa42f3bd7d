//! Draws of one number from a density known up to a factor, from where it stands. Neal, Slice Sampling (Annals of
//! Statistics, 2003).

use crate::rng::Generator;

/// Steps outwards at most.
const MOST_STEPS: usize = 20;
/// Below this width what is left of a slice is as good as where it began.
const NARROW: f64 = 1e-9;

/// How far a number on the line goes from where it stands, `log_density` by that distance: stepping out by `width`, then shrinking.
pub(super) fn move_on_line(width: f64, log_density: impl Fn(f64) -> f64, chance: &mut Generator) -> f64 {
    let level = log_density(0.0) + f64::from(chance.unit()).max(1e-9).ln();
    let mut low = -width * f64::from(chance.unit());
    let mut high = low + width;
    let below = (MOST_STEPS as f64 * f64::from(chance.unit())) as usize;
    for _ in 0..below {
        if log_density(low) < level {
            break;
        }
        low -= width;
    }
    for _ in below + 1..MOST_STEPS {
        if log_density(high) < level {
            break;
        }
        high += width;
    }
    while high - low > NARROW {
        let at = low + (high - low) * f64::from(chance.unit());
        if log_density(at) >= level {
            return at;
        }
        if at < 0.0 { low = at } else { high = at }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and mean square of numbers that each go on from the last.
    fn moments(mut next: impl FnMut(f64, &mut Generator) -> f64) -> [f64; 2] {
        let (mut chance, mut x, n) = (Generator::new(5, "slices"), 0.0, 60_000);
        let mut sums = [0.0; 2];
        for _ in 0..n {
            x = next(x, &mut chance);
            sums[0] += x / f64::from(n);
            sums[1] += x * x / f64::from(n);
        }
        sums
    }

    #[test]
    fn a_normal_is_drawn_whatever_the_first_width() {
        for width in [0.1, 1.0, 30.0] {
            let log = |x: f64| -(x - 1.0).powi(2) / 8.0;
            let [mean, square] = moments(|x, chance| x + move_on_line(width, |t| log(x + t), chance));
            assert!((mean - 1.0).abs() < 0.15 && (square - 5.0).abs() < 0.5, "{width}: {mean} {square}");
        }
    }
}
