//! What the worker drives. Each method is one of the list in `requests`; the worker calls one at a time.

mod map;
mod people;

use std::sync::Arc;

use serde_json::json;
use wasm_bindgen::prelude::*;
use web_time::Instant;

use super::arguments::{
    Advance, AskCheckpoint, AskValues, Clear, Export, ExportKind, FileKind, Help, Init, Load, LoadSample,
    ModuleFor, Prepare, Rejects, Remove, Rename, Reread, ShowMap, Stop,
};
use super::clouds::{Axes, MapSnapshot, Typed};
use super::devices::{Devices, LOST, Trainings};
use super::hands::hands;
use super::js::{answer, arguments, json_property, refusal, take_bytes};
use super::lab::Lab;
use super::slots::{DataState, Outcome, Slots};
use super::views::{
    Advanced, AnswerBytes, Capabilities, CheckpointBytes, DeviceName, ModuleName, Prepared, Renamed,
    SavedFile, Standing, TrainState,
};
use crate::dml::bayes::Helper;
use crate::engine::{Device, DeviceKind, Hands};
use crate::error::Error;
use crate::lab::{Study, StudyEvent, TransferStudy};
use crate::recommender::Event;
use crate::settings::Config;
use crate::{export, model_file, presentation, recommend};

use people::Asked;

/// The page's session: files, device and measurement.
#[wasm_bindgen]
#[derive(Default)]
pub struct Session {
    slots: Slots,
    devices: Devices,
    study: Option<Study>,
    axes: Option<Axes>,
    failure: Option<String>,
    /// That the CPU took over from a lost device, where it did.
    takeover: Option<String>,
    lab: Lab,
    /// Reasons that are looked for, the latest first: of whom, and of which items by domain.
    searches: Vec<(Asked, recommend::Search)>,
    /// Workers that may do a part of what this one is to do.
    hands: Hands,
    /// What this one does for another.
    helper: Helper,
}

