//! Which column is the user, the item, the rating and the time. Names and contents are judged together and for all
//! columns at once: each assignment of columns to roles has points, and the best is taken. Files of the same shop
//! differ in the order of their columns, and swapped or wrong columns are no error that a model would report.

use serde::{Deserialize, Serialize};

use super::{
    Cure, ReadOptions, Warning, WarningCode,
    names::{self, ITEM, NO_RATING, NO_USER, NameSays, RATING, TIME, USER, is_known_name},
    number::number,
    profile::{Profile, Sample, USUAL_POINTS},
};

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

/// Whether the first row is a header: it holds known names, or words in a column of numbers.
pub(super) fn has_header(rows: &[Vec<String>]) -> bool {
    let Some((first, rest)) = rows.split_first() else { return false };
    if numbers_the_columns(first, rest) {
        return true;
    }
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

/// Whether the first row numbers the columns, as data frames without names write them: 0, 1, 2. The first of them are
/// no ids of other rows then.
fn numbers_the_columns(first: &[String], rest: &[Vec<String>]) -> bool {
    let numbered = first.strip_prefix(&[String::new()]).unwrap_or(first);
    let at = first.len() - numbered.len();
    let is_id = |column: usize| rest.iter().any(|row| row.get(column) == first.get(column));
    numbered.len() >= 3
        && rest.len() >= ENOUGH
        && numbered.iter().zip(0_usize..).all(|(cell, number)| cell.parse() == Ok(number))
        && !is_id(at)
        && !is_id(at + 1)
}

/// Column of the ratings in most files without a header.
const USUAL_RATING: usize = 2;

/// Points that a name must have for a role to be trusted whatever the contents are.
const NAMED: f64 = 4.0;

/// Rows from which on the distribution of a column says something.
const ENOUGH: usize = 20;

/// What is to be done with another kind of table.
const ONE_ROW_A_RATING: &str = "Turn it into a table with one row a rating: user, item, rating";

/// Most columns that are tried for a role.
const CANDIDATES: usize = 8;

/// Why the roles are not known, with those that they could be.
#[derive(Debug)]
pub(super) struct Doubt {
    pub what: String,
    /// What to do where it is something else than to say which column is what.
    pub remedy: Option<&'static str>,
    /// The likeliest first; none where a column is missing.
    pub choices: Vec<Cure>,
}

impl<T: Into<String>> From<T> for Doubt {
    fn from(what: T) -> Self {
        Self { what: what.into(), remedy: None, choices: Vec::new() }
    }
}

impl Doubt {
    fn with_remedy(what: impl Into<String>, remedy: &'static str) -> Self {
        Self { what: what.into(), remedy: Some(remedy), choices: Vec::new() }
    }
}

/// The roles of the columns of a table (whose rows come without the header) with what should be said of them, or what
/// is missing. `file` is the file's name.
pub(super) fn recognise(
    names: Option<&[String]>,
    sample: &Sample,
    columns: usize,
    file: &str,
) -> Result<(Roles, Vec<Warning>), Doubt> {
    Judge::new(names, sample, columns, file).judge()
}

/// What is known of the columns while assignments are compared.
struct Judge<'s> {
    names: Vec<String>,
    says: Vec<NameSays>,
    looks: Vec<Profile>,
    sample: &'s Sample<'s>,
    has_names: bool,
}

/// Distinct pairs and cells of two columns over the rows where both are filled.
struct Together {
    rows: usize,
    pairs: usize,
    first: usize,
    second: usize,
}

impl Together {
    /// Whether the first column says what the second holds.
    fn first_determines(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.first && self.rows as f64 >= 1.5 * self.pairs as f64
    }

    fn second_determines(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.second && self.rows as f64 >= 1.5 * self.pairs as f64
    }

    /// Whether both columns name the same things.
    fn is_one_thing(&self) -> bool {
        self.rows >= ENOUGH && self.pairs == self.first && self.pairs == self.second && self.pairs < self.rows
    }
}

impl<'s> Judge<'s> {
    fn new(names: Option<&[String]>, sample: &'s Sample, columns: usize, file: &str) -> Self {
        let name = |column: usize| names.and_then(|names| names.get(column)).cloned().unwrap_or_default();
        let nothing = || NameSays { points: [0.0; 4], thing: String::new() };
        let says = |column| if names.is_some() { names::says(&name(column), file) } else { nothing() };
        Self {
            names: (0..columns).map(name).collect(),
            says: (0..columns).map(says).collect(),
            looks: (0..columns).map(|column| Profile::of(sample, column, column == USUAL_RATING)).collect(),
            sample,
            has_names: names.is_some(),
        }
    }

