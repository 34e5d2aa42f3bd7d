//! The map's snapshot: all clouds in one projection, and the turn of each between before and after.

use serde::{Serialize, Serializer};

use super::arguments::Somebody;
use crate::colouring::{Colour, Colouring, colouring, colours};
use crate::data::{UserId, World};
use crate::dml::Picture;
use crate::dml::mapping::Mapping;
use crate::error::Result;
use crate::lab::Study;
use crate::projection::{Cloud, MapProjection, Placed, Plane};
use crate::recommend;
use crate::split::PairRole;

/// The axes of the last snapshot, so that the picture does not spin from one to the next.
pub(super) struct Axes {
    /// The domain in whose space they are.
    space: usize,
    axes: Vec<f32>,
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
    pub(super) fn of(
        study: &Study,
        space: Option<usize>,
        person: Option<Somebody>,
        axes: &mut Option<Axes>,
    ) -> Result<Option<Self>> {
        study.picture()?.map(|picture| Self::new(study, &*picture, space, person, axes)).transpose()
    }

    /// A model's clouds in the space of a domain, or of the one that the others reach on the shortest ways. `axes` are
    /// those of the last snapshot and are replaced.
    ///
    /// # Errors
    /// When a vector is not finite.
    fn new(
        study: &Study,
        picture: &dyn Picture,
        space: Option<usize>,
        person: Option<Somebody>,
        axes: &mut Option<Axes>,
    ) -> Result<Self> {
        let domains = picture.domains();
        let space = space.filter(|&d| d < domains).unwrap_or_else(|| centre(picture));
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
        *axes = Some(Axes { space, axes: projection.axes });
        Ok(Self {
            space,
            spreads: spreads(study, picture, &projection.clouds, person),
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
        MapSnapshot::of(study, space, None, axes).unwrap().unwrap()
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
        assert!(MapSnapshot::of(&study, None, None, &mut None).unwrap().is_none());
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
        let snapshot = |study: &Study| MapSnapshot::of(study, None, person, &mut None).unwrap().unwrap();
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
}
