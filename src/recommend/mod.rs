//! Recommendations from a trained model of any kind: top-n unseen items in the own domain and, where the model has something
//! to say to them there, in a domain where the person has never been; and of a model that has people as vectors the people
//! nearest to them (paper 3.2: nearest neighbours in the shared space).

mod company;
mod group;
mod lists;
#[cfg(test)]
mod tests;
mod top;
mod visitor;
mod why;

use serde::Serialize;

use crate::data::{Domain, ItemId, UserId};
use crate::error::Result;
use crate::recommender::{Known, Trained};
use company::{Asked, nearest, nearest_of_all};
pub use company::{Companion, Neighbour};
pub use group::{Group, GroupDomain, GroupItem, group, people_of};
pub use lists::{ListOrder, TopLists};
pub use visitor::{GivenRating, OfferedItem, VisitorAdvice, for_visitor, offered, profile};
pub use why::{Because, MOST_REASONS, Reason, Search, Why, profile_of, why};

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
    /// What the table of items says of it: its categories and tags, in the order of the fields. Nothing where the model was read
    /// from a file, which keeps titles alone.
    pub about: Vec<String>,
}

impl RatedItem {
    /// An item with a number alone.
    fn new(domain: &Domain, item: ItemId, rating: f32) -> Self {
        let title = domain.item_title(item).to_string();
        let about =
            (domain.item_features.iter()).flat_map(|features| features.labels(item.0)).map(String::from);
        Self { item, title, rating, likely: None, chance: None, about: about.collect() }
    }
}

/// Advice to a person in one domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DomainAdvice {
    /// User number here; `None` for a person who is not in this domain's file.
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    pub user: Option<UserId>,
    /// Whether predictions come from another domain, through a map where the model has one: nothing was rated here.
    pub via_map: bool,
    /// The domains that lead here from where they are known, both ends included; empty for people who are known here.
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
///
/// # Errors
/// When a vector of the model is not finite.
pub fn for_id(trained: &Trained, id: &str, n: usize) -> Result<Option<Advice>> {
    find_id(trained, id).map(|(d, user)| for_user(trained, d, user, n)).transpose()
}

/// The first domain in which an id is known, and whose it is there.
pub fn find_id(trained: &Trained, id: &str) -> Option<(usize, UserId)> {
    let mut domains = trained.world.domains.iter().enumerate();
    domains.find_map(|(d, domain)| Some((d, domain.users.get(id)?)))
}

/// Advice to a user of a domain.
///
/// # Errors
/// When a vector of the model is not finite.
///
/// # Examples
/// The model may be one that was written before, as in [`model_file`](crate::model_file).
/// ```
/// use dual_metric::data::UserId;
/// use dual_metric::error::Result;
/// use dual_metric::recommend::{Advice, for_user};
/// use dual_metric::recommender::Trained;
///
/// /// Films for a reader.
/// fn films_for(trained: &Trained, reader: UserId) -> Result<Vec<String>> {
///     let advice: Advice = for_user(trained, 0, reader, 10)?;
///     Ok(advice.domains[1].next.iter().map(|film| format!("{:.1}  {}", film.rating, film.title)).collect())
/// }
/// # use std::sync::Arc;
/// # use dual_metric::{data::sample, engine::Device, lab::{Study, TransferStudy}, settings::Config};
/// # let config = Config { epochs: 1, train_on_everything: false, ..Config::robust() }.check()?;
/// # let world = Arc::new(sample(1).world);
/// # let study = pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, Vec::new()))?;
/// # assert_eq!(films_for(&study.kept(), UserId(0))?.len(), 10);
/// # Ok::<(), dual_metric::error::Error>(())
/// ```
pub fn for_user(trained: &Trained, domain: usize, user: UserId, n: usize) -> Result<Advice> {
    sorted_for_user(trained, domain, user, n, ListOrder::default())
}

/// The same in another order.
///
/// # Errors
/// When a vector of the model is not finite.
pub fn sorted_for_user(
    trained: &Trained,
    domain: usize,
    user: UserId,
    n: usize,
    order: ListOrder,
) -> Result<Advice> {
    let world = &trained.world;
    let asked =
        Asked { person: world.people.person(domain, user), name: world.domains[domain].user_title(user) };
    let mut domains = TopLists::new(trained).sorted_by(order).of_user(domain, user, n);
    for (d, advice) in domains.iter_mut().enumerate() {
        advice.rated = advice.user.map_or_else(Vec::new, |here| favourites(&world.domains[d], here, RATED));
    }
    let mut of_all = Vec::new();
    if let Some(vectors) = trained.model.vectors()? {
        for (d, advice) in domains.iter_mut().enumerate() {
            // Known here, or where the way here begins.
            let from = advice.user.map_or(advice.way.first().copied(), |_| Some(d));
            let known = from
                .and_then(|from| Some(Known { domain: from, user: world.people.user(from, asked.person)? }));
            if let Some(vector) = known.and_then(|known| vectors.of(known, d)) {
                advice.nearest = nearest(world, &*vectors, d, &vector, &asked);
            }
        }
        of_all = nearest_of_all(world, domains.iter().map(|advice| &advice.nearest[..]));
    }
    Ok(Advice { label: asked.name.to_string(), domains, nearest: of_all })
}

/// What a user rated highest, `n` items at the most; of equal ratings the item of the lowest number first.
pub fn favourites(domain: &Domain, user: UserId, n: usize) -> Vec<RatedItem> {
    let (items, values) = domain.ratings.row(user);
    let mut rated: Vec<(ItemId, f32)> = items.iter().copied().zip(values.iter().copied()).collect();
    rated.sort_by(|a, b| b.1.total_cmp(&a.1));
    rated.into_iter().take(n).map(|(item, rating)| RatedItem::new(domain, item, rating)).collect()
}
