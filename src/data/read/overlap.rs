//! Whether two files name the same people, told before any training: how many are in both, whether their
//! tastes agree at all, and the likely cause when they do not.

use serde::Serialize;

use super::ids::{IdGain, gain};
use super::{Domain, Figures, Ids, PairChange, PairCure, SameRows, UserId, Vocabulary};
use super::{overlap_users as users_in_both, pairs_missing};
use crate::rng::Generator;

/// Ratings that a user needs in each domain to count in the correlation.
const MIN_RATINGS: usize = 5;

/// Overlap users below which a map cannot be learnt well.
const FEW_USERS: usize = 10;

/// Mean ratings of the same people in two domains usually agree at least so much: Douban book and music by 0.41.
const USUAL_AGREEMENT: f64 = 0.35;

/// From this correlation on they clearly do.
const AGREEING: f64 = 0.15;

/// Shuffles that the agreement is held against.
const SHUFFLES: usize = 1000;

/// Of the shuffles at most this share may agree as much as the pairs do.
const BY_CHANCE: f64 = 0.01;

/// Users whose ratings are shuffled; of more of them as many are drawn.
const SHUFFLED_USERS: usize = 2000;

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
    /// Its 95 % interval (Fisher); `None` where there is none or fewer than 5 such users.
    pub mean_interval: Option<[f32; 2]>,
    /// Ratings that stand in both: the same person, item and rating, more often than by chance.
    pub same_rows: usize,
    /// Whether all ratings of both are the same. Nothing can be learnt from one file as two domains.
    pub is_one_file: bool,
    /// The forms in which more ids match, and how many; no forms where it is not worth it.
    pub ids: IdGain,
    /// What is wrong, the costliest first.
    pub warnings: Vec<PairWarning>,
    /// The texts of `warnings` in one.
    pub warning: Option<String>,
}

/// What a [`PairWarning`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PairCode {
    /// Nobody, or hardly anybody, is in both.
    FewInBoth,
    /// More would be in both if ids were written alike.
    IdsDiffer,
    /// The shared ids may not name the same people.
    NotTheSame,
    /// Ratings stand in both files.
    SameRows,
}

/// Something that a person should know of two files together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairWarning {
    /// What it is about.
    pub code: PairCode,
    /// In plain words, with figures and the likely cause.
    pub text: String,
    /// The figures of the text by name.
    pub figures: Figures,
    /// What can be done about it; nothing where reading otherwise does not help.
    #[serde(skip)]
    pub cures: Vec<PairCure>,
}

/// What is wrong with two files, before it is known which code it has.
struct Advice {
    text: String,
    cures: Vec<PairCure>,
}

impl Advice {
    fn new(text: String) -> Self {
        Self { text, cures: Vec::new() }
    }

    fn or(mut self, label: String, domains: &[usize], change: PairChange) -> Self {
        self.cures.push(PairCure { label, domains: domains.to_vec(), change });
        self
    }

    /// With the cure that users and items of the domains change places, which are one of the two or both.
    fn or_swap(self, domains: &[usize], a: &Domain, b: &Domain) -> Self {
        let of = match domains {
            [0] => format!("of {}", a.name),
            [1] => format!("of {}", b.name),
            _ => "in both".into(),
        };
        self.or(format!("Swap people and items {of}"), domains, PairChange::SwapUsersAndItems)
    }

    fn or_alike(self, ids: &IdGain) -> Self {
        self.or("Write the ids alike".into(), &[0, 1], PairChange::Ids(ids.forms.clone()))
    }
}

