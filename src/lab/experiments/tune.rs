//! The search for settings that are better on one's own data: what was tried, what mattered, and whether the best on
//! validation is better on test rows too. The search itself is [`tune`](crate::lab::tune); every model gets the same budget.

use serde::Serialize;
use serde_json::{Map, Value};

use super::drawing::{beside_mean, rmse, spread, table, title};
use super::sheet::{Sheet, corrected};
use super::{Contrast, Experiment, Facts, Place, Shown};
use crate::baselines;
use crate::error::Result;
use crate::figure::{Axis, Cell, Figure, Panel, Role, Series, Table};
use crate::lab::contest::{JobResult, Search, Stop, TUNE};
use crate::lab::ledger::Group;
use crate::lab::tune::{ModelSearch, effects_figure, tries_panel};

/// What tries are measured by.
const MEASURE: &str = "RMSE on validation";
/// Parameters whose curves are drawn; the table has all.
const MOST_PANELS: usize = 8;

pub(super) const EXPERIMENT: Experiment = Experiment {
    name: TUNE,
    shows: "settings that are better on these data, searched for on validation rows and tested beside those that one had",
    source: "beyond the paper, which does not say how its settings were found: every model gets the same number of tries",
    claim: "",
    models: &["dml", "cmf"],
    has_newcomers: false,
    stops: |_: &Facts| Ok(Vec::<Stop>::new()),
    shown,
    weight: |_| 1.0,
};

/// The best settings that a search has found so far.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundSettings {
    /// The model that they are for.
    pub model: String,
    /// The seed of the search.
    #[cfg_attr(test, ts(type = "number"))]
    pub seed: u64,
    /// Number of the try, from 1; the first has the settings that one had.
    pub number: usize,
    /// Tries that are done.
    pub tries: usize,
    /// Tries that are planned.
    pub budget: usize,
    /// Its error on validation rows.
    pub value: f64,
    /// That of the settings that one had.
    pub before: Option<f64>,
    /// Its value of every setting that is tuned.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub tuned: Map<String, Value>,
    /// All settings, as `--config` takes them; those alone are left out that choose seeds and splits.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub settings: Map<String, Value>,
}

impl FoundSettings {
    /// What the file of its settings is called.
    pub fn file(&self) -> String {
        format!("settings-{}-seed{}.json", self.model, self.seed)
    }

    fn new(own: &ModelSearch, sheet: &Sheet) -> Result<Option<Self>> {
        let Some((number, best)) = own.best(own.budget) else { return Ok(None) };
        let mut settings = own.settings(&best.point)?.values()?;
        let mut tuned = settings.clone();
        tuned.retain(|name, _| own.tuner.space().parameters().iter().any(|one| one.name == *name));
        // The contest holds no links out; whoever trains with these settings may want to.
        let terms = &sheet.manifest.terms.settings;
        settings.retain(|name, _| name == "model" || terms.contains_key(name) && name != "held_out_overlap");
        Ok(Some(Self {
            model: own.model.clone(),
            seed: own.seed,
            number,
            tries: own.tries().len(),
            budget: own.budget,
            value: best.value.unwrap_or(f64::NAN),
            before: own.before(),
            tuned,
            settings,
        }))
    }
}

