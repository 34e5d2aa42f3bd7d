//! Which column is the user, the item, the rating and the time: by the names of the header, and where those
//! say nothing, by what the cells look like. Files of the same shop differ in the order of their columns, and
//! swapped users and items are no error that a model would report.

use serde::{Deserialize, Serialize};

/// Column numbers of a rating table, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Column of the user ids.
    pub user: usize,
    /// Column of the item ids.
    pub item: usize,
    /// Column of the ratings.
    pub rating: usize,
    /// Column of the times, where there is one; the latest of two ratings of a pair is then kept.
    #[serde(default)]
    pub time: Option<usize>,
}

/// Names of the user, item, rating and time columns as [`plain_name`] gives them, the surest first.
const NAMES: [&str; 4] = [
    "userid user uid reviewerid customerid memberid readerid personid profileid reviewer customer person reader \
     username useridx u",
    "itemid item iid parentasin asin movieid bookid musicid filmid songid trackid albumid artistid gameid animeid \
     businessid productid isbn recipeid jokeid movie book film product itemidx i",
    "rating bookrating overall score stars userrating ratingvalue reviewscore value r",
    "timestamp time unixreviewtime unixtime unixtimestamp datetime ratedat date reviewdate ts",
];

/// Places in [`NAMES`].
const USER: usize = 0;
const ITEM: usize = 1;
const RATING: usize = 2;
const TIME: usize = 3;

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

/// Whether the first row is a header: it holds known names, or words in a column of numbers.
pub(super) fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    let known = first.iter().filter(|cell| is_known_name(cell)).count();
    if known >= 2 {
        return true;
    }
    let words_over_numbers = first.iter().enumerate().any(|(column, cell)| {
        let cells: Vec<&str> = rest.iter().filter_map(|row| row.get(column)).map(String::as_str).collect();
        let numbers = cells.iter().filter(|cell| number(cell).is_some()).count();
        !cell.is_empty() && number(cell).is_none() && !cells.is_empty() && numbers * 5 >= cells.len() * 4
    });
    let all_words = first.iter().all(|cell| number(cell).is_none());
    words_over_numbers && (known >= 1 || all_words)
}

/// A cell as a number; with a decimal comma as well. May be infinite or not a number where the text says so.
pub(super) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().or_else(|| {
        let (whole, fraction) = cell.split_once(',')?;
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        if digits(unsigned) && digits(fraction) { format!("{whole}.{fraction}").parse().ok() } else { None }
    })
}

/// The roles of the columns of `rows` (without the header), or what is missing.
pub(super) fn recognise(
    names: Option<&[String]>,
    rows: &[Vec<String>],
    columns: usize,
) -> std::result::Result<Roles, &'static str> {
    let mut found = names.map_or([None; 4], by_name);
    let looks: Vec<Look> = (0..columns).map(|column| Look::of(rows, column)).collect();
    let free = |found: &[Option<usize>; 4], column: usize| !found.contains(&Some(column));

    // A time column needs a header or a fourth column; item ids may be big numbers too, so the last one counts.
    if found[TIME].is_none() && columns >= 4 {
        found[TIME] = (0..columns).rev().find(|&c| free(&found, c) && looks[c].time);
    }
    if found[RATING].is_none() {
        let candidates = (0..columns).filter(|&c| free(&found, c));
        let best = candidates.map(|c| (looks[c].rating, c)).max();
        found[RATING] = best.filter(|&(_, c)| looks[c].rating > 0).map(|(_, c)| c);
    }
    if found[RATING].is_none() {
        return Err("no column looks like ratings");
    }
    if found[USER].is_none() && found[ITEM].is_none() {
        let mut rest = (0..columns).filter(|&c| free(&found, c));
        let (Some(first), Some(second)) = (rest.next(), rest.next()) else {
            return Err("no two columns are left for users and items");
        };
        // Amazon's rating files of 2018 have the item first, those of 2014 the user.
        let swapped = looks[second].reviewer && !looks[first].reviewer;
        (found[USER], found[ITEM]) =
            if swapped { (Some(second), Some(first)) } else { (Some(first), Some(second)) };
    }
    for role in [USER, ITEM] {
        if found[role].is_none() {
            found[role] = (0..columns).find(|&c| free(&found, c));
        }
    }
    match found {
        [Some(user), Some(item), Some(rating), time] => Ok(Roles { user, item, rating, time }),
        _ => Err("no column is left for the users or the items"),
    }
}

/// The roles that the header names.
fn by_name(names: &[String]) -> [Option<usize>; 4] {
    let plain: Vec<String> = names.iter().map(|name| plain_name(name)).collect();
    let mut found = [None; 4];
    for (slot, known) in found.iter_mut().zip(NAMES) {
        *slot = known.split(' ').find_map(|name| plain.iter().position(|plain| plain == name));
    }
    // Names such as `douban_user_id` or `imdb_rating`, where no better one was found.
    for (slot, ending) in [(USER, "userid"), (RATING, "rating"), (ITEM, "id")] {
        if found[slot].is_none() {
            let column = plain.iter().position(|name| name.ends_with(ending));
            found[slot] = column.filter(|column| !found.contains(&Some(*column)));
        }
    }
    found
}

