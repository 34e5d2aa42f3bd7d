//! Every network on the graph against the host, against difference quotients, and on the generated sample.

use std::sync::Arc;

use super::*;
use crate::data::{ItemId, UserId, World, sample};
use crate::dml;
use crate::engine::Device;
use crate::recommender::{Assignment, Recommender, Stopping};
use crate::settings::{Config, FIELDS, Kind, ValidConfig};
use crate::split::{Split, Training};

#[test]
fn the_list_has_every_choice_of_the_setting_once() {
    let field = FIELDS.iter().find(|field| field.name == "network").unwrap();
    let Kind::Choice(names) = field.kind else { panic!("network is no choice") };
    let listed: Vec<String> = (NETWORKS.iter())
        .map(|entry| serde_json::to_value(entry.network).unwrap().as_str().unwrap().into())
        .collect();
    assert_eq!(listed, names);
    assert!(NETWORKS.iter().all(|entry| !entry.description.is_empty() && !entry.source.is_empty()));
}

fn trained(
    config: &ValidConfig,
    world: &Arc<World>,
    split: &Split,
) -> crate::error::Result<Arc<dyn Recommender>> {
    let training = Training::new(world.clone(), Arc::new(split.clone()));
    let watched = vec![Vec::new()];
    let (config, device) = (config.clone(), Device::cpu());
    let assignment = Assignment { training, config, device, watched, stopping: Stopping::Own };
    Ok(pollster::block_on(dml::ENTRY.train(assignment, &mut |_, _| ()))?.model())
}

#[cfg(not(feature = "reference"))]
#[test]
fn without_burn_every_network_but_the_mlp_is_refused_in_a_line() {
    let world = Arc::new(sample(1).world);
    for Description { network, .. } in NETWORKS.into_iter().skip(1) {
        let config = Config { network, ..Config::robust() }.check().unwrap();
        let split = Split::new(&world, &config).unwrap();
        let message = trained(&config, &world, &split).map(|_| ()).unwrap_err().to_string();
        assert!(message.starts_with("setting network: this program is built without burn"), "{message}");
    }
}

#[cfg(feature = "reference")]
mod with_burn {
    use super::*;
    use crate::data::{Rating, Ratings};
    use crate::engine::{Adam, Dense, Head, Pairs};
    use crate::engine::{
        Chunk, Engine, Gather, Numbers, RatingRow, RatingRows, RatingTerm, ReferenceEngine, Term,
    };
    use crate::metrics::rmse;
    use crate::settings::CrossStep;

    const K: usize = 9;

    /// What a network's front makes of two pairs on the graph, and on the host.
    fn two_ways(network: Network) -> [Vec<f32>; 2] {
        let mut rng = Generator::new(7, "front");
        let mut graph = TrainingGraph::new(Adam::new(1e-3));
        let front = Front::add(network, K, 0.0, &mut graph, &mut rng).unwrap();
        let device = burn::tensor::Device::flex();
        let matrix = crate::engine::reference::matrix;
        let leaves: Vec<Tensor<2>> = (graph.params.iter())
            .map(|param| matrix(param.values.clone(), param.rows, param.columns, &device))
            .collect();
        // The first person has two items behind them, the second none.
        let (users, items) = (rng.normals(2 * K, 1.0), rng.normals(2 * K, 1.0));
        let past = rng.normals(2 * K, 1.0);
        let pairs = Pairs {
            users: matrix(users.clone(), 2, K, &device),
            items: matrix(items.clone(), 2, K, &device),
            past: matrix([&past[..], &[0.0; 4 * K]].concat(), 6, K, &device).reshape([2, 3, K]),
            is_past: matrix(vec![1.0, 1.0, 0.0, 0.0, 0.0, 0.0], 2, 3, &device),
        };
        let on_graph = Tensor::cat(front.inputs(&leaves, &pairs), 1);
        assert_eq!(on_graph.dims(), [2, width(network, K)]);
        let interaction = Interaction {
            network,
            dimension: K,
            parameters: graph.params.iter().map(|param| param.values.clone()).collect(),
            histories: Histories::default(),
        };
        let on_host = [past, Vec::new()].into_iter().enumerate().flat_map(|(n, past)| {
            let range = n * K..(n + 1) * K;
            interaction.inputs(&users[range.clone()], &items[range], &interaction.past(past))
        });
        [on_graph.into_data().try_into_vec().unwrap(), on_host.collect()]
    }

    #[test]
    fn the_graph_and_the_host_make_the_same_of_pairs() {
        for network in [Network::Cnn, Network::Rnn, Network::Attention] {
            let [on_graph, on_host] = two_ways(network);
            assert_eq!(on_graph.len(), on_host.len());
            assert!(on_graph.iter().any(|x| x.abs() > 0.01), "{network:?}");
            for (g, h) in on_graph.iter().zip(&on_host) {
                assert!((g - h).abs() < 1e-5, "{network:?}: {g} {h}");
            }
        }
    }

