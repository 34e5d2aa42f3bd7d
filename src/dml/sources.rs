//! Where the vectors of a side come from, and which ratings may make them: codes are frozen before the recommenders
//! train, so a recommender must not be trained on a rating that its codes have seen.

use super::autoencoder::{Codes, Input};
use super::encoders::{self, SideEncoder};
use crate::data::Features;
use crate::engine::Device;
use crate::error::Result;
use crate::rng::Generator;
use crate::settings::{Embeddings, ValidConfig};
use crate::split::{Rows, Training};

/// Share of a domain's training ratings that autoencoders over ratings are trained on; the recommenders get the rest.
/// A recommendation network on frozen codes has few weights, the autoencoders have a row of them for each item or user.
const CODED: f32 = 0.8;

/// Where the vectors of one side come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Trained from the id, with the recommenders.
    Learnt,
    /// An autoencoder over the feature table.
    Features,
    /// An autoencoder over the row's own ratings.
    Ratings,
}

impl Source {
    fn new(embeddings: Embeddings, features: Option<&Features>) -> Self {
        match (embeddings, features) {
            (Embeddings::Learnt, _) | (Embeddings::Features, None) => Self::Learnt,
            (Embeddings::Features | Embeddings::Autoencoder, Some(_)) => Self::Features,
            (Embeddings::Autoencoder, None) => Self::Ratings,
        }
    }

    /// Those of a domain's users and items.
    fn of_domain(config: &ValidConfig, training: &Training, d: usize) -> [Self; 2] {
        [training.user_features(d), training.item_features(d)].map(|side| Self::new(config.embeddings, side))
    }
}

/// A domain's training ratings by what they train.
pub(super) struct TrainingRows {
    /// Those that autoencoders over ratings are trained on and make codes of; none where there are no such.
    pub(super) coded: Rows,
    /// Those that the recommenders are trained on.
    pub(super) recommended: Rows,
}

impl TrainingRows {
    /// All ratings are the recommenders' where no code is made of ratings. Otherwise both get disjoint parts, drawn by
    /// the seed: it is not enough to leave a rating out of the rows that it is predicted from, since the encoder's
    /// weights, trained to reconstruct it, would still tell of it.
    pub(super) fn new(config: &ValidConfig, training: &Training, d: usize) -> Self {
        let rows = training.rows(d);
        if !Source::of_domain(config, training, d).contains(&Source::Ratings) {
            return Self { coded: Rows::default(), recommended: rows };
        }
        let mut chance = Generator::new(config.seed, &format!("coded ratings {d}"));
        let (mut coded, mut recommended) = (Rows::default(), Rows::default());
        for ((&user, &item), &target) in rows.users.iter().zip(&rows.items).zip(&rows.targets) {
            let part = if chance.unit() < CODED { &mut coded } else { &mut recommended };
            part.users.push(user);
            part.items.push(item);
            part.targets.push(target);
        }
        Self { coded, recommended }
    }
}

/// The codes of a domain's sides; `None` for learnt vectors.
#[derive(Clone, Debug, Default)]
pub(super) struct DomainCodes {
    pub(super) users: Option<Codes>,
    pub(super) items: Option<Codes>,
}

/// The autoencoders of all sides that have one.
#[derive(Default)]
pub(super) struct Autoencoders {
    all: Vec<Coder>,
    trained: usize,
    domains: usize,
}

struct Coder {
    domain: usize,
    is_of_items: bool,
    autoencoder: Box<dyn SideEncoder>,
}

impl Autoencoders {
    /// Untrained autoencoders, each with its own stream of random numbers.
    ///
    /// # Errors
    /// When the device refuses.
    pub(super) fn new(config: &ValidConfig, training: &Training, device: &Device) -> Result<Self> {
        let mut all = Vec::new();
        for domain in 0..training.domains() {
            let features = [training.user_features(domain), training.item_features(domain)];
            let sources = Source::of_domain(config, training, domain);
            // Gathered only where they are needed.
            let coded = match sources.contains(&Source::Ratings) {
                true => TrainingRows::new(config, training, domain).coded,
                false => Rows::default(),
            };
            for (is_of_items, (source, features)) in
                [false, true].into_iter().zip(sources.into_iter().zip(features))
            {
                let input = match (source, features) {
                    (Source::Features, Some(features)) => Input::from_features(features),
                    (Source::Ratings, _) => Input::from_ratings(
                        &coded,
                        training.users(domain),
                        training.items(domain),
                        is_of_items,
                    ),
                    _ => continue,
                };
                let side = if is_of_items { "items" } else { "users" };
                let purpose = format!("autoencoder {domain} {side}");
                let autoencoder = encoders::open(input, config, device, &purpose)?;
                all.push(Coder { domain, is_of_items, autoencoder });
            }
        }
        Ok(Self { all, trained: 0, domains: training.domains() })
    }

