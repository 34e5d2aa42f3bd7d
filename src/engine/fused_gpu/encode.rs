//! From chunks to the program that the kernel follows: steps, their shares and the rows of these.

use super::columns::Columns;
use super::idle_rows::IdleRows;
use super::layout::{Layout, blocks, gathers, has_slots, trains_map};
use super::merge::Merge;
use super::plan::{Plan, row_penalty};
use super::program::{How, Program, dispatch_starts};
use super::words::*;
use crate::engine::idle::Idle;
use crate::engine::{AutoencoderTerm, Chunk, Gather, ParamId, Share, Term, TrainingGraph};

/// Encodes for all replicas; they have one shape.
pub(super) struct Encoder {
    pub(super) merges: Vec<Option<Merge>>,
    /// Of an autoencoder.
    pub(super) columns: Option<Columns>,
    pub(super) idle: Option<IdleRows>,
    /// By parameter: the step that involved it last.
    pub(super) involved: Vec<u32>,
    pub(super) step: u32,
    pub(super) program: Program,
    /// What the device works out by itself, where it does.
    pub(super) plan: Option<Plan>,
}

/// A replica's part of the state that encoding needs.
pub(super) struct Replica<'a> {
    pub(super) table: &'a TrainingGraph,
    /// Where its terms are described.
    pub(super) terms: &'a [u32],
    /// Steps of the optimiser by parameter.
    pub(super) steps: &'a mut [u32],
    /// The last of these that each row has been through, for parameters that have idle rows.
    pub(super) last: &'a mut [Vec<u32>],
}

impl Encoder {
    /// For tables of a shape; with a plan, the device works out which rows a step names.
    pub(super) fn new(table: &TrainingGraph, plan: Option<Plan>) -> Self {
        let mut merges: Vec<Option<Merge>> = table.params.iter().map(|_| None).collect();
        for side in table.terms.iter().filter_map(gathers).flatten() {
            for id in std::iter::once(side.table).chain(side.tower.as_ref().map(|tower| tower.weights)) {
                if table.params[id].trainable {
                    // With a plan it only says that rows of the parameter are named.
                    let rows = if plan.is_some() { 0 } else { table.params[id].rows };
                    merges[id] = Some(Merge::new(rows));
                }
            }
        }
        let params = table.params.len();
        Self {
            merges,
            columns: Columns::new(table),
            idle: if plan.is_some() { None } else { IdleRows::new(&table.adam, params) },
            involved: vec![0; params],
            step: 0,
            program: Program::default(),
            plan,
        }
    }

    /// The program of the steps of each replica's chunk, as `how` says.
    pub(super) fn encode(
        &mut self,
        layout: &Layout,
        replicas: &mut [Replica],
        chunks: &[Chunk],
        how: How,
    ) -> &Program {
        // Several workgroups do one step a dispatch, and what comes before the first step is one of its own.
        let shares_out = how.regions > 1;
        let starts = dispatch_starts(chunks, if shares_out { 0 } else { how.rows });
        let has_idle = self.idle().is_some();
        let ahead = usize::from(shares_out && has_idle);
        let all_rows: usize = chunks.iter().map(Chunk::rows_len).sum();
        self.begin(layout, starts.len() + ahead, replicas.len(), how.regions);
        self.program.words[CALL_TILE as usize] = how.tile;
        self.program.steps_per_submit = (starts.len() * how.rows.min(all_rows) / all_rows.max(1)).max(1);
        for (number, (replica, chunk)) in replicas.iter_mut().zip(chunks).enumerate() {
            let mut before = None;
            if let Some(plan) = &mut self.plan {
                plan.begin_replica();
            }
            if has_idle && !chunk.is_empty() {
                let at = self.pause(replica);
                self.enter(0, number, at);
                before = Some(at);
            }
            for (step, shares) in chunk.steps().enumerate() {
                let at = self.program.words.len();
                if let Some(before) = before {
                    self.program.words[before + STEP_NEXT as usize] = at as u32;
                }
                let dispatch = starts.partition_point(|&start| start <= step) - 1;
                self.enter(dispatch + ahead, number, at);
                self.step(layout, replica, chunk, shares, how, before);
                before = Some(at);
            }
            if let Some(plan) = &mut self.plan {
                plan.end_replica(chunk.rows_len());
            }
        }
        self.program.words[CALL_SCRATCH as usize] = self.program.scratch;
        if let Some(plan) = &mut self.plan {
            plan.end(&mut self.program.words);
        }
        &self.program
    }

