//! Rows that no step named for a while, under dense Adam: before a step reads one, the kernel makes up for what its
//! momentum did to it meanwhile. The host counts which steps each row has been through.

use super::words::*;
use crate::engine::idle::Idle;
use crate::engine::{Adam, TrainingGraph, UpdatedRows};

/// The idle rows that a step reads.
#[derive(Debug)]
pub(super) struct IdleRows {
    pub(super) idle: Idle,
    /// By parameter: the rows, and the last step that each has been through.
    waiting: Vec<Vec<(u32, u32)>>,
}

/// For each parameter that has idle rows, the last step that each of its rows has been through: none so far.
pub(super) fn first_counts(table: &TrainingGraph) -> Vec<Vec<u32>> {
    let tables = table.gathered_tables();
    let rows = |(param, is_table): (&crate::engine::Param, bool)| {
        if is_table && param.trainable && table.adam.rows == UpdatedRows::All { param.rows } else { 0 }
    };
    table.params.iter().zip(tables).map(|of| vec![0; rows(of)]).collect()
}

impl IdleRows {
    /// For tables of a shape; `None` under lazy Adam.
    pub(super) fn new(adam: &Adam, params: usize) -> Option<Self> {
        (adam.rows == UpdatedRows::All)
            .then(|| Self { idle: Idle::new(*adam, 0.0), waiting: vec![Vec::new(); params] })
    }

    /// The step to be encoded reads a row of parameter `id`, which went through `last` of the table's `now` steps.
    pub(super) fn read(&mut self, id: usize, row: u32, last: &mut u32, now: u32) {
        if *last < now {
            self.waiting[id].push((row, *last));
            *last = now;
        }
    }

    /// Writes the rows of a parameter that were read since the last call and what each has missed up to step `now`;
    /// returns where they begin and how many they are. The table begins at vector `table`, rows take `width` each.
    pub(super) fn write(
        &mut self,
        id: usize,
        now: u32,
        program: &mut Vec<u32>,
        [table, width]: [u32; 2],
    ) -> Option<[u32; 2]> {
        let Self { idle, waiting } = self;
        // The weights may be read after the step that is being encoded.
        idle.prepare(now + 1);
        // A row that was never named has missed nothing.
        waiting[id].retain(|&(_, last)| last > 0);
        let (at, count) = (program.len(), waiting[id].len());
        program.resize(at + count * IDLE_LENGTH as usize, 0);
        for (number, (row, last)) in waiting[id].drain(..).enumerate() {
            let first = program.len() as u32;
            for piece in idle.pieces(last, now) {
                let [fade_1, fade_2] = piece.fades;
                program.extend([piece.weight, piece.mean, piece.variance, fade_1, fade_2].map(f32::to_bits));
            }
            let pieces = (program.len() as u32 - first) / PIECE_LENGTH;
            let entry = &mut program[at + number * IDLE_LENGTH as usize..][..IDLE_LENGTH as usize];
            entry.copy_from_slice(&[table + row * width, first, pieces]);
        }
        (count > 0).then_some([at as u32, count as u32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_waits_once_for_what_it_missed() {
        let adam = Adam { rows: UpdatedRows::All, ..Adam::new(1e-3) };
        let mut rows = IdleRows::new(&adam, 2).unwrap();
        let mut last = [0, 100, 103, 105];
        for row in [3, 1, 0, 1, 2] {
            rows.read(1, row, &mut last[row as usize], 105);
        }
        assert_eq!(last, [105; 4]);
        let mut program = vec![7];
        assert_eq!(rows.write(1, 105, &mut program, [1000, 4]), Some([1, 2]));
        let pieces = 1 + 2 * IDLE_LENGTH;
        assert_eq!(program[1..7], [1004, pieces, 1, 1008, pieces + PIECE_LENGTH, 1]);
        let fade = f32::from_bits(program[(pieces + PIECE_FADES) as usize]);
        assert!((fade - 0.9_f32.powi(5)).abs() < 1e-6);
        assert_eq!(rows.write(1, 105, &mut program, [1000, 4]), None);
    }

    #[test]
    fn lazy_rows_are_never_idle() {
        assert!(IdleRows::new(&Adam::new(1e-3), 2).is_none());
    }
}
