//! `dual-metric lab`: the jobs of a contest that are still to be done, one after the other, and its tables.

use std::path::Path;
use std::time::Instant;

use dual_metric::data::World;
use dual_metric::error::{Error, Result};
use dual_metric::export::{self, contest as tables};
use dual_metric::lab::contest::{
    AT_ONCE, Beside, Contest, Findings, Form, Job, JobResult, Manifest, PEERS, Plan, Predictions, Progress,
    Shard, Splitting, TUNE, Users,
};
use dual_metric::lab::experiments::{self, EXPERIMENTS, Pace, Request, Shown};
use dual_metric::recommender::Event;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domains::contest_domains;
use crate::files;
use crate::flags::{Flags, flags};
use crate::inputs::Inputs;
use crate::lab_arguments::{LIST, Lab, LabCommand};
use crate::lab_memory::{forget_peak, peak};
use crate::lab_store::Store;
use crate::output;
use crate::train::settings;

/// Does what is missing of a contest and writes its tables.
pub fn run(options: &Lab) -> Result<()> {
    if let Some(LabCommand::Merge(options)) = &options.command {
        return crate::lab_merge::run(options);
    }
    if options.experiment == LIST {
        return list();
    }
    let Some(folder) = &options.out else {
        return Err(Error::setting("--out", "name a folder for the results"));
    };
    let config = settings(&options.settings)?.check()?;
    let splitting = if options.test.is_empty() { Splitting::Folds(options.folds) } else { Splitting::Given };
    // What can't be planned is refused before anything is read.
    let names: Vec<&str> = options.models.iter().map(|name| name.trim()).collect();
    let names = if names.is_empty() { vec!["all"] } else { names };
    let seed = options.seed.unwrap_or(config.seed);
    let plan = Plan::new(&names, splitting, seed, options.seeds)?;
    if options.experiment == PEERS && !options.points.is_empty() {
        return Err(Error::setting("--points", "peers are compared at one point; leave it out"));
    }
    if options.experiment != PEERS && options.predictions.is_some() {
        let what =
            "an experiment trains on other rows at each point; leave it out, or use --experiment peers";
        return Err(Error::setting("--predictions", what));
    }
    if options.experiment == TUNE {
        refused_in_a_search(options)?;
    }
    let shard = options.shard.as_deref().map(Shard::parse).transpose()?;
    let is_planted = experiments::find(&options.experiment)?.models.is_empty();
    let device = options.device.open()?;
    let inputs = device.warming(config.has_codes(), || match is_planted && options.domain.is_empty() {
        true => Ok(Inputs::generated()),
        false => Inputs::read(contest_domains(&options.domain, &options.of_domains, &options.test)?),
    })?;
    let data = hash(&inputs)?;
    let contest = Contest::new(
        inputs.world.clone(),
        tested(&inputs),
        options.folds,
        &config,
        options.tune,
        data,
        export::program(),
    )?
    .of_experiment(&options.experiment)
    .on(device);
    let has_cold_users = contest.has_cold_users() && !options.no_cold_users;
    let planned = if options.experiment == PEERS {
        plan.with_cold_users(has_cold_users).with_placebos(options.placebo).jobs()
    } else {
        let request = Request {
            experiment: options.experiment.clone(),
            models: options.models.clone(),
            splitting,
            seed,
            seeds: options.seeds,
            has_cold_users,
            has_placebos: options.placebo,
            points: options.points.clone(),
            budget: options.budget,
        };
        experiments::jobs(&request, contest.world(), &config)?
    };
    let store = Store::new(folder);
    files::check_writable(folder)?;
    let own_terms = contest.terms().clone();
    let own = Manifest { terms: own_terms.clone(), jobs: planned };
    let jobs = shard.map_or_else(|| own.jobs.clone(), |shard| shard.part(&own.jobs));
    let manifest = match store.manifest()? {
        Some(known) => own.with(&known, &store.place())?,
        None => own,
    };
    inputs.tell();
    store.write_manifest(&manifest)?;
    let plan = Manifest { terms: own_terms, jobs };
    let failures =
        Work { contest: &contest, store: &store, predictions: options.predictions.as_deref() }.all(&plan)?;
    let results = store.results(&manifest)?;
    let (done, all) = (results.len(), manifest.jobs.len());
    if shard.is_none() || done == all {
        Found::new(&manifest, &results)?.write(&store, options.json)?;
    } else {
        if options.json {
            output::line(json!({ "done": done, "jobs": all }));
        }
        output::note(format!(
            "{done} of {all} jobs are in {}; `dual-metric lab merge` puts shards together",
            store.place()
        ));
    }
    match failures.into_iter().next() {
        None => Ok(()),
        Some((job, error)) => {
            let remedy =
                "What is done stays; the others can be done again with other settings and another --out";
            Err(Error::data(format!("not every job could be done; the first was {job}: {error}"), remedy))
        }
    }
}

