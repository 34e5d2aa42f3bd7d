//! The table behind a figure as CSV for programs, Markdown for people and LaTeX for papers.

use super::contest::{latex_document, latex_escaped, latex_table, markdown_table, one_line};
use super::{disarmed, finish, refused};
use crate::error::Result;
use crate::figure::{Cell, Figure, Table, shown};

/// All digits of every number below lines that say where they come from; nothing where something was not measured.
///
/// # Errors
/// When the table cannot be written.
pub fn figure_csv(figure: &Figure) -> Result<String> {
    let head: String = figure.provenance.iter().map(|line| format!("# {}\n", one_line(line))).collect();
    let table = figure.table();
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(table.columns.iter().map(|column| disarmed(&column.name))).map_err(refused)?;
    for row in &table.rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Number(value) => value.to_string(),
            Cell::Text(text) => disarmed(text),
            Cell::Nothing => String::new(),
        });
        rows.write_record(cells).map_err(refused)?;
    }
    Ok(head + &finish(rows)?)
}

/// Title, table, the sentence of what it says and where the numbers come from.
pub fn figure_markdown(figure: &Figure) -> String {
    let table = figure.table();
    let heads: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let mut text = format!(
        "### {}\n\n{}",
        one_line(&figure.title),
        markdown_table(&heads, cells(&table, |text| text.into(), |number| number))
    );
    if !figure.finding.is_empty() {
        text += &format!("\n{}\n", one_line(&figure.finding));
    }
    if !figure.provenance.is_empty() {
        text.push('\n');
    }
    figure.provenance.iter().for_each(|line| text += &format!("    {}\n", one_line(line)));
    text
}

/// The same as a document that compiles as it is, whose table can be copied.
pub fn figure_latex(figure: &Figure) -> String {
    let table = figure.table();
    let header: Vec<String> = table.columns.iter().map(|column| latex_escaped(&column.name)).collect();
    let is_text = |n: usize| table.rows.iter().any(|row| matches!(row.get(n), Some(Cell::Text(_))));
    let columns: String = (0..header.len()).map(|n| if is_text(n) { 'l' } else { 'r' }).collect();
    let caption = latex_escaped(format!("{}. {}", figure.title, figure.finding).trim_end());
    let rows = cells(&table, latex_escaped, |number| latex_number(&number));
    latex_document(&figure.provenance, &latex_table(&caption, &columns, &header, &rows))
}

/// The cells as people read them: texts and numbers by what a format makes of them.
fn cells(
    table: &Table,
    text: impl Fn(&str) -> String,
    number: impl Fn(String) -> String,
) -> Vec<Vec<String>> {
    let cell = |(n, cell): (usize, &Cell)| match cell {
        Cell::Number(value) => {
            let digits = table.columns.get(n).and_then(|column| column.digits);
            number(digits.map_or_else(|| shown(*value), |digits| format!("{value:.digits$}")))
        }
        Cell::Text(words) => text(words),
        Cell::Nothing => "-".into(),
    };
    table.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect()
}

/// A number as formula: `$2.5\cdot 10^{-5}$` of `2.5·10⁻⁵`.
fn latex_number(text: &str) -> String {
    const SUPERSCRIPTS: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let (mut out, mut power) = (String::new(), String::new());
    for letter in text.chars() {
        match (letter, SUPERSCRIPTS.chars().position(|other| other == letter)) {
            (_, Some(digit)) => power += &digit.to_string(),
            ('⁻', _) => power.push('-'),
            ('−', _) => out.push('-'),
            ('·', _) => out += "\\cdot ",
            (',', _) => out += "{,}",
            _ => out.push(letter),
        }
    }
    if !power.is_empty() {
        out += &format!("^{{{power}}}");
    }
    format!("${out}$")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Panel, Role, Series};

    fn figure() -> Figure {
        let panel = Panel::new("=R&D|50%", Axis::linear("People"), Axis::linear("RMSE").unit("stars"))
            .with(Series::line("dml", Role::Model).spread(8.0, 0.123_456_789, 0.1, 0.2).point(2e7, 2.5e-5));
        let mut figure = Figure::new("f", "Errors").with(panel).finding("It falls by 50 %.");
        figure.provenance = vec!["dual-metric 1\nseeds 5".into()];
        figure
    }

    #[test]
    fn programs_get_every_digit_and_no_formula() {
        let text = figure_csv(&figure()).unwrap();
        let expected = "# dual-metric 1 seeds 5\nPanel,Series,Role,People,RMSE (stars),Low,High\n\
                        '=R&D|50%,dml,model,8,0.123456789,0.1,0.2\n'=R&D|50%,dml,model,20000000,0.000025,,\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn people_get_the_digits_that_count() {
        let text = figure_markdown(&figure());
        assert!(text.starts_with("### Errors\n\n| Panel"), "{text}");
        assert!(
            text.contains(r"| =R&D\|50% | dml    | model | 8      | 0.1235       | 0.1 | 0.2  |"),
            "{text}"
        );
        assert!(text.contains("2·10⁷") && text.contains("2.5·10⁻⁵"));
        assert!(text.ends_with("\nIt falls by 50 %.\n\n    dual-metric 1 seeds 5\n"), "{text}");
    }

    #[test]
    fn papers_get_formulas_and_own_tables_their_digits() {
        let text = figure_latex(&figure());
        assert!(
            text.contains(
                "=R\\&D\\textbar{}50\\% & dml & model & $2\\cdot 10^{7}$ & $2.5\\cdot 10^{-5}$ & - & - \\\\\n"
            ),
            "{text}"
        );
        assert!(
            text.starts_with("% dual-metric 1 seeds 5\n\\documentclass{article}\n")
                && text.ends_with("\\end{document}\n")
        );
        assert!(text.contains("\\caption{Errors. It falls by 50 \\%.}\n\\begin{tabular}{lllrrrr}"), "{text}");
        let mut figure = figure();
        let mut own = Table::new(&[("Model", None), ("RMSE", Some(2))]);
        own.push(vec!["dml".into(), 0.126.into()]);
        figure.own_table = Some(own);
        assert!(figure_latex(&figure).contains("dml & $0.13$ \\\\\n"));
    }
}