    /// What to call a column in a message.
    fn called(&self, column: usize) -> String {
        match self.names.get(column) {
            Some(name) if !name.is_empty() => format!("`{}`", super::reject::shown(name)),
            _ => format!("column {}", column + 1),
        }
    }

    fn named(&self, role: usize, column: usize) -> bool {
        self.says[column].points[role] > NAMED
    }

    /// Points of a column for being the ids of users or items.
    fn id_points(&self, role: usize, column: usize) -> f64 {
        let (look, name) = (&self.looks[column], self.says[column].points[role]);
        let mut points = name - 8.0 * (1.0 - look.share);
        let penalties = [
            (look.counts, 14.0),
            (look.is_constant, 8.0),
            (look.is_new_in_every_row, 5.0),
            (look.is_time, 5.0),
            (look.has_fractions, 5.0),
            (look.is_text, if name > NAMED { 1.0 } else { 3.0 }),
            (look.is_year && look.distinct < 150, 2.0),
            (look.filled >= 50 && look.distinct <= 11 && look.rating > 1.0, 5.0),
            (look.filled >= 50 && look.distinct < 5, 3.0),
        ];
        points -= penalties.iter().filter(|(applies, _)| *applies).map(|(_, points)| points).sum::<f64>();
        let shop = f64::from(i8::from(look.is_reviewer)) - f64::from(i8::from(look.is_asin));
        points + if role == USER { 5.0 * shop } else { -5.0 * shop }
    }

    /// Points of a column for being the ratings; `None` where it can be none.
    fn rating_points(&self, column: usize) -> Option<f64> {
        let (look, name) = (&self.looks[column], self.says[column].points[RATING]);
        if (look.rating < 1.0 && name <= NAMED) || name <= NO_RATING {
            return None;
        }
        let penalties = [
            (look.counts, 10.0),
            (look.is_constant, 2.0),
            (look.is_year, 6.0),
            (look.is_time, 8.0),
            (look.is_new_in_every_row, 3.0),
        ];
        let lost = penalties.iter().filter(|(applies, _)| *applies).map(|(_, points)| points).sum::<f64>();
        // Where names are given, the place of a column says nothing.
        let place =
            if self.has_names && column == USUAL_RATING { f64::min(look.rating, USUAL_POINTS) } else { 0.0 };
        Some(name + 0.6 * (look.rating - place) - lost - 4.0 * (1.0 - look.share))
    }

    fn together(&self, first: usize, second: usize) -> Together {
        let both = self.sample.rows().filter_map(|row| {
            let pair = (row.get(first)?.as_str(), row.get(second)?.as_str());
            (!pair.0.is_empty() && !pair.1.is_empty()).then_some(pair)
        });
        let mut pairs: Vec<(&str, &str)> = both.collect();
        let rows = pairs.len();
        pairs.sort_unstable();
        pairs.dedup();
        let distinct = |cells: Vec<&str>| {
            let mut cells = cells;
            cells.sort_unstable();
            cells.dedup();
            cells.len()
        };
        Together {
            rows,
            pairs: pairs.len(),
            first: distinct(pairs.iter().map(|pair| pair.0).collect()),
            second: distinct(pairs.iter().map(|pair| pair.1).collect()),
        }
    }

    /// The columns that come first in points for a role.
    fn candidates(&self, points: impl Fn(usize) -> Option<f64>) -> Vec<(usize, f64)> {
        let mut all: Vec<(usize, f64)> =
            (0..self.looks.len()).filter_map(|column| Some((column, points(column)?))).collect();
        all.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        all.truncate(CANDIDATES);
        all
    }

