//! What a person reads after training, as numbers: errors beside baselines, what the other domain gives and what of it
//! crosses. Sentences are made of it in [`presentation`](crate::presentation).

use serde::{Deserialize, Serialize};

use super::change::{Change, Sample};
use super::errors::Source;
use super::ledger::{Group, Ledger};
use super::links::{Alignment, LinkReport};
use super::taste::TasteReport;
use crate::data::World;
use crate::metrics::Scores;

/// RMSE on the unit scale of one group of people, means over the repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Comparison {
    /// People in the group who have test ratings.
    pub users: usize,
    /// Their test ratings.
    pub ratings: usize,
    /// With the overlap users linked.
    pub with_transfer: Option<f64>,
    /// The same training with nothing that crosses.
    pub without_transfer: Option<f64>,
    /// The placebo: the same training with links that join nobody with themselves.
    pub shuffled: Option<f64>,
    /// The bias model of the domain alone.
    pub bias: Option<f64>,
    /// The global mean.
    pub mean: Option<f64>,
    /// From the training without transfer to that with it; as all changes, `None` until the placebos tell what chance
    /// changes.
    pub change: Option<Change>,
    /// From the placebo to the training with transfer.
    pub beyond_placebo: Option<Change>,
    /// Whether the group is large enough for a claim: 30 people and 200 ratings.
    pub is_enough: bool,
}

impl Comparison {
    fn new(sample: &Sample, errors: &super::PersonErrors) -> Self {
        Self {
            users: errors.people(),
            ratings: errors.ratings(),
            with_transfer: sample.rmse(Source::Linked),
            without_transfer: sample.rmse(Source::Alone),
            shuffled: sample.rmse(Source::Shuffled),
            bias: sample.rmse(Source::Bias),
            mean: sample.rmse(Source::Mean),
            change: sample.change(Source::Alone, Source::Linked),
            beyond_placebo: sample.change(Source::Shuffled, Source::Linked),
            is_enough: sample.is_enough(),
        }
    }

    /// What the true links give: the change from the better of the two controls, where it is less error than either
    /// beyond noise.
    pub fn transfer_gain(&self) -> Option<Change> {
        let (alone, placebo) = (self.change?, self.beyond_placebo?);
        let better = if alone.value > placebo.value { alone } else { placebo };
        (self.is_enough && alone.is_less() && placebo.is_less()).then_some(better)
    }

    /// What linking costs, where that is beyond noise.
    pub fn harm(&self) -> Option<Change> {
        self.change.filter(|change| self.is_enough && change.is_more())
    }
}

/// One step from the item mean to the whole method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Rung {
    /// Who predicts.
    pub source: Source,
    /// RMSE for newcomers.
    pub rmse: f64,
    /// From the rung before.
    pub change: Option<Change>,
}

/// One domain's figures, all on the unit scale (rating − lo) / (hi − lo), means over the repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainReport {
    /// Name of the domain.
    pub name: String,
    /// Ratings that were tested on in the first repeat.
    pub test_ratings: usize,
    /// Ratings of any part that lie beyond the scale, where that is the range of the training rows, and count as its ends.
    pub clipped_ratings: usize,
    /// The model's scores on all test rows.
    pub model: Scores,
    /// The global mean's.
    pub mean: Scores,
    /// The bias model's.
    pub bias: Scores,
    /// From the bias model's RMSE to the model's; `None` until the placebos tell what chance changes.
    pub against_bias: Option<Change>,
    /// From the global mean's RMSE to the model's.
    pub against_mean: Option<Change>,
    /// All people.
    pub all: Comparison,
    /// People with fewer than five training ratings.
    pub sparse: Comparison,
    /// People who lost all ratings of this domain before training.
    pub cold: Comparison,
    /// What crosses to newcomers: item mean, network alone, with biases, with map and vectors.
    pub ladder: Vec<Rung>,
    /// μ + ρ · (bias in the other domain) + b_i for newcomers, without any network.
    pub crossed_bias_rmse: Option<f64>,
    /// The generated sample only: the error of a predictor that knows the truth.
    pub floor_rmse: Option<f64>,
}

