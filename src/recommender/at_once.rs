//! Trainings of models that are fitted in one go: closed forms and a few alternations.

use std::sync::Arc;

use web_time::Instant;

use super::{Assignment, Event, Fit, Recommender, Work};
use crate::data::{ItemId, UserId};
use crate::engine::DeviceKind;
use crate::error::Result;

/// Fits a model on all that an assignment shows of the data.
type Fitted = fn(&Assignment) -> Result<Arc<dyn Recommender>>;

/// A training that is done with its first step. Before it, the model says nothing: every prediction is the middle of the
/// scale.
struct AtOnce {
    assignment: Assignment,
    fitted: Fitted,
    model: Arc<dyn Recommender>,
    is_done: bool,
}

/// The middle of the scale for everybody.
#[derive(Debug)]
struct Unfitted;

impl Recommender for Unfitted {
    fn predict(&self, _domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
        vec![0.5; users.len()]
    }
}

/// The training of a model that `fitted` fits in one go, as an [`super::Entry`] begins it.
pub fn at_once(assignment: Assignment, fitted: Fitted) -> Work<'static, Box<dyn Fit>> {
    let fit = AtOnce { assignment, fitted, model: Arc::new(Unfitted), is_done: false };
    Box::pin(async move { Ok(Box::new(fit) as Box<dyn Fit>) })
}

impl Fit for AtOnce {
    fn advance<'a>(&'a mut self, emit: &'a mut dyn FnMut(Event)) -> Work<'a, ()> {
        Box::pin(async move {
            if self.is_done {
                return Ok(());
            }
            let started = Instant::now();
            let config = Box::new(self.assignment.config.clone());
            emit(Event::Started { config, device: self.device(), epochs: 1 });
            self.model = (self.fitted)(&self.assignment)?;
            self.is_done = true;
            let (reason, seconds) = ("it is fitted in one go".into(), started.elapsed().as_secs_f64());
            emit(Event::Finished { epochs: 1, reason, seconds });
            Ok(())
        })
    }

    fn model(&self) -> Arc<dyn Recommender> {
        self.model.clone()
    }

    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn epoch(&self) -> usize {
        usize::from(self.is_done)
    }

    fn kept_epoch(&self) -> usize {
        self.epoch()
    }

    fn is_done(&self) -> bool {
        self.is_done
    }

    fn fraction(&self) -> f32 {
        if self.is_done { 1.0 } else { 0.0 }
    }
}
