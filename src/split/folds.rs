//! Splits whose test rows are given: one of k parts of all ratings (cross-validation, paper 5.3), or the rows that somebody
//! else tested on. What is not tested is split into training and validation as in [`Split::new`].

use super::{Part, Split};
use crate::data::World;
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::settings::ValidConfig;

/// One part of a cross-validation: of each domain's ratings, shuffled by a seed and cut into equal parts, the one that is
/// tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Which part, from 0; below `of`.
    pub number: usize,
    /// How many parts there are, 2 or more.
    pub of: usize,
    /// What the ratings are shuffled by, the same for all parts of one cross-validation.
    pub seed: u64,
}

impl Split {
    /// The split that tests one part of a cross-validation. `validation` is the share of the other ratings that decides
    /// when to stop; which ones, and the people's roles, come from the seed of `config`.
    ///
    /// # Errors
    /// When a domain has too few ratings to train on and to test, or the fold is none of 2 or more parts.
    ///
    /// # Examples
    /// ```
    /// use dual_metric::data::sample;
    /// use dual_metric::settings::Config;
    /// use dual_metric::split::{Fold, Split};
    ///
    /// let world = sample(1).world;
    /// let config = Config::robust().check()?;
    /// let tested = |number| {
    ///     let split = Split::of_fold(&world, &config, Fold { number, of: 5, seed: 1 }, 0.1)?;
    ///     Ok::<usize, dual_metric::error::Error>(split.test(&world, 0).len())
    /// };
    /// let all: usize = (0..5).map(tested).sum::<Result<_, _>>()?;
    /// assert_eq!(all, world.domains[0].ratings.len());
    /// # Ok::<(), dual_metric::error::Error>(())
    /// ```
    pub fn of_fold(world: &World, config: &ValidConfig, fold: Fold, validation: f32) -> Result<Self> {
        let Fold { number, of, seed } = fold;
        if of < 2 || number >= of {
            let what = format!("there is no part {} of {of}; use 2 or more", number + 1);
            return Err(Error::setting("folds", what));
        }
        let mut rng = Generator::new(seed, "folds");
        let tested = (world.domains.iter()).map(|domain| {
            let n = domain.ratings.len();
            let mut order: Vec<usize> = (0..n).collect();
            rng.shuffle(&mut order);
            let mut tested = vec![false; n];
            order[n * number / of..n * (number + 1) / of]
                .iter()
                .for_each(|&position| tested[position] = true);
            tested
        });
        Self::of_test_rows(world, config, &tested.collect::<Vec<_>>(), validation)
    }

