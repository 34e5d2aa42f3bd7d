//! From what somebody asks for to the jobs that the page gives out.

use std::sync::Arc;

use super::super::views::ModuleName;
use super::choices::choices;
use super::{Planned, PlannedJob};
use crate::data::World;
use crate::error::{Error, Result};
use crate::export;
use crate::lab::contest::{Contest, Job, Manifest, Splitting, company};
use crate::lab::experiments::{self, Request};
use crate::settings::{Config, ValidConfig};

/// The contest that does the jobs of an experiment. `data` tells the data from others.
///
/// # Errors
/// When there is no such experiment.
pub(in crate::web) fn contest(
    experiment: &str,
    folds: usize,
    world: Arc<World>,
    config: &ValidConfig,
    data: String,
) -> Result<Contest> {
    experiments::find(experiment)?;
    Ok(Contest::new(world, None, folds, config, 1, data, export::program())?.of_experiment(experiment))
}

/// The plan of a request; the points that can be chosen are those of the whole experiment.
///
/// # Errors
/// When there is no such experiment, model or point, or the data have not what it needs.
pub(in crate::web) fn plan(
    request: &Request,
    world: Arc<World>,
    config: &ValidConfig,
    data: String,
) -> Result<Planned> {
    let Splitting::Folds(folds) = request.splitting else {
        return Err(Error::setting("splitting", "the page knows no given test rows; use folds"));
    };
    let jobs = experiments::jobs(request, &world, config)?;
    let whole = Request { points: Vec::new(), ..request.clone() };
    let points = choices(&experiments::jobs(&whole, &world, config)?);
    let contest = contest(&request.experiment, folds, world, config, data)?;
    let order = experiments::in_order(&request.experiment, &jobs)?;
    let terms = contest.terms().clone();
    let text = serde_json::to_string(&terms).map_err(|e| Error::setting("terms", e.to_string()))?;
    let manifest = Manifest { terms, jobs }.write()?;
    let planned = |job: Job| {
        let (module, has_company) = (module(&job, config)?, company(&request.experiment, &job, config)?);
        Ok(PlannedJob { name: job.to_string(), module, has_company, job })
    };
    let jobs = order.into_iter().map(planned).collect::<Result<_>>()?;
    Ok(Planned { terms: text, manifest, jobs, points })
}

/// What trains a job.
fn module(job: &Job, config: &ValidConfig) -> Result<ModuleName> {
    let mut own = Config { model: job.model.clone(), ..Config::clone(config) };
    for (name, value) in &job.point.settings {
        own.set(name, value)?;
    }
    Ok(ModuleName::of(&own))
}
