//! What tables of people and items give (paper 6.3, Table 9).

use super::series::{ByPoint, names};
use super::sheet::Sheet;
use super::{Contrast, Experiment, Facts, Shown, words};
use crate::error::{Error, Result};
use crate::lab::contest::{Form, Material, Point, Stop};

const WITH: &str = "with";
const WITHOUT: &str = "without";

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: "features",
    shows: "test error with tables of people and items and without them",
    source: "Table 9, section 6.3",
    claim: "Without features the model still outperforms the baselines, and is significantly worse than with them.",
    models: &["dml", "bayes"],
    has_newcomers: true,
    stops,
    shown,
    weight: |job| if job.point.name == WITH { 1.5 } else { 1.0 },
};

fn stops(facts: &Facts) -> Result<Vec<Stop>> {
    let has_features = |domain: &crate::data::Domain| {
        let width = |table: &Option<std::sync::Arc<crate::data::Features>>| {
            table.as_ref().map_or(0, |own| own.width())
        };
        width(&domain.user_features) + width(&domain.item_features) > 0
    };
    if !facts.world.domains.iter().any(has_features) {
        return Err(Error::data(
            "no domain has a table of people or items, without which there is nothing to compare",
            "Give one, --items NAME=FILE on the command line",
        ));
    }
    let without = Point { material: Material::WithoutFeatures, ..Point::at(WITHOUT, 0) };
    let stop = |point| Stop { users: facts.users(), ..Stop::new(point) };
    Ok([without, Point::at(WITH, 1)].map(stop).into())
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let layout = ByPoint {
        name: "features",
        by: "what is known besides the ratings",
        column: "Features",
        axis: &|points| names("Features", points),
        forms: &[Form::Linked],
        reference: WITHOUT,
    };
    let (figures, places, contrasts) = layout.of(sheet)?;
    let finding = finding(sheet, &contrasts);
    Ok(Shown::new(figures, places, contrasts, finding))
}

/// What features change for everybody and for newcomers, by model.
fn finding(sheet: &Sheet, contrasts: &[Contrast]) -> String {
    let sentence = |model: &str| {
        let of = |group: &str| {
            words::by_domain(contrasts.iter().filter(|own| own.from.model == model && own.group == group))
        };
        let (all, cold) = (of("all"), of("cold"));
        let cold = if cold.is_empty() { cold } else { format!(", that of newcomers {cold}") };
        (!all.is_empty()).then(|| format!("under {model} the error of everybody {all}{cold}"))
    };
    let all: Vec<String> = sheet.models().into_iter().filter_map(sentence).collect();
    if all.is_empty() { String::new() } else { format!("On these data, with features: {}.", all.join("; ")) }
}
