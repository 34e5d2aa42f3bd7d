//! Numbers that start at a cache line, so that a row of 16 of them lies in one.

use aligned_vec::{AVec, ConstAlign, avec};

/// Bytes of a cache line.
const LINE: usize = 64;

/// A vector of numbers whose first is aligned to a cache line.
pub(super) type Aligned = AVec<f32, ConstAlign<LINE>>;

/// `len` zeros.
pub(super) fn zeros(len: usize) -> Aligned {
    avec![[LINE]| 0.0; len]
}

/// Widths inside the engine are multiples of this, so that every loop runs over whole vectors.
const LANES: usize = 8;

/// The width that `n` numbers take up inside the engine. What is added is zero and stays zero: its inputs are zero, and so
/// are its gradients.
pub(super) fn padded(n: usize) -> usize {
    n.next_multiple_of(LANES)
}
