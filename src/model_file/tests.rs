//! The bounds of saved numbers against the arithmetic that they are to keep finite, and what is written against what is read.

use std::sync::Arc;

use super::*;
use crate::baselines::bias::{Biases, Shrinkage};
use crate::data::{Domain, ItemId, Rating, UserId};
use crate::dml::mapping::Mapping;
use crate::dml::network::{DenseLayer, RecommendationNetwork};
use crate::dml::{DenseFeatures, Dml, DomainModel, LinkModel, Predictor};
use crate::recommender::saved::{LARGEST, LARGEST_WEIGHT, Numbers, Tensor};

/// One user and one item, rated 3.
fn domain(name: &str, user: &str) -> Domain {
    let rating = Rating { user: UserId(0), item: ItemId(0), value: 3.0 };
    Domain::of_stars(name, [user].into_iter().collect(), ["x"].into_iter().collect(), &[rating])
}

/// Every number of it is as large as it may be, in the largest network.
fn largest(k: usize, hidden: &[usize], given: DenseFeatures, sign: f32) -> DomainModel {
    let row = |n: usize| vec![LARGEST; n];
    let mut inputs = 2 * k + given.len();
    let mut layers = Vec::new();
    for &outputs in hidden.iter().chain(&[1]) {
        layers.push(DenseLayer {
            weights: vec![LARGEST_WEIGHT; inputs * outputs],
            bias: vec![LARGEST_WEIGHT; outputs],
        });
        inputs = outputs;
    }
    if let Some(last) = layers.last_mut() {
        last.weights.iter_mut().for_each(|weight| *weight *= sign);
    }
    DomainModel {
        scale: Scale { lo: 1.0, hi: 5.0 },
        biases: Arc::new(Biases {
            mean: LARGEST,
            users: row(1),
            items: row(1),
            user_priors: row(1),
            item_priors: row(1),
            bias_transfer: 2.0,
            others: row(1),
            user_counts: vec![1],
            item_counts: vec![1],
            shrinkage: Shrinkage::default(),
        }),
        user_embeddings: row(k),
        item_embeddings: row(k),
        recommender: RecommendationNetwork { layers, dot: true },
        interaction: None,
        given,
        serves_cold_users: false,
        mix: 1.0,
    }
}

/// A reflection that turns (1, 1, …) into the direction of the first axis: I − 2 v vᵀ / vᵀv with
/// v = (1, 1, …)/√k − e₁.
fn onto_one_axis(k: usize) -> Mapping {
    let entry = 1.0 / (k as f64).sqrt();
    let v: Vec<f64> = (0..k).map(|i| if i == 0 { entry - 1.0 } else { entry }).collect();
    let square: f64 = v.iter().map(|x| x * x).sum();
    let of = |i: usize, j: usize| f64::from(i == j) - 2.0 * v[i] * v[j] / square;
    let rows: Vec<f64> = (0..k).flat_map(|i| (0..k).map(move |j| (i, j))).map(|(i, j)| of(i, j)).collect();
    Mapping::from_rows(k, &rows).unwrap()
}

/// Two domains with a user each, not the same.
fn two_domains(k: usize, hidden: &[usize], sign: f32) -> Dml {
    let side = largest(k, hidden, DenseFeatures::BiasesAndPriors, sign);
    let links = vec![LinkModel::new((0, 1), (1, 1), onto_one_axis(k), &[])];
    Dml { dimension: k, domains: vec![side.clone(), side], links }
}

fn trained(model: Dml) -> Trained {
    let world = Arc::new(World::new(vec![domain("a", "ann"), domain("b", "bob")]));
    let scales = vec![Scale { lo: 1.0, hi: 5.0 }; 2];
    let settings = Some(Config::robust().check().unwrap());
    Trained { world, name: "dml", settings, scales, ratings: vec![1, 1], model: Arc::new(model) }
}

fn as_dml(trained: &Trained) -> &Dml {
    let model: &dyn std::any::Any = &*trained.model;
    model.downcast_ref().unwrap()
}

