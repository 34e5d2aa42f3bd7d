//! How long a training has taken, across interruptions.

use web_time::Instant;

/// Seconds of a training; those between an interruption and its end do not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stopwatch {
    before: f64,
    started: Option<Instant>,
    has_begun: bool,
}

impl Stopwatch {
    /// One that has shown so many seconds already.
    pub fn at(seconds: f64) -> Self {
        Self { before: seconds.max(0.0), started: None, has_begun: true }
    }

    /// Lets it run; whether this is its beginning.
    pub fn run(&mut self) -> bool {
        self.started.get_or_insert_with(Instant::now);
        !std::mem::replace(&mut self.has_begun, true)
    }

    /// What it shows.
    pub fn seconds(&self) -> f64 {
        self.before + self.started.map_or(0.0, |started| started.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::Stopwatch;

    #[test]
    fn it_begins_once_and_goes_on_from_what_it_has_shown() {
        let mut watch = Stopwatch::default();
        assert_eq!(watch.seconds(), 0.0);
        assert!(watch.run() && !watch.run());
        assert!(watch.seconds() >= 0.0);
        let mut again = Stopwatch::at(40.0);
        assert!(!again.run() && again.seconds() >= 40.0);
    }
}
