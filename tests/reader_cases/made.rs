//! The ratings of every case: 200 people, 60 items, 3,000 ratings by chance, and how they are written and read.

use dual_metric::data::{
    OverlapReport, PairCode, RatingsFile, ReadOptions, WarningCode, overlap_report, read_ratings,
};
use dual_metric::rng::Generator;

/// People who rate, items that are rated, and ratings.
pub const PEOPLE: usize = 200;
pub const ITEMS: usize = 60;
pub const RATINGS: usize = 3000;

/// One rating of a made file.
#[derive(Clone, Copy)]
pub struct Row {
    /// Its number in the file, from 1.
    pub number: usize,
    /// 1000 to 1199, the same people in both files.
    pub user: usize,
    /// 1 to 60.
    pub item: usize,
    /// How much the person likes the item, from 0 to 1.
    pub liking: f64,
}

impl Row {
    /// Nearest step from `lo` to `hi`.
    pub fn rating(&self, lo: f64, hi: f64, step: f64) -> f64 {
        lo + ((hi - lo) / step * self.liking).round() * step
    }

    /// 1 to 5.
    pub fn stars(&self) -> usize {
        self.rating(1.0, 5.0, 1.0) as usize
    }

    /// A second of 2015, another one for each rating.
    pub fn time(&self) -> usize {
        1_420_070_400 + self.number * 9_973 % 31_000_000
    }

    /// A number below `n` that goes with the rating and with nothing else.
    pub fn chance(&self, n: usize) -> usize {
        (self.number * 7919 + self.user * 104_729 + self.item * 1_299_709) / 97 % n
    }
}

/// The ratings of the file `a` or `b`: who likes much in one likes much in the other.
pub fn rows(file: char) -> Vec<Row> {
    let mut tastes = Generator::new(1, "cases: people");
    let mut chance = Generator::new(u64::from(file), "cases: ratings");
    let quality: Vec<f64> = (0..ITEMS).map(|_| f64::from(chance.normal())).collect();
    let mut rows = Vec::new();
    for user in 1000..1000 + PEOPLE {
        let taste = f64::from(tastes.normal());
        let mut items: Vec<usize> = (1..=ITEMS).collect();
        chance.shuffle(&mut items);
        for &item in &items[..RATINGS / PEOPLE] {
            let noise = f64::from(chance.normal());
            let liking = (0.55 + 0.15 * taste + 0.1 * quality[item - 1] + 0.12 * noise).clamp(0.0, 1.0);
            rows.push(Row { number: 0, user, item, liking });
        }
    }
    chance.shuffle(&mut rows);
    (1..).zip(&mut rows).for_each(|(number, row)| row.number = number);
    rows
}

/// A file of all rows under a header, which brings its own line end.
pub fn file(which: char, header: &str, row: impl Fn(&Row) -> String) -> String {
    let lines = rows(which).iter().map(|rating| row(rating) + "\n").collect::<String>();
    header.to_owned() + &lines
}

/// The clean file `b.csv`, whose people are those of every `a`.
pub fn clean_b() -> RatingsFile {
    read(
        "b.csv",
        file('b', "user,item,rating\n", |row| format!("{},f{},{}", row.user, row.item, row.stars())),
    )
}

/// Reads a file that can be read.
pub fn read(name: &str, content: impl AsRef<[u8]>) -> RatingsFile {
    read_with(name, content, &ReadOptions::default())
}

pub fn read_with(name: &str, content: impl AsRef<[u8]>, options: &ReadOptions) -> RatingsFile {
    read_ratings(name, content.as_ref(), options).unwrap_or_else(|error| panic!("{error}"))
}

/// Why a file is not read, in one line.
pub fn refusal(name: &str, content: impl AsRef<[u8]>) -> String {
    let message = match read_ratings(name, content.as_ref(), &ReadOptions::default()) {
        Ok(read) => panic!("{name} was read: {:?}", read.report),
        Err(error) => error.to_string(),
    };
    assert!(message.starts_with(name) && message.lines().count() == 1, "{message}");
    message
}

/// Users, items and ratings.
pub fn counts(read: &RatingsFile) -> (usize, usize, usize) {
    (read.domain.users.len(), read.domain.items.len(), read.domain.ratings.len())
}

/// What every file has that loses nothing.
pub const ALL: (usize, usize, usize) = (PEOPLE, ITEMS, RATINGS);

/// The ends of the scale.
pub fn scale(read: &RatingsFile) -> (f32, f32) {
    (read.domain.scale.lo, read.domain.scale.hi)
}

/// What the warnings are about.
pub fn codes(read: &RatingsFile) -> Vec<WarningCode> {
    read.report.warnings.iter().map(|warning| warning.code).collect()
}

/// The text of the one warning of a kind.
pub fn text(read: &RatingsFile, code: WarningCode) -> &str {
    let mut of_kind = read.report.warnings.iter().filter(|warning| warning.code == code);
    match (of_kind.next(), of_kind.next()) {
        (Some(warning), None) => &warning.text,
        _ => panic!("not one {code:?}: {:?}", read.report.warnings),
    }
}

/// The rows that were left out: how many, and line and reason of the first.
pub fn rejected(read: &RatingsFile) -> (usize, Option<(u64, &str)>) {
    let first = read.report.rejects.first().map(|reject| (reject.line, reject.reason.as_str()));
    (read.report.rejected_rows, first)
}

/// What both files have in common.
pub fn pair(a: &RatingsFile, b: &RatingsFile) -> OverlapReport {
    overlap_report(&a.domain, &b.domain)
}

/// What the warnings of a pair are about.
pub fn pair_codes(report: &OverlapReport) -> Vec<PairCode> {
    report.warnings.iter().map(|warning| warning.code).collect()
}

/// A file that is read whole, on a scale from 1 to 5, with the people of the other file.
pub fn assert_whole(read: &RatingsFile) {
    let name = &read.report.preview.file;
    assert_eq!((counts(read), scale(read)), (ALL, (1.0, 5.0)), "{name}: {:?}", read.report);
    assert_eq!(rejected(read), (0, None), "{name}");
    let report = pair(read, &clean_b());
    assert_eq!(
        (report.overlap_users, pair_codes(&report)),
        (PEOPLE, vec![]),
        "{name}: {:?}",
        report.warnings
    );
}
