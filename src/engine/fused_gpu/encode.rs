//! From chunks to the program that the kernel follows: shares with their rows, and for every parameter that a step
//! involves, how it is updated.

use super::layout::{Layout, blocks, gathers, has_slots, trains_map, vectors};
use super::merge::Merge;
use super::words::*;
use crate::engine::{Adam, Chunk, Gather, LayerTable, ParamId, Share, Term, UpdatedRows};

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
    involved: Vec<bool>,
}

/// How chunks are to be worked off.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    /// Rows of a dispatch, over all replicas.
    pub(super) rows: usize,
    /// Workgroups that work on a step of a replica.
    pub(super) regions: u32,
    /// Whether only gradients are worked out.
    pub(super) trial: bool,
}

/// Encodes for all replicas; they have one shape.
pub(super) struct Encoder {
    merges: Vec<Option<Merge>>,
    /// By parameter: the step that involved it last.
    involved: Vec<u32>,
    step: u32,
    program: Program,
}

/// A replica's part of the state that encoding needs.
pub(super) struct Replica<'a> {
    pub(super) table: &'a LayerTable,
    /// Where its terms are described.
    pub(super) terms: &'a [u32],
    /// Steps of the optimiser by parameter.
    pub(super) steps: &'a mut [u32],
}

impl Encoder {
    /// For tables of a shape.
    pub(super) fn new(table: &LayerTable) -> Self {
        let mut merges: Vec<Option<Merge>> = table.params.iter().map(|_| None).collect();
        for side in table.terms.iter().filter_map(gathers).flatten() {
            for id in std::iter::once(side.table).chain(side.tower.as_ref().map(|tower| tower.weights)) {
                if table.params[id].trainable {
                    merges[id] = Some(Merge::new(table.params[id].rows));
                }
            }
        }
        Self { merges, involved: vec![0; table.params.len()], step: 0, program: Program::default() }
    }

    /// The program of the steps of each replica's chunk, as `how` says.
    pub(super) fn encode(
        &mut self,
        layout: &Layout,
        replicas: &mut [Replica],
        chunks: &[Chunk],
        how: How,
    ) -> &Program {
        // Several workgroups do one step a dispatch.
        let starts = dispatch_starts(chunks, if how.regions > 1 { 0 } else { how.rows });
        let all = replicas.len();
        let program = &mut self.program.words;
        program.clear();
        program.resize(CALL_LENGTH as usize + starts.len() * 2 * all, 0);
        program[CALL_REGIONS as usize] = how.regions;
        self.program.regions = how.regions;
        let all_rows: usize = chunks.iter().map(Chunk::rows_len).sum();
        self.program.steps_per_submit = (starts.len() * how.rows.min(all_rows) / all_rows.max(1)).max(1);
        self.program.scratch = 4 * layout.vectors * how.regions;
        self.program.dispatches.clear();
        for dispatch in 0..starts.len() {
            self.program.dispatches.push(CALL_LENGTH + (dispatch * 2 * all) as u32);
        }
        for (number, (replica, chunk)) in replicas.iter_mut().zip(chunks).enumerate() {
            let mut last: Option<u32> = None;
            for (step, shares) in chunk.steps().enumerate() {
                let at = self.program.words.len() as u32;
                if let Some(last) = last.replace(at) {
                    self.program.words[(last + STEP_NEXT) as usize] = at;
                }
                let dispatch = starts.partition_point(|&start| start <= step) - 1;
                let entry = CALL_LENGTH as usize + (dispatch * all + number) * 2;
                if self.program.words[entry + 1] == 0 {
                    self.program.words[entry] = at;
                }
                self.program.words[entry + 1] += 1;
                self.step(layout, replica, chunk, shares, how);
            }
        }
        self.program.words[CALL_SCRATCH as usize] = self.program.scratch;
        &self.program
    }

    /// By parameter, whether the last step that was encoded involves and trains it.
    pub(super) fn involved(&self) -> &[bool] {
        &self.program.involved
    }

    fn step(&mut self, layout: &Layout, replica: &mut Replica, chunk: &Chunk, shares: &[Share], how: How) {
        self.step = self.step.wrapping_add(1).max(1);
        self.merges.iter_mut().flatten().for_each(Merge::begin);
        let at = self.program.words.len();
        self.program.words.resize(at + STEP_LENGTH as usize + shares.len() * SHARE_LENGTH as usize, 0);
        // The sections stand behind the shares, and what they point to behind them.
        let sections_at = self.program.words.len();
        let most = replica.table.params.len() * 2 * SECTION_LENGTH as usize;
        self.program.words.resize(sections_at + most, 0);
        let mut slots = 4 * layout.vectors * how.regions;
        for (number, share) in shares.iter().enumerate() {
            let share_at = at + (STEP_LENGTH + number as u32 * SHARE_LENGTH) as usize;
            slots = self.share(replica, chunk, share, share_at, slots);
        }
        self.program.scratch = self.program.scratch.max(slots);
        let sections = self.sections(layout, replica, sections_at, how.trial);
        self.program.words[at + STEP_SHARES as usize] = shares.len() as u32;
        self.program.words[at + STEP_SECTIONS as usize] = sections;
        if how.regions > 1 {
            let list = self.program.words.len();
            for (number, share) in (0..).zip(shares) {
                let share_at = at as u32 + STEP_LENGTH + number * SHARE_LENGTH;
                for first in (0..share.len() as u32).step_by(layout.tile() as usize) {
                    self.program.words.extend([share_at, first]);
                }
            }
            self.program.words[at + STEP_TILES as usize] = (self.program.words.len() - list) as u32 / 2;
            self.program.words[at + STEP_TILE_LIST as usize] = list as u32;
        }
    }

