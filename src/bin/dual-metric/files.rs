//! Files on disk to domains and back.

use std::path::Path;

use dual_metric::data::{Domain, ReadOptions, ReadReport, Scale, read_features, read_ratings};
use dual_metric::error::{Error, Result};
use dual_metric::export::InputFile;
use sha2::{Digest, Sha256};

/// One domain's files.
pub struct DomainFiles<'a> {
    pub ratings: &'a Path,
    pub users: Option<&'a Path>,
    pub items: Option<&'a Path>,
    pub scale: Option<&'a str>,
}

/// Reads a domain; what was rejected is told on standard error.
pub fn read_domain(files: &DomainFiles) -> Result<(Domain, ReadReport)> {
    let scale = files.scale.map(parse_scale).transpose()?;
    let options = ReadOptions { scale, ..ReadOptions::default() };
    let read = read_ratings(&name(files.ratings), &bytes(files.ratings)?, &options)?;
    let mut domain = read.domain;
    if let Some(path) = files.users {
        domain.user_features =
            Some(read_features(&name(path), &bytes(path)?, &domain.users)?.features.into());
    }
    if let Some(path) = files.items {
        domain.item_features =
            Some(read_features(&name(path), &bytes(path)?, &domain.items)?.features.into());
    }
    Ok((domain, read.report))
}

/// Name, size and hash of every file.
pub fn described(domains: &[DomainFiles]) -> Result<Vec<InputFile>> {
    let mut all = Vec::new();
    for (domain, files) in ["a", "b"].into_iter().zip(domains) {
        for (kind, path) in [("ratings", Some(files.ratings)), ("users", files.users), ("items", files.items)]
        {
            let Some(path) = path else { continue };
            let bytes = bytes(path)?;
            let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            all.push(InputFile {
                domain: domain.into(),
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

/// Writes a text file and the folders above it.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)
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

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn parse_scale(text: &str) -> Result<Scale> {
    let ends = text.split_once(':').and_then(|(lo, hi)| Some((lo.parse().ok()?, hi.parse().ok()?)));
    let Some((lo, hi)) = ends else {
        return Err(Error::setting("scale", format!("{text:?} is no scale; write it as 1:5")));
    };
    Scale::new(lo, hi)
}
