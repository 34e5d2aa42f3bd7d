//! The folder of a contest: `manifest.jsonl`, a file a result, and the tables. Every file is there whole or not at all,
//! whatever happens to the process that writes it.

use std::path::{Path, PathBuf};

use dual_metric::error::{Error, Result};
use dual_metric::export::{self, contest as tables};
use dual_metric::figure::Look;
use dual_metric::lab::contest::{Findings, Job, JobResult, Manifest, Terms};
use dual_metric::lab::experiments::Shown;
use serde_json::Value;

use crate::files;

/// The folder of a contest.
pub struct Store(PathBuf);

impl Store {
    pub fn new(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// The folder as it was named.
    pub fn place(&self) -> String {
        self.0.display().to_string()
    }

    /// The manifest; `None` where there is none.
    pub fn manifest(&self) -> Result<Option<Manifest>> {
        let path = self.0.join("manifest.jsonl");
        text(&path)?.map(|text| Manifest::read(&path.display().to_string(), &text)).transpose()
    }

    pub fn write_manifest(&self, manifest: &Manifest) -> Result<()> {
        files::write(&self.0.join("manifest.jsonl"), &manifest.write()?)
    }

    fn path(&self, job: &Job) -> PathBuf {
        self.0.join("results").join(format!("{job}.json"))
    }

    /// The result of a job; `None` while it is not done.
    pub fn result(&self, job: &Job, terms: &Terms) -> Result<Option<JobResult>> {
        let path = self.path(job);
        text(&path)?.map(|text| JobResult::read(&path.display().to_string(), &text, job, terms)).transpose()
    }

    /// The results of a manifest that are there.
    pub fn results(&self, manifest: &Manifest) -> Result<Vec<JobResult>> {
        manifest.jobs.iter().filter_map(|job| self.result(job, &manifest.terms).transpose()).collect()
    }

    pub fn write_result(&self, result: &JobResult) -> Result<()> {
        files::write(&self.path(&result.job), &result.write()?)
    }

    /// Takes a result over as it stands in another folder, letter by letter: a number that is read and written again can
    /// change in its last digit.
    pub fn take_over(&self, other: &Self, job: &Job) -> Result<()> {
        match text(&other.path(job))? {
            Some(text) => files::write(&self.path(job), &text),
            None => Ok(()),
        }
    }

    /// Writes all tables, and gives the figures as one JSON object.
    pub fn write_tables(&self, findings: &Findings) -> Result<Value> {
        let json = export::exact(findings)?;
        let markdown = tables::markdown(findings)? + &tables::costs_markdown(&findings.costs);
        let mut files = vec![
            ("result.json", format!("{json:#}\n")),
            ("figures.csv", tables::figures_csv(findings)?),
            ("comparisons.csv", tables::comparisons_csv(findings)?),
            ("costs.csv", tables::costs_csv(findings)?),
            ("tables.md", markdown),
            ("tables.tex", tables::latex(findings)?),
        ];
        if !findings.gains.is_empty() {
            files.push(("gains.csv", tables::gains_csv(findings)?));
        }
        for (name, text) in files {
            files::write(&self.0.join(name), &text)?;
        }
        Ok(json)
    }
}

impl Store {
    /// Writes what an experiment shows: `experiment.json`, `experiment.md`, each figure with the table behind it, and the
    /// settings that were found.
    pub fn write_shown(&self, shown: &Shown) -> Result<Value> {
        let json = export::exact(shown)?;
        files::write(&self.0.join("experiment.json"), format!("{json:#}\n"))?;
        files::write(&self.0.join("experiment.md"), tables::experiment_markdown(shown))?;
        for figure in &shown.figures {
            files::write(&self.0.join(format!("{}.csv", figure.name)), &export::figure_csv(figure)?)?;
            files::write(&self.0.join(format!("{}.svg", figure.name)), figure.svg(&Look::wide()))?;
        }
        for found in &shown.found {
            let settings = export::exact(&found.settings)?;
            files::write(&self.0.join(found.file()), format!("{settings:#}\n"))?;
        }
        Ok(json)
    }
}

/// The text of a file; `None` where there is none.
fn text(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(
            &path.display().to_string(),
            error.to_string(),
            "Check the path and that you may read it",
        )),
    }
}
