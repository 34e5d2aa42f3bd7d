//! Generated worlds of any size, for the time and memory that a training takes: people with about forty ratings each, so
//! that people and items grow with the ratings as they do in files, and planted maps between the domains.

use std::collections::HashSet;

use super::rotation::{DIMENSION, Vector, dot, normals, rotation};
use super::stars::Stars;
use super::{Domain, ItemId, Rating, Ratings, Scale, ScaleKind, UserId, Vocabulary};
use crate::rng::Generator;

/// Ratings of a person in a domain, on average.
const EACH: usize = 40;
/// Ratings of an item, on average; fewer items than this are never made.
const OF_ITEM: usize = 60;
/// Stars by which tastes, and people and items in general, move a rating, and stars of chance in it.
const SPREAD: [f64; 3] = [0.6, 0.35, 0.8];

const STARS: Stars = Stars { lo: 1.0, hi: 5.0, step: 0.5 };

/// So many domains with about so many ratings together, equal parts each, from a seed. Half of each domain's people are in all
/// of them; their taste there is that of the first domain, turned by a random rotation, with their mildness kept.
pub fn sized(seed: u64, domains: usize, ratings: usize) -> Vec<Domain> {
    let mut chance = Generator::new(seed, "sized world");
    let each = (ratings / domains.max(1)).max(1);
    // A few ratings are of a few people still: nobody is linked otherwise.
    let people = each.div_ceil(EACH).max(each.min(6));
    let items = (each / OF_ITEM).max(OF_ITEM);
    let shared: Vec<(Vector, f64)> =
        (0..people.div_ceil(2)).map(|_| (normals(&mut chance), f64::from(chance.normal()))).collect();
    (0..domains).map(|d| domain(d, each, people, items, &shared, &mut chance)).collect()
}

fn domain(
    d: usize,
    ratings: usize,
    people: usize,
    items: usize,
    shared: &[(Vector, f64)],
    chance: &mut Generator,
) -> Domain {
    let [by_taste, by_bias, noise] = SPREAD;
    let map = rotation(chance);
    let things: Vec<(Vector, f64)> =
        (0..items).map(|_| (normals(chance), by_bias * f64::from(chance.normal()))).collect();
    let mut users = Vocabulary::default();
    let mut rows = Vec::with_capacity(ratings);
    for person in 0..people {
        let (name, taste, mild) = match shared.get(person) {
            Some((taste, mild)) => {
                (format!("both-{person}"), std::array::from_fn(|k| dot(&map[k], taste)), *mild)
            }
            None => (format!("{d}-{person}"), normals(chance), f64::from(chance.normal())),
        };
        let user: UserId = users.intern(&name);
        let n = (ratings * (person + 1) / people - ratings * person / people).min(items);
        let mut seen = HashSet::with_capacity(n);
        while seen.len() < n {
            // Squares make some items be rated more often.
            let item = ((f64::from(chance.unit()).powi(2) * items as f64) as usize).min(items - 1);
            if seen.insert(item) {
                let (factors, bias) = &things[item];
                let pull: f64 = by_taste * dot(&taste, factors) / (DIMENSION as f64).sqrt();
                let expected = 3.4 + by_bias * mild + bias + pull + noise * f64::from(chance.normal());
                rows.push(Rating { user, item: ItemId(item as u32), value: STARS.nearest(expected) as f32 });
            }
        }
    }
    let items: Vocabulary<ItemId> = (0..items).map(|item| format!("{d}-{item}")).collect();
    Domain {
        name: format!("generated {}", d + 1),
        ratings: Ratings::new(users.len(), items.len(), &rows).into(),
        users: users.into(),
        items: items.into(),
        scale: Scale { lo: STARS.lo as f32, hi: STARS.hi as f32 },
        scale_kind: ScaleKind::Declared,
        user_features: None,
        item_features: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::World;

    #[test]
    fn a_world_has_the_ratings_that_are_asked_for_and_half_of_the_people_in_both() {
        for ratings in [100, 1000, 20_000] {
            let world = World::new(sized(1, 2, ratings));
            for domain in &world.domains {
                assert_eq!(domain.ratings.len(), ratings / 2);
                let pairs: HashSet<_> = domain.ratings.iter().map(|row| (row.user, row.item)).collect();
                assert_eq!(pairs.len(), ratings / 2);
            }
            let people = world.domains[0].users.len();
            assert_eq!(world.links[0].overlap_users.len(), people.div_ceil(2));
        }
        let (one, two) = (sized(3, 3, 3000), sized(3, 3, 3000));
        assert_eq!(one.len(), 3);
        assert!(one.iter().zip(&two).all(|(x, y)| x.ratings.iter().eq(y.ratings.iter())));
    }
}
