//! Results laid out by point, model and form: what the figures of all experiments are read from. Half of the results will do:
//! every number is over the folds and seeds that are there, and what is compared is compared on those that both have.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::baselines;
use crate::error::Result;
use crate::lab::change::Change;
use crate::lab::contest::pool::{People, Pool};
use crate::lab::contest::standings::{group_name, groups};
use crate::lab::contest::statistics::{holm, mean_and_deviation};
use crate::lab::contest::{Form, Job, JobResult, Manifest, Paired, Point, Users};
use crate::lab::ledger::Group;
use crate::metrics::Metric;

/// Whose figures are read: a model in a form.
pub(super) type Contestant<'c> = (&'c str, Form);

/// A fold of a seed.
type Run = (u64, usize);

/// One number of a figure: the RMSE of a model at a point, for a group of people of a domain.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Place {
    /// Name of the domain.
    pub domain: String,
    /// `all`, `few` or `cold`.
    pub group: String,
    /// Name of the model.
    pub model: String,
    /// What it was given of the links.
    pub form: Form,
    /// The point.
    pub point: Point,
    /// Folds and seeds that it is over.
    pub runs: usize,
    /// People who were tested, the mean over them.
    pub people: usize,
    /// Their test rows.
    pub ratings: usize,
    /// Mean RMSE on the unit scale.
    pub rmse: f64,
    /// Standard deviation over folds and seeds; `None` for one.
    pub deviation: Option<f64>,
    /// 95 % interval of the mean over folds and seeds, with the overlap of training sets allowed for; `None` for one.
    pub over_runs: Option<[f64; 2]>,
    /// 95 % interval over people.
    pub over_people: Option<[f64; 2]>,
    /// The change from the bias model on the same rows, with an interval over people; `None` for the bias model.
    pub against_bias: Option<Change>,
}

impl Place {
    /// The interval that is drawn: over folds and seeds where there are three or more, over people else. Of two figures the
    /// former has one degree of freedom and is as wide as the figure.
    pub fn drawn(&self) -> Option<[f64; 2]> {
        if self.runs >= 3 { self.over_runs.or(self.over_people) } else { self.over_people }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Side {
    /// Name of the model.
    pub model: String,
    /// What it was given of the links.
    pub form: Form,
    /// The point.
    pub point: Point,
}

/// A comparison on the same test rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Contrast {
    /// Name of the domain.
    pub domain: String,
    /// `all`, `few` or `cold`.
    pub group: String,
    /// What is compared with.
    pub from: Side,
    /// What is compared.
    pub to: Side,
    /// Folds and seeds that it is over.
    pub runs: usize,
    /// Whether the group is large enough for a claim: 30 people and 200 ratings.
    pub is_enough: bool,
    /// The relative change of RMSE, with a 95 % interval over people.
    pub change: Change,
    /// The corrected t-test over folds and seeds; `None` for one split.
    pub paired: Option<Paired>,
    /// Its p-value after Holm's correction over all comparisons of the experiment of the same kind.
    pub p_runs: Option<f64>,
    /// From draws of people, so corrected.
    pub p_people: f64,
}

impl Contrast {
    /// Whether both tests call it real, in a group that is large enough.
    pub fn is_sure(&self) -> bool {
        self.is_enough && self.p_people < 0.05 && self.p_runs.is_some_and(|p| p < 0.05)
    }

    /// Whether it is less error for sure.
    pub fn is_gain(&self) -> bool {
        self.is_sure() && self.change.value < 0.0
    }

    /// Whether it is more error for sure.
    pub fn is_harm(&self) -> bool {
        self.is_sure() && self.change.value > 0.0
    }
}

/// The results of an experiment.
pub(super) struct Sheet<'r> {
    pub(super) manifest: &'r Manifest,
    runs: BTreeMap<(&'r Point, Users, &'r str, Form), BTreeMap<Run, &'r JobResult>>,
    pub(super) done: usize,
}

