//! How long the rest of an experiment will take, from the jobs that are done: a short one of each model comes first.

use std::collections::BTreeMap;

use super::find;
use crate::error::Result;
use crate::lab::contest::{Job, JobResult};

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

/// Seconds that one core needs for the jobs that are left, trainings alone: by model the mean seconds of what is done, times
/// what the points of the jobs left take more or less; a model of which nothing is done yet takes as long as the others on
/// average. `None` while nothing is done.
///
/// # Errors
/// When there is no such experiment.
pub fn seconds_left(experiment: &str, jobs: &[Job], done: &[JobResult]) -> Result<Option<f64>> {
    let weight = find(experiment)?.weight;
    let mut known = BTreeMap::<&str, (f64, f64)>::new();
    for result in done {
        let (seconds, weights) = known.entry(&result.job.model).or_default();
        *seconds += result.training.seconds;
        *weights += weight(&result.job);
    }
    if known.is_empty() {
        return Ok(None);
    }
    let rate = |(seconds, weights): &(f64, f64)| seconds / weights.max(1e-9);
    let usual = known.values().map(rate).sum::<f64>() / known.len() as f64;
    let is_done: std::collections::BTreeSet<&Job> = done.iter().map(|result| &result.job).collect();
    let left = jobs.iter().filter(|job| !is_done.contains(job));
    Ok(Some(left.map(|job| known.get(&*job.model).map_or(usual, rate) * weight(job)).sum()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::contest::result::tests::result;
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

    fn took(model: &str, x: usize, seconds: f64) -> JobResult {
        let mut own = result(job(model, x), |_| 0.1);
        own.training.seconds = seconds;
        own
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
    fn what_is_left_takes_as_long_as_what_is_done_by_its_weight() {
        let jobs = [job("dml", 4), job("dml", 4), job("cmf", 4)];
        assert_eq!(seconds_left("overlap", &jobs, &[]).unwrap(), None);
        // Of dml three seconds a job; nobody knows of cmf, which counts as much.
        let jobs: Vec<Job> = [(4, "dml"), (8, "dml"), (16, "dml"), (4, "cmf")].map(|(x, m)| job(m, x)).into();
        let done = [took("dml", 4, 2.0), took("dml", 8, 4.0)];
        assert_eq!(seconds_left("overlap", &jobs, &done).unwrap(), Some(6.0));
    }
}
