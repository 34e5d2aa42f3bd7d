//! What a model says of items to one person, for lists: ratings, and where the model has them, the chances of each.

use crate::data::{ItemId, UserId};

/// A person by one of the domains that know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The domain.
    pub domain: usize,
    /// Who they are there.
    pub user: UserId,
}

/// Ratings that are to be expected of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// On the unit scale, by item.
    pub ratings: Vec<f32>,
    /// `None` of models that predict a number alone.
    pub chances: Option<Chances>,
    /// The domains that lead there from the one whose ratings say something of the person, both ends included; empty where
    /// they are the same, or nothing is known.
    pub way: Vec<usize>,
}

/// What answers with the outlook of one person after the other in a domain.
pub type Outlooks<'m> = Box<dyn FnMut(Known, &[ItemId]) -> Option<Outlook> + 'm>;

/// How likely each rating is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chances {
    /// The levels of the domain's ratings on the unit scale, ascending.
    pub levels: Vec<f32>,
    /// The chance of each level, `[items, levels]`.
    pub of_level: Vec<f32>,
}

impl Chances {
    /// The chances of an item's levels.
    pub fn of(&self, item: usize) -> &[f32] {
        &self.of_level[item * self.levels.len()..][..self.levels.len()]
    }

    /// Between which levels an item's rating lies with four chances in five, one in ten below and one in ten above.
    pub fn likely(&self, item: usize) -> Option<[f32; 2]> {
        let at = |share: f32| {
            let mut sum = 0.0;
            let chances = self.levels.iter().zip(self.of(item));
            let mut passed = chances.filter(|(_, chance)| {
                sum += **chance;
                sum >= share
            });
            passed.next().map(|(level, _)| *level)
        };
        Some([at(0.1)?, at(0.9).or_else(|| self.levels.last().copied())?])
    }

    /// The chance of a rating of `level` or more on the unit scale.
    pub fn at_least(&self, item: usize, level: f32) -> f32 {
        let chances = self.levels.iter().zip(self.of(item));
        chances.filter(|(value, _)| **value >= level).map(|(_, chance)| chance).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likely_range_leaves_a_tenth_at_either_end() {
        let chances = Chances {
            levels: vec![0.0, 0.25, 0.5, 0.75, 1.0],
            of_level: [[0.05, 0.1, 0.4, 0.4, 0.05], [0.0, 0.0, 0.0, 0.05, 0.95]].concat(),
        };
        assert_eq!((chances.likely(0), chances.likely(1)), (Some([0.25, 0.75]), Some([1.0, 1.0])));
        assert!((chances.at_least(0, 0.75) - 0.45).abs() < 1e-6);
        assert_eq!(Chances::default().likely(0), None);
    }
}
