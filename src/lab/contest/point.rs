//! What a job changes of its contest: a point on the axis of an experiment. All jobs of a point train on the same rows and are
//! tested on the same rows; a contest of models has one point, at which nothing is changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Job;
use crate::error::{Error, Result};
use crate::settings::{Config, ValidConfig};

/// How many people in both are linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// As many as the settings say.
    #[default]
    All,
    /// At most so many; the others stay as those of two people.
    Kept(usize),
    /// At most so many; the others' ratings are left out of training and test (paper 6.2).
    Discarded(usize),
}

/// What is trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Material {
    /// The files.
    #[default]
    Files,
    /// The files without their tables of people and items.
    WithoutFeatures,
    /// So many ratings of the files, drawn at random, of each domain its part.
    Sample(usize),
    /// About so many generated ratings in as many domains.
    Generated(usize),
    /// No ratings: pairs of vectors with a planted orthogonal map between them.
    Planted {
        /// Dimensions.
        k: usize,
        /// Standard deviation of the noise of each number, in thousandths of that of the vectors' numbers.
        noise: usize,
    },
}

impl Material {
    /// Whether it is all ratings of the files.
    pub(super) fn is_of_all_files(self) -> bool {
        matches!(self, Self::Files | Self::WithoutFeatures)
    }
}

/// A step of a search for settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SearchStep"))]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// The try of this number, from 1: measured on rows that are neither trained on nor tested. Which settings are tried
    /// follows from the tries before it; whoever gives the job out writes them into its point.
    Try(usize),
    /// The settings as they are, on the test rows.
    Default {
        /// Number of the training, from 1, each with a seed of its own.
        training: usize,
    },
    /// The best of the tries, on the test rows.
    Best {
        /// Out of so many tries.
        of: usize,
        /// Number of the training, from 1, each with a seed of its own.
        training: usize,
    },
}

impl Search {
    /// Number of the training, from 1; tries are one each.
    pub(super) fn training(self) -> usize {
        match self {
            Self::Try(_) => 1,
            Self::Default { training } | Self::Best { training, .. } => training,
        }
    }
}

/// What is different in a job from the contest itself. Its order is by place on the axis.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Point {
    /// Place on the axis: people, ratings, dimensions, or the number of a category.
    pub x: usize,
    /// Which of several curves of one model it belongs to, in words; empty where there is one.
    pub arm: String,
    /// A name that no other point of the experiment has and that a file may have; empty where nothing is changed.
    pub name: String,
    /// Changed settings by name, as `--set` has them.
    pub settings: BTreeMap<String, String>,
    /// How many people in both are linked.
    pub links: Links,
    /// What is trained on.
    pub material: Material,
    /// Ratings that a newcomer has in the domain that is tested; `None` for no newcomers of this kind.
    pub history: Option<usize>,
    /// Whether losses are kept by epoch.
    pub is_traced: bool,
    /// Which step of a search for settings it is; `None` outside of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
}

impl Point {
    /// A point of a name at a place on the axis, at which nothing is changed yet.
    pub fn at(name: impl Into<String>, x: usize) -> Self {
        Self { name: name.into(), x, ..Self::default() }
    }

    /// The same with one setting changed.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.insert(name.into(), value.to_string());
        self
    }

    /// Whether nothing is changed.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether its name can be part of that of a file.
    pub(super) fn has_safe_name(&self) -> bool {
        self.name.is_empty() || Job::is_name(&self.name)
    }

    /// Settings with the changes.
    ///
    /// # Errors
    /// When a setting is not known or its value does not fit.
    pub(super) fn applied(&self, config: &ValidConfig) -> Result<ValidConfig> {
        let mut own = Config::clone(config);
        for (name, value) in &self.settings {
            own.set(name, value).map_err(|error| Error::setting(&self.name, error.to_string()))?;
        }
        own.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_written_with_what_it_changes_and_reads_back() {
        let point = Point { links: Links::Discarded(8), ..Point::at("discarded-8", 8) }.set("dimension", 4);
        let text = serde_json::to_string(&point).unwrap();
        assert!(text.contains(r#""links":{"discarded":8}"#) && text.contains(r#""dimension":"4""#), "{text}");
        assert_eq!(serde_json::from_str::<Point>(&text).unwrap(), point);
        assert_eq!(serde_json::from_str::<Point>("{}").unwrap(), Point::default());
        let config = Config::robust().check().unwrap();
        assert_eq!(point.applied(&config).unwrap().dimension, 4);
        let message = Point::at("odd", 1).set("dimensions", 4).applied(&config).unwrap_err().to_string();
        assert!(message.contains("dimension"), "{message}");
    }
}
