//! One look at the values after reading: a frequent value apart from all others stands for "not rated", ratings that
//! are all equal teach nothing, and numbers with a long tail are counts and no ratings.

use super::{
    Counts, ReadOptions, Scale, ScaleKind, Vocabulary, Warning, WarningCode, scales::usual, warning::grouped,
};

/// Values from which on their distribution says something.
const ENOUGH: usize = 50;

/// A value at either end that is frequent and far from the others, which are on a usual scale: −1, 99.
/// `counted` holds the distinct ones of `n` values, the smallest first, and how often each occurs.
pub(super) fn not_rated(counted: &[(f32, usize)], n: usize) -> Option<(f32, usize)> {
    if n < ENOUGH || counted.len() < 4 {
        return None;
    }
    let ends = [(counted.first()?, &counted[1..]), (counted.last()?, &counted[..counted.len() - 1])];
    ends.into_iter().find_map(|(&(value, count), rest)| {
        let (lo, hi) = (rest.first()?.0, rest.last()?.0);
        let (scale, kind) = usual(lo, hi);
        let is_frequent = count * 50 >= n;
        let is_off = kind == ScaleKind::Usual && !scale.contains(value);
        // No scale begins at −1 and goes on beyond 1.
        let is_apart = (value == -1.0 && lo >= 0.0) || (lo - value).max(value - hi) >= (hi - lo).max(2.0);
        (is_frequent && is_off && is_apart).then_some((value, count))
    })
}

/// What the `n` values that are left say; `by_name` says that their column is called plays, hours or the like.
pub(super) fn said(
    counted: &[(f32, usize)],
    n: usize,
    (scale, kind): (Scale, ScaleKind),
    by_name: bool,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let (Some(&(lo, _)), Some(&(hi, _))) = (counted.first(), counted.last()) else { return warnings };
    if counted.len() == 1 && n >= 10 {
        let text =
            format!("all {} ratings have one value, {lo}: there is nothing to learn from them", grouped(n));
        warnings.push(Warning::new(WarningCode::OneValue, text));
    }
    let median = median(counted, n);
    let is_whole = counted.iter().all(|(value, _)| value.fract() == 0.0);
    let has_tail = lo >= 0.0 && is_whole && hi > 10.0 && hi >= 8.0 * median.max(1.0) && counted.len() > 8;
    let is_large = kind == ScaleKind::Observed && is_whole && lo >= 0.0 && hi > 100.0 && counted.len() > 30;
    if kind != ScaleKind::Declared && n >= ENOUGH && (has_tail || is_large || (by_name && hi > 10.0)) {
        let text = format!(
            "the ratings run from {lo} to {hi}, half of them up to {median}, as counts do (plays, clicks, hours) and \
             ratings do not: their logarithms or each person's ranks say more"
        );
        let turned = |counts| ReadOptions { counts: Some(counts), ..ReadOptions::default() };
        let warning = Warning::new(WarningCode::Counts, text);
        // A negative value is no count.
        warnings.push(if lo < 0.0 {
            warning
        } else {
            warning
                .or("Take each person's ranks", turned(Counts::Ranks))
                .or("Take logarithms", turned(Counts::Log))
        });
    } else if kind == ScaleKind::Usual && n >= 100 && counted.len() > 1 {
        let span = scale.hi - scale.lo;
        if (hi - lo) < span / 2.0 {
            let text = format!(
                "the ratings run from {lo} to {hi} and leave more than half of the scale from {} to {} empty: declare \
                 the scale",
                scale.lo, scale.hi
            );
            warnings.push(Warning::new(WarningCode::Scale, text).or(use_scale(lo, hi), scale_of(lo, hi)));
        } else if super::scales::is_rarer(scale) {
            let text =
                format!("the scale is taken to be {} to {}, which the ratings fill", scale.lo, scale.hi);
            let (wider, _) = usual(scale.lo, scale.hi);
            let cure = scale_of(wider.lo, wider.hi);
            warnings.push(Warning::new(WarningCode::Scale, text).or(use_scale(wider.lo, wider.hi), cure));
        }
    }
    warnings
}

fn use_scale(lo: f32, hi: f32) -> String {
    format!("Use the scale {lo} to {hi}")
}

