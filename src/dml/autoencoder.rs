//! Autoencoders: one for each domain and side, trained separately so that nothing leaks between domains (paper 3.1,
//! Eq. 2). The input is the row's features or, without a feature table, its own training ratings.

use std::sync::Arc;

use super::rows::feature_rows;
use crate::data::{Features, Field, ItemId, UserId};
use crate::engine::{
    self, AUTOENCODER_BATCH, Adam, AutoencoderTerm, Backlog, Chunk, Dense, Device, Engine, ParamId,
    RATINGS_OF_A_CODED_ROW, Reconstruction, SparseRows, Term, TrainingGraph,
};
use crate::error::{Error, Result};
use crate::rng::Generator;
use crate::settings::ValidConfig;
use crate::split::Rows;

/// The codes of one side: W = MLP_enc(x), in the unit ball on request.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    /// `[rows, k]`.
    pub vectors: Vec<f32>,
}

/// Input rows of an autoencoder, and the fields that their columns belong to, if they are features.
#[derive(Clone, Debug)]
pub struct Input {
    rows: Arc<SparseRows>,
    fields: Option<Vec<Field>>,
}

impl Input {
    /// The encoded features of a side.
    pub fn from_features(features: &Features) -> Self {
        Self { rows: feature_rows(features), fields: Some(features.fields.clone()) }
    }

    /// Training ratings less their mean: each user's by item, or (`by_item`) each item's by user.
    pub fn from_ratings(ratings: &Rows, users: usize, items: usize, by_item: bool) -> Self {
        let mean = ratings.targets.iter().sum::<f32>() / ratings.len().max(1) as f32;
        let (user_numbers, item_numbers) = (UserId::numbers(&ratings.users), ItemId::numbers(&ratings.items));
        let (keys, columns, n, width) = match by_item {
            true => (item_numbers, user_numbers, items, users),
            false => (user_numbers, item_numbers, users, items),
        };
        let mut starts = vec![0; n + 1];
        keys.iter().for_each(|&key| starts[key as usize + 1] += 1);
        for i in 0..n {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut rows =
            SparseRows { starts, columns: vec![0; keys.len()], values: vec![0.0; keys.len()], width };
        for ((&key, &column), &target) in keys.iter().zip(columns).zip(&ratings.targets) {
            let place = next[key as usize] as usize;
            rows.columns[place] = column;
            rows.values[place] = target - mean;
            next[key as usize] += 1;
        }
        Self { rows: Arc::new(rows), fields: None }
    }

    /// The rows, and the fields of their columns, if they are features.
    #[cfg(feature = "reference")]
    pub(super) fn into_parts(self) -> (Arc<SparseRows>, Option<Vec<Field>>) {
        (self.rows, self.fields)
    }
}

/// The training of one autoencoder, a batch at a time.
pub struct Autoencoder {
    engine: Box<dyn Engine>,
    layers: AutoencoderTerm,
    order: Vec<u32>,
    chunk: Chunk,
    cursor: usize,
    epoch: usize,
    epochs: usize,
    learning_rate: f32,
    rng: Generator,
    backlog: Backlog,
    /// Rows since losses were read; of those before in this epoch, the sum of the losses and how many they were.
    rows: usize,
    losses: (f64, usize),
}

impl Autoencoder {
    /// An untrained autoencoder; `purpose` names its stream of random numbers.
    ///
    /// # Errors
    /// When the device refuses.
    pub fn new(input: Input, config: &ValidConfig, device: &Device, purpose: &str) -> Result<Self> {
        let Input { rows, fields } = input;
        let mut rng = Generator::new(config.seed, purpose);
        let adam = Adam { rows: config.updated_rows, ..Adam::new(config.autoencoder_learning_rate) };
        let mut table = TrainingGraph::new(adam);
        let mut widths = config.autoencoder_hidden.clone();
        widths.push(config.dimension);
        let typical = (rows.columns.len() / rows.len().max(1)).max(1);
        let input = bag(&mut table, rows.width, widths[0], typical, &mut rng);
        let encoder = widths.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
        widths.reverse();
        let decoder = widths.windows(2).map(|w| table.dense(w[0], w[1], &mut rng)).collect();
        let bound = 1.0 / (widths[widths.len() - 1] as f32).sqrt();
        let hidden = widths[widths.len() - 1];
        let weights = table.param(rows.width, hidden, rng.uniforms(rows.width * hidden, bound));
        let bias = table.param(rows.width, 1, vec![0.0; rows.width]);
        let reconstruction = fields.map_or(Reconstruction::Observed, Reconstruction::Fields);
        // A row without entries has nothing to reconstruct.
        let mut order: Vec<u32> =
            (0..rows.len() as u32).filter(|&row| !rows.row(row as usize).0.is_empty()).collect();
        rng.shuffle(&mut order);
        let output = Dense { weights, bias };
        let layers = AutoencoderTerm { input, encoder, decoder, output, reconstruction, rows };
        table.term(Term::Autoencoder(layers.clone()));
        Ok(Self {
            engine: engine::open(vec![table], device)?,
            layers,
            order,
            chunk: Chunk::default(),
            cursor: 0,
            epoch: 0,
            epochs: config.autoencoder_epochs,
            learning_rate: config.autoencoder_learning_rate,
            rng,
            backlog: Backlog::new(device),
            rows: 0,
            losses: (0.0, 0),
        })
    }

