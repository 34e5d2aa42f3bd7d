//! Users and items by their numbers inside a domain, as two types: one cannot be taken for the other. Training graphs and
//! engines count rows; `index`, `numbers` and `of_numbers` are the ways there and back.

use std::fmt::Debug;

use bytemuck::TransparentWrapper;
use serde::{Deserialize, Serialize};

/// What a [`Vocabulary`](super::Vocabulary) gives for an id: a [`UserId`] or an [`ItemId`].
pub trait Number: Copy + Debug {
    /// The one of a bare number.
    fn of(number: u32) -> Self;

    /// The bare number.
    fn number(self) -> u32;
}

macro_rules! numbers {
    ($(#[doc = $doc:literal])* $Id:ident) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[repr(transparent)]
        pub struct $Id(pub u32);

        // SAFETY: a transparent structure of one u32, which may have any value.
        unsafe impl TransparentWrapper<u32> for $Id {}

        impl Number for $Id {
            fn of(number: u32) -> Self {
                Self(number)
            }

            fn number(self) -> u32 {
                self.0
            }
        }

        impl $Id {
            /// Where its own entry is in a list of one entry each.
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The first `n`, in order.
            pub fn first(n: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
                (0..n as u32).map(Self)
            }

            /// The same as bare numbers, for what counts rows; nothing is copied.
            pub fn numbers(these: &[Self]) -> &[u32] {
                Self::peel_slice(these)
            }

            /// Bare numbers as these; nothing is copied.
            pub fn of_numbers(numbers: &[u32]) -> &[Self] {
                Self::wrap_slice(numbers)
            }
        }
    };
}

numbers! {
    /// A user of one domain, by its number in the order of [`Domain::users`](super::Domain::users). The same person has
    /// another one in another domain.
    UserId
}

numbers! {
    /// An item of one domain, by its number in the order of [`Domain::items`](super::Domain::items).
    ItemId
}

#[cfg(test)]
mod tests {
    use super::{ItemId, UserId};

    #[test]
    fn numbers_are_read_and_written_as_bare_ones() {
        let users = [UserId(3), UserId(0)];
        assert_eq!(UserId::numbers(&users), [3, 0]);
        assert_eq!(ItemId::of_numbers(&[7]), [ItemId(7)]);
        assert_eq!(serde_json::to_string(&users).unwrap(), "[3,0]");
        assert_eq!(serde_json::from_str::<ItemId>("9").unwrap().index(), 9);
        assert!(UserId::first(2).eq([UserId(0), UserId(1)]));
    }
}
