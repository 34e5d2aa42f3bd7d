//! The files of the page's domains, each in its place.

mod state;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

pub(super) use state::DataState;

use super::arguments::{FileKind, Slot};
use crate::data::{
    ColumnValues, Domain, FeatureReport, OverlapReport, Preview, RatingsFile, ReadOptions, ReadReport, World,
    column_values, domain_name, files, preview, read_features, read_ratings, read_user_features,
    rejected_table, sample_of,
};
use crate::error::{Error, Result};

/// The files that the sample has of each domain, in the order of [`files`].
const SAMPLE_FILES: [FileKind; 3] = [FileKind::Ratings, FileKind::Items, FileKind::Users];

/// One domain's files as they were read. Their text is not kept: it would take more room than all that is made of it,
/// and the page has the files.
struct DomainFiles {
    /// Another one after every reading, by which what two files have in common is remembered.
    version: u64,
    /// With the features of both tables.
    domain: Domain,
    report: ReadReport,
    /// What was declared of the rating file.
    options: ReadOptions,
    users: Option<FeatureReport>,
    items: Option<FeatureReport>,
}

/// A rating file that cannot be read as it was recognised or declared, until a person says how to read it.
struct Unread {
    slot: Slot,
    /// What was declared when it was last tried.
    options: ReadOptions,
    preview: Preview,
    /// Why it could not be read.
    error: String,
}

/// The generated sample, whose files are on no disk: they are made anew when one is to be read again.
struct Synthetic {
    seed: u64,
    domains: usize,
    /// The best possible error by place.
    floors: Vec<f64>,
}

/// What became of a rating file that was offered.
pub(super) enum Outcome {
    /// It took its place.
    Read,
    /// It could not be read and is kept aside; what was loaded before is as it was.
    KeptAside,
}

/// All domains' files.
#[derive(Default)]
pub(super) struct Slots {
    domains: BTreeMap<Slot, DomainFiles>,
    /// `None` for a person's own files.
    synthetic: Option<Synthetic>,
    /// At most one: the last that was offered.
    unread: Option<Unread>,
    /// The version of the last file that was read.
    version: u64,
    /// What two versions have in common.
    overlaps: HashMap<[u64; 2], OverlapReport>,
}

impl Slots {
    /// The seed of the generated sample; `None` for a person's own files.
    pub(super) fn sample_seed(&self) -> Option<u64> {
        self.synthetic.as_ref().map(|sample| sample.seed)
    }

    /// How many domains the generated sample was made with.
    pub(super) fn sample_domains(&self) -> Option<usize> {
        self.synthetic.as_ref().map(|sample| sample.domains)
    }

    /// Replaces everything by the generated sample with so many domains, read as files like any other.
    pub(super) fn load_sample(&mut self, seed: u64, domains: usize) -> Result<()> {
        let generated = sample_of(seed, domains);
        let mut slots = Self { version: self.version, ..Self::default() };
        let files = files(&generated);
        for (files, slot) in files.chunks(SAMPLE_FILES.len()).zip(Slot::ALL) {
            for ((name, text), kind) in files.iter().zip(SAMPLE_FILES) {
                match kind {
                    FileKind::Ratings => {
                        let options = ReadOptions::default();
                        slots.place(slot, read_ratings(name, text.as_bytes(), &options)?, options);
                    }
                    FileKind::Users | FileKind::Items => slots.describe(slot, kind, name, text.as_bytes())?,
                }
            }
        }
        let domains = generated.world.domains.len();
        slots.synthetic = Some(Synthetic { seed, domains, floors: generated.floor_rmse });
        *self = slots;
        Ok(())
    }

    /// Takes everything out.
    pub(super) fn clear(&mut self) {
        *self = Self { version: self.version, ..Self::default() };
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
        name: &str,
        bytes: &[u8],
        options: &ReadOptions,
    ) -> Result<Outcome> {
        if kind != FileKind::Ratings {
            return self.describe(slot, kind, name, bytes).map(|()| Outcome::Read);
        }
        match read_ratings(name, bytes, options) {
            Ok(read) => {
                self.place(slot, read, options.clone());
                Ok(Outcome::Read)
            }
            Err(error) => {
                // A file without a preview gives nothing to correct; why it cannot be read says more than why it
                // cannot be shown.
                let Ok(preview) = preview(name, bytes, options) else { return Err(error) };
                self.unread =
                    Some(Unread { slot, options: options.clone(), preview, error: error.to_string() });
                Ok(Outcome::KeptAside)
            }
        }
    }

    /// Puts ratings that were read into their place. The sample makes way for a person's own file.
    fn place(&mut self, slot: Slot, read: RatingsFile, options: ReadOptions) {
        if self.synthetic.take().is_some() {
            self.domains.clear();
        }
        let files = DomainFiles::new(self.next_version(), read, options);
        self.domains.insert(slot, files);
        self.forget_unread(slot);
    }

