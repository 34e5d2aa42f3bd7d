//! The map's snapshot: all clouds in one projection, and the turn of each between before and after.

use std::cmp::Reverse;

use serde::{Serialize, Serializer};

use super::arguments::{ShowMap, Somebody};
use crate::colouring::{Colour, Colouring, Region, Regions, Telling, colouring, colours, regions};
use crate::data::{ItemId, UserId, World};
use crate::dml::Picture;
use crate::dml::mapping::Mapping;
use crate::error::Result;
use crate::lab::Study;
use crate::projection::{Cloud, MapProjection, Placed, Plane};
use crate::recommend::{self, GivenRating};
use crate::settings::Embeddings;
use crate::split::{PairRole, Rows};

/// What is kept of the last snapshot.
pub(super) struct Axes {
    /// The domain in whose space they are.
    space: usize,
    /// So that the picture does not spin from one to the next.
    axes: Vec<f32>,
    /// By domain, where users stand after the map, `[users, 2]`: what regions are of.
    places: Vec<Vec<f32>>,
}

/// Numbers that cross as one typed array.
pub(super) struct Typed<T>(pub(super) Vec<T>);

macro_rules! typed {
    ($number:ty, $array:ident) => {
        impl Serialize for Typed<$number> {
            #[cfg(target_arch = "wasm32")]
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serde_wasm_bindgen::preserve::serialize(&js_sys::$array::from(&self.0[..]), serializer)
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }
    };
}

typed!(f32, Float32Array);
typed!(u32, Uint32Array);
typed!(u8, Uint8Array);

/// All clouds in one projection.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct MapSnapshot {
    /// The domain in whose space they are shown; its own cloud stands still.
    space: usize,
    /// By domain.
    clouds: Vec<CloudView>,
    links: Vec<MapLink>,
    /// How far the person who was asked for may lie from their points, in each of their domains; nothing where the model
    /// does not know.
    spreads: Vec<PersonSpread>,
    /// Where a visitor stands, in each domain that they rate in; nowhere where the model cannot fold them in.
    visitor: Vec<VisitorPlace>,
    /// Whether items can be shown, because the model has vectors of them in the space of its people.
    has_items: bool,
    /// By domain, where it was asked for.
    items: Vec<ItemCloud>,
    /// Share of the variance that the two axes show, 0 to 1.
    explained: f32,
    trained: bool,
}

/// User n stands at projection · R(t) · points\[n\], where R(t) turns plane \[i, j\] by angle · t; t = 0 is before, t = 1 after
/// the map.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Cloud"))]
struct CloudView {
    /// Coordinates of a user; 2 for a cloud that stands still.
    width: usize,
    /// \[2, width\], row-major.
    #[cfg_attr(test, ts(type = "Float32Array"))]
    projection: Typed<f32>,
    planes: Vec<Plane>,
    /// \[users, width\], row-major.
    #[cfg_attr(test, ts(type = "Float32Array"))]
    points: Typed<f32>,
    /// The domains that its map leads through, both ends included; nothing where no link leads there.
    way: Vec<usize>,
}

/// Who is joined with whom.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct MapLink {
    domains: [usize; 2],
    /// A user of the first domain, then the same person in the second, and so on.
    #[cfg_attr(test, ts(type = "Uint32Array"))]
    pairs: Typed<u32>,
    /// By pair: 0 not linked, 1 linked (trained on), 2 held out (for the honest figure).
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    roles: Typed<u8>,
}

/// The uncertainty of a person's point.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct PersonSpread {
    domain: usize,
    user: u32,
    /// In the coordinates of their cloud, \[n, width\], row-major: what they become in the plane adds up to the covariance
    /// of the point there, by their outer products.
    #[cfg_attr(test, ts(type = "Float32Array"))]
    vectors: Typed<f32>,
}

/// Where somebody stands who is in no file.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct VisitorPlace {
    domain: usize,
    /// As a user of the domain's cloud, \[width\].
    #[cfg_attr(test, ts(type = "Float32Array"))]
    point: Typed<f32>,
}

/// Items in the cloud of a domain, in the direction of people who like them; as far out in all as people are.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct ItemCloud {
    /// Their numbers: of many those with the most ratings.
    #[cfg_attr(test, ts(type = "Uint32Array"))]
    items: Typed<u32>,
    /// As users of the cloud, \[items, width\].
    #[cfg_attr(test, ts(type = "Float32Array"))]
    points: Typed<f32>,
}

/// An item that is pointed at.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ItemView {
    title: String,
    about: Vec<String>,
    /// How many have rated it.
    ratings: usize,
    /// By domain, the users whose taste says most for it.
    liked_by: Vec<Vec<u32>>,
}

/// Regions of the map as it was drawn last.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct RegionsView {
    regions: Vec<RegionView>,
    /// By domain and user, the number of their region.
    #[cfg_attr(test, ts(type = "Array<Uint8Array>"))]
    domains: Vec<Typed<u8>>,
}

