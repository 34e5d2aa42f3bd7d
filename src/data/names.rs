//! What the name of a column says of its role: words of the field in several languages, and how a name is built
//! (`beer_beerid`, `review_profilename`, `userId:token`). The recognition of roles weighs it with the contents.

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

/// Words for the roles, as the last word of a name: English, German, French, Spanish, Italian, Dutch, Portuguese,
/// Polish, Russian, Chinese, Japanese, Korean, Turkish.
const WORDS: [&str; 4] = [
    "user usr uid reviewer customer member reader person profile author student listener viewer player critic rater \
     voter guest account visitor client buyer subscriber participant subject learner traveler traveller patron \
     commenter human screenname nick nickname login \
     nutzer benutzer kunde kundin leser hörer person schüler spieler utilisateur usager client lecteur auditeur \
     joueur usuario cliente lector persona utente lettore gebruiker klant usuário leitor użytkownik uzytkownik klient \
     пользователь клиент 用户 用戶 使用者 会员 读者 ユーザー ユーザ 사용자 회원 kullanıcı kullanici",
    "item iid asin movie book music film song track album artist band game anime manga business product isbn recipe \
     joke restaurant hotel podcast beer wine course offering show series video place venue poi app article story \
     dish food drink podcast episode comic novel attraction location lecture class clip news artwork toy item sku \
     good merchant shop store title band channel playlist photo post paper \
     buch artikel produkt titel lied spiel gericht kurs serie sache livre article produit jeu chanson titre libro \
     película pelicula producto artículo articulo canción cancion juego prodotto gioco canzone boek spel livro filme \
     produto jogo książka ksiazka produkt gra фильм книга товар игра 电影 影片 图书 书籍 商品 物品 项目 音乐 歌曲 \
     アイテム 映画 本 영화 상품 도서 kitap ürün urun",
    "rating rate score star stars overall grade mark marks vote points review_overall \
     bewertung note sterne punkte wertung évaluation evaluation étoiles puntuación puntuacion calificación \
     calificacion valoración valoracion nota voto valutazione punteggio cijfer beoordeling avaliação avaliacao ocena \
     оценка рейтинг 评分 評分 分数 打分 星级 評価 평점 별점 puan \
     plays playcount playcounts count hours minutes listens clicks purchases visits",
    "timestamp time date datetime tstamp ts when created updated createdat updatedat lastupdated modified \
     datum zeit zeitpunkt fecha heure hora data czas дата время 时间 時間 日期 日時 시간 날짜 tarih",
];

/// A header's name without type (`user_id:token`), case, blanks and punctuation.
pub(super) fn plain_name(name: &str) -> String {
    let name = name.split(':').next().unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
    let counts =
        ["plays", "playcount", "count", "hours", "minutes", "clicks", "visits", "listens", "purchases"];
    words(name).last().is_some_and(|last| counts.contains(&last.as_str()))
}

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
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        was_small = letter.is_lowercase();
        if letter.is_alphanumeric() {
            words.iter_mut().next_back().into_iter().for_each(|word| word.extend(letter.to_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a header's name says of its column; `file` is the file's name.
pub(super) fn says(name: &str, file: &str) -> NameSays {
    const IDS: [&str; 12] =
        ["id", "ids", "idx", "index", "key", "code", "no", "nr", "num", "number", "uuid", "guid"];
    const CALLED: [&str; 5] = ["name", "title", "label", "nickname", "username"];
    let plain = plain_name(name);
    let mut left = words(name);
    let (mut is_id, mut is_name) = (false, false);
    while left.len() > 1 {
        match left.last().map(String::as_str) {
            Some(last) if IDS.contains(&last) => is_id = true,
            Some(last) if CALLED[..3].contains(&last) => is_name = true,
            _ => break,
        }
        left.pop();
    }
    let mut head = left.last().cloned().unwrap_or_default();
    // `beerid` and `profilename` are written as one word.
    for (ending, flag) in [("id", &mut is_id), ("name", &mut is_name)] {
        if let Some(stem) = head.strip_suffix(ending)
            && stem.chars().count() > 2
            && WORDS[..2].iter().any(|words| words.split_whitespace().any(|word| word == stem))
        {
            (head, *flag) = (stem.to_owned(), true);
        }
    }
    let is_word = |role: usize, head: &str| {
        let single = head.strip_suffix('s').unwrap_or(head);
        let pair = left.len().checked_sub(2).map(|from| left[from..].concat()).unwrap_or_default();
        WORDS[role].split_whitespace().any(|word| word == head || word == single || word == pair)
    };
    let mut points = [0.0; 4];
    for role in [USER, ITEM, RATING, TIME] {
        if let Some(rank) = NAMES[role].split_whitespace().position(|known| known == plain) {
            points[role] = 10.0 - 0.08 * rank as f64;
        } else if is_word(role, &head) {
            points[role] = match (role, is_id, is_name) {
                (USER | ITEM, true, _) => 9.0,
                (USER | ITEM, _, true) => 7.0,
                // A title is text about a thing and not always the thing.
                (ITEM, ..) if ["title", "titel", "titre"].contains(&head.as_str()) => 5.0,
                (USER | ITEM, ..) => 8.0,
                // A number or a label of a rating is not the rating.
                (RATING, false, false) => {
                    let count = ["count", "hours", "minutes", "clicks", "visits"].contains(&head.as_str());
                    // The first of several: `my_score` before `score_rank`, `review_overall` before `count`.
                    if count { 4.0 } else { 9.0 }
                }
                (TIME, false, false) => 8.0,
                _ => 0.0,
            };
        } else if role == RATING && ["rating", "score", "bewertung"].iter().any(|end| plain.ends_with(end)) {
            points[role] = 8.0;
        } else if role == USER && (plain.ends_with("userid") || plain.ends_with("username")) {
            points[role] = 8.5;
        }
    }
    if points.iter().all(|&points| points == 0.0) {
        if [
            "",
            "index",
            "unnamed0",
            "unnamed",
            "rownames",
            "rownumber",
            "rowid",
            "row",
            "nr",
            "no",
            "rownum",
            "x1",
        ]
        .contains(&plain.as_str())
        {
            points = [-8.0, -8.0, -6.0, 0.0];
        } else if ["review", "rating", "record", "row", "entry", "event", "interaction", "vote", "line"]
            .contains(&head.as_str())
        {
            points = [-4.0, -4.0, 0.0, 0.0];
        } else if plain == "id" {
            points = [0.5, 1.0, -4.0, 0.0];
        } else if plain == "name" {
            points = [0.5, 1.5, -4.0, 0.0];
        } else if is_id {
            points = [1.0, 5.0, -4.0, 0.0];
        } else if is_name {
            points = [1.0, 4.0, -4.0, 0.0];
        } else {
            // Other words name something else: an age, a comment, a style.
            points = [-2.0, -2.0, -2.0, -2.0];
        }
    } else {
        // A column that is one thing by its name is nothing else.
        let best = points.iter().copied().fold(0.0, f64::max);
        points.iter_mut().filter(|points| **points == 0.0).for_each(|points| *points = -best);
    }
    let stem: String = plain_name(super::reader::stem(file).as_str());
    if points[ITEM] > 0.0 && head.chars().count() > 3 && stem.starts_with(&head) {
        points[ITEM] += 1.5;
    }
    NameSays { points, thing: head }
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
        for name in ["", "Unnamed: 0", "index", "review_id", "beer_abv", "rating_count_total", "likes_num"] {
            let points = says(name, "f.csv").points;
            assert!(points[USER] < 1.5 && points[RATING] <= 0.0, "{name}: {points:?}");
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