    /// The program that makes up for the idle steps of all rows of a replica, or of one parameter, where there are any.
    pub(super) fn encode_idle(
        &mut self,
        layout: &Layout,
        replicas: &mut [Replica],
        number: usize,
        only: Option<ParamId>,
    ) -> Option<&Program> {
        let all = replicas.len();
        let replica = replicas.get_mut(number)?;
        if self.plan.is_some() {
            return self.encode_missed(layout, replica, number, all, only);
        }
        for (id, last) in replica.last.iter_mut().enumerate() {
            if only.is_none_or(|only| only == id) {
                let rows = self.idle.as_mut()?;
                (0..).zip(last).for_each(|(row, last)| rows.read(id, row, last, replica.steps[id]));
            }
        }
        self.begin(layout, 1, all, 1);
        self.program.steps_per_submit = 1;
        let at = self.pause(replica);
        self.enter(0, number, at);
        self.catch_up(layout, replica, at);
        self.program.words[CALL_SCRATCH as usize] = self.program.scratch;
        (self.program.words[at + STEP_SECTIONS as usize] > 0).then_some(&self.program)
    }

    /// The same, where the device knows what its rows have missed.
    fn encode_missed(
        &mut self,
        layout: &Layout,
        replica: &Replica,
        number: usize,
        replicas: usize,
        only: Option<ParamId>,
    ) -> Option<&Program> {
        self.begin(layout, 1, replicas, 1);
        let missed = self.plan.as_ref()?.missed.as_ref()?;
        let tables: Vec<(ParamId, u32)> = (0..replica.table.params.len())
            .filter(|&id| only.is_none_or(|only| only == id))
            .filter_map(|id| Some((id, missed.place(id)?)))
            .collect();
        self.program.steps_per_submit = 1;
        let at = self.pause(replica);
        self.enter(0, number, at);
        for &(id, lasts) in &tables {
            let rows = replica.table.params[id].rows as u32;
            let now = replica.steps[id];
            self.missed_section(layout, replica, at, id, [0, rows, 1], [lasts, now]);
        }
        self.program.words[CALL_SCRATCH as usize] = self.program.scratch;
        (!tables.is_empty()).then_some(&self.program)
    }

    /// Begins a program of so many dispatches.
    fn begin(&mut self, layout: &Layout, dispatches: usize, replicas: usize, regions: u32) {
        let Program { words, dispatches: parts, .. } = &mut self.program;
        words.clear();
        words.resize(CALL_LENGTH as usize + dispatches * 2 * replicas, 0);
        words[CALL_REGIONS as usize] = regions;
        parts.clear();
        parts.extend((0..dispatches).map(|dispatch| CALL_LENGTH + (dispatch * 2 * replicas) as u32));
        self.program.regions = regions;
        if let Some(plan) = &mut self.plan {
            plan.begin();
        }
        self.program.scratch = 4 * layout.vectors * regions;
    }

    /// Notes that the step at a place is one of a dispatch.
    fn enter(&mut self, dispatch: usize, replica: usize, step: usize) {
        let entry = self.program.dispatches[dispatch] as usize + 2 * replica;
        if self.program.words[entry + 1] == 0 {
            self.program.words[entry] = step as u32;
        }
        self.program.words[entry + 1] += 1;
    }

    /// Writes a step without shares; returns where it stands.
    fn pause(&mut self, replica: &Replica) -> usize {
        let at = self.program.words.len();
        let sections = replica.table.params.len() * SECTION_LENGTH as usize;
        self.program.words.resize(at + STEP_LENGTH as usize + sections, 0);
        at
    }

