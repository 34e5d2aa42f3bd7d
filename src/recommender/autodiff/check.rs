//! Gradients against finite differences, for the tests of the models' losses.

use burn::tensor::Tensor;

use super::{Leaves, Parameters, Weights};

/// Asserts that every parameter's gradient of `loss` is what central differences say, entry by entry, and that `frozen` ones
/// have none. Losses have to be of the order of 1, and smooth where they are looked at.
pub(crate) fn assert_gradients(
    parameters: &mut Parameters,
    frozen: &[Weights],
    loss: impl Fn(&Leaves) -> Tensor<1>,
) {
    const STEP: f32 = 4e-3;
    let value = |parameters: &Parameters| {
        let leaves = parameters.leaves();
        let numbers = pollster::block_on(parameters.read("a loss", loss(&leaves).inner())).unwrap();
        f64::from(numbers[0])
    };
    let leaves = parameters.leaves();
    let gradients = leaves.gradients(&loss(&leaves));
    let mut largest = 0.0_f64;
    for (n, (name, [rows, columns])) in parameters.names_and_shapes().into_iter().enumerate() {
        if frozen.contains(&Parameters::numbered(n)) {
            assert!(gradients[n].is_none(), "{name} is not to move");
            continue;
        }
        let gradient = match &gradients[n] {
            Some(gradient) => pollster::block_on(parameters.read(name, gradient.clone())).unwrap(),
            None => vec![0.0; rows * columns],
        };
        for (entry, &told) in gradient.iter().enumerate() {
            parameters.nudge(n, entry, STEP);
            let above = value(parameters);
            parameters.nudge(n, entry, -2.0 * STEP);
            let below = value(parameters);
            parameters.nudge(n, entry, STEP);
            let found = (above - below) / f64::from(2.0 * STEP);
            let told = f64::from(told);
            largest = largest.max(told.abs());
            assert!(
                (told - found).abs() < 2e-3 + 0.02 * found.abs(),
                "{name} {n}, entry {entry}: {told} and {found}"
            );
        }
    }
    assert!(largest > 0.01, "nothing depends on anything: {largest}");
}

/// The numbers of a parameter.
pub(crate) fn values_of(parameters: &Parameters, weights: Weights) -> Vec<f32> {
    pollster::block_on(parameters.table(weights)).unwrap().values
}
