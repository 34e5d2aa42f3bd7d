//! What a training of the average goes on from: how far it is, what was found so far, and the state of the training that goes on.
//! Each of the four begins anew where it cannot be gone on with.

use std::sync::Arc;

use super::fit::{Averaging, Part};
use super::weights::Weights;
use crate::data::Scale;
use crate::dml::Dml;
use crate::dml::bayes::Bayes;
use crate::error::Result;
use crate::recommender::saved::Checked;
use crate::recommender::state::{RunState, StateWriter, refused};
use crate::recommender::{Fit, Recommender, Stopwatch};

impl Averaging {
    /// Writes it down; false where only the beginning could be.
    ///
    /// # Errors
    /// When the device was lost.
    pub(super) async fn write(&self, state: &mut StateWriter) -> Result<bool> {
        let (number, training): (usize, &dyn Fit) = match &self.part {
            Part::Tried(trainer) => (0, &**trainer),
            Part::TriedBayes(sampling) => (1, &**sampling),
            Part::Dml(trainer) => (2, &**trainer),
            Part::Bayes(sampling) => (3, &**sampling),
            Part::Done => return Ok(false),
        };
        let mut inner = state.begin();
        let has_begun = training.write_state(&mut inner).await?;
        match has_begun {
            true => state.end("training", inner)?,
            false => state.give_up(inner),
        }
        let is_first = number == 0 || (number == 2 && self.trial.is_none());
        if is_first && !has_begun {
            return Ok(false);
        }
        state.say("part", number)?;
        state.say("epochs", self.epochs)?;
        state.put_value("mapping", &self.mapping)?;
        state.put_value("seconds", &self.watch.seconds())?;
        let weights = self.model.weights.iter().flat_map(|weights| [weights.warm, weights.few, weights.cold]);
        let weights: Vec<f32> = weights.collect();
        state.floats("weights", &[self.model.weights.len(), 3], [&weights[..]]);
        if let Some(tried) = self.trial.as_ref().and_then(|trial| trial.dml.as_ref()) {
            put_dml("tried", tried, state)?;
        }
        if let Part::Bayes(_) = self.part {
            put_dml("dml", &self.model.dml, state)?;
        }
        // While recipe R trains the second time, recommendations are made with the chain that weights were chosen by.
        if let (Part::Dml(_), Some(bayes)) = (&self.part, &self.model.bayes) {
            let mut inner = state.begin();
            bayes.put_whole(&mut inner)?;
            state.end("tried_bayes", inner)?;
        }
        Ok(true)
    }

    /// Goes to where [`Averaging::write`] wrote it down.
    ///
    /// # Errors
    /// When it was another training, or the device was lost.
    pub(super) async fn restore(&mut self, state: &RunState<'_>) -> Result<()> {
        let part = self.found(state).map_err(refused)?;
        let has_trial = self.trial.is_some();
        let training: &mut dyn Fit = match (part, has_trial) {
            (0, true) | (2, false) => match &mut self.part {
                Part::Tried(trainer) | Part::Dml(trainer) => &mut **trainer,
                _ => return Err(refused("the average is further than at its beginning")),
            },
            (1, true) => {
                self.part = self.tried_bayes()?;
                self.part.training()?
            }
            (2, true) => {
                self.part = self.whole_dml().await?;
                self.part.training()?
            }
            (3, _) => {
                self.part = self.whole_bayes()?;
                self.part.training()?
            }
            (part, _) => return Err(refused(format!("there is no part {part} of this average"))),
        };
        if state.bytes().has_bytes("training") {
            training.resume(state.within("training").map_err(refused)?).await?;
        }
        match &self.part {
            Part::Tried(trainer) | Part::Dml(trainer) => self.model.dml = trainer.dml().clone(),
            Part::TriedBayes(sampling) | Part::Bayes(sampling)
                if sampling.sweeps().is_some_and(|(done, _)| done > 0) =>
            {
                self.model.bayes = Some(Arc::new(sampling.bayes()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes over what was found before the part that goes on, and says which that is.
    fn found(&mut self, state: &RunState) -> Checked<usize> {
        let training = &self.given.training;
        let scales: Vec<Scale> = (0..training.domains()).map(|d| training.scale(d)).collect();
        let mut parts = state.parts(&scales)?;
        let weights = parts.numbers("weights", &[training.domains(), 3], 1.0)?;
        let of = |row: &[f32]| Weights { warm: row[0], few: row[1], cold: row[2] };
        self.model.weights = weights.chunks_exact(3).map(of).collect();
        let most = self.given.stopping.most_epochs(&self.given.config);
        self.epochs = parts.size("epochs", 0, most)?;
        let part = parts.scalar("part")?;
        if let Some(trial) = &mut self.trial
            && state.bytes().has_bytes("tried")
        {
            let tried = dml(state, "tried", &scales)?;
            self.model.dml = tried.clone();
            trial.dml = Some(tried);
        }
        if part == 3 {
            self.model.dml = dml(state, "dml", &scales)?;
        }
        if state.bytes().has_bytes("tried_bayes") {
            let mut parts = state.within("tried_bayes")?.parts(&scales)?;
            self.model.bayes = Some(Arc::new(Bayes::load(&mut parts)?));
        }
        self.mapping = state.bytes().value("mapping")?;
        self.watch = Stopwatch::at(state.bytes().value("seconds")?);
        Ok(part)
    }
}

fn put_dml(name: &str, dml: &Dml, state: &mut StateWriter) -> Result<()> {
    let mut inner = state.begin();
    dml.write_whole(&mut inner)?;
    state.end(name, inner)
}

fn dml(state: &RunState, name: &str, scales: &[Scale]) -> Checked<Arc<Dml>> {
    let mut parts = state.within(name)?.parts(scales)?;
    let dml = Dml::load(&mut parts).map_err(|what| format!("{name}: {what}"))?;
    parts.end()?;
    Ok(Arc::new(dml))
}
