//! The board: a plan and the results that are there, and what they show.

use std::collections::BTreeMap;

use super::super::views::SavedFile;
use super::{ColumnView, FigureFile, FigureView, OnBoard, ReadyJob, Refused, ResultText, Showing};
use crate::error::{Error, Result};
use crate::export::{figure_csv, figure_latex};
use crate::figure::{Cell, Figure, Look, Table, shown};
use crate::lab::contest::{Job, JobResult, Manifest};
use crate::lab::experiments::{self, Shown};

/// A plan and its results so far.
pub(in crate::web) struct Board {
    manifest: Manifest,
    jobs: BTreeMap<String, Job>,
    /// In the order of their jobs, whichever came first: the same results show the same, to the last digit.
    results: Vec<JobResult>,
    /// The jobs in the order in which their results came, with their seconds.
    came: Vec<(Job, f64)>,
    /// What they show; `None` after others have come.
    shown: Option<Shown>,
}

impl Board {
    /// A board without results.
    ///
    /// # Errors
    /// When the text is no plan.
    pub(in crate::web) fn new(manifest: &str) -> Result<Self> {
        let manifest = Manifest::read("manifest.jsonl", manifest)?;
        let jobs = manifest.jobs.iter().map(|job| (job.to_string(), job.clone())).collect();
        Ok(Self { manifest, jobs, results: Vec::new(), came: Vec::new(), shown: None })
    }

    /// Puts results on it; one that comes again counts once.
    ///
    /// # Errors
    /// When the experiment is not known.
    pub(in crate::web) fn add(&mut self, results: &[ResultText]) -> Result<OnBoard> {
        let mut refused = Vec::new();
        for ResultText { name, text } in results {
            let Some(job) = self.jobs.get(name) else { continue };
            match JobResult::read(name, text, job, &self.manifest.terms) {
                Err(error) => refused.push(Refused { name: name.clone(), why: error.to_string() }),
                Ok(result) => {
                    if let Err(place) = self.results.binary_search_by(|other| other.job.cmp(&result.job)) {
                        self.came.push((result.job.clone(), result.training.seconds));
                        self.results.insert(place, result);
                        self.shown = None;
                    }
                }
            }
        }
        let (experiment, jobs) = (&self.manifest.terms.experiment, &self.manifest.jobs);
        Ok(OnBoard {
            done: self.results.iter().map(|result| result.job.to_string()).collect(),
            refused,
            seconds_left: experiments::seconds_left(
                experiment,
                jobs,
                self.came.iter().map(|(job, seconds)| (job, *seconds)),
            )?,
            ready: self.ready()?,
        })
    }

    /// The jobs that can be done now; none where every one can at any time.
    fn ready(&self) -> Result<Option<Vec<ReadyJob>>> {
        if !experiments::grows(&self.manifest.terms.experiment) {
            return Ok(None);
        }
        let ready = experiments::ready(&self.manifest, &self.results)?;
        let ready = experiments::in_order(&self.manifest.terms.experiment, &ready)?;
        Ok(Some(ready.into_iter().map(|job| ReadyJob { name: job.to_string(), job }).collect()))
    }

    /// What is to be seen, with figures so many pixels wide.
    ///
    /// # Errors
    /// When results that should be of the same test rows are not.
    pub(in crate::web) fn view(&mut self, width: f64) -> Result<Showing> {
        let shown = self.shown()?;
        let look = Look::page(width).bare();
        Ok(Showing {
            done: shown.done,
            jobs: shown.jobs,
            finding: shown.finding.clone(),
            claim: shown.claim.clone(),
            found: shown.found.clone(),
            figures: shown.figures.iter().map(|figure| FigureView::new(figure, &look)).collect(),
        })
    }

    /// A file to take away.
    ///
    /// # Errors
    /// When there is no such figure, or its table cannot be written.
    pub(in crate::web) fn file(&mut self, kind: FigureFile, figure: usize) -> Result<SavedFile> {
        let shown = self.shown()?;
        if let FigureFile::Json = kind {
            let text = serde_json::to_string_pretty(shown).map_err(unwritten)? + "\n";
            return Ok(SavedFile::of_text(&format!("{}.json", shown.experiment), "application/json", text));
        }
        let Some(figure) = shown.figures.get(figure) else {
            return Err(Error::setting("figure", "the results show no such figure; wait for more of them"));
        };
        let (ending, mime, text) = match kind {
            FigureFile::Csv => ("csv", "text/csv", figure_csv(figure)?),
            FigureFile::Latex => ("tex", "application/x-tex", figure_latex(figure)),
            FigureFile::Svg | FigureFile::Json => ("svg", "image/svg+xml", figure.svg(&Look::wide())),
        };
        Ok(SavedFile::of_text(&format!("{}.{ending}", figure.name), mime, text))
    }

    fn shown(&mut self) -> Result<&Shown> {
        let shown = match self.shown.take() {
            Some(shown) => shown,
            None => experiments::shown(&self.manifest, &self.results)?,
        };
        Ok(self.shown.insert(shown))
    }
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::setting("figures", error.to_string())
}

impl FigureView {
    fn new(figure: &Figure, look: &Look) -> Self {
        let table = figure.table();
        let is_number = |n: usize| !table.rows.iter().any(|row| matches!(row.get(n), Some(Cell::Text(_))));
        let columns = table.columns.iter().enumerate();
        Self {
            name: figure.name.clone(),
            title: figure.title.clone(),
            svg: figure.svg(look),
            columns: columns
                .map(|(n, column)| ColumnView { name: column.name.clone(), is_number: is_number(n) })
                .collect(),
            rows: rows(&table),
        }
    }
}

/// The cells of a table as people read them.
fn rows(table: &Table) -> Vec<Vec<String>> {
    let digits = |n: usize| table.columns.get(n).and_then(|column| column.digits);
    let cell = |(n, cell): (usize, &Cell)| match cell {
        Cell::Number(value) => digits(n).map_or_else(|| shown(*value), |digits| format!("{value:.digits$}")),
        Cell::Text(text) => text.clone(),
        Cell::Nothing => "–".into(),
    };
    table.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect()
}