impl<'r> Sheet<'r> {
    /// Lays out results; those that are in no job of the manifest have no part.
    pub(super) fn new(manifest: &'r Manifest, results: &'r [JobResult]) -> Self {
        let known: std::collections::BTreeSet<_> = manifest.jobs.iter().collect();
        let mut runs = BTreeMap::<_, BTreeMap<Run, &JobResult>>::new();
        let mut done = 0;
        for result in results.iter().filter(|result| known.contains(&result.job)) {
            let job = &result.job;
            let own = runs.entry((&job.point, job.users, &*job.model, job.form)).or_default();
            done += usize::from(own.insert((job.seed, job.fold), result).is_none());
        }
        Self { manifest, runs, done }
    }

    /// The names of the domains.
    pub(super) fn domains(&self) -> &'r [String] {
        &self.manifest.terms.domains
    }

    /// The models of the manifest that are no baselines, in the order of the list of all.
    pub(super) fn models(&self) -> Vec<&'r str> {
        let is_model = |name: &&str| ![baselines::MEAN.name, baselines::BIAS.name].contains(name);
        crate::lab::contest::standings::models(self.manifest).into_iter().filter(is_model).collect()
    }

    /// The results of a model in a form at a point, by fold and seed.
    pub(super) fn results(
        &self,
        point: &Point,
        users: Users,
        (model, form): Contestant,
    ) -> Vec<&'r JobResult> {
        let key = self.runs.keys().find(|(p, u, m, f)| (*p, *u, *m, *f) == (point, users, model, form));
        key.and_then(|key| self.runs.get(key)).map_or(Vec::new(), |own| own.values().copied().collect())
    }

    /// Whose jobs a group is tested in.
    fn users(&self, group: Group) -> Users {
        groups(&self.manifest.terms)
            .into_iter()
            .find(|(own, _)| *own == group)
            .map_or(Users::All, |own| own.1)
    }

    /// Those of the results that have test rows of a group.
    fn in_group(
        &self,
        d: usize,
        group: Group,
        point: &Point,
        contestant: Contestant,
    ) -> BTreeMap<Run, &'r JobResult> {
        let own = self.results(point, self.users(group), contestant).into_iter();
        let has_rows = |result: &&JobResult| result.domains.get(d).is_some_and(|d| d.group(group).is_some());
        own.filter(has_rows).map(|result| ((result.job.seed, result.job.fold), result)).collect()
    }

    /// The figures of contestants at a point, for a group of a domain: of those that have any.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub(super) fn places(
        &self,
        d: usize,
        group: Group,
        point: &Point,
        contestants: &[Contestant],
    ) -> Result<Vec<Place>> {
        let bias = self.in_group(d, group, point, (baselines::BIAS.name, Form::Linked));
        // Those with the same folds share one pool, and with it the draws of people.
        let mut alike = BTreeMap::<Vec<Run>, Vec<(usize, Vec<&JobResult>)>>::new();
        for (n, &contestant) in contestants.iter().enumerate() {
            let own = self.in_group(d, group, point, contestant);
            let (runs, results): (Vec<Run>, Vec<&JobResult>) = own.into_iter().unzip();
            if !runs.is_empty() {
                alike.entry(runs).or_default().push((n, results));
            }
        }
        let mut places = Vec::new();
        for (runs, own) in alike {
            let beside: Option<Vec<&JobResult>> = runs.iter().map(|run| bias.get(run).copied()).collect();
            let (numbers, mut results): (Vec<usize>, Vec<_>) = own.into_iter().unzip();
            let bias = beside.map(|beside| {
                results.push(beside);
                results.len() - 1
            });
            let jobs: Vec<&Job> = results.iter().map(|own: &Vec<&JobResult>| &own[0].job).collect();
            let Some(pool) = Pool::new(results, d, group)? else { continue };
            let drawn = pool.people(Metric::Rmse);
            for (own, n) in numbers.into_iter().enumerate() {
                places.push((n, self.place((&pool, &drawn), own, bias, jobs[own])));
            }
        }
        places.sort_by_key(|(n, _)| *n);
        Ok(places.into_iter().map(|(_, place)| place).collect())
    }

    /// The figure of one of a pool; `bias` is the bias model's number in it, `job` one of those of its results.
    fn place(&self, (pool, drawn): (&Pool, &People), own: usize, bias: Option<usize>, job: &Job) -> Place {
        let figures = pool.figures(own, Metric::Rmse);
        let (rmse, deviation) = mean_and_deviation(&figures);
        let (people, ratings) = pool.size();
        let against = bias.filter(|_| job.model != baselines::BIAS.name);
        let difference = against.and_then(|bias| pool.difference(drawn, bias, own));
        Place {
            domain: self.domains()[pool.domain()].clone(),
            group: group_name(pool.group()).into(),
            model: job.model.clone(),
            form: job.form,
            point: job.point.clone(),
            runs: figures.len(),
            people,
            ratings,
            rmse,
            deviation,
            over_runs: pool.interval(own, Metric::Rmse),
            over_people: drawn.level(own),
            against_bias: difference.map(|difference| difference.change),
        }
    }

    /// The figures of several trainings on the same test rows each: the first are those of the bias model. Nothing is said of
    /// other data than these.
    ///
    /// # Errors
    /// When they are not of the same test rows.
    pub(super) fn together(&self, all: Vec<Vec<&JobResult>>, d: usize, group: Group) -> Result<Vec<Place>> {
        let jobs: Vec<Job> =
            all.iter().filter_map(|own| own.first()).map(|result| result.job.clone()).collect();
        let Some(pool) = Pool::new(all, d, group)? else { return Ok(Vec::new()) };
        let drawn = pool.people(Metric::Rmse);
        let place = |(own, job): (usize, &Job)| Place {
            over_runs: None,
            ..self.place((&pool, &drawn), own, Some(0), job)
        };
        Ok(jobs.iter().enumerate().map(place).collect())
    }

    /// How one contestant at one point differs from another, on the folds and seeds that both have; `None` where there are
    /// none, or the test rows are not the same.
    pub(super) fn contrast(
        &self,
        d: usize,
        group: Group,
        from: (&Point, Contestant),
        to: (&Point, Contestant),
    ) -> Option<Contrast> {
        let [own, other] = [from, to].map(|(point, contestant)| self.in_group(d, group, point, contestant));
        let both: Vec<(&JobResult, &JobResult)> =
            own.iter().filter_map(|(run, result)| Some((*result, *other.get(run)?))).collect();
        let (own, other) = both.into_iter().unzip();
        self.beside(own, other, d, group)
    }

    /// How results differ from others, each from the one of the same test rows; `None` where there are none, or the test
    /// rows are not the same.
    pub(super) fn beside(
        &self,
        from: Vec<&JobResult>,
        to: Vec<&JobResult>,
        d: usize,
        group: Group,
    ) -> Option<Contrast> {
        let side = |own: &[&JobResult]| {
            let Job { model, form, point, .. } = own.first()?.job.clone();
            Some(Side { model, form, point })
        };
        let (first, last) = (side(&from)?, side(&to)?);
        let pool = Pool::new(vec![from, to], d, group).ok()??;
        let difference = pool.difference(&pool.people(Metric::Rmse), 0, 1)?;
        Some(Contrast {
            domain: self.domains()[d].clone(),
            group: group_name(group).into(),
            from: first,
            to: last,
            runs: pool.figures(0, Metric::Rmse).len(),
            is_enough: pool.is_enough(),
            change: difference.change,
            paired: difference.paired,
            p_runs: difference.paired.map(|test| test.p),
            p_people: difference.p_people,
        })
    }

    /// All results, in the order of points, models and forms.
    pub(super) fn all(&self) -> Vec<&'r JobResult> {
        self.runs.values().flat_map(|own| own.values().copied()).collect()
    }

    /// Whose figures stand beside every other: the global mean and the bias model.
    pub(super) fn baselines() -> [Contestant<'static>; 2] {
        [(baselines::MEAN.name, Form::Linked), (baselines::BIAS.name, Form::Linked)]
    }
}

/// The same comparisons with Holm's correction over all of them.
pub(super) fn corrected(mut contrasts: Vec<Contrast>) -> Vec<Contrast> {
    let people = holm(&contrasts.iter().map(|contrast| contrast.p_people).collect::<Vec<_>>());
    let runs: Option<Vec<f64>> = contrasts.iter().map(|contrast| contrast.p_runs).collect();
    let runs = runs.map(|runs| holm(&runs));
    for (n, contrast) in contrasts.iter_mut().enumerate() {
        contrast.p_people = people[n];
        contrast.p_runs = runs.as_ref().map(|runs| runs[n]);
    }
    contrasts
}
