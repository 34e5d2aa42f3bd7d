//! The training of the encoders whose codes are held near a distribution: variational, adversarial, Wasserstein and
//! hyperspherical. With ℓ the reconstruction loss (Eq. 2) and z the code,
//!
//! - `vae`: ℓ(z) + β KL(N(μ, σ²) ‖ N(0, I)), z ~ N(μ, σ²); the frozen code is μ;
//! - `aae`: ℓ(z), then the critic's −ln D(p) − ln(1 − D(z)) with p ~ N(0, I), then the encoder's −ln D(z);
//! - `wae`: ℓ(z) + λ MMD(z, p), p ~ N(0, I);
//! - `hvae`: ℓ(z) + β KL(vMF(μ, κ) ‖ uniform), z ~ vMF(μ, κ); the frozen code is μ, a unit vector.
//!
//! What the papers leave open here:
//!
//! - *The size of ℓ.* It has to be a negative log-likelihood, or the divergence outweighs it and no code says anything. Of
//!   features it is one, up to a constant: categories and tags by their cross-entropies, numbers with a variance of ½. Of
//!   ratings the mean error of an entry becomes the sum over a typical row's, over twice the variance of all entries.
//! - *β* grows from 0 to 1 over the first half of the epochs: from the start, the divergence is cheaper to lower than ℓ, and
//!   the codes become the prior (posterior collapse).
//! - *The means of rows*: every loss is a mean over the rows of a batch.
//! - *λ* is 10 and the critic has one hidden layer of 32, as the authors have for codes of this size.

use std::sync::Arc;

use burn::tensor::{Tensor, activation};

use super::layers::{Layer, Layers};
use super::von_mises_fisher::{self as vmf, Noise};
use super::{SideEncoder, gaussian, maximum_mean_discrepancy::discrepancy};
use crate::dml::autoencoder::{Codes, Input, into_unit_ball};
use crate::engine::reference::autoencoder::reconstruction;
use crate::engine::reference::matrix;
use crate::engine::{Device, Reconstruction, SparseRows};
use crate::error::{Error, Result};
use crate::recommender::Work;
use crate::recommender::autodiff::{Leaves, Objective, Parameters, Rule, Weights};
use crate::rng::Generator;
use crate::settings::{Encoder, ValidConfig};

/// Rows a step; the paper's batch.
const BATCH: usize = 64;
/// Steps between two looks at whether somebody wants to stop.
const STEPS_A_CALL: usize = 8;
/// Rows that are coded together.
const CODED: usize = 1024;
/// Share of the training over which β grows.
const WARM_UP: f32 = 0.5;
/// λ of the Wasserstein autoencoder.
const DISCREPANCY_WEIGHT: f32 = 10.0;
/// Width of the adversarial autoencoder's critic.
const CRITIC: usize = 32;
/// Logarithms of variances stay within so much of 0, where their exponentials are harmless.
const LOG_VARIANCE: f32 = 12.0;

/// Losses that take turns.
const CODING: Objective = Objective(0);
const CRITICISM: Objective = Objective(1);
const DECEPTION: Objective = Objective(2);

/// One such encoder in training.
pub(super) struct Regularised {
    encoder: Encoder,
    parameters: Parameters,
    layers: Layers,
    /// The layers of the critic D, where there is one.
    critic: Vec<Layer>,
    rows: Arc<SparseRows>,
    how: Reconstruction,
    /// What the mean reconstruction loss is multiplied with to be a negative log-likelihood of a row.
    likelihood: f32,
    dimension: usize,
    order: Vec<u32>,
    cursor: usize,
    epoch: usize,
    epochs: usize,
    steps: usize,
    learning_rate: f32,
    chance: Generator,
    /// Sum of ℓ over the rows since the epoch began, on the device.
    loss: Option<Tensor<1>>,
}

impl Regularised {
    /// Untrained; `purpose` names its stream of random numbers.
    pub(super) fn new(input: Input, config: &ValidConfig, device: &Device, purpose: &str) -> Self {
        let (rows, fields) = input.into_parts();
        let mut chance = Generator::new(config.seed, purpose);
        let rule = Rule::Adam { learning_rate: config.autoencoder_learning_rate };
        let mut parameters = Parameters::new(device, rule);
        let k = config.dimension;
        let code_width = match config.encoder {
            Encoder::Vae => 2 * k,
            Encoder::Hvae => k + 1,
            Encoder::Ae | Encoder::Aae | Encoder::Wae => k,
        };
        let typical = (rows.columns.len() / rows.len().max(1)).max(1);
        let hidden = &config.autoencoder_hidden;
        let layers =
            Layers::new(&mut parameters, [rows.width, typical], hidden, [code_width, k], &mut chance);
        let critic = match config.encoder {
            Encoder::Aae => [(k, CRITIC), (CRITIC, 1)]
                .map(|(inputs, outputs)| Layer::new(&mut parameters, inputs, outputs, &mut chance))
                .into(),
            _ => Vec::new(),
        };
        let how = fields.map_or(Reconstruction::Observed, Reconstruction::Fields);
        let likelihood = match how {
            Reconstruction::Fields(_) => 1.0,
            Reconstruction::Observed => likelihood_of_ratings(&rows),
        };
        let mut order: Vec<u32> =
            (0..rows.len() as u32).filter(|&row| !rows.row(row as usize).0.is_empty()).collect();
        chance.shuffle(&mut order);
        Self {
            encoder: config.encoder,
            parameters,
            layers,
            critic,
            rows,
            how,
            likelihood,
            dimension: k,
            order,
            cursor: 0,
            epoch: 0,
            epochs: config.autoencoder_epochs,
            steps: 0,
            learning_rate: config.autoencoder_learning_rate,
            chance,
            loss: None,
        }
    }

