//! Somebody by their ratings alone, as a trained model has them: fold-in. What is held fixed is all that was learnt of others:
//! items, maps, noise, networks. A model that can do this can say what becomes of a prediction without a rating, and can
//! recommend to people whom it was not trained on.

use super::Outlook;
use crate::data::{ItemId, UserId};

/// A rating of somebody's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProfileRating {
    /// The domain of the item.
    pub domain: usize,
    /// The item.
    pub item: ItemId,
    /// On the unit scale.
    pub rating: f32,
}

/// Somebody's ratings in all domains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The ratings, no item twice.
    pub ratings: Vec<ProfileRating>,
    /// By domain, who they are among those that the model was trained on, on these very ratings; `None` of a visitor, and
    /// in domains that do not have them.
    pub users: Vec<Option<UserId>>,
}

impl Profile {
    /// The ratings of a domain with their places among all, but for some of them.
    pub fn of_domain<'p>(
        &'p self,
        domain: usize,
        without: &'p [usize],
    ) -> impl Iterator<Item = (usize, &'p ProfileRating)> {
        let is_there =
            move |(n, rating): &(usize, &ProfileRating)| rating.domain == domain && !without.contains(n);
        self.ratings.iter().enumerate().filter(is_there)
    }
}

/// Somebody who was folded in with all ratings of a [`Profile`].
pub trait FoldedIn {
    /// What is to be expected of items of a domain once some of the ratings, named by their places in the profile, are taken
    /// out; of none taken out, with all of them. `None` where nothing follows for the domain from the ratings that are left.
    fn outlook(&self, without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook>;

    /// How each prediction changes to first order, on the unit scale, when one rating alone is taken out,
    /// `[ratings, items]`: which ratings are worth an exact answer. `None` where no such shortcut is known.
    fn first_order(&self, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let _ = (domain, items);
        None
    }

    /// Their vector in the space of a domain, where the model has such and something is known of them there.
    fn vector(&self, domain: usize) -> Option<Vec<f32>> {
        let _ = domain;
        None
    }
}
