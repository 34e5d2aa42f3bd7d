//! What a measurement has told so far, as far as somebody who comes back has to hear it again: all of the first main run but
//! its mini-batches, beginnings and ends of the other runs, and the last report.

use serde::{Deserialize, Serialize};

use crate::engine::DeviceKind;
use crate::lab::{Report, ReportEvent, Run, StudyEvent};
use crate::recommender::{DomainLosses, Event, LinkState, MappingState};
use crate::settings::ValidConfig;

/// An event that is told again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::lab) enum Told {
    Run {
        run: Run,
        repeat: usize,
        event: RunEvent,
    },
    /// The report itself is kept once, as it is last.
    Report {
        complete: bool,
    },
}

/// An event of a run. The settings of its beginning follow from those of the measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::lab) enum RunEvent {
    Started { device: DeviceKind, epochs: usize },
    Epoch { epoch: usize, domains: Vec<DomainLosses>, mapping: Option<MappingState>, seconds: f64 },
    Sweep { sweep: usize, sweeps: usize, links: Vec<LinkState>, fraction: f32, seconds: f64 },
    Finished { epochs: usize, reason: String, seconds: f64 },
}

/// The events so far.
#[derive(Clone, Debug, Default)]
pub(in crate::lab) struct History {
    told: Vec<Told>,
}

impl History {
    /// A history that goes on.
    pub(in crate::lab) fn of(told: Vec<Told>) -> Self {
        Self { told }
    }

    /// Takes an event down where it is one that is told again.
    pub(in crate::lab) fn hear(&mut self, event: &StudyEvent) {
        match event {
            StudyEvent::Report(ReportEvent { complete, .. }) => {
                self.told.retain(|told| !matches!(told, Told::Report { .. }));
                self.told.push(Told::Report { complete: *complete });
            }
            StudyEvent::Training { run, repeat, event } => {
                let is_shown = (*run, *repeat) == (Run::Main, 0);
                let event = match event {
                    Event::Started { device, epochs, .. } => {
                        RunEvent::Started { device: *device, epochs: *epochs }
                    }
                    Event::Finished { epochs, reason, seconds } => {
                        RunEvent::Finished { epochs: *epochs, reason: reason.clone(), seconds: *seconds }
                    }
                    Event::Epoch { epoch, domains, mapping, seconds } if is_shown => RunEvent::Epoch {
                        epoch: *epoch,
                        domains: domains.clone(),
                        mapping: *mapping,
                        seconds: *seconds,
                    },
                    Event::Sweep { sweep, sweeps, links, fraction, seconds } if is_shown => RunEvent::Sweep {
                        sweep: *sweep,
                        sweeps: *sweeps,
                        links: links.clone(),
                        fraction: *fraction,
                        seconds: *seconds,
                    },
                    Event::Epoch { .. } | Event::Sweep { .. } | Event::Batch { .. } => return,
                };
                self.told.push(Told::Run { run: *run, repeat: *repeat, event });
            }
        }
    }

    /// How many events were taken down.
    pub(in crate::lab) fn len(&self) -> usize {
        self.told.len()
    }

    /// Forgets what was told behind the first so many.
    pub(in crate::lab) fn forget_from(&mut self, count: usize) {
        self.told.truncate(count);
    }

    /// The first of them.
    pub(in crate::lab) fn first(&self, count: usize) -> &[Told] {
        &self.told[..count.min(self.told.len())]
    }

    /// All of them as they were told; `config` are the settings of a run.
    pub(in crate::lab) fn again(
        &self,
        report: Option<&Report>,
        config: impl Fn(Run, usize) -> ValidConfig,
    ) -> Vec<StudyEvent> {
        let event = |told: &Told| match told {
            Told::Report { complete } => {
                let report = Box::new(report?.clone());
                Some(StudyEvent::Report(ReportEvent { report, complete: *complete }))
            }
            Told::Run { run, repeat, event } => {
                let event = match event.clone() {
                    RunEvent::Started { device, epochs } => {
                        Event::Started { config: Box::new(config(*run, *repeat)), device, epochs }
                    }
                    RunEvent::Epoch { epoch, domains, mapping, seconds } => {
                        Event::Epoch { epoch, domains, mapping, seconds }
                    }
                    RunEvent::Sweep { sweep, sweeps, links, fraction, seconds } => {
                        Event::Sweep { sweep, sweeps, links, fraction, seconds }
                    }
                    RunEvent::Finished { epochs, reason, seconds } => {
                        Event::Finished { epochs, reason, seconds }
                    }
                };
                Some(StudyEvent::Training { run: *run, repeat: *repeat, event })
            }
        };
        self.told.iter().filter_map(event).collect()
    }
}
