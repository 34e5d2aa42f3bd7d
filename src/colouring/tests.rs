use std::sync::Arc;

use super::classes::{by_fifths, by_name};
use super::{Colour, Region, Regions, TellingKind, UNKNOWN, colouring, colours, regions};
use crate::data::{Domain, Features, Field, FieldKind, ItemId, Rating, UserId, World, sample};
use crate::rng::Generator;
use crate::split::Rows;

#[test]
fn fifths_are_of_each_domain_and_equal_numbers_stay_together() {
    let ten: Vec<Option<f32>> = (0..10).rev().map(|n| Some(n as f32)).collect();
    let equal = vec![Some(3.0); 4];
    let some = vec![Some(1.0), None, Some(2.0)];
    let found = by_fifths(&[ten, equal, some]);
    assert_eq!(found.classes[0], [4, 4, 3, 3, 2, 2, 1, 1, 0, 0]);
    assert_eq!(found.classes[1], [2, 2, 2, 2], "all are in the middle");
    assert_eq!(found.classes[2], [1, UNKNOWN, 3]);
    assert!(found.is_steps && found.names.len() == 5);
}

#[test]
fn the_rarest_of_many_names_share_the_last_class() {
    let letters: Vec<Option<&str>> = "a b b c c d d e e f f g g h h i i i".split(' ').map(Some).collect();
    let found = by_name(&[letters, vec![None]]);
    assert_eq!(found.names, ["i", "b", "c", "d", "e", "f", "g", "others"]);
    assert_eq!(found.classes[0][..4], [7, 1, 1, 2]);
    assert_eq!((found.classes[0][17], found.classes[1][0]), (0, UNKNOWN));
    let few = by_name(&[vec![Some("y"), Some("x"), Some("y")]]);
    assert_eq!((few.names.join(" "), few.classes[0].clone()), ("y x".into(), vec![0, 1, 0]));
}

fn table(name: &str, labels: &[&str], rows: usize, column: impl Fn(usize) -> Option<u32>) -> Arc<Features> {
    let columns: Vec<Option<u32>> = (0..rows).map(column).collect();
    let ends = columns.iter().scan(0, |end, column| {
        *end += u32::from(column.is_some());
        Some(*end)
    });
    Arc::new(Features {
        fields: vec![Field {
            name: name.into(),
            kind: FieldKind::OneHot,
            start: 0,
            width: labels.len(),
            labels: labels.iter().map(|label| Box::from(*label)).collect(),
        }],
        row_starts: std::iter::once(0).chain(ends).collect(),
        columns: columns.iter().flatten().copied().collect(),
        values: vec![1.0; columns.iter().flatten().count()],
        titles: Vec::new(),
    })
}

/// The sample with other tables than its own: one of people in its first domain and one of items in its second.
fn world() -> World {
    let mut world = sample(1).world;
    for domain in &mut world.domains {
        (domain.user_features, domain.item_features) = (None, None);
    }
    let (users, items) = (world.domains[0].users.len(), world.domains[1].items.len());
    world.domains[0].user_features =
        Some(table("country", &["NO", "SE"], users, |user| (user % 3 < 2).then_some((user % 3) as u32)));
    world.domains[1].item_features =
        Some(table("genre", &["long", "short"], items, |item| Some((item % 2) as u32)));
    world
}

#[test]
fn what_tables_say_stands_beside_what_ratings_say() {
    let keys = |world: &World| colours(world).into_iter().map(|Colour { key, .. }| key).collect::<Vec<_>>();
    let own = keys(&sample(1).world);
    assert!(own.contains(&"users:favourite genre".into()) && own.contains(&"items:genres".into()), "{own:?}");
    let world = world();
    assert_eq!(keys(&world), ["mean", "count", "users:country", "items:genre"]);
    for Colour { key, .. } in colours(&world) {
        let found = colouring(&world, &key).unwrap();
        for (classes, domain) in found.classes.iter().zip(&world.domains) {
            assert_eq!(classes.len(), domain.users.len());
            assert!(classes.iter().all(|&class| class == UNKNOWN || (class as usize) < found.names.len()));
        }
    }
    assert_eq!(colouring(&world, "items:country"), None);
    assert_eq!(colouring(&world, "anything"), None);
}

