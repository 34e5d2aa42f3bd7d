//! The rows of a rating file while it is read: cells become numbers, bad rows become rejects, and of several
//! ratings of a pair one is kept. What is left is a domain's ids and ratings.

use super::{
    MAX_REJECTS, Rating, Scale, Vocabulary,
    format::Format,
    records::Records,
    reject::{Checked, Flaw, Rejects, shown},
    roles::number,
    scales,
};
use crate::error::{Error, Result};

/// Most rows that a file may have.
pub const MAX_ROWS: usize = 20_000_000;

/// Ratings beyond this size are taken for slips; it keeps all later arithmetic finite.
const MAX_RATING: f32 = 1e9;

/// A row that was kept.
pub(super) struct Row {
    user: u32,
    item: u32,
    pub value: f32,
    /// Byte where the row starts; a text has less than 2^32.
    start: u32,
}

/// The usable rows of a file while it is read.
pub(super) struct Rows {
    users: Vocabulary,
    items: Vocabulary,
    pub list: Vec<Row>,
    /// Time of each row, empty when the file has none.
    times: Vec<f64>,
    /// Id and number of the user of the last row.
    last_user: (String, u32),
    pub rejects: Rejects,
    /// Rows so far, good and bad.
    pub seen: usize,
}

impl Rows {
    /// Reads all rows; those off a declared scale are rejected.
    pub fn read(file: &str, text: &str, format: &Format, declared: Option<Scale>) -> Result<Self> {
        let mut rows = Self {
            users: Vocabulary::default(),
            items: Vocabulary::default(),
            list: Vec::new(),
            times: Vec::new(),
            last_user: (String::new(), 0),
            rejects: Rejects::default(),
            seen: 0,
        };
        let mut records = Records::new(text, format.delimiter);
        if format.header {
            records.advance();
        }
        while let Some(step) = records.advance() {
            rows.seen += 1;
            if rows.seen > MAX_ROWS {
                let what = format!("there are more than {MAX_ROWS} rows");
                return Err(Error::line(file, records.line(), what, "Load a part of the file"));
            }
            if let Err(flaw) = step.and_then(|()| rows.add(&records, format, declared)) {
                rows.rejects.add(records.line(), &flaw, records.raw());
            }
        }
        Ok(rows)
    }

    fn add(&mut self, records: &Records<'_>, format: &Format, declared: Option<Scale>) -> Checked<()> {
        let roles = format.roles;
        let cell = |role, column| {
            records.cell(column).ok_or(Flaw::Missing { role, column, columns: records.columns() })
        };
        let id = |role, column| {
            cell(role, column).and_then(|id| if id.is_empty() { Err(Flaw::EmptyId(role)) } else { Ok(id) })
        };
        let (user, item) = (id("user", roles.user)?, id("item", roles.item)?);
        let value = rating(cell("rating", roles.rating)?)?;
        if let Some(scale) = declared {
            on_scale(value, scale)?;
        }
        if let Some(column) = roles.time {
            self.times.push(records.cell(column).and_then(time).unwrap_or(f64::NEG_INFINITY));
        }
        let start = records.start_byte() as u32;
        // Files are mostly sorted by user, and the last one needs no look-up.
        if self.list.is_empty() || self.last_user.0 != user {
            self.last_user.0.clear();
            self.last_user.0.push_str(user);
            self.last_user.1 = self.users.intern(user);
        }
        let user = self.last_user.1;
        self.list.push(Row { user, item: self.items.intern(item), value, start });
        Ok(())
    }

    /// The scale that the ratings seem to be on.
    pub fn scale(&self) -> Scale {
        scales::recognise(self.list.iter().map(|row| row.value).collect())
    }

    /// Rejects the rows off a scale that was recognised from all of them.
    pub fn reject_off(&mut self, scale: Scale, text: &str) {
        if self.list.iter().all(|row| scale.contains(row.value)) {
            return;
        }
        let mut late = Rejects::default();
        let (mut line, mut counted) = (1, 0);
        for row in &self.list {
            if let Err(flaw) = on_scale(row.value, scale) {
                let rest = text.get(row.start as usize..).unwrap_or("");
                if late.list.len() < MAX_REJECTS {
                    let skipped = text.as_bytes().get(counted..row.start as usize).unwrap_or_default();
                    line += skipped.iter().filter(|&&byte| byte == b'\n').count() as u64;
                    counted = row.start as usize;
                }
                late.add(line, &flaw, rest.lines().next().unwrap_or(""));
            }
        }
        self.rejects.merge(late);
        let on = |row: &Row| scale.contains(row.value);
        if !self.times.is_empty() {
            let kept = self.list.iter().zip(&self.times).filter(|(row, _)| on(row)).map(|(_, &time)| time);
            self.times = kept.collect();
        }
        self.list.retain(on);
    }

