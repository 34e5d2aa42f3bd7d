//! What the session answers with, beside the core's own structures.

use serde::{Deserialize, Serialize};

use super::clouds::{MapSnapshot, Typed};
use super::experiments::ExperimentView;
use super::slots::DataState;
use crate::engine::DeviceKind;
use crate::lab::experiments::EXPERIMENTS;
use crate::lab::{Report, ReportEvent, Run, StudyEvent};
use crate::peers::{MODELS, needs_burn};
use crate::presentation::verdict;
use crate::recommender::{DomainLosses, Entry, Event, LinkState, MappingState, Stage};
use crate::settings::{Config, FIELDS, FieldView};

/// What the browser can do, the settings and the presets.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Capabilities {
    pub(super) webgpu: Adapter,
    presets: Presets,
    /// Every setting, in the order of the form; those of a group stand together.
    schema: Vec<FieldView>,
    /// Every model, in the order of the list of all.
    models: Vec<ModelView>,
    /// Every experiment, those of the paper first.
    experiments: Vec<ExperimentView>,
}

impl Capabilities {
    pub(super) fn new(webgpu: Adapter) -> Self {
        let presets = Presets { robust: Config::default(), paper: Config::paper() };
        let models = MODELS.iter().map(|entry| ModelView::new(entry)).collect();
        let schema = FIELDS.iter().map(FieldView::from).collect();
        let experiments = EXPERIMENTS.iter().map(|experiment| (*experiment).into()).collect();
        Self { webgpu, presets, schema, models, experiments }
    }
}

/// A model that can be chosen, and what it can do.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Model"))]
struct ModelView {
    /// Its name in the settings.
    name: &'static str,
    /// What it is, in a line.
    description: &'static str,
    /// Where it comes from.
    source: &'static str,
    /// Whether anything crosses between domains.
    crosses: bool,
    /// Whether people who lost all ratings of a domain are told apart there.
    cold_users: bool,
    /// Whether feature tables of people or items are used.
    features: bool,
    /// Whether it learns a map between the spaces of people.
    has_map: bool,
    /// What trains it with the settings that a preset gives it.
    module: ModuleName,
}

impl ModelView {
    fn new(entry: &Entry) -> Self {
        let can = entry.capabilities;
        Self {
            name: entry.name,
            description: entry.description,
            source: entry.source,
            crosses: can.crosses,
            cold_users: can.cold_users,
            features: can.features,
            has_map: can.has_map,
            module: ModuleName::of(&Config { model: entry.name.into(), ..Config::robust() }),
        }
    }
}

/// The compiled modules of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum ModuleName {
    /// What the page begins with: the fused engines, without burn.
    First,
    /// All of the first, and burn.
    Full,
}

impl ModuleName {
    /// The smaller one of those that can train with these settings.
    pub(super) fn of(config: &Config) -> Self {
        if needs_burn(config) { Self::Full } else { Self::First }
    }
}

/// The browser's WebGPU adapter.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Adapter {
    /// Whether there is one.
    pub(super) available: bool,
    /// Whether it is software.
    pub(super) fallback: bool,
    /// Its maker and kind.
    pub(super) description: String,
}

/// The presets by name.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct Presets {
    robust: Config,
    paper: Config,
}

/// Where a model is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum DeviceName {
    Webgpu,
    Cpu,
}

impl DeviceName {
    /// As JavaScript is told of it.
    pub(super) fn of(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::WebGpu => Self::Webgpu,
            DeviceKind::Cpu => Self::Cpu,
        }
    }
}

/// What was set up.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Prepared {
    /// The name of the model.
    pub(super) model: String,
    pub(super) device: DeviceName,
    /// What there is to say of the device.
    pub(super) note: Option<String>,
    /// Whether it is sampled: by sweeps alone, not by epochs.
    pub(super) samples: bool,
    /// Null for a model without a map.
    pub(super) map: Option<MapSnapshot>,
    /// What was told before the checkpoint that it goes on from, without mini-batches and earlier reports; null where it begins
    /// anew.
    pub(super) resumed: Option<Advanced>,
}

/// What has another name by now.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Renamed {
    pub(super) data: DataState,
    /// The figures so far; null where there are none.
    pub(super) report: Option<Report>,
    /// What they say in words.
    pub(super) verdict: Vec<String>,
}

/// The state of a measurement; null before there is anything to go on from.
#[derive(Serialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Uint8Array | null"))]
pub(super) struct CheckpointBytes(pub(super) Option<Typed<u8>>);

/// What a worker answers that helps another.
#[derive(Serialize)]
#[serde(transparent)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "Uint8Array"))]
pub(super) struct AnswerBytes(pub(super) Typed<u8>);

