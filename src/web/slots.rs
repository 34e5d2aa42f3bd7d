//! The files of the page's domains, and what the page is told about them.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::arguments::{FileKind, Slot};
use super::warnings::{DataWarning, FileRead, warnings};
use crate::data::{
    Domain, FeatureReport, OverlapReport, Preview, RatingsFile, ReadOptions, ReadReport, Reject, Scale,
    World, files, overlap_report, preview, read_features, read_ratings, read_user_features, rejected_table,
    sample_of,
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
    /// The best possible error by domain.
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

/// What is loaded.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct DataState {
    /// Those that have ratings, as they are numbered in the world.
    domains: Vec<DomainState>,
    /// Every two of them.
    pairs: Vec<PairState>,
    /// People in two domains or more.
    overlap_users: usize,
    /// The costliest first.
    warnings: Vec<DataWarning>,
    /// Whether this is the sample.
    generated: bool,
    /// Whether training can start.
    ready: bool,
    /// The rating file that was offered last, if it could not be read.
    unread: Option<UnreadState>,
}

/// Two domains.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct PairState {
    /// By number.
    domains: [usize; 2],
    /// People in both.
    overlap_users: usize,
    /// Of their mean ratings, for people with five or more in each.
    mean_correlation: Option<f32>,
}

/// A rating file that is kept aside until somebody says how to read it; what was loaded in its place stays.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Unread"))]
struct UnreadState {
    /// The place that it was offered for.
    slot: Slot,
    /// What was declared when it was last tried.
    options: ReadOptions,
    /// How it was tried; what nobody declared and nothing told is a guess.
    preview: Preview,
    /// Why it could not be read.
    error: String,
}

/// A domain.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct DomainState {
    slot: Slot,
    name: String,
    users: usize,
    items: usize,
    ratings: usize,
    /// Share of the user × item table that is rated, 0 to 1.
    density: f64,
    scale: Scale,
    preview: Preview,
    /// What was recognised, in one line.
    understood: String,
    /// What is declared.
    options: ReadOptions,
    /// Pairs that occurred more than once; the last is kept.
    duplicates: usize,
    rejected_rows: usize,
    /// The first thousand.
    rejects: Vec<Reject>,
    user_features: Option<FeatureReport>,
    item_features: Option<FeatureReport>,
}

impl Slots {
    /// The seed of the generated sample; `None` for a person's own files.
    pub(super) fn sample_seed(&self) -> Option<u64> {
        self.synthetic.as_ref().map(|sample| sample.seed)
    }

    /// How many domains the generated sample has.
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

    /// Takes a file out; a domain's ratings take its tables along, and the file that was to replace them.
    pub(super) fn remove(&mut self, slot: Slot, kind: FileKind) {
        if kind == FileKind::Ratings {
            self.domains.remove(&slot);
            self.synthetic = None;
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

    /// The sample's best possible errors by domain; empty for a person's own files.
    pub(super) fn floors(&self) -> Vec<f64> {
        self.synthetic.as_ref().map_or(Vec::new(), |synthetic| synthetic.floors.clone())
    }

    /// What the page shows.
    pub(super) fn state(&mut self) -> DataState {
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

/// The page is to hand over every file that is to be read again.
fn not_handed_over(name: &str) -> Error {
    Error::file(name, "its text is not here any more", "Open it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People who rate four items each, in no file alike.
    fn file(name: &str, people: std::ops::Range<usize>) -> (String, String) {
        let mut text = String::from("user,item,rating\n");
        for user in people {
            for item in 0..4 {
                text += &format!("u{user},{name}-{item},{}\n", 1 + (user * 7 + item * 3 + name.len()) % 5);
            }
        }
        (format!("{name}.csv"), text)
    }

    fn load(slots: &mut Slots, slot: Slot, (name, text): &(String, String)) {
        let options = ReadOptions::default();
        let outcome = slots.load(slot, FileKind::Ratings, name, text.as_bytes(), &options).unwrap();
        assert!(matches!(outcome, Outcome::Read));
    }

    fn refusal(slots: &Slots) -> String {
        slots.world().map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn domains_are_numbered_in_the_order_of_their_places_whichever_came_first() {
        let mut slots = Slots::default();
        load(&mut slots, Slot::D, &file("songs", 20..50));
        load(&mut slots, Slot::A, &file("books", 0..30));
        let state = slots.state();
        assert_eq!(state.domains.iter().map(|domain| domain.slot).collect::<Vec<_>>(), [Slot::A, Slot::D]);
        assert_eq!(
            (state.pairs[0].domains, state.pairs[0].overlap_users, state.overlap_users),
            ([0, 1], 10, 10)
        );
        load(&mut slots, Slot::B, &file("films", 10..40));
        let state = slots.state();
        let pairs: Vec<_> = state.pairs.iter().map(|pair| (pair.domains, pair.overlap_users)).collect();
        assert_eq!(pairs, [([0, 1], 20), ([0, 2], 10), ([1, 2], 20)]);
        assert_eq!(state.overlap_users, 30, "people in two or three of them");
        let names: Vec<String> =
            slots.world().unwrap().domains.into_iter().map(|domain| domain.name).collect();
        assert_eq!(names, ["books", "films", "songs"]);
    }

    #[test]
    fn two_alone_are_ready_whoever_they_share_and_more_only_where_some_share_people() {
        let mut slots = Slots::default();
        load(&mut slots, Slot::A, &file("books", 0..30));
        assert!(!slots.state().ready);
        assert!(refusal(&slots).starts_with("two rating files are needed"));
        load(&mut slots, Slot::B, &file("films", 100..130));
        assert!(slots.state().ready);
        load(&mut slots, Slot::C, &file("songs", 200..230));
        assert!(!slots.state().ready);
        assert!(refusal(&slots).starts_with("no two of the files share anybody"));
        load(&mut slots, Slot::C, &file("songs", 110..140));
        assert!(slots.state().ready);
        load(&mut slots, Slot::B, &file("books", 0..30));
        assert!(!slots.state().ready, "one file twice");
        assert!(refusal(&slots).contains("hold the same ratings"));
    }

    #[test]
    fn nobody_in_common_is_no_matter_where_others_lead_from_one_domain_to_the_other() {
        let mut slots = Slots::default();
        load(&mut slots, Slot::A, &file("books", 0..30));
        load(&mut slots, Slot::B, &file("songs", 200..230));
        let few = |slots: &mut Slots| {
            let warnings = serde_json::to_value(slots.state().warnings).unwrap();
            let list = warnings.as_array().cloned().unwrap_or_default();
            list.iter().filter(|warning| warning["code"] == "few-in-both").count()
        };
        assert_eq!(few(&mut slots), 1);
        // A third that shares people with both.
        let (name, books) = file("films", 0..30);
        let (_, songs) = file("films", 200..230);
        load(&mut slots, Slot::C, &(name, books + songs.split_once('\n').unwrap().1));
        assert_eq!(few(&mut slots), 0);
    }

    #[test]
    fn the_sample_has_as_many_domains_as_are_asked_for_and_makes_way_as_one() {
        let mut slots = Slots::default();
        slots.load_sample(7, 3).unwrap();
        let state = slots.state();
        assert_eq!((state.domains.len(), slots.floors().len(), slots.sample_domains()), (3, 3, Some(3)));
        assert!(state.domains.iter().all(|domain| domain.item_features.is_some()));
        load(&mut slots, Slot::C, &file("songs", 0..30));
        assert_eq!(slots.state().domains.len(), 1);
        assert_eq!(slots.sample_domains(), None);
        slots.clear();
        assert_eq!(slots.state().domains.len(), 0);
    }
}