    /// Share of the training that is done, 0 to 1.
    pub fn fraction(&self) -> f32 {
        let within = self.cursor as f32 / self.order.len().max(1) as f32;
        ((self.epoch as f32 + within) / self.epochs as f32).min(1.0)
    }

    /// As many batches as the engine takes in a call. Returns the mean loss of an epoch that it ended.
    ///
    /// # Errors
    /// When the loss is no longer finite, or the device was lost.
    pub async fn advance(&mut self) -> Result<Option<f32>> {
        self.chunk.clear();
        let rows = self.engine.rows_per_call() / RATINGS_OF_A_CODED_ROW;
        while self.cursor < self.order.len() && (self.chunk.is_empty() || self.chunk.rows_len() < rows) {
            let end = (self.cursor + AUTOENCODER_BATCH).min(self.order.len());
            self.chunk.push(0, 1.0, 0, self.order[self.cursor..end].iter().copied());
            self.chunk.end_step();
            self.cursor = end;
        }
        self.engine.run(std::slice::from_ref(&self.chunk))?;
        self.rows += self.chunk.rows_len();
        let is_full = self.backlog.add();
        if self.cursor < self.order.len() {
            if is_full {
                self.wait().await?;
            }
            return Ok(None);
        }
        self.cursor = 0;
        self.epoch += 1;
        // The next epoch's order, while the device is at the last steps of this one.
        self.backlog.send().await;
        self.rng.shuffle(&mut self.order);
        self.wait().await?;
        let (sum, rows) = std::mem::take(&mut self.losses);
        Ok(Some((sum / rows.max(1) as f64) as f32))
    }

    /// Waits for the device and adds up its losses.
    async fn wait(&mut self) -> Result<()> {
        self.backlog.clear();
        let loss = self.engine.losses().await?.into_iter().flatten().flatten().next().unwrap_or(0.0);
        if !loss.is_finite() {
            return Err(Error::NotFinite {
                what: "the reconstruction loss".into(),
                steps: self.engine.steps(0),
                learning_rate: self.learning_rate,
            });
        }
        let rows = std::mem::take(&mut self.rows);
        self.losses.0 += f64::from(loss) * rows as f64;
        self.losses.1 += rows;
        Ok(())
    }

    /// Whether all epochs are done.
    pub fn is_done(&self) -> bool {
        self.epoch >= self.epochs || self.order.is_empty()
    }

