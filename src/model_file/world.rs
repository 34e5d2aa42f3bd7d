//! The data in a model file: names, scales, ids and titles as JSON, ratings as tensors.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::{Domain, Features, ItemId, Number, Ratings, Scale, ScaleKind, UserId, Vocabulary, World};
use crate::recommender::saved::{Checked, Parts, Saved};

/// All of a domain but its ratings.
#[derive(Deserialize, Serialize)]
pub(super) struct DomainFile<'w> {
    pub(super) name: Cow<'w, str>,
    pub(super) scale: Scale,
    pub(super) users: Vec<Cow<'w, str>>,
    pub(super) items: Vec<Cow<'w, str>>,
    /// By user and by item; empty without a feature table that has some.
    #[serde(default)]
    pub(super) user_titles: Vec<Option<Cow<'w, str>>>,
    #[serde(default)]
    pub(super) item_titles: Vec<Option<Cow<'w, str>>>,
}

impl<'w> DomainFile<'w> {
    /// That of a domain.
    pub(super) fn new(domain: &'w Domain) -> Self {
        let titles = |features: &'w Option<Arc<Features>>, rows: usize| -> Vec<Option<Cow<'w, str>>> {
            let titles = (0..rows as u32).map(|row| features.as_ref()?.title(row).map(Cow::Borrowed));
            let titles: Vec<_> = titles.collect();
            if titles.iter().any(Option::is_some) { titles } else { Vec::new() }
        };
        Self {
            name: Cow::Borrowed(&domain.name),
            scale: domain.scale,
            users: domain.users.ids().map(Cow::Borrowed).collect(),
            items: domain.items.ids().map(Cow::Borrowed).collect(),
            user_titles: titles(&domain.user_features, domain.users.len()),
            item_titles: titles(&domain.item_features, domain.items.len()),
        }
    }

    /// The domain with these ratings, by columns of equal length.
    ///
    /// # Errors
    /// When an id is empty or listed twice, titles are not as many as ids, or a rating is none that can be given.
    pub(super) fn domain(self, columns: (&[u32], &[u32], &[f32])) -> Checked<Domain> {
        let (users, items) = (vocabulary::<UserId>(&self.users)?, vocabulary::<ItemId>(&self.items)?);
        let ratings = ratings(columns, users.len(), items.len(), self.scale)?;
        Ok(Domain {
            name: self.name.into_owned(),
            scale: self.scale,
            scale_kind: ScaleKind::Declared,
            ratings: ratings.into(),
            user_features: titles("users", self.user_titles, users.len())?,
            item_features: titles("items", self.item_titles, items.len())?,
            users: users.into(),
            items: items.into(),
        })
    }
}

