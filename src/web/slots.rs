//! The files of the page's two domains, and what the page is told about them.

use serde::Serialize;

use super::arguments::{FileKind, Slot};
use crate::data::{
    Domain, FeatureReport, Features, Preview, RatingsFile, ReadOptions, ReadReport, Reject, Sample, Scale,
    World, files, overlap_report, preview, read_features, read_ratings, sample,
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

/// A rating file that cannot be read as it was recognised or declared, kept until a person says how to read it.
struct Unread {
    slot: Slot,
    name: String,
    bytes: Vec<u8>,
    /// What was declared when it was last tried.
    options: ReadOptions,
    preview: Preview,
    /// Why it could not be read.
    error: String,
}

/// What became of a rating file that was offered.
pub(super) enum Outcome {
    /// It took its place.
    Read,
    /// It could not be read and is kept aside; what was loaded before is as it was.
    KeptAside,
}

/// Both domains' files.
#[derive(Default)]
pub(super) struct Slots {
    domains: [Option<DomainFiles>; 2],
    /// The sample's best possible errors; `None` for a person's own files.
    floors: Option<[f64; 2]>,
    /// At most one, since a file may be large: the last that was offered.
    unread: Option<Unread>,
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
    unread: Option<UnreadState>,
}

/// `Unread` of `www/protocol.js`.
#[derive(Serialize)]
struct UnreadState {
    slot: Slot,
    options: ReadOptions,
    preview: Preview,
    error: String,
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
        let mut slots = Self::default();
        for (i, (name, text)) in files(&generated).into_iter().enumerate() {
            // Ratings, items and users of the first domain, then of the second.
            let (slot, bytes) = (Slot::of(i / 3), text.into_bytes());
            match i % 3 {
                0 => {
                    let read = read_ratings(&name, &bytes, &ReadOptions::default())?;
                    slots.place(slot, name, bytes, read);
                }
                1 => slots.describe(slot, FileKind::Items, name, bytes)?,
                _ => slots.describe(slot, FileKind::Users, name, bytes)?,
            }
        }
        slots.floors = Some(generated.floor_rmse);
        *self = slots;
        Ok(())
    }

    /// Reads a file into its place. A rating file that cannot be read, but has columns that can be shown, is kept
    /// aside.
    ///
    /// # Errors
    /// When it is no table, or describes ratings that are not there; all is then as it was.
    pub(super) fn load(
        &mut self,
        slot: Slot,
        kind: FileKind,
        name: String,
        bytes: Vec<u8>,
        options: &ReadOptions,
    ) -> Result<Outcome> {
        if kind != FileKind::Ratings {
            return self.describe(slot, kind, name, bytes).map(|()| Outcome::Read);
        }
        match read_ratings(&name, &bytes, options) {
            Ok(read) => {
                self.place(slot, name, bytes, read);
                Ok(Outcome::Read)
            }
            Err(error) => {
                // A file without a preview gives nothing to correct; why it cannot be read says more than why it
                // cannot be shown.
                let Ok(preview) = preview(&name, &bytes, options) else { return Err(error) };
                let (options, error) = (*options, error.to_string());
                self.unread = Some(Unread { slot, name, bytes, options, preview, error });
                Ok(Outcome::KeptAside)
            }
        }
    }

    /// Puts ratings that were read into their place. The sample makes way for a person's own file.
    fn place(&mut self, slot: Slot, name: String, bytes: Vec<u8>, read: RatingsFile) {
        if self.floors.take().is_some() {
            self.domains = [None, None];
        }
        let (domain, report) = (read.domain, read.report);
        self.domains[slot.index()] =
            Some(DomainFiles { name, bytes, domain, report, users: None, items: None });
        self.forget_unread(slot);
    }

    fn forget_unread(&mut self, slot: Slot) {
        self.unread.take_if(|file| file.slot == slot);
    }

    /// Reads a table that describes the people or the items of a domain.
    fn describe(&mut self, slot: Slot, kind: FileKind, name: String, bytes: Vec<u8>) -> Result<()> {
        let Some(files) = &mut self.domains[slot.index()] else {
            return Err(Error::file(
                &name,
                "there are no ratings yet that it could describe",
                "Load the ratings first",
            ));
        };
        let (place, ids) = match kind {
            FileKind::Items => (&mut files.items, &files.domain.items),
            _ => (&mut files.users, &files.domain.users),
        };
        let read = read_features(&name, &bytes, ids)?;
        *place = Some(FeatureFile { name, bytes, features: read.features, report: read.report });
        Ok(())
    }

    /// Reads a domain's rating file again with other options: the one that was kept aside, if there is one, else
    /// the one in its place, and the feature tables with it.
    ///
    /// # Errors
    /// When the options fit no file; all is then as it was. A file that is aside is told of in the state instead.
    pub(super) fn reread(&mut self, slot: Slot, options: &ReadOptions) -> Result<Outcome> {
        if let Some(file) = self.unread.take_if(|file| file.slot == slot) {
            return self.try_again(file, options);
        }
        let Some(files) = &mut self.domains[slot.index()] else { return Ok(Outcome::Read) };
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
        Ok(Outcome::Read)
    }

    fn try_again(&mut self, mut file: Unread, options: &ReadOptions) -> Result<Outcome> {
        let error = match read_ratings(&file.name, &file.bytes, options) {
            Ok(read) => {
                self.place(file.slot, file.name, file.bytes, read);
                return Ok(Outcome::Read);
            }
            Err(error) => error,
        };
        // Options that contradict themselves have no preview: the last one stays, to choose better ones in.
        let outcome = match preview(&file.name, &file.bytes, options) {
            Ok(preview) => {
                (file.options, file.preview, file.error) = (*options, preview, error.to_string());
                Ok(Outcome::KeptAside)
            }
            Err(_) => Err(error),
        };
        self.unread = Some(file);
        outcome
    }

    /// Takes a file out; a domain's ratings take its tables along, and the file that was to replace them.
    pub(super) fn remove(&mut self, slot: Slot, kind: FileKind) {
        let place = &mut self.domains[slot.index()];
        match (kind, place.as_mut()) {
            (FileKind::Ratings, _) => {
                *place = None;
                self.floors = None;
                self.forget_unread(slot);
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
            unread: self.unread.as_ref().map(Unread::state),
        }
    }
}

impl Unread {
    fn state(&self) -> UnreadState {
        UnreadState {
            slot: self.slot,
            options: self.options,
            preview: self.preview.clone(),
            error: self.error.clone(),
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