    fn judge(&self) -> Result<(Roles, Vec<Warning>), Doubt> {
        let users = self.candidates(|column| Some(self.id_points(USER, column)));
        let items = self.candidates(|column| Some(self.id_points(ITEM, column)));
        let ratings = self.candidates(|column| self.rating_points(column));
        if ratings.is_empty() {
            return Err(self.no_ratings().into());
        }
        // Of a rating that goes with the item (a year, a price) or with the user (an age), every row of one is equal.
        let mut assignments: Vec<(f64, [usize; 3])> = Vec::new();
        for &(user, of_user) in &users {
            for &(item, of_item) in items.iter().filter(|item| item.0 != user) {
                let pair = self.together(user, item);
                let mut points = of_user + of_item + 3.0 * pair.pairs as f64 / pair.rows.max(1) as f64;
                if pair.first_determines() || pair.second_determines() || pair.is_one_thing() {
                    points -= 8.0;
                }
                if self.has_names
                    && !self.says[user].thing.is_empty()
                    && self.says[user].thing == self.says[item].thing
                {
                    points -= 8.0;
                }
                // Most files have the user first.
                points += if user < item { 1.0 } else { 0.0 };
                points -= if self.has_names { 0.01 } else { 0.4 } * (user + item) as f64;
                for &(rating, of_rating) in ratings.iter().filter(|rating| ![user, item].contains(&rating.0))
                {
                    assignments.push((points + of_rating, [user, item, rating]));
                }
            }
        }
        for (points, [user, item, rating]) in &mut assignments {
            let attribute = [*user, *item].iter().any(|&of| {
                let pair = self.together(of, *rating);
                pair.first_determines() && pair.second > 1 && pair.rows >= 3 * pair.pairs
            });
            *points -= if attribute { 6.0 } else { 0.0 };
        }
        assignments.sort_by(|x, y| y.0.total_cmp(&x.0));
        let Some(&(best, chosen)) = assignments.first() else {
            return Err("no two columns are left for users and items".into());
        };
        self.check(chosen)?;
        let mut warnings = self.row_numbers(chosen);
        let next = assignments.iter().find(|(_, other)| self.is_another(chosen, *other));
        if let Some(&(points, other)) = next
            && best - points < 0.5
        {
            let unlike = (0..3).find(|&role| chosen[role] != other[role]).unwrap_or(0);
            let (one, two) = (self.called(chosen[unlike]), self.called(other[unlike]));
            let role = ["the users", "the items", "the ratings"][unlike];
            let named = [chosen, other].iter().all(|columns| self.named(unlike, columns[unlike]));
            let take = |column: &str| format!("Take {column} for {role}");
            if !named {
                let choice = |columns, called| Cure::new(take(called), declared(self.roles(columns)));
                return Err(Doubt {
                    what: format!("{one} and {two} could both be {role}"),
                    remedy: None,
                    choices: vec![choice(chosen, &one), choice(other, &two)],
                });
            }
            let text = format!("{one} is taken for {role}; {two} could be too");
            let warning = Warning::new(WarningCode::Columns, text);
            warnings.push(warning.or(take(&two), declared(self.roles(other))));
        }
        Ok((self.roles(chosen), warnings))
    }

    /// An assignment with the column of times.
    fn roles(&self, chosen: [usize; 3]) -> Roles {
        let [user, item, rating] = chosen;
        Roles { user, item, rating, time: self.time(chosen) }
    }

    /// Whether another assignment is really another: other columns, and not the name beside an id.
    fn is_another(&self, chosen: [usize; 3], other: [usize; 3]) -> bool {
        let mut sets = [chosen, other];
        sets.iter_mut().for_each(|set| set.sort_unstable());
        let one_thing = |x: usize, y: usize| {
            x == y
                || (self.has_names
                    && !self.says[x].thing.is_empty()
                    && self.says[x].thing == self.says[y].thing)
                || self.together(x, y).is_one_thing()
        };
        // Ratings that go together, such as one that counts downwards, are two things still.
        sets[0] != sets[1]
            && !(chosen[2] == other[2] && chosen.iter().zip(other).all(|(&x, y)| one_thing(x, y)))
    }

    /// Refuses an assignment that is the best only because a column is missing.
    fn check(&self, [user, item, rating]: [usize; 3]) -> Result<(), Doubt> {
        for (role, column) in [(USER, user), (ITEM, item)] {
            if self.looks[column].is_time && !self.named(role, column) {
                return Err(format!(
                    "{} holds times, so that a column for the users, the items or the ratings is missing",
                    self.called(column)
                )
                .into());
            }
        }
        if self.looks[rating].rating < 1.0 && !self.named(RATING, rating) {
            return Err(self.no_ratings().into());
        }
        if self.is_index_and_value(user) && self.is_index_and_value(item) {
            let what = "the cells are pairs of an index and a value, as LibSVM and LibFM write them";
            return Err(Doubt::with_remedy(what, ONE_ROW_A_RATING));
        }
        if let Some(fraction) = self.cut_fraction(rating) {
            let what =
                format!("{} seems to be the fraction of {}", self.called(fraction), self.called(rating));
            let remedy = "Put numbers with a decimal comma (4,5) into quotes, or another delimiter between the columns";
            return Err(Doubt::with_remedy(what, remedy));
        }
        if self.has_names { self.check_people([user, item, rating]) } else { Ok(()) }
    }

