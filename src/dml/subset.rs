//! Some of a domain's rows, numbered anew in their order. A quarter of a byte a row, so that a step that asks for rows
//! here and there finds them in the cache.

/// Rows that a word tells of.
const ROWS: usize = u32::BITS as usize;

/// A subset of the rows 0 .. n.
#[derive(Clone, Debug, Default)]
pub(super) struct Subset {
    words: Vec<Word>,
    len: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Word {
    /// A bit for each row that is there, the first row the lowest.
    bits: u32,
    /// Rows of the subset in the words before.
    before: u32,
}

impl Subset {
    /// Its number of rows.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number of a row in the subset, if it is there.
    pub(super) fn number(&self, row: u32) -> Option<u32> {
        let word = self.words[row as usize / ROWS];
        let bit = 1 << (row as usize % ROWS);
        (word.bits & bit != 0).then(|| word.before + (word.bits & (bit - 1)).count_ones())
    }
}

/// From whether each row is there.
impl FromIterator<bool> for Subset {
    fn from_iter<I: IntoIterator<Item = bool>>(rows: I) -> Self {
        let mut subset = Self::default();
        for (row, is_there) in rows.into_iter().enumerate() {
            if row % ROWS == 0 {
                subset.words.push(Word { bits: 0, before: subset.len as u32 });
            }
            if is_there && let Some(word) = subset.words.last_mut() {
                word.bits |= 1 << (row % ROWS);
                subset.len += 1;
            }
        }
        subset
    }
}

#[cfg(test)]
mod tests {
    use super::Subset;
    use crate::rng::Generator;

    #[test]
    fn rows_are_numbered_in_their_order() {
        let mut chance = Generator::new(1, "subset");
        for n in [0, 1, 31, 32, 33, 64, 300] {
            let rows: Vec<bool> = (0..n).map(|_| chance.unit() < 0.4).collect();
            let subset: Subset = rows.iter().copied().collect();
            let mut next = 0;
            for (row, &is_there) in rows.iter().enumerate() {
                assert_eq!(subset.number(row as u32), is_there.then_some(next), "{row} of {n}");
                next += u32::from(is_there);
            }
            assert_eq!(subset.len(), next as usize);
        }
    }
}
