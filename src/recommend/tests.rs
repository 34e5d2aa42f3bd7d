//! Lists of a small world by hand: two dimensions, networks without layers, so that an item is predicted μ + b_u + b_i.

use std::sync::Arc;

use super::*;
use crate::baselines::bias::{Biases, Shrinkage};
use crate::data::{Domain, Features, ItemId, Rating, Ratings, UserId, World};
use crate::dml::mapping::Mapping;
use crate::dml::network::RecommendationNetwork;
use crate::dml::{DenseFeatures, Dml, DomainModel, LinkModel};
use crate::split::LinkedPair;

/// Users and their vectors.
type People<'p> = &'p [(&'p str, [f32; 2])];

/// A domain of people who all rated item 0, and what is predicted of its items on the unit scale.
fn domain(name: &str, people: People, predictions: &[f32]) -> (Domain, DomainModel) {
    let (users, items) = (people.len(), predictions.len());
    let rows: Vec<Rating> =
        (0..users as u32).map(|user| Rating { user: UserId(user), item: ItemId(0), value: 3.0 }).collect();
    let (ids, titles) = (people.iter().map(|person| person.0), (0..items).map(|i| format!("{name}-{i}")));
    let domain = Domain::of_stars(name, ids.collect(), titles.collect(), &rows);
    let biases = Biases {
        mean: 0.5,
        users: vec![0.0; users],
        items: predictions.iter().map(|p| p - 0.5).collect(),
        user_priors: vec![0.0; users],
        item_priors: vec![0.0; items],
        bias_transfer: 0.0,
        others: vec![0.0; users],
        user_counts: vec![1; users],
        item_counts: vec![1; items],
        shrinkage: Shrinkage::default(),
    };
    let model = DomainModel {
        scale: domain.scale,
        biases: biases.into(),
        user_embeddings: people.iter().flat_map(|person| person.1).collect(),
        item_embeddings: vec![0.0; 2 * items],
        recommender: RecommendationNetwork::default(),
        interaction: None,
        given: DenseFeatures::None,
        serves_cold_users: false,
        mix: 0.0,
    };
    (domain, model)
}

/// Two domains, linked by equal ids and a quarter turn, (x, y) to (−y, x).
fn world(a: (Domain, DomainModel), b: (Domain, DomainModel)) -> Trained {
    let world = World::new(vec![a.0, b.0]);
    let pairs: Vec<LinkedPair> =
        world.links[0].overlap_users.iter().map(|&(a, b)| LinkedPair { a, b, warm: true }).collect();
    let turn = Mapping::from_rows(2, &[0.0, -1.0, 1.0, 0.0]).unwrap();
    let users = [0, 1].map(|d| world.domains[d].users.len());
    let links = vec![LinkModel::new((0, users[0]), (1, users[1]), turn, &pairs)];
    trained(world, Dml { dimension: 2, domains: vec![a.1, b.1], links })
}

/// The model with its data.
fn trained(world: World, model: Dml) -> Trained {
    let scales = world.domains.iter().map(|domain| domain.scale).collect();
    let ratings = world.domains.iter().map(|domain| domain.ratings.len()).collect();
    Trained { world: Arc::new(world), name: "dml", settings: None, scales, ratings, model: Arc::new(model) }
}

fn advised(trained: &Trained, domain: usize, user: u32, n: usize) -> Advice {
    for_user(trained, domain, UserId(user), n).unwrap()
}

/// Names and distances.
fn company(list: &[Neighbour]) -> Vec<(&str, f32)> {
    list.iter().map(|near| (&*near.label, near.distance)).collect()
}

/// Gives a domain's users titles.
fn name_users(domain: &mut Domain, titles: &[Option<&str>]) {
    let titles: Vec<Option<Box<str>>> = titles.iter().map(|title| title.map(Box::from)).collect();
    let rows = titles.len();
    domain.user_features = Some(Features::titles_only(titles, rows).into());
}

#[test]
fn the_five_nearest_come_nearest_first() {
    let people = [
        ("ann", [0.0, 0.0]),
        ("far", [0.0, 50.0]),
        ("bob", [3.0, 4.0]),
        ("cid", [0.0, -1.0]),
        ("farther", [60.0, 0.0]),
        ("dan", [6.0, 8.0]),
        ("eve", [0.0, 2.0]),
        ("fay", [-9.0, -12.0]),
    ];
    let trained = world(domain("a", &people, &[0.5]), domain("b", &[("zoe", [0.0, 0.0])], &[0.5]));
    let advice = advised(&trained, 0, 0, 5);
    let expected = [("cid", 1.0), ("eve", 2.0), ("bob", 5.0), ("dan", 10.0), ("fay", 15.0)];
    assert_eq!(company(&advice.domains[0].nearest), expected);
}

#[test]
fn a_visitor_is_near_those_around_their_turned_vector() {
    // Ann's (3, 4) becomes (−4, 3) in B.
    let b = [("zoe", [-4.0, 0.0]), ("yan", [3.0, 4.0]), ("xia", [-4.0, 3.5])];
    let trained = world(domain("a", &[("ann", [3.0, 4.0])], &[0.5]), domain("b", &b, &[0.5]));
    let advice = advised(&trained, 0, 0, 5);
    assert!(advice.domains[1].via_map && advice.domains[1].user.is_none());
    assert_eq!(company(&advice.domains[1].nearest), [("xia", 0.5), ("zoe", 3.0), ("yan", 50.0_f32.sqrt())]);
}

#[test]
fn people_whom_nothing_was_learnt_of_are_near_nobody() {
    let (b, mut model_b) = domain("b", &[("zoe", [0.0, 0.0]), ("yan", [0.0, 9.0])], &[0.5]);
    Arc::make_mut(&mut model_b.biases).user_counts[0] = 0;
    let trained = world(domain("a", &[("ann", [0.0, 0.0])], &[0.5]), (b, model_b));
    assert_eq!(company(&advised(&trained, 0, 0, 5).domains[1].nearest), [("yan", 9.0)]);
}

#[test]
fn the_nearest_of_both_domains_hold_each_person_once_and_never_the_one_who_asks() {
    // In A: bob at 2, cid at 3. In B, where ann stands at (0, 0) too: bob at 1, cid at 4, dan at 5.
    let a = [("ann", [0.0, 0.0]), ("bob", [2.0, 0.0]), ("cid", [0.0, 3.0])];
    let b = [("cid", [4.0, 0.0]), ("ann", [0.0, 0.0]), ("bob", [0.0, 1.0]), ("dan", [0.0, 5.0])];
    let trained = world(domain("a", &a, &[0.5]), domain("b", &b, &[0.5]));
    for domain in 0..2 {
        let ann = trained.world.domains[domain].users.get("ann").unwrap();
        let advice = advised(&trained, domain, ann.0, 5);
        assert_eq!(company(&advice.domains[0].nearest), [("bob", 2.0), ("cid", 3.0)]);
        assert_eq!(company(&advice.domains[1].nearest), [("bob", 1.0), ("cid", 4.0), ("dan", 5.0)]);
        let all: Vec<(usize, &str, f32)> =
            advice.nearest.iter().map(|n| (n.domain, &*n.neighbour.label, n.neighbour.distance)).collect();
        assert_eq!(all, [(1, "bob", 1.0), (0, "cid", 3.0), (1, "dan", 5.0)]);
    }
}

#[test]
fn one_person_under_two_ids_or_two_names_is_listed_once() {
    // B's file has ann as u1, and bob without his name; two people are called Kim.
    let (mut a, model_a) = domain("a", &[("ann", [0.0, 0.0]), ("bob", [2.0, 0.0])], &[0.5]);
    name_users(&mut a, &[Some("Ann"), Some("Bob")]);
    let people = [("u1", [0.0, 0.0]), ("bob", [0.0, 1.0]), ("k1", [0.0, 7.0]), ("k2", [0.0, 6.0])];
    let (mut b, model_b) = domain("b", &people, &[0.5]);
    name_users(&mut b, &[Some("Ann"), None, Some("Kim"), Some("Kim")]);
    let trained = world((a, model_a), (b, model_b));
    let advice = advised(&trained, 0, 0, 5);
    assert_eq!(company(&advice.domains[1].nearest), [("bob", 1.0), ("Kim", 6.0)]);
    let all: Vec<&str> = advice.nearest.iter().map(|near| &*near.neighbour.label).collect();
    assert_eq!(all, ["bob", "Kim"]);
}

#[test]
fn the_favourites_are_the_eight_rated_highest() {
    let (mut a, model_a) = domain("a", &[("ann", [0.0, 0.0])], &[0.5; 12]);
    let values = [2.0, 4.5, 1.0, 5.0, 3.5, 1.5, 4.0, 2.5, 3.0, 5.0];
    let rows: Vec<Rating> = (0..)
        .zip(values)
        .map(|(item, value)| Rating { user: UserId(0), item: ItemId(item), value })
        .collect();
    a.ratings = Ratings::new(1, 12, &rows).into();
    let trained = world((a, model_a), domain("b", &[("zoe", [0.0, 0.0])], &[0.5]));
    let advice = advised(&trained, 0, 0, 12);
    let rated: Vec<(u32, f32)> =
        advice.domains[0].rated.iter().map(|item| (item.item.0, item.rating)).collect();
    let expected = [(3, 5.0), (9, 5.0), (1, 4.5), (6, 4.0), (4, 3.5), (8, 3.0), (7, 2.5), (0, 2.0)];
    assert_eq!(rated, expected);
    // What is left to recommend are the two that were not rated.
    let next: Vec<u32> = advice.domains[0].next.iter().map(|item| item.item.0).collect();
    assert_eq!(next, [10, 11]);
}

#[test]
fn what_comes_next_is_what_is_predicted_highest_on_the_scale_of_the_ratings() {
    let predictions = [1.0, 0.25, 0.75, 0.0, 0.5];
    let trained =
        world(domain("a", &[("ann", [0.0, 0.0])], &predictions), domain("b", &[("zoe", [0.0, 0.0])], &[0.5]));
    let next = &advised(&trained, 0, 0, 3).domains[0].next;
    let next: Vec<(&str, f32)> = next.iter().map(|item| (&*item.title, item.rating)).collect();
    // Item 0 was rated; 1 + 4 · 0.75 = 4.
    assert_eq!(next, [("a-2", 4.0), ("a-4", 3.0), ("a-1", 2.0)]);
}

#[test]
fn who_is_in_several_domains_enters_another_from_the_nearest_of_them_wherever_they_are_found() {
    let (ann, bob, cy) = (("ann", [1.0, 0.0]), ("bob", [0.0, 2.0]), ("cy", [3.0, 0.0]));
    let sides = [
        domain("books", &[ann, bob], &[0.5, 0.6]),
        domain("films", &[ann, cy], &[0.5, 0.6]),
        domain("songs", &[cy], &[0.5, 0.6]),
    ];
    let (domains, models): (Vec<Domain>, Vec<DomainModel>) = sides.into_iter().unzip();
    let world = World::new(domains);
    let links = world.links.iter().map(|link| {
        let pairs: Vec<LinkedPair> =
            link.overlap_users.iter().map(|&(a, b)| LinkedPair { a, b, warm: true }).collect();
        let users = |d: usize| world.domains[d].users.len();
        LinkModel::new((link.a, users(link.a)), (link.b, users(link.b)), Mapping::identity(2), &pairs)
    });
    let links = links.collect();
    let trained = trained(world, Dml { dimension: 2, domains: models, links });
    // Books and songs share nobody. Ann is in books and films, bob in books alone.
    let ways = |domain: usize, user: u32| advised(&trained, domain, user, 1).domains[2].way.clone();
    assert_eq!((ways(0, 0), ways(1, 0)), (vec![1, 2], vec![1, 2]));
    assert_eq!(ways(0, 1), [0, 1, 2]);
    assert_eq!(advised(&trained, 0, 0, 1).domains, advised(&trained, 1, 0, 1).domains);
    let mut lists = TopLists::for_many(&trained);
    assert_eq!(lists.of_user(0, UserId(0), 1), lists.of_user(1, UserId(0), 1));
    assert_eq!(lists.of_user(0, UserId(0), 1)[2].next, advised(&trained, 0, 0, 1).domains[2].next);
}

#[test]
fn a_group_likes_what_it_is_expected_to_rate_above_its_own_mean_and_everybodys() {
    // Ratings by hand: μ + b_u + b_i + ⟨u, v⟩ on the unit scale.
    let (books, mut book_model) =
        domain("book", &[("x", [0.2, 0.0]), ("y", [0.0, 0.2]), ("z", [0.1, 0.1])], &[0.5, 0.5, 0.3]);
    book_model.recommender.dot = true;
    book_model.item_embeddings = vec![1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    // That somebody rates everything higher changes nothing.
    let mut biases = (*book_model.biases).clone();
    biases.users = vec![0.05, 0.0, 0.0];
    book_model.biases = biases.into();
    let (films, film_model) = domain("film", &[("x", [0.0, 0.0]), ("w", [0.0, 0.0])], &[0.4, 0.6]);
    let trained = world((books, book_model), (films, film_model));
    // x alone: books 0.75, 0.55, 0.35 with the mean 0.55: +0.2, 0, −0.2. y: 0.5, 0.7, 0.3, mean 0.5: 0, +0.2, −0.2. z: 0.6, 0.6,
    // 0.3, mean 0.5: +0.1, +0.1, −0.2. w, who is known by films, comes through the map with a vector of zeros: 0.5, 0.5, 0.3:
    // the mean is 0.4333, +0.0667, +0.0667, −0.1333. Everybody: 0.0917, 0.0917, −0.1833. On five stars all of it times four.
    let found = group(&trained, &[vec![0], vec![]], 3).unwrap();
    assert_eq!((found.people, found.domains[0].people, found.domains[0].asked), (1, 1, 1));
    let titles = |list: &[GroupItem]| list.iter().map(|item| item.title.clone()).collect::<Vec<_>>();
    let [most, beyond] = [&found.domains[0].most, &found.domains[0].beyond];
    assert_eq!(titles(most), ["book-0", "book-1", "book-2"]);
    assert_eq!(titles(beyond), ["book-0", "book-2", "book-1"]);
    let near = |x: f32, y: f32| assert!((x - y).abs() < 1e-4, "{x} is not {y}");
    near(most[0].group, 0.8);
    near(most[0].everybody, 4.0 * 0.091_667);
    near(beyond[1].group, -0.8);
    near(beyond[1].everybody, 4.0 * -0.183_333);
    // x and y together, of whom x is named twice, in both domains: one person.
    let both = group(&trained, &[vec![0, 1], vec![0]], 1).unwrap();
    assert_eq!((both.people, both.domains[0].people, both.domains[1].people), (2, 2, 1));
    near(both.domains[0].most[0].group, 4.0 * 0.1);
    // In films all are predicted alike, y by way of the map too: nothing is beyond everybody.
    near(both.domains[1].most[0].group, 0.4);
    assert_eq!((titles(&both.domains[1].most), both.domains[1].asked), (vec!["film-1".to_string()], 2));
    near(both.domains[1].beyond[0].group - both.domains[1].beyond[0].everybody, 0.0);
    // Nobody and somebody who is not there are refused.
    assert!(group(&trained, &[vec![], vec![]], 3).unwrap_err().to_string().contains("nobody"));
    assert!(group(&trained, &[vec![9]], 3).is_err());
    assert!(group(&trained, &[vec![], vec![], vec![0]], 3).is_err());
}