    /// Writes a share at `at` and names its rows; slots are given out from `slots` on. Returns the next free one.
    fn share(&mut self, replica: &Replica, chunk: &Chunk, share: &Share, at: usize, mut slots: u32) -> u32 {
        let table = replica.table;
        let term = &table.terms[share.term];
        let rows = chunk.rows(share);
        let n = rows.len() as u32;
        let mut fresh = 0;
        if let Term::Rating(rating) = term {
            let mut is_first = true;
            for layer in &table.heads[rating.head].layers {
                is_first &= self.involve(table, layer.weights);
                self.involve(table, layer.bias);
            }
            fresh |= u32::from(is_first);
        }
        let list = self.program.words.len();
        self.list(term, rows);
        let mut side_slots = [NONE; 2];
        for (which, side) in gathers(term).into_iter().flatten().enumerate() {
            if trains_map(table, side)
                && let Some(through) = side.through
            {
                fresh |= u32::from(self.involve(table, through.map)) << (1 + which);
            }
            if !side.detach {
                self.involve(table, side.table);
                if let Some(tower) = &side.tower {
                    self.involve(table, tower.weights);
                }
            }
            if has_slots(table, side) {
                side_slots[which] = slots;
                self.name(table, term, share, side, which, list, slots, n);
                slots += n * blocks(table.params[side.table].columns);
            }
        }
        self.tower_penalties(table, term, share);
        let words = &mut self.program.words[at..at + SHARE_LENGTH as usize];
        words[SHARE_TERM as usize] = replica.terms[share.term];
        words[SHARE_ROWS as usize] = n;
        words[SHARE_LIST as usize] = list as u32;
        words[SHARE_SCALE as usize] = (2.0 * share.weight / n as f32).to_bits();
        words[SHARE_KEY as usize] = share.key;
        words[SHARE_SLOTS as usize] = side_slots[0];
        words[SHARE_SLOTS as usize + 1] = side_slots[1];
        words[SHARE_HAS_SLOTS as usize] = u32::from(side_slots != [NONE; 2]);
        words[SHARE_FRESH as usize] = fresh;
        slots
    }

    /// Notes that a step involves a parameter; whether it is the first time.
    fn involve(&mut self, table: &LayerTable, id: ParamId) -> bool {
        let is_first = self.involved[id] != self.step;
        if table.params[id].trainable {
            self.involved[id] = self.step;
        }
        is_first
    }

    fn list(&mut self, term: &Term, rows: &[u32]) {
        let program = &mut self.program.words;
        match term {
            Term::Rating(term) => program.extend(
                rows.iter()
                    .flat_map(|&row| [row, term.rows.users[row as usize], term.rows.items[row as usize]]),
            ),
            Term::Pair(term) => program.extend(rows.iter().flat_map(|&row| {
                let (from, to) = term.pairs[row as usize];
                [row, from, to]
            })),
            Term::Autoencoder(_) => {}
        }
    }

    /// Names the rows of a side, and the rows of its tower.
    #[allow(clippy::too_many_arguments)]
    fn name(
        &mut self,
        table: &LayerTable,
        term: &Term,
        share: &Share,
        side: &Gather,
        which: usize,
        list: usize,
        slots: u32,
        n: u32,
    ) {
        let param = &table.params[side.table];
        let (count, width) = (param.rows as u32, blocks(param.columns));
        // Loss: weight · row_l2 · mean(share · ‖row‖²).
        let (penalty, shares): (f32, &[f32]) = match term {
            Term::Rating(rating) if rating.row_l2 > 0.0 => (
                2.0 * share.weight * rating.row_l2 / n as f32,
                if which == 0 { &rating.rows.user_shares } else { &rating.rows.item_shares },
            ),
            _ => (0.0, &[]),
        };
        let named = |position: u32| list + 3 * position as usize + 1 + which;
        if let Some(merge) = &mut self.merges[side.table] {
            for position in 0..n {
                let row = self.program.words[named(position)];
                // A withheld item gets no gradient.
                if row < count {
                    let penalty = if shares.is_empty() { 0.0 } else { penalty * shares[row as usize] };
                    merge.add(row, slots + position * width, 1.0, penalty);
                }
            }
        }
        if let Some(tower) = &side.tower
            && let Some(merge) = &mut self.merges[tower.weights]
        {
            for position in 0..n {
                let row = self.program.words[named(position)];
                let row = if row < count { row } else { row - count };
                let (columns, values) = tower.features.row(row as usize);
                for (&column, &value) in columns.iter().zip(values) {
                    merge.add(column, slots + position * width, value, 0.0);
                }
            }
        }
    }