/// What happened in a training.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum TrainingEvent {
    /// A run begins; `repeat` counts from 0.
    Started { run: Run, repeat: usize, device: DeviceName, epochs: usize },
    /// A mini-batch is done; `fraction` is the progress of the run, 0 to 1.
    Batch { run: Run, repeat: usize, stage: Stage, epoch: usize, fraction: f32 },
    /// An epoch is done.
    Epoch {
        run: Run,
        repeat: usize,
        epoch: usize,
        domains: Vec<DomainLosses>,
        mapping: Option<MappingState>,
        seconds: f64,
    },
    /// A sampler has drawn everything anew.
    Sweep {
        run: Run,
        repeat: usize,
        sweep: usize,
        sweeps: usize,
        links: Vec<LinkState>,
        fraction: f32,
        seconds: f64,
    },
    /// A run is over.
    Finished { run: Run, repeat: usize, epochs: usize, reason: String, seconds: f64 },
    /// The figures so far, after the main run and each further one, what they say in words, and whether nothing follows.
    Report { report: Box<Report>, verdict: Vec<String>, complete: bool },
}

impl From<StudyEvent> for TrainingEvent {
    fn from(event: StudyEvent) -> Self {
        let (run, repeat, event) = match event {
            StudyEvent::Training { run, repeat, event } => (run, repeat, event),
            StudyEvent::Report(ReportEvent { report, complete }) => {
                return Self::Report { verdict: verdict(&report), report, complete };
            }
        };
        match event {
            // Without the settings, whose seed a placebo replaces by one that JavaScript has no number for.
            Event::Started { device, epochs, .. } => {
                Self::Started { run, repeat, device: DeviceName::of(device), epochs }
            }
            Event::Batch { stage, epoch, fraction } => Self::Batch { run, repeat, stage, epoch, fraction },
            Event::Epoch { epoch, domains, mapping, seconds } => {
                Self::Epoch { run, repeat, epoch, domains, mapping, seconds }
            }
            Event::Sweep { sweep, sweeps, links, fraction, seconds } => {
                Self::Sweep { run, repeat, sweep, sweeps, links, fraction, seconds }
            }
            Event::Finished { epochs, reason, seconds } => {
                Self::Finished { run, repeat, epochs, reason, seconds }
            }
        }
    }
}

/// What a slice of training brought.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Advanced {
    pub(super) events: Vec<TrainingEvent>,
    pub(super) state: TrainState,
}

/// Where the training stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    Idle,
    Running,
    /// Only the worker knows of pauses: the core is not asked to go on.
    #[allow(dead_code, reason = "the worker says so")]
    Paused,
    Done,
    Failed,
}

/// How far the training is.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct TrainState {
    pub(super) state: Standing,
    /// Of all runs, 0 to 1.
    pub(super) fraction: f32,
    pub(super) seconds_left: Option<f64>,
    pub(super) run: Option<Run>,
    /// Trainings that are over, and all of them in all repeats.
    pub(super) runs: (usize, usize),
    pub(super) epoch: usize,
    /// Sweeps of the run that are done and all that it will have; null while nothing is sampled.
    pub(super) sweeps: Option<(usize, usize)>,
    /// Whether the model that would recommend has learnt anything.
    pub(super) trained: bool,
    pub(super) message: Option<String>,
}

impl Default for TrainState {
    fn default() -> Self {
        Self {
            state: Standing::Idle,
            fraction: 0.0,
            seconds_left: None,
            run: None,
            runs: (0, 0),
            epoch: 0,
            sweeps: None,
            trained: false,
            message: None,
        }
    }
}

/// A person who was looked for.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct UserHit {
    pub(super) domain: usize,
    pub(super) user: u32,
    pub(super) label: String,
    /// All that they are in.
    pub(super) domains: Vec<usize>,
}

/// A file to take away.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct SavedFile {
    pub(super) name: String,
    mime: &'static str,
    /// Null where it is no text.
    pub(super) text: Option<String>,
    /// Null of a text.
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    bytes: Option<Typed<u8>>,
}

impl SavedFile {
    /// A text.
    pub(super) fn of_text(name: &str, mime: &'static str, text: String) -> Self {
        Self { name: name.into(), mime, text: Some(text), bytes: None }
    }

    /// Anything else.
    pub(super) fn of_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), mime: "application/octet-stream", text: None, bytes: Some(Typed(bytes)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_of_every_model_and_which_module_trains_it() {
        let models = Capabilities::new(Adapter::default()).models;
        assert_eq!(models.len(), MODELS.len());
        let with_burn: Vec<&str> =
            models.iter().filter(|model| model.module == ModuleName::Full).map(|model| model.name).collect();
        assert_eq!(with_burn, ["cml", "cccfnet", "cdfm", "conet", "ptupcdr", "bitgcf"]);
        let with_map = models.iter().filter(|model| model.has_map);
        assert_eq!(with_map.map(|model| model.name).next(), Some("dml"));
    }
}
