//! A search for the settings of models as jobs of a contest: each try is a job, and which settings it tries follows from the
//! results of those before it. Nothing but results has to be kept: whoever has them goes on as if nothing had happened.
//!
//! One fold is tested and set aside before anything else. Of the rest, a part is what tries are measured on; the rows that
//! tell a training when to stop are others again, so that no try is chosen by what it was stopped by. In the end the best
//! settings and those that one had are tested side by side, on models that have learnt from all but the tested fold.
//!
//! Tries come in batches of a fixed size, whoever does them: all of a batch are chosen by the results of the batches before.
//! So the same seed tries the same settings, whether one machine does the jobs one by one or eight workers do them at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::settings::{point_of, settings_space, with_point};
use super::space::{Point, Space};
use super::tuner::{Try, Tuner};
use crate::baselines;
use crate::error::{Error, Result};
use crate::lab::contest::{self, Form, Job, JobResult, Manifest, Search, Users};
use crate::peers;
use crate::settings::Config;

/// Tries of a batch.
pub const BATCH: usize = 4;
/// Tries where nobody says how many.
pub const BUDGET: usize = 20;
/// Trainings with seeds of their own that a test is the mean over.
pub const TRAININGS: usize = 3;
/// Most tries: beyond it a slip is likelier than a plan.
const MOST: usize = 500;

/// What results say of the search of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSearch {
    /// Its name.
    pub model: String,
    /// The seed of its folds, weights and design.
    pub seed: u64,
    /// Tries that are planned, the settings that one had among them.
    pub budget: usize,
    /// The tries that are done, in their order; with a gap where an earlier one of the batch is not.
    pub tuner: Tuner,
    /// The settings that one had, the model's own.
    config: Config,
    /// By number from 1, what is done.
    tries: BTreeMap<usize, Try>,
}

/// The jobs of a search: for every model so many tries, and the tests.
///
/// # Errors
/// When a model is not known or has nothing to tune, there are no seeds, or fewer than two tries or far too many.
pub fn search_jobs(models: &[&str], seeds: &[u64], budget: usize) -> Result<Vec<Job>> {
    if !(2..=MOST).contains(&budget) {
        return Err(Error::setting("budget", format!("{budget} tries are no search; use 2 to {MOST}")));
    }
    let all = || peers::MODELS.iter().filter(|entry| peers::trains_here(entry) && !entry.reads.is_empty());
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for &name in models {
        match name {
            "all" => names.extend(all().map(|entry| entry.name)),
            _ => drop(names.insert(peers::find(name)?.name)),
        }
    }
    let mut jobs = Vec::new();
    for &seed in seeds {
        let job = |model: &str, name: String, x: usize, search: Search| Job {
            seed,
            fold: 0,
            point: contest::Point {
                search: Some(search),
                arm: arm(search).into(),
                ..contest::Point::at(name, x)
            },
            users: Users::All,
            model: model.into(),
            form: Form::Linked,
        };
        let before = |model: &str, training: usize| {
            job(model, format!("default-{training}"), 0, Search::Default { training })
        };
        // They learn nothing by chance: one training is as good as three.
        jobs.extend([&baselines::MEAN, &baselines::BIAS].map(|entry| before(entry.name, 1)));
        for &model in &names {
            let of = settings_space(model)?.count().unwrap_or(usize::MAX).min(budget);
            jobs.extend((1..=of).map(|n| job(model, format!("try-{n}"), n, Search::Try(n))));
            for training in 1..=TRAININGS {
                jobs.push(before(model, training));
                let name = format!("best-of-{of}-{training}");
                jobs.push(job(model, name, of, Search::Best { of, training }));
            }
        }
    }
    jobs.sort_unstable();
    Ok(jobs)
}

