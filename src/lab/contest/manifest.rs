//! The jobs of a contest as text: JSON, one line a job, each whole in itself.

use serde::{Deserialize, Serialize};

use super::{Job, Point, Terms};
use crate::error::{Error, Result};

/// The terms of a contest and its jobs, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// What all jobs have in common.
    pub terms: Terms,
    /// The jobs.
    pub jobs: Vec<Job>,
}

/// A line.
#[derive(Serialize, Deserialize)]
struct Line {
    job: Job,
    terms: Terms,
}

impl Manifest {
    /// The manifest as text.
    ///
    /// # Errors
    /// Never in practice: names are texts and settings plain values.
    pub fn write(&self) -> Result<String> {
        let mut text = String::new();
        for job in &self.jobs {
            let line = Line { job: job.clone(), terms: self.terms.clone() };
            text += &serde_json::to_string(&line).map_err(|e| Error::setting("manifest", e.to_string()))?;
            text.push('\n');
        }
        Ok(text)
    }

    /// Reads a manifest; `file` is what it is called in a refusal.
    ///
    /// # Errors
    /// When a line is none of a manifest's, there is none, or two lines have different terms.
    pub fn read(file: &str, text: &str) -> Result<Self> {
        let mut all: Option<Self> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let refused = |what: String| {
                Error::line(
                    file,
                    number,
                    what,
                    "Give a folder that `dual-metric lab` has written, or an empty one",
                )
            };
            let Line { job, terms } = serde_json::from_str(line)
                .map_err(|error| refused(format!("this is no job of a contest ({error})")))?;
            if !job.point.has_safe_name() {
                return Err(refused(format!("{:?} is no name of a point", job.point.name)));
            }
            if !Job::is_name(&job.model) {
                return Err(refused(format!("{:?} is no name of a model", job.model)));
            }
            match &mut all {
                None => all = Some(Self { terms, jobs: vec![job] }),
                Some(all) => {
                    if let Some(difference) = all.terms.difference(&terms) {
                        return Err(refused(difference));
                    }
                    all.jobs.push(job);
                }
            }
        }
        let mut all = all.ok_or_else(|| {
            Error::file(file, "there is no job in it", "Give a folder that `dual-metric lab` has written")
        })?;
        all.jobs.sort_unstable();
        all.jobs.dedup();
        Ok(all)
    }

    /// The jobs of one point.
    pub fn at(&self, point: &Point) -> Self {
        let jobs = self.jobs.iter().filter(|job| job.point == *point).cloned().collect();
        Self { terms: self.terms.clone(), jobs }
    }

    /// The points of all jobs, in their order.
    pub fn points(&self) -> Vec<&Point> {
        let all: std::collections::BTreeSet<&Point> = self.jobs.iter().map(|job| &job.point).collect();
        all.into_iter().collect()
    }

    /// This manifest with the jobs of another.
    ///
    /// # Errors
    /// When its terms are others; `place` is where it comes from, in words.
    pub fn with(mut self, other: &Self, place: &str) -> Result<Self> {
        if let Some(difference) = self.terms.difference(&other.terms) {
            return Err(Error::data(
                format!("{place} holds results that can't stand in one table with these; {difference}"),
                "Give another folder, or the same data and settings",
            ));
        }
        self.jobs.extend(other.jobs.iter().cloned());
        self.jobs.sort_unstable();
        self.jobs.dedup();
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::terms::tests::terms;
    use super::super::{Plan, Splitting};
    use super::*;

    fn manifest(names: &[&str]) -> Manifest {
        Manifest { terms: terms(), jobs: Plan::new(names, Splitting::Folds(2), 1, 1).unwrap().jobs() }
    }

    #[test]
    fn a_manifest_is_a_job_a_line_and_reads_back() {
        let own = manifest(&["linked-bias"]);
        let text = own.write().unwrap();
        assert_eq!(text.lines().count(), 6);
        assert!(
            text.lines().all(|line| line.contains("\"epochs\":100") && line.contains("0123456789abcdef"))
        );
        assert_eq!(Manifest::read("m", &text).unwrap(), own);
    }

    #[test]
    fn jobs_are_put_together_and_other_terms_are_refused() {
        let (own, more) = (manifest(&["mean"]), manifest(&["linked-bias"]));
        let both = own.clone().with(&more, "there").unwrap();
        assert_eq!(both.jobs, more.jobs, "the baselines take part in both");
        let other = Manifest { terms: Terms { tune: 2, ..terms() }, ..more };
        let message = own.with(&other, "shard-2").unwrap_err().to_string();
        assert!(
            message.contains("shard-2") && message.contains("tuning budget: 1 here, 2 there"),
            "{message}"
        );
    }

    #[test]
    fn what_is_no_manifest_is_refused_with_its_line() {
        let text = manifest(&["mean"]).write().unwrap();
        let refused = |text: &str| Manifest::read("m.jsonl", text).unwrap_err().to_string();
        assert!(refused("").contains("no job in it"));
        assert!(refused(&format!("{text}{{}}\n")).contains("m.jsonl, line 5"));
        assert!(refused(&text.replace("\"mean\"", "\"../x\"")).contains("no name of a model"));
        let mixed = text.replacen("\"tune\":1", "\"tune\":4", 1);
        assert!(refused(&mixed).contains("line 2"), "{}", refused(&mixed));
    }
}
