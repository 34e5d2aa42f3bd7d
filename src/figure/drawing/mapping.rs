//! From numbers to places along an axis, as shares of its length.

use super::number::power;

/// The share of a logarithmic axis that zero and the break behind it take.
const ZERO: f64 = 0.1;
/// What is left free at each end of a range, as a share of it.
const MARGIN: f64 = 0.05;
/// Numbers beyond are drawn at it, so that no range is infinite.
const LARGEST: f64 = 1e150;

/// An axis's way from numbers to shares of its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mapping {
    Linear {
        lo: f64,
        hi: f64,
    },
    /// `lo` and `hi` are decimal logarithms.
    Logarithmic {
        lo: f64,
        hi: f64,
        has_zero: bool,
    },
    Category {
        names: usize,
    },
}

impl Mapping {
    /// Equal steps over all numbers and a margin. With `from_zero` zero is in it, without a margin beyond.
    pub(super) fn linear(values: impl Iterator<Item = f64>, from_zero: bool) -> Self {
        let (lo, hi) = ends(values.chain(from_zero.then_some(0.0))).unwrap_or((0.0, 1.0));
        // A range of nothing, and one that is nothing but rounding.
        let width = hi - lo;
        let (lo, hi) = if width <= lo.abs().max(hi.abs()) * 1e-12 {
            let around = if hi == 0.0 { 1.0 } else { hi.abs() * 0.1 };
            (lo - around, hi + around)
        } else {
            (lo, hi)
        };
        let margin = (hi - lo) * MARGIN;
        // A quantity that is never negative does not seem to be.
        let low = if from_zero && lo == 0.0 || lo >= 0.0 && lo < margin { 0.0 } else { lo - margin };
        let high = if from_zero && hi == 0.0 { 0.0 } else { hi + margin };
        Self::Linear { lo: low, hi: high }
    }

    /// Equal ratios over all positive numbers and a margin; zero has a place of its own where there is one.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64> + Clone) -> Self {
        let has_zero = values.clone().any(|value| value == 0.0);
        let (lo, hi) = ends(values.filter(|&value| value > 0.0)).unwrap_or((1.0, 10.0));
        let (lo, hi) = (libm::log10(lo), libm::log10(hi));
        let margin = if hi - lo < 1e-9 { 0.3 } else { (hi - lo) * MARGIN };
        Self::Logarithmic { lo: lo - margin, hi: hi + margin, has_zero }
    }

    /// The share of the axis's length at which a number stands, from 0 to 1; `None` where it has no place.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        let share = match *self {
            Self::Linear { lo, hi } => (value.clamp(-LARGEST, LARGEST) - lo) / (hi - lo),
            Self::Logarithmic { has_zero, .. } if value == 0.0 => {
                return has_zero.then_some(ZERO / 3.0);
            }
            Self::Logarithmic { lo, hi, has_zero } => {
                if value <= 0.0 {
                    return None;
                }
                let share = (libm::log10(value) - lo) / (hi - lo);
                if has_zero { ZERO + (1.0 - ZERO) * share } else { share }
            }
            Self::Category { names } => {
                let share = (value + 0.5) / names as f64;
                return (0.0..=1.0).contains(&share).then_some(share);
            }
        };
        share.is_finite().then_some(share.clamp(0.0, 1.0))
    }

    /// The share at which an end of an interval stands: one that is below every place stands at the lower end.
    pub(super) fn end(&self, value: f64) -> Option<f64> {
        self.share(value).or((value <= 0.0).then_some(0.0))
    }

    /// Where the axis is broken between zero and the rest.
    pub(super) fn gap(&self) -> Option<f64> {
        matches!(self, Self::Logarithmic { has_zero: true, .. }).then_some(ZERO * 0.75)
    }

    /// The range in numbers; of names nothing.
    #[cfg(test)]
    pub(super) fn range(&self) -> Option<(f64, f64)> {
        match *self {
            Self::Linear { lo, hi } => Some((lo, hi)),
            Self::Logarithmic { lo, hi, .. } => Some((libm::pow(10.0, lo), libm::pow(10.0, hi))),
            Self::Category { .. } => None,
        }
    }

    /// The width of a name's place as a share; of numbers nothing.
    pub(super) fn slot(&self) -> Option<f64> {
        match *self {
            Self::Category { names } => Some(1.0 / names.max(1) as f64),
            _ => None,
        }
    }
}

