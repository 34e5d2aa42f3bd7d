//! Which jobs a contest consists of, and which of them one of several machines does.

use super::{Form, Job, Splitting, Users};
use crate::baselines;
use crate::error::{Error, Result};
use crate::peers;
use crate::recommender::Entry;
use crate::rng::Generator;

/// Most folds: beyond it a slip is likelier than a plan.
const MOST_FOLDS: usize = 100;
/// Most seeds.
const MOST_SEEDS: usize = 1000;

/// What is to be compared.
#[derive(Clone)]
pub struct Plan {
    /// The models; the global mean and the bias model are always among them.
    models: Vec<&'static Entry>,
    splitting: Splitting,
    seeds: Vec<u64>,
    has_cold_users: bool,
    has_placebos: bool,
}

impl Plan {
    /// A plan for the models of these names (`all` for the whole list), on so many seeds from the first on.
    ///
    /// # Errors
    /// When a name is no model's, or seeds or folds are none or far too many: one fold compares nothing.
    pub fn new(names: &[&str], splitting: Splitting, seed: u64, seeds: usize) -> Result<Self> {
        let is_asked = |entry: &&Entry| {
            (names.contains(&"all") && peers::trains_here(entry)) || names.contains(&entry.name)
        };
        for name in names.iter().filter(|name| **name != "all") {
            peers::find(name)?;
        }
        if names.is_empty() {
            return Err(Error::setting("models", "name one or more, or all"));
        }
        match splitting {
            Splitting::Folds(2..=MOST_FOLDS) | Splitting::Given => {}
            Splitting::Folds(folds) => {
                let what = format!("{folds} can't be compared over; use 2 to {MOST_FOLDS}");
                return Err(Error::setting("folds", what));
            }
        }
        if !(1..=MOST_SEEDS).contains(&seeds) {
            return Err(Error::setting("seeds", format!("use 1 to {MOST_SEEDS}, not {seeds}")));
        }
        let always = |entry: &&Entry| [baselines::MEAN.name, baselines::BIAS.name].contains(&entry.name);
        let models = peers::MODELS.iter().copied().filter(|entry| is_asked(entry) || always(entry)).collect();
        let seeds = (0..seeds as u64).map(|n| seed.wrapping_add(n)).collect();
        Ok(Self { models, splitting, seeds, has_cold_users: false, has_placebos: false })
    }

    /// The same with trainings on which people are made cold; not where the test rows are given, of which some are of
    /// people without ratings anyway.
    pub fn with_cold_users(self, has_cold_users: bool) -> Self {
        Self { has_cold_users: has_cold_users && self.splitting != Splitting::Given, ..self }
    }

    /// The same with each model in which something crosses also trained without links and with shuffled ones.
    pub fn with_placebos(self, has_placebos: bool) -> Self {
        Self { has_placebos, ..self }
    }

    /// The models, in the order of the list of all.
    pub fn models(&self) -> &[&'static Entry] {
        &self.models
    }

    /// All jobs, in their order.
    pub fn jobs(&self) -> Vec<Job> {
        let folds = match self.splitting {
            Splitting::Folds(folds) => folds,
            Splitting::Given => 1,
        };
        let users = if self.has_cold_users { &[Users::All, Users::Cold][..] } else { &[Users::All] };
        let mut jobs = Vec::new();
        for &seed in &self.seeds {
            for fold in 0..folds {
                for &users in users {
                    for entry in &self.models {
                        let has_placebos = self.has_placebos && entry.capabilities.crosses;
                        let forms = [Form::Linked, Form::Alone, Form::Shuffled];
                        for form in &forms[..if has_placebos { 3 } else { 1 }] {
                            jobs.push(Job { seed, fold, users, model: entry.name.into(), form: *form });
                        }
                    }
                }
            }
        }
        jobs.sort_unstable();
        jobs
    }
}

/// One of several parts of a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    of: usize,
}