#[test]
fn a_table_of_one_domain_colours_its_people_in_all() {
    let world = world();
    let found = colouring(&world, "users:country").unwrap();
    assert_eq!(found.classes[0][..3], [0, 1, UNKNOWN]);
    let (a, b) = world.links[0].overlap_users[1];
    assert_eq!(found.classes[0][a.index()], found.classes[1][b.index()]);
    let known = found.classes[1].iter().filter(|&&class| class != UNKNOWN).count();
    assert!(known > 0 && known < world.links[0].overlap_users.len());
}

#[test]
fn somebody_is_of_the_category_that_they_rate_beyond_chance() {
    let world = world();
    let found = colouring(&world, "items:genre").unwrap();
    let domain = &world.domains[1];
    let shorts: f64 =
        domain.users.all().flat_map(|user| domain.ratings.row(user).0).filter(|item| item.0 % 2 == 1).count()
            as f64;
    let share = shorts / domain.ratings.len() as f64;
    for user in domain.users.all() {
        let (items, _) = domain.ratings.row(user);
        let own = items.iter().filter(|item| item.0 % 2 == 1).count() as f64;
        let class = found.classes[1][user.index()];
        if class == UNKNOWN {
            assert!((own - share * items.len() as f64).abs() < 1e-9);
            continue;
        }
        assert_eq!(found.names[class as usize] == "short", own > share * items.len() as f64);
    }
    assert!(
        found.classes[0].iter().all(|&class| class == UNKNOWN),
        "no table says anything of the first domain"
    );
}

/// Places around so many centres on a circle, by user in turns, and which each is of.
fn planted(users: usize, blobs: usize, chance: &mut Generator) -> (Vec<f32>, Vec<usize>) {
    let of: Vec<usize> = (0..users).map(|user| user % blobs).collect();
    let places = of.iter().flat_map(|&blob| {
        let angle = blob as f32 * std::f32::consts::TAU / blobs as f32;
        [angle.cos() + 0.12 * chance.normal(), angle.sin() + 0.12 * chance.normal()]
    });
    (places.collect(), of)
}

/// A domain whose people each rate thirty of eighty items, those of their own kind (the number's rest by four) higher by `more`.
fn rated(of: &[usize], more: f32, genres: Option<&[&str]>, chance: &mut Generator) -> Domain {
    const ITEMS: usize = 80;
    let mut rows = Vec::new();
    for (user, &kind) in of.iter().enumerate() {
        let mut items: Vec<u32> = (0..ITEMS as u32).collect();
        chance.shuffle(&mut items);
        for item in &items[..30] {
            let value = 3.0 + 0.4 * chance.normal() + if *item as usize % 4 == kind { more } else { 0.0 };
            rows.push(Rating {
                user: UserId(user as u32),
                item: ItemId(*item),
                value: value.clamp(1.0, 5.0),
            });
        }
    }
    let people = (0..of.len()).map(|user| format!("p{user}")).collect();
    let titles = (0..ITEMS).map(|item| format!("item {item}")).collect();
    let mut domain = Domain::of_stars("books", people, titles, &rows);
    domain.item_features = genres.map(|genres| table("genre", genres, ITEMS, |item| Some((item % 4) as u32)));
    domain
}

/// Every rating, as if it had been kept for the test.
fn all_rows(domain: &Domain) -> Rows {
    let mut rows = Rows::default();
    for rating in domain.ratings.iter() {
        rows.users.push(rating.user);
        rows.items.push(rating.item);
        rows.targets.push(domain.scale.to_unit(rating.value));
    }
    rows
}

#[test]
fn planted_clusters_are_found_and_called_by_what_their_people_rate_high() {
    let genres = ["crime", "poetry", "travel", "war"];
    for seed in 1..4 {
        let mut chance = Generator::new(seed, "planted regions");
        let (places, of) = planted(400, 4, &mut chance);
        let domain = rated(&of, 0.5, Some(&genres), &mut chance);
        let rows = [all_rows(&domain)];
        let world = World::new(vec![domain]);
        let places = [places];
        let found = regions(&world, &places, &rows, seed);
        assert_eq!(found, regions(&world, &places, &rows, seed), "equal seeds, equal regions");
        assert_eq!(found.list.len(), 4, "seed {seed}");
        for (n, region) in found.list.iter().enumerate() {
            let kind = of[found.of[0].iter().position(|&own| usize::from(own) == n).unwrap()];
            let own = found.of[0].iter().zip(&of).filter(|(own, of)| usize::from(**own) == n && **of == kind);
            assert_eq!((region.people[0], own.count()), (100, 100), "seed {seed}, region {n}");
            assert_eq!(region.name.as_deref(), Some(genres[kind]), "seed {seed}: {:?}", region.tellings);
            let told = &region.tellings[0];
            assert_eq!(told.kind, TellingKind::High);
            // Half a star, less the quarter of it that the mean of the items has from these people.
            assert!((told.here - 0.375).abs() < 0.1 && told.everywhere.abs() < 0.05, "{told:?}");
        }
    }
}

