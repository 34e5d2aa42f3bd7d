//! Recommendations from a trained model: top-n unseen items in the own domain and, through the map, in a domain where
//! the person has never been; and the people nearest to them there (paper 3.2: nearest neighbours in the shared
//! space).

use serde::Serialize;

use crate::data::World;
use crate::model::{Dml, Person, Visitor};

/// Rated items that are shown of a person.
const RATED: usize = 8;
/// Near people that are shown.
const NEAREST: usize = 5;

/// An item and a rating of it on the original scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RatedItem {
    /// Item number.
    pub item: u32,
    /// Title, or id.
    pub title: String,
    /// Given or predicted rating.
    pub rating: f32,
}

/// A near person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// User number.
    pub user: u32,
    /// Title, or id.
    pub label: String,
    /// Euclidean distance in the domain's space.
    pub distance: f32,
}

/// Advice to a person in one domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct DomainAdvice {
    /// User number here; `None` for a person who is not in this domain's file.
    pub user: Option<u32>,
    /// Whether predictions come through the map from the other domain.
    pub via_map: bool,
    /// What they rated highest.
    pub rated: Vec<RatedItem>,
    /// Top-n unseen items with predictions.
    pub next: Vec<RatedItem>,
    /// People of this domain who are nearest.
    pub nearest: Vec<Neighbour>,
}

/// Advice to a person in all domains.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// Name of the person.
    pub label: String,
    /// By domain.
    pub domains: Vec<DomainAdvice>,
}

/// Advice to the person of an id, in whichever domain it is known; `None` if in none.
pub fn for_id(world: &World, model: &Dml, id: &str, n: usize) -> Option<Advice> {
    world
        .domains
        .iter()
        .enumerate()
        .find_map(|(d, domain)| Some(for_user(world, model, d, domain.users.get(id)?, n)))
}

/// Advice to a user of a domain.
pub fn for_user(world: &World, model: &Dml, domain: usize, user: u32, n: usize) -> Advice {
    let id = world.domains[domain].users.id(user);
    let domains = (0..world.domains.len())
        .map(|d| match world.domains[d].users.get(id) {
            Some(here) => known_here(world, model, d, here, n),
            None => through_link(world, model, domain, user, d, n),
        })
        .collect();
    Advice { label: world.domains[domain].user_title(user).to_string(), domains }
}

/// The top-n of a user in every domain, without the company: no rated items and no neighbours. For exports.
pub fn top_for_user(world: &World, model: &Dml, domain: usize, user: u32, n: usize) -> Vec<DomainAdvice> {
    let id = world.domains[domain].users.id(user);
    (0..world.domains.len())
        .map(|d| match world.domains[d].users.get(id) {
            Some(here) => {
                let (next, person) = unseen(world, model, d, here, n);
                DomainAdvice {
                    user: Some(here),
                    via_map: is_mapped(&person),
                    next,
                    ..DomainAdvice::default()
                }
            }
            None => match model.visitor(domain, user, d) {
                Some(visitor) => visit(world, model, d, &visitor, n),
                None => DomainAdvice::default(),
            },
        })
        .collect()
}

/// Top-n of what a user of a domain has not rated, and how the user is known there.
fn unseen(world: &World, model: &Dml, d: usize, user: u32, n: usize) -> (Vec<RatedItem>, Person) {
    let domain = &world.domains[d];
    let mut unseen = vec![true; domain.items.len()];
    domain.ratings.of_user(user).for_each(|p| unseen[domain.ratings.at(p).item as usize] = false);
    let items: Vec<u32> = (0..domain.items.len() as u32).filter(|&i| unseen[i as usize]).collect();
    let predictions = model.predict_items(d, user, &items);
    (top(world, d, &items, &predictions, n), model.person(d, user))
}

fn is_mapped(person: &Person) -> bool {
    matches!(person, Person::ThroughMap(_))
}

/// Advice in a domain whose file has the person.
fn known_here(world: &World, model: &Dml, d: usize, user: u32, n: usize) -> DomainAdvice {
    let domain = &world.domains[d];
    let mut rated: Vec<RatedItem> = domain
        .ratings
        .of_user(user)
        .map(|position| domain.ratings.at(position))
        .map(|r| RatedItem { item: r.item, title: domain.item_title(r.item).to_string(), rating: r.value })
        .collect();
    rated.sort_by(|a, b| b.rating.total_cmp(&a.rating));
    rated.truncate(RATED);
    let (next, person) = unseen(world, model, d, user, n);
    let vector = match &person {
        Person::Own | Person::Stranger => model.user_embedding(d, user),
        Person::ThroughMap(vector) => vector,
    };
    DomainAdvice {
        user: Some(user),
        via_map: is_mapped(&person),
        rated,
        next,
        nearest: nearest(world, model, d, vector, Some(user)),
    }
}

/// Advice in a domain that the person has never been in: their vector goes through the map, and nothing else is
/// known of them here.
fn through_link(world: &World, model: &Dml, from: usize, user: u32, d: usize, n: usize) -> DomainAdvice {
    let Some(visitor) = model.visitor(from, user, d) else { return DomainAdvice::default() };
    let nearest = nearest(world, model, d, &visitor.vector, None);
    DomainAdvice { nearest, ..visit(world, model, d, &visitor, n) }
}

fn visit(world: &World, model: &Dml, d: usize, visitor: &Visitor, n: usize) -> DomainAdvice {
    let items: Vec<u32> = (0..world.domains[d].items.len() as u32).collect();
    let predictions = model.predict_for_visitor(d, visitor, &items);
    DomainAdvice { via_map: true, next: top(world, d, &items, &predictions, n), ..DomainAdvice::default() }
}

/// The n highest predictions, on the original scale.
fn top(world: &World, d: usize, items: &[u32], predictions: &[f32], n: usize) -> Vec<RatedItem> {
    let domain = &world.domains[d];
    let mut order: Vec<usize> = (0..items.len()).collect();
    // Equal predictions stay in the order of the items, so that the list is the same every time.
    order.sort_by(|&i, &j| predictions[j].total_cmp(&predictions[i]));
    order
        .into_iter()
        .take(n)
        .map(|i| RatedItem {
            item: items[i],
            title: domain.item_title(items[i]).to_string(),
            rating: domain.scale.from_unit(predictions[i]),
        })
        .collect()
}

/// The people of a domain with training ratings who are nearest to a vector in its space.
fn nearest(world: &World, model: &Dml, d: usize, vector: &[f32], except: Option<u32>) -> Vec<Neighbour> {
    let domain = &world.domains[d];
    let mut near: Vec<(u32, f32)> = (0..domain.users.len() as u32)
        .filter(|&user| Some(user) != except && model.rated(d, user))
        .map(|user| {
            let other = model.user_embedding(d, user);
            (user, vector.iter().zip(other).map(|(x, y)| (x - y) * (x - y)).sum::<f32>().sqrt())
        })
        .collect();
    near.sort_by(|a, b| a.1.total_cmp(&b.1));
    near.into_iter()
        .take(NEAREST)
        .map(|(user, distance)| Neighbour { user, label: domain.user_title(user).to_string(), distance })
        .collect()
}
