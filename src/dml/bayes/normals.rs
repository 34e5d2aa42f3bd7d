//! A store of standard normals that is filled by the block, for draws that need a few at a time.

use super::chance::Chance;

/// Normals that are drawn at once.
const STORE: usize = 2048;

/// Standard normals in stock.
#[derive(Clone, Debug)]
pub(super) struct Normals {
    pub(super) chance: Chance,
    pub(super) store: Vec<f32>,
    pub(super) used: usize,
}

impl Normals {
    /// An empty store.
    pub(super) fn new(chance: Chance) -> Self {
        Self { chance, store: vec![0.0; STORE], used: STORE }
    }

    /// The next `n`, at most as many as are drawn at once.
    #[inline(always)]
    pub(super) fn take(&mut self, n: usize) -> &[f32] {
        if self.used + n > STORE {
            self.chance.normals(&mut self.store);
            self.used = 0;
        }
        self.used += n;
        &self.store[self.used - n..self.used]
    }
}
