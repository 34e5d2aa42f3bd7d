//! A measurement from bytes, which may come from anywhere.

use std::sync::Arc;

use serde_json::Value;

use super::envelope;
use super::told::{History, Told};
use super::write::{DomainSize, Last, sizes, subject};
use crate::data::{Scale, World};
use crate::engine::Device;
use crate::error::Result;
use crate::lab::ledger::Ledger;
use crate::lab::study::{Progress, Repeat, Study, TransferStudy, settings_of, tasks};
use crate::lab::{Report, Run, StudyEvent};
use crate::peers;
use crate::recommender::saved::{Checked, Parts};
use crate::recommender::state::{RunState, StateBytes, refused};
use crate::recommender::{Recommender, Stopwatch};
use crate::settings::ValidConfig;

/// Settings of another value that are told by name, at the most.
const MOST_TOLD: usize = 3;

/// The trainings of a measurement, each with its repeat.
type Tasks = [(Run, usize)];

impl Study {
    /// Goes on with a measurement whose [`Study::checkpoint`] these bytes are, and tells again what it has told. The other
    /// arguments are those of [`Study::new`]; the device may be another one, where the numbers that follow are then its own.
    ///
    /// # Errors
    /// When the bytes are damaged, or of another program, other settings or other data: it says which. And as [`Study::new`].
    pub async fn resume(
        world: Arc<World>,
        config: ValidConfig,
        device: Device,
        transfer: TransferStudy,
        floor_rmse: Vec<f64>,
        bytes: &[u8],
    ) -> Result<(Self, Vec<StudyEvent>)> {
        let tasks = tasks(&config, transfer)?;
        let own = subject(&world, &config, tasks.len())?;
        let (found, state) = envelope::read(bytes).map_err(refused)?;
        let state = StateBytes::new(state).map_err(refused)?;
        if found.settings != own.settings {
            return Err(refused(other_settings(&state, &config).map_err(refused)?));
        }
        if found.data != own.data {
            return Err(refused(other_data(&state, &world).map_err(refused)?));
        }
        let repeat = Repeat::new(&world, config.clone())?;
        let progress = progress(&state, &world, &config, &tasks, &repeat).map_err(refused)?;
        let mut study = Self::at(world, config, device, transfer, floor_rmse, progress).await?;
        if state.has_bytes("run") {
            let seconds: Option<f64> = state.value("run_seconds").map_err(refused)?;
            study.go_on(state.bytes("run").map_err(refused)?, seconds.unwrap_or_default()).await?;
        }
        let told =
            study.history.again(study.report.as_ref(), |run, repeat| settings_of(&study.config, run, repeat));
        Ok((study, told))
    }

    /// Goes on with another device in place of one that was lost. What is over stays; the run that was going on goes on from its
    /// last state that is on the host, or begins anew. Returns whether it goes on.
    ///
    /// # Errors
    /// As [`Study::new`].
    pub async fn go_on_with(&mut self, device: Device) -> Result<bool> {
        let last = self.last_on_host().await;
        self.device = device;
        self.history.forget_from(last.as_ref().map_or(self.told_before, |last| last.place.told));
        self.begin_run().await?;
        let Some(Last { bytes, place }) = &last else {
            if let (0, Some(trainer)) = (self.task, &self.trainer) {
                self.main = (trainer.model(), trainer.kept_epoch());
            }
            return Ok(false);
        };
        self.go_on(bytes, place.seconds).await?;
        self.keeping.keep(last);
        Ok(true)
    }

    /// Puts the run that was going on where it was.
    async fn go_on(&mut self, run: &[u8], seconds: f64) -> Result<()> {
        let run = StateBytes::new(run).map_err(refused)?;
        let Some(trainer) = &mut self.trainer else {
            return Err(refused("it goes on with a run that is over"));
        };
        let load = peers::find(&self.config.model)?.load;
        trainer.resume(RunState::new(run, &self.world, load)).await?;
        self.watch = Stopwatch::at(seconds);
        if self.task == 0 {
            self.main = (trainer.model(), trainer.kept_epoch());
        }
        Ok(())
    }
}

