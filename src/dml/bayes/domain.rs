//! The state of one domain in a chain: scores and latent ratings by row, points of people and items, their priors.

use super::chance::Chance;
use super::levels::Levels;
use super::prior::Prior;
use super::rows::Observed;
use super::small::Point;

/// Deviation of vectors before the first sweep.
const START: f32 = 0.1;

/// One domain. Scores f = b_u + b_i + ⟨u, v⟩ have no mean term: the cutpoints take it.
#[derive(Debug)]
pub(super) struct Domain<const K: usize> {
    pub(super) observed: Observed,
    pub(super) levels: Levels,
    /// −∞, c₁, …, ∞: level j lies between places j and j + 1.
    pub(super) cutpoints: Vec<f32>,
    /// f of each row.
    pub(super) scores: Vec<f32>,
    /// z of each row.
    pub(super) latent: Vec<f32>,
    /// (b_u, u) by row of the table of people; users first, then those who stand between two domains.
    pub(super) people: Vec<Point<K>>,
    /// γ_u by user, the precision of their ratings.
    pub(super) noise: Vec<f32>,
    /// (b_i, v_i).
    pub(super) items: Vec<Point<K>>,
    pub(super) people_prior: Prior<K>,
    pub(super) items_prior: Prior<K>,
}

impl<const K: usize> Domain<K> {
    /// The state before the first sweep: small vectors, no biases, cutpoints where a standard normal would have them.
    pub(super) fn new(
        observed: Observed,
        levels: Levels,
        people: usize,
        people_prior: Prior<K>,
        items_prior: Prior<K>,
        chance: &mut Chance,
    ) -> Self {
        let users = observed.user_starts.len() - 1;
        let items = observed.item_starts.len() - 1;
        let mut points = |n: usize| -> Vec<Point<K>> {
            let mut drawn = vec![0.0; n * K];
            chance.normals(&mut drawn);
            let (rows, _) = drawn.as_chunks::<K>();
            rows.iter().map(|row| Point { bias: 0.0, vector: row.map(|x| START * x) }).collect()
        };
        let (people, items) = (points(people), points(items));
        let mut new = Self {
            cutpoints: super::cutpoints::starting(&levels),
            scores: vec![0.0; observed.len()],
            latent: vec![0.0; observed.len()],
            observed,
            levels,
            people,
            noise: vec![1.0; users],
            items,
            people_prior,
            items_prior,
        };
        new.score();
        new
    }

    /// f of all rows from the points as they stand.
    pub(super) fn score(&mut self) {
        for user in 0..self.noise.len() {
            let person = &self.people[user];
            for row in self.observed.of_user(user) {
                self.scores[row] = score(person, &self.items[self.observed.items[row] as usize]);
            }
        }
    }
}

/// f = b_u + b_i + ⟨u, v⟩.
#[inline(always)]
pub(super) fn score<const K: usize>(person: &Point<K>, item: &Point<K>) -> f32 {
    let mut products = [0.0; K];
    for i in 0..K {
        products[i] = person.vector[i] * item.vector[i];
    }
    person.bias + item.bias + products.iter().sum::<f32>()
}
