use std::sync::Arc;

use super::classes::{by_fifths, by_name};
use super::{Colour, UNKNOWN, colouring, colours};
use crate::data::{Features, Field, FieldKind, World, sample};

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
