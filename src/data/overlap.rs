//! Whether two files name the same people, told before any training: how many are in both, whether their
//! tastes agree at all, and the likely cause when they do not.

use serde::Serialize;

use super::world::overlap;
use super::{Domain, SameRows, Vocabulary};

/// Ratings that a user needs in each domain to count in the correlation.
const MIN_RATINGS: usize = 5;

/// Overlap users below which a map cannot be learnt well.
const FEW_USERS: usize = 10;

/// Below this correlation mean ratings have nothing in common, if it is that of many users.
const UNRELATED: f64 = 0.05;

/// From this correlation on they clearly do.
const AGREEING: f64 = 0.15;

/// Users from which on a correlation says anything.
const MANY_USERS: usize = 30;

/// What the users of two domains have in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverlapReport {
    /// Users who occur in both.
    pub overlap_users: usize,
    /// Pearson correlation, in −1..1, of their mean rating in A and in B, over users with 5 or more ratings
    /// in each; `None` with fewer than three such users or when all of them rate alike.
    pub mean_correlation: Option<f32>,
    /// Ratings that stand in both: the same person, item and rating, more often than by chance.
    pub same_rows: usize,
    /// Whether all ratings of both are the same. Nothing can be learnt from one file as two domains.
    pub is_one_file: bool,
    /// What is wrong, in plain words, with the cause.
    pub warning: Option<String>,
}

/// Compares the users of two domains by their ids.
pub fn overlap_report(a: &Domain, b: &Domain) -> OverlapReport {
    let (overlap_users, means) = shared(&Side::users(a), &Side::users(b));
    let mean_correlation = correlation(&means);
    let warning = if overlap_users < FEW_USERS {
        Some(too_few(a, b, overlap_users))
    } else {
        let unrelated = mean_correlation.filter(|r| r.abs() < UNRELATED && means.len() >= MANY_USERS);
        unrelated.map(|r| not_the_same(a, b, overlap_users, r))
    };
    let same = SameRows::of(a, b, &overlap(a, b));
    let warnings: Vec<String> = warning.into_iter().chain(same_rows_warning(a, b, &same)).collect();
    OverlapReport {
        overlap_users,
        mean_correlation: mean_correlation.map(|r| r as f32),
        same_rows: same.positions.len(),
        is_one_file: same.is_one_file,
        warning: (!warnings.is_empty()).then(|| warnings.join(". ")),
    }
}

/// What ratings in both files mean; `None` where there are none.
fn same_rows_warning(a: &Domain, b: &Domain, same: &SameRows) -> Option<String> {
    let (a, b, n) = (&a.name, &b.name, same.positions.len());
    if same.is_one_file {
        return Some(format!("{a} and {b} hold the same ratings: load the files of two different domains"));
    }
    (n > 0).then(|| {
        format!(
            "{n} ratings stand in both {a} and {b} (the same person, item and rating; {:.1} % of the smaller file): \
             where one of the two is tested, the other is not trained on",
            100.0 * same.share
        )
    })
}

/// The ids of the users, or of the items, and the mean rating of each; `None` for those with too few ratings.
struct Side<'d> {
    ids: &'d Vocabulary,
    means: Vec<Option<f64>>,
}

impl<'d> Side<'d> {
    fn users(domain: &'d Domain) -> Self {
        Self::new(&domain.users, domain.ratings.iter().map(|rating| (rating.user, rating.value)))
    }

    fn items(domain: &'d Domain) -> Self {
        Self::new(&domain.items, domain.ratings.iter().map(|rating| (rating.item, rating.value)))
    }

    fn new(ids: &'d Vocabulary, ratings: impl Iterator<Item = (u32, f32)>) -> Self {
        let mut sums = vec![(0.0, 0); ids.len()];
        for (number, value) in ratings {
            let (sum, n) = &mut sums[number as usize];
            *sum += f64::from(value);
            *n += 1;
        }
        Self {
            ids,
            means: sums.into_iter().map(|(sum, n)| (n >= MIN_RATINGS).then(|| sum / n as f64)).collect(),
        }
    }
}

/// How many ids two sides share, and the mean ratings of those who have enough in both.
fn shared(a: &Side<'_>, b: &Side<'_>) -> (usize, Vec<(f64, f64)>) {
    let mut means = Vec::new();
    let mut n = 0;
    for (id, x) in a.ids.ids().zip(&a.means) {
        let Some(other) = b.ids.get(id) else { continue };
        n += 1;
        if let (Some(x), Some(&Some(y))) = (x, b.means.get(other as usize)) {
            means.push((*x, y));
        }
    }
    (n, means)
}

fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mean_x = pairs.iter().map(|pair| pair.0).sum::<f64>() / n;
    let mean_y = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    let r = xy / (xx * yy).sqrt();
    (pairs.len() >= 3 && r.is_finite()).then_some(r)
}

