//! When the ratings of a domain were given, where its file says so: 4 bytes a rating.

/// Times by position, as steps of one length from the earliest. Within a day or in a hundred years, two times keep their
/// order unless they are closer together than a step.
#[derive(Clone, Debug)]
pub(super) struct Times {
    earliest: f64,
    /// How long a step is: 1 where all times are whole numbers, else a share of their range.
    step: f64,
    /// Steps by position, from 1; [`UNKNOWN`] where the file has a time that cannot be read, or none in this row.
    steps: Vec<u32>,
}

/// What stands for a time that is not known: it counts as the earliest, as it does where a pair is rated twice.
const UNKNOWN: u32 = 0;

/// The latest step. The first is 1.
const LAST: f64 = u32::MAX as f64;

impl Times {
    /// Times by position; those that are not finite are not known. `None` where none is.
    pub fn new(times: &[f64]) -> Option<Self> {
        let known = || times.iter().copied().filter(|time| time.is_finite());
        let (earliest, latest) =
            known().fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), time| (lo.min(time), hi.max(time)));
        if earliest > latest {
            return None;
        }
        let range = latest - earliest;
        let is_whole = range < LAST && known().all(|time| time.fract() == 0.0);
        let step = if is_whole || range == 0.0 { 1.0 } else { range / (LAST - 1.0) };
        let steps = |&time: &f64| match time.is_finite() {
            // `as` ends at the largest number, so that no rounding leads beyond it.
            true => 1 + ((time - earliest) / step).round().min(LAST - 1.0) as u32,
            false => UNKNOWN,
        };
        Some(Self { earliest, step, steps: times.iter().map(steps).collect() })
    }

    /// Numbers by position that grow with time; 0 where it is not known.
    pub fn steps(&self) -> &[u32] {
        &self.steps
    }

    /// The time at a position.
    pub fn at(&self, position: usize) -> Option<f64> {
        let steps = self.steps[position];
        (steps != UNKNOWN).then(|| self.earliest + f64::from(steps - 1) * self.step)
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    fn again(times: &[f64]) -> Vec<Option<f64>> {
        let kept = Times::new(times).unwrap();
        (0..times.len()).map(|n| kept.at(n)).collect()
    }

    #[test]
    fn whole_seconds_are_kept_to_the_second_for_a_hundred_years() {
        let times = [1_400_000_000.0, 1_400_000_001.0, -1_000_000_000.0, 2_900_000_000.0];
        assert_eq!(again(&times), times.map(Some));
    }

    #[test]
    fn what_is_no_whole_number_keeps_its_order_to_a_four_billionth_of_the_range() {
        let times = [41_234.25, 41_234.250_1, 40_000.0, f64::NEG_INFINITY, 43_000.5];
        let kept = Times::new(&times).unwrap();
        let steps = kept.steps();
        assert!(steps[3] < steps[2] && steps[2] < steps[0] && steps[0] < steps[1] && steps[1] < steps[4]);
        assert_eq!((steps[3], steps[2], steps[4]), (0, 1, u32::MAX));
        for (time, kept) in times.iter().zip(again(&times)) {
            assert!(kept.is_none_or(|kept| (kept - time).abs() < 1e-6), "{time} {kept:?}");
        }
        // Beyond four billion seconds whole numbers are rounded too.
        let far = again(&[0.0, 1e12, 1e12 - 300.0]);
        assert!(
            far.iter()
                .zip([0.0, 1e12, 1e12 - 300.0])
                .all(|(kept, time)| (kept.unwrap() - time).abs() < 120.0)
        );
        assert!(far[2] < far[1]);
    }

    #[test]
    fn one_moment_for_all_is_a_time_and_none_for_anybody_is_none() {
        assert_eq!(again(&[7.5, 7.5]), [Some(7.5), Some(7.5)]);
        assert_eq!(again(&[7.0, f64::NEG_INFINITY]), [Some(7.0), None]);
        assert!(Times::new(&[f64::NEG_INFINITY, f64::NAN]).is_none() && Times::new(&[]).is_none());
    }
}
