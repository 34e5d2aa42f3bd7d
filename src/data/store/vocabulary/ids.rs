//! Ids of any kind by bare numbers: what a vocabulary keeps, and what users and items are compared as.

use super::super::Number;
use super::index::{Index, Key};

/// Different ids, numbered in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(in crate::data) struct Ids {
    /// All ids, one after the other: an allocation for each would take more room than most ids.
    text: String,
    /// Where each id ends in `text`.
    ends: Vec<u32>,
    index: Index,
}

impl Ids {
    /// The number of an id, which is added when it is new.
    pub fn intern(&mut self, id: &str) -> u32 {
        let key = Key::of(id);
        if let Some(number) = self.find(id, key) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.index.insert(key, number);
        self.text.push_str(id);
        self.ends.push(self.text.len() as u32);
        number
    }

    /// Appends the numbers of ids, as [`Ids::intern`] gives them. Faster than one by one where there are more
    /// ids than fit into a processor's cache: the places of all are asked for before the first is waited for.
    pub fn intern_all<'i, N: Number>(
        &mut self,
        ids: impl Iterator<Item = &'i str> + Clone,
        numbers: &mut Vec<N>,
    ) {
        let touched = ids.clone().fold(0, |touched, id| touched ^ self.index.touch(Key::of(id)));
        std::hint::black_box(touched);
        numbers.extend(ids.map(|id| N::of(self.intern(id))));
    }

    fn find(&self, id: &str, key: Key) -> Option<u32> {
        self.index.find(key, |number| self.id(number) == id)
    }

    /// The number of an id, if it is known.
    pub fn get(&self, id: &str) -> Option<u32> {
        self.find(id, Key::of(id))
    }

    /// The id of a number; the empty string for a number that was never given.
    pub fn id(&self, index: u32) -> &str {
        let Some(&end) = self.ends.get(index as usize) else { return "" };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    /// All ids in the order of their numbers.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len() as u32).map(|index| self.id(index))
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Ids {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        let mut all = Self::default();
        for id in ids {
            all.intern(id.as_ref());
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;
    use crate::data::UserId;

    #[test]
    fn ids_get_numbers_in_the_order_of_their_first_appearance() {
        let mut ids = Ids::default();
        assert!(ids.is_empty());
        assert_eq!(["x", "", "y", "x", "0", "00", "0\0"].map(|id| ids.intern(id)), [0, 1, 2, 0, 3, 4, 5]);
        assert_eq!((ids.len(), ids.get("y"), ids.get("z")), (6, Some(2), None));
        let (edge, long) = ("8 bytes.", "9 bytes..");
        assert_eq!([edge, long, edge, long].map(|id| ids.intern(id)), [6, 7, 6, 7]);
        assert_eq!((ids.get(long), ids.id(7)), (Some(7), long));
        assert_eq!((ids.id(2), ids.id(99)), ("y", ""));
        assert_eq!(ids.ids().collect::<Vec<_>>(), ["x", "", "y", "0", "00", "0\0", edge, long]);
    }

    #[test]
    fn many_ids_at_once_get_the_numbers_of_one_at_a_time() {
        let ids: Vec<String> = (0..50_000)
            .map(|n| if n % 3 == 0 { format!("u{}", n / 6) } else { format!("customer {}", n / 7) })
            .collect();
        let mut one = Ids::default();
        let expected: Vec<u32> = ids.iter().map(|id| one.intern(id)).collect();
        let (mut many, mut numbers) = (Ids::default(), Vec::<UserId>::new());
        for block in ids.chunks(64) {
            many.intern_all(block.iter().map(String::as_str), &mut numbers);
        }
        assert_eq!(UserId::numbers(&numbers), expected);
        assert!(many.ids().eq(one.ids()));
        assert!(many.ids().zip(0..).all(|(id, number)| many.get(id) == Some(number)));
    }
}
