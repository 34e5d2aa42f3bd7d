//! Items on the map: in the direction of the people who like them.

use std::cmp::Reverse;

use serde::Serialize;

use super::Typed;
use crate::data::ItemId;
use crate::dml::Picture;
use crate::error::Result;
use crate::lab::Study;
use crate::projection::Cloud;

/// Items in the cloud of a domain, in the direction of people who like them; as far out in all as people are.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ItemCloud {
    /// Their numbers: of many those with the most ratings.
    #[cfg_attr(test, ts(type = "Uint32Array"))]
    pub(super) items: Typed<u32>,
    /// As users of the cloud, \[items, width\].
    #[cfg_attr(test, ts(type = "Float32Array"))]
    pub(super) points: Typed<f32>,
}

/// An item that is pointed at.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(in crate::web) struct ItemView {
    pub(super) title: String,
    pub(super) about: Vec<String>,
    /// How many have rated it.
    pub(super) ratings: usize,
    /// By domain, the users whose taste says most for it.
    pub(super) liked_by: Vec<Vec<u32>>,
}

/// Items of all domains that are drawn at the most.
const MOST_ITEMS: usize = 2000;
/// Users a domain who are told of an item.
pub(super) const LIKED_BY: usize = 12;

/// A domain's items in the space of its users, `[items, k]`; `None` where the model has them in none, or in another.
pub(super) fn item_vectors(study: &Study, picture: &dyn Picture, domain: usize) -> Option<Vec<f32>> {
    // Codes of people and of items are made by encoders that know nothing of each other.
    let are_codes = study.dml().is_some() && study.config().has_codes();
    picture.items(domain).filter(|_| !are_codes)
}

pub(super) fn item_clouds(study: &Study, picture: &dyn Picture, clouds: &[Cloud]) -> Vec<ItemCloud> {
    let (k, domains) = (picture.dimension(), &study.world().domains);
    let length = |rows: &[f32]| {
        let squares = rows.iter().map(|x| f64::from(x * x)).sum::<f64>();
        (squares / (rows.len() / k).max(1) as f64).sqrt() as f32
    };
    let cloud = |(d, cloud): (usize, &Cloud)| {
        let vectors = item_vectors(study, picture, d)?;
        let counts = domains[d].ratings.counts_by_item();
        let mut items: Vec<u32> =
            (0..counts.len() as u32).filter(|&item| counts[item as usize] > 0).collect();
        items.sort_by_key(|&item| Reverse(counts[item as usize]));
        items.truncate(MOST_ITEMS / clouds.len().max(1));
        let chosen: Vec<f32> =
            (items.iter()).flat_map(|&item| &vectors[item as usize * k..][..k]).copied().collect();
        // Directions count; lengths are on a scale of their own.
        let scale = length(picture.points(d)) / length(&chosen).max(f32::MIN_POSITIVE);
        let scaled: Vec<f32> = chosen.iter().map(|x| x * scale).collect();
        Some(ItemCloud { items: Typed(items), points: Typed(cloud.coordinates(&scaled)) })
    };
    clouds.iter().enumerate().map(cloud).collect::<Option<_>>().unwrap_or_default()
}

impl ItemView {
    /// An item of a domain; `None` where there is none, or the model has no items in the space of people.
    ///
    /// # Errors
    /// When a vector is not finite.
    pub(in crate::web) fn new(study: &Study, domain: usize, item: u32) -> Result<Option<Self>> {
        let Some(picture) = study.picture()? else { return Ok(None) };
        let (k, world) = (picture.dimension(), study.world());
        let vectors = world.domains.get(domain).and_then(|_| item_vectors(study, &*picture, domain));
        let own = vectors.as_ref().and_then(|vectors| vectors.get(item as usize * k..)?.get(..k));
        let Some(own) = own else { return Ok(None) };
        let liked_by = (0..world.domains.len()).map(|d| {
            let way = picture.walk(domain, d).unwrap_or_default();
            let there = match d == domain {
                true => own.to_vec(),
                false => picture.map_along(&way).map(|map| map.to_b(own)).unwrap_or_default(),
            };
            // None of a domain that no map leads to.
            let users = picture.points(d).chunks_exact(k).filter(|_| !there.is_empty());
            let suits = |user: &[f32]| user.iter().zip(&there).map(|(x, y)| x * y).sum::<f32>();
            let mut by: Vec<(u32, f32)> = (0..).zip(users.map(suits)).collect();
            by.sort_by(|(_, x), (_, y)| y.total_cmp(x));
            by.into_iter().take(LIKED_BY).map(|(user, _)| user).collect()
        });
        let liked_by = liked_by.collect();
        let place = &world.domains[domain];
        let about = place.item_features.iter().flat_map(|table| table.labels(item)).map(String::from);
        Ok(Some(Self {
            title: place.item_title(ItemId(item)).to_owned(),
            about: about.collect(),
            ratings: place.ratings.counts_by_item()[item as usize],
            liked_by,
        }))
    }
}