/// A region of the map.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Region"))]
struct RegionView {
    /// Null where nothing stands out.
    name: Option<String>,
    /// Where its middle is, in the coordinates of the cloud that stands still.
    centre: [f32; 2],
    /// By domain, how many people stand there.
    people: Vec<usize>,
    /// What stands out, the furthest beyond chance first.
    tellings: Vec<Telling>,
}

impl RegionsView {
    /// Of people as they were drawn last, by ratings that they were not drawn from; none before the training.
    pub(super) fn new(study: &Study, axes: Option<&Axes>) -> Self {
        let world = study.world();
        let Regions { list, of } = match axes.filter(|_| study.is_trained()) {
            Some(Axes { places, .. }) => {
                let rows: Vec<Rows> =
                    (0..world.domains.len()).map(|d| study.split().test(world, d)).collect();
                regions(world, places, &rows, study.config().seed)
            }
            None => Regions::default(),
        };
        let view = |Region { centre, people, name, tellings }| RegionView { name, centre, people, tellings };
        let domains = of.into_iter().map(Typed).collect();
        Self { regions: list.into_iter().map(view).collect(), domains }
    }
}

/// Items of all domains that are drawn at the most.
const MOST_ITEMS: usize = 2000;
/// Users a domain who are told of an item.
const LIKED_BY: usize = 12;

/// A domain's items in the space of its users, `[items, k]`; `None` where the model has them in none, or in another.
fn item_vectors(study: &Study, picture: &dyn Picture, domain: usize) -> Option<Vec<f32>> {
    // Codes of people and of items are made by encoders that know nothing of each other.
    let are_codes = study.dml().is_some() && study.config().embeddings != Embeddings::Learnt;
    picture.items(domain).filter(|_| !are_codes)
}

fn item_clouds(study: &Study, picture: &dyn Picture, clouds: &[Cloud]) -> Vec<ItemCloud> {
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
    pub(super) fn new(study: &Study, domain: usize, item: u32) -> Result<Option<Self>> {
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

/// What people can be coloured by, and their classes where one was chosen.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct ColourView {
    choices: Vec<Colour>,
    /// Null where nothing was chosen, or what is not there any more.
    chosen: Option<Classes>,
}

/// The class of everybody.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
struct Classes {
    names: Vec<String>,
    /// Whether they are steps from low to high, and not names beside each other.
    steps: bool,
    /// By domain and user: the number of the class, 255 where nothing is known.
    #[cfg_attr(test, ts(type = "Array<Uint8Array>"))]
    domains: Vec<Typed<u8>>,
}

impl ColourView {
    pub(super) fn new(world: &World, key: Option<&str>) -> Self {
        let classes = |Colouring { names, is_steps: steps, classes }| {
            let domains = classes.into_iter().map(Typed).collect();
            Classes { names, steps, domains }
        };
        let chosen = key.and_then(|key| colouring(world, key)).map(classes);
        Self { choices: colours(world), chosen }
    }
}

/// What somebody rates highest in a domain.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct Favourites {
    domain: usize,
    titles: Vec<String>,
}

/// Titles of a domain that are told of somebody.
const FAVOURITES: usize = 3;

/// What somebody rates highest in each of their domains, the domain that they were found in first.
pub(super) fn favourites(world: &World, domain: usize, user: UserId) -> Vec<Favourites> {
    let others = (0..world.domains.len()).filter(|&other| other != domain);
    let found = std::iter::once(domain).chain(others).filter_map(|d| {
        let user = world.people.across(domain, user, d)?;
        let titles: Vec<String> = recommend::favourites(&world.domains[d], user, FAVOURITES)
            .into_iter()
            .map(|item| item.title)
            .collect();
        (!titles.is_empty()).then_some(Favourites { domain: d, titles })
    });
    found.collect()
}

impl MapSnapshot {
    /// What is shown of a measurement, as [`MapSnapshot::new`]; `None` where its model has no map.
    ///
    /// # Errors
    /// When a vector is not finite.
    pub(super) fn of(study: &Study, asked: &ShowMap, axes: &mut Option<Axes>) -> Result<Option<Self>> {
        study.picture()?.map(|picture| Self::new(study, &*picture, asked, axes)).transpose()
    }