    /// The codes of all rows, `[rows, k]`.
    ///
    /// # Errors
    /// When the device was lost.
    pub async fn codes(&self, unit_ball: bool) -> Result<Codes> {
        let layers = std::iter::once(&self.layers.input).chain(&self.layers.encoder);
        let wanted: Vec<ParamId> = layers.flat_map(|layer| [layer.weights, layer.bias]).collect();
        let mut values = self.engine.own_weights(&wanted).await?.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let (input, first) = (next(), next());
        let encoder: Vec<_> = self.layers.encoder.iter().map(|_| (next(), next())).collect();
        let mut vectors = Vec::new();
        for row in 0..self.layers.rows.len() {
            let (columns, values) = self.layers.rows.row(row);
            let mut x = first.clone();
            for (&column, &value) in columns.iter().zip(values) {
                add_scaled(&mut x, &input[column as usize * first.len()..][..first.len()], value);
            }
            for (weights, bias) in &encoder {
                let mut y = bias.clone();
                for (&x, w) in x.iter().zip(weights.chunks_exact(bias.len())) {
                    add_scaled(&mut y, w, x.max(0.0));
                }
                x = y;
            }
            if unit_ball {
                into_unit_ball(&mut x);
            }
            vectors.extend(x);
        }
        Ok(Codes { vectors })
    }
}

/// First layer of an encoder as a weighted bag; bounded by what a typical row sums up.
fn bag(
    table: &mut TrainingGraph,
    columns: usize,
    width: usize,
    typical: usize,
    rng: &mut Generator,
) -> Dense {
    let bound = 1.0 / (typical as f32).sqrt();
    let weights = table.param(columns, width, rng.uniforms(columns * width, bound));
    let bias = table.param(1, width, rng.uniforms(width, bound));
    Dense { weights, bias }
}

fn add_scaled(sum: &mut [f32], values: &[f32], factor: f32) {
    sum.iter_mut().zip(values).for_each(|(s, v)| *s += factor * v);
}

/// w / max(1, ‖w‖): the paper's restriction of embeddings to the unit ball (3.1).
pub fn into_unit_ball(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > 1.0 {
        vector.iter_mut().for_each(|x| *x /= norm);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Config;

    #[test]
    fn only_vectors_outside_the_unit_ball_are_moved() {
        let (mut inside, mut outside) = ([0.3, 0.4], [3.0, 4.0]);
        into_unit_ball(&mut inside);
        into_unit_ball(&mut outside);
        assert_eq!(inside, [0.3, 0.4]);
        assert!((outside[0] - 0.6).abs() < 1e-6 && (outside[1] - 0.8).abs() < 1e-6);
    }

    #[test]
    fn rating_rows_are_centred_and_grouped_by_user_or_item() {
        let ratings = Rows {
            users: [1, 0, 1].map(UserId).to_vec(),
            items: [0, 1, 1].map(ItemId).to_vec(),
            targets: vec![1.0, 0.5, 0.0],
        };
        let by_user = Input::from_ratings(&ratings, 2, 2, false);
        assert_eq!(by_user.rows.row(1), (&[0, 1][..], &[0.5, -0.5][..]));
        let by_item = Input::from_ratings(&ratings, 2, 2, true);
        assert_eq!(by_item.rows.row(1), (&[0, 1][..], &[0.0, -0.5][..]));
    }

    #[test]
    fn waiting_for_a_device_within_an_epoch_changes_nothing() {
        let mut ratings = Rows::default();
        for user in 0..60_000_u32 {
            ratings.users.push(UserId(user));
            ratings.items.push(ItemId(user % 7));
            ratings.targets.push((user % 5) as f32 / 4.0);
        }
        let config = Config { autoencoder_epochs: 2, dimension: 2, ..Config::paper() }.check().unwrap();
        let [alone, waited] = [false, true].map(|waits| {
            let rows = Input::from_ratings(&ratings, 60_000, 7, false);
            let mut autoencoder = Autoencoder::new(rows, &config, &Device::cpu(), "test").unwrap();
            if waits {
                autoencoder.backlog = Backlog::queued();
            }
            let (mut losses, mut waits_seen) = (Vec::new(), 0);
            while !autoencoder.is_done() {
                losses.extend(pollster::block_on(autoencoder.advance()).unwrap());
                // Of a part of the epoch the losses were read.
                waits_seen += usize::from(autoencoder.losses.1 > 0 && autoencoder.rows == 0);
            }
            assert_eq!(waits_seen > 0, waits);
            (losses, pollster::block_on(autoencoder.codes(false)).unwrap().vectors)
        });
        assert_eq!(alone.1, waited.1);
        assert_eq!(alone.0.len(), 2);
        assert!(
            alone.0.iter().zip(&waited.0).all(|(a, b)| (a - b).abs() < 1e-6 * a),
            "{:?} {:?}",
            alone.0,
            waited.0
        );
    }

    #[test]
    fn two_groups_of_rows_are_told_apart_and_reconstructed() {
        // Even users love even items and hate odd ones; odd users the other way round.
        let mut ratings = Rows::default();
        for user in 0..40_u32 {
            for item in 0..10_u32 {
                ratings.users.push(UserId(user));
                ratings.items.push(ItemId(item));
                ratings.targets.push(if (user + item) % 2 == 0 { 1.0 } else { 0.0 });
            }
        }
        let config = Config {
            autoencoder_epochs: 300,
            autoencoder_learning_rate: 1e-2,
            dimension: 2,
            ..Config::paper()
        };
        let config = config.check().unwrap();
        let rows = Input::from_ratings(&ratings, 40, 10, false);
        let mut autoencoder = Autoencoder::new(rows, &config, &Device::cpu(), "test").unwrap();
        let (mut first, mut last) = (None, 0.0);
        while !autoencoder.is_done() {
            if let Some(loss) = pollster::block_on(autoencoder.advance()).unwrap() {
                first.get_or_insert(loss);
                last = loss;
            }
        }
        assert!(last < 0.05 * first.unwrap(), "{first:?} {last}");
        let codes = pollster::block_on(autoencoder.codes(true)).unwrap().vectors;
        let distance =
            |i: usize, j: usize| (0..2).map(|k| (codes[2 * i + k] - codes[2 * j + k]).powi(2)).sum::<f32>();
        assert!(distance(0, 2) < 1e-6 && distance(0, 1) > 0.01);
        assert!(codes.chunks(2).all(|c| c[0] * c[0] + c[1] * c[1] <= 1.0 + 1e-5));
    }
}
