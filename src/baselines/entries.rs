//! The baselines in the list of models, so that they can be trained and asked like any other.

use std::sync::Arc;

use super::bias::{Biases, Fitting, Shrinkage, alone, folded};
use crate::data::{ItemId, UserId};
use crate::error::Result;
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::recommender::{Capabilities, Entry, FoldedIn, Outlook, Profile, Recommender, at_once};
use crate::settings::ValidConfig;
use crate::split::Rows;

/// μ: every prediction is the mean of the domain's training ratings.
pub const MEAN: Entry = Entry {
    name: "mean",
    description: "The mean of the domain's training ratings, for everybody and everything",
    source: "what every figure is held against",
    capabilities: Capabilities::NONE,
    reads: &[],
    begin: |assignment| {
        at_once(assignment, |given| {
            let means = |d| given.training.rows(d).mean();
            Ok(Arc::new(Means((0..given.training.domains()).map(means).collect())))
        })
    },
    load: |parts| Ok(Arc::new(Means(parts.rows("means", &[parts.domains()])?))),
};

/// μ + Σ (r − μ) / (n_i + 2) over the ratings of the item: its mean, drawn to μ as if two such ratings had been seen, so
/// that an item with one rating is not taken at its word.
pub const ITEM_MEAN: Entry = Entry {
    name: "item-mean",
    description: "The mean of the item's training ratings, shrunk to the domain's as if two such had been seen",
    source: "docs/method.md, recipe R, 1, for people of whom nothing is known",
    capabilities: Capabilities::NONE,
    reads: &[],
    begin: |assignment| {
        at_once(assignment, |given| {
            let means = |d| item_means(&given.training.rows(d), given.training.items(d));
            Ok(Arc::new(ItemMeans((0..given.training.domains()).map(means).collect())))
        })
    },
    load: |parts| {
        let of = |parts: &mut Parts<'_>, d| parts.rows(&format!("{d}.items"), &[parts.items(d)]);
        Ok(Arc::new(ItemMeans(parts.by_domain(of)?)))
    },
};

/// μ + b_u + b_i of each domain on its own.
pub const BIAS: Entry = Entry {
    name: "bias",
    description: "Mean, user bias and item bias of the domain on its own",
    source: "Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems (2009)",
    capabilities: Capabilities::NONE,
    reads: &[],
    begin: |assignment| {
        at_once(assignment, |given| {
            let biases = (0..given.training.domains()).map(|d| alone(&given.training, d, false));
            Ok(Arc::new(BiasModel { biases: biases.collect(), links: Vec::new() }))
        })
    },
    load: |parts| BiasModel::load(parts),
};

/// The same with ρ of a person's bias in the linked domain as what is expected here.
pub const LINKED_BIAS: Entry = Entry {
    name: "linked-bias",
    description: "The bias model in which a person's bias crosses: one number a person",
    source: "docs/method.md, recipe R, 1 and 2",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &[],
    begin: |assignment| {
        at_once(assignment, |given| {
            let (biases, links) = (Fitting::new(&given.training, false).finish(), given.training.links());
            Ok(Arc::new(BiasModel { biases, links }))
        })
    },
    load: |parts| BiasModel::load(parts),
};

/// By domain, on the unit scale.
#[derive(Debug)]
struct Means(Vec<f32>);

impl Recommender for Means {
    fn predict(&self, domain: usize, users: &[UserId], _items: &[ItemId]) -> Vec<f32> {
        vec![self.0[domain]; users.len()]
    }

    fn fold_in<'m>(&'m self, _: &'m Profile, _: Option<&ValidConfig>) -> Option<Box<dyn FoldedIn + 'm>> {
        Some(Box::new(Anybody(self)))
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.put_list("means", self.0.clone());
        Ok(saved)
    }
}

/// By domain and item, on the unit scale.
#[derive(Debug)]
struct ItemMeans(Vec<Vec<f32>>);

impl Recommender for ItemMeans {
    fn predict(&self, domain: usize, _users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        items.iter().map(|&item| self.0[domain][item.index()]).collect()
    }

    fn fold_in<'m>(&'m self, _: &'m Profile, _: Option<&ValidConfig>) -> Option<Box<dyn FoldedIn + 'm>> {
        Some(Box::new(Anybody(self)))
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        self.0.iter().enumerate().for_each(|(d, means)| saved.put_list(format!("{d}.items"), means.clone()));
        Ok(saved)
    }
}

