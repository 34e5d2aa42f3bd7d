//! One training and its test: the smallest piece of a contest that can be done on a machine of its own.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Point, Search};
use crate::rng::Generator;

/// Who loses ratings before the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Users {
    /// Nobody: everybody is tested on their rows of the fold.
    All,
    /// Some linked people lose all ratings of a domain, on which they are then tested.
    Cold,
}

/// What a model is given of the links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The true ones.
    Linked,
    /// Nothing: the same model on each domain alone.
    Alone,
    /// As many links, of which none joins a person with themselves.
    Shuffled,
}

/// A job. Its order is that of the manifest: by seed, fold, point, people, model, form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Seed of the folds, and with the fold of everything else in the job.
    pub seed: u64,
    /// Which fold is tested, from 0.
    pub fold: usize,
    /// What it changes of the contest.
    #[serde(default, skip_serializing_if = "Point::is_plain")]
    pub point: Point,
    /// Who is tested.
    pub users: Users,
    /// Name of the model in the list.
    pub model: String,
    /// What it is given of the links.
    pub form: Form,
}

impl Form {
    /// All of them, in their order.
    pub const EACH: [Self; 3] = [Self::Linked, Self::Alone, Self::Shuffled];
}

impl Job {
    /// The seed of weights, validation rows, roles and shuffles: another for each fold, and the same for all models. Where
    /// one fold is trained on several times, each training has another.
    pub fn training_seed(&self) -> u64 {
        let purpose = match self.point.search.map_or(1, Search::training) {
            1 => format!("fold {}", self.fold),
            training => format!("fold {} training {training}", self.fold),
        };
        u64::from(Generator::new(self.seed, &purpose).bits())
    }

    /// The job as the plan has it, without the settings that a search has chosen for it.
    pub fn planned(&self) -> Self {
        let mut own = self.clone();
        if own.point.search.is_some() {
            own.point.settings.clear();
        }
        own
    }

    /// Whether the text can be the name of a model: small letters, digits and hyphens, so that a file can be called by it.
    pub fn is_name(text: &str) -> bool {
        let is_usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !text.is_empty() && text.len() <= 60 && text.chars().all(is_usual)
    }
}

impl fmt::Display for Users {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::Cold => "cold",
        })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Linked => "linked",
            Self::Alone => "alone",
            Self::Shuffled => "shuffled",
        })
    }
}

/// A name that no other job of the contest has, and that a file may have; folds count from 1.
impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { seed, fold, point, users, model, form } = self;
        if !point.name.is_empty() {
            write!(f, "{}.", point.name)?;
        }
        write!(f, "{model}.{form}.{users}.seed{seed}.fold{}", fold + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_called_by_all_that_it_is() {
        let job = Job {
            seed: 7,
            fold: 2,
            point: Point::default(),
            users: Users::Cold,
            model: "linked-bias".into(),
            form: Form::Shuffled,
        };
        assert_eq!(job.to_string(), "linked-bias.shuffled.cold.seed7.fold3");
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(text, r#"{"seed":7,"fold":2,"users":"cold","model":"linked-bias","form":"shuffled"}"#);
        // A contest of models is written as it always was.
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
        let job = Job { point: Point::at("kept-8", 8), ..job };
        assert_eq!(job.to_string(), "kept-8.linked-bias.shuffled.cold.seed7.fold3");
        let text = serde_json::to_string(&job).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }

    #[test]
    fn every_fold_has_its_chance_and_all_models_have_the_same() {
        let job = |seed, fold, model: &str| Job {
            seed,
            fold,
            point: Point::default(),
            users: Users::All,
            model: model.into(),
            form: Form::Linked,
        };
        assert_eq!(job(1, 0, "mean").training_seed(), job(1, 0, "dml").training_seed());
        assert_ne!(job(1, 0, "mean").training_seed(), job(1, 1, "mean").training_seed());
        assert_ne!(job(1, 0, "mean").training_seed(), job(2, 0, "mean").training_seed());
    }

    #[test]
    fn a_name_is_safe_to_call_a_file_by() {
        assert!(Job::is_name("ncf-joint") && Job::is_name("dml2"));
        for text in ["", "..", "a/b", "a b", "A", "ä", "a\n"] {
            assert!(!Job::is_name(text), "{text:?}");
        }
    }
}
