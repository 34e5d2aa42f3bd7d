//! What the page is told about its files.

use std::collections::HashMap;

use serde::Serialize;

use super::super::arguments::Slot;
use super::super::warnings::{DataWarning, FileRead, warnings};
use super::{DomainFiles, Slots, Unread};
use crate::data::{Domain, FeatureReport, Preview, ReadOptions, Reject, Scale, overlap_report};

/// What is loaded.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(in crate::web) struct DataState {
    /// Those that have ratings, as they are numbered in the world.
    pub(super) domains: Vec<DomainState>,
    /// Every two of them.
    pub(super) pairs: Vec<PairState>,
    /// People in two domains or more.
    pub(super) overlap_users: usize,
    /// The costliest first.
    pub(super) warnings: Vec<DataWarning>,
    /// Whether this is the sample.
    pub(super) generated: bool,
    /// Whether training can start.
    pub(super) ready: bool,
    /// The rating file that was offered last, if it could not be read.
    pub(super) unread: Option<UnreadState>,
}

/// Two domains.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct PairState {
    /// By number.
    pub(super) domains: [usize; 2],
    /// People in both.
    pub(super) overlap_users: usize,
    /// Of their mean ratings, for people with five or more in each.
    pub(super) mean_correlation: Option<f32>,
}

/// A rating file that is kept aside until somebody says how to read it; what was loaded in its place stays.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Unread"))]
pub(super) struct UnreadState {
    /// The place that it was offered for.
    pub(super) slot: Slot,
    /// What was declared when it was last tried.
    pub(super) options: ReadOptions,
    /// How it was tried; what nobody declared and nothing told is a guess.
    pub(super) preview: Preview,
    /// Why it could not be read.
    pub(super) error: String,
}

/// A domain.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct DomainState {
    pub(super) slot: Slot,
    pub(super) name: String,
    pub(super) users: usize,
    pub(super) items: usize,
    pub(super) ratings: usize,
    /// Share of the user × item table that is rated, 0 to 1.
    pub(super) density: f64,
    pub(super) scale: Scale,
    pub(super) preview: Preview,
    /// What was recognised, in one line.
    pub(super) understood: String,
    /// What is declared.
    pub(super) options: ReadOptions,
    /// Pairs that occurred more than once; the last is kept.
    pub(super) duplicates: usize,
    pub(super) rejected_rows: usize,
    /// The first thousand.
    pub(super) rejects: Vec<Reject>,
    pub(super) user_features: Option<FeatureReport>,
    pub(super) item_features: Option<FeatureReport>,
}

impl Slots {
    /// What the page shows.
    pub(in crate::web) fn state(&mut self) -> DataState {
        self.compare();
        let files: Vec<(&Slot, &DomainFiles)> = self.domains.iter().collect();
        let mut pairs = Vec::new();
        for b in 0..files.len() {
            for a in 0..b {
                let versions = [files[a].1.version, files[b].1.version];
                pairs.extend(self.overlaps.get(&versions).map(|overlap| ([a, b], overlap)));
            }
        }
        pairs.sort_by_key(|(ends, _)| *ends);
        let reads: Vec<FileRead> = (files.iter())
            .map(|(slot, files)| FileRead { slot: **slot, report: &files.report, options: &files.options })
            .collect();
        // Two alone are trained beside each other whoever they share; of more nothing would hold them together.
        let is_linked = files.len() == 2 || pairs.iter().any(|(_, overlap)| overlap.overlap_users > 0);
        DataState {
            domains: files.iter().map(|(slot, files)| files.state(**slot)).collect(),
            overlap_users: shared_people(&files),
            warnings: warnings(&reads, &pairs),
            generated: self.synthetic.is_some(),
            ready: files.len() > 1 && is_linked && !pairs.iter().any(|(_, overlap)| overlap.is_one_file),
            unread: self.unread.as_ref().map(Unread::state),
            pairs: (pairs.iter())
                .map(|&(domains, overlap)| PairState {
                    domains,
                    overlap_users: overlap.overlap_users,
                    mean_correlation: overlap.mean_correlation,
                })
                .collect(),
        }
    }

    /// Works out what every two files have in common that were not compared yet, and forgets what is gone.
    fn compare(&mut self) {
        let files: Vec<&DomainFiles> = self.domains.values().collect();
        let mut known = std::mem::take(&mut self.overlaps);
        for (n, b) in files.iter().enumerate() {
            for a in &files[..n] {
                let versions = [a.version, b.version];
                let overlap = known.remove(&versions);
                let overlap = overlap.unwrap_or_else(|| overlap_report(&a.domain, &b.domain));
                self.overlaps.insert(versions, overlap);
            }
        }
    }
}

/// How many people are in two domains or more.
fn shared_people(files: &[(&Slot, &DomainFiles)]) -> usize {
    let mut seen: HashMap<&str, bool> = HashMap::new();
    for (_, files) in files {
        for id in files.domain.users.ids() {
            seen.entry(id).and_modify(|again| *again = true).or_insert(false);
        }
    }
    seen.into_values().filter(|again| *again).count()
}

impl Unread {
    fn state(&self) -> UnreadState {
        UnreadState {
            slot: self.slot,
            options: self.options.clone(),
            preview: self.preview.clone(),
            error: self.error.clone(),
        }
    }
}

impl DomainFiles {
    fn state(&self, slot: Slot) -> DomainState {
        let Domain { users, items, ratings, .. } = &self.domain;
        DomainState {
            slot,
            name: self.domain.name.clone(),
            users: users.len(),
            items: items.len(),
            ratings: ratings.len(),
            density: ratings.len() as f64 / (users.len() as f64 * items.len() as f64).max(1.0),
            scale: self.domain.scale,
            preview: self.report.preview.clone(),
            understood: self.report.understood.clone(),
            options: self.options.clone(),
            duplicates: self.report.duplicates,
            rejected_rows: self.report.rejected_rows,
            rejects: self.report.rejects.clone(),
            user_features: self.users.clone(),
            item_features: self.items.clone(),
        }
    }
}
