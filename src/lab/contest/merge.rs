//! Puts the parts of a contest together that several machines have done.

use std::collections::BTreeMap;

use super::{Job, JobResult, Manifest};
use crate::error::{Error, Result};

/// One contest of several parts, each with where it comes from, in words: the manifest of all and the results in its order.
///
/// # Errors
/// When there is no part, two are of other data or settings, or two say something different of one job.
pub fn merged(parts: Vec<(String, Manifest, Vec<JobResult>)>) -> Result<(Manifest, Vec<JobResult>)> {
    let mut parts = parts.into_iter();
    let Some((first, mut manifest, results)) = parts.next() else {
        return Err(Error::data(
            "there is nothing to merge",
            "Name the folders that the shards have written",
        ));
    };
    let mut all: BTreeMap<Job, (String, JobResult)> =
        results.into_iter().map(|result| (result.job.clone(), (first.clone(), result))).collect();
    for (place, other, results) in parts {
        manifest = manifest.with(&other, &place)?;
        for result in results {
            match all.get(&result.job) {
                Some((known, own)) if !own.agrees(&result) => {
                    return Err(Error::data(
                        format!("{known} and {place} have different results of {}", result.job),
                        "Do it once more on one machine, and leave the other out",
                    ));
                }
                Some(_) => {}
                None => drop(all.insert(result.job.clone(), (place.clone(), result))),
            }
        }
    }
    Ok((manifest, all.into_values().map(|(_, result)| result).collect()))
}

#[cfg(test)]
mod tests {
    use super::super::result::tests::result;
    use super::super::standings::tests::contest;
    use super::super::terms::tests::terms;
    use super::super::{Shard, Standings, Terms};
    use super::*;

    #[test]
    fn shards_together_are_the_whole() {
        let (manifest, results) = contest();
        let part = |text: &str| {
            let own = Shard::parse(text).unwrap().part(&manifest.jobs);
            let results = results.iter().filter(|result| own.contains(&result.job)).cloned().collect();
            (text.to_string(), manifest.clone(), results)
        };
        // The first stands twice: what both have is the same.
        let (both, found) = merged(vec![part("2/3"), part("1/3"), part("3/3"), part("1/3")]).unwrap();
        assert_eq!(both, manifest);
        assert_eq!(found.len(), manifest.jobs.len());
        assert_eq!(Standings::new(&both, &found).unwrap(), Standings::new(&manifest, &results).unwrap());
    }

    #[test]
    fn other_terms_and_other_figures_are_refused() {
        let (manifest, results) = contest();
        let other =
            Manifest { terms: Terms { data: "feedfeedfeedfeed".into(), ..terms() }, ..manifest.clone() };
        let part = |name: &str, manifest: &Manifest, results: Vec<JobResult>| {
            (name.to_string(), manifest.clone(), results)
        };
        let refused = |parts| merged(parts).map(|_| ()).unwrap_err().to_string();
        let message = refused(vec![part("one", &manifest, results.clone()), part("two", &other, Vec::new())]);
        assert!(message.contains("two holds results") && message.contains("other data"), "{message}");
        let mut changed = results.clone();
        changed[4] = result(changed[4].job.clone(), |_| 0.3);
        let message = refused(vec![part("one", &manifest, results), part("two", &manifest, changed)]);
        assert!(message.contains("one and two have different results of mean.linked"), "{message}");
        assert!(refused(Vec::new()).contains("nothing to merge"));
    }
}
