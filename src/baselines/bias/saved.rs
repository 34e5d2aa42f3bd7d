//! Biases as they are saved: the terms of a prediction alone, or with all that a network is told of them.

use super::{Biases, Shrinkage};
use crate::data::Ratings;
use crate::recommender::saved::{Checked, Parts, Saved};

/// Size that no ρ passes: it is fitted within 0 and 1.5.
const LARGEST_TRANSFER: f32 = 2.0;
/// Size that no shrinkage passes.
const LARGEST_SHRINKAGE: f32 = 1e3;

impl Biases {
    /// μ, b_u and b_i of a domain.
    pub(crate) fn save_terms(&self, domain: usize, saved: &mut Saved) {
        saved.put_list(format!("{domain}.mean"), vec![self.mean]);
        saved.put_list(format!("{domain}.user_biases"), self.users.clone());
        saved.put_list(format!("{domain}.item_biases"), self.items.clone());
    }

    /// What [`Biases::save_terms`] saved; the rest is empty.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn load_terms(parts: &mut Parts, domain: usize) -> Checked<Self> {
        let (users, items) = (parts.users(domain), parts.items(domain));
        Ok(Self {
            mean: parts.number(&format!("{domain}.mean"))?,
            users: parts.rows(&format!("{domain}.user_biases"), &[users])?,
            items: parts.rows(&format!("{domain}.item_biases"), &[items])?,
            ..Self::default()
        })
    }

    /// All of a domain's.
    pub(crate) fn save(&self, domain: usize, saved: &mut Saved) {
        self.save_terms(domain, saved);
        let Shrinkage { users, items } = self.shrinkage;
        saved.put_list(format!("{domain}.user_priors"), self.user_priors.clone());
        saved.put_list(format!("{domain}.item_priors"), self.item_priors.clone());
        saved.put_list(format!("{domain}.other_biases"), self.others.clone());
        saved.put_list(format!("{domain}.bias_transfer"), vec![self.bias_transfer]);
        saved.put_list(format!("{domain}.shrinkage"), vec![users, items]);
        saved.put_list(format!("{domain}.user_counts"), self.user_counts.clone());
        saved.put_list(format!("{domain}.item_counts"), self.item_counts.clone());
    }

    /// What [`Biases::save`] saved.
    ///
    /// # Errors
    /// When it is not there, or its counts contradict one another or the ratings.
    pub(crate) fn load(parts: &mut Parts, domain: usize) -> Checked<Self> {
        let ratings = parts.world().domains[domain].ratings.clone();
        let (users, items) = (ratings.users(), ratings.items());
        let shrinkage = parts.numbers(&format!("{domain}.shrinkage"), &[2], LARGEST_SHRINKAGE)?;
        let transfer = parts.numbers(&format!("{domain}.bias_transfer"), &[1], LARGEST_TRANSFER)?;
        let biases = Self {
            user_priors: parts.rows(&format!("{domain}.user_priors"), &[users])?,
            item_priors: parts.rows(&format!("{domain}.item_priors"), &[items])?,
            others: parts.rows(&format!("{domain}.other_biases"), &[users])?,
            bias_transfer: transfer[0],
            shrinkage: Shrinkage { users: shrinkage[0], items: shrinkage[1] },
            user_counts: parts.counts(&format!("{domain}.user_counts"), &[users])?,
            item_counts: parts.counts(&format!("{domain}.item_counts"), &[items])?,
            ..Self::load_terms(parts, domain)?
        };
        let (by_user, by_item) = rated(&ratings);
        check_counts(&format!("{domain}.user_counts"), &biases.user_counts, &by_user)?;
        check_counts(&format!("{domain}.item_counts"), &biases.item_counts, &by_item)?;
        let sum = |counts: &[u32]| counts.iter().map(|&n| u64::from(n)).sum::<u64>();
        let (of_users, of_items) = (sum(&biases.user_counts), sum(&biases.item_counts));
        match of_users == of_items {
            true => Ok(biases),
            false => Err(format!(
                "{domain}.user_counts and {domain}.item_counts contradict each other: {of_users} and {of_items} training ratings"
            )),
        }
    }
}

/// How many ratings each user and each item has.
fn rated(ratings: &Ratings) -> (Vec<u32>, Vec<u32>) {
    let (mut by_user, mut by_item) = (vec![0; ratings.users()], vec![0; ratings.items()]);
    for row in ratings.iter() {
        by_user[row.user.index()] += 1;
        by_item[row.item.index()] += 1;
    }
    (by_user, by_item)
}

/// Nobody was trained on more ratings than there are.
fn check_counts(name: &str, counts: &[u32], rated: &[u32]) -> Checked<()> {
    match counts.iter().zip(rated).position(|(count, rated)| count > rated) {
        Some(at) => Err(format!(
            "{name} contradicts the ratings: {} of number {at}, who has {}",
            counts[at], rated[at]
        )),
        None => Ok(()),
    }
}
