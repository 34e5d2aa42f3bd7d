//! One look at the values after reading: a frequent value apart from all others stands for "not rated", ratings that
//! are all equal teach nothing, and numbers with a long tail are counts and no ratings.

use super::{
    Counts, ItemId, Ratings, ReadOptions, Scale, ScaleKind, UserId, Vocabulary, Warning, WarningCode,
    ids::{is_rounded, twins},
    scales::usual,
    warning::grouped,
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
        let figures = [("ratings", n as f64), ("of_one_value", n as f64), ("value", lo.into())];
        warnings.push(Warning::new(WarningCode::OneValue, text).with(figures));
    } else if let Some(&(value, count)) = counted.iter().max_by_key(|known| known.1)
        && n >= ENOUGH
        && count * 20 >= n * 19
    {
        let text = format!(
            "{} of {} ratings have one value, {value}: there is little to learn from them",
            grouped(count),
            grouped(n)
        );
        let figures = [("ratings", n as f64), ("of_one_value", count as f64), ("value", value.into())];
        warnings.push(Warning::new(WarningCode::OneValue, text).with(figures));
    }
    let median = median(counted, n);
    let is_whole = counted.iter().all(|(value, _)| value.fract() == 0.0);
    let has_tail = lo >= 0.0 && is_whole && hi > 10.0 && hi >= 8.0 * median.max(1.0) && counted.len() > 8;
    // Hours and minutes have fractions.
    let has_long_tail = lo >= 0.0 && hi > 20.0 && hi >= 8.0 * median.max(0.5) && counted.len() > 30;
    let is_large = kind == ScaleKind::Observed && is_whole && lo >= 0.0 && hi > 100.0 && counted.len() > 30;
    if kind != ScaleKind::Declared
        && n >= ENOUGH
        && (has_tail || has_long_tail || is_large || (by_name && hi > 10.0))
    {
        let text = format!(
            "the ratings run from {lo} to {hi}, half of them up to {median}, as counts do (plays, clicks, hours) and \
             ratings do not: their logarithms or each person's ranks say more"
        );
        let turned = |counts| ReadOptions { counts: Some(counts), ..ReadOptions::default() };
        let figures = [("lowest", lo.into()), ("highest", hi.into()), ("median", median.into())];
        let warning = Warning::new(WarningCode::Counts, text).with(figures);
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
        let figures = [
            ("lowest", lo.into()),
            ("highest", hi.into()),
            ("scale_lowest", scale.lo.into()),
            ("scale_highest", scale.hi.into()),
        ];
        if (hi - lo) < span / 2.0 {
            let text = format!(
                "the ratings run from {lo} to {hi} and leave more than half of the scale from {} to {} empty: declare \
                 the scale",
                scale.lo, scale.hi
            );
            let warning = Warning::new(WarningCode::Scale, text).with(figures);
            warnings.push(warning.or(use_scale(lo, hi), scale_of(lo, hi)));
        } else if super::scales::is_rarer(scale) {
            let text =
                format!("the scale is taken to be {} to {}, which the ratings fill", scale.lo, scale.hi);
            let (wider, _) = usual(scale.lo, scale.hi);
            let cure = scale_of(wider.lo, wider.hi);
            let warning = Warning::new(WarningCode::Scale, text).with(figures);
            warnings.push(warning.or(use_scale(wider.lo, wider.hi), cure));
        }
    }
    warnings
}

