//! What a group of people is expected to like: predictions of a trained model, as deviations from what each of them is expected to
//! give on average, so that who rates high in general counts as anybody else; beside the same of everybody, so that what all
//! like is told from what these like more than others do.

use serde::Serialize;

use super::RatedItem;
use super::top::highest;
use crate::data::{Domain, ItemId, PersonId, UserId, World};
use crate::error::{Error, Result};
use crate::recommender::{Known, Trained};

/// Of a domain with more items only those with the most ratings are looked at.
const MOST_ITEMS: usize = 1000;
/// Predictions a domain of the group, and of everybody; of more people evenly chosen ones stand for all.
const MOST_PREDICTIONS: usize = 120_000;

/// An item as a group has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GroupItem {
    /// Its number in the domain.
    #[cfg_attr(test, ts(as = "u32"))]
    pub item: ItemId,
    /// Title, or id.
    pub title: String,
    /// Its categories.
    pub about: Vec<String>,
    /// How much higher than other items the group is expected to rate it, in the mean, on the original scale.
    pub group: f32,
    /// The same of everybody.
    pub everybody: f32,
}

/// What a group likes in one domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GroupDomain {
    /// How many of the group the domain's file has.
    pub people: usize,
    /// How many of the group the means are over: of large groups evenly chosen ones.
    pub asked: usize,
    /// What the group is expected to rate highest, that first.
    pub most: Vec<GroupItem>,
    /// What the group is expected to rate highest against everybody, that first.
    pub beyond: Vec<GroupItem>,
}

/// A group of people.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Group {
    /// How many they are, each counted once.
    pub people: usize,
    /// By domain.
    pub domains: Vec<GroupDomain>,
}

/// What a group likes, n items a list; `members` by domain, the users who are in it. Who is in one domain alone counts in the others
/// too, where maps lead there.
///
/// # Errors
/// When there is no such user, or nobody.
pub fn group(trained: &Trained, members: &[Vec<u32>], n: usize) -> Result<Group> {
    let world = &trained.world;
    let people = people_of(world, members)?;
    let everybody: Vec<PersonId> = world.people.all().collect();
    let domains = world.domains.iter().enumerate().map(|(d, domain)| {
        let items = looked_at(domain);
        let (group, asked) = means(trained, d, &people, &items);
        let (all, _) = means(trained, d, &everybody, &items);
        let width = trained.scales[d].hi - trained.scales[d].lo;
        // Nothing follows for anybody, or for all of the group.
        let both: Vec<(f32, f32)> = group.into_iter().zip(all).collect();
        let list = |by: fn(&(f32, f32)) -> f32| -> Vec<GroupItem> {
            let scores = both.iter().map(by).enumerate().map(|(place, score)| (place as u32, score));
            let item = |(place, _): (u32, f32)| {
                let (item, (group, everybody)) = (items[place as usize], both[place as usize]);
                let RatedItem { title, about, .. } = RatedItem::new(domain, item, 0.0);
                GroupItem { item, title, about, group: group * width, everybody: everybody * width }
            };
            highest(n, scores).into_iter().map(item).collect()
        };
        GroupDomain {
            people: people.iter().filter(|&&person| world.people.user(d, person).is_some()).count(),
            asked,
            most: list(|(group, _)| *group),
            beyond: list(|(group, everybody)| group - everybody),
        }
    });
    let domains = domains.collect();
    Ok(Group { people: people.len(), domains })
}

/// The people of a group, each of them once.
///
/// # Errors
/// As [`group`].
pub fn people_of(world: &World, members: &[Vec<u32>]) -> Result<Vec<PersonId>> {
    let mut people = Vec::new();
    for (d, users) in members.iter().enumerate() {
        for &user in users {
            if world.domains.get(d).is_none_or(|domain| user as usize >= domain.users.len()) {
                let (kind, id) = ("person", user.to_string());
                return Err(Error::Unknown { kind, id, place: format!("domain {d}") });
            }
            people.push(world.people.person(d, UserId(user)));
        }
    }
    people.sort_unstable_by_key(|person| person.0);
    people.dedup();
    if people.is_empty() {
        return Err(Error::data("nobody is in the group", "Draw round some people on the map"));
    }
    Ok(people)
}

/// The items of a domain that are looked at.
fn looked_at(domain: &Domain) -> Vec<ItemId> {
    let mut items: Vec<ItemId> = domain.items.all().collect();
    if items.len() > MOST_ITEMS {
        let counts = domain.ratings.counts_by_item();
        items.sort_by_key(|item| std::cmp::Reverse(counts[item.index()]));
        items.truncate(MOST_ITEMS);
        items.sort_unstable();
    }
    items
}

/// By item, the mean over people of how far its prediction is above all of that person's, on the unit scale, and over how many
/// people; nothing of a domain in which nothing follows for any of them.
fn means(trained: &Trained, d: usize, people: &[PersonId], items: &[ItemId]) -> (Vec<f32>, usize) {
    let most = (MOST_PREDICTIONS / items.len().max(1)).max(1);
    let step = people.len().div_ceil(most).max(1);
    let mut outlooks = trained.model.outlooks(d);
    let (mut sums, mut asked) = (vec![0.0_f64; items.len()], 0);
    for &person in people.iter().step_by(step) {
        let Some(known) = known(&trained.world, d, person) else { continue };
        let Some(outlook) = outlooks(known, items) else { continue };
        let all = outlook.ratings.iter().map(|&x| f64::from(x)).sum::<f64>() / items.len().max(1) as f64;
        sums.iter_mut().zip(&outlook.ratings).for_each(|(sum, &x)| *sum += f64::from(x) - all);
        asked += 1;
    }
    if asked == 0 {
        return (Vec::new(), 0);
    }
    (sums.iter().map(|sum| (sum / f64::from(asked)) as f32).collect(), asked as usize)
}

/// How a person is known who is to be asked about in a domain: by that one, else by the first of theirs.
fn known(world: &World, d: usize, person: PersonId) -> Option<Known> {
    let mut own = std::iter::once(d).chain(world.people.domains(person));
    own.find_map(|domain| Some(Known { domain, user: world.people.user(domain, person)? }))
}
