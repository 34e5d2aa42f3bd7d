//! What one job has found: a value that is written whole and read back for the tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::units::Units;
use super::{Job, Material, Terms, UnitSums};
use crate::engine::DeviceKind;
use crate::error::{Error, Result};
use crate::lab::ledger::Group;
use crate::metrics::{Scores, by_person, scores};
use crate::recommender::DomainLosses;
use crate::split::Rows;

/// The figures of one group of people in one domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupResult {
    /// The figures on the unit scale.
    pub scores: Scores,
    /// What units of people add to them.
    pub units: UnitSums,
}

impl GroupResult {
    /// The figures of predictions for rows of users, one row or more.
    pub(super) fn new(rows: &Rows, predicted: &[f32], threshold: f32, units: &Units) -> Result<Self> {
        let people = by_person(&rows.users, predicted, &rows.targets, threshold)?;
        let scores = scores(&rows.users, predicted, &rows.targets, threshold)?;
        Ok(Self { scores: nine_decimals(scores), units: UnitSums::of_people(&people, units) })
    }
}

/// A number to nine decimals.
fn nine(figure: f64) -> f64 {
    (figure * 1e9).round() / 1e9
}

/// Figures that are the same once they are written and read: JSON is read to the last digit only where there are few.
fn nine_decimals(scores: Scores) -> Scores {
    Scores {
        rmse: nine(scores.rmse),
        mae: nine(scores.mae),
        precision_at_5: nine(scores.precision_at_5),
        recall_at_5: nine(scores.recall_at_5),
        paper_precision_at_5: nine(scores.paper_precision_at_5),
        paper_recall_at_5: nine(scores.paper_recall_at_5),
    }
}

/// One domain's figures; a group without test rows has none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainResult {
    /// Rows that were trained on and that decided when to stop.
    pub learnt_rows: usize,
    /// Rows that were tested; where people were made cold, theirs alone.
    pub tested_rows: usize,
    /// Everybody.
    pub all: Option<GroupResult>,
    /// People with fewer than five training ratings.
    pub few: Option<GroupResult>,
    /// Cold-start users.
    pub cold: Option<GroupResult>,
}

impl DomainResult {
    /// The figures of a group.
    pub(in crate::lab) fn group(&self, group: Group) -> Option<&GroupResult> {
        match group {
            Group::All => self.all.as_ref(),
            Group::Sparse => self.few.as_ref(),
            Group::Cold => self.cold.as_ref(),
        }
    }
}

/// How a job's training went and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// What the chosen settings differ in from the contest's; nothing without tuning.
    pub chosen: Map<String, Value>,
    /// RMSE on the validation rows, the mean over the domains; `None` without such rows.
    pub validation_rmse: Option<f64>,
    /// Epochs of the chosen training.
    pub epochs: usize,
    /// The epoch whose model was tested.
    pub kept_epoch: usize,
    /// Seconds of all trainings of the job.
    pub seconds: f64,
    /// Most memory that the process had while the job ran, the data included; `None` where nobody measured it.
    pub peak_bytes: Option<u64>,
    /// Where its steps were done, if not on the CPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceKind>,
}

/// What one job has found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobResult {
    /// Which job.
    pub job: Job,
    /// Under which terms.
    pub terms: Terms,
    /// How the training went.
    pub training: Training,
    /// Figures by domain; none of a job without ratings.
    pub domains: Vec<DomainResult>,
    /// What else was measured, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<String, f64>,
    /// Losses by epoch and domain, where the point asks for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Vec<EpochLoss>>,
}

/// A domain's losses in an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochLoss {
    /// Mean squared error of the own-domain pass.
    pub own: f64,
    /// Of the cross-domain pass; `None` without one.
    pub cross: Option<f64>,
    /// RMSE on the validation rows; `None` without such rows.
    pub validation_rmse: Option<f64>,
}

impl EpochLoss {
    /// Of a domain as a training reports it.
    pub(super) fn new(losses: &DomainLosses) -> Self {
        let number = |loss: Option<f32>| loss.map(|loss| nine(f64::from(loss)));
        Self {
            own: nine(f64::from(losses.own)),
            cross: number(losses.cross),
            validation_rmse: number(losses.validation_rmse),
        }
    }
}