    /// β: from 0 to 1.
    fn beta(&self) -> f32 {
        (SideEncoder::fraction(self) / WARM_UP).min(1.0)
    }

    /// Noise of N(0, I) for `rows` codes.
    fn normal_noise(&mut self, rows: usize, device: &burn::tensor::Device) -> Tensor<2> {
        matrix(self.chance.normals(rows * self.dimension, 1.0), rows, self.dimension, device)
    }

    /// ℓ of codes.
    fn reconstruction(&self, leaves: &Leaves, codes: Tensor<2>, chosen: &[u32]) -> Tensor<1> {
        let hidden = self.layers.decode(leaves, codes);
        reconstruction(&self.how, &self.rows, chosen, hidden, self.layers.output(leaves))
    }

    /// D's answer to codes before the logistic function, `[n, 1]`.
    fn criticism(&self, leaves: &Leaves, codes: Tensor<2>) -> Tensor<2> {
        let mut x = codes;
        for (n, layer) in self.critic.iter().enumerate() {
            x = layer.apply(leaves, if n > 0 { activation::relu(x) } else { x });
        }
        x
    }

    /// μ and ln σ² of a variational code.
    fn normal(&self, code: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let (rows, k) = (code.dims()[0], self.dimension);
        let log_variance = code.clone().slice([0..rows, k..2 * k]).clamp(-LOG_VARIANCE, LOG_VARIANCE);
        (code.clone().slice([0..rows, 0..k]), log_variance)
    }

    /// μ and κ of a hyperspherical code, κ from 1 up.
    fn spherical(&self, code: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let (rows, k) = (code.dims()[0], self.dimension);
        let direction = code.clone().slice([0..rows, 0..k]);
        let length = (direction.clone() * direction.clone()).sum_dim(1).clamp_min(1e-12).sqrt();
        let kappa = activation::softplus(code.clone().slice([0..rows, k..k + 1]), 1.0).add_scalar(1.0);
        (direction / length, kappa)
    }

    /// ℓ of the chosen rows, and the loss that is stepped down: ℓ as a likelihood and what holds the codes near the prior.
    async fn losses(&mut self, leaves: &Leaves, chosen: &[u32]) -> Result<(Tensor<1>, Tensor<1>)> {
        let n = chosen.len();
        let code = self.layers.encode(leaves, &self.rows, chosen);
        let device = code.device();
        let (codes, penalty) = match self.encoder {
            Encoder::Vae => {
                let (mean, log_variance) = self.normal(&code);
                let noise = self.normal_noise(n, &device);
                let divergence = gaussian::divergence(&mean, &log_variance).sum_dim(1).mean();
                (gaussian::draw(&mean, &log_variance, noise), Some(divergence.mul_scalar(self.beta())))
            }
            Encoder::Hvae => {
                let (mu, kappa) = self.spherical(&code);
                let concentrations = self.parameters.read("concentrations", kappa.clone().inner()).await?;
                let noise: Vec<Noise> = concentrations
                    .iter()
                    .map(|&kappa| vmf::noise(self.dimension, f64::from(kappa), &mut self.chance))
                    .collect();
                let divergence = vmf::divergence(self.dimension, &kappa).mean();
                (vmf::draws(&mu, &kappa, &noise), Some(divergence.mul_scalar(self.beta())))
            }
            // One code is no distribution.
            Encoder::Wae if n > 1 => {
                let prior = self.normal_noise(n, &device);
                (code.clone(), Some(discrepancy(&code, &prior).mul_scalar(DISCREPANCY_WEIGHT)))
            }
            Encoder::Ae | Encoder::Aae | Encoder::Wae => (code, None),
        };
        let reconstruction = self.reconstruction(leaves, codes, chosen);
        let likelihood = reconstruction.clone().mul_scalar(self.likelihood);
        let loss = match penalty {
            Some(penalty) => likelihood + penalty,
            None => likelihood,
        };
        Ok((reconstruction, loss))
    }

