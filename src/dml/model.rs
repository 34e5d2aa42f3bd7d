//! A trained dual model: everything that a prediction needs, as plain numbers. What it predicts for a person who is
//! known only in the other domain goes through the map (paper 3.3; docs/method.md).

use std::{any::Any, sync::Arc};

use super::inputs::DenseFeatures;
use super::mapping::Mapping;
use super::network::RecommendationNetwork;
use super::networks::Interaction;
use super::picture::{maps_along, shortest_way};
use super::predictor::Predictor;
use crate::baselines::bias::Biases;
use crate::data::{ItemId, Scale, UserId};
use crate::error::Result;
use crate::recommender::saved::Saved;
use crate::recommender::state::StateWriter;
use crate::recommender::{FoldedIn, Known, Outlook, Outlooks, Profile, Recommender, UserVectors};
use crate::settings::ValidConfig;
use crate::split::LinkedPair;

/// One domain's side of a trained model.
#[derive(Clone, Debug)]
pub struct DomainModel {
    /// Rating scale.
    pub scale: Scale,
    /// Mean, biases, priors and counts. Without bias terms the biases are 0 and the counts are real.
    pub biases: Arc<Biases>,
    /// W_u, `[users, k]`.
    pub user_embeddings: Vec<f32>,
    /// W_i, `[items, k]`.
    pub item_embeddings: Vec<f32>,
    /// RS, its dense layers.
    pub recommender: RecommendationNetwork,
    /// What stands in front of them in place of [W_u, W_i], where RS is no MLP.
    pub interaction: Option<Interaction>,
    /// What RS is told besides the vectors.
    pub given: DenseFeatures,
    /// Whether the network predicts for people of whom no rating and no link is known, because it was trained on such
    /// people or there are no biases to fall back on.
    pub serves_cold_users: bool,
    /// Share of the prediction through the map in that of a warm linked user, chosen on validation.
    pub mix: f32,
}

/// A link of a trained model.
#[derive(Clone, Debug)]
pub struct LinkModel {
    /// Domain that X maps from.
    pub a: usize,
    /// Domain that X maps to.
    pub b: usize,
    /// X.
    pub mapping: Mapping,
    /// User of `b` by user of `a`, where the model knows that they are one person.
    pub b_from_a: Vec<Option<UserId>>,
    /// User of `a` by user of `b`.
    pub a_from_b: Vec<Option<UserId>>,
}

impl LinkModel {
    /// A link with its known pairs.
    pub fn new(a: (usize, usize), b: (usize, usize), mapping: Mapping, pairs: &[LinkedPair]) -> Self {
        let (mut b_from_a, mut a_from_b) = (vec![None; a.1], vec![None; b.1]);
        for pair in pairs {
            b_from_a[pair.a.index()] = Some(pair.b);
            a_from_b[pair.b.index()] = Some(pair.a);
        }
        Self { a: a.0, b: b.0, mapping, b_from_a, a_from_b }
    }
}

/// A person's vector and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Person {
    /// Known in the domain by own ratings; or by nothing, where the network has learnt to serve such people.
    Own,
    /// Known only in a linked domain; the vector in this domain's space is mapped from there.
    ThroughMap(Vec<f32>),
    /// Nothing is known.
    Unknown,
}

/// A person of one domain as they enter another whose file does not have them.
#[derive(Clone, Debug, PartialEq)]
pub struct ColdStartUser {
    /// Their vector in the domain that they enter, `[k]`.
    pub vector: Vec<f32>,
    /// p_u, the bias that is expected of them there.
    pub prior: f32,
    /// Their bias in the domain that they come from.
    pub other_bias: f32,
}

/// A trained model.
#[derive(Clone, Debug)]
pub struct Dml {
    /// k.
    pub dimension: usize,
    /// Domains.
    pub domains: Vec<DomainModel>,
    /// Links.
    pub links: Vec<LinkModel>,
}

impl Dml {
    /// This model with the weights of mixing that validation chose for `measured`.
    pub(super) fn with_mixes_of(&self, measured: &Self) -> Self {
        let mut model = self.clone();
        model.domains.iter_mut().zip(&measured.domains).for_each(|(kept, domain)| kept.mix = domain.mix);
        model
    }

    /// Whether all numbers of its vectors and networks are numbers.
    pub(super) fn is_finite(&self) -> bool {
        self.domains.iter().all(|domain| {
            let layers = domain.recommender.layers.iter().flat_map(|layer| [&layer.weights, &layer.bias]);
            let front = domain.interaction.iter().flat_map(|interaction| &interaction.parameters);
            [&domain.user_embeddings, &domain.item_embeddings]
                .into_iter()
                .chain(layers)
                .chain(front)
                .flatten()
                .all(|x| x.is_finite())
        })
    }

    /// W_u of a user, `[k]`.
    pub fn user_embedding(&self, domain: usize, user: UserId) -> &[f32] {
        &self.domains[domain].user_embeddings[user.index() * self.dimension..][..self.dimension]
    }

