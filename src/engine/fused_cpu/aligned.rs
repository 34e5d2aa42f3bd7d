//! Numbers that start at a cache line, so that a row of 16 of them lies in one.

/// A cache line of numbers.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; Line::LEN]);

impl Line {
    const LEN: usize = 16;
}

/// A vector of numbers whose first is aligned to 64 bytes.
#[derive(Clone, Default)]
pub(super) struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

impl Aligned {
    /// `len` zeros.
    pub(super) fn zeros(len: usize) -> Self {
        Self { lines: vec![Line([0.0; Line::LEN]); len.div_ceil(Line::LEN)], len }
    }

    /// Makes it at least `len` long; what is added is zero.
    pub(super) fn grow(&mut self, len: usize) {
        if len > self.len {
            self.lines.resize(len.div_ceil(Line::LEN), Line([0.0; Line::LEN]));
            self.len = len;
        }
    }
}

impl std::ops::Deref for Aligned {
    type Target = [f32];

    #[inline(always)]
    fn deref(&self) -> &[f32] {
        // SAFETY: lines are 16 numbers each without padding, and hold at least `len` of them.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl std::ops::DerefMut for Aligned {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as above; the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

/// Widths inside the engine are multiples of this, so that every loop runs over whole vectors.
const LANES: usize = 8;

/// The width that `n` numbers take up inside the engine. What is added is zero and stays zero: its inputs are zero, and so
/// are its gradients.
pub(super) fn padded(n: usize) -> usize {
    n.next_multiple_of(LANES)
}
