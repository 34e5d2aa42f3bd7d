//! How the parameters that a step involves are updated, as the kernel reads it.

use super::encode::{Encoder, Replica};
use super::layout::{Layout, blocks, vectors};
use super::words::*;
use crate::engine::{Adam, ParamId};

impl Encoder {
    /// Writes how each involved parameter is updated; returns the number of sections.
    pub(super) fn sections(&mut self, layout: &Layout, replica: &mut Replica, at: usize, trial: bool) -> u32 {
        let table = replica.table;
        let tables = table.gathered_tables();
        let mut sections = 0;
        let mut dense: Option<DenseRun> = None;
        self.program.involved.clear();
        if let Some(columns) = &mut self.columns {
            columns.write_parts(&mut self.program.words);
        }
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
                program[at + 5..at + SECTION_TABLE as usize].copy_from_slice(&rule_words);
                program[at + SECTION_LASTS as usize] = NONE;
                *sections += 1;
            };
            if let Some(columns) = &self.columns
                && let Some(kind) = columns.kind(id)
            {
                let entries = columns.write(program, first, width);
                let count = columns.columns().len() as u32;
                section(program, &mut sections, [kind, entries, count, width, COLUMN_LENGTH]);
                let (now, last) = (replica.steps[id], &mut replica.last[id]);
                if !trial && !last.is_empty() {
                    columns.columns().for_each(|column| last[column as usize] = now);
                }
                continue;
            }
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
            if let Some(plan) = &mut self.plan {
                let section_at = at + (sections * SECTION_LENGTH) as usize;
                let entries = plan.group(id, section_at, [first, width, param.rows as u32]);
                // How many rows of a table are named, the device finds out; of a tower, all rows are updated.
                let [count, more] = if is_table { [0, 1] } else { [param.rows as u32, 2] };
                let lasts = plan.missed.as_ref().and_then(|missed| missed.place(id)).unwrap_or(NONE);
                section(program, &mut sections, [KIND_ENTRIES, entries, count, width, more]);
                program[section_at + SECTION_TABLE as usize..][..3].copy_from_slice(&[
                    first,
                    lasts,
                    replica.steps[id],
                ]);
                continue;
            }
            if !is_table {
                merge.name_all(0.0);
            }
            let entries = merge.write(program, first, width, !is_table);
            let stride = if is_table { 1 } else { 2 };
            let words = [KIND_ENTRIES, entries, merge.len() as u32, width, stride];
            section(program, &mut sections, words);
            // Lazy rows are not counted.
            let (now, last) = (replica.steps[id], &mut replica.last[id]);
            if !trial && !last.is_empty() {
                merge.rows().for_each(|row| last[row as usize] = now);
            }
        }
        sections
    }

    /// Has the step at `before` in the program, at its end, make up for the idle steps of the rows that the next one
    /// reads: those that it names itself are none of them.
    pub(super) fn catch_up(&mut self, layout: &Layout, replica: &Replica, before: usize) {
        let Some(rows) = &mut self.idle else { return };
        let program = &mut self.program.words;
        for (id, param) in replica.table.params.iter().enumerate() {
            let width = blocks(param.columns);
            let place = [layout.places[id], width];
            let Some([entries, count]) = rows.write(id, replica.steps[id], program, place) else { continue };
            let number = program[before + STEP_SECTIONS as usize];
            program[before + STEP_SECTIONS as usize] += 1;
            let shares = program[before + STEP_SHARES as usize];
            let at = before + (STEP_LENGTH + shares * SHARE_LENGTH + number * SECTION_LENGTH) as usize;
            program[at..at + 5].copy_from_slice(&[KIND_IDLE, entries, count, width, 0]);
            program[at + SECTION_EPSILON as usize] = replica.table.adam.epsilon.to_bits();
        }
    }
}

impl Encoder {
    /// Has the step at `before`, at its end, make up for what rows have missed that the step being encoded reads, as far as
    /// the step before does not name them itself.
    pub(super) fn miss(&mut self, layout: &Layout, replica: &Replica, before: usize) {
        let mut reading = Vec::new();
        for (id, param) in replica.table.params.iter().enumerate() {
            let Some(plan) = &mut self.plan else { return };
            let Some(lasts) = plan.missed.as_ref().and_then(|missed| missed.place(id)) else { continue };
            let place = [layout.places[id], blocks(param.columns), param.rows as u32];
            let Some(group) = plan.group_reads(id, &mut self.program.words, place) else { continue };
            reading.push((id, group, lasts));
        }
        // What is missed is told of behind all groups.
        for (id, group, lasts) in reading {
            let section = self.next_section(before);
            let Some(plan) = &mut self.plan else { return };
            let [list, now] = plan.miss(id, group, section);
            self.missed_section(layout, replica, before, id, [list, 0, 0], [lasts, now]);
        }
    }

    /// Where the next section of a step stands.
    fn next_section(&self, step: usize) -> usize {
        let program = &self.program.words;
        let shares = program[step + STEP_SHARES as usize];
        let number = program[step + STEP_SECTIONS as usize];
        step + (STEP_LENGTH + shares * SHARE_LENGTH + number * SECTION_LENGTH) as usize
    }

    /// Adds a section that makes up for what rows of a table have missed: those of a list, or all (`more` 1).
    pub(super) fn missed_section(
        &mut self,
        layout: &Layout,
        replica: &Replica,
        step: usize,
        id: ParamId,
        [list, count, more]: [u32; 3],
        [lasts, now]: [u32; 2],
    ) {
        let at = self.next_section(step);
        let width = blocks(replica.table.params[id].columns);
        let program = &mut self.program.words;
        program[step + STEP_SECTIONS as usize] += 1;
        program[at..at + 5].copy_from_slice(&[KIND_MISSED, list, count, width, more]);
        program[at + SECTION_EPSILON as usize] = replica.table.adam.epsilon.to_bits();
        program[at + SECTION_TABLE as usize..][..3].copy_from_slice(&[layout.places[id], lasts, now]);
    }
}

/// Layers that follow one another and are updated alike: one section.
struct DenseRun {
    end: u32,
    /// Where the section's length stands in the program.
    count_at: usize,
    rule: Rule,
}

const RULE_LENGTH: usize = (SECTION_TABLE - SECTION_RATE) as usize;

/// The words of a section that say how Adam moves it, from [`SECTION_RATE`] on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rule([u32; RULE_LENGTH]);

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
        Self([0; RULE_LENGTH])
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use crate::engine::Adam;

    #[test]
    fn the_first_step_of_adam_is_corrected_to_the_full_rate() {
        let rule = Rule::new(Adam::new(0.5), 1, 0.25).0.map(f32::from_bits);
        for (word, expected) in rule.iter().zip([5.0, 1000.0, 0.25, 0.1, 0.001, 1e-8]) {
            assert!((word - expected).abs() < 1e-4 * expected, "{rule:?}");
        }
    }
}
