//! How many rows a dispatch should have, from how long the last ones took.

use web_time::Instant;

/// Milliseconds that a dispatch should take: long enough that its fixed cost does not count, short enough that the
/// page's frames get between two of them.
const TARGET: f64 = 12.0;
/// Rows before anything is measured.
const FIRST_GUESS: usize = 1024;
const MOST: f64 = 1_048_576.0;

/// Rows a millisecond, as seen between readings.
#[derive(Debug, Default)]
pub(super) struct Pace {
    began: Option<Instant>,
    rows: usize,
    /// The first reading waits for the shader to be compiled.
    is_warm: bool,
    rows_per_dispatch: Option<usize>,
}

impl Pace {
    /// Rows were sent off.
    pub(super) fn sent(&mut self, rows: usize) {
        self.began.get_or_insert_with(Instant::now);
        self.rows += rows;
    }

    /// The device has done what was sent.
    pub(super) fn done(&mut self) {
        let rows = std::mem::take(&mut self.rows) as f64;
        let Some(began) = self.began.take() else { return };
        if std::mem::replace(&mut self.is_warm, true) {
            let milliseconds = (began.elapsed().as_secs_f64() * 1e3).max(0.1);
            self.rows_per_dispatch = Some((rows / milliseconds * TARGET).clamp(1.0, MOST) as usize);
        }
    }

    /// Rows that a dispatch should have.
    pub(super) fn rows(&self) -> usize {
        self.rows_per_dispatch.unwrap_or(FIRST_GUESS)
    }
}
