//! Writes the user ids of a domain in other forms. People whose ids become the same are one.

use super::{IdForm, in_forms};
use crate::data::read::{Domain, Rating, Ratings, UserId, Vocabulary};

/// A domain whose user ids were written in other forms.
#[derive(Clone, Debug)]
pub struct Rewritten {
    /// The domain.
    pub domain: Domain,
    /// Users whose ids were changed.
    pub changed: usize,
    /// Users who became one with another.
    pub merged: usize,
    /// Ratings that gave way to another of the same item, because two users became one.
    pub replaced: usize,
}

/// Writes the user ids of a domain in `forms`. Of several ratings of an item by people who become one, the one of the
/// last of them stays.
pub fn rewrite_users(domain: Domain, forms: &[IdForm]) -> Rewritten {
    let mut users = Vocabulary::default();
    let (mut numbers, mut firsts) = (Vec::with_capacity(domain.users.len()), Vec::new());
    let mut changed = 0;
    for (id, old) in domain.users.ids().zip(0..) {
        let new = in_forms(id, forms);
        changed += usize::from(new != id);
        let number: UserId = users.intern(&new);
        if number.index() == firsts.len() {
            firsts.push(old);
        }
        numbers.push(number);
    }
    let (merged, before) = (numbers.len() - firsts.len(), domain.ratings.len());
    let mut domain = Domain { users: users.into(), ..domain };
    if merged > 0 {
        domain.ratings = ratings_of(&domain.ratings, &numbers, firsts.len()).into();
        domain.user_features = domain.user_features.map(|features| features.of_rows(&firsts).into());
    }
    let replaced = before - domain.ratings.len();
    Rewritten { domain, changed, merged, replaced }
}

/// The ratings with new numbers of their users, one of each pair.
fn ratings_of(ratings: &Ratings, numbers: &[UserId], users: usize) -> Ratings {
    let renamed: Vec<Rating> =
        ratings.iter().map(|row| Rating { user: numbers[row.user.index()], ..row }).collect();
    let all = with_times_of(Ratings::new(users, ratings.items(), &renamed), &renamed, ratings.times());
    // By item, the user who rated it last and where that stands among the kept ones.
    let mut seen = vec![(UserId(u32::MAX), 0); ratings.items()];
    let mut kept: Vec<Rating> = Vec::with_capacity(all.len());
    let mut kept_times = all.times();
    for (position, row) in all.iter().enumerate() {
        let (user, at) = &mut seen[row.item.index()];
        if *user == row.user {
            kept[*at] = row;
        } else {
            (*user, *at) = (row.user, kept.len());
            kept.push(row);
        }
        if let Some(times) = &mut kept_times {
            // No rating is kept behind its position.
            times[*at] = times[position];
        }
    }
    with_times_of(Ratings::new(users, ratings.items(), &kept), &kept, kept_times)
}

/// Ratings with the times of the rows that they were made of, where there are some.
fn with_times_of(ratings: Ratings, rows: &[Rating], times: Option<Vec<f64>>) -> Ratings {
    let Some(times) = times else { return ratings };
    let users: Vec<UserId> = rows.iter().map(|row| row.user).collect();
    ratings.with_times(&users, &times)
}

#[cfg(test)]
mod tests {
    use super::{IdForm, rewrite_users};
    use crate::data::read::{Domain, Features, ItemId, Rating, UserId};

    #[test]
    fn people_whose_ids_become_the_same_are_one() {
        let row = |user, item, value| Rating { user: UserId(user), item: ItemId(item), value };
        let rows = [row(0, 0, 1.0), row(0, 1, 2.0), row(1, 0, 3.0), row(2, 1, 4.0)];
        let titles = ["Ann", "Bob", "Ann again"].map(|title| Some(title.into())).to_vec();
        let (users, items) = (["1.0", "2", "1"].iter().collect(), ["x", "y"].iter().collect());
        let plain = Domain::of_stars("A", users, items, &rows);
        let ratings =
            (*plain.ratings).clone().with_times(&[0, 0, 1, 2].map(UserId), &[40.0, 30.0, 20.0, 10.0]).into();
        let domain =
            Domain { user_features: Some(Features::titles_only(titles, 3).into()), ratings, ..plain };
        let same = rewrite_users(domain.clone(), &[IdForm::Lower]);
        assert_eq!((same.changed, same.merged, same.replaced), (0, 0, 0));
        assert!(same.domain.users.ids().eq(["1.0", "2", "1"]));
        let new = rewrite_users(domain, &[IdForm::StripPointZero]);
        assert_eq!((new.changed, new.merged, new.replaced), (1, 1, 1));
        assert!(new.domain.users.ids().eq(["1", "2"]));
        let ratings: Vec<Rating> = new.domain.ratings.iter().collect();
        assert_eq!(ratings, [row(0, 0, 1.0), row(0, 1, 4.0), row(1, 0, 3.0)]);
        assert_eq!([0, 1, 2].map(|n| new.domain.ratings.time(n)), [40.0, 10.0, 20.0].map(Some));
        assert_eq!(new.domain.user_title(UserId(0)), "Ann");
        assert_eq!(new.domain.user_features.map(|features| features.rows()), Some(2));
    }
}
