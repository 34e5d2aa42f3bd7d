//! Tables for papers: one document that compiles as it is (`pdflatex`, package `booktabs`), whose tables can be copied.

use super::{heading, mean, one_line, provenance, threshold};
use crate::error::Result;
use crate::lab::Change;
use crate::lab::contest::{Findings, GainRow, GroupStandings, Standings};

/// All tables as one document.
///
/// # Errors
/// Never in practice: settings are plain values.
pub fn latex(findings: &Findings) -> Result<String> {
    let standings = &findings.standings;
    let mut text = String::new();
    for domain in &standings.domains {
        for group in &domain.groups {
            text += &figures(standings, &domain.name, group);
        }
    }
    text += &gains(findings);
    Ok(document(&provenance(standings)?, &text))
}

/// A document of some tables, headed by lines of where they come from.
pub(in crate::export) fn document(provenance: &[String], tables: &str) -> String {
    let head: String = provenance.iter().map(|line| format!("% {}\n", one_line(line))).collect();
    format!(
        "{head}\\documentclass{{article}}\n\\usepackage[T1]{{fontenc}}\n\\usepackage[utf8]{{inputenc}}\n\\usepackage{{booktabs}}\n\
         \\usepackage[margin=2cm]{{geometry}}\n\\begin{{document}}\n{tables}\\end{{document}}\n"
    )
}

fn figures(standings: &Standings, domain: &str, group: &GroupStandings) -> String {
    let rows = group.rows.iter().map(|row| {
        let figures = row.figures.iter().map(|figure| {
            let text = mean(figure.mean, figure.deviation, " $\\pm$ ");
            if figure.is_winner { format!("\\textbf{{{text}}}*") } else { text }
        });
        let mut cells = vec![escaped(&row.model)];
        cells.extend(figures);
        cells
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let header =
        ["Model", "RMSE", "MAE", "Pre@5", "Rec@5", "Pre@5 (paper)", "Rec@5 (paper)"].map(String::from);
    let terms = &standings.terms;
    let seeds: Vec<String> = standings.seeds.iter().map(u64::to_string).collect();
    let caption = format!(
        "{}; {}, seeds {}; relevant from {} up; data {}. *: better than every other model, $p < .05$ over folds \
         (Nadeau and Bengio) and over people, both after Holm's correction.",
        escaped(&heading(domain, group)),
        terms.splitting,
        seeds.join(", "),
        threshold(standings),
        escaped(terms.short_data()),
    );
    table(&caption, "lrrrrrr", &header, &rows)
}

fn gains(findings: &Findings) -> String {
    if findings.gains.is_empty() {
        return String::new();
    }
    let row = |row: &GainRow| {
        vec![
            escaped(&row.domain),
            short(row.group).into(),
            escaped(&row.model),
            format!("{:.4}", row.rmse),
            change(row.alone.change),
            change(row.shuffled.change),
            escaped(row.verdict),
        ]
    };
    let rows: Vec<Vec<String>> = findings.gains.iter().map(row).collect();
    let header = ["Domain", "Group", "Model", "RMSE", "From alone, \\%", "From shuffled, \\%", "Verdict"]
        .map(String::from);
    let caption = "What the other domain gives: the change of the RMSE from the same model without links and with shuffled \
                   links, with 95\\,\\% intervals over people.";
    table(caption, "lllrrrl", &header, &rows)
}

/// A group in a word or two: the whole sentence would make the table wider than the page.
fn short(group: &str) -> &'static str {
    match group {
        "few" => "few ratings",
        "cold" => "cold start",
        _ => "everybody",
    }
}

fn change(Change { value, low, high }: Change) -> String {
    format!("${:+.2}$ (${:+.2}$ to ${:+.2}$)", 100.0 * value, 100.0 * low, 100.0 * high)
}

/// A table with a caption; columns as LaTeX has them, cells as they stand in the file.
pub(in crate::export) fn table(
    caption: &str,
    columns: &str,
    header: &[String],
    rows: &[Vec<String>],
) -> String {
    let line = |cells: &[String]| format!("{} \\\\\n", cells.join(" & "));
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!(
        "\\begin{{table}}\n\\centering\\scriptsize\n\\caption{{{caption}}}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{}\\midrule\n\
         {rows}\\bottomrule\n\\end{{tabular}}\n\\end{{table}}\n",
        line(header)
    )
}

/// Text that LaTeX sets as it reads.
pub(in crate::export) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' => escaped += "\\textbackslash{}",
            '~' => escaped += "\\textasciitilde{}",
            '^' => escaped += "\\textasciicircum{}",
            '<' => escaped += "\\textless{}",
            '>' => escaped += "\\textgreater{}",
            '|' => escaped += "\\textbar{}",
            '"' => escaped += "\\textquotedbl{}",
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', letter]),
            _ if letter.is_control() => escaped.push(' '),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;
    use super::*;

    #[test]
    fn what_latex_would_read_as_more_than_text_is_escaped() {
        assert_eq!(escaped("R&D_50%"), "R\\&D\\_50\\%");
        assert_eq!(
            escaped("a\\b~{$#}^"),
            "a\\textbackslash{}b\\textasciitilde{}\\{\\$\\#\\}\\textasciicircum{}"
        );
        assert_eq!(escaped("x\ny <é>"), "x y \\textless{}é\\textgreater{}");
    }

    /// A document in small: every group and environment is closed, and every row has as many cells as there are columns.
    #[test]
    fn the_document_is_whole() {
        let text = latex(findings()).unwrap();
        let body: Vec<&str> = text.lines().filter(|line| !line.starts_with('%')).collect();
        assert!(text.starts_with("% dual-metric 1; 3 folds; seeds 5"));
        assert_eq!((body[0], *body.last().unwrap()), ("\\documentclass{article}", "\\end{document}"));
        let (mut depth, mut open) = (0_i32, Vec::new());
        let mut columns = 0;
        for line in body {
            let plain = line.replace("\\{", "").replace("\\}", "").replace("\\&", "").replace("\\%", "");
            depth += plain.matches('{').count() as i32 - plain.matches('}').count() as i32;
            assert_eq!(depth, 0, "{line}");
            assert!(!plain.contains('%') && plain.matches('$').count() % 2 == 0, "{line}");
            if let Some(name) = line.strip_prefix("\\begin{") {
                open.push(name.split('}').next().unwrap().to_string());
                columns = line.strip_prefix("\\begin{tabular}{").map_or(columns, |rest| rest.len() - 1);
            }
            if let Some(name) = line.strip_prefix("\\end{") {
                assert_eq!(open.pop().as_deref(), Some(name.trim_end_matches('}')));
            }
            if line.ends_with("\\\\") {
                assert_eq!(plain.matches('&').count() + 1, columns, "{line}");
            }
            // What is no command of ours would stop a compiler.
            if !line.starts_with('\\') {
                assert!(!line.contains("=R&D"), "{line}");
            }
        }
        assert!(open.is_empty());
        assert!(text.contains("\\toprule") && text.contains("=R\\&D\\_50\\%: everybody"));
    }
}
