//! The files of the page's two domains, and what the page is told about them.

use serde::Serialize;

use super::arguments::{FileKind, Slot};
use crate::data::{
    Domain, FeatureReport, Features, Preview, ReadOptions, ReadReport, Reject, Sample, Scale, World, files,
    overlap_report, read_features, read_ratings, sample,
};
use crate::error::{Error, Result};

/// A feature table that was read.
struct FeatureFile {
    name: String,
    bytes: Vec<u8>,
    features: Features,
    report: FeatureReport,
}

/// One domain's files.
struct DomainFiles {
    name: String,
    bytes: Vec<u8>,
    domain: Domain,
    report: ReadReport,
    users: Option<FeatureFile>,
    items: Option<FeatureFile>,
}

/// Both domains' files.
#[derive(Default)]
pub(super) struct Slots {
    domains: [Option<DomainFiles>; 2],
    /// The sample's best possible errors; `None` for a person's own files.
    floors: Option<[f64; 2]>,
}

/// `DataState` of `www/protocol.js`.
#[derive(Serialize)]
pub(super) struct DataState {
    a: Option<DomainState>,
    b: Option<DomainState>,
    overlap_users: usize,
    mean_correlation: Option<f32>,
    warning: Option<String>,
    generated: bool,
    ready: bool,
}

/// `DomainState` of `www/protocol.js`.
#[derive(Serialize)]
struct DomainState {
    name: String,
    users: usize,
    items: usize,
    ratings: usize,
    density: f64,
    scale: Scale,
    preview: Preview,
    duplicates: usize,
    rejected_rows: usize,
    rejects: Vec<Reject>,
    user_features: Option<FeatureReport>,
    item_features: Option<FeatureReport>,
}

impl Slots {
    /// Replaces everything by the generated sample, read as files like any other.
    pub(super) fn load_sample(&mut self, seed: u64) -> Result<()> {
        let generated: Sample = sample(seed);
        let mut slots = Self { floors: Some(generated.floor_rmse), ..Self::default() };
        for (i, (name, text)) in files(&generated).into_iter().enumerate() {
            // Ratings, items and users of the first domain, then of the second.
            let kind = [FileKind::Ratings, FileKind::Items, FileKind::Users][i % 3];
            slots.read(Slot::of(i / 3), kind, name, text.into_bytes(), &ReadOptions::default())?;
        }
        *self = slots;
        Ok(())
    }

    /// Reads a file into its place. The sample makes way for a person's own file.
    pub(super) fn load(
        &mut self,
        slot: Slot,
        kind: FileKind,
        name: String,
        bytes: Vec<u8>,
        options: &ReadOptions,
    ) -> Result<()> {
        if self.floors.is_some() && kind == FileKind::Ratings {
            let mut fresh = Self::default();
            fresh.read(slot, kind, name, bytes, options)?;
            *self = fresh;
            return Ok(());
        }
        self.read(slot, kind, name, bytes, options)
    }

    fn read(
        &mut self,
        slot: Slot,
        kind: FileKind,
        name: String,
        bytes: Vec<u8>,
        options: &ReadOptions,
    ) -> Result<()> {
        let place = &mut self.domains[slot.index()];
        match (kind, place.as_mut()) {
            (FileKind::Ratings, _) => {
                let read = read_ratings(&name, &bytes, options)?;
                *place = Some(DomainFiles {
                    name,
                    bytes,
                    domain: read.domain,
                    report: read.report,
                    users: None,
                    items: None,
                });
            }
            (_, None) => {
                return Err(Error::file(
                    &name,
                    "there are no ratings yet that it could describe",
                    "Load the ratings first",
                ));
            }
            (FileKind::Users, Some(files)) => {
                let read = read_features(&name, &bytes, &files.domain.users)?;
                files.users = Some(FeatureFile { name, bytes, features: read.features, report: read.report });
            }
            (FileKind::Items, Some(files)) => {
                let read = read_features(&name, &bytes, &files.domain.items)?;
                files.items = Some(FeatureFile { name, bytes, features: read.features, report: read.report });
            }
        }
        Ok(())
    }

    /// Reads the kept rating file again with other options, and the feature tables with it.
    pub(super) fn reread(&mut self, slot: Slot, options: &ReadOptions) -> Result<()> {
        let Some(files) = &mut self.domains[slot.index()] else { return Ok(()) };
        let read = read_ratings(&files.name, &files.bytes, options)?;
        files.domain = read.domain;
        files.report = read.report;
        for (place, ids) in [(&mut files.users, &files.domain.users), (&mut files.items, &files.domain.items)]
        {
            if let Some(file) = place {
                // A table that no longer fits (its ids are now another column) is dropped, not an obstacle.
                match read_features(&file.name, &file.bytes, ids) {
                    Ok(read) => (file.features, file.report) = (read.features, read.report),
                    Err(_) => *place = None,
                }
            }
        }
        Ok(())
    }

    /// Takes a file out; a domain's ratings take its tables along.
    pub(super) fn remove(&mut self, slot: Slot, kind: FileKind) {
        let place = &mut self.domains[slot.index()];
        match (kind, place.as_mut()) {
            (FileKind::Ratings, _) => {
                *place = None;
                self.floors = None;
            }
            (FileKind::Users, Some(files)) => files.users = None,
            (FileKind::Items, Some(files)) => files.items = None,
            (_, None) => {}
        }
    }

    /// The world of both files.
    ///
    /// # Errors
    /// When a file is missing.
    pub(super) fn world(&self) -> Result<World> {
        let [Some(a), Some(b)] = &self.domains else {
            return Err(Error::data(
                "two rating files are needed",
                "Load one file for each domain, or try the sample",
            ));
        };
        Ok(World::new(vec![a.complete(), b.complete()]))
    }

    /// The sample's best possible errors by domain; empty for a person's own files.
    pub(super) fn floors(&self) -> Vec<f64> {
        self.floors.map_or(Vec::new(), |floors| floors.to_vec())
    }

    /// What the page shows.
    pub(super) fn state(&self) -> DataState {
        let overlap = match &self.domains {
            [Some(a), Some(b)] => Some(overlap_report(&a.domain, &b.domain)),
            _ => None,
        };
        let [a, b] = self.domains.each_ref().map(|files| files.as_ref().map(DomainFiles::state));
        DataState {
            a,
            b,
            overlap_users: overlap.as_ref().map_or(0, |o| o.overlap_users),
            mean_correlation: overlap.as_ref().and_then(|o| o.mean_correlation),
            ready: overlap.is_some(),
            warning: overlap.and_then(|o| o.warning),
            generated: self.floors.is_some(),
        }
    }
}

impl DomainFiles {
    fn complete(&self) -> Domain {
        let mut domain = self.domain.clone();
        domain.user_features = self.users.as_ref().map(|file| file.features.clone());
        domain.item_features = self.items.as_ref().map(|file| file.features.clone());
        domain
    }

    fn state(&self) -> DomainState {
        let Domain { users, items, ratings, .. } = &self.domain;
        DomainState {
            name: self.domain.name.clone(),
            users: users.len(),
            items: items.len(),
            ratings: ratings.len(),
            density: ratings.len() as f64 / (users.len() as f64 * items.len() as f64).max(1.0),
            scale: self.domain.scale,
            preview: self.report.preview.clone(),
            duplicates: self.report.duplicates,
            rejected_rows: self.report.rejected_rows,
            rejects: self.report.rejects.clone(),
            user_features: self.users.as_ref().map(|file| file.report.clone()),
            item_features: self.items.as_ref().map(|file| file.report.clone()),
        }
    }
}
