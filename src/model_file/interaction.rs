//! What stands in front of the dense layers in a model file, for networks that are no MLP: parameters of the shapes that
//! the network has, and for each user items that they have rated.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::file::{Checked, sized};
use super::numbers::{Bounded, LayerNumber};
use crate::data::{ItemId, Ratings, UserId};
use crate::dml::networks::{self, Interaction};
use crate::dml::{Dml, DomainModel};
use crate::engine::Histories;
use crate::settings::Network;

/// Largest output of a network that a file may hold, by the sizes of its numbers: an `f32` holds 3e38, and sums on the way
/// there are no larger.
const LARGEST_OUTPUT: f64 = 1e37;

/// What a network is given besides vectors is below this: biases of at most 1e5, times at most 8.
const LARGEST_GIVEN: f64 = 1e6;

/// An [`Interaction`] as it is written.
#[derive(Serialize, Deserialize)]
pub(super) struct InteractionFile {
    network: Network,
    /// In the order of the network's file, row-major.
    parameters: Vec<Vec<LayerNumber>>,
    /// By user, the latest items of their training ratings, the latest last; empty for a network that looks at none.
    histories: Vec<Vec<u32>>,
}

impl InteractionFile {
    /// # Errors
    /// When a number is out of the range that can be read back.
    pub(super) fn new(interaction: &Interaction) -> Checked<Self> {
        let histories = &interaction.histories;
        Ok(Self {
            network: interaction.network,
            parameters: interaction
                .parameters
                .iter()
                .map(|list| Bounded::list(list))
                .collect::<Checked<_>>()?,
            histories: (0..histories.len()).map(|user| histories.get(user).to_vec()).collect(),
        })
    }

    /// How many numbers the dense layers are given of a pair of vectors of k dimensions.
    pub(super) fn width(&self, k: usize) -> usize {
        networks::width(self.network, k)
    }

    /// The numbers of the network that a domain with these ratings has.
    ///
    /// # Errors
    /// When shapes do not fit, or somebody is said to have rated what they have not.
    pub(super) fn interaction(self, k: usize, ratings: &Ratings) -> Checked<Interaction> {
        let network = self.network;
        let shapes = networks::shapes(network, k);
        if shapes.len() != self.parameters.len() || shapes.is_empty() {
            let (found, expected) = (self.parameters.len(), shapes.len());
            return Err(format!("the interaction has {found} lists of parameters instead of {expected}"));
        }
        let parameters = (self.parameters.into_iter().zip(shapes).enumerate())
            .map(|(n, (list, [rows, columns]))| {
                sized(&format!("interaction parameter {n}"), list, rows, columns)
            })
            .collect::<Checked<_>>()?;
        let users = if networks::has_history(network) { ratings.users() } else { 0 };
        if self.histories.len() != users {
            return Err(format!("there are {} histories instead of {users}", self.histories.len()));
        }
        let mut histories = Histories::new(networks::MOST_KEPT);
        for (user, items) in UserId::first(users).zip(&self.histories) {
            let mut rated: HashSet<u32> = ItemId::numbers(ratings.row(user).0).iter().copied().collect();
            if items.len() > networks::MOST_KEPT {
                return Err(format!(
                    "the history of user {} has more than {} items",
                    user.0,
                    networks::MOST_KEPT
                ));
            }
            if let Some(item) = items.iter().find(|&item| !rated.remove(item)) {
                return Err(format!("the history of user {} has item {item} twice or unrated", user.0));
            }
            histories.push(items);
        }
        if users == 0 {
            histories = Histories::default();
        }
        Ok(Interaction { network, dimension: k, parameters, histories })
    }
}

