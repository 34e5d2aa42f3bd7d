//! What a model may see while it trains. There is no way from here to a test row.

use std::any::Any;
use std::sync::Arc;

use super::Part;
use super::{Crossing, PairRole, Rows, Split};
use crate::data::{Features, ItemId, Scale, UserId, World};
use crate::rng::Generator;

/// What a model may see while it trains: training and validation rows, features, and the links it is allowed.
#[derive(Clone, Debug)]
pub struct Training {
    world: Arc<World>,
    split: Arc<Split>,
}

/// A pair of overlap users as a model sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkedPair {
    /// User of the link's first domain.
    pub a: UserId,
    /// User of the link's second domain.
    pub b: UserId,
    /// Whether both have training rows, so that X can be learnt from the pair.
    pub warm: bool,
}

impl Training {
    /// The training side of a split.
    pub fn new(world: Arc<World>, split: Arc<Split>) -> Self {
        Self { world, split }
    }

    /// Number of domains.
    pub fn domains(&self) -> usize {
        self.world.domains.len()
    }

    /// Number of users of a domain, trained on or not.
    pub fn users(&self, domain: usize) -> usize {
        self.world.domains[domain].users.len()
    }

    /// Number of items of a domain, trained on or not.
    pub fn items(&self, domain: usize) -> usize {
        self.world.domains[domain].items.len()
    }

    /// Rating scale of a domain, as [`Split::scale`] gives it.
    pub fn scale(&self, domain: usize) -> Scale {
        self.split.scale(domain)
    }

    /// Features of a domain's users.
    pub fn user_features(&self, domain: usize) -> Option<&Features> {
        self.world.domains[domain].user_features.as_deref().filter(|f| f.width() > 0)
    }

    /// Features of a domain's items.
    pub fn item_features(&self, domain: usize) -> Option<&Features> {
        self.world.domains[domain].item_features.as_deref().filter(|f| f.width() > 0)
    }

    /// Training rows of a domain.
    pub fn rows(&self, domain: usize) -> Rows {
        self.split.rows(&self.world, domain, Part::Train)
    }

    /// How many training rows a domain has, without making them.
    pub fn count(&self, domain: usize) -> usize {
        self.split.count(&self.world, domain, Part::Train)
    }

    /// Validation rows of a domain.
    pub fn validation(&self, domain: usize) -> Rows {
        self.split.rows(&self.world, domain, Part::Validation)
    }

    /// By row, numbers that grow with the time at which it was rated, 0 where that is not known; `None` where the domain's
    /// file has no times. `rows` are rows of the domain in the order in which it hands them out.
    pub fn times(&self, domain: usize, rows: &Rows) -> Option<Vec<u32>> {
        let ratings = &self.world.domains[domain].ratings;
        if !ratings.has_times() {
            return None;
        }
        let mut times = Vec::with_capacity(rows.len());
        for group in rows.users.chunk_by(|u, v| u == v) {
            let items = &rows.items[times.len()..][..group.len()];
            let order = ratings.time_order(group[0]).unwrap_or_default();
            // Both are in the order of positions, so that one way through the user's ratings meets all rows.
            let mut known = ratings.row(group[0]).0.iter().zip(order);
            let of = |item: &ItemId| known.find(|(known, _)| *known == item).map_or(0, |(_, &time)| time);
            times.extend(items.iter().map(of));
        }
        Some(times)
    }

    /// The same training with its validation rows among the training rows: where they have chosen what they were for.
    pub fn with_validation_rows(&self) -> Self {
        Self::new(self.world.clone(), Arc::new(self.split.with_validation_as(Part::Train)))
    }

    /// The same training with nothing known of its validation rows.
    pub fn without_validation_rows(&self) -> Self {
        Self::new(self.world.clone(), Arc::new(self.split.with_validation_as(Part::LeftOut)))
    }

    /// The same training with some more newcomers, to choose by what is best for them: a `share` of the linked pairs of each
    /// link loses its first user's ratings, and as many others their second's. Also the rows that they lost, by domain.
    pub fn with_simulated_newcomers(&self, share: f32, rng: &mut Generator) -> (Self, Vec<Rows>) {
        let (split, rows) = self.split.with_simulated_newcomers(&self.world, share, rng);
        (Self::new(self.world.clone(), Arc::new(split)), rows)
    }

    /// What was worked out from these training rows and kept, by its type and domain; `name` tells two such results apart.
    pub fn kept<T: Any + Send + Sync>(&self, domain: usize, name: &'static str) -> Option<Arc<T>> {
        self.split.memo.get(domain, name)
    }

    /// Keeps what was worked out from these training rows and nothing else for all trainings on the same rows. Gives back
    /// what is kept: the first that came.
    pub fn keep<T: Any + Send + Sync>(&self, domain: usize, name: &'static str, result: T) -> Arc<T> {
        self.split.memo.keep(domain, name, result)
    }

    /// The links as (first domain, second domain).
    pub fn links(&self) -> Vec<(usize, usize)> {
        self.world.links.iter().map(|link| (link.a, link.b)).collect()
    }

    /// What may cross between domains.
    pub fn crossing(&self) -> Crossing {
        self.split.crossing()
    }

    /// The overlap users that the model may know of; nobody where nothing may cross.
    pub fn linked_pairs(&self, link: usize) -> Vec<LinkedPair> {
        if self.crossing() == Crossing::Nothing { Vec::new() } else { self.overlap_pairs(link) }
    }

    /// The overlap users whose ratings simulate newcomers: those that a run with links has linked, whatever may cross,
    /// so that compared runs train on the same rows as often.
    pub fn overlap_pairs(&self, link: usize) -> Vec<LinkedPair> {
        (self.split.pairs(&self.world, link))
            .filter_map(|(a, b, role)| match role {
                PairRole::Linked => Some(LinkedPair { a, b, warm: true }),
                PairRole::ColdA | PairRole::ColdB => Some(LinkedPair { a, b, warm: false }),
                PairRole::Unlinked | PairRole::HeldOut => None,
            })
            .collect()
    }
}