    /// W_i of an item, `[k]`.
    pub fn item_embedding(&self, domain: usize, item: ItemId) -> &[f32] {
        &self.domains[domain].item_embeddings[item.index() * self.dimension..][..self.dimension]
    }

    /// The first linked domain in which a user of `domain` is known by ratings, as a vector in `domain`'s space: X u_A
    /// or Xᵀ u_B.
    pub fn mapped_embedding(&self, domain: usize, user: UserId) -> Option<Vec<f32>> {
        self.mapped_from(domain, user).map(|(_, vector)| vector)
    }

    /// That domain and the vector.
    fn mapped_from(&self, domain: usize, user: UserId) -> Option<(usize, Vec<f32>)> {
        self.links.iter().find_map(|link| {
            let (other_domain, other) = match domain {
                d if d == link.a => (link.b, link.b_from_a[user.index()]?),
                d if d == link.b => (link.a, link.a_from_b[user.index()]?),
                _ => return None,
            };
            if !self.rated(other_domain, other) {
                return None;
            }
            let vector = self.user_embedding(other_domain, other);
            let mapped = if domain == link.b { link.mapping.to_b(vector) } else { link.mapping.to_a(vector) };
            Some((other_domain, mapped))
        })
    }

    /// Vectors of items, `[items, k]`.
    pub(super) fn item_vectors(&self, domain: usize, items: &[ItemId]) -> Vec<f32> {
        items.iter().flat_map(|&item| self.item_embedding(domain, item)).copied().collect()
    }

    /// RS of `head` for a user vector, an item of `domain`, given inputs, and what the person has rated in `domain`.
    pub(super) fn network_output(
        &self,
        head: usize,
        vector: &[f32],
        (domain, item): (usize, ItemId),
        given: &[f32],
        history: &[ItemId],
    ) -> f32 {
        let head = &self.domains[head];
        let item = self.item_embedding(domain, item);
        match &head.interaction {
            None => head.recommender.forward(vector, item, given),
            Some(interaction) => {
                let past = interaction.past(self.item_vectors(domain, history));
                let inputs = [&interaction.inputs(vector, item, &past)[..], given].concat();
                head.recommender.dense(inputs) + head.recommender.product(vector, item)
            }
        }
    }

    /// Whether a user has training ratings in a domain.
    pub fn rated(&self, domain: usize, user: UserId) -> bool {
        self.domains[domain].biases.user_counts[user.index()] > 0
    }

    /// How a user of a domain is known there.
    pub fn person(&self, domain: usize, user: UserId) -> Person {
        if self.rated(domain, user) {
            return Person::Own;
        }
        match self.mapped_embedding(domain, user) {
            Some(vector) => Person::ThroughMap(vector),
            None if self.domains[domain].serves_cold_users => Person::Own,
            None => Person::Unknown,
        }
    }

    /// Ratings of items by one user on the unit scale, in [0, 1].
    pub fn predict_items(&self, domain: usize, user: UserId, items: &[ItemId]) -> Vec<f32> {
        let mut predictions = Vec::with_capacity(items.len());
        Predictor::new(self, domain).predict(user, items, &mut predictions);
        predictions
    }

    /// The way along links from one domain to another with the fewest of them, as the domains on it, both ends included;
    /// of equally short ways the one whose links come first. `None` where none leads there. Its maps, one after the other,
    /// are the paper's X_jk = X_j(j+1) … X_(k−1)k (4.3).
    pub fn walk(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let links: Vec<(usize, usize)> = self.links.iter().map(|link| (link.a, link.b)).collect();
        shortest_way(self.domains.len(), &links, from, to)
    }

    /// The map of the link between two domains, from the first to the second.
    pub fn map(&self, from: usize, to: usize) -> Option<Mapping> {
        let link = self.links.iter().find(|l| (l.a, l.b) == (from, to) || (l.a, l.b) == (to, from))?;
        Some(if link.a == from { link.mapping.clone() } else { link.mapping.reversed() })
    }

    /// The maps along a way of linked domains as one; `None` where two on it are not linked, or it has no two.
    pub fn map_along(&self, way: &[usize]) -> Option<Mapping> {
        maps_along(way, |from, to| self.map(from, to))
    }

    /// A user of `from` with training ratings as a cold-start user of `to`, along the shortest way of links.
    pub fn cold_start_user(&self, from: usize, user: UserId, to: usize) -> Option<ColdStartUser> {
        if !self.rated(from, user) || from == to {
            return None;
        }
        let start = ColdStartUser {
            vector: self.user_embedding(from, user).to_vec(),
            prior: self.domains[from].biases.users[user.index()],
            other_bias: 0.0,
        };
        self.led_along(&self.walk(from, to)?, start)
    }