    /// Five users, four items, ratings with histories, one head of the network with one hidden layer.
    fn graph(network: Network, parameters: Option<&[Vec<f32>]>) -> TrainingGraph {
        let mut rng = Generator::new(3, "graph");
        let mut graph = TrainingGraph::new(Adam::new(1e-3));
        let (users, items) = (rng.normals(5 * K, 0.8), rng.normals(4 * K, 0.8));
        let tables = [graph.param(5, K, users), graph.param(4, K, items)];
        Front::add(network, K, 0.0, &mut graph, &mut rng);
        let layers: Vec<Dense> =
            vec![graph.dense(width(network, K), 6, &mut rng), graph.dense(6, 1, &mut rng)];
        graph.heads.push(Head { layers, dot: false, given: 0, dropout: 0.0 });
        let gather = |table| Gather { table, tower: None, through: None, detach: false };
        let ratings: Vec<RatingRow> = [(0, 0), (0, 1), (0, 3), (2, 2), (4, 0), (4, 2)]
            .map(|(user, item)| RatingRow { user, item, residual: rng.unit() - 0.5 })
            .into();
        let rows = RatingRows {
            ratings,
            own: Numbers::default(),
            user_given: Numbers::default(),
            item_given: Numbers::default(),
            user_shares: vec![1.0; 5],
            item_shares: vec![1.0; 4],
        };
        let term = graph.term(Term::Rating(RatingTerm {
            user: gather(tables[0]),
            item: gather(tables[1]),
            head: 0,
            row_l2: 0.0,
            rows: rows.into(),
        }));
        let mut histories = Histories::new(3);
        for history in [&[1, 3][..], &[0, 3], &[0, 1], &[], &[2], &[0]] {
            histories.push(history);
        }
        graph.histories.insert(term, histories.into());
        for (param, values) in graph.params.iter_mut().zip(parameters.into_iter().flatten()) {
            param.values.clone_from(values);
        }
        graph
    }

    /// Loss and gradients of all rows.
    fn evaluated(graph: TrainingGraph) -> (f32, Vec<Option<Vec<f32>>>) {
        let mut chunk = Chunk::default();
        chunk.push(0, 1.0, 0, 0..6);
        chunk.end_step();
        let mut engine = ReferenceEngine::new(vec![graph.clone()], &Device::cpu());
        let gradients = pollster::block_on(engine.gradients(0, &chunk)).unwrap();
        let mut still = graph;
        still.adam.learning_rate = 0.0;
        let mut engine = ReferenceEngine::new(vec![still], &Device::cpu());
        engine.run(&[chunk]).unwrap();
        (pollster::block_on(engine.losses()).unwrap()[0][0].unwrap(), gradients)
    }

    #[test]
    fn gradients_are_those_of_difference_quotients() {
        for network in [Network::Mlp, Network::Cnn, Network::Rnn, Network::Attention] {
            let start = graph(network, None);
            let parameters: Vec<Vec<f32>> = start.params.iter().map(|param| param.values.clone()).collect();
            let (_, gradients) = evaluated(start);
            for (id, gradient) in gradients.iter().enumerate() {
                let gradient = gradient.as_ref().unwrap();
                // The three steepest.
                let mut places: Vec<usize> = (0..gradient.len()).collect();
                places.sort_by(|&x, &y| gradient[y].abs().total_cmp(&gradient[x].abs()));
                assert!(gradient[places[0]] != 0.0, "{network:?}: parameter {id} has no part in the loss");
                for &place in places.iter().take(3) {
                    let moved = |by: f32| {
                        let mut parameters = parameters.clone();
                        parameters[id][place] += by;
                        evaluated(graph(network, Some(&parameters))).0
                    };
                    // Short: convolutions have many kinks.
                    let step = 1e-3;
                    let quotient = (moved(step) - moved(-step)) / (2.0 * step);
                    let error = (quotient - gradient[place]).abs();
                    let steepest = gradient[places[0]].abs();
                    assert!(
                        error < 0.02 * steepest + 3e-4,
                        "{network:?}, {id}: {quotient} {}",
                        gradient[place]
                    );
                }
            }
        }
    }

