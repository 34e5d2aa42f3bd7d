//! What a call leaves to the device before its steps: to look up which rows of tables and towers a step's ratings name, and
//! which of these are the same row (plan.wgsl). The host hands over the numbers of the ratings as they are in the chunks, and a few
//! words a share, so that its work does not grow with the rows. What comes of it is what the host would write, but for the
//! order of the rows of a table within a step, on which nothing depends.

use super::layout::gathers;
use super::missed::Missed;
use super::words::*;
use crate::engine::{Gather, ParamId, Share, Term, TrainingGraph};

/// Features of a row of a tower that a plan has room for. Each row takes as much room as the one with most.
const MOST_FEATURES: usize = 16;

/// The plan of a call.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What the device is told; the chunks' rows stand behind it.
    pub(super) words: Vec<u32>,
    /// Steps over all replicas.
    pub(super) units: u32,
    /// Words of the program that the device writes.
    pub(super) reserved: u32,
    /// Keys that are sorted outside of workgroup memory.
    pub(super) keys: u32,
    /// Places of the units in `words`.
    places: Vec<u32>,
    /// Words of the program that say where something is that the device writes.
    relative: Vec<usize>,
    /// By parameter: the parts of the step that is being encoded.
    parts: Vec<Vec<[u32; PART_LENGTH as usize]>>,
    /// By parameter: the factor of the rows of a tower in their gradient, in the same step.
    penalties: Vec<f32>,
    /// By parameter: the most features of a row of a tower; 0 of what is none.
    features: Vec<u32>,
    /// The same step's unit.
    unit: usize,
    /// Rows before the replica that is being encoded.
    rows: u32,
    /// Keys that workgroup memory holds.
    block: u32,
    /// What the device keeps count of, under dense Adam.
    pub(super) missed: Option<Missed>,
    /// By parameter: shares and sides that read rows of it in the step that is being encoded.
    reads: Vec<Vec<[u32; 2]>>,
    /// By parameter: the group of what the step that is being encoded names, and the one before it.
    named: Vec<u32>,
    named_before: Vec<u32>,
    /// Steps of the optimiser by parameter before the step that is being encoded.
    steps: Vec<u32>,
}

impl Plan {
    /// For training graphs of a shape, by workgroups whose memory holds `block` keys. `None` where rows of a tower have too many
    /// features.
    pub(super) fn new(tables: &[TrainingGraph], block: u32) -> Option<Self> {
        let params = tables.first().map_or(0, |table| table.params.len());
        let mut features = vec![0; params];
        for side in tables.iter().flat_map(|table| &table.terms).filter_map(gathers).flatten() {
            if let Some(tower) = &side.tower {
                let of_rows = tower.features.starts.windows(2).map(|ends| ends[1] - ends[0]);
                features[tower.weights] = of_rows.max().unwrap_or(0).max(features[tower.weights]).max(1);
            }
        }
        let has_room = features.iter().all(|&features| features as usize <= MOST_FEATURES);
        has_room.then(|| Self {
            parts: vec![Vec::new(); params],
            penalties: vec![0.0; params],
            features,
            block,
            missed: tables.first().and_then(Missed::new),
            reads: vec![Vec::new(); params],
            named: vec![NONE; params],
            named_before: vec![NONE; params],
            ..Self::default()
        })
    }

    /// Bytes that a row takes at most in the largest of a call's buffers: where it is listed, named and sorted.
    pub(super) fn bytes_per_row(&self, table: &TrainingGraph) -> u64 {
        let of_side = |side: &Gather| {
            let features = side.tower.as_ref().map_or(0, |tower| u64::from(self.features[tower.weights]));
            // An entry, a slot and a place among what is missed; slots of features have factors. Keys have two words, and
            // their number is rounded up to a power of two.
            [u64::from(ENTRY_LENGTH) + 2 + 2 * features, 4 * (1 + features)]
        };
        let of_term = |sides: [&Gather; 2]| {
            let [[a, keys_a], [b, keys_b]] = sides.map(of_side);
            4 * (3 + a + b).max(keys_a + keys_b)
        };
        table.terms.iter().filter_map(gathers).map(of_term).max().unwrap_or(4)
    }

    /// Forgets all.
    pub(super) fn begin(&mut self) {
        self.words.clear();
        self.words.resize(PLAN_LENGTH as usize, 0);
        self.places.clear();
        self.relative.clear();
        (self.units, self.reserved, self.keys, self.rows) = (0, 0, 0, 0);
    }

