//! `dual-metric inspect`.

use dual_metric::data::{Preview, preview, rejected_table};
use dual_metric::error::{Error, Result};
use serde_json::json;

use crate::arguments::Inspect;
use crate::declared::Declared;
use crate::files::{self, DomainFiles, ReadDomain};
use crate::flags::Flags;
use crate::output;
use crate::told;

/// Reads a file and shows what was recognised. The columns of a file that cannot be read are shown too, so that they can
/// be declared.
pub fn run(options: &Inspect) -> Result<()> {
    let declared = Declared {
        scale: options.scale.clone(),
        columns: options.columns.clone(),
        delimiter: options.delimiter.clone(),
        header: options.header.clone(),
        missing: options.missing.clone(),
        member: options.member.clone(),
        encoding: options.encoding.clone(),
        matrix: options.matrix.clone(),
        ids: options.ids.clone(),
        counts: options.counts.clone(),
        part: options.part.clone(),
        flags: Flags::Prefix("--"),
    };
    if options.rejects.as_deref().is_some_and(|path| files::is_same(path, &options.file)) {
        return Err(Error::setting("--rejects", "this is the file that is read; name another"));
    }
    let (name, ratings) = (None, options.file.clone());
    let files =
        DomainFiles { name, label: String::new(), ratings, test: None, users: None, items: None, declared };
    let (domain, read, declared) = match files::read_domain(&files) {
        Ok(ReadDomain { domain, report, options, .. }) => (domain, report, options),
        Err(error) => {
            let of_file = matches!(error, Error::File { .. } | Error::Line { .. });
            if let Some(preview) = (of_file && !options.json).then(|| shown(&files)).flatten() {
                output::show(table(&preview));
            }
            return Err(error);
        }
    };
    if let Some(path) = &options.rejects {
        let name = files::name(&options.file);
        files::write(path, &rejected_table(&name, &files::table_bytes(&options.file)?, &declared)?)?;
    }
    let warnings = told::of_file(&read, &files.declared.flags);
    if options.json {
        let result = json!({
            "understood": read.understood,
            "users": domain.users.len(),
            "items": domain.items.len(),
            "ratings": domain.ratings.len(),
            "rows": read.rows,
            "duplicates": read.duplicates,
            "rejected_rows": read.rejected_rows,
            "rejects": read.rejects,
            "warnings": warnings,
            "preview": read.preview,
        });
        output::line(result);
        return Ok(());
    }
    output::line(told::recognised(&read));
    if let Some(note) = &read.preview.scale_note {
        output::line(format_args!("note: {note}; --scale declares another"));
    }
    warnings.iter().for_each(|warning| output::line(warning.line()));
    output::show(table(&read.preview));
    Ok(())
}

/// The first rows of a file that cannot be read as it is.
fn shown(files: &DomainFiles) -> Option<Preview> {
    let (name, bytes) = (files::name(&files.ratings), files::table_bytes(&files.ratings).ok()?);
    preview(&name, &bytes, &files.declared.options(&name, &bytes).ok()?).ok()
}

/// Characters of a cell that are shown.
const WIDTH: usize = 20;

/// The first rows with numbers and names of their columns.
fn table(preview: &Preview) -> String {
    let cut = |cell: &str| {
        cell.chars().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>()
    };
    let head = preview.columns.iter().enumerate().map(|(column, name)| {
        if preview.header { cut(&format!("{} {name}", column + 1)) } else { (column + 1).to_string() }
    });
    let mut rows: Vec<Vec<String>> = vec![head.collect()];
    rows.extend(preview.rows.iter().map(|row| row.iter().map(|cell| cut(cell)).collect()));
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &Vec<String>| {
        let cells: String =
            row.iter().zip(&widths).map(|(cell, &width)| format!("  {cell:<width$}")).collect();
        format!("{}\n", cells.trim_end())
    };
    rows.iter().map(line).collect()
}
