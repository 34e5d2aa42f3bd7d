//! What the name of a column says of its role: words of the field in several languages, and how a name is built
//! (`beer_beerid`, `review_profilename`, `userId:token`). The recognition of roles weighs it with the contents.

mod words;

use words::{COUNTS, MEASURES, OF_MANY, OTHERS, has, names_role};

/// Places of the roles in tables by role.
pub(super) const USER: usize = 0;
pub(super) const ITEM: usize = 1;
pub(super) const RATING: usize = 2;
pub(super) const TIME: usize = 3;

/// Names of the user, item, rating and time columns as [`plain_name`] gives them, the surest first.
pub(super) const NAMES: [&str; 4] = [
    "userid user uid reviewerid customerid memberid readerid personid profileid reviewer customer person reader \
     username useridx u",
    "itemid item iid parentasin asin movieid bookid musicid filmid songid trackid albumid artistid gameid animeid \
     businessid productid isbn recipeid jokeid movie book film product itemidx i",
    "rating bookrating overall score stars userrating ratingvalue reviewscore value r",
    "timestamp time unixreviewtime unixtime unixtimestamp datetime ratedat date reviewdate ts",
];

/// A header's name without type (`user_id:token`), case, blanks and punctuation.
pub(super) fn plain_name(name: &str) -> String {
    let name = name.split(':').next().unwrap_or(name);
    name.chars().filter(|&c| is_letter(c)).flat_map(char::to_lowercase).collect()
}

/// Whether a character is a part of a word: letters, digits and the vowel signs and accents that stand on letters.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}'
            | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

/// Whether a cell is a name that headers of rating or feature tables use for an id, a rating or a time.
pub(super) fn is_known_name(cell: &str) -> bool {
    let typed = [":token", ":token_seq", ":float", ":float_seq"].iter().any(|kind| cell.ends_with(kind));
    let name = plain_name(cell);
    // One-letter names are as likely to be ids.
    typed || (name.len() > 1 && NAMES.iter().any(|names| names.split(' ').any(|known| known == name)))
}

/// Whether a column's name is a word for counts.
pub(super) fn is_count(name: &str) -> bool {
    words(name).last().is_some_and(|last| has(COUNTS, last))
}

/// Points of a name that says that a column holds no users: a tag, a page count, a comment.
pub(super) const NO_USER: f64 = -6.0;

/// Points of a name that says that a column holds no ratings: a price, an age.
pub(super) const NO_RATING: f64 = -12.0;

/// What a column's name says.
pub(super) struct NameSays {
    /// How much the name speaks for each role, about −10 to 10.
    pub points: [f64; 4],
    /// The name without the words for an id or a name: `user` of `user_id`.
    pub thing: String,
}

