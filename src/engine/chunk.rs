//! What an engine is told to do in one call: a number of steps, each a weighted sum of losses over rows that are named
//! by number. A chunk is filled, run and filled again, without new memory.

/// One term's share of a step: `weight` times its mean loss over the rows.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// Number of the term in the training graph.
    pub term: usize,
    /// Factor of its mean loss in the step's loss.
    pub weight: f32,
    /// Key of the dropout masks, drawn by the host (see [`dropout`](super::dropout)).
    pub key: u32,
    start: u32,
    end: u32,
}

/// Steps to be done one after the other.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// End of each step in `shares`.
    steps: Vec<u32>,
    shares: Vec<Share>,
    rows: Vec<u32>,
}

impl Chunk {
    /// Forgets all steps and keeps the memory.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.shares.clear();
        self.rows.clear();
    }

    /// Adds a share to the step that is being filled; one without rows is left out.
    pub fn push(&mut self, term: usize, weight: f32, key: u32, rows: impl IntoIterator<Item = u32>) {
        let start = self.rows.len() as u32;
        self.rows.extend(rows);
        let end = self.rows.len() as u32;
        if end > start {
            self.shares.push(Share { term, weight, key, start, end });
        }
    }

    /// Ends the step that is being filled. A step without shares is left out.
    pub fn end_step(&mut self) {
        let end = self.shares.len() as u32;
        if self.steps.last().copied().unwrap_or(0) < end {
            self.steps.push(end);
        }
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Number of rows over all shares of all steps.
    pub fn rows_len(&self) -> usize {
        self.rows.len()
    }

    /// The shares of a step.
    pub fn step(&self, step: usize) -> &[Share] {
        let start = if step == 0 { 0 } else { self.steps[step - 1] };
        &self.shares[start as usize..self.steps[step] as usize]
    }

    /// The steps in order, each as its shares.
    pub fn steps(&self) -> impl Iterator<Item = &[Share]> {
        (0..self.len()).map(|step| self.step(step))
    }

    /// The rows of all shares of all steps, one behind the other.
    pub(super) fn all_rows(&self) -> &[u32] {
        &self.rows
    }

    /// The rows of a share of this chunk.
    pub fn rows(&self, share: &Share) -> &[u32] {
        &self.rows[share.start as usize..share.end as usize]
    }
}

impl Share {
    /// Number of rows.
    pub fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Where its rows begin among all of its chunk.
    pub(super) fn first(&self) -> u32 {
        self.start
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn steps_hold_the_shares_that_have_rows() {
        let mut chunk = Chunk::default();
        chunk.push(0, 1.0, 7, [3, 4]);
        chunk.push(1, 0.5, 8, []);
        chunk.end_step();
        chunk.end_step();
        chunk.push(2, 0.5, 9, [5]);
        chunk.end_step();
        let steps: Vec<Vec<(usize, &[u32])>> =
            chunk.steps().map(|step| step.iter().map(|s| (s.term, chunk.rows(s))).collect()).collect();
        assert_eq!(steps, [vec![(0, &[3, 4][..])], vec![(2, &[5][..])]]);
        chunk.clear();
        assert!(chunk.is_empty() && chunk.rows_len() == 0);
    }
}
