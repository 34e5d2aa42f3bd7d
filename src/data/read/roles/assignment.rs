//! The best assignment of columns to the roles, and whether another would do as well.

use super::{Doubt, ENOUGH, Roles, columns::Judge};
use crate::data::read::{
    Cure, ReadOptions, Warning, WarningCode,
    names::{ITEM, TIME, USER},
};

impl Judge<'_> {
    pub(super) fn judge(&self) -> Result<(Roles, Vec<Warning>), Doubt> {
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