    fn tower_penalties(&mut self, table: &LayerTable, term: &Term, share: &Share) {
        let Term::Rating(rating) = term else { return };
        for tower in [&rating.user.tower, &rating.item.tower].into_iter().flatten() {
            if tower.penalty > 0.0 {
                self.involve(table, tower.weights);
                if let Some(merge) = &mut self.merges[tower.weights] {
                    merge.name_all(2.0 * share.weight * tower.penalty);
                }
            }
        }
    }

    /// Writes how each involved parameter is updated; returns the number of sections.
    fn sections(&mut self, layout: &Layout, replica: &mut Replica, at: usize, trial: bool) -> u32 {
        let table = replica.table;
        let tables = table.gathered_tables();
        let mut sections = 0;
        let mut dense: Option<DenseRun> = None;
        self.program.involved.clear();
        for (id, param) in table.params.iter().enumerate() {
            let is_involved = self.involved[id] == self.step;
            self.program.involved.push(is_involved);
            if !is_involved {
                continue;
            }
            let rule = if trial {
                Rule::trial()
            } else {
                replica.steps[id] += 1;
                Rule::new(table.adam, replica.steps[id], param.weight_decay)
            };
            let program = &mut self.program.words;
            let width = blocks(param.columns);
            let first = layout.places[id];
            let rule_words = rule.0;
            let section = |program: &mut Vec<u32>, sections: &mut u32, words: [u32; 5]| {
                let at = at + (*sections * SECTION_LENGTH) as usize;
                program[at..at + 5].copy_from_slice(&words);
                program[at + 5..at + SECTION_LENGTH as usize].copy_from_slice(&rule_words);
                *sections += 1;
            };
            let Some(merge) = &mut self.merges[id] else {
                // The layers of a head are one run.
                match &mut dense {
                    Some(run) if run.end == first && run.rule == rule => {
                        program[run.count_at] += vectors(param);
                        run.end += vectors(param);
                    }
                    _ => {
                        let count_at = at + (sections * SECTION_LENGTH + SECTION_COUNT) as usize;
                        dense = Some(DenseRun { end: first + vectors(param), count_at, rule });
                        let words = [KIND_DENSE, first, vectors(param), 1, 0];
                        section(program, &mut sections, words);
                    }
                }
                continue;
            };
            let is_table = tables[id];
            if !is_table {
                merge.name_all(0.0);
            }
            let entries = merge.write(program, first, width, !is_table);
            let stride = if is_table { 1 } else { 2 };
            let words = [KIND_ENTRIES, entries, merge.len() as u32, width, stride];
            section(program, &mut sections, words);
            if is_table && table.adam.rows == UpdatedRows::All && !trial {
                let bits = merge.bits(program);
                section(program, &mut sections, [KIND_REST, first, param.rows as u32, width, bits]);
            }
        }
        sections
    }
}

/// Layers that follow one another and are updated alike: one section.
struct DenseRun {
    end: u32,
    /// Where the section's length stands in the program.
    count_at: usize,
    rule: Rule,
}

/// The words of a section that say how Adam moves it, from [`SECTION_RATE`] on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rule([u32; (SECTION_LENGTH - SECTION_RATE) as usize]);

impl Rule {
    /// The step number `t`, from 1.
    fn new(adam: Adam, t: u32, weight_decay: f32) -> Self {
        let left = |beta: f32| 1.0 - f64::from(beta).powi(t as i32);
        let rate = f64::from(adam.learning_rate) / left(adam.beta_1);
        Self(
            [
                rate as f32,
                (1.0 / left(adam.beta_2)) as f32,
                weight_decay,
                1.0 - adam.beta_1,
                1.0 - adam.beta_2,
                adam.epsilon,
            ]
            .map(f32::to_bits),
        )
    }

    fn trial() -> Self {
        Self([0; (SECTION_LENGTH - SECTION_RATE) as usize])
    }
}

/// The first step of each dispatch, so that each has about `rows` rows over all chunks, and at least a step.
fn dispatch_starts(chunks: &[Chunk], rows: usize) -> Vec<usize> {
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
    use super::{Rule, dispatch_starts};
    use crate::engine::{Adam, Chunk};

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

    #[test]
    fn the_first_step_of_adam_is_corrected_to_the_full_rate() {
        let rule = Rule::new(Adam::new(0.5), 1, 0.25).0.map(f32::from_bits);
        for (word, expected) in rule.iter().zip([5.0, 1000.0, 0.25, 0.1, 0.001, 1e-8]) {
            assert!((word - expected).abs() < 1e-4 * expected, "{rule:?}");
        }
    }
}
