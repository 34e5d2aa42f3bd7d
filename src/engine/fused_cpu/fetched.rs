//! The ratings that the steps of a chunk name, in the order of their use.

use super::loops::copy_few;
use crate::engine::{RatingRow, RatingRows};

/// Fetched ratings, and their own given inputs, `[n, own]`.
#[derive(Default)]
pub(super) struct Fetched {
    ratings: Vec<RatingRow>,
    own: Vec<f32>,
    own_width: usize,
    used: usize,
}

impl Fetched {
    /// Forgets them and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.ratings.clear();
        self.own.clear();
        self.used = 0;
    }

    /// Fetches some more.
    pub(super) fn fetch(&mut self, data: &RatingRows, rows: &[u32]) {
        self.own_width = data.own.width;
        self.ratings.extend(rows.iter().map(|&row| data.ratings[row as usize]));
        let start = self.own.len();
        self.own.resize(start + rows.len() * self.own_width, 0.0);
        if self.own_width > 0 {
            for (&row, to) in rows.iter().zip(self.own[start..].chunks_exact_mut(self.own_width)) {
                copy_few(to, data.own.row(row as usize));
            }
        }
    }

    /// The next `n` that were not used yet, or what is left of them.
    pub(super) fn take(&mut self, n: usize) -> (&[RatingRow], &[f32]) {
        let start = self.used;
        let end = (start + n).min(self.ratings.len());
        self.used = end;
        (&self.ratings[start..end], &self.own[start * self.own_width..end * self.own_width])
    }
}
