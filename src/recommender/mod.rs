//! What every model has in common: the events that its training reports.

mod event;

pub use event::{DomainLosses, Event, MappingState, Stage};
