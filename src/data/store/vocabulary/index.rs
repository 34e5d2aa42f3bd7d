//! From ids to numbers: a hash table with open addressing whose places hold short ids themselves, so that looking one
//! up touches one line of memory. That is what takes the time of reading a large file.

/// Longest id that a place holds.
const SHORT: u32 = 8;

/// What is compared first of an id: itself where it is short, else a hash of it; and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    word: u64,
    /// Length in bytes; a text has less than 2^32.
    length: u32,
}

impl Key {
    /// The key of an id.
    pub(super) fn of(id: &str) -> Self {
        let bytes = id.as_bytes();
        let length = bytes.len() as u32;
        let word = if length <= SHORT { short_word(bytes) } else { hash(bytes) };
        Self { word, length }
    }

    /// Where to look for it among `places`, a power of two.
    fn place(self, places: usize) -> usize {
        mixed(self.word ^ u64::from(self.length)) as usize & (places - 1)
    }
}

/// Up to eight bytes as a number that no other id of this length has: the first four and the last four.
fn short_word(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk(), bytes) {
        (Some(&first), Some(&last), _) => {
            u64::from(u32::from_le_bytes(first)) | u64::from(u32::from_le_bytes(last)) << 32
        }
        (_, _, &[first, .., last]) => {
            u64::from(first) | u64::from(bytes[bytes.len() / 2]) << 8 | u64::from(last) << 16
        }
        (_, _, &[only]) => u64::from(only),
        _ => 0,
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let (words, _) = bytes.as_chunks();
    let hash = words.iter().fold(0, |hash, &word| mixed(hash ^ u64::from_le_bytes(word)));
    let last = bytes.last_chunk().map_or(0, |&word| u64::from_le_bytes(word));
    mixed(hash ^ last)
}

fn mixed(word: u64) -> u64 {
    // Both halves of the product are kept, so that every bit of the key reaches every bit of the hash.
    let product = u128::from(word ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f_u128;
    (product as u64) ^ (product >> 64) as u64
}

/// A place of the table: 16 bytes, which with a [`Key`] as a field of its own would be 24.
#[derive(Clone, Copy, Debug)]
struct Place {
    word: u64,
    length: u32,
    /// [`EMPTY`] where nothing is.
    number: u32,
}

impl Place {
    fn new(key: Key, number: u32) -> Self {
        Self { word: key.word, length: key.length, number }
    }

    fn key(&self) -> Key {
        Key { word: self.word, length: self.length }
    }
}

const EMPTY: u32 = u32::MAX;
const NOTHING: Place = Place { word: 0, length: 0, number: EMPTY };

/// Numbers by key. Two ids may have one key where they are long, so that the caller compares those.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// A power of two, or none before the first id.
    places: Vec<Place>,
    used: usize,
}

impl Index {
    /// The number of a key for whose id `is_it` says so; short ids are told apart without asking.
    pub(super) fn find(&self, key: Key, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.places.len().checked_sub(1)?;
        let mut at = key.place(self.places.len());
        loop {
            let place = &self.places[at];
            if place.number == EMPTY {
                return None;
            }
            if place.key() == key && (key.length <= SHORT || is_it(place.number)) {
                return Some(place.number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a key that is not there.
    pub(super) fn insert(&mut self, key: Key, number: u32) {
        if self.used * 8 >= self.places.len() * 5 {
            let larger = vec![NOTHING; (self.places.len() * 2).max(16)];
            for place in std::mem::replace(&mut self.places, larger) {
                if place.number != EMPTY {
                    self.put(place);
                }
            }
        }
        self.used += 1;
        self.put(Place::new(key, number));
    }

    fn put(&mut self, place: Place) {
        let mask = self.places.len() - 1;
        let mut at = place.key().place(self.places.len());
        while self.places[at].number != EMPTY {
            at = (at + 1) & mask;
        }
        self.places[at] = place;
    }

    /// Loads a key's place; what it returns means nothing.
    pub(super) fn touch(&self, key: Key) -> u32 {
        if self.places.is_empty() { 0 } else { self.places[key.place(self.places.len())].number }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Index, Key};

    #[test]
    fn short_ids_have_keys_of_their_own() {
        let mut ids = vec![String::new()];
        for first in ["a", "b", "\0"] {
            for rest in ["", "a", "b", "ab", "ba", "abb", "aab", "abab", "abcdef", "abcdeg", "bbcdefg"] {
                ids.push(format!("{first}{rest}"));
            }
        }
        let keys: HashSet<(u64, u32)> = ids.iter().map(|id| (Key::of(id).word, Key::of(id).length)).collect();
        assert_eq!(keys.len(), ids.len());
    }

    #[test]
    fn two_ids_of_one_key_are_told_apart_by_the_caller() {
        let key = Key { word: 7, length: 20 };
        let mut index = Index::default();
        assert_eq!(index.find(key, |_| true), None);
        index.insert(key, 0);
        index.insert(key, 1);
        assert_eq!(index.find(key, |number| number == 1), Some(1));
        assert_eq!(index.find(key, |number| number == 2), None);
    }

    #[test]
    fn similar_ids_are_spread_over_the_places() {
        let mut used = HashSet::new();
        for number in 0..50_000 {
            for id in [format!("{number}"), format!("a longer name of user {number}")] {
                used.insert(Key::of(&id).place(1 << 20));
            }
        }
        // By chance 100,000 of them would fill about 95,300 of the million places.
        assert!(used.len() > 93_000, "{}", used.len());
    }
}
