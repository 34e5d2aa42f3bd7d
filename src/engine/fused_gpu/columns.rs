//! Columns that a step of an autoencoder names: each that is there in one of its rows moves a row of the first layer and, where
//! only such columns are compared, one of the last layer with its bias. What the step adds to all three is listed once.

use super::layout::{autoencoder, blocks, coded_vectors};
use super::named::Named;
use super::words::*;
use crate::engine::{AutoencoderTerm, Chunk, ParamId, Reconstruction, Share, TrainingGraph};

/// The columns of one step, each with what its gradients are the sums of, in the order in which rows were named.
#[derive(Debug)]
pub(super) struct Columns {
    /// The tables that they are rows of, and how each is updated.
    tables: Vec<(ParamId, u32)>,
    /// Vectors that a row's units take: those of the layers that are worked on, and those of the last hidden layer.
    widths: [u32; 2],
    /// A column's place is that among `entries`.
    named: Named,
    /// Column and number of its parts; then, once they are written, where they begin.
    entries: Vec<(u32, u32)>,
    firsts: Vec<u32>,
    /// Which of `entries` each is of, and its words.
    parts: Vec<(u32, [u32; COLUMN_LENGTH as usize])>,
}

impl Columns {
    /// For training graphs of a shape; `None` of one without an autoencoder.
    pub(super) fn new(table: &TrainingGraph) -> Option<Self> {
        let term = autoencoder(table)?;
        let mut tables = vec![(term.input.weights, KIND_BAG)];
        if matches!(term.reconstruction, Reconstruction::Observed) {
            tables.extend([(term.output.weights, KIND_OUTPUT), (term.output.bias, KIND_OUTPUT_BIAS)]);
        }
        let widths = [coded_vectors(table, term), blocks(table.params[term.output.weights].columns)];
        Some(Self {
            tables,
            widths,
            named: Named::new(table.params[term.input.weights].rows),
            entries: Vec::new(),
            firsts: Vec::new(),
            parts: Vec::new(),
        })
    }

    /// Bytes of a call's program that a row of an autoencoder takes on average, if no column of it comes twice in a step.
    pub(super) fn bytes_per_row(term: &AutoencoderTerm) -> u64 {
        let columns = (term.rows.columns.len() / term.rows.len().max(1)) as u64 + 1;
        4 * (u64::from(CODED_LENGTH) + columns * u64::from(COLUMN_LENGTH + 3 * ENTRY_LENGTH))
    }

    /// Forgets what was named.
    pub(super) fn begin(&mut self) {
        self.named.begin();
        self.entries.clear();
        self.parts.clear();
    }

    fn add(&mut self, column: u32, words: [u32; COLUMN_LENGTH as usize]) {
        let (entry, is_new) = self.named.name(column);
        if is_new {
            self.entries.push((column, 0));
        }
        self.entries[entry as usize].1 += 1;
        self.parts.push((entry, words));
    }

    /// Names the columns of a share's rows and writes its list and its words; vectors of `scratch` are given out from `slots`
    /// on. Returns the next free one.
    pub(super) fn share(
        &mut self,
        program: &mut Vec<u32>,
        term: &AutoencoderTerm,
        chunk: &Chunk,
        share: &Share,
        at: usize,
        slots: u32,
    ) -> u32 {
        let rows = chunk.rows(share);
        let n = rows.len() as u32;
        let [bag, hidden] = self.widths;
        let (bags, hiddens) = (slots, slots + n * bag);
        let outcomes = hiddens + n * hidden;
        let list = program.len() as u32;
        let mut first = 0;
        for (position, &row) in (0..).zip(rows) {
            let (columns, values) = term.rows.row(row as usize);
            program.extend([row, first]);
            for (outcome, (&column, value)) in (outcomes + first..).zip(columns.iter().zip(values)) {
                let (bag, hidden) = (bags + position * bag, hiddens + position * hidden);
                self.add(column, [bag, value.to_bits(), hidden, outcome]);
            }
            first += columns.len() as u32;
        }
        // Where all columns are compared, the mean is over rows, and each has what came out and what should have.
        let (parts, of_outcomes) = match &term.reconstruction {
            Reconstruction::Observed => (first.max(1), first),
            Reconstruction::Fields(fields) => {
                let vectors: u32 = fields.iter().map(|field| blocks(field.width)).sum();
                (n, 2 * vectors * n)
            }
        };
        let words = &mut program[at..at + SHARE_LENGTH as usize];
        words[SHARE_ROWS as usize] = n;
        words[SHARE_LIST as usize] = list;
        words[SHARE_SCALE as usize] = (2.0 * share.weight / parts as f32).to_bits();
        words[SHARE_MEAN as usize] = (n as f32 / parts as f32).to_bits();
        words[SHARE_BAGS as usize] = bags;
        words[SHARE_HIDDEN as usize] = hiddens;
        words[SHARE_OUTCOMES as usize] = outcomes;
        outcomes + of_outcomes
    }