/// Shared ids whose ratings have nothing in common. Ids that count from 1 in each file match by accident, also
/// when users and items are swapped; the mean ratings then agree the other way round.
fn not_the_same(a: &Domain, b: &Domain, overlap_users: usize, r: f64) -> String {
    let what = format!(
        "The {overlap_users} shared ids may not name the same people: their mean ratings in {} and {} have a \
         correlation of {r:.2}",
        a.name, b.name
    );
    let swapped = [(Side::items(a), Side::users(b), a), (Side::users(a), Side::items(b), b)];
    let agreeing = swapped.into_iter().find_map(|(x, y, domain)| {
        let (_, means) = shared(&x, &y);
        correlation(&means).filter(|&r| r > AGREEING && means.len() >= MANY_USERS).map(|r| (r, &domain.name))
    });
    match agreeing {
        Some((r, name)) => {
            format!(
                "{what}. The user and item columns of {name} seem to be swapped: the other way it is {r:.2}"
            )
        }
        None => what,
    }
}

/// The likely cause of an overlap of (nearly) nobody.
fn too_few(a: &Domain, b: &Domain, overlap_users: usize) -> String {
    let how_many = match overlap_users {
        0 => format!("Nobody is in both {} and {}", a.name, b.name),
        1 => format!("Only 1 user is in both {} and {}", a.name, b.name),
        n => format!("Only {n} users are in both {} and {}", a.name, b.name),
    };
    // An accidental match of a few ids is no cause.
    let better = |n: usize| n >= FEW_USERS.max(3 * overlap_users) || (overlap_users == 0 && n > 0);
    let (a_swapped, b_swapped) = (common(&a.items, &b.users), common(&a.users, &b.items));
    let (most, swapped, other) =
        if a_swapped >= b_swapped { (a_swapped, &a.name, &b.name) } else { (b_swapped, &b.name, &a.name) };
    if better(most) {
        return format!(
            "{how_many}, but {most} items of {swapped} are users of {other}: the user and item columns of \
             {swapped} seem to be swapped"
        );
    }
    for (normalise, what) in NORMAL_FORMS {
        let theirs: Vocabulary = b.users.ids().map(normalise).collect();
        let matched = a.users.ids().filter(|id| theirs.get(&normalise(id)).is_some()).count();
        if better(matched) {
            return format!(
                "{how_many}, but {matched} would be if {what}: write the ids alike in both files"
            );
        }
    }
    let both_swapped = common(&a.items, &b.items);
    if better(both_swapped) {
        return format!(
            "{how_many}, but {both_swapped} items are: are the user and item columns of both swapped?"
        );
    }
    if overlap_users > 0 {
        return format!("{how_many}: too few to learn a good map from");
    }
    let example = |domain: &Domain| domain.users.id(0).chars().take(40).collect::<String>();
    format!(
        "{how_many}: the files use different ids for their users (for example \"{}\" and \"{}\")",
        example(a),
        example(b)
    )
}

