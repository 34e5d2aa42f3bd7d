//! What people on the map can be coloured by: how high and how much they rate, what tables say of them, and what of the items'
//! fields they rate more than others do; and what regions of it are called. Of the data alone, and of where people are drawn: a
//! model is not asked. Beside the map's picture ([`crate::projection`]).

mod classes;
mod clusters;
mod fields;
mod regions;
mod telling;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::data::{Domain, UserId, World};
use classes::{by_fifths, by_name};
use fields::{item_fields, names_in_items, names_in_users, user_fields};

pub use classes::{Colouring, UNKNOWN};
pub use regions::{Region, Regions, regions};
pub use telling::{Telling, TellingKind};

/// One thing that people can be coloured by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Colour {
    /// What [`colouring`] is asked with.
    pub key: String,
    /// In words.
    pub name: String,
}

/// Keys of what every file of ratings says.
const MEAN: &str = "mean";
const COUNT: &str = "count";
/// How keys of fields begin.
const USERS: &str = "users:";
const ITEMS: &str = "items:";

/// All that the people of a world can be coloured by.
pub fn colours(world: &World) -> Vec<Colour> {
    let colour = |key: String, name: String| Colour { key, name };
    let mut all = vec![
        colour(MEAN.into(), "how high they rate".into()),
        colour(COUNT.into(), "how much they rate".into()),
    ];
    all.extend(user_fields(world).into_iter().map(|field| colour(format!("{USERS}{field}"), field)));
    all.extend(
        item_fields(world)
            .into_iter()
            .map(|field| colour(format!("{ITEMS}{field}"), format!("{field} that they rate most"))),
    );
    all
}

/// The people of a world by one of [`colours`]; `None` where there is no such key.
pub fn colouring(world: &World, key: &str) -> Option<Colouring> {
    match key {
        MEAN => Some(by_fifths(&of_everybody(world, mean))),
        COUNT => Some(by_fifths(&of_everybody(world, count))),
        _ => match (key.strip_prefix(USERS), key.strip_prefix(ITEMS)) {
            (Some(field), _) => {
                user_fields(world).contains(field).then(|| by_name(&names_in_users(world, field)))
            }
            (_, Some(field)) => {
                item_fields(world).contains(field).then(|| by_name(&names_in_items(world, field)))
            }
            _ => None,
        },
    }
}

/// A number of every user, by domain.
fn of_everybody(world: &World, of: impl Fn(&Domain, UserId) -> Option<f32>) -> Vec<Vec<Option<f32>>> {
    world.domains.iter().map(|domain| domain.users.all().map(|user| of(domain, user)).collect()).collect()
}

fn mean(domain: &Domain, user: UserId) -> Option<f32> {
    let (_, values) = domain.ratings.row(user);
    (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
}

fn count(domain: &Domain, user: UserId) -> Option<f32> {
    Some(domain.ratings.row(user).0.len() as f32)
}
