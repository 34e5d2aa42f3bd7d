//! Matrix factorisation on the fused engine, of one domain or of several with common people: what CMF and EMCDR begin
//! with. In domain d, r̂ = c_d + ⟨u, v⟩ + a_d·u + w_d·v, which is c + ⟨u + w_d, v + a_d⟩ with another c: vectors that are
//! drawn to a common trained mean instead of to zero, as by the priors of Bayesian matrix factorisation (Salakhutdinov and
//! Mnih 2008). So somebody without a vector still has the mean and what is known of the item. The loss is
//! Σ (r − r̂)² + λ (Σ‖u‖² + Σ‖v‖²), the squared error of "Collective Matrix Factorization" (Singh and Gordon 2008).

use std::sync::Arc;

use crate::data::{ItemId, UserId};
use crate::engine::{Adam, Dense, Head, ParamId, RatingRows, RatingTerm, Term, TrainingGraph};
use crate::recommender::graph::{
    DomainTerms, Layout, Weights, counts, person_counts, plain, rating_rows, row_shares, zero_unrated,
};
use crate::recommender::saved::{Checked, Parts, Saved};
use crate::rng::Generator;
use crate::settings::ValidConfig;
use crate::split::{JoinedPeople, Training};

/// Where everything is in the training graph.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) k: usize,
    pub(super) domains: Vec<DomainPlan>,
}

/// One domain in the training graph.
#[derive(Debug)]
pub(super) struct DomainPlan {
    pub(super) users: ParamId,
    /// Training ratings of each row of the user table.
    pub(super) user_counts: Vec<u32>,
    pub(super) items: ParamId,
    pub(super) item_counts: Vec<u32>,
    /// \[a; w\], `[2k, 1]`, and c.
    pub(super) weights: ParamId,
    pub(super) bias: ParamId,
}

/// Lays out the factorisation. With `people` all domains have one table of people, else each its own of users. `l2` is λ.
pub(super) fn plan(
    config: &ValidConfig,
    training: &Training,
    people: Option<&JoinedPeople>,
    l2: f32,
) -> (Layout, Plan) {
    let k = config.dimension;
    let mut rng = Generator::new(config.seed, "weights");
    let mut graph = TrainingGraph::new(Adam { rows: config.updated_rows, ..Adam::new(config.learning_rate) });
    let mut table = |graph: &mut TrainingGraph, n: usize| {
        graph.param(n, k, rng.normals(n * k, config.embedding_deviation))
    };
    let common = people.map(|people| (table(&mut graph, people.len), person_counts(training, people)));
    let (mut domains, mut terms) = (Vec::new(), Vec::new());
    for d in 0..training.domains() {
        let rows = training.rows(d);
        let (users, user_counts) = match &common {
            Some(common) => common.clone(),
            None => {
                let n = training.users(d);
                (table(&mut graph, n), counts(UserId::numbers(&rows.users).iter().copied(), n))
            }
        };
        let item_counts = counts(ItemId::numbers(&rows.items).iter().copied(), training.items(d));
        let items = table(&mut graph, item_counts.len());
        let weights = graph.param(2 * k, 1, vec![0.0; 2 * k]);
        let bias = graph.param(1, 1, vec![rows.mean()]);
        let layers = vec![Dense { weights, bias }];
        graph.heads.push(Head { layers, dot: true, given: 0, dropout: 0.0 });
        let term = graph.term(Term::Rating(RatingTerm {
            user: plain(users),
            item: plain(items),
            head: d,
            row_l2: l2,
            rows: Arc::new(RatingRows {
                user_shares: row_shares(&user_counts),
                item_shares: row_shares(&item_counts),
                ..rating_rows(&rows, people.map(|people| &people.of[d][..]))
            }),
        }));
        terms.push(DomainTerms { rows: rows.len(), terms: vec![(term, 1.0)] });
        domains.push(DomainPlan { users, user_counts, items, item_counts, weights, bias });
    }
    (Layout { graph, domains: terms }, Plan { k, domains })
}

impl Plan {
    /// The user table of a domain, `[rows, k]`, with zeros for whoever has no training rating.
    pub(super) fn users(&self, domain: usize, weights: &Weights) -> Vec<f32> {
        let DomainPlan { users, user_counts, .. } = &self.domains[domain];
        let mut vectors = weights[*users].clone();
        zero_unrated(&mut vectors, user_counts, self.k);
        vectors
    }

    /// All of a domain but its people.
    pub(super) fn items(&self, domain: usize, weights: &Weights) -> Items {
        let plan = &self.domains[domain];
        let mut vectors = weights[plan.items].clone();
        zero_unrated(&mut vectors, &plan.item_counts, self.k);
        Items { k: self.k, vectors, weights: weights[plan.weights].clone(), bias: weights[plan.bias][0] }
    }
}

/// The items of a domain, and what a vector of a person makes of them.
#[derive(Clone, Debug)]
pub(super) struct Items {
    k: usize,
    /// `[items, k]`.
    vectors: Vec<f32>,
    /// \[a; w\], `[2k]`.
    weights: Vec<f32>,
    bias: f32,
}

impl Items {
    /// Adds a domain's.
    pub(super) fn save(&self, domain: usize, saved: &mut Saved) {
        saved.put_rows(format!("{domain}.items"), self.k, self.vectors.clone());
        saved.put_list(format!("{domain}.weights"), self.weights.clone());
        saved.put_list(format!("{domain}.constant"), vec![self.bias]);
    }

    /// Those of a domain, for people of k numbers.
    pub(super) fn load(parts: &mut Parts, domain: usize, k: usize) -> Checked<Self> {
        Ok(Self {
            k,
            vectors: parts.rows(&format!("{domain}.items"), &[parts.items(domain), k])?,
            weights: parts.rows(&format!("{domain}.weights"), &[2 * k])?,
            bias: parts.number(&format!("{domain}.constant"))?,
        })
    }

    /// r̂ of an item for somebody with the vector `user` `[k]`, on the unit scale.
    pub(super) fn rating(&self, user: &[f32], item: ItemId) -> f32 {
        let item = &self.vectors[item.index() * self.k..][..self.k];
        let (a, w) = self.weights.split_at(self.k);
        let both = (user.iter().zip(item).zip(a.iter().zip(w))).map(|((u, v), (a, w))| u * v + a * u + w * v);
        (self.bias + both.sum::<f32>()).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_by_hand() {
        // 0.3 + (0.5 · 0.2 + 0.1 · 1) + (0.1 · 0.5 + 0.2 · 0.1) + (0.3 · 0.2 − 0.1 · 1) = 0.3 + 0.2 + 0.07 − 0.04.
        let items =
            Items { k: 2, vectors: vec![0.0, 0.0, 0.2, 1.0], weights: vec![0.1, 0.2, 0.3, -0.1], bias: 0.3 };
        assert!((items.rating(&[0.5, 0.1], ItemId(1)) - 0.53).abs() < 1e-6);
        // Nobody and nothing: the mean; nobody: the mean and the item.
        assert_eq!(items.rating(&[0.0, 0.0], ItemId(0)), 0.3);
        assert!((items.rating(&[0.0, 0.0], ItemId(1)) - 0.26).abs() < 1e-6);
        // Never off the scale.
        assert_eq!(items.rating(&[9.0, 9.0], ItemId(1)), 1.0);
    }
}
