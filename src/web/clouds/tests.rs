//! The map's snapshots of the sample and of trained models.

use std::sync::Arc;

use super::items::LIKED_BY;
use super::*;
use crate::data::{ItemId, sample_of};
use crate::engine::Device;
use crate::lab::TransferStudy;
use crate::settings::Config;

fn study(domains: usize) -> Study {
    let config = Config::robust().check().unwrap();
    let world = Arc::new(sample_of(1, domains).world);
    pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, vec![])).unwrap()
}

fn snapshot(study: &Study, space: Option<usize>, axes: &mut Option<Axes>) -> MapSnapshot {
    MapSnapshot::of(study, &ShowMap { space, ..ShowMap::default() }, axes).unwrap().unwrap()
}

/// Where a cloud stands after the map, as the page computes it.
fn after(cloud: &CloudView) -> Vec<f32> {
    let mut places = Vec::new();
    for point in cloud.points.0.chunks(cloud.width) {
        let mut turned = point.to_vec();
        for plane in &cloud.planes {
            let ((sine, cosine), x, y) = (plane.angle.sin_cos(), point[plane.i], point[plane.j]);
            (turned[plane.i], turned[plane.j]) = (cosine * x - sine * y, sine * x + cosine * y);
        }
        let axes = cloud.projection.0.chunks(cloud.width);
        places.extend(axes.map(|axis| axis.iter().zip(&turned).map(|(p, x)| p * x).sum::<f32>()));
    }
    places
}

#[test]
fn all_clouds_turn_but_the_one_in_whose_space_they_are_shown() {
    let k = Config::robust().dimension;
    let shape = |map: &MapSnapshot| -> (Vec<usize>, Vec<Vec<usize>>) {
        map.clouds.iter().map(|cloud| (cloud.width, cloud.way.clone())).unzip()
    };
    let two = snapshot(&study(2), None, &mut None);
    assert_eq!((two.space, shape(&two)), (1, (vec![k + 1, 2], vec![vec![0, 1], vec![1]])));
    assert_eq!(two.links[0].roles.0.iter().filter(|role| **role == 2).count(), 45);
    assert!(!two.trained);
    let study = study(3);
    assert_eq!(snapshot(&study, None, &mut None).space, 2);
    let first = snapshot(&study, Some(0), &mut None);
    assert_eq!(shape(&first), (vec![2, k + 1, k + 1], vec![vec![0], vec![1, 0], vec![2, 0]]));
    assert_eq!(first.links.iter().map(|link| link.domains).collect::<Vec<_>>(), [[0, 1], [0, 2], [1, 2]]);
    assert_eq!(snapshot(&study, Some(9), &mut None).space, 2, "there is no such domain");
}

#[test]
fn a_model_without_a_map_has_no_clouds() {
    let config = Config { model: "cmf".into(), ..Config::robust() }.check().unwrap();
    let world = Arc::new(sample_of(1, 2).world);
    let study =
        pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, vec![])).unwrap();
    assert!(MapSnapshot::of(&study, &ShowMap::default(), &mut None).unwrap().is_none());
}

#[test]
fn two_clouds_meet_in_the_same_picture_in_the_space_of_either() {
    let (study, mut axes) = (study(2), None);
    let onto_films = snapshot(&study, Some(1), &mut axes);
    let onto_books = snapshot(&study, Some(0), &mut axes);
    for (one, other) in onto_films.clouds.iter().zip(&onto_books.clouds) {
        let (one, other) = (after(one), after(other));
        let off = one.iter().zip(&other).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        let size = one.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        assert!(off < 1e-4 * size, "{off} of {size}");
    }
}

#[test]
fn a_chain_shows_where_a_person_may_lie_in_each_of_their_domains() {
    let config = Config { model: "bayes".into(), thinning: 1, ..Config::robust() }.check().unwrap();
    let world = Arc::new(sample_of(1, 2).world);
    let new = Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, vec![]);
    let mut study = pollster::block_on(new).unwrap();
    let (a, b) = study.world().links[0].overlap_users[0];
    let person = Some(Somebody { domain: 1, user: b.0 });
    let asked = ShowMap { person, ..ShowMap::default() };
    let snapshot = |study: &Study| MapSnapshot::of(study, &asked, &mut None).unwrap().unwrap();
    let before = snapshot(&study);
    let widths: Vec<usize> = before.clouds.iter().map(|cloud| cloud.width).collect();
    assert_eq!((before.space, widths, before.trained), (1, vec![9, 2], false));
    assert!(before.spreads.is_empty(), "one draw says nothing of uncertainty");
    for _ in 0..5 {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
    }
    let after = snapshot(&study);
    let known: Vec<(usize, u32)> = after.spreads.iter().map(|spread| (spread.domain, spread.user)).collect();
    assert_eq!((known, after.trained), (vec![(0, a.0), (1, b.0)], true));
    for (spread, cloud) in after.spreads.iter().zip(&after.clouds) {
        assert_eq!(spread.vectors.0.len(), 5 * cloud.width, "a vector a draw");
        assert!(spread.vectors.0.iter().any(|x| *x != 0.0));
    }
}

