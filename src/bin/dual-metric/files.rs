//! Files on disk to domains and back.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dual_metric::data::{
    Domain, MAX_TEXT, RatingsFile, ReadOptions, ReadReport, preview, read_features, read_ratings,
    read_user_features,
};
use dual_metric::error::{Error, Result};
use dual_metric::export::InputFile;
use sha2::{Digest, Sha256};

use crate::declared::Declared;

/// One domain's files.
pub struct DomainFiles {
    /// What the domain is called; `None` for the name of its file.
    pub name: Option<String>,
    /// What the files are told by: `a`, `b`, or the name.
    pub label: String,
    pub ratings: PathBuf,
    /// Rows to test on, where somebody else has split them off.
    pub test: Option<PathBuf>,
    pub users: Option<PathBuf>,
    pub items: Option<PathBuf>,
    pub declared: Declared,
}

/// A domain as it was read, with what was declared.
pub struct ReadDomain {
    pub domain: Domain,
    pub report: ReadReport,
    pub options: ReadOptions,
    /// By position, whether a rating is tested; `None` where the files do not say it.
    pub tested: Option<Vec<bool>>,
    /// Rows that were left out because they are tested too.
    pub left_out: usize,
}

/// A rating file as declared, and the options that it was read with.
fn read(files: &DomainFiles, path: &Path) -> Result<(RatingsFile, ReadOptions)> {
    let (name_of_file, bytes_of_file) = (name(path), table_bytes(path)?);
    let options = files.declared.options(&name_of_file, &bytes_of_file)?;
    let read = read_ratings(&name_of_file, &bytes_of_file, &options).map_err(|error| {
        let choices = preview(&name_of_file, &bytes_of_file, &options).map(|preview| preview.choices);
        files.declared.advised(error, &choices.unwrap_or_default())
    })?;
    Ok((read, options))
}

/// Reads a domain as declared.
pub fn read_domain(files: &DomainFiles) -> Result<ReadDomain> {
    let (read_train, options) = read(files, &files.ratings)?;
    let (mut domain, report) = (read_train.domain, read_train.report);
    let (mut tested, mut left_out) = (None, 0);
    if let Some(path) = &files.test {
        let both = domain.with_test_rows(&read(files, path)?.0.domain);
        (domain, tested, left_out) = (both.domain, Some(both.tested), both.left_out);
    }
    if let Some(name) = &files.name {
        domain.name.clone_from(name);
    }
    if let Some(path) = &files.users {
        let forms = options.ids.as_deref().unwrap_or_default();
        let read = read_user_features(&name(path), &table_bytes(path)?, &domain.users, forms)?;
        domain.user_features = Some(read.features.into());
    }
    if let Some(path) = &files.items {
        domain.item_features =
            Some(read_features(&name(path), &table_bytes(path)?, &domain.items)?.features.into());
    }
    Ok(ReadDomain { domain, report, options, tested, left_out })
}

/// Name, size and hash of every file.
pub fn described(domains: &[DomainFiles]) -> Result<Vec<InputFile>> {
    let mut all = Vec::new();
    for files in domains {
        let all_kinds = [
            ("ratings", Some(&files.ratings)),
            ("test", files.test.as_ref()),
            ("users", files.users.as_ref()),
            ("items", files.items.as_ref()),
        ];
        for (kind, path) in all_kinds {
            let Some(path) = path else { continue };
            let bytes = bytes(path)?;
            let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            all.push(InputFile {
                domain: files.label.clone(),
                kind: kind.into(),
                name: name(path),
                bytes: bytes.len() as u64,
                sha256: Some(sha256),
            });
        }
    }
    Ok(all)
}

/// The whole file.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::file(&path.display().to_string(), error.to_string(), "Check the path and that you may read it")
}

/// The bytes of a table. Of a file that is too large for one, and of a device that has no end, no more than what shows it: its
/// reader says so. An archive may be larger than its table.
pub fn table_bytes(path: &Path) -> Result<Vec<u8>> {
    let most = MAX_TEXT as u64 + 1;
    let read = || {
        let mut file = File::open(path)?;
        // A file that says its size gets its room at once.
        let size = file.metadata()?.len().min(most);
        let mut bytes = Vec::with_capacity(size as usize);
        Read::by_ref(&mut file).take(most).read_to_end(&mut bytes)?;
        if bytes.starts_with(b"PK") {
            file.read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    read().map_err(|error| unreadable(path, &error))
}

/// Writes a file and the folders above it: beside its place, from where it moves when it is whole and on the disk, so that one
/// that stood there before stays until then. What is there and is no file (a pipe, a device) is written to.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<()> {
    write_whole(path, contents.as_ref()).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::StorageFull => "Make room, or choose another folder",
            _ => "Choose a folder that you may write to",
        };
        Error::file(&path.display().to_string(), error.to_string(), remedy)
    })
}

fn write_whole(path: &Path, contents: &[u8]) -> io::Result<()> {
    // A link stays one.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    if path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return std::fs::write(&path, contents);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // The name is this process's own: shards that share a folder write the same files, perhaps at the same moment and on two
    // machines.
    let beside = folder.join(format!(".{name}.{}-{now}.part", std::process::id()));
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(contents)?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)
    };
    write().inspect_err(|_| {
        // What is there of it would be in the way; if it can't be removed, the first error is what counts.
        let _ = std::fs::remove_file(&beside);
    })
}

/// Whether two paths lead to one file that is there.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let [one, other] = [one, other].map(|path| std::fs::canonicalize(path).ok());
    one.is_some() && one == other
}

/// Writes a file that is removed again where a folder is or will be, so that one that cannot be written to is told before the
/// work and not after it.
pub fn check_writable(folder: &Path) -> Result<()> {
    let there = folder.ancestors().find(|above| above.exists()).unwrap_or(Path::new("."));
    let probe = there.join(format!(".dual-metric-{}", std::process::id()));
    std::fs::write(&probe, "").map_err(|error| {
        let remedy = "Choose a folder that you may write to";
        Error::file(&folder.display().to_string(), error.to_string(), remedy)
    })?;
    std::fs::remove_file(&probe).map_err(|error| {
        Error::file(
            &probe.display().to_string(),
            error.to_string(),
            "Remove it and check the folder's permissions",
        )
    })
}

/// The file's name without folders.
pub fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of a test's own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("dual-metric-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| name(&entry.unwrap().path())).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_takes_its_place_when_it_is_whole_and_leaves_nothing_beside() {
        let folder = folder("write");
        let path = folder.join("deep").join("model");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        // What can't take its place is removed again.
        std::fs::create_dir(folder.join("taken")).unwrap();
        let refusal = write(&folder.join("taken"), "three").unwrap_err().to_string();
        assert!(refusal.contains("taken"), "{refusal}");
        assert_eq!(names(&folder), ["deep", "taken"]);
        assert_eq!(names(&folder.join("deep")), ["model"]);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn whether_a_folder_can_be_written_to_is_found_out_without_making_it() {
        let folder = folder("probe");
        check_writable(&folder.join("not").join("there")).unwrap();
        assert!(names(&folder).is_empty());
        write(&folder.join("file"), "").unwrap();
        assert!(check_writable(&folder.join("file").join("below")).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_is_written_and_a_device_stays_one() {
        let folder = folder("link");
        let (file, link) = (folder.join("file"), folder.join("link"));
        write(&file, "one").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(is_same(&link, &file) && !is_same(&file, &folder));
        write(&link, "two").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "two");
        write(Path::new("/dev/null"), "three").unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