/// Which of the jobs of a search that are not done can be done now, each with the settings that are its turn.
///
/// # Errors
/// When the manifest is none of a search.
pub fn ready(manifest: &Manifest, results: &[JobResult]) -> Result<Vec<Job>> {
    let done: BTreeSet<&Job> = results.iter().map(|result| &result.job).collect();
    let searches = ModelSearch::all(manifest, results)?;
    let mut turns = BTreeMap::<(&str, u64), BTreeMap<usize, Point>>::new();
    for own in &searches {
        turns.insert((&own.model, own.seed), own.batch());
    }
    let mut jobs = Vec::new();
    for job in manifest.jobs.iter().filter(|job| !done.contains(job)) {
        let Some(search) = job.point.search else { continue };
        let own = searches.iter().find(|own| (&own.model, own.seed) == (&job.model, job.seed));
        let settings = match (search, own) {
            (Search::Default { .. }, _) => Some(Map::new()),
            (Search::Try(n), Some(own)) => {
                let point = turns.get(&(&*job.model, job.seed)).and_then(|turns| turns.get(&n));
                point.map(|point| own.changed(point)).transpose()?
            }
            // Where no try came to a number, the settings that one had say why.
            (Search::Best { of, .. }, Some(own)) if own.is_done(of) => {
                Some(own.best(of).map_or(Ok(Map::new()), |(_, best)| own.changed(&best.point))?)
            }
            _ => None,
        };
        if let Some(settings) = settings {
            let mut job = job.clone();
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), Into::into);
            job.point.settings = settings.iter().map(|(name, value)| (name.clone(), text(value))).collect();
            jobs.push(job);
        }
    }
    // What others wait for comes first.
    jobs.sort_by_key(|job| !matches!(job.point.search, Some(Search::Try(_))));
    Ok(jobs)
}

/// Whose settings a step has, in words.
fn arm(search: Search) -> &'static str {
    match search {
        Search::Try(_) => "tried",
        Search::Default { .. } => "default settings",
        Search::Best { .. } => "best settings",
    }
}

impl ModelSearch {
    /// The searches of a manifest as far as results go, by seed and name.
    ///
    /// # Errors
    /// When a model or a setting of it is not known.
    pub fn all(manifest: &Manifest, results: &[JobResult]) -> Result<Vec<Self>> {
        let mut budgets = BTreeMap::<(u64, &str), usize>::new();
        for job in &manifest.jobs {
            if let Some(Search::Try(n)) = job.point.search {
                let most = budgets.entry((job.seed, &job.model)).or_default();
                *most = n.max(*most);
            }
        }
        let one = |((seed, model), budget): ((u64, &str), usize)| {
            let settings = Value::Object(manifest.terms.settings.clone()).to_string();
            let config = Config { model: model.into(), seed, ..Config::from_json(&settings)? };
            let space = settings_space(model)?;
            let mut tries = BTreeMap::new();
            for result in results.iter().filter(|own| own.job.seed == seed && own.job.model == model) {
                if let Some(Search::Try(n)) = result.job.point.search {
                    tries.insert(n, tried(&space, &config, result)?);
                }
            }
            let tuner = Tuner::told(space.clone(), seed, point_of(&space, &config)?, tries.values().cloned());
            Ok(Self { model: model.into(), seed, budget, tuner, config, tries })
        };
        budgets.into_iter().map(one).collect()
    }

    /// The first tries, before which nothing is concluded, are one batch; then come so many at a time.
    fn batches(&self) -> impl Iterator<Item = std::ops::RangeInclusive<usize>> {
        let first = 1 + self.tuner.design();
        let ends = std::iter::successors(Some(first), |end| Some(end + BATCH));
        let budget = self.budget;
        let starts = std::iter::once(1).chain(ends.clone().map(|end| end + 1));
        starts.zip(ends).take_while(move |(start, _)| *start <= budget).map(move |(a, b)| a..=b.min(budget))
    }

    /// The tries that are not done of the first batch that has some, by number.
    fn batch(&self) -> BTreeMap<usize, Point> {
        let is_open =
            |batch: &std::ops::RangeInclusive<usize>| batch.clone().any(|n| !self.tries.contains_key(&n));
        let Some(batch) = self.batches().find(is_open) else { return BTreeMap::new() };
        // As it was when the batch began, whichever of it are done by now.
        let before = self.tries.range(..batch.start()).map(|(_, own)| own.clone());
        let mut tuner = self.tuner.beginning_at(before);
        let asked: Vec<(usize, Point)> = batch.map(|n| (n, tuner.ask())).collect();
        asked.into_iter().filter(|(n, _)| !self.tries.contains_key(n)).collect()
    }

