//! Tests that hold for what a contest has: figures on folds whose training sets overlap, and many models at once.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The mean and the standard deviation of figures, the latter with n − 1; `None` for fewer than two.
pub fn mean_and_deviation(figures: &[f64]) -> (f64, Option<f64>) {
    let n = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / n.max(1.0);
    let squares: f64 = figures.iter().map(|x| (x - mean).powi(2)).sum();
    (mean, (figures.len() > 1).then(|| (squares / (n - 1.0)).sqrt()))
}

/// The 95 % interval of a mean over folds and seeds whose training sets overlap: x̄ ± t √((1/J + ρ) s²) with the t of J − 1
/// degrees of freedom and ρ = tested rows / rows that were learnt from, as in [`corrected_t`]. `None` for fewer than two.
pub fn interval(figures: &[f64], ratio: f64) -> Option<[f64; 2]> {
    let (mean, deviation) = mean_and_deviation(figures);
    let freedom = figures.len().checked_sub(1)? as f64;
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
    let half = t * deviation? * (1.0 / figures.len() as f64 + ratio).sqrt();
    Some([mean - half, mean + half])
}

/// A paired test of two models on the same folds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Paired {
    /// The t statistic; infinite (null in JSON) where all differences are the same and not zero.
    pub t: f64,
    /// Degrees of freedom.
    pub freedom: usize,
    /// Two-sided.
    pub p: f64,
}

/// The corrected resampled t-test: t = d̄ / √((1/J + ρ) s²) with J − 1 degrees of freedom, over the differences d of J folds
/// and seeds, where ρ = tested rows / rows that were learnt from. Training sets of several folds overlap, so that the
/// differences are not independent and the plain test, ρ = 0, claims too much (Nadeau and Bengio, *Inference for the
/// Generalization Error*, Machine Learning 52, 2003; for repeated folds Bouckaert and Frank, PAKDD 2004). `None` for fewer than
/// two differences.
///
/// # Examples
/// ```
/// use dual_metric::lab::contest::corrected_t;
///
/// // d̄ = 2, s² = 1, t = 2 / √(1/3 + 1/4).
/// let test = corrected_t(&[1.0, 2.0, 3.0], 0.25).unwrap();
/// assert!((test.t - 2.618_615).abs() < 1e-6);
/// assert!((test.p - 0.120_1).abs() < 1e-4);
/// ```
pub fn corrected_t(differences: &[f64], ratio: f64) -> Option<Paired> {
    let (mean, deviation) = mean_and_deviation(differences);
    let freedom = differences.len() - usize::from(!differences.is_empty());
    let error = deviation? * (1.0 / differences.len() as f64 + ratio).sqrt();
    // Models that predict alike differ by nothing on every fold.
    let t = if mean == 0.0 { 0.0 } else { mean / error };
    let p =
        if t.is_infinite() { 0.0 } else { 2.0 * StudentsT::new(0.0, 1.0, freedom as f64).ok()?.sf(t.abs()) };
    Some(Paired { t, freedom, p: p.min(1.0) })
}

/// Holm's step-down correction: p-values such that the chance of any false claim among all of them stays below the level
/// (Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, 1979). In the order of `p`.
///
/// # Examples
/// ```
/// use dual_metric::lab::contest::holm;
///
/// let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
/// for (p, by_hand) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
///     assert!((p - by_hand).abs() < 1e-12);
/// }
/// ```
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    let mut corrected = vec![1.0; p.len()];
    let mut largest = 0.0_f64;
    for (rank, &place) in order.iter().enumerate() {
        largest = largest.max(p[place] * (p.len() - rank) as f64).min(1.0);
        corrected[place] = largest;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(x: f64, y: f64, by: f64) {
        assert!((x - y).abs() < by, "{x} is not {y}");
    }

    #[test]
    fn the_deviation_is_that_of_a_sample() {
        assert_eq!(mean_and_deviation(&[2.0, 4.0, 6.0]), (4.0, Some(2.0)));
        assert_eq!(mean_and_deviation(&[2.0]), (2.0, None));
    }

    #[test]
    fn t_has_the_quantiles_of_the_tables() {
        // Two-sided 5 % and 1 % points of Student's distribution.
        for (freedom, five, one) in
            [(1, 12.706, 63.657), (4, 2.776, 4.604), (9, 2.262, 3.250), (24, 2.064, 2.797)]
        {
            for (t, p) in [(five, 0.05), (one, 0.01)] {
                let own = 2.0 * StudentsT::new(0.0, 1.0, f64::from(freedom)).unwrap().sf(t);
                near(own, p, 5e-5);
            }
        }
    }

    #[test]
    fn nadeau_and_bengio_by_hand() {
        // Five folds: d̄ = .003, Σ(d − d̄)² = 10e-6, s² = 2.5e-6. Plain: t = .003 / √(.2 · 2.5e-6) = 4.243, p = .0132.
        // Corrected with ρ = 1/4: t = .003 / √(.45 · 2.5e-6) = 2.828, p = .0474.
        let differences = [0.001, 0.002, 0.003, 0.004, 0.005];
        let plain = corrected_t(&differences, 0.0).unwrap();
        near(plain.t, 4.242_641, 1e-6);
        near(plain.p, 0.013_24, 1e-5);
        let corrected = corrected_t(&differences, 0.25).unwrap();
        near(corrected.t, 2.828_427, 1e-6);
        near(corrected.p, 0.047_42, 1e-5);
        assert_eq!(corrected.freedom, 4);
        // The other way round the sign changes and nothing else.
        let turned = corrected_t(&differences.map(|d| -d), 0.25).unwrap();
        assert_eq!((turned.t, turned.p), (-corrected.t, corrected.p));
    }

    #[test]
    fn the_interval_of_a_mean_is_where_the_test_finds_five_percent() {
        // x̄ = 2, s² = 1, t of 2 degrees of freedom 4.303: 4.303 √(1/3 + 1/4) = 3.286.
        let [low, high] = interval(&[1.0, 2.0, 3.0], 0.25).unwrap();
        near(low, 2.0 - 3.2862, 1e-3);
        near(high, 2.0 + 3.2862, 1e-3);
        let away = [1.0, 2.0, 3.0].map(|x| x - low);
        near(corrected_t(&away, 0.25).unwrap().p, 0.05, 1e-6);
        assert_eq!(interval(&[1.0], 0.25), None);
        assert_eq!(interval(&[], 0.25), None);
    }

    #[test]
    fn the_same_on_every_fold_is_no_difference_or_a_sure_one() {
        assert_eq!(corrected_t(&[0.0; 5], 0.25).map(|test| test.p), Some(1.0));
        assert_eq!(corrected_t(&[0.5; 5], 0.25).map(|test| (test.t, test.p)), Some((f64::INFINITY, 0.0)));
        assert_eq!(corrected_t(&[0.1], 0.25), None);
        assert_eq!(corrected_t(&[], 0.25), None);
    }

    #[test]
    fn holm_steps_down_and_never_goes_back() {
        let expected = |p: &[f64], by_hand: &[f64]| {
            let own = holm(p);
            assert_eq!(own.len(), by_hand.len());
            own.iter().zip(by_hand).for_each(|(own, by_hand)| near(*own, *by_hand, 1e-12));
        };
        // Sorted .005 .01 .03 .04: times 4, 3, 2, 1 is .02 .03 .06 .04, and the last can't be below the one before.
        expected(&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]);
        expected(&[0.4, 0.9], &[0.8, 0.9]);
        expected(&[0.6, 0.7], &[1.0, 1.0]);
        expected(&[0.2], &[0.2]);
        expected(&[], &[]);
    }
}