/// Compares the users of two domains by their ids.
pub fn overlap_report(a: &Domain, b: &Domain) -> OverlapReport {
    let (overlap_users, means) = shared(&Side::users(a), &Side::users(b));
    let mean_correlation = correlation(&means);
    let mut ids = gain(&a.users, &b.users);
    if !is_better(ids.users, overlap_users) {
        ids = IdGain::default();
    }
    let mean_interval = mean_correlation.and_then(|r| interval(r, means.len()));
    let mut warnings = Vec::new();
    let pairs = users_in_both(a, b);
    let same = SameRows::of(a, b, &pairs);
    let figures = |code: PairCode| -> Figures {
        let mut figures = Figures::from([("in_both", overlap_users as f64)]);
        match code {
            PairCode::FewInBoth | PairCode::IdsDiffer => {
                figures.insert("more_if_alike", ids.users as f64);
            }
            PairCode::NotTheSame => {
                figures.insert("compared", means.len() as f64);
                figures.extend(mean_correlation.map(|r| ("correlation", r)));
                figures
                    .extend(mean_interval.into_iter().flat_map(|(lo, hi)| [("lowest", lo), ("highest", hi)]));
            }
            PairCode::SameRows => {
                figures.extend([("same_rows", same.positions.len() as f64), ("share", same.share)]);
            }
        }
        figures
    };
    let mut tell = |code, advice: Option<Advice>| {
        let warning = |Advice { text, cures }| PairWarning { code, text, figures: figures(code), cures };
        warnings.extend(advice.map(warning));
    };
    let few = (overlap_users < FEW_USERS).then(|| too_few(a, b, overlap_users, &ids));
    let more = (few.is_none() && ids.users > 0).then(|| more_alike(a, b, overlap_users, &ids));
    let apart = (few.is_none() && !agree(&means))
        .then(|| not_the_same(a, b, overlap_users, mean_correlation.unwrap_or(0.0), means.len()));
    // Too few users say nothing of themselves; many items whose ratings agree say that they are the users.
    // The items of two parts of one file agree because they are the same.
    let parts = parts_of_one(a, b, &pairs);
    let swap = (few.is_none() && parts.is_none() && means.len() < MANY_USERS)
        .then(|| swapped(a, b).filter(Swap::is_sure))
        .flatten()
        .map(|swap| {
            let what = format!(
                "Too few of the {overlap_users} shared ids have ratings enough to compare their means. "
            );
            swap.advice(what, a, b)
        });
    tell(PairCode::FewInBoth, few);
    tell(PairCode::NotTheSame, apart.or(swap));
    tell(PairCode::IdsDiffer, more);
    tell(PairCode::SameRows, same_rows_warning(a, b, &same).map(Advice::new));
    tell(PairCode::SameRows, parts.map(Advice::new));
    let texts: Vec<&str> = warnings.iter().map(|warning| warning.text.as_str()).collect();
    OverlapReport {
        overlap_users,
        mean_correlation: mean_correlation.map(|r| r as f32),
        mean_interval: mean_interval.map(|(lo, hi)| [lo as f32, hi as f32]),
        same_rows: same.positions.len(),
        is_one_file: same.is_one_file,
        warning: (!texts.is_empty()).then(|| texts.join(". ")),
        ids,
        warnings,
    }
}

/// Whether `more` users besides `known` ones are no accident and worth telling.
fn is_better(more: usize, known: usize) -> bool {
    more >= 3.max(known / 50) || (known == 0 && more > 0)
}

/// Ids that would match if they were written alike, beside many that do.
fn more_alike(a: &Domain, b: &Domain, overlap_users: usize, ids: &IdGain) -> Advice {
    let text = format!(
        "{overlap_users} users are in both {} and {}, and {} more would be if {}: write the ids alike in both files",
        a.name,
        b.name,
        ids.users,
        ids.words()
    );
    Advice::new(text).or_alike(ids)
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

/// Two parts of one file are no two domains.
fn parts_of_one(a: &Domain, b: &Domain, pairs: &[(UserId, UserId)]) -> Option<String> {
    let (items, expected) = pairs_missing(a, b, pairs)?;
    Some(format!(
        "{} and {} have {items} items in common, and yet nobody rated one of them in both, where chance would give {expected:.0} \
         such ratings: they seem to be parts of one file (to train and to test on), and not two domains",
        a.name, b.name
    ))
}

/// The ids of the users, or of the items, and the mean rating of each; `None` for those with too few ratings.
struct Side<'d> {
    ids: &'d Ids,
    means: Vec<Option<f64>>,
}

impl<'d> Side<'d> {
    fn users(domain: &'d Domain) -> Self {
        Self::new(
            domain.users.untyped(),
            domain.ratings.iter().map(|rating| (rating.user.index(), rating.value)),
        )
    }

    fn items(domain: &'d Domain) -> Self {
        Self::new(
            domain.items.untyped(),
            domain.ratings.iter().map(|rating| (rating.item.index(), rating.value)),
        )
    }

