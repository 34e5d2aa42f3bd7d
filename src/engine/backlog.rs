//! How far a host is ahead of a device that does its work in a queue: between the engines, which take calls without waiting, and
//! the trainings that make them.

use std::future::poll_fn;
use std::task::Poll;

use super::Device;

/// Calls after which the host waits for the device: without it the queue grows without bound, and nobody can stop it.
const MOST: usize = 16;

/// The calls of an engine that a training has not waited for.
#[derive(Debug)]
pub(crate) struct Backlog {
    is_queued: bool,
    calls: usize,
}

impl Backlog {
    /// None yet, of an engine on a device.
    pub(crate) fn new(device: &Device) -> Self {
        Self { is_queued: device.is_queued(), calls: 0 }
    }

    /// As of a device with a queue.
    #[cfg(test)]
    pub(crate) fn queued() -> Self {
        Self { is_queued: true, calls: 0 }
    }

    /// Whether the device has a queue, so that the host can do something beside it.
    pub(crate) fn is_queued(&self) -> bool {
        self.is_queued
    }

    /// Counts a call; whether the host is to wait for the device before the next one.
    pub(crate) fn add(&mut self) -> bool {
        self.calls += 1;
        self.is_queued && self.calls >= MOST
    }

    /// All of them were waited for.
    pub(crate) fn clear(&mut self) {
        self.calls = 0;
    }

    /// Lets go of the thread once, where there is a queue. A browser sends commands to its device when the work at hand ends, and
    /// whoever serves several trainings when all of them wait: what the host does after this, it does beside the device.
    pub(crate) async fn send(&self) {
        let mut lets_go = self.is_queued;
        poll_fn(|context| {
            if !std::mem::take(&mut lets_go) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_queue_is_waited_for_and_not_after_each_call() {
        let mut queued = Backlog::queued();
        for _ in 0..2 {
            assert!((1..MOST).all(|_| !queued.add()));
            assert!(queued.add());
            queued.clear();
        }
        let mut cpu = Backlog::new(&Device::cpu());
        assert!((0..3 * MOST).all(|_| !cpu.add()));
    }
}