/// The words of a name in small letters: `userId` and `user_id` are two words each.
fn words(name: &str) -> Vec<String> {
    let name = name.split(':').next().unwrap_or(name);
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !is_letter(letter) || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        was_small = letter.is_lowercase();
        if is_letter(letter) {
            words.iter_mut().next_back().into_iter().for_each(|word| word.extend(letter.to_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Endings of names of ids and of names of things, also where they are written as one word with the thing.
const IDS: &str = "id ids idx index key code nummer no nr num number uuid guid hash ref pk sk 编号 編號 号 番号 번호 아이디 айди";
const CALLED: &str = "name title label nickname username 名称 名稱 名字 名前 名 이름 명";

/// Names of columns that count the rows.
const ROW_NUMBERS: &str = "index unnamed0 unnamed01 unnamed rownames rownumber rowid row rownum nr no sno srno serial seq \
     level0 x1 lfdnr";

/// Names of columns that are about the row as a whole.
const ROWS: &str =
    "review rating record row entry event interaction vote line order invoice transaction session";

/// A name without the words for an id or a name.
struct Thing {
    left: Vec<String>,
    head: String,
    is_id: bool,
    is_name: bool,
}

impl Thing {
    fn of(name: &str) -> Self {
        let mut left = words(name);
        let (mut is_id, mut is_name) = (false, false);
        while left.len() > 1 {
            match left.last() {
                Some(last) if has(IDS, last) => is_id = true,
                Some(last) if ["name", "title", "label"].contains(&last.as_str()) => is_name = true,
                _ => break,
            }
            left.pop();
        }
        let mut head = left.last().cloned().unwrap_or_default();
        // `beerid`, `profilename` and `用户编号` are written as one word.
        for (endings, flag) in [(IDS, &mut is_id), (CALLED, &mut is_name)] {
            let is_thing = |stem: &str| {
                let is_long = stem.chars().count() > 2 || !stem.is_ascii();
                is_long && (names_role(USER, stem) || names_role(ITEM, stem))
            };
            let mut stems = endings.split_whitespace().filter_map(|ending| head.strip_suffix(ending));
            if let Some(stem) = stems.find(|stem| is_thing(stem)) {
                (head, *flag) = (stem.to_owned(), true);
            }
        }
        Self { left, head, is_id, is_name }
    }

    fn is_word(&self, role: usize) -> bool {
        let single = self.head.strip_suffix('s').unwrap_or(&self.head);
        let pair = self.left.len().checked_sub(2).map(|from| self.left[from..].concat()).unwrap_or_default();
        names_role(role, &self.head) || names_role(role, single) || names_role(role, &pair)
    }

    /// Points of a name that has a word for a role.
    fn points(&self, role: usize) -> f64 {
        match role {
            USER | ITEM if self.is_id => 9.0,
            USER | ITEM if self.is_name => 7.0,
            // A title is text about a thing and not always the thing.
            ITEM if ["title", "titel", "titre", "书名", "片名"].contains(&self.head.as_str()) => 5.0,
            USER | ITEM => 8.0,
            // A number or a label of a rating is not the rating.
            _ if self.is_id || self.is_name => 0.0,
            RATING if self.is_of_many() => 3.0,
            // The first of several: `my_score` before `score_rank`, `review_overall` before `count`.
            RATING => 9.0,
            _ => 8.0,
        }
    }

    /// Whether a number is one of many people, such as an average.
    fn is_of_many(&self) -> bool {
        self.left.len() > 1 && self.left.iter().any(|word| has(OF_MANY, word))
    }

    /// Whether a number says how many ratings or reviews there are.
    fn counts_ratings(&self) -> bool {
        let of = |word: &String| has("review reviews ratings votes", word) || names_role(RATING, word);
        self.left.len() > 1 && self.left[..self.left.len() - 1].iter().any(of)
    }
}

/// What a header's name says of its column; `file` is the file's name.
pub(super) fn says(name: &str, file: &str) -> NameSays {
    let plain = plain_name(name);
    let thing = Thing::of(name);
    let head = thing.head.as_str();
    let mut points = [0.0; 4];
    for role in [USER, ITEM, RATING, TIME] {
        if let Some(rank) = NAMES[role].split_whitespace().position(|known| known == plain) {
            points[role] = 10.0 - 0.08 * rank as f64;
        } else if thing.is_word(role) {
            points[role] = thing.points(role);
        } else if role == RATING && has(COUNTS, head) && !thing.is_id && !thing.is_name {
            points[role] = if thing.counts_ratings() { 0.0 } else { 4.0 };
        } else if role == RATING && ["rating", "score", "bewertung"].iter().any(|end| plain.ends_with(end)) {
            points[role] = if thing.is_of_many() { 3.0 } else { 8.0 };
        } else if role == USER && (plain.ends_with("userid") || plain.ends_with("username")) {
            points[role] = 8.5;
        }
    }
    if points.iter().all(|&points| points == 0.0) {
        points = if plain.is_empty() || has(ROW_NUMBERS, &plain) {
            [-8.0, -8.0, -6.0, 0.0]
        } else if has(ROWS, head) {
            [-4.0, -4.0, 0.0, 0.0]
        } else if plain == "id" {
            [0.5, 1.0, -4.0, 0.0]
        } else if plain == "name" {
            [0.5, 1.5, -4.0, 0.0]
        } else if has(MEASURES, head) {
            [NO_USER, -4.0, NO_RATING, -2.0]
        } else if has(OTHERS, head) {
            [NO_USER, if thing.is_id { 3.0 } else { -2.0 }, -4.0, -2.0]
        } else if thing.is_id {
            [1.0, 5.0, -4.0, 0.0]
        } else if thing.is_name {
            [1.0, 4.0, -4.0, 0.0]
        } else {
            // Other words name something else: an age, a comment, a style.
            [-2.0, -2.0, -2.0, -2.0]
        };
    } else {
        // A column that is one thing by its name is nothing else.
        let best = points.iter().copied().fold(0.0, f64::max);
        points.iter_mut().filter(|points| **points == 0.0).for_each(|points| *points = -best);
    }
    let stem = plain_name(super::reader::stem(file).as_str());
    if points[ITEM] > 0.0 && head.chars().count() > 3 && stem.starts_with(head) {
        points[ITEM] += 1.5;
    }
    NameSays { points, thing: thing.head }
}

#[cfg(test)]
mod tests {
    use super::{ITEM, RATING, TIME, USER, plain_name, says};

    #[test]
    fn names_are_read_without_case_type_and_punctuation() {
        assert_eq!(
            ["User-ID", "parent_asin", "user_id:token", "__proto__"].map(plain_name),
            ["userid", "parentasin", "userid", "proto"]
        );
    }

    #[test]
    fn words_of_the_field_and_of_other_languages_name_a_role() {
        for (role, names) in [
            (
                USER,
                "user_id userId review_profilename author listenerId reviewerName Nutzer usuario 用户 student_id",
            ),
            (
                ITEM,
                "beer_beerid offering_id product track_id CourseID Buch película 电影 hotel_id restaurant_name",
            ),
            (RATING, "my_score review_overall star_rating Bewertung puntuación 评分 Grade user_rating"),
            (TIME, "review_time created_at timestamp:float Datum fecha 时间 my_last_updated"),
        ] {
            for name in names.split(' ') {
                let points = says(name, "f.csv").points;
                let best = (0..4).max_by(|&x, &y| points[x].total_cmp(&points[y]));
                assert_eq!(best, Some(role), "{name}: {points:?}");
                assert!(points[role] > 4.0, "{name}: {points:?}");
            }
        }
        for name in [
            "",
            "Unnamed: 0",
            "index",
            "review_id",
            "beer_abv",
            "rating_count_total",
            "rating_count",
            "likes_num",
            "price",
            "tagId",
            "Number of Pages",
        ] {
            let points = says(name, "f.csv").points;
            assert!(points[USER] < 1.5 && points[RATING] <= 0.0, "{name}: {points:?}");
        }
    }

    #[test]
    fn every_language_names_user_item_rating_and_time() {
        for header in [
            "KundenNr Artikelnummer Sterne Zeitpunkt",
            "id_utilisateur id_film évaluation date",
            "id_usuario película calificación fecha",
            "usuário livro avaliação data",
            "utente libro voto data",
            "gebruiker boek beoordeling datum",
            "użytkownik książka ocena data",
            "id_пользователя id_фильма оценка дата",
            "користувач книга оцінка дата",
            "用户编号 商品编号 评分 评论时间",
            "会員番号 商品番号 点数 日時",
            "회원번호 상품번호 별점 일시",
            "müşteri ürün değerlendirme tarih",
            "المستخدم الكتاب التقييم التاريخ",
            "کاربر کتاب امتیاز تاریخ",
            "משתמש ספר דירוג תאריך",
            "användare bok betyg datum",
            "bruger bog bedømmelse dato",
            "käyttäjä kirja arvosana päivä",
            "uživatel kniha hodnocení datum",
            "felhasználó könyv értékelés dátum",
            "χρήστης βιβλίο βαθμολογία ημερομηνία",
            "उपयोगकर्ता पुस्तक रेटिंग दिनांक",
            "người_dùng sách đánh_giá ngày",
            "pengguna buku nilai tanggal",
            "utilizator carte evaluare data",
            "ผู้ใช้ หนังสือ คะแนน วันที่",
        ] {
            for (role, name) in header.split(' ').enumerate() {
                let points = says(name, "f.csv").points;
                assert!(points[role] > 4.0, "{name} of {header}: {points:?}");
            }
        }
    }

    #[test]
    fn a_number_of_many_people_is_no_rating_of_one() {
        let rating = |name: &str| says(name, "f.csv").points[RATING];
        for name in ["average_rating", "IMDb Rating", "helpful_votes", "predicted_rating", "rating_count"] {
            assert!(rating(name) <= 4.0 && rating("My Rating") > rating(name), "{name}: {}", rating(name));
        }
    }

    #[test]
    fn an_id_goes_before_a_name_and_the_noun_of_the_file_before_others() {
        let item = |name: &str, file: &str| says(name, file).points[ITEM];
        assert!(item("beer_beerid", "f.csv") > item("beer_name", "f.csv"));
        assert!(item("beer_id", "beers.csv") > item("beer_id", "f.csv"));
        assert!(item("beer_id", "f.csv") > item("brewery_id", "f.csv"));
        assert!(item("parent_asin", "f.csv") > item("asin", "f.csv"));
    }
}
