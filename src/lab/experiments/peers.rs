//! All models with one another (paper 6.1, Tables 3 to 8): the figure of the contest, whose tables are
//! [`Findings`](crate::lab::contest::Findings).

use super::series::by_model;
use super::sheet::Sheet;
use super::{Experiment, Facts, Shown};
use crate::error::Result;
use crate::lab::contest::{Form, GroupStandings, PEERS, Point, Standings, Stop, group_title};
use crate::lab::ledger::Group;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: PEERS,
    shows: "test error of all models",
    source: "Tables 3 to 8, section 6.1",
    claim: "Dual metric learning outperforms all baselines significantly and consistently, in all tasks and by all metrics.",
    models: &["all"],
    has_newcomers: true,
    stops: |facts: &Facts| Ok(vec![Stop { users: facts.users(), ..Stop::new(Point::default()) }]),
    shown,
    weight: |_| 1.0,
};

fn shown(sheet: &Sheet) -> Result<Shown> {
    let groups = [Group::All, Group::Cold];
    let (figures, places) = by_model(sheet, PEERS, "Error of all models", &groups, &[Form::Linked])?;
    let results: Vec<_> = sheet.all().into_iter().cloned().collect();
    let standings = Standings::new(sheet.manifest, &results)?;
    let finding = finding(&standings);
    Ok(Shown::new(figures, places, Vec::new(), finding))
}

/// Who is ahead by RMSE in each group, and whether beyond chance.
fn finding(standings: &Standings) -> String {
    let of = |domain: &str, group: &GroupStandings| {
        let rmse = |row: &crate::lab::contest::StandingsRow| row.figures.first().map(|figure| figure.mean);
        let best =
            group.rows.iter().min_by(|x, y| rmse(x).unwrap_or(9.0).total_cmp(&rmse(y).unwrap_or(9.0)))?;
        let figure = best.figures.first()?;
        let beside = figure.comparison.as_ref().map_or(String::new(), |own| format!(" before {}", own.peer));
        let sure = if figure.is_winner { "" } else { ", not for sure" };
        let who = group_title(group.group);
        Some(format!("{} is ahead for {who} in {domain}{beside} ({:.4}{sure})", best.model, figure.mean))
    };
    let mut all = Vec::new();
    for domain in &standings.domains {
        all.extend(domain.groups.iter().filter_map(|group| of(&domain.name, group)));
    }
    if all.is_empty() { String::new() } else { format!("On these data {}.", all.join("; ")) }
}