/// A way to write ids alike, and how to say it.
type NormalForm = (fn(&str) -> String, &'static str);

const NORMAL_FORMS: [NormalForm; 3] = [
    (|id| id.to_lowercase(), "upper and lower case were the same"),
    (|id| id.trim_start_matches('0').to_owned(), "zeros at the start of ids were left out"),
    (
        |id| {
            let letters: String =
                id.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            letters.trim_start_matches('0').to_owned()
        },
        "blanks and punctuation in ids were left out",
    ),
];

fn common(a: &Vocabulary, b: &Vocabulary) -> usize {
    a.ids().filter(|id| b.get(id).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::overlap_report;
    use crate::data::{Domain, Rating, Ratings, Scale, ScaleKind, Vocabulary};

    /// User n rates the items 0..5 with `rating(n, item)`.
    fn domain(name: &str, users: &[String], items: &[String], rating: impl Fn(u32, u32) -> f32) -> Domain {
        let (users, items): (Vocabulary, Vocabulary) = (users.iter().collect(), items.iter().collect());
        let mut rows = Vec::new();
        for user in 0..users.len() as u32 {
            rows.extend((0..items.len() as u32).map(|item| Rating { user, item, value: rating(user, item) }));
        }
        Domain {
            name: name.into(),
            ratings: Ratings::new(users.len(), items.len(), &rows).into(),
            users: users.into(),
            items: items.into(),
            scale: Scale { lo: 1.0, hi: 5.0 },
            scale_kind: ScaleKind::Declared,
            user_features: None,
            item_features: None,
        }
    }

    fn ids(prefix: &str, range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|n| format!("{prefix}{n}")).collect()
    }

    fn warning(a: (&str, usize), b: (&str, usize), swap: bool) -> String {
        let a = domain("A", &ids(a.0, a.1..a.1 + 40), &ids("x", 0..5), |_, _| 3.0);
        let (users, items) = (ids(b.0, b.1..b.1 + 40), ids("y", 0..5));
        let b = if swap {
            domain("B", &items, &users, |_, _| 3.0)
        } else {
            domain("B", &users, &items, |_, _| 3.0)
        };
        overlap_report(&a, &b).warning.unwrap_or_default()
    }

    #[test]
    fn the_correlation_is_pearsons() {
        let rating = |user: u32, _| [1.0, 2.0, 4.0][user as usize % 3];
        let (users, items) = (ids("u", 0..12), ids("i", 0..5));
        let a = domain("A", &users, &items, rating);
        let b = domain("B", &users, &items, |user, item| 6.0 - rating(user, item));
        let report = overlap_report(&a, &b);
        assert_eq!((report.overlap_users, report.warning), (12, None));
        assert!((report.mean_correlation.unwrap() + 1.0).abs() < 1e-6);
        // Means (1, 2, 4) against (2, 2, 5): deviations (-4, -1, 5)/3 and (-1, -1, 2), r = 5 / sqrt(14/3 * 6).
        let b = domain("B", &users, &items, |user, _| [2.0, 2.0, 5.0][user as usize % 3]);
        let r = overlap_report(&a, &b).mean_correlation.unwrap();
        assert!((r - 5.0 / 28.0_f32.sqrt()).abs() < 1e-6, "{r}");
        // Fewer than five ratings a user, or no difference between users, give no correlation.
        let few = domain("B", &users, &ids("i", 0..4), rating);
        assert_eq!(overlap_report(&a, &few).mean_correlation, None);
        let flat = domain("B", &users, &items, |_, _| 3.0);
        assert_eq!(overlap_report(&a, &flat).mean_correlation, None);
    }

    #[test]
    fn the_warning_names_the_cause() {
        assert_eq!(warning(("u", 0), ("u", 0), false), "");
        let cases = [
            (warning(("u", 0), ("u", 0), true), "user and item columns of B seem to be swapped"),
            (warning(("u", 0), ("U", 0), false), "upper and lower case"),
            (warning(("", 100), ("00", 100), false), "zeros at the start"),
            (warning(("u", 0), ("U-", 0), false), "blanks and punctuation"),
            (
                warning(("u", 0), ("v", 0), false),
                "different ids for their users (for example \"u0\" and \"v0\")",
            ),
            (warning(("u", 0), ("u", 37), false), "Only 3 users are in both A and B: too few"),
            (warning(("u", 0), ("u", 39), false), "Only 1 user is in both"),
        ];
        for (warning, cause) in cases {
            assert!(warning.contains(cause), "{warning:?} should say {cause:?}");
        }
        let (a, b) = (ids("u", 0..40), ids("v", 0..40));
        let items = ids("x", 0..12);
        let swapped =
            overlap_report(&domain("A", &items, &a, |_, _| 3.0), &domain("B", &items[..9], &b, |_, _| 3.0));
        assert!(
            swapped.warning.is_some_and(|w| w.contains("Only 9")),
            "nine items under another name are no cause"
        );
        let both = overlap_report(&domain("A", &a, &items, |_, _| 3.0), &domain("B", &b, &items, |_, _| 3.0));
        assert!(both.warning.is_some_and(|w| w.contains("of both swapped?")));
    }

    #[test]
    fn ratings_that_stand_in_both_files_are_told() {
        let (users, items) = (ids("u", 0..40), ids("i", 0..12));
        let rating = |user: u32, item: u32| (1 + (user + item * item) % 4) as f32;
        let a = domain("A", &users, &items, rating);
        let report = overlap_report(&a, &domain("B", &users, &items, rating));
        assert!(
            report.is_one_file && report.warning.is_some_and(|w| w.contains("A and B hold the same ratings"))
        );
        let b = domain("B", &users, &items, |user, item| if item < 6 { rating(user, item) } else { 5.0 });
        let report = overlap_report(&a, &b);
        assert_eq!((report.same_rows, report.is_one_file), (240, false));
        let warning = report.warning.unwrap_or_default();
        assert!(warning.starts_with("240 ratings stand in both A and B"), "{warning}");
        assert!(warning.contains("50.0 %"), "{warning}");
    }

    #[test]
    fn ids_without_agreement_may_not_be_the_same_people() {
        let (users, items) = (ids("u", 0..60), ids("i", 0..5));
        let a = domain("A", &users, &items, |user, _| 1.0 + (user % 4) as f32);
        let b = domain("B", &users, &items, |user, _| 1.0 + (user / 4 % 5) as f32);
        let report = overlap_report(&a, &b);
        assert!(
            report.warning.is_some_and(|w| w.contains("may not name the same people")),
            "{:?}",
            report.mean_correlation
        );
    }
}