    /// The split that tests the ratings whose flag is set, by domain and position. `validation` as in [`Split::of_fold`].
    ///
    /// # Errors
    /// When a domain has too few ratings to train on, none has any to test, or a domain's flags are not as many as its
    /// ratings.
    pub fn of_test_rows(
        world: &World,
        config: &ValidConfig,
        tested: &[Vec<bool>],
        validation: f32,
    ) -> Result<Self> {
        let mut rng = Generator::new(config.seed, "validation rows");
        let mut parts = Vec::new();
        for (d, domain) in world.domains.iter().enumerate() {
            let own = tested.get(d).filter(|own| own.len() == domain.ratings.len()).ok_or_else(|| {
                let what = format!("it is not said of every rating of {} whether it is tested", domain.name);
                Error::data(what, "Say it of each of them once")
            })?;
            let mut own: Vec<Part> =
                own.iter().map(|&is_tested| if is_tested { Part::Test } else { Part::Train }).collect();
            let mut rest: Vec<usize> = (0..own.len()).filter(|&n| own[n] == Part::Train).collect();
            rng.shuffle(&mut rest);
            let validated = (rest.len() as f32 * validation).round() as usize;
            if rest.len() < validated + 10 {
                return Err(Error::data(
                    format!(
                        "{} has {} ratings that are not tested, too few to train on",
                        domain.name,
                        rest.len()
                    ),
                    "Use a file with more ratings, or more folds",
                ));
            }
            rest[..validated].iter().for_each(|&position| own[position] = Part::Validation);
            parts.push(own);
        }
        if !parts.iter().flatten().any(|&part| part == Part::Test) {
            return Err(Error::data(
                "there are no ratings to test on",
                "Use files with more ratings, or fewer folds",
            ));
        }
        Self::of_parts(world, config, parts)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::data::{Domain, ItemId, Number, Rating, UserId, Vocabulary, sample};
    use crate::settings::Config;
    use crate::split::{PairRole, Training};

    fn config(seed: u64) -> ValidConfig {
        Config { seed, ..Config::robust() }.check().unwrap()
    }

    fn pairs(rows: &crate::split::Rows) -> BTreeSet<(UserId, ItemId)> {
        rows.users.iter().copied().zip(rows.items.iter().copied()).collect()
    }

    #[test]
    fn every_rating_is_tested_in_one_fold_and_used_in_all_others() {
        let world = sample(2).world;
        let splits: Vec<Split> = (0..5)
            .map(|number| Split::of_fold(&world, &config(9), Fold { number, of: 5, seed: 4 }, 0.1).unwrap())
            .collect();
        for d in 0..2 {
            let n = world.domains[d].ratings.len();
            let mut seen = BTreeSet::new();
            for split in &splits {
                let test = pairs(&split.test(&world, d));
                assert!(test.len().abs_diff(n / 5) <= 1, "{} of {n}", test.len());
                assert!(seen.is_disjoint(&test));
                let training = Training::new(Arc::new(world.clone()), Arc::new(split.clone()));
                let (rows, validation) = (pairs(&training.rows(d)), pairs(&training.validation(d)));
                assert_eq!(rows.len() + validation.len() + test.len(), n);
                assert!(rows.is_disjoint(&test) && validation.is_disjoint(&test));
                assert!(validation.len().abs_diff((n - test.len()) / 10) <= 1);
                seen.extend(test);
            }
            assert_eq!(seen.len(), n);
        }
    }

    #[test]
    fn the_parts_come_from_the_folds_seed_and_validation_rows_and_roles_from_the_other() {
        let world = sample(2).world;
        let split = |own: u64, seed| {
            Split::of_fold(&world, &config(own), Fold { number: 1, of: 5, seed }, 0.1).unwrap()
        };
        let (one, other) = (split(1, 4), split(2, 4));
        assert_eq!(one.test(&world, 0), other.test(&world, 0));
        let validation =
            |split: &Split| Training::new(Arc::new(world.clone()), Arc::new(split.clone())).validation(0);
        assert_ne!(validation(&one), validation(&other));
        assert_ne!(one.roles(0), other.roles(0));
        assert_eq!((validation(&one), one.roles(0)), (validation(&split(1, 4)), split(1, 4).roles(0)));
        assert_ne!(one.test(&world, 0), split(1, 5).test(&world, 0));
        // With people cold the tested rows of the others stay.
        let cold = one.with_cold(&world, &config(1));
        assert!(pairs(&cold.test(&world, 0)).is_subset(&pairs(&one.test(&world, 0))));
        assert!(cold.roles(0).contains(&PairRole::ColdA));
    }

    /// The ids "0", "1", … of one side.
    fn ids<N: Number>(numbers: std::ops::Range<usize>) -> Vocabulary<N> {
        numbers.map(|id| id.to_string()).collect()
    }

    #[test]
    fn given_rows_are_tested_and_a_domain_may_have_none() {
        let rows: Vec<Rating> =
            (0..30).map(|n| Rating { user: UserId(n % 5), item: ItemId(n / 5), value: 3.0 }).collect();
        let domain = |name: &str| Domain::of_stars(name, ids(0..5), ids(0..6), &rows);
        let world = World::new(vec![domain("a"), domain("b")]);
        let mut tested = vec![vec![false; 30]; 2];
        (tested[0][3], tested[0][29]) = (true, true);
        let split = Split::of_test_rows(&world, &config(1), &tested, 0.0).unwrap();
        let positions = [3, 29].map(|n| world.domains[0].ratings.at(n));
        assert_eq!(pairs(&split.test(&world, 0)), positions.map(|r| (r.user, r.item)).into());
        assert!(split.test(&world, 1).is_empty());
        let refused = |tested: &[Vec<bool>]| {
            Split::of_test_rows(&world, &config(1), tested, 0.0).unwrap_err().to_string()
        };
        assert!(refused(&vec![vec![false; 30]; 2]).contains("no ratings to test"));
        assert!(refused(&[vec![true; 30], vec![false; 30]]).contains("a has 0 ratings that are not tested"));
        assert!(refused(&[vec![false; 30]]).contains("of b"));
        let none = Split::of_fold(&world, &config(1), Fold { number: 2, of: 2, seed: 1 }, 0.1);
        assert!(none.unwrap_err().to_string().contains("part 3 of 2"));
    }
}
