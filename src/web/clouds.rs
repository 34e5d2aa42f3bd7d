//! The map's snapshot as typed arrays: all clouds in one projection, and the turn of each between before and after.

use js_sys::{Array, Float32Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::arguments::{object, refusal, reply};
use crate::dml::Dml;
use crate::dml::mapping::Mapping;
use crate::lab::Study;
use crate::projection::{Cloud, MapProjection, Placed};
use crate::split::PairRole;

/// The axes of the last snapshot, so that the picture does not spin from one to the next.
pub(super) struct Axes {
    /// The domain in whose space they are.
    space: usize,
    axes: Vec<f32>,
}

/// What the page says of a model without a map.
pub(super) fn no_map() -> JsError {
    JsError::new("this model has no map that the page could show; train it on the command line")
}

/// `MapSnapshot` of `www/protocol.js`, in the space of a domain, or of the one that the others reach on the shortest ways.
/// `axes` are those of the last snapshot and are replaced.
pub(super) fn snapshot(
    study: &Study,
    space: Option<usize>,
    axes: &mut Option<Axes>,
) -> Result<JsValue, JsError> {
    let Some(model) = study.dml() else { return Err(no_map()) };
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
    let projection = MapProjection::new(model.dimension, &placed, before.as_deref()).map_err(refusal)?;
    let clouds = Array::new();
    for (cloud, way) in projection.clouds.iter().zip(&ways) {
        clouds.push(&cloud_view(cloud, way)?);
    }
    let snapshot = object([
        ("space", (space as f64).into()),
        ("clouds", clouds.into()),
        ("links", link_views(study)?.into()),
        ("explained", f64::from(projection.explained).into()),
        ("trained", (study.epoch() > 0 || study.report().is_some()).into()),
    ])?;
    *axes = Some(Axes { space, axes: projection.axes });
    Ok(snapshot)
}

fn cloud_view(cloud: &Cloud, way: &[usize]) -> Result<JsValue, JsError> {
    object([
        ("width", (cloud.width as f64).into()),
        ("projection", Float32Array::from(&cloud.projection[..]).into()),
        ("planes", reply(&cloud.planes)?),
        ("points", Float32Array::from(&cloud.points[..]).into()),
        ("way", reply(way)?),
    ])
}

/// Who is joined with whom, by link.
fn link_views(study: &Study) -> Result<Array, JsError> {
    let links = Array::new();
    for (number, link) in study.world().links.iter().enumerate() {
        let pairs: Vec<u32> = link.overlap_users.iter().flat_map(|&(a, b)| [a, b]).collect();
        let roles: Vec<u8> = (study.split().roles(number).iter())
            .map(|role| match role {
                PairRole::Unlinked => 0,
                PairRole::HeldOut => 2,
                PairRole::Linked | PairRole::ColdA | PairRole::ColdB => 1,
            })
            .collect();
        links.push(&object([
            ("domains", reply(&[link.a, link.b])?),
            ("pairs", Uint32Array::from(&pairs[..]).into()),
            ("roles", Uint8Array::from(&roles[..]).into()),
        ])?);
    }
    Ok(links)
}

/// The domain that the others reach over the fewest links, of equal ones the last: of two the second.
fn centre(model: &Dml) -> usize {
    let domains = model.domains.len();
    // A domain that no way leads to is further off than any way is long.
    let steps = |from: usize, to: usize| model.walk(from, to).map_or(domains, |way| way.len());
    (0..domains).rev().min_by_key(|&to| (0..domains).map(|from| steps(from, to)).sum::<usize>()).unwrap_or(0)
}