    /// So many rows are those of the replica that was encoded.
    pub(super) fn end_replica(&mut self, rows: usize) {
        self.rows += rows as u32;
    }

    /// Begins a replica's steps: what is before the first names nothing.
    pub(super) fn begin_replica(&mut self) {
        self.named.fill(NONE);
    }

    /// Begins a step of so many shares; parameters have been through `steps`.
    pub(super) fn begin_step(&mut self, shares: usize, steps: &[u32]) {
        std::mem::swap(&mut self.named, &mut self.named_before);
        self.named.fill(NONE);
        self.steps.clear();
        self.steps.extend(steps);
        self.unit = self.words.len();
        self.places.push(self.unit as u32);
        self.words.resize(self.unit + UNIT_LENGTH as usize + shares * LISTED_LENGTH as usize, 0);
        self.words[self.unit + UNIT_SHARES as usize] = shares as u32;
    }

    /// Where a share of the step is told of.
    fn listed(&self, number: u32) -> usize {
        self.unit + (UNIT_LENGTH + number * LISTED_LENGTH) as usize
    }

    /// Has the rows of a share listed, which the program's word `at` is to say the place of.
    pub(super) fn list(&mut self, number: u32, term: u32, share: &Share, at: usize) -> u32 {
        let place = self.reserved;
        self.reserved += 3 * share.len() as u32;
        let listed = self.listed(number);
        self.words[listed..listed + LISTED_LENGTH as usize].copy_from_slice(&[
            term,
            share.len() as u32,
            self.rows + share.first(),
            place,
        ]);
        self.relative.push(at);
        place
    }

    /// Notes that a side of a share reads rows of a table.
    pub(super) fn read(&mut self, table: ParamId, share: u32, which: usize) {
        if self.missed.as_ref().is_some_and(|missed| missed.place(table).is_some()) {
            let share = self.listed(share) as u32;
            self.reads[table].push([share, which as u32]);
        }
    }

    /// Adds to the factor of a tower's rows in their own gradient.
    pub(super) fn penalise(&mut self, tower: ParamId, penalty: f32) {
        self.penalties[tower] += penalty;
    }

    /// Notes that a side of a share names rows of a table or a tower.
    pub(super) fn name(&mut self, table: ParamId, share: u32, which: usize, slots: u32, penalty: f32) {
        let share = self.listed(share) as u32;
        self.parts[table].push([share, which as u32, slots, penalty.to_bits()]);
    }

    /// Has what was named of a table sorted into entries, for the section at a place of the program; returns where they go.
    pub(super) fn group(&mut self, table: ParamId, section: usize, place: [u32; 3]) -> u32 {
        let parts = std::mem::take(&mut self.parts[table]);
        self.named[table] = self.words.len() as u32;
        // Nobody but a tower has one.
        let penalty = std::mem::take(&mut self.penalties[table]);
        self.relative.push(section + SECTION_AT as usize);
        let at = self.write_group(table, &parts, section as u32, place, penalty);
        // Its memory is used again.
        self.parts[table] = parts;
        self.parts[table].clear();
        at
    }

    fn write_group(
        &mut self,
        table: ParamId,
        parts: &[[u32; PART_LENGTH as usize]],
        section: u32,
        [at, blocks, count]: [u32; 3],
        penalty: f32,
    ) -> u32 {
        let rows = |part: &[u32; PART_LENGTH as usize]| {
            self.words[(part[PART_SHARE as usize] + LISTED_ROWS) as usize]
        };
        let features = self.features[table];
        let named: u32 = parts.iter().map(rows).sum::<u32>() * features.max(1);
        let place = self.reserved;
        // Entries, then slots, which have a factor in a tower.
        let [entries, slot] = if features > 0 { [count, 2] } else { [named, 1] };
        self.reserved += ENTRY_LENGTH * entries + slot * named;
        let size = named.next_power_of_two();
        let keys = self.keys;
        self.keys += if size > self.block { size } else { 0 };
        let number = parts.len() as u32;
        let penalty = penalty.to_bits();
        self.words.extend([section, place, named, keys, at, blocks, count, number, features, penalty]);
        self.words.extend(parts.iter().flatten());
        self.words[self.unit + UNIT_GROUPS as usize] += 1;
        place
    }