/// A measurement of the sample, trained to the end of its first run.
fn trained(config: Config, has_tables: bool) -> Study {
    let mut world = sample_of(1, 2).world;
    for domain in world.domains.iter_mut().filter(|_| !has_tables) {
        (domain.user_features, domain.item_features) = (None, None);
    }
    let world = Arc::new(world);
    let new = Study::new(world, config.check().unwrap(), Device::cpu(), TransferStudy::LeftOut, vec![]);
    let mut study = pollster::block_on(new).unwrap();
    while study.runs().0 == 0 && !study.is_done() {
        pollster::block_on(study.advance(&mut |_| ())).unwrap();
    }
    study
}

/// What somebody rates of what the model was trained on, as if a visitor did.
fn as_visitor(study: &Study, domain: usize, user: UserId) -> Vec<GivenRating> {
    let test = study.split().test(study.world(), domain);
    let held: Vec<_> = (test.users.iter().zip(&test.items))
        .filter_map(|(&by, &item)| (by == user).then_some(item))
        .collect();
    let (items, values) = study.world().domains[domain].ratings.row(user);
    let rated = items.iter().zip(values).filter(|(item, _)| !held.contains(item));
    rated.map(|(item, &rating)| GivenRating { domain, item: item.0, rating }).collect()
}

#[test]
fn whoever_is_folded_in_with_their_own_ratings_lands_near_their_own_point() {
    let short = Config { epochs: 20, sweeps: 120, burn_in: 60, ..Config::robust() };
    // With tables a vector has what they say of a person in it, and nothing is said of a visitor.
    for (model, has_tables) in [("dml", true), ("dml", false), ("averaged", false), ("bayes", false)] {
        let study = trained(Config { model: model.into(), ..short.clone() }, has_tables);
        let (mut off, mut others) = (Vec::new(), Vec::new());
        for user in (0..40).map(|n| UserId(20 * n)) {
            let rated = as_visitor(&study, 0, user);
            if rated.len() < 10 {
                continue;
            }
            let asked = ShowMap { visitor: rated, ..ShowMap::default() };
            let map = MapSnapshot::of(&study, &asked, &mut None).unwrap().unwrap();
            let cloud = &map.clouds[0];
            let [place] = &map.visitor[..] else { panic!("{model}: {} places", map.visitor.len()) };
            let visitor = CloudView {
                points: Typed(place.point.0.clone()),
                width: cloud.width,
                projection: Typed(cloud.projection.0.clone()),
                planes: cloud.planes.clone(),
                way: vec![],
            };
            let (all, at) = (after(cloud), after(&visitor));
            let count = all.len() as f32 / 2.0;
            let mean = |n: usize| all.iter().skip(n).step_by(2).sum::<f32>() / count;
            let centre = [mean(0), mean(1)];
            let square = |x: &[f32], y: &[f32]| (x[0] - y[0]).powi(2) + (x[1] - y[1]).powi(2);
            let spread = (all.chunks(2).map(|x| square(x, &centre)).sum::<f32>() / count).sqrt();
            let own = &all[2 * user.index()..][..2];
            off.push(square(own, &at).sqrt() / spread);
            others.extend(all.chunks(2).step_by(7).map(|x| square(x, &at).sqrt() / spread));
        }
        let median = |all: &mut Vec<f32>| {
            all.sort_by(f32::total_cmp);
            all[all.len() / 2]
        };
        let (own, other) = (median(&mut off), median(&mut others));
        let furthest = off[off.len() - 1];
        let people = off.len();
        println!(
            "{model}, {has_tables}: {people} people, median {own} of the spread, furthest {furthest}; others {other}"
        );
        assert!(people > 20 && own < 0.5 && own < 0.5 * other, "{model}: {own}, {other}");
    }
}

#[test]
fn a_visitor_stands_nowhere_before_the_training_and_where_nobody_can_be_folded_in() {
    let rated = vec![GivenRating { domain: 0, item: 0, rating: 4.0 }];
    let asked = ShowMap { visitor: rated, ..ShowMap::default() };
    let map = MapSnapshot::of(&study(2), &asked, &mut None).unwrap().unwrap();
    assert!(map.visitor.is_empty());
    let codes = trained(Config { model: "dml".into(), epochs: 1, ..Config::paper() }, true);
    assert!(MapSnapshot::of(&codes, &asked, &mut None).unwrap().unwrap().visitor.is_empty());
}

