//! What an experiment shows as text, with the tables behind its figures.

use super::markdown::{one_line, table};
use crate::figure::{Cell, Table};
use crate::lab::experiments::{FoundSettings, Shown};

/// Rows of a table that people read; longer ones are left to their files.
const MOST_ROWS: usize = 80;

/// The finding beside the paper's claim, and the tables behind the figures.
pub fn experiment_markdown(shown: &Shown) -> String {
    let mut text = format!("# {}\n\n", one_line(&shown.experiment));
    if !shown.claim.is_empty() {
        text += &format!("The paper: {}\n\n", shown.claim);
    }
    if !shown.finding.is_empty() {
        text += &format!("{}\n", one_line(&shown.finding));
    }
    if shown.done < shown.jobs {
        text += &format!("\n{} of {} jobs are done.\n", shown.done, shown.jobs);
    }
    for figure in &shown.figures {
        let table = figure.table();
        let rows = match table.rows.len() {
            ..=MOST_ROWS => rows(&table),
            more => format!("{more} rows, in `{}.csv`.\n", figure.name),
        };
        text += &format!("\n## {}\n\n{rows}", one_line(&figure.title));
    }
    text += &found(&shown.found);
    if let Some(figure) = shown.figures.first() {
        text += "\n";
        for line in &figure.provenance {
            text += &format!("    {}\n", one_line(line));
        }
    }
    text
}

/// The best settings of searches, each with the file that has them.
fn found(all: &[FoundSettings]) -> String {
    let mut text = String::new();
    if !all.is_empty() {
        text += "\n## The best settings\n\n";
    }
    for own in all {
        let named: Vec<String> = own.tuned.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        text += &format!(
            "- `{}`, try {} of {}: {} (`--config {}`)\n",
            own.model,
            own.number,
            own.budget,
            named.join(", "),
            own.file()
        );
    }
    text
}

fn rows(own: &Table) -> String {
    let header: Vec<&str> = own.columns.iter().map(|column| &*column.name).collect();
    let cell = |(cell, digits): (&Cell, Option<usize>)| match (cell, digits) {
        (Cell::Number(number), Some(digits)) => format!("{number:.digits$}"),
        (Cell::Number(number), None) => number.to_string(),
        (Cell::Text(text), _) => text.clone(),
        (Cell::Nothing, _) => "-".into(),
    };
    let row =
        |row: &Vec<Cell>| row.iter().zip(own.columns.iter().map(|column| column.digits)).map(cell).collect();
    table(&header, own.rows.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::figure_csv;
    use crate::figure::{Axis, Figure, Panel, Role, Series};

    #[test]
    fn texts_of_other_people_end_no_line_and_run_as_no_formula() {
        let series = Series::line("=dml|\n", Role::Model).spread(8.0, 0.25, 0.2, 0.3);
        let panel = Panel::new("books", Axis::linear("People"), Axis::linear("RMSE")).with(series);
        let mut figure = Figure::new("overlap", "Error").with(panel);
        figure.provenance = vec!["data\nabc".into()];
        let csv = figure_csv(&figure).unwrap();
        assert!(csv.starts_with("# data abc\n") && csv.contains("'=dml|"), "{csv}");
        let shown = Shown {
            experiment: "overlap".into(),
            done: 1,
            jobs: 2,
            figures: vec![figure],
            places: Vec::new(),
            contrasts: Vec::new(),
            measures: Vec::new(),
            found: Vec::new(),
            finding: "It falls.".into(),
            claim: "It falls more.".into(),
        };
        let text = experiment_markdown(&shown);
        assert!(text.contains("The paper: It falls more.") && text.contains("1 of 2 jobs"), "{text}");
        assert!(text.contains(r"=dml\|") && text.contains("| 0.25 |"), "{text}");
    }
}