    /// Has what the step reads of a table's idle rows be found out, unless the step before it names them: the group of all that
    /// it reads. Groups that the step names come first. `program` gets a word for how many they are.
    pub(super) fn group_reads(
        &mut self,
        table: ParamId,
        program: &mut Vec<u32>,
        place: [u32; 3],
    ) -> Option<u32> {
        let reads = std::mem::take(&mut self.reads[table]);
        if reads.is_empty() {
            return None;
        }
        let named = self.named[table];
        // What is named is read, so that as many are the same.
        let are_named = named != NONE && self.words[(named + GROUP_PARTS) as usize] as usize == reads.len();
        let group = if are_named {
            named
        } else {
            let parts: Vec<[u32; PART_LENGTH as usize]> =
                reads.iter().map(|&[share, which]| [share, which, 0, 0]).collect();
            let counted = program.len() as u32;
            program.push(0);
            let group = self.words.len() as u32;
            self.write_group(table, &parts, counted - SECTION_COUNT, place, 0.0);
            group
        };
        self.reads[table] = reads;
        self.reads[table].clear();
        Some(group)
    }

    /// Has the idle rows among a group of what is read be listed, for a section of the step before; returns where they go, and
    /// the step that they are to have been through.
    pub(super) fn miss(&mut self, table: ParamId, group: u32, section: usize) -> [u32; 2] {
        let place = self.reserved;
        self.reserved += self.words[(group + GROUP_NAMED) as usize];
        let unit = self.unit;
        if self.words[unit + UNIT_TABLES as usize] == 0 {
            self.words[unit + UNIT_MISSED as usize] = self.words.len() as u32;
        }
        self.words[unit + UNIT_TABLES as usize] += 1;
        self.words.extend([section as u32, group, self.named_before[table], place]);
        self.relative.push(section + SECTION_AT as usize);
        [place, self.steps[table]]
    }

    /// Ends the plan of a program, behind which the device writes.
    pub(super) fn end(&mut self, program: &mut [u32]) {
        let base = program.len() as u32;
        for &at in &self.relative {
            program[at] += base;
        }
        self.units = self.places.len() as u32;
        let list = self.words.len() as u32;
        self.words.extend(&self.places);
        let rows = self.words.len() as u32;
        self.words[..PLAN_LENGTH as usize].copy_from_slice(&[base, self.units, list, rows]);
    }
}

