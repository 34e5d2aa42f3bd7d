//! Rows that a step names more than once: their gradients are added up by whoever updates the row, in the order in which
//! they were named, so that the same seed gives the same numbers.

use super::named::Named;
use super::words::*;

/// The named rows of a table in one step, and the slots of their gradients.
#[derive(Debug, Default)]
pub(super) struct Merge {
    /// A row's place is its entry's.
    named: Named,
    entries: Vec<Entry>,
    /// Entry, slot and factor of each gradient.
    parts: Vec<(u32, u32, f32)>,
}

#[derive(Debug)]
struct Entry {
    row: u32,
    penalty: f32,
    count: u32,
}

impl Merge {
    /// For a table of `rows` rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { named: Named::new(rows), ..Self::default() }
    }

    /// Forgets what was named.
    pub(super) fn begin(&mut self) {
        self.entries.clear();
        self.parts.clear();
        self.named.begin();
    }

    /// Names a row and returns its entry.
    fn name(&mut self, row: u32) -> u32 {
        let (entry, is_new) = self.named.name(row);
        if is_new {
            self.entries.push(Entry { row, penalty: 0.0, count: 0 });
        }
        entry
    }

    /// Names all rows and gives each a penalty: its factor in its own gradient.
    pub(super) fn name_all(&mut self, penalty: f32) {
        for row in 0..self.named.rows() as u32 {
            let entry = self.name(row);
            self.entries[entry as usize].penalty += penalty;
        }
    }

    /// Names a row with a slot, the slot's factor and a penalty.
    pub(super) fn add(&mut self, row: u32, slot: u32, factor: f32, penalty: f32) {
        let number = self.name(row);
        let entry = &mut self.entries[number as usize];
        entry.count += 1;
        entry.penalty += penalty;
        self.parts.push((number, slot, factor));
    }

    /// Number of rows named.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The rows named.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().map(|entry| entry.row)
    }

    /// Writes the entries and their slots, with factors where `weighted`; returns where the entries begin. The rows of
    /// the table begin at vector `table` and take `width` each.
    pub(super) fn write(&mut self, program: &mut Vec<u32>, table: u32, width: u32, weighted: bool) -> u32 {
        let stride = if weighted { 2 } else { 1 };
        let at = program.len();
        let mut first = (at + self.entries.len() * ENTRY_LENGTH as usize) as u32;
        for entry in &mut self.entries {
            program.extend([table + entry.row * width, entry.penalty.to_bits(), first, entry.count]);
            let end = first + entry.count * stride;
            // From here on, where the entry's next slot goes.
            entry.count = first;
            first = end;
        }
        program.resize(first as usize, 0);
        for &(entry, slot, factor) in &self.parts {
            let next = &mut self.entries[entry as usize].count;
            program[*next as usize] = slot;
            if weighted {
                program[*next as usize + 1] = factor.to_bits();
            }
            *next += stride;
        }
        at as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Merge;

    #[test]
    fn a_row_named_twice_is_one_entry_with_both_slots_in_order() {
        let mut merge = Merge::new(40);
        merge.begin();
        merge.add(3, 99, 1.0, 0.0);
        for _ in 0..2 {
            merge.begin();
            merge.add(35, 0, 1.0, 0.5);
            merge.add(2, 4, 1.0, 0.25);
            merge.add(35, 8, 1.0, 0.5);
        }
        let mut program = vec![7];
        assert!(merge.rows().eq([35, 2]));
        assert_eq!(merge.write(&mut program, 1000, 4, false), 1);
        let entries = [1000 + 35 * 4, 1.0_f32.to_bits(), 9, 2, 1000 + 2 * 4, 0.25_f32.to_bits(), 11, 1];
        assert_eq!(program[1..], [&entries[..], &[0, 8, 4]].concat());
    }

    #[test]
    fn a_tower_has_all_rows_and_factors() {
        let mut merge = Merge::new(2);
        merge.begin();
        merge.name_all(2.0);
        merge.add(1, 5, -0.5, 0.0);
        let mut program = Vec::new();
        merge.write(&mut program, 0, 3, true);
        let two = 2.0_f32.to_bits();
        assert_eq!(program, [0, two, 8, 0, 3, two, 8, 1, 5, (-0.5_f32).to_bits()]);
    }
}