#[test]
fn items_lie_in_the_direction_of_people_who_like_them_where_the_model_has_them_there() {
    let asked = ShowMap { items: true, ..ShowMap::default() };
    let short = Config { epochs: 8, sweeps: 60, burn_in: 20, ..Config::robust() };
    for model in ["dml", "bayes"] {
        let study = trained(Config { model: model.into(), ..short.clone() }, false);
        let map = MapSnapshot::of(&study, &asked, &mut None).unwrap().unwrap();
        assert!(map.has_items && map.items.len() == 2, "{model}");
        for (d, (items, cloud)) in map.items.iter().zip(&map.clouds).enumerate() {
            let domain = &study.world().domains[d];
            let width = cloud.width;
            assert_eq!(items.points.0.len(), items.items.0.len() * width);
            assert_eq!(items.items.0.len(), domain.items.len());
            // Whoever rates an item high lies further along it than whoever rates it low.
            let (mut right, mut wrong) = (0, 0);
            for (&item, at) in items.items.0.iter().zip(items.points.0.chunks(width)).take(40) {
                let along = |user: UserId| {
                    let own = &cloud.points.0[user.index() * width..][..width];
                    own.iter().zip(at).map(|(x, y)| x * y).sum::<f32>()
                };
                let mean = |is_high: bool| {
                    let rated: Vec<f32> = (domain.ratings.iter())
                        .filter(|rating| rating.item == ItemId(item) && (rating.value > 3.5) == is_high)
                        .map(|rating| along(rating.user))
                        .collect();
                    rated.iter().sum::<f32>() / rated.len() as f32
                };
                let (high, low) = (mean(true), mean(false));
                if high.is_finite() && low.is_finite() {
                    *(if high > low { &mut right } else { &mut wrong }) += 1;
                }
            }
            println!("{model}, domain {d}: {right} right, {wrong} wrong");
            assert!(right > 9 * wrong, "{model}, domain {d}: {right} right, {wrong} wrong");
        }
        // The turned cloud's items are told to those whom they suit, in both domains.
        let told = ItemView::new(&study, 0, 0).unwrap().unwrap();
        let inner = |user: u32, d: usize| {
            let picture = study.picture().unwrap().unwrap();
            let k = picture.dimension();
            let item = picture.items(0).unwrap()[..k].to_vec();
            let there = if d == 0 { item } else { picture.map_along(&[0, 1]).unwrap().to_b(&item) };
            let own = &picture.points(d)[user as usize * k..][..k];
            own.iter().zip(&there).map(|(x, y)| x * y).sum::<f32>()
        };
        for (d, users) in told.liked_by.iter().enumerate() {
            assert_eq!(users.len(), LIKED_BY);
            let least = inner(users[LIKED_BY - 1], d);
            let others =
                (0..study.world().domains[d].users.len() as u32).filter(|user| !users.contains(user));
            assert!(others.into_iter().all(|user| inner(user, d) <= least), "{model}, domain {d}");
        }
        assert!(ItemView::new(&study, 0, 9999).unwrap().is_none());
        assert!(ItemView::new(&study, 9, 0).unwrap().is_none());
    }
    // Codes of people and of items come from encoders that know nothing of each other.
    let codes = trained(Config { model: "dml".into(), epochs: 1, ..Config::paper() }, true);
    let map = MapSnapshot::of(&codes, &asked, &mut None).unwrap().unwrap();
    assert!(!map.has_items && map.items.is_empty());
}

#[test]
fn regions_are_of_the_picture_that_was_drawn_and_none_are_before_the_training() {
    let mut axes = None;
    let before = study(2);
    snapshot(&before, None, &mut axes);
    assert!(RegionsView::new(&before, axes.as_ref()).regions.is_empty());
    let study = trained(Config { model: "dml".into(), epochs: 12, ..Config::robust() }, true);
    let map = snapshot(&study, None, &mut axes);
    let found = RegionsView::new(&study, axes.as_ref());
    for region in &found.regions {
        println!("{:?} {:?} {:?}", region.name, region.people, region.tellings);
    }
    assert!((3..=6).contains(&found.regions.len()));
    let named = found.regions.iter().filter(|region| region.name.is_some()).count();
    assert!(named >= 2, "the sample has genres by which its tastes are told apart: {named}");
    // A region's middle is that of its people, where they are drawn after the map.
    for (n, region) in found.regions.iter().enumerate() {
        let (mut sum, mut count) = ([0.0; 2], 0.0);
        for (cloud, of) in map.clouds.iter().zip(&found.domains) {
            for (place, _) in after(cloud).chunks(2).zip(&of.0).filter(|(_, of)| usize::from(**of) == n) {
                sum = [sum[0] + place[0], sum[1] + place[1]];
                count += 1.0;
            }
        }
        assert_eq!(region.people.iter().sum::<usize>(), count as usize);
        let [x, y] = region.centre;
        let off = (x - sum[0] / count).hypot(y - sum[1] / count);
        assert!(off < 0.05 * x.hypot(y).max(0.1), "{off} from {:?}", region.centre);
    }
}
