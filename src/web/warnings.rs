//! What a person should know of the files that are loaded, with what each cure declares anew: one list for the page.

use serde::Serialize;

use super::arguments::Slot;
use crate::data::{OverlapReport, PairCode, PairWarning, ReadOptions, ReadReport, WarningCode};

/// Something to know of the files.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct DataWarning {
    /// The domain, or the two that it is about.
    slots: Vec<Slot>,
    code: Code,
    text: String,
    /// Nothing where reading otherwise does not help.
    cures: Vec<DataCure>,
}

/// What a warning is about.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DataWarningCode"))]
#[serde(untagged)]
enum Code {
    File(WarningCode),
    Pair(PairCode),
}

/// What can be done about it.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct DataCure {
    label: String,
    changes: Vec<DataChange>,
}

/// All that is to be declared of a file then.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct DataChange {
    slot: Slot,
    options: ReadOptions,
}

/// How a file was read, and what was declared of it.
pub(super) struct FileRead<'r> {
    pub(super) slot: Slot,
    pub(super) report: &'r ReadReport,
    pub(super) options: &'r ReadOptions,
}

/// Two files, by their numbers in the list of all, and what they have in common.
pub(super) type Pair<'r> = ([usize; 2], &'r OverlapReport);

/// What to know, the costliest first: what is about two files comes first, because people who do not match leave
/// nothing to learn.
pub(super) fn warnings(files: &[FileRead], pairs: &[Pair]) -> Vec<DataWarning> {
    let mut of_files = Vec::new();
    for FileRead { slot, report, options } in files {
        of_files.extend(report.warnings.iter().map(|warning| {
            let cures = warning.cures.iter().map(|cure| DataCure {
                label: cure.label.clone(),
                changes: vec![DataChange { slot: *slot, options: options.with(&cure.options) }],
            });
            let view = DataWarning {
                slots: vec![*slot],
                code: Code::File(warning.code),
                text: warning.text.clone(),
                cures: cures.collect(),
            };
            (warning.code, view)
        }));
    }
    of_files.sort_by_key(|(code, _)| *code);
    let of_pairs = pairs.iter().flat_map(|pair| of_pair(files, pairs, pair));
    of_pairs.chain(of_files.into_iter().map(|(_, view)| view)).collect()
}

fn of_pair(files: &[FileRead], pairs: &[Pair], (ends, overlap): &Pair) -> Vec<DataWarning> {
    let told = overlap.warnings.iter().filter(|warning| {
        // Domains that share nobody are joined all the same where others lead from one to the other.
        warning.code != PairCode::FewInBoth
            || !warning.cures.is_empty()
            || !are_joined(files.len(), pairs, *ends)
    });
    let view = |warning: &PairWarning| {
        let cures = warning.cures.iter().map(|cure| {
            let changes = cure.domains.iter().filter_map(|&end| {
                let FileRead { slot, report, options } = files.get(*ends.get(end)?)?;
                let declared = cure.change.declared(options, report.preview.roles);
                Some(DataChange { slot: *slot, options: options.with(&declared) })
            });
            DataCure { label: cure.label.clone(), changes: changes.collect() }
        });
        DataWarning {
            slots: ends.iter().filter_map(|&end| Some(files.get(end)?.slot)).collect(),
            code: Code::Pair(warning.code),
            text: warning.text.clone(),
            cures: cures.collect(),
        }
    };
    told.map(view).collect()
}

/// Whether a way of pairs with people enough leads from one file to the other.
fn are_joined(files: usize, pairs: &[Pair], [from, to]: [usize; 2]) -> bool {
    let is_few = |overlap: &OverlapReport| overlap.warnings.iter().any(|w| w.code == PairCode::FewInBoth);
    let mut reached = vec![false; files];
    reached[from] = true;
    for _ in 0..files {
        for ([a, b], _) in pairs.iter().filter(|(_, overlap)| !is_few(overlap)) {
            (reached[*a], reached[*b]) = (reached[*a] || reached[*b], reached[*a] || reached[*b]);
        }
    }
    reached[to]
}