impl DomainReport {
    /// A report without figures.
    pub(crate) fn new(name: &str, floor_rmse: Option<f64>) -> Self {
        Self {
            name: name.into(),
            test_ratings: 0,
            clipped_ratings: 0,
            model: Scores::default(),
            mean: Scores::default(),
            bias: Scores::default(),
            against_bias: None,
            against_mean: None,
            all: Comparison::default(),
            sparse: Comparison::default(),
            cold: Comparison::default(),
            ladder: Vec::new(),
            crossed_bias_rmse: None,
            floor_rmse,
        }
    }

    /// The groups with what to call them.
    pub fn groups(&self) -> [(&'static str, &Comparison); 3] {
        [("everybody", &self.all), ("people with few ratings", &self.sparse), ("newcomers", &self.cold)]
    }

    fn fill(&mut self, ledgers: &[&Ledger], noise: impl Fn(Group) -> Option<f64>, seed: u64) {
        let Some(first) = ledgers.first() else { return };
        let scores =
            |of: fn(&Ledger) -> Scores| Scores::mean(&ledgers.iter().map(|l| of(l)).collect::<Vec<_>>());
        self.test_ratings = first.test_ratings;
        self.model = scores(|ledger| ledger.model);
        self.bias = scores(|ledger| ledger.bias);
        self.mean = scores(|ledger| ledger.mean);
        for group in Group::ALL {
            let errors = ledgers.iter().map(|ledger| ledger.errors(group)).collect();
            let sample = Sample::new(errors, noise(group), seed);
            let comparison = Comparison::new(&sample, first.errors(group));
            match group {
                Group::All => {
                    self.against_bias = sample.change(Source::Bias, Source::Linked);
                    self.against_mean = sample.change(Source::Mean, Source::Linked);
                    self.all = comparison;
                }
                Group::Sparse => self.sparse = comparison,
                Group::Cold => {
                    self.crossed_bias_rmse = sample.rmse(Source::CrossedBias);
                    self.ladder = ladder(&sample);
                    self.cold = comparison;
                }
            }
        }
    }
}

/// The rungs that were trained, from the item mean up.
fn ladder(sample: &Sample) -> Vec<Rung> {
    let mut rungs: Vec<Rung> = Vec::new();
    for source in [Source::Bias, Source::Alone, Source::Biases, Source::Linked] {
        if let Some(rmse) = sample.rmse(source) {
            let change = rungs.last().and_then(|before| sample.change(before.source, source));
            rungs.push(Rung { source, rmse, change });
        }
    }
    rungs
}

/// The model that is kept: trained on all ratings and all links.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KeptModel {
    /// Epochs, as validation chose them for the measured model.
    pub epochs: usize,
    /// Seconds that it took.
    pub seconds: f64,
}

/// All figures of a measurement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Report {
    /// By domain; the page calls the first two a and b.
    pub domains: Vec<DomainReport>,
    /// By link, of the first repeat; nothing for models without a map.
    pub links: Vec<LinkReport>,
    /// What the Bayesian model says of the links that it uses, in the first repeat; nothing for models without it.
    pub taste: Vec<TasteReport>,
    /// Of the first link in the first repeat; `None` without held-out pairs.
    pub alignment: Option<Alignment>,
    /// ‖X Xᵀ − I‖ (Frobenius) of the first link.
    pub orthogonality_error: f64,
    /// Mean squared distance of the linked pairs under the first link's X.
    pub mapping_loss: f64,
    /// The same under the closed form (orthogonal Procrustes).
    pub closed_form_loss: f64,
    /// Overlap users that the first link's map was learnt from.
    pub linked_users: usize,
    /// Share of the ratings that stand in both domains of a link: same person, same item, same rating.
    pub same_rows_share: f64,
    /// Seeds that the figures are means over.
    pub seeds: Vec<u64>,
    /// `None` until it is trained.
    pub kept: Option<KeptModel>,
    /// Whether all trainings that tell what crosses are over.
    pub is_measured: bool,
}

