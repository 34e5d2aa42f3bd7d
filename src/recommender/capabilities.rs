//! What a model can do, as far as the laboratory and the page have to know it before they train it.

use serde::Serialize;

/// What a model can do. A contract test holds every model to what it says here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// Whether anything crosses between domains: with links it predicts otherwise than without.
    pub crosses: bool,
    /// Whether people who lost all ratings of a domain are told apart there.
    pub cold_users: bool,
    /// Whether feature tables of people or items are used.
    pub features: bool,
    /// Whether it learns a map between the spaces of people, which the page shows.
    pub has_map: bool,
    /// Whether its training is steps of an engine and little else, which a graphics card can take for many trainings at once.
    pub on_device: bool,
}

impl Capabilities {
    /// Nothing of all that: a model of one domain's ratings alone.
    pub const NONE: Self =
        Self { crosses: false, cold_users: false, features: false, has_map: false, on_device: false };
}
