//! The map's snapshot: all clouds in one projection, and the turn of each between before and after.

mod colours;
mod items;
mod regions;
#[cfg(test)]
mod tests;

use serde::{Serialize, Serializer};

use super::arguments::{ShowMap, Somebody};
use crate::data::{UserId, World};
use crate::dml::Picture;
use crate::dml::mapping::Mapping;
use crate::error::Result;
use crate::lab::Study;
use crate::projection::{Cloud, MapProjection, Placed, Plane};
use crate::recommend::{self, GivenRating};
use crate::split::PairRole;

pub(super) use colours::ColourView;
pub(super) use items::ItemView;
use items::{ItemCloud, item_clouds, item_vectors};
pub(super) use regions::RegionsView;

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
