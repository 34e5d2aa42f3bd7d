//! A round: engines for seats that have none yet, and what all seats want, with the steps of all of them in one call.

use super::{Answer, Asked, Place, Shared, Table};
use crate::engine::{Chunk, ParamId, TrainingGraph, device};
use crate::error::{Error, Result};

impl Table {
    /// Does what the seats want, until all have their answers. An engine that fails fails its own seats.
    pub(super) async fn serve(&self) {
        self.set_up();
        // Nobody else has them: the seats wait.
        let mut engines = std::mem::take(&mut *self.engines.borrow_mut());
        engines.retain(|shared| shared.places.iter().any(|&place| !self.places.borrow()[place].is_left));
        for shared in &mut engines {
            if let Err(error) = self.round(shared).await {
                let what = what_of(&error);
                for &place in &shared.places {
                    self.places.borrow_mut()[place].refuse(self.device.kind(), &what);
                }
            }
        }
        *self.engines.borrow_mut() = engines;
    }

    /// Makes the seats without an engine, where they are of one shape, the replicas of one.
    fn set_up(&self) {
        let mut groups: Vec<(Vec<usize>, Vec<TrainingGraph>)> = Vec::new();
        for (number, place) in self.places.borrow_mut().iter_mut().enumerate() {
            let Some(graph) = place.graph.take() else { continue };
            match groups.iter_mut().find(|(_, graphs)| graphs[0].is_like(&graph)) {
                Some((places, graphs)) => {
                    places.push(number);
                    graphs.push(graph);
                }
                None => groups.push((vec![number], vec![graph])),
            }
        }
        for (places, graphs) in groups {
            self.open(places, graphs);
        }
    }

    /// Opens an engine for graphs of one shape; several, where the device has no room for all of them in one.
    fn open(&self, mut places: Vec<usize>, mut graphs: Vec<TrainingGraph>) {
        if graphs.len() > 1 && !device::has_room(&graphs, &self.device) {
            let half = graphs.len() / 2;
            self.open(places.split_off(half), graphs.split_off(half));
            return self.open(places, graphs);
        }
        match device::open(graphs, &self.device) {
            Ok(engine) => self.engines.borrow_mut().push(Shared { engine, places }),
            Err(error) => {
                for place in places {
                    self.places.borrow_mut()[place].refuse(self.device.kind(), &error.to_string());
                }
            }
        }
    }

    /// Takes from each of an engine's seats the first thing that it wants, if it is such a one.
    fn take<T>(
        &self,
        shared: &Shared,
        of: impl Fn(Asked) -> std::result::Result<T, Asked>,
    ) -> Vec<Option<T>> {
        let take = |&place: &usize| {
            let mut places = self.places.borrow_mut();
            let asked = &mut places[place].asked;
            match of(asked.pop_front()?) {
                Ok(wanted) => Some(wanted),
                Err(other) => {
                    asked.push_front(other);
                    None
                }
            }
        };
        shared.places.iter().map(take).collect()
    }

    async fn round(&self, shared: &mut Shared) -> Result<()> {
        while shared.places.iter().any(|&place| !self.places.borrow()[place].asked.is_empty()) {
            self.write_and_step(shared)?;
            self.tell_losses(shared).await?;
            self.tell_weights(shared).await?;
            self.tell_gradients(shared).await?;
        }
        Ok(())
    }

    /// New weights, and the steps: those of all seats that want some in one call.
    fn write_and_step(&self, shared: &mut Shared) -> Result<()> {
        loop {
            let steps = self.take(shared, |asked| match asked {
                Asked::Steps(chunk) => Ok(Ok(chunk)),
                Asked::Set(param, values) => Ok(Err((param, values))),
                other => Err(other),
            });
            if steps.iter().all(Option::is_none) {
                return Ok(());
            }
            let mut chunks = Vec::with_capacity(steps.len());
            for (replica, asked) in steps.into_iter().enumerate() {
                let chunk = match asked {
                    Some(Ok(chunk)) => chunk,
                    Some(Err((param, values))) => {
                        shared.engine.set_weights(replica, param, &values);
                        Chunk::default()
                    }
                    None => Chunk::default(),
                };
                self.places.borrow_mut()[shared.places[replica]].count(&chunk);
                chunks.push(chunk);
            }
            shared.engine.run(&chunks)?;
        }
    }

    /// Tells whoever was waiting of an error, and hands it on.
    fn fail<'a, T: 'a>(&self, error: Error, answers: impl Iterator<Item = &'a Answer<T>>) -> Error {
        for answer in answers {
            let (device, what) = (self.device.kind(), what_of(&error));
            *answer.borrow_mut() = Some(Err(Error::Device { device, what }));
        }
        error
    }

    async fn tell_losses(&self, shared: &mut Shared) -> Result<()> {
        let asked = self.take(shared, |asked| match asked {
            Asked::Losses(answer) => Ok(answer),
            other => Err(other),
        });
        if asked.iter().all(Option::is_none) {
            return Ok(());
        }
        let losses = match shared.engine.losses().await {
            Ok(losses) => losses,
            Err(error) => return Err(self.fail(error, asked.iter().flatten())),
        };
        let mut places = self.places.borrow_mut();
        // The engine forgets everybody's with that.
        for ((&place, losses), answer) in shared.places.iter().zip(&losses).zip(asked) {
            let place: &mut Place = &mut places[place];
            if place.is_left {
                continue;
            }
            place.heard(losses);
            if let Some(answer) = answer {
                *answer.borrow_mut() = Some(Ok(place.mean_losses()));
            }
        }
        Ok(())
    }

    /// Weights: what all seats want of them is one reading of the device.
    async fn tell_weights(&self, shared: &Shared) -> Result<()> {
        loop {
            let asked = self.take(shared, |asked| match asked {
                Asked::Weights(params, answer) => Ok((params, answer)),
                other => Err(other),
            });
            let asked: Vec<_> = asked
                .into_iter()
                .enumerate()
                .filter_map(|(replica, asked)| Some((replica, asked?)))
                .collect();
            if asked.is_empty() {
                return Ok(());
            }
            let wanted: Vec<(usize, ParamId)> = (asked.iter())
                .flat_map(|(replica, (params, _))| params.iter().map(|&param| (*replica, param)))
                .collect();
            let mut values = match shared.engine.all_weights(&wanted).await {
                Ok(values) => values.into_iter(),
                Err(error) => return Err(self.fail(error, asked.iter().map(|(_, (_, answer))| answer))),
            };
            for (_, (params, answer)) in asked {
                *answer.borrow_mut() = Some(Ok(values.by_ref().take(params.len()).collect()));
            }
        }
    }

    async fn tell_gradients(&self, shared: &mut Shared) -> Result<()> {
        let asked = self.take(shared, |asked| match asked {
            Asked::Gradients(chunk, answer) => Ok((chunk, answer)),
            other => Err(other),
        });
        for (replica, asked) in asked.into_iter().enumerate() {
            if let Some((chunk, answer)) = asked {
                let gradients = shared.engine.gradients(replica, &chunk).await;
                *answer.borrow_mut() = Some(gradients);
            }
        }
        Ok(())
    }
}

/// What went wrong, without the device, which is said beside it.
fn what_of(error: &Error) -> String {
    match error {
        Error::Device { what, .. } => what.clone(),
        error => error.to_string(),
    }
}
