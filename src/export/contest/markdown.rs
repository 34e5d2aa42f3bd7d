//! Tables for people and pages.

use super::{change, heading, mean, p_value, provenance, threshold};
use crate::error::Result;
use crate::lab::contest::{Cost, Findings, GainRow, GroupStandings, StandingsRow, group_title};
use crate::metrics::Metric;

/// All tables but that of what the models take.
///
/// # Errors
/// Never in practice: settings are plain values.
pub fn markdown(findings: &Findings) -> Result<String> {
    let standings = &findings.standings;
    let mut text = format!(
        "Means over folds and seeds ± standard deviation, on the unit scale. Relevant: {} and up; the paper's pair has \
         a threshold of 0.5 for truths and predictions. **Bold**: better than every other model in a t-test over folds \
         (Nadeau and Bengio) and in draws of people, both after Holm's correction.\n",
        threshold(standings)
    );
    for domain in &standings.domains {
        for group in &domain.groups {
            text += &format!("\n### {}\n\n", one_line(&heading(&domain.name, group)));
            text += &figures(group);
            text += "\nRMSE beside the best of the other models:\n\n";
            text += &comparisons(group);
        }
    }
    if !findings.gains.is_empty() {
        text += "\n## What the other domain gives\n\nRMSE with the links, and the change from the same model without any \
                 and with shuffled ones (95 % intervals over people; p over folds after Holm's correction).\n\n";
        text += &gains(&findings.gains);
    }
    text += "\n";
    for line in provenance(standings)? {
        text += &format!("    {line}\n");
    }
    Ok(text)
}

/// What the models take.
pub fn costs_markdown(costs: &[Cost]) -> String {
    let rows = costs.iter().map(|cost| {
        let memory = cost.peak_bytes.map_or("-".into(), |bytes| format!("{:.0}", bytes as f64 / 1e6));
        vec![cost.model.clone(), format!("{:.2}", cost.seconds), format!("{:.1}", cost.epochs), memory]
    });
    let header = ["Model", "Seconds", "Epochs", "Peak MB"];
    format!(
        "\n## What the models take\n\nA job's trainings with the links, and the most memory that the process had \
         meanwhile, data and what earlier jobs have left included (the least of the jobs).\n\n{}",
        table(&header, rows.collect())
    )
}

fn figures(group: &GroupStandings) -> String {
    let mut header = vec!["Model"];
    header.extend(Metric::ALL.map(Metric::title));
    header.push("RMSE from the bias model");
    let row = |row: &StandingsRow| {
        let mut cells = vec![row.model.clone()];
        cells.extend(row.figures.iter().map(|figure| {
            let text = mean(figure.mean, figure.deviation, " ± ");
            if figure.is_winner { format!("**{text}**") } else { text }
        }));
        cells.push(change(row.against_bias, " %"));
        cells
    };
    table(&header, group.rows.iter().map(row).collect())
}

fn comparisons(group: &GroupStandings) -> String {
    let rows = group.rows.iter().filter_map(|row| {
        let own = row.figures.first()?.comparison.as_ref()?;
        let difference = format!("{:+.4}", own.difference);
        let p = [p_value(own.p_holm), p_value(own.p_people_holm)];
        let [folds, people] = p;
        Some(vec![row.model.clone(), own.peer.clone(), difference, change(own.change, " %"), folds, people])
    });
    table(&["Model", "Peer", "Difference", "Change", "p, folds", "p, people"], rows.collect())
}

fn gains(gains: &[GainRow]) -> String {
    let rows = gains.iter().map(|row| {
        vec![
            row.domain.clone(),
            group_title(row.group).into(),
            row.model.clone(),
            format!("{:.4}", row.rmse),
            change(Some(row.alone.change), " %"),
            p_value(row.alone.p_holm),
            change(Some(row.shuffled.change), " %"),
            p_value(row.shuffled.p_holm),
            row.verdict.into(),
        ]
    });
    let header =
        ["Domain", "Group", "Model", "RMSE", "From alone", "p", "From shuffled links", "p", "Verdict"];
    table(&header, rows.collect())
}

/// A table whose columns are as wide as their widest cell, so that it reads as text too.
pub(in crate::export) fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    let width = |n: usize| {
        let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count());
        cells.chain([header[n].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let header: Vec<String> = header.iter().map(ToString::to_string).collect();
    let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = line(&header) + &line(&rule);
    rows.iter().for_each(|row| text += &line(row));
    text
}

/// A cell that ends no column and opens no tag.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;")
}

/// The text in one line.
pub(in crate::export) fn one_line(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;
    use super::*;

    #[test]
    fn every_model_and_group_has_its_row_and_all_rows_are_as_wide() {
        let text = markdown(findings()).unwrap();
        for group in findings().standings.domains.iter().flat_map(|domain| &domain.groups) {
            assert!(text.contains(group_title(group.group)));
        }
        assert!(text.contains("### =R&D_50%: everybody") && text.contains("Relevant: 0.5 and up"));
        // A row of figures and one of comparisons.
        let groups: usize = findings().standings.domains.iter().map(|domain| domain.groups.len()).sum();
        let rows = text.lines().filter(|line| line.starts_with("| linked-bias"));
        assert_eq!(rows.count(), 2 * groups);
        assert!(text.contains("    data abc123\n") && text.contains("seeds 5"));
        let columns = |line: &str| line.matches(" |").count();
        for block in text.split("\n\n").filter(|block| block.starts_with('|')) {
            let mut lines = block.lines();
            let own = columns(lines.next().unwrap());
            assert!(lines.all(|line| columns(line) == own), "{block}");
        }
        let costs = costs_markdown(&findings().costs);
        assert!(costs.contains("| linked-bias") && costs.contains("Peak MB"));
    }

    #[test]
    fn a_cell_can_not_end_its_column() {
        let text = table(&["a", "b"], vec![vec!["x|y".into(), "<b>\n".into()]]);
        assert_eq!(text.lines().last(), Some(r"| x\|y | &lt;b>  |"));
    }
}
