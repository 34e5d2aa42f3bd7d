//! Tables that have columns for all roles only by chance: refused by what they are, with what can be done.

use super::{Doubt, ENOUGH, columns::Judge};
use crate::data::read::{
    names::{ITEM, NO_USER, RATING, USER},
    number::number,
};

/// What is to be done with another kind of table.
const ONE_ROW_A_RATING: &str = "Turn it into a table with one row a rating: user, item, rating";

impl Judge<'_> {
    /// Refuses an assignment that is the best only because a column is missing.
    pub(super) fn check(&self, [user, item, rating]: [usize; 3]) -> Result<(), Doubt> {
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
        let is_named = self.named(USER, user) && !wrote && !look.is_constant;
        let is_list = |column: usize| self.looks[column].is_new_in_nearly_every_row;
        if !is_named && let Some(column) = [item, user].into_iter().find(|&column| is_list(column)) {
            let what = format!(
                "no column says who rated, and {} has a new value in every row, as the list of one person has",
                self.called(column)
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
    pub(super) fn no_ratings(&self) -> String {
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
}
