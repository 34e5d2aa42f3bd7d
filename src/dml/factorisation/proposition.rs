//! The paper's Proposition 1 as it is argued (4.2): Eq. 7 is replaced by two factorisations that have nothing to do with
//! each other, W_A H_A ≈ T_A = ((1 − α) V_A − α X V_B) / (1 − 2α) (Eq. 9) and the same of B (Eq. 8). Where conditions (a),
//! (b) and (c) hold both T are non-negative, and multiplicative updates never raise ‖T − W H‖² (Lee and Seung 2001). Where
//! they do not, a T has negative entries, the updates change signs, and the loss may rise.
//!
//! That is a statement on this loss and not on Eq. 7: the residuals of Eq. 7 are mixtures of those of both T, and their
//! squares need not fall together.

use nalgebra::DMatrix;

use super::Conditions;
use crate::rng::Generator;

/// Keeps quotients finite where a product vanishes.
const TINY: f64 = 1e-300;

/// Two full rating matrices on the way to their factors.
#[derive(Clone, Debug)]
pub struct Proposition {
    /// T_A and T_B, `[n, m]`.
    targets: [DMatrix<f64>; 2],
    /// W_A and W_B, `[n, k]`.
    w: [DMatrix<f64>; 2],
    /// H_A and H_B, `[k, m]`.
    h: [DMatrix<f64>; 2],
    /// What was asked of α, X, V_A and V_B.
    pub conditions: Conditions,
}

impl Proposition {
    /// The two factorisations with k dimensions and positive first factors drawn from `generator`. α = ½ has none: T is
    /// then not finite.
    ///
    /// # Shapes
    /// `x`: `[n, n]`, orthogonal; `v_a`, `v_b`: `[n, m]`.
    pub fn new(
        alpha: f64,
        x: &DMatrix<f64>,
        v_a: &DMatrix<f64>,
        v_b: &DMatrix<f64>,
        k: usize,
        generator: &mut Generator,
    ) -> Self {
        let target = |own: &DMatrix<f64>, other: DMatrix<f64>| {
            (own * (1.0 - alpha) - other * alpha) / (1.0 - 2.0 * alpha)
        };
        let targets = [target(v_a, x * v_b), target(v_b, x.tr_mul(v_a))];
        let (n, m) = v_a.shape();
        let mut factor =
            |rows, columns| DMatrix::from_fn(rows, columns, |_, _| 0.5 + f64::from(generator.unit()));
        let w = [factor(n, k), factor(n, k)];
        let h = [factor(k, m), factor(k, m)];
        Self { targets, w, h, conditions: Conditions::new(alpha, x, v_a, v_b) }
    }

    /// ‖T_A − W_A H_A‖² + ‖T_B − W_B H_B‖².
    pub fn loss(&self) -> f64 {
        (0..2).map(|d| (&self.targets[d] - &self.w[d] * &self.h[d]).norm_squared()).sum()
    }

    /// One update of both W, then of both H: W ← W ∘ (T Hᵀ) / (W H Hᵀ), H ← H ∘ (Wᵀ T) / (Wᵀ W H).
    pub fn sweep(&mut self) {
        for d in 0..2 {
            let (t, w, h) = (&self.targets[d], &mut self.w[d], &mut self.h[d]);
            let (up, down) = (t * h.transpose(), &*w * (&*h * h.transpose()));
            w.component_mul_assign(&up.zip_map(&down, |up, down| up / (down + TINY)));
            let (up, down) = (w.tr_mul(t), w.tr_mul(w) * &*h);
            h.component_mul_assign(&up.zip_map(&down, |up, down| up / (down + TINY)));
        }
    }

    /// The loss before the first of some sweeps and after each.
    pub fn curve(&mut self, sweeps: usize) -> Vec<f64> {
        let mut losses = vec![self.loss()];
        for _ in 0..sweeps {
            self.sweep();
            losses.push(self.loss());
        }
        losses
    }