#[test]
fn the_largest_numbers_that_a_file_may_hold_overflow_nowhere() {
    for sign in [1.0, -1.0] {
        let model = two_domains(256, &[1024; 4], sign);
        let side = &model.domains[1];
        let cold_start_user = model.cold_start_user(0, UserId(0), 1).unwrap();
        assert!((cold_start_user.vector[0] - 1.6e6).abs() < 1.0, "{}", cold_start_user.vector[0]);
        let given = [4e5, 4e5, 5.5, 4e5, 8e5, 5.5, 4e5];
        let output =
            side.recommender.forward(&cold_start_user.vector, model.item_embedding(1, ItemId(0)), &given);
        assert!(output.is_finite() && output.abs() > 1e30, "{output}");
        let mut ratings = model.predict_items(1, UserId(0), &[ItemId(0)]);
        Predictor::for_many(&model, 1).predict_for_cold_start_user(
            &cold_start_user,
            &[ItemId(0)],
            &mut ratings,
        );
        let expected = if sign > 0.0 { 1.0 } else { 0.0 };
        assert_eq!(ratings, [expected, expected]);
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    let written = trained(two_domains(3, &[5, 2], 1.0));
    let bytes = write(&written).unwrap();
    let again = read(NAME, &bytes).unwrap();
    assert!(write(&again).unwrap() == bytes);
    let (model, found) = (as_dml(&written), as_dml(&again));
    assert_eq!(found.links[0].mapping, model.links[0].mapping);
    assert_eq!(found.domains[0].recommender, model.domains[0].recommender);
    assert_eq!(found.domains[0].biases, model.domains[0].biases);
    assert_eq!((again.name, again.ratings.clone(), again.knows_all()), ("dml", vec![1, 1], true));
    assert_eq!(again.settings.map(|settings| settings.dimension), Some(Config::robust().dimension));
}

#[test]
fn a_training_that_ran_away_is_told_when_it_is_written() {
    type Spoil = fn(&mut Dml);
    let spoil: [(Spoil, &str); 5] = [
        (|model| model.domains[1].user_embeddings[1] = f32::NAN, "domain \"b\": 1.user_embeddings: NaN"),
        (|model| model.domains[0].recommender.layers[0].weights[0] = f32::INFINITY, "weights: inf"),
        (|model| model.domains[0].recommender.layers[0].weights[0] = 1001.0, "weights: 1001.0"),
        (|model| Arc::make_mut(&mut model.domains[0].biases).items[0] = -2e5, "item_biases: -200000.0"),
        (|model| model.links[0].mapping = Mapping::from_rows(3, &[1.1; 9]).unwrap(), "not orthogonal"),
    ];
    for (spoil, what) in spoil {
        let mut model = two_domains(3, &[2], 1.0);
        spoil(&mut model);
        let message = write(&trained(model)).unwrap_err().to_string();
        assert!(message.contains(what) && message.contains("lower learning rate"), "{message}");
    }
}

#[test]
fn a_refusal_is_one_line_of_moderate_length() {
    assert_eq!(told("two\nlines\tand \u{1b}[31mred"), "two lines and  [31mred");
    let long = told(&"é".repeat(10_000));
    assert_eq!((long.chars().count(), long.chars().last()), (MOST_TOLD + 1, Some('…')));
    let text = format!(r#"{{"format": "{FORMAT}", "version": 3, "dimension": "{}"}}"#, "x\\n".repeat(500));
    let message = read("model.json", text.as_bytes()).unwrap_err().to_string();
    assert!(message.len() < 500 && message.lines().count() == 1, "{message}");
}

/// A file after a change of its texts and tensors.
fn changed(change: impl FnOnce(&mut container::Contents)) -> Result<Trained> {
    let bytes = write(&trained(two_domains(3, &[5, 2], 1.0))).unwrap();
    let mut contents = container::unpack(&bytes).unwrap();
    change(&mut contents);
    read(NAME, &container::pack(&contents.0, &contents.1).unwrap())
}

#[test]
fn other_formats_versions_and_models_are_refused_with_what_there_is() {
    let with = |name: &str, text: &str| {
        let result = changed(|contents| drop(contents.0.insert(name.into(), text.into())));
        result.map(|_| ()).unwrap_err().to_string()
    };
    for (name, text, what) in [
        ("format", "pt", "this is no model of dual-metric"),
        ("version", "6", "versions 3 to 4 (JSON) and 5 are read here"),
        ("model", "oracle", "there is no \"oracle\""),
        ("model", "mean", "it has no tensor means"),
        ("settings", "{\"epochs\": 0}", "setting epochs"),
        ("settings", "[]", "setting config"),
        ("world", "[]", "it holds no domain"),
        ("world", "{}", "world: "),
        ("trained", "{\"scales\":[],\"ratings\":[],\"all_ratings\":true}", "not of as many domains"),
        ("scalars", "{}", "it says nothing of dimension"),
    ] {
        let message = with(name, text);
        assert!(
            message.contains(what) && message.starts_with("model.safetensors: "),
            "{name} {text}: {message}"
        );
    }
    assert!(changed(|contents| drop(contents.0.remove("model"))).is_err());
    let more = changed(|contents| {
        drop(
            contents.1.insert("model.more".into(), Tensor { shape: vec![1], numbers: Numbers::U8(vec![1]) }),
        );
    });
    assert!(more.unwrap_err().to_string().contains("it has more, which this model does not know"));
}
