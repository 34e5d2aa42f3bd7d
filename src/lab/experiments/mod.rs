//! The experiments of the paper and some beyond it, one file each. An experiment is a list of points; at each of them models are
//! trained and tested as in a contest, so that jobs, results, shards and restarts are those of [`contest`](super::contest). What
//! somebody asks for becomes jobs ([`jobs`]), each job a result
//! ([`Contest::run`](super::contest::Contest::run)), and the results so far figures and a sentence ([`shown`]).

mod convergence;
mod dimension;
mod domains;
mod drawing;
mod estimate;
mod features;
mod identification;
mod newcomers;
mod overlap;
mod peers;
mod scale;
mod series;
mod sheet;
mod tune;
mod variants;
mod words;

use serde::{Deserialize, Serialize};

pub use estimate::{Pace, in_order, seconds_left};
use sheet::Sheet;
pub use sheet::{Contrast, Place, Side};
pub use tune::FoundSettings;

use super::contest::{Form, Job, JobResult, Manifest, Plan, Splitting, Stop, TUNE, Users};
use super::tune::{self as search, BUDGET, search_jobs};
use crate::data::World;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::settings::ValidConfig;

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Name of the experiment.
    pub experiment: String,
    /// Names of models, or `all`; empty for those of the experiment.
    pub models: Vec<String>,
    /// How the ratings are split.
    pub splitting: Splitting,
    /// First seed.
    pub seed: u64,
    /// How many seeds.
    pub seeds: usize,
    /// Whether newcomers are tested too, where the experiment does that.
    pub has_cold_users: bool,
    /// Whether every point is done without links and with shuffled ones too; else that is done where the experiment cannot
    /// do without.
    pub has_placebos: bool,
    /// The points that are wanted, by name or place on the axis; empty for all.
    pub points: Vec<String>,
    /// Tries that each model gets where settings are searched for; 0 for as many as are usual.
    #[serde(default)]
    pub budget: usize,
}

/// What an experiment needs to know to lay out its points.
struct Facts<'f> {
    world: &'f World,
    config: &'f ValidConfig,
    request: &'f Request,
}

impl Facts<'_> {
    /// People who are in two or more domains.
    fn people_in_both(&self) -> usize {
        let people = &self.world.people;
        people.all().filter(|&person| people.domains(person).nth(1).is_some()).count()
    }

    /// Whether newcomers can be tested and are wanted.
    fn has_cold_users(&self) -> bool {
        self.request.has_cold_users && self.config.cold_fraction > 0.0 && self.people_in_both() > 0
    }

    /// Everybody, and newcomers where they are tested.
    fn users(&self) -> Vec<Users> {
        if self.has_cold_users() { vec![Users::All, Users::Cold] } else { vec![Users::All] }
    }
}

/// An experiment.
pub struct Experiment {
    /// Its name on the command line and in addresses.
    pub name: &'static str,
    /// What it shows, in a line.
    pub shows: &'static str,
    /// Where it is in the paper; where it is not, why it is here.
    pub source: &'static str,
    /// What the paper claims of it; empty where it claims nothing.
    pub claim: &'static str,
    /// The models that are compared where nobody names any, beside the global mean and the bias model.
    pub models: &'static [&'static str],
    /// Whether newcomers can be tested besides everybody, or left out; else nobody is asked.
    pub has_newcomers: bool,
    stops: fn(&Facts) -> Result<Vec<Stop>>,
    shown: fn(&Sheet) -> Result<Shown>,
    /// How much a job at a point takes, relative to other points of the experiment.
    weight: fn(&Job) -> f64,
}

/// Every experiment: those of the paper in its order, then those beyond it. `peers` has tables besides
/// ([`Findings`](super::contest::Findings)).
pub const EXPERIMENTS: &[&Experiment] = &[
    &peers::EXPERIMENT,
    &overlap::EXPERIMENT,
    &features::EXPERIMENT,
    &variants::NETWORKS,
    &variants::AUTOENCODERS,
    &dimension::EXPERIMENT,
    &scale::EXPERIMENT,
    &convergence::EXPERIMENT,
    &newcomers::COLD_START,
    &newcomers::FEW_RATINGS,
    &newcomers::CONTROL,
    &identification::EXPERIMENT,
    &domains::EXPERIMENT,
    &variants::READINGS,
    &tune::EXPERIMENT,
];

/// What the results of an experiment show so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Shown {
    /// Name of the experiment.
    pub experiment: String,
    /// Jobs that are done.
    pub done: usize,
    /// All jobs.
    pub jobs: usize,
    /// The figures, each with the table behind it.
    pub figures: Vec<Figure>,
    /// The numbers in the figures.
    pub places: Vec<Place>,
    /// What is compared on the same rows.
    pub contrasts: Vec<Contrast>,
    /// Other numbers that the finding is made of.
    pub measures: Vec<Measure>,
    /// The best settings of each search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<FoundSettings>,
    /// What the numbers say, made of them: nothing is claimed without an interval and a control.
    pub finding: String,
    /// What the paper claims.
    pub claim: String,
}

/// A number with what it is, and its 95 % interval over folds and seeds or over points, where it has one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Measure {
    /// What it is.
    pub name: String,
    /// The number.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
}

impl Shown {
    fn new(figures: Vec<Figure>, places: Vec<Place>, contrasts: Vec<Contrast>, finding: String) -> Self {
        let (experiment, claim) = Default::default();
        let (measures, found) = (Vec::new(), Vec::new());
        Self { experiment, done: 0, jobs: 0, figures, places, contrasts, measures, found, finding, claim }
    }
}