    /// Whether the first so many tries are done.
    fn is_done(&self, of: usize) -> bool {
        (1..=of).all(|n| self.tries.contains_key(&n))
    }

    /// Number and try of the lowest value among the first so many; `None` where none came to a number.
    pub fn best(&self, of: usize) -> Option<(usize, &Try)> {
        let valued = self.tries.range(1..=of).filter_map(|(n, own)| Some((own.value?, *n, own)));
        valued.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, n, own)| (n, own))
    }

    /// The tries that are done, by number.
    pub fn tries(&self) -> &BTreeMap<usize, Try> {
        &self.tries
    }

    /// The value of the settings that one had: the first try's.
    pub fn before(&self) -> Option<f64> {
        self.tries.get(&1)?.value
    }

    /// The settings of a point that differ from those that one had, by name.
    ///
    /// # Errors
    /// When a setting is not known.
    pub fn changed(&self, point: &Point) -> Result<Map<String, Value>> {
        let space = self.tuner.space();
        // What lies outside of its range is nearest to its end, and is not changed for that.
        if *point == point_of(space, &self.config)? {
            return Ok(Map::new());
        }
        let (own, mut values) = (self.config.values()?, with_point(space, point, &self.config)?.values()?);
        values.retain(|name, value| own.get(name) != Some(value));
        Ok(values)
    }

    /// All settings that are needed to train with a point: those that one had, with its own in their place.
    ///
    /// # Errors
    /// When a setting is not known.
    pub fn settings(&self, point: &Point) -> Result<Config> {
        let mut config = self.config.clone();
        for (name, value) in self.changed(point)? {
            config.set(&name, &value.as_str().map_or_else(|| value.to_string(), Into::into))?;
        }
        Ok(config)
    }
}

