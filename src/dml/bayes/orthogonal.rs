//! Draws of the orthogonal map X: its density is ∝ exp(κ tr MᵀX), the matrix von Mises-Fisher distribution, κ = λc and
//! M = Σ b aᵀ. Pairs of rows are turned against each other by an angle, which is then von Mises, and rows change sign. The
//! mode is orthogonal Procrustes, U Vᵀ of M. Hoff, Simulation of the Matrix Bingham–von Mises–Fisher Distribution (JCGS 2009),
//! turns columns in the same way.

use crate::rng::Generator;

/// Rounds over all pairs of rows in a sweep.
const ROUNDS: usize = 2;

/// Moves X by Gibbs steps under the density exp(κ tr MᵀX).
pub(super) fn draw<const K: usize>(
    x: &mut [[f64; K]; K],
    m: &[[f64; K]; K],
    kappa: f64,
    chance: &mut Generator,
) {
    for _ in 0..ROUNDS {
        for i in 0..K {
            for j in i + 1..K {
                let along = dot(&m[i], &x[i]) + dot(&m[j], &x[j]);
                let across = dot(&m[i], &x[j]) - dot(&m[j], &x[i]);
                let angle = von_mises(across.atan2(along), kappa * along.hypot(across), chance);
                let (sin, cos) = angle.sin_cos();
                for n in 0..K {
                    (x[i][n], x[j][n]) = (cos * x[i][n] + sin * x[j][n], cos * x[j][n] - sin * x[i][n]);
                }
            }
        }
    }
    for i in 0..K {
        if f64::from(chance.unit()) < 1.0 / (1.0 + (2.0 * kappa * dot(&m[i], &x[i])).exp()) {
            x[i].iter_mut().for_each(|value| *value = -*value);
        }
    }
    straighten(x);
}

/// Gram-Schmidt by rows: turns lose nothing but rounding, which would add up over the sweeps.
fn straighten<const K: usize>(x: &mut [[f64; K]; K]) {
    for i in 0..K {
        let (before, rest) = x.split_at_mut(i);
        let row = &mut rest[0];
        for other in before {
            let along = dot(row, other);
            row.iter_mut().zip(other).for_each(|(value, other)| *value -= along * *other);
        }
        let length = dot(row, row).sqrt();
        row.iter_mut().for_each(|value| *value /= length);
    }
}

fn dot<const K: usize>(x: &[f64; K], y: &[f64; K]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// An angle with density ∝ exp(κ cos(θ − mean)). Best and Fisher, Efficient Simulation of the von Mises Distribution
/// (Applied Statistics 1979); for large κ, where the angle is small, its normal limit.
fn von_mises(mean: f64, kappa: f64, chance: &mut Generator) -> f64 {
    let unit = |chance: &mut Generator| f64::from(chance.unit()).max(1e-12);
    if kappa < 1e-6 {
        return mean + std::f64::consts::TAU * unit(chance);
    }
    if kappa > 1e5 {
        return mean + f64::from(chance.normal()) / kappa.sqrt();
    }
    let tau = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
    let rho = (tau - (2.0 * tau).sqrt()) / (2.0 * kappa);
    let r = (1.0 + rho * rho) / (2.0 * rho);
    loop {
        let z = (std::f64::consts::PI * unit(chance)).cos();
        let f = (1.0 + r * z) / (r + z);
        let c = kappa * (r - f);
        let second = unit(chance);
        if c * (2.0 - c) > second || (c / second).ln() + 1.0 >= c {
            let side = if chance.unit() < 0.5 { -1.0 } else { 1.0 };
            return mean + side * f.clamp(-1.0, 1.0).acos();
        }
    }
}

#[cfg(test)]
mod tests {
    use nalgebra::SMatrix;

    use super::*;

    #[test]
    fn angles_have_the_mean_direction_and_the_length_of_the_von_mises_distribution() {
        let mut chance = Generator::new(1, "angles");
        // I₁(κ)/I₀(κ) at ½, 2 and 20.
        for (kappa, length) in [(0.5, 0.242_5), (2.0, 0.697_8), (20.0, 0.974_7)] {
            let n = 60_000;
            let (mut cos, mut sin) = (0.0, 0.0);
            for _ in 0..n {
                let angle = von_mises(0.7, kappa, &mut chance);
                cos += (angle - 0.7).cos();
                sin += (angle - 0.7).sin();
            }
            assert!((cos / f64::from(n) - length).abs() < 0.01, "{kappa} {}", cos / f64::from(n));
            assert!((sin / f64::from(n)).abs() < 0.01);
        }
    }

    #[test]
    fn in_two_dimensions_the_draws_follow_the_exact_density() {
        // Turns by θ have tr MᵀX = p cos θ + q sin θ, reflections another p and q; both are summed numerically.
        let m = [[1.2, -0.3], [0.8, 0.4]];
        let kappa = 0.9;
        let (mut mean, mut mass) = ([[0.0; 2]; 2], 0.0);
        for step in 0..20_000 {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(step) / 2e4).sin_cos();
            for x in [[[cos, sin], [-sin, cos]], [[cos, sin], [sin, -cos]]] {
                let weight = (kappa * (dot(&m[0], &x[0]) + dot(&m[1], &x[1]))).exp();
                mass += weight;
                (0..2).for_each(|i| (0..2).for_each(|j| mean[i][j] += weight * x[i][j]));
            }
        }
        let mut chance = Generator::new(2, "turns");
        let (mut x, mut sum, n) = ([[1.0, 0.0], [0.0, 1.0]], [[0.0; 2]; 2], 60_000);
        for _ in 0..n {
            draw(&mut x, &m, kappa, &mut chance);
            (0..2).for_each(|i| (0..2).for_each(|j| sum[i][j] += x[i][j]));
        }
        for i in 0..2 {
            for j in 0..2 {
                let (found, expected) = (sum[i][j] / f64::from(n), mean[i][j] / mass);
                assert!((found - expected).abs() < 0.015, "{i} {j}: {found} {expected}");
            }
        }
    }

    #[test]
    fn where_noise_is_small_it_is_procrustes() {
        let mut chance = Generator::new(3, "procrustes");
        let planted = SMatrix::<f64, 8, 8>::from_fn(|_, _| f64::from(chance.normal())).qr().q();
        let mut m = [[0.0; 8]; 8];
        for _ in 0..200 {
            let a = SMatrix::<f64, 8, 1>::from_fn(|_, _| f64::from(chance.normal()));
            let b = planted * a + SMatrix::<f64, 8, 1>::from_fn(|_, _| 0.05 * f64::from(chance.normal()));
            (0..8).for_each(|i| (0..8).for_each(|j| m[i][j] += b[i] * a[j]));
        }
        let svd = SMatrix::<f64, 8, 8>::from_fn(|i, j| m[i][j]).svd(true, true);
        let mode = svd.u.unwrap() * svd.v_t.unwrap();
        let mut x: [[f64; 8]; 8] =
            std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
        // From anywhere: a row may have to change its sign on the way.
        for _ in 0..60 {
            draw(&mut x, &m, 400.0, &mut chance);
        }
        let found = SMatrix::<f64, 8, 8>::from_fn(|i, j| x[i][j]);
        assert!((found - mode).abs().max() < 0.02, "{}", (found - mode).abs().max());
        assert!((found * found.transpose() - SMatrix::identity()).norm() < 1e-9);
    }
}
