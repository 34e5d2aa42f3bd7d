//! Somebody who is in no file: they rate a few items and are folded in, with a list in every domain, reasons, and their vectors.
//! Nothing is trained, and nothing of theirs is added to the data.

use serde::{Deserialize, Serialize};

use super::company::{Asked, nearest, nearest_of_all};
use super::lists::{ListOrder, best};
use super::why::{Why, reasons};
use super::{Advice, DomainAdvice, RatedItem};
use crate::data::{Domain, ItemId, PersonId};
use crate::error::{Error, Result};
use crate::recommender::{Profile, ProfileRating, Trained};

/// What the lists call a visitor.
const NAME: &str = "you";

/// A rating that a visitor gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GivenRating {
    /// The domain of the item.
    pub domain: usize,
    /// Its number there.
    pub item: u32,
    /// On the domain's original scale.
    pub rating: f32,
}

/// What a visitor is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct VisitorAdvice {
    /// `None` where the model cannot fold anybody in.
    pub advice: Option<Advice>,
    /// The reasons for all that is recommended.
    pub why: Why,
}

/// An item that can be rated.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct OfferedItem {
    /// Its number in the domain.
    #[cfg_attr(test, ts(as = "u32"))]
    pub item: ItemId,
    /// Title, or id.
    pub title: String,
    /// Its categories.
    pub about: Vec<String>,
    /// How many have rated it.
    pub count: usize,
}

/// Items of a domain to rate: those whose title contains a text, or all; what many know and judge differently comes first, by the sum of
/// squared deviations of its ratings from their mean, which is what ratings of it can tell of people.
pub fn offered(domain: &Domain, text: &str, n: usize) -> Vec<OfferedItem> {
    let text = text.trim().to_lowercase();
    let items = domain.items.len();
    let counts = domain.ratings.counts_by_item();
    let (mut sums, mut squares) = (vec![0.0_f64; items], vec![0.0_f64; items]);
    for rating in domain.ratings.iter() {
        let value = f64::from(domain.scale.to_unit(rating.value));
        sums[rating.item.index()] += value;
        squares[rating.item.index()] += value * value;
    }
    let spread = |item: &ItemId| {
        let (n, sum) = (counts[item.index()].max(1) as f64, sums[item.index()]);
        squares[item.index()] - sum * sum / n
    };
    let mut found: Vec<ItemId> = (domain.items.all())
        .filter(|&item| text.is_empty() || domain.item_title(item).to_lowercase().contains(&text))
        .collect();
    found.sort_by(|x, y| spread(y).total_cmp(&spread(x)));
    let offer = |item: ItemId| {
        let RatedItem { title, about, .. } = RatedItem::new(domain, item, 0.0);
        OfferedItem { item, title, about, count: counts[item.index()] }
    };
    found.into_iter().take(n).map(offer).collect()
}

/// A visitor's ratings as a profile.
///
/// # Errors
/// When an item is not there or a rating is off its scale; an item that is rated twice.
pub fn profile(trained: &Trained, given: &[GivenRating]) -> Result<Profile> {
    let world = &trained.world;
    let mut ratings: Vec<ProfileRating> = Vec::new();
    for &GivenRating { domain: d, item, rating } in given {
        let domain = world.domains.get(d).filter(|domain| (item as usize) < domain.items.len());
        let domain = domain.ok_or_else(|| Error::Unknown {
            kind: "item",
            id: item.to_string(),
            place: format!("domain {d}"),
        })?;
        let item = ItemId(item);
        if !domain.scale.contains(rating) {
            return Err(Error::data(
                format!("{rating} is no rating of {}", domain.item_title(item)),
                format!("Rate from {} to {}", domain.scale.lo, domain.scale.hi),
            ));
        }
        if ratings.iter().any(|known| (known.domain, known.item) == (d, item)) {
            return Err(Error::data(
                format!("{} is rated twice", domain.item_title(item)),
                "Take one of the two ratings out",
            ));
        }
        // What was held out may lie a little beyond the scale of the training.
        let rating = trained.scales[d].to_unit(rating).clamp(0.0, 1.0);
        ratings.push(ProfileRating { domain: d, item, rating });
    }
    Ok(Profile { ratings, users: vec![None; world.domains.len()] })
}

/// Lists of n items a domain for a visitor, with the reasons, without retraining.
///
/// # Errors
/// As [`profile`], and when a vector of the model is not finite.
pub fn for_visitor(
    trained: &Trained,
    given: &[GivenRating],
    n: usize,
    order: ListOrder,
) -> Result<VisitorAdvice> {
    let world = &trained.world;
    let profile = profile(trained, given)?;
    let Some(person) = trained.model.fold_in(&profile, trained.settings.as_ref()) else {
        let silent = Some(format!("{} cannot take in somebody whom it was not trained on.", trained.name));
        return Ok(VisitorAdvice { advice: None, why: Why { domains: Vec::new(), silent } });
    };
    let mut domains: Vec<DomainAdvice> = (world.domains.iter().enumerate())
        .map(|(d, domain)| {
            let mut has_rated = vec![false; domain.items.len()];
            profile.of_domain(d, &[]).for_each(|(_, rating)| has_rated[rating.item.index()] = true);
            let items: Vec<ItemId> = domain.items.all().filter(|item| !has_rated[item.index()]).collect();
            let outlook = person.outlook(&[], d, &items);
            let listed = outlook.map(|outlook| best(domain, trained.scales[d], &items, &outlook, n, order));
            let mut rated: Vec<RatedItem> = (given.iter().filter(|given| given.domain == d))
                .map(|given| RatedItem::new(domain, ItemId(given.item), given.rating))
                .collect();
            rated.sort_by(|x, y| y.rating.total_cmp(&x.rating));
            DomainAdvice { rated, ..listed.unwrap_or_default() }
        })
        .collect();
    let mut of_all = Vec::new();
    if let Some(vectors) = trained.model.vectors()? {
        let asked = Asked { person: PersonId(u32::MAX), name: NAME };
        for (d, advice) in domains.iter_mut().enumerate() {
            if let Some(vector) = person.vector(d) {
                advice.nearest = nearest(world, &*vectors, d, &vector, &asked);
            }
        }
        of_all = nearest_of_all(world, domains.iter().map(|advice| &advice.nearest[..]));
    }
    let items: Vec<Vec<ItemId>> =
        domains.iter().map(|advice| advice.next.iter().map(|item| item.item).collect()).collect();
    let why = reasons(trained, &profile, &*person, &items);
    Ok(VisitorAdvice { advice: Some(Advice { label: NAME.into(), domains, nearest: of_all }), why })
}
