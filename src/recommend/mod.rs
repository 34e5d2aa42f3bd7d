//! Recommendations from a trained model: top-n unseen items in the own domain and, through the map, in a domain where
//! the person has never been; and the people nearest to them there (paper 3.2: nearest neighbours in the shared
//! space). From a model without a map, what its predictions alone give ([`PredictedLists`]).

mod company;
mod list;
mod predicted;
#[cfg(test)]
mod tests;
mod top;

use serde::Serialize;

use crate::data::{Domain, ItemId, UserId, World};
use crate::dml::{Dml, Person};
use company::{Asked, nearest, nearest_of_all};
pub use company::{Companion, Neighbour};
pub use list::TopLists;
use list::{ListMaker, entering};
pub use predicted::{ListOrder, PredictedLists};

/// Rated items that are shown of a person.
const RATED: usize = 8;

/// An item and a rating of it on the original scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RatedItem {
    /// Item number.
    #[cfg_attr(test, ts(as = "u32"))]
    pub item: ItemId,
    /// Title, or id.
    pub title: String,
    /// Given or predicted rating.
    pub rating: f32,
    /// Where the rating lies with four chances in five; `None` of given ratings, and of models that predict a number alone.
    pub likely: Option<[f32; 2]>,
    /// The chance of [`DomainAdvice::high`] or more, 0 to 1; `None` in the same cases.
    pub chance: Option<f32>,
}

impl RatedItem {
    /// An item with a number alone.
    fn new(domain: &Domain, item: ItemId, rating: f32) -> Self {
        Self { item, title: domain.item_title(item).to_string(), rating, likely: None, chance: None }
    }
}

/// Advice to a person in one domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainAdvice {
    /// User number here; `None` for a person who is not in this domain's file.
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    pub user: Option<UserId>,
    /// Whether predictions come through the map from the other domain.
    pub via_map: bool,
    /// The domains that the map leads through, both ends included; empty for people who are known here.
    pub way: Vec<usize>,
    /// A high rating here, three quarters up the scale or the next above, that chances are of; `None` without chances.
    pub high: Option<f32>,
    /// What they rated highest.
    pub rated: Vec<RatedItem>,
    /// Top-n unseen items with predictions.
    pub next: Vec<RatedItem>,
    /// People of this domain who are nearest, without the person asked about.
    pub nearest: Vec<Neighbour>,
}

/// Advice to a person in all domains.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Advice {
    /// Name of the person.
    pub label: String,
    /// By domain.
    pub domains: Vec<DomainAdvice>,
    /// The nearest people of all domains, each of them once.
    pub nearest: Vec<Companion>,
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
///
/// # Examples
/// The model is one that was written before, as in [`model_file`](crate::model_file).
/// ```
/// use dual_metric::data::{UserId, World};
/// use dual_metric::dml::Dml;
/// use dual_metric::recommend::{Advice, for_user};
///
/// /// Films for a reader.
/// fn films_for(world: &World, model: &Dml, reader: UserId) -> Vec<String> {
///     let advice: Advice = for_user(world, model, 0, reader, 10);
///     advice.domains[1].next.iter().map(|film| format!("{:.1}  {}", film.rating, film.title)).collect()
/// }
/// # use std::sync::Arc;
/// # use dual_metric::{data::sample, engine::Device, lab::{Study, TransferStudy}, settings::Config};
/// # let config = Config { epochs: 1, train_on_everything: false, ..Config::robust() }.check()?;
/// # let world = Arc::new(sample(1).world);
/// # let study = pollster::block_on(Study::new(world.clone(), config, Device::cpu(), TransferStudy::LeftOut, Vec::new()))?;
/// # assert_eq!(study.dml().map(|model| films_for(&world, model, UserId(0)).len()), Some(10));
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn for_user(world: &World, model: &Dml, domain: usize, user: UserId, n: usize) -> Advice {
    let asked =
        Asked { person: world.people.person(domain, user), name: world.domains[domain].user_title(user) };
    let domains: Vec<DomainAdvice> = (0..world.domains.len())
        .map(|d| match world.people.across(domain, user, d) {
            Some(here) => known_here(world, model, d, here, &asked, n),
            None => through_links(world, model, (domain, user), d, &asked, n),
        })
        .collect();
    let nearest = nearest_of_all(world, domains.iter().map(|advice| &advice.nearest[..]));
    Advice { label: asked.name.to_string(), domains, nearest }
}

/// The top-n of a user in every domain, without the company. For the lists of many users, [`TopLists`].
pub fn top_for_user(world: &World, model: &Dml, domain: usize, user: UserId, n: usize) -> Vec<DomainAdvice> {
    TopLists::new(world, model).of_user(domain, user, n)
}

/// What a user rated highest.
fn rated(domain: &Domain, user: UserId) -> Vec<RatedItem> {
    let (items, values) = domain.ratings.row(user);
    let mut rated: Vec<RatedItem> =
        (items.iter().zip(values)).map(|(&item, &rating)| RatedItem::new(domain, item, rating)).collect();
    rated.sort_by(|a, b| b.rating.total_cmp(&a.rating));
    rated.truncate(RATED);
    rated
}

/// Advice in a domain whose file has the person.
fn known_here(world: &World, model: &Dml, d: usize, user: UserId, asked: &Asked, n: usize) -> DomainAdvice {
    let domain = &world.domains[d];
    let (next, person) = ListMaker::new(world, model, d).unseen(user, n);
    let vector = match &person {
        Person::Own | Person::Unknown => model.user_embedding(d, user),
        Person::ThroughMap(vector) => vector,
    };
    DomainAdvice {
        user: Some(user),
        via_map: matches!(person, Person::ThroughMap(_)),
        rated: rated(domain, user),
        next,
        nearest: nearest(world, model, d, vector, asked),
        ..DomainAdvice::default()
    }
}

/// Advice in a domain that the person has never been in: their vector goes through the map, and nothing else is
/// known of them here.
fn through_links(
    world: &World,
    model: &Dml,
    known_as: (usize, UserId),
    d: usize,
    asked: &Asked,
    n: usize,
) -> DomainAdvice {
    let Some((cold_start_user, way)) = entering(world, model, known_as, d) else {
        return DomainAdvice::default();
    };
    let nearest = nearest(world, model, d, &cold_start_user.vector, asked);
    DomainAdvice { way, nearest, ..ListMaker::new(world, model, d).of_cold_start_user(&cold_start_user, n) }
}
