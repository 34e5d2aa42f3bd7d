//! What the other domain gives each model: the model with its links beside the same model without any and with shuffled
//! ones. Shuffled links tell what comes of training alike on strangers.

use serde::Serialize;

use super::pool::{Difference, Pool};
use super::standings::{Results, group_name, groups, models};
use super::statistics::{Paired, holm, mean_and_deviation};
use super::{Form, JobResult, Manifest};
use crate::error::Result;
use crate::lab::change::Change;
use crate::metrics::Metric;

/// A difference counts where both p-values are below this.
const LEVEL: f64 = 0.05;

/// From a control to the model with its links.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gain {
    /// Mean RMSE of the control.
    pub rmse: f64,
    /// The relative change from it, with a 95 % interval over people; negative is less error.
    pub change: Change,
    /// The corrected t-test over folds and seeds; `None` where there is one split.
    pub paired: Option<Paired>,
    /// Its p-value after Holm's correction over the models.
    pub p_holm: Option<f64>,
    /// Two-sided, from draws of people, after Holm's correction over the models.
    pub p_people_holm: f64,
}

impl Gain {
    fn is_significant(&self) -> bool {
        self.p_holm.is_some_and(|p| p < LEVEL) && self.p_people_holm < LEVEL
    }
}

/// What the other domain gives one model, for one group of people in one domain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GainRow {
    /// Name of the domain.
    pub domain: String,
    /// `all`, `few` or `cold`.
    pub group: &'static str,
    /// Name of the model.
    pub model: String,
    /// Mean RMSE with the links.
    pub rmse: f64,
    /// Beside the model without any link.
    pub alone: Gain,
    /// Beside the model with shuffled links.
    pub shuffled: Gain,
    /// `gain` where it has less error than both controls in both tests, `harm` where it has more than alone, `placebo`
    /// where shuffled links are better than none (then the form helps and not the people), else `nothing`; `too few` people or
    /// ratings, and `one split`, allow no verdict.
    pub verdict: &'static str,
}

/// A row before the correction over the models.
struct Found<'m> {
    model: &'m str,
    rmse: f64,
    controls: [(f64, Difference); 2],
    placebo: Difference,
    is_enough: bool,
}

/// What the other domain gives every model that was trained in all three forms.
///
/// # Errors
/// When results that should be of the same test rows are not.
pub fn gains(manifest: &Manifest, results: &[JobResult]) -> Result<Vec<GainRow>> {
    let by_job = Results::new(results);
    let mut rows = Vec::new();
    for (d, domain) in manifest.terms.domains.iter().enumerate() {
        for (group, users) in groups(&manifest.terms) {
            let mut found = Vec::new();
            for model in models(manifest) {
                let forms = [Form::Linked, Form::Alone, Form::Shuffled];
                let own: Option<Vec<_>> =
                    forms.iter().map(|&form| by_job.of(manifest, model, form, users)).collect();
                let Some(own) = own.filter(|own| own.iter().all(|form| form.len() == own[0].len())) else {
                    continue;
                };
                let Some(pool) = Pool::new(own, d, group)? else { continue };
                found.extend(one(&pool, model));
            }
            rows.extend(corrected(&found, domain, group_name(group)));
        }
    }
    Ok(rows)
}

fn one<'m>(pool: &Pool, model: &'m str) -> Option<Found<'m>> {
    let people = pool.people(Metric::Rmse);
    let mean = |form: usize| mean_and_deviation(&pool.figures(form, Metric::Rmse)).0;
    let control = |form: usize| Some((mean(form), pool.difference(&people, form, 0)?));
    Some(Found {
        model,
        rmse: mean(0),
        controls: [control(1)?, control(2)?],
        placebo: pool.difference(&people, 1, 2)?,
        is_enough: pool.is_enough(),
    })
}

