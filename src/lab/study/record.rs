//! What the trainings of a measurement leave behind: errors in the ledgers, and the report on the main one.

use super::runs::Repeat;
use super::{Study, as_dml};
use crate::baselines::Baselines;
use crate::baselines::bias::{self, Fitting};
use crate::error::Result;
use crate::lab::ledger::Ledger;
use crate::lab::report::{DomainReport, Report};
use crate::lab::{Run, Source, links, taste};
use crate::metrics;
use crate::recommender::{MappingState, Recommender};
use crate::split::{PairRole, Rows, Training};

impl Study {
    /// The errors of the main run and of the baselines, by domain.
    pub(super) fn main_ledgers(&self, model: &dyn Recommender) -> Result<Vec<Ledger>> {
        let Repeat { split, cold_split, config } = &self.repeat;
        let training = Training::new(self.world.clone(), split.clone());
        let cold_training = Training::new(self.world.clone(), cold_split.clone());
        let crossed = Fitting::new(&cold_training, false).finish();
        let mut ledgers = Vec::new();
        for (d, crossed) in crossed.into_iter().enumerate() {
            let baselines = baselines_of(&training, d);
            let rows = split.test(&self.world, d);
            let threshold = config.relevance_threshold;
            let scores =
                |predictions: &[f32]| metrics::scores(&rows.users, predictions, &rows.targets, threshold);
            let predictions = model.predict(d, &rows.users, &rows.items);
            let (bias, mean) = (baselines.bias_predictions(&rows), baselines.mean_predictions(&rows));
            let cold_rows = cold_split.cold(&self.world, d);
            let mut ledger = Ledger::new(&rows, &cold_rows, &baselines.bias.user_counts);
            (ledger.model, ledger.bias, ledger.mean) =
                (scores(&predictions)?, scores(&bias)?, scores(&mean)?);
            ledger.record_warm(Source::Linked, &predictions, &rows);
            ledger.record_warm(Source::Bias, &bias, &rows);
            ledger.record_warm(Source::Mean, &mean, &rows);
            if !cold_rows.is_empty() {
                let cold = baselines_of(&cold_training, d);
                ledger.record_cold(Source::Bias, &cold.bias_predictions(&cold_rows), &cold_rows);
                ledger.record_cold(Source::Mean, &cold.mean_predictions(&cold_rows), &cold_rows);
            }
            let crossed = Baselines { bias: crossed };
            ledger.record_cold(Source::CrossedBias, &crossed.bias_predictions(&cold_rows), &cold_rows);
            ledgers.push(ledger);
        }
        Ok(ledgers)
    }

    /// The errors of one of the trainings beside the main run.
    pub(super) fn record(&mut self, run: Run, repeat: usize, model: &dyn Recommender) {
        let Repeat { split, cold_split, .. } = &self.repeat;
        let (cold, source) = match run {
            Run::WithoutTransfer => (false, Source::Alone),
            Run::Shuffled => (false, Source::Shuffled),
            Run::Cold => (true, Source::Linked),
            Run::ColdWithoutTransfer => (true, Source::Alone),
            Run::ColdBiases => (true, Source::Biases),
            Run::ColdShuffled => (true, Source::Shuffled),
            Run::ColdShuffledAgain => (true, Source::ShuffledAgain),
            Run::Main | Run::Everything => return,
        };
        for d in 0..self.world.domains.len() {
            let ledger = &mut self.ledgers[repeat][d];
            let predict = |rows: &Rows| model.predict(d, &rows.users, &rows.items);
            if cold {
                let rows = cold_split.cold(&self.world, d);
                ledger.record_cold(source, &predict(&rows), &rows);
                if matches!(run, Run::ColdShuffled | Run::ColdShuffledAgain) {
                    // The people who were not made cold tell what chance changes for everybody.
                    let rows = cold_split.test(&self.world, d);
                    ledger.record_chance(source, &predict(&rows), &rows);
                }
            } else {
                let rows = split.test(&self.world, d);
                ledger.record_warm(source, &predict(&rows), &rows);
            }
        }
    }

    /// The report on the main run, whose figures are filled in from the ledgers.
    pub(super) fn first_report(&self, model: &dyn Recommender, state: Option<MappingState>) -> Report {
        let domains = (self.world.domains.iter().enumerate())
            .map(|(d, domain)| DomainReport {
                clipped_ratings: self.split.clipped(d),
                ..DomainReport::new(&domain.name, self.floor_rmse.get(d).copied())
            })
            .collect();
        let links = as_dml(model)
            .map_or_else(Vec::new, |dml| links::reports(&self.world, &self.split, dml, self.config.seed));
        Report {
            domains,
            alignment: links.first().and_then(|link| link.alignment),
            links,
            taste: taste::reports(&self.world, &self.split, model),
            orthogonality_error: state.map_or(0.0, |state| state.orthogonality_error),
            mapping_loss: state.map_or(0.0, |state| state.loss),
            closed_form_loss: state.map_or(0.0, |state| state.closed_form_loss),
            linked_users: self.split.roles(0).iter().filter(|r| **r == PairRole::Linked).count(),
            same_rows_share: self.world.same_rows_share(),
            ..Report::default()
        }
    }
}

fn baselines_of(training: &Training, domain: usize) -> Baselines {
    Baselines { bias: bias::alone(training, domain, false) }
}