fn shown(sheet: &Sheet) -> Result<Shown> {
    let results: Vec<JobResult> = sheet.all().into_iter().cloned().collect();
    let searches = ModelSearch::all(sheet.manifest, &results)?;
    let has_seeds = searches.iter().any(|own| own.seed != searches[0].seed);
    let called = |own: &ModelSearch| match has_seeds {
        true => format!("{}, seed {}", own.model, own.seed),
        false => own.model.clone(),
    };
    let mut figures = Vec::new();
    figures.extend(tries(&searches, &called));
    let (mut places, mut contrasts, mut panels) = (Vec::new(), Vec::new(), Vec::new());
    // Whose each of the contrasts is.
    let mut owners = Vec::new();
    for (n, own) in searches.iter().enumerate() {
        for d in 0..sheet.domains().len() {
            let test = Test::new(sheet, own, d);
            for place in test.places()? {
                // The baselines are the same beside every model.
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            contrasts.extend(test.contrast());
            owners.resize(contrasts.len(), n);
        }
    }
    let seeds: std::collections::BTreeSet<u64> = searches.iter().map(|own| own.seed).collect();
    for &seed in &seeds {
        for domain in sheet.domains() {
            let of = |place: &&(u64, Place)| place.0 == seed && place.1.domain == *domain;
            let own: Vec<&Place> = places.iter().filter(of).map(|(_, place)| place).collect();
            let heading = if has_seeds { format!("{domain}, seed {seed}") } else { domain.clone() };
            panels.extend(panel(&heading, &own));
        }
    }
    let places: Vec<Place> = places.into_iter().map(|(_, place)| place).collect();
    let contrasts = corrected(contrasts);
    if !panels.is_empty() {
        let own_table = Some(table("Tries", &places.iter().collect::<Vec<_>>()));
        let figure = Figure::new("tune-test", "Test error of the best settings beside those that one had");
        figures.push(Figure { panels, own_table, ..figure });
    }
    // By search, the setting that mattered most, in words.
    let mut most = vec![String::new(); searches.len()];
    for (own, most) in searches.iter().zip(&mut most) {
        if let Some(mut figure) = effects_figure(&own.tuner, MEASURE, MOST_PANELS) {
            if let Some(panel) = figure.panels.first() {
                *most = format!(" What mattered most was {} ({}).", panel.x.label, panel.title);
            }
            let seed = if has_seeds { format!("-seed{}", own.seed) } else { String::new() };
            figure.name = format!("tune-effects-{}{seed}", own.model);
            figure.title = format!("What mattered to {}", called(own));
            figures.push(figure);
        }
    }
    let sentence = |(n, own): (usize, &ModelSearch)| {
        let pairs = contrasts.iter().zip(&owners).filter(|(_, owner)| **owner == n);
        let text = finding(own, &called(own), &pairs.map(|(contrast, _)| contrast).collect::<Vec<_>>())?;
        Some(text + &most[n])
    };
    let sentences = searches.iter().enumerate().filter_map(sentence);
    let finding = sentences.collect::<Vec<_>>().join(" ");
    let found = searches.iter().map(|own| FoundSettings::new(own, sheet));
    let found = found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    Ok(Shown { found, ..Shown::new(figures, places, contrasts, finding) })
}

/// What was tried, a panel a search; in the table each try with its settings.
fn tries(searches: &[ModelSearch], called: &dyn Fn(&ModelSearch) -> String) -> Option<Figure> {
    let mut figure = Figure::new(TUNE, "What was tried");
    let mut own_table = Table::new(&[
        ("Model", None),
        ("Try", None),
        (MEASURE, Some(4)),
        ("Best so far", Some(4)),
        ("Settings", None),
    ]);
    for own in searches.iter().filter(|own| !own.tries().is_empty()) {
        figure = figure.with(tries_panel(&called(own), own.tries(), MEASURE, own.before()));
        let mut best: Option<f64> = None;
        for (n, one) in own.tries() {
            best = [best, one.value].into_iter().flatten().reduce(f64::min);
            let named = own.tuner.space().named(&one.point);
            let settings: Vec<String> =
                named.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            let number = |value: Option<f64>| value.map_or(Cell::Nothing, Cell::Number);
            own_table.push(vec![
                called(own).as_str().into(),
                (*n as f64).into(),
                number(one.value),
                number(best),
                settings.join(" ").as_str().into(),
            ]);
        }
    }
    figure.is_one_range = true;
    figure.own_table = Some(own_table);
    (!figure.panels.is_empty()).then_some(figure)
}

/// The test of a search in a domain: as many trainings of either setting as both have.
struct Test<'s> {
    sheet: &'s Sheet<'s>,
    own: &'s ModelSearch,
    domain: usize,
    before: Vec<&'s JobResult>,
    after: Vec<&'s JobResult>,
}

impl<'s> Test<'s> {
    fn new(sheet: &'s Sheet<'s>, own: &'s ModelSearch, domain: usize) -> Self {
        let of = |is_it: &dyn Fn(Search) -> Option<usize>| {
            let all = sheet.all().into_iter();
            let own = all.filter(|result| result.job.model == own.model && result.job.seed == own.seed);
            let numbered = own.filter_map(|result| Some((is_it(result.job.point.search?)?, result)));
            numbered.collect::<std::collections::BTreeMap<usize, &JobResult>>()
        };
        let before = of(&|search| match search {
            Search::Default { training } => Some(training),
            _ => None,
        });
        // Of several budgets the largest.
        let after = of(&|search| match search {
            Search::Best { of, training } if of == own.budget => Some(training),
            _ => None,
        });
        let both = before.iter().filter_map(|(n, result)| Some((*result, *after.get(n)?)));
        let (before, after) = both.unzip();
        Self { sheet, own, domain, before, after }
    }