/// Tells of values at an end that may mean "not rated" but are not surely enough to be left out: zeros more frequent
/// than the ratings next to them, and values with a wide gap to all others.
pub(super) fn apart(counted: &[(f32, usize)], n: usize) -> Option<Warning> {
    if n < ENOUGH {
        return None;
    }
    let told = |values: &[(f32, usize)], (lo, hi): (f32, f32)| {
        let count: usize = values.iter().map(|value| value.1).sum();
        let all: Vec<String> = values.iter().map(|value| value.0.to_string()).collect();
        let text = format!(
            "{} of {} ratings are {}, while the others are from {lo} to {hi}: if that means \"not rated\", leave them out",
            grouped(count),
            grouped(n),
            all.join(" or ")
        );
        let missing = Some(values.iter().map(|value| value.0).collect());
        let options = ReadOptions { missing, ..ReadOptions::default() };
        let figures =
            [("ratings", n as f64), ("apart", count as f64), ("lowest", lo.into()), ("highest", hi.into())];
        Warning::new(WarningCode::Scale, text).with(figures).or("Leave them out", options)
    };
    let (&(first, zeros), &(last, _)) = (counted.first()?, counted.last()?);
    if first == 0.0 && last >= 3.0 && counted.len() >= 4 {
        let (next, beside) = counted[1];
        // Ratings by steps of a half or one begin right after the zero; others have a gap there.
        if next >= 0.5 && zeros * 25 >= n && zeros >= 2 * beside {
            return Some(told(&counted[..1], (next, last)));
        }
    }
    // Values such as 98 and 99, or a -1 that is rare.
    let gap = |at: usize| counted[at].0 - counted[at - 1].0;
    let widest = (1..counted.len()).max_by(|&x, &y| gap(x).total_cmp(&gap(y)))?;
    let (below, above) = counted.split_at(widest);
    let is_few = |values: &[(f32, usize)]| {
        values.len() <= 3 && values.iter().map(|value| value.1).sum::<usize>() * 3 <= n
    };
    let ends = |values: &[(f32, usize)]| Some((values.first()?.0, values.last()?.0));
    let is_far =
        |rest: (f32, f32)| rest.0 >= 0.0 && rest.1 > rest.0 && gap(widest) >= 2.0 * (rest.1 - rest.0);
    if below.len() >= 4 && is_few(above) && is_far(ends(below)?) {
        Some(told(above, ends(below)?))
    } else if above.len() >= 4 && is_few(below) && (is_far(ends(above)?) || is_minus_one(below, above)) {
        Some(told(below, ends(above)?))
    } else {
        None
    }
}

/// Whether -1 stands alone below ratings that are not negative.
fn is_minus_one(below: &[(f32, usize)], above: &[(f32, usize)]) -> bool {
    matches!(below, [(value, _)] if *value == -1.0) && above.first().is_some_and(|first| first.0 >= 0.0)
}

/// People or items that are needed before it says something that all their ratings are equal.
const MANY: usize = 10;

