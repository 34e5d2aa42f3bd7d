//! The rows of a rating file while it is read: cells become numbers, bad rows become rejects, and of several
//! ratings of a pair one is kept. What is left is a domain's ids and ratings.

use super::{
    ItemId, MAX_RATING, Number, Ratings, Scale, ScaleKind, UserId, Vocabulary,
    dates::time,
    format::Format,
    matrix::{Matrix, Size, is_unrated},
    number::{number, number_with},
    part::Chosen,
    records::Records,
    reject::{Checked, Flaw, Rejects, shown},
    scales,
};
use crate::error::{Error, Result};

/// Most rows that a file may have.
pub const MAX_ROWS: usize = 20_000_000;

/// Bytes from the start of a text that its number of rows is foretold from.
const HEAD: usize = 1 << 16;

/// Rows whose ids are looked up together.
const BLOCK: usize = 64;

/// The usable rows of a file while it is read, as columns: 12 bytes a row, and 8 more where the file has times.
pub(super) struct Rows<'t> {
    user_ids: Vocabulary<UserId>,
    item_ids: Vocabulary<ItemId>,
    users: Vec<UserId>,
    items: Vec<ItemId>,
    values: Vec<f32>,
    /// Time of each row, empty when the file has none.
    times: Vec<f64>,
    /// User and item ids of the last rows, whose numbers are still to be looked up.
    waiting: Vec<(&'t str, &'t str)>,
    pub rejects: Rejects,
    /// Rows so far, good and bad.
    pub seen: usize,
    /// Rows of other parts of the table.
    pub others: usize,
}

impl<'t> Rows<'t> {
    /// Reads all rows; those off a declared scale and those with a value that means "not rated" are rejected.
    pub fn read(
        file: &str,
        text: &'t str,
        format: &Format,
        declared: Option<Scale>,
        missing: &[f32],
    ) -> Result<Self> {
        Self::read_with(Rejects::default(), file, text, format, (declared, missing))
    }

    /// The same; `rejects` collects the rows that are left out.
    pub fn read_with(
        rejects: Rejects,
        file: &str,
        text: &'t str,
        format: &Format,
        (declared, missing): (Option<Scale>, &[f32]),
    ) -> Result<Self> {
        let expected = format.matrix.as_ref().map_or_else(|| expected_rows(text), |matrix| matrix.filled);
        let expected = expected.min(MAX_ROWS);
        let mut rows = Self {
            user_ids: Vocabulary::default(),
            item_ids: Vocabulary::default(),
            // Growing by doubling would take up to three times the room.
            users: Vec::with_capacity(expected),
            items: Vec::with_capacity(expected),
            values: Vec::with_capacity(expected),
            times: Vec::with_capacity(if format.roles.time.is_some() { expected } else { 0 }),
            waiting: Vec::with_capacity(BLOCK),
            rejects,
            seen: 0,
            others: 0,
        };
        let mut records = format.records(text);
        if let Some(matrix) = &format.matrix {
            rows.unfold(file, records, (matrix, format), declared, missing)?;
            return Ok(rows);
        }
        let mut chosen = format.part.as_ref().map(Chosen::of);
        while let Some(step) = records.advance() {
            let step = match (step, &mut chosen) {
                (Ok(()), Some(chosen)) => match chosen.takes(&records) {
                    Ok(true) => Ok(()),
                    Ok(false) => continue,
                    Err(flaw) => Err(flaw),
                },
                (step, _) => step,
            };
            rows.seen += 1;
            if rows.seen > MAX_ROWS {
                let what = format!("there are more than {MAX_ROWS} rows");
                return Err(Error::line(file, records.line(), what, "Load a part of the file"));
            }
            if let Err(flaw) = step.and_then(|()| rows.add(&records, format, declared, missing)) {
                rows.rejects.add(records.line(), &flaw, records.raw());
            }
        }
        rows.look_up();
        if let Some(chosen) = chosen {
            chosen.check(file, text, format)?;
            rows.others = chosen.others;
        }
        Ok(rows)
    }

