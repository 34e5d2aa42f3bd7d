//! A seat: the engine of one training, which writes down what is asked of it and waits for the answers.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use super::{Answer, Asked, Place, Table};
use crate::engine::{Chunk, DeviceKind, Engine, ParamId, Reading, Share, TrainingGraph};
use crate::error::{Error, Result};

/// Rows that a call should have before there is an engine to say it.
const FIRST_ROWS: usize = 1024;

/// An engine of one replica, beside others.
pub(super) struct Seat {
    table: Rc<Table>,
    number: usize,
    steps: usize,
}

impl Seat {
    /// Takes a place.
    pub(super) fn new(table: Rc<Table>, graph: TrainingGraph) -> Self {
        let mut places = table.places.borrow_mut();
        let (number, rows) = (places.len(), vec![0; graph.terms.len()]);
        places.push(Place { graph: Some(graph), rows, ..Place::default() });
        drop(places);
        Self { table, number, steps: 0 }
    }

    fn ask(&self, asked: Asked) {
        self.table.places.borrow_mut()[self.number].asked.push_back(asked);
    }

    /// What it is told once it is served; it is asked again then, by whoever serves.
    fn told<'a, T: 'a>(&self, asked: impl FnOnce(Answer<T>) -> Asked) -> Reading<'a, T> {
        let answer: Answer<T> = Rc::new(RefCell::new(None));
        let failed = self.table.places.borrow()[self.number].failed.clone();
        match failed {
            Some(what) => {
                *answer.borrow_mut() = Some(Err(Error::Device { device: self.device(), what }));
            }
            None => self.ask(asked(answer.clone())),
        }
        Box::pin(poll_fn(move |_| answer.borrow_mut().take().map_or(Poll::Pending, Poll::Ready)))
    }
}

impl Engine for Seat {
    fn device(&self) -> DeviceKind {
        self.table.device.kind()
    }

    fn replicas(&self) -> usize {
        1
    }

    fn run(&mut self, chunks: &[Chunk]) -> Result<()> {
        let Some(chunk) = chunks.first().filter(|chunk| !chunk.is_empty()) else { return Ok(()) };
        if let Some(what) = self.table.places.borrow()[self.number].failed.clone() {
            return Err(Error::Device { device: self.device(), what });
        }
        self.steps += chunk.len();
        self.ask(Asked::Steps(chunk.clone()));
        Ok(())
    }

    /// Its part of what the engine has in a call.
    fn rows_per_call(&self) -> usize {
        let engines = self.table.engines.borrow();
        let own = engines.iter().find(|shared| shared.places.contains(&self.number));
        let rows = own.map_or(FIRST_ROWS, |shared| {
            let places = self.table.places.borrow();
            let here = shared.places.iter().filter(|&&place| !places[place].is_left).count();
            shared.engine.rows_per_call() / here.max(1)
        });
        rows.max(1)
    }

    fn gradients(&mut self, _replica: usize, chunk: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        let chunk = chunk.clone();
        self.told(|answer| Asked::Gradients(chunk, answer))
    }

    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
        let own = self.told(Asked::Losses);
        Box::pin(async { Ok(vec![own.await?]) })
    }

    fn all_weights(&self, wanted: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
        let params = wanted.iter().map(|&(_, param)| param).collect();
        self.told(|answer| Asked::Weights(params, answer))
    }

    fn set_weights(&mut self, _replica: usize, param: ParamId, values: &[f32]) {
        self.ask(Asked::Set(param, values.to_vec()));
    }

    fn steps(&self, _replica: usize) -> usize {
        self.steps
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let place = &mut self.table.places.borrow_mut()[self.number];
        *place = Place { is_left: true, ..Place::default() };
    }
}

impl Place {
    /// Notes the rows of steps that are handed on.
    pub(super) fn count(&mut self, chunk: &Chunk) {
        for share in chunk.steps().flatten() {
            self.rows[share.term] += Share::len(share);
        }
    }

    /// Notes what the engine said of the losses since it was asked last.
    pub(super) fn heard(&mut self, losses: &[Option<f32>]) {
        self.losses.resize(self.losses.len().max(losses.len()), Vec::new());
        for ((all, loss), rows) in self.losses.iter_mut().zip(losses).zip(&mut self.rows) {
            let rows = std::mem::take(rows);
            all.extend(loss.map(|loss| (loss, rows)));
        }
    }

    /// The mean loss of each term since the seat was told.
    pub(super) fn mean_losses(&mut self) -> Vec<Option<f32>> {
        let mean = |all: Vec<(f32, usize)>| match *all {
            [] => None,
            [(loss, _)] => Some(loss),
            _ => {
                let rows: usize = all.iter().map(|&(_, rows)| rows).sum();
                let sum: f64 = all.iter().map(|&(loss, rows)| f64::from(loss) * rows as f64).sum();
                Some((sum / rows.max(1) as f64) as f32)
            }
        };
        self.losses.iter_mut().map(std::mem::take).map(mean).collect()
    }
}
