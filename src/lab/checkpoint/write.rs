//! A measurement as bytes.

use serde::{Deserialize, Serialize};

use super::envelope::{self, Subject};
use super::hash;
use crate::data::World;
use crate::error::Result;
use crate::lab::study::Study;
use crate::recommender::Recommender;
use crate::recommender::state::{StateWriter, exact};
use crate::settings::ValidConfig;

/// What a measurement keeps for its checkpoints.
#[derive(Default)]
pub(in crate::lab) struct Keeping {
    /// What they are of; worked out once.
    subject: Option<Subject>,
    /// The run's last state that could be written down.
    last: Option<Last>,
    /// Whether somebody has asked for a checkpoint where there was none to write down: then the next is kept.
    is_asked: bool,
}

/// A state of a run.
pub(super) struct Last {
    pub(super) bytes: Vec<u8>,
    pub(super) place: Place,
}

/// When a state was written down.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// How many events had been told.
    pub(super) told: usize,
    /// Seconds of the run.
    pub(super) seconds: f64,
}

impl Keeping {
    /// Asks for the next state that can be written down.
    #[cfg(test)]
    pub(super) fn ask(&mut self) {
        self.is_asked = true;
    }

    /// Keeps a state of the run.
    pub(super) fn keep(&mut self, last: Option<Last>) {
        self.last = last;
    }

    /// The run is over, so that nobody goes on with it.
    pub(in crate::lab) fn end_run(&mut self) {
        (self.last, self.is_asked) = (None, false);
    }
}

/// How large a domain is: what there is to say where the data are others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DomainSize {
    pub(super) name: String,
    pub(super) users: usize,
    pub(super) items: usize,
    pub(super) ratings: usize,
}

/// The sizes of all domains.
pub(super) fn sizes(world: &World) -> Vec<DomainSize> {
    let size = |domain: &crate::data::Domain| DomainSize {
        name: domain.name.clone(),
        users: domain.users.len(),
        items: domain.items.len(),
        ratings: domain.ratings.len(),
    };
    world.domains.iter().map(size).collect()
}

/// What the checkpoints of a measurement are of.
///
/// # Errors
/// When JSON cannot hold the settings.
pub(super) fn subject(world: &World, config: &ValidConfig, tasks: usize) -> Result<Subject> {
    let (text, numbers) = exact(&**config)?;
    let mut settings = hash::Hash::new();
    settings.bytes(text.as_bytes());
    numbers.iter().for_each(|number| settings.word(number.to_bits()));
    settings.word(tasks as u64);
    Ok(Subject { settings: settings.end(), data: hash::of_data(world) })
}

impl Study {
    /// Keeps the state of the run where somebody waits for one and it can be written down now.
    pub(in crate::lab) async fn keep_state(&mut self) -> Result<()> {
        if self.keeping.is_asked {
            let mut state = StateWriter::new(Vec::new());
            if let Some(place) = self.put_run(&mut state).await? {
                self.keeping.last = Some(Last { bytes: state.finish()?, place });
                self.keeping.is_asked = false;
            }
        }
        Ok(())
    }

    /// The run as it stands where that can be written down without the device that was lost, else its last state.
    pub(super) async fn last_on_host(&mut self) -> Option<Last> {
        let mut state = StateWriter::new(Vec::new());
        let now = match self.put_run(&mut state).await {
            Ok(Some(place)) => state.finish().ok().map(|bytes| Last { bytes, place }),
            Ok(None) | Err(_) => None,
        };
        now.or_else(|| self.keeping.last.take())
    }

    /// Writes down the run that is going on, where that is possible now.
    async fn put_run(&self, state: &mut StateWriter) -> Result<Option<Place>> {
        let Some(trainer) = &self.trainer else { return Ok(None) };
        let place = Place { told: self.history.len(), seconds: self.watch.seconds() };
        Ok(trainer.write_state(state).await?.then_some(place))
    }

    /// The state of the measurement, from which [`Study::resume`] goes on with the same data and settings; `None` before
    /// there is anything to go on from. It may be asked for between any two calls of [`Study::advance`]. Of the run that is
    /// going on it holds the last state that could be written down since somebody asked, a sweep's or an epoch's.
    ///
    /// # Errors
    /// When the measured model cannot be written down, or the device was lost.
    pub async fn checkpoint(&mut self) -> Result<Option<Vec<u8>>> {
        let subject = match self.keeping.subject {
            Some(subject) => subject,
            None => subject(&self.world, &self.config, self.tasks.len())?,
        };
        self.keeping.subject = Some(subject);
        let mut state = StateWriter::new(envelope::open(subject));
        let mut run = state.begin();
        let place = match self.put_run(&mut run).await? {
            Some(place) => {
                state.end("run", run)?;
                self.keeping.last = None;
                Some(place)
            }
            None => {
                state.give_up(run);
                self.keeping.is_asked = !self.is_done();
                match &self.keeping.last {
                    Some(Last { bytes, place }) => {
                        state.put_bytes("run", |all| {
                            all.extend_from_slice(bytes);
                            Ok(())
                        })?;
                        Some(*place)
                    }
                    None => None,
                }
            }
        };
        if self.task == 0 && place.is_none() {
            return Ok(None);
        }
        state.put_value("run_seconds", &place.map(|place| place.seconds))?;
        state.put_value("settings", &*self.config)?;
        state.say("domains", sizes(&self.world))?;
        state.say("task", self.task)?;
        state.say("stopping", self.stopping)?;
        state.say("stopped", self.stopped)?;
        state.say("main_epoch", self.main.1)?;
        state.put_value("seconds", &self.seconds)?;
        state.put_value("report", &self.report)?;
        state.put_value("told", &self.history.first(place.map_or(self.told_before, |place| place.told)))?;
        state.say("told_before", self.told_before)?;
        state.say("ledgers", self.ledgers.len())?;
        for (repeat, ledgers) in self.ledgers.iter().enumerate() {
            for (d, ledger) in ledgers.iter().enumerate() {
                state.part(&format!("ledger.{repeat}.{d}"), |state| ledger.write(state))?;
            }
        }
        if self.task > 0 {
            put_model("main", &*self.main.0, &mut state)?;
        }
        if let Some(kept) = &self.kept {
            put_model("kept", &**kept, &mut state)?;
        }
        Ok(Some(envelope::close(state.finish()?)))
    }
}

fn put_model(name: &str, model: &dyn Recommender, state: &mut StateWriter) -> Result<()> {
    let mut inner = state.begin();
    model.write_whole(&mut inner)?;
    state.end(name, inner)
}
