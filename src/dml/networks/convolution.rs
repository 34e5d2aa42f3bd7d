//! CNN. The paper cites PinSage (Ying et al. 2018), whose convolutions go over a graph of items and which gives no network
//! for two vectors. Chosen is the convolution that recommenders put on two vectors, over the picture of their outer product
//! u vᵀ, in which every pair of dimensions is a point (He et al. 2018): twice a convolution with 3 × 3, ReLU and a maximum
//! over 2 × 2, with four and eight channels. Before each vector stands a 1, so that the picture holds both vectors beside
//! their products: without, nothing says how kindly a person rates, and the network stays at the mean for long. The dense
//! layers follow, with what else is given.

#[cfg(feature = "reference")]
use burn::tensor::{Tensor, activation::relu, module::conv2d, ops::ConvOptions};

#[cfg(feature = "reference")]
use crate::engine::Pairs;
use crate::engine::TrainingGraph;
use crate::rng::Generator;

/// Channels after each convolution, from the one of the picture.
const CHANNELS: [usize; 3] = [1, 4, 8];
/// Points under a kernel.
const KERNEL: usize = 9;

/// How many numbers it makes of a pair.
pub(super) fn width(k: usize) -> usize {
    CHANNELS[2] * ((k + 1) / 4).pow(2)
}

/// Rows and columns of its parameters: of both convolutions kernels `[channels out, 9 · channels in]` and a bias
/// `[1, channels out]`.
pub(super) fn shapes() -> Vec<[usize; 2]> {
    let of = |channels: &[usize]| [[channels[1], KERNEL * channels[0]], [1, channels[1]]];
    CHANNELS.windows(2).flat_map(of).collect()
}

/// Adds its parameters.
pub(super) fn add(graph: &mut TrainingGraph, rng: &mut Generator) {
    for pair in shapes().chunks_exact(2) {
        let bound = 1.0 / (pair[0][1] as f32).sqrt();
        for &[rows, columns] in pair {
            graph.param(rows, columns, rng.uniforms(rows * columns, bound));
        }
    }
}

/// The largest number that it can make of vectors whose numbers are at most so large.
pub(super) fn largest(parameters: &[Vec<f32>], user: f64, item: f64) -> f64 {
    let mut largest = user.max(1.0) * item.max(1.0);
    for (channels, parameters) in CHANNELS.windows(2).zip(parameters.chunks_exact(2)) {
        let kernels = parameters[0].chunks_exact(KERNEL * channels[0]);
        let sum = |weights: &[f32]| weights.iter().map(|&w| f64::from(w.abs())).sum::<f64>();
        let most = |(kernel, &bias): (&[f32], &f32)| sum(kernel) * largest + f64::from(bias.abs());
        largest = kernels.zip(&parameters[1]).map(most).fold(0.0, f64::max);
    }
    largest
}

/// What is made of pairs, `[n, width]`.
#[cfg(feature = "reference")]
pub(super) fn on_graph(k: usize, parameters: &[Tensor<2>], pairs: &Pairs) -> Tensor<2> {
    let n = pairs.users.dims()[0];
    let mut side = k + 1;
    let with_one = |x: &Tensor<2>| Tensor::cat(vec![Tensor::ones([n, 1], &x.device()), x.clone()], 1);
    let (users, items) = (with_one(&pairs.users), with_one(&pairs.items));
    let mut picture = (users.reshape([n, side, 1]) * items.reshape([n, 1, side])).reshape([n, 1, side, side]);
    for (channels, parameters) in CHANNELS.windows(2).zip(parameters.chunks_exact(2)) {
        let kernel = parameters[0].clone().reshape([channels[1], channels[0], 3, 3]);
        let bias = parameters[1].clone().reshape([channels[1]]);
        picture = relu(conv2d(picture, kernel, Some(bias), ConvOptions::new([1, 1], [1, 1], [1, 1], 1)));
        // The maximum over 2 × 2; of an odd side the last row and column are left out.
        let half = side / 2;
        picture = picture
            .slice([0..n, 0..channels[1], 0..2 * half, 0..2 * half])
            .reshape([n * channels[1] * half, 2, half, 2])
            .max_dim(3)
            .max_dim(1)
            .reshape([n, channels[1], half, half]);
        side = half;
    }
    picture.reshape([n, CHANNELS[2] * side * side])
}

/// The same of one pair, in plain loops.
pub(super) fn on_host(parameters: &[Vec<f32>], user: &[f32], item: &[f32]) -> Vec<f32> {
    let mut side = user.len() + 1;
    let with_one = |x: &[f32]| [&[1.0], x].concat();
    let (user, item) = (with_one(user), with_one(item));
    let mut picture: Vec<f32> = user.iter().flat_map(|u| item.iter().map(move |v| u * v)).collect();
    for (channels, parameters) in CHANNELS.windows(2).zip(parameters.chunks_exact(2)) {
        let half = side / 2;
        let mut next = Vec::with_capacity(channels[1] * half * half);
        for (kernel, &bias) in parameters[0].chunks_exact(KERNEL * channels[0]).zip(&parameters[1]) {
            let at = |row: usize, column: usize| convolved(&picture, side, kernel, row, column) + bias;
            for row in 0..half {
                for column in 0..half {
                    let (r, c) = (2 * row, 2 * column);
                    let largest = at(r, c).max(at(r, c + 1)).max(at(r + 1, c)).max(at(r + 1, c + 1));
                    next.push(largest.max(0.0));
                }
            }
        }
        (picture, side) = (next, half);
    }
    picture
}

/// Σ kernel · picture around a point; beyond the picture is nothing.
fn convolved(picture: &[f32], side: usize, kernel: &[f32], row: usize, column: usize) -> f32 {
    let mut sum = 0.0;
    for (channel, kernel) in picture.chunks_exact(side * side).zip(kernel.chunks_exact(KERNEL)) {
        for (n, weight) in kernel.iter().enumerate() {
            let (r, c) = (row + n / 3, column + n % 3);
            if (1..=side).contains(&r) && (1..=side).contains(&c) {
                sum += weight * channel[(r - 1) * side + c - 1];
            }
        }
    }
    sum
}
