//! Whether taste crosses: how X u_A goes together with u_B for people whose link the chain has not seen. The link's own
//! numbers say less: λ is as high with shuffled links, and X turns any cloud onto another (docs/bayes.md).

use serde::{Deserialize, Serialize};

use super::draw::{Draw, LinkDraw};
use crate::data::UserId;

/// Correlations over pairs of one person's two sides, each as deviations from the pairs' mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Taste {
    /// Pairs.
    pub pairs: usize,
    /// Of biases: whether kindness crosses.
    pub biases: f64,
    /// Of X u_A with u_B, over all numbers of the vectors; `None` where biases alone cross.
    pub vectors: Option<f64>,
}

/// Pairs below which no correlation is given.
const ENOUGH: usize = 10;

/// The correlations over pairs (user of the link's upper domain, user of the lower) of what a chain's draws come to in the
/// mean, as a mean over `chains`, whose draws take turns; `None` for fewer than ten pairs, or without draws. Single draws
/// are mostly what is not known of a vector, which hides what is; means over chains that turned differently are nothing.
pub(super) fn measure<'d>(
    draws: impl ExactSizeIterator<Item = &'d Draw>,
    chains: usize,
    k: usize,
    branch: usize,
    pairs: &[(UserId, UserId)],
) -> Option<Taste> {
    let chains = chains.clamp(1, draws.len().max(1));
    if pairs.len() < ENOUGH || draws.len() == 0 {
        return None;
    }
    let none = |lists: usize| vec![vec![vec![(0.0, 0.0); pairs.len()]; lists]; chains];
    let (mut biases, mut vectors, mut has_vectors) = (none(1), none(k), false);
    for (n, draw) in draws.enumerate() {
        let link = &draw.links[branch];
        let (above, below) = (&draw.domains[link.from], &draw.domains[link.to]);
        let bias = |biases: &[f32], user: UserId| f64::from(biases[user.index()]);
        let sides = pairs.iter().map(|&(a, b)| (bias(&above.user_biases, a), bias(&below.user_biases, b)));
        add(&mut biases[n % chains], &[sides.collect()]);
        if !link.map.is_empty() {
            has_vectors = true;
            let sides = turned(link, k, &above.user_vectors, &below.user_vectors, pairs);
            add(&mut vectors[n % chains], &sides);
        }
    }
    let mean = |sums: &[Vec<Vec<(f64, f64)>>]| {
        sums.iter().map(|lists| correlation(lists)).sum::<f64>() / chains as f64
    };
    Some(Taste { pairs: pairs.len(), biases: mean(&biases), vectors: has_vectors.then(|| mean(&vectors)) })
}

/// Adds the sides of a draw to a chain's.
fn add(sums: &mut [Vec<(f64, f64)>], sides: &[Vec<(f64, f64)>]) {
    for (sum, side) in sums.iter_mut().flatten().zip(sides.iter().flatten()) {
        sum.0 += side.0;
        sum.1 += side.1;
    }
}

/// By number of the vector, (X u_A, u_B) of each pair.
fn turned(
    link: &LinkDraw,
    k: usize,
    above: &[f32],
    below: &[f32],
    pairs: &[(UserId, UserId)],
) -> Vec<Vec<(f64, f64)>> {
    (0..k)
        .map(|i| {
            let row = &link.map[i * k..][..k];
            let side = |&(a, b): &(UserId, UserId)| {
                let u = &above[a.index() * k..][..k];
                let x: f32 = row.iter().zip(u).map(|(x, u)| x * u).sum();
                (f64::from(x), f64::from(below[b.index() * k + i]))
            };
            pairs.iter().map(side).collect()
        })
        .collect()
}

/// Pearson's correlation over all lists together, each around its own means; 0 where a side does not vary.
fn correlation(lists: &[Vec<(f64, f64)>]) -> f64 {
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for list in lists {
        let n = list.len().max(1) as f64;
        let (x, y) = list.iter().fold((0.0, 0.0), |sum, side| (sum.0 + side.0 / n, sum.1 + side.1 / n));
        for (a, b) in list {
            xx += (a - x).powi(2);
            xy += (a - x) * (b - y);
            yy += (b - y).powi(2);
        }
    }
    let product: f64 = xx * yy;
    if product > 0.0 { xy / product.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlations_are_taken_around_each_lists_own_means() {
        let line =
            |level: f64| (0..5).map(|n| (f64::from(n) + level, 2.0 * f64::from(n))).collect::<Vec<_>>();
        assert!((correlation(&[line(0.0), line(100.0)]) - 1.0).abs() < 1e-12);
        // 1, 2, 3 with 1, 3, 2: ½.
        assert!((correlation(&[vec![(1.0, 1.0), (2.0, 3.0), (3.0, 2.0)]]) - 0.5).abs() < 1e-12);
        assert_eq!(correlation(&[vec![(1.0, 1.0), (1.0, 2.0)]]), 0.0);
    }
}
