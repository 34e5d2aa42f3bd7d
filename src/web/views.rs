//! The core's structures in the shape that the page knows: its two domains are called a and b.

use serde::Serialize;

use super::arguments::Slot;
use crate::lab::{Alignment, DomainReport, KeptModel, Report};
use crate::lab::{ReportEvent, Run, StudyEvent};
use crate::recommend::{Advice, Companion, DomainAdvice, Neighbour};
use crate::recommender::Event;

/// `TrainingEvent` of `www/protocol.js`.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum EventView<'a> {
    Started(StartedEvent),
    Report(ReportEventView<'a>),
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

#[derive(Serialize)]
pub(super) struct ReportEventView<'a> {
    r#type: &'static str,
    report: ReportView<'a>,
    complete: bool,
}

/// `Report` of `www/protocol.js`.
#[derive(Serialize)]
pub(super) struct ReportView<'a> {
    a: &'a DomainReport,
    b: &'a DomainReport,
    alignment: &'a Option<Alignment>,
    orthogonality_error: f64,
    mapping_loss: f64,
    closed_form_loss: f64,
    linked_users: usize,
    same_rows_share: f64,
    seeds: &'a [u64],
    kept: Option<KeptModel>,
    verdict: &'a [String],
}

impl<'a> EventView<'a> {
    pub(super) fn new(event: &'a StudyEvent) -> Self {
        match event {
            &StudyEvent::Training { run, repeat, event: Event::Started { device, epochs, .. } } => {
                Self::Started(StartedEvent { r#type: "started", run, repeat, device, epochs })
            }
            StudyEvent::Report(ReportEvent { report, complete }) => match ReportView::new(report) {
                Some(report) => {
                    Self::Report(ReportEventView { r#type: "report", report, complete: *complete })
                }
                None => Self::Other(event),
            },
            StudyEvent::Training { .. } => Self::Other(event),
        }
    }
}

impl<'a> ReportView<'a> {
    pub(super) fn new(report: &'a Report) -> Option<Self> {
        let [a, b] = &report.domains[..] else { return None };
        Some(Self {
            a,
            b,
            alignment: &report.alignment,
            orthogonality_error: report.orthogonality_error,
            mapping_loss: report.mapping_loss,
            closed_form_loss: report.closed_form_loss,
            linked_users: report.linked_users,
            same_rows_share: report.same_rows_share,
            seeds: &report.seeds,
            kept: report.kept,
            verdict: &report.verdict,
        })
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

/// `Advice` of `www/protocol.js`.
#[derive(Serialize)]
pub(super) struct AdviceView<'a> {
    label: &'a str,
    a: &'a DomainAdvice,
    b: &'a DomainAdvice,
    nearest: Vec<CompanionView<'a>>,
}

/// `Companion` of `www/protocol.js`.
#[derive(Serialize)]
struct CompanionView<'a> {
    slot: Slot,
    user: u32,
    label: &'a str,
    distance: f32,
}

impl<'a> AdviceView<'a> {
    pub(super) fn new(advice: &'a Advice) -> Option<Self> {
        let [a, b] = &advice.domains[..] else { return None };
        let nearest = (advice.nearest.iter())
            .map(|Companion { domain, neighbour: Neighbour { user, label, distance } }| CompanionView {
                slot: Slot::of(*domain),
                user: *user,
                label,
                distance: *distance,
            })
            .collect();
        Some(Self { label: &advice.label, a, b, nearest })
    }
}
