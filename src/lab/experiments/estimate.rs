//! How long the rest of an experiment will take, from the jobs that are done: a short one of each model comes first.

use std::collections::{BTreeMap, BTreeSet};

use super::find;
use crate::error::Result;
use crate::lab::contest::Job;

/// What an earlier job counts for, beside the one after it: a machine that has become busy is soon taken for what it is.
const KEPT: f64 = 0.9;

/// The jobs in an order in which time is soon foreseen: the lightest of each model and form first, light models before heavy
/// ones as the plan has them, then all others.
///
/// # Errors
/// When there is no such experiment.
pub fn in_order(experiment: &str, jobs: &[Job]) -> Result<Vec<Job>> {
    let weight = find(experiment)?.weight;
    let mut first = BTreeMap::<&str, (f64, usize)>::new();
    for (n, job) in jobs.iter().enumerate() {
        let own = weight(job);
        let lightest = first.entry(&job.model).or_insert((own, n));
        if own < lightest.0 {
            *lightest = (own, n);
        }
    }
    let mut order: Vec<usize> = first.values().map(|(_, n)| *n).collect();
    order.sort_unstable();
    let others = (0..jobs.len()).filter(|n| !first.values().any(|(_, first)| first == n));
    let order: Vec<usize> = order.iter().copied().chain(others).collect();
    Ok(order.into_iter().map(|n| jobs[n].clone()).collect())
}

/// Seconds that one core needs for the jobs that are left, trainings alone: by model the mean seconds of what is done, of which
/// the latest count most, times what the points of the jobs left take more or less; a model of which nothing is done yet takes
/// as long as the others on average. `done` are jobs in the order in which they were done, with the seconds of their trainings.
/// `None` while nothing is done.
///
/// # Errors
/// When there is no such experiment.
pub fn seconds_left<'d>(
    experiment: &str,
    jobs: &[Job],
    done: impl IntoIterator<Item = (&'d Job, f64)>,
) -> Result<Option<f64>> {
    let weight = find(experiment)?.weight;
    let mut known = BTreeMap::<&str, (f64, f64)>::new();
    let mut is_done = BTreeSet::<&Job>::new();
    for (job, took) in done {
        let (seconds, weights) = known.entry(&job.model).or_default();
        *seconds = KEPT * *seconds + took;
        *weights = KEPT * *weights + weight(job);
        is_done.insert(job);
    }
    if known.is_empty() {
        return Ok(None);
    }
    let rate = |(seconds, weights): &(f64, f64)| seconds / weights.max(1e-9);
    let usual = known.values().map(rate).sum::<f64>() / known.len() as f64;
    let left = jobs.iter().filter(|job| !is_done.contains(job));
    Ok(Some(left.map(|job| known.get(&*job.model).map_or(usual, rate) * weight(job)).sum()))
}

/// How fast one is in truth: what a job takes from its beginning to its end beside the seconds of its trainings. A machine that
/// is busy with other things, reading, testing and writing are all in it; the latest jobs count most.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    trained: f64,
    passed: f64,
}

impl Pace {
    /// Hears of a job: the seconds of its trainings, and all that passed.
    pub fn did(&mut self, trained: f64, passed: f64) {
        self.trained = KEPT * self.trained + trained;
        self.passed = KEPT * self.passed + passed;
    }

    /// Seconds that will pass for so many seconds of trainings.
    pub fn of(self, seconds: f64) -> f64 {
        if self.trained > 0.0 { seconds * self.passed / self.trained } else { seconds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::contest::{Form, Point, Users};

    fn job(model: &str, x: usize) -> Job {
        Job {
            seed: 1,
            fold: 0,
            point: Point::at(format!("k{x}"), x),
            users: Users::All,
            model: model.into(),
            form: Form::Linked,
        }
    }

    #[test]
    fn the_lightest_job_of_each_model_comes_first_and_none_is_lost() {
        let mut jobs: Vec<Job> =
            [4, 8, 16].into_iter().flat_map(|x| [job("bias", x), job("dml", x)]).collect();
        let mut order = in_order("dimension", &jobs).unwrap();
        assert_eq!(order[..2], [job("bias", 4), job("dml", 4)]);
        jobs.sort();
        order.sort();
        assert_eq!(order, jobs);
    }

    #[test]
    fn the_pace_is_what_passes_beside_what_is_trained_and_follows_the_latest_jobs() {
        let mut pace = Pace::default();
        assert_eq!(pace.of(10.0), 10.0);
        pace.did(1.0, 1.5);
        assert_eq!(pace.of(10.0), 15.0);
        for _ in 0..50 {
            pace.did(1.0, 4.0);
        }
        assert!((pace.of(10.0) - 40.0).abs() < 0.1);
    }

    #[test]
    fn what_is_left_takes_as_long_as_what_is_done_by_its_weight() {
        let jobs: Vec<Job> = [(4, "dml"), (8, "dml"), (16, "dml"), (4, "cmf")].map(|(x, m)| job(m, x)).into();
        assert_eq!(seconds_left("overlap", &jobs, []).unwrap(), None);
        // Of dml (0.9 · 2 + 4) / 1.9 seconds a job; nobody knows of cmf, which counts as much.
        let done = [(&jobs[0], 2.0), (&jobs[1], 4.0)];
        let left = seconds_left("overlap", &jobs, done).unwrap().unwrap();
        assert!((left - 2.0 * 5.8 / 1.9).abs() < 1e-12, "{left}");
        // After a machine has become ten times as slow, ten jobs later it is taken for that.
        let many: Vec<Job> = (0..40).map(|x| job("dml", x)).collect();
        let done = many[..30].iter().enumerate().map(|(n, job)| (job, if n < 10 { 1.0 } else { 10.0 }));
        let left = seconds_left("overlap", &many, done).unwrap().unwrap();
        assert!((90.0..=100.0).contains(&left), "{left}");
    }
}
