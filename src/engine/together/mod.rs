//! Trainings side by side on one device. Each of them has a seat, an engine with one replica as far as it knows; behind the
//! seats those of one shape are the replicas of one engine, whose calls are made once everybody waits. Between a training,
//! which is not changed by it, and the engines.

mod round;
mod seat;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use super::device::Kind;
use super::{Chunk, Device, Engine, ParamId, TrainingGraph};
use crate::error::{Error, Result};
use seat::Seat;

/// Work that trains on a seat.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A device that trainings share.
#[derive(Debug)]
pub struct Together {
    table: Rc<Table>,
}

/// What seats and the one who serves them have in common.
pub(super) struct Table {
    /// Where the engines are.
    device: Device,
    places: RefCell<Vec<Place>>,
    engines: RefCell<Vec<Shared>>,
}

/// An engine, and which place each of its replicas has.
struct Shared {
    engine: Box<dyn Engine>,
    places: Vec<usize>,
}

/// What is known of a seat.
#[derive(Default)]
struct Place {
    /// Until there is an engine for it.
    graph: Option<TrainingGraph>,
    /// What it wants, in its order.
    asked: VecDeque<Asked>,
    /// Mean loss and rows by term, of each time that the engine was asked since the seat was told.
    losses: Vec<Vec<(f32, usize)>>,
    /// Rows by term since the engine was asked.
    rows: Vec<usize>,
    /// Why nothing comes any more.
    failed: Option<String>,
    is_left: bool,
}

/// Something that a seat wants of its engine.
enum Asked {
    Steps(Chunk),
    Set(ParamId, Vec<f32>),
    Losses(Answer<Vec<Option<f32>>>),
    Weights(Vec<ParamId>, Answer<Vec<Vec<f32>>>),
    Gradients(Chunk, Answer<Vec<Option<Vec<f32>>>>),
}

/// Where an answer is put.
type Answer<T> = Rc<RefCell<Option<Result<T>>>>;

impl Together {
    /// Seats on a device.
    pub fn new(device: &Device) -> Self {
        let (places, engines) = (RefCell::default(), RefCell::default());
        Self { table: Rc::new(Table { device: device.clone(), places, engines }) }
    }

    /// The device as one of the trainings has it. It can only be waited for within [`Together::all`].
    pub fn seat(&self) -> Device {
        Device::of(Kind::Seat(self.table.clone())).with_hands(self.table.device.hands().clone())
    }

    /// Does several pieces of work to their ends, whose trainings have seats; the results are in their order. Whenever all
    /// of them wait, what they want of the device is done in one go.
    pub async fn all<T>(&self, work: Vec<Work<'_, T>>) -> Vec<T> {
        let mut results: Vec<Option<T>> = work.iter().map(|_| None).collect();
        let mut open: Vec<(usize, Work<T>)> = work.into_iter().enumerate().collect();
        while !open.is_empty() {
            poll_fn(|context| {
                open.retain_mut(|(place, one)| match one.as_mut().poll(context) {
                    Poll::Ready(result) => {
                        results[*place] = Some(result);
                        false
                    }
                    Poll::Pending => true,
                });
                // Whoever waits for something else wakes this task by itself.
                if open.is_empty() || self.table.is_asked() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            self.table.serve().await;
        }
        results.into_iter().flatten().collect()
    }
}

impl Table {
    /// The device behind the seats.
    pub(super) fn device(&self) -> &Device {
        &self.device
    }

    /// An engine of one replica, which is to be one of an engine of several.
    pub(super) fn engine(self: &Rc<Self>, graph: TrainingGraph) -> Box<dyn Engine> {
        Box::new(Seat::new(self.clone(), graph))
    }

    fn is_asked(&self) -> bool {
        self.places.borrow().iter().any(|place| !place.asked.is_empty())
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} seats on {:?}", self.places.borrow().len(), self.device)
    }
}

impl Place {
    fn refuse(&mut self, device: super::DeviceKind, what: &str) {
        self.failed = Some(what.into());
        let error = || Error::Device { device, what: what.into() };
        for asked in self.asked.drain(..) {
            match asked {
                Asked::Steps(_) | Asked::Set(..) => {}
                Asked::Losses(answer) => *answer.borrow_mut() = Some(Err(error())),
                Asked::Weights(_, answer) => *answer.borrow_mut() = Some(Err(error())),
                Asked::Gradients(_, answer) => *answer.borrow_mut() = Some(Err(error())),
            }
        }
    }
}
