//! What a call has the device do, and how it is cut into dispatches.

use crate::engine::{Chunk, Share};

/// A program and how to dispatch it.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) words: Vec<u32>,
    /// Where each dispatch's part begins.
    pub(super) dispatches: Vec<u32>,
    /// Workgroups that work on a step of a replica. With several, a dispatch is one step.
    pub(super) regions: u32,
    /// Steps that a command buffer should have.
    pub(super) steps_per_submit: usize,
    /// Vectors of `scratch` that it needs by replica.
    pub(super) scratch: u32,
    /// Involved and trained parameters of the last step that was encoded.
    pub(super) involved: Vec<bool>,
}

/// How chunks are to be worked off.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    /// Rows of a dispatch, over all replicas.
    pub(super) rows: usize,
    /// Workgroups that work on a step of a replica.
    pub(super) regions: u32,
    /// Rows of a tile where several do.
    pub(super) tile: u32,
    /// Whether only gradients are worked out.
    pub(super) trial: bool,
}

/// The first step of each dispatch, so that each has about `rows` rows over all chunks, and at least a step.
pub(super) fn dispatch_starts(chunks: &[Chunk], rows: usize) -> Vec<usize> {
    let steps = chunks.iter().map(Chunk::len).max().unwrap_or(0);
    let mut starts = Vec::new();
    let mut filled = 0;
    for step in 0..steps {
        let of_chunk = |chunk: &Chunk| {
            if step < chunk.len() { chunk.step(step).iter().map(Share::len).sum() } else { 0 }
        };
        let of_step: usize = chunks.iter().map(of_chunk).sum();
        if step == 0 || filled + of_step > rows {
            starts.push(step);
            filled = 0;
        }
        filled += of_step;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::dispatch_starts;
    use crate::engine::Chunk;

    /// A chunk of steps with so many rows each.
    fn chunk(rows: &[u32]) -> Chunk {
        let mut chunk = Chunk::default();
        for &n in rows {
            chunk.push(0, 1.0, 0, 0..n);
            chunk.end_step();
        }
        chunk
    }

    #[test]
    fn dispatches_have_about_as_many_rows_as_they_should() {
        let chunks = [chunk(&[4, 4, 4, 20, 4]), chunk(&[2, 2])];
        assert_eq!(dispatch_starts(&chunks, 12), [0, 2, 3, 4]);
        assert_eq!(dispatch_starts(&chunks, usize::MAX), [0]);
        assert_eq!(dispatch_starts(&chunks, 0), [0, 1, 2, 3, 4]);
        assert!(dispatch_starts(&[], 12).is_empty());
    }
}
