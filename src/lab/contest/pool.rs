//! One group of people over all folds and seeds: the figures of each model by job, and their sums by unit of people. From the
//! first come means and t-tests, from the second the tests over people.

use std::collections::BTreeMap;

use super::{JobResult, Splitting, statistics};
use crate::error::{Error, Result};
use crate::lab::change::{Change, ENOUGH_PEOPLE, ENOUGH_RATINGS};
use crate::lab::errors::{Draws, PersonErrors};
use crate::lab::ledger::Group;
use crate::metrics::Metric;
use crate::rng::Generator;

/// Draws of people: enough that the smallest p-value stays below .05 for forty models.
pub(in crate::lab) const DRAWS: usize = 2000;

/// The results of several models, or of several forms of them, on the same jobs.
pub(in crate::lab) struct Pool<'r> {
    /// By contestant, its results in the order of the jobs.
    results: Vec<Vec<&'r JobResult>>,
    domain: usize,
    group: Group,
}

/// By how much two contestants differ.
#[derive(Clone, Copy, Debug)]
pub(in crate::lab) struct Difference {
    pub(in crate::lab) paired: Option<statistics::Paired>,
    /// The relative change of the figure over all jobs, with the interval over people.
    pub(in crate::lab) change: Change,
    /// Two-sided, from the share of draws on the other side of zero.
    pub(in crate::lab) p_people: f64,
}

/// What the draws of people say of one metric.
pub(in crate::lab) struct People {
    errors: PersonErrors,
    draws: Draws,
    metric: Metric,
}

