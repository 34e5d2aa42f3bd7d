//! What feature tables say of people: of themselves, and by way of the items that they rate. Fields of several domains
//! that have one name are one thing.

use std::collections::BTreeSet;

use crate::data::{Domain, Features, Field, UserId, World};

/// Whether a field has categories with names, of which there is more than one.
fn is_named(field: &Field) -> bool {
    field.labels.len() > 1
}

fn named(features: Option<&Features>) -> impl Iterator<Item = &Field> {
    features.into_iter().flat_map(|features| &features.fields).filter(|field| is_named(field))
}

pub(super) fn find<'f>(features: Option<&'f Features>, name: &str) -> Option<(&'f Features, &'f Field)> {
    let features = features?;
    features.fields.iter().find(|field| field.name == name && is_named(field)).map(|field| (features, field))
}

/// Names of fields in tables of people.
pub(super) fn user_fields(world: &World) -> BTreeSet<String> {
    let fields = world.domains.iter().flat_map(|domain| named(domain.user_features.as_deref()));
    fields.map(|field| field.name.clone()).collect()
}

/// Names of fields in tables of items.
pub(super) fn item_fields(world: &World) -> BTreeSet<String> {
    let fields = world.domains.iter().flat_map(|domain| named(domain.item_features.as_deref()));
    fields.map(|field| field.name.clone()).collect()
}

/// What a field of tables of people says of each, by domain. Where their own table does not know, another domain's may: it is
/// the same person. Of several tags the one that most people have.
pub(super) fn names_in_users<'w>(world: &'w World, field: &str) -> Vec<Vec<Option<&'w str>>> {
    let own = |d: usize, user: UserId| {
        let (features, field) = find(world.domains[d].user_features.as_deref(), field)?;
        let (columns, _) = features.row(user.0);
        // Columns are numbered from the most frequent on.
        columns.iter().find_map(|&column| field.labels.get((column as usize).checked_sub(field.start)?))
    };
    let name = |d: usize, user: UserId| {
        let other = |other: usize| own(other, world.people.across(d, user, other)?);
        own(d, user).or_else(|| (0..world.domains.len()).filter(|&there| there != d).find_map(other))
    };
    let of = |(d, domain): (usize, &'w Domain)| {
        domain.users.all().map(|user| name(d, user).map(|label| &**label)).collect()
    };
    world.domains.iter().enumerate().map(of).collect()
}

/// The category of the items' field that somebody rates furthest beyond what chance would give, by domain: the largest
/// (n − e) / √(e + 1), where n of their ratings have it and e would if they chose as all ratings of the domain do. The one in the
/// root keeps a rare category that they rated once from being the answer.
pub(super) fn names_in_items<'w>(world: &'w World, field: &str) -> Vec<Vec<Option<&'w str>>> {
    let of = |domain: &'w Domain| match find(domain.item_features.as_deref(), field) {
        Some((features, field)) => most(domain, features, field),
        None => vec![None; domain.users.len()],
    };
    world.domains.iter().map(of).collect()
}

fn most<'f>(domain: &Domain, features: &'f Features, field: &'f Field) -> Vec<Option<&'f str>> {
    let labels = &field.labels;
    let counts = |user: UserId| {
        let mut counts = vec![0.0_f64; labels.len()];
        for item in domain.ratings.row(user).0 {
            let own = features.row(item.0).0.iter().filter_map(|&c| (c as usize).checked_sub(field.start));
            own.filter(|&c| c < labels.len()).for_each(|c| counts[c] += 1.0);
        }
        counts
    };
    let mut shares = vec![0.0_f64; labels.len()];
    for user in domain.users.all() {
        shares.iter_mut().zip(counts(user)).for_each(|(share, count)| *share += count);
    }
    let total = shares.iter().sum::<f64>().max(1.0);
    let one = |user: UserId| {
        let counts = counts(user);
        let own: f64 = counts.iter().sum();
        let beyond = counts.iter().zip(&shares).map(|(count, share)| {
            let expected = own * share / total;
            (count - expected) / (expected + 1.0).sqrt()
        });
        let best = beyond.enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        (best.1 > 0.0).then(|| &*labels[best.0])
    };
    domain.users.all().map(one).collect()
}