/// Column of the ratings in most files without a header.
const USUAL_RATING: usize = 2;

/// What the cells of a column look like.
struct Look {
    /// Unix times in seconds or milliseconds.
    time: bool,
    /// Ids such as Amazon gives to reviewers.
    reviewer: bool,
    /// How much like ratings, from 0 (not at all).
    rating: u32,
}

impl Look {
    fn of(rows: &[Vec<String>], column: usize) -> Self {
        let cells: Vec<&str> = rows.iter().filter_map(|row| row.get(column)).map(String::as_str).collect();
        let mostly = |test: &dyn Fn(&str) -> bool| {
            !cells.is_empty() && cells.iter().filter(|cell| test(cell)).count() * 10 >= cells.len() * 9
        };
        let within =
            |cell: &str, lo: f64, hi: f64| number(cell).is_some_and(|value| (lo..=hi).contains(&value));
        let mut distinct = cells.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let small: Vec<&str> = cells.iter().copied().filter(|cell| within(cell, -10.0, 100.0)).collect();
        // Bad rows must not hide the rating column, least of all where most files have it.
        let least = if column == USUAL_RATING { 0.2 } else { 0.66 };
        let rating = if small.is_empty() || (small.len() as f64) < least * cells.len() as f64 {
            0
        } else {
            let low = small.iter().filter(|cell| within(cell, 0.0, 10.0)).count() * 10 >= small.len() * 9;
            let fractions = small.iter().any(|cell| cell.contains(['.', ',']));
            distinct.retain(|cell| within(cell, -10.0, 100.0));
            1 + 2 * u32::from(low)
                + 2 * u32::from(fractions)
                + 2 * u32::from(distinct.len() <= 11)
                + 3 * u32::from(column == USUAL_RATING)
        };
        Self {
            time: mostly(&|cell| {
                !cell.starts_with('0') && (within(cell, 1e8, 5e9) || within(cell, 1e11, 5e12))
            }),
            reviewer: mostly(&is_reviewer),
            rating,
        }
    }
}

/// `A` and 9 or more letters and digits.
fn is_reviewer(id: &str) -> bool {
    id.len() >= 10 && id.starts_with('A') && id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Roles, has_header, number, plain_name, recognise};

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split(',').map(String::from).collect()).collect()
    }

    /// User, item, rating and time columns of a table with or without a header.
    fn roles(lines: &[&str]) -> Option<[usize; 4]> {
        let mut rows = rows(lines);
        let names = has_header(&rows).then(|| rows.remove(0));
        let columns = rows.first().map_or(0, Vec::len);
        let Roles { user, item, rating, time } = recognise(names.as_deref(), &rows, columns).ok()?;
        Some([user, item, rating, time.unwrap_or(99)])
    }

    #[test]
    fn columns_are_found_by_name_or_by_content() {
        let cases: [(&[&str], [usize; 4]); 9] = [
            (&["196,242,3,881250949", "186,302,3,891717742"], [0, 1, 2, 3]),
            (&["1,1630,4", "1,1181,4"], [0, 1, 2, 99]),
            (&["4.5,u1,i1", "3.0,u2,i2"], [1, 2, 0, 99]),
            (&["u1,i1,881250949,4", "u2,i2,891717742,5"], [0, 1, 3, 2]),
            (&["Book-Rating,ISBN,User-ID", "5,034545104X,276725"], [2, 1, 0, 99]),
            (&["review_id,stars,business_id,user_id", "9,5,7,8"], [3, 2, 1, 99]),
            (&["douban_user_id,music_id,my_rating,comment", "1,2,5,x"], [0, 1, 2, 99]),
            (&["who,what,how much", "1,2,5", "1,3,4"], [0, 1, 2, 99]),
            (&["asin,parent_asin,rating,user_id", "B0,B1,5,A"], [3, 1, 2, 99]),
        ];
        for (lines, expected) in cases {
            assert_eq!(roles(lines), Some(expected), "{lines:?}");
        }
        assert_eq!(roles(&["a,b,c", "d,e,f"]), None);
        assert_eq!(roles(&["rating", "5"]), None);
    }

    #[test]
    fn headers_are_told_from_rows() {
        for (lines, expected) in [
            (&["u,i,4", "v,j,5"][..], false),
            (&["u,i,NaN", "v,j,5"], false),
            (&["u,i,r", "v,j,5"], true),
            (&["user_id:token,item_id:token"], true),
            (&["user,x,5", "v,j,5"], false),
            (&[], false),
        ] {
            assert_eq!(has_header(&rows(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn names_and_numbers_are_read_leniently() {
        assert_eq!(
            ["User-ID", "parent_asin", "user_id:token", "__proto__"].map(plain_name),
            ["userid", "parentasin", "userid", "proto"]
        );
        assert_eq!(
            ["4", "-4,5", "4,", ",5", "1,2,3", "0x1"].map(number),
            [Some(4.0), Some(-4.5), None, None, None, None]
        );
    }
}
