//! How far two sets of codes are from coming out of one distribution, as the Wasserstein autoencoder measures it
//! (Tolstikhin et al. 2018): the maximum mean discrepancy under an inverse multiquadratic kernel, whose heavy tails tell
//! far codes from near ones.

use burn::tensor::Tensor;

/// The kernel is a sum over these scales of C = s · 2 k σ², with σ² = 1 of the prior.
const SCALES: [f64; 7] = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// [Σ_{i≠j} k(z_i, z_j) + Σ_{i≠j} k(p_i, p_j)] / (n² − n) − 2 Σ_{i,j} k(z_i, p_j) / n², k(x, y) = Σ_C C / (C + ‖x − y‖²): 0 on
/// average for two sets of one distribution, so below 0 now and then.
///
/// # Shapes
/// `codes`, `prior`: `[n, k]`, n ≥ 2 → `[1]`.
pub(super) fn discrepancy(codes: &Tensor<2>, prior: &Tensor<2>) -> Tensor<1> {
    let [n, k] = codes.dims();
    let n = n as f64;
    // Each point is as near to itself as can be.
    let others = |sum: Tensor<1>| sum.sub_scalar(n * SCALES.len() as f64).div_scalar(n * n - n);
    let within = others(kernel_sum(codes, codes, k)) + others(kernel_sum(prior, prior, k));
    within - kernel_sum(codes, prior, k).mul_scalar(2.0 / (n * n))
}

/// Σ_{i,j} k(x_i, y_j).
fn kernel_sum(x: &Tensor<2>, y: &Tensor<2>, dimensions: usize) -> Tensor<1> {
    let squares = |x: &Tensor<2>| (x.clone() * x.clone()).sum_dim(1);
    let products = x.clone().matmul(y.clone().transpose());
    let distances = (squares(x) + squares(y).transpose() - products.mul_scalar(2.0)).clamp_min(0.0);
    let mut sum = Tensor::zeros([1], &x.device());
    for scale in SCALES {
        let c = scale * 2.0 * dimensions as f64;
        sum = sum + distances.clone().add_scalar(c).recip().mul_scalar(c).sum();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dml::encoders::gaussian::tests::difference_quotient;
    use crate::engine::reference::matrix;
    use crate::rng::Generator;

    fn number(tensor: Tensor<1>) -> f64 {
        f64::from(tensor.into_data().try_into_vec::<f32>().unwrap()[0])
    }

    #[test]
    fn two_pairs_of_points_by_the_definition() {
        let device = burn::tensor::Device::flex();
        let (codes, prior) = ([[0.0, 1.0], [2.0, -1.0]], [[0.5, 0.0], [1.0, 1.0]]);
        let kernel = |x: [f64; 2], y: [f64; 2]| -> f64 {
            let distance = (x[0] - y[0]).powi(2) + (x[1] - y[1]).powi(2);
            SCALES.iter().map(|s| 4.0 * s / (4.0 * s + distance)).sum()
        };
        let cross: f64 = codes.iter().flat_map(|&z| prior.map(|p| kernel(z, p))).sum();
        let expected = kernel(codes[0], codes[1]) + kernel(prior[0], prior[1]) - 2.0 * cross / 4.0;
        let tensor = |points: [[f64; 2]; 2]| {
            matrix(points.iter().flatten().map(|&x| x as f32).collect(), 2, 2, &device)
        };
        let value = number(discrepancy(&tensor(codes), &tensor(prior)));
        assert!((value - expected).abs() < 1e-5, "{value} {expected}");
    }

    #[test]
    fn it_tells_other_distributions_from_the_prior_and_not_the_prior_from_itself() {
        let device = burn::tensor::Device::flex();
        let (n, k) = (256, 8);
        let mut chance = Generator::new(1, "codes");
        let mut points = |shift: f32, spread: f32| {
            let values = chance.normals(n * k, spread).into_iter().map(|x| x + shift).collect();
            matrix(values, n, k, &device)
        };
        let same = number(discrepancy(&points(0.0, 1.0), &points(0.0, 1.0)));
        assert!(same.abs() < 0.01, "{same}");
        for (shift, spread) in [(1.0, 1.0), (0.0, 0.1), (0.0, 3.0)] {
            let other = number(discrepancy(&points(shift, spread), &points(0.0, 1.0)));
            assert!(other > 0.1, "{shift} {spread}: {other}");
        }
    }

    #[test]
    fn its_gradient_is_that_of_difference_quotients() {
        let prior = Generator::new(2, "prior").normals(12, 1.0);
        difference_quotient(&Generator::new(2, "codes").normals(12, 1.0), |leaf| {
            let codes = leaf.reshape([4, 3]);
            let prior = matrix(prior.clone(), 4, 3, &codes.device());
            discrepancy(&codes, &prior)
        });
    }
}