    /// One step on the next batch.
    async fn step(&mut self) -> Result<()> {
        let end = (self.cursor + BATCH).min(self.order.len());
        let chosen: Vec<u32> = self.order[self.cursor..end].to_vec();
        let leaves = self.parameters.leaves();
        let (reconstruction, loss) = self.losses(&leaves, &chosen).await?;
        let sum = reconstruction.inner().mul_scalar(chosen.len() as f32);
        self.loss = Some(match self.loss.take() {
            Some(before) => before + sum,
            None => sum,
        });
        self.parameters.step_of(CODING, &leaves, &loss, |_| true);
        if self.encoder == Encoder::Aae {
            self.play(&chosen);
        }
        self.cursor = end;
        self.steps += 1;
        Ok(())
    }

    /// The adversarial encoder's other two steps: the critic learns to tell codes from the prior, the encoder to be taken
    /// for it.
    fn play(&mut self, chosen: &[u32]) {
        let leaves = self.parameters.leaves();
        let codes = self.layers.encode(&leaves, &self.rows, chosen);
        let prior = self.normal_noise(chosen.len(), &codes.device());
        // −ln σ(y) = softplus(−y), and −ln(1 − σ(y)) = softplus(y).
        let softplus = |y: Tensor<2>| activation::softplus(y, 1.0).mean();
        let loss = softplus(self.criticism(&leaves, prior).neg())
            + softplus(self.criticism(&leaves, codes.detach()));
        let critics: Vec<Weights> = self.critic.iter().flat_map(|layer| layer.parameters()).collect();
        self.parameters.step_of(CRITICISM, &leaves, &loss, |parameter| critics.contains(&parameter));
        let leaves = self.parameters.leaves();
        let codes = self.layers.encode(&leaves, &self.rows, chosen);
        let loss = softplus(self.criticism(&leaves, codes).neg());
        let layers = &self.layers;
        self.parameters.step_of(DECEPTION, &leaves, &loss, |parameter| layers.is_encoders(parameter));
    }

    async fn some_steps(&mut self) -> Result<Option<f32>> {
        for _ in 0..STEPS_A_CALL {
            if self.cursor >= self.order.len() {
                break;
            }
            self.step().await?;
        }
        if self.cursor < self.order.len() {
            return Ok(None);
        }
        self.cursor = 0;
        self.epoch += 1;
        self.chance.shuffle(&mut self.order);
        let sum = match self.loss.take() {
            Some(sum) => self.parameters.read("a loss", sum).await?.first().copied().unwrap_or(0.0),
            None => 0.0,
        };
        if !sum.is_finite() {
            return Err(Error::NotFinite {
                what: "the reconstruction loss".into(),
                steps: self.steps,
                learning_rate: self.learning_rate,
            });
        }
        Ok(Some(sum / self.order.len().max(1) as f32))
    }

    /// What is frozen of a batch of codes: their means.
    fn frozen(&self, code: &Tensor<2>) -> Tensor<2> {
        match self.encoder {
            Encoder::Vae => self.normal(code).0,
            Encoder::Hvae => self.spherical(code).0,
            Encoder::Ae | Encoder::Aae | Encoder::Wae => code.clone(),
        }
    }

    async fn all_codes(&self, unit_ball: bool) -> Result<Codes> {
        let rows: Vec<u32> = (0..self.rows.len() as u32).collect();
        let mut vectors = Vec::with_capacity(rows.len() * self.dimension);
        let constants = self.parameters.constants();
        for chosen in rows.chunks(CODED) {
            let code = self.layers.encode(&constants, &self.rows, chosen);
            vectors.extend(self.parameters.read("codes", self.frozen(&code)).await?);
        }
        if unit_ball {
            vectors.chunks_exact_mut(self.dimension).for_each(into_unit_ball);
        }
        Ok(Codes { vectors })
    }
}

impl SideEncoder for Regularised {
    fn fraction(&self) -> f32 {
        let within = self.cursor as f32 / self.order.len().max(1) as f32;
        ((self.epoch as f32 + within) / self.epochs as f32).min(1.0)
    }

    fn is_done(&self) -> bool {
        self.epoch >= self.epochs || self.order.is_empty()
    }

    fn advance(&mut self) -> Work<'_, Option<f32>> {
        Box::pin(self.some_steps())
    }

    fn codes(&self, unit_ball: bool) -> Work<'_, Codes> {
        Box::pin(self.all_codes(unit_ball))
    }
}

/// Entries of a typical row over twice their variance.
fn likelihood_of_ratings(rows: &SparseRows) -> f32 {
    let n = rows.values.len().max(1) as f32;
    let mean = rows.values.iter().sum::<f32>() / n;
    let variance = rows.values.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / n;
    let with_entries = (0..rows.len()).filter(|&row| !rows.row(row).0.is_empty()).count().max(1);
    // Ratings that are all equal leave nothing to explain.
    n / with_entries as f32 / (2.0 * variance.max(1e-4))
}

#[cfg(test)]
mod tests;
