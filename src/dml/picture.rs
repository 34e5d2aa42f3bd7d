//! What the picture of a model is made of: people as points in each domain, and the maps between those spaces. The page
//! draws it by way of [`crate::projection`]; both dual metric learning and the Bayesian model can give it.

use super::mapping::Mapping;
use super::model::Dml;
use crate::data::UserId;

/// People as points, and the maps between the spaces of domains.
pub trait Picture {
    /// k.
    fn dimension(&self) -> usize;

    /// How many domains there are.
    fn domains(&self) -> usize;

    /// The points of a domain's users, `[users, k]`, row-major.
    fn points(&self, domain: usize) -> &[f32];

    /// The domains on the shortest way of maps from one to another, both ends included; `None` where none leads there.
    fn walk(&self, from: usize, to: usize) -> Option<Vec<usize>>;

    /// The maps along a way as one; `None` where there is none between two on it, or it has no two.
    fn map_along(&self, way: &[usize]) -> Option<Mapping>;

    /// The vectors of a domain's items in the space of its users, `[items, k]`, row-major: the further somebody lies in the
    /// direction of one, the higher they are expected to rate that item. `None` where the model has no such.
    fn items(&self, domain: usize) -> Option<Vec<f32>> {
        let _ = domain;
        None
    }

    /// Vectors whose outer products add up to the covariance of a user's point, `[n, k]`, row-major; none where the model
    /// knows of no uncertainty.
    fn spread(&self, domain: usize, user: UserId) -> Vec<f32> {
        let _ = (domain, user);
        Vec::new()
    }
}

impl Picture for &Dml {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn domains(&self) -> usize {
        self.domains.len()
    }

    fn points(&self, domain: usize) -> &[f32] {
        &self.domains[domain].user_embeddings
    }

    fn walk(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        Dml::walk(self, from, to)
    }

    fn map_along(&self, way: &[usize]) -> Option<Mapping> {
        Dml::map_along(self, way)
    }

    /// Where ⟨u, v⟩ is a part of the prediction; else the two spaces have nothing to do with each other.
    fn items(&self, domain: usize) -> Option<Vec<f32>> {
        let domain = &self.domains[domain];
        domain.recommender.dot.then(|| domain.item_embeddings.clone())
    }
}

/// The way over links from one domain to another with the fewest of them, as the domains on it, both ends included; of
/// equally short ways the one whose links come first. `None` where none leads there.
pub(super) fn shortest_way(
    domains: usize,
    links: &[(usize, usize)],
    from: usize,
    to: usize,
) -> Option<Vec<usize>> {
    let mut came_from = vec![None; domains];
    let mut reached = std::collections::VecDeque::from([from]);
    while let Some(d) = reached.pop_front() {
        if d == to {
            let mut way = vec![to];
            while let Some(before) = way.last().and_then(|&d| came_from[d]) {
                way.push(before);
            }
            way.reverse();
            return Some(way);
        }
        for &(a, b) in links {
            let next = match d {
                _ if d == a => b,
                _ if d == b => a,
                _ => continue,
            };
            if next != from && came_from[next].is_none() {
                came_from[next] = Some(d);
                reached.push_back(next);
            }
        }
    }
    None
}

/// The maps between neighbours on a way, one after the other.
pub(super) fn maps_along(way: &[usize], map: impl Fn(usize, usize) -> Option<Mapping>) -> Option<Mapping> {
    let mut maps = way.windows(2).map(|ends| map(ends[0], ends[1]));
    let first = maps.next()??;
    maps.try_fold(first, |so_far, next| Some(so_far.then(&next?)))
}