    /// A model's clouds in the space of a domain, or of the one that the others reach on the shortest ways. `axes` are
    /// those of the last snapshot and are replaced.
    ///
    /// # Errors
    /// When a vector is not finite.
    fn new(study: &Study, picture: &dyn Picture, asked: &ShowMap, axes: &mut Option<Axes>) -> Result<Self> {
        let domains = picture.domains();
        let space = asked.space.filter(|&d| d < domains).unwrap_or_else(|| centre(picture));
        let ways: Vec<Vec<usize>> =
            (0..domains).map(|d| picture.walk(d, space).unwrap_or_default()).collect();
        let maps: Vec<Option<Mapping>> = ways.iter().map(|way| picture.map_along(way)).collect();
        let placed: Vec<Placed> = (maps.iter().enumerate())
            .map(|(d, map)| Placed { users: picture.points(d), mapping: map.as_ref() })
            .collect();
        let before = axes.take().map(|axes| match picture.walk(axes.space, space) {
            // In another space the same picture has turned axes.
            Some(way) => picture.map_along(&way).map_or(axes.axes.clone(), |map| map.to_b(&axes.axes)),
            None => axes.axes,
        });
        let projection = MapProjection::new(picture.dimension(), &placed, before.as_deref())?;
        let places = projection.clouds.iter().map(Cloud::after).collect();
        *axes = Some(Axes { space, axes: projection.axes, places });
        Ok(Self {
            space,
            spreads: spreads(study, picture, &projection.clouds, asked.person),
            visitor: visitor(study, &projection.clouds, &asked.visitor)?,
            has_items: study.is_trained() && item_vectors(study, picture, 0).is_some(),
            items: if asked.items { item_clouds(study, picture, &projection.clouds) } else { Vec::new() },
            clouds: projection
                .clouds
                .into_iter()
                .zip(ways)
                .map(|(cloud, way)| cloud_view(cloud, way))
                .collect(),
            links: links(study),
            explained: projection.explained,
            trained: study.is_trained(),
        })
    }
}

/// How far a person may lie from their points.
fn spreads(
    study: &Study,
    picture: &dyn Picture,
    clouds: &[Cloud],
    person: Option<Somebody>,
) -> Vec<PersonSpread> {
    let domains = &study.world().domains;
    let exists =
        |place: &Somebody| domains.get(place.domain).is_some_and(|d| place.user < d.users.len() as u32);
    let Some(Somebody { domain, user }) = person.filter(exists) else { return Vec::new() };
    let spread = |(d, cloud): (usize, &Cloud)| {
        let user = study.world().people.across(domain, UserId(user), d)?;
        let vectors = cloud.coordinates(&picture.spread(d, user));
        (!vectors.is_empty()).then_some(PersonSpread { domain: d, user: user.0, vectors: Typed(vectors) })
    };
    clouds.iter().enumerate().filter_map(spread).collect()
}

/// Where a visitor stands, folded into the model that is drawn. Nothing is known of anybody before the training.
fn visitor(study: &Study, clouds: &[Cloud], given: &[GivenRating]) -> Result<Vec<VisitorPlace>> {
    if given.is_empty() || !study.is_trained() {
        return Ok(Vec::new());
    }
    let measured = study.measured();
    let profile = recommend::profile(&measured, given)?;
    let Some(person) = measured.model.fold_in(&profile, measured.settings.as_ref()) else {
        return Ok(Vec::new());
    };
    let place = |(d, cloud): (usize, &Cloud)| {
        profile.of_domain(d, &[]).next()?;
        let vector = person.vector(d).filter(|vector| vector.iter().all(|x| x.is_finite()))?;
        Some(VisitorPlace { domain: d, point: Typed(cloud.coordinates(&vector)) })
    };
    Ok(clouds.iter().enumerate().filter_map(place).collect())
}

fn cloud_view(Cloud { width, projection, planes, points, .. }: Cloud, way: Vec<usize>) -> CloudView {
    CloudView { width, projection: Typed(projection), planes, points: Typed(points), way }
}

fn links(study: &Study) -> Vec<MapLink> {
    let links = study.world().links.iter().enumerate().map(|(number, link)| MapLink {
        domains: [link.a, link.b],
        pairs: Typed(link.overlap_users.iter().flat_map(|&(a, b)| [a.0, b.0]).collect()),
        roles: Typed(study.split().roles(number).iter().map(|role| code(*role)).collect()),
    });
    links.collect()
}

fn code(role: PairRole) -> u8 {
    match role {
        PairRole::Unlinked => 0,
        PairRole::Linked | PairRole::ColdA | PairRole::ColdB => 1,
        PairRole::HeldOut => 2,
    }
}

/// The domain that the others reach over the fewest links, of equal ones the last: of two the second.
fn centre(picture: &dyn Picture) -> usize {
    let domains = picture.domains();
    // A domain that no way leads to is further off than any way is long.
    let steps = |from: usize, to: usize| picture.walk(from, to).map_or(domains + 1, |way| way.len());
    (0..domains).rev().min_by_key(|&to| (0..domains).map(|from| steps(from, to)).sum::<usize>()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::lab::TransferStudy;
    use std::sync::Arc;

    use super::*;
    use crate::data::sample_of;
    use crate::engine::Device;
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
            pollster::block_on(Study::new(world, config, Device::cpu(), TransferStudy::LeftOut, vec![]))
                .unwrap();
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
        let known: Vec<(usize, u32)> =
            after.spreads.iter().map(|spread| (spread.domain, spread.user)).collect();
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
}
