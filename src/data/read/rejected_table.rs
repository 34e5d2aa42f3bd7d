//! All rows of a file that were left out, as a table to save and to mend the file by. The report of a file keeps only
//! the first of them.

use super::{ReadOptions, reader, reject::Rejects};
use crate::error::{Error, Result};

/// The rows of a rating file that [`super::read_ratings`] leaves out with the same options, as CSV with a header: line
/// number in the file (from 1), reason, and the row itself, cut at 120 characters.
///
/// # Errors
/// When the file cannot be read with these options.
pub fn rejected_table(file: &str, bytes: &[u8], options: &ReadOptions) -> Result<String> {
    let rejects = reader::all_rejects(file, bytes, options)?;
    written(&rejects).ok_or_else(|| {
        Error::file(file, "the table of rows that were left out cannot be written", "Read the file again")
    })
}

fn written(rejects: &Rejects) -> Option<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["line", "reason", "row"]).ok()?;
    for reject in &rejects.list {
        table.write_record([&reject.line.to_string(), &reject.reason, &reject.text]).ok()?;
    }
    String::from_utf8(table.into_inner().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::rejected_table;
    use crate::data::read::{MAX_REJECTS, ReadOptions};

    #[test]
    fn every_row_that_was_left_out_has_its_line_and_reason() {
        let mut text = String::from("user,item,rating\nu,i,4\nu,\"a, b\",\"x,\"\"y\"\"\"\n");
        for row in 0..2 * MAX_REJECTS {
            text.push_str(&format!("u{row},i,none\n"));
        }
        let table = rejected_table("f.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("line,reason,row"));
        let quoted = r#"3,"the rating ""x,""y"""" is not a number","u,""a, b"",""x,""""y""""""""#;
        assert_eq!(lines.next(), Some(quoted));
        assert_eq!(lines.next(), Some(r#"4,"the rating ""none"" is not a number","u0,i,none""#));
        assert_eq!(table.lines().count(), 2 + 2 * MAX_REJECTS);
    }
}