/// The shrunk mean of each item.
fn item_means(rows: &Rows, items: usize) -> Vec<f32> {
    let mean = rows.mean();
    // What is left after μ, and as many ratings as the shrinkage stands for.
    let mut sums = vec![(0.0, Shrinkage::default().items); items];
    for (&item, &target) in rows.items.iter().zip(&rows.targets) {
        let (sum, n) = &mut sums[item.index()];
        *sum += target - mean;
        *n += 1.0;
    }
    sums.into_iter().map(|(sum, n)| mean + sum / n).collect()
}

/// Anybody to a model that says the same to everybody.
struct Anybody<'m>(&'m dyn Recommender);

impl FoldedIn for Anybody<'_> {
    fn outlook(&self, _without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let ratings = self.0.predict(domain, &vec![UserId(0); items.len()], items);
        Some(Outlook { ratings, ..Outlook::default() })
    }
}

/// By domain, and the pairs of domains between which a bias crosses.
#[derive(Debug)]
struct BiasModel {
    biases: Vec<Arc<Biases>>,
    links: Vec<(usize, usize)>,
}

impl BiasModel {
    fn load(parts: &mut Parts) -> Checked<Arc<dyn Recommender>> {
        let of = |parts: &mut Parts<'_>, d| Ok(Arc::new(Biases::load_terms(parts, d)?));
        Ok(Arc::new(Self { biases: parts.by_domain(of)?, links: Vec::new() }))
    }
}

impl Recommender for BiasModel {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let biases = &self.biases[domain];
        users.iter().zip(items).map(|(&user, &item)| biases.predict(user, item)).collect()
    }

    /// Not of a model of a file, which has the sums alone and neither ρ nor what it was expected of whom.
    fn fold_in<'m>(
        &'m self,
        profile: &'m Profile,
        _settings: Option<&ValidConfig>,
    ) -> Option<Box<dyn FoldedIn + 'm>> {
        let is_whole = self.biases.iter().all(|biases| biases.user_priors.len() == biases.users.len());
        is_whole.then(|| Box::new(FoldedPerson { model: self, profile }) as Box<dyn FoldedIn + 'm>)
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        self.biases.iter().enumerate().for_each(|(d, biases)| biases.save_terms(d, &mut saved));
        Ok(saved)
    }
}

/// Somebody with their biases.
struct FoldedPerson<'m> {
    model: &'m BiasModel,
    profile: &'m Profile,
}

impl FoldedIn for FoldedPerson<'_> {
    fn outlook(&self, without: &[usize], domain: usize, items: &[ItemId]) -> Option<Outlook> {
        let all: Vec<&Biases> = self.model.biases.iter().map(|biases| &**biases).collect();
        let (person, biases) = (folded(&all, &self.model.links, self.profile, without)[domain], all[domain]);
        let rating = |item: &ItemId| (biases.mean + person.bias + biases.items[item.index()]).clamp(0.0, 1.0);
        Some(Outlook { ratings: items.iter().map(rating).collect(), ..Outlook::default() })
    }

    fn first_order(&self, domain: usize, items: &[ItemId]) -> Option<Vec<f32>> {
        let ratings = self.outlook(&[], domain, items)?.ratings;
        let change = |place: usize| {
            let left = self.outlook(&[place], domain, items)?.ratings;
            Some(left.into_iter().zip(&ratings).map(|(left, all)| left - all).collect::<Vec<f32>>())
        };
        let changes: Option<Vec<Vec<f32>>> = (0..self.profile.ratings.len()).map(change).collect();
        Some(changes?.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_an_item_is_drawn_to_that_of_all_as_by_two_ratings() {
        let rows = Rows {
            users: [0, 1, 2, 0].map(UserId).to_vec(),
            items: [0, 0, 0, 1].map(ItemId).to_vec(),
            targets: vec![1.0, 0.9, 0.8, 0.1],
        };
        // μ = 0.7: 0.7 + (0.3 + 0.2 + 0.1) / 5, 0.7 − 0.6 / 3, and nothing of an item that nobody has rated.
        let means = item_means(&rows, 3);
        for (mean, expected) in means.iter().zip([0.82, 0.5, 0.7]) {
            assert!((mean - expected).abs() < 1e-6, "{means:?}");
        }
    }
}