/// Adds the ratings of a domain.
pub(super) fn put_ratings(d: usize, ratings: &Ratings, saved: &mut Saved) {
    let columns = ratings.iter().map(|row| (row.user.0, row.item.0, row.value));
    let (mut users, mut items, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (user, item, value) in columns {
        users.push(user);
        items.push(item);
        values.push(value);
    }
    saved.put_list(format!("{d}.users"), users);
    saved.put_list(format!("{d}.items"), items);
    saved.put_list(format!("{d}.values"), values);
}

/// Domains of a file at the most: each is compared with every other.
const MOST_DOMAINS: usize = 100;

/// That there are domains, and not too many.
///
/// # Errors
/// When there are none or more than a hundred.
pub(super) fn check_count(domains: usize) -> Checked<()> {
    match domains {
        0 => Err("it holds no domain".into()),
        1..=MOST_DOMAINS => Ok(()),
        _ => Err(format!("it holds {domains} domains, which are more than {MOST_DOMAINS}")),
    }
}

/// All domains of a file; `parts` are those that [`put_ratings`] added.
///
/// # Errors
/// As [`DomainFile::domain`].
pub(super) fn world(domains: Vec<DomainFile<'_>>, parts: &mut Parts) -> Checked<World> {
    check_count(domains.len())?;
    let mut read = Vec::with_capacity(domains.len());
    for (d, domain) in domains.into_iter().enumerate() {
        let name = domain.name.clone().into_owned();
        let n = parts.length(&format!("{d}.users"), 1, 0, u32::MAX as usize)?;
        let users = parts.counts(&format!("{d}.users"), &[n])?;
        let items = parts.counts(&format!("{d}.items"), &[n])?;
        let values = parts.numbers(&format!("{d}.values"), &[n], f32::MAX)?;
        let domain = domain.domain((&users, &items, &values));
        read.push(domain.map_err(|what| format!("domain {name:?}: {what}"))?);
    }
    Ok(World::new(read))
}

/// Ids by number, none empty and none twice.
fn vocabulary<N: Number>(list: &[Cow<str>]) -> Checked<Vocabulary<N>> {
    // A vocabulary counts bytes in 32 bits.
    if list.iter().map(|id| id.len()).sum::<usize>() > u32::MAX as usize {
        return Err("the ids are longer than 4 GiB".into());
    }
    let mut ids = Vocabulary::<N>::default();
    for (number, id) in list.iter().enumerate() {
        if id.is_empty() {
            return Err(format!("id {} of a list is empty", number + 1));
        }
        if ids.intern(id).number() as usize != number {
            return Err(format!("the id {id:?} is listed twice"));
        }
    }
    Ok(ids)
}

fn titles(of: &str, titles: Vec<Option<Cow<str>>>, rows: usize) -> Checked<Option<Arc<Features>>> {
    if titles.is_empty() {
        return Ok(None);
    }
    if titles.len() != rows {
        return Err(format!("there are {} titles for {rows} {of}", titles.len()));
    }
    let titles = titles.into_iter().map(|title| title.map(|title| title.into_owned().into_boxed_str()));
    Ok(Some(Features::titles_only(titles.collect(), rows).into()))
}

/// Ratings on the scale, of users and items that are listed, no pair twice.
fn ratings(columns: (&[u32], &[u32], &[f32]), users: usize, items: usize, scale: Scale) -> Checked<Ratings> {
    let (row_users, row_items, values) = columns;
    let mut rows = row_users.iter().zip(row_items);
    if let Some((user, item)) = rows.find(|(user, item)| **user as usize >= users || **item as usize >= items)
    {
        return Err(format!("a rating is of user {user} and item {item}, which are not listed"));
    }
    if let Some(value) = values.iter().find(|value| !scale.contains(**value)) {
        return Err(format!("the rating {value:?} is off the scale from {} to {}", scale.lo, scale.hi));
    }
    let columns = (UserId::of_numbers(row_users), ItemId::of_numbers(row_items), values);
    let ratings = Ratings::from_columns(users, items, columns);
    if ratings.has_pair_twice() { Err("a user rated an item twice".into()) } else { Ok(ratings) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(list: &[&str]) -> Checked<Vocabulary<UserId>> {
        vocabulary(&list.iter().map(|id| Cow::Borrowed(*id)).collect::<Vec<_>>())
    }

    #[test]
    fn ids_differ_and_are_not_empty() {
        let good = ids(&["x", "y", "x y"]).unwrap();
        assert_eq!((good.len(), good.get("x y")), (3, Some(UserId(2))));
        assert!(ids(&["x", "y", "x"]).unwrap_err().contains("\"x\" is listed twice"));
        assert!(ids(&["x", ""]).unwrap_err().contains("id 2 of a list is empty"));
    }

    #[test]
    fn there_are_domains_and_not_too_many() {
        assert!(check_count(1).is_ok() && check_count(100).is_ok());
        assert_eq!(check_count(0), Err("it holds no domain".into()));
        assert!(check_count(101).unwrap_err().contains("101 domains, which are more than 100"));
    }

    #[test]
    fn ratings_are_of_who_is_listed_once_and_on_the_scale() {
        let scale = Scale { lo: 1.0, hi: 5.0 };
        let read = |users: &[u32], values: &[f32]| ratings((users, &[0, 1], values), 2, 2, scale);
        assert_eq!(read(&[1, 1], &[5.0, 1.0]).unwrap().len(), 2);
        assert!(read(&[1, 2], &[5.0, 1.0]).unwrap_err().contains("user 2 and item 1, which are not listed"));
        assert!(read(&[1, 1], &[5.5, 1.0]).unwrap_err().contains("5.5 is off the scale from 1 to 5"));
        assert!(ratings((&[1, 1], &[0, 0], &[5.0, 1.0]), 2, 2, scale).unwrap_err().contains("twice"));
    }
}
