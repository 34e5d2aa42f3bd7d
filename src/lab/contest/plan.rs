//! Which jobs a contest consists of, and which of them one of several machines does.

use super::{Form, Job, Point, Splitting, Users};
use crate::baselines;
use crate::error::{Error, Result};
use crate::peers;
use crate::recommender::Entry;
use crate::rng::Generator;

/// Most folds: beyond it a slip is likelier than a plan.
const MOST_FOLDS: usize = 100;
/// Most seeds.
const MOST_SEEDS: usize = 1000;

/// A point of an experiment and what is done at it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The point.
    pub point: Point,
    /// Who is tested.
    pub users: Vec<Users>,
    /// What the models in which something crosses are given of the links; the others always have all.
    pub forms: Vec<Form>,
}

impl Stop {
    /// A point at which everybody is tested and all models have their links.
    pub fn new(point: Point) -> Self {
        Self { point, users: vec![Users::All], forms: vec![Form::Linked] }
    }
}

/// What is to be compared.
#[derive(Clone)]
pub struct Plan {
    /// The models; the global mean and the bias model are always among them.
    models: Vec<&'static Entry>,
    splitting: Splitting,
    seeds: Vec<u64>,
    stops: Vec<Stop>,
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
        Ok(Self { models, splitting, seeds, stops: vec![Stop::new(Point::default())] })
    }

    /// The same at other points than the one at which nothing is changed.
    pub fn with_stops(self, stops: Vec<Stop>) -> Self {
        Self { stops, ..self }
    }

    /// The same with trainings on which people are made cold; not where the test rows are given, of which some are of
    /// people without ratings anyway.
    pub fn with_cold_users(mut self, has_cold_users: bool) -> Self {
        let users = if has_cold_users { vec![Users::All, Users::Cold] } else { vec![Users::All] };
        self.stops.iter_mut().for_each(|stop| stop.users.clone_from(&users));
        self
    }

    /// The same with each model in which something crosses also trained without links and with shuffled ones.
    pub fn with_placebos(mut self, has_placebos: bool) -> Self {
        let forms = if has_placebos { Form::EACH.to_vec() } else { vec![Form::Linked] };
        self.stops.iter_mut().for_each(|stop| stop.forms.clone_from(&forms));
        self
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
        let mut jobs = Vec::new();
        for &seed in &self.seeds {
            for fold in 0..folds {
                for stop in &self.stops {
                    jobs.extend(self.at(seed, fold, stop));
                }
            }
        }
        jobs.sort_unstable();
        jobs
    }

    fn at(&self, seed: u64, fold: usize, stop: &Stop) -> Vec<Job> {
        let mut jobs = Vec::new();
        for &users in &stop.users {
            // Of given test rows some are of people without training rows anyway.
            if users == Users::Cold && self.splitting == Splitting::Given {
                continue;
            }
            for entry in &self.models {
                let forms = if entry.capabilities.crosses { &stop.forms[..] } else { &[Form::Linked] };
                jobs.extend(forms.iter().map(|&form| Job {
                    seed,
                    fold,
                    point: stop.point.clone(),
                    users,
                    model: entry.name.into(),
                    form,
                }));
            }
        }
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
