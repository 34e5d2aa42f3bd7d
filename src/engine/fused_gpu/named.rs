//! Which rows of a table a step names, each with the place at which it was named first: what merges rows that come more than
//! once asks this for every one of them, and nothing is cleared between steps.

/// The rows of a table that the present step has named.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// By row: the step that it was last named in, and its place then.
    last: Vec<(u32, u32)>,
    step: u32,
    count: u32,
}

impl Named {
    /// None yet, of a table of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { last: vec![(0, 0); rows], step: 1, count: 0 }
    }

    /// Number of rows of the table.
    pub(super) fn rows(&self) -> usize {
        self.last.len()
    }

    /// Begins a step, which has named nothing.
    pub(super) fn begin(&mut self) {
        self.count = 0;
        self.step = self.step.wrapping_add(1);
        if self.step == 0 {
            self.last.fill((0, 0));
            self.step = 1;
        }
    }

    /// Names a row. Returns its place, and whether the step had not named it before.
    pub(super) fn name(&mut self, row: u32) -> (u32, bool) {
        let last = &mut self.last[row as usize];
        let is_new = last.0 != self.step;
        if is_new {
            *last = (self.step, self.count);
            self.count += 1;
        }
        (last.1, is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::Named;

    #[test]
    fn a_row_has_the_place_at_which_its_step_named_it_first() {
        let mut named = Named::new(9);
        for _ in 0..2 {
            assert_eq!([8, 3, 8].map(|row| named.name(row)), [(0, true), (1, true), (0, false)]);
            named.begin();
        }
        assert_eq!(named.name(3), (0, true));
    }

    #[test]
    fn after_as_many_steps_as_there_are_numbers_nothing_is_named() {
        let mut named = Named { step: u32::MAX, ..Named::new(2) };
        assert_eq!(named.name(1), (0, true));
        named.begin();
        assert_eq!([0, 1].map(|row| named.name(row)), [(0, true), (1, true)]);
    }
}