    fn add(
        &mut self,
        records: &Records<'t>,
        format: &Format,
        declared: Option<Scale>,
        missing: &[f32],
    ) -> Checked<()> {
        let roles = format.roles;
        if let Some(expected) = format.strict_width
            && records.columns() != expected
        {
            check_width(records, expected, format)?;
        }
        let cell = |role, column| {
            records.cell(column).ok_or(Flaw::Missing { role, column, columns: records.columns() })
        };
        let id = |role, column| {
            if records.is_open(column) {
                return Err(Flaw::OpenQuote);
            }
            cell(role, column).and_then(|id| match id {
                "" => Err(Flaw::EmptyId(role)),
                _ if is_nothing(id) => Err(Flaw::NoId { role, text: shown(id) }),
                _ => Ok(id),
            })
        };
        let (user, item) = (id("user", roles.user)?, id("item", roles.item)?);
        let value = rating(cell("rating", roles.rating)?, format.thousands)?;
        if missing.contains(&value) {
            return Err(Flaw::NotRated(value));
        }
        if let Some(scale) = declared {
            on_scale(value, scale)?;
        }
        if let Some(column) = roles.time {
            self.times.push(
                records.cell(column).and_then(|cell| time(cell, format.days)).unwrap_or(f64::NEG_INFINITY),
            );
        }
        self.values.push(value);
        match (records.plain_cell(roles.user), records.plain_cell(roles.item)) {
            (Some(user), Some(item)) => {
                self.waiting.push((user, item));
                if self.waiting.len() == BLOCK {
                    self.look_up();
                }
            }
            _ => {
                // The row will make way for the next one.
                self.look_up();
                self.users.push(self.user_ids.intern(user));
                self.items.push(self.item_ids.intern(item));
            }
        }
        Ok(())
    }

    /// Reads the cells of a matrix as rows. Empty cells and those that say "not rated" are no rows.
    fn unfold(
        &mut self,
        file: &str,
        mut records: Records<'t>,
        (matrix, format): (&Matrix, &Format),
        declared: Option<Scale>,
        missing: &[f32],
    ) -> Result<()> {
        // An item gets its number with its first rating.
        let mut numbers: Vec<Option<ItemId>> = vec![None; matrix.columns.len()];
        while let Some(step) = records.advance() {
            let id = step.and_then(|()| {
                if let Some(expected) = format.strict_width
                    && records.columns() != expected
                {
                    check_width(&records, expected, format)?;
                }
                let columns = records.columns();
                let role = if matrix.rows_are_items() { "item" } else { "user" };
                if records.is_open(matrix.id) {
                    return Err(Flaw::OpenQuote);
                }
                let id = records.cell(matrix.id).ok_or(Flaw::Missing { role, column: matrix.id, columns })?;
                match id {
                    "" => Err(Flaw::EmptyId(role)),
                    _ if is_nothing(id) => Err(Flaw::NoId { role, text: shown(id) }),
                    _ => Ok(id),
                }
            });
            let id = match id {
                Ok(id) => id,
                Err(flaw) => {
                    self.seen += 1;
                    self.rejects.add(records.line(), &flaw, records.raw());
                    continue;
                }
            };
            let mut row = None;
            for (column, name) in matrix.columns.iter().enumerate() {
                let (Some(name), Some(cell)) = (name, records.cell(column)) else { continue };
                if is_unrated(cell) {
                    continue;
                }
                let value = rating(cell, format.thousands).and_then(|value| {
                    if missing.contains(&value) {
                        return Err(Flaw::NotRated(value));
                    }
                    declared.map_or(Ok(()), |scale| on_scale(value, scale)).map(|()| value)
                });
                match value {
                    Ok(value) => {
                        self.users.push(*row.get_or_insert_with(|| self.user_ids.intern(id)));
                        self.items.push(*numbers[column].get_or_insert_with(|| self.item_ids.intern(name)));
                        self.values.push(value);
                    }
                    Err(Flaw::NotRated(_) | Flaw::Implicit(_)) => continue,
                    Err(flaw) => self.rejects.add(records.line(), &flaw, &format!("{id}, {name}, {cell}")),
                }
                self.seen += 1;
                if self.seen > MAX_ROWS {
                    let what = format!("there are more than {MAX_ROWS} ratings");
                    return Err(Error::line(file, records.line(), what, "Load a part of the file"));
                }
            }
        }
        if matrix.rows_are_items() {
            let (users, items) = (std::mem::take(&mut self.user_ids), std::mem::take(&mut self.item_ids));
            (self.user_ids, self.item_ids) = (items.retyped(), users.retyped());
            let (users, items) = (std::mem::take(&mut self.users), std::mem::take(&mut self.items));
            self.users = items.into_iter().map(|item| UserId(item.0)).collect();
            self.items = users.into_iter().map(|user| ItemId(user.0)).collect();
        }
        Ok(())
    }