/// What is over.
fn progress(
    state: &StateBytes,
    world: &World,
    config: &ValidConfig,
    tasks: &Tasks,
    repeat: &Repeat,
) -> Checked<Progress> {
    let task: usize = state.scalar("task")?;
    let Some(over) = tasks.get(..task) else {
        return Err(format!("{task} of {} trainings are over", tasks.len()));
    };
    let main = match over.is_empty() {
        true => None,
        false => {
            let scales: Vec<Scale> = repeat.scales_of(world, Run::Main);
            Some((model(state, "main", world, config, &scales)?, state.scalar("main_epoch")?))
        }
    };
    let is_kept = over.iter().any(|task| task.0 == Run::Everything);
    let kept = match is_kept {
        true => Some(model(state, "kept", world, config, &repeat.scales_of(world, Run::Everything))?),
        false => None,
    };
    let mut report: Option<Report> = state.value("report")?;
    if report.is_some() != main.is_some() || report.as_ref().is_some_and(|report| !fits(report, world)) {
        return Err("its report is of other domains".into());
    }
    // They may have other names by now.
    report.iter_mut().for_each(|report| report.name_after(world));
    let seconds: f64 = state.value("seconds")?;
    let told: Vec<Told> = state.value("told")?;
    Ok(Progress {
        task,
        main,
        kept,
        ledgers: ledgers(state, world, over)?,
        report,
        stopping: state.scalar("stopping")?,
        stopped: state.scalar("stopped")?,
        seconds: seconds.max(0.0),
        history: History::of(told),
        told_before: state.scalar("told_before")?,
    })
}

/// A trained model of the measurement.
fn model(
    state: &StateBytes,
    name: &str,
    world: &World,
    config: &ValidConfig,
    scales: &[Scale],
) -> Checked<Arc<dyn Recommender>> {
    let saved = StateBytes::new(state.bytes(name)?)?.saved()?;
    let mut parts = Parts::new(world, scales, saved);
    let entry = peers::find(&config.model).map_err(|error| error.to_string())?;
    let model = (entry.load)(&mut parts).map_err(|what| format!("{name}: {what}"))?;
    parts.end()?;
    Ok(model)
}

/// The ledgers of the repeats that were begun.
fn ledgers(state: &StateBytes, world: &World, over: &Tasks) -> Checked<Vec<Vec<Ledger>>> {
    let count = over.iter().filter(|task| task.0 == Run::Main).count();
    if state.scalar::<usize>("ledgers")? != count {
        return Err("its errors are of other trainings".into());
    }
    let mut parts = Parts::new(world, &[], state.saved()?);
    let ledger = |parts: &mut Parts, repeat: usize, d: usize| {
        let mut own = parts.part(&format!("ledger.{repeat}.{d}"));
        let ledger = Ledger::read(&mut own, world.domains[d].users.len())?;
        own.end()?;
        Ok(ledger)
    };
    (0..count)
        .map(|repeat| (0..world.domains.len()).map(|d| ledger(&mut parts, repeat, d)).collect())
        .collect()
}

/// Whether a report is of these domains.
fn fits(report: &Report, world: &World) -> bool {
    let domains = world.domains.len();
    let ends =
        report.links.iter().map(|link| link.domains).chain(report.taste.iter().map(|taste| taste.domains));
    let between = report.links.iter().flat_map(|link| &link.detours).map(|detour| detour.by);
    report.domains.len() == domains && ends.flatten().chain(between).all(|domain| domain < domains)
}

/// Which settings are others, in words.
fn other_settings(state: &StateBytes, config: &ValidConfig) -> Checked<String> {
    let found: Value = state.value("settings")?;
    let own = serde_json::to_value(&**config).map_err(|error| error.to_string())?;
    let fields = own.as_object().into_iter().flatten();
    let mut others = fields
        .filter(|(name, value)| found.get(name) != Some(value))
        .map(|(name, value)| format!("{name} was {} and is {}", shown(found.get(name)), shown(Some(value))));
    let told: Vec<String> = others.by_ref().take(MOST_TOLD).collect();
    Ok(match (told.len(), others.count()) {
        (0, _) => "the checkpoint is of other trainings".into(),
        (_, 0) => format!("the checkpoint is of other settings: {}", told.join(", ")),
        (_, more) => format!("the checkpoint is of other settings: {}, and {more} more", told.join(", ")),
    })
}

/// A setting's value. Numbers are in single precision.
fn shown(value: Option<&Value>) -> String {
    match value {
        Some(Value::Number(number)) if number.is_f64() => {
            format!("{}", number.as_f64().unwrap_or_default() as f32)
        }
        Some(value) => value.to_string(),
        None => "unknown".into(),
    }
}

/// Which data are others, in words.
fn other_data(state: &StateBytes, world: &World) -> Checked<String> {
    let (found, own): (Vec<DomainSize>, _) = (state.scalar("domains")?, sizes(world));
    if found.len() != own.len() {
        return Ok(format!(
            "the checkpoint is of other data: of {} domains, not of {}",
            found.len(),
            own.len()
        ));
    }
    let size = |domain: &DomainSize| {
        format!("{} ratings of {} people and {} items", domain.ratings, domain.users, domain.items)
    };
    let other = found.iter().zip(&own).find(|(found, own)| size(found) != size(own));
    Ok(match other {
        Some((found, own)) => {
            format!(
                "the checkpoint is of other data: {:?} had {}, and has {}",
                own.name,
                size(found),
                size(own)
            )
        }
        None => "the checkpoint is of other data: as many ratings, but not the same".into(),
    })
}
