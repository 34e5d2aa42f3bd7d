//! What the other domain gives, beyond the paper: newcomers (`cold-start`), newcomers with a few ratings (`few-ratings`), and
//! what shuffled links give (`control`), by which nobody may gain.

use super::series::{ByPoint, by_model};
use super::sheet::{Sheet, corrected};
use super::{Contrast, Experiment, Facts, Shown, words};
use crate::error::{Error, Result};
use crate::figure::Axis;
use crate::lab::contest::{Form, Point, Stop, Users};
use crate::lab::ledger::Group;

/// Models of which each is of another family, the program's own first.
const MODELS: &[&str] = &["dml", "averaged", "bayes", "linked-bias", "cmf", "emcdr-linear", "ddtcdr"];

pub(super) const COLD_START: Experiment = Experiment {
    name: "cold-start",
    shows: "test error of people without ratings in a domain, with links, without and with shuffled ones",
    source: "beyond the paper, which claims that it helps them",
    claim: "",
    models: MODELS,
    has_newcomers: false,
    stops: |facts| {
        needs_newcomers(facts)?;
        let stop = Stop::new(Point::at("newcomers", 0));
        Ok(vec![Stop { users: vec![Users::Cold], forms: Form::EACH.to_vec(), ..stop }])
    },
    shown: |sheet| {
        let groups = [Group::Cold];
        let heading = "Error of newcomers with links and with the controls";
        let (figures, places) = by_model(sheet, "cold-start", heading, &groups, &Form::EACH)?;
        let gains = both(sheet, &groups, [(Form::Alone, Form::Linked), (Form::Shuffled, Form::Linked)]);
        let finding = gained(&gains, "newcomers");
        Ok(Shown::new(figures, places, gains, finding))
    },
    weight: |_| 1.0,
};

const HISTORIES: [usize; 5] = [0, 1, 2, 4, 8];

pub(super) const FEW_RATINGS: Experiment = Experiment {
    name: "few-ratings",
    shows: "test error of newcomers by how many ratings they have in the domain",
    source: "beyond the paper: where the other domain stops to matter",
    claim: "",
    models: &["dml", "bayes", "linked-bias"],
    has_newcomers: false,
    stops: |facts| {
        needs_newcomers(facts)?;
        let stop = |&n: &usize| {
            let point = Point { history: Some(n), ..Point::at(format!("ratings-{n}"), n) };
            Stop { users: vec![Users::Cold], forms: Form::EACH.to_vec(), ..Stop::new(point) }
        };
        Ok(HISTORIES.iter().map(stop).collect())
    },
    shown: few_ratings,
    weight: |_| 1.0,
};

pub(super) const CONTROL: Experiment = Experiment {
    name: "control",
    shows: "what links give that join nobody with themselves: no model may gain by them",
    source: "beyond the paper: the placebo of every other figure",
    claim: "",
    models: MODELS,
    has_newcomers: true,
    stops: |facts| {
        let stop = Stop::new(Point::at("control", 0));
        Ok(vec![Stop { users: facts.users(), forms: Form::EACH.to_vec(), ..stop }])
    },
    shown: |sheet| {
        let groups = [Group::All, Group::Cold];
        let heading = "Error with shuffled links beside none and the true ones";
        let (figures, places) = by_model(sheet, "control", heading, &groups, &Form::EACH)?;
        let contrasts = both(sheet, &groups, [(Form::Alone, Form::Shuffled), (Form::Alone, Form::Linked)]);
        let finding = controlled(&contrasts);
        Ok(Shown::new(figures, places, contrasts, finding))
    },
    weight: |_| 1.0,
};

fn needs_newcomers(facts: &Facts) -> Result<()> {
    if facts.has_cold_users() {
        return Ok(());
    }
    Err(Error::data(
        "nobody can be made a newcomer",
        "Use files that share people and a cold_fraction above 0, and do not leave newcomers out",
    ))
}

/// Every model's change between two pairs of forms, those of one pair corrected together.
fn both(sheet: &Sheet, groups: &[Group], pairs: [(Form, Form); 2]) -> Vec<Contrast> {
    let mut all = Vec::new();
    for (from, to) in pairs {
        let mut own = Vec::new();
        for point in sheet.manifest.points() {
            for model in sheet.models() {
                for &group in groups {
                    for d in 0..sheet.domains().len() {
                        own.extend(sheet.contrast(d, group, (point, (model, from)), (point, (model, to))));
                    }
                }
            }
        }
        all.extend(corrected(own));
    }
    all
}

