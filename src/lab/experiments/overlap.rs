//! How many people in both are enough (paper 6.2, Figure 3): the others leave with their ratings, as in the paper, or stay
//! unlinked, which is the fair control: then nothing but the links is less. The bias model and the global mean are fitted on the
//! same ratings at each point.

use super::drawing::{lines, table, title};
use super::sheet::{Contestant, Sheet, corrected};
use super::{Contrast, Experiment, Facts, Place, Shown, words};
use crate::data::grouped;
use crate::error::{Error, Result};
use crate::figure::{Axis, Figure, Panel};
use crate::lab::contest::{Form, Links, Point, Stop, Users};
use crate::lab::ledger::Group;

const KEPT: &str = "others kept";
const DISCARDED: &str = "others discarded";
/// The place on the axis at which the paper finds enough.
const ENOUGH: usize = 8;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "overlap",
    shows: "test error by how many people in both are linked",
    source: "Figure 3, section 6.2",
    claim: "Few people in both improve rapidly on none, 8 are enough to outperform all baselines that use everybody in \
            both, and more improve only a little.",
    models: &["dml", "bayes"],
    has_newcomers: true,
    stops,
    shown,
    // Where people in both leave, the smaller part of the ratings is left.
    weight: |job| if matches!(job.point.links, Links::Discarded(_)) { 0.35 } else { 1.0 },
};

/// 0, 1, 2, 4, 8, … and all.
fn steps(people: usize) -> Vec<usize> {
    let powers = (0..).map(|n| 1_usize << n).take_while(|n| *n < people);
    std::iter::once(0).chain(powers).collect()
}

fn stops(facts: &Facts) -> Result<Vec<Stop>> {
    let people = facts.people_in_both();
    if people < 2 {
        return Err(Error::data(
            format!("{people} people are in both, too few to use fewer of them"),
            "Load files that share more people",
        ));
    }
    // Newcomers are people in both too, and keep their link.
    let cold = facts.world.domains.len() as f64 * f64::from(facts.config.cold_fraction);
    let warm = (people as f64 * (1.0 - cold.min(1.0))) as usize;
    let mut stops = Vec::new();
    for n in steps(people) {
        let kept = Point { links: Links::Kept(n), arm: KEPT.into(), ..Point::at(format!("kept-{n}"), n) };
        let discarded = Point {
            links: Links::Discarded(n),
            arm: DISCARDED.into(),
            ..Point::at(format!("discarded-{n}"), n)
        };
        let users = if n < warm { facts.users() } else { vec![Users::All] };
        stops.push(Stop { users, ..Stop::new(kept) });
        stops.push(Stop::new(discarded));
    }
    let all = Stop { users: facts.users(), ..Stop::new(Point::at("all", people)) };
    stops.push(Stop { forms: Form::EACH.to_vec(), ..all });
    Ok(stops)
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let models = sheet.models();
    let points = sheet.manifest.points();
    let contestants: Vec<Contestant> = (models.iter())
        .flat_map(|&model| [(model, Form::Linked), (model, Form::Shuffled)])
        .chain(Sheet::baselines())
        .collect();
    let mut places: Vec<Place> = Vec::new();
    let mut panels: [Vec<Panel>; 2] = Default::default();
    for (d, domain) in sheet.domains().iter().enumerate() {
        for (group, arm) in [(Group::All, KEPT), (Group::All, DISCARDED), (Group::Cold, KEPT)] {
            let mut own = Vec::new();
            // At "all" both arms are the same.
            for point in points.iter().filter(|point| point.arm == arm || point.arm.is_empty()) {
                own.extend(sheet.places(d, group, point, &contestants)?);
            }
            if own.is_empty() {
                continue;
            }
            let name = match group {
                Group::Cold => title(domain, "cold"),
                _ => format!("{domain}: {arm}"),
            };
            let mut axis = Axis::logarithmic("People in both who are linked");
            // The last of the named places is "all", which is kept where there is no room for each.
            let mut named: Vec<usize> = own.iter().map(|place| place.point.x).collect();
            named.sort_unstable();
            named.dedup();
            let all = points.iter().find(|point| point.arm.is_empty()).map(|all| all.x);
            for &x in named.iter().filter(|&&x| Some(x) != all) {
                axis = axis.tick(x as f64, &grouped(x));
            }
            if let Some(all) = all {
                axis = axis.tick(all as f64, "all");
            }
            panels[usize::from(group == Group::Cold)].push(lines(
                &name,
                axis,
                &own.iter().collect::<Vec<_>>(),
            ));
            // The places of "all" are in both arms' panels, and once in the table.
            own.retain(|place| !places.contains(place));
            places.extend(own);
        }
    }
    let contrasts = contrasts(sheet, &models);
    let finding = finding(sheet, &models, &places, &contrasts);
    let [all, cold] = panels;
    let of = |is_own: fn(&Place) -> bool| {
        let own: Vec<&Place> = places.iter().filter(|place| is_own(place)).collect();
        table("People in both", &own)
    };
    let mut figures = Vec::new();
    if !all.is_empty() {
        let own_table = Some(of(|place| place.group != "cold"));
        let figure = Figure::new("overlap", "Error of everybody by people in both");
        figures.push(Figure { panels: all, own_table, ..figure });
    }
    if !cold.is_empty() {
        let own_table = Some(of(|place| place.group == "cold"));
        let figure = Figure::new("overlap-newcomers", "Error of newcomers by people in both");
        figures.push(Figure { panels: cold, own_table, ..figure });
    }
    Ok(Shown::new(figures, places, contrasts, finding))
}

