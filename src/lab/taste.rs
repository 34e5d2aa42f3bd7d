//! Whether kindness or taste crosses, from the Bayesian model: what its links come to, and how hidden pairs go together, each
//! beside the same with shuffled links.

use std::any::Any;

use serde::{Deserialize, Serialize};

use super::links::held_out_of;
use crate::data::World;
use crate::dml::averaged::Averaged;
use crate::dml::bayes::{Bayes, Figure, Taste};
use crate::recommender::Recommender;
use crate::split::Split;

/// What a training says of a link.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Evidence {
    /// ρ, how much of a person's bias is expected on the other side.
    pub rho: Figure,
    /// c, how much of their vector; `None` where biases alone cross.
    pub scale: Option<Figure>,
    /// c in units of the lengths of both sides' vectors; `None` where biases alone cross.
    pub correlation: Option<Figure>,
    /// Over pairs whose link was hidden; `None` for fewer than ten.
    pub held_out: Option<Taste>,
}

/// A link under the true pairs and under shuffled ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TasteReport {
    /// The domain that the other's people are expected from, and that other one, by number.
    pub domains: [usize; 2],
    /// With the true links.
    pub linked: Evidence,
    /// The placebo; `None` until it is trained.
    pub shuffled: Option<Evidence>,
}

/// The Bayesian model, or the Bayesian part of an average.
pub(super) fn bayes(model: &dyn Recommender) -> Option<&Bayes> {
    let any: &dyn Any = model;
    any.downcast_ref().or_else(|| any.downcast_ref::<Averaged>()?.bayes.as_deref())
}

/// What a training's model says of each link that it uses; nothing for other models.
pub(super) fn reports(world: &World, split: &Split, model: &dyn Recommender) -> Vec<TasteReport> {
    let Some(bayes) = bayes(model) else { return Vec::new() };
    let report = |(branch, link): (usize, crate::dml::bayes::LinkFigures)| {
        let pairs = held_out_of(world, split, link.from, link.to, |d, user| bayes.is_drawn(d, user));
        let held_out = bayes.taste(branch, &pairs);
        let linked = Evidence { rho: link.rho, scale: link.scale, correlation: link.correlation, held_out };
        TasteReport { domains: [link.from, link.to], linked, shuffled: None }
    };
    bayes.links().into_iter().enumerate().map(report).collect()
}

/// Puts the placebo's figures beside those of the true links.
pub(super) fn set_beside(reports: &mut [TasteReport], placebo: &[TasteReport]) {
    for report in reports {
        let same = placebo.iter().find(|other| other.domains == report.domains);
        report.shuffled = same.map(|other| other.linked);
    }
}