/// Refuses what has no meaning in a search for settings.
fn refused_in_a_search(options: &Lab) -> Result<()> {
    let refused = |option: &str, what: &str| Err(Error::setting(option, what));
    if options.shard.is_some() {
        return refused(
            "--shard",
            "a try waits for the ones before it, also those of other machines; leave it out",
        );
    }
    if options.tune > 1 {
        return refused("--tune", "a search tries settings by itself; leave it out and use --budget");
    }
    if options.placebo {
        return refused("--placebo", "a search trains with the links as they are; leave it out");
    }
    Ok(())
}

/// Says what each experiment shows.
fn list() -> Result<()> {
    for experiment in EXPERIMENTS {
        output::line(format_args!("{}: {} ({})", experiment.name, experiment.shows, experiment.source));
        if !experiment.models.is_empty() {
            output::line(format_args!("    by default with {}", experiment.models.join(", ")));
        }
        if !experiment.claim.is_empty() {
            output::line(format_args!("    the paper: {}", experiment.claim));
        }
    }
    Ok(())
}

/// All that results say together.
pub enum Found {
    /// Of a contest of models: its tables, and its figure.
    Peers(Box<Findings>, Box<Shown>),
    /// Of another experiment.
    Experiment(Box<Shown>),
}

impl Found {
    /// What results say together.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not, or this program has no such experiment.
    pub fn new(manifest: &Manifest, results: &[JobResult]) -> Result<Self> {
        let shown = experiments::shown(manifest, results)?.into();
        if manifest.terms.experiment == PEERS {
            let findings = Findings::new(manifest, results)?.into();
            return Ok(Self::Peers(findings, shown));
        }
        Ok(Self::Experiment(shown))
    }

    /// Writes the tables into a folder and prints them.
    pub fn write(&self, store: &Store, as_json: bool) -> Result<()> {
        let (json, text) = match self {
            Self::Peers(findings, figures) => {
                let costs = tables::costs_markdown(&findings.costs);
                store.write_shown(figures)?;
                (store.write_tables(findings)?, tables::markdown(findings)? + &costs)
            }
            Self::Experiment(shown) => (store.write_shown(shown)?, tables::experiment_markdown(shown)),
        };
        if as_json {
            output::line(json);
        } else {
            output::show(text);
        }
        Ok(())
    }
}

