//! `dual-metric lab merge`.

use dual_metric::error::{Error, Result};
use dual_metric::lab::contest::{Job, merged};

use crate::lab::Found;
use crate::lab_arguments::Merge;
use crate::lab_store::Store;
use crate::output;

/// Puts the shards of one contest together and writes its tables.
pub fn run(options: &Merge) -> Result<()> {
    let mut parts = Vec::new();
    let out = Store::new(&options.out);
    for store in options.folders.iter().map(|folder| Store::new(folder)).chain([Store::new(&options.out)]) {
        let is_out = store.place() == out.place();
        match store.manifest()? {
            Some(manifest) => {
                let results = store.results(&manifest)?;
                parts.push((store.place(), manifest, results));
            }
            None if is_out => {}
            None => {
                let remedy = "Name folders that `dual-metric lab --out` has written";
                return Err(Error::file(&store.place(), "there is no contest in it", remedy));
            }
        }
    }
    let (manifest, results) = merged(parts)?;
    let found = Found::new(&manifest, &results)?;
    out.write_manifest(&manifest)?;
    let has = |job: &Job| Ok::<bool, Error>(out.result(job, &manifest.terms)?.is_some());
    for job in results.iter().map(|result| &result.job) {
        for folder in &options.folders {
            if !has(job)? {
                out.take_over(&Store::new(folder), job)?;
            }
        }
    }
    let (done, all) = (results.len(), manifest.jobs.len());
    if done < all {
        output::note(format!(
            "warning: {} of {all} jobs are in none of these folders; the tables are of the others",
            all - done
        ));
    }
    found.write(&out, options.json)
}
