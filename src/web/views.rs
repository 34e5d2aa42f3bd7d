//! What the core's structures lack before they are the page's.

use serde::Serialize;

use crate::lab::{Run, StudyEvent};
use crate::recommender::Event;

/// `TrainingEvent` of `www/protocol.js`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum EventView<'a> {
    Started(StartedEvent),
    Other(&'a StudyEvent),
}

/// Without the settings, whose seed a placebo replaces by one that JavaScript has no number for.
#[derive(Serialize)]
pub(super) struct StartedEvent {
    r#type: &'static str,
    run: Run,
    repeat: usize,
    device: &'static str,
    epochs: usize,
}

impl<'a> EventView<'a> {
    pub(super) fn new(event: &'a StudyEvent) -> Self {
        match event {
            &StudyEvent::Training { run, repeat, event: Event::Started { device, epochs, .. } } => {
                Self::Started(StartedEvent { r#type: "started", run, repeat, device, epochs })
            }
            StudyEvent::Training { .. } | StudyEvent::Report(_) => Self::Other(event),
        }
    }
}

/// `TrainState` of `www/protocol.js`.
#[derive(Serialize)]
pub(super) struct TrainState {
    pub(super) state: &'static str,
    pub(super) fraction: f32,
    pub(super) seconds_left: Option<f64>,
    pub(super) run: Option<Run>,
    /// Trainings that are over, and all of them.
    pub(super) runs: (usize, usize),
    pub(super) epoch: usize,
    pub(super) message: Option<String>,
}