/// For every model: from nobody to all, from nobody to eight and from eight to all where the others are kept; and with all, what
/// shuffled links do beside none, and the true ones beside shuffled ones. Discarded people take their test rows with them, so
/// that points of that arm are not of the same rows.
fn contrasts(sheet: &Sheet, models: &[&str]) -> Vec<Contrast> {
    let points = sheet.manifest.points();
    let at = |name: &str| points.iter().copied().find(|point| point.name == name);
    let (none, eight, all) = (at("kept-0"), at(&format!("kept-{ENOUGH}")), at("all"));
    let pairs = [
        (none.zip(all), Form::Linked, Form::Linked),
        (none.zip(eight), Form::Linked, Form::Linked),
        (eight.zip(all), Form::Linked, Form::Linked),
        (all.zip(all), Form::Alone, Form::Shuffled),
        (all.zip(all), Form::Shuffled, Form::Linked),
    ];
    let mut contrasts = Vec::new();
    for (points, from, to) in pairs {
        let Some((first, last)) = points else { continue };
        let mut own = Vec::new();
        for &model in models {
            for group in [Group::All, Group::Cold] {
                for d in 0..sheet.domains().len() {
                    own.extend(sheet.contrast(d, group, (first, (model, from)), (last, (model, to))));
                }
            }
        }
        contrasts.extend(corrected(own));
    }
    contrasts
}

/// What all people give newcomers and everybody under the first model, and how much of it eight give; beside shuffled links,
/// and beside what ratings that come back give a model without links.
fn finding(sheet: &Sheet, models: &[&str], places: &[Place], contrasts: &[Contrast]) -> String {
    let Some(&model) = models.first() else { return String::new() };
    let of = |group: &str, from: &str, to: &str, forms: [Form; 2]| {
        let own = contrasts.iter().filter(|own| {
            (&*own.from.model, &*own.group) == (model, group)
                && (&*own.from.point.name, &*own.to.point.name) == (from, to)
                && [own.from.form, own.to.form] == forms
        });
        words::by_domain(own.collect::<Vec<_>>())
    };
    let linked = [Form::Linked; 2];
    let all = sheet.manifest.points().into_iter().find(|point| point.name == "all").map_or(0, |all| all.x);
    let mut sentences = Vec::new();
    let newcomers = of("cold", "kept-0", "all", linked);
    if !newcomers.is_empty() {
        let mut text = format!(
            "On these data, from 0 to all {} people in both, the error of newcomers under {model} {newcomers}",
            grouped(all)
        );
        let eight = of("cold", &format!("kept-{ENOUGH}"), "all", linked);
        if !eight.is_empty() {
            text += &format!("; from {ENOUGH} to all it {eight}");
        }
        let placebo = of("cold", "all", "all", [Form::Alone, Form::Shuffled]);
        if !placebo.is_empty() {
            text += &format!("; with shuffled links in place of none it {placebo}");
        }
        sentences.push(text + ".");
    }
    let everybody = of("all", "kept-0", "all", linked);
    if !everybody.is_empty() {
        sentences.push(format!("The error of everybody {everybody}."));
    }
    sentences.extend(discarded(model, places));
    sentences.join(" ")
}

/// How far the error falls in the paper's arm, in which ratings come back with the people, beside the bias model, which has no
/// use for links.
fn discarded(model: &str, places: &[Place]) -> Option<String> {
    let at = |model: &str, domain: &str, name: &str| {
        let is_it = |own: &&Place| {
            (&*own.model, &*own.domain, &*own.group, &*own.point.name) == (model, domain, "all", name)
                && own.form == Form::Linked
        };
        places.iter().find(is_it).map(|own| own.rmse)
    };
    let mut domains: Vec<&str> = places.iter().map(|own| &*own.domain).collect();
    domains.dedup();
    let fall = |model: &str, domain: &str| {
        Some(format!("{:.4} to {:.4}", at(model, domain, "discarded-0")?, at(model, domain, "all")?))
    };
    let mut texts = Vec::new();
    for domain in domains {
        let text = format!(
            "from {} in {domain}, that of the bias model, which knows no links, from {}",
            fall(model, domain)?,
            fall(crate::baselines::BIAS.name, domain)?
        );
        // The places of newcomers come by domain too.
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    (!texts.is_empty()).then(|| {
        format!(
            "Where the others' ratings are discarded, as in the paper, they come back with the people: the error of everybody \
             goes {}.",
            texts.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_are_nobody_and_the_powers_of_two_below_all() {
        assert_eq!(steps(9), [0, 1, 2, 4, 8]);
        assert_eq!(steps(8), [0, 1, 2, 4]);
    }
}
