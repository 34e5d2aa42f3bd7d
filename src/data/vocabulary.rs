//! Ids are strings at the border and `u32` inside; a vocabulary is the one place that knows both.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// The ids of one side (users or items) of one domain, numbered in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    ids: Vec<Box<str>>,
    short: Index<u128>,
    long: Index<Box<str>>,
}

type Index<K> = HashMap<K, u32, BuildHasherDefault<IdHasher>>;

impl Vocabulary {
    /// The number of an id, which is added when it is new.
    pub fn intern(&mut self, id: &str) -> u32 {
        let next = self.ids.len() as u32;
        let index = match short_key(id) {
            Some(key) => *self.short.entry(key).or_insert(next),
            None => match self.long.get(id) {
                Some(&index) => index,
                None => {
                    self.long.insert(id.into(), next);
                    next
                }
            },
        };
        if index == next {
            self.ids.push(id.into());
        }
        index
    }

    /// The number of an id, if it is known.
    pub fn get(&self, id: &str) -> Option<u32> {
        match short_key(id) {
            Some(key) => self.short.get(&key).copied(),
            None => self.long.get(id).copied(),
        }
    }

    /// The id of a number; the empty string for a number that was never given.
    pub fn id(&self, index: u32) -> &str {
        self.ids.get(index as usize).map_or("", |id| id)
    }

    /// All ids in the order of their numbers.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ids.iter().map(|id| &**id)
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        let mut vocabulary = Self::default();
        for id in ids {
            vocabulary.intern(id.as_ref());
        }
        vocabulary
    }
}

/// An id of up to 15 bytes as a number, with its length in the last byte. The index then holds the ids
/// themselves, and looking one up does not have to follow a pointer to compare it, which is what takes the time
/// of reading a large file.
fn short_key(id: &str) -> Option<u128> {
    let mut key = [0; 16];
    key.get_mut(..id.len()).filter(|_| id.len() < 16)?.copy_from_slice(id.as_bytes());
    key[15] = id.len() as u8;
    Some(u128::from_le_bytes(key))
}

/// Hashes short ids eight bytes at a time. The standard hasher is made to withstand hostile keys and takes most
/// of the time of reading a large file.
#[derive(Clone, Copy, Debug, Default)]
struct IdHasher(u64);

impl IdHasher {
    fn mix(&mut self, word: u64) {
        // Both halves of the product are kept, so that every bit of the key reaches every bit of the hash.
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f_u128;
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)));
        }
        let rest = chunks
            .remainder()
            .iter()
            .rev()
            .fold(bytes.len() as u64, |word, &byte| word << 8 | u64::from(byte));
        self.mix(rest);
    }

    fn write_u128(&mut self, key: u128) {
        self.mix(key as u64);
        self.mix((key >> 64) as u64);
    }

    fn write_u8(&mut self, _: u8) {
        // The end mark of strings; lengths are mixed in already.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hasher;

    use super::{IdHasher, Vocabulary, short_key};

    #[test]
    fn ids_get_numbers_in_the_order_of_their_first_appearance() {
        let mut ids = Vocabulary::default();
        assert!(ids.is_empty());
        assert_eq!(["x", "", "y", "x", "0", "00", "0\0"].map(|id| ids.intern(id)), [0, 1, 2, 0, 3, 4, 5]);
        assert_eq!((ids.len(), ids.get("y"), ids.get("z")), (6, Some(2), None));
        let (edge, long) = ("fifteen letters", "sixteen letters!");
        assert_eq!([edge, long, edge, long].map(|id| ids.intern(id)), [6, 7, 6, 7]);
        assert_eq!((ids.get(long), ids.id(7)), (Some(7), long));
        assert_eq!((ids.id(2), ids.id(9)), ("y", ""));
    }

    #[test]
    fn similar_ids_hash_apart() {
        let hash = |id: &str| {
            let mut hasher = IdHasher::default();
            match short_key(id) {
                Some(key) => hasher.write_u128(key),
                None => hasher.write(id.as_bytes()),
            }
            hasher.finish()
        };
        // Both the low bits and the high seven are used by the table.
        let mut low = std::collections::HashSet::new();
        let mut high = [0; 128];
        for number in 0..50_000 {
            for id in [format!("user{number}"), format!("a longer name of user {number}")] {
                let hash = hash(&id);
                low.insert(hash & 0xf_ffff);
                high[(hash >> 57) as usize] += 1;
            }
        }
        // Random hashes would fill about 95,300 of the million places.
        assert!(low.len() > 93_000, "{}", low.len());
        assert!(high.iter().all(|n| (500..1100).contains(n)), "{high:?}");
    }
}