    /// Of several ratings of a pair keeps the latest, or the last where times are equal or missing. Returns
    /// how many rows went.
    pub fn keep_latest(&mut self) -> usize {
        let time = |index: u32| self.times.get(index as usize).copied().unwrap_or(f64::NEG_INFINITY);
        // Sorted by user by counting, then each user's few rows by item: no table of all pairs is needed. A key
        // holds item and index, so that sorting stays within a user's keys.
        let mut ends = vec![0_u32; self.users.len() + 1];
        for row in &self.list {
            ends[row.user as usize + 1] += 1;
        }
        for user in 0..self.users.len() {
            ends[user + 1] += ends[user];
        }
        let starts = ends.clone();
        let mut keys = vec![0_u64; self.list.len()];
        for (index, row) in (0..).zip(&self.list) {
            let next = &mut ends[row.user as usize];
            keys[*next as usize] = u64::from(row.item) << 32 | index;
            *next += 1;
        }
        let mut gone = Vec::new();
        for user in 0..self.users.len() {
            let own = &mut keys[starts[user] as usize..starts[user + 1] as usize];
            own.sort_unstable();
            let mut rows = own.iter().map(|&key| ((key >> 32) as u32, key as u32));
            let Some(mut best) = rows.next() else { continue };
            for row in rows {
                let later = row.0 != best.0 || time(row.1) >= time(best.1);
                let (stays, goes) = if later { (row, best) } else { (best, row) };
                if row.0 == best.0 {
                    gone.push(goes.1);
                }
                best = stays;
            }
        }
        gone.sort_unstable();
        let mut next = gone.iter().peekable();
        let mut index = 0;
        self.list.retain(|_| {
            let keep = next.next_if_eq(&&index).is_none();
            index += 1;
            keep
        });
        gone.len()
    }

    /// The ids and ratings of the rows that are left. Ids are numbered anew when rows were taken out, so that
    /// none is left without a rating.
    pub fn numbered(&mut self) -> (Vocabulary, Vocabulary, Vec<Rating>) {
        let mut ratings: Vec<Rating> =
            self.list.iter().map(|row| Rating { user: row.user, item: row.item, value: row.value }).collect();
        let users = renumbered(std::mem::take(&mut self.users), ratings.iter_mut().map(|r| &mut r.user));
        let items = renumbered(std::mem::take(&mut self.items), ratings.iter_mut().map(|r| &mut r.item));
        (users, items, ratings)
    }
}

/// The ids that `numbers` refers to in the order of their first use; the numbers are changed to it.
fn renumbered<'n>(ids: Vocabulary, numbers: impl Iterator<Item = &'n mut u32>) -> Vocabulary {
    let mut new = vec![u32::MAX; ids.len()];
    let mut old = Vec::new();
    for number in numbers {
        let slot = &mut new[*number as usize];
        if *slot == u32::MAX {
            *slot = old.len() as u32;
            old.push(*number);
        }
        *number = *slot;
    }
    // Nothing was taken out: the order of first use is the order of the numbers already.
    if old.len() == ids.len() && old.iter().zip(0..).all(|(&old, new)| old == new) {
        return ids;
    }
    old.into_iter().map(|number| ids.id(number)).collect()
}

fn rating(cell: &str) -> Checked<f32> {
    let value = number(cell).ok_or_else(|| Flaw::NotANumber(shown(cell)))? as f32;
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

/// A time as a number that grows: seconds for Unix times in seconds or milliseconds, the digits
/// yyyymmddhhmmss for dates such as 2014-07-01 or 2014-07-01T12:30.
fn time(cell: &str) -> Option<f64> {
    if let Some(value) = number(cell) {
        return Some(if value.abs() > 1e11 { value / 1000.0 } else { value })
            .filter(|value| value.is_finite());
    }
    let year = cell.get(..4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = cell.chars().filter(char::is_ascii_digit).take(14).collect();
    format!("{digits:0<14}").parse().ok()
}
