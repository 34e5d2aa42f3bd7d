//! What is told of files that could be read: what was recognised, and what a person should know of it, with the flags
//! that do something about it.

use dual_metric::data::{Figures, OverlapReport, ReadReport};
use serde::Serialize;
use serde_json::{Value, json};

use crate::files::ReadDomain;
use crate::flags::{Flags, flags, lower};

/// Something to know of a file, or of both.
#[derive(Serialize)]
pub struct Told {
    /// What it is about, for programs.
    pub code: Value,
    /// One sentence with figures.
    pub text: String,
    /// The figures of the sentence by name, for programs.
    pub figures: Figures,
    /// The file; `None` where it is about both.
    pub file: Option<String>,
    /// What can be done about it.
    pub cures: Vec<Cure>,
}

/// Something that can be done about a warning.
#[derive(Serialize)]
pub struct Cure {
    /// What it does.
    pub label: String,
    /// The flags to add.
    pub flags: String,
}

impl Told {
    /// The line for people.
    pub fn line(&self) -> String {
        let file = self.file.as_ref().map_or(String::new(), |file| format!("{file}: "));
        let cures: String =
            self.cures.iter().map(|cure| format!("; {}: {}", lower(&cure.label), cure.flags)).collect();
        format!("warning: {file}{}{cures}", self.text)
    }
}

/// What was recognised in a file, in one line.
pub fn recognised(read: &ReadReport) -> String {
    let preview = &read.preview;
    let column = |role: &str, number: usize| {
        let name = preview.columns.get(number).filter(|_| preview.header);
        let name = name.map_or(String::new(), |name| format!(" \"{name}\""));
        format!("{role} = column {}{name}", number.saturating_add(1))
    };
    let roles = preview.roles;
    let mut columns =
        vec![column("user", roles.user), column("item", roles.item), column("rating", roles.rating)];
    columns.extend(roles.time.map(|time| column("time", time)));
    format!("{}: {}; {}", preview.file, read.understood, columns.join(", "))
}

/// What to know of how one file was read, with its flags.
pub fn of_file(read: &ReadReport, written: &Flags) -> Vec<Told> {
    let told = read.warnings.iter().map(|warning| Told {
        code: json!(warning.code),
        text: warning.text.clone(),
        figures: warning.figures.clone(),
        file: Some(read.preview.file.clone()),
        cures: warning
            .cures
            .iter()
            .map(|cure| Cure { label: cure.label.clone(), flags: flags(written, &cure.options) })
            .collect(),
    });
    told.collect()
}

/// What to know of two files together; `domains` come with how their flags are written.
pub fn of_pair(overlap: &OverlapReport, domains: [(&ReadDomain, &Flags); 2]) -> Vec<Told> {
    let told = overlap.warnings.iter().map(|warning| {
        let cures = warning.cures.iter().map(|cure| {
            let of = |&d: &usize| {
                let (read, written) = domains.get(d)?;
                let declared = cure.change.declared(&read.options, read.report.preview.roles);
                Some(flags(written, &declared))
            };
            let flags: Vec<String> = cure.domains.iter().filter_map(of).collect();
            Cure { label: cure.label.clone(), flags: flags.join(" ") }
        });
        Told {
            code: json!(warning.code),
            text: warning.text.clone(),
            figures: warning.figures.clone(),
            file: None,
            cures: cures.collect(),
        }
    });
    told.collect()
}
