//! The rating scale of a file that declares none: the tightest usual scale that holds the values, or their range.

use super::{Scale, ScaleKind};

/// Scales that people rate on, the tightest first.
const USUAL: [(f32, f32); 10] = [
    (0.0, 1.0),
    (-1.0, 1.0),
    (1.0, 5.0),
    (0.5, 5.0),
    (0.0, 5.0),
    (1.0, 10.0),
    (0.0, 10.0),
    (-10.0, 10.0),
    (1.0, 100.0),
    (0.0, 100.0),
];

/// Scales that are rarer, taken only where the ratings reach both ends and no tighter usual scale is as full.
const RARER: [(f32, f32); 19] = [
    (0.0, 2.0),
    (1.0, 2.0),
    (1.0, 3.0),
    (0.0, 3.0),
    (0.5, 4.0),
    (0.0, 4.0),
    (1.0, 6.0),
    (0.0, 6.0),
    (-2.0, 2.0),
    (-3.0, 3.0),
    (-5.0, 5.0),
    (0.0, 20.0),
    (1.0, 20.0),
    (1.0, 12.0),
    (0.0, 15.0),
    (0.0, 30.0),
    (0.0, 50.0),
    (1.0, 50.0),
    (10.0, 50.0),
];

/// Values from which on rarer scales are thought of.
const MANY: usize = 100;

/// From this share of zeros on, a 0 on a scale of whole numbers means "not rated", as in Book-Crossing.
const IMPLICIT_SHARE: f64 = 0.3;

/// The scale that ratings seem to be on. Values far from all others (a slip such as 55 among 1 to 5) do not
/// stretch it; they fall off it. `values` must be finite.
#[cfg(test)]
pub(super) fn recognise(values: &[f32]) -> (Scale, ScaleKind) {
    recognise_counted(&counted(values), values.len())
}

/// The scale of `n` ratings, of which `counted` are the distinct values, the smallest first, and how often each occurs.
pub(super) fn recognise_counted(counted: &[(f32, usize)], n: usize) -> (Scale, ScaleKind) {
    recognise_where(zero_is_implicit(counted, n), counted, n)
}

/// The same where it is known whether zeros mean "not rated".
pub(super) fn recognise_where(
    zero_is_implicit: bool,
    counted: &[(f32, usize)],
    n: usize,
) -> (Scale, ScaleKind) {
    let (Some(&(first, _)), Some(&(last, _))) = (counted.first(), counted.last()) else {
        return (Scale { lo: 1.0, hi: 5.0 }, ScaleKind::Usual);
    };
    let strays = if n < 20 { 0 } else { (n / 200).max(1) };
    let (core, core_kind) = usual(after(counted.iter(), strays), after(counted.iter().rev(), strays));
    if core_kind == ScaleKind::Observed {
        // On no scale nothing is a slip: the largest counts are far from all others.
        return usual(first, last);
    }
    let span = core.hi - core.lo;
    let near = |value: f32| (core.lo - span..=core.hi + span).contains(&value);
    let mut nearby = counted.iter().map(|v| v.0).filter(|&value| near(value));
    let lo = if near(first) { first } else { nearby.clone().next().unwrap_or(core.lo) };
    let hi = if near(last) { last } else { nearby.next_back().unwrap_or(core.hi) };
    let (scale, kind) = usual(lo, hi);
    if scale.lo == 0.0 && (scale.hi == 5.0 || scale.hi == 10.0) && zero_is_implicit {
        return usual(1.0, hi);
    }
    // The ends of a scale are used now and then, a slip beyond it is not.
    let used =
        |end: f32| counted.iter().any(|&(value, count)| value == end && count > strays / 2 && count > 1);
    if kind == ScaleKind::Usual && n >= MANY && (lo, hi) != (scale.lo, scale.hi) {
        let fits = RARER.iter().find(|&&(low, high)| low == lo && high == hi && used(lo) && used(hi));
        if let Some(&(lo, hi)) = fits {
            return (Scale { lo, hi }, ScaleKind::Usual);
        }
    }
    (scale, kind)
}

