//! A rating file and somebody else's test rows of the same domain as one domain, so that both have the same ids.

use std::collections::HashSet;

use super::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, Vocabulary};

/// A domain whose test rows are given.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The ratings of both files.
    pub domain: Domain,
    /// By position, whether a rating is tested.
    pub tested: Vec<bool>,
    /// Rows of the first file whose person and item are tested too; they are left out, because they would tell.
    pub left_out: usize,
}

impl Domain {
    /// This domain with the rows of `test` as test rows. Feature tables are not taken along: their rows are in the order of
    /// ids that the two together have.
    ///
    /// # Examples
    /// ```
    /// use dual_metric::data::{ReadOptions, read_ratings};
    ///
    /// let read = |text: &str| {
    ///     Ok::<_, dual_metric::error::Error>(read_ratings("f.csv", text.as_bytes(), &ReadOptions::default())?.domain)
    /// };
    /// let train = read("user,item,rating\nann,Emma,5\nbob,Emma,2\n")?;
    /// let both = train.with_test_rows(&read("user,item,rating\ncy,Emma,1\nbob,Emma,4\n")?);
    /// assert_eq!((both.domain.users.len(), both.domain.ratings.len(), both.left_out), (3, 3, 1));
    /// assert_eq!(both.tested, [false, true, true]);
    /// # Ok::<(), dual_metric::error::Error>(())
    /// ```
    pub fn with_test_rows(&self, test: &Self) -> Tested {
        let (mut users, mut items) = ((*self.users).clone(), (*self.items).clone());
        let own = |rating: Rating, users: &mut Vocabulary<UserId>, items: &mut Vocabulary<ItemId>| Rating {
            user: users.intern(test.users.id(rating.user)),
            item: items.intern(test.items.id(rating.item)),
            ..rating
        };
        let added: Vec<Rating> = test.ratings.iter().map(|row| own(row, &mut users, &mut items)).collect();
        let pairs: HashSet<(UserId, ItemId)> = added.iter().map(|row| (row.user, row.item)).collect();
        let is_tested = |row: &Rating| pairs.contains(&(row.user, row.item));
        let kept = (self.ratings.iter().zip(0..)).filter(|(row, _)| !is_tested(row));
        let (mut rows, positions): (Vec<Rating>, Vec<u32>) = kept.unzip();
        let left_out = self.ratings.len() - rows.len();
        rows.extend(added);
        let mut ratings = Ratings::new(users.len(), items.len(), &rows);
        if self.ratings.has_times() || test.ratings.has_times() {
            let of_test = (0..test.ratings.len() as u32).map(|position| test.ratings.time(position));
            let times = positions.iter().map(|&position| self.ratings.time(position)).chain(of_test);
            let times: Vec<f64> = times.map(|time| time.unwrap_or(f64::NEG_INFINITY)).collect();
            let row_users: Vec<UserId> = rows.iter().map(|row| row.user).collect();
            ratings = ratings.with_times(&row_users, &times);
        }
        let tested = ratings.iter().map(|row| is_tested(&row)).collect();
        let kinds = [self.scale_kind, test.scale_kind];
        let scale_kind =
            [ScaleKind::Declared, ScaleKind::Observed].into_iter().find(|kind| kinds.contains(kind));
        let domain = Self {
            name: self.name.clone(),
            users: users.into(),
            items: items.into(),
            ratings: ratings.into(),
            scale: Scale { lo: self.scale.lo.min(test.scale.lo), hi: self.scale.hi.max(test.scale.hi) },
            scale_kind: scale_kind.unwrap_or(ScaleKind::Usual),
            user_features: None,
            item_features: None,
        };
        Tested { domain, tested, left_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(rows: &[(&str, &str, f32)], scale: (f32, f32)) -> Domain {
        let (mut users, mut items) = (Vocabulary::default(), Vocabulary::default());
        let rows: Vec<Rating> = (rows.iter())
            .map(|&(user, item, value)| Rating { user: users.intern(user), item: items.intern(item), value })
            .collect();
        let scale = Scale { lo: scale.0, hi: scale.1 };
        Domain { scale, scale_kind: ScaleKind::Usual, ..Domain::of_stars("d", users, items, &rows) }
    }

    #[test]
    fn rows_of_both_stand_under_common_ids_and_those_of_the_second_are_tested() {
        let train = domain(&[("ann", "x", 5.0), ("bob", "y", 2.0), ("bob", "x", 3.0)], (1.0, 5.0));
        let test = domain(&[("cy", "z", 0.5), ("bob", "x", 4.0)], (0.5, 5.0));
        let both = train.with_test_rows(&test);
        let rows: Vec<(&str, &str, f32, bool)> = (both.domain.ratings.iter().zip(&both.tested))
            .map(|(row, &tested)| {
                (both.domain.users.id(row.user), both.domain.items.id(row.item), row.value, tested)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("ann", "x", 5.0, false),
                ("bob", "y", 2.0, false),
                ("bob", "x", 4.0, true),
                ("cy", "z", 0.5, true)
            ]
        );
        assert_eq!(both.left_out, 1);
        assert_eq!(
            (both.domain.scale, both.domain.scale_kind),
            (Scale { lo: 0.5, hi: 5.0 }, ScaleKind::Usual)
        );
    }

    #[test]
    fn every_rating_keeps_its_time_and_those_of_a_file_without_have_none() {
        let timed = |rows: &[(&str, &str, f32)], times: &[f64]| {
            let plain = domain(rows, (1.0, 5.0));
            // Rows come by user here, so that their order is that of the positions.
            let users: Vec<UserId> = plain.ratings.iter().map(|row| row.user).collect();
            let ratings = (*plain.ratings).clone().with_times(&users, times).into();
            Domain { ratings, ..plain }
        };
        let train = timed(&[("ann", "x", 5.0), ("bob", "y", 2.0), ("bob", "x", 3.0)], &[10.0, 30.0, 20.0]);
        let test = timed(&[("cy", "z", 1.0), ("bob", "x", 4.0)], &[25.5, 70.0]);
        let times = |both: Tested| (0..4).map(|n| both.domain.ratings.time(n)).collect::<Vec<_>>();
        // The one that is not a whole number is kept to a four billionth of the range.
        let with_test = times(train.with_test_rows(&test));
        let expected = [10.0, 30.0, 70.0, 25.5];
        assert!(
            with_test.iter().zip(expected).all(|(time, e)| (time.unwrap() - e).abs() < 1e-6),
            "{with_test:?}"
        );
        let without = domain(&[("cy", "z", 1.0), ("bob", "x", 4.0)], (1.0, 5.0));
        assert_eq!(times(train.with_test_rows(&without)), [Some(10.0), Some(30.0), None, None]);
        assert!(!without.with_test_rows(&without).domain.ratings.has_times());
    }

    #[test]
    fn an_observed_scale_of_either_file_stays_one_and_a_declared_one_stands() {
        let with = |kind: ScaleKind, other: ScaleKind| {
            let own = |scale_kind| Domain { scale_kind, ..domain(&[("ann", "x", 5.0)], (1.0, 5.0)) };
            own(kind).with_test_rows(&own(other)).domain.scale_kind
        };
        assert_eq!(with(ScaleKind::Usual, ScaleKind::Observed), ScaleKind::Observed);
        assert_eq!(with(ScaleKind::Declared, ScaleKind::Usual), ScaleKind::Declared);
    }
}