/// Who gains beyond both controls, and by how much.
fn gained(contrasts: &[Contrast], who: &str) -> String {
    let of = |form: Form| contrasts.iter().filter(move |own| own.from.form == form).collect::<Vec<_>>();
    let (alone, shuffled) = (of(Form::Alone), of(Form::Shuffled));
    if alone.is_empty() {
        return String::new();
    }
    let beside = |own: &Contrast| {
        shuffled.iter().copied().find(|other| (&other.domain, &other.to) == (&own.domain, &own.to))
    };
    let sure: Vec<String> = (alone.iter())
        .filter(|own| own.is_gain() && beside(own).is_some_and(Contrast::is_gain))
        .map(|own| format!("{} in {}", own.to.model, own.domain))
        .collect();
    let best = alone.iter().min_by(|x, y| x.change.value.total_cmp(&y.change.value));
    let best = best.map_or(String::new(), |own| {
        let control = beside(own).map_or(String::new(), |other| {
            format!(", and with the true links in place of shuffled ones {}", words::change(other))
        });
        format!(
            " Most with {}: from no links to all, the error of {who} in {} {}{control}.",
            own.to.model,
            own.domain,
            words::change(own)
        )
    });
    let sure = match sure.len() {
        0 => "none".into(),
        n => format!("{n} ({})", words::list(&sure)),
    };
    format!(
        "On these data, of {} pairs of model and domain {sure} gains for {who} beyond no links and beyond shuffled ones in both \
         tests.{best}",
        alone.len()
    )
}

/// Whether anybody gains by strangers.
fn controlled(contrasts: &[Contrast]) -> String {
    let own: Vec<&Contrast> = contrasts.iter().filter(|own| own.to.form == Form::Shuffled).collect();
    if own.is_empty() {
        return String::new();
    }
    let named = |is_it: fn(&Contrast) -> bool| {
        let names: Vec<String> = (own.iter().filter(|own| is_it(own)))
            .map(|own| format!("{} in {} ({})", own.to.model, own.domain, words::change(own)))
            .collect();
        if names.is_empty() { "none".into() } else { words::list(&names) }
    };
    let least = own.iter().map(|own| own.change.value).fold(f64::INFINITY, f64::min);
    let most = own.iter().map(|own| own.change.value).fold(f64::NEG_INFINITY, f64::max);
    format!(
        "On these data, from no links to shuffled ones the error changes by {:+.2} to {:+.2} % in {} comparisons; in both tests \
         gain: {}; lose: {}.",
        100.0 * least,
        100.0 * most,
        own.len(),
        named(Contrast::is_gain),
        named(Contrast::is_harm)
    )
}

fn few_ratings(sheet: &Sheet) -> Result<Shown> {
    let axis = |_: &[&Point]| {
        HISTORIES.iter().fold(Axis::logarithmic("Own ratings in the domain"), |axis, &n| {
            axis.tick(n as f64, &n.to_string())
        })
    };
    let layout = ByPoint {
        name: "few-ratings",
        by: "their own ratings in the domain",
        column: "Own ratings",
        axis: &axis,
        forms: &[Form::Linked, Form::Alone],
        reference: "",
    };
    let (figures, places, _) = layout.of(sheet)?;
    let contrasts = both(sheet, &[Group::Cold], [(Form::Alone, Form::Linked), (Form::Alone, Form::Shuffled)]);
    let finding = sheet.models().first().map_or(String::new(), |model| {
        let at = |point: &Point, form: Form| {
            let is_own =
                |own: &&Contrast| (&*own.to.model, own.to.form, &own.to.point) == (*model, form, point);
            words::by_domain(contrasts.iter().filter(is_own))
        };
        let points = sheet.manifest.points();
        let ends = [points.first(), points.last()].into_iter().flatten();
        let texts: Vec<String> = ends
            .filter(|point| !at(point, Form::Linked).is_empty())
            .map(|point| {
                let placebo = at(point, Form::Shuffled);
                format!(
                    "with {} own ratings it {}; to shuffled links it {placebo}",
                    point.x,
                    at(point, Form::Linked)
                )
            })
            .collect();
        if texts.is_empty() {
            String::new()
        } else {
            format!("On these data, from no links to all, the error under {model}: {}.", texts.join(". And "))
        }
    });
    Ok(Shown::new(figures, places, contrasts, finding))
}