    /// What makes up for idle steps, under dense Adam, ready for all of them.
    pub(super) fn idle(&self) -> Option<&Idle> {
        let of_device = || self.plan.as_ref()?.missed.as_ref().map(|missed| &missed.idle);
        self.idle.as_ref().map(|rows| &rows.idle).or_else(of_device)
    }

    /// Where the device keeps the last steps of a parameter's rows, if it does.
    pub(super) fn keeps(&self, id: ParamId) -> Option<u32> {
        self.plan.as_ref()?.missed.as_ref()?.place(id)
    }

    /// By parameter, whether the last step that was encoded involves and trains it.
    pub(super) fn involved(&self) -> &[bool] {
        &self.program.involved
    }

    /// Writes a step; `before` is the one that it follows.
    fn step(
        &mut self,
        layout: &Layout,
        replica: &mut Replica,
        chunk: &Chunk,
        shares: &[Share],
        how: How,
        before: Option<usize>,
    ) {
        self.step = self.step.wrapping_add(1).max(1);
        self.merges.iter_mut().flatten().for_each(Merge::begin);
        self.columns.iter_mut().for_each(Columns::begin);
        let at = self.program.words.len();
        self.program.words.resize(at + STEP_LENGTH as usize + shares.len() * SHARE_LENGTH as usize, 0);
        // The sections stand behind the shares, and what they point to behind them.
        let sections_at = self.program.words.len();
        let most = replica.table.params.len() * 2 * SECTION_LENGTH as usize;
        self.program.words.resize(sections_at + most, 0);
        let mut slots = 4 * layout.vectors * how.regions;
        if let Some(plan) = &mut self.plan {
            plan.begin_step(shares.len(), replica.steps);
        }
        for (number, share) in shares.iter().enumerate() {
            let share_at = at + (STEP_LENGTH + number as u32 * SHARE_LENGTH) as usize;
            slots = self.share(replica, chunk, number as u32, share, share_at, slots);
        }
        self.program.scratch = self.program.scratch.max(slots);
        if let Some(before) = before {
            self.catch_up(layout, replica, before);
        }
        let sections = self.sections(layout, replica, sections_at, how.trial);
        if self.plan.is_some() {
            // Nothing stands behind them yet but, later, what the next step has missed.
            let missed = if self.idle().is_some() { self.merges.len() } else { 0 };
            let room = (sections as usize + missed) * SECTION_LENGTH as usize;
            self.program.words.truncate(sections_at + room);
            if let Some(before) = before {
                self.miss(layout, replica, before);
            }
        }
        self.program.words[at + STEP_SHARES as usize] = shares.len() as u32;
        self.program.words[at + STEP_SECTIONS as usize] = sections;
        if how.regions > 1 {
            let list = self.program.words.len();
            for (number, share) in (0..).zip(shares) {
                let share_at = at as u32 + STEP_LENGTH + number * SHARE_LENGTH;
                for first in (0..share.len() as u32).step_by(how.tile as usize) {
                    self.program.words.extend([share_at, first]);
                }
            }
            self.program.words[at + STEP_TILES as usize] = (self.program.words.len() - list) as u32 / 2;
            self.program.words[at + STEP_TILE_LIST as usize] = list as u32;
        }
    }