    fn next_version(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    fn forget_unread(&mut self, slot: Slot) {
        self.unread.take_if(|file| file.slot == slot);
    }

    /// Reads a table that describes the people or the items of a domain.
    fn describe(&mut self, slot: Slot, kind: FileKind, name: &str, bytes: &[u8]) -> Result<()> {
        let Some(files) = self.domains.get_mut(&slot) else {
            return Err(Error::file(
                name,
                "there are no ratings yet that it could describe",
                "Load the ratings first",
            ));
        };
        files.describe(kind, name, bytes)
    }

    /// Reads a domain's rating file again with other options: the one that could not be read, if there is one, else
    /// the one in its place, and the feature tables with it. `given` hands over the bytes of a file; the sample's are
    /// here.
    ///
    /// # Errors
    /// When the options fit no file; all is then as it was. A file that is aside is told of in the state instead.
    pub(super) fn reread(
        &mut self,
        slot: Slot,
        options: &ReadOptions,
        mut given: impl FnMut(FileKind) -> Option<Vec<u8>>,
    ) -> Result<Outcome> {
        if let Some(file) = self.unread.take_if(|file| file.slot == slot) {
            return self.try_again(file, given(FileKind::Ratings), options);
        }
        let version = self.next_version();
        let Some(files) = self.domains.get_mut(&slot) else { return Ok(Outcome::Read) };
        let mut made = self.synthetic.as_ref().map(|synthetic| synthetic.files(slot));
        let mut bytes_of = |kind| given(kind).or_else(|| made.as_mut()?.remove(&kind));
        let name = &files.report.preview.file;
        let bytes = bytes_of(FileKind::Ratings).ok_or_else(|| not_handed_over(name))?;
        let mut again = DomainFiles::new(version, read_ratings(name, &bytes, options)?, options.clone());
        drop(bytes);
        for (kind, table) in [(FileKind::Users, &files.users), (FileKind::Items, &files.items)] {
            if let Some(table) = table
                && let Some(bytes) = bytes_of(kind)
            {
                // A table that no longer fits (its ids are now another column) is dropped, not an obstacle.
                let _ = again.describe(kind, &table.file, &bytes);
            }
        }
        *files = again;
        Ok(Outcome::Read)
    }

    fn try_again(
        &mut self,
        mut file: Unread,
        bytes: Option<Vec<u8>>,
        options: &ReadOptions,
    ) -> Result<Outcome> {
        let name = file.preview.file.clone();
        let read = match &bytes {
            Some(bytes) => read_ratings(&name, bytes, options),
            None => Err(not_handed_over(&name)),
        };
        let error = match read {
            Ok(read) => {
                self.place(file.slot, read, options.clone());
                return Ok(Outcome::Read);
            }
            Err(error) => error,
        };
        // Options that contradict themselves have no preview: the last one stays, to choose better ones in.
        let outcome = match bytes.map(|bytes| preview(&name, &bytes, options)) {
            Some(Ok(preview)) => {
                (file.options, file.preview, file.error) = (options.clone(), preview, error.to_string());
                Ok(Outcome::KeptAside)
            }
            _ => Err(error),
        };
        self.unread = Some(file);
        outcome
    }

    /// All rows of a domain's rating file that were left out, as CSV, and a name for that table. `given` hands over the
    /// bytes of the file; the sample leaves nothing out.
    ///
    /// # Errors
    /// When the file is not the one that was read.
    pub(super) fn rejected_table(&self, slot: Slot, given: Option<Vec<u8>>) -> Result<(String, String)> {
        let files = self.domains.get(&slot);
        let files = files.ok_or_else(|| Error::data("there are no ratings", "Load a rating file first"))?;
        let bytes = given.ok_or_else(|| not_handed_over(&files.report.preview.file))?;
        let table = rejected_table(&files.report.preview.file, &bytes, &files.options)?;
        Ok((format!("{}-left-out.csv", files.domain.name), table))
    }

    /// The values of a column of a domain's rating file: of the one that could not be read, if there is one, else of the one in
    /// its place.
    ///
    /// # Errors
    /// When there is no file or no such column.
    pub(super) fn values(&self, slot: Slot, column: usize, given: Option<Vec<u8>>) -> Result<ColumnValues> {
        let aside = self.unread.as_ref().filter(|file| file.slot == slot);
        let loaded = || self.domains.get(&slot).map(|files| (&files.report.preview.file, &files.options));
        let Some((name, options)) = aside.map(|file| (&file.preview.file, &file.options)).or_else(loaded)
        else {
            return Err(Error::data("there are no ratings", "Load a rating file first"));
        };
        let made = || self.synthetic.as_ref()?.files(slot).remove(&FileKind::Ratings);
        let bytes = given.or_else(made).ok_or_else(|| not_handed_over(name))?;
        column_values(name, &bytes, options, column)
    }

    /// Calls a domain by another name, or by what its file calls it. Says which domain that is, by number, and its name; nothing
    /// where there is none.
    ///
    /// # Errors
    /// When it is no name, or another domain's; all is then as it was.
    pub(super) fn rename(&mut self, slot: Slot, name: Option<&str>) -> Result<Option<(usize, String)>> {
        let name = name.map(Domain::checked_name).transpose()?;
        let is_same =
            |other: &str| name.as_ref().is_some_and(|name| name.to_lowercase() == other.to_lowercase());
        if let Some((_, other)) =
            self.domains.iter().find(|(other, files)| **other != slot && is_same(&files.domain.name))
        {
            let what = format!("another domain is called {:?} already", other.domain.name);
            return Err(Error::data(what, "Choose a name of its own, so that the two can be told apart"));
        }
        let number = self.domains.keys().position(|other| *other == slot);
        let (Some(number), Some(files)) = (number, self.domains.get_mut(&slot)) else { return Ok(None) };
        files.options.name = name;
        files.domain.name = domain_name(&files.report.preview.file, &files.options);
        Ok(Some((number, files.domain.name.clone())))
    }

    /// Takes a file out; a domain's ratings take its tables along, and the file that was to replace them.
    pub(super) fn remove(&mut self, slot: Slot, kind: FileKind) {
        if kind == FileKind::Ratings {
            self.domains.remove(&slot);
            // What is left of the sample is still the sample.
            self.synthetic.take_if(|_| self.domains.is_empty());
            self.forget_unread(slot);
            return;
        }
        let Some(files) = self.domains.get_mut(&slot) else { return };
        match kind {
            FileKind::Items => (files.items, files.domain.item_features) = (None, None),
            FileKind::Users | FileKind::Ratings => (files.users, files.domain.user_features) = (None, None),
        }
    }

    /// The world of all files.
    ///
    /// # Errors
    /// When there are fewer than two, two are one, or no two share people.
    pub(super) fn world(&self) -> Result<World> {
        if self.domains.len() < 2 {
            return Err(Error::data(
                "two rating files are needed",
                "Load one file for each domain, or try the sample",
            ));
        }
        let files: Vec<&DomainFiles> = self.domains.values().collect();
        let world = World::new(files.iter().map(|files| files.domain.clone()).collect());
        if let Some(link) = world.links.iter().find(|link| link.same_rows.is_one_file) {
            let [a, b] = [link.a, link.b].map(|d| &files[d].report.preview.file);
            let what = format!("{a} and {b} hold the same ratings");
            return Err(Error::data(what, "Load the files of different domains"));
        }
        if world.links.is_empty() {
            let remedy = "Load files that share people, or write their ids alike";
            return Err(Error::data("no two of the files share anybody", remedy));
        }
        Ok(world)
    }

    /// The best possible errors of the sample's domains that are there; empty for a person's own files.
    pub(super) fn floors(&self) -> Vec<f64> {
        let floors = self.synthetic.as_ref().map_or(&[][..], |synthetic| &synthetic.floors);
        self.domains.keys().filter_map(|slot| floors.get(*slot as usize).copied()).collect()
    }
}

impl Synthetic {
    /// A domain's files by kind.
    fn files(&self, slot: Slot) -> HashMap<FileKind, Vec<u8>> {
        let all = files(&sample_of(self.seed, self.domains)).into_iter();
        let all = all.skip(slot as usize * SAMPLE_FILES.len());
        SAMPLE_FILES.into_iter().zip(all).map(|(kind, (_, text))| (kind, text.into_bytes())).collect()
    }
}

impl DomainFiles {
    fn new(version: u64, read: RatingsFile, options: ReadOptions) -> Self {
        Self { version, domain: read.domain, report: read.report, options, users: None, items: None }
    }

    /// Reads a table that describes the people or the items.
    fn describe(&mut self, kind: FileKind, name: &str, bytes: &[u8]) -> Result<()> {
        let domain = &mut self.domain;
        let (table, features) = match kind {
            FileKind::Items => (&mut self.items, &mut domain.item_features),
            _ => (&mut self.users, &mut domain.user_features),
        };
        let forms = self.options.ids.as_deref().unwrap_or_default();
        let read = match kind {
            FileKind::Items => read_features(name, bytes, &domain.items)?,
            _ => read_user_features(name, bytes, &domain.users, forms)?,
        };
        (*table, *features) = (Some(read.report), Some(read.features.into()));
        Ok(())
    }
}

/// The page is to hand over every file that is to be read again.
fn not_handed_over(name: &str) -> Error {
    Error::file(name, "its text is not here any more", "Open it again")
}
