//! Clean files as people have them, 200 pairs by chance: whatever the delimiter, the language of the header, the order of
//! the columns, the scale, the ids and the times, they are read right and nothing is warned of.

use dual_metric::data::{Delimiter, Roles, read_ratings};
use dual_metric::rng::Generator;

use super::made::{Row, codes, counts, pair, pair_codes, rows, scale};

/// Names of the user, item, rating and time columns.
const HEADERS: [[&str; 4]; 22] = [
    ["user_id", "item_id", "rating", "timestamp"],
    ["userId", "movieId", "rating", "timestamp"],
    ["user_id:token", "item_id:token", "rating:float", "timestamp:float"],
    ["reviewerID", "asin", "overall", "unixReviewTime"],
    ["User-ID", "ISBN", "Book-Rating", "Date"],
    ["customer_id", "product_id", "star_rating", "review_date"],
    ["listener", "track_id", "score", "created_at"],
    ["student_id", "course_id", "grade", "updated_at"],
    ["profile_name", "recipe_id", "stars", "date"],
    ["UID", "IID", "Score", "TS"],
    ["Nutzer", "Buch", "Bewertung", "Datum"],
    ["utilisateur", "livre", "note", "date"],
    ["usuario", "película", "puntuación", "fecha"],
    ["utente", "libro", "voto", "data"],
    ["gebruiker", "boek", "cijfer", "datum"],
    ["usuário", "filme", "nota", "data"],
    ["użytkownik", "książka", "ocena", "czas"],
    ["пользователь", "фильм", "оценка", "время"],
    ["用户", "电影", "评分", "时间"],
    ["ユーザー", "映画", "評価", "日時"],
    ["사용자", "영화", "평점", "날짜"],
    ["kullanıcı", "kitap", "puan", "tarih"],
];

/// Ends and step of scales.
const SCALES: [(f64, f64, f64); 8] = [
    (1.0, 5.0, 1.0),
    (0.5, 5.0, 0.5),
    (1.0, 5.0, 0.5),
    (0.0, 5.0, 1.0),
    (1.0, 10.0, 1.0),
    (0.0, 10.0, 0.5),
    (1.0, 7.0, 1.0),
    (0.0, 100.0, 1.0),
];

/// How the ids of people are written, the same in both files.
#[derive(Clone, Copy, Debug)]
enum Ids {
    Numbers,
    LargeNumbers,
    Letters,
    Hashes,
    Names,
    Shop,
}

impl Ids {
    const ALL: [Self; 6] =
        [Self::Numbers, Self::LargeNumbers, Self::Letters, Self::Hashes, Self::Names, Self::Shop];

    fn user(self, n: usize) -> String {
        match self {
            Self::Numbers => (n + 1).to_string(),
            Self::LargeNumbers => (76_561_197 + n * 7919).to_string(),
            Self::Letters => format!("u{n}"),
            Self::Hashes => format!("{:012x}", (n + 1) * 0x5bd1_e995_1234),
            Self::Names => format!("{}{n}", ["Zoë", "Søren", "李王", "Ann", "Łukasz"][n % 5]),
            Self::Shop => format!("A{:013}", n * 104_729),
        }
    }

    fn item(self, which: char, n: usize) -> String {
        match self {
            Self::Numbers => (n + 1).to_string(),
            Self::LargeNumbers => (500_000 + n * 31).to_string(),
            Self::Letters | Self::Names => format!("{which}{n}"),
            Self::Hashes => format!("{which}{:08x}", n * 0x9e37_79b9),
            Self::Shop => format!("B00{which}{n:06}").to_uppercase(),
        }
    }
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Times {
    Seconds,
    Milliseconds,
    Dates,
    DatesAndHours,
    Points,
}

impl Times {
    const ALL: [Self; 5] =
        [Self::Seconds, Self::Milliseconds, Self::Dates, Self::DatesAndHours, Self::Points];

