//! The tables of a contest: every model's figures on every group of people, and who is ahead beyond chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pool::{Difference, Pool};
use super::statistics::{Paired, holm, mean_and_deviation};
use super::{Form, Job, JobResult, Manifest, Terms, Users};
use crate::baselines;
use crate::error::Result;
use crate::lab::change::Change;
use crate::lab::ledger::Group;
use crate::metrics::Metric;
use crate::peers;

/// A difference counts where both p-values are below this.
const LEVEL: f64 = 0.05;

/// A model beside the best of its peers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The best of all other models.
    pub peer: String,
    /// Its mean less that of the peer.
    pub difference: f64,
    /// The corrected t-test over folds and seeds; `None` where there is one split.
    pub paired: Option<Paired>,
    /// Its p-value after Holm's correction over all models.
    pub p_holm: Option<f64>,
    /// The relative change from the peer over all jobs, with a 95 % interval over people; `None` where the peer's figure is
    /// zero.
    pub change: Option<Change>,
    /// Two-sided, from draws of people.
    pub p_people: Option<f64>,
    /// That after Holm's correction over all models.
    pub p_people_holm: Option<f64>,
}

impl Comparison {
    /// Whether both tests, corrected, call the difference real.
    fn is_significant(&self) -> bool {
        let below = |p: Option<f64>| p.is_some_and(|p| p < LEVEL);
        below(self.p_holm) && below(self.p_people_holm)
    }
}

/// One figure of a model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Which.
    pub metric: Metric,
    /// The mean over folds and seeds.
    pub mean: f64,
    /// The standard deviation over them; `None` for one.
    pub deviation: Option<f64>,
    /// Beside the best peer; `None` for a model without peers.
    pub comparison: Option<Comparison>,
    /// Whether it is better than every other model's, in both tests after Holm's correction, in a group of at least 30 people
    /// and 200 ratings.
    pub is_winner: bool,
}

/// A model's row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StandingsRow {
    /// Name of the model.
    pub model: String,
    /// Its figures in the order of [`Metric::ALL`].
    pub figures: Vec<Figure>,
    /// From the bias model's RMSE to its own, with an interval over people.
    pub against_bias: Option<Change>,
}

/// One group of people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupStandings {
    /// `all`, `few` or `cold`.
    pub group: &'static str,
    /// People in it, the mean over folds and seeds.
    pub people: usize,
    /// Their test rows.
    pub ratings: usize,
    /// Folds and seeds that the figures are over.
    pub jobs: usize,
    /// Whether the group is large enough for a claim.
    pub is_enough: bool,
    /// The models in the order of the list.
    pub rows: Vec<StandingsRow>,
}

/// One domain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DomainStandings {
    /// Its name.
    pub name: String,
    /// Its groups that have test rows.
    pub groups: Vec<GroupStandings>,
}

/// All tables, as far as the jobs are done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standings {
    /// What all jobs have in common.
    pub terms: Terms,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// Jobs that are still to be done; models that lack one are in no table of it.
    pub missing: usize,
    /// By domain.
    pub domains: Vec<DomainStandings>,
}

/// What a group is called in files.
pub(in crate::lab) fn group_name(group: Group) -> &'static str {
    match group {
        Group::All => "all",
        Group::Sparse => "few",
        Group::Cold => "cold",
    }
}

/// What a group is called in a sentence: `all`, `few` or `cold`.
pub fn group_title(name: &str) -> &'static str {
    match name {
        "few" => "people with fewer than five training ratings",
        "cold" => "cold-start users",
        _ => "everybody",
    }
}

/// Results by job.
pub(super) struct Results<'r>(BTreeMap<&'r Job, &'r JobResult>);

impl<'r> Results<'r> {
    pub(super) fn new(results: &'r [JobResult]) -> Self {
        Self(results.iter().map(|result| (&result.job, result)).collect())
    }

    /// The results of a model in a form on all folds and seeds of a manifest, in their order; `None` while one is missing,
    /// or where there is no such job.
    pub(super) fn of(
        &self,
        manifest: &Manifest,
        model: &str,
        form: Form,
        users: Users,
    ) -> Option<Vec<&'r JobResult>> {
        let own =
            manifest.jobs.iter().filter(|job| (&*job.model, job.form, job.users) == (model, form, users));
        let found: Option<Vec<_>> = own.map(|job| self.0.get(job).copied()).collect();
        found.filter(|found| !found.is_empty())
    }
}

/// The groups of a contest with whose jobs they are tested in.
pub(in crate::lab) fn groups(terms: &Terms) -> [(Group, Users); 3] {
    let cold = if terms.splitting == super::Splitting::Given { Users::All } else { Users::Cold };
    [(Group::All, Users::All), (Group::Sparse, Users::All), (Group::Cold, cold)]
}

/// The names of a manifest's models, in the order of the list of all, unknown ones last.
pub(in crate::lab) fn models(manifest: &Manifest) -> Vec<&str> {
    let mut names: Vec<&str> = manifest.jobs.iter().map(|job| &*job.model).collect();
    names.sort_unstable();
    names.dedup();
    names
        .sort_by_key(|name| peers::MODELS.iter().position(|entry| entry.name == *name).unwrap_or(usize::MAX));
    names
}

