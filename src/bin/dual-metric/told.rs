//! What is told of files that could be read: what was recognised, and what a person should know of it.

use dual_metric::data::{Domain, OverlapReport, PairCode, ReadReport, grouped};
use serde::Serialize;
use serde_json::{Value, json};

/// Something to know of a file, or of both.
#[derive(Serialize)]
pub struct Told {
    /// What it is about, for programs.
    pub code: Value,
    /// One sentence with figures.
    pub text: String,
    /// The file; `None` where it is about both.
    pub file: Option<String>,
}

impl Told {
    fn new(code: impl Serialize, text: String, file: Option<&str>) -> Self {
        Self { code: json!(code), text, file: file.map(String::from) }
    }

    /// The line for people.
    pub fn line(&self) -> String {
        match &self.file {
            Some(file) => format!("warning: {file}: {}", self.text),
            None => format!("warning: {}", self.text),
        }
    }
}

/// What was recognised in a file, in one line.
pub fn recognised(domain: &Domain, read: &ReadReport) -> String {
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
    format!(
        "{}: {} ratings by {} people of {} items, {} to {}; {}",
        preview.file,
        grouped(domain.ratings.len()),
        grouped(domain.users.len()),
        grouped(domain.items.len()),
        domain.scale.lo,
        domain.scale.hi,
        columns.join(", ")
    )
}

/// What to know of how one file was read.
pub fn of_file(read: &ReadReport) -> Vec<Told> {
    let file = Some(read.preview.file.as_str());
    let mut told: Vec<Told> =
        read.warnings.iter().map(|warning| Told::new(warning.code, warning.text.clone(), file)).collect();
    if read.rejected_rows > 0 {
        told.push(Told::new("rejected-rows", rejected(read), file));
    }
    told
}

/// What to know of both files together; advice comes with the flags that follow it.
pub fn of_pair(overlap: &OverlapReport) -> Vec<Told> {
    let forms: Vec<&str> = overlap.ids.forms.iter().map(|form| form.name()).collect();
    let forms = forms.join(",");
    let flags = |code: PairCode, text: &str| match code {
        PairCode::FewInBoth | PairCode::IdsDiffer if text.ends_with("write the ids alike in both files") => {
            format!(", or add --a-ids {forms} --b-ids {forms}")
        }
        PairCode::FewInBoth | PairCode::NotTheSame if text.contains("swapped") => {
            "; --a-columns and --b-columns say which is which".into()
        }
        _ => String::new(),
    };
    let told = |code, text: &str| Told::new(code, format!("{text}{}", flags(code, text)), None);
    overlap.warnings.iter().map(|warning| told(warning.code, &warning.text)).collect()
}

/// Reasons that are listed; the others are counted.
const REASONS: usize = 3;

/// How many rows were left out, and each reason with the first line of it.
fn rejected(read: &ReadReport) -> String {
    // Reasons that differ only in the cell that they show are one.
    let mut groups: Vec<(String, usize, &dual_metric::data::Reject)> = Vec::new();
    for reject in &read.rejects {
        let kind = kind(&reject.reason);
        match groups.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, count, _)) => *count += 1,
            None => groups.push((kind, 1, reject)),
        }
    }
    groups.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    let mut parts: Vec<String> = groups
        .iter()
        .take(REASONS)
        .map(|(_, count, first)| {
            let many = if groups.len() > 1 { format!("{} such as ", grouped(*count)) } else { String::new() };
            format!("{many}line {}: {}", grouped(first.line as usize), first.reason)
        })
        .collect();
    if groups.len() > REASONS {
        parts.push(format!("and {} other reasons", groups.len() - REASONS));
    }
    let listed = if read.rejected_rows > read.rejects.len() && groups.len() > 1 {
        format!(", of the first {}", grouped(read.rejects.len()))
    } else {
        String::new()
    };
    let first = if groups.len() > 1 { "" } else { " the first," };
    let (rows, all) = (grouped(read.rejected_rows), grouped(read.rows));
    format!("{rows} of {all} rows left out{listed};{first} {}", parts.join("; "))
}

/// A reason without the cells and numbers that it shows.
fn kind(reason: &str) -> String {
    let mut kind = String::new();
    for (place, part) in reason.split('"').enumerate() {
        // Every second part is between quotes.
        if place % 2 == 0 {
            kind.extend(part.chars().filter(|c| !c.is_ascii_digit() && *c != '.' && *c != '-'));
        }
    }
    kind
}