/// Refuses networks behind an interaction whose output could overflow: the bounds of single numbers do not exclude it there,
/// because convolutions multiply vectors with one another.
pub(super) fn check_outputs(model: &Dml) -> Checked<()> {
    // A map turns a vector, so that any of its numbers may be as large as the vector is long.
    let longest = |domain: &DomainModel| {
        let vectors = domain.user_embeddings.chunks_exact(model.dimension);
        vectors.map(|v| v.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt()).fold(0.0, f64::max)
    };
    let user = model.domains.iter().map(longest).fold(0.0, f64::max);
    for domain in &model.domains {
        let Some(interaction) = &domain.interaction else { continue };
        let item = domain.item_embeddings.iter().map(|&x| f64::from(x.abs())).fold(0.0, f64::max);
        let mut largest = interaction.largest_input(user, item).max(LARGEST_GIVEN);
        for layer in &domain.recommender.layers {
            let outputs = layer.bias.len();
            let mut sums: Vec<f64> = layer.bias.iter().map(|&b| f64::from(b.abs())).collect();
            for row in layer.weights.chunks_exact(outputs.max(1)) {
                sums.iter_mut().zip(row).for_each(|(sum, &w)| *sum += f64::from(w.abs()) * largest);
            }
            largest = sums.into_iter().fold(0.0, f64::max);
            if largest > LARGEST_OUTPUT {
                return Err("the recommender has numbers so large that a prediction could overflow".into());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::data::{ItemId, UserId, World, sample};
    use crate::dml::Dml;
    use crate::engine::Device;
    use crate::lab::{Study, TransferStudy};
    use crate::model_file::{read, write};
    use crate::recommend;
    use crate::settings::{Config, Embeddings, Encoder, Network};

    fn trained(config: Config) -> (Arc<World>, Dml) {
        let config = Config {
            epochs: 1,
            autoencoder_epochs: 1,
            dimension: 4,
            recommender_hidden: vec![5],
            train_on_everything: false,
            ..config
        };
        let world = Arc::new(sample(1).world);
        let study = Study::new(
            world.clone(),
            config.check().unwrap(),
            Device::cpu(),
            TransferStudy::LeftOut,
            Vec::new(),
        );
        let mut study = pollster::block_on(study).unwrap();
        pollster::block_on(study.finish(&mut |_| ())).unwrap();
        (world, study.kept_dml().unwrap().clone())
    }

    /// Predictions for rated and unrated pairs of every domain, and for newcomers of each.
    fn said(world: &World, model: &Dml) -> Vec<u32> {
        let mut all = Vec::new();
        for (d, domain) in world.domains.iter().enumerate() {
            let users: Vec<UserId> = UserId::first(domain.users.len()).flat_map(|user| [user; 9]).collect();
            let count = domain.items.len() as u32;
            let items: Vec<ItemId> = (0..users.len() as u32).map(|n| ItemId(n * 7 % count)).collect();
            all.extend(model.predict(d, &users, &items));
            let newcomer = UserId::first(200).find_map(|user| model.cold_start_user(1 - d, user, d)).unwrap();
            all.extend(model.predict_for_cold_start_user(d, &newcomer, &items[..50]));
            let advice = recommend::for_user(world, model, d, UserId(3), 10);
            all.extend(advice.domains.iter().flat_map(|domain| domain.next.iter().map(|item| item.rating)));
        }
        all.into_iter().map(f32::to_bits).collect()
    }

    fn assert_same_after_a_file(config: Config, version: u32) {
        let name = format!("{:?} {:?}", config.network, config.encoder);
        let (world, model) = trained(config);
        let text = write(&world, &model).unwrap();
        assert!(text.contains(&format!("\"version\":{version},")), "{name}");
        let (again, read) = read("model.json", &text).unwrap();
        assert_eq!(said(&world, &model), said(&again, &read), "{name}");
        // All but X, which is in double precision: its last digit may be lost on the way through a text.
        let domains = |text: &str| text.split("\"links\":[{").next().map(str::to_owned);
        assert!(domains(&write(&again, &read).unwrap()) == domains(&text), "{name}");
    }

    #[cfg(feature = "reference")]
    #[test]
    fn every_network_and_every_encoder_says_the_same_after_it_was_saved_bit_for_bit() {
        for network in [Network::Cnn, Network::Rnn, Network::Attention] {
            assert_same_after_a_file(Config { network, ..Config::robust() }, 4);
        }
        assert_same_after_a_file(Config { network: Network::Adversarial, ..Config::robust() }, 3);
        for encoder in [Encoder::Vae, Encoder::Aae, Encoder::Wae, Encoder::Hvae] {
            let embeddings = Embeddings::Autoencoder;
            assert_same_after_a_file(Config { embeddings, encoder, ..Config::paper() }, 3);
        }
    }

    #[test]
    fn what_the_page_trains_is_written_as_before() {
        assert_same_after_a_file(Config { network: Network::Mlp, ..Config::robust() }, 3);
        let ae = Config { embeddings: Embeddings::Autoencoder, encoder: Encoder::Ae, ..Config::paper() };
        assert_same_after_a_file(ae, 3);
    }

    #[cfg(feature = "reference")]
    mod refusals {
        use serde_json::{Value, json};

        use super::*;

        fn refused(text: &str, place: &str, value: Value, what: &str) {
            let mut tree: Value = serde_json::from_str(text).unwrap();
            *tree.pointer_mut(place).unwrap() = value;
            let message = read("model.json", &tree.to_string()).map(|_| ()).unwrap_err().to_string();
            assert!(message.contains(what) && message.lines().count() == 1, "{what:?} is not in {message}");
        }

        #[test]
        fn what_does_not_fit_the_network_or_the_ratings_is_refused() {
            let (world, model) = trained(Config { network: Network::Rnn, ..Config::robust() });
            let text = write(&world, &model).unwrap();
            let at = |place: &str| format!("/domains/0/model/interaction/{place}");
            let rated = world.domains[0].ratings.row(UserId(0)).0;
            let unrated = ItemId::first(300).find(|item| !rated.contains(item)).unwrap();
            refused(&text, &at("network"), json!("oracle"), "unknown variant");
            refused(&text, &at("network"), json!("mlp"), "3 lists of parameters instead of 0");
            refused(&text, &at("network"), json!("attention"), "3 lists of parameters instead of 4");
            refused(
                &text,
                &at("parameters/1"),
                json!([0.5]),
                "interaction parameter 1 has 1 numbers instead of 4 x 12",
            );
            refused(&text, &at("parameters/2/0"), json!(1001.0), "1001.0");
            refused(&text, &at("histories"), json!([]), "0 histories instead of 900");
            refused(&text, &at("histories/0"), json!([unrated]), "twice or unrated");
            let rated = rated[0];
            refused(&text, &at("histories/0"), json!([rated, rated]), "twice or unrated");
            refused(&text, &at("histories/0"), json!((0..12).collect::<Vec<u32>>()), "more than 11");
            refused(&text, "/version", json!(5), "version 5, and versions 3 and 4 are read here");
        }

        #[test]
        fn convolutions_whose_output_could_overflow_are_refused_when_written_and_when_read() {
            let (world, mut model) = trained(Config { network: Network::Cnn, ..Config::robust() });
            let text = write(&world, &model).unwrap();
            let mut tree: Value = serde_json::from_str(&text).unwrap();
            let huge = |tree: &mut Value, place: &str, number: f64| {
                let list = tree.pointer_mut(place).unwrap().as_array_mut().unwrap();
                list.iter_mut().for_each(|x| *x = json!(number));
            };
            huge(&mut tree, "/domains/0/model/user_embeddings", 1e5);
            huge(&mut tree, "/domains/0/model/item_embeddings", 1e5);
            for n in 0..4 {
                huge(&mut tree, &format!("/domains/0/model/interaction/parameters/{n}"), 1e3);
            }
            for n in 0..2 {
                huge(&mut tree, &format!("/domains/0/model/recommender/layers/{n}/weights"), 1e3);
            }
            // 2e5 · 1e5 · 9e3 · 36e3 · 15e3 · 5e3 < 1e37 is accepted, and gives ratings.
            let (_, extreme) = read("model.json", &tree.to_string()).unwrap();
            assert!(
                extreme
                    .predict(0, &[0, 1].map(UserId), &[0, 1].map(ItemId))
                    .iter()
                    .all(|r| (0.0..=1.0).contains(r))
            );
            model.domains[0].recommender.layers.iter_mut().for_each(|layer| layer.weights.fill(1e3));
            let layer =
                crate::dml::network::DenseLayer { weights: vec![1e3; 1024 * 1024], bias: vec![0.0; 1024] };
            let wide = |inputs: usize, outputs: usize| crate::dml::network::DenseLayer {
                weights: vec![1e3; inputs * outputs],
                bias: vec![0.0; outputs],
            };
            let layers = &mut model.domains[0].recommender.layers;
            let inputs = layers[0].weights.len() / layers[0].bias.len();
            *layers = vec![wide(inputs, 1024), layer.clone(), layer.clone(), layer, wide(1024, 1)];
            model.domains[0].item_embeddings.fill(1e5);
            model.domains[0].user_embeddings.fill(1e5);
            let message = write(&world, &model).unwrap_err().to_string();
            assert!(
                message.contains("could overflow") && message.contains("lower learning rate"),
                "{message}"
            );
        }
    }
}