#[wasm_bindgen]
impl Session {
    /// An empty session.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self::default()
    }

    /// What the browser can do, the settings and the presets.
    ///
    /// # Errors
    /// Never in practice; as all methods, with a message for the page.
    pub async fn init(&mut self, _: JsValue) -> Result<JsValue, JsError> {
        self.devices.warm().await;
        answer::<Init>(&Capabilities::new(self.devices.adapter().await))
    }

    /// Loads the generated sample.
    ///
    /// # Errors
    /// With a message for the page.
    pub fn load_sample(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let LoadSample { seed, domains } = arguments(args)?;
        self.slots.load_sample(seed, domains).map_err(refusal)?;
        answer::<LoadSample>(&self.data_changed())
    }

    /// Reads a file of a domain. On an error what was there stays; a rating file whose columns can be shown is then
    /// kept aside, and the state says so instead of the error.
    ///
    /// # Errors
    /// With the file, the line and what to do.
    pub fn load(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let bytes = take_bytes(&args, "bytes").ok_or_else(|| JsError::new("the page sent no bytes"))?;
        let Load { slot, kind, name, options, .. } = arguments(args)?;
        let outcome = self.slots.load(slot, kind, &name, &bytes, &options).map_err(refusal)?;
        answer::<Load>(&self.data_after(outcome))
    }

    /// Reads a domain's rating file again with other options, one that could not be read first. The page hands over the
    /// bytes of that file and of the domain's tables.
    ///
    /// # Errors
    /// With the file, the line and what to do.
    pub fn reread(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let files = js_sys::Reflect::get(&args, &"bytes".into()).unwrap_or_default();
        let Reread { slot, options, .. } = arguments(args)?;
        let given = |kind: FileKind| take_bytes(&files, kind.name());
        let outcome = self.slots.reread(slot, &options, given).map_err(refusal)?;
        answer::<Reread>(&self.data_after(outcome))
    }

    /// All rows of a domain's rating file that were left out, as a table to save. The page hands over the bytes of the
    /// file.
    ///
    /// # Errors
    /// With the file and what to do.
    pub fn rejects(&self, args: JsValue) -> Result<JsValue, JsError> {
        let bytes = take_bytes(&args, "bytes");
        let Rejects { slot, .. } = arguments(args)?;
        let (name, text) = self.slots.rejected_table(slot, bytes).map_err(refusal)?;
        answer::<Rejects>(&SavedFile::of_text(&name, "text/csv", text))
    }

    /// The values of a column of a domain's rating file, the one that could not be read first. The page hands over the bytes
    /// of the file; the sample's are here.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn values(&self, args: JsValue) -> Result<JsValue, JsError> {
        let bytes = take_bytes(&args, "bytes");
        let AskValues { slot, column, .. } = arguments(args)?;
        answer::<AskValues>(&self.slots.values(slot, column, bytes).map_err(refusal)?)
    }

    /// Calls a domain by another name, in all that was learnt and is told of it, too; nothing is read or trained anew.
    ///
    /// # Errors
    /// When it is no name, or another domain's.
    pub fn rename(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let Rename { slot, name } = arguments(args)?;
        let renamed = self.slots.rename(slot, name.as_deref()).map_err(refusal)?;
        if let (Some(study), Some((domain, name))) = (&mut self.study, &renamed) {
            study.rename(*domain, name);
            self.searches.clear();
        }
        let report = self.study.as_ref().and_then(Study::report).cloned();
        let verdict = report.as_ref().map(presentation::verdict).unwrap_or_default();
        answer::<Rename>(&Renamed { data: self.slots.state(), report, verdict })
    }

    /// Takes a file out.
    ///
    /// # Errors
    /// With a message for the page.
    pub fn remove(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let Remove { slot, kind } = arguments(args)?;
        self.slots.remove(slot, kind);
        answer::<Remove>(&self.data_changed())
    }

    /// Takes all files out.
    ///
    /// # Errors
    /// With a message for the page.
    pub fn clear(&mut self, _: JsValue) -> Result<JsValue, JsError> {
        self.slots.clear();
        answer::<Clear>(&self.data_changed())
    }

    /// Which module can train with these settings.
    ///
    /// # Errors
    /// When they are no settings.
    pub fn module_for(&self, args: JsValue) -> Result<JsValue, JsError> {
        let config = Config::from_json(&json_property(&args, "config")?).map_err(refusal)?;
        answer::<ModuleFor>(&ModuleName::of(&config))
    }

    /// Sets up an untrained measurement on the data as they are.
    ///
    /// # Errors
    /// When a setting or the data do not allow it.
    pub async fn prepare(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let config = Config::from_json(&json_property(&args, "config")?).map_err(refusal)?;
        let config = config.check().map_err(refusal)?;
        let checkpoint = take_bytes(&args, "checkpoint");
        let Prepare { device, space, .. } = arguments(args)?;
        let world = Arc::new(self.slots.world().map_err(refusal)?);
        let (device, mut note) = self.devices.choose(device, &config, &world, Trainings::ONE).await;
        let mut asked = device.kind();
        // Two measurements side by side would take twice the memory, and wasm gives none back.
        self.study = None;
        self.searches.clear();
        let hands = self.hands.clone();
        let new = async |device: Device, floors| {
            let (world, config) = (world.clone(), config.clone());
            let device = device.with_hands(hands.clone());
            let measured = TransferStudy::Measured;
            match &checkpoint {
                Some(bytes) => {
                    let (study, told) = Study::resume(world, config, device, measured, floors, bytes).await?;
                    Ok((study, Some(told)))
                }
                None => Ok((Study::new(world, config, device, measured, floors).await?, None)),
            }
        };
        let set_up = match new(device.clone(), self.slots.floors()).await {
            Err(error) if self.devices.loses(&device, &error) => {
                let cpu = Device::cpu();
                asked = cpu.kind();
                note = Some(LOST.into());
                new(cpu, self.slots.floors()).await
            }
            set_up => set_up,
        };
        let (study, told) = set_up.map_err(refusal)?;
        let name = study.device();
        let note = match note {
            None if name != asked => Some(format!(
                "Training on the {name}: {asked} has no step for this model and these settings."
            )),
            note => note,
        };
        self.axes = None;
        self.failure = None;
        self.takeover = None;
        let asked = ShowMap { space, ..ShowMap::default() };
        let map = MapSnapshot::of(&study, &asked, &mut self.axes).map_err(refusal)?;
        let samples = study.sweeps().is_some();
        self.study = Some(study);
        let (model, device) = (config.model.clone(), DeviceName::of(name));
        let resumed = told.map(|events| Advanced {
            events: events.into_iter().map(Into::into).collect(),
            state: self.train_state(),
        });
        answer::<Prepare>(&Prepared { model, device, note, samples, map, resumed })
    }

    /// The state of the measurement as bytes, or null before there is anything to go on from.
    ///
    /// # Errors
    /// When a part of it cannot be written down, or the device was lost.
    pub async fn checkpoint(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let AskCheckpoint {} = arguments(args)?;
        let bytes = match &mut self.study {
            Some(study) if self.failure.is_none() => study.checkpoint().await.map_err(refusal)?,
            _ => None,
        };
        answer::<AskCheckpoint>(&CheckpointBytes(bytes.map(Typed)))
    }

    /// Trains for some milliseconds, or until a count of epochs or sweeps is reached, or all is done.
    ///
    /// # Errors
    /// When nothing was prepared. A training that fails is told in the state, not as an error.
    pub async fn advance(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let Advance { milliseconds, epochs } = arguments(args)?;
        let Some(study) = &mut self.study else { return Err(JsError::new("nothing is set up to train")) };
        self.searches.clear();
        let started = Instant::now();
        let mut events = Vec::new();
        let mut ended_epochs = 0;
        while self.failure.is_none() && !study.is_done() {
            let seen = events.len();
            match study.advance(&mut |event| events.push(event)).await {
                Ok(()) => {}
                Err(error)
                    if matches!(error, Error::Device { .. }) && study.device() == DeviceKind::WebGpu =>
                {
                    // The device is gone for good, and what was on it; the data are here.
                    self.devices.lose(&error);
                    match study.go_on_with(Device::cpu().with_hands(self.hands.clone())).await {
                        Ok(goes_on) => self.takeover = Some(taken_over(study, goes_on)),
                        Err(error) => self.failure = Some(error.to_string()),
                    }
                }
                Err(error) => self.failure = Some(error.to_string()),
            }
            let is_epoch = |event: &&StudyEvent| {
                let StudyEvent::Training { event, .. } = event else { return false };
                matches!(event, Event::Epoch { .. } | Event::Sweep { .. })
            };
            ended_epochs += events[seen..].iter().filter(is_epoch).count();
            let enough = epochs.is_some_and(|epochs| ended_epochs >= epochs);
            if enough || started.elapsed().as_secs_f64() * 1000.0 >= milliseconds {
                break;
            }
        }
        let events = events.into_iter().map(Into::into).collect();
        answer::<Advance>(&Advanced { events, state: self.train_state() })
    }

    /// Ends the first run with what there is, where its model is whole after every step.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn stop(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let Stop {} = arguments(args)?;
        let Some(study) = &mut self.study else { return Err(JsError::new("nothing is set up to train")) };
        study.stop();
        answer::<Stop>(&self.train_state())
    }

    /// Gives it so many workers that may do a part of its work; `ask` is called with a worker's number and bytes, and promises
    /// the bytes of what that worker's `help` answers.
    pub fn employ(&mut self, count: u32, ask: &js_sys::Function) {
        self.hands = hands(count, ask);
    }

    /// Does a part of another session's work.
    ///
    /// # Errors
    /// When it is asked for nothing that it knows.
    pub fn help(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let bytes = take_bytes(&args, "bytes").ok_or_else(|| JsError::new("the page sent no bytes"))?;
        answer::<Help>(&AnswerBytes(Typed(self.helper.answer(&bytes).map_err(refusal)?)))
    }

    /// A file to take away.
    ///
    /// # Errors
    /// When there is nothing to export yet.
    pub fn export(&self, args: JsValue) -> Result<JsValue, JsError> {
        let Export { kind, files } = arguments(args)?;
        let study = self.study()?;
        let (name, mime, text) = match kind {
            ExportKind::Metrics => {
                let Some(report) = study.report() else {
                    return Err(JsError::new("train first: there are no figures yet"));
                };
                let mut figures = json!({
                    "program": export::program(),
                    "device": study.device(),
                    "files": files,
                    "sample_seed": self.slots.sample_seed(),
                    "sample_domains": self.slots.sample_domains(),
                    "seconds": study.seconds(),
                    "config": export::exact(study.config()).map_err(refusal)?,
                    "report": report,
                    "verdict": presentation::verdict(report),
                });
                // Scripts find two domains by their letters too.
                if let [a, b] = &report.domains[..] {
                    (figures["report"]["a"], figures["report"]["b"]) = (json!(a), json!(b));
                }
                ("metrics.json", "application/json", format!("{figures:#}"))
            }
            ExportKind::Recommendations => {
                let table = export::recommendations_csv(&study.kept());
                ("recommendations.csv", "text/csv", table.map_err(refusal)?)
            }
            ExportKind::Embeddings => {
                let table = export::embeddings_csv(&study.kept());
                ("embeddings.csv", "text/csv", table.map_err(refusal)?)
            }
            ExportKind::Model => {
                let bytes = model_file::write(&study.kept()).map_err(refusal)?;
                return answer::<Export>(&SavedFile::of_bytes(model_file::NAME, bytes));
            }
        };
        answer::<Export>(&SavedFile::of_text(name, mime, text))
    }
}