/// What a result says of a try: the mean over the domains of the RMSE on the rows that tries are measured on.
fn tried(space: &Space, config: &Config, result: &JobResult) -> Result<Try> {
    let mut own = config.clone();
    for (name, value) in &result.training.chosen {
        own.set(name, &value.as_str().map_or_else(|| value.to_string(), Into::into))?;
    }
    let errors: Option<Vec<f64>> =
        result.domains.iter().map(|domain| Some(domain.all.as_ref()?.scores.rmse)).collect();
    let value = errors
        .filter(|errors| !errors.is_empty())
        .map(|errors| errors.iter().sum::<f64>() / errors.len() as f64);
    Ok(Try { point: point_of(space, &own)?, value })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{Domain, Rating, Ratings, World, sample};
    use crate::lab::contest::{Contest, TUNE};
    use crate::settings::ValidConfig;
    use crate::split::{Fold, Split};

    fn config() -> ValidConfig {
        Config { epochs: 2, ..Config::robust() }.check().unwrap()
    }

    fn contest(world: &World, config: &ValidConfig) -> Contest {
        let world = Arc::new(world.clone());
        Contest::new(world, None, 5, config, 1, "abc".into(), "test").unwrap().of_experiment(TUNE)
    }

    fn manifest(contest: &Contest, models: &[&str], budget: usize) -> Manifest {
        Manifest { terms: contest.terms().clone(), jobs: search_jobs(models, &[1], budget).unwrap() }
    }

    /// Does a job, and reads what was kept of it.
    fn done(contest: &Contest, job: &Job) -> JobResult {
        let text = pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result.write().unwrap();
        JobResult::read("r", &text, &job.planned(), contest.terms()).unwrap()
    }

    /// Does jobs until none is ready, each time the one that `next` picks.
    fn finished(
        contest: &Contest,
        manifest: &Manifest,
        mut results: Vec<JobResult>,
        next: fn(&[Job]) -> usize,
    ) -> Vec<JobResult> {
        loop {
            let jobs = ready(manifest, &results).unwrap();
            if jobs.is_empty() {
                results.sort_by(|one, other| one.job.cmp(&other.job));
                return results;
            }
            results.push(done(contest, &jobs[next(&jobs)]));
        }
    }

    fn figures(results: &[JobResult]) -> Vec<(String, String)> {
        let chosen = |own: &JobResult| Value::Object(own.training.chosen.clone()).to_string();
        let rmse = |own: &JobResult| {
            own.domains.iter().map(|d| d.all.as_ref().map(|all| all.scores.rmse)).collect::<Vec<_>>()
        };
        results.iter().map(|own| (own.job.to_string(), format!("{} {:?}", chosen(own), rmse(own)))).collect()
    }

    #[test]
    fn the_settings_that_one_had_come_first_and_every_model_gets_its_budget() {
        let jobs = search_jobs(&["cmf", "dml", "bayes"], &[1], 12).unwrap();
        let tries = |model: &str| {
            let is_try = |job: &&Job| job.model == model && matches!(job.point.search, Some(Search::Try(_)));
            jobs.iter().filter(is_try).count()
        };
        // Of bayes two settings are all that there are.
        assert_eq!([tries("cmf"), tries("dml"), tries("bayes"), tries("bias")], [12, 12, 2, 0]);
        assert_eq!(jobs.len(), 12 + 12 + 2 + 3 * 2 * TRAININGS + 2);
        let world = sample(5).world;
        let contest = contest(&world, &config());
        let manifest = manifest(&contest, &["cmf"], 9);
        let now = ready(&manifest, &[]).unwrap();
        let first = now.iter().find(|job| job.point.search == Some(Search::Try(1))).unwrap();
        assert!(first.point.settings.is_empty());
        // Of cmf the default and the seven of the design; the best can't be tested yet.
        assert_eq!(now.len(), 8 + TRAININGS + 2);
        assert!(now.iter().all(|job| !matches!(job.point.search, Some(Search::Best { .. }))));
    }

    #[test]
    fn the_same_is_tried_whoever_does_the_jobs_and_after_an_interruption() {
        let world = sample(5).world;
        let contest = contest(&world, &config());
        let manifest = manifest(&contest, &["cmf"], 10);
        let forwards = finished(&contest, &manifest, Vec::new(), |_| 0);
        let backwards = finished(&contest, &manifest, Vec::new(), |jobs| jobs.len() - 1);
        assert_eq!(forwards.len(), manifest.jobs.len());
        assert_eq!(figures(&forwards), figures(&backwards));
        // All but three results, of which one is of a batch in the middle, and what is concluded from it stays.
        let lost = ["try-9.cmf", "try-10.cmf", "best-of-10-2.cmf"];
        let kept: Vec<JobResult> = forwards
            .iter()
            .filter(|own| !lost.iter().any(|name| own.job.to_string().starts_with(name)))
            .cloned()
            .collect();
        assert_eq!(kept.len(), forwards.len() - lost.len());
        assert_eq!(figures(&finished(&contest, &manifest, kept, |_| 0)), figures(&forwards));
        // A larger budget goes on where the smaller ended.
        let more = Manifest { jobs: search_jobs(&["cmf"], &[1], 12).unwrap(), ..manifest.clone() };
        let both = manifest.with(&more, "there").unwrap();
        let now: Vec<String> = ready(&both, &forwards).unwrap().iter().map(ToString::to_string).collect();
        let end = ".cmf.linked.all.seed1.fold1";
        assert_eq!(now, [format!("try-11{end}"), format!("try-12{end}")]);
    }

    #[test]
    fn the_best_on_validation_is_what_is_tested() {
        let world = sample(5).world;
        let contest = contest(&world, &config());
        let manifest = manifest(&contest, &["cmf"], 9);
        let results = finished(&contest, &manifest, Vec::new(), |_| 0);
        let own = &ModelSearch::all(&manifest, &results).unwrap()[0];
        let (n, best) = own.best(9).unwrap();
        assert!(own.tries().values().all(|other| other.value >= best.value));
        let of = |search: Search| {
            let own = results.iter().find(|own| own.job.point.search == Some(search)).unwrap();
            own.training.chosen.clone()
        };
        assert_eq!(of(Search::Best { of: 9, training: 2 }), of(Search::Try(n)));
        assert_eq!(of(Search::Best { of: 9, training: 2 }), own.changed(&best.point).unwrap());
        assert!(of(Search::Default { training: 1 }).is_empty());
        let whole = own.settings(&best.point).unwrap();
        assert_eq!(whole.model, "cmf");
        for (name, value) in own.changed(&best.point).unwrap() {
            assert_eq!(whole.values().unwrap()[&name], value);
        }
        // Trainings of one test have seeds of their own.
        let rmse = |training| {
            let is_it = |own: &&JobResult| {
                own.job.model == "cmf" && own.job.point.search == Some(Search::Default { training })
            };
            results.iter().find(is_it).unwrap().domains[0].all.as_ref().unwrap().scores.rmse
        };
        assert!(rmse(1) != rmse(2) && rmse(2) != rmse(3));
    }

    #[test]
    fn no_try_reads_a_test_row() {
        let world = sample(5).world;
        let split = {
            let config = Config { held_out_overlap: 0.0, ..Config::clone(&config()) }.check().unwrap();
            let fold = Fold { number: 0, of: 5, seed: 1 };
            Split::of_fold(&world, &config, fold, config.validation_fraction).unwrap()
        };
        // All test ratings upside down.
        let domains = world.domains.iter().enumerate().map(|(d, domain)| {
            let tested = split.test(&world, d);
            let tested: BTreeSet<_> = tested.users.into_iter().zip(tested.items).collect();
            let turned = domain.ratings.iter().map(|row| {
                let other = domain.scale.lo + domain.scale.hi - row.value;
                Rating {
                    value: if tested.contains(&(row.user, row.item)) { other } else { row.value },
                    ..row
                }
            });
            let rows: Vec<Rating> = turned.collect();
            Domain {
                ratings: Ratings::new(domain.users.len(), domain.items.len(), &rows).into(),
                ..domain.clone()
            }
        });
        let other = World::new(domains.collect());
        let [own, turned] = [world, other].map(|world| {
            let contest = contest(&world, &config());
            let manifest = manifest(&contest, &["cmf"], 3);
            figures(&finished(&contest, &manifest, Vec::new(), |_| 0))
        });
        let tries = |all: &[(String, String)]| -> Vec<(String, String)> {
            all.iter().filter(|(name, _)| name.starts_with("try")).cloned().collect()
        };
        assert_eq!((tries(&own).len(), tries(&own)), (3, tries(&turned)));
        assert_ne!(own, turned, "the test does");
    }

    #[test]
    fn a_try_without_a_number_is_a_try_and_the_search_goes_on() {
        let world = sample(5).world;
        let contest = contest(&world, &config());
        let manifest = manifest(&contest, &["cmf"], 10);
        let mut results = Vec::new();
        for job in ready(&manifest, &[]).unwrap() {
            let mut own = done(&contest, &job);
            if job.point.search == Some(Search::Try(4)) {
                for domain in &mut own.domains {
                    (domain.all, domain.few, domain.cold) = (None, None, None);
                }
                let text = own.write().unwrap();
                own = JobResult::read("r", &text, &own.job, contest.terms()).unwrap();
            }
            results.push(own);
        }
        let own = &ModelSearch::all(&manifest, &results).unwrap()[0];
        assert_eq!(own.tries()[&4].value, None);
        assert!(own.best(8).is_some_and(|(n, _)| n != 4));
        let next = ready(&manifest, &results).unwrap();
        assert_eq!(next.iter().map(|job| job.point.x).collect::<Vec<_>>(), [9, 10]);
    }

    #[test]
    fn what_is_no_search_is_refused() {
        let message = |models: &[&str], budget| search_jobs(models, &[1], budget).unwrap_err().to_string();
        assert!(message(&["cmf"], 1).contains("use 2 to 500"));
        assert!(message(&["cmf"], 501).contains("use 2 to 500"));
        assert!(message(&["bias"], 4).contains("no setting that is tuned"));
        assert!(message(&["oracle"], 4).contains("oracle"));
        let all = search_jobs(&["all"], &[1, 2], 4).unwrap();
        assert!(all.iter().any(|job| job.model == "averaged") && all.iter().any(|job| job.seed == 2));
    }
}