    /// Both settings and the baselines, with the seed of the search.
    fn places(&self) -> Result<Vec<(u64, Place)>> {
        let baseline = |name: &str| {
            let is_it = |result: &&JobResult| result.job.model == name && result.job.seed == self.own.seed;
            let own = self.sheet.all().into_iter().find(is_it)?;
            Some(vec![own; self.before.len()])
        };
        let names = [baselines::MEAN.name, baselines::BIAS.name];
        let [Some(mean), Some(bias)] = names.map(baseline) else { return Ok(Vec::new()) };
        let all = vec![bias, mean, self.before.clone(), self.after.clone()];
        let places = self.sheet.together(all, self.domain, Group::All)?;
        Ok(places.into_iter().map(|place| (self.own.seed, place)).collect())
    }

    fn contrast(&self) -> Option<Contrast> {
        let contrast = self.sheet.beside(self.before.clone(), self.after.clone(), self.domain, Group::All)?;
        // Several trainings on one split say nothing of other data.
        Some(Contrast { paired: None, p_runs: None, ..contrast })
    }
}

/// The settings that one had and the best of every model in a domain.
fn panel(heading: &str, places: &[&Place]) -> Option<Panel> {
    let is_search = |place: &&&Place| ![baselines::MEAN.name, baselines::BIAS.name].contains(&&*place.model);
    let mut models: Vec<&str> = places.iter().filter(is_search).map(|place| &*place.model).collect();
    models.dedup();
    if models.is_empty() {
        return None;
    }
    let of = |name: &str| places.iter().find(|place| place.model == name).map(|place| place.rmse);
    let axis = Axis::category("Model", models.iter().copied());
    let mut panel = Panel::new(&beside_mean(&title(heading, "all"), of(baselines::MEAN.name)), axis, rmse());
    let x = |place: &Place| {
        models.iter().position(|model| *model == place.model).map_or(f64::NAN, |place| place as f64)
    };
    for (name, role, is_best) in
        [("default settings", Role::Control, false), ("best settings", Role::Model, true)]
    {
        let is_own = |place: &&&Place| {
            matches!(place.point.search, Some(Search::Best { .. })) == is_best && is_search(place)
        };
        let own: Vec<&Place> = places.iter().filter(is_own).copied().collect();
        panel = panel.with(spread(Series::points(name, role), &own, x));
    }
    Some(match of(baselines::BIAS.name) {
        Some(bias) => panel.with(Series::level("bias", bias)),
        None => panel,
    })
}

/// An error in words.
fn digits(error: f64) -> String {
    format!("{error:.4}")
}

/// Whether the best settings are better than those that one had, on validation and on test rows.
fn finding(own: &ModelSearch, called: &str, contrasts: &[&Contrast]) -> Option<String> {
    let (number, best) = own.best(own.budget)?;
    let (value, before) = (best.value?, own.before());
    let percent = |change: f64| format!("{:+.1} %", 100.0 * change);
    let tries = own.tries().len();
    let Some(before) = before else {
        return Some(format!(
            "{called}: the default settings came to no number; the best of {tries} tries is number {number} ({}).",
            digits(value)
        ));
    };
    if number == 1 {
        return Some(format!(
            "{called}: of {tries} tries none is better on validation than the default settings ({}).",
            digits(before)
        ));
    }
    let validation = format!(
        "{called}: the best of {tries} tries changes the error on validation by {} ({} to {})",
        percent(value / before - 1.0),
        digits(before),
        digits(value)
    );
    let tests: Vec<String> = contrasts
        .iter()
        .map(|contrast| {
            let change = contrast.change;
            let verdict = match (contrast.is_enough, contrast.p_people < 0.05, change.value < 0.0) {
                (false, ..) => "too few people",
                (_, false, _) => "no sure difference",
                (_, true, true) => "better",
                (_, true, false) => "worse",
            };
            format!(
                "{} in {} ({} to {}: {verdict})",
                percent(change.value),
                contrast.domain,
                percent(change.low),
                percent(change.high)
            )
        })
        .collect();
    match tests.is_empty() {
        true => Some(format!("{validation}.")),
        false => Some(format!("{validation}, that on test rows by {}.", super::words::list(&tests))),
    }
}
