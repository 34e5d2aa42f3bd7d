//! Ids are strings at the border and numbers inside; a vocabulary is the one place that knows both.

mod ids;
mod index;

use std::marker::PhantomData;

use super::Number;
pub(in crate::data) use ids::Ids;

/// The ids of one side of one domain, of its users or of its items, numbered in the order of their first appearance.
#[derive(Clone, Debug)]
pub struct Vocabulary<N> {
    ids: Ids,
    numbers: PhantomData<N>,
}

impl<N> Default for Vocabulary<N> {
    fn default() -> Self {
        Self { ids: Ids::default(), numbers: PhantomData }
    }
}

impl<N: Number> Vocabulary<N> {
    /// The number of an id, which is added when it is new.
    pub fn intern(&mut self, id: &str) -> N {
        N::of(self.ids.intern(id))
    }

    /// Appends the numbers of ids, as [`Vocabulary::intern`] gives them; faster than one by one.
    pub(in crate::data) fn intern_all<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i str> + Clone,
        numbers: &mut Vec<N>,
    ) {
        self.ids.intern_all(ids, numbers);
    }

    /// The number of an id, if it is known.
    pub fn get(&self, id: &str) -> Option<N> {
        self.ids.get(id).map(N::of)
    }

    /// The id of a number; the empty string for a number that was never given.
    pub fn id(&self, number: N) -> &str {
        self.ids.id(number.number())
    }

    /// All numbers in order.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = N> + ExactSizeIterator + Clone + use<N> {
        (0..self.len() as u32).map(N::of)
    }

    /// All ids in the order of their numbers.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.ids.ids()
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no id.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The same ids as those of the other side.
    pub(in crate::data) fn retyped<M>(self) -> Vocabulary<M> {
        Vocabulary { ids: self.ids, numbers: PhantomData }
    }

    /// The ids by bare numbers, for what treats users and items alike.
    pub(in crate::data) fn untyped(&self) -> &Ids {
        &self.ids
    }
}

impl<N, S: AsRef<str>> FromIterator<S> for Vocabulary<N> {
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        Self { ids: ids.into_iter().collect(), numbers: PhantomData }
    }
}
