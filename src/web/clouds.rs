//! The map's snapshot: all clouds in one projection, and the turn of each between before and after.

use serde::{Serialize, Serializer};

use crate::dml::Dml;
use crate::dml::mapping::Mapping;
use crate::error::Result;
use crate::lab::Study;
use crate::projection::{Cloud, MapProjection, Placed, Plane};
use crate::split::PairRole;

/// The axes of the last snapshot, so that the picture does not spin from one to the next.
pub(super) struct Axes {
    /// The domain in whose space they are.
    space: usize,
    axes: Vec<f32>,
}

/// Numbers that cross as one typed array.
pub(super) struct Typed<T>(Vec<T>);

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

impl MapSnapshot {
    /// The measured model's clouds in the space of a domain, or of the one that the others reach on the shortest ways.
    /// `axes` are those of the last snapshot and are replaced.
    ///
    /// # Errors
    /// When a vector is not finite.
    pub(super) fn new(
        study: &Study,
        model: &Dml,
        space: Option<usize>,
        axes: &mut Option<Axes>,
    ) -> Result<Self> {
        let space = space.filter(|&d| d < model.domains.len()).unwrap_or_else(|| centre(model));
        let ways: Vec<Vec<usize>> =
            (0..model.domains.len()).map(|d| model.walk(d, space).unwrap_or_default()).collect();
        let maps: Vec<Option<Mapping>> = ways.iter().map(|way| model.map_along(way)).collect();
        let placed: Vec<Placed> = (model.domains.iter().zip(&maps))
            .map(|(domain, map)| Placed { users: &domain.user_embeddings, mapping: map.as_ref() })
            .collect();
        let before = axes.take().map(|axes| match model.walk(axes.space, space) {
            // In another space the same picture has turned axes.
            Some(way) => model.map_along(&way).map_or(axes.axes.clone(), |map| map.to_b(&axes.axes)),
            None => axes.axes,
        });
        let projection = MapProjection::new(model.dimension, &placed, before.as_deref())?;
        *axes = Some(Axes { space, axes: projection.axes });
        Ok(Self {
            space,
            clouds: projection
                .clouds
                .into_iter()
                .zip(ways)
                .map(|(cloud, way)| cloud_view(cloud, way))
                .collect(),
            links: links(study),
            explained: projection.explained,
            trained: study.epoch() > 0 || study.report().is_some(),
        })
    }
}

fn cloud_view(Cloud { width, projection, planes, points }: Cloud, way: Vec<usize>) -> CloudView {
    CloudView { width, projection: Typed(projection), planes, points: Typed(points), way }
}

fn links(study: &Study) -> Vec<MapLink> {
    let links = study.world().links.iter().enumerate().map(|(number, link)| MapLink {
        domains: [link.a, link.b],
        pairs: Typed(link.overlap_users.iter().flat_map(|&(a, b)| [a, b]).collect()),
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
fn centre(model: &Dml) -> usize {
    let domains = model.domains.len();
    // A domain that no way leads to is further off than any way is long.
    let steps = |from: usize, to: usize| model.walk(from, to).map_or(domains + 1, |way| way.len());
    (0..domains).rev().min_by_key(|&to| (0..domains).map(|from| steps(from, to)).sum::<usize>()).unwrap_or(0)
}