impl<'r> Pool<'r> {
    /// The results of contestants in a group of a domain; `None` where the group has no test rows in any of them.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub(in crate::lab) fn new(
        results: Vec<Vec<&'r JobResult>>,
        domain: usize,
        group: Group,
    ) -> Result<Option<Self>> {
        let has_rows =
            |result: &&JobResult| result.domains.get(domain).and_then(|d| d.group(group)).is_some();
        let mut places: Vec<bool> =
            results.first().map_or(Vec::new(), |own| own.iter().map(has_rows).collect());
        for own in &results {
            places.iter_mut().zip(own).for_each(|(all, result)| *all &= has_rows(result));
        }
        let kept = |own: Vec<&'r JobResult>| -> Vec<&'r JobResult> {
            own.into_iter().zip(&places).filter(|(_, has)| **has).map(|(result, _)| result).collect()
        };
        let results: Vec<Vec<_>> = results.into_iter().map(kept).collect();
        if results.first().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let pool = Self { results, domain, group };
        let columns = |contestant: usize| -> Vec<_> {
            let units = pool.results[contestant].iter().filter_map(|result| pool.units(result));
            units.map(|units| (&units.units, &units.ratings)).collect()
        };
        if let Some(place) = (1..pool.results.len()).find(|&contestant| columns(contestant) != columns(0)) {
            let name = pool.results[place].first().map_or("", |result| &result.job.model);
            return Err(Error::data(
                format!("the results of {name} are not of the same test rows as the others"),
                "Remove them, and the jobs are done again",
            ));
        }
        Ok(Some(pool))
    }

    /// The number of its domain.
    pub(in crate::lab) fn domain(&self) -> usize {
        self.domain
    }

    /// Its group.
    pub(in crate::lab) fn group(&self) -> Group {
        self.group
    }

    fn units<'s>(&self, result: &'s JobResult) -> Option<&'s super::UnitSums> {
        Some(&result.domains.get(self.domain)?.group(self.group)?.units)
    }

    /// People and test rows, the mean over the jobs.
    pub(in crate::lab) fn size(&self) -> (usize, usize) {
        let all: Vec<(usize, usize)> =
            self.results[0].iter().filter_map(|result| Some(self.units(result)?.totals())).collect();
        let mean = |of: fn(&(usize, usize)) -> usize| all.iter().map(of).sum::<usize>() / all.len().max(1);
        (mean(|n| n.0), mean(|n| n.1))
    }

    /// Whether the group is large enough for a claim.
    pub(in crate::lab) fn is_enough(&self) -> bool {
        let (people, ratings) = self.size();
        people >= ENOUGH_PEOPLE && ratings >= ENOUGH_RATINGS
    }

    /// A contestant's figures by job.
    pub(in crate::lab) fn figures(&self, contestant: usize, metric: Metric) -> Vec<f64> {
        let scores = |result: &&JobResult| {
            Some(result.domains.get(self.domain)?.group(self.group)?.scores.get(metric))
        };
        self.results[contestant].iter().filter_map(scores).collect()
    }

    /// Tested rows over rows that were learnt from, as the correction of the t-test wants them: the larger of the
    /// domain's ratio and, where people were made cold, theirs to the others.
    fn ratio(&self) -> f64 {
        let Some(result) = self.results[0].first() else { return 0.0 };
        let rows = result
            .domains
            .get(self.domain)
            .map_or(0.0, |domain| domain.tested_rows as f64 / domain.learnt_rows.max(1) as f64);
        let cold = result.terms.settings.get("cold_fraction").and_then(serde_json::Value::as_f64);
        let folds = match result.terms.splitting {
            Splitting::Folds(folds) => 1.0 / (folds.max(2) as f64 - 1.0),
            Splitting::Given => 0.0,
        };
        match self.group {
            Group::Cold => rows.max(folds).max(cold.map_or(0.0, |share| share / (1.0 - share).max(1e-9))),
            Group::All | Group::Sparse => rows,
        }
    }

    /// What draws of people say of a metric.
    pub(in crate::lab) fn people(&self, metric: Metric) -> People {
        let mut counts = BTreeMap::<u32, f64>::new();
        for result in &self.results[0] {
            let Some(units) = self.units(result) else { continue };
            for (&unit, &n) in units.units.iter().zip(units.terms(metric).0) {
                *counts.entry(unit).or_default() += f64::from(n);
            }
        }
        let sums = self.results.iter().map(|own| {
            let mut sums: BTreeMap<u32, f64> = counts.keys().map(|&unit| (unit, 0.0)).collect();
            for result in own {
                let Some(units) = self.units(result) else { continue };
                for (&unit, &sum) in units.units.iter().zip(units.terms(metric).1) {
                    *sums.entry(unit).or_default() += f64::from(sum);
                }
            }
            sums.into_values().collect()
        });
        let mut sums: Vec<Vec<f64>> = sums.collect();
        // A contestant whose figure is always 1: beside it any other's figure is its own level.
        sums.push(counts.values().copied().collect());
        let errors = PersonErrors::of_sums(counts.into_values().collect(), sums);
        // The same people for every metric and group, so that nothing depends on what else is asked.
        let draws = errors.draw(DRAWS, &mut Generator::new(0, "people of a contest"));
        People { errors, draws, metric }
    }

    /// The 95 % interval of a contestant's mean figure over folds and seeds, by the same corrected variance as the t-test;
    /// `None` for fewer than two, and where the test rows are given.
    pub(in crate::lab) fn interval(&self, contestant: usize, metric: Metric) -> Option<[f64; 2]> {
        if self.is_given() {
            None
        } else {
            statistics::interval(&self.figures(contestant, metric), self.ratio())
        }
    }

    /// Whether somebody else has chosen the test rows.
    fn is_given(&self) -> bool {
        self.results[0].first().is_some_and(|result| result.terms.splitting == Splitting::Given)
    }

    /// How contestant `to` differs from contestant `from`.
    pub(in crate::lab) fn difference(&self, people: &People, from: usize, to: usize) -> Option<Difference> {
        let (own, other) = (self.figures(to, people.metric), self.figures(from, people.metric));
        let differences: Vec<f64> = own.iter().zip(&other).map(|(x, y)| x - y).collect();
        // Several seeds on one split say nothing of other data.
        let paired = if self.is_given() { None } else { statistics::corrected_t(&differences, self.ratio()) };
        let (change, p_people) = people.change(from, to)?;
        Some(Difference { paired, change, p_people })
    }
}

impl People {
    /// The 95 % interval over people of a contestant's figure over all jobs.
    pub(in crate::lab) fn level(&self, contestant: usize) -> Option<[f64; 2]> {
        let one = self.errors.predictors().checked_sub(1)?;
        let change = self.change(one, contestant)?.0;
        Some([1.0 + change.low, 1.0 + change.high])
    }