/// Whether a scale is one that is taken only where the ratings fill it.
pub(super) fn is_rarer(scale: Scale) -> bool {
    RARER.contains(&(scale.lo, scale.hi))
}

/// What a person should know of how ratings, of which those off the scale are left out, were given their scale;
/// `None` where there is nothing to say: it was declared, or its ends occur.
pub(super) fn note(values: &[f32], scale: Scale, kind: ScaleKind) -> Option<String> {
    let on_scale = values.iter().copied().filter(|&value| scale.contains(value));
    let (lo, hi) = on_scale.map(|value| (value, value)).reduce(|x, y| (x.0.min(y.0), x.1.max(y.1)))?;
    match kind {
        ScaleKind::Usual if (lo, hi) != (scale.lo, scale.hi) => Some(format!(
            "the ratings run from {lo} to {hi}; taken as a scale from {} to {}",
            scale.lo, scale.hi
        )),
        ScaleKind::Observed => Some(format!(
            "no usual scale holds ratings from {lo} to {hi}; taken as a scale is the range of those that are trained \
             on, and ratings beyond it count as its ends"
        )),
        ScaleKind::Declared | ScaleKind::Usual => None,
    }
}

/// Distinct values that are told apart while counting; files of ratings have few.
const FEW: usize = 256;

/// The distinct values, the smallest first, and how often each occurs.
pub(super) fn counted(values: &[f32]) -> Vec<(f32, usize)> {
    let mut counted: Vec<(f32, usize)> = Vec::new();
    for &value in values {
        match counted.binary_search_by(|known| known.0.total_cmp(&value)) {
            Ok(place) => counted[place].1 += 1,
            Err(_) if counted.len() == FEW => return counted_by_sorting(values),
            Err(place) => counted.insert(place, (value, 1)),
        }
    }
    counted
}

fn counted_by_sorting(values: &[f32]) -> Vec<(f32, usize)> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    sorted.chunk_by(|x, y| x.total_cmp(y).is_eq()).map(|same| (same[0], same.len())).collect()
}

/// The value that `skipped` others come before; 0 where there is none.
fn after<'v>(values: impl Iterator<Item = &'v (f32, usize)>, skipped: usize) -> f32 {
    let mut passed = 0;
    for &(value, count) in values {
        passed += count;
        if passed > skipped {
            return value;
        }
    }
    0.0
}

/// Whether zeros are many among `n` values and all else is a whole number from 1.
fn zero_is_implicit(counted: &[(f32, usize)], n: usize) -> bool {
    let zeros: usize = counted.iter().filter(|(value, _)| *value == 0.0).map(|(_, count)| count).sum();
    zeros >= 2
        && zeros as f64 > IMPLICIT_SHARE * n as f64
        && counted.iter().all(|&(value, _)| value == 0.0 || (value >= 1.0 && value.fract() == 0.0))
}