/// One hash of all files, what they are called and how they were declared.
fn hash(inputs: &Inputs) -> Result<String> {
    let mut text = String::new();
    for file in files::described(&inputs.files)? {
        text += &format!("{}\t{}\t{}\n", file.domain, file.kind, file.sha256.unwrap_or_default());
    }
    for read in &inputs.reads {
        text += &flags(&Flags::Of(read.domain.name.clone()), &read.options);
        text.push('\n');
    }
    Ok(Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Which ratings are tested, where files say it: of a domain without such a file none.
fn tested(inputs: &Inputs) -> Option<Vec<Vec<bool>>> {
    let is_given = inputs.reads.iter().any(|read| read.tested.is_some());
    let of = |read: &files::ReadDomain| {
        read.tested.clone().unwrap_or_else(|| vec![false; read.domain.ratings.len()])
    };
    is_given.then(|| inputs.reads.iter().map(of).collect())
}

/// The jobs at hand.
struct Work<'w> {
    contest: &'w Contest,
    store: &'w Store,
    predictions: Option<&'w Path>,
}

impl Work<'_> {
    /// Does the jobs that are not done; those that can't be are given back with the reason, and the others go on.
    fn all(&self, plan: &Manifest) -> Result<Vec<(Job, Error)>> {
        let experiment = &plan.terms.experiment;
        let mut known = Vec::new();
        for job in &plan.jobs {
            if self.is_done(job)? {
                known.extend(self.store.result(job, &plan.terms)?);
            }
        }
        let number = plan.jobs.len() - known.len();
        let bar = ProgressBar::new(1000 * number as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed}{prefix}  {msg}") {
            bar.set_style(style);
        }
        let mut failures: Vec<(Job, Error)> = Vec::new();
        let mut pace = Pace::default();
        let (mut is_told, mut n) = (false, 0);
        loop {
            let mut next = experiments::ready(plan, &known)?;
            next.retain(|job| !failures.iter().any(|(failed, _)| *failed == job.planned()));
            if next.is_empty() {
                break;
            }
            for jobs in self.groups(experiments::in_order(experiment, &next)?)? {
                bar.set_message(called(&jobs));
                let started = Instant::now();
                let mut trained = 0.0;
                for (job, result) in jobs.iter().zip(self.some(&jobs, &bar, n)?) {
                    match result {
                        Ok(result) => {
                            trained += result.training.seconds;
                            known.push(result);
                        }
                        // Where nothing can be written there is no use in going on.
                        Err(error @ Error::File { .. }) => return Err(error),
                        Err(error) => {
                            bar.suspend(|| output::note(format!("warning: {job}: {error}")));
                            failures.push((job.planned(), error));
                        }
                    }
                }
                pace.did(trained, started.elapsed().as_secs_f64());
                n += jobs.len();
                bar.set_position(1000 * n as u64);
                let took = known.iter().map(|own| (&own.job, own.training.seconds));
                let Some(left) = experiments::seconds_left(experiment, &plan.jobs, took)? else { continue };
                let left = pace.of(left);
                bar.set_prefix(format!(" / left {}", time(left)));
                // One of each model is done, the lightest.
                let is_known = |job: &Job| known.iter().any(|own| own.job.model == job.model);
                if !is_told && n < number && plan.jobs.iter().all(is_known) {
                    is_told = true;
                    bar.suspend(|| output::note(foreseen(left, number - n)));
                }
            }
        }
        bar.finish_and_clear();
        Ok(failures)
    }

    /// Whether the result is there, and the predictions where they are wanted.
    fn is_done(&self, job: &Job) -> Result<bool> {
        let is_there = |folder: &Path| {
            (0..self.contest.world().domains.len())
                .all(|d| folder.join(predictions_name(job, self.contest.world(), d)).exists())
        };
        let has_result = self.store.result(job, self.contest.terms())?.is_some();
        Ok(has_result && self.predictions.is_none_or(is_there))
    }

    /// Jobs as they are done: those that a device does side by side together, each other one alone.
    fn groups(&self, jobs: Vec<Job>) -> Result<Vec<Vec<Job>>> {
        let (mut groups, mut company): (Vec<Vec<Job>>, Vec<Job>) = (Vec::new(), Vec::new());
        for job in jobs {
            match self.contest.has_company(&job)? {
                true => company.push(job),
                false => groups.push(vec![job]),
            }
        }
        groups.extend(company.chunks(AT_ONCE).map(<[Job]>::to_vec));
        Ok(groups)
    }

    /// Does jobs and writes what comes of them; with a result each.
    fn some(&self, jobs: &[Job], bar: &ProgressBar, n: usize) -> Result<Vec<Result<JobResult>>> {
        forget_peak();
        let mut fractions = vec![0.0; jobs.len()];
        let mut show = |number: usize, progress: Progress| {
            if let Event::Batch { stage, epoch, .. } = progress.event {
                bar.set_message(format!("{}: {}, epoch {epoch}", called(jobs), stage.name()));
            }
            fractions[number] = progress.fraction;
            bar.set_position(1000 * n as u64 + (1000.0 * fractions.iter().sum::<f32>()) as u64);
        };
        let outcomes = match jobs {
            [job] if !self.contest.has_company(job)? => {
                vec![pollster::block_on(self.contest.run(job, &mut |progress| show(0, progress)))]
            }
            jobs => {
                let Beside { outcomes, lost } =
                    pollster::block_on(self.contest.run_together(jobs, &mut show));
                if let Some(error) = lost {
                    bar.suspend(|| {
                        output::note(format!("warning: {error}; what it left was done on the CPU"));
                    });
                }
                outcomes
            }
        };
        let written = jobs.iter().zip(outcomes).map(|(job, outcome)| {
            let mut outcome = outcome?;
            // Of several at once nobody knows what each of them had.
            outcome.result.training.peak_bytes = if jobs.len() == 1 { peak() } else { None };
            if let Some(folder) = self.predictions {
                self.write_predictions(folder, job, &outcome.predictions)?;
            }
            // Last, because a job whose result is there is done.
            self.store.write_result(&outcome.result)?;
            Ok(outcome.result)
        });
        Ok(written.collect())
    }

    fn write_predictions(&self, folder: &Path, job: &Job, predictions: &[Predictions]) -> Result<()> {
        let world = self.contest.world();
        for (d, (domain, own)) in world.domains.iter().zip(predictions).enumerate() {
            let text = tables::predictions_csv(domain, own)?;
            files::write(&folder.join(predictions_name(job, world, d)), &text)?;
        }
        Ok(())
    }
}

/// What the predictions of a job in a domain are called; a name of a domain may hold what no file's may.
fn predictions_name(job: &Job, world: &World, d: usize) -> String {
    let usual = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = world.domains[d].name.chars().take(60).map(usual).collect();
    format!("{job}.{}-{name}.csv", d + 1)
}

/// How long the rest will take.
fn foreseen(seconds: f64, jobs: usize) -> String {
    format!("about {} for the {jobs} jobs that are left, by the first of each model", time(seconds))
}

/// A time for people.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} seconds"),
        s if s < 5400.0 => format!("{:.0} minutes", s / 60.0),
        s => format!("{:.1} hours", s / 3600.0),
    }
}

/// Jobs that are done at once, for people.
fn called(jobs: &[Job]) -> String {
    let Some(Job { users, form, point, seed, fold, model }) = jobs.first() else { return String::new() };
    if jobs.len() > 1 {
        return format!("{} jobs at once, the first of {model}", jobs.len());
    }
    let users = if *users == Users::Cold { ", new people" } else { "" };
    let form = match form {
        Form::Linked => "",
        Form::Alone => ", without the other domain",
        Form::Shuffled => ", with shuffled links",
    };
    let point = if point.name.is_empty() { String::new() } else { format!("{}, ", point.name) };
    format!("{point}seed {seed}, fold {}{users}: {model}{form}", fold + 1)
}