    /// Somebody at the beginning of a way, with vector and bias there, as they come to its end; `None` where two on it are not
    /// linked.
    pub(super) fn led_along(&self, way: &[usize], start: ColdStartUser) -> Option<ColdStartUser> {
        let mut cold_start_user = start;
        for ends in way.windows(2) {
            // What is expected of the person in one domain is all that the next one hears of them.
            let other_bias = cold_start_user.prior;
            cold_start_user = ColdStartUser {
                vector: self.map(ends[0], ends[1])?.to_b(&cold_start_user.vector),
                prior: self.domains[ends[1]].biases.bias_transfer * other_bias,
                other_bias,
            };
        }
        Some(cold_start_user)
    }

    /// What a predictor of the domain expects of items for somebody.
    fn outlook_by(
        &self,
        predictor: &mut Predictor,
        known: Known,
        domain: usize,
        items: &[ItemId],
    ) -> Option<Outlook> {
        let mut ratings = Vec::with_capacity(items.len());
        if known.domain != domain {
            let cold_start_user = self.cold_start_user(known.domain, known.user, domain)?;
            predictor.predict_for_cold_start_user(&cold_start_user, items, &mut ratings);
            return Some(Outlook { ratings, chances: None, way: self.walk(known.domain, domain)? });
        }
        predictor.predict(known.user, items, &mut ratings);
        let from = if self.rated(domain, known.user) { None } else { self.mapped_from(domain, known.user) };
        let way = from.map_or_else(Vec::new, |(from, _)| vec![from, domain]);
        Some(Outlook { ratings, chances: None, way })
    }

    /// Ratings of items by a cold-start user on the unit scale, in [0, 1].
    pub fn predict_for_cold_start_user(
        &self,
        domain: usize,
        cold_start_user: &ColdStartUser,
        items: &[ItemId],
    ) -> Vec<f32> {
        let mut predictions = Vec::with_capacity(items.len());
        Predictor::new(self, domain).predict_for_cold_start_user(cold_start_user, items, &mut predictions);
        predictions
    }

    /// Ratings of (user, item) rows on the unit scale, in [0, 1].
    pub fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        let mut predictions = Vec::with_capacity(users.len());
        // With more rows than items it pays to work out first what the network makes of each item.
        let mut predictor = match users.len() >= self.domains[domain].biases.items.len() {
            true => Predictor::for_many(self, domain),
            false => Predictor::new(self, domain),
        };
        let mut start = 0;
        // Rows come sorted by user, so that what holds for a user is worked out once.
        for group in users.chunk_by(|u, v| u == v) {
            predictor.predict(group[0], &items[start..start + group.len()], &mut predictions);
            start += group.len();
        }
        predictions
    }
}

impl Recommender for Dml {
    fn predict(&self, domain: usize, users: &[UserId], items: &[ItemId]) -> Vec<f32> {
        Self::predict(self, domain, users, items)
    }

    fn outlook(&self, known: Known, domain: usize, items: &[ItemId]) -> Option<Outlook> {
        self.outlook_by(&mut Predictor::new(self, domain), known, domain, items)
    }

    fn outlooks(&self, domain: usize) -> Outlooks<'_> {
        let mut predictor = Predictor::for_many(self, domain);
        Box::new(move |known, items| self.outlook_by(&mut predictor, known, domain, items))
    }

    fn vectors(&self) -> Result<Option<Box<dyn UserVectors + '_>>> {
        Ok(Some(Box::new(self)))
    }

    fn fold_in<'m>(
        &'m self,
        profile: &'m Profile,
        settings: Option<&ValidConfig>,
    ) -> Option<Box<dyn FoldedIn + 'm>> {
        Some(Box::new(self.folded_in(profile, settings)?))
    }

    fn saved(&self) -> Result<Saved> {
        self.parts()
    }

    fn write_whole(&self, state: &mut StateWriter) -> Result<()> {
        self.put_whole(state)
    }

    /// How much of the prediction through the map is in that of a warm linked user.
    fn with_choices_of(&self, measured: &dyn Recommender) -> Option<Arc<dyn Recommender>> {
        let measured = (measured as &dyn Any).downcast_ref::<Self>()?;
        Some(Arc::new(self.with_mixes_of(measured)))
    }
}

impl UserVectors for &Dml {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn of_domain(&self, domain: usize) -> &[f32] {
        &self.domains[domain].user_embeddings
    }

    fn is_rated(&self, domain: usize, user: UserId) -> bool {
        self.rated(domain, user)
    }

    fn of(&self, known: Known, domain: usize) -> Option<Vec<f32>> {
        let Known { domain: from, user } = known;
        if from != domain {
            return Some(self.cold_start_user(from, user, domain)?.vector);
        }
        match self.person(domain, user) {
            Person::ThroughMap(vector) => Some(vector),
            Person::Own | Person::Unknown => Some(self.user_embedding(domain, user).to_vec()),
        }
    }
}
