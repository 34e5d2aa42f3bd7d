//! Long tables for programs: a row a figure. Lines that begin with # say where the figures come from.

use super::super::{disarmed, finish, refused};
use super::provenance;
use crate::error::Result;
use crate::lab::Change;
use crate::lab::contest::{Findings, Standings};

/// A CSV table below its lines of provenance.
struct Table {
    head: String,
    rows: csv::Writer<Vec<u8>>,
}

impl Table {
    fn new(standings: &Standings, header: &[&str]) -> Result<Self> {
        let head: String = provenance(standings)?.iter().map(|line| format!("# {line}\n")).collect();
        let mut rows = csv::Writer::from_writer(Vec::new());
        rows.write_record(header).map_err(refused)?;
        Ok(Self { head, rows })
    }

    fn push(&mut self, row: impl IntoIterator<Item = String>) -> Result<()> {
        self.rows.write_record(row).map_err(refused)
    }

    fn finish(self) -> Result<String> {
        Ok(self.head + &finish(self.rows)?)
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn ends(change: Option<Change>) -> [String; 3] {
    [change.map(|c| c.value), change.map(|c| c.low), change.map(|c| c.high)].map(number)
}

/// Every model's figures: `domain, group, people, ratings, model, metric, mean, sd, jobs, winner`.
///
/// # Errors
/// When the table cannot be written.
pub fn figures_csv(findings: &Findings) -> Result<String> {
    let header = ["domain", "group", "people", "ratings", "model", "metric", "mean", "sd", "jobs", "winner"];
    let mut table = Table::new(&findings.standings, &header)?;
    for domain in &findings.standings.domains {
        for group in &domain.groups {
            for row in &group.rows {
                for figure in &row.figures {
                    table.push([
                        disarmed(&domain.name),
                        group.group.into(),
                        group.people.to_string(),
                        group.ratings.to_string(),
                        row.model.clone(),
                        figure.metric.name().into(),
                        figure.mean.to_string(),
                        number(figure.deviation),
                        group.jobs.to_string(),
                        figure.is_winner.to_string(),
                    ])?;
                }
            }
        }
    }
    table.finish()
}

/// Every model beside its best peer: `domain, group, metric, model, peer, difference, t, freedom, p, p_holm, change,
/// change_low, change_high, p_people, p_people_holm`; nothing where a test can't be done.
///
/// # Errors
/// When the table cannot be written.
pub fn comparisons_csv(findings: &Findings) -> Result<String> {
    let header = [
        "domain",
        "group",
        "metric",
        "model",
        "peer",
        "difference",
        "t",
        "freedom",
        "p",
        "p_holm",
        "change",
        "change_low",
        "change_high",
        "p_people",
        "p_people_holm",
    ];
    let mut table = Table::new(&findings.standings, &header)?;
    for domain in &findings.standings.domains {
        for group in &domain.groups {
            for row in &group.rows {
                for figure in &row.figures {
                    let Some(own) = &figure.comparison else { continue };
                    let paired = own.paired;
                    let [change, low, high] = ends(own.change);
                    table.push([
                        disarmed(&domain.name),
                        group.group.into(),
                        figure.metric.name().into(),
                        row.model.clone(),
                        own.peer.clone(),
                        own.difference.to_string(),
                        number(paired.map(|test| test.t)),
                        paired.map_or(String::new(), |test| test.freedom.to_string()),
                        number(paired.map(|test| test.p)),
                        number(own.p_holm),
                        change,
                        low,
                        high,
                        number(own.p_people),
                        number(own.p_people_holm),
                    ])?;
                }
            }
        }
    }
    table.finish()
}

/// What the other domain gives each model: `domain, group, model, control, rmse_control, rmse_linked, change, change_low,
/// change_high, t, freedom, p, p_holm, p_people_holm, verdict`.
///
/// # Errors
/// When the table cannot be written.
pub fn gains_csv(findings: &Findings) -> Result<String> {
    let header = [
        "domain",
        "group",
        "model",
        "control",
        "rmse_control",
        "rmse_linked",
        "change",
        "change_low",
        "change_high",
        "t",
        "freedom",
        "p",
        "p_holm",
        "p_people_holm",
        "verdict",
    ];
    let mut table = Table::new(&findings.standings, &header)?;
    for row in &findings.gains {
        for (control, gain) in [("alone", &row.alone), ("shuffled", &row.shuffled)] {
            let [change, low, high] = ends(Some(gain.change));
            table.push([
                disarmed(&row.domain),
                row.group.into(),
                row.model.clone(),
                control.into(),
                gain.rmse.to_string(),
                row.rmse.to_string(),
                change,
                low,
                high,
                number(gain.paired.map(|test| test.t)),
                gain.paired.map_or(String::new(), |test| test.freedom.to_string()),
                number(gain.paired.map(|test| test.p)),
                number(gain.p_holm),
                gain.p_people_holm.to_string(),
                row.verdict.into(),
            ])?;
        }
    }
    table.finish()
}

/// What each model takes: `model, jobs, seconds, epochs, peak_bytes`.
///
/// # Errors
/// When the table cannot be written.
pub fn costs_csv(findings: &Findings) -> Result<String> {
    let mut table = Table::new(&findings.standings, &["model", "jobs", "seconds", "epochs", "peak_bytes"])?;
    for cost in &findings.costs {
        table.push([
            cost.model.clone(),
            cost.jobs.to_string(),
            cost.seconds.to_string(),
            cost.epochs.to_string(),
            cost.peak_bytes.map_or(String::new(), |bytes| bytes.to_string()),
        ])?;
    }
    table.finish()
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;
    use super::*;

    /// The rows of a table as the field's programs read them.
    fn rows(text: &str) -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        reader.records().map(|row| row.unwrap()).collect()
    }

    #[test]
    fn every_figure_is_a_row_and_every_table_says_where_it_comes_from() {
        let findings = findings();
        let figures = figures_csv(findings).unwrap();
        // Three models in two domains for everybody and cold people; the sample has nobody with few ratings or some.
        let groups: usize = findings.standings.domains.iter().map(|domain| domain.groups.len()).sum();
        assert!(groups >= 4);
        assert_eq!(rows(&figures).len(), groups * 3 * 6);
        assert_eq!(rows(&comparisons_csv(findings).unwrap()).len(), groups * 3 * 6);
        assert_eq!(
            rows(&gains_csv(findings).unwrap()).len(),
            groups * 2,
            "one model in which something crosses"
        );
        assert_eq!(rows(&costs_csv(findings).unwrap()).len(), 3);
        for text in [
            figures,
            comparisons_csv(findings).unwrap(),
            gains_csv(findings).unwrap(),
            costs_csv(findings).unwrap(),
        ] {
            assert!(
                text.starts_with("# dual-metric 1; 3 folds; seeds 5; no tuning\n# data abc123\n# settings {")
            );
            assert!(text.contains("\"learning_rate\":0.002"), "as it was set");
        }
    }

    #[test]
    fn a_name_that_would_be_a_formula_is_disarmed_and_numbers_are_not() {
        let findings = findings();
        let own = rows(&comparisons_csv(findings).unwrap());
        assert!(own.iter().any(|row| &row[0] == "'=R&D_50%"));
        assert!(own.iter().all(|row| row[5].parse::<f64>().is_ok()));
        assert!(own.iter().any(|row| row[5].starts_with('-')), "a negative difference stays a number");
    }
}