    /// The tables that columns are rows of.
    pub(super) fn tables(&self) -> impl Iterator<Item = ParamId> {
        self.tables.iter().map(|&(id, _)| id)
    }

    /// How the rows of a parameter are updated, if columns are rows of it.
    pub(super) fn kind(&self, id: ParamId) -> Option<u32> {
        self.tables.iter().find(|&&(table, _)| table == id).map(|&(_, kind)| kind)
    }

    /// The columns named.
    pub(super) fn columns(&self) -> impl ExactSizeIterator<Item = u32> {
        self.entries.iter().map(|&(column, _)| column)
    }

    /// Writes all parts, column by column.
    pub(super) fn write_parts(&mut self, program: &mut Vec<u32>) {
        let mut first = program.len() as u32;
        self.firsts.clear();
        for &(_, count) in &self.entries {
            self.firsts.push(first);
            first += count * COLUMN_LENGTH;
        }
        program.resize(first as usize, 0);
        // From here on, where the next part of each goes.
        for (of, words) in &self.parts {
            let next = &mut self.firsts[*of as usize];
            program[*next as usize..][..COLUMN_LENGTH as usize].copy_from_slice(words);
            *next += COLUMN_LENGTH;
        }
    }

    /// Writes an entry for each column, behind their parts, for a table whose rows begin at vector `table` and take `width`
    /// each; returns where the entries begin.
    pub(super) fn write(&self, program: &mut Vec<u32>, table: u32, width: u32) -> u32 {
        let at = program.len() as u32;
        for (&(column, count), &end) in self.entries.iter().zip(&self.firsts) {
            program.extend([table + column * width, 0, end - count * COLUMN_LENGTH, count]);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fused_gpu::layout::tests::autoencoder as graph;

    #[test]
    fn a_column_of_two_rows_is_one_entry_of_each_table_with_both_parts_in_order() {
        let table = graph();
        let term = autoencoder(&table).unwrap();
        let mut columns = Columns::new(&table).unwrap();
        assert!(columns.tables().eq([0, term.output.weights, term.output.bias]));
        let mut chunk = Chunk::default();
        // Rows 1 and 0: columns 2 and 0, then 2.
        chunk.push(0, 0.5, 0, [1, 0]);
        chunk.end_step();
        let mut program = vec![0; SHARE_LENGTH as usize];
        for _ in 0..2 {
            columns.begin();
            program.truncate(SHARE_LENGTH as usize);
            let end = columns.share(&mut program, term, &chunk, &chunk.step(0)[0], 0, 100);
            // Three vectors a row to work on, two of the last hidden layer, one a column that is there.
            assert_eq!(end, 100 + 2 * 3 + 2 * 2 + 3);
        }
        let word = |at: u32| program[at as usize];
        assert_eq!([SHARE_ROWS, SHARE_LIST, SHARE_BAGS, SHARE_HIDDEN].map(word), [2, 9, 100, 106]);
        assert_eq!([SHARE_SCALE, SHARE_MEAN].map(|at| f32::from_bits(word(at))), [1.0 / 3.0, 2.0 / 3.0]);
        assert_eq!(program[9..], [1, 0, 0, 2]);
        columns.write_parts(&mut program);
        let values = [0.5_f32, -1.0, 2.0].map(f32::to_bits);
        let of_column_2 = [100, values[0], 106, 110, 103, values[2], 108, 112];
        assert_eq!(program[13..], [&of_column_2[..], &[100, values[1], 106, 111]].concat());
        assert_eq!(columns.write(&mut program, 1000, 2), 25);
        assert_eq!(program[25..], [1004, 0, 13, 2, 1000, 0, 21, 1]);
        assert!(columns.columns().eq([2, 0]));
    }
}