/// The tightest usual scale that holds `lo` and `hi`, else the range itself.
pub(super) fn usual(lo: f32, hi: f32) -> (Scale, ScaleKind) {
    if lo >= 1.0 && hi == 7.0 {
        return (Scale { lo: 1.0, hi: 7.0 }, ScaleKind::Usual);
    }
    let fits = USUAL.iter().find(|&&(low, high)| low <= lo && hi <= high);
    match fits {
        Some(&(lo, hi)) => (Scale { lo, hi }, ScaleKind::Usual),
        None if lo < hi => (Scale { lo, hi }, ScaleKind::Observed),
        // One value only, too large for any usual scale.
        None => (Scale { lo: lo.min(0.0), hi: hi.max(0.0) }, ScaleKind::Observed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(values: &[f32]) -> (f32, f32) {
        let (scale, _) = recognise(values);
        (scale.lo, scale.hi)
    }

    #[test]
    fn a_scale_is_usual_or_observed_and_what_was_made_of_the_ratings_is_said() {
        let said = |values: &[f32]| {
            let (scale, kind) = recognise(values);
            (kind, note(values, scale, kind))
        };
        let words = |text: &str| Some(text.to_string());
        assert_eq!(said(&[1.0, 2.0, 5.0]), (ScaleKind::Usual, None));
        assert_eq!(said(&[0.5, 5.0]), (ScaleKind::Usual, None));
        let taken = words("the ratings run from 2 to 4; taken as a scale from 1 to 5");
        assert_eq!(said(&[2.0, 3.0, 4.0]), (ScaleKind::Usual, taken));
        let (kind, note_of_range) = said(&[344.0, 99_992.0, 5000.0]);
        assert_eq!(kind, ScaleKind::Observed);
        assert!(note_of_range.is_some_and(|note| note.contains("ratings from 344 to 99992;")));
        assert_eq!(said(&[830.0]).0, ScaleKind::Observed);
        assert_eq!(note(&[2.0, 4.0], Scale { lo: 1.0, hi: 5.0 }, ScaleKind::Declared), None);
        // A slip that is left out is not in the range.
        let many: Vec<f32> = (0..1000).map(|i| (i % 3 + 2) as f32).chain([55.0]).collect();
        assert_eq!(said(&many).1, words("the ratings run from 2 to 4; taken as a scale from 1 to 5"));
    }

    #[test]
    fn the_largest_of_counts_is_no_slip() {
        let counts: Vec<f32> = (0..1000).map(|n| (n * n) as f32).chain([9e6]).collect();
        assert_eq!(recognise(&counts), (Scale { lo: 0.0, hi: 9e6 }, ScaleKind::Observed));
    }

    #[test]
    fn the_tightest_usual_scale_is_taken() {
        assert_eq!(scale(&[2.0, 3.0, 4.0]), (1.0, 5.0));
        assert_eq!(scale(&[0.5, 5.0]), (0.5, 5.0));
        assert_eq!(scale(&[0.0, 3.5]), (0.0, 5.0));
        assert_eq!(scale(&[1.0, 7.0]), (1.0, 7.0));
        assert_eq!(scale(&[1.0, 9.0]), (1.0, 10.0));
        assert_eq!(scale(&[0.0, 10.0]), (0.0, 10.0));
        assert_eq!(scale(&[-3.2, 9.0]), (-10.0, 10.0));
        assert_eq!(scale(&[0.0, 1.0]), (0.0, 1.0));
        assert_eq!(scale(&[17.0, 83.0]), (1.0, 100.0));
        assert_eq!(scale(&[17.0, 830.0]), (17.0, 830.0));
        assert_eq!(scale(&[830.0]), (0.0, 830.0));
        assert_eq!(scale(&[-830.0]), (-830.0, 0.0));
        assert_eq!(scale(&[]), (1.0, 5.0));
    }

    #[test]
    fn a_stray_value_does_not_stretch_the_scale_but_a_rare_end_of_it_does() {
        let many = |extra: f32| {
            let mut values: Vec<f32> = (0..1000).map(|i| (i % 5 + 1) as f32).collect();
            values.push(extra);
            scale(&values)
        };
        assert_eq!(many(55.0), (1.0, 5.0));
        assert_eq!(many(-999.0), (1.0, 5.0));
        assert_eq!(many(0.5), (0.5, 5.0));
        assert_eq!(many(0.0), (0.0, 5.0));
        assert_eq!(many(6.0), (1.0, 10.0));
    }

    #[test]
    fn values_are_counted_whether_few_or_many_differ() {
        assert_eq!(counted(&[2.0, 1.0, 2.0, -0.0, 2.0]), [(-0.0, 1), (1.0, 1), (2.0, 3)]);
        let many: Vec<f32> = (0..1000).map(|i| (i % 500) as f32 / 100.0).collect();
        assert_eq!(counted(&many).len(), 500);
        assert!(counted(&many).iter().zip(0..).all(|(&(v, n), i)| v == i as f32 / 100.0 && n == 2));
        assert_eq!(scale(&many), (0.0, 5.0));
    }

    #[test]
    fn many_zeros_among_whole_numbers_mean_not_rated() {
        assert_eq!(scale(&[0.0, 0.0, 0.0, 8.0, 10.0]), (1.0, 10.0));
        assert_eq!(scale(&[0.0, 0.0, 0.0, 8.5, 10.0]), (0.0, 10.0));
        assert_eq!(scale(&[0.0, 4.0, 6.0, 8.0, 10.0]), (0.0, 10.0));
    }
}
