//! What people on the map can be coloured by.

use serde::Serialize;

use super::Typed;
use crate::colouring::{Colour, Colouring, colouring, colours};
use crate::data::World;

/// What people can be coloured by, and their classes where one was chosen.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(in crate::web) struct ColourView {
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
    pub(in crate::web) fn new(world: &World, key: Option<&str>) -> Self {
        let classes = |Colouring { names, is_steps: steps, classes }| {
            let domains = classes.into_iter().map(Typed).collect();
            Classes { names, steps, domains }
        };
        let chosen = key.and_then(|key| colouring(world, key)).map(classes);
        Self { choices: colours(world), chosen }
    }
}