/// The experiment of a name.
///
/// # Errors
/// When there is none of that name; the message lists those that there are.
///
/// # Examples
/// ```
/// use dual_metric::lab::experiments::find;
///
/// assert!(find("overlap")?.claim.contains("8"));
/// assert!(find("overlook").map(|found| found.name).unwrap_err().to_string().contains("overlap"));
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn find(name: &str) -> Result<&'static Experiment> {
    EXPERIMENTS.iter().copied().find(|experiment| experiment.name == name).ok_or_else(|| {
        let names: Vec<&str> = EXPERIMENTS.iter().map(|experiment| experiment.name).collect();
        Error::setting("experiment", format!("there is no {name:?}; there are {}", names.join(", ")))
    })
}

/// The jobs of what somebody asks for, in their order.
///
/// # Errors
/// When there is no such experiment, model or point, or the data have not what it needs.
pub fn jobs(request: &Request, world: &World, config: &ValidConfig) -> Result<Vec<Job>> {
    let experiment = find(&request.experiment)?;
    if request.experiment == TUNE {
        return searches(experiment, request);
    }
    let facts = Facts { world, config, request };
    let stops = chosen((experiment.stops)(&facts)?, request)?;
    if experiment.models.is_empty() {
        return planted(&stops, request);
    }
    let plan = Plan::new(&models(experiment, request), request.splitting, request.seed, request.seeds)?;
    Ok(plan.with_stops(stops).jobs())
}

/// The models that are asked for, or those of the experiment.
fn models<'r>(experiment: &Experiment, request: &'r Request) -> Vec<&'r str> {
    match request.models.is_empty() {
        true => experiment.models.to_vec(),
        false => request.models.iter().map(|name| name.trim()).collect(),
    }
}

/// The jobs of searches for settings, one a model and seed.
fn searches(experiment: &Experiment, request: &Request) -> Result<Vec<Job>> {
    if let Some(point) = request.points.first() {
        let what = format!("a search finds its points by itself; leave {point:?} out");
        return Err(Error::setting("points", what));
    }
    let models = models(experiment, request);
    // What can't be folds or seeds is refused as in a contest.
    Plan::new(&models, request.splitting, request.seed, request.seeds)?;
    let seeds: Vec<u64> = (0..request.seeds as u64).map(|n| request.seed.wrapping_add(n)).collect();
    let budget = if request.budget == 0 { BUDGET } else { request.budget };
    search_jobs(&models, &seeds, budget)
}

/// Of the jobs of a plan those that are not done and can be done now, as they are to be done. In a search for settings a try
/// waits for the ones before it, and comes with the settings that are its turn; everything else can be done at any time.
///
/// # Errors
/// When the manifest is none of this program's.
pub fn ready(manifest: &Manifest, results: &[JobResult]) -> Result<Vec<Job>> {
    if grows(&manifest.terms.experiment) {
        return search::ready(manifest, results);
    }
    let done: std::collections::BTreeSet<&Job> = results.iter().map(|result| &result.job).collect();
    Ok(manifest.jobs.iter().filter(|job| !done.contains(job)).cloned().collect())
}

/// Whether what is done in a job of the experiment can follow from the results of others.
pub fn grows(experiment: &str) -> bool {
    experiment == TUNE
}

/// The jobs of an experiment that trains no model: one a point, fold and seed, of which each draws its own numbers.
fn planted(stops: &[Stop], request: &Request) -> Result<Vec<Job>> {
    // What can't be folds or seeds is refused as in a contest.
    let plan = Plan::new(&[crate::baselines::MEAN.name], request.splitting, request.seed, request.seeds)?;
    let means = plan.jobs().into_iter().filter(|job| job.model == crate::baselines::MEAN.name);
    let of = |job: Job| {
        let model = identification::ESTIMATOR;
        stops.iter().map(move |stop| Job { point: stop.point.clone(), model: model.into(), ..job.clone() })
    };
    let mut jobs: Vec<Job> = means.flat_map(of).collect();
    jobs.sort_unstable();
    Ok(jobs)
}

/// The points that are wanted, with placebos where they are.
fn chosen(stops: Vec<Stop>, request: &Request) -> Result<Vec<Stop>> {
    let is_it = |stop: &Stop, text: &str| stop.point.name == text || stop.point.x.to_string() == text;
    if let Some(text) = request.points.iter().find(|text| !stops.iter().any(|stop| is_it(stop, text))) {
        let names: Vec<&str> = stops.iter().map(|stop| &*stop.point.name).collect();
        let what = format!("{} has no {text:?}; there are {}", request.experiment, names.join(", "));
        return Err(Error::setting("points", what));
    }
    let is_wanted =
        |stop: &Stop| request.points.is_empty() || request.points.iter().any(|text| is_it(stop, text));
    let placebos = |mut stop: Stop| {
        if request.has_placebos {
            stop.forms = Form::EACH.to_vec();
        }
        stop
    };
    Ok(stops.into_iter().filter(is_wanted).map(placebos).collect())
}

/// What results show, also half of them.
///
/// # Errors
/// When there is no such experiment, or results that should be of the same test rows are not.
pub fn shown(manifest: &Manifest, results: &[JobResult]) -> Result<Shown> {
    let experiment = find(&manifest.terms.experiment)?;
    let sheet = Sheet::new(manifest, results);
    let mut shown = (experiment.shown)(&sheet)?;
    shown.experiment = experiment.name.into();
    shown.claim = experiment.claim.into();
    (shown.done, shown.jobs) = (sheet.done, manifest.jobs.len());
    let runs = shown.contrasts.iter().map(|contrast| contrast.runs).max().unwrap_or(0);
    shown.finding = words::explained(shown.finding, runs);
    let provenance = drawing::provenance(manifest);
    for figure in &mut shown.figures {
        figure.finding.clone_from(&shown.finding);
        figure.provenance.clone_from(&provenance);
    }
    Ok(shown)
}

#[cfg(test)]
mod tests;
