//! Files on disk to domains and back.

use std::path::{Path, PathBuf};

use dual_metric::data::{
    Domain, RatingsFile, ReadOptions, ReadReport, preview, read_features, read_ratings, read_user_features,
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
    let (name_of_file, bytes_of_file) = (name(path), bytes(path)?);
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
        let read = read_user_features(&name(path), &bytes(path)?, &domain.users, forms)?;
        domain.user_features = Some(read.features.into());
    }
    if let Some(path) = &files.items {
        domain.item_features =
            Some(read_features(&name(path), &bytes(path)?, &domain.items)?.features.into());
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
    std::fs::read(path).map_err(|error| {
        Error::file(&path.display().to_string(), error.to_string(), "Check the path and that you may read it")
    })
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, &contents)
    };
    write().map_err(|error: std::io::Error| {
        Error::file(&path.display().to_string(), error.to_string(), "Choose a folder that you may write to")
    })
}

/// Makes a folder and writes a file into it that is removed again, so that a folder that cannot be written to is told
/// before the work and not after it.
pub fn check_writable(folder: &Path) -> Result<()> {
    let probe = folder.join(format!(".dual-metric-{}", std::process::id()));
    write(&probe, "")?;
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
