//! People as vectors, where a model has them: what near people are found by, and what is exported.

use super::Known;
use crate::data::UserId;

/// People as vectors, by domain.
pub trait UserVectors {
    /// Numbers of a vector.
    fn dimension(&self) -> usize;

    /// Those of a domain's users in that domain's space, `[users, dimension]`, row-major.
    fn of_domain(&self, domain: usize) -> &[f32];

    /// Whether ratings in the domain itself say where a user of it lies.
    fn is_rated(&self, domain: usize, user: UserId) -> bool;

    /// The vector of somebody in the space of a domain: their own where they are rated there, else what becomes there of
    /// the one that they have elsewhere; `None` where no map leads there or nothing is known of them.
    fn of(&self, known: Known, domain: usize) -> Option<Vec<f32>>;

    /// The vector of a domain's user in that domain's space.
    fn of_user(&self, domain: usize, user: UserId) -> &[f32] {
        let k = self.dimension();
        &self.of_domain(domain)[user.index() * k..][..k]
    }
}