    fn write(self, row: &Row) -> String {
        let (month, day, hour) = (1 + row.chance(12), 1 + row.chance(28), row.chance(24));
        match self {
            Self::Seconds => row.time().to_string(),
            Self::Milliseconds => format!("{}{:03}", row.time(), row.chance(1000)),
            Self::Dates => format!("2019-{month:02}-{day:02}"),
            Self::DatesAndHours => format!("2019-{month:02}-{day:02} {hour:02}:05:00"),
            Self::Points => format!("{day:02}.{month:02}.2019"),
        }
    }
}

/// How one file is written.
#[derive(Clone, Copy, Debug)]
struct Format {
    delimiter: (Delimiter, &'static str),
    header: Option<[&'static str; 4]>,
    /// The roles from left to right: 0 the user, 1 the item, 2 the rating, 3 the time.
    order: [usize; 4],
    times: Option<Times>,
    scale: (f64, f64, f64),
    quoted: bool,
    newline: &'static str,
    mark: &'static str,
    comment: bool,
}

impl Format {
    fn by(chance: &mut Generator) -> Self {
        let delimiters = [
            (Delimiter::Comma, ","),
            (Delimiter::Comma, ","),
            (Delimiter::Tab, "\t"),
            (Delimiter::Semicolon, ";"),
            (Delimiter::DoubleColon, "::"),
            (Delimiter::Pipe, "|"),
            (Delimiter::Space, " "),
        ];
        let delimiter = delimiters[chance.below(delimiters.len())];
        let is_plain = matches!(delimiter.0, Delimiter::DoubleColon | Delimiter::Space);
        // Names with a colon in them are no names of a file that colons separate.
        let headers = if is_plain { &HEADERS[..2] } else { &HEADERS[..] };
        let header = (chance.below(4) > 0).then(|| headers[chance.below(headers.len())]);
        let times = (chance.below(3) > 0).then(|| Times::ALL[chance.below(5)]);
        let mut order = [0, 1, 2, 3];
        if header.is_some() {
            chance.shuffle(&mut order);
        }
        Self {
            delimiter,
            header,
            order,
            times: times.filter(|times| !(*times == Times::DatesAndHours && delimiter.0 == Delimiter::Space)),
            scale: SCALES[chance.below(SCALES.len())],
            quoted: !is_plain && chance.below(5) == 0,
            newline: ["\n", "\r\n"][chance.below(2)],
            mark: ["", "", "\u{feff}"][chance.below(3)],
            comment: header.is_some() && !is_plain && chance.below(4) == 0,
        }
    }

    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.order.into_iter().filter(|&role| role < 3 || self.times.is_some())
    }

    fn roles(&self) -> Roles {
        let column = |role: usize| self.columns().position(|other| other == role);
        let must = |role: usize| column(role).unwrap();
        Roles { user: must(0), item: must(1), rating: must(2), time: column(3) }
    }

    fn write(&self, which: char, ids: Ids, rows: &[Row]) -> String {
        let (lo, hi, step) = self.scale;
        let line = |mut cells: Vec<String>| {
            if self.quoted {
                cells.iter_mut().for_each(|cell| *cell = format!("\"{cell}\""));
            }
            cells.join(self.delimiter.1) + self.newline
        };
        let mut text = self.mark.to_owned();
        if let Some(names) = self.header {
            let comment = self.comment.then_some("comment");
            text += &line(self.columns().map(|role| names[role]).chain(comment).map(String::from).collect());
        }
        for row in rows {
            let cell = |role: usize| match role {
                0 => ids.user(row.user - 1000),
                1 => ids.item(which, row.item),
                2 => row.rating(lo, hi, step).to_string(),
                _ => self.times.unwrap().write(row),
            };
            let comment =
                self.comment.then(|| ["good", "not for me", "I read it twice", "fine"][row.chance(4)].into());
            text += &line(self.columns().map(cell).chain(comment).collect());
        }
        text
    }
}

#[test]
fn two_hundred_clean_pairs_are_read_right_and_warned_of_nothing() {
    let mut chance = Generator::new(1, "clean pairs");
    let all = ['a', 'b'].map(rows);
    let mut wrong = Vec::new();
    for number in 0..200 {
        let (ids, people) = (Ids::ALL[chance.below(Ids::ALL.len())], 40 + chance.below(161));
        let mut files = Vec::new();
        for (which, rows) in ['a', 'b'].into_iter().zip(&all) {
            let rows: Vec<Row> = rows.iter().copied().filter(|row| row.user < 1000 + people).collect();
            let format = Format::by(&mut chance);
            let text = format.write(which, ids, &rows);
            let about = format!(
                "pair {number}, {which}: {ids:?}, {format:?}\n{}",
                text.lines().take(3).collect::<Vec<_>>().join("\n")
            );
            match read_ratings(&format!("{which}.csv"), text.as_bytes(), &Default::default()) {
                Err(error) => wrong.push(format!("{about}\n{error}")),
                Ok(read) => {
                    let preview = &read.report.preview;
                    let found = (
                        preview.delimiter,
                        preview.header,
                        preview.roles,
                        counts(&read),
                        scale(&read),
                        codes(&read),
                    );
                    let (lo, hi, _) = format.scale;
                    let all = (people, 60, rows.len());
                    let right = (
                        format.delimiter.0,
                        format.header.is_some(),
                        format.roles(),
                        all,
                        (lo as f32, hi as f32),
                        vec![],
                    );
                    if found != right {
                        wrong.push(format!("{about}\nread as {found:?}\n{:?}", read.report.warnings));
                    }
                    files.push(read);
                }
            }
        }
        if let [a, b] = &files[..] {
            let report = pair(a, b);
            if (report.overlap_users, pair_codes(&report)) != (people, vec![]) {
                wrong.push(format!("pair {number}: {} in both: {:?}", report.overlap_users, report.warnings));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}