    fn new(ids: &'d Ids, ratings: impl Iterator<Item = (usize, f32)>) -> Self {
        let mut sums = vec![(0.0, 0); ids.len()];
        for (number, value) in ratings {
            let (sum, n) = &mut sums[number];
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

/// The 95 % interval of a correlation of `n` pairs (Fisher 1921: its inverse hyperbolic tangent is nearly normal).
fn interval(r: f64, n: usize) -> Option<(f64, f64)> {
    let half = 1.96 / (n.checked_sub(3).filter(|&n| n > 1)? as f64).sqrt();
    Some(((r.atanh() - half).tanh(), (r.atanh() + half).tanh()))
}

/// Whether mean ratings may be those of the same people: the interval of their correlation reaches what is usual, or
/// hardly any shuffle of the pairs agrees as much. Few pairs say nothing and may be.
fn agree(means: &[(f64, f64)]) -> bool {
    let Some(r) = correlation(means).filter(|_| means.len() >= MANY_USERS) else { return true };
    let Some((lo, hi)) = interval(r, means.len()) else { return true };
    if hi >= USUAL_AGREEMENT || lo > AGREEING {
        return true;
    }
    let mut chance = Generator::new(1, "overlap");
    let mut pairs = means.to_vec();
    chance.shuffle(&mut pairs);
    pairs.truncate(SHUFFLED_USERS);
    let r = correlation(&pairs).unwrap_or(0.0);
    let (xs, mut ys): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let mut as_much = 0;
    for _ in 0..SHUFFLES {
        chance.shuffle(&mut ys);
        let shuffled: Vec<(f64, f64)> = xs.iter().copied().zip(ys.iter().copied()).collect();
        as_much += usize::from(correlation(&shuffled).is_some_and(|by_chance| by_chance >= r));
    }
    as_much as f64 <= BY_CHANCE * SHUFFLES as f64
}

/// Shared ids whose ratings have nothing in common. Ids that count from 1 in each file match by accident, also
/// when users and items are swapped; the mean ratings then agree the other way round.
fn not_the_same(a: &Domain, b: &Domain, overlap_users: usize, r: f64, n: usize) -> Advice {
    let (lo, hi) = interval(r, n).unwrap_or((-1.0, 1.0));
    let what = format!(
        "The {overlap_users} shared ids may not name the same people: their mean ratings in {} and {} have a \
         correlation of {r:.2} ({lo:.2} to {hi:.2}), as shuffled pairs have",
        a.name, b.name
    );
    match swapped(a, b) {
        Some(swap) => swap.advice(format!("{what}. "), a, b),
        None => Advice::new(what),
    }
}

/// Domains of which users and items seem to have changed places.
struct Swap {
    /// As 0 and 1.
    domains: &'static [usize],
    /// The correlation of the mean ratings the other way, and for how many.
    r: f64,
    n: usize,
}

impl Swap {
    fn advice(&self, what: String, a: &Domain, b: &Domain) -> Advice {
        let name = match self.domains {
            [0] => a.name.as_str(),
            [1] => b.name.as_str(),
            _ => "both",
        };
        let text = format!(
            "{what}The user and item columns of {name} seem to be swapped: the other way it is {:.2}",
            self.r
        );
        Advice::new(text).or_swap(self.domains, a, b)
    }

    /// Whether it is sure enough to be told where the users as they are say nothing.
    fn is_sure(&self) -> bool {
        interval(self.r, self.n).is_some_and(|(lo, _)| lo > USUAL_AGREEMENT)
    }
}

/// The way in which mean ratings agree best if users and items of one domain or of both change places.
fn swapped(a: &Domain, b: &Domain) -> Option<Swap> {
    let ways = [
        (Side::items(a), Side::users(b), &[0][..]),
        (Side::users(a), Side::items(b), &[1]),
        (Side::items(a), Side::items(b), &[0, 1]),
    ];
    let agreeing = ways.into_iter().filter_map(|(x, y, domains)| {
        let (_, means) = shared(&x, &y);
        let r = correlation(&means).filter(|&r| r > AGREEING && means.len() >= MANY_USERS)?;
        Some(Swap { domains, r, n: means.len() })
    });
    agreeing.max_by(|x, y| x.r.total_cmp(&y.r))
}

/// The likely cause of an overlap of (nearly) nobody.
fn too_few(a: &Domain, b: &Domain, overlap_users: usize, ids: &IdGain) -> Advice {
    let how_many = match overlap_users {
        0 => format!("Nobody is in both {} and {}", a.name, b.name),
        1 => format!("Only 1 user is in both {} and {}", a.name, b.name),
        n => format!("Only {n} users are in both {} and {}", a.name, b.name),
    };
    // An accidental match of a few ids is no cause.
    let better = |n: usize| n >= FEW_USERS.max(3 * overlap_users) || (overlap_users == 0 && n > 0);
    let (a_swapped, b_swapped) =
        (common(a.items.untyped(), b.users.untyped()), common(a.users.untyped(), b.items.untyped()));
    let (most, d) = if a_swapped >= b_swapped { (a_swapped, 0) } else { (b_swapped, 1) };
    let (swapped, other) = if d == 0 { (&a.name, &b.name) } else { (&b.name, &a.name) };
    if better(most) {
        let text = format!(
            "{how_many}, but {most} items of {swapped} are users of {other}: the user and item columns of \
             {swapped} seem to be swapped"
        );
        return Advice::new(text).or_swap(&[d], a, b);
    }
    if ids.users > 0 {
        let (all, what) = (overlap_users + ids.users, ids.words());
        let text = format!("{how_many}, but {all} would be if {what}: write the ids alike in both files");
        return Advice::new(text).or_alike(ids);
    }
    let both_swapped = common(a.items.untyped(), b.items.untyped());
    if better(both_swapped) {
        let text = format!(
            "{how_many}, but {both_swapped} items are: are the user and item columns of both swapped?"
        );
        return Advice::new(text).or_swap(&[0, 1], a, b);
    }
    if overlap_users > 0 {
        return Advice::new(format!("{how_many}: too few to learn a good map from"));
    }
    if let Some(garbled) =
        [(a, b), (b, a)].into_iter().find(|(x, y)| is_garbled(&x.users) && !is_garbled(&y.users))
    {
        let name = &garbled.0.name;
        return Advice::new(format!(
            "{how_many}: the ids of {name} look as if its text were in another encoding, such as GB18030; save it as UTF-8"
        ));
    }
    let example = |domain: &Domain| {
        crate::error::one_line(&domain.users.id(UserId(0)).chars().take(40).collect::<String>())
    };
    Advice::new(format!(
        "{how_many}: the files use different ids for their users (for example \"{}\" and \"{}\")",
        example(a),
        example(b)
    ))
}

/// Whether many ids have runs of the characters that bytes of another encoding become when read as Latin-1.
fn is_garbled(ids: &Vocabulary<UserId>) -> bool {
    let high = |c: &char| ('\u{80}'..='\u{ff}').contains(c);
    let run = |id: &&str| id.chars().zip(id.chars().skip(1)).any(|(c, next)| high(&c) && high(&next));
    ids.ids().filter(|id| run(id)).count() * 5 > ids.len()
}

fn common(a: &Ids, b: &Ids) -> usize {
    a.ids().filter(|id| b.get(id).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::{PairCode, agree, interval, overlap_report};
    use crate::data::read::{Domain, IdForm, ItemId, Rating, UserId, Vocabulary};
    use crate::rng::Generator;

    /// User n rates the items 0..5 with `rating(n, item)`.
    fn domain(name: &str, users: &[String], items: &[String], rating: impl Fn(u32, u32) -> f32) -> Domain {
        let (users, items): (Vocabulary<UserId>, Vocabulary<ItemId>) =
            (users.iter().collect(), items.iter().collect());
        let mut rows = Vec::new();
        for user in users.all() {
            rows.extend(items.all().map(|item| Rating { user, item, value: rating(user.0, item.0) }));
        }
        Domain::of_stars(name, users, items, &rows)
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
    fn ids_that_would_match_in_another_form_are_told_beside_many_that_do() {
        let (a, b): (Vec<String>, Vec<String>) =
            (0..60)
                .map(|n| {
                    if n < 40 { (format!("u{n}"), format!("u{n}")) } else { (format!("0{n}"), n.to_string()) }
                })
                .unzip();
        let rating = |user: u32, _: u32| 1.0 + (user % 5) as f32;
        let report = overlap_report(
            &domain("A", &a, &ids("x", 0..5), rating),
            &domain("B", &b, &ids("y", 0..5), rating),
        );
        assert_eq!((report.overlap_users, report.ids.users), (40, 20));
        assert_eq!(report.ids.forms, [IdForm::StripLeadingZeros]);
        let codes: Vec<PairCode> = report.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(codes, [PairCode::IdsDiffer]);
        assert!(report.warning.is_some_and(|w| w.contains("20 more would be if zeros at the start")));
    }

    #[test]
    fn the_interval_is_fishers() {
        // atanh(0.5) = 0.5493; 1.96 / sqrt(100) = 0.196: tanh(0.3533) = 0.3393 and tanh(0.7453) = 0.6324.
        let (lo, hi) = interval(0.5, 103).unwrap();
        assert!((lo - 0.3393).abs() < 1e-4 && (hi - 0.6324).abs() < 1e-4, "{lo} {hi}");
        assert_eq!(interval(0.5, 4), None);
    }

    #[test]
    fn accidental_ids_are_told_from_people_whose_ratings_agree() {
        let pairs = |seed: u64, agreement: f64| -> Vec<(f64, f64)> {
            let mut chance = Generator::new(seed, "test");
            let mut normal = || f64::from(chance.normal());
            let rest = (1.0 - agreement * agreement).sqrt();
            (0..150)
                .map(|_| {
                    let x = normal();
                    (x, agreement * x + rest * normal())
                })
                .collect()
        };
        let told = |agreement: f64| (0..100).filter(|&seed| !agree(&pairs(seed, agreement))).count();
        assert!(told(0.0) >= 95, "{}", told(0.0));
        assert!(told(0.4) <= 1, "{}", told(0.4));
        assert!(agree(&pairs(1, 0.0)[..29]), "few people say nothing");
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