/// The smallest and the largest of the numbers.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).map(|value| value.clamp(-LARGEST, LARGEST)).fold(
        None,
        |ends, value| {
            let (lo, hi) = ends.unwrap_or((value, value));
            Some((lo.min(value), hi.max(value)))
        },
    )
}

/// Whether a number is a whole power of two, as the dimensions of a space are.
pub(super) fn is_power_of_two(value: f64) -> bool {
    let exponent = libm::log2(value);
    value > 0.0 && (exponent - libm::round(exponent)).abs() < 1e-12
}

/// The whole decades of a range of decimal logarithms.
pub(super) fn decades(lo: f64, hi: f64) -> impl Iterator<Item = (i32, f64)> {
    ((lo - 1e-9).ceil() as i32..=(hi + 1e-9).floor() as i32).map(|exponent| (exponent, power(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(share: Option<f64>, expected: f64) -> bool {
        share.is_some_and(|share| (share - expected).abs() < 1e-12)
    }

    #[test]
    fn equal_steps_and_equal_ratios_by_hand() {
        // A margin of 5 % of 10 at both ends of 100 to 110.
        let linear = Mapping::linear([100.0, 110.0].into_iter(), false);
        assert_eq!(linear, Mapping::Linear { lo: 99.5, hi: 110.5 });
        assert!(about(linear.share(105.0), 0.5) && about(linear.share(99.5), 0.0));
        // Two decades and a margin of 0.1 at both ends.
        let log = Mapping::logarithmic([1.0, 100.0].into_iter());
        assert!(about(log.share(10.0), 0.5) && about(log.share(1.0), 0.1 / 2.2) && log.share(-1.0).is_none());
        assert_eq!(log.share(0.0), None);
        let names = Mapping::Category { names: 4 };
        assert!(
            about(names.share(0.0), 0.125) && about(names.share(3.0), 0.875) && names.share(4.0).is_none()
        );
    }

    #[test]
    fn zero_has_its_place_on_a_logarithmic_axis_below_all_others() {
        let log = Mapping::logarithmic([0.0, 1.0, 100.0].into_iter());
        assert!(about(log.share(0.0), 0.1 / 3.0));
        assert!(about(log.share(10.0), 0.1 + 0.9 * 0.5));
        assert!(log.share(0.0) < log.gap() && log.gap() < log.share(1.0));
    }

    #[test]
    fn bars_stand_on_zero_and_odd_ranges_have_a_width() {
        assert_eq!(Mapping::linear([2.0, 4.0].into_iter(), true), Mapping::Linear { lo: 0.0, hi: 4.2 });
        assert_eq!(Mapping::linear([-4.0].into_iter(), true), Mapping::Linear { lo: -4.2, hi: 0.0 });
        for values in
            [vec![], vec![0.0], vec![5.0, 5.0], vec![-1e308, 1e308], vec![f64::NAN], vec![1.0, 1.0 + 1e-15]]
        {
            for mapping in
                [Mapping::linear(values.iter().copied(), false), Mapping::logarithmic(values.iter().copied())]
            {
                let (lo, hi) = mapping.range().unwrap();
                assert!(lo < hi && lo.is_finite() && hi.is_finite(), "{values:?}");
                for &value in values.iter().filter(|value| value.is_finite()) {
                    assert!(
                        mapping.share(value).is_none_or(|share| (0.0..=1.0).contains(&share)),
                        "{values:?}"
                    );
                }
            }
        }
    }
}