fn scale_of(lo: f32, hi: f32) -> ReadOptions {
    ReadOptions { scale: Some(Scale { lo, hi }), ..ReadOptions::default() }
}

/// The value in the middle.
fn median(counted: &[(f32, usize)], n: usize) -> f32 {
    let mut passed = 0;
    for &(value, count) in counted {
        passed += count;
        if passed * 2 >= n {
            return value;
        }
    }
    0.0
}

/// Tells of ids that a spreadsheet rounded: `4.68772E+17`.
pub(super) fn rounded_ids(users: &Vocabulary, items: &Vocabulary) -> Option<Warning> {
    let is_rounded = |id: &str| {
        id.split_once(['E', 'e']).is_some_and(|(digits, power)| {
            let number = |text: &str| {
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
            };
            power.starts_with('+')
                && power.len() <= 4
                && number(&power[1..])
                && digits.len() >= 3
                && number(digits)
        })
    };
    [("user", users), ("item", items)].into_iter().find_map(|(role, ids)| {
        let rounded = ids.ids().filter(|id| is_rounded(id)).count();
        let example = ids.ids().find(|id| is_rounded(id))?;
        (rounded * 20 >= ids.len()).then(|| {
            let text = format!(
                "{} of {} {role} ids are rounded by a spreadsheet, such as {example}: several {role}s share one id; \
                 export them as text",
                grouped(rounded),
                grouped(ids.len())
            );
            Warning::new(WarningCode::RoundedIds, text)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::scales::recognise_counted;

    fn guessed(values: &[(f32, usize)]) -> Option<(f32, usize)> {
        let mut counted = values.to_vec();
        counted.sort_by(|x, y| x.0.total_cmp(&y.0));
        not_rated(&counted, values.iter().map(|value| value.1).sum())
    }

    fn codes(values: &[(f32, usize)]) -> Vec<WarningCode> {
        let n = values.iter().map(|value| value.1).sum();
        let mut counted = values.to_vec();
        counted.sort_by(|x, y| x.0.total_cmp(&y.0));
        said(&counted, n, recognise_counted(&counted, n), false).iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn a_frequent_value_apart_from_the_others_is_no_rating() {
        let stars = [(1.0, 20), (2.0, 20), (3.0, 20), (4.0, 20), (5.0, 20)];
        let with = |value: f32, count: usize| guessed(&[&stars[..], &[(value, count)]].concat());
        assert_eq!(with(-1.0, 30), Some((-1.0, 30)));
        assert_eq!(with(99.0, 30), Some((99.0, 30)));
        assert_eq!(with(9.0, 30), Some((9.0, 30)));
        // A rare one is a slip, and a near one is a rating.
        assert_eq!((with(99.0, 1), with(6.0, 30), with(0.0, 30)), (None, None, None));
        assert_eq!(guessed(&[(-1.0, 50), (0.0, 30), (1.0, 50)]), None);
    }

    #[test]
    fn one_value_counts_and_half_empty_scales_are_told() {
        assert_eq!(codes(&[(5.0, 100)]), [WarningCode::OneValue]);
        assert_eq!(codes(&[(1.0, 50), (2.0, 50), (3.0, 50), (4.0, 50), (5.0, 50)]), []);
        let plays: Vec<(f32, usize)> = (0..60).map(|k| ((k * k) as f32 + 1.0, 1 + 300 / (k + 1))).collect();
        assert_eq!(codes(&plays), [WarningCode::Counts]);
        assert_eq!(codes(&[(40.0, 50), (45.0, 60), (50.0, 30)]), [WarningCode::Scale]);
        assert_eq!(codes(&[(0.0, 9), (7.0, 90), (13.0, 90), (20.0, 9)]), [WarningCode::Scale]);
    }

    #[test]
    fn rounded_ids_are_told() {
        let ids = |ids: &[&str]| ids.iter().copied().collect::<Vocabulary>();
        let said = rounded_ids(&ids(&["4.68772E+17", "4.6E+17"]), &ids(&["b1"])).unwrap();
        assert!(said.text.starts_with("2 of 2 user ids are rounded"));
        assert_eq!(rounded_ids(&ids(&["1E5", "7e+x", "E+5"]), &ids(&["b1"])), None);
    }
}