    /// Whether all vectors are learnt.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether all of them are trained.
    pub(super) fn are_done(&self) -> bool {
        self.trained == self.all.len()
    }

    /// A few batches of the one in training.
    ///
    /// # Errors
    /// When the loss is no longer finite, or the device was lost.
    pub(super) async fn advance(&mut self) -> Result<()> {
        let Some(Coder { autoencoder, .. }) = self.all.get_mut(self.trained) else { return Ok(()) };
        if !autoencoder.is_done() {
            autoencoder.advance().await?;
        }
        self.trained += usize::from(autoencoder.is_done());
        Ok(())
    }

    /// Leaves them as they are: their codes are known from elsewhere.
    pub(super) fn skip(&mut self) {
        self.trained = self.all.len();
    }

    /// Progress, 0 to 1.
    pub(super) fn fraction(&self) -> f32 {
        if self.are_done() {
            return 1.0;
        }
        let done: f32 = self.all.iter().map(|coder| coder.autoencoder.fraction()).sum();
        done / self.all.len().max(1) as f32
    }

    /// The codes as they are now, by domain.
    ///
    /// # Errors
    /// When the device was lost.
    pub(super) async fn codes(&self, unit_ball: bool) -> Result<Vec<DomainCodes>> {
        let mut codes = vec![DomainCodes::default(); self.domains];
        for Coder { domain, is_of_items, autoencoder } in &self.all {
            let side = match is_of_items {
                true => &mut codes[*domain].items,
                false => &mut codes[*domain].users,
            };
            *side = Some(autoencoder.codes(unit_ball).await?);
        }
        Ok(codes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{Domain, World, sample};
    use crate::settings::Config;
    use crate::split::Split;

    /// The generated sample, whose first domain keeps its item features only and whose second has none.
    fn training(config: &ValidConfig) -> Training {
        let domains = sample(1).world.domains;
        assert!(domains[0].item_features.is_some());
        let without = |domain: &Domain| Domain { user_features: None, item_features: None, ..domain.clone() };
        let items = domains[0].item_features.clone();
        let world = Arc::new(World::new(vec![
            Domain { item_features: items, ..without(&domains[0]) },
            without(&domains[1]),
        ]));
        let split = Split::new(&world, config).unwrap();
        Training::new(world, Arc::new(split))
    }

    fn config(embeddings: Embeddings) -> ValidConfig {
        Config { embeddings, ..Config::paper() }.check().unwrap()
    }

    #[test]
    fn vectors_come_from_features_where_there_are_some() {
        use Source::{Features, Learnt, Ratings};
        for (embeddings, expected) in [
            (Embeddings::Learnt, [[Learnt, Learnt], [Learnt, Learnt]]),
            (Embeddings::Features, [[Learnt, Features], [Learnt, Learnt]]),
            (Embeddings::Autoencoder, [[Ratings, Features], [Ratings, Ratings]]),
        ] {
            let config = config(embeddings);
            let training = training(&config);
            assert_eq!([0, 1].map(|d| Source::of_domain(&config, &training, d)), expected);
            let autoencoders = Autoencoders::new(&config, &training, &Device::cpu()).unwrap();
            let codes = pollster::block_on(autoencoders.codes(true)).unwrap();
            for (codes, sides) in codes.iter().zip(expected) {
                let has_codes = [codes.users.is_some(), codes.items.is_some()];
                assert_eq!(has_codes, sides.map(|side| side != Learnt));
            }
        }
    }

    #[test]
    fn a_rating_makes_codes_or_trains_a_recommender_and_never_both() {
        for embeddings in [Embeddings::Features, Embeddings::Autoencoder] {
            let config = config(embeddings);
            let training = training(&config);
            for d in 0..2 {
                let all = training.rows(d);
                let TrainingRows { coded, recommended } = TrainingRows::new(&config, &training, d);
                if embeddings == Embeddings::Features {
                    assert_eq!((coded.len(), &recommended), (0, &all));
                    continue;
                }
                let share = coded.len() as f32 / all.len() as f32;
                assert!((share - 0.8).abs() < 0.02, "{share}");
                let pairs = |rows: &[&Rows]| {
                    let mut pairs = Vec::new();
                    for rows in rows {
                        pairs.extend(rows.users.iter().copied().zip(rows.items.iter().copied()));
                    }
                    pairs.sort_unstable();
                    pairs
                };
                assert_eq!(pairs(&[&coded, &recommended]), pairs(&[&all]));
            }
        }
    }
}
