//! The average as it is saved: both parts, and how much the Bayesian one counts for whom.

use std::sync::Arc;

use super::model::Averaged;
use super::weights::Weights;
use crate::dml::Dml;
use crate::dml::bayes::Bayes;
use crate::error::{Error, Result};
use crate::recommender::Recommender;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::state::StateWriter;

fn not_sampled() -> Error {
    Error::data("the Bayesian part is not sampled yet", "Let the training go on")
}

impl Averaged {
    /// What it consists of.
    pub(super) fn parts(&self) -> Result<Saved> {
        let Some(bayes) = &self.bayes else { return Err(not_sampled()) };
        let mut saved = self.own_parts();
        saved.put_part("dml", self.dml.saved()?);
        saved.put_part("bayes", bayes.saved()?);
        Ok(saved)
    }

    /// The same with every draw of the Bayesian part in full precision.
    pub(super) fn put_whole(&self, state: &mut StateWriter) -> Result<()> {
        let Some(bayes) = &self.bayes else { return Err(not_sampled()) };
        state.put_saved(self.own_parts());
        state.part("dml", |state| self.dml.write_whole(state))?;
        state.part("bayes", |state| bayes.put_whole(state))
    }

    /// What is neither part's.
    fn own_parts(&self) -> Saved {
        let mut saved = Saved::default();
        let weights = self.weights.iter().flat_map(|weights| [weights.warm, weights.few, weights.cold]);
        saved.put_rows("weights", 3, weights.collect::<Vec<f32>>());
        for (d, counts) in self.counts.iter().enumerate() {
            saved.put_list(format!("{d}.counts"), counts.clone());
        }
        saved
    }

    /// The model of a file.
    pub(super) fn load(parts: &mut Parts) -> Checked<Self> {
        let weights = parts.numbers("weights", &[parts.domains(), 3], 1.0)?;
        if let Some(weight) = weights.iter().find(|weight| **weight < 0.0) {
            return Err(format!("weights: {weight:?} stands where a share from 0 to 1 belongs"));
        }
        let of = |row: &[f32]| Weights { warm: row[0], few: row[1], cold: row[2] };
        let counts = (0..parts.domains()).map(|d| parts.counts(&format!("{d}.counts"), &[parts.users(d)]));
        let counts = counts.collect::<Checked<_>>()?;
        let (mut of_dml, mut of_bayes) = (parts.part("dml"), parts.part("bayes"));
        let dml = Dml::load(&mut of_dml).map_err(|what| format!("dml: {what}"))?;
        let bayes = Bayes::load(&mut of_bayes).map_err(|what| format!("bayes: {what}"))?;
        of_dml.end()?;
        of_bayes.end()?;
        Ok(Self {
            dml: Arc::new(dml),
            bayes: Some(Arc::new(bayes)),
            weights: weights.chunks_exact(3).map(of).collect(),
            counts: Arc::new(counts),
        })
    }
}
