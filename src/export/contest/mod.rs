//! The tables of a contest as CSV, Markdown and LaTeX. Each says where it comes from: seeds, data and settings.

mod csv_tables;
mod experiment;
mod latex;
mod markdown;
mod predictions;

pub use csv_tables::{comparisons_csv, costs_csv, figures_csv, gains_csv};
pub use experiment::experiment_markdown;
pub use latex::latex;
pub(super) use latex::{document as latex_document, escaped as latex_escaped, table as latex_table};
pub use markdown::{costs_markdown, markdown};
pub(super) use markdown::{one_line, table as markdown_table};
pub use predictions::predictions_csv;

use crate::error::Result;
use crate::lab::Change;
use crate::lab::contest::{GroupStandings, Standings, group_title};

/// Where figures come from, a line each: program and split, data, settings.
fn provenance(standings: &Standings) -> Result<Vec<String>> {
    let terms = &standings.terms;
    let seeds: Vec<String> = standings.seeds.iter().map(u64::to_string).collect();
    let tuning = if terms.tune > 1 {
        format!("the best of {} settings on validation rows", terms.tune)
    } else {
        "no tuning".into()
    };
    let mut lines = vec![
        format!("{}; {}; seeds {}; {tuning}", terms.program, terms.splitting, seeds.join(", ")),
        format!("data {}", terms.data),
        format!("settings {}", super::exact(&terms.settings)?),
    ];
    if standings.missing > 0 {
        lines.push(format!("{} jobs are missing; models that lack one are left out", standings.missing));
    }
    Ok(lines)
}

/// From where a rating counts as relevant in the standard figures.
fn threshold(standings: &Standings) -> String {
    standings.terms.settings.get("relevance_threshold").map_or("?".into(), ToString::to_string)
}

/// What a table of a group is headed by.
fn heading(domain: &str, group: &GroupStandings) -> String {
    let GroupStandings { people, ratings, .. } = group;
    format!("{domain}: {} ({people} people, {ratings} test ratings)", group_title(group.group))
}

/// A mean and its deviation, as `0.1975 ± 0.0012` with the sign that is given.
fn mean(mean: f64, deviation: Option<f64>, sign: &str) -> String {
    deviation.map_or(format!("{mean:.4}"), |deviation| format!("{mean:.4}{sign}{deviation:.4}"))
}

/// A change in percent with its interval; `percent` is how its sign is written.
fn change(change: Option<Change>, percent: &str) -> String {
    change.map_or("-".into(), |Change { value, low, high }| {
        format!("{:+.2}{percent} ({:+.2} to {:+.2})", 100.0 * value, 100.0 * low, 100.0 * high)
    })
}

/// A p-value to three digits.
fn p_value(p: Option<f64>) -> String {
    p.map_or("-".into(), |p| if p < 0.001 { "<0.001".into() } else { format!("{p:.3}") })
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::{Arc, OnceLock};

    use crate::data::sample;
    use crate::lab::contest::{Contest, Findings, Manifest, Plan, Splitting};
    use crate::settings::Config;

    /// A contest of the baselines on the sample, with placebos and cold people, whose first domain has an odd name.
    pub fn findings() -> &'static Findings {
        static FINDINGS: OnceLock<Findings> = OnceLock::new();
        FINDINGS.get_or_init(|| {
            let mut world = sample(1).world;
            world.domains[0].name = "=R&D_50%".into();
            let config = Config::robust().check().unwrap();
            let contest =
                Contest::new(Arc::new(world), None, 3, &config, 1, "abc123".into(), "dual-metric 1").unwrap();
            let plan = Plan::new(&["linked-bias"], Splitting::Folds(3), 5, 1).unwrap();
            let jobs = plan.with_cold_users(true).with_placebos(true).jobs();
            let run = |job| pollster::block_on(contest.run(job, &mut |_| ())).unwrap().result;
            let results: Vec<_> = jobs.iter().map(run).collect();
            Findings::new(&Manifest { terms: contest.terms().clone(), jobs }, &results).unwrap()
        })
    }
}
