//! On the generated sample: what each encoder's codes are held near to, and that they still say something of the rows.

use std::sync::Arc;

use super::*;
use crate::data::{Features, sample};
use crate::settings::Config;
use crate::split::Rows;

fn config(encoder: Encoder) -> ValidConfig {
    let autoencoder_learning_rate = 3e-3;
    Config { encoder, autoencoder_epochs: 40, autoencoder_learning_rate, ..Config::paper() }.check().unwrap()
}

fn features() -> Arc<Features> {
    sample(1).world.domains[0].user_features.clone().unwrap()
}

fn of_features(encoder: Encoder) -> Regularised {
    Regularised::new(Input::from_features(&features()), &config(encoder), &Device::cpu(), "test")
}

/// The sample's ratings, each user's by item.
fn of_ratings(encoder: Encoder) -> Regularised {
    let world = sample(1).world;
    let domain = &world.domains[0];
    let mut rows = Rows::default();
    for rating in domain.ratings.iter() {
        rows.users.push(rating.user);
        rows.items.push(rating.item);
        rows.targets.push(domain.scale.to_unit(rating.value));
    }
    let input = Input::from_ratings(&rows, domain.users.len(), domain.items.len(), false);
    Regularised::new(input, &config(encoder), &Device::cpu(), "test")
}

/// The losses of all epochs.
fn trained(encoder: &mut Regularised) -> Vec<f32> {
    let mut losses = Vec::new();
    while !encoder.is_done() {
        losses.extend(pollster::block_on(encoder.advance()).unwrap());
    }
    losses
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// What the encoder makes of all rows.
fn all_codes(encoder: &Regularised) -> Tensor<2> {
    encoder.layers.encode(&encoder.parameters.constants(), &encoder.rows, &encoder.order)
}

/// ℓ of some codes of all rows.
fn loss_of(encoder: &Regularised, codes: Tensor<2>) -> f32 {
    numbers(encoder.reconstruction(&encoder.parameters.constants(), codes, &encoder.order))[0]
}

#[test]
fn every_encoder_learns_to_give_rows_back_and_the_same_seed_gives_the_same_codes() {
    for kind in [Encoder::Vae, Encoder::Aae, Encoder::Wae, Encoder::Hvae] {
        let mut encoder = of_features(kind);
        let losses = trained(&mut encoder);
        let (first, last) = (losses[0], *losses.last().unwrap());
        assert!(last < 0.9 * first, "{kind:?}: {losses:?}");
        let codes = pollster::block_on(encoder.codes(true)).unwrap().vectors;
        assert_eq!(codes.len(), features().rows() * 16);
        let norms = codes.chunks(16).map(|code| code.iter().map(|x| x * x).sum::<f32>());
        match kind {
            Encoder::Hvae => norms.for_each(|norm| assert!((norm - 1.0).abs() < 1e-4)),
            _ => norms.for_each(|norm| assert!(norm < 1.0 + 1e-4)),
        }
        let mut again = of_features(kind);
        trained(&mut again);
        assert_eq!(codes, pollster::block_on(again.codes(true)).unwrap().vectors, "{kind:?}");
    }
}

#[test]
fn the_posterior_of_the_variational_encoder_does_not_collapse() {
    // Seen by how far the code of a row is from the prior in each dimension, and by what the decoder makes of it against
    // what it makes of noise: a collapsed code is the prior, and noise would do as well.
    for mut encoder in [of_features(Encoder::Vae), of_ratings(Encoder::Vae)] {
        trained(&mut encoder);
        assert_eq!(encoder.beta(), 1.0);
        let (mean, log_variance) = encoder.normal(&all_codes(&encoder));
        let divergences = numbers(gaussian::divergence(&mean, &log_variance).mean_dim(0));
        let used = divergences.iter().filter(|&&kl| kl > 0.1).count();
        let rows = encoder.order.len();
        let noise = encoder.normal_noise(rows, &mean.device());
        let (own, of_noise) = (
            loss_of(&encoder, gaussian::draw(&mean, &log_variance, noise.clone())),
            loss_of(&encoder, noise),
        );
        assert!(used >= 2, "{divergences:?}");
        assert!(own < 0.9 * of_noise, "{own} {of_noise}");
    }
}

#[test]
fn hyperspherical_codes_are_surer_than_the_uniform_distribution() {
    let mut encoder = of_features(Encoder::Hvae);
    trained(&mut encoder);
    let (mu, kappa) = encoder.spherical(&all_codes(&encoder));
    let divergence = numbers(vmf::divergence(16, &kappa).mean())[0];
    let own = loss_of(&encoder, mu.clone());
    // Other rows' codes as noise on the sphere.
    let rows = encoder.order.len();
    let shifted = Tensor::cat(vec![mu.clone().slice([1..rows, 0..16]), mu.slice([0..1, 0..16])], 0);
    let of_others = loss_of(&encoder, shifted);
    assert!(divergence > 0.5 && own < 0.9 * of_others, "{divergence}: {own} {of_others}");
}

#[test]
fn adversarial_and_wasserstein_codes_are_nearer_to_the_prior_than_plain_ones() {
    let discrepancy_of = |kind: Encoder| {
        let mut encoder = of_features(kind);
        trained(&mut encoder);
        let codes = all_codes(&encoder);
        let prior = encoder.normal_noise(encoder.order.len(), &codes.device());
        numbers(discrepancy(&codes, &prior))[0]
    };
    let [plain, adversarial, wasserstein] = [Encoder::Ae, Encoder::Aae, Encoder::Wae].map(discrepancy_of);
    assert!(adversarial < 0.7 * plain && wasserstein < 0.5 * plain, "{plain} {adversarial} {wasserstein}");
}

#[test]
fn the_gradients_of_whole_losses_are_those_of_difference_quotients() {
    for kind in [Encoder::Vae, Encoder::Aae, Encoder::Wae, Encoder::Hvae] {
        for mut encoder in [of_features(kind), of_ratings(kind)] {
            // β is 1 at the end.
            encoder.epoch = encoder.epochs;
            let chosen = encoder.order[..8].to_vec();
            // The same noise every time.
            let start = encoder.chance.clone();
            let loss = |encoder: &mut Regularised, leaves: &Leaves| {
                encoder.chance = start.clone();
                pollster::block_on(encoder.losses(leaves, &chosen)).unwrap().1
            };
            let leaves = encoder.parameters.leaves();
            let gradients = leaves.gradients(&loss(&mut encoder, &leaves));
            for (id, gradient) in gradients.into_iter().enumerate() {
                let Some(gradient) = gradient else {
                    let parameter = Parameters::numbered(id);
                    assert!(encoder.critic.iter().any(|layer| layer.parameters().contains(&parameter)));
                    continue;
                };
                // Where it is steepest.
                let gradient = numbers(gradient);
                let (place, &steepest) =
                    gradient.iter().enumerate().max_by(|x, y| x.1.abs().total_cmp(&y.1.abs())).unwrap();
                let mut moved = |by: f32| {
                    encoder.parameters.nudge(id, place, by);
                    let constants = encoder.parameters.constants();
                    let moved = numbers(loss(&mut encoder, &constants))[0];
                    encoder.parameters.nudge(id, place, -by);
                    moved
                };
                let step = 2e-3;
                let quotient = (moved(step) - moved(-step)) / (2.0 * step);
                let error = (quotient - steepest).abs();
                assert!(error < 0.03 * steepest.abs() + 2e-3, "{kind:?}, {id}: {quotient} {steepest}");
            }
        }
    }
}
