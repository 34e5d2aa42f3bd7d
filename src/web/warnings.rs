//! What a person should know of the files that are loaded, with what each cure declares anew: one list for the page.

use serde::Serialize;
use serde_json::{Value, json};

use super::arguments::Slot;
use crate::data::{OverlapReport, ReadOptions, ReadReport};

/// `DataWarning` of `www/protocol.js`.
#[derive(Serialize)]
pub(super) struct WarningView {
    /// The domain; `None` where it is about both.
    slot: Option<Slot>,
    code: Value,
    text: String,
    cures: Vec<CureView>,
}

#[derive(Serialize)]
struct CureView {
    label: String,
    changes: Vec<ChangeView>,
}

/// All that is to be declared of a file then.
#[derive(Serialize)]
struct ChangeView {
    slot: Slot,
    options: ReadOptions,
}

/// How a file was read, and what was declared of it.
type Read<'r> = Option<(&'r ReadReport, &'r ReadOptions)>;

/// What to know, the costliest first: what is about both files comes first, because people who do not match leave
/// nothing to learn.
pub(super) fn warnings(files: [Read<'_>; 2], overlap: Option<&OverlapReport>) -> Vec<WarningView> {
    let mut of_files = Vec::new();
    for (d, file) in files.iter().enumerate() {
        let Some((report, options)) = file else { continue };
        of_files.extend(report.warnings.iter().map(|warning| {
            let cures = warning.cures.iter().map(|cure| CureView {
                label: cure.label.clone(),
                changes: vec![ChangeView { slot: Slot::of(d), options: options.with(&cure.options) }],
            });
            let view = WarningView {
                slot: Some(Slot::of(d)),
                code: json!(warning.code),
                text: warning.text.clone(),
                cures: cures.collect(),
            };
            (warning.code, view)
        }));
    }
    of_files.sort_by_key(|(code, _)| *code);
    let of_both = overlap.into_iter().flat_map(|overlap| &overlap.warnings).map(|warning| {
        let cures = warning.cures.iter().map(|cure| {
            let changes = cure.domains.iter().filter_map(|&d| {
                let (report, options) = files.get(d).copied().flatten()?;
                let declared = cure.change.declared(options, report.preview.roles);
                Some(ChangeView { slot: Slot::of(d), options: options.with(&declared) })
            });
            CureView { label: cure.label.clone(), changes: changes.collect() }
        });
        WarningView {
            slot: None,
            code: json!(warning.code),
            text: warning.text.clone(),
            cures: cures.collect(),
        }
    });
    of_both.chain(of_files.into_iter().map(|(_, view)| view)).collect()
}
