//! Codes that are normal distributions with a variance a dimension (Kingma and Welling 2013).

use burn::tensor::Tensor;

/// KL(N(μ, σ²) ‖ N(0, I)) of each row by dimension: −½ (1 + ln σ² − μ² − σ²).
///
/// # Shapes
/// `mean`, `log_variance`: `[n, k]` → `[n, k]`.
pub(super) fn divergence(mean: &Tensor<2>, log_variance: &Tensor<2>) -> Tensor<2> {
    let inner =
        log_variance.clone().add_scalar(1.0) - mean.clone() * mean.clone() - log_variance.clone().exp();
    inner.mul_scalar(-0.5)
}

/// μ + σ ε: a draw with derivatives by μ and σ, from noise of N(0, I).
///
/// # Shapes
/// All `[n, k]`.
pub(super) fn draw(mean: &Tensor<2>, log_variance: &Tensor<2>, noise: Tensor<2>) -> Tensor<2> {
    mean.clone() + log_variance.clone().mul_scalar(0.5).exp() * noise
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::reference::matrix;
    use crate::rng::Generator;

    /// Holds the gradient of a loss on one row of numbers, `[1, n]`, against central differences.
    pub(in super::super) fn difference_quotient(values: &[f32], loss: impl Fn(Tensor<2>) -> Tensor<1>) {
        let device = burn::tensor::Device::flex();
        let n = values.len();
        let leaf = matrix(values.to_vec(), 1, n, &device).autodiff().require_grad();
        let mut gradients = loss(leaf.clone()).backward();
        let gradient = leaf.grad_remove(&mut gradients).unwrap().into_data().try_into_vec::<f32>().unwrap();
        let at = |values: Vec<f32>| {
            let leaf = matrix(values, 1, n, &device).autodiff();
            f64::from(loss(leaf).inner().into_data().try_into_vec::<f32>().unwrap()[0])
        };
        let scale = gradient.iter().map(|g| g.abs()).fold(0.1, f32::max);
        for (place, &expected) in gradient.iter().enumerate() {
            let step = 4e-3;
            let moved = |by: f32| {
                let mut values = values.to_vec();
                values[place] += by;
                at(values)
            };
            let quotient = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            let error = (quotient - f64::from(expected)).abs();
            assert!(error < 5e-3 * f64::from(scale), "{place}: {quotient} {expected}");
        }
        assert!(gradient.iter().any(|g| g.abs() > 1e-4), "{gradient:?}");
    }

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn the_divergence_of_normal_distributions_by_hand() {
        let device = burn::tensor::Device::flex();
        // N(0, 1): 0; N(2, 1): 2; N(0, e²): ½ (e² − 3).
        let mean = matrix(vec![0.0, 2.0, 0.0], 1, 3, &device);
        let log_variance = matrix(vec![0.0, 0.0, 2.0], 1, 3, &device);
        let values = numbers(divergence(&mean, &log_variance));
        assert!(values[0].abs() < 1e-7 && (values[1] - 2.0).abs() < 1e-6);
        assert!((values[2] - 0.5 * (2.0_f32.exp() - 3.0)).abs() < 1e-5);
    }

    #[test]
    fn draws_have_the_mean_and_the_variance() {
        let device = burn::tensor::Device::flex();
        let n = 20_000;
        let noise = matrix(Generator::new(1, "noise").normals(n, 1.0), n, 1, &device);
        let (mean, log_variance) =
            (matrix(vec![1.5; n], n, 1, &device), matrix(vec![-1.0; n], n, 1, &device));
        let draws = numbers(draw(&mean, &log_variance, noise));
        let average = draws.iter().sum::<f32>() / n as f32;
        let variance = draws.iter().map(|x| (x - average).powi(2)).sum::<f32>() / n as f32;
        assert!((average - 1.5).abs() < 0.02 && (variance - (-1.0_f32).exp()).abs() < 0.02);
    }

    #[test]
    fn the_gradients_are_those_of_difference_quotients() {
        let noise = Generator::new(2, "noise").normals(6, 1.0);
        let values = Generator::new(2, "values").normals(12, 0.5);
        difference_quotient(&values, |leaf| {
            let (mean, log_variance) = (leaf.clone().slice([0..1, 0..6]), leaf.slice([0..1, 6..12]));
            let noise = matrix(noise.clone(), 1, 6, &mean.device());
            let draw = draw(&mean, &log_variance, noise);
            (draw.clone() * draw.clone() * draw).sum() + divergence(&mean, &log_variance).sum()
        });
    }
}