impl Shard {
    /// A shard from a text such as `2/5`, the second of five.
    ///
    /// # Errors
    /// When the text is not that.
    pub fn parse(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(Error::setting(
                "shard",
                format!("{text:?} is no part of a whole; write it as 1/4 to 4/4"),
            )),
        }
    }

    /// Its part of the jobs: every job is in one of the shards, and each has jobs of all sorts, long ones and short ones.
    pub fn part(self, jobs: &[Job]) -> Vec<Job> {
        let mut order: Vec<usize> = (0..jobs.len()).collect();
        Generator::new(0, "shards").shuffle(&mut order);
        let mut own: Vec<usize> = order.into_iter().skip(self.number - 1).step_by(self.of).collect();
        own.sort_unstable();
        own.into_iter().map(|n| jobs[n].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn jobs(names: &[&str], splitting: Splitting) -> Vec<Job> {
        let plan = Plan::new(names, splitting, 3, 2).unwrap();
        plan.with_cold_users(true).with_placebos(true).jobs()
    }

    #[test]
    fn the_baselines_always_take_part_and_placebos_only_where_something_crosses() {
        let all = jobs(&["linked-bias"], Splitting::Folds(5));
        // Mean and bias once each, the linked bias in three forms; 5 folds, 2 seeds, people cold and not.
        assert_eq!(all.len(), 5 * 2 * 2 * (2 + 3));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        let models: BTreeSet<&str> = all.iter().map(|job| &*job.model).collect();
        assert_eq!(models, ["bias", "linked-bias", "mean"].into());
        assert!(all.iter().all(|job| job.form == Form::Linked || job.model == "linked-bias"));
        assert_eq!(all.iter().map(|job| job.seed).collect::<BTreeSet<_>>(), [3, 4].into());
        // One split, nobody made cold.
        assert_eq!(jobs(&["linked-bias"], Splitting::Given).len(), 2 * (2 + 3));
        let every = Plan::new(&["all"], Splitting::Folds(2), 1, 1).unwrap();
        let all = peers::MODELS.iter().filter(|entry| peers::trains_here(entry));
        assert_eq!(every.models().len(), all.count());
    }

    #[test]
    fn what_can_not_be_compared_is_refused() {
        let refused = |names: &[&str], splitting, seeds| {
            Plan::new(names, splitting, 1, seeds).map(|_| ()).unwrap_err().to_string()
        };
        assert!(refused(&["oracle"], Splitting::Folds(5), 1).contains("oracle"));
        for folds in [0, 1, 101, usize::MAX] {
            assert!(refused(&["all"], Splitting::Folds(folds), 1).contains("2 to 100"));
        }
        for seeds in [0, usize::MAX] {
            assert!(refused(&["all"], Splitting::Folds(5), seeds).contains("seeds"));
        }
        assert!(refused(&[], Splitting::Folds(5), 1).contains("models"));
        for text in ["0/3", "4/3", "1", "a/b", "-1/2", "1/0"] {
            assert!(Shard::parse(text).unwrap_err().to_string().contains("1/4"), "{text}");
        }
    }

    #[test]
    fn shards_part_the_jobs_and_the_heavy_ones_are_spread() {
        let all = jobs(&["all"], Splitting::Folds(5));
        let parts: Vec<Vec<Job>> =
            (1..=4).map(|n| Shard::parse(&format!("{n}/4")).unwrap().part(&all)).collect();
        let mut together: Vec<Job> = parts.concat();
        together.sort();
        assert_eq!(together, all);
        assert_eq!(parts[1], Shard::parse("2/4").unwrap().part(&all), "the same part each time");
        let heavy = |jobs: &[Job]| jobs.iter().filter(|job| job.model == "dml").count();
        for part in &parts {
            assert!(part.len().abs_diff(all.len() / 4) <= 1);
            assert!(heavy(part) > 0 && heavy(part) < heavy(&all));
        }
        assert_eq!(Shard::parse("1/1").unwrap().part(&all), all);
    }
}