    /// Looks up the ids that wait for it.
    fn look_up(&mut self) {
        self.user_ids.intern_all(self.waiting.iter().map(|row| row.0), &mut self.users);
        self.item_ids.intern_all(self.waiting.iter().map(|row| row.1), &mut self.items);
        self.waiting.clear();
    }

    /// Whether no row can be used.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What a person should know of how the ratings were given their scale.
    pub fn scale_note(&self, scale: Scale, kind: ScaleKind) -> Option<String> {
        scales::note(&self.values, scale, kind)
    }

    /// The ratings in the order of the rows.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many users, items and ratings there are, repeated pairs included.
    pub fn size(&self) -> Size {
        Size { users: self.user_ids.len(), items: self.item_ids.len(), ratings: self.values.len() }
    }

    /// Whether one of the times could be read; `None` where the file has none.
    pub fn has_times(&self) -> Option<bool> {
        (!self.times.is_empty()).then(|| self.times.iter().any(|time| time.is_finite()))
    }

    /// Whether all ratings lie on a scale.
    pub fn all_on(&self, scale: Scale) -> bool {
        self.values.iter().all(|&value| scale.contains(value))
    }

    /// Ids and ratings. Of several ratings of a pair the latest is kept, or the last where times are equal or missing;
    /// the number is how many rows went.
    pub fn into_ratings(mut self) -> (Vocabulary<UserId>, Vocabulary<ItemId>, Ratings, usize) {
        let mut ratings = self.ratings();
        let mut gone = 0;
        if ratings.has_pair_twice() {
            drop(ratings);
            gone = self.keep_latest();
            // Ids are numbered anew, in the order of the rows that are left.
            self.user_ids = renumbered(std::mem::take(&mut self.user_ids), &mut self.users);
            self.item_ids = renumbered(std::mem::take(&mut self.item_ids), &mut self.items);
            ratings = self.ratings();
        }
        // Items and values are in the ratings by now, so that times find room in theirs.
        (self.items, self.values) = (Vec::new(), Vec::new());
        let ratings = self.timed(ratings);
        (self.user_ids, self.item_ids, ratings, gone)
    }

    fn ratings(&self) -> Ratings {
        let columns = (&self.users[..], &self.items[..], &self.values[..]);
        Ratings::from_columns(self.user_ids.len(), self.item_ids.len(), columns)
    }

    /// The same with times, where the file has some.
    fn timed(&self, ratings: Ratings) -> Ratings {
        if self.times.is_empty() { ratings } else { ratings.with_times(&self.users, &self.times) }
    }

    /// Keeps one rating of each pair and returns how many rows went.
    fn keep_latest(&mut self) -> usize {
        let time = |row: u32| self.times.get(row as usize).copied().unwrap_or(f64::NEG_INFINITY);
        // User by user, each item remembers its row: no table of all pairs is needed, and nothing is sorted.
        let by_user = rows_by_user(self.user_ids.len(), &self.users);
        let mut best = vec![(UserId(u32::MAX), 0_u32); self.item_ids.len()];
        let mut gone = Vec::new();
        for &row in &by_user {
            let user = self.users[row as usize];
            let (of_user, known) = &mut best[self.items[row as usize].index()];
            if *of_user != user {
                (*of_user, *known) = (user, row);
            } else if time(row) >= time(*known) {
                gone.push(std::mem::replace(known, row));
            } else {
                gone.push(row);
            }
        }
        gone.sort_unstable();
        leave_out(&mut self.users, &gone);
        leave_out(&mut self.items, &gone);
        leave_out(&mut self.values, &gone);
        if !self.times.is_empty() {
            leave_out(&mut self.times, &gone);
        }
        gone.len()
    }
}

/// How many rows a text is likely to have, a little more rather than fewer.
fn expected_rows(text: &str) -> usize {
    let head = text.as_bytes().get(..HEAD).unwrap_or(text.as_bytes());
    let lines = head.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let rows = lines as f64 / head.len().max(1) as f64 * text.len() as f64;
    ((rows * 1.03) as usize + 16).min(MAX_ROWS)
}