fn corrected(found: &[Found], domain: &str, group: &'static str) -> Vec<GainRow> {
    let family = |of: &dyn Fn(&Found) -> Option<f64>| -> Vec<Option<f64>> {
        let known: Option<Vec<f64>> = found.iter().map(of).collect();
        known.map_or(vec![None; found.len()], |known| holm(&known).into_iter().map(Some).collect())
    };
    let paired = |n: usize| family(&|row| row.controls[n].1.paired.map(|test| test.p));
    let people = |n: usize| family(&|row| Some(row.controls[n].1.p_people));
    let (folds, people) = ([paired(0), paired(1)], [people(0), people(1)]);
    let row = |(place, row): (usize, &Found)| {
        let gain = |n: usize| {
            let (rmse, Difference { change, paired, p_people }) = row.controls[n];
            let p_people_holm = people[n][place].unwrap_or(p_people);
            Gain { rmse, change, paired, p_holm: folds[n][place], p_people_holm }
        };
        let (alone, shuffled) = (gain(0), gain(1));
        let verdict = if !row.is_enough {
            "too few"
        } else if alone.paired.is_none() {
            "one split"
        } else if alone.is_significant() && alone.change.value > 0.0 {
            "harm"
        } else if [&alone, &shuffled].iter().all(|gain| gain.is_significant() && gain.change.value < 0.0) {
            "gain"
        } else if row.placebo.change.is_less() && row.placebo.paired.is_some_and(|test| test.p < LEVEL) {
            "placebo"
        } else {
            "nothing"
        };
        GainRow {
            domain: domain.into(),
            group,
            model: row.model.into(),
            rmse: row.rmse,
            alone,
            shuffled,
            verdict,
        }
    };
    found.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Job;
    use super::super::result::tests::{job, result};
    use super::super::terms::tests::terms;
    use super::*;

    /// A model's errors with links, alone and with shuffled ones, as factors, on five folds with a little scatter.
    fn contest(model: &str, factors: [f32; 3]) -> (Manifest, Vec<JobResult>) {
        let mut results = Vec::new();
        for (form, factor) in [Form::Linked, Form::Alone, Form::Shuffled].into_iter().zip(factors) {
            for fold in 0..5 {
                let job = Job { form, ..job(model, fold) };
                let scatter = 0.0002 * ((fold * 7 + form as usize * 3) % 5) as f32;
                results.push(result(job, |user| factor * (0.2 + 0.001 * (user % 20) as f32) + scatter));
            }
        }
        let jobs = results.iter().map(|result| result.job.clone()).collect();
        (Manifest { terms: terms(), jobs }, results)
    }

    fn verdict(factors: [f32; 3]) -> &'static str {
        let (manifest, results) = contest("linked-bias", factors);
        let rows = gains(&manifest, &results).unwrap();
        assert_eq!(rows.len(), 2, "everybody in two domains");
        assert_eq!(rows[0], GainRow { domain: "books".into(), ..rows[1].clone() });
        rows[0].verdict
    }

    #[test]
    fn a_gain_is_beyond_both_controls_and_a_placebo_is_none() {
        assert_eq!(verdict([0.9, 1.0, 1.0]), "gain");
        assert_eq!(verdict([1.0, 1.0, 1.0]), "nothing");
        assert_eq!(verdict([1.1, 1.0, 1.0]), "harm");
        // Better than alone, but not than with strangers: what helps is not the people.
        assert_eq!(verdict([0.9, 1.0, 0.9]), "placebo");
    }

    #[test]
    fn one_split_has_changes_and_no_verdict() {
        let (mut manifest, mut results) = contest("linked-bias", [0.9, 1.0, 1.0]);
        manifest.jobs.retain(|job| job.fold == 0);
        results.retain(|result| result.job.fold == 0);
        manifest.terms.splitting = super::super::Splitting::Given;
        results.iter_mut().for_each(|result| result.terms = manifest.terms.clone());
        let rows = gains(&manifest, &results).unwrap();
        assert!(rows[0].alone.change.is_less() && rows[0].verdict == "one split", "{:?}", rows[0]);
    }

    #[test]
    fn changes_are_from_the_control_and_models_without_controls_have_no_row() {
        let (manifest, results) = contest("linked-bias", [0.9, 1.0, 0.95]);
        let rows = gains(&manifest, &results).unwrap();
        assert!((rows[0].alone.change.value + 0.1).abs() < 0.005, "{:?}", rows[0].alone);
        assert!((rows[0].shuffled.change.value - (0.9 / 0.95 - 1.0)).abs() < 0.005, "{:?}", rows[0].shuffled);
        assert!(rows[0].alone.change.low <= rows[0].alone.change.value);
        let linked: Vec<JobResult> = results.into_iter().filter(|r| r.job.form == Form::Linked).collect();
        assert!(gains(&manifest, &linked).unwrap().is_empty());
    }
}
