//! The conditions of the paper's Proposition 1 and the perturbation that brings them about.

use nalgebra::DMatrix;

use crate::split::Training;

/// Below zero by no more than rounding.
const ROUNDING: f64 = 1e-12;

/// (a), (b) and (c) of the paper's 4.2 for given α, X, V_A and V_B. By how much each holds; what is negative fails. Under a
/// permutation (b) and (c) do not hold without (a), unless nobody has rated anything: with α > ½ each matrix would have to be
/// larger than the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// 1 − 2α; must be above 0.
    pub a: f64,
    /// The smallest entry of (1 − α) V_B − α Xᵀ V_A.
    pub b: f64,
    /// The smallest entry of (1 − α) V_A − α X V_B.
    pub c: f64,
}

impl Conditions {
    /// Of full matrices.
    ///
    /// # Shapes
    /// `x`: `[n, n]`; `v_a`, `v_b`: `[n, m]`.
    pub fn new(alpha: f64, x: &DMatrix<f64>, v_a: &DMatrix<f64>, v_b: &DMatrix<f64>) -> Self {
        let smallest = |own: &DMatrix<f64>, other: DMatrix<f64>| (own * (1.0 - alpha) - other * alpha).min();
        Self { a: 1.0 - 2.0 * alpha, b: smallest(v_b, x.tr_mul(v_a)), c: smallest(v_a, x * v_b) }
    }

    /// Of the model's sparse matrices: ratings in [0, `largest`] of either domain, everything that is not rated 0, a
    /// permutation X, `perturbation` added everywhere. The domains' items are not the same, so that where one matrix has a
    /// rating the other has none.
    pub fn of_sparse(alpha: f64, largest: [f64; 2], perturbation: f64) -> Self {
        let smallest = |other: f64| (1.0 - 2.0 * alpha) * perturbation - alpha * other;
        Self { a: 1.0 - 2.0 * alpha, b: smallest(largest[0]), c: smallest(largest[1]) }
    }

    /// Of the first two domains of a training, with the smallest perturbation that is enough, which is given too; `None`
    /// with one domain. From α = ½ on nothing is enough, and none is added.
    pub fn of_training(alpha: f64, training: &Training) -> Option<(Self, f64)> {
        let perturbation = Some(sufficient_perturbation(alpha, 1.0)).filter(|c| c.is_finite()).unwrap_or(0.0);
        let largest = |d: usize| training.rows(d).targets.iter().copied().fold(0.0, f32::max).into();
        let own = || Self::of_sparse(alpha, [largest(0), largest(1)], perturbation);
        (training.domains() > 1).then(|| (own(), perturbation))
    }

    /// Whether all three hold, to rounding.
    pub fn hold(&self) -> bool {
        self.a > 0.0 && self.b >= -ROUNDING && self.c >= -ROUNDING
    }

    /// In a line.
    pub fn words(&self) -> String {
        let hold = if self.hold() { "hold" } else { "do not hold" };
        format!("conditions (a), (b), (c) {hold}: {:.3}, {:.3}, {:.3}", self.a, self.b, self.c)
    }
}

/// The smallest perturbation with which (b) and (c) hold for every pair of matrices with entries in [0, `largest`] under a
/// *permutation* X: α k / (1 − 2α). It does not grow with the number of people. The paper's m k does, and is none the safer:
/// for an orthogonal X whose rows add up to more than (1 − α)/α no perturbation of one number helps. Infinite from α = ½.
pub fn sufficient_perturbation(alpha: f64, largest: f64) -> f64 {
    if alpha < 0.5 { alpha * largest / (1.0 - 2.0 * alpha) } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Generator;

    #[test]
    fn the_conditions_of_two_people_by_hand() {
        // X swaps them: Xᵀ V_A = [3, 1].
        let x = DMatrix::from_row_slice(2, 2, &[0.0, 1.0, 1.0, 0.0]);
        let (v_a, v_b) =
            (DMatrix::from_row_slice(2, 1, &[1.0, 3.0]), DMatrix::from_row_slice(2, 1, &[2.0, 1.0]));
        let conditions = Conditions::new(0.25, &x, &v_a, &v_b);
        // b: 0.75 · [2, 1] − 0.25 · [3, 1]; c: 0.75 · [1, 3] − 0.25 · [1, 2].
        assert_eq!(conditions, Conditions { a: 0.5, b: 0.5, c: 0.5 });
        assert!(conditions.hold() && conditions.words().contains("hold: 0.500"));
        assert!(!Conditions::new(0.5, &x, &v_a, &v_b).hold(), "(a) asks for less than a half");
        let failing = Conditions::new(0.45, &x, &v_a, &v_b);
        assert!(failing.b < 0.0 && failing.words().contains("do not hold"), "{failing:?}");
    }

    #[test]
    fn the_sparse_form_is_the_full_one_with_the_unrated_as_zero() {
        // Two people who change places under X; item 0 is A's, item 1 is B's.
        let x = DMatrix::from_row_slice(2, 2, &[0.0, 1.0, 1.0, 0.0]);
        for (alpha, c) in [(0.1, 0.2), (0.3, 0.75), (0.4, 0.1)] {
            let v_a = DMatrix::from_row_slice(2, 2, &[0.0, 0.0, 0.8, 0.0]).add_scalar(c);
            let v_b = DMatrix::from_row_slice(2, 2, &[0.0, 0.5, 0.0, 1.0]).add_scalar(c);
            let (full, sparse) =
                (Conditions::new(alpha, &x, &v_a, &v_b), Conditions::of_sparse(alpha, [0.8, 1.0], c));
            assert!(
                (full.b - sparse.b).abs() < 1e-12 && (full.c - sparse.c).abs() < 1e-12,
                "{full:?} {sparse:?}"
            );
        }
    }

    #[test]
    fn the_smallest_perturbation_is_enough_and_a_smaller_one_is_not() {
        for alpha in [0.0, 0.1, 0.3, 0.45] {
            let c = sufficient_perturbation(alpha, 1.0);
            assert!(Conditions::of_sparse(alpha, [1.0, 1.0], c).hold());
            assert!(alpha == 0.0 || !Conditions::of_sparse(alpha, [1.0, 1.0], 0.99 * c).hold());
        }
        assert!(sufficient_perturbation(0.5, 1.0).is_infinite());
    }

    #[test]
    fn the_papers_perturbation_is_not_enough_for_every_orthogonal_map() {
        // All of Xᵀ 1 is ±√n in one direction: the reflection that takes 1/√n to the first unit vector.
        let n = 16;
        let mut normal = DMatrix::from_element(n, 1, 1.0 / (n as f64).sqrt());
        normal[(0, 0)] -= 1.0;
        let normal = normal.normalize();
        let x = DMatrix::identity(n, n) - &normal * normal.transpose() * 2.0;
        assert!((&x * x.transpose() - DMatrix::identity(n, n)).norm() < 1e-12);
        let mut chance = Generator::new(1, "ratings");
        let mut matrix = || DMatrix::from_fn(n, 5, |_, _| f64::from(chance.unit()));
        // m = 16 is the rank of X, k = 1 the largest rating.
        let (v_a, v_b) = (matrix().add_scalar(16.0), matrix().add_scalar(16.0));
        let conditions = Conditions::new(0.25, &x, &v_a, &v_b);
        assert!(conditions.a > 0.0 && conditions.b < -1.0, "{conditions:?}");
        // For a permutation it is.
        assert!(Conditions::new(0.25, &DMatrix::identity(n, n), &v_a, &v_b).hold());
    }
}