    /// Whether all factors are non-negative.
    pub fn is_non_negative(&self) -> bool {
        self.w.iter().chain(&self.h).all(|factor| factor.iter().all(|&x| x >= 0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sufficient_perturbation;
    use super::*;
    use crate::dml::mapping::Mapping;

    fn matrix(n: usize, m: usize, chance: &mut Generator) -> DMatrix<f64> {
        DMatrix::from_fn(n, m, |_, _| f64::from(chance.unit()))
    }

    fn permutation(n: usize, chance: &mut Generator) -> DMatrix<f64> {
        let mut order: Vec<usize> = (0..n).collect();
        chance.shuffle(&mut order);
        DMatrix::from_fn(n, n, |row, column| f64::from(order[row] == column))
    }

    /// The largest rise from one loss to the next as a share of it.
    fn largest_rise(curve: &[f64]) -> f64 {
        curve.windows(2).map(|l| (l[1] - l[0]) / l[0]).fold(f64::NEG_INFINITY, f64::max)
    }

    #[test]
    fn where_the_conditions_hold_the_loss_never_rises() {
        let mut chance = Generator::new(1, "worlds");
        let mut signed = 0;
        for world in 0..200 {
            let (n, m, k) = (2 + chance.below(7), 2 + chance.below(7), 1 + chance.below(4));
            let alpha = 0.45 * f64::from(chance.unit());
            let (v_a, v_b) = (matrix(n, m, &mut chance), matrix(n, m, &mut chance));
            let (x, mut c) = match world % 2 {
                0 => (permutation(n, &mut chance), sufficient_perturbation(alpha, 1.0)),
                _ => (Mapping::random(n, &mut chance).b_from_a().clone(), n as f64),
            };
            // An orthogonal X may need more than the paper's m k, or more than there is.
            let perturbed = |c: f64| (v_a.add_scalar(c), v_b.add_scalar(c));
            let holds = |c: f64| Conditions::new(alpha, &x, &perturbed(c).0, &perturbed(c).1).hold();
            while !holds(c) && c < 1e3 {
                c *= 2.0;
            }
            if !holds(c) {
                assert!(world % 2 == 1, "the perturbation for permutations is enough");
                continue;
            }
            signed += world % 2;
            let (v_a, v_b) = perturbed(c);
            let mut proposition = Proposition::new(alpha, &x, &v_a, &v_b, k, &mut chance);
            assert!(proposition.conditions.hold());
            let curve = proposition.curve(60);
            assert!(largest_rise(&curve) < 1e-9, "world {world}: {curve:?}");
            assert!(curve[60] < curve[0] && proposition.is_non_negative());
        }
        assert!(signed > 30, "{signed} worlds had an X with negative entries");
    }

    /// A world of so many people and items whose ratings nothing was added to, and its largest rise in 60 sweeps.
    fn unperturbed(alpha: f64, seed: u64) -> (Proposition, f64) {
        let mut chance = Generator::new(seed, "unperturbed");
        let (v_a, v_b) = (matrix(3, 3, &mut chance), matrix(3, 3, &mut chance));
        let x = permutation(3, &mut chance);
        let mut proposition = Proposition::new(alpha, &x, &v_a, &v_b, 2, &mut chance);
        let rise = largest_rise(&proposition.curve(60));
        (proposition, rise)
    }

    #[test]
    fn where_b_or_c_fails_it_may_rise() {
        let (counter_example, rise) = unperturbed(0.4, 2);
        let Conditions { a, b, c } = counter_example.conditions;
        assert!(a > 0.0 && b.min(c) < 0.0, "{a} {b} {c}");
        assert!(rise > 1.0, "{rise}");
        assert!(!counter_example.is_non_negative());
        // It is no rare case.
        let risen = (0..100).filter(|&seed| unperturbed(0.4, seed).1 > 1e-6).count();
        assert!(risen > 30, "{risen} of 100");
    }

    #[test]
    fn where_a_fails_it_may_rise_too() {
        let (counter_example, rise) = unperturbed(0.7, 2);
        assert!(counter_example.conditions.a < 0.0 && rise > 1.0, "{rise}");
    }

    #[test]
    fn factors_that_fit_stay_as_they_are() {
        // V_A and V_B made of non-negative factors by Eq. 7 itself.
        let (n, m, k, alpha) = (5, 6, 2, 0.2);
        let mut chance = Generator::new(3, "factors");
        let x = permutation(n, &mut chance);
        let (w, h) = ([0, 1].map(|_| matrix(n, k, &mut chance)), [0, 1].map(|_| matrix(k, m, &mut chance)));
        let products = [&w[0] * &h[0], &w[1] * &h[1]];
        let v_a = &products[0] * (1.0 - alpha) + &x * &products[1] * alpha;
        let v_b = &products[1] * (1.0 - alpha) + x.tr_mul(&products[0]) * alpha;
        let mut proposition = Proposition::new(alpha, &x, &v_a, &v_b, k, &mut chance);
        (proposition.w, proposition.h) = (w.clone(), h);
        assert!(proposition.loss() < 1e-24, "Eqs. 8 and 9 take Eq. 7 apart");
        proposition.sweep();
        assert!((&proposition.w[0] - &w[0]).norm() < 1e-9);
    }
}