impl Report {
    /// Calls the domains what the data call them now.
    pub(super) fn name_after(&mut self, world: &World) {
        for (report, domain) in self.domains.iter_mut().zip(&world.domains) {
            report.name.clone_from(&domain.name);
        }
    }

    /// Works out all figures from the ledgers, by repeat and domain; `finished` repeats are whole. A repeat that is
    /// still going on counts only where there is no other.
    pub(super) fn fill(&mut self, ledgers: &[Vec<Ledger>], finished: usize, seed: u64) {
        let ledgers = &ledgers[..finished.max(1).min(ledgers.len())];
        self.seeds = (0..ledgers.len() as u64).map(|repeat| seed.wrapping_add(repeat)).collect();
        let noise = |group: Group| chance(ledgers, group);
        for (d, domain) in self.domains.iter_mut().enumerate() {
            let own: Vec<&Ledger> = ledgers.iter().filter_map(|repeat| repeat.get(d)).collect();
            domain.fill(&own, noise, seed.wrapping_add(d as u64));
        }
    }
}

/// What chance changes in ln RMSE from one training to another on the same rows: the root mean square of the
/// differences between the two placebos over domains and repeats. `None` before they are trained.
fn chance(ledgers: &[Vec<Ledger>], group: Group) -> Option<f64> {
    let all: Vec<f64> = ledgers.iter().flatten().filter_map(|ledger| ledger.chance(group)).collect();
    (!all.is_empty()).then(|| (all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{ItemId, UserId};
    use crate::split::Rows;

    /// A ledger whose two placebos miss all newcomers by .2 and by .2 · `ratio`, and whose other sources miss by .1.
    fn ledger(ratio: f32) -> Ledger {
        let n = 300;
        let rows = Rows {
            users: (0..n).map(UserId).collect(),
            items: vec![ItemId(0); n as usize],
            targets: vec![0.5; n as usize],
        };
        let missing = |by: f32| vec![0.5 + by; n as usize];
        let mut ledger = Ledger::new(&rows, &rows, &vec![9; n as usize]);
        for source in [Source::Bias, Source::Alone, Source::Biases, Source::Linked] {
            ledger.record_cold(source, &missing(0.1), &rows);
        }
        ledger.record_cold(Source::Shuffled, &missing(0.2), &rows);
        ledger.record_cold(Source::ShuffledAgain, &missing(0.2 * ratio), &rows);
        ledger
    }

    #[test]
    fn chance_is_the_root_mean_square_over_domains_and_repeats_and_widens_every_interval() {
        let ledgers = vec![vec![ledger(1.1), ledger(1.0)]];
        let expected = 1.1_f64.ln() / 2.0_f64.sqrt();
        assert!((chance(&ledgers, Group::Cold).unwrap() - expected).abs() < 1e-5);
        assert_eq!(chance(&ledgers, Group::All), None);
        let mut report = Report {
            domains: vec![DomainReport::new("books", None), DomainReport::new("films", None)],
            ..Report::default()
        };
        report.fill(&ledgers, 1, 5);
        assert_eq!(report.seeds, [5]);
        let domain = &report.domains[0];
        // All errors are alike, so that people make no difference and chance alone does: 1.96 deviations.
        let change = domain.cold.change.unwrap();
        assert!(
            change.value.abs() < 1e-6 && (change.high - (1.96 * expected).exp_m1()).abs() < 0.01,
            "{change:?}"
        );
        let rungs: Vec<Source> = domain.ladder.iter().map(|rung| rung.source).collect();
        assert_eq!(rungs, [Source::Bias, Source::Alone, Source::Biases, Source::Linked]);
        assert_eq!(domain.cold.shuffled.map(|rmse| (rmse * 1e4).round()), Some(2000.0));
    }
}