impl Session {
    /// The files.
    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// What there is of experiments.
    pub(super) fn devices(&mut self) -> &mut Devices {
        &mut self.devices
    }

    pub(super) fn lab(&mut self) -> &mut Lab {
        &mut self.lab
    }

    /// Refuses somebody who is not there.
    fn known(&self, domain: usize, user: u32) -> Result<(), JsError> {
        match self.study()?.world().domains.get(domain) {
            Some(domain) if (user as usize) < domain.users.len() => Ok(()),
            _ => Err(JsError::new("there is no such person in this file")),
        }
    }

    fn study(&self) -> Result<&Study, JsError> {
        self.study.as_ref().ok_or_else(|| JsError::new("nothing is set up yet"))
    }

    /// What was prepared belongs to the data before.
    fn data_changed(&mut self) -> DataState {
        self.study = None;
        self.searches.clear();
        self.lab.data_changed();
        self.slots.state()
    }

    /// A file that was only kept aside changes no data, so that what was learnt from them stands.
    fn data_after(&mut self, outcome: Outcome) -> DataState {
        match outcome {
            Outcome::Read => self.data_changed(),
            Outcome::KeptAside => self.slots.state(),
        }
    }

    fn train_state(&self) -> TrainState {
        let Some(study) = &self.study else { return TrainState::default() };
        let fraction = study.fraction();
        let state = match (&self.failure, study.is_done()) {
            (Some(_), _) => Standing::Failed,
            (None, true) => Standing::Done,
            (None, false) => Standing::Running,
        };
        // The first moments say nothing about the speed.
        let known = fraction > 0.01 && study.seconds() > 0.5;
        let left = study.seconds() * f64::from(1.0 - fraction) / f64::from(fraction.max(0.01));
        TrainState {
            state,
            fraction,
            seconds_left: known.then_some(left),
            run: Some(study.run()),
            runs: study.runs(),
            epoch: study.epoch(),
            sweeps: study.sweeps(),
            trained: study.is_trained(),
            message: self.failure.clone().or(self.takeover.clone()),
        }
    }
}

/// What a person is told of where the CPU has taken over from a lost device.
fn taken_over(study: &Study, goes_on: bool) -> String {
    let lost = "The WebGPU device was lost.";
    match (goes_on, study.runs().0) {
        (true, _) => format!("{lost} The training goes on from epoch {} on the CPU.", study.epoch()),
        (false, 0) => format!("{lost} The training starts over on the CPU."),
        (false, over) => {
            format!(
                "{lost} The {over} trainings that are over stay; the one that went on starts over on the CPU."
            )
        }
    }
}