    /// Refuses a table with names in which nobody is named: one person's list, or a table of people or things.
    fn check_people(&self, [user, item, rating]: [usize; 3]) -> Result<(), Doubt> {
        const NOBODY: &str =
            "Put a column with the id of the person before it, and the lists of many people into one file";
        let look = &self.looks[user];
        // Authors are those who wrote a review in some files and a book in others.
        let wrote = self.says[user].thing.starts_with("author");
        let is_list = self.looks[item].is_new_in_nearly_every_row;
        if is_list && (!self.named(USER, user) || wrote || look.is_constant) {
            let called = self.called(item);
            let what = format!(
                "no column says who rated, and {called} has a new value in every row, as the list of one person has"
            );
            return Err(Doubt::with_remedy(what, NOBODY));
        }
        if look.is_new_in_every_row && !self.named(RATING, rating) {
            let what = format!(
                "each row is another {}: this is a table of people, or a matrix with one column an item",
                self.called(user)
            );
            return Err(Doubt::with_remedy(what, ONE_ROW_A_RATING));
        }
        if self.named(ITEM, item) && self.says[user].points[USER] <= NO_USER {
            return Err(format!("no column says who rated: {} names no people", self.called(user)).into());
        }
        Ok(())
    }

    /// The column after the ratings where it has no name and holds the fractions of halves and quarters.
    fn cut_fraction(&self, rating: usize) -> Option<usize> {
        let column = rating + 1;
        let cells =
            |column: usize| self.sample.rows().filter_map(move |row| row.get(column)).map(String::as_str);
        let is_fraction = |cell: &str| matches!(cell, "0" | "5" | "00" | "25" | "50" | "75");
        let is_whole = |cell: &str| cell.len() <= 2 && cell.bytes().all(|byte| byte.is_ascii_digit());
        let look = self.looks.get(column)?;
        let is_cut = look.filled >= ENOUGH
            && (2..=4).contains(&look.distinct)
            && self.names[column].is_empty()
            && cells(column).all(is_fraction)
            && cells(rating).all(is_whole);
        is_cut.then_some(column)
    }

    /// That there are no ratings, with what there is.
    fn no_ratings(&self) -> String {
        const CELLS: usize = 6;
        let cells = self.sample.rows().next().into_iter().flatten().take(CELLS);
        let shown: Vec<String> =
            cells.map(|cell| format!("\"{}\"", cell.chars().take(20).collect::<String>())).collect();
        format!("no column looks like ratings; the first row is {}", shown.join(", "))
    }

    /// Whether nearly all cells of a column are such as `12:1`.
    fn is_index_and_value(&self, column: usize) -> bool {
        let is_pair = |cell: &str| {
            cell.split_once(':').is_some_and(|(index, value)| {
                !index.is_empty()
                    && index.bytes().all(|byte| byte.is_ascii_digit())
                    && number(value).is_some()
            })
        };
        let cells = || self.sample.rows().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
        let pairs = cells().filter(|cell| is_pair(cell)).count();
        pairs > 0 && pairs * 10 >= cells().count() * 9
    }

    /// Tells of columns that count the rows and are left out, or are not because there is no other.
    fn row_numbers(&self, chosen: [usize; 3]) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for (column, look) in self.looks.iter().enumerate().filter(|(_, look)| look.counts) {
            let called = self.called(column);
            let text = if chosen.contains(&column) {
                format!("{called} counts the rows, and yet no other column fits what it is taken for")
            } else {
                format!("{called} is a row number and is left out")
            };
            let code = if chosen.contains(&column) { WarningCode::Columns } else { WarningCode::RowNumbers };
            if look.filled >= ENOUGH {
                warnings.push(Warning::new(code, text));
            }
        }
        warnings
    }

    /// The column of times among those that are left.
    fn time(&self, chosen: [usize; 3]) -> Option<usize> {
        let points = |column: usize| {
            let (name, look) = (self.says[column].points[TIME], self.looks[column].is_time);
            // A time column needs a name or a fourth column; item ids may be big numbers too.
            let known = name > 0.0 || (look && self.looks.len() >= 4);
            (known && name >= -2.0).then_some(name + if look { 6.0 } else { 0.0 })
        };
        let free = (0..self.looks.len()).filter(|column| !chosen.contains(column));
        let best = free.filter_map(|column| Some((points(column)?, column)));
        best.max_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1))).map(|(_, column)| column)
    }
}

fn declared(roles: Roles) -> ReadOptions {
    ReadOptions { roles: Some(roles), ..ReadOptions::default() }
}

#[cfg(test)]
mod tests {
    use super::{Roles, Sample, has_header, recognise};

    fn rows(lines: &[&str]) -> Vec<Vec<String>> {
        lines.iter().map(|line| line.split(',').map(String::from).collect()).collect()
    }

    /// User, item, rating and time columns of a table with or without a header.
    fn roles(lines: &[&str]) -> Option<[usize; 4]> {
        let mut rows = rows(lines);
        let names = has_header(&rows).then(|| rows.remove(0));
        let columns = rows.first().map_or(0, Vec::len);
        let Roles { user, item, rating, time } =
            recognise(names.as_deref(), &Sample { runs: &[rows] }, columns, "f.csv").ok()?.0;
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
}