impl JobResult {
    /// The result as text.
    ///
    /// # Errors
    /// Never in practice: no figure is other than finite.
    pub fn write(&self) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|e| Error::setting("result", e.to_string()))?;
        Ok(text + "\n")
    }

    /// Reads the result of a job under some terms; `file` is what it is called in a refusal.
    ///
    /// # Errors
    /// When the text is no result, is one of another job or of other terms, or its columns misfit.
    pub fn read(file: &str, text: &str, job: &Job, terms: &Terms) -> Result<Self> {
        let refused = |what: String| Error::file(file, what, "Remove it, and the job is done again");
        let result: Self =
            serde_json::from_str(text).map_err(|error| refused(format!("it is no result ({error})")))?;
        if result.job != *job {
            return Err(refused(format!("it is the result of {}, not of {job}", result.job)));
        }
        if let Some(difference) = terms.difference(&result.terms) {
            return Err(refused(format!("it is a result under other terms; {difference}")));
        }
        let is_whole = |domain: &DomainResult| {
            let groups = [&domain.all, &domain.few, &domain.cold];
            groups.into_iter().flatten().all(|group| group.units.is_whole())
        };
        let has_ratings = !matches!(job.point.material, Material::Planted { .. });
        let domains = if has_ratings { terms.domains.len() } else { 0 };
        if result.domains.len() != domains || !result.domains.iter().all(is_whole) {
            return Err(refused("its columns don't fit together".into()));
        }
        Ok(result)
    }

    /// Whether another result says the same, time and memory aside.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        (&self.job, &self.terms, &self.domains, &self.losses)
            == (&other.job, &other.terms, &other.domains, &other.losses)
    }
}

#[cfg(test)]
pub(in crate::lab) mod tests {
    use super::super::terms::tests::terms;
    use super::super::{Form, Point, Users};
    use super::*;
    use crate::data::{ItemId, UserId};

    pub fn job(model: &str, fold: usize) -> Job {
        Job {
            seed: 1,
            fold,
            point: Point::default(),
            users: Users::All,
            model: model.into(),
            form: Form::Linked,
        }
    }

    /// People with some rows each; every row of person n is missed by `errors(n)`, in both domains.
    pub fn group(people: u32, rows_each: usize, error: impl Fn(u32) -> f32) -> GroupResult {
        let users: Vec<u32> = (0..people).flat_map(|user| vec![user; rows_each]).collect();
        let n = users.len();
        let predicted: Vec<f32> = users.iter().map(|&user| 0.5 + error(user)).collect();
        let users = UserId::of_numbers(&users).to_vec();
        let rows = Rows { users, items: vec![ItemId(0); n], targets: vec![0.5; n] };
        GroupResult::new(&rows, &predicted, 0.5, &Units::new(people as usize)).unwrap()
    }

    pub fn result(job: Job, error: impl Fn(u32) -> f32) -> JobResult {
        let domain = || DomainResult {
            learnt_rows: 4000,
            tested_rows: 1000,
            all: Some(group(100, 10, &error)),
            few: None,
            cold: None,
        };
        let training = Training {
            chosen: Map::new(),
            validation_rmse: Some(0.2),
            epochs: 3,
            kept_epoch: 2,
            seconds: 0.5,
            peak_bytes: Some(1 << 20),
            device: None,
        };
        JobResult {
            job,
            terms: terms(),
            training,
            domains: vec![domain(), domain()],
            measures: BTreeMap::new(),
            losses: Vec::new(),
        }
    }

    #[test]
    fn a_result_reads_back_as_it_was_written() {
        let own = result(job("dml", 1), |user| 0.001 * user as f32);
        let text = own.write().unwrap();
        assert!(JobResult::read("r", &text, &own.job, &own.terms).unwrap() == own);
        assert!(text.ends_with("}\n") && text.lines().count() == 1);
    }

    #[test]
    fn what_is_half_or_of_another_job_is_refused() {
        let own = result(job("dml", 1), |_| 0.1);
        let text = own.write().unwrap();
        let refused = |text: &str, job: &Job, terms: &Terms| {
            JobResult::read("r.json", text, job, terms).unwrap_err().to_string()
        };
        assert!(refused(&text[..text.len() / 2], &own.job, &own.terms).contains("it is no result"));
        assert!(refused(&text, &job("dml", 2), &own.terms).contains("not of dml.linked.all.seed1.fold3"));
        let other = Terms { tune: 5, ..terms() };
        assert!(refused(&text, &own.job, &other).contains("tuning budget: 5 here, 1 there"));
        let mut broken = own.clone();
        broken.domains[1].all.as_mut().unwrap().units.recall.pop();
        assert!(refused(&broken.write().unwrap(), &own.job, &own.terms).contains("fit together"));
    }
}