/// The factor of a side's row penalty, and the weights of its rows; none where there is no penalty.
pub(super) fn row_penalty<'a>(term: &'a Term, share: &Share, which: usize) -> (f32, &'a [f32]) {
    match term {
        // Loss: weight · row_l2 · mean(share · ‖row‖²).
        Term::Rating(rating) if rating.row_l2 > 0.0 => (
            2.0 * share.weight * rating.row_l2 / share.len() as f32,
            if which == 0 { &rating.rows.user_shares } else { &rating.rows.item_shares },
        ),
        _ => (0.0, &[]),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::fused_gpu::encode::{Encoder, Replica};
    use crate::engine::fused_gpu::layout::Layout;
    use crate::engine::fused_gpu::program::How;
    use crate::engine::{Adam, Chunk, Head, RatingTerm, SparseRows, Tower};
    use crate::rng::Generator;

    /// Ten users and seven items, the items with up to `features` features of five, and a linear head.
    fn graph(features: usize) -> TrainingGraph {
        let mut graph = TrainingGraph::new(Adam::new(1e-3));
        let [user, item] = [10, 7].map(|rows| graph.param(rows, 4, vec![0.5; rows * 4]));
        let mut rows = SparseRows::new(5);
        (0..7).for_each(|row| rows.push(&vec![row % 5; features], &vec![1.0; features]));
        let tower = (features > 0).then(|| {
            let weights = graph.param(5, 4, vec![0.5; 20]);
            Tower { weights, features: Arc::new(rows), penalty: 0.5 }
        });
        let layers = vec![graph.dense(8, 1, &mut Generator::new(1, "plan"))];
        graph.heads.push(Head { layers, dot: false, given: 0, dropout: 0.0 });
        let side = |table| Gather { table, tower: None, through: None, detach: false };
        let item = Gather { tower, ..side(item) };
        graph.term(Term::Rating(RatingTerm {
            user: side(user),
            item,
            head: 0,
            row_l2: 0.0,
            rows: Arc::default(),
        }));
        graph
    }

    /// The encoder after two steps, of ratings 8, 6, 4 and then 1.
    fn encoded(graph: &TrainingGraph) -> Encoder {
        let layout = Layout::new(graph, 1024).unwrap();
        let mut encoder = Encoder::new(graph, Plan::new(std::slice::from_ref(graph), 2));
        let mut steps = vec![0; graph.params.len()];
        let mut last = vec![Vec::new(); graph.params.len()];
        let mut replicas = [Replica { table: graph, terms: &[77], steps: &mut steps, last: &mut last }];
        let mut chunk = Chunk::default();
        for rows in [&[8, 6, 4][..], &[1]] {
            chunk.push(0, 1.0, 0, rows.iter().copied());
            chunk.end_step();
        }
        let how = How { rows: 100, regions: 1, tile: 16, trial: false };
        encoder.encode(&layout, &mut replicas, &[chunk], how);
        encoder
    }

    #[test]
    fn the_host_says_where_everything_goes_and_names_no_row() {
        let encoder = encoded(&graph(0));
        let (plan, program) = (encoder.plan.as_ref().unwrap(), &encoder.program.words);
        let base = program.len() as u32;
        let word = |at: u32| plan.words[at as usize];
        assert_eq!([PLAN_BASE, PLAN_UNITS].map(word), [base, 2]);
        assert_eq!(word(PLAN_ROWS) as usize, plan.words.len());
        let units = [0, 1].map(|unit| word(word(PLAN_LIST) + unit));
        for (unit, rows, first) in [(units[0], 3, 0), (units[1], 1, 3)] {
            assert_eq!([UNIT_SHARES, UNIT_GROUPS].map(|at| word(unit + at)), [1, 2]);
            let share = unit + UNIT_LENGTH;
            assert_eq!(
                [LISTED_TERM, LISTED_ROWS, LISTED_FIRST].map(|at| word(share + at)),
                [77, rows, first]
            );
        }
        // Three rows are listed in three words each, then users and items have an entry and a slot each; only three rows are
        // more than the two keys of a workgroup here.
        let users = units[0] + UNIT_LENGTH + LISTED_LENGTH;
        let items = users + GROUP_LENGTH + PART_LENGTH;
        assert_eq!([users, items].map(|group| word(group + GROUP_AT)), [9, 9 + 15]);
        assert_eq!([users, items].map(|group| word(group + GROUP_KEYS)), [0, 4]);
        assert_eq!([users, items].map(|group| word(group + GROUP_COUNT)), [10, 7]);
        assert_eq!((plan.reserved, plan.keys), (4 * (3 + 2 * 5), 8));
        let first_step = program[program[CALL_LENGTH as usize] as usize..].to_vec();
        assert_eq!(first_step[(STEP_LENGTH + SHARE_LIST) as usize], base);
        let section = word(users + GROUP_SECTION) as usize;
        assert_eq!(program[section..][..3], [KIND_ENTRIES, base + 9, 0]);
    }

    #[test]
    fn all_rows_of_a_tower_are_updated_and_have_room_for_every_feature() {
        let encoder = encoded(&graph(3));
        let (plan, program) = (encoder.plan.as_ref().unwrap(), &encoder.program.words);
        let unit = plan.words[plan.words[PLAN_LIST as usize] as usize] as usize;
        let length = (GROUP_LENGTH + PART_LENGTH) as usize;
        let tower = &plan.words[unit + (UNIT_LENGTH + LISTED_LENGTH) as usize + 2 * length..];
        let of = |at: u32| tower[at as usize];
        assert_eq!([GROUP_NAMED, GROUP_COUNT, GROUP_PARTS, GROUP_FEATURES].map(of), [9, 5, 1, 3]);
        // 2 · weight · penalty.
        assert_eq!(of(GROUP_PENALTY), 1.0_f32.to_bits());
        let section = of(GROUP_SECTION) as usize;
        assert_eq!(program[section..][..5], [KIND_ENTRIES, program.len() as u32 + of(GROUP_AT), 5, 1, 2]);
        // Ratings, both tables, five entries and nine slots with a factor; of one rating, as much less.
        assert_eq!(plan.reserved, 3 * 3 + 2 * 15 + 5 * 4 + 2 * 9 + 3 + 2 * 5 + 5 * 4 + 2 * 3);
        // Three words, two entries with slots and places; three features more on one side.
        assert_eq!(plan.bytes_per_row(&graph(3)), 4 * (3 + 2 * 6 + 2 * 3));
        assert!(Plan::new(&[graph(MOST_FEATURES)], 2).is_some());
        assert!(Plan::new(&[graph(MOST_FEATURES + 1)], 2).is_none());
    }
}