/// The rows in the order of their users, each user's in the order of the file.
fn rows_by_user(users: usize, user_by_row: &[UserId]) -> Vec<u32> {
    let mut next = vec![0_u32; users + 1];
    user_by_row.iter().for_each(|&user| next[user.index() + 1] += 1);
    for user in 0..users {
        next[user + 1] += next[user];
    }
    let mut rows = vec![0; user_by_row.len()];
    for (row, &user) in (0..).zip(user_by_row) {
        let place = &mut next[user.index()];
        rows[*place as usize] = row;
        *place += 1;
    }
    rows
}

/// Takes entries out of a column; `gone` are their rows in ascending order.
fn leave_out<T>(column: &mut Vec<T>, gone: &[u32]) {
    let mut gone = gone.iter().peekable();
    if gone.peek().is_none() {
        return;
    }
    let mut row = 0;
    column.retain(|_| {
        let keep = gone.next_if_eq(&&row).is_none();
        row += 1;
        keep
    });
}

/// The ids that `numbers` refers to in the order of their first use; the numbers are changed to it.
fn renumbered<N: Number>(ids: Vocabulary<N>, numbers: &mut [N]) -> Vocabulary<N> {
    let mut new = vec![u32::MAX; ids.len()];
    let mut old = Vec::new();
    for number in numbers {
        let slot = &mut new[number.number() as usize];
        if *slot == u32::MAX {
            *slot = old.len() as u32;
            old.push(*number);
        }
        *number = N::of(*slot);
    }
    // Nothing was taken out: the order of first use is the order of the numbers already.
    if old.len() == ids.len() && old.iter().zip(0..).all(|(old, new)| old.number() == new) {
        return ids;
    }
    old.into_iter().map(|number| ids.id(number)).collect()
}

/// Refuses a row of unusual width, in which a cell may stand in the place of another; cells that are empty at the end
/// are no cells.
fn check_width(records: &Records, expected: usize, format: &Format) -> Checked<()> {
    let columns = records.columns();
    let roles = format.roles;
    for (role, column) in [("user", roles.user), ("item", roles.item), ("rating", roles.rating)] {
        if column >= columns {
            return Err(Flaw::Missing { role, column, columns });
        }
    }
    if columns < expected {
        return Err(Flaw::Fewer { columns, expected });
    }
    let extra = (expected..columns).any(|column| records.cell(column) != Some(""));
    if extra && !format.ends_in_text { Err(Flaw::Extra { columns, expected }) } else { Ok(()) }
}

/// Whether an id is what programs write where there is none. A table that was joined or exported has many such rows, and
/// read as ids they are one person who rated everything.
fn is_nothing(id: &str) -> bool {
    // Most ids begin with a digit, and this is asked twice a row.
    !id.starts_with(|first: char| first.is_ascii_digit())
        && matches!(
            id,
            "NaN"
                | "nan"
                | "NAN"
                | "NA"
                | "<NA>"
                | "N/A"
                | "n/a"
                | "#N/A"
                | "NULL"
                | "Null"
                | "null"
                | "(null)"
                | "(NULL)"
                | "\\N"
                | "None"
                | "NaT"
                | "nil"
                | "undefined"
                | "#REF!"
                | "#VALUE!"
        )
}

fn rating(cell: &str, thousands: Option<char>) -> Checked<f32> {
    // Nearly all ratings are one digit, with or without a fraction of one.
    let digit = |byte: u8| f32::from(byte - b'0');
    match *cell.as_bytes() {
        [whole @ b'0'..=b'9'] => return Ok(digit(whole)),
        [whole @ b'0'..=b'9', b'.', tenth @ b'0'..=b'9'] if thousands.is_none() => {
            return Ok((digit(whole) * 10.0 + digit(tenth)) / 10.0);
        }
        _ => {}
    }
    let value = thousands
        .map_or_else(|| number(cell), |mark| number_with(cell, mark))
        .ok_or_else(|| Flaw::NotANumber(shown(cell)))? as f32;
    if value.abs() <= MAX_RATING { Ok(value) } else { Err(Flaw::NotFinite(shown(cell))) }
}

fn on_scale(value: f32, scale: Scale) -> Checked<()> {
    if scale.contains(value) {
        Ok(())
    } else if value == 0.0 && scale.lo == 1.0 {
        Err(Flaw::Implicit(scale))
    } else {
        Err(Flaw::OffScale { value, scale })
    }
}
