//! The people nearest to a person (paper 3.2), each of them once, where a model has people as vectors. X keeps distances,
//! so that those of two domains can be compared.

use serde::Serialize;

use crate::data::{PersonId, UserId, World};
use crate::recommender::UserVectors;

/// Near people that are shown.
const NEAREST: usize = 5;

/// A near person.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Neighbour {
    /// User number.
    #[cfg_attr(test, ts(as = "u32"))]
    pub user: UserId,
    /// Title, or id.
    pub label: String,
    /// Euclidean distance in the domain's space.
    pub distance: f32,
}

/// A near person in one of several domains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Companion {
    /// The domain that they are near in, the nearest where there are several.
    pub domain: usize,
    /// Who they are there.
    pub neighbour: Neighbour,
}

/// The person who is asked about and is never among their own neighbours.
pub(super) struct Asked<'w> {
    pub(super) person: PersonId,
    /// Title, or id.
    pub(super) name: &'w str,
}

/// The people of a domain with training ratings who are nearest to a vector in its space, no name twice.
pub(super) fn nearest(
    world: &World,
    vectors: &dyn UserVectors,
    d: usize,
    vector: &[f32],
    asked: &Asked,
) -> Vec<Neighbour> {
    let domain = &world.domains[d];
    let here = world.people.user(d, asked.person);
    let mut nearest = Nearest::default();
    for user in domain.users.all() {
        if Some(user) == here || !vectors.is_rated(d, user) {
            continue;
        }
        let other = vectors.of_user(d, user);
        let square: f32 = vector.iter().zip(other).map(|(x, y)| (x - y) * (x - y)).sum();
        let name = domain.user_title(user);
        if nearest.has_room(square) && name != asked.name {
            nearest.add(square, user, |&known| domain.user_title(known) == name);
        }
    }
    let neighbour = |(square, user): (f32, UserId)| Neighbour {
        user,
        label: domain.user_title(user).to_string(),
        distance: square.sqrt(),
    };
    nearest.list.into_iter().map(neighbour).collect()
}

/// The nearest of all domains' lists. Who is in several of them, by person or by name, is listed where they are nearest.
pub(super) fn nearest_of_all<'l>(
    world: &World,
    lists: impl Iterator<Item = &'l [Neighbour]>,
) -> Vec<Companion> {
    let person = |d: usize, user: UserId| world.people.person(d, user);
    let mut nearest = Nearest::default();
    for (d, list) in lists.enumerate() {
        for neighbour in list {
            let is_same = |&(other, known): &(usize, &Neighbour)| {
                known.label == neighbour.label || person(other, known.user) == person(d, neighbour.user)
            };
            if nearest.has_room(neighbour.distance) {
                nearest.add(neighbour.distance, (d, neighbour), is_same);
            }
        }
    }
    let companion = |(_, (domain, neighbour)): (f32, (usize, &Neighbour))| Companion {
        domain,
        neighbour: neighbour.clone(),
    };
    nearest.list.into_iter().map(companion).collect()
}

/// The nearest so far, the nearest first; of equal distances the one that was added first.
struct Nearest<T> {
    list: Vec<(f32, T)>,
}

impl<T> Default for Nearest<T> {
    fn default() -> Self {
        Self { list: Vec::with_capacity(NEAREST + 1) }
    }
}

impl<T> Nearest<T> {
    /// Whether something at this distance would be kept.
    fn has_room(&self, distance: f32) -> bool {
        self.list.len() < NEAREST || self.list.last().is_some_and(|last| distance < last.0)
    }

    /// Adds somebody in the place of who `is_same`, unless they are there already and as near.
    fn add(&mut self, distance: f32, somebody: T, is_same: impl Fn(&T) -> bool) {
        if self.list.iter().any(|(known, other)| *known <= distance && is_same(other)) {
            return;
        }
        self.list.retain(|(_, other)| !is_same(other));
        let place = self.list.partition_point(|(known, _)| *known <= distance);
        self.list.insert(place, (distance, somebody));
        self.list.truncate(NEAREST);
    }
}