/// Tells of ratings that are all equal for each item, as averages and prices are, or for each person.
pub(super) fn one_value_each(ratings: &Ratings) -> Option<Warning> {
    let is_one = |values: &[f32]| values.windows(2).all(|pair| pair[0] == pair[1]);
    let first = *ratings.iter().next().map(|rating| rating.value).as_ref()?;
    if ratings.iter().all(|rating| rating.value == first) {
        // That is told of elsewhere.
        return None;
    }
    let (mut users, mut equal) = (0, 0);
    for user in UserId::first(ratings.users()) {
        let (_, values) = ratings.row(user);
        users += usize::from(values.len() >= 3);
        equal += usize::from(values.len() >= 3 && is_one(values));
    }
    // By item: the first value, how many there are, and whether they are equal.
    let mut items = vec![(0.0, 0_usize, true); ratings.items()];
    for rating in ratings.iter() {
        let (value, count, is_equal) = &mut items[rating.item.index()];
        if *count == 0 {
            *value = rating.value;
        }
        *is_equal &= *value == rating.value;
        *count += 1;
    }
    let often = || items.iter().filter(|item| item.1 >= 3);
    let equal_items = often().filter(|item| item.2).count();
    let nearly = |equal: usize, all: usize| all >= MANY && equal * 20 >= all * 19;
    let (many, of) = if nearly(equal_items, often().count()) {
        ("items", "an average or a property of the item is")
    } else if nearly(equal, users) {
        ("people", "a property of the person is")
    } else {
        return None;
    };
    let text = format!("all ratings of each of the {many} are equal, as {of} and what people think is not");
    Some(Warning::new(WarningCode::OneValue, text))
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

/// Names of accounts that many people share, in small letters.
const SHARED: [&str; 24] = [
    "anonymous",
    "anonymous user",
    "anon",
    "guest",
    "unknown",
    "unknown user",
    "deleted",
    "[deleted]",
    "deleted user",
    "removed",
    "a google user",
    "a customer",
    "amazon customer",
    "kindle customer",
    "a tripadvisor member",
    "default",
    "anonym",
    "unbekannt",
    "gast",
    "anonyme",
    "anónimo",
    "anonimo",
    "匿名",
    "匿名用户",
];

/// Ratings from which on an account of such a name is told of.
const SHARED_RATINGS: usize = 5;

/// Tells of an id that many people seem to share: by its name, or because it has so many ratings.
pub(super) fn shared_id(users: &Vocabulary<UserId>, ratings: &Ratings) -> Option<Warning> {
    let count = |user: UserId| ratings.of_user(user).len();
    let told = |user: UserId, why: &str| {
        let text = format!(
            "\"{}\" has {} of {} ratings and {why}, so that many people may count as one: leave its rows out of the file \
             if that is so",
            super::reject::shown(users.id(user)),
            grouped(count(user)),
            grouped(ratings.len())
        );
        let figures = [("ratings", ratings.len() as f64), ("of_one_id", count(user) as f64)];
        Warning::new(WarningCode::SharedId, text).with(figures)
    };
    let is_shared = |id: &str| id.len() <= 24 && SHARED.contains(&id.to_lowercase().as_str());
    let named =
        users.ids().zip(users.all()).filter(|&(id, user)| count(user) >= SHARED_RATINGS && is_shared(id));
    if let Some((_, user)) = named.max_by_key(|&(_, user)| count(user)) {
        return Some(told(user, "is called as accounts without a person are"));
    }
    let mut counts: Vec<(usize, UserId)> = users.all().map(|user| (count(user), user)).collect();
    counts.sort_unstable();
    match counts[..] {
        [.., (next, _), (most, user)]
            if users.len() >= ENOUGH && most * 20 >= ratings.len() && most >= 5 * next =>
        {
            Some(told(user, "five times as many as anybody else"))
        }
        _ => None,
    }
}

/// Tells of people who have two ids that differ only in how they are written.
pub(super) fn two_ids(users: &Vocabulary<UserId>) -> Option<Warning> {
    let twins = twins(users);
    // A few names that differ in case alone are two people.
    (twins.users >= 3 && twins.users * 20 >= users.len()).then(|| {
        let text = format!(
            "{} of {} user ids would be the same as others if {}: the same people seem to stand there twice",
            grouped(twins.users),
            grouped(users.len()),
            twins.words()
        );
        let figures = [("ids", users.len() as f64), ("twins", twins.users as f64)];
        let options = ReadOptions { ids: Some(twins.forms), ..ReadOptions::default() };
        Warning::new(WarningCode::IdsDiffer, text).with(figures).or("Write the ids alike", options)
    })
}

/// Tells of ids that a spreadsheet rounded: `4.68772E+17`.
pub(super) fn rounded_ids(users: &Vocabulary<UserId>, items: &Vocabulary<ItemId>) -> Option<Warning> {
    [("user", users.untyped()), ("item", items.untyped())].into_iter().find_map(|(role, ids)| {
        let rounded = ids.ids().filter(|id| is_rounded(id)).count();
        let example = ids.ids().find(|id| is_rounded(id))?;
        (rounded >= 3.max(ids.len() / 50) || rounded == ids.len()).then(|| {
            let text = format!(
                "{} of {} {role} ids are rounded by a spreadsheet, such as {example}: several {role}s share one id; \
                 export them as text",
                grouped(rounded),
                grouped(ids.len())
            );
            let figures = [("ids", ids.len() as f64), ("rounded", rounded as f64)];
            Warning::new(WarningCode::RoundedIds, text).with(figures)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read::{Rating, scales::recognise_counted};

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
    fn values_apart_from_the_others_are_told_and_can_be_left_out() {
        let stars = [(1.0, 200), (2.0, 200), (3.0, 400), (4.0, 600), (5.0, 600)];
        let with = |more: &[(f32, usize)]| -> Option<Vec<f32>> {
            let mut counted = [&stars[..], more].concat();
            counted.sort_by(|x, y| x.0.total_cmp(&y.0));
            let n = counted.iter().map(|value| value.1).sum();
            apart(&counted, n)?.cures.first()?.options.missing.clone()
        };
        assert_eq!(with(&[(0.0, 500)]), Some(vec![0.0]));
        assert_eq!(with(&[(98.0, 100), (99.0, 100)]), Some(vec![98.0, 99.0]));
        assert_eq!(with(&[(-1.0, 20)]), Some(vec![-1.0]));
        // A zero that is no more frequent than its neighbours is a rating.
        assert_eq!((with(&[(0.0, 150)]), with(&[(6.0, 200)]), with(&[])), (None, None, None));
    }

    #[test]
    fn ratings_that_are_equal_for_each_item_or_person_are_told() {
        let ratings = |value: &dyn Fn(u32, u32) -> f32| {
            let pairs = (0..20).flat_map(|user| (0..15).map(move |item| (user, item)));
            let rows: Vec<Rating> = pairs
                .map(|(user, item)| Rating {
                    user: UserId(user),
                    item: ItemId(item),
                    value: value(user, item),
                })
                .collect();
            one_value_each(&Ratings::new(20, 15, &rows)).map(|warning| warning.text)
        };
        assert!(
            ratings(&|_, item| (item % 5) as f32).is_some_and(|text| text.contains("property of the item"))
        );
        assert!(ratings(&|user, _| (user % 5) as f32).is_some_and(|text| text.contains("of the person")));
        assert_eq!(ratings(&|user, item| ((user + item) % 5) as f32), None);
        assert_eq!(ratings(&|_, _| 4.0), None);
    }

    #[test]
    fn an_account_of_many_people_is_told() {
        let said = |name: &str, of_it: u32| {
            let users: Vocabulary<UserId> =
                (0..60).map(|user| if user == 7 { name.into() } else { format!("u{user}") }).collect();
            let rows = (0..60)
                .flat_map(|user| (0..if user == 7 { of_it } else { 10 }).map(move |item| (user, item)));
            let rows: Vec<Rating> = rows
                .map(|(user, item)| Rating { user: UserId(user), item: ItemId(item), value: 3.0 })
                .collect();
            shared_id(&users, &Ratings::new(60, 200, &rows)).map(|warning| warning.text)
        };
        assert!(
            said("A Google user", 12).is_some_and(|text| text.starts_with("\"A Google user\" has 12 of 602"))
        );
        assert!(said("0", 90).is_some_and(|text| text.contains("five times")));
        assert_eq!((said("0", 40), said("Guest", 4), said("u7", 10)), (None, None, None));
    }

    #[test]
    fn people_with_two_ids_are_told() {
        let said = |twice: usize| {
            let ids = (0..100).map(|n| n.to_string()).chain((0..twice).map(|n| format!("{n}.0")));
            two_ids(&ids.collect()).map(|warning| (warning.text, warning.cures[0].options.ids.clone()))
        };
        let (text, forms) = said(30).unwrap();
        assert!(
            text.starts_with("30 of 130 user ids")
                && forms == Some(vec![crate::data::IdForm::StripPointZero])
        );
        assert_eq!(said(2), None);
    }

    #[test]
    fn rounded_ids_are_told() {
        let users = |ids: &[&str]| ids.iter().copied().collect::<Vocabulary<UserId>>();
        let items = ["b1"].into_iter().collect::<Vocabulary<ItemId>>();
        let said = rounded_ids(&users(&["4.68772E+17", "4.6E+17"]), &items).unwrap();
        assert!(said.text.starts_with("2 of 2 user ids are rounded"));
        assert_eq!(rounded_ids(&users(&["1E5", "7e+x", "E+5"]), &items), None);
    }
}