    #[test]
    fn the_adversarial_gradient_is_that_of_both_losses_with_what_moves_the_vectors_held_fixed() {
        // The same loss with the moved vectors as tables of their own: up the gradient, by a fifth of their length.
        let plain = graph(Network::Mlp, None);
        let one_row = |graph: &TrainingGraph| {
            let mut chunk = Chunk::default();
            chunk.push(0, 1.0, 0, [3]);
            chunk.end_step();
            let mut engine = ReferenceEngine::new(vec![graph.clone()], &Device::cpu());
            pollster::block_on(engine.gradients(0, &chunk)).unwrap()
        };
        let clean = one_row(&plain);
        let mut moved = plain.clone();
        for (table, row) in [(0, 2), (1, 2)] {
            let range = row * K..(row + 1) * K;
            let gradient = &clean[table].as_ref().unwrap()[range.clone()];
            let vector = &mut moved.params[table].values[range];
            let length = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
            let share = ADVERSARIAL.reach * length(vector) / length(gradient);
            vector.iter_mut().zip(gradient).for_each(|(x, g)| *x += share * g);
        }
        let there = one_row(&moved);
        let adversarial = one_row(&graph(Network::Adversarial, None));
        let mut differs = false;
        for ((clean, there), both) in clean.iter().zip(&there).zip(&adversarial) {
            let [clean, there, both] = [clean, there, both].map(|gradient| gradient.as_ref().unwrap());
            for ((clean, there), both) in clean.iter().zip(there).zip(both) {
                let expected = clean + ADVERSARIAL.weight * there;
                assert!((both - expected).abs() < 1e-4 * (1.0 + expected.abs()), "{both} {expected}");
                differs |= (there - clean).abs() > 1e-3;
            }
        }
        assert!(differs, "the moved vectors have another loss");
    }

    fn config(network: Network) -> ValidConfig {
        Config { network, epochs: 1, mix: false, ..Config::robust() }.check().unwrap()
    }

    #[test]
    fn every_network_is_better_than_the_mean_on_the_sample_and_no_two_are_the_same() {
        let world = Arc::new(sample(5).world);
        let mut all: Vec<Vec<f32>> = Vec::new();
        for Description { network, .. } in NETWORKS {
            // By the letter: without biases, so that the network has to say everything, and with a cross pass through X.
            let config = Config {
                network,
                epochs: 2,
                patience: Some(2),
                learning_rate: 1e-2,
                batch: 256,
                cross_step: CrossStep::Equations,
                embeddings: crate::settings::Embeddings::Learnt,
                ..Config::paper()
            };
            let config = config.check().unwrap();
            let split = Split::new(&world, &config).unwrap();
            let model = trained(&config, &world, &split).unwrap();
            let mut said = Vec::new();
            for d in 0..2 {
                let rows = split.test(&world, d);
                let mean = Training::new(world.clone(), Arc::new(split.clone())).rows(d).mean();
                let predictions = model.predict(d, &rows.users, &rows.items);
                let floor = rmse(&vec![mean; rows.len()], &rows.targets).unwrap();
                let error = rmse(&predictions, &rows.targets).unwrap();
                assert!(error < floor, "{network:?}: {error} {floor}");
                said.extend(predictions);
            }
            assert!(all.iter().all(|others| *others != said), "{network:?}");
            all.push(said);
        }
    }

    #[test]
    fn no_history_reads_a_test_rating() {
        let world = Arc::new(sample(5).world);
        for network in [Network::Rnn, Network::Attention] {
            let config = config(network);
            let split = Split::new(&world, &config).unwrap();
            // The world with other test ratings.
            let mut domains = world.domains.clone();
            for (d, domain) in domains.iter_mut().enumerate() {
                let test = split.test(&world, d);
                let tested: std::collections::HashSet<(UserId, ItemId)> =
                    test.users.iter().copied().zip(test.items.iter().copied()).collect();
                let turned = domain.ratings.iter().map(|row| {
                    let value = domain.scale.lo + domain.scale.hi - row.value;
                    if tested.contains(&(row.user, row.item)) { Rating { value, ..row } } else { row }
                });
                let rows: Vec<Rating> = turned.collect();
                domain.ratings = Ratings::new(domain.users.len(), domain.items.len(), &rows).into();
            }
            let other = Arc::new(World::new(domains));
            let predictions = |world: &Arc<World>| {
                let split = Split::new(world, &config).unwrap();
                let rows = split.test(world, 0);
                trained(&config, world, &split).unwrap().predict(0, &rows.users, &rows.items)
            };
            assert_eq!(predictions(&world), predictions(&other), "{network:?}");
            // Nor is a test item among what a person is known by.
            let training = Training::new(world.clone(), Arc::new(split.clone()));
            let histories = of_users(&training.rows(0), None, training.users(0));
            let test = split.test(&world, 0);
            let leaked =
                test.users.iter().zip(&test.items).any(|(&u, i)| histories.get(u.index()).contains(&i.0));
            assert!(!leaked);
        }
    }

    #[test]
    fn newcomers_are_served_through_the_map_by_every_network() {
        let world = Arc::new(sample(5).world);
        for Description { network, .. } in NETWORKS {
            let config = config(network);
            let split = Split::new(&world, &config).unwrap().with_cold(&world, &config);
            let model = trained(&config, &world, &split).unwrap();
            let rows = split.cold(&world, 0);
            let predictions = model.predict(0, &rows.users, &rows.items);
            let mean = Training::new(world.clone(), Arc::new(split.clone())).rows(0).mean();
            let floor = rmse(&vec![mean; rows.len()], &rows.targets).unwrap();
            let error = rmse(&predictions, &rows.targets).unwrap();
            assert!(error < floor, "{network:?}: {error} {floor}");
        }
    }
}
