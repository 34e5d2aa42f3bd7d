//! Jobs without ratings: planted orthogonal maps, and how many pairs of vectors it takes to find them again.

use std::collections::BTreeMap;

use super::Job;
use crate::dml::mapping::Mapping;
use crate::error::Result;
use crate::rng::Generator;

/// Maps of a job, and people whom none of them was found by.
const MAPS: usize = 40;
const HELD_OUT: usize = 200;
/// Below this the map is found: single precision leaves less.
const FOUND: f64 = 1e-8;

/// Numbers of pairs that are tried in k dimensions: few, about k, and the k (k − 1) / 2 of the paper.
pub fn pair_counts(k: usize) -> Vec<usize> {
    let paper = k * k.saturating_sub(1) / 2;
    let mut all =
        vec![1, 2, 4, k / 2, k.saturating_sub(2), k.saturating_sub(1), k, k + 1, 2 * k, 4 * k, paper];
    all.retain(|n| *n > 0);
    all.sort_unstable();
    all.dedup();
    all
}

/// By name and number of pairs, over planted maps: `error N`, the mean of ‖X̂ − X‖² / 2k, which is 1 for a random orthogonal
/// X̂; `misfit N`, Σ‖X̂ u − v‖² / Σ‖v‖² over people who were not used; `found N`, the share of maps found to rounding.
///
/// # Errors
/// Never in practice: all vectors are finite.
pub(super) fn measures(job: &Job, k: usize, noise: f64) -> Result<BTreeMap<String, f64>> {
    let mut rng = Generator::new(job.training_seed(), &format!("planted map {k} {noise}"));
    let mut sums = BTreeMap::<String, f64>::new();
    for _ in 0..MAPS {
        let planted = Mapping::random(k, &mut rng);
        let people = |n: usize, rng: &mut Generator| {
            let a = rng.normals(n * k, 1.0);
            let mut b = planted.to_b(&a);
            b.iter_mut().for_each(|x| *x += noise as f32 * rng.normal());
            (a, b)
        };
        let most = pair_counts(k).last().copied().unwrap_or(1);
        let (a, b) = people(most, &mut rng);
        let (held_a, held_b) = people(HELD_OUT, &mut rng);
        for n in pair_counts(k) {
            let found = Mapping::procrustes(k, &a[..n * k], &b[..n * k])?;
            let error = (found.b_from_a() - planted.b_from_a()).norm_squared() / (2 * k) as f64;
            let square = |x: f64| x * x;
            let misses = found.to_b(&held_a).into_iter().zip(&held_b);
            let missed: f64 = misses.map(|(x, y)| square(f64::from(x) - f64::from(*y))).sum();
            let all: f64 = held_b.iter().map(|y| square(f64::from(*y))).sum();
            for (name, value) in
                [("error", error), ("misfit", missed / all), ("found", f64::from(u8::from(error < FOUND)))]
            {
                *sums.entry(format!("{name} {n}")).or_default() += value;
            }
        }
    }
    sums.values_mut().for_each(|sum| *sum /= MAPS as f64);
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::super::result::tests::job;
    use super::*;

    fn of(k: usize, noise: f64) -> BTreeMap<String, f64> {
        measures(&job("procrustes", 0), k, noise).unwrap()
    }

    #[test]
    fn k_exact_pairs_fix_the_map_and_one_fewer_up_to_a_reflection() {
        for k in [4, 8, 16] {
            let own = of(k, 0.0);
            for n in [k, k + 1, 2 * k] {
                assert_eq!(own[&format!("found {n}")], 1.0, "{n} pairs in {k} dimensions");
            }
            // Of the two maps that are left one is the planted one: about half are found, and the others are a reflection away,
            // 4 / 2k.
            let found = own[&format!("found {}", k - 1)];
            assert!((0.25..0.75).contains(&found), "{found}");
            assert!((own[&format!("error {}", k - 1)] - (1.0 - found) * 2.0 / k as f64).abs() < 1e-6);
            assert_eq!(own[&format!("found {}", k - 2)], 0.0);
        }
    }

    #[test]
    fn with_noise_no_number_of_pairs_is_enough_but_more_are_better() {
        let own = of(8, 0.3);
        assert!(own.iter().filter(|(name, _)| name.starts_with("found")).all(|(_, found)| *found == 0.0));
        let error = |n: usize| own[&format!("error {n}")];
        assert!(error(32) < error(16) && error(16) < error(8) && error(8) < error(4));
        // Even X itself misses by the noise: σ² / (1 + σ²).
        assert!(own["misfit 32"] > 0.09 / 1.09 * 0.95);
    }
}