impl Standings {
    /// The tables of all results that are there.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub fn new(manifest: &Manifest, results: &[JobResult]) -> Result<Self> {
        let by_job = Results::new(results);
        let mut seeds: Vec<u64> = manifest.jobs.iter().map(|job| job.seed).collect();
        seeds.dedup();
        let mut domains = Vec::new();
        for (d, name) in manifest.terms.domains.iter().enumerate() {
            let mut all = Vec::new();
            for (group, users) in groups(&manifest.terms) {
                let found = models(manifest)
                    .into_iter()
                    .filter_map(|model| Some((model, by_job.of(manifest, model, Form::Linked, users)?)));
                let found: Vec<_> = found.collect();
                // A model that was added with other seeds is not compared: nothing is alike but the data.
                let places = |own: &[&JobResult]| -> Vec<_> {
                    own.iter().map(|result| (result.job.seed, result.job.fold)).collect()
                };
                let most = found.iter().map(|(_, own)| places(own)).max_by_key(Vec::len).unwrap_or_default();
                let (names, results): (Vec<&str>, Vec<_>) =
                    found.into_iter().filter(|(_, own)| places(own) == most).unzip();
                if let Some(pool) = Pool::new(results, d, group)? {
                    all.push(group_standings(&pool, &names, group));
                }
            }
            domains.push(DomainStandings { name: name.clone(), groups: all });
        }
        let missing = manifest.jobs.iter().filter(|job| !by_job.0.contains_key(job)).count();
        Ok(Self { terms: manifest.terms.clone(), seeds, missing, domains })
    }
}

fn group_standings(pool: &Pool, names: &[&str], group: Group) -> GroupStandings {
    let (people, ratings) = pool.size();
    let is_enough = pool.is_enough();
    let mut rows: Vec<StandingsRow> = (names.iter())
        .map(|&name| StandingsRow { model: name.into(), figures: Vec::new(), against_bias: None })
        .collect();
    for metric in Metric::ALL {
        let drawn = pool.people(metric);
        let difference = |from: usize, to: usize| pool.difference(&drawn, from, to);
        let figures = figures(pool, names, metric, is_enough, &difference);
        rows.iter_mut().zip(figures).for_each(|(row, figure)| row.figures.push(figure));
        let bias = names.iter().position(|name| *name == baselines::BIAS.name);
        if let (Metric::Rmse, Some(bias)) = (metric, bias) {
            for (n, row) in rows.iter_mut().enumerate().filter(|(n, _)| *n != bias) {
                row.against_bias = difference(bias, n).map(|difference| difference.change);
            }
        }
    }
    let jobs = pool.figures(0, Metric::Rmse).len();
    GroupStandings { group: group_name(group), people, ratings, jobs, is_enough, rows }
}