    /// Writes a share at `at` and names its rows; slots are given out from `slots` on. Returns the next free one.
    fn share(
        &mut self,
        replica: &mut Replica,
        chunk: &Chunk,
        number: u32,
        share: &Share,
        at: usize,
        mut slots: u32,
    ) -> u32 {
        let table = replica.table;
        let term = &table.terms[share.term];
        if let Term::Autoencoder(term) = term {
            return self.coded(replica, chunk, term, share, at, slots);
        }
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
        let list = match &mut self.plan {
            Some(plan) => {
                plan.list(number, replica.terms[share.term], share, at + SHARE_LIST as usize) as usize
            }
            None => {
                let list = self.program.words.len();
                self.list(term, rows);
                list
            }
        };
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
                match &mut self.plan {
                    Some(plan) => {
                        let (penalty, weights) = row_penalty(term, share, which);
                        let penalty = if weights.is_empty() { 0.0 } else { penalty };
                        let tower = side.tower.as_ref().map(|tower| (tower.weights, 0.0));
                        for (id, penalty) in [(side.table, penalty)].into_iter().chain(tower) {
                            if table.params[id].trainable {
                                plan.name(id, number, which, slots, penalty);
                            }
                        }
                    }
                    None => self.name(table, term, share, side, which, list, slots, n),
                }
                slots += n * blocks(table.params[side.table].columns);
            }
            match &mut self.plan {
                Some(plan) => plan.read(side.table, number, which),
                None => self.read(replica, side.table, which, list, n),
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

    /// Writes a share of an autoencoder at `at`, as [`Encoder::share`] does.
    fn coded(
        &mut self,
        replica: &mut Replica,
        chunk: &Chunk,
        term: &AutoencoderTerm,
        share: &Share,
        at: usize,
        slots: u32,
    ) -> u32 {
        let table = replica.table;
        let mut is_first = true;
        for id in 0..table.params.len() {
            is_first &= self.involve(table, id);
        }
        let Some(columns) = &mut self.columns else { return slots };
        let slots = columns.share(&mut self.program.words, term, chunk, share, at, slots);
        self.program.words[at + SHARE_TERM as usize] = replica.terms[share.term];
        self.program.words[at + SHARE_FRESH as usize] = u32::from(is_first);
        if let Some(rows) = &mut self.idle {
            for id in columns.tables() {
                for column in columns.columns() {
                    rows.read(id, column, &mut replica.last[id][column as usize], replica.steps[id]);
                }
            }
        }
        slots
    }

    /// Notes that a step involves a parameter; whether it is the first time.
    fn involve(&mut self, table: &TrainingGraph, id: ParamId) -> bool {
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
                (rows.iter().map(|&row| (row, term.rows.ratings[row as usize])))
                    .flat_map(|(row, rating)| [row, rating.user, rating.item]),
            ),
            Term::Pair(term) => program.extend(rows.iter().flat_map(|&row| {
                let (from, to) = term.pairs[row as usize];
                [row, from, to]
            })),
            Term::Autoencoder(_) => {}
        }
    }

    /// Notes the rows of a side that have been idle until now.
    fn read(&mut self, replica: &mut Replica, id: ParamId, which: usize, list: usize, n: u32) {
        let Some(rows) = &mut self.idle else { return };
        for position in 0..n as usize {
            let row = self.program.words[list + 3 * position + 1 + which];
            // Not for a withheld item, nor where the table is frozen.
            if let Some(last) = replica.last[id].get_mut(row as usize) {
                rows.read(id, row, last, replica.steps[id]);
            }
        }
    }

    /// Names the rows of a side, and the rows of its tower.
    #[expect(
        clippy::too_many_arguments,
        reason = "what a side is named by has no other reason to be one structure"
    )]
    fn name(
        &mut self,
        table: &TrainingGraph,
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
        let (penalty, shares) = row_penalty(term, share, which);
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

    fn tower_penalties(&mut self, table: &TrainingGraph, term: &Term, share: &Share) {
        let Term::Rating(rating) = term else { return };
        for tower in [&rating.user.tower, &rating.item.tower].into_iter().flatten() {
            if tower.penalty > 0.0 {
                self.involve(table, tower.weights);
                let penalty = 2.0 * share.weight * tower.penalty;
                match (&mut self.plan, &mut self.merges[tower.weights]) {
                    (Some(plan), Some(_)) => plan.penalise(tower.weights, penalty),
                    (None, Some(merge)) => merge.name_all(penalty),
                    (_, None) => {}
                }
            }
        }
    }
}
