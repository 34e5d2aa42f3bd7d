//! What each model takes: seconds, epochs and memory.

use serde::Serialize;

use super::standings::models;
use super::{Form, JobResult, Manifest, Users};

/// What a model takes with its links, when everybody is trained on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Name of the model.
    pub model: String,
    /// Jobs that the figures are over.
    pub jobs: usize,
    /// Mean seconds of a job's trainings, tuning included.
    pub seconds: f64,
    /// Mean epochs of the training that was tested.
    pub epochs: f64,
    /// The least over the jobs of the most memory that the process had meanwhile, the data included: what earlier jobs have
    /// not given back counts in each of them, so that the least is nearest to what the model takes. `None` where nobody
    /// measured it.
    pub peak_bytes: Option<u64>,
}

/// What every model takes, in the order of the list.
pub fn costs(manifest: &Manifest, results: &[JobResult]) -> Vec<Cost> {
    let of = |model: &str| {
        let is_own = |result: &&JobResult| {
            let job = &result.job;
            (&*job.model, job.form, job.users) == (model, Form::Linked, Users::All)
        };
        let own: Vec<&JobResult> = results.iter().filter(is_own).collect();
        let mean = |of: fn(&JobResult) -> f64| own.iter().map(|r| of(r)).sum::<f64>() / own.len() as f64;
        (!own.is_empty()).then(|| Cost {
            model: model.into(),
            jobs: own.len(),
            seconds: mean(|result| result.training.seconds),
            epochs: mean(|result| result.training.epochs as f64),
            peak_bytes: own.iter().filter_map(|result| result.training.peak_bytes).min(),
        })
    };
    models(manifest).into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::super::result::tests::{job, result};
    use super::super::terms::tests::terms;
    use super::*;

    #[test]
    fn seconds_are_means_and_memory_is_the_least_peak() {
        let (mut one, mut two) = (result(job("dml", 0), |_| 0.1), result(job("dml", 1), |_| 0.1));
        (one.training.seconds, two.training.seconds) = (1.0, 3.0);
        (one.training.peak_bytes, two.training.peak_bytes) = (Some(7), Some(5));
        let alone = JobResult {
            job: super::super::Job { form: Form::Alone, ..job("dml", 0) },
            ..result(job("dml", 0), |_| 0.1)
        };
        let all = [one, two, alone];
        let manifest =
            Manifest { terms: terms(), jobs: all.iter().map(|result| result.job.clone()).collect() };
        let costs = costs(&manifest, &all);
        assert_eq!(costs.len(), 1);
        assert_eq!((costs[0].seconds, costs[0].jobs, costs[0].peak_bytes), (2.0, 2, Some(5)));
    }
}
