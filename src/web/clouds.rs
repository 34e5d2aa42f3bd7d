//! The map's snapshot as typed arrays: both clouds in one projection, and the turn between before and after.

use js_sys::{Float32Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::arguments::{object, refusal, reply};
use crate::lab::Study;
use crate::projection::MapProjection;
use crate::split::PairRole;

/// What the page says of a model without a map.
pub(super) fn no_map() -> JsError {
    JsError::new("this model has no map that the page could show; train it on the command line")
}

/// `MapSnapshot` of `www/protocol.js`. `axes` are those of the last snapshot, so that the picture does not spin from
/// one to the next; they are replaced.
pub(super) fn snapshot(study: &Study, axes: &mut Option<Vec<f32>>) -> Result<JsValue, JsError> {
    let Some(model) = study.dml() else { return Err(no_map()) };
    let Some(link) = model.links.first() else { return Err(JsError::new("there is no map")) };
    let (a, b) = (&model.domains[link.a].user_embeddings, &model.domains[link.b].user_embeddings);
    let projection =
        MapProjection::new(model.dimension, a, b, &link.mapping, axes.as_deref()).map_err(refusal)?;
    let pairs: Vec<u32> = study.world().links[0].overlap_users.iter().flat_map(|&(a, b)| [a, b]).collect();
    let roles: Vec<u8> = (study.split().roles(0).iter())
        .map(|role| match role {
            PairRole::Unlinked => 0,
            PairRole::HeldOut => 2,
            PairRole::Linked | PairRole::ColdA | PairRole::ColdB => 1,
        })
        .collect();
    let snapshot = object([
        ("k1", (projection.k1 as f64).into()),
        ("projection", Float32Array::from(&projection.projection[..]).into()),
        ("planes", reply(&projection.planes)?),
        ("a", Float32Array::from(&projection.a[..]).into()),
        ("b", Float32Array::from(&projection.b[..]).into()),
        ("pairs", Uint32Array::from(&pairs[..]).into()),
        ("pair_roles", Uint8Array::from(&roles[..]).into()),
        ("explained", f64::from(projection.explained).into()),
        ("trained", (study.epoch() > 0 || study.report().is_some()).into()),
    ])?;
    *axes = Some(projection.axes);
    Ok(snapshot)
}
