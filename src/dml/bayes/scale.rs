//! A move of the chain along what ratings cannot tell apart: people's vectors of a domain times e^t and items' times e^−t, with the
//! means and precisions of both, and the lengths of the links at the domain, so that every score and every expectation
//! stays as it is. Only the priors of precisions and of c have something to say of t; without this move t wanders as
//! slowly as a thousand vectors do one after the other, and c with it.

use super::domain::Domain;
use super::link::Link;
use super::slice;
use super::tree::Branch;
use crate::rng::Generator;

/// First width of the slice, about the posterior deviation of t.
const WIDTH: f64 = 0.2;

/// Draws the scale of a domain's space given everything that is the same at each scale.
pub(super) fn draw<const K: usize>(
    number: usize,
    domain: &mut Domain<K>,
    links: &mut [Link<K>],
    branches: &[Branch],
    chance: &mut Generator,
) {
    let sum = |precision: &[f32; K]| precision.iter().map(|&x| f64::from(x)).sum::<f64>();
    let above = (branches.iter().zip(&*links))
        .find(|(branch, link)| branch.child == number && link.vectors)
        .map(|(_, link)| (f64::from(link.scale), f64::from(link.lambda)));
    let below = (branches.iter().zip(&*links))
        .filter(|(branch, link)| branch.parent == number && link.vectors)
        .map(|(_, link)| f64::from(link.scale))
        .collect();
    let density = Density {
        people: sum(&domain.people_prior.precision.vector),
        items: sum(&domain.items_prior.precision.vector),
        above,
        below,
    };
    let t = slice::move_on_line(WIDTH, |t| density.log(t), chance);
    let (longer, shorter) = (t.exp() as f32, (-t).exp() as f32);
    domain.people_prior.rescale(longer);
    domain.items_prior.rescale(shorter);
    domain.people.iter_mut().for_each(|point| point.vector.iter_mut().for_each(|x| *x *= longer));
    domain.items.iter_mut().for_each(|point| point.vector.iter_mut().for_each(|x| *x *= shorter));
    for (link, branch) in links.iter_mut().zip(branches) {
        if branch.child == number && link.vectors {
            link.scale *= longer;
            link.lambda *= shorter * shorter;
        } else if branch.parent == number {
            link.scale *= shorter;
        }
    }
}

/// What the priors say of t. A vector's normal density takes back what its change of length gives, and so do the normals of
/// the means; what is left is Λ ~ Gamma(½, rate ½) of people, items and λ, and c ~ N(½, 1), each on its logarithm.
struct Density {
    /// ΣΛ of people's vectors.
    people: f64,
    /// ΣΛ of items' vectors.
    items: f64,
    /// c and λ of the link to the domain above.
    above: Option<(f64, f64)>,
    /// c of links to domains below.
    below: Vec<f64>,
}

impl Density {
    fn log(&self, t: f64) -> f64 {
        let (longer, shorter) = (t.exp(), (-t).exp());
        let c = |scale: f64| scale.max(f64::MIN_POSITIVE).ln() - (scale - 0.5).powi(2) / 2.0;
        // The linear terms of people's and items' precisions, ∓k t, cancel.
        let precisions = self.people * shorter * shorter + self.items * longer * longer;
        let above = self
            .above
            .map_or(0.0, |(scale, lambda)| c(scale * longer) - t - lambda * shorter * shorter / 2.0);
        let below: f64 = self.below.iter().map(|&scale| c(scale * shorter)).sum();
        above + below - precisions / 2.0
    }
}