    /// The relative change from one contestant to another with its interval, and the p-value.
    fn change(&self, from: usize, to: usize) -> Option<(Change, f64)> {
        // The machinery has roots of means; RMSE is one, every other figure is the mean itself.
        let power = if self.metric == Metric::Rmse { 1.0 } else { 2.0 };
        let value = power * (self.errors.rmse(to)? / self.errors.rmse(from)?).ln();
        if !value.is_finite() {
            return None;
        }
        let logs = (0..DRAWS).map(|draw| Some(power * self.draws.log_ratio(draw, to, from)?));
        let mut logs = logs.collect::<Option<Vec<f64>>>()?;
        let tail = |is_there: fn(f64) -> bool| logs.iter().filter(|&&log| is_there(log)).count() + 1;
        let least = tail(|log| log <= 0.0).min(tail(|log| log >= 0.0));
        let p = (2.0 * least as f64 / (DRAWS + 1) as f64).min(1.0);
        Some((Change::of_logs(value, &mut logs), p))
    }
}

#[cfg(test)]
mod tests {
    use super::super::result::tests::{job, result};
    use super::*;

    #[test]
    fn draws_of_people_see_a_small_difference_that_holds_for_all_and_no_large_one_of_a_few() {
        // Contestant 1 misses everybody by 1 % less; 2 misses one person in a hundred by half, everybody else as 0.
        let error = |user: u32| 0.1 + 0.002 * (user % 50) as f32;
        let contestants: [Vec<JobResult>; 3] = [
            (0..3).map(|fold| result(job("a", fold), error)).collect(),
            (0..3).map(|fold| result(job("b", fold), |user| 0.99 * error(user))).collect(),
            (0..3)
                .map(|fold| result(job("c", fold), |user| if user == 49 { 0.0 } else { error(user) }))
                .collect(),
        ];
        let results = contestants.iter().map(|own| own.iter().collect()).collect();
        let pool = Pool::new(results, 1, Group::All).unwrap().unwrap();
        assert_eq!(pool.size(), (100, 1000));
        assert!(pool.is_enough());
        let people = pool.people(Metric::Rmse);
        let one = pool.difference(&people, 0, 1).unwrap();
        assert!((one.change.value + 0.01).abs() < 1e-5 && one.change.is_less(), "{:?}", one.change);
        assert!((one.p_people - 2.0 / 2001.0).abs() < 1e-9, "{}", one.p_people);
        let few = pool.difference(&people, 0, 2).unwrap();
        assert!(few.change.value < -0.005 && few.p_people > 0.3, "{few:?}");
        // MAE is a mean and no root: its change is not halved.
        let mae = pool.difference(&pool.people(Metric::Mae), 0, 1).unwrap();
        assert!((mae.change.value + 0.01).abs() < 1e-5, "{:?}", mae.change);
    }

    #[test]
    fn the_figure_over_all_jobs_and_the_t_test_are_those_by_hand() {
        // Errors by fold .1 .2 .3 against .2 .2 .5: differences .1, 0, .2.
        let of = |model: &str, errors: [f32; 3]| -> Vec<JobResult> {
            errors.iter().zip(0..).map(|(&error, fold)| result(job(model, fold), |_| error)).collect()
        };
        let (a, b) = (of("a", [0.1, 0.2, 0.3]), of("b", [0.2, 0.2, 0.5]));
        let pool = Pool::new(vec![a.iter().collect(), b.iter().collect()], 0, Group::All).unwrap().unwrap();
        let found = pool.difference(&pool.people(Metric::Rmse), 0, 1).unwrap();
        // 1,000 tested and 4,000 learnt rows: t = .1 / √((1/3 + 1/4) · .01).
        assert!((found.paired.unwrap().t - 1.309_307).abs() < 1e-4, "{found:?}");
        let all: f64 = ((0.04 + 0.04 + 0.25) / (0.01 + 0.04 + 0.09_f64)).sqrt() - 1.0;
        assert!((found.change.value - all).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn results_of_other_rows_are_refused_and_a_group_without_rows_has_no_pool() {
        let (a, mut b) = (result(job("a", 0), |_| 0.1), result(job("b", 0), |_| 0.1));
        assert!(Pool::new(vec![vec![&a], vec![&b]], 0, Group::Cold).unwrap().is_none());
        b.domains[0].all.as_mut().unwrap().units.ratings[7] = 3;
        let message = Pool::new(vec![vec![&a], vec![&b]], 0, Group::All).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("results of b are not of the same test rows"), "{message}");
    }
}
