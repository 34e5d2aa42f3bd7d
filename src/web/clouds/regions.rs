//! Regions of the map as the page is told of them.

use serde::Serialize;

use super::{Axes, Typed};
use crate::colouring::{Region, Regions, Telling, regions};
use crate::lab::Study;
use crate::split::Rows;

/// Regions of the map as it was drawn last.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(in crate::web) struct RegionsView {
    pub(super) regions: Vec<RegionView>,
    /// By domain and user, the number of their region.
    #[cfg_attr(test, ts(type = "Array<Uint8Array>"))]
    pub(super) domains: Vec<Typed<u8>>,
}

/// A region of the map.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "Region"))]
pub(super) struct RegionView {
    /// Null where nothing stands out.
    pub(super) name: Option<String>,
    /// Where its middle is, in the coordinates of the cloud that stands still.
    pub(super) centre: [f32; 2],
    /// By domain, how many people stand there.
    pub(super) people: Vec<usize>,
    /// What stands out, the furthest beyond chance first.
    pub(super) tellings: Vec<Telling>,
}

impl RegionsView {
    /// Of people as they were drawn last, by ratings that they were not drawn from; none before the training.
    pub(in crate::web) fn new(study: &Study, axes: Option<&Axes>) -> Self {
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