#[test]
fn without_tables_regions_are_called_by_items() {
    let mut chance = Generator::new(5, "planted regions");
    let (places, of) = planted(800, 4, &mut chance);
    let domain = rated(&of, 0.9, None, &mut chance);
    let rows = [all_rows(&domain)];
    let found = regions(&World::new(vec![domain]), &[places], &rows, 1);
    for (n, region) in found.list.iter().enumerate() {
        let kind = of[found.of[0].iter().position(|&own| usize::from(own) == n).unwrap()];
        let name = region.name.as_deref().unwrap();
        let item: usize = name.strip_prefix("item ").unwrap().parse().unwrap();
        assert_eq!(item % 4, kind, "{name} in region {n}");
        assert!(region.tellings.iter().all(|told| told.kind == TellingKind::Item));
    }
}

#[test]
fn a_cloud_without_structure_gets_no_name() {
    let genres = ["crime", "poetry", "travel", "war"];
    for seed in 1..11 {
        let mut chance = Generator::new(seed, "structureless regions");
        let of: Vec<usize> = (0..400).map(|user| user % 4).collect();
        // Where people stand has nothing to do with what they rate high.
        let places: Vec<f32> = (0..800).map(|_| chance.normal()).collect();
        for genres in [Some(&genres[..]), None] {
            let domain = rated(&of, 0.5, genres, &mut chance);
            let rows = [all_rows(&domain)];
            let found = regions(&World::new(vec![domain]), std::slice::from_ref(&places), &rows, seed);
            assert!((3..=6).contains(&found.list.len()));
            let named: Vec<&Region> = found.list.iter().filter(|region| region.name.is_some()).collect();
            assert!(named.is_empty(), "seed {seed}: {named:?}");
        }
    }
}

#[test]
fn a_category_of_people_is_told_of_with_its_shares() {
    let mut chance = Generator::new(2, "planted regions");
    let (places, of) = planted(300, 3, &mut chance);
    let mut domain = rated(&of, 0.0, None, &mut chance);
    // Of the first cluster all are from the north; of the others every tenth.
    let of_north = of.clone();
    domain.user_features = Some(table("home", &["north", "south"], 300, move |user| {
        Some(u32::from(!(of_north[user] == 0 || (user / 3) % 10 == 0)))
    }));
    let rows = [all_rows(&domain)];
    let found = regions(&World::new(vec![domain]), &[places], &rows, 1);
    let north = found.list.iter().find(|region| region.name.as_deref() == Some("north")).unwrap();
    let told = &north.tellings[0];
    assert_eq!((told.kind, told.here), (TellingKind::People, 1.0));
    assert!((told.everywhere - 0.4).abs() < 1e-6, "100 and 2 × 10 of 300: {told:?}");
    // 100 drawn from 300 with 120 of the north: 40 are expected, with variance 100 · 0.4 · 0.6 · 200 / 299.
    assert!((f64::from(told.z) - 60.0 / (24.0_f64 * 200.0 / 299.0).sqrt()).abs() < 1e-3, "{told:?}");
    assert_eq!(found.list.iter().filter(|region| region.name.as_deref() == Some("south")).count(), 1);
}

#[test]
fn of_very_few_people_there_are_no_regions() {
    let mut chance = Generator::new(2, "planted regions");
    let (places, of) = planted(20, 4, &mut chance);
    let domain = rated(&of, 0.5, None, &mut chance);
    let rows = [all_rows(&domain)];
    assert_eq!(regions(&World::new(vec![domain]), &[places], &rows, 1), Regions::default());
}