/// One metric of all models, each beside the best of the others.
fn figures(
    pool: &Pool,
    names: &[&str],
    metric: Metric,
    is_enough: bool,
    difference: &dyn Fn(usize, usize) -> Option<Difference>,
) -> Vec<Figure> {
    let all: Vec<(f64, Option<f64>)> =
        (0..names.len()).map(|n| mean_and_deviation(&pool.figures(n, metric))).collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    let sign = if metric.is_error() { 1.0 } else { -1.0 };
    order.sort_by(|&x, &y| (sign * all[x].0).total_cmp(&(sign * all[y].0)));
    let best = order.first().copied().unwrap_or(0);
    // Everybody but the best is compared with it; those are the comparisons that Holm's correction is over.
    let others: Vec<usize> = (0..names.len()).filter(|&n| n != best).collect();
    let found: Vec<Option<Difference>> = others.iter().map(|&n| difference(best, n)).collect();
    let p = |of: fn(&Difference) -> Option<f64>| -> Vec<Option<f64>> {
        let known: Vec<f64> = found.iter().flatten().filter_map(of).collect();
        // One comparison that can't be made leaves the family unknown.
        if known.len() < others.len() {
            return vec![None; others.len()];
        }
        holm(&known).into_iter().map(Some).collect()
    };
    let (folds, people) = (p(|d| d.paired.map(|test| test.p)), p(|d| Some(d.p_people)));
    let mut comparisons: Vec<Option<Comparison>> = vec![None; names.len()];
    for (place, &n) in others.iter().enumerate() {
        let found = found[place];
        comparisons[n] = Some(Comparison {
            peer: names[best].into(),
            difference: all[n].0 - all[best].0,
            paired: found.and_then(|d| d.paired),
            p_holm: folds[place],
            change: found.map(|d| d.change),
            p_people: found.map(|d| d.p_people),
            p_people_holm: people[place],
        });
    }
    let is_ahead = comparisons.iter().flatten().all(Comparison::is_significant) && !others.is_empty();
    // The best beside the second: the same comparison from the other side.
    if let Some(&second) = order.get(1) {
        let turned = difference(second, best);
        comparisons[best] = comparisons[second].clone().map(|other| Comparison {
            peer: names[second].into(),
            difference: -other.difference,
            paired: other.paired.map(|test| Paired { t: -test.t, ..test }),
            change: turned.map(|d| d.change),
            ..other
        });
    }
    let figure = |(n, comparison): (usize, Option<Comparison>)| Figure {
        metric,
        mean: all[n].0,
        deviation: all[n].1,
        comparison,
        is_winner: n == best && is_enough && is_ahead,
    };
    comparisons.into_iter().enumerate().map(figure).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::result::tests::{job, result};
    use super::super::terms::tests::terms;
    use super::*;

    /// Three models on five folds: `ahead` misses everybody by a tenth less than `bias`, with a little scatter between
    /// folds, and `mean` as far as `bias` on average.
    pub fn contest() -> (Manifest, Vec<JobResult>) {
        let mut results = Vec::new();
        for fold in 0..5 {
            let scatter = 0.002 * fold as f32;
            let error = |user: u32| 0.2 + 0.001 * (user % 20) as f32 + scatter;
            let flip = |user: u32| if (user + fold as u32).is_multiple_of(2) { 0.01 } else { -0.01 };
            results.push(result(job("bias", fold), error));
            results.push(result(job("mean", fold), |user| error(user) + flip(user)));
            results.push(result(job("dml", fold), |user| 0.9 * error(user) + 0.0005 * fold as f32));
        }
        let mut jobs: Vec<Job> = results.iter().map(|result| result.job.clone()).collect();
        jobs.sort();
        (Manifest { terms: terms(), jobs }, results)
    }

    #[test]
    fn a_winner_is_marked_where_both_tests_agree_and_only_there() {
        let (manifest, results) = contest();
        let standings = Standings::new(&manifest, &results).unwrap();
        assert_eq!((standings.missing, standings.seeds.as_slice()), (0, &[1][..]));
        let group = &standings.domains[0].groups[0];
        assert_eq!((group.group, group.people, group.ratings, group.jobs), ("all", 100, 1000, 5));
        let names: Vec<&str> = group.rows.iter().map(|row| &*row.model).collect();
        assert_eq!(names, ["dml", "mean", "bias"], "the order of the list");
        let rmse = |n: usize| &group.rows[n].figures[0];
        assert_eq!([0, 1, 2].map(|n| rmse(n).is_winner), [true, false, false]);
        let ahead = rmse(0).comparison.as_ref().unwrap();
        assert!(["bias", "mean"].contains(&&*ahead.peer));
        assert!(ahead.difference < 0.0 && ahead.change.unwrap().is_less());
        assert!(ahead.paired.unwrap().t < 0.0 && ahead.p_holm.unwrap() < 0.05);
        assert_eq!(rmse(1).comparison.as_ref().unwrap().peer, "dml");
        let against_bias = group.rows[0].against_bias.unwrap();
        assert!((against_bias.value + 0.1).abs() < 0.01, "{against_bias:?}");
        assert_eq!(group.rows[2].against_bias, None);
        // Half of the errors are .01 larger and half smaller: no difference of the absolute errors.
        let without: Vec<JobResult> = results.into_iter().filter(|r| r.job.model != "dml").collect();
        let jobs = manifest.jobs.into_iter().filter(|job| job.model != "dml").collect();
        let standings = Standings::new(&Manifest { terms: terms(), jobs }, &without).unwrap();
        let mae = |n: usize| &standings.domains[0].groups[0].rows[n].figures[1];
        assert!(mae(0).comparison.as_ref().unwrap().p_people_holm.unwrap() > 0.5);
        assert!([0, 1].iter().all(|&n| !mae(n).is_winner));
    }

    #[test]
    fn a_model_that_lacks_a_job_is_in_no_table_and_is_counted() {
        let (manifest, mut results) = contest();
        results.retain(|result| (&*result.job.model, result.job.fold) != ("mean", 3));
        let standings = Standings::new(&manifest, &results).unwrap();
        assert_eq!(standings.missing, 1);
        let names: Vec<&str> = standings.domains[1].groups[0].rows.iter().map(|row| &*row.model).collect();
        assert_eq!(names, ["dml", "bias"]);
        assert!(
            Standings::new(&manifest, &[]).unwrap().domains.iter().all(|domain| domain.groups.is_empty())
        );
    }

    #[test]
    fn one_split_has_intervals_over_people_and_no_winner() {
        let (mut manifest, mut results) = contest();
        manifest.jobs.retain(|job| job.fold == 0);
        results.retain(|result| result.job.fold == 0);
        manifest.terms.splitting = super::super::Splitting::Given;
        results.iter_mut().for_each(|result| result.terms = manifest.terms.clone());
        let standings = Standings::new(&manifest, &results).unwrap();
        let best = &standings.domains[0].groups[0].rows[0].figures[0];
        let comparison = best.comparison.as_ref().unwrap();
        assert!(comparison.paired.is_none() && comparison.p_holm.is_none() && !best.is_winner);
        assert!(comparison.change.unwrap().is_less() && comparison.p_people_holm.unwrap() < 0.05);
        assert_eq!(best.deviation, None);
    }
}
